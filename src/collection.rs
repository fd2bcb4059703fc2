//! All records of a run, and each record with the facts of its account.

use crate::decimal::Decimal;
use crate::record::{ACCOUNT, ACCOUNT_ID, MISSING, Moves, Records, Renumbered, Slot, Text};
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::time::Time;
use std::ops::Range;

/// What a run reads: the operations and drafts of history and plan, and the registry of accounts.
pub(crate) struct Collection {
    /// All sources.
    pub sources: Vec<Source>,
    /// Operations and drafts; history first.
    pub records: Records,
    /// Rows below this one are history: they fill windows and are never reported.
    pub history: u32,
    /// The registry.
    pub accounts: Records,
    /// The registry row of each account name of `records`, or `MISSING`.
    registered: Vec<u32>,
}

/// A row of the records, or of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Row {
    /// A draft or an operation.
    Record(u32),
    /// An account.
    Account(u32),
}

impl Row {
    /// Its number in its table.
    pub(crate) fn number(self) -> u32 {
        match self {
            Row::Record(row) | Row::Account(row) => row,
        }
    }
}

/// One record, seen with the facts of its account.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    all: &'a Collection,
    row: Row,
}

impl Collection {
    /// Joins records and registry.
    pub(crate) fn new(sources: Vec<Source>, records: Records, history: u32, accounts: Records) -> Collection {
        let mut all = Collection { sources, records, history, accounts, registered: Vec::new() };
        all.register();
        all
    }

    /// Finds the registry row of each account name that is new.
    fn register(&mut self) {
        let (Some(names), Some(ids)) = (self.records.names(ACCOUNT.column), self.accounts.names(ACCOUNT_ID.column)) else { return };
        if names.len() == self.registered.len() {
            return;
        }
        let mut rows = vec![MISSING; ids.len()];
        for (row, id) in self.accounts.keys(ACCOUNT_ID.column).iter().enumerate() {
            // The first row of an account stands; the reader reports the others.
            if let Some(known) = rows.get_mut(id as usize).filter(|known| **known == MISSING) {
                *known = row as u32;
            }
        }
        let find = |name: &str| ids.find(name).map_or(MISSING, |id| rows[id as usize]);
        self.registered.extend(names.from(self.registered.len()).map(find));
    }

    /// Adds records of another source.
    pub(crate) fn add(&mut self, source: SourceId, records: Records) {
        if records.len() > 0 {
            self.records.begin_source(source);
        }
        self.records.append(records);
        self.register();
    }

    /// Drops the records that are not needed.
    pub(crate) fn keep(&mut self, moves: &Moves) -> Renumbered {
        self.history = moves.before(self.history);
        let names = self.records.keep(moves);
        if names.of(ACCOUNT).is_some() {
            self.registered.clear();
            self.register();
        }
        names
    }

    /// A record.
    pub(crate) fn get(&self, row: Row) -> Record<'_> {
        Record { all: self, row }
    }

    /// The registry row of the account with this number, if it is registered.
    pub(crate) fn account_row(&self, account: u32) -> Option<u32> {
        self.registered.get(account as usize).copied().filter(|row| *row != MISSING)
    }

    /// The name that has a number in the column of a slot.
    pub(crate) fn named(&self, slot: Slot, number: u32) -> Option<&str> {
        let records = if slot.fact { &self.accounts } else { &self.records };
        records.names(slot.column)?.get(number)
    }

    /// All rows of the record that a row is of: more than one when it happens several times.
    pub(crate) fn repeat_of(&self, row: Row) -> Range<u32> {
        match row {
            Row::Record(row) => self.records.repeat_of(row),
            Row::Account(row) => row..row + 1,
        }
    }

    /// The source a row is from.
    pub(crate) fn source_of(&self, row: Row) -> SourceId {
        match row {
            Row::Record(row) => self.records.source(row),
            Row::Account(row) => self.accounts.source(row),
        }
    }
}

impl<'a> Record<'a> {
    /// Which row it is.
    pub(crate) fn row(self) -> Row {
        self.row
    }

    /// The number of the source it was read from.
    pub(crate) fn source_id(self) -> SourceId {
        self.all.source_of(self.row)
    }

    /// The bytes it was written with.
    pub(crate) fn span(self) -> Span {
        match self.row {
            Row::Record(row) => self.all.records.span(row),
            Row::Account(row) => self.all.accounts.span(row),
        }
    }

    /// When it happens.
    pub(crate) fn time(self) -> Option<Time> {
        match self.row {
            Row::Record(row) => self.all.records.time(row),
            Row::Account(_) => None,
        }
    }

    /// Where a slot's cell is: which table, which row.
    fn cell(self, slot: Slot) -> Option<(&'a Records, u32)> {
        match (self.row, slot.fact) {
            (Row::Record(row), false) => Some((&self.all.records, row)),
            (Row::Account(row), true) => Some((&self.all.accounts, row)),
            (Row::Record(row), true) => {
                let account = self.all.records.key(ACCOUNT.column, row);
                Some((&self.all.accounts, self.all.account_row(account)?))
            }
            (Row::Account(_), false) => None,
        }
    }

    /// The name in a slot.
    pub(crate) fn name(self, slot: Slot) -> Option<&'a str> {
        let (records, row) = self.cell(slot)?;
        records.name(slot.column, row)
    }

    /// The number of the name in a slot, or `MISSING`.
    pub(crate) fn key(self, slot: Slot) -> u32 {
        self.cell(slot).map_or(MISSING, |(records, row)| records.key(slot.column, row))
    }

    /// The number in a slot.
    pub(crate) fn number(self, slot: Slot) -> Option<Decimal> {
        let (records, row) = self.cell(slot)?;
        records.number(slot.column, row)
    }

    /// The text in a slot. Facts are read in the registry's own source, so only an account itself has text facts.
    pub(crate) fn text(self, slot: Slot) -> Option<Text<'a>> {
        let (records, row) = self.cell(slot)?;
        let source = if slot.fact { records.source(row) } else { self.source_id() };
        records.text(slot.column, row, &self.all.sources[source.0 as usize])
    }
}
