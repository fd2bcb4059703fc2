//! Records that are not needed any longer make room: a log that is still being written has no end.

use super::names::{MISSING, Names};
use super::{Column, Records, Slot, UNESCAPED, Unescaped};
use crate::source::{Source, SourceId};
use crate::span::Span;
use std::ops::Range;

/// What is needed of each row: nothing, its place and time, or the names in some columns as well.
pub(crate) struct Needed(Vec<u64>);

/// The place and time of a row.
const PLACE: u64 = 1 << 63;

impl Needed {
    /// Nothing of so many rows.
    pub(crate) fn none(rows: usize) -> Needed {
        Needed(vec![0; rows])
    }

    /// The place and time of a row.
    pub(crate) fn place(&mut self, row: u32) {
        self.0[row as usize] |= PLACE;
    }

    /// The names of a row in some columns.
    pub(crate) fn names(&mut self, row: u32, slots: &[Slot]) {
        let own = slots.iter().filter(|slot| !slot.fact);
        self.0[row as usize] |= PLACE | own.fold(0, |mask, slot| mask | name(slot.column));
    }

    /// All of a row.
    pub(crate) fn whole(&mut self, row: u32) {
        self.0[row as usize] = u64::MAX;
    }
}

/// The sign of a column. There are more than columns can be; the last ones share theirs.
fn name(column: u16) -> u64 {
    1 << column.min(62)
}

/// Where each row goes: its new number, or [`MISSING`] when it is not needed.
pub(crate) struct Moves {
    to: Vec<u32>,
    /// What stays of each row, before and after.
    needed: Vec<u64>,
}

impl Moves {
    /// Rows that are needed keep their order.
    pub(crate) fn of(needed: Needed) -> Moves {
        let Needed(mut needed) = needed;
        let mut left = 0;
        let next = |needed: &u64| {
            let to = if *needed > 0 { left } else { MISSING };
            left += u32::from(*needed > 0);
            to
        };
        let to = needed.iter().map(next).collect();
        needed.retain(|needed| *needed > 0);
        Moves { to, needed }
    }

    /// The new number of a row, if it is needed.
    pub(crate) fn to(&self, row: u32) -> Option<u32> {
        Some(self.to[row as usize]).filter(|to| *to != MISSING)
    }

    /// How many of the first rows stay.
    pub(crate) fn before(&self, row: u32) -> u32 {
        self.to[..row as usize].iter().filter(|to| **to != MISSING).count() as u32
    }

    /// Forgets the names of a column that nobody needs. The rows have moved already.
    fn blank(&self, cells: &mut [u32], column: usize) {
        let sign = name(u16::try_from(column).unwrap_or(u16::MAX));
        for (cell, _) in cells.iter_mut().zip(&self.needed).filter(|(_, needed)| **needed & sign == 0) {
            *cell = MISSING;
        }
    }

    /// Keeps the cells of rows that stay. There may be fewer cells than rows.
    fn keep<T: Copy>(&self, cells: &mut Vec<T>) {
        let mut row = 0;
        cells.retain(|_| {
            row += 1;
            self.to[row - 1] != MISSING
        });
        // As much room as will be taken, and not twice as much. What fits stays where it is, so that no hole is left behind.
        let room = cells.len() + cells.len() / 4 + ROOM;
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

/// Rows that come, at least, before there is room made again.
pub(crate) const ROOM: usize = if cfg!(debug_assertions) { 8 } else { 1 << 14 };

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
        let mut near = None;
        for row in rows {
            let point = from.point(self.spans[row as usize].start as usize, near);
            let line = u32::try_from(point.position.line).unwrap_or(u32::MAX);
            self.spans[row as usize] = Span { start: line, end: line };
            near = Some(point);
        }
    }

    /// The rows that are times of a repeat: which time each is, its neighbours tell.
    pub(crate) fn repeated(&self) -> impl Iterator<Item = u32> + '_ {
        self.repeats.iter().cloned().flatten()
    }

    /// Drops the rows that are not needed, and the names and texts that nobody has any more.
    pub(crate) fn keep(&mut self, moves: &Moves) {
        for (first, _) in &mut self.files {
            *first = moves.before(*first);
        }
        for repeat in &mut self.repeats {
            *repeat = moves.before(repeat.start)..moves.before(repeat.end);
        }
        moves.keep(&mut self.spans);
        moves.keep(&mut self.times);
        let mut texts = std::mem::take(&mut self.unescaped);
        for (at, column) in self.columns.iter_mut().enumerate() {
            match column {
                Column::Keys(cells, names) => {
                    moves.keep(cells);
                    moves.blank(cells, at);
                    *names = renumbered(cells, names);
                }
                Column::Numbers(cells) => moves.keep(cells),
                Column::Texts(cells) => {
                    moves.keep(cells);
                    for cell in cells.iter_mut().filter(|cell| cell.start == UNESCAPED) {
                        let text = std::mem::take(&mut texts[cell.end as usize]);
                        self.unescaped.push(text);
                        cell.end = self.unescaped.len() as u32 - 1;
                    }
                }
            }
        }
    }
}

/// The names that cells still have, each with a new number.
fn renumbered(cells: &mut [u32], names: &Names) -> Names {
    let mut kept = Names::default();
    let mut numbers = vec![MISSING; names.len()];
    for cell in cells.iter_mut().filter(|cell| **cell != MISSING) {
        let number = &mut numbers[*cell as usize];
        if *number == MISSING {
            *number = kept.intern(names.get(*cell).unwrap_or_default());
        }
        *cell = *number;
    }
    kept
}
