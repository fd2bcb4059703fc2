//! Where the lines of a large text start, in two bytes a line.

/// Bytes of a stretch of text.
const STRETCH: usize = 1 << 12;

/// Lines of a stretch up to which all are looked at, many at once, rather than half of what is left.
const FEW: usize = 128;

/// The starts of all lines of a text, the first one too.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// Stretches before the first one.
    skipped: usize,
    /// By stretch, how many lines start before it.
    before: Vec<u32>,
    /// Of each line, where in its stretch it starts.
    starts: Vec<u16>,
}

impl Lines {
    /// Lines that start at these bytes, in order.
    pub(crate) fn new(starts: impl IntoIterator<Item = u32>) -> Lines {
        let mut lines = Lines::default();
        starts.into_iter().for_each(|start| lines.push(start));
        lines
    }

    /// No lines yet; none will start before this byte. They are to be appended to those before them.
    pub(crate) fn behind(byte: usize) -> Lines {
        Lines { skipped: byte / STRETCH, ..Lines::default() }
    }

    /// Adds a line that starts at a byte behind the others.
    #[inline]
    pub(crate) fn push(&mut self, start: u32) {
        let stretch = start as usize / STRETCH - self.skipped;
        if stretch >= self.before.len() {
            self.before.resize(stretch + 1, self.starts.len() as u32);
        }
        self.starts.push((start as usize % STRETCH) as u16);
    }

    /// Adds lines that start behind the others.
    pub(crate) fn append(&mut self, more: &Lines) {
        let count = self.starts.len() as u32;
        self.before.resize(self.before.len().max(more.skipped), count);
        let fresh = more.before.iter().skip(self.before.len() - more.skipped);
        self.before.extend(fresh.map(|before| count + before));
        self.starts.extend_from_slice(&more.starts);
    }

    /// The lines before that of byte `at`, and where its own line starts.
    pub(super) fn at(&self, at: usize) -> (usize, usize) {
        let Some(last) = self.before.len().checked_sub(1) else { return (0, 0) };
        let (stretch, within) = if at / STRETCH > last { (last, STRETCH) } else { (at / STRETCH, at % STRETCH) };
        let first = self.before[stretch] as usize;
        let end = self.before.get(stretch + 1).map_or(self.starts.len(), |end| *end as usize);
        let line = (first + no_later(&self.starts[first..end], within as u16)).saturating_sub(1);
        (line, self.start(line, stretch))
    }

    /// Where a line starts, which is in this stretch or before it.
    fn start(&self, line: usize, stretch: usize) -> usize {
        let stretch = match self.before[stretch] as usize <= line {
            true => stretch,
            false => self.before[..stretch].partition_point(|before| *before as usize <= line).saturating_sub(1),
        };
        stretch * STRETCH + self.starts.get(line).map_or(0, |start| usize::from(*start))
    }

    /// Where each of them starts.
    pub(super) fn starts(&self) -> impl Iterator<Item = u32> {
        let mut stretch = 0;
        self.starts.iter().enumerate().map(move |(line, start)| {
            while self.before.get(stretch + 1).is_some_and(|before| *before as usize <= line) {
                stretch += 1;
            }
            (stretch * STRETCH) as u32 + u32::from(*start)
        })
    }
}

/// How many of the starts, which are in order, are at a place or before it.
fn no_later(starts: &[u16], place: u16) -> usize {
    match starts.len() <= FEW {
        true => usize::from(starts.iter().map(|start| u16::from(*start <= place)).sum::<u16>()),
        false => starts.partition_point(|start| *start <= place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_byte_is_on_its_line(lengths in proptest::collection::vec(prop_oneof![4 => 1u32..200, 1 => 3000u32..20_000, 1 => Just(4096u32), 2 => 1u32..3], 0..400), at in 0usize..200_000) {
            let sum = |end: &mut u32, length: &u32| { *end += length; Some(*end) };
            let starts: Vec<u32> = std::iter::once(0).chain(lengths.iter().scan(0, sum)).collect();
            let lines = Lines::new(starts.iter().copied());
            let line = starts.partition_point(|start| *start as usize <= at) - 1;
            prop_assert_eq!(lines.at(at), (line, starts[line] as usize));
            prop_assert_eq!(lines.starts().collect::<Vec<_>>(), &starts[..]);
            let (first, second) = starts.split_at(line + 1);
            let (mut joined, mut behind) = (Lines::new(first.iter().copied()), Lines::behind(at.max(first[line] as usize)));
            second.iter().for_each(|start| behind.push(*start));
            joined.append(&behind);
            prop_assert_eq!(joined.starts().collect::<Vec<_>>(), &starts[..]);
            prop_assert_eq!(joined.at(at), (line, starts[line] as usize));
            prop_assert_eq!(lines.starts().skip(line).collect::<Vec<_>>(), &starts[line..]);
        }
    }

    #[test]
    fn no_text_has_no_line() {
        assert_eq!(Lines::new([]).at(7), (0, 0));
    }
}
