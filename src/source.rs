//! A text that was read: its name, its characters, and the way back to lines, columns and original bytes.

mod cover;
mod decode;
mod disk;
mod ends;
mod lines;
mod parts;
mod positioned;
mod read;

pub(crate) use cover::covered;
pub(crate) use disk::OnDisk;
pub(crate) use lines::Lines;
pub(crate) use parts::{Assembly, Fault, Group, Hidden, Merge, Part};

use crate::span::Span;
use decode::{Bend, Decoded, encoded_length};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use parts::Parts;
use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::sync::{Arc, OnceLock};

/// Bytes between two entries of the line index.
const BLOCK: usize = 4096;
/// Bytes from which on a file is better read piece by piece than kept.
const LARGE: u64 = 1 << 20;

/// One file, or what came in on standard input.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    body: Body,
    encoding: &'static Encoding,
    bom: usize,
    damage: Vec<Span>,
    bends: Vec<Bend>,
    lines: OnceLock<Vec<Mark>>,
    widths: OnceLock<Vec<Width>>,
    /// Where it is not the beginning of its file but a later piece.
    later: Later,
    /// Where nothing is known but a few places.
    points: Vec<Point>,
    /// What it was put together from, and what in it nobody sees.
    parts: Option<Arc<Parts>>,
}

/// A piece of a text that stands behind its beginning.
#[derive(Clone, Copy, Debug, Default)]
struct Later {
    /// Where it starts: before that stands the beginning.
    from: usize,
    /// Lines left out between beginning and piece.
    lines: usize,
    /// Bytes left out.
    bytes: usize,
}

/// Where the text is.
#[derive(Clone, Debug)]
enum Body {
    Held(String),
    OnDisk(Arc<OnDisk>),
}

/// What is known of lines at the start of a block of text.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    /// Newlines before this block.
    lines: u32,
    /// Where the line that runs into this block starts.
    line_start: u32,
}

/// What is known of characters at the start of a block of text; asked for only on long lines and in other encodings.
#[derive(Clone, Copy, Debug, Default)]
struct Width {
    /// Characters that begin before this block.
    chars: u32,
    /// Where its first whole character begins.
    start: u32,
    /// Bytes the text before that character takes in its encoding.
    encoded: u32,
}

/// A place as people count it: both numbers start at 1, columns count code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The code point in the line.
    pub column: usize,
}

/// A byte of a text in every way to count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// The byte.
    pub offset: usize,
    /// As people count it.
    pub position: Position,
    /// The byte of the original file it came from.
    pub original: usize,
}

impl Point {
    /// The start of a line of which nothing else is known.
    pub(crate) fn line(line: usize) -> Point {
        Point { offset: 0, position: Position { line, column: 1 }, original: 0 }
    }
}

/// Which of a run's sources a place is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SourceId(pub u32);

impl Source {
    /// A source from text that is already decoded.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        Source {
            name: name.into(),
            body: Body::Held(text.into()),
            encoding: UTF_8,
            bom: 0,
            damage: Vec::new(),
            bends: Vec::new(),
            lines: OnceLock::new(),
            widths: OnceLock::new(),
            later: Later::default(),
            points: Vec::new(),
            parts: None,
        }
    }

    /// A source of which nothing is known but a few places: byte `n` is the place of that number.
    pub(crate) fn of_points(name: impl Into<String>, points: Vec<Point>) -> Source {
        Source { points, ..Source::new(name, "") }
    }

    /// The same, when what stands from byte `from` on follows a place further on in the file.
    pub(crate) fn going_on(mut self, from: usize, place: Point) -> Source {
        let lines = place.position.line.saturating_sub(self.position(from).line);
        let bytes = place.original.saturating_sub(self.original(from));
        self.later = Later { from, lines, bytes };
        self
    }

    /// A source from bytes: UTF-8 with or without a byte order mark, UTF-16 with one, or GB18030 as Excel in China writes it.
    /// What cannot be decoded becomes U+FFFD and is listed in [`Source::damage`].
    pub fn decode(name: impl Into<String>, bytes: Vec<u8>) -> Source {
        let (encoding, bom) = Encoding::for_bom(&bytes).unwrap_or((UTF_8, 0));
        if encoding == UTF_16LE || encoding == UTF_16BE {
            return Source { bom, ..Source::decoded(name, encoding, &bytes[bom..]) };
        }
        let body = if bom == 0 { bytes } else { bytes[bom..].to_vec() };
        match utf8(body) {
            Ok(text) => Source { bom, ..Source::new(name, text) },
            Err(bytes) => {
                let encoding = if mostly_utf8(&bytes) || bom > 0 { UTF_8 } else { GB18030 };
                Source { bom, ..Source::decoded(name, encoding, &bytes) }
            }
        }
    }

    /// The same of bytes that somebody else keeps.
    pub(crate) fn decode_some(name: impl Into<String>, bytes: &[u8]) -> Source {
        match simdutf8::basic::from_utf8(bytes) {
            Ok(text) if !text.starts_with('\u{FEFF}') => Source::new(name, text),
            Ok(_) | Err(_) => Source::decode(name, bytes.to_vec()),
        }
    }

    fn decoded(name: impl Into<String>, encoding: &'static Encoding, bytes: &[u8]) -> Source {
        let Decoded { text, damage, bends } = decode::decode(encoding, bytes);
        Source { encoding, damage, bends, ..Source::new(name, text) }
    }

    /// A source from a file that may stay on disk: a large one is not read before somebody asks for its text.
    pub(crate) fn open(name: impl Into<String>, mut file: File) -> io::Result<Source> {
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.len() < LARGE {
            let size = usize::try_from(metadata.len()).unwrap_or_default();
            return Source::read(name, &mut file, size);
        }
        let file = OnDisk::open(file)?;
        Ok(Source { bom: file.bom(), body: Body::OnDisk(Arc::new(file)), ..Source::new(name, "") })
    }

    /// The file it is still in.
    pub(crate) fn on_disk(&self) -> Option<&OnDisk> {
        match &self.body {
            Body::Held(_) => None,
            Body::OnDisk(file) => Some(file),
        }
    }

    /// The same with its text, if that is still in a file.
    pub(crate) fn held(&self) -> io::Result<Option<Source>> {
        match &self.body {
            Body::Held(_) => Ok(None),
            Body::OnDisk(file) => file.decoded(&self.name).map(Some),
        }
    }

    /// The path, or the name given for standard input.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All of it, as UTF-8, without a byte order mark.
    pub fn text(&self) -> &str {
        match &self.body {
            Body::Held(text) => text,
            Body::OnDisk(file) => file.whole(),
        }
    }

    /// The beginning, as far as it is known: all of it, or the first piece that was read.
    pub(crate) fn head(&self) -> &str {
        match &self.body {
            Body::Held(text) => text,
            Body::OnDisk(file) => file.head(),
        }
    }

    /// The characters of a span, as [`Source::slice`] gives them, without reading all of a file on disk.
    pub(crate) fn piece(&self, span: Span) -> Cow<'_, str> {
        match &self.body {
            Body::Held(_) => Cow::Borrowed(self.slice(span)),
            Body::OnDisk(file) => Cow::Owned(file.piece(span)),
        }
    }

    /// The characters of a span; empty when the span is not inside.
    pub fn slice(&self, span: Span) -> &str {
        self.text().get(span.range()).unwrap_or("")
    }

    /// Whether its file is UTF-8.
    pub(crate) fn is_utf8(&self) -> bool {
        self.encoding == UTF_8
    }

    /// Places whose bytes could not be decoded.
    pub fn damage(&self) -> &[Span] {
        &self.damage
    }

    /// Line and column of a byte of the text.
    pub fn position(&self, offset: usize) -> Position {
        if let Some(point) = self.points.get(offset) {
            return point.position;
        }
        if let Some(part) = self.part_at(offset) {
            return Position { line: part.row as usize, column: self.chars_between(part.start as usize, offset) + 1 };
        }
        let (lines, line_start) = self.line_at(offset);
        let left_out = if offset >= self.later.from { self.later.lines } else { 0 };
        Position { line: left_out + lines + 1, column: self.chars_between(line_start, offset) + 1 }
    }

    /// The span of the line that holds `offset`, without its line break; of a sheet, that of the row.
    pub fn line_span(&self, offset: usize) -> Span {
        if let Some(row) = self.row_at(offset) {
            return row;
        }
        let start = self.line_at(offset).1;
        let rest = &self.text().as_bytes()[start..];
        let end = start + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let end = if end > start && self.text().as_bytes()[end - 1] == b'\r' { end - 1 } else { end };
        Span::new(start..end)
    }

    /// The byte of the original file that byte `offset` of the text came from; of a sheet or a document, the byte of the text of its
    /// cell or paragraph.
    pub fn original(&self, offset: usize) -> usize {
        if let Some(point) = self.points.get(offset) {
            return point.original;
        }
        if let Some(part) = self.part_at(offset) {
            return offset.saturating_sub(part.start as usize);
        }
        let left_out = if offset >= self.later.from { self.later.bytes } else { 0 };
        (left_out + self.bom + self.encoded(offset)).saturating_add_signed(self.bent(offset))
    }

    /// Bytes the text before `offset` takes in its encoding.
    fn encoded(&self, offset: usize) -> usize {
        if self.encoding == UTF_8 {
            return offset;
        }
        let width = self.widths()[(offset / BLOCK).min(self.widths().len() - 1)];
        let start = (width.start as usize).min(offset);
        width.encoded as usize + encoded_length(self.encoding, self.text().get(start..offset).unwrap_or(""))
    }

    /// How many bytes more the file has before `offset` than the encoded text.
    fn bent(&self, offset: usize) -> isize {
        let behind = self.bends.partition_point(|bend| bend.end as usize <= offset);
        behind.checked_sub(1).map_or(0, |last| self.bends[last].by)
    }

    /// A byte of the text in every way to count it. It is counted on from `near`, if that is given and stands close before it.
    pub(crate) fn point(&self, offset: usize, near: Option<Point>) -> Point {
        let near = near
            .filter(|near| self.on_disk().is_none() && self.points.is_empty() && !self.is_assembled() && near.offset >= self.later.from);
        let near = near.filter(|near| near.offset <= offset && offset <= self.text().len().min(near.offset + BLOCK));
        let between = near.and_then(|near| Some((near, self.text().get(near.offset..offset)?)));
        let Some((near, between)) = between else {
            return Point { offset, position: self.position(offset), original: self.original(offset) };
        };
        let bytes = between.as_bytes();
        let position = match memchr::memrchr(b'\n', bytes) {
            None => Position { column: near.position.column + starts_of_characters(bytes), ..near.position },
            Some(feed) => {
                let line = near.position.line + 1 + memchr::memchr_iter(b'\n', &bytes[..feed]).count();
                Position { line, column: starts_of_characters(&bytes[feed + 1..]) + 1 }
            }
        };
        let original = near.original + encoded_length(self.encoding, between);
        Point { offset, position, original: original.saturating_add_signed(self.bent(offset) - self.bent(near.offset)) }
    }

    /// Newlines before `offset`, and where its line starts.
    fn line_at(&self, offset: usize) -> (usize, usize) {
        if let Some(file) = self.on_disk() {
            return file.line_at(offset);
        }
        let block = (offset / BLOCK).min(self.lines().len() - 1);
        let mark = self.lines()[block];
        let bytes = &self.text().as_bytes()[block * BLOCK..offset.min(self.text().len())];
        let lines = mark.lines as usize + memchr::memchr_iter(b'\n', bytes).count();
        let start = memchr::memrchr(b'\n', bytes).map_or(mark.line_start as usize, |at| block * BLOCK + at + 1);
        (lines, start)
    }

    /// Characters between two bytes of one line.
    fn chars_between(&self, from: usize, to: usize) -> usize {
        if let Some(file) = self.on_disk() {
            let between = Span::new(from..to.clamp(from, file.len().max(from)));
            return if between.is_empty() { 0 } else { starts_of_characters(self.piece(between).as_bytes()) };
        }
        let bytes = self.text().as_bytes();
        let to = to.min(bytes.len());
        if to - from <= 2 * BLOCK {
            return starts_of_characters(&bytes[from..to]);
        }
        self.chars_before(to) - self.chars_before(from)
    }

    fn chars_before(&self, offset: usize) -> usize {
        let block = (offset / BLOCK).min(self.widths().len() - 1);
        self.widths()[block].chars as usize + starts_of_characters(&self.text().as_bytes()[block * BLOCK..offset])
    }

    fn lines(&self) -> &[Mark] {
        self.lines.get_or_init(|| {
            let mut mark = Mark::default();
            let mut marks = Vec::with_capacity(self.text().len() / BLOCK + 1);
            for (number, block) in self.text().as_bytes().chunks(BLOCK).enumerate() {
                marks.push(mark);
                mark.lines += memchr::memchr_iter(b'\n', block).count() as u32;
                if let Some(at) = memchr::memrchr(b'\n', block) {
                    mark.line_start = (number * BLOCK + at + 1) as u32;
                }
            }
            if self.text().len().is_multiple_of(BLOCK) {
                marks.push(mark);
            }
            marks
        })
    }

    fn widths(&self) -> &[Width] {
        self.widths.get_or_init(|| {
            let (mut widths, mut width) = (vec![Width::default()], Width::default());
            for at in (BLOCK..=self.text().len()).step_by(BLOCK) {
                let start = (at..=self.text().len()).find(|at| self.text().is_char_boundary(*at)).unwrap_or(at);
                width.chars += starts_of_characters(&self.text().as_bytes()[at - BLOCK..at]) as u32;
                if self.encoding != UTF_8 {
                    width.encoded += encoded_length(self.encoding, &self.text()[width.start as usize..start]) as u32;
                }
                width.start = start as u32;
                widths.push(width);
            }
            widths
        })
    }
}

/// Bytes below which a text is copied rather than checked a second time.
const WORTH_COPYING: usize = 64 << 20;

/// The bytes as text, or back. The library's check of Chinese text is many times as fast as the standard one, but cannot turn
/// bytes into a string in place.
fn utf8(bytes: Vec<u8>) -> Result<String, Vec<u8>> {
    if bytes.len() <= WORTH_COPYING {
        return simdutf8::basic::from_utf8(&bytes).map(str::to_owned).map_err(|_| bytes);
    }
    String::from_utf8(bytes).map_err(std::string::FromUtf8Error::into_bytes)
}

/// Counted in bytes as far as a byte can count: that is what makes it quick.
fn starts_of_characters(bytes: &[u8]) -> usize {
    let starts = |few: &[u8]| few.iter().map(|byte| u8::from((*byte & 0xC0) != 0x80)).sum::<u8>();
    bytes.chunks(usize::from(u8::MAX)).map(|few| usize::from(starts(few))).sum()
}

/// Whether bytes that are not all UTF-8 still look like UTF-8 with a few broken places.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|byte| *byte >= 0xE0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 4 * bad
}

#[cfg(test)]
mod tests;
