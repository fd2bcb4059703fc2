//! The records of all keys, each key's in order of time.
//!
//! Ten million records sorted by twenty thousand keys at once would write to as many places, which no cache holds. So they are put on
//! a few hundred shelves first, neighbouring keys together, and a shelf is sorted when its turn comes.

use super::{Moment, Order, Table};
use crate::collection::Collection;
use crate::record::{ACTION, MISSING, Slot};
use std::sync::{Mutex, PoisonError};

/// About so many shelves hold a large table.
const SHELVES: usize = 256;
/// Records that deserve a shelf.
const FEW: usize = 64;
/// Keys of a shelf: two bytes tell them apart.
const MOST_KEYS: usize = 1 << 16;

/// What fills a place before its record comes.
const NOTHING: Moment = Moment { time: 0, row: 0, action: MISSING };

/// The records of a table, on shelves by key; those without the key on one more.
pub(crate) struct Shelves {
    /// Each holds the records of a piece of the order.
    pieces: Vec<Piece>,
    /// The first key of each shelf; last, how many keys there are.
    firsts: Vec<u32>,
}

/// The records of a piece of the order, by shelf, on each shelf in order.
struct Piece {
    moments: Vec<Moment>,
    /// Of each one's key the last two bytes: they tell it from all others of its shelf.
    keys: Vec<u16>,
    /// Where each shelf starts, and last where the one without keys ends.
    bounds: Vec<u32>,
}

/// Where keys belong.
struct Places {
    firsts: Vec<u32>,
    /// Of each key, its shelf; last that of records without one.
    shelf: Vec<u32>,
    /// How many records each shelf holds.
    filled: Vec<u32>,
}

/// Where the records of a shelf are sorted.
#[derive(Default)]
pub(crate) struct Sorter {
    moments: Vec<Moment>,
    /// Where the records of each key end, as far as they have come.
    ends: Vec<u32>,
}

impl Shelves {
    /// The records of a table by the key in a slot, or all under one key. `rooms` are those of shelves that are not needed any more.
    pub(crate) fn of(all: &Collection, (table, slot): (Table, Option<Slot>), order: &Order<'_>, rooms: Vec<Vec<Moment>>) -> Shelves {
        let Some(slot) = slot else { return Shelves::filled((all, table), order, (1, |_| 0), rooms) };
        let records = if slot.fact { &all.accounts } else { &all.records };
        let groups = records.names(slot.column).map_or(0, |names| names.len());
        match table.own_keys(all, slot) {
            Some(keys) => Shelves::filled((all, table), order, (groups, |row| keys.get(row)), rooms),
            None => Shelves::filled((all, table), order, (groups, |row| all.get(table.row(row)).key(slot)), rooms),
        }
    }

    fn filled(
        (all, table): (&Collection, Table),
        order: &Order<'_>,
        (groups, key): (usize, impl Fn(u32) -> u32 + Sync),
        rooms: Vec<Vec<Moment>>,
    ) -> Shelves {
        let actions = if table == Table::Records { all.records.keys(ACTION.column) } else { &[] };
        let mut counts = vec![0; groups + 1];
        (0..order.len() as u32).for_each(|row| counts[groups.min(key(row) as usize)] += 1);
        let places = Places::of(&counts);
        let rooms = Mutex::new(rooms);
        let room = || rooms.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let piece = |piece: usize| Piece::of((order, piece), &places, (&key, actions), room());
        Shelves { pieces: order.each_piece(piece), firsts: places.firsts }
    }

    /// How many there are, besides the one without keys.
    pub(crate) fn len(&self) -> usize {
        self.firsts.len() - 1
    }

    /// Visits the groups of a shelf, one for each key that has records.
    pub(crate) fn each_group(&self, shelf: usize, sorter: &mut Sorter, mut visit: impl FnMut(&[Moment])) {
        let keys = (self.firsts[shelf + 1] - self.firsts[shelf]) as usize;
        match &self.pieces[..] {
            [piece] if keys == 1 => visit(piece.shelf(shelf).0),
            pieces => {
                sorter.sort((self.firsts[shelf], keys), pieces.iter().map(|piece| piece.shelf(shelf)));
                sorter.groups().filter(|group| !group.is_empty()).for_each(visit);
            }
        }
    }

    /// The records without the key.
    pub(crate) fn keyless(&self) -> impl Iterator<Item = Moment> {
        self.pieces.iter().flat_map(|piece| piece.shelf(self.len()).0.iter().copied())
    }

    /// What others can be put into.
    pub(crate) fn into_rooms(self) -> Vec<Vec<Moment>> {
        self.pieces.into_iter().map(|piece| piece.moments).collect()
    }
}

impl Places {
    /// Shelves for keys with so many records each; the last number is that of records without one.
    fn of(counts: &[u32]) -> Places {
        let (keyless, keyed) = counts.split_last().unwrap_or((&0, &[]));
        let all = keyed.iter().map(|count| *count as usize).sum::<usize>();
        let fill = FEW.max(all / SHELVES);
        let mut places = Places { firsts: Vec::new(), shelf: Vec::with_capacity(counts.len()), filled: Vec::new() };
        for (key, count) in keyed.iter().enumerate() {
            match (places.firsts.last(), places.filled.last_mut()) {
                // A key that would fill a shelf has one for itself.
                (Some(first), Some(filled)) if (*filled + *count) as usize <= fill && key - (*first as usize) < MOST_KEYS => {
                    *filled += *count;
                }
                _ => {
                    places.firsts.push(key as u32);
                    places.filled.push(*count);
                }
            }
            places.shelf.push(places.firsts.len() as u32 - 1);
        }
        places.shelf.push(places.firsts.len() as u32);
        places.firsts.push(keyed.len() as u32);
        places.filled.push(*keyless);
        places
    }

    /// Where each shelf starts in a piece of the order, and last where the one without keys ends.
    fn bounds(&self, (order, piece): (&Order<'_>, usize), key: &impl Fn(u32) -> u32) -> Vec<u32> {
        let mut bounds = vec![0; self.filled.len() + 1];
        if order.pieces() == 1 {
            bounds[1..].copy_from_slice(&self.filled);
        } else {
            order.runs(piece).flatten().for_each(|row| bounds[self.shelf_of(key(row as u32)) + 1] += 1);
        }
        summed(&mut bounds);
        bounds
    }

    /// The shelf of a key.
    #[inline(always)]
    fn shelf_of(&self, key: u32) -> usize {
        self.shelf[(key as usize).min(self.shelf.len() - 1)] as usize
    }
}

/// Makes each number the sum of those up to it.
fn summed(numbers: &mut [u32]) {
    let mut sum = 0;
    for number in numbers {
        sum += *number;
        *number = sum;
    }
}

impl Piece {
    fn of(
        (order, piece): (&Order<'_>, usize),
        places: &Places,
        (key, actions): (&impl Fn(u32) -> u32, &[u32]),
        mut moments: Vec<Moment>,
    ) -> Piece {
        let bounds = places.bounds((order, piece), key);
        let (mut next, length) = (bounds.clone(), bounds[bounds.len() - 1] as usize);
        moments.resize(length, NOTHING);
        let mut keys = vec![0; length];
        let (filled, written, next) = (&mut moments[..], &mut keys[..], &mut next[..]);
        for run in order.runs(piece) {
            for (row, time) in (run.start as u32..).zip(&order.times()[run]) {
                let key = key(row);
                let next = &mut next[places.shelf_of(key)];
                let at = *next as usize;
                *next += 1;
                filled[at] = Moment { time: *time, row, action: actions.get(row as usize).copied().unwrap_or(MISSING) };
                written[at] = key as u16;
            }
        }
        Piece { moments, keys, bounds }
    }

    /// The records of a shelf, with their keys.
    fn shelf(&self, shelf: usize) -> (&[Moment], &[u16]) {
        let range = self.bounds[shelf] as usize..self.bounds[shelf + 1] as usize;
        (&self.moments[range.clone()], &self.keys[range])
    }
}

impl Sorter {
    /// Sorts the records of so many keys, from the first on.
    fn sort<'m>(&mut self, (first, keys): (u32, usize), pieces: impl Iterator<Item = (&'m [Moment], &'m [u16])> + Clone) {
        self.ends.clear();
        self.ends.resize(keys + 1, 0);
        let ends = &mut self.ends[..];
        let number = |key: u16| usize::from(key.wrapping_sub(first as u16));
        for (_, keys) in pieces.clone() {
            keys.iter().for_each(|key| ends[number(*key) + 1] += 1);
        }
        summed(ends);
        let length = ends[keys] as usize;
        self.moments.resize(length.max(self.moments.len()), NOTHING);
        let sorted = &mut self.moments[..length];
        for (moments, keys) in pieces {
            for (moment, key) in moments.iter().zip(keys) {
                let end = &mut ends[number(*key)];
                sorted[*end as usize] = *moment;
                *end += 1;
            }
        }
    }

    /// The records of each key.
    fn groups(&self) -> impl Iterator<Item = &[Moment]> {
        let ends = self.ends.split_last().map_or(&[][..], |(_, ends)| ends);
        ends.iter().scan(0, |start, end| Some(&self.moments[std::mem::replace(start, *end as usize)..*end as usize]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{ACCOUNT, Layout, Records};
    use crate::span::Span;
    use crate::time::Time;
    use crate::vocabulary::Vocabulary;
    use proptest::prelude::*;

    /// Records of accounts by number, some without one, at these times.
    fn collection(records: &[(Option<u8>, i64)]) -> Collection {
        let layout = Layout::new(&Vocabulary::bundled());
        let [mut all, accounts] = [false, true].map(|facts| Records::new(layout.columns(facts)));
        for (account, time) in records {
            all.push(Span::default(), Some(Time(*time)));
            if let Some(account) = account {
                all.set_key(ACCOUNT.column, &account.to_string());
            }
        }
        Collection::new(Vec::new(), all, 0, accounts)
    }

    proptest! {
        #[test]
        fn each_group_holds_the_rows_of_its_key_in_order(
            records in proptest::collection::vec((proptest::option::weighted(0.9, prop_oneof![1 => Just(0u8), 1 => 0u8..60]), 0i64..40), 0..600),
            jobs in 1usize..4,
            one_key in proptest::bool::weighted(0.2),
        ) {
            let all = collection(&records);
            let order = Order::of(all.records.times(), jobs);
            let key = |row: &u32| if one_key { 0 } else { all.records.key(ACCOUNT.column, *row) };
            let mut sorted = order.rows();
            sorted.sort_by_key(key);
            let shelves = Shelves::of(&all, (Table::Records, (!one_key).then_some(ACCOUNT)), &order, vec![vec![NOTHING; 7]]);
            let (mut rows, mut sorter) = (Vec::new(), Sorter::default());
            for shelf in 0..shelves.len() {
                shelves.each_group(shelf, &mut sorter, |group| {
                    assert!(group.iter().all(|moment| key(&moment.row) == key(&group[0].row) && moment.time == records[moment.row as usize].1));
                    rows.push(group.iter().map(|moment| moment.row).collect::<Vec<u32>>());
                });
            }
            prop_assert!(rows.windows(2).all(|two| key(&two[0][0]) < key(&two[1][0])), "a key is one group, in order of keys");
            let rows: Vec<u32> = rows.concat().into_iter().chain(shelves.keyless().map(|moment| moment.row)).collect();
            prop_assert_eq!(rows, sorted);
        }

        #[test]
        fn a_shelf_has_one_key_or_not_too_much(counts in proptest::collection::vec(prop_oneof![8 => 0u32..20, 1 => 0u32..50_000], 1..400)) {
            let places = Places::of(&counts);
            let keys = counts.len() - 1;
            for key in 0..keys {
                let shelf = places.shelf_of(key as u32);
                prop_assert!((places.firsts[shelf]..places.firsts[shelf + 1]).contains(&(key as u32)));
            }
            prop_assert_eq!(places.shelf_of(MISSING), places.firsts.len() - 1);
            prop_assert_eq!(places.filled.iter().sum::<u32>(), counts.iter().sum::<u32>());
            let fill = FEW.max(counts[..keys].iter().sum::<u32>() as usize / SHELVES);
            let of_many = (0..places.firsts.len() - 1).filter(|shelf| places.firsts[shelf + 1] - places.firsts[*shelf] > 1);
            prop_assert!(of_many.into_iter().all(|shelf| places.filled[shelf] as usize <= fill));
        }
    }
}
