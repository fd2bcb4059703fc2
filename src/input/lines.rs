//! The lines of a text: which are blank, and where the paragraphs end.

use std::ops::Range;

/// A text by lines. Every question is answered without reading the text again.
pub(super) struct Lines {
    lines: Vec<Line>,
    length: usize,
}

struct Line {
    start: usize,
    /// From the first to behind the last character that is no blank; empty in a blank line.
    ink: Range<usize>,
    /// Where the first line starts, from this one on, that is not blank.
    next: usize,
    /// Where the lines end, from this one on, that are not blank.
    end: usize,
}

impl Lines {
    /// The lines of a text.
    pub(super) fn of(text: &str) -> Lines {
        let mut start = 0;
        let line = |line: &str| {
            let first = start + line.len() - line.trim_start().len();
            let ink = first..first + line.trim().len();
            start += line.len();
            Line { start: start - line.len(), ink, next: 0, end: 0 }
        };
        let mut lines: Vec<Line> = text.split_inclusive('\n').map(line).collect();
        let (mut after, mut next, mut end) = (text.len(), text.len(), text.len());
        for line in lines.iter_mut().rev() {
            if line.ink.is_empty() {
                end = line.start;
            } else {
                next = line.start;
                // The last line of a paragraph ends where the blank one begins.
                end = end.max(after);
            }
            (line.next, line.end, after) = (next, end, line.start);
        }
        Lines { lines, length: text.len() }
    }

    fn at(&self, place: usize) -> Option<usize> {
        self.lines.partition_point(|line| line.start <= place).checked_sub(1)
    }

    fn start(&self, number: usize) -> usize {
        self.lines.get(number).map_or(self.length, |line| line.start)
    }

    /// The whole lines of a range, the last line break among them.
    pub(super) fn whole(&self, range: &Range<usize>) -> Range<usize> {
        let (first, last) = (self.at(range.start).unwrap_or(0), self.at(range.end.max(1) - 1).unwrap_or(0));
        self.start(first)..self.start(last + 1)
    }

    /// Whether there is nothing else in the lines of a range but blanks.
    pub(super) fn is_alone(&self, range: &Range<usize>) -> bool {
        let ink = |place: usize| self.at(place).map_or(0..0, |line| self.lines[line].ink.clone());
        ink(range.start).start >= range.start && ink(range.end.max(1) - 1).end <= range.end
    }

    /// The paragraph that begins at a line, or below it behind blank ones.
    pub(super) fn paragraph(&self, from: usize) -> Range<usize> {
        let first = self.lines.partition_point(|line| line.start < from);
        let start = self.lines.get(first).map_or(self.length, |line| line.next);
        let end = self.lines.get(self.lines.partition_point(|line| line.start < start)).map_or(self.length, |line| line.end);
        start..end.max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same by reading on from the line.
    fn read_on(text: &str, from: usize) -> Range<usize> {
        let blank: usize = text[from..].split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum();
        let start = from + blank;
        let length: usize = text[start..].split_inclusive('\n').take_while(|line| !line.trim().is_empty()).map(str::len).sum();
        start..start + length
    }

    proptest! {
        #[test]
        fn nothing_is_read_again_to_find_a_line_or_a_paragraph(text in "( |\n|\r\n|加|a){0,24}", from in 0..24_usize, length in 1..4_usize) {
            let lines = Lines::of(&text);
            for (at, _) in text.match_indices('\n') {
                prop_assert_eq!(lines.paragraph(at + 1), read_on(&text, at + 1));
            }
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            if let (Some(start), Some(end)) = (ends.get(from), ends.get(from + length)) {
                let range = *start..*end;
                let first = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
                let ends = text[..range.end].ends_with('\n');
                let last = if ends { range.end } else { text[range.end..].find('\n').map_or(text.len(), |at| range.end + at + 1) };
                prop_assert_eq!(lines.whole(&range), first..last);
                let is_alone = text[first..range.start].trim().is_empty() && text[range.end.min(last)..last].trim().is_empty();
                // What is asked about begins and ends with characters that are no blanks.
                let is_ink = text[range.clone()].trim() == &text[range.clone()];
                prop_assert!(!is_ink || lines.is_alone(&range) == is_alone);
            }
        }
    }
}
