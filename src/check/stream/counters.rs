//! The rules that count, each with the groups that are not over yet.

use super::index::Index;
use super::tail::Tail;
use crate::check::series::{Active, Ease, Lack, active, ease, look};
use crate::check::{Checker, RuleHit, Run};
use crate::collection::Row;
use crate::kinds::{Hit, OverSeries, Spot, Walk};
use crate::record::{ACTION, MISSING, Needed};
use crate::timeline::{END, Moment, Series, Table};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Groups a rule may have before it looks for idle ones: few where tests look on.
const FEW: usize = if cfg!(debug_assertions) { 2 } else { 1024 };

/// All rules that count records.
pub(super) struct Counters<'c> {
    counters: Vec<Counter<'c>>,
    /// Those that may take a record, by action; the last entry is for records without one.
    by_action: Vec<Vec<usize>>,
    /// When a group must be looked at even if nothing comes: time, rule, group.
    timers: BinaryHeap<Reverse<(i64, usize, u32)>>,
}

/// What a record, or the passing of time, has led to.
#[derive(Default)]
pub(super) struct Counted {
    /// What is decided.
    pub hits: Vec<RuleHit>,
    /// What began and is not decided yet: the rule, by number, and where.
    pub begun: Vec<(usize, Spot)>,
    /// Rules that cannot count the record, by number, and why.
    pub lacks: Vec<(usize, Lack)>,
    /// Whether the record may be looked at again.
    pub is_kept: bool,
}

/// A rule and its groups.
struct Counter<'c> {
    active: Active<'c>,
    ease: Ease,
    index: Index,
    groups: Vec<Option<Group<'c>>>,
    free: Vec<u32>,
    /// Walks that know nothing, for whichever group comes next.
    spare: Vec<Box<dyn Walk + 'c>>,
    /// How many groups there may be before idle ones are looked for.
    full: usize,
}

/// The records of one group, as far as they are needed.
struct Group<'c> {
    /// None while the records that are needed tell everything.
    walk: Option<Box<dyn Walk + 'c>>,
    tail: Tail,
    /// A record that has its key.
    row: u32,
    due: i64,
}

impl<'c> Counters<'c> {
    /// No records yet.
    pub(super) fn new(checker: &'c Checker) -> Counters<'c> {
        let counter = |active: Active<'c>| Counter {
            ease: ease(checker, &active),
            index: Index::new(active.check.group_by()),
            active,
            groups: Vec::new(),
            free: Vec::new(),
            spare: Vec::new(),
            full: FEW,
        };
        let counters = active(checker, Table::Records).into_iter().map(counter).collect();
        Counters { counters, by_action: Vec::new(), timers: BinaryHeap::new() }
    }

    /// Learns the actions there are; whether there are new ones. A draft is nothing that happens: only operations are counted.
    pub(super) fn learn_actions(&mut self, run: Run<'_>) -> bool {
        let known = self.by_action.len();
        let Some(names) = run.all.records.names(ACTION.column).filter(|names| names.len() + 1 != known) else { return false };
        let taking = |name: &str| {
            let takes = |(at, counter): (usize, &Counter<'_>)| counter.active.rule.select.takes_action(name).then_some(at);
            self.counters.iter().enumerate().filter_map(takes).collect()
        };
        self.by_action = names.iter().map(taking).chain([Vec::new()]).collect();
        true
    }

    /// Counts a record.
    pub(super) fn count(&mut self, run: Run<'_>, moment: Moment, counted: &mut Counted) {
        let action = (moment.action as usize).min(self.by_action.len() - 1);
        for at in &self.by_action[action] {
            let counter = &mut self.counters[*at];
            match counter.takes(run, moment) {
                Ok(true) => {
                    let group = counter.group(run, moment);
                    counter.step(run, (group, moment), counted);
                    self.timers.extend(counter.timer(group).map(|due| Reverse((due, *at, group))));
                }
                Ok(false) => {}
                Err(lack) => counted.lacks.push((counter.active.number, lack)),
            }
        }
    }

    /// When a group must be looked at next.
    pub(super) fn due(&self) -> Option<i64> {
        self.timers.peek().map(|Reverse((due, ..))| *due)
    }

    /// Looks at the groups that are due first.
    pub(super) fn ring(&mut self, run: Run<'_>, counted: &mut Counted) {
        let Some(now) = self.due() else { return };
        while let Some(Reverse((_, at, group))) = self.timers.peek().copied().filter(|Reverse((due, ..))| *due == now) {
            self.timers.pop();
            let counter = &mut self.counters[at];
            if counter.groups[group as usize].as_ref().is_some_and(|group| group.due == now) {
                counter.pass(run, (group, now), counted);
                self.timers.extend(counter.timer(group).map(|due| Reverse((due, at, group))));
            }
        }
    }

    /// Nothing more comes: everything is decided.
    pub(super) fn end(&mut self, run: Run<'_>, counted: &mut Counted) {
        for counter in &mut self.counters {
            for group in 0..counter.groups.len() as u32 {
                counter.pass(run, (group, END), counted);
            }
        }
    }

    /// Visits the rows that are needed.
    pub(super) fn rows(&mut self, visit: &mut dyn FnMut(&mut u32)) {
        for group in self.counters.iter_mut().flat_map(|counter| &mut counter.groups).flatten() {
            visit(&mut group.row);
            group.tail.moments().iter_mut().for_each(|moment| visit(&mut moment.row));
            if let Some(walk) = &mut group.walk {
                walk.rows(visit);
                walk.runs().rows(visit);
            }
        }
    }

    /// Says which rows are needed, and which of their names.
    pub(super) fn need(&mut self, needed: &mut Needed) {
        for counter in &mut self.counters {
            let check = counter.active.check;
            let further = if check.looks_back() { None } else { Some(check.needs()) };
            for group in counter.groups.iter_mut().flatten() {
                let mut tell = |row: u32| match further {
                    Some(slots) => needed.names(row, slots),
                    None => needed.whole(row),
                };
                group.tail.moments().iter().for_each(|moment| tell(moment.row));
                if let Some(walk) = &mut group.walk {
                    walk.rows(&mut |row| tell(*row));
                    walk.runs().rows(&mut |row| needed.place(*row));
                }
                needed.names(group.row, check.group_by());
            }
        }
    }

    /// Names have new numbers.
    pub(super) fn renumber(&mut self, run: Run<'_>) {
        self.by_action.clear();
        self.learn_actions(run);
        for counter in &mut self.counters {
            let by = counter.active.check.group_by();
            counter.index.clear();
            for (at, group) in counter.groups.iter_mut().enumerate() {
                let Some(group) = group else { continue };
                counter.index.insert(run, by, (group.row, at as u32));
                group.walk.iter_mut().for_each(|walk| walk.forget_names());
            }
        }
    }
}

impl<'c> Counter<'c> {
    /// Whether the rule counts a record, or what it lacks.
    fn takes(&self, run: Run<'_>, moment: Moment) -> Result<bool, Lack> {
        let records = &run.all.records;
        let filled = |column: &u16| records.key(*column, moment.row) != MISSING;
        let first = self.active.check.group_by().first();
        let has_key = first.is_none_or(|slot| !slot.fact && filled(&slot.column));
        let easily = match &self.ease {
            Ease::Time(needed) => moment.has_time() || !needed,
            Ease::Keys(needed, columns) => (moment.has_time() || !needed) && columns.iter().all(filled),
            Ease::Look => false,
        };
        if has_key && easily { Ok(true) } else { look(run, Table::Records, &self.active, moment) }
    }

    /// The group a record belongs to.
    fn group(&mut self, run: Run<'_>, moment: Moment) -> u32 {
        let by = self.active.check.group_by();
        if let Some(known) = self.index.get(run, by, moment.row) {
            return known;
        }
        if self.groups.len() - self.free.len() >= self.full {
            self.leave_idle(run, moment.time);
        }
        let group = Group { walk: None, tail: Tail::default(), row: moment.row, due: END };
        let number = self.free.pop().unwrap_or(self.groups.len() as u32);
        if number as usize == self.groups.len() {
            if self.groups.len() == self.groups.capacity() {
                self.groups.reserve_exact(self.groups.len() / 4 + 16);
            }
            self.groups.push(None);
        }
        self.groups[number as usize] = Some(group);
        self.index.insert(run, by, (moment.row, number));
        number
    }

    fn step(&mut self, run: Run<'_>, (number, moment): (u32, Moment), counted: &mut Counted) {
        let Some(group) = &mut self.groups[number as usize] else { return };
        group.tail.push(moment);
        let fresh = group.tail.moments().len() - 1;
        let hits = group.on(run, (self.active.check, &mut self.spare), (fresh, moment.time));
        counted.hits.extend(hits.into_iter().map(|hit| RuleHit::new(self.active.number, hit)));
        counted.is_kept |= self.active.check.looks_back();
        let hit = group.walk.as_mut().and_then(|walk| walk.runs().hit().filter(|hit| hit.row == Row::Record(moment.row)));
        counted.begun.extend(hit.map(|hit| (self.active.number, hit.spot.clone())));
    }

    /// Time passes for a group.
    fn pass(&mut self, run: Run<'_>, (number, until): (u32, i64), counted: &mut Counted) {
        let Some(group) = &mut self.groups[number as usize] else { return };
        let fresh = group.tail.moments().len();
        let hits = group.on(run, (self.active.check, &mut self.spare), (fresh, until));
        counted.hits.extend(hits.into_iter().map(|hit| RuleHit::new(self.active.number, hit)));
    }

    /// When a group must be looked at next, if that is not known already.
    fn timer(&mut self, number: u32) -> Option<i64> {
        let group = self.groups[number as usize].as_mut()?;
        let before = std::mem::replace(&mut group.due, group.walk.as_ref().map_or(END, |walk| walk.due()));
        (group.due != before && group.due != END).then_some(group.due)
    }

    /// Forgets groups of which nothing is needed any more. What time alone decides is decided already.
    fn leave_idle(&mut self, run: Run<'_>, until: i64) {
        for number in 0..self.groups.len() {
            let Some(group) = &mut self.groups[number] else { continue };
            let fresh = group.tail.moments().len();
            group.on(run, (self.active.check, &mut self.spare), (fresh, until));
            if group.tail.moments().is_empty() && group.walk.as_ref().is_none_or(|walk| walk.is_idle()) {
                self.index.remove(run, self.active.check.group_by(), group.row);
                self.groups[number] = None;
                self.free.push(number as u32);
            }
        }
        self.full = (self.groups.len() - self.free.len()) / 4 * 5 + FEW;
    }
}

impl<'c> Group<'c> {
    /// Walks on.
    fn on(
        &mut self,
        run: Run<'_>,
        (check, spare): (&'c dyn OverSeries, &mut Vec<Box<dyn Walk + 'c>>),
        (fresh, until): (usize, i64),
    ) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut walk = self.walk.take().or_else(|| spare.pop()).unwrap_or_else(|| check.walk());
        let skipped = self.tail.skipped();
        let series = Series { fresh, skipped, until, ..Series::whole(run.all, Table::Records, self.tail.moments()) };
        let needed = walk.on(&series, &mut hits);
        self.tail.leave(needed);
        if walk.rests() {
            spare.push(walk)
        } else {
            self.walk = Some(walk)
        }
        hits
    }
}
