//! A sheet as a table: which row names its columns, and what each row below says.

use super::super::cell::{Cell, FieldRef, UNREAD};
use super::super::grid::{Grid, HEAD, Said, clock};
use super::super::{Field, Fields, Intake, escape, header};
use crate::finding::Severity;
use crate::problem::Problem;
use crate::source::{Merge, Part, Source};
use crate::span::Span;
use crate::vocabulary::Vocabulary;
use crate::words::Words;

/// Columns a grid may have.
const WIDEST: usize = 400;

/// What people call a column of days beside one of times.
const DAYS: [&str; 5] = ["日期", "发布日期", "发送日期", "date", "day"];

/// A sheet that was looked at.
pub(super) struct Table<'s> {
    source: &'s Source,
    parts: &'s [Part],
    shape: Shape<'s>,
}

enum Shape<'s> {
    Grid(Grid),
    Rows(Rows<'s>),
}

/// A table with one record a row.
#[derive(Clone)]
struct Rows<'s> {
    source: &'s Source,
    /// All cells, by row and column.
    parts: &'s [Part],
    merges: &'s [Merge],
    columns: Vec<Column>,
    days: Option<Days>,
    /// The last row of the header.
    header: u32,
}

/// Two columns, one of days and one of times.
#[derive(Clone, Copy)]
struct Days {
    days: u16,
    times: u16,
}

#[derive(Clone)]
struct Column {
    number: u16,
    name: String,
    span: Span,
}

/// The table of a sheet's cells, of which there is at least one.
pub(super) fn of_sheet<'s>(source: &'s Source, parts: &'s [Part], merges: &'s [Merge]) -> Table<'s> {
    let shape = grid(source, parts).map_or_else(|| Shape::Rows(Rows::of(source, parts, merges)), Shape::Grid);
    Table { source, parts, shape }
}

impl<'s> Table<'s> {
    /// The number of its sheet.
    pub(super) fn group(&self) -> u16 {
        self.parts[0].group
    }

    /// Whether it is a grid of days and times.
    pub(super) fn is_grid(&self) -> bool {
        matches!(self.shape, Shape::Grid(_))
    }

    /// The names of its columns; none of a grid.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let columns = match &self.shape {
            Shape::Grid(_) => &[][..],
            Shape::Rows(rows) => &rows.columns,
        };
        columns.iter().map(|column| column.name.as_str())
    }

    /// Reads its records. A sheet that cannot be understood is only told when another is: workbooks have sheets of notes.
    pub(super) fn read(&self, intake: &mut Intake<'_>, another: bool) {
        let rows = match &self.shape {
            Shape::Grid(grid) => return grid.read(intake),
            Shape::Rows(rows) => rows,
        };
        let names: Vec<(String, Span)> = rows.columns.iter().map(|column| (column.name.clone(), column.span)).collect();
        let mut readable = names.clone();
        if let Some(days) = rows.days {
            let is_day = |column: &Column| column.number == days.days;
            rows.columns.iter().position(is_day).into_iter().for_each(|at| readable[at].0.clear());
        }
        match header::columns(intake, &readable) {
            Some(fields) => rows.read(intake, &fields),
            None => {
                let words = Words::fixed(
                    "这张表里没有一行写着认识的列名，没有检查",
                    "no row of this sheet names known columns; the sheet is not checked",
                );
                let first = self.source.line_span(rows.columns.first().map_or(0, |column| column.span.start as usize));
                let problem = header::unknown(intake, &names, first, words);
                let severity = if another { Severity::Warning } else { Severity::Error };
                intake.problems.push(Problem { severity, ..problem });
            }
        }
    }

    /// The way back to the fields of its records.
    pub(super) fn open(self) -> Box<dyn Fields + 's> {
        match self.shape {
            Shape::Grid(grid) => grid.open(),
            Shape::Rows(rows) => Box::new(rows),
        }
    }
}

impl<'s> Rows<'s> {
    /// The header is the row that names the most known columns among the first; without any, the first row.
    fn of(source: &'s Source, parts: &'s [Part], merges: &'s [Merge]) -> Rows<'s> {
        let none = Rows { source, parts, merges, columns: Vec::new(), days: None, header: 0 };
        let words = Vocabulary::bundled();
        let is_known = |column: &Column| {
            let name = words.field_called(&column.name);
            words.field(name).or_else(|| words.field(&format!("account.{name}"))).is_some()
        };
        let rows = parts.chunk_by(|a, b| a.row == b.row).take(HEAD);
        let candidates = rows.map(|row| (none.columns_in(row), row[0].row));
        let best = candidates.reduce(|best, next| {
            let known = |columns: &[Column]| columns.iter().filter(|column| is_known(column)).count();
            if known(&next.0) > known(&best.0) { next } else { best }
        });
        let Some((columns, row)) = best else { return none };
        let is_head = |merge: &&Merge| merge.first <= row && row <= merge.last && merge.last - row < HEAD as u32;
        let below = merges.iter().filter(is_head).map(|merge| merge.last);
        let last = below.filter(|_| columns.iter().any(is_known)).max().unwrap_or(row);
        Rows { days: days(&columns, &words), columns, header: last, ..none }
    }

    /// The columns a row names, with those that are named by a cell over several rows.
    fn columns_in(&self, row: &[Part]) -> Vec<Column> {
        let number = row[0].row;
        let above = self.merges.iter().filter(|merge| merge.first < number && number <= merge.last);
        let above = above.filter_map(|merge| self.cell(merge.first, merge.column)).map(|part| (part.column, part));
        let mut parts: Vec<(u16, Part)> = row.iter().map(|part| (part.column, *part)).chain(above).collect();
        parts.sort_by_key(|(column, _)| *column);
        parts.dedup_by_key(|(column, _)| *column);
        let column =
            |(number, part): (u16, Part)| Column { number, name: self.source.slice(part.span()).trim().to_owned(), span: part.span() };
        parts.into_iter().map(column).collect()
    }

    fn cell(&self, row: u32, column: u16) -> Option<Part> {
        let at = self.parts.binary_search_by_key(&(row, column), |part| (part.row, part.column)).ok()?;
        Some(self.parts[at])
    }

    /// What a row says in a column: its own cell, or the one that is merged with it.
    fn said(&self, row: &[Part], column: u16) -> Option<Part> {
        let own = row.binary_search_by_key(&column, |part| part.column).ok().map(|at| row[at]);
        let merged = || {
            let number = row[0].row;
            let after = self.merges.partition_point(|merge| (merge.column, merge.first) <= (column, number));
            let merge = self.merges[..after].last().filter(|merge| merge.column == column && number <= merge.last)?;
            self.cell(merge.first, column)
        };
        own.or_else(merged).filter(|part| !self.source.skips(*part))
    }

    fn read(&self, intake: &mut Intake<'_>, fields: &[FieldRef]) {
        let start = self.parts.partition_point(|part| part.row <= self.header);
        let mut unnamed = Vec::new();
        let mut cells = Vec::new();
        for row in self.parts[start..].chunk_by(|a, b| a.row == b.row) {
            cells.clear();
            for (at, column) in self.columns.iter().enumerate() {
                let Some(part) = self.said(row, column.number).filter(|_| fields[at] != UNREAD) else { continue };
                cells.push(match self.on_its_day(row, column.number, part) {
                    Some(time) => {
                        let pieces = escape::whole(&time, part.span());
                        Cell::unescaped(fields[at], part.span(), time, pieces)
                    }
                    None => Cell::plain(fields[at], part.span(), self.source.text()),
                });
            }
            self.unnamed(intake, row, &mut unnamed);
            if !cells.is_empty() {
                intake.record(whole(row), &cells);
            }
        }
        intake.flush();
    }

    /// Says once a column that a cell stands in one without a name.
    fn unnamed(&self, intake: &mut Intake<'_>, row: &[Part], told: &mut Vec<u16>) {
        for part in row {
            let named = self.columns.binary_search_by_key(&part.column, |column| column.number).is_ok();
            if !named && !told.contains(&part.column) && told.len() < WIDEST {
                told.push(part.column);
                let words = Words::fixed("这一列没有列名，没有检查", "this column has no name; it is not checked");
                intake.problems.push(Problem::warning("input-ragged-row", intake.id, part.span(), words));
            }
        }
    }

    /// A time of day in the column of times, with the day beside it.
    fn on_its_day(&self, row: &[Part], column: u16, part: Part) -> Option<String> {
        let days = self.days.filter(|days| days.times == column)?;
        let clock = clock(self.source.slice(part.span()).trim())?;
        let day = self.said(row, days.days)?;
        Some(format!("{} {clock}", self.source.slice(day.span()).trim()))
    }
}

impl Fields for Rows<'_> {
    fn of(&self, record: Span) -> Vec<Field> {
        let start = self.parts.partition_point(|part| part.start < record.start);
        let Some(row) = self.parts[start..].chunk_by(|a, b| a.row == b.row).next() else { return Vec::new() };
        if whole(row) != record {
            return Vec::new();
        }
        let field = |column: &Column| {
            let part = self.said(row, column.number)?;
            let own = || self.source.slice(part.span()).to_owned();
            let value = self.on_its_day(row, column.number, part).unwrap_or_else(own);
            Some(Field { name: column.name.clone(), value, span: part.span() })
        };
        let is_read = |column: &&Column| self.days.is_none_or(|days| days.days != column.number);
        self.columns.iter().filter(is_read).filter_map(field).collect()
    }
}

/// The columns of days and of times, by number.
fn days(columns: &[Column], words: &Vocabulary) -> Option<Days> {
    let times = columns.iter().find(|column| words.field_called(&column.name) == "time")?;
    let days = columns.iter().find(|column| DAYS.contains(&column.name.as_str()))?;
    Some(Days { days: days.number, times: times.number })
}

/// The grid of days and times a sheet is, if it is one. A line above it that is a title is no name of a field.
fn grid(source: &Source, parts: &[Part]) -> Option<Grid> {
    let rows = || parts.chunk_by(|a, b| a.row == b.row);
    if rows().any(|row| usize::from(row[row.len() - 1].column) >= WIDEST) {
        return None;
    }
    Grid::of(rows().take(HEAD).map(|row| said(source, row)).collect())?;
    let mut above = true;
    let rows = rows().map(|row| said(source, row)).filter(|row| {
        above &= row.iter().filter(|cell| !cell.text.is_empty()).count() < 3;
        !(above && row.len() == 1)
    });
    Grid::of(rows.collect())
}

/// The cells of a row, with those that are empty.
fn said(source: &Source, row: &[Part]) -> Vec<Said> {
    let mut cells: Vec<Said> = Vec::new();
    for part in row {
        let at = cells.last().map_or(part.start, |last| last.span.end);
        cells.resize(usize::from(part.column), Said { text: String::new(), span: Span { start: at, end: at } });
        let text = if source.skips(*part) { "" } else { source.slice(part.span()).trim() };
        cells.push(Said { text: text.to_owned(), span: part.span() });
    }
    cells
}

/// All cells of a row.
fn whole(row: &[Part]) -> Span {
    Span { start: row[0].start, end: row[row.len() - 1].end }
}
