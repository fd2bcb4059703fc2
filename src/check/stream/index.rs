//! Which group a record belongs to.

use crate::check::Run;
use crate::collection::Row;
use crate::record::{MISSING, Slot};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// The number of each group, by what its records have in common.
pub(super) enum Index {
    /// One name, whose number is the place; or nothing at all.
    One(Vec<u32>),
    /// Two names.
    Two(HashMap<(u32, u32), u32, FixedState>),
    /// More.
    More(HashMap<Box<[u32]>, u32, FixedState>),
}

impl Index {
    /// No group yet.
    pub(super) fn new(by: &[Slot]) -> Index {
        match by.len() {
            0 | 1 => Index::One(Vec::new()),
            2 => Index::Two(HashMap::default()),
            _ => Index::More(HashMap::default()),
        }
    }

    /// The group of a record, if it is known.
    pub(super) fn get(&self, run: Run<'_>, by: &[Slot], row: u32) -> Option<u32> {
        match self {
            Index::One(groups) => groups.get(one(run, by, row)).copied().filter(|group| *group != MISSING),
            Index::Two(groups) => groups.get(&two(run, by, row)).copied(),
            Index::More(groups) => groups.get(&more(run, by, row)).copied(),
        }
    }

    /// The group of a record is this one.
    pub(super) fn insert(&mut self, run: Run<'_>, by: &[Slot], (row, group): (u32, u32)) {
        match self {
            Index::One(groups) => {
                let at = one(run, by, row);
                if at >= groups.len() {
                    groups.resize(at + 1, MISSING);
                }
                groups[at] = group;
            }
            Index::Two(groups) => _ = groups.insert(two(run, by, row), group),
            Index::More(groups) => _ = groups.insert(more(run, by, row), group),
        }
    }

    /// The group of a record is gone.
    pub(super) fn remove(&mut self, run: Run<'_>, by: &[Slot], row: u32) {
        match self {
            Index::One(groups) => groups.get_mut(one(run, by, row)).into_iter().for_each(|group| *group = MISSING),
            Index::Two(groups) => _ = groups.remove(&two(run, by, row)),
            Index::More(groups) => _ = groups.remove(&more(run, by, row)),
        }
    }

    /// Forgets all groups.
    pub(super) fn clear(&mut self) {
        match self {
            Index::One(groups) => groups.clear(),
            Index::Two(groups) => groups.clear(),
            Index::More(groups) => groups.clear(),
        }
    }
}

fn key(run: Run<'_>, slot: Slot, row: u32) -> u32 {
    if slot.fact { run.all.get(Row::Record(row)).key(slot) } else { run.all.records.key(slot.column, row) }
}

/// A name's number. Records that lack it are not counted.
fn one(run: Run<'_>, by: &[Slot], row: u32) -> usize {
    by.first().map_or(0, |slot| key(run, *slot, row) as usize)
}

fn two(run: Run<'_>, by: &[Slot], row: u32) -> (u32, u32) {
    (key(run, by[0], row), key(run, by[1], row))
}

fn more(run: Run<'_>, by: &[Slot], row: u32) -> Box<[u32]> {
    by.iter().map(|slot| key(run, *slot, row)).collect()
}
