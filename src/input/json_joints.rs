//! What stands between the values of a JSON line.
//!
//! The lines of a log repeat it: from the end of one value to the start of the next it is always `","account":"`. Such a joint is
//! learnt once; after that one comparison passes quotes, comma, name and colon together.

use super::cell::FieldRef;
use super::intake::Intake;
use crate::span::Span;
use std::ops::Range;

/// What stands from the end of one value to the start of the next, or to the end of the line.
pub(super) struct Joint {
    /// Its first sixteen bytes, and which of them count.
    head: u128,
    mask: u128,
    /// What does not fit the head.
    tail: Box<[u8]>,
    pub(super) length: usize,
    /// What it stands after.
    after: After,
    /// What it leads to.
    pub(super) leads: Leads,
    /// The bit of its name in the set of a line's names.
    pub(super) bit: u128,
    /// Which joints came next the last times.
    pub(super) next: [usize; 2],
}

/// What a joint stands after.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    Line,
    Text,
    Bare,
}

/// What a joint leads to.
#[derive(Clone, Copy)]
pub(super) enum Leads {
    /// A string; the joint ends with its quote.
    Text(FieldRef),
    /// A number, `true`, `false` or `null`.
    Bare(FieldRef),
    /// The next line; the joint ends with a line break of so many bytes.
    Line(usize),
}

impl Leads {
    fn end(self) -> After {
        match self {
            Leads::Text(_) => After::Text,
            Leads::Bare(_) => After::Bare,
            Leads::Line(_) => After::Line,
        }
    }
}

impl Joint {
    fn new(written: &[u8], after: After, leads: Leads, bit: u128) -> Joint {
        let mut head = [0; 16];
        let length = written.len().min(16);
        head[..length].copy_from_slice(&written[..length]);
        let mask = u128::MAX.checked_shr(128 - 8 * length as u32).unwrap_or(0);
        Joint {
            head: u128::from_le_bytes(head),
            mask,
            tail: written[length..].into(),
            length: written.len(),
            after,
            leads,
            bit,
            next: [0; 2],
        }
    }

    #[inline(always)]
    fn stands(&self, rest: &[u8], head: u128) -> bool {
        head & self.mask == self.head && (self.tail.is_empty() || rest[16..].starts_with(&self.tail))
    }
}

/// The number of what is no joint but the start of a line.
pub(super) const LINE_START: usize = 0;
/// Joints that are remembered; a line with others is read the exact way.
const MOST_JOINTS: usize = 512;

/// The joints of a file.
pub(super) struct Joints {
    known: Vec<Joint>,
    names: Vec<String>,
}

impl Joints {
    pub(super) fn new() -> Joints {
        // No text has this byte.
        let start = Joint::new(b"\xFF", After::Line, Leads::Line(0), 0);
        Joints { known: vec![start], names: Vec::new() }
    }

    /// A joint by its number.
    #[inline(always)]
    pub(super) fn get(&self, at: usize) -> Option<&Joint> {
        self.known.get(at)
    }

    /// The one of two joints that `rest` begins with.
    #[inline(always)]
    pub(super) fn expected(&self, rest: &[u8], next: [usize; 2]) -> Option<(usize, &Joint)> {
        let head = u128::from_le_bytes(*rest.first_chunk::<16>()?);
        let stands = |at: usize| self.known.get(at).filter(|joint| joint.stands(rest, head)).map(|joint| (at, joint));
        stands(next[0]).or_else(|| stands(next[1]))
    }

    /// Any joint that may stand here; none when it is new, or too near the end of the file.
    #[inline(never)]
    pub(super) fn find(&mut self, rest: &[u8], last: usize) -> Option<usize> {
        let head = u128::from_le_bytes(*rest.first_chunk::<16>()?);
        let after = self.known.get(last)?.leads.end();
        let found = self.known.iter().position(|joint| joint.after == after && joint.stands(rest, head))?;
        self.known[last].next = [found, self.known[last].next[0]];
        Some(found)
    }

    /// Remembers the joint at a byte of a text; none when it is not plain, or there are too many names.
    #[cold]
    pub(super) fn learn(&mut self, intake: &mut Intake<'_>, (text, at): (&str, usize), last: usize) -> Option<usize> {
        let text = text.get(at..)?;
        let after = self.known.get(last)?.leads.end();
        let (length, name) = written(text, after)?;
        if self.known.len() == MOST_JOINTS {
            return None;
        }
        let joint = &text[..length];
        let (leads, bit) = match name {
            None => (Leads::Line(if joint.ends_with("\r\n") { 2 } else { 1 }), 0),
            Some(name) => {
                let field = intake.field(&joint[name.clone()], Span::new(name.clone()).shifted(at));
                let leads = if joint.len() > name.end + 1 && joint.ends_with('"') { Leads::Text(field) } else { Leads::Bare(field) };
                (leads, self.bit(intake.called(&joint[name]))?)
            }
        };
        self.known.push(Joint::new(joint.as_bytes(), after, leads, bit));
        self.find(text.as_bytes(), last)
    }

    fn bit(&mut self, name: &str) -> Option<u128> {
        let known = self.names.iter().position(|known| known == name);
        let number = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        1u128.checked_shl(number as u32)
    }
}

/// The joint that `text` begins with: its length, and where its name stands; no name when the line ends with it.
fn written(text: &str, after: After) -> Option<(usize, Option<Range<usize>>)> {
    let rest = match after {
        After::Line => text.strip_prefix('{')?,
        After::Text | After::Bare => {
            let rest = if after == After::Text { text.strip_prefix('"')? } else { text };
            if let Some(rest) = rest.strip_prefix('}') {
                let rest = rest.strip_prefix('\r').unwrap_or(rest).strip_prefix('\n')?;
                return Some((text.len() - rest.len(), None));
            }
            rest.strip_prefix(',')?
        }
    };
    let rest = rest.trim_start_matches(' ').strip_prefix('"')?;
    let start = text.len() - rest.len();
    let length = rest.find(|c: char| matches!(c, '"' | '\\') || c < ' ')?;
    let rest = rest[length..].strip_prefix("\":")?.trim_start_matches(' ');
    let rest = rest.strip_prefix('"').unwrap_or(rest);
    Some((text.len() - rest.len(), Some(start..start + length)))
}
