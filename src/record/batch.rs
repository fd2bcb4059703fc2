//! The names of some records, looked up together.
//!
//! A table of a million names fits no cache, and every look at it waits for memory. Looks close behind one another wait together.

use super::names::{Key, Long, TOGETHER};
use super::{ACTION, Column, Layout, MISSING, Records};
use crate::span::Span;

/// Records of a batch.
const ROWS: usize = TOGETHER;

/// Names of the newest records that are not yet in their columns.
pub(crate) struct Batch {
    rows: usize,
    /// The column of each lane.
    columns: Vec<u16>,
    /// The names of each lane, a row of the batch each; so many lanes one behind the other.
    keys: Vec<Key>,
    /// By lane and number of an action, whether the column may be asked of its records; as far as that was needed.
    asked: Vec<Vec<bool>>,
    /// Where the action of each row stands, if it has one.
    acted: [Span; ROWS],
    /// The long names.
    long: Long,
    /// The numbers of the names of a lane.
    numbers: Vec<u32>,
}

impl Batch {
    /// The lane of the actions.
    pub(crate) const ACTIONS: u16 = 0;

    /// An empty batch.
    pub(crate) fn new() -> Batch {
        let (columns, keys, asked, numbers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut batch = Batch { rows: 0, columns, keys, asked, acted: [Span::default(); ROWS], long: Long::default(), numbers };
        batch.lane(ACTION.column);
        batch
    }

    /// The lane of a column.
    pub(crate) fn lane(&mut self, column: u16) -> usize {
        let known = self.columns.iter().position(|known| *known == column);
        known.unwrap_or_else(|| {
            self.columns.push(column);
            self.asked.push(Vec::new());
            self.keys.resize(self.columns.len() * ROWS, Key::NONE);
            self.columns.len() - 1
        })
    }

    /// How many records wait.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// The action of the record that is read now stands here.
    #[inline(always)]
    pub(crate) fn act(&mut self, span: Span) {
        if let Some(acted) = self.acted.get_mut(self.rows) {
            *acted = span;
        }
    }

    /// Where the action of a record that waits stands, if it has one.
    pub(crate) fn acted(&self, at: usize) -> Span {
        self.acted.get(at).copied().unwrap_or_default()
    }

    /// Gives the record that is read now a name in a lane: the first bytes from its beginning on, its length, and all of it.
    #[inline(always)]
    pub(crate) fn put<'t>(&mut self, lane: usize, (near, length): (&[u8; 16], usize), name: impl FnOnce() -> &'t str) {
        let at = lane * ROWS + self.rows;
        match Key::short(near, length) {
            Some(key) => self.keys[at] = key,
            None => self.put_long(at, name()),
        }
    }

    #[inline(never)]
    fn put_long(&mut self, at: usize, name: &str) {
        self.keys[at] = Key::long(name, self.long.add(name));
    }

    /// Forgets the names of the record that is read now.
    pub(crate) fn drop_row(&mut self) {
        for names in self.keys.chunks_mut(ROWS) {
            names[self.rows] = Key::NONE;
        }
    }

    /// Keeps the names of the record that was read; says whether the batch is full.
    #[inline]
    pub(crate) fn keep_row(&mut self) -> bool {
        self.rows += 1;
        self.rows == ROWS
    }

    /// Moves the actions into their column, and gives their numbers. The batch's records must be the newest.
    pub(crate) fn flush_actions(&mut self, records: &mut Records) -> &[u32] {
        self.flush_lane(usize::from(Batch::ACTIONS), records);
        &self.numbers
    }

    /// Moves all other names into their columns, but those that nobody asks for in a record of its action.
    pub(crate) fn flush(&mut self, records: &mut Records, layout: &Layout) {
        for lane in 1..self.columns.len() {
            if !layout.is_asked_of_all(self.columns[lane]) {
                self.drop_unasked(lane, records, layout);
            }
            self.flush_lane(lane, records);
        }
        self.rows = 0;
        self.long.clear();
    }

    fn flush_lane(&mut self, lane: usize, records: &mut Records) {
        let first = records.len() - self.rows;
        let names = &mut self.keys[lane * ROWS..][..self.rows];
        records.set_keys((self.columns[lane], first), (names, &self.long), &mut self.numbers);
        names.fill(Key::NONE);
    }

    fn drop_unasked(&mut self, lane: usize, records: &Records, layout: &Layout) {
        let (names, asked) = (&mut self.keys[lane * ROWS..][..self.rows], &mut self.asked[lane]);
        let fresh = records.names(ACTION.column).into_iter().flat_map(|names| names.from(asked.len()));
        let fresh: Vec<bool> = fresh.map(|action| layout.is_asked_of(self.columns[lane], action)).collect();
        asked.extend(fresh);
        self.numbers.resize(self.rows, MISSING);
        records.keys(ACTION.column).read(records.len() - self.rows, &mut self.numbers);
        for (name, action) in names.iter_mut().zip(&self.numbers) {
            if asked.get(*action as usize) != Some(&true) {
                *name = Key::NONE;
            }
        }
    }
}

impl Records {
    /// Fills the cells of a column from row `first` on with names; `long` holds the long ones. `numbers` is room for theirs.
    fn set_keys(&mut self, (column, first): (u16, usize), (names, long): (&[Key], &Long), numbers: &mut Vec<u32>) {
        let Column::Keys(cells, known) = &mut self.columns[column as usize] else { return };
        numbers.clear();
        if names.iter().any(|name| *name != Key::NONE) {
            known.intern_some(names, long, numbers);
            cells.resize(first);
            cells.extend(numbers, known.len());
        }
    }
}
