//! Which group a record belongs to.

use crate::check::Run;
use crate::collection::Row;
use crate::record::{MISSING, Renumbered, Slot};
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
            Index::One(groups) => set(groups, one(run, by, row), group),
            Index::Two(groups) => _ = groups.insert(two(run, by, row), group),
            Index::More(groups) => _ = groups.insert(more(run, by, row), group),
        }
    }

    /// Forgets the groups that are over.
    pub(super) fn leave(&mut self, mut is_over: impl FnMut(u32) -> bool) {
        match self {
            Index::One(groups) => {
                let over = groups.iter_mut().filter(|group| **group != MISSING && is_over(**group));
                over.for_each(|group| *group = MISSING);
            }
            Index::Two(groups) => groups.retain(|_, group| !is_over(*group)),
            Index::More(groups) => groups.retain(|_, group| !is_over(*group)),
        }
    }

    /// Visits the numbers of names the groups are known by, each with its field.
    pub(super) fn names(&self, by: &[Slot], visit: &mut dyn FnMut(Slot, u32)) {
        match self {
            Index::One(groups) => {
                let known = (0..).zip(groups).filter(|(_, group)| **group != MISSING);
                by.iter().for_each(|slot| known.clone().for_each(|(number, _)| visit(*slot, number)));
            }
            Index::Two(groups) => {
                groups.keys().for_each(|(a, b)| [(by[0], *a), (by[1], *b)].iter().for_each(|(slot, name)| visit(*slot, *name)))
            }
            Index::More(groups) => groups.keys().for_each(|key| by.iter().zip(key).for_each(|(slot, name)| visit(*slot, *name))),
        }
    }

    /// Names have new numbers.
    pub(super) fn renumber(&mut self, by: &[Slot], names: &Renumbered) {
        if by.iter().all(|slot| names.of(*slot).is_none()) {
            return;
        }
        let now = |at: usize, number: u32| names.of(by[at]).map_or(number, |numbers| numbers[number as usize]);
        match self {
            Index::One(groups) => {
                let before = std::mem::take(groups);
                let known = (0..).zip(before).filter(|(_, group)| *group != MISSING);
                known.for_each(|(number, group)| set(groups, now(0, number) as usize, group));
            }
            Index::Two(groups) => {
                *groups = std::mem::take(groups).into_iter().map(|((a, b), group)| ((now(0, a), now(1, b)), group)).collect();
            }
            Index::More(groups) => {
                let key = |key: &[u32]| key.iter().enumerate().map(|(at, number)| now(at, *number)).collect();
                *groups = std::mem::take(groups).into_iter().map(|(before, group)| (key(&before), group)).collect();
            }
        }
    }
}

fn set(groups: &mut Vec<u32>, at: usize, group: u32) {
    if at >= groups.len() {
        groups.resize(at + 1, MISSING);
    }
    groups[at] = group;
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
