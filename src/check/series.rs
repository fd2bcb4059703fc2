//! Rules on the records of one key, in order of time.
//!
//! Records are grouped by key first, then every rule runs over one key's records: what it looks at fits the nearest cache.

use super::{Checker, Outcome, RuleHit, Run};
use crate::collection::Row;
use crate::finding::Detail;
use crate::kinds::{Check, Hit, OnMissing, OverSeries, Spot, Walk};
use crate::policy::{Rule, Scope};
use crate::record::{ACTION, Form, MISSING, Slot};
use crate::report::fingerprint;
use crate::threads::in_parts;
use crate::time::Length;
use crate::timeline::{Carried, Moment, Order, Series, Shelves, Sorter, Table};
use crate::words::Words;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A rule that is on and counts.
pub(super) struct Active<'a> {
    pub number: usize,
    pub rule: &'a Rule,
    pub check: &'a dyn OverSeries,
}

/// Rules that count the same records: these are gathered once.
struct Lane {
    /// By place in the plan.
    rules: Vec<usize>,
    ease: Ease,
    /// By number, the actions it takes.
    takes: Vec<bool>,
    /// Whether no record lacks what must be there: then none is looked at.
    is_sure: bool,
    gets: Gets,
}

/// Which records of a group a lane gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gets {
    /// All, as they are.
    All,
    /// Those of one action, as they are.
    Of(usize),
    /// Those that it takes.
    Taken,
}

/// Records of a key.
#[derive(Clone, Copy)]
struct GroupOf<'m> {
    /// Its number.
    key: u32,
    moments: &'m [Moment],
    /// Other keys that came along.
    carried: Option<Carried<'m>>,
}

/// Records of a group, told apart.
struct Apart {
    /// By the place of their action; at the first, for a while, those that nobody wants so.
    by_place: Vec<Vec<Moment>>,
    by_lane: Vec<Vec<Moment>>,
}

/// Records after which those that nobody wants are dropped.
const DROPPED: usize = 1 << 12;

/// How much must be looked at to tell whether a rule counts a record whose action it takes.
#[derive(PartialEq, Eq)]
pub(super) enum Ease {
    /// Nothing but its time, if that is needed.
    Time(bool),
    /// Its time, and whether these own key columns are filled.
    Keys(bool, Vec<u16>),
    /// Everything.
    Look,
}

/// The rules that group by the same first field.
struct Plan<'a> {
    run: Run<'a>,
    table: Table,
    rules: Vec<Active<'a>>,
    lanes: Vec<Lane>,
    /// Lanes that may take a record, by action; the last entry is for records without one.
    by_action: Vec<Vec<usize>>,
    /// The same without those that get their records as they are.
    choosing: Vec<Vec<usize>>,
    /// By action, the place for its records where some lane gets those as they are; 0 for all others.
    places: Vec<usize>,
}

/// All hits of rules that count records, or accounts.
pub(super) fn check(run: Run<'_>, table: Table) -> Outcome {
    let mut outcome = Outcome::default();
    let mut by_first: BTreeMap<Option<Slot>, Vec<Active<'_>>> = BTreeMap::new();
    for active in active(run.checker, table) {
        by_first.entry(active.check.group_by().first().copied()).or_default().push(active);
    }
    if !by_first.is_empty() {
        let order = Order::of(table.records(run.all).times(), run.jobs);
        let mut rooms = Vec::new();
        for (first, rules) in by_first {
            let plan = Plan::new(run, table, rules, order.all_have_times());
            let shelves = Shelves::of(run.all, (table, first, plan.carried()), (&order, plan.chosen().as_deref()), rooms);
            outcome.join(plan.check(&shelves));
            rooms = shelves.into_rooms();
        }
    }
    outcome
}

/// The rules that count and are on.
pub(super) fn active(checker: &Checker, table: Table) -> Vec<Active<'_>> {
    let scope = if table == Table::Records { Scope::Records } else { Scope::Accounts };
    let rules = checker.rules.iter().enumerate().filter(|(_, rule)| rule.scope == scope && rule.about.severity.is_some());
    rules
        .filter_map(|(number, rule)| match &rule.check {
            Check::Series(check) => Some(Active { number, rule, check: &**check }),
            Check::Each(_) => None,
        })
        .collect()
}

/// How easily a rule tells which records it counts.
pub(super) fn ease(checker: &Checker, active: &Active<'_>) -> Ease {
    let Active { rule, check, .. } = active;
    if !rule.select.is_action_only() || rule.effective != (None, None) || check.is_choosy() {
        return Ease::Look;
    }
    let further = check.group_by().get(1..).unwrap_or_default();
    let slots: Vec<Slot> = further.iter().chain(check.needs()).copied().collect();
    let own_key = |slot: &Slot| !slot.fact && checker.layout.wanted(*slot).form == Form::Key;
    match slots.iter().all(own_key) {
        true if slots.is_empty() => Ease::Time(check.needs_time()),
        true => Ease::Keys(check.needs_time(), slots.iter().map(|slot| slot.column).collect()),
        false => Ease::Look,
    }
}

/// The rules, those together that count the same records.
fn lanes(run: Run<'_>, table: Table, rules: &[Active<'_>], all_have_times: bool) -> Vec<Lane> {
    let names: Vec<&str> = run.all.records.names(ACTION.column).map(|names| names.iter().collect()).unwrap_or_default();
    let mut lanes: Vec<Lane> = Vec::new();
    for (at, active) in rules.iter().enumerate() {
        // A draft is nothing that happens: only operations are counted. Accounts have no actions.
        let takes = names.iter().map(|name| active.rule.select.takes_action(name)).chain([table == Table::Accounts]).collect();
        let lane = Lane { rules: vec![at], ease: ease(run.checker, active), takes, is_sure: false, gets: Gets::Taken };
        match lanes.iter_mut().find(|known| lane.ease != Ease::Look && known.ease == lane.ease && known.takes == lane.takes) {
            Some(known) => known.rules.push(at),
            None => lanes.push(lane),
        }
    }
    let records = &run.all.records;
    let all = |holds: &(dyn Fn(Range<usize>) -> bool + Sync)| in_parts(records.len(), run.jobs, holds).into_iter().all(|holds| holds);
    for lane in lanes.iter_mut().filter(|_| table == Table::Records) {
        lane.is_sure = match &lane.ease {
            Ease::Time(needed) => !needed || all_have_times,
            Ease::Keys(needed, columns) => {
                let all_have = |column: &u16| all(&|rows| records.all_have(*column, &lane.takes, rows));
                (!needed || all_have_times) && columns.iter().all(all_have)
            }
            Ease::Look => false,
        };
        lane.gets = match lane.takes.split_last() {
            Some((_, actions)) if lane.is_sure => match actions.iter().filter(|takes| **takes).count() {
                1 => actions.iter().position(|takes| *takes).map_or(Gets::Taken, Gets::Of),
                count if count == actions.len() && all(&|rows| records.all_act(rows)) => Gets::All,
                _ => Gets::Taken,
            },
            _ => Gets::Taken,
        };
    }
    lanes
}

/// What one thread gathers.
#[derive(Default)]
struct Gathered {
    hits: Vec<RuleHit>,
    /// Records a rule could not decide, with what they lack.
    lacking: Vec<(usize, u32, Lack)>,
}

/// What a record lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lack {
    Time,
    Field(Slot),
    Fact,
}

impl<'a> Plan<'a> {
    fn new(run: Run<'a>, table: Table, rules: Vec<Active<'a>>, all_have_times: bool) -> Plan<'a> {
        let lanes = lanes(run, table, &rules, all_have_times);
        let actions = lanes.first().map_or(0, |lane| lane.takes.len());
        let taking = |action: usize| lanes.iter().enumerate().filter(move |(_, lane)| lane.takes[action]);
        let by_action = (0..actions).map(|action| taking(action).map(|(at, _)| at).collect()).collect();
        let choosing =
            (0..actions).map(|action| taking(action).filter(|(_, lane)| lane.gets == Gets::Taken).map(|(at, _)| at).collect()).collect();
        let mut places = vec![0; actions];
        let alone = lanes.iter().filter_map(|lane| if let Gets::Of(action) = lane.gets { Some(action) } else { None });
        for (place, action) in (1..).zip(alone.collect::<BTreeSet<usize>>()) {
            places[action] = place;
        }
        Plan { run, table, rules, lanes, by_action, choosing, places }
    }

    /// By action, whether some rule may count its records; none where that is so of all actions.
    fn chosen(&self) -> Option<Vec<bool>> {
        let chosen: Vec<bool> = self.by_action.iter().map(|lanes| !lanes.is_empty()).collect();
        chosen.split_last()?.1.contains(&false).then_some(chosen)
    }

    fn check(&self, shelves: &Shelves) -> Outcome {
        let carried = self.carried();
        let parts = in_parts(shelves.len(), self.run.jobs, |some| {
            let mut gathered = Gathered::default();
            let mut walks: Vec<Box<dyn Walk>> = self.rules.iter().map(|active| active.check.walk()).collect();
            let places = self.places.iter().max().map_or(0, |last| last + 1);
            let mut apart = Apart { by_place: vec![Vec::new(); places], by_lane: vec![Vec::new(); self.lanes.len()] };
            let mut sorter = Sorter::default();
            for shelf in some {
                shelves.each_group(shelf, &mut sorter, |key, moments, keys| {
                    let carried = carried.filter(|_| keys.len() == moments.len()).map(|slot| Carried { slot, moments, keys });
                    self.check_group(GroupOf { key, moments, carried }, (&mut walks, &mut apart), &mut gathered);
                });
            }
            gathered
        });
        let mut all = Gathered::default();
        for part in parts {
            all.hits.extend(part.hits);
            all.lacking.extend(part.lacking);
        }
        for moment in shelves.keyless() {
            self.keyless(moment, &mut all);
        }
        self.outcome(all)
    }

    /// The key that some rule asks of all records of a group.
    fn carried(&self) -> Option<Slot> {
        let rules = self.lanes.iter().filter(|lane| lane.gets == Gets::All).flat_map(|lane| &lane.rules);
        let mut needs = rules.flat_map(|at| self.rules[*at].check.needs());
        needs.find(|slot| self.run.checker.layout.wanted(**slot).form == Form::Key).copied()
    }

    fn check_group(&self, group: GroupOf<'_>, (walks, apart): (&mut [Box<dyn Walk + '_>], &mut Apart), gathered: &mut Gathered) {
        self.tell_apart(group.moments, apart, gathered);
        let mut hits = Vec::new();
        for (lane, taken) in self.lanes.iter().zip(&apart.by_lane) {
            let moments = match lane.gets {
                Gets::All => group.moments,
                Gets::Of(action) => &apart.by_place[self.places[action]],
                Gets::Taken => taken,
            };
            for at in lane.rules.iter().filter(|_| !moments.is_empty()) {
                self.check_series((&self.rules[*at], &mut *walks[*at]), GroupOf { moments, ..group }, &mut hits);
                gathered.hits.extend(hits.drain(..).map(|hit| RuleHit::new(self.rules[*at].number, hit)));
            }
        }
    }

    /// Tells the records of a group apart for the lanes that get some of them. Which action comes next nobody can guess: where lanes get
    /// those of one, all are put to their action without a look at it.
    fn tell_apart(&self, moments: &[Moment], apart: &mut Apart, gathered: &mut Gathered) {
        apart.by_place.iter_mut().chain(&mut apart.by_lane).for_each(Vec::clear);
        if let (Some(last), [_, _, ..]) = (self.places.len().checked_sub(1), &apart.by_place[..]) {
            for some in moments.chunks(DROPPED) {
                some.iter().for_each(|moment| apart.by_place[self.places[(moment.action as usize).min(last)]].push(*moment));
                apart.by_place[0].clear();
            }
        }
        if self.lanes.iter().all(|lane| lane.gets != Gets::Taken) {
            return;
        }
        for moment in moments {
            for at in of_action(&self.choosing, *moment) {
                let lane = &self.lanes[*at];
                if lane.is_sure || self.takes(lane, *moment, gathered) {
                    apart.by_lane[*at].push(*moment);
                }
            }
        }
    }

    /// Whether the rules of a lane count a record; when they cannot tell, that is noted.
    fn takes(&self, lane: &Lane, moment: Moment, gathered: &mut Gathered) -> bool {
        let filled = |column: &u16| self.run.all.records.key(*column, moment.row) != MISSING;
        let easily = match &lane.ease {
            Ease::Time(needed) => moment.has_time() || !needed,
            Ease::Keys(needed, columns) => self.table == Table::Records && (moment.has_time() || !needed) && columns.iter().all(filled),
            Ease::Look => false,
        };
        easily || self.take_after_a_look(lane, moment, gathered)
    }

    /// Looks at a record for each rule of a lane: they decide alike.
    #[inline(never)]
    fn take_after_a_look(&self, lane: &Lane, moment: Moment, gathered: &mut Gathered) -> bool {
        lane.rules.iter().fold(false, |_, at| self.takes_after_a_look(&self.rules[*at], moment, gathered))
    }

    fn takes_after_a_look(&self, active: &Active<'_>, moment: Moment, gathered: &mut Gathered) -> bool {
        let takes = look(self.run, self.table, active, moment);
        gathered.lacking.extend(takes.err().map(|lack| (active.number, moment.row, lack)));
        takes == Ok(true)
    }

    /// A record without the key: every rule that would count it says so.
    fn keyless(&self, moment: Moment, gathered: &mut Gathered) {
        for at in of_action(&self.by_action, moment) {
            self.take_after_a_look(&self.lanes[*at], moment, gathered);
        }
    }

    /// Runs a rule over one group; further fields divide it first.
    fn check_series(
        &self,
        (active, walk): (&Active<'_>, &mut dyn Walk),
        GroupOf { key, moments, carried }: GroupOf<'_>,
        hits: &mut Vec<Hit>,
    ) {
        let key = active.check.group_by().first().map(|_| key);
        let mut check = |moments: &[Moment]| {
            let series = Series { evidence: self.run.evidence, carried, key, ..Series::whole(self.run.all, self.table, moments) };
            walk.on(&series, hits);
        };
        match active.check.group_by() {
            [] | [_] => check(moments),
            [_, further @ ..] => {
                let close = active.check.nearness().map(|length| close(moments, length));
                let (divided, ends) = self.divided(close.as_deref().unwrap_or(moments), further);
                for (start, end) in std::iter::once(0).chain(ends.iter().copied()).zip(ends.iter().copied()) {
                    check(&divided[start..end]);
                }
            }
        }
    }

    /// The moments by further keys, where each part ends; within a part they stay in order of time.
    fn divided(&self, moments: &[Moment], by: &[Slot]) -> (Vec<Moment>, Vec<usize>) {
        let mut order: Vec<(u32, u32, u32)> = (0..moments.len() as u32).map(|at| (0, 0, at)).collect();
        for slot in by {
            let keys: Vec<u32> = self.table.keys_of(self.run.all, *slot, moments).collect();
            order.iter_mut().for_each(|(_, key, at)| *key = keys[*at as usize]);
            order.sort_unstable();
            let mut last = None;
            let mut part = 0;
            for (before, key, _) in &mut order {
                part += u32::from(last.is_some_and(|last| last != (*before, *key)));
                last = Some((*before, *key));
                *before = part;
            }
        }
        let ends = order.chunk_by(|a, b| a.0 == b.0).scan(0, |end, part| {
            *end += part.len();
            Some(*end)
        });
        let ends = ends.collect();
        (order.into_iter().map(|(_, _, at)| moments[at as usize]).collect(), ends)
    }

    /// Hits and, for each rule, file and thing that is lacking, one finding for all records that lack it.
    fn outcome(&self, gathered: Gathered) -> Outcome {
        let mut outcome = Outcome { hits: gathered.hits, skipped: Vec::new() };
        let mut lacking: BTreeMap<(usize, u32, Lack), Vec<u32>> = BTreeMap::new();
        for (rule, row, lack) in gathered.lacking {
            let source = self.run.all.source_of(self.table.row(row));
            if self.table == Table::Accounts || row >= self.run.all.history {
                lacking.entry((rule, source.0, lack)).or_default().push(row);
            }
        }
        for ((rule, _, lack), mut rows) in lacking {
            rows.sort_unstable();
            let check = &self.run.checker.rules[rule];
            match super::on_missing(&check.check) {
                OnMissing::Report => outcome.hits.push(RuleHit::new(rule, self.lacking(check, &rows, lack))),
                OnMissing::Skip => outcome.skipped.push((rule, rows.len())),
            }
        }
        outcome
    }

    fn lacking(&self, rule: &Rule, rows: &[u32], lack: Lack) -> Hit {
        let related = rows.iter().skip(1).take(LACKING_SHOWN - 1).map(|row| (self.table.row(*row), LACKS_TOO.into())).collect();
        Hit { related, ..lacking(self.run.checker, (rule, lack), self.table.row(rows[0]), rows.len()) }
    }
}

/// The moments that are no further than this from the one before or behind.
fn close(moments: &[Moment], length: Length) -> Vec<Moment> {
    let are_close = |at: usize| moments[at + 1].since(moments[at]) <= length.0.unsigned_abs();
    let last = moments.len().saturating_sub(1);
    let is_close = |at: &usize| *at > 0 && are_close(*at - 1) || *at < last && are_close(*at);
    (0..moments.len()).filter(is_close).map(|at| moments[at]).collect()
}

/// The lanes for a record, of those by action.
fn of_action(lanes: &[Vec<usize>], moment: Moment) -> &[usize] {
    &lanes[(moment.action as usize).min(lanes.len() - 1)]
}

/// Whether a rule counts a record, or what the record lacks for that.
pub(super) fn look(run: Run<'_>, table: Table, active: &Active<'_>, moment: Moment) -> Result<bool, Lack> {
    let record = run.all.get(table.row(moment.row));
    if active.check.is_choosy() && !active.check.takes(record) {
        return Ok(false);
    }
    match active.rule.select.decide_rest(record) {
        Some(false) => Ok(false),
        Some(true) if !run.in_force(active.rule, record.time()) => Ok(false),
        Some(true) if active.check.needs_time() && !moment.has_time() => Err(Lack::Time),
        Some(true) => {
            let lacks = |slot: &&Slot| record.key(**slot) == MISSING && record.number(**slot).is_none();
            let field = active.check.group_by().iter().chain(active.check.needs()).find(lacks);
            field.map_or(Ok(true), |slot| Err(Lack::Field(*slot)))
        }
        None => Err(Lack::Fact),
    }
}

/// Records shown that lack something.
pub(super) const LACKING_SHOWN: usize = 4;
/// What is said of those behind the first.
pub(super) const LACKS_TOO: Words = Words::fixed("同样缺少", "lacks it too");

/// The hit for some records that lack something, at the first.
pub(super) fn lacking(checker: &Checker, (rule, lack): (&Rule, Lack), first: Row, count: usize) -> Hit {
    let name = match lack {
        Lack::Time => "time",
        Lack::Field(slot) => checker.words.name(checker.layout.wanted(slot).field),
        Lack::Fact => "account",
    };
    let summary = &rule.about.summary;
    let records = if count == 1 { "record lacks" } else { "records lack" };
    let words = Words::new(
        format!("{}：{count} 条记录缺少 `{name}`，无法判断", summary.zh),
        format!("{}: {count} {records} `{name}`, so this cannot be decided", summary.en),
    );
    let identity = fingerprint(&[b"lacks", name.as_bytes()]);
    Hit { row: first, spot: Spot::Whole, detail: Detail::Said(Box::new(words)), related: Vec::new(), identity }
}
