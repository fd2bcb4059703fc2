//! The names of some records, looked up together.
//!
//! A table of a million names fits no cache, and every look at it waits for memory. Looks close behind one another wait together.

use super::names::Key;
use super::{Column, MISSING, Names, Records};

/// Records of a batch.
const ROWS: usize = 64;

/// Names of the newest records that are not yet in their columns.
#[derive(Default)]
pub(crate) struct Batch {
    rows: usize,
    lanes: Vec<Lane>,
    /// The long names, one behind the other.
    long: Vec<u8>,
}

/// What waits for one column.
struct Lane {
    column: u16,
    names: Vec<Waiting>,
}

/// A name's key, and where a long name stands in the batch.
#[derive(Clone, Copy)]
struct Waiting {
    key: Key,
    at: u32,
}

/// Where a record has no name.
const NOTHING: Waiting = Waiting { key: Key::NONE, at: 0 };

impl Batch {
    /// The lane of a column.
    pub(crate) fn lane(&mut self, column: u16) -> usize {
        let known = self.lanes.iter().position(|lane| lane.column == column);
        known.unwrap_or_else(|| {
            self.lanes.push(Lane { column, names: vec![NOTHING; ROWS] });
            self.lanes.len() - 1
        })
    }

    /// Gives the record that is read now a name in a lane.
    #[inline(always)]
    pub(crate) fn put(&mut self, lane: usize, name: &[u8]) {
        let waiting = Waiting { key: Key::of(name), at: self.long.len() as u32 };
        if !waiting.key.is_whole() {
            self.long.extend_from_slice(name);
        }
        self.lanes[lane].names[self.rows] = waiting;
    }

    /// Forgets the names of the record that is read now.
    pub(crate) fn drop_row(&mut self) {
        for lane in &mut self.lanes {
            lane.names[self.rows] = NOTHING;
        }
    }

    /// Keeps the names of the record that was read; says whether the batch is full.
    #[inline]
    pub(crate) fn keep_row(&mut self) -> bool {
        self.rows += 1;
        self.rows == ROWS
    }

    /// Moves all names into their columns. The batch's records must be the newest.
    pub(crate) fn flush(&mut self, records: &mut Records) {
        let first = records.len() - self.rows;
        for lane in &mut self.lanes {
            let names = &mut lane.names[..self.rows];
            records.set_keys(lane.column, first, (names, &self.long));
            names.fill(NOTHING);
        }
        self.rows = 0;
        self.long.clear();
    }
}

impl Records {
    /// Fills the cells of a column from row `first` on with names; `long` holds those that are longer than their keys.
    fn set_keys(&mut self, column: u16, first: usize, (names, long): (&[Waiting], &[u8])) {
        let Column::Keys(cells, known) = &mut self.columns[column as usize] else { return };
        if names.iter().all(|name| name.key == Key::NONE) {
            return;
        }
        cells.resize(first, MISSING);
        std::hint::black_box(names.iter().fold(0, |looks, name| looks ^ known.look(name.key)));
        cells.extend(names.iter().map(|name| name.number(known, long)));
    }
}

impl Waiting {
    #[inline(always)]
    fn number(self, names: &mut Names, long: &[u8]) -> u32 {
        if self.key.is_whole() { names.intern_key(self.key, "") } else { self.number_of_long(names, long) }
    }

    #[inline(never)]
    fn number_of_long(self, names: &mut Names, long: &[u8]) -> u32 {
        if self.key == Key::NONE {
            return MISSING;
        }
        let name = long.get(self.at as usize..).and_then(|rest| rest.get(..self.key.length()));
        names.intern_key(self.key, name.and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default())
    }
}
