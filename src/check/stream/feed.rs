//! Bytes of a log as they come, cut where a record ends.

use crate::input::{Cut, Format};
use crate::source::{Point, Source};
use std::ops::Range;

/// Bytes of one record after which its end is not waited for.
const LONGEST: usize = 16 << 20;

/// The bytes of a log.
pub(super) struct Feed {
    name: String,
    /// None when the records of the format do not follow one another: then the log is read when it is over.
    cut: Option<Cut>,
    /// The first record, which in a table tells what the others mean.
    head: Head,
    /// Bytes that are no whole record yet, behind the first record.
    rest: Vec<u8>,
    /// Where the rest begins.
    before: Point,
}

/// The beginning of a log.
#[derive(Default)]
struct Head {
    bytes: Vec<u8>,
    text: String,
}

/// Whole records.
pub(super) struct Piece {
    /// The text, behind as much of the beginning as must be known to read it.
    pub source: Source,
    /// The records in it.
    pub range: Range<usize>,
}

impl Feed {
    /// Nothing yet.
    pub(super) fn new(name: String, format: &'static Format) -> Feed {
        Feed { name, cut: format.cut(), head: Head::default(), rest: Vec::new(), before: Point::line(1) }
    }

    /// Takes bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        if self.head.bytes.is_empty() && matches!(self.rest.as_slice(), [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
            // Line breaks of UTF-16 are not told from bytes alone.
            self.cut = None;
        }
    }

    /// The whole records there are.
    pub(super) fn next(&mut self) -> Option<Piece> {
        let cut = self.cut?;
        let lead = self.head.bytes.len();
        let head = (lead > 0).then_some(self.head.text.as_str());
        let rest = &self.rest[lead..];
        let length = match cut(&self.name, head, rest) {
            0 if rest.len() >= LONGEST => rest.len(),
            length => length,
        };
        (length > 0).then(|| self.piece(lead + length))
    }

    /// What is left at the end.
    pub(super) fn rest(&mut self) -> Option<Piece> {
        (self.rest.len() > self.head.bytes.len()).then(|| self.piece(self.rest.len()))
    }

    /// The rest up to a byte.
    fn piece(&mut self, end: usize) -> Piece {
        let (lead, length) = (self.head.text.len(), end - self.head.bytes.len());
        if lead == 0 {
            self.head = self.first(&self.rest[..end]);
        }
        let source = Source::decode_some(self.name.as_str(), &self.rest[..end]);
        let source = if lead == 0 { source } else { self.behind_head(source, end).going_on(lead, self.before) };
        self.rest.drain(self.head.bytes.len()..end);
        self.before.position.line = source.position(source.text().len()).line;
        self.before.original += length;
        Piece { range: lead..source.text().len(), source }
    }

    /// A log that changes how it is encoded is read with the head as it was.
    fn behind_head(&self, source: Source, end: usize) -> Source {
        if source.text().starts_with(&self.head.text) {
            return source;
        }
        let alone = Source::decode_some("", &self.rest[self.head.bytes.len()..end]);
        Source::new(self.name.as_str(), format!("{}{}", self.head.text, alone.text()))
    }

    /// The first record of the first bytes.
    fn first(&self, bytes: &[u8]) -> Head {
        let ends = memchr::memchr_iter(b'\n', bytes).map(|line_break| line_break + 1);
        let is_whole = |end: &usize| self.cut.is_some_and(|cut| cut(&self.name, None, &bytes[..*end]) > 0);
        let bytes = ends.take(MANY_LINES).find(is_whole).map_or(bytes, |end| &bytes[..end]).to_vec();
        Head { text: Source::decode_some("", &bytes).text().to_owned(), bytes }
    }
}

/// Lines among which the first record ends.
const MANY_LINES: usize = 1000;
