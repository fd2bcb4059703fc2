//! The latest records of each group, as far as they are needed.
//!
//! There are hundreds of thousands of groups, and most have one record: that lies with the group. Those of the others lie in one
//! vector, in places of few sizes.

use crate::kinds::{Needed, SHOWN};
use crate::record::MISSING;
use crate::timeline::Moment;
use std::ops::Range;

/// Records of which only the first and last few are needed lose their middle when there are so many.
const MANY: usize = 8;
/// Records in front that are not needed are taken away when they are so great a part of all: one in so many.
const PART: u32 = 8;
/// Free places make room for others when they are so great a part of all: one in so many.
const GAPS: usize = 8;
/// Records there is room for from the beginning: what nobody touches takes no memory, and what never moves leaves no holes behind.
const UNMOVED: usize = if cfg!(debug_assertions) { 8 } else { 1 << 21 };
const NOTHING: Moment = Moment { time: 0, row: MISSING, action: 0 };

/// The records of all groups that have more than one.
#[derive(Default)]
pub(super) struct Tails {
    moments: Vec<Moment>,
    /// By size, the first place that is free. In each stands the next in place of a row.
    free: Vec<u32>,
    /// How many records there is room for in free places.
    gaps: usize,
}

/// What a rule keeps of a group: its walk, and the records that are still needed, in order.
#[derive(Clone)]
pub(super) struct Kept {
    /// The number of the walk; missing while the records tell everything.
    pub walk: u32,
    /// One record; or of several, as numbers of the same size: in place of the row where they lie, of the action how many in front are
    /// not needed any more, of the time how many were left out.
    one: Moment,
    /// How many there are, with those in front: they lie in a place of the size for so many.
    end: u32,
}

/// The smallest size that has room for so many records, which are more than one.
fn size(records: u32) -> usize {
    let whole = records.next_power_of_two();
    2 * whole.trailing_zeros() as usize - usize::from(records <= whole / 4 * 3)
}

/// How many records a size has room for: from the second on 2, 3, 4, 6, 8, 12 …
fn room(size: usize) -> u32 {
    if size.is_multiple_of(2) { 1 << (size / 2) } else { 3 << (size / 2) >> 1 }
}

impl Kept {
    /// Nothing.
    pub(super) const NONE: Kept = Kept { walk: MISSING, one: NOTHING, end: 0 };

    /// How many were left out behind the first few.
    #[inline]
    pub(super) fn skipped(&self) -> usize {
        if self.is_many() { self.one.time as usize } else { 0 }
    }

    #[inline]
    fn is_many(&self) -> bool {
        self.end > 1
    }

    fn at(&self) -> usize {
        self.one.row as usize
    }

    /// Where its records lie, when they are many.
    #[inline]
    fn range(&self) -> Range<usize> {
        self.at() + self.one.action as usize..self.at() + self.end as usize
    }
}

impl Tails {
    /// The records of a group.
    #[inline]
    pub(super) fn of<'t>(&'t self, kept: &'t Kept) -> &'t [Moment] {
        match kept.end {
            0 => &[],
            1 => std::slice::from_ref(&kept.one),
            _ => &self.moments[kept.range()],
        }
    }

    /// Visits the rows of a group.
    pub(super) fn rows(&mut self, kept: &mut Kept, visit: &mut dyn FnMut(&mut u32)) {
        match kept.end {
            0 => {}
            1 => visit(&mut kept.one.row),
            _ => self.moments[kept.range()].iter_mut().for_each(|moment| visit(&mut moment.row)),
        }
    }

    /// Adds the next record; gives its number among the others.
    #[inline]
    pub(super) fn push(&mut self, kept: &mut Kept, moment: Moment) -> usize {
        if kept.end == 0 {
            (kept.one, kept.end) = (moment, 1);
            return 0;
        }
        self.push_behind(kept, moment)
    }

    fn push_behind(&mut self, kept: &mut Kept, moment: Moment) -> usize {
        if kept.end == 1 {
            let at = self.place(size(2));
            self.moments[at as usize] = std::mem::replace(&mut kept.one, Moment { time: 0, row: at, action: 0 });
        } else if room(size(kept.end)) == kept.end {
            self.fit(kept, kept.end + 1);
        }
        self.moments[kept.at() + kept.end as usize] = moment;
        kept.end += 1;
        kept.range().len() - 1
    }

    /// Leaves behind what is not needed.
    #[inline]
    pub(super) fn leave(&mut self, kept: &mut Kept, needed: Needed) {
        match needed {
            Needed::From(0) => {}
            Needed::Ends(from) | Needed::From(from) if !kept.is_many() => kept.end -= from.min(1) as u32,
            Needed::Ends(_) | Needed::From(_) => self.leave_some(kept, needed),
        }
    }

    fn leave_some(&mut self, kept: &mut Kept, needed: Needed) {
        let (Needed::From(from) | Needed::Ends(from)) = needed;
        if from > 0 {
            (kept.one.action, kept.one.time) = (kept.one.action + from as u32, 0);
            if kept.one.action * PART >= kept.end {
                self.leave_front(kept);
            }
        }
        if let (Needed::Ends(_), MANY..) = (needed, self.of(kept).len()) {
            let Range { start, end } = kept.range();
            kept.one.time += (end + 1 - SHOWN - (start + SHOWN)) as i64;
            self.drain(kept, start + SHOWN..end + 1 - SHOWN);
        }
    }

    /// Takes away the records in front.
    fn leave_front(&mut self, kept: &mut Kept) {
        match kept.range().len() {
            0 => self.leave_all(kept),
            1 => {
                let one = self.moments[kept.range().start];
                self.leave_all(kept);
                (kept.one, kept.end) = (one, 1);
            }
            _ => {
                let unneeded = kept.at()..kept.range().start;
                kept.one.action = 0;
                self.drain(kept, unneeded);
            }
        }
    }

    /// Leaves behind everything.
    pub(super) fn leave_all(&mut self, kept: &mut Kept) {
        if kept.is_many() {
            self.give_back(kept.one.row, size(kept.end));
        }
        kept.end = 0;
    }

    /// Whether much of the room is in free places.
    pub(super) fn has_gaps(&self) -> bool {
        self.gaps * GAPS > self.moments.len()
    }

    /// Moves the records of all groups close together.
    pub(super) fn close_up<'t>(&mut self, all: impl Iterator<Item = &'t mut Kept>) {
        let mut all: Vec<&mut Kept> = all.filter(|kept| kept.is_many()).collect();
        all.sort_unstable_by_key(|kept| kept.one.row);
        let mut end = 0;
        for kept in all {
            // It lies behind all that have moved, in a place that is no smaller.
            let range = kept.range();
            (kept.one.row, kept.one.action, kept.end) = (end as u32, 0, range.len() as u32);
            self.moments.copy_within(range, end);
            end += room(size(kept.end)) as usize;
        }
        self.moments.truncate(end);
        (self.free, self.gaps) = (Vec::new(), 0);
    }

    /// Takes away some of the records of a group, so that there are still many.
    fn drain(&mut self, kept: &mut Kept, range: Range<usize>) {
        self.moments.copy_within(range.end..kept.at() + kept.end as usize, range.start);
        let end = kept.end - range.len() as u32;
        self.fit(kept, end);
        kept.end = end;
    }

    /// Gives the records of a group a place of the size for so many.
    fn fit(&mut self, kept: &mut Kept, end: u32) {
        let (before, after) = (size(kept.end), size(end));
        if before != after {
            let at = self.place(after);
            self.moments.copy_within(kept.at()..kept.at() + kept.end.min(end) as usize, at as usize);
            self.give_back(kept.one.row, before);
            kept.one.row = at;
        }
    }

    /// A place of a size that nobody has.
    fn place(&mut self, size: usize) -> u32 {
        match self.free.get(size).copied().filter(|at| *at != MISSING) {
            Some(at) => {
                self.gaps -= room(size) as usize;
                self.free[size] = self.moments[at as usize].row;
                at
            }
            None => {
                let (at, end) = (self.moments.len(), self.moments.len() + room(size) as usize);
                if end > self.moments.capacity() {
                    self.moments.reserve_exact((end / 8).max(UNMOVED) + room(size) as usize);
                }
                self.moments.resize(end, NOTHING);
                at as u32
            }
        }
    }

    fn give_back(&mut self, at: u32, size: usize) {
        self.gaps += room(size) as usize;
        if self.free.len() <= size {
            self.free.resize(size + 1, MISSING);
        }
        self.moments[at as usize].row = std::mem::replace(&mut self.free[size], at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_have_room_and_little_more() {
        for records in 2..5000 {
            let size = size(records);
            assert!(room(size) >= records && (size == 2 || room(size - 1) < records), "{records}");
        }
    }

    proptest! {
        #[test]
        fn groups_keep_their_own_records(steps in prop::collection::vec((0usize..4, 0usize..9, any::<bool>()), 0..600)) {
            let (mut tails, mut ours, mut theirs) = (Tails::default(), [const { Kept::NONE }; 4], vec![(Vec::new(), 0); 4]);
            for (row, (group, leave, ends)) in (0..).zip(steps) {
                let (kept, (rows, skipped)) = (&mut ours[group], &mut theirs[group]);
                rows.push(row);
                prop_assert_eq!(tails.push(kept, Moment { row, ..NOTHING }), rows.len() - 1);
                let from = leave.saturating_sub(if group == 0 { 7 } else { 3 }).min(rows.len());
                tails.leave(kept, if ends { Needed::Ends(from) } else { Needed::From(from) });
                rows.drain(..from);
                *skipped = if from > 0 { 0 } else { *skipped };
                if ends && rows.len() >= MANY {
                    *skipped += rows.drain(SHOWN..rows.len() + 1 - SHOWN).len();
                }
                if row % 50 == 0 {
                    tails.close_up(ours.iter_mut());
                    prop_assert_eq!(tails.gaps, 0);
                }
                for (kept, (rows, skipped)) in ours.iter().zip(&theirs) {
                    prop_assert_eq!(tails.of(kept).iter().map(|moment| moment.row).collect::<Vec<_>>(), rows.clone());
                    prop_assert_eq!(kept.skipped(), *skipped);
                }
            }
        }
    }
}
