//! Rules that count the same records by the same fields, each with what it keeps of the groups that are not over yet.

use super::counters::Counted;
use super::index::Index;
use super::tail::{Kept, Tails};
use crate::check::series::{Active, Ease, ease, look};
use crate::check::{Checker, RuleHit, Run};
use crate::collection::Row;
use crate::kinds::Walk;
use crate::record::{MISSING, Needed, Renumbered, Slot};
use crate::time::Length;
use crate::timeline::{END, Moment, Series, Table};

/// Rules that find the group of a record together.
pub(super) struct Lane<'c> {
    rules: Vec<Counter<'c>>,
    ease: Ease,
    by: &'c [Slot],
    index: Index,
    /// What each rule keeps of each group: of a group so many one behind the other as there are rules.
    kept: Vec<Kept>,
    /// Groups that are over: their numbers are given again.
    free: Vec<u32>,
}

/// What walks stand on, and what they lead to.
pub(super) struct Ground<'g, 'r> {
    pub run: Run<'r>,
    pub tails: &'g mut Tails,
    pub counted: &'g mut Counted,
}

/// A rule.
struct Counter<'c> {
    active: Active<'c>,
    looks_back: bool,
    /// What of a record it reads again when others have come.
    cells: u16,
    reach: Option<Length>,
    walks: Vec<OnWay<'c>>,
    /// Walks that know nothing, by number. The last goes on with whichever group comes next.
    resting: Vec<u32>,
}

/// A walk.
struct OnWay<'c> {
    walk: Box<dyn Walk + 'c>,
    /// When it is known that it must be walked on.
    due: i64,
}

impl<'c> Lane<'c> {
    /// The rules, those together that count the same records.
    pub(super) fn all(checker: &'c Checker, rules: Vec<Active<'c>>) -> Vec<Lane<'c>> {
        let mut lanes: Vec<Lane<'c>> = Vec::new();
        for active in rules {
            let (ease, by) = (ease(checker, &active), active.check.group_by());
            let is_same = |lane: &&mut Lane<'c>| {
                let known = &lane.rules[0].active.rule.select;
                ease != Ease::Look && ease == lane.ease && by == lane.by && active.rule.select.actions() == known.actions()
            };
            let known = lanes.iter_mut().find(is_same);
            let looks_back = active.check.looks_back();
            let cells = if looks_back { Needed::ALL } else { Needed::cells(active.check.keeps()) };
            let reach = active.check.reach();
            let counter = Counter { active, looks_back, cells, reach, walks: Vec::new(), resting: Vec::new() };
            match known {
                Some(lane) => lane.rules.push(counter),
                None => lanes.push(Lane { rules: vec![counter], ease, by, index: Index::new(by), kept: Vec::new(), free: Vec::new() }),
            }
        }
        lanes
    }

    /// How many rules there are.
    pub(super) fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether an action may be that of a record they count.
    pub(super) fn takes_action(&self, action: &str) -> bool {
        self.rules[0].active.rule.select.takes_action(action)
    }

    /// Whether the rules count a record; what it lacks is noted for each.
    #[inline]
    pub(super) fn takes(&self, run: Run<'_>, moment: Moment, counted: &mut Counted) -> bool {
        let filled = |column: &u16| run.all.records.key(*column, moment.row) != MISSING;
        let has_key = self.by.first().is_none_or(|slot| !slot.fact && filled(&slot.column));
        let easily = match &self.ease {
            Ease::Time(needed) => moment.has_time() || !needed,
            Ease::Keys(needed, columns) => (moment.has_time() || !needed) && columns.iter().all(filled),
            Ease::Look => false,
        };
        has_key && easily || self.take_after_a_look(run, moment, counted)
    }

    /// Looks at a record for each rule: they decide alike.
    #[inline(never)]
    fn take_after_a_look(&self, run: Run<'_>, moment: Moment, counted: &mut Counted) -> bool {
        self.rules.iter().fold(false, |_, counter| {
            let takes = look(run, Table::Records, &counter.active, moment);
            counted.lacks.extend(takes.err().map(|lack| (counter.active.number, lack)));
            takes == Ok(true)
        })
    }

    /// The group a record belongs to.
    pub(super) fn group(&mut self, run: Run<'_>, row: u32) -> u32 {
        if let Some(known) = self.index.get(run, self.by, row) {
            return known;
        }
        let group = self.free.pop().unwrap_or_else(|| {
            self.kept.resize(self.kept.len() + self.rules.len(), Kept::NONE);
            (self.kept.len() / self.rules.len()) as u32 - 1
        });
        self.index.insert(run, self.by, (row, group));
        group
    }

    fn place(&self, (rule, group): (usize, u32)) -> usize {
        group as usize * self.rules.len() + rule
    }

    /// A rule counts a record of a group. Gives when it must look at the group next, if that is not known already.
    pub(super) fn step(&mut self, ground: &mut Ground<'_, '_>, place: (usize, u32), moment: Moment) -> Option<i64> {
        let at = self.place(place);
        let (counter, kept) = (&mut self.rules[place.0], &mut self.kept[at]);
        let fresh = ground.tails.push(kept, moment);
        counter.on(ground, kept, (fresh, moment.time));
        ground.counted.is_kept |= counter.looks_back;
        let number = counter.active.number;
        let hit = counter.walk_of(kept).and_then(|on| on.walk.runs().hit().filter(|hit| hit.row == Row::Record(moment.row)));
        ground.counted.begun.extend(hit.map(|hit| (number, hit.spot.clone())));
        counter.timer(kept)
    }

    /// Time passes for a rule and a group that is due. Gives when it must look at the group next.
    pub(super) fn ring(&mut self, ground: &mut Ground<'_, '_>, place: (usize, u32), now: i64) -> Option<i64> {
        let at = self.place(place);
        let (counter, kept) = (&mut self.rules[place.0], &mut self.kept[at]);
        counter.walk_of(kept).filter(|on| on.due == now)?;
        let fresh = ground.tails.of(kept).len();
        counter.on(ground, kept, (fresh, now));
        counter.timer(kept)
    }

    /// Nothing more comes.
    pub(super) fn end(&mut self, ground: &mut Ground<'_, '_>) {
        let rules = self.rules.len();
        for group in self.kept.chunks_mut(rules) {
            for (counter, kept) in self.rules.iter_mut().zip(group) {
                let fresh = ground.tails.of(kept).len();
                if fresh > 0 || kept.walk != MISSING {
                    counter.on(ground, kept, (fresh, END));
                }
            }
        }
    }

    /// Forgets groups of which nothing is needed any more. What time alone decides is decided already.
    pub(super) fn leave_idle(&mut self, ground: &mut Ground<'_, '_>, until: i64) {
        let Lane { rules, index, kept, free, .. } = self;
        let count = rules.len();
        let is_over = |group: &mut [Kept]| {
            let idle = rules.iter_mut().zip(&mut *group).fold(true, |idle, (counter, kept)| counter.is_idle(ground, kept, until) && idle);
            if idle {
                rules.iter_mut().zip(group).for_each(|(counter, kept)| counter.leave(kept));
            }
            idle
        };
        let over: Vec<bool> = kept.chunks_mut(count).map(is_over).collect();
        index.leave(|group| over[group as usize]);
        free.clear();
        free.extend((0..).zip(over).filter(|(_, over)| *over).map(|(group, _)| group));
    }

    /// What is kept of all groups.
    pub(super) fn kept(&mut self) -> impl Iterator<Item = &mut Kept> {
        self.kept.iter_mut()
    }

    /// Visits the rows that are needed.
    pub(super) fn rows(&mut self, tails: &mut Tails, visit: &mut dyn FnMut(&mut u32)) {
        let rules = self.rules.len();
        for group in self.kept.chunks_mut(rules) {
            for (counter, kept) in self.rules.iter_mut().zip(group) {
                tails.rows(kept, visit);
                if let Some(on) = counter.walk_of(kept) {
                    on.walk.rows(visit);
                    on.walk.runs().rows(visit);
                }
            }
        }
    }

    /// Says which rows are needed, and which of their cells.
    pub(super) fn need(&mut self, tails: &Tails, needed: &mut Needed) {
        let rules = self.rules.len();
        for group in self.kept.chunks(rules) {
            for (counter, kept) in self.rules.iter_mut().zip(group) {
                let cells = counter.cells;
                tails.of(kept).iter().for_each(|moment| needed.row(moment.row, cells));
                if let Some(on) = counter.walk_of(kept) {
                    on.walk.rows(&mut |row| needed.row(*row, cells));
                    on.walk.runs().rows(&mut |row| needed.row(*row, Needed::PLACE));
                }
            }
        }
        self.index.names(self.by, &mut |slot, number| needed.name(slot, number));
    }

    /// Names have new numbers.
    pub(super) fn renumber(&mut self, names: &Renumbered) {
        self.index.renumber(self.by, names);
        for counter in &mut self.rules {
            if counter.active.check.keeps().iter().any(|slot| names.of(*slot).is_some()) {
                counter.walks.iter_mut().for_each(|on| on.walk.forget_names());
            }
        }
    }
}

impl<'c> Counter<'c> {
    /// Walks on over the records of a group.
    fn on(&mut self, ground: &mut Ground<'_, '_>, kept: &mut Kept, (fresh, until): (usize, i64)) {
        let Ground { run, tails, counted } = ground;
        let is_new = kept.walk == MISSING;
        let number = if is_new { self.rested() } else { kept.walk };
        let on = &mut self.walks[number as usize];
        let moments = tails.of(kept);
        let series = Series { fresh, skipped: kept.skipped(), until, ..Series::whole(run.all, Table::Records, moments) };
        let needed = on.walk.on(&series, &mut counted.fresh);
        tails.leave(kept, needed);
        if !counted.fresh.is_empty() {
            counted.hits.extend(counted.fresh.drain(..).map(|hit| RuleHit::new(self.active.number, hit)));
        }
        match (is_new, on.walk.rests()) {
            (true, false) => kept.walk = self.resting.pop().unwrap_or(number),
            (false, true) => self.rest(kept),
            (true, true) | (false, false) => {}
        }
    }

    /// A walk that knows nothing, by number.
    fn rested(&mut self) -> u32 {
        if let Some(number) = self.resting.last() {
            return *number;
        }
        let number = self.walks.len() as u32;
        self.walks.push(OnWay { walk: self.active.check.walk(), due: END });
        self.resting.push(number);
        number
    }

    /// The walk of a group knows nothing any more.
    fn rest(&mut self, kept: &mut Kept) {
        self.walks[kept.walk as usize].due = END;
        self.resting.push(std::mem::replace(&mut kept.walk, MISSING));
    }

    fn walk_of(&mut self, kept: &Kept) -> Option<&mut OnWay<'c>> {
        if kept.walk == MISSING { None } else { self.walks.get_mut(kept.walk as usize) }
    }

    /// When a group must be looked at next, if that is not known already.
    fn timer(&mut self, kept: &Kept) -> Option<i64> {
        let on = self.walk_of(kept)?;
        let before = std::mem::replace(&mut on.due, on.walk.due());
        (on.due != before && on.due != END).then_some(on.due)
    }

    /// Whether nothing is needed of a group any more.
    fn is_idle(&mut self, ground: &mut Ground<'_, '_>, kept: &mut Kept, until: i64) -> bool {
        let moments = ground.tails.of(kept);
        let is_out = |last: &Moment| self.reach.map(|reach| until.saturating_sub(last.time) >= reach.0);
        match (moments.last().map_or(Some(true), is_out), kept.walk) {
            (Some(false), _) => false,
            (Some(true), MISSING) => {
                ground.tails.leave_all(kept);
                true
            }
            (Some(true) | None, _) => {
                let fresh = moments.len();
                self.on(ground, kept, (fresh, until));
                ground.tails.of(kept).is_empty() && self.walk_of(kept).is_none_or(|on| on.walk.is_idle())
            }
        }
    }

    /// A group is over.
    fn leave(&mut self, kept: &mut Kept) {
        if kept.walk != MISSING {
            // It may remember what is of no use to another group.
            self.walks[kept.walk as usize].walk = self.active.check.walk();
            self.rest(kept);
        }
    }
}
