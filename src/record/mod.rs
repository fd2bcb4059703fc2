//! Records: drafts, operations and accounts in one shape, kept by column.

mod batch;
mod cells;
mod layout;
mod names;
mod numbers;
mod recycle;
mod shared;
mod text;

pub(crate) use batch::Batch;
pub(crate) use cells::{Keys, TOGETHER, together};
pub(crate) use layout::{ACCOUNT, ACCOUNT_ID, ACTION, Form, Layout, Slot, Targets, Wanted};
pub(crate) use names::{MISSING, Names};
pub(crate) use numbers::Numbers;
pub(crate) use recycle::{Leaving, Moves, Needed, Renumbered, room};
pub(crate) use shared::{Own, Shared};
pub(crate) use text::{Pieces, Text};

use self::cells::Cells;
use crate::decimal::Decimal;
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::time::Time;
use std::borrow::Cow;
use std::ops::Range;

/// A time that is not there.
const NO_TIME: i64 = i64::MIN;
/// Marks a text cell whose content stands in the table of unescaped texts.
const UNESCAPED: u32 = u32::MAX;

/// The values of one field, a cell a record.
#[derive(Clone)]
pub(crate) enum Column {
    /// Numbers of names.
    Keys(Cells, Names),
    /// Decimals.
    Numbers(Numbers),
    /// Spans of the source.
    Texts(Vec<Span>),
}

/// A text that had to be unescaped.
#[derive(Clone, Default)]
pub(crate) struct Unescaped {
    /// What it says.
    pub content: String,
    /// Where it stands.
    pub span: Span,
    /// The way back.
    pub pieces: Pieces,
}

/// Many records.
#[derive(Clone, Default)]
pub(crate) struct Records {
    /// First row of each source, in order.
    files: Vec<(u32, SourceId)>,
    spans: Vec<Span>,
    times: Vec<i64>,
    columns: Vec<Column>,
    /// The row of the first time, and of the first cell of each column: of those before nobody needs any.
    first_time: u32,
    first_cells: Vec<u32>,
    unescaped: Vec<Unescaped>,
    /// Stretches of rows that are one record, happening several times.
    repeats: Vec<Range<u32>>,
}

/// What one of the times a record happens is called.
pub(crate) fn occurrence_name(name: &str, number: u32) -> String {
    format!("{name}#{number}")
}

impl Column {
    fn new(form: Form) -> Column {
        match form {
            Form::Key => Column::Keys(Cells::default(), Names::default()),
            Form::Number => Column::Numbers(Numbers::default()),
            Form::Text => Column::Texts(Vec::new()),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Column::Keys(cells, _) => cells.len() == 0,
            Column::Numbers(cells) => cells.is_empty(),
            Column::Texts(cells) => cells.is_empty(),
        }
    }

    /// Writes the cell of the last of so many rows once more, for a row behind it.
    fn again(&mut self, rows: usize) {
        match self {
            Column::Keys(cells, _) if cells.len() == rows => cells.again(),
            Column::Numbers(cells) => cells.again(rows),
            Column::Texts(cells) if cells.len() == rows => cells.extend_from_within(rows - 1..),
            Column::Keys(..) | Column::Texts(_) => {}
        }
    }

    fn pad(&mut self, rows: usize) {
        match self {
            Column::Keys(cells, _) => cells.resize(rows),
            Column::Numbers(_) => {}
            Column::Texts(cells) => cells.resize(rows, Span::default()),
        }
    }

    /// Columns may be shorter than there are records: the rest is missing. One that nobody filled costs nothing. Where no names are
    /// known, those of the other have their numbers here too.
    fn append(&mut self, mut other: Column, rows: usize, unescaped: u32) {
        if let (Column::Keys(_, names), Column::Keys(_, theirs)) = (&mut *self, &mut other)
            && names.len() == 0
        {
            *names = std::mem::take(theirs);
        }
        if other.is_empty() {
            return;
        }
        self.pad(rows);
        match (self, &mut other) {
            (Column::Keys(cells, names), Column::Keys(more, theirs)) => {
                if theirs.len() > 0 {
                    let mut numbers = Vec::new();
                    names.take_in(theirs, &mut numbers);
                    more.renumber(names.len(), |id| numbers.get(id as usize).copied().unwrap_or(MISSING));
                }
                cells.append(std::mem::take(more));
            }
            (Column::Numbers(cells), Column::Numbers(more)) => cells.append(more, rows),
            (Column::Texts(cells), Column::Texts(more)) if unescaped == 0 => join(cells, more),
            (Column::Texts(cells), Column::Texts(more)) => cells.extend(more.iter().map(|cell| match cell.start {
                UNESCAPED => Span { end: cell.end + unescaped, ..*cell },
                _ => *cell,
            })),
            (Column::Keys(..) | Column::Numbers(_) | Column::Texts(_), _) => {}
        }
    }
}

/// Puts cells behind others, where they are if there are none.
fn join<T>(cells: &mut Vec<T>, more: &mut Vec<T>) {
    if cells.capacity() == 0 {
        std::mem::swap(cells, more);
    } else {
        cells.append(more);
    }
}

impl Records {
    /// No records yet, with room for the columns.
    pub(crate) fn new(columns: &[Wanted]) -> Records {
        let (first_cells, columns) = (vec![0; columns.len()], columns.iter().map(|wanted| Column::new(wanted.form)).collect());
        Records { columns, first_cells, ..Records::default() }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Starts the records of a source.
    pub(crate) fn begin_source(&mut self, source: SourceId) {
        self.files.push((self.len() as u32, source));
    }

    /// Adds a record; its cells follow by `set_…`.
    pub(crate) fn push(&mut self, span: Span, time: Option<Time>) {
        self.spans.push(span);
        self.times.push(time.map_or(NO_TIME, |time| time.0));
    }

    /// The newest record happens at each of these moments, one row each. Its names in the `numbered` columns tell them apart: `a#1`,
    /// `a#2`.
    pub(crate) fn repeat(&mut self, times: &[Time], numbered: &[u16]) {
        let (Some(span), Some(first)) = (self.spans.last().copied(), self.len().checked_sub(1)) else { return };
        self.times.truncate(first);
        self.times.extend(times.iter().map(|time| time.0));
        for rows in first + 1..first + times.len() {
            self.spans.push(span);
            self.columns.iter_mut().for_each(|column| column.again(rows));
        }
        self.repeats.push(first as u32..self.len() as u32);
        for column in numbered {
            self.number_names(*column, first);
        }
    }

    /// Sets a cell of the newest record to a name; gives the name's number.
    pub(crate) fn set_key(&mut self, column: u16, name: &str) -> u32 {
        let row = self.spans.len() - 1;
        let Column::Keys(cells, names) = &mut self.columns[column as usize] else { return MISSING };
        let id = names.intern(name);
        if cells.len() < row {
            cells.resize(row);
        }
        cells.extend(&[id], names.len());
        id
    }

    /// Sets the cell of a record, which is there, to another name; gives the name's number.
    pub(crate) fn rename(&mut self, column: u16, row: usize, name: &str) -> u32 {
        let Column::Keys(cells, names) = &mut self.columns[column as usize] else { return MISSING };
        let id = names.intern(name);
        cells.set(row, id, names.len());
        id
    }

    /// Puts `#1`, `#2` … behind the names of a column from row `first` on.
    fn number_names(&mut self, column: u16, first: usize) {
        let Column::Keys(cells, names) = &mut self.columns[column as usize] else { return };
        for row in first..cells.len() {
            let name = names.get(cells.keys(0).get(row as u32)).map(|name| occurrence_name(name, (row - first) as u32 + 1));
            let id = name.map_or(MISSING, |name| names.intern(&name));
            cells.set(row, id, names.len());
        }
    }

    /// Sets a cell of the newest record to a number.
    pub(crate) fn set_number(&mut self, column: u16, number: Decimal) {
        let row = self.spans.len() - 1;
        if let Column::Numbers(cells) = &mut self.columns[column as usize] {
            cells.set(row, number.0);
        }
    }

    /// Sets a cell of the newest record to a text that stands in the source as it is.
    pub(crate) fn set_text(&mut self, column: u16, span: Span) {
        let row = self.spans.len() - 1;
        if let Column::Texts(cells) = &mut self.columns[column as usize] {
            cells.resize(row, Span::default());
            cells.push(span);
        }
    }

    /// Sets a cell of the newest record to a text that had to be unescaped.
    pub(crate) fn set_unescaped(&mut self, column: u16, text: Unescaped) {
        let at = self.unescaped.len() as u32;
        self.unescaped.push(text);
        self.set_text(column, Span { start: UNESCAPED, end: at });
    }

    /// Moves the records from `row` on to where they stand in their file, `by` bytes later.
    pub(crate) fn shift(&mut self, row: usize, by: usize) {
        for span in &mut self.spans[row..] {
            *span = Span { start: span.start + by as u32, end: span.end + by as u32 };
        }
    }

    /// Adds the records of `other` behind these; both must have the same columns, and `other` no source of its own.
    pub(crate) fn append(&mut self, other: Records) {
        let rows = self.len();
        let unescaped = self.unescaped.len() as u32;
        for ((column, more), first) in self.columns.iter_mut().zip(other.columns).zip(&self.first_cells) {
            column.append(more, rows - *first as usize, unescaped);
        }
        self.repeats.extend(other.repeats.into_iter().map(|repeat| repeat.start + rows as u32..repeat.end + rows as u32));
        if rows == 0 {
            (self.spans, self.times, self.unescaped) = (other.spans, other.times, other.unescaped);
        } else {
            self.spans.extend(other.spans);
            self.times.extend(other.times);
            self.unescaped.extend(other.unescaped);
        }
    }

    /// The source a record is from.
    pub(crate) fn source(&self, row: u32) -> SourceId {
        let after = self.files.partition_point(|(first, _)| *first <= row);
        self.files[after - 1].1
    }

    /// Whether a record happens several times.
    pub(crate) fn has_repeats(&self) -> bool {
        !self.repeats.is_empty()
    }

    /// All rows of the record that a row is of: more than one when it happens several times.
    pub(crate) fn repeat_of(&self, row: u32) -> Range<u32> {
        let after = self.repeats.partition_point(|repeat| repeat.start <= row);
        let last = after.checked_sub(1).map(|at| self.repeats[at].clone());
        last.filter(|repeat| repeat.contains(&row)).unwrap_or(row..row + 1)
    }

    /// The bytes of a record.
    pub(crate) fn span(&self, row: u32) -> Span {
        self.spans[row as usize]
    }

    /// When it happens.
    pub(crate) fn time(&self, row: u32) -> Option<Time> {
        let time = self.times.get(row.checked_sub(self.first_time)? as usize)?;
        Some(*time).filter(|time| *time != NO_TIME).map(Time)
    }

    /// The times of all records, in microseconds; `i64::MIN` where there is none.
    pub(crate) fn times(&self) -> &[i64] {
        &self.times
    }

    /// The numbers of a key column, to be asked for by row.
    pub(crate) fn keys(&self, column: u16) -> Keys<'_> {
        match &self.columns[column as usize] {
            Column::Keys(cells, _) => cells.keys(self.first_cells[column as usize]),
            Column::Numbers(_) | Column::Texts(_) => Keys::NONE,
        }
    }

    /// Whether every record of some rows has an action.
    pub(crate) fn all_act(&self, rows: Range<usize>) -> bool {
        let actions = self.keys(ACTION.column);
        actions.are_all_there(self.len()) || rows.clone().all(|row| actions.get(row as u32) != MISSING)
    }

    /// Whether every record of some rows has a name in a key column, if its action is one of these, which are told by number.
    pub(crate) fn all_have(&self, column: u16, actions: &[bool], rows: Range<usize>) -> bool {
        let (own, cells) = (self.keys(ACTION.column), self.keys(column));
        if cells.are_all_there(self.len()) {
            return true;
        }
        let (mut names, mut acts) = ([MISSING; TOGETHER], [MISSING; TOGETHER]);
        together(rows).all(|(first, count)| {
            cells.read(first, &mut names[..count]);
            own.read(first, &mut acts[..count]);
            let lacks = |(name, action): (&u32, &u32)| (*name == MISSING) & actions.get(*action as usize).copied().unwrap_or(false);
            !names[..count].iter().zip(&acts).fold(false, |some, pair| some | lacks(pair))
        })
    }

    /// The numbers of a number column, in millionths; none when nobody filled it.
    pub(crate) fn numbers(&self, column: u16) -> Option<&Numbers> {
        match &self.columns[column as usize] {
            Column::Numbers(cells) => Some(cells).filter(|cells| !cells.is_empty()),
            Column::Keys(..) | Column::Texts(_) => None,
        }
    }

    /// The number of a cell's name, or [`MISSING`].
    pub(crate) fn key(&self, column: u16, row: u32) -> u32 {
        self.keys(column).get(row)
    }

    /// The name in a key cell.
    pub(crate) fn name(&self, column: u16, row: u32) -> Option<&str> {
        self.names(column)?.get(self.key(column, row))
    }

    /// All names of a key column.
    pub(crate) fn names(&self, column: u16) -> Option<&Names> {
        match &self.columns[column as usize] {
            Column::Keys(_, names) => Some(names),
            Column::Numbers(_) | Column::Texts(_) => None,
        }
    }

    /// How many names a key column knows.
    pub(crate) fn known(&self, column: u16) -> usize {
        self.names(column).map_or(0, Names::len)
    }

    /// The number in a cell.
    pub(crate) fn number(&self, column: u16, row: u32) -> Option<Decimal> {
        match &self.columns[column as usize] {
            Column::Numbers(cells) => cells.get(row as usize).map(Decimal),
            Column::Keys(..) | Column::Texts(_) => None,
        }
    }

    /// The text in a cell; none when it is empty or not there.
    pub(crate) fn text<'a>(&'a self, column: u16, row: u32, source: &'a Source) -> Option<Text<'a>> {
        let Column::Texts(cells) = &self.columns[column as usize] else { return None };
        let cell = *cells.get(row as usize)?;
        if cell.start == UNESCAPED {
            let text = &self.unescaped[cell.end as usize];
            return Some(Text { content: Cow::Borrowed(&text.content), span: text.span, pieces: Some(&text.pieces) });
        }
        (!cell.is_empty()).then(|| Text { content: Cow::Borrowed(source.slice(cell)), span: cell, pieces: None })
    }
}
