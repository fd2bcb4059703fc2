//! The records of all keys, each key's in order of time.
//!
//! Ten million records sorted by twenty thousand keys at once would write to as many places, which no cache holds. So they are put on
//! a few hundred shelves first, neighbouring keys together, and a shelf is sorted when its turn comes.

use super::{Moment, Order, Table};
use crate::collection::Collection;
use crate::record::{ACTION, Keys, MISSING, Slot};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// About so many shelves hold a large table.
const SHELVES: usize = 256;
/// This part of all records are many for one key, and as many keys are many.
const MANY: usize = if cfg!(debug_assertions) { 1 } else { 16 };
/// Records that deserve a shelf.
const FEW: usize = 64;

/// What fills a place before its record comes.
const NOTHING: Moment = Moment { time: 0, row: 0, action: MISSING };

/// The records of a table, on shelves by key; those without the key on one more.
pub(crate) struct Shelves {
    /// Each holds the records of a piece of the order.
    pieces: Vec<Piece>,
    /// The first key of each shelf; last, how many keys there are.
    firsts: Vec<u32>,
    /// How many records each key has, and last those without one.
    counts: Vec<u32>,
    tags: Tags,
}

/// The records of a piece of the order, by shelf, on each shelf in order; tags stand in place of their actions.
struct Piece {
    moments: Vec<Moment>,
    /// Where each shelf starts, and last where the one without keys ends.
    bounds: Vec<u32>,
}

/// Where keys belong.
struct Places {
    firsts: Vec<u32>,
    /// Of each key, its shelf and the tag of its place there among the keys; last those of records without one.
    of: Vec<(u32, u32)>,
    /// How many records each shelf holds.
    filled: Vec<u32>,
}

/// What a record carries on its shelf, in four bytes: from the lowest bits up its action, the place of its key among those of the shelf,
/// and, where there is room, another key. Of the first key of a shelf, without another one, it is the action.
#[derive(Clone, Copy)]
struct Tags {
    /// How many actions there are; this number stands for any other.
    actions: u32,
    /// How many other keys there are; this number stands for none.
    others: Option<u32>,
    /// Bits of an action, and of a place.
    bits: [u32; 2],
}

impl Tags {
    /// For so many actions. All bits above them are for places.
    fn new(actions: usize) -> Tags {
        // There are no more actions than places for their names.
        let actions = (actions as u32).min(u32::MAX >> 1);
        let bits = bits(actions.max(1));
        Tags { actions, others: None, bits: [bits, 32 - bits] }
    }

    /// With other keys, of which there are so many, if there is room above the places up to this one.
    fn with(self, others: usize, last_place: u32) -> Tags {
        let [action, place] = [self.bits[0], bits(last_place)];
        match u32::try_from(others) {
            // A bit of room is left, so that no number is shifted by all its bits.
            Ok(others) if action + place + bits(others) < 32 => Tags { others: Some(others), bits: [action, place], ..self },
            _ => self,
        }
    }

    /// So many keys of a shelf can be told apart.
    fn keys(self) -> usize {
        1 << self.bits[1]
    }

    /// The tag of a place.
    fn of_place(self, place: u32) -> u32 {
        place << self.bits[0]
    }

    #[inline(always)]
    fn of_action(self, action: u32) -> u32 {
        action.min(self.actions)
    }

    #[inline(always)]
    fn of_other(self, other: u32) -> u32 {
        self.others.map_or(0, |others| other.min(others) << (self.bits[0] + self.bits[1]))
    }

    /// The action and the place.
    #[inline(always)]
    fn parted(self, tag: u32) -> (u32, usize) {
        let first = |bits: u32| !(u32::MAX << bits);
        (tag & first(self.bits[0]), (tag >> self.bits[0] & first(self.bits[1])) as usize)
    }

    #[inline(always)]
    fn other(self, tag: u32, others: u32) -> u32 {
        let other = tag >> (self.bits[0] + self.bits[1]);
        if other == others { MISSING } else { other }
    }
}

/// Bits that hold a number.
fn bits(number: u32) -> u32 {
    32 - number.leading_zeros()
}

/// Where the records of a shelf are sorted.
#[derive(Default)]
pub(crate) struct Sorter {
    moments: Vec<Moment>,
    /// The other keys that came with them.
    others: Vec<u32>,
    /// Where the records of each key end, as far as they have come.
    ends: Vec<u32>,
}

impl Shelves {
    /// The records of a table by the key in a slot, or all under one key; of a slot of its own, only those of chosen actions. `chosen`
    /// goes by number, and ends with records without one. Where there is room, the keys of another slot come along. `rooms` are those of
    /// shelves that are not needed any more.
    pub(crate) fn of(
        all: &Collection,
        (table, slot, other): (Table, Option<Slot>, Option<Slot>),
        (order, chosen): (&Order<'_>, Option<&[bool]>),
        rooms: Vec<Vec<Moment>>,
    ) -> Shelves {
        let Some(slot) = slot else { return Shelves::filled((all, table, None), order, (1, |_| Some(0)), rooms) };
        let records = if slot.fact { &all.accounts } else { &all.records };
        let groups = records.known(slot.column);
        match (table.own_keys(all, slot), chosen) {
            (Some(keys), None) => Shelves::filled((all, table, other), order, (groups, |row| Some(keys.get(row))), rooms),
            (Some(keys), Some(chosen)) => {
                let actions = all.records.keys_by_row(ACTION.column);
                let is_chosen = |action: u32| chosen.get(action as usize).or(chosen.last()) == Some(&true);
                let key = |row| is_chosen(actions.get(row)).then(|| keys.get(row));
                Shelves::filled((all, table, other), order, (groups, key), rooms)
            }
            (None, _) => Shelves::filled((all, table, other), order, (groups, |row| Some(all.get(table.row(row)).key(slot))), rooms),
        }
    }

    fn filled(
        (all, table, other): (&Collection, Table, Option<Slot>),
        order: &Order<'_>,
        (groups, key): (usize, impl Fn(u32) -> Option<u32> + Sync),
        rooms: Vec<Vec<Moment>>,
    ) -> Shelves {
        let (actions, known) = match table {
            Table::Records => (all.records.keys(ACTION.column), all.records.known(ACTION.column)),
            Table::Accounts => (&[][..], 0),
        };
        let tags = Tags::new(known);
        let count = |rows: Range<usize>| {
            let mut counts = vec![0; groups + 1];
            (rows.start as u32..rows.end as u32).filter_map(&key).for_each(|key| counts[groups.min(key as usize)] += 1);
            counts
        };
        // Many keys are not counted in many places.
        let counts = if groups < order.len() / MANY { order.each_part(count) } else { vec![count(0..order.len())] };
        let counts = counts.into_iter().reduce(added).unwrap_or_default();
        let places = Places::of(&counts, tags);
        // A key with a shelf for itself is not sorted, and is not to be copied if it has many records.
        let few = || counts.iter().all(|count| *count as usize <= order.len() / MANY);
        let other = other.filter(|_| few()).and_then(|slot| Some((slot, table.own_keys(all, slot)?)));
        let tags = other.map_or(tags, |(slot, _)| tags.with(table.records(all).known(slot.column), places.last()));
        let others = other.map(|(_, keys)| keys).filter(|_| tags.others.is_some());
        let rooms = Mutex::new(rooms);
        let room = || rooms.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let piece = |piece: usize| Piece::of((order, piece), &places, (&key, actions, (tags, others)), room());
        Shelves { pieces: order.each_piece(piece), firsts: places.firsts, counts, tags }
    }

    /// How many there are, besides the one without keys.
    pub(crate) fn len(&self) -> usize {
        self.firsts.len() - 1
    }

    /// Visits the groups of a shelf, one for each key that has records, with the other keys that came along, if they did.
    pub(crate) fn each_group(&self, shelf: usize, sorter: &mut Sorter, mut visit: impl FnMut(&[Moment], &[u32])) {
        let counts = &self.counts[self.firsts[shelf] as usize..self.firsts[shelf + 1] as usize];
        match &self.pieces[..] {
            [piece] if counts.len() == 1 && self.tags.others.is_none() => visit(piece.shelf(shelf), &[]),
            pieces => {
                sorter.sort((counts, self.tags), pieces.iter().map(|piece| piece.shelf(shelf)));
                sorter.groups().filter(|(group, _)| !group.is_empty()).for_each(|(group, others)| visit(group, others));
            }
        }
    }

    /// The records without the key.
    pub(crate) fn keyless(&self) -> impl Iterator<Item = Moment> {
        let plain = |moment: &Moment| Moment { action: self.tags.parted(moment.action).0, ..*moment };
        self.pieces.iter().flat_map(move |piece| piece.shelf(self.len()).iter().map(plain))
    }

    /// What others can be put into.
    pub(crate) fn into_rooms(self) -> Vec<Vec<Moment>> {
        self.pieces.into_iter().map(|piece| piece.moments).collect()
    }
}

impl Places {
    /// Shelves for keys with so many records each, and for so many keys each at most; the last number is that of records without one.
    fn of(counts: &[u32], tags: Tags) -> Places {
        let (keyless, keyed) = counts.split_last().unwrap_or((&0, &[]));
        let all = keyed.iter().map(|count| *count as usize).sum::<usize>();
        let fill = FEW.max(all / SHELVES);
        let mut places = Places { firsts: Vec::new(), of: Vec::with_capacity(counts.len()), filled: Vec::new() };
        for (key, count) in keyed.iter().enumerate() {
            match (places.firsts.last(), places.filled.last_mut()) {
                // A key that would fill a shelf has one for itself.
                (Some(first), Some(filled)) if (*filled + *count) as usize <= fill && key - (*first as usize) < tags.keys() => {
                    *filled += *count;
                }
                _ => {
                    places.firsts.push(key as u32);
                    places.filled.push(*count);
                }
            }
            let shelf = places.firsts.len() - 1;
            places.of.push((shelf as u32, tags.of_place(key as u32 - places.firsts[shelf])));
        }
        places.of.push((places.firsts.len() as u32, 0));
        places.firsts.push(keyed.len() as u32);
        places.filled.push(*keyless);
        places
    }

    /// Where each shelf starts in a piece of the order, and last where the one without keys ends.
    fn bounds(&self, (order, piece): (&Order<'_>, usize), key: &impl Fn(u32) -> Option<u32>) -> Vec<u32> {
        let mut bounds = vec![0; self.filled.len() + 1];
        if order.pieces() == 1 {
            bounds[1..].copy_from_slice(&self.filled);
        } else {
            order.runs(piece).flatten().filter_map(|row| key(row as u32)).for_each(|key| bounds[self.of_key(key).0 + 1] += 1);
        }
        summed(&mut bounds);
        bounds
    }

    /// The last place of a key on a shelf.
    fn last(&self) -> u32 {
        self.firsts.windows(2).map(|two| two[1] - two[0]).max().unwrap_or(0).saturating_sub(1)
    }

    /// The shelf of a key, and the tag of its place there.
    #[inline(always)]
    fn of_key(&self, key: u32) -> (usize, u32) {
        let (shelf, place) = self.of[(key as usize).min(self.of.len() - 1)];
        (shelf as usize, place)
    }
}

/// The sums of two lists of numbers.
fn added(mut numbers: Vec<u32>, others: Vec<u32>) -> Vec<u32> {
    numbers.iter_mut().zip(others).for_each(|(number, other)| *number += other);
    numbers
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
        (key, actions, (tags, others)): (&impl Fn(u32) -> Option<u32>, &[u32], (Tags, Option<Keys<'_>>)),
        mut moments: Vec<Moment>,
    ) -> Piece {
        let bounds = places.bounds((order, piece), key);
        let (mut next, length) = (bounds.clone(), bounds[bounds.len() - 1] as usize);
        moments.resize(length, NOTHING);
        let (filled, next) = (&mut moments[..], &mut next[..]);
        for run in order.runs(piece) {
            for (row, time) in (run.start as u32..).zip(&order.times()[run]) {
                let Some(key) = key(row) else { continue };
                let (shelf, place) = places.of_key(key);
                let next = &mut next[shelf];
                let action = actions.get(row as usize).copied().unwrap_or(MISSING);
                let other = others.map_or(0, |others| others.get(row));
                filled[*next as usize] = Moment { time: *time, row, action: tags.of_action(action) | place | tags.of_other(other) };
                *next += 1;
            }
        }
        Piece { moments, bounds }
    }

    /// The records of a shelf.
    fn shelf(&self, shelf: usize) -> &[Moment] {
        &self.moments[self.bounds[shelf] as usize..self.bounds[shelf + 1] as usize]
    }
}

impl Sorter {
    /// Sorts the records of keys that have so many each.
    fn sort<'m>(&mut self, (counts, tags): (&[u32], Tags), pieces: impl Iterator<Item = &'m [Moment]>) {
        self.ends.clear();
        self.ends.push(0);
        self.ends.extend_from_slice(counts);
        summed(&mut self.ends);
        let ends = &mut self.ends[..];
        let length = ends[counts.len()] as usize;
        self.moments.resize(length.max(self.moments.len()), NOTHING);
        self.others.clear();
        self.others.resize(if tags.others.is_some() { length } else { 0 }, MISSING);
        let (sorted, others) = (&mut self.moments[..length], &mut self.others[..]);
        let mut put = |moment: &Moment| {
            let (action, place) = tags.parted(moment.action);
            let at = ends[place] as usize;
            sorted[at] = Moment { action, ..*moment };
            ends[place] += 1;
            at
        };
        match tags.others {
            None => pieces.flatten().for_each(|moment| _ = put(moment)),
            Some(known) => pieces.flatten().for_each(|moment| others[put(moment)] = tags.other(moment.action, known)),
        }
    }

    /// The records of each key, and the other keys that came with them.
    fn groups(&self) -> impl Iterator<Item = (&[Moment], &[u32])> {
        let ends = self.ends.split_last().map_or(&[][..], |(_, ends)| ends);
        let ranges = ends.iter().scan(0, |start, end| Some(std::mem::replace(start, *end as usize)..*end as usize));
        ranges.map(|range| (&self.moments[range.clone()], self.others.get(range).unwrap_or_default()))
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

    /// Records of accounts by number, some without one, at these times; they do one of so many things, or nothing.
    fn collection(records: &[(Option<u8>, i64)], actions: usize) -> Collection {
        let layout = Layout::new(&Vocabulary::bundled());
        let [mut all, accounts] = [false, true].map(|facts| Records::new(layout.columns(facts)));
        for (row, (account, time)) in records.iter().enumerate() {
            all.push(Span::default(), Some(Time(*time)));
            if row % (actions + 1) < actions {
                all.set_key(ACTION.column, &(row % (actions + 1)).to_string());
            }
            if let Some(account) = account {
                all.set_key(ACCOUNT.column, &account.to_string());
            }
        }
        Collection::new(Vec::new(), all, 0, accounts)
    }

    #[test]
    fn only_records_of_chosen_actions_are_gathered_and_all_without_a_key_of_those() {
        let all = collection(&[(Some(1), 0), (Some(1), 1), (Some(2), 2), (None, 3), (None, 4), (Some(2), 5), (Some(1), 6)], 2);
        let order = Order::of(all.records.times(), 1);
        let shelves = Shelves::of(&all, (Table::Records, Some(ACCOUNT), None), (&order, Some(&[true, false, false])), Vec::new());
        let mut rows = Vec::new();
        (0..shelves.len()).for_each(|shelf| {
            shelves.each_group(shelf, &mut Sorter::default(), |group, _| rows.extend(group.iter().map(|moment| moment.row)))
        });
        assert_eq!((rows, shelves.keyless().map(|moment| moment.row).collect()), (vec![0, 6], vec![3]));
    }

    proptest! {
        #[test]
        fn each_group_holds_the_rows_of_its_key_in_order(
            records in proptest::collection::vec((proptest::option::weighted(0.9, prop_oneof![1 => Just(0u8), 1 => 0u8..60]), 0i64..40), 0..600),
            jobs in 1usize..4,
            one_key in proptest::bool::weighted(0.2),
            actions in prop_oneof![0usize..5, Just(300)],
            carries: bool,
        ) {
            let all = collection(&records, actions);
            let known = all.records.known(ACTION.column) as u32;
            let action = |row: u32| all.records.key(ACTION.column, row).min(known);
            let order = Order::of(all.records.times(), jobs);
            let key = |row: &u32| if one_key { 0 } else { all.records.key(ACCOUNT.column, *row) };
            let mut sorted = order.rows();
            sorted.sort_by_key(key);
            let shelves = Shelves::of(&all, (Table::Records, (!one_key).then_some(ACCOUNT), carries.then_some(ACTION)), (&order, None), vec![vec![NOTHING; 7]]);
            let (mut rows, mut sorter) = (Vec::new(), Sorter::default());
            for shelf in 0..shelves.len() {
                shelves.each_group(shelf, &mut sorter, |group, others| {
                    assert!(group.iter().all(|moment| key(&moment.row) == key(&group[0].row) && moment.time == records[moment.row as usize].1));
                    assert!(group.iter().all(|moment| moment.action == action(moment.row)));
                    let carried: Vec<u32> = group.iter().map(|moment| all.records.key(ACTION.column, moment.row)).collect();
                    assert_eq!(others, if carries && !one_key { &carried[..] } else { &[] });
                    rows.push(group.iter().map(|moment| moment.row).collect::<Vec<u32>>());
                });
            }
            prop_assert!(rows.windows(2).all(|two| key(&two[0][0]) < key(&two[1][0])), "a key is one group, in order of keys");
            let rows: Vec<u32> = rows.concat().into_iter().chain(shelves.keyless().map(|moment| moment.row)).collect();
            prop_assert_eq!(rows, sorted);
        }

        #[test]
        fn a_shelf_has_one_key_or_not_too_much(
            counts in proptest::collection::vec(prop_oneof![8 => 0u32..20, 1 => 0u32..50_000], 1..400),
            actions in prop_oneof![0usize..20, Just(1 << 20), Just(1 << 28)],
        ) {
            let tags = Tags::new(actions);
            let places = Places::of(&counts, tags);
            let keys = counts.len() - 1;
            for key in 0..keys {
                let (shelf, place) = places.of_key(key as u32);
                prop_assert_eq!(places.firsts[shelf] + tags.parted(place).1 as u32, key as u32);
                prop_assert!(key < places.firsts[shelf + 1] as usize);
            }
            prop_assert_eq!(places.of_key(MISSING), (places.firsts.len() - 1, 0));
            prop_assert_eq!(places.filled.iter().sum::<u32>(), counts.iter().sum::<u32>());
            let fill = FEW.max(counts[..keys].iter().sum::<u32>() as usize / SHELVES);
            let of_many = (0..places.firsts.len() - 1).filter(|shelf| places.firsts[shelf + 1] - places.firsts[*shelf] > 1);
            prop_assert!(of_many.into_iter().all(|shelf| places.filled[shelf] as usize <= fill));
        }
    }
}
