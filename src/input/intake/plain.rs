//! Records of plain values, put where they go while they are read: what the millions of a log are.

use super::super::cell::{Cell, Content, FieldRef};
use super::super::clock::TIME;
use super::super::escape;
use super::super::sign::{Sign, Signs};
use super::{Intake, Role};
use crate::record::{Batch, Pieces};
use crate::span::Span;
use crate::time::Time;

/// What the plain values of a field mean.
#[derive(Clone, Copy)]
pub(in crate::input) struct Way {
    /// The field.
    pub(in crate::input) field: FieldRef,
    pub(super) sign: Sign,
    /// The lane of the batch for words that go to one column: what logs consist of.
    pub(super) lane: Option<u16>,
    pub(super) goes: Goes,
}

impl Way {
    /// Whether it says when a record happens.
    #[inline(always)]
    pub(in crate::input) fn is_time(&self) -> bool {
        matches!(self.goes, Goes::Time)
    }
}

/// Where the plain values of a field go, in an operation.
#[derive(Clone, Copy)]
pub(super) enum Goes {
    /// Nowhere: no rule reads it.
    Nowhere,
    /// To the times.
    Time,
    /// To one column or more.
    Columns,
    /// To no column: it says what the record may break.
    Aside,
}

/// A value for columns that are no batch's: its field, its bytes, and what it says where it has escapes.
pub(super) type Other = (FieldRef, Span, Option<Box<(String, Pieces)>>);

/// An operation or draft that is taken value by value. It does what [`Intake::record`] does, or declines.
pub(in crate::input) struct Taking<'i, 't, 'a> {
    pub(in crate::input) intake: &'i mut Intake<'a>,
    text: &'t str,
    signs: Signs,
    time: Option<Time>,
    /// A time that is not written as the last ones were.
    odd_time: Span,
    has_declined: bool,
}

impl<'a> Intake<'a> {
    /// Begins a record that stands in a text; none where it would be an account.
    #[inline(always)]
    pub(in crate::input) fn taking<'t>(&mut self, text: &'t str) -> Option<Taking<'_, 't, 'a>> {
        if self.role == Role::Accounts {
            return None;
        }
        Some(Taking { intake: self, text, signs: Signs::default(), time: None, odd_time: Span::default(), has_declined: false })
    }

    fn set_others(&mut self, text: &str) {
        let mut others = std::mem::take(&mut self.others);
        for (field, span, said) in others.drain(..) {
            match said {
                Some(said) => self.set_all(&Cell { field, span, content: Content::Unescaped(said) }),
                None => self.set_all(&Cell::plain(field, span, text)),
            }
        }
        self.others = others;
    }
}

impl Taking<'_, '_, '_> {
    /// Takes the value of so many bytes that the rest of the text begins with, of another field than those before; none when the record
    /// must be taken otherwise.
    #[inline(always)]
    pub(in crate::input) fn take(&mut self, way: &Way, (near, rest): (&[u8; 16], &[u8]), length: usize) -> Option<()> {
        let value = rest.get(..length)?;
        let (Some(first), Some(last)) = (value.first(), value.last()) else { return Some(()) };
        self.signs.0 |= way.sign as u8;
        if let Some(lane) = way.lane {
            if *first == b' ' || *last == b' ' {
                return self.decline();
            }
            if lane == Batch::ACTIONS {
                self.intake.batch.act(self.span(rest, length));
            }
            let start = self.text.len() - rest.len();
            self.intake.batch.put(lane.into(), (near, length), || self.text.get(start..start + length).unwrap_or_default());
            return Some(());
        }
        match way.goes {
            Goes::Nowhere => {}
            Goes::Time => {
                if self.take_time(value) != Some(length) {
                    self.odd_time = self.span(rest, length);
                }
            }
            Goes::Columns => self.intake.others.push((way.field, self.span(rest, length), None)),
            Goes::Aside => return self.decline(),
        }
        Some(())
    }

    #[inline(always)]
    fn span(&self, rest: &[u8], length: usize) -> Span {
        let start = (self.text.len() - rest.len()) as u32;
        Span { start, end: start + length as u32 }
    }

    /// Takes the time that the rest of the text begins with, if it is written as the last ones were; gives its length.
    #[inline(always)]
    pub(in crate::input) fn take_time(&mut self, rest: &[u8]) -> Option<usize> {
        let text = rest.first_chunk::<TIME>()?;
        self.time = Some(self.intake.clock.alike(text)?);
        Some(TIME)
    }

    /// Takes a value with escapes in place of its beginning, which was taken.
    #[inline(never)]
    pub(in crate::input) fn take_escaped(&mut self, way: &Way, span: Span) -> Option<()> {
        let written = self.text.get(span.range())?;
        match (way.lane, way.goes) {
            (None, Goes::Nowhere) => escape::are_whole(written).then_some(())?,
            (None, Goes::Columns) => {
                let undone = escape::backslashes(written, span.start as usize);
                if !undone.broken.is_empty() {
                    return None;
                }
                self.intake.others.pop_if(|(field, ..)| *field == way.field);
                self.intake.others.push((way.field, span, Some(Box::new((undone.text, undone.pieces)))));
            }
            (Some(_), _) | (None, Goes::Time | Goes::Aside) => return self.decline(),
        }
        self.signs.0 |= way.sign as u8;
        Some(())
    }

    /// Keeps the record, which has all its values now; none when it must be taken otherwise.
    #[inline(always)]
    pub(in crate::input) fn keep(&mut self, span: Span) -> Option<()> {
        if !(self.signs.has(Sign::Action) || self.signs.has(Sign::Text)) {
            return self.decline();
        }
        let (intake, text, odd_time) = (&mut *self.intake, self.text, self.odd_time);
        let time = if odd_time.is_empty() { self.time } else { intake.time_of((&text[odd_time.range()], odd_time)) };
        intake.records.push(span, time);
        if !intake.others.is_empty() {
            intake.set_others(text);
        }
        if intake.batch.keep_row() {
            intake.flush();
        }
        Some(())
    }

    #[cold]
    fn decline(&mut self) -> Option<()> {
        self.has_declined = true;
        None
    }

    /// Forgets the values that were taken; says whether [`Intake::record`] can take them.
    #[inline(never)]
    pub(in crate::input) fn forget(self) -> bool {
        self.intake.batch.drop_row();
        self.intake.others.clear();
        self.has_declined
    }
}
