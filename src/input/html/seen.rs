//! A text as it is seen on a page, with the way back to the bytes that were written.

use crate::record::Pieces;
use crate::span::Span;
use html5gum::{Token, Tokenizer};

/// Bytes of the longest entity.
const ENTITY: usize = 40;

/// A string of the file.
pub(super) struct Written<'a> {
    /// As it is written.
    pub raw: &'a str,
    /// Where.
    pub at: usize,
    /// What it means.
    pub value: &'a str,
}

/// What blanks of the file are on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blanks {
    /// What they are.
    Kept,
    /// One blank between words.
    Folded,
}

/// A text that grows.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    text: String,
    pieces: Pieces,
    /// The bytes of each string that was added.
    stretches: Vec<Span>,
    /// Where the last of it ends in the source.
    end: usize,
    /// A blank or the end of a line, and where it stands: it is shown only between words.
    blank: Option<(&'static str, usize, usize)>,
}

impl Seen {
    /// What is seen.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The way back.
    pub(super) fn pieces(&self) -> &Pieces {
        &self.pieces
    }

    /// The bytes of each string of it, in order.
    pub(super) fn stretches(&self) -> &[Span] {
        &self.stretches
    }

    /// From its first byte to its last.
    pub(super) fn span(&self) -> Span {
        let (first, last) = (self.stretches.first(), self.stretches.last());
        Span { start: first.map_or(0, |span| span.start), end: last.map_or(0, |span| span.end) }
    }

    /// Whether nothing is seen.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// What follows begins a line; this was asked for at byte `at`.
    pub(super) fn line(&mut self, at: usize) {
        if self.blank.is_none_or(|(blank, ..)| blank != "\n") {
            self.blank = Some(("\n", at, at));
        }
    }

    /// Adds a string.
    pub(super) fn string(&mut self, string: &Written<'_>, blanks: Blanks) {
        let Written { raw, at, value } = *string;
        let before = self.text.len();
        let (mut written, mut meant) = (0, 0);
        while meant < value.len() {
            let run = run(&raw.as_bytes()[written..], &value.as_bytes()[meant..]);
            if run > 0 {
                self.between();
                self.add(&value[meant..meant + run], at + written, at + written + run);
                (written, meant) = (written + run, meant + run);
                continue;
            }
            let (from, to) = step(&raw[written..], &value[meant..]);
            let (start, end, says) = (at + written, at + written + from, &value[meant..meant + to]);
            match says {
                " " | "\n" | "\t" | "\r" | "\u{c}" if blanks == Blanks::Folded => self.blank = self.blank.or(Some((" ", start, end))),
                says => {
                    self.between();
                    self.add(says, start, end);
                }
            }
            (written, meant) = (written + from, meant + to);
        }
        if self.text.len() > before {
            self.stretches.push(Span::new(at..at + raw.len()));
        }
    }

    /// Shows what stands before a word.
    fn between(&mut self) {
        if let Some((blank, start, end)) = self.blank.take()
            && !self.text.is_empty()
            && !self.text.ends_with('\n')
        {
            self.add(blank, start, end);
        }
    }

    fn add(&mut self, says: &str, start: usize, end: usize) {
        let at = self.text.len();
        if at == 0 {
            self.pieces.push(0, start);
        } else if start != self.end {
            self.pieces.gap(at, self.end, start);
        }
        self.text.push_str(says);
        if says.len() != end - start {
            // What is written otherwise counts whole.
            self.pieces.push(at, start);
            self.pieces.push(self.text.len(), end);
        }
        self.end = end;
    }
}

/// Bytes that mean what is written, and nothing else: no entity, no blank.
fn run(raw: &[u8], value: &[u8]) -> usize {
    let is_plain = |byte: &u8| !matches!(byte, b'&' | b' ' | b'\n' | b'\t' | b'\r' | b'\x0c' | 0);
    let run = raw.iter().zip(value).take_while(|(written, meant)| written == meant && is_plain(written)).count();
    // Not within a character.
    let is_border = |at: &usize| value.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80);
    (0..=run).rev().find(is_border).unwrap_or(0)
}

/// Bytes of the next thing written, and of what it means.
fn step(raw: &str, value: &str) -> (usize, usize) {
    let (Some(written), Some(meant)) = (raw.chars().next(), value.chars().next()) else { return (raw.len(), value.len()) };
    if written == '&' {
        let entity = entity(raw);
        let says = said(entity);
        if says != entity && !says.is_empty() && value.starts_with(&says) {
            return (entity.len(), says.len());
        }
    }
    if written == meant {
        return (written.len_utf8(), meant.len_utf8());
    }
    match (written, meant) {
        ('\r', '\n') => (1 + usize::from(raw[1..].starts_with('\n')), 1),
        ('\0', _) => (1, meant.len_utf8()),
        // Something nobody thought of: all that is left belongs together.
        _ => (raw.len(), value.len()),
    }
}

/// What may be an entity at the start of a text: `&amp;`, `&#x5FAE;`, `&amp`.
fn entity(raw: &str) -> &str {
    let body = &raw[1..];
    let body = body.strip_prefix('#').unwrap_or(body);
    let word = body.bytes().take(ENTITY).take_while(u8::is_ascii_alphanumeric).count();
    let end = raw.len() - body.len() + word;
    &raw[..end + usize::from(raw[end..].starts_with(';'))]
}

/// What a text without tags means.
fn said(text: &str) -> String {
    let tokens = Tokenizer::new(text).flatten();
    let strings = tokens.filter_map(|token| match token {
        Token::String(string) => Some(String::from_utf8_lossy(&string).into_owned()),
        _ => None,
    });
    strings.collect()
}
