//! What stands between the values of a JSON line.
//!
//! The lines of a log repeat it: from the end of one value to the start of the next it is always `","account":"`. Such a joint is
//! learnt once; after that one comparison passes quotes, comma, name and colon together.

use super::intake::{Intake, Way};
use super::scan;
use crate::span::Span;
use std::ops::Range;

/// What stands from the end of one value to the start of the next, or to the end of the line.
pub(super) struct Joint {
    /// Its first sixteen bytes, and which of them count.
    head: u128,
    mask: u128,
    pub(super) length: usize,
    /// Where the search for the next one begins.
    pub(super) steps: Steps,
    /// Its name.
    pub(super) name: Name,
    /// What it leads to.
    pub(super) leads: Leads,
}

/// What is looked at once in a while.
struct Rest {
    /// What the joint stands after.
    after: After,
    /// What does not fit its head.
    tail: Box<[u8]>,
}

/// The number of a joint, and those of the joints that came next the last times.
#[derive(Clone, Copy)]
pub(super) struct Steps(u64);

impl Steps {
    fn new(from: usize, next: [u16; 3]) -> Steps {
        Steps((from as u64) << 48 | u64::from(next[2]) << 32 | u64::from(next[1]) << 16 | u64::from(next[0]))
    }

    pub(super) fn from(self) -> usize {
        (self.0 >> 48) as usize
    }

    #[inline(always)]
    fn next(self) -> [u16; 3] {
        [self.0 as u16, (self.0 >> 16) as u16, (self.0 >> 32) as u16]
    }
}

/// The name of a field.
#[derive(Clone, Copy, Default)]
pub(super) struct Name {
    /// Its bit in the set of a line's names; all late ones share one.
    pub(super) bit: u64,
    number: u32,
}

/// The bit of names that were seen late.
pub(super) const LATE: u64 = 1 << 63;

/// The late names of a line: a line has few names, mostly.
#[derive(Default)]
pub(super) struct Late(Vec<u64>);

impl Late {
    /// Forgets them.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds a name; says whether it was there.
    #[cold]
    pub(super) fn had(&mut self, name: Name) -> bool {
        let (word, bit) = (name.number as usize / 64, 1 << (name.number % 64));
        self.0.resize(self.0.len().max(word + 1), 0);
        let had = self.0[word] & bit != 0;
        self.0[word] |= bit;
        had
    }
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
    Text(Way),
    /// A number, `true`, `false` or `null`.
    Bare(Way),
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

/// Bytes of a joint's head.
const HEAD: usize = 16;

impl Joint {
    fn new(written: &[u8], number: usize, leads: Leads, name: Name) -> Joint {
        let (mut head, length) = ([0; HEAD], written.len().min(HEAD));
        head[..length].copy_from_slice(&written[..length]);
        let mask = u128::MAX.checked_shr(128 - 8 * length as u32).unwrap_or(0);
        let steps = Steps::new(number, [0; 3]);
        Joint { head: u128::from_le_bytes(head), mask, length: written.len(), steps, name, leads }
    }
}

/// The number of what is no joint but the start of a line.
pub(super) const LINE_START: usize = 0;
/// Joints that are remembered; a line with others is read the exact way.
const MOST_JOINTS: usize = 512;

/// The joints of a file.
pub(super) struct Joints {
    known: Vec<Joint>,
    /// Of each of them.
    rests: Vec<Rest>,
    names: Vec<String>,
}

impl Joints {
    pub(super) fn new() -> Joints {
        let mut joints = Joints { known: Vec::new(), rests: Vec::new(), names: Vec::new() };
        // No text has this byte.
        joints.add(b"\xFF", (After::Line, Leads::Line(0)), Name::default());
        joints
    }

    fn add(&mut self, written: &[u8], (after, leads): (After, Leads), name: Name) {
        self.known.push(Joint::new(written, self.known.len(), leads, name));
        self.rests.push(Rest { after, tail: written.get(HEAD..).unwrap_or_default().into() });
    }

    /// A joint by its number.
    #[inline(always)]
    pub(super) fn get(&self, at: usize) -> Option<&Joint> {
        self.known.get(at)
    }

    /// The one of three joints that `rest` begins with.
    #[inline(always)]
    pub(super) fn expected(&self, rest: &[u8], steps: Steps) -> Option<&Joint> {
        let near = u128::from_le_bytes(*rest.first_chunk()?);
        let stands = |at: u16| self.known.get(at as usize).filter(|joint| self.stands(joint, rest, near));
        let [first, second, third] = steps.next();
        stands(first).or_else(|| stands(second)).or_else(|| stands(third))
    }

    /// Whether `rest`, which begins with `near`, begins with a joint.
    #[inline(always)]
    fn stands(&self, joint: &Joint, rest: &[u8], near: u128) -> bool {
        near & joint.mask == joint.head && (joint.length <= HEAD || self.goes_on(joint, rest))
    }

    #[inline(never)]
    fn goes_on(&self, joint: &Joint, rest: &[u8]) -> bool {
        let tail = self.rests.get(joint.steps.from()).map(|rest| &*rest.tail);
        tail.is_some_and(|tail| rest.get(HEAD..).is_some_and(|rest| rest.starts_with(tail)))
    }

    /// Any joint that may stand here; none when it is new.
    #[inline(never)]
    pub(super) fn find(&mut self, rest: &[u8], last: usize) -> Option<usize> {
        let near = u128::from_le_bytes(scan::near(rest));
        let after = self.get(last)?.leads.end();
        let mut all = self.known.iter().zip(&self.rests);
        let found = all.position(|(joint, more)| more.after == after && self.stands(joint, rest, near))?;
        let steps = &mut self.known.get_mut(last)?.steps;
        let [first, second, _] = steps.next();
        *steps = Steps::new(last, [found as u16, first, second]);
        Some(found)
    }

    /// Remembers the joint at a byte of a text; none when it is not plain, or there are too many.
    #[cold]
    pub(super) fn learn(&mut self, intake: &mut Intake<'_>, (text, at): (&str, usize), last: usize) -> Option<usize> {
        let text = text.get(at..)?;
        let after = self.get(last)?.leads.end();
        let (length, name) = written(text, after)?;
        if self.known.len() == MOST_JOINTS {
            return None;
        }
        let joint = &text[..length];
        let (leads, name) = match name {
            None => (Leads::Line(if joint.ends_with("\r\n") { 2 } else { 1 }), Name::default()),
            Some(name) => {
                let field = intake.field(&joint[name.clone()], Span::new(name.clone()).shifted(at));
                let way = intake.way(field);
                let leads = if joint.len() > name.end + 1 && joint.ends_with('"') { Leads::Text(way) } else { Leads::Bare(way) };
                (leads, self.name(intake.called(&joint[name])))
            }
        };
        self.add(joint.as_bytes(), (after, leads), name);
        self.find(text.as_bytes(), last)
    }

    fn name(&mut self, name: &str) -> Name {
        let known = self.names.iter().position(|known| known == name);
        let number = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        Name { bit: 1u64.checked_shl(number as u32).unwrap_or(LATE), number: number as u32 }
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
