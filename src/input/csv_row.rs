//! A row of a CSV table, cut into its cells.

use super::escape;
use super::scan;
use crate::span::Span;

/// One row after the other, cell by cell.
pub(super) struct Row<'t> {
    /// The whole table.
    pub(super) text: &'t [u8],
    /// What stands between its cells.
    pub(super) delimiter: u8,
    /// The row's first byte.
    pub(super) start: usize,
    /// Where the next cell begins.
    at: usize,
    /// The row's end without its line break; known after its last cell.
    pub(super) end: usize,
    /// Where the next row begins; known after this row's last cell.
    pub(super) next: usize,
    /// Whether this row has another cell.
    more: bool,
    /// Whether this row would read otherwise if the text went on: it has no line break yet, or a quote that nothing closes.
    pub(super) open: bool,
}

/// A cell as written.
#[derive(Clone, Copy)]
pub(super) struct Raw {
    /// Its bytes, without quotes.
    pub(super) span: Span,
    /// How they were quoted.
    pub(super) quoting: Quoting,
}

/// What quotes do to a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// It says what stands there.
    Plain,
    /// It has quotes written twice.
    Doubled,
    /// It begins with a quote that nothing closes: the quote counts as a character.
    Unclosed,
    /// Something stands behind the closing quote: all of it counts.
    Torn,
}

impl Raw {
    /// What it says.
    pub(super) fn value(self, text: &str) -> String {
        let raw = &text[self.span.range()];
        if self.quoting == Quoting::Doubled { escape::doubled(raw, 0, '"').text } else { raw.to_owned() }
    }
}

impl<'t> Row<'t> {
    /// The row that begins at `at`, not yet begun.
    pub(super) fn new(text: &'t [u8], delimiter: u8, at: usize) -> Row<'t> {
        Row { text, delimiter, start: at, at, end: at, next: at, more: false, open: false }
    }

    /// Goes to the next row; false when there is none.
    pub(super) fn begin(&mut self) -> bool {
        (self.start, self.at) = (self.next, self.next);
        self.more = self.next < self.text.len();
        self.open = false;
        self.more
    }

    /// The next cell of this row.
    pub(super) fn cell(&mut self) -> Option<Raw> {
        if !self.more {
            return None;
        }
        let start = self.at;
        if self.text.get(start) == Some(&b'"') {
            return Some(self.quoted(start + 1));
        }
        let end = self.close(start);
        Some(Raw { span: Span::new(start..end), quoting: Quoting::Plain })
    }

    /// Goes behind the delimiter or line break that follows `start`, gives the end of what stands before it.
    fn close(&mut self, start: usize) -> usize {
        let bytes = self.text;
        let rest = bytes.get(start..).unwrap_or(&[]);
        let delimiter = self.delimiter;
        let stop = start + scan::before(rest, move |block| block.is(delimiter) | block.is(b'\n'));
        self.at = stop + 1;
        if bytes.get(stop) == Some(&self.delimiter) {
            return stop;
        }
        self.more = false;
        self.next = (stop + 1).min(bytes.len());
        self.open |= stop == bytes.len();
        self.end = if stop > start && bytes[stop - 1] == b'\r' { stop - 1 } else { stop };
        self.end
    }

    /// The cell whose opening quote stands before `start`.
    fn quoted(&mut self, start: usize) -> Raw {
        let bytes = self.text;
        let (mut at, mut quoting) = (start, Quoting::Plain);
        let closing = loop {
            let Some(quote) = memchr::memchr(b'"', &bytes[at..]) else {
                let end = self.close(start);
                self.open = true;
                return Raw { span: Span::new(start - 1..end), quoting: Quoting::Unclosed };
            };
            if bytes.get(at + quote + 1) != Some(&b'"') {
                break at + quote;
            }
            quoting = Quoting::Doubled;
            at += quote + 2;
        };
        let end = self.close(closing + 1);
        if bytes[closing + 1..end].iter().all(|byte| *byte == b' ') {
            Raw { span: Span::new(start..closing), quoting }
        } else {
            Raw { span: Span::new(start..end), quoting: Quoting::Torn }
        }
    }

    /// Passes the rest of the row.
    pub(super) fn pass(&mut self) {
        while self.cell().is_some() {}
    }
}
