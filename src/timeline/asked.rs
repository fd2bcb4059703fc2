//! What is asked of records on their way to the shelves, of many at once.

use super::tags::Tags;
use super::{Moment, Table};
use crate::collection::Collection;
use crate::record::{Keys, MISSING, Slot, TOGETHER, together};
use std::ops::Range;

/// What is asked of records on their way to the shelves.
pub(super) struct Asked<'a> {
    /// Their keys.
    pub(super) key: Source<'a>,
    /// What they do.
    pub(super) actions: Keys<'a>,
    /// By number, the actions whose records are wanted, last whether those without one are; all are without this.
    pub(super) chosen: Option<&'a [bool]>,
    /// The other keys that come along.
    pub(super) other: Option<Keys<'a>>,
    /// What action and other key are written into.
    pub(super) tags: Tags,
}

/// Where the key of a record stands.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// Nowhere: all have the same.
    One,
    /// In a column of their own.
    Own(Keys<'a>),
    /// With their accounts.
    Joined(&'a Collection, Table, Slot),
}

impl Asked<'_> {
    /// Visits the keys of some rows, as far as they are chosen.
    pub(super) fn each_key(&self, rows: Range<usize>, mut visit: impl FnMut(u32)) {
        let (mut keys, mut actions) = ([MISSING; TOGETHER], [MISSING; TOGETHER]);
        for (first, count) in together(rows) {
            self.key.read(first, &mut keys[..count]);
            match self.chosen {
                None => keys[..count].iter().for_each(|key| visit(*key)),
                Some(chosen) => {
                    self.actions.read(first, &mut actions[..count]);
                    let keys = keys[..count].iter().zip(&actions).filter(|(_, action)| is_chosen(chosen, **action));
                    keys.for_each(|(key, _)| visit(*key));
                }
            }
        }
    }

    /// Visits the records of some rows, as far as they are chosen, each with its key and a tag for all but its place; `times` are those of
    /// all rows.
    pub(super) fn each(&self, rows: Range<usize>, times: &[i64], mut visit: impl FnMut(u32, Moment)) {
        let (mut keys, mut actions, mut others) = ([MISSING; TOGETHER], [MISSING; TOGETHER], [MISSING; TOGETHER]);
        let tags = self.tags;
        for (first, count) in together(rows) {
            self.key.read(first, &mut keys[..count]);
            self.actions.read(first, &mut actions[..count]);
            self.other.iter().for_each(|other| other.read(first, &mut others[..count]));
            let mut tagged = [0; TOGETHER];
            let all = tagged.iter_mut().zip(&actions).zip(&others);
            all.for_each(|((tag, action), other)| *tag = tags.of_action(*action) | tags.of_other(*other));
            let all = keys[..count].iter().zip(&times[first..first + count]).zip(&tagged[..count]).enumerate();
            let all = all.map(|(at, ((key, time), tag))| (*key, Moment { time: *time, row: (first + at) as u32, action: *tag }));
            match self.chosen {
                None => all.for_each(|(key, moment)| visit(key, moment)),
                Some(chosen) => {
                    let all = all.zip(&actions[..count]).filter(|(_, action)| is_chosen(chosen, **action));
                    all.for_each(|((key, moment), _)| visit(key, moment));
                }
            }
        }
    }
}

fn is_chosen(chosen: &[bool], action: u32) -> bool {
    chosen.get(action as usize).or(chosen.last()) == Some(&true)
}

impl Source<'_> {
    /// Reads the keys of as many rows as there is room for.
    fn read(self, row: usize, keys: &mut [u32]) {
        match self {
            Source::One => keys.fill(0),
            Source::Own(own) => own.read(row, keys),
            Source::Joined(all, table, slot) => {
                (row as u32..).zip(keys).for_each(|(row, key)| *key = all.get(table.row(row)).key(slot));
            }
        }
    }
}
