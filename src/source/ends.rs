//! Both ends of many spans, counted together.

use super::{OnDisk, Point, Position, Source, starts_of_characters};
use crate::span::Span;

/// Bytes between two spans of a file on disk that are rather read than asked for once more.
const NEAR: usize = 2 << 10;
/// Bytes of a file that are read at once where there is more than one span.
const MOST: usize = 64 << 10;

impl Source {
    /// Appends both ends of spans, each in every way to count it. One is counted on from the one before; a file on disk is asked
    /// whether it was changed once, when all of them are read.
    pub(crate) fn ends(&self, spans: &[Span], ends: &mut Vec<[Point; 2]>) {
        if let Some(file) = self.on_disk() {
            return self.ends_on_disk(file, spans, ends);
        }
        let mut near = None;
        for span in spans {
            let start = self.point(span.start as usize, near);
            ends.push([start, self.point(span.end as usize, Some(start))]);
            near = Some(start);
        }
    }

    fn ends_on_disk(&self, file: &OnDisk, spans: &[Span], ends: &mut Vec<[Point; 2]>) {
        // Where lines start is looked up for all spans together, for no cache holds it.
        let lines = |span: &Span| Lines { span: *span, at: [span.start, span.end].map(|end| file.line_at(end as usize)) };
        let spans: Vec<Lines> = spans.iter().map(lines).collect();
        let (first, mut rest, mut bytes) = (ends.len(), spans.as_slice(), Vec::new());
        while let Some(Lines { at: [(_, from), _], .. }) = rest.first() {
            let (near, further) = rest.split_at(near(rest, *from));
            let until = near.iter().map(|one| one.span.end as usize).max().unwrap_or(*from).min(file.len()).max(*from);
            bytes.resize(bytes.len().max(until - from), 0);
            let is_read = file.read(*from, &mut bytes[..until - from]).is_ok_and(|length| length == until - from);
            let stretch = Stretch { from: *from, until, bytes: is_read.then_some(&bytes) };
            ends.extend(near.iter().map(|one| self.ends_in(*one, stretch)));
            rest = further;
        }
        if file.is_changed() {
            let blanks = Stretch { from: 0, until: file.len(), bytes: None };
            ends.truncate(first);
            ends.extend(spans.iter().map(|one| self.ends_in(*one, blanks)));
        }
    }

    fn ends_in(&self, Lines { span, at }: Lines, stretch: Stretch<'_>) -> [Point; 2] {
        let [start, end] = [span.start as usize, span.end as usize];
        let [(line, line_start), (last_line, last_start)] = at;
        let column = 1 + stretch.characters(line_start, start);
        let last_column = match last_line == line {
            true => column + stretch.characters(start, end),
            false => 1 + stretch.characters(last_start, end),
        };
        let point = |offset, line, column| Point { offset, position: Position { line: line + 1, column }, original: self.original(offset) };
        [point(start, line, column), point(end, last_line, last_column)]
    }
}

/// A span of a file on disk.
#[derive(Clone, Copy)]
struct Lines {
    span: Span,
    /// Of both its ends, how many lines stand before, and where its own starts.
    at: [(usize, usize); 2],
}

/// How many of the first spans are best read at once, from byte `from` on.
fn near(spans: &[Lines], from: usize) -> usize {
    let is_near = |pair: &[Lines]| {
        let [before, after] = [pair[0].span, pair[1].span].map(Span::range);
        before.start <= after.start && after.start <= before.end + NEAR && after.end <= from + MOST
    };
    spans.len().min(1 + spans.windows(2).take_while(|pair| is_near(pair)).count())
}

/// A stretch of a file on disk.
#[derive(Clone, Copy)]
struct Stretch<'b> {
    from: usize,
    until: usize,
    /// What was read of it; blanks stand there where nothing was.
    bytes: Option<&'b Vec<u8>>,
}

impl Stretch<'_> {
    /// Characters between two bytes.
    fn characters(self, from: usize, to: usize) -> usize {
        let to = to.min(self.until).max(from);
        match self.bytes {
            Some(bytes) => bytes.get(from - self.from..to - self.from).map_or(0, starts_of_characters),
            None => to - from,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, Write};

    /// Lines of every length, some with a character of several bytes, and spans in them.
    fn text() -> (String, Vec<Span>) {
        let (mut text, mut spans) = (String::new(), Vec::new());
        for row in 0..9000_usize {
            let start = text.len();
            match row % 97 {
                0 => text.push_str(&"长a".repeat(row * 3)),
                1 => {}
                _ => text.push_str(&format!("{row}加微信{}", "x".repeat(row % 150))),
            }
            let end = text.len();
            text.push_str(if row % 5 == 0 { "\r\n" } else { "\n" });
            let inside = (start + row % 7..end).find(|at| text.is_char_boundary(*at)).unwrap_or(end);
            let some = [Span::new(start..end), Span::new(inside..end), Span::new(start..text.len())];
            spans.extend(&some[..[0, 1, 2, 3].get(row % 29).copied().unwrap_or(0)]);
        }
        spans.push(Span::new(text.len()..text.len()));
        spans.push(Span::new(0..text.len()));
        spans.push(Span::new(3..9));
        (text, spans)
    }

    fn on_disk(text: &str) -> (Source, std::fs::File) {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all("\u{FEFF}".as_bytes()).and_then(|()| file.write_all(text.as_bytes())).expect("room");
        let source = Source::open("a.jsonl", file.try_clone().expect("the same file")).expect("read");
        assert!(source.on_disk().is_some());
        (source, file)
    }

    fn ends(source: &Source, spans: &[Span]) -> Vec<[Point; 2]> {
        let mut ends = Vec::new();
        source.ends(spans, &mut ends);
        ends
    }

    #[test]
    fn ends_that_are_counted_together_are_those_that_are_counted_alone() {
        let (text, spans) = text();
        let held = Source::decode("a.jsonl", format!("\u{FEFF}{text}").into_bytes());
        let alone: Vec<_> = spans.iter().map(|span| [span.start, span.end].map(|at| held.point(at as usize, None))).collect();
        let (source, _) = on_disk(&text);
        assert!(ends(&held, &spans) == alone && ends(&source, &spans) == alone);
        for (number, span) in spans.iter().enumerate().step_by(41) {
            assert_eq!([span.start, span.end].map(|at| source.point(at as usize, None)), alone[number]);
        }
    }

    #[test]
    fn nothing_is_counted_in_a_file_that_was_changed() {
        let (text, spans) = text();
        let (source, mut file) = on_disk(&text);
        assert_eq!(ends(&source, &spans[..1]).len(), 1);
        file.rewind().and_then(|()| file.write_all(&vec![b'x'; text.len() / 2])).and_then(|()| file.set_len(1 << 20)).expect("room");
        let alone: Vec<_> = spans.iter().map(|span| [span.start, span.end].map(|at| source.point(at as usize, None))).collect();
        assert!(ends(&source, &spans) == alone);
        let blank = |[start, end]: &[Point; 2]| {
            start.position.line < end.position.line || end.position.column - start.position.column == end.offset - start.offset
        };
        assert!(alone.iter().all(blank));
    }
}
