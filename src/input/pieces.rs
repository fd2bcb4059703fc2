//! The text of a file a piece at a time, each cut where a record ends.

use super::Cut;
use crate::source::{OnDisk, Source};
use crate::threads::locked;
use std::io;
use std::ops::Range;
use std::sync::Mutex;

/// Bytes that are read at once: they stay in the nearest caches until their records are read.
const PIECE: usize = 256 << 10;

/// A piece of a file.
pub(crate) struct Piece {
    /// How many pieces stand before it.
    pub number: usize,
    /// How many bytes of text stand before it.
    pub before: usize,
    buffer: Vec<u8>,
    length: usize,
}

impl Piece {
    /// Room for one.
    pub(crate) fn new() -> Piece {
        Piece { number: 0, before: 0, buffer: Vec::new(), length: 0 }
    }

    /// Its bytes: whole records.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

/// The pieces of a file on disk, for any number of threads.
pub(crate) struct Pieces<'a> {
    source: &'a Source,
    file: &'a OnDisk,
    cut: Cut,
    next: Mutex<Next>,
}

/// What comes next.
#[derive(Default)]
struct Next {
    number: usize,
    before: usize,
    /// Bytes that are read, but no whole record yet.
    rest: Vec<u8>,
    is_over: bool,
}

impl<'a> Pieces<'a> {
    /// All pieces of a source that is on disk.
    pub(crate) fn of(source: &'a Source, file: &'a OnDisk, cut: Cut) -> Pieces<'a> {
        Pieces { source, file, cut, next: Mutex::default() }
    }

    /// Reads the next piece; false when there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn next(&self, piece: &mut Piece) -> io::Result<bool> {
        let mut next = locked(&self.next);
        if next.is_over {
            return Ok(false);
        }
        (piece.number, piece.before) = (next.number, next.before);
        let (mut filled, mut wanted) = (next.rest.len(), PIECE.max(2 * next.rest.len()));
        piece.buffer.resize(wanted.max(piece.buffer.len()), 0);
        piece.buffer[..filled].copy_from_slice(&next.rest);
        loop {
            filled += self.file.read(next.before + filled, &mut piece.buffer[filled..wanted])?;
            next.is_over = filled < wanted;
            piece.length = if next.is_over { filled } else { self.cut(next.number, &piece.buffer[..filled]) };
            if next.is_over || piece.length > 0 {
                break;
            }
            // Not one whole record: a longer piece is needed.
            wanted *= 2;
            piece.buffer.resize(wanted, 0);
        }
        next.rest.clear();
        next.rest.extend_from_slice(&piece.buffer[piece.length..filled]);
        next.number += 1;
        next.before += piece.length;
        if piece.number == 0 {
            self.file.begin(piece.bytes());
        }
        Ok(true)
    }

    fn cut(&self, number: usize, bytes: &[u8]) -> usize {
        (self.cut)(self.source.name(), (number > 0).then(|| self.source.head()), bytes)
    }
}

/// Cuts the text of a source into about so many parts.
pub(crate) fn split(source: &Source, cut: Cut, parts: usize) -> Vec<Range<usize>> {
    let (text, mut start, mut ranges) = (source.text(), 0, Vec::new());
    while start < text.len() {
        let mut length = (text.len() / parts.max(1)).max(1);
        let end = loop {
            let Some(window) = text.as_bytes().get(start..start + length) else { break text.len() };
            match cut(source.name(), (start > 0).then_some(text), window) {
                0 => length *= 2,
                whole => break start + whole,
            }
        };
        ranges.push(start..end);
        start = end;
    }
    ranges
}
