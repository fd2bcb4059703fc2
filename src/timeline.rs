//! Records of one key in order of time.

mod asked;
mod order;
mod shelves;
mod sorter;
mod tags;

pub(crate) use order::Order;
pub(crate) use shelves::Shelves;
pub(crate) use sorter::Sorter;

use crate::collection::{Collection, Record, Row};
use crate::finding::Evidence;
use crate::record::{Keys, Records, Slot};
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
    /// Microseconds since an earlier one, or one that has no time.
    #[inline(always)]
    pub(crate) fn since(self, earlier: Moment) -> u64 {
        (self.time as u64).wrapping_sub(earlier.time as u64)
    }

    /// Whether the record says when it happens.
    pub(crate) fn has_time(self) -> bool {
        self.time != i64::MIN
    }
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

    /// Its records.
    pub(crate) fn records(self, all: &Collection) -> &Records {
        match self {
            Table::Records => &all.records,
            Table::Accounts => &all.accounts,
        }
    }

    /// The numbers in a key column of its own; none when the slot is that of another table.
    pub(crate) fn own_keys(self, all: &Collection, slot: Slot) -> Option<Keys<'_>> {
        match (self, slot.fact) {
            (Table::Records, false) => Some(all.records.keys(slot.column)),
            (Table::Accounts, true) => Some(all.accounts.keys(slot.column)),
            (Table::Records, true) | (Table::Accounts, false) => None,
        }
    }

    /// The number in a key slot of each of these records.
    pub(crate) fn keys_of<'a>(self, all: &'a Collection, slot: Slot, moments: &'a [Moment]) -> impl Iterator<Item = u32> + 'a {
        let own = self.own_keys(all, slot);
        moments.iter().map(move |moment| own.map_or_else(|| all.get(self.row(moment.row)).key(slot), |keys| keys.get(moment.row)))
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
    /// Keys that came along with records.
    pub carried: Option<Carried<'a>>,
    /// The number of the first key of the group, where it is at hand.
    pub key: Option<u32>,
}

/// Keys of records that came along with them: a look at a far column for each of ten million takes longer.
#[derive(Clone, Copy)]
pub(crate) struct Carried<'a> {
    /// The key slot.
    pub slot: Slot,
    /// The records.
    pub moments: &'a [Moment],
    /// The number of each one's key.
    pub keys: &'a [u32],
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
        Series { all, table, moments, fresh: 0, skipped: 0, until: END, evidence: Evidence::Few, trace: None, carried: None, key: None }
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

    /// Adds the number in a key slot of each record.
    pub(crate) fn add_keys(&self, slot: Slot, keys: &mut Vec<u32>) {
        match self.carried.filter(|carried| carried.slot == slot && std::ptr::eq(carried.moments, self.moments)) {
            Some(carried) => keys.extend_from_slice(carried.keys),
            None => keys.extend(self.table.keys_of(self.all, slot, self.moments)),
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
