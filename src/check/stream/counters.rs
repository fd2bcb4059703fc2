//! The rules that count, as records and time go by.

use super::lane::{Ground, Lane};
use super::tail::Tails;
use crate::check::series::{Lack, active};
use crate::check::{Checker, RuleHit, Run};
use crate::kinds::{Hit, Spot};
use crate::record::{ACTION, Needed, Renumbered};
use crate::timeline::{Moment, Table};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// All rules that count records.
pub(super) struct Counters<'c> {
    lanes: Vec<Lane<'c>>,
    /// Those that may take a record, by action; the last entry is for records without one.
    by_action: Vec<Vec<usize>>,
    tails: Tails,
    timers: BinaryHeap<Reverse<Timer>>,
}

/// When a group must be looked at even if nothing comes: the time, and for whom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Timer {
    due: i64,
    lane: u32,
    rule: u32,
    group: u32,
}

/// What a record, or the passing of time, has led to.
#[derive(Default)]
pub(super) struct Counted {
    /// What is decided.
    pub hits: Vec<RuleHit>,
    /// What a walk has just decided.
    pub fresh: Vec<Hit>,
    /// What began and is not decided yet: the rule, by number, and where.
    pub begun: Vec<(usize, Spot)>,
    /// Rules that cannot count the record, by number, and why.
    pub lacks: Vec<(usize, Lack)>,
    /// Whether the record may be looked at again.
    pub is_kept: bool,
}

impl<'c> Counters<'c> {
    /// No records yet.
    pub(super) fn new(checker: &'c Checker) -> Counters<'c> {
        let lanes = Lane::all(checker, active(checker, Table::Records));
        Counters { lanes, by_action: Vec::new(), tails: Tails::default(), timers: BinaryHeap::new() }
    }

    /// Learns the actions there are; whether there are new ones. A draft is nothing that happens: only operations are counted.
    pub(super) fn learn_actions(&mut self, run: Run<'_>) -> bool {
        let known = self.by_action.len();
        let Some(names) = run.all.records.names(ACTION.column).filter(|names| names.len() + 1 != known) else { return false };
        let taking = |name: &str| {
            let takes = |(at, lane): (usize, &Lane<'_>)| lane.takes_action(name).then_some(at);
            self.lanes.iter().enumerate().filter_map(takes).collect()
        };
        self.by_action = names.iter().map(taking).chain([Vec::new()]).collect();
        true
    }

    /// Counts a record.
    pub(super) fn count(&mut self, run: Run<'_>, moment: Moment, counted: &mut Counted) {
        let action = (moment.action as usize).min(self.by_action.len() - 1);
        for at in &self.by_action[action] {
            let lane = &mut self.lanes[*at];
            if !lane.takes(run, moment, counted) {
                continue;
            }
            let group = lane.group(run, moment.row);
            let ground = &mut Ground { run, tails: &mut self.tails, counted };
            for rule in 0..lane.len() {
                let due = lane.step(ground, (rule, group), moment);
                if let Some(due) = due {
                    self.timers.push(Reverse(Timer { due, lane: *at as u32, rule: rule as u32, group }));
                }
            }
        }
        if counted.hits.len() > 1 {
            counted.hits.sort_by_key(|found| found.rule);
        }
    }

    /// When a group must be looked at next.
    pub(super) fn due(&self) -> Option<i64> {
        self.timers.peek().map(|Reverse(timer)| timer.due)
    }

    /// Looks at the groups that are due first.
    pub(super) fn ring(&mut self, run: Run<'_>, counted: &mut Counted) {
        let Some(now) = self.due() else { return };
        while let Some(Reverse(timer)) = self.timers.peek().copied().filter(|Reverse(timer)| timer.due == now) {
            self.timers.pop();
            let ground = &mut Ground { run, tails: &mut self.tails, counted };
            let due = self.lanes[timer.lane as usize].ring(ground, (timer.rule as usize, timer.group), now);
            self.timers.extend(due.map(|due| Reverse(Timer { due, ..timer })));
        }
    }

    /// Nothing more comes: everything is decided.
    pub(super) fn end(&mut self, run: Run<'_>, counted: &mut Counted) {
        let ground = &mut Ground { run, tails: &mut self.tails, counted };
        self.lanes.iter_mut().for_each(|lane| lane.end(ground));
    }

    /// Forgets groups of which nothing is needed any more, as nothing is still to come before a time.
    pub(super) fn leave_idle(&mut self, run: Run<'_>, until: i64) {
        let ground = &mut Ground { run, tails: &mut self.tails, counted: &mut Counted::default() };
        self.lanes.iter_mut().for_each(|lane| lane.leave_idle(ground, until));
        if self.tails.has_gaps() {
            self.tails.close_up(self.lanes.iter_mut().flat_map(Lane::kept));
        }
    }

    /// Visits the rows that are needed.
    pub(super) fn rows(&mut self, visit: &mut dyn FnMut(&mut u32)) {
        self.lanes.iter_mut().for_each(|lane| lane.rows(&mut self.tails, visit));
    }

    /// Says which rows are needed, and which of their cells.
    pub(super) fn need(&mut self, needed: &mut Needed) {
        self.lanes.iter_mut().for_each(|lane| lane.need(&self.tails, needed));
    }

    /// Names have new numbers.
    pub(super) fn renumber(&mut self, run: Run<'_>, names: &Renumbered) {
        self.by_action.clear();
        self.learn_actions(run);
        self.lanes.iter_mut().for_each(|lane| lane.renumber(names));
    }
}
