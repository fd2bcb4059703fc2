//! Records of one key in order of time.

use crate::collection::{Collection, Record, Row};
use crate::finding::Evidence;
use crate::record::{MISSING, Slot};
use crate::time::Time;
use crate::words::Words;
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use std::cell::RefCell;

/// A record on its timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Microseconds; `i64::MIN` when it has no time.
    pub time: i64,
    /// Its row.
    pub row: u32,
    /// The number of its action.
    pub action: u32,
}

impl Moment {
    /// Whether the record says when it happens.
    pub(crate) fn has_time(self) -> bool {
        self.time != i64::MIN
    }
}

/// The records of all keys: grouped by key, each group in order of (time, file, row).
pub(crate) struct Timeline {
    /// All groups, one behind the other; last the records without the key.
    pub moments: Vec<Moment>,
    /// Where each group starts; one more entry than there are groups.
    pub bounds: Vec<u32>,
}

/// Which table a timeline's rows are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// Drafts and operations.
    Records,
    /// The registry.
    Accounts,
}

impl Table {
    /// A row of this table.
    pub(crate) fn row(self, row: u32) -> Row {
        match self {
            Table::Records => Row::Record(row),
            Table::Accounts => Row::Account(row),
        }
    }
}

/// All records in the total order (time, file, row). Rows are numbered by file and row, so a stable sort by time is that order.
/// Logs are nearly sorted: the few late rows are taken out, sorted, and merged back.
pub(crate) fn in_order(times: &[i64]) -> Vec<u32> {
    let (mut order, mut late) = (Vec::with_capacity(times.len()), Vec::new());
    let mut newest = i64::MIN;
    for (row, time) in times.iter().enumerate() {
        if *time >= newest {
            newest = *time;
            order.push(row as u32);
        } else {
            late.push(row as u32);
        }
    }
    if late.is_empty() {
        return order;
    }
    let key = |row: &u32| (times[*row as usize], *row);
    late.sort_unstable_by_key(key);
    merge(&mut order, &late, key);
    order
}

/// Puts rows among others that are in order, from the last to the first: there is no need for a second vector.
fn merge(order: &mut Vec<u32>, late: &[u32], key: impl Fn(&u32) -> (i64, u32)) {
    let (mut left, mut end) = (order.len(), order.len() + late.len());
    order.resize(end, 0);
    for late in late.iter().rev() {
        // Late rows lie close together: the next is sought in steps that double, from where the last one went.
        let mut reach = 1;
        while reach < left && key(&order[left - reach]) > key(late) {
            reach *= 2;
        }
        let near = left.saturating_sub(reach);
        let from = near + order[near..left].partition_point(|row| key(row) < key(late));
        end -= left - from;
        order.copy_within(from..left, end);
        end -= 1;
        order[end] = *late;
        left = from;
    }
}

impl Timeline {
    /// Groups rows, already in order, by the key in `slot`; `room` is that of a timeline that is not needed any more.
    pub(crate) fn by_key(all: &Collection, (table, slot): (Table, Slot), order: &[u32], room: Vec<Moment>) -> Timeline {
        let key_of = keys(all, table, slot);
        let groups = names_in(all, slot);
        let mut bounds = vec![0u32; groups + 2];
        for row in order {
            bounds[slot_of(key_of(*row), groups) + 1] += 1;
        }
        for at in 1..bounds.len() {
            bounds[at] += bounds[at - 1];
        }
        let moments = spread(moments(all, table, order), |row| slot_of(key_of(row), groups), &bounds, room);
        bounds.truncate(groups + 1);
        Timeline { moments, bounds }
    }

    /// One group that holds everything.
    pub(crate) fn whole(all: &Collection, table: Table, order: &[u32]) -> Timeline {
        let moments: Vec<Moment> = moments(all, table, order).collect();
        Timeline { bounds: vec![0, moments.len() as u32], moments }
    }

    /// Records without the key, in order.
    pub(crate) fn keyless(&self) -> &[Moment] {
        &self.moments[self.bounds[self.groups()] as usize..]
    }

    /// How many keys there are.
    pub(crate) fn groups(&self) -> usize {
        self.bounds.len() - 1
    }

    /// The records of a key.
    pub(crate) fn group(&self, group: usize) -> &[Moment] {
        &self.moments[self.bounds[group] as usize..self.bounds[group + 1] as usize]
    }
}

fn slot_of(key: u32, groups: usize) -> usize {
    if key == MISSING { groups } else { key as usize }
}

/// The moments of `order`.
fn moments<'a>(all: &'a Collection, table: Table, order: &'a [u32]) -> impl ExactSizeIterator<Item = Moment> + 'a {
    let (times, actions) = match table {
        Table::Records => (all.records.times(), all.records.keys(crate::record::ACTION.column)),
        Table::Accounts => (all.accounts.times(), &[][..]),
    };
    order.iter().map(move |row| {
        let action = actions.get(*row as usize).copied().unwrap_or(MISSING);
        Moment { time: times[*row as usize], row: *row, action }
    })
}

/// The moments, each at the next free place of its group.
fn spread(
    moments: impl ExactSizeIterator<Item = Moment>,
    group: impl Fn(u32) -> usize,
    bounds: &[u32],
    mut spread: Vec<Moment>,
) -> Vec<Moment> {
    let mut next = bounds.to_vec();
    spread.resize(moments.len(), Moment { time: 0, row: 0, action: MISSING });
    for moment in moments {
        let place = &mut next[group(moment.row)];
        spread[*place as usize] = moment;
        *place += 1;
    }
    spread
}

fn names_in(all: &Collection, slot: Slot) -> usize {
    let records = if slot.fact { &all.accounts } else { &all.records };
    records.names(slot.column).map_or(0, |names| names.len())
}

/// The key of each row of a table.
fn keys(all: &Collection, table: Table, slot: Slot) -> impl Fn(u32) -> u32 {
    let own = match (table, slot.fact) {
        (Table::Records, false) => Some(all.records.keys(slot.column)),
        (Table::Accounts, true) => Some(all.accounts.keys(slot.column)),
        (Table::Records, true) | (Table::Accounts, false) => None,
    };
    move |row| match own {
        Some(keys) => keys.get(row as usize).copied().unwrap_or(MISSING),
        None => all.get(table.row(row)).key(slot),
    }
}

/// The records of one group that a rule looks at, in order. A log that is still being written is walked in pieces: each begins with
/// those earlier records that are still needed.
pub(crate) struct Series<'a> {
    /// Everything that was read.
    pub all: &'a Collection,
    /// Which table the rows are of.
    pub table: Table,
    /// The records.
    pub moments: &'a [Moment],
    /// The first that was not walked yet.
    pub fresh: usize,
    /// How many were left out behind the first few.
    pub skipped: usize,
    /// Nothing that is still to come is earlier than this.
    pub until: i64,
    /// How many of those that are counted a finding names.
    pub evidence: Evidence,
    /// Where what is counted at each record is noted, when somebody asks why.
    pub trace: Option<&'a Trace>,
}

/// What was counted at each record, by row.
#[derive(Default)]
pub(crate) struct Trace {
    told: RefCell<HashMap<u32, Told, FixedState>>,
    broken: RefCell<HashSet<u32, FixedState>>,
}

/// What was counted at a record, in millionths.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// How much; none where the record is not held against a limit.
    pub count: Option<i128>,
    /// What the count is a part of, for shares.
    pub of: Option<i128>,
    /// The limit, where one is in force.
    pub max: Option<i128>,
    /// What numbers do not say.
    pub note: Words,
}

impl Told {
    /// A count, and the limit it is held against.
    pub(crate) fn count(count: i128, max: Option<i128>) -> Told {
        Told { count: Some(count), max, ..Told::default() }
    }
}

impl Trace {
    /// Takes what was noted of a record, and whether it broke a limit.
    pub(crate) fn of(&self, row: u32) -> (Option<Told>, bool) {
        (self.told.borrow().get(&row).cloned(), self.broken.borrow().contains(&row))
    }
}

impl<'a> Series<'a> {
    /// All records of a group.
    pub(crate) fn whole(all: &'a Collection, table: Table, moments: &'a [Moment]) -> Series<'a> {
        Series { all, table, moments, fresh: 0, skipped: 0, until: END, evidence: Evidence::Few, trace: None }
    }

    /// Whether nothing more comes.
    pub(crate) fn is_last(&self) -> bool {
        self.until == END
    }

    /// Whether it holds all records of a group.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_last() && self.fresh == 0
    }

    /// Whether a record was already sent: it counts, but is not reported.
    pub(crate) fn is_history(&self, moment: Moment) -> bool {
        self.table == Table::Records && moment.row < self.all.history
    }

    /// Notes what is counted at a record, if anybody asks.
    #[inline]
    pub(crate) fn tell(&self, moment: Moment, told: impl FnOnce() -> Told) {
        if let Some(trace) = self.trace {
            trace.told.borrow_mut().insert(moment.row, told());
        }
    }

    /// Notes that a record breaks the limit.
    pub(crate) fn tell_broken(&self, moment: Moment) {
        if let Some(trace) = self.trace {
            trace.broken.borrow_mut().insert(moment.row);
        }
    }

    /// The record of a moment.
    pub(crate) fn record(&self, moment: Moment) -> Record<'a> {
        self.all.get(self.table.row(moment.row))
    }
}

/// The end of time.
pub(crate) const END: i64 = i64::MAX;

/// A moment's time, if it has one.
pub(crate) fn time_of(moment: Moment) -> Option<Time> {
    moment.has_time().then_some(Time(moment.time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_rows_find_their_place_and_ties_keep_file_order() {
        let times = [10, 20, 20, 15, 30, 20, 5, 30];
        assert_eq!(in_order(&times), [6, 0, 3, 1, 2, 5, 4, 7]);
    }

    #[test]
    fn a_shuffled_log_sorts_like_a_stable_sort() {
        let times: Vec<i64> = (0..500u64).map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as i64).collect();
        let mut expected: Vec<u32> = (0..500).collect();
        expected.sort_by_key(|row| times[*row as usize]);
        assert_eq!(in_order(&times), expected);
    }
}
