//! Lines that look like the one before, walked from joint to joint.

use super::super::cell::Cell;
use super::super::escape;
use super::super::intake::{Intake, Taking, Way};
use super::super::json_joints::{Joints, LATE, LINE_START, Late, Leads};
use super::super::scan;
use crate::span::Span;

/// The reader of lines that look like the one before.
pub(super) struct Line<'t> {
    text: &'t str,
    joints: Joints,
    late: Late,
}

/// What the values of a line are handed to.
trait Takes<'t, 'a> {
    fn intake(&mut self) -> &mut Intake<'a>;

    /// Takes the string that the rest of a text begins with, as far as it stands as it is, gives the length of that; none when the line
    /// cannot be read so.
    fn string(&mut self, way: &Way, rest: &'t [u8]) -> Option<usize>;

    /// The same of a number, `true` or `false` of so many bytes.
    fn bare(&mut self, way: &Way, rest: &'t [u8], length: usize) -> Option<()>;

    /// Takes a string with escapes in place of its beginning, which was taken.
    fn escaped(&mut self, way: &Way, value: Span) -> Option<()>;
}

impl<'t> Line<'t> {
    /// A reader of lines of this text.
    pub(super) fn new(text: &'t str) -> Line<'t> {
        Line { text, joints: Joints::new(), late: Late::default() }
    }

    /// Reads the line that begins at `start`, gives the start of the next; none when it needs the exact way.
    #[inline]
    pub(super) fn read(&mut self, intake: &mut Intake<'_>, start: usize) -> Option<usize> {
        if let Some(mut taking) = intake.taking(self.text) {
            if let Some((end, next)) = self.walk(&mut taking, start)
                && taking.keep(span(start, end)).is_some()
            {
                return Some(next);
            }
            if !taking.forget() {
                return None;
            }
        }
        self.read_apart(intake, start)
    }

    /// The same for what is no plain operation: all values are gathered first.
    #[inline(never)]
    fn read_apart(&mut self, intake: &mut Intake<'_>, start: usize) -> Option<usize> {
        let mut gathering = Gathering { intake, text: self.text, cells: Vec::new() };
        let (end, next) = self.walk(&mut gathering, start)?;
        gathering.intake.record(span(start, end), &gathering.cells);
        Some(next)
    }

    /// Hands over the values of the record that begins at `start`, gives its end and the start of the next; none when it cannot.
    #[inline(always)]
    fn walk<'a>(&mut self, takes: &mut impl Takes<'t, 'a>, start: usize) -> Option<(usize, usize)> {
        let mut rest = self.text.as_bytes().get(start..)?;
        let (mut taken, mut seen, mut steps) = (0, LATE, self.joints.get(LINE_START)?.steps);
        self.late.clear();
        loop {
            let joint = match self.joints.expected(rest, steps) {
                Some(joint) => joint,
                None => {
                    let (found, after) = self.unexpected(takes, (rest, taken), steps.from())?;
                    rest = after;
                    self.joints.get(found)?
                }
            };
            let name = joint.name;
            if seen & name.bit != 0 && (name.bit != LATE || self.late.had(name)) {
                return None;
            }
            (seen, steps) = (seen | name.bit, joint.steps);
            rest = rest.get(joint.length..)?;
            match &joint.leads {
                Leads::Text(way) => {
                    taken = takes.string(way, rest)?;
                    rest = rest.get(taken..)?;
                }
                Leads::Bare(way) => {
                    let length = bare(rest)?;
                    if rest.first() != Some(&b'n') {
                        takes.bare(way, rest, length)?;
                    }
                    rest = rest.get(length..)?;
                }
                Leads::Line(line_break) => return Some((self.at(rest) - *line_break, self.at(rest))),
            }
        }
    }

    /// Where `rest`, the end of the text, begins.
    #[inline(always)]
    fn at(&self, rest: &[u8]) -> usize {
        self.text.len() - rest.len()
    }

    /// Finds the joint behind a value, `taken` bytes of which stand before `rest` and which may go on with an escape; gives its number,
    /// and where it stands.
    #[inline(never)]
    fn unexpected<'a>(
        &mut self,
        takes: &mut impl Takes<'t, 'a>,
        (rest, taken): (&'t [u8], usize),
        last: usize,
    ) -> Option<(usize, &'t [u8])> {
        let rest = match self.joints.get(last)?.leads {
            Leads::Text(way) if rest.first() == Some(&b'\\') => {
                let (length, start) = (taken + escaped_length(rest)?, self.at(rest) - taken);
                takes.escaped(&way, span(start, start + length))?;
                self.text.as_bytes().get(start + length..)?
            }
            Leads::Text(_) | Leads::Bare(_) | Leads::Line(_) => rest,
        };
        let at = self.at(rest);
        let found = self.joints.find(rest, last).or_else(|| self.joints.learn(takes.intake(), (self.text, at), last))?;
        Some((found, rest))
    }
}

fn span(start: usize, end: usize) -> Span {
    Span { start: start as u32, end: end as u32 }
}

impl<'t, 'a> Takes<'t, 'a> for Taking<'_, 't, 'a> {
    fn intake(&mut self) -> &mut Intake<'a> {
        self.intake
    }

    #[inline(always)]
    fn string(&mut self, way: &Way, rest: &'t [u8]) -> Option<usize> {
        // A time as the last ones holds nothing that could end it.
        if way.is_time()
            && let Some(length) = self.take_time(rest)
        {
            return Some(length);
        }
        let length = plain_length(rest);
        self.take(way, (&scan::near(rest), rest), length)?;
        Some(length)
    }

    #[inline(never)]
    fn bare(&mut self, way: &Way, rest: &'t [u8], length: usize) -> Option<()> {
        self.take(way, (&scan::near(rest), rest), length)
    }

    fn escaped(&mut self, way: &Way, value: Span) -> Option<()> {
        self.take_escaped(way, value)
    }
}

/// The values of a record as cells.
struct Gathering<'i, 't, 'a> {
    intake: &'i mut Intake<'a>,
    text: &'t str,
    cells: Vec<Cell<'t>>,
}

impl<'t, 'a> Takes<'t, 'a> for Gathering<'_, 't, 'a> {
    fn intake(&mut self) -> &mut Intake<'a> {
        self.intake
    }

    fn string(&mut self, way: &Way, rest: &'t [u8]) -> Option<usize> {
        let length = plain_length(rest);
        self.bare(way, rest, length)?;
        Some(length)
    }

    fn bare(&mut self, way: &Way, rest: &'t [u8], length: usize) -> Option<()> {
        let start = self.text.len() - rest.len();
        self.cells.push(Cell::plain(way.field, span(start, start + length), self.text));
        Some(())
    }

    fn escaped(&mut self, way: &Way, value: Span) -> Option<()> {
        self.cells.pop();
        let undone = escape::backslashes(self.text.get(value.range())?, value.start as usize);
        self.cells.push(Cell::unescaped(way.field, value, undone.text, undone.pieces));
        undone.broken.is_empty().then_some(())
    }
}

/// How many bytes can stand in a string as they are.
#[inline(always)]
fn plain_length(bytes: &[u8]) -> usize {
    scan::before(bytes, |block| block.is(b'"') | block.is(b'\\') | block.is_up_to(0x1F))
}

/// The length of the rest of a string, which begins with an escape; none when an escape is not right.
fn escaped_length(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    while let Some(after) = rest.strip_prefix(b"\\") {
        let (b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u', after) = after.split_first()? else { return None };
        rest = after.get(plain_length(after)..)?;
    }
    Some(bytes.len() - rest.len())
}

/// The length of a number, `true`, `false` or `null`.
#[inline(never)]
fn bare(rest: &[u8]) -> Option<usize> {
    match rest.first()? {
        b'-' | b'0'..=b'9' => number(rest),
        b't' if rest.starts_with(b"true") => Some(4),
        b'f' if rest.starts_with(b"false") => Some(5),
        b'n' if rest.starts_with(b"null") => Some(4),
        _ => None,
    }
}

/// The length of a number without an exponent.
fn number(bytes: &[u8]) -> Option<usize> {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let unsigned = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let whole = digits(unsigned);
    if whole == 0 || (unsigned[0] == b'0' && whole > 1) {
        return None;
    }
    let rest = &unsigned[whole..];
    let fraction = match rest.strip_prefix(b".") {
        Some(rest) => 1 + Some(digits(rest)).filter(|digits| *digits > 0)?,
        None => 0,
    };
    Some(bytes.len() - rest.len() + fraction)
}
