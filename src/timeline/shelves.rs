//! The records of all keys, each key's in order of time.
//!
//! Ten million records sorted by twenty thousand keys at once would write to as many places, which no cache holds. So they are put on
//! a few hundred shelves first, neighbouring keys together, and a shelf is sorted when its turn comes.

use super::asked::{Asked, Source};
use super::sorter::{NOTHING, Sorter, summed};
use super::tags::Tags;
use super::{Moment, Order, Table};
use crate::collection::Collection;
use crate::record::{ACTION, Keys, Slot};
use crate::threads::locked;
use std::ops::Range;
use std::sync::Mutex;

/// About so many shelves hold a large table.
const SHELVES: usize = 256;
/// This part of all records are many for one key, and as many keys are many.
const MANY: usize = if cfg!(debug_assertions) { 1 } else { 16 };
/// Records that deserve a shelf.
const FEW: usize = 64;

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
    /// Of each key, its shelf and the tag of its place there among the keys.
    of: Vec<(u32, u32)>,
    /// Those of records without one.
    of_none: (u32, u32),
    /// How many records each shelf holds.
    filled: Vec<u32>,
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
        let (actions, known) = match table {
            Table::Records => (all.records.keys(ACTION.column), all.records.known(ACTION.column)),
            Table::Accounts => (Keys::NONE, 0),
        };
        let (key, groups) = match slot {
            None => (Source::One, 1),
            Some(slot) => {
                let records = if slot.fact { &all.accounts } else { &all.records };
                let key = table.own_keys(all, slot).map_or(Source::Joined(all, table, slot), Source::Own);
                (key, records.known(slot.column))
            }
        };
        let chosen = chosen.filter(|_| matches!(key, Source::Own(_)));
        let mut asked = Asked { key, actions, chosen, other: None, tags: Tags::new(known) };
        let count = |runs: &mut dyn Iterator<Item = Range<usize>>| {
            let mut counts = vec![0; groups + 1];
            runs.for_each(|run| asked.each_key(run, |key| counts[groups.min(key as usize)] += 1));
            counts
        };
        // One piece holds all, and many keys are not counted in many places.
        let is_apart = order.pieces() > 1 && groups < order.len() / MANY;
        let by_piece = if is_apart { order.each_piece(|piece| count(&mut order.runs(piece))) } else { Vec::new() };
        let counts = by_piece.iter().cloned().reduce(added).unwrap_or_else(|| count(&mut std::iter::once(0..order.len())));
        let places = Places::of(&counts, asked.tags);
        // A key with a shelf for itself is not sorted, and is not to be copied if it has many records.
        let few = || counts.iter().all(|count| *count as usize <= order.len() / MANY);
        let other = other.filter(|_| slot.is_some() && few()).and_then(|slot| Some((slot, table.own_keys(all, slot)?)));
        if let Some((slot, keys)) = other {
            asked.tags = asked.tags.with(table.records(all).known(slot.column), places.last());
            asked.other = Some(keys).filter(|_| asked.tags.others.is_some());
        }
        let rooms = Mutex::new(rooms);
        let room = || locked(&rooms).pop().unwrap_or_default();
        let piece =
            |piece: usize| Piece::of((order, piece), places.bounds((order, piece), &asked, by_piece.get(piece)), (&places, &asked), room());
        Shelves { pieces: order.each_piece(piece), firsts: places.firsts, counts, tags: asked.tags }
    }

    /// How many there are, besides the one without keys.
    pub(crate) fn len(&self) -> usize {
        self.firsts.len() - 1
    }

    /// Visits the groups of a shelf, one for each key that has records, with its number and the other keys that came along, if they did.
    pub(crate) fn each_group(&self, shelf: usize, sorter: &mut Sorter, mut visit: impl FnMut(u32, &[Moment], &[u32])) {
        let first = self.firsts[shelf];
        let counts = &self.counts[first as usize..self.firsts[shelf + 1] as usize];
        match &self.pieces[..] {
            [piece] if counts.len() == 1 && self.tags.others.is_none() => visit(first, piece.shelf(shelf), &[]),
            pieces => {
                sorter.sort((counts, self.tags), pieces.iter().map(|piece| piece.shelf(shelf)));
                let groups = (first..).zip(sorter.groups()).filter(|(_, (group, _))| !group.is_empty());
                groups.for_each(|(key, (group, others))| visit(key, group, others));
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
        let (firsts, of, filled) = (Vec::new(), Vec::with_capacity(keyed.len()), Vec::new());
        let mut places = Places { firsts, of, of_none: (0, 0), filled };
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
        places.of_none = (places.firsts.len() as u32, 0);
        places.firsts.push(keyed.len() as u32);
        places.filled.push(*keyless);
        places
    }

    /// Where each shelf starts in a piece of the order, and last where the one without keys ends; of a piece, it may be known how many
    /// records each key has.
    fn bounds(&self, (order, piece): (&Order<'_>, usize), asked: &Asked<'_>, counts: Option<&Vec<u32>>) -> Vec<u32> {
        let mut bounds = vec![0; self.filled.len() + 1];
        match counts {
            _ if order.pieces() == 1 => bounds[1..].copy_from_slice(&self.filled),
            Some(counts) => (0..).zip(counts).for_each(|(key, count)| bounds[self.of_key(key).0 + 1] += count),
            None => order.runs(piece).for_each(|run| asked.each_key(run, |key| bounds[self.of_key(key).0 + 1] += 1)),
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
        let (shelf, place) = self.of.get(key as usize).copied().unwrap_or(self.of_none);
        (shelf as usize, place)
    }
}

/// The sums of two lists of numbers.
fn added(mut numbers: Vec<u32>, others: Vec<u32>) -> Vec<u32> {
    numbers.iter_mut().zip(others).for_each(|(number, other)| *number += other);
    numbers
}

impl Piece {
    /// Puts the records of a piece of the order on shelves that start there.
    fn of(
        (order, piece): (&Order<'_>, usize),
        bounds: Vec<u32>,
        (places, asked): (&Places, &Asked<'_>),
        mut moments: Vec<Moment>,
    ) -> Piece {
        let (mut next, length) = (bounds.clone(), bounds[bounds.len() - 1] as usize);
        moments.resize(length, NOTHING);
        let (filled, next) = (&mut moments[..], &mut next[..]);
        for run in order.runs(piece) {
            asked.each(run, order.times(), |key, moment| {
                let (shelf, place) = places.of_key(key);
                let next = &mut next[shelf];
                filled[*next as usize] = Moment { action: moment.action | place, ..moment };
                *next += 1;
            });
        }
        Piece { moments, bounds }
    }

    /// The records of a shelf.
    fn shelf(&self, shelf: usize) -> &[Moment] {
        &self.moments[self.bounds[shelf] as usize..self.bounds[shelf + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{ACCOUNT, Layout, MISSING, Records};
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
            shelves.each_group(shelf, &mut Sorter::default(), |_, group, _| rows.extend(group.iter().map(|moment| moment.row)))
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
                shelves.each_group(shelf, &mut sorter, |number, group, others| {
                    assert!(one_key || group.iter().all(|moment| key(&moment.row) == number));
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
