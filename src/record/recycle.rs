//! Records that are not needed any longer make room: a log that is still being written has no end.

use super::cells::Cells;
use super::names::{MISSING, Names};
use super::{ACCOUNT, Column, Numbers, Records, Slot, UNESCAPED, Unescaped};
use crate::source::{Source, SourceId};
use crate::span::Span;
use std::ops::Range;

/// What is needed of each row: nothing, its place, or some of its cells as well; and which names are needed whoever has them.
pub(crate) struct Needed {
    rows: Vec<u16>,
    /// By column and number.
    names: Vec<Vec<bool>>,
}

impl Needed {
    /// The place of a row.
    pub(crate) const PLACE: u16 = 1 << 15;
    /// All of a row.
    pub(crate) const ALL: u16 = u16::MAX;
    /// Its time.
    const TIME: u16 = 1 << 14;

    /// Nothing of so many rows.
    pub(crate) fn none(rows: usize) -> Needed {
        Needed { rows: vec![0; rows], names: Vec::new() }
    }

    /// The place of a row and its cells in some columns. To the facts of an account its name leads.
    pub(crate) fn cells(slots: &[Slot]) -> u16 {
        let columns = slots.iter().map(|slot| if slot.fact { ACCOUNT.column } else { slot.column });
        columns.fold(Needed::PLACE, |cells, column| cells | sign(column.into()))
    }

    /// So much of a row.
    pub(crate) fn row(&mut self, row: u32, cells: u16) {
        self.rows[row as usize] |= cells;
    }

    /// A name of the records.
    pub(crate) fn name(&mut self, slot: Slot, number: u32) {
        if slot.fact {
            return;
        }
        let (column, number) = (slot.column as usize, number as usize);
        self.names.resize_with(self.names.len().max(column + 1), Vec::new);
        let names = &mut self.names[column];
        names.resize(names.len().max(number + 1), false);
        names[number] = true;
    }
}

/// The sign of a column. There are more than columns mostly are; the last ones share theirs.
fn sign(column: usize) -> u16 {
    1 << column.min(13)
}

/// Where each row goes: its new number, or [`MISSING`] when it is not needed.
pub(crate) struct Moves {
    to: Vec<u32>,
    /// What stays of each row that stays.
    needed: Vec<u16>,
    names: Vec<Vec<bool>>,
}

/// The new numbers of names, by column; none where they have stayed.
pub(crate) struct Renumbered(Vec<Option<Vec<u32>>>);

impl Renumbered {
    /// The new numbers of the names of a field.
    pub(crate) fn of(&self, slot: Slot) -> Option<&[u32]> {
        self.0.get(slot.column as usize).filter(|_| !slot.fact)?.as_deref()
    }
}

impl Moves {
    /// Rows that are needed keep their order.
    pub(crate) fn of(needed: Needed) -> Moves {
        let Needed { rows: mut needed, names } = needed;
        let mut left = 0;
        let next = |needed: &u16| {
            let to = if *needed > 0 { left } else { MISSING };
            left += u32::from(*needed > 0);
            to
        };
        let to = needed.iter().map(next).collect();
        needed.retain(|needed| *needed > 0);
        needed.shrink_to_fit();
        Moves { to, needed, names }
    }

    /// The new number of a row, if it is needed.
    pub(crate) fn to(&self, row: u32) -> Option<u32> {
        Some(self.to[row as usize]).filter(|to| *to != MISSING)
    }

    /// How many of the first rows stay.
    pub(crate) fn before(&self, row: u32) -> u32 {
        self.to[..row as usize].iter().filter(|to| **to != MISSING).count() as u32
    }

    /// How many of the rows that stay stand before the first of which something is needed.
    fn before_any(&self, sign: u16) -> u32 {
        self.needed.iter().position(|needed| needed & sign != 0).unwrap_or(self.needed.len()) as u32
    }

    /// Forgets the names of a column that nobody needs; the cells are those of rows from `first` on, which have moved already.
    fn blank(&self, cells: &mut Cells, (column, first): (usize, u32)) {
        let needed = &self.needed[first as usize..];
        cells.change(|at, number| if needed[at] & sign(column) == 0 { MISSING } else { number });
    }

    /// Keeps the cells of rows that stay. The first is that of the row `before`, and will be that of the row `after`; there may be
    /// fewer cells than rows.
    pub(super) fn keep<T: Copy>(&self, cells: &mut Vec<T>, (before, after): (u32, u32)) {
        let mut row = before as usize;
        cells.retain(|_| {
            row += 1;
            self.to[row - 1] != MISSING && self.to[row - 1] >= after
        });
        // As much room as will be taken, and not twice as much. What fits stays where it is, so that no hole is left behind.
        let room = cells.len() + room(self.needed.len());
        if cells.capacity() < room || cells.capacity() > room / 4 * 5 {
            cells.shrink_to_fit();
            cells.reserve_exact(room - cells.len());
        }
    }
}

/// Rows whose text is about to go.
pub(crate) struct Leaving<'a> {
    /// Which.
    pub rows: Range<u32>,
    /// The source they are of.
    pub source: SourceId,
    /// What it is.
    pub text: &'a Source,
    /// Rows whose own texts are kept, in order.
    pub texts: &'a [u32],
}

/// How many rows may come behind so many before there is room made again.
pub(crate) fn room(rows: usize) -> usize {
    (rows / 5).max(if cfg!(debug_assertions) { 8 } else { 1 << 16 })
}

impl Records {
    /// The text of a source is about to go. Its rows belong to another from now on, and their spans say no more than their lines.
    pub(crate) fn leave(&mut self, leaving: Leaving<'_>, to: SourceId) {
        let Leaving { rows, source, text: from, texts } = leaving;
        self.files.iter_mut().filter(|(_, known)| *known == source).for_each(|(_, known)| *known = to);
        self.files.dedup_by_key(|(_, source)| *source);
        for column in &mut self.columns {
            let Column::Texts(cells) = column else { continue };
            for row in rows.start..rows.end.min(cells.len() as u32) {
                let cell = &mut cells[row as usize];
                let is_kept = texts.binary_search(&row).is_ok();
                if cell.start == UNESCAPED && !is_kept {
                    self.unescaped[cell.end as usize] = Unescaped::default();
                } else if cell.start != UNESCAPED && is_kept && !cell.is_empty() {
                    self.unescaped.push(Unescaped { content: from.slice(*cell).to_owned(), ..Unescaped::default() });
                    *cell = Span { start: UNESCAPED, end: self.unescaped.len() as u32 - 1 };
                }
                if !is_kept {
                    *cell = Span::default();
                }
            }
        }
        let (text, mut near) = (from.text().as_bytes(), None);
        for span in &mut self.spans[rows.start as usize..rows.end as usize] {
            let start = span.start as usize;
            let line = match near {
                Some((before, line)) if before <= start => line + memchr::memchr_iter(b'\n', &text[before..start]).count(),
                _ => from.position(start).line,
            };
            near = Some((start, line));
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            *span = Span { start: line, end: line };
        }
    }

    /// No records yet, but the names of these, which are away until what comes of it is appended.
    pub(crate) fn lend(&mut self) -> Records {
        let lent = |column: &mut Column| match column {
            Column::Keys(_, names) => Column::Keys(Cells::default(), std::mem::take(names)),
            Column::Numbers(_) => Column::Numbers(Numbers::default()),
            Column::Texts(_) => Column::Texts(Vec::new()),
        };
        Records { columns: self.columns.iter_mut().map(lent).collect(), first_cells: vec![0; self.columns.len()], ..Records::default() }
    }

    /// The rows that are times of a repeat: which time each is, its neighbours tell.
    pub(crate) fn repeated(&self) -> impl Iterator<Item = u32> + '_ {
        self.repeats.iter().cloned().flatten()
    }

    /// Drops the rows that are not needed, and the names and texts that nobody has any more.
    pub(crate) fn keep(&mut self, moves: &Moves) -> Renumbered {
        for (first, _) in &mut self.files {
            *first = moves.before(*first);
        }
        for repeat in &mut self.repeats {
            *repeat = moves.before(repeat.start)..moves.before(repeat.end);
        }
        moves.keep(&mut self.spans, (0, 0));
        let first = std::mem::replace(&mut self.first_time, moves.before_any(Needed::TIME));
        moves.keep(&mut self.times, (first, self.first_time));
        let mut texts = std::mem::take(&mut self.unescaped);
        let mut renumbered = Vec::new();
        for (at, (column, first)) in self.columns.iter_mut().zip(&mut self.first_cells).enumerate() {
            let before = std::mem::replace(first, moves.before_any(sign(at)));
            let mut numbers = None;
            match column {
                Column::Keys(cells, names) => {
                    cells.keep(moves, (before, *first));
                    moves.blank(cells, (at, *first));
                    numbers = renumber((cells, names), moves.names.get(at).map(Vec::as_slice).unwrap_or_default());
                }
                Column::Numbers(cells) => {
                    *first = 0;
                    cells.keep(moves);
                }
                Column::Texts(cells) => {
                    *first = 0;
                    moves.keep(cells, (0, 0));
                    for cell in cells.iter_mut().filter(|cell| cell.start == UNESCAPED) {
                        let text = std::mem::take(&mut texts[cell.end as usize]);
                        self.unescaped.push(text);
                        cell.end = self.unescaped.len() as u32 - 1;
                    }
                }
            }
            renumbered.push(numbers);
        }
        Renumbered(renumbered)
    }
}

/// Drops the names that no cell has and nobody needs, if they are the most; then the others have new numbers.
fn renumber((cells, names): (&mut Cells, &mut Names), needed: &[bool]) -> Option<Vec<u32>> {
    let mut numbers = vec![MISSING; names.len()];
    let of_cells = cells.keys(0).iter().map(|number| number as usize);
    let all = of_cells.chain((0..).zip(needed).filter(|(_, needed)| **needed).map(|(number, _)| number));
    let mut left = 0;
    for number in all {
        if let Some(number) = numbers.get_mut(number).filter(|number| **number == MISSING) {
            *number = 0;
            left += 1;
        }
    }
    if left * 2 >= names.len() {
        return None;
    }
    let mut kept = Names::default();
    for (number, name) in numbers.iter_mut().zip(names.iter()).filter(|(number, _)| **number != MISSING) {
        *number = kept.intern(name);
    }
    cells.change(|_, number| numbers.get(number as usize).copied().unwrap_or(MISSING));
    *names = kept;
    Some(numbers)
}
