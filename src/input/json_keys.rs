//! The names of JSON members, recognised by what came before: lines of a log have the same names in the same order.

use super::intake::{FieldRef, Intake};
use crate::span::Span;

/// Names seen in this file, in the form `"name":`, found by the name that came before.
#[derive(Default)]
pub(super) struct Keys {
    known: Vec<Known>,
    /// Which one was read last; at the start of a line there is none of this number.
    last: usize,
}

struct Known {
    head: u128,
    mask: u128,
    /// What does not fit the head.
    tail: Box<[u8]>,
    length: usize,
    field: FieldRef,
    /// Which one came after it last time.
    next: usize,
}

/// A name that was recognised.
pub(super) struct Seen {
    /// Its field.
    pub field: FieldRef,
    /// Its bytes, quotes and colon among them.
    pub length: usize,
    /// The bit of this name in the set of a line.
    pub bit: u128,
}

impl Known {
    #[inline(always)]
    fn stands(&self, bytes: &[u8], at: usize, head: u128) -> bool {
        head & self.mask == self.head && (self.tail.is_empty() || bytes[at + 16..].starts_with(&self.tail))
    }
}

impl Keys {
    /// Forgets which name came last.
    pub(super) fn begin_line(&mut self) {
        self.last = usize::MAX;
    }

    /// The name at `at`; none when it is new, or too near the end of the file.
    #[inline(always)]
    pub(super) fn read(&mut self, bytes: &[u8], at: usize) -> Option<Seen> {
        let head = u128::from_le_bytes(*bytes.get(at..)?.first_chunk::<16>()?);
        let mut found = self.known.get(self.last).map_or(0, |last| last.next);
        if !self.known.get(found)?.stands(bytes, at, head) {
            found = self.known.iter().position(|known| known.stands(bytes, at, head))?;
            if let Some(last) = self.known.get_mut(self.last) {
                last.next = found;
            }
        }
        self.last = found;
        let known = &self.known[found];
        Some(Seen { field: known.field, length: known.length, bit: 1 << found })
    }

    /// Remembers the name at `at`; none when it is not plain, or there are too many.
    #[cold]
    pub(super) fn learn(&mut self, intake: &mut Intake<'_>, at: usize) -> Option<Seen> {
        let rest = intake.source.text().get(at..)?.strip_prefix('"')?;
        let end = rest.find(|c: char| matches!(c, '"' | '\\') || c < ' ')?;
        let name = rest[..end].to_owned();
        if !rest[end..].starts_with("\":") || self.known.len() == 128 {
            return None;
        }
        let field = intake.field(&name, Span::new(at + 1..at + 1 + end));
        let quoted = format!("\"{name}\":").into_bytes();
        let mut head = [0; 16];
        let length = quoted.len().min(16);
        head[..length].copy_from_slice(&quoted[..length]);
        let mask = u128::MAX >> (128 - 8 * length);
        let tail = quoted[length..].into();
        self.known.push(Known { head: u128::from_le_bytes(head), mask, tail, length: quoted.len(), field, next: 0 });
        self.read(intake.source.text().as_bytes(), at)
    }
}
