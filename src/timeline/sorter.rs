//! The records of a shelf, sorted by key.

use super::Moment;
use super::tags::Tags;
use crate::record::MISSING;

/// What fills a place before its record comes.
pub(super) const NOTHING: Moment = Moment { time: 0, row: 0, action: MISSING };

/// Where the records of a shelf are sorted.
#[derive(Default)]
pub(crate) struct Sorter {
    moments: Vec<Moment>,
    /// The other keys that came with them.
    others: Vec<u32>,
    /// Where the records of each key end, as far as they have come.
    ends: Vec<u32>,
}

impl Sorter {
    /// Sorts the records of keys that have so many each.
    pub(super) fn sort<'m>(&mut self, (counts, tags): (&[u32], Tags), pieces: impl Iterator<Item = &'m [Moment]>) {
        self.ends.clear();
        self.ends.push(0);
        self.ends.extend_from_slice(counts);
        summed(&mut self.ends);
        let ends = &mut self.ends[..];
        let length = ends[counts.len()] as usize;
        self.moments.resize(length.max(self.moments.len()), NOTHING);
        self.others.clear();
        self.others.resize(if tags.others.is_some() { length } else { 0 }, MISSING);
        let (sorted, others) = (&mut self.moments[..length], &mut self.others[..]);
        let mut put = |moment: &Moment| {
            let (action, place) = tags.parted(moment.action);
            let at = ends[place] as usize;
            sorted[at] = Moment { action, ..*moment };
            ends[place] += 1;
            at
        };
        match tags.others {
            None => pieces.flatten().for_each(|moment| _ = put(moment)),
            Some(known) => pieces.flatten().for_each(|moment| others[put(moment)] = tags.other(moment.action, known)),
        }
    }

    /// The records of each key, and the other keys that came with them.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&[Moment], &[u32])> {
        let ends = self.ends.split_last().map_or(&[][..], |(_, ends)| ends);
        let ranges = ends.iter().scan(0, |start, end| Some(std::mem::replace(start, *end as usize)..*end as usize));
        ranges.map(|range| (&self.moments[range.clone()], self.others.get(range).unwrap_or_default()))
    }
}

/// Makes each number the sum of those up to it.
pub(super) fn summed(numbers: &mut [u32]) {
    let mut sum = 0;
    for number in numbers {
        sum += *number;
        *number = sum;
    }
}
