//! Why something was counted: the records of a group, walked one after the other by the rule itself.

use super::read::{self, Input};
use super::{Checker, Found, Run, each, found, series};
use crate::collection::Row;
use crate::decimal::Decimal;
use crate::finding::{Detail, Evidence, Finding, Place, Window};
use crate::kinds::{Check, Hit, Needed, OverSeries};
use crate::policy::{Rule, Scope};
use crate::record::ACTION;
use crate::report::{Report, ordered};
use crate::time::Time;
use crate::timeline::{END, Moment, Series, Table, in_order, time_of};

/// Why a finding is there.
pub struct Explanation {
    /// The finding, alone.
    pub report: Report,
    /// The records of its window and of its run, and the one that ends it; none where nothing was counted.
    pub steps: Vec<Step>,
}

/// One record that a rule counted.
#[derive(Clone, Debug)]
pub struct Step {
    /// All of it.
    pub place: Place,
    /// When it happens.
    pub time: Option<Time>,
    /// What is counted with it, where the kind counts as it goes.
    pub count: Option<Decimal>,
    /// The limit in force at its time.
    pub max: Option<Decimal>,
    /// What it is to the finding.
    pub part: Part,
}

/// What a record is to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It was already sent, and counts.
    Sent,
    /// It counts, and keeps the limit.
    Counts,
    /// It breaks the limit.
    Breaks,
}

impl Checker {
    /// Explains the finding of a fingerprint; none when the input has no such finding.
    pub fn explain(&self, input: Input, fingerprint: u64) -> Option<Explanation> {
        let (as_of, jobs) = (input.as_of, input.jobs.max(1));
        let read::Collected { all, ways, mut problems, .. } = read::collect(self, input);
        let run = Run { checker: self, all: &all, as_of, jobs, evidence: Evidence::Few, ways: &ways };
        let mut outcome = each::check(run);
        outcome.join(series::check(run, Table::Records));
        outcome.join(series::check(run, Table::Accounts));
        let Found { mut findings, .. } = found(run, outcome.hits, None);
        problems.sort_by_key(|problem| (problem.source, problem.span));
        findings.extend(super::findings(&problems, &all.sources, 0));
        let finding = ordered(findings, &all.sources).into_iter().find(|finding| finding.fingerprint == fingerprint)?;
        let steps = finding.window().and_then(|window| steps(run, &finding, window)).unwrap_or_default();
        Some(Explanation { report: Report::of_one(finding, all.sources, self.zone.clone()), steps })
    }
}

/// The steps that lead to a finding.
fn steps(run: Run<'_>, finding: &Finding, window: &Window) -> Option<Vec<Step>> {
    let rule = run.checker.rules.iter().find(|rule| rule.about.id == finding.about.id && rule.about.pack == finding.about.pack)?;
    let Check::Series(check) = &rule.check else { return None };
    let table = if rule.scope == Scope::Records { Table::Records } else { Table::Accounts };
    let moments = group(run, (rule, &**check), (table, finding))?;
    let walked = walked(run, &**check, (table, &moments));
    let is_it = |hit: &&Hit| {
        let (span, place) = (run.all.get(hit.row).span(), finding.place.span);
        let stands = span.start <= place.start && place.end <= span.end && run.all.source_of(hit.row) == finding.place.source;
        stands && matches!(&hit.detail, Detail::Window(other) if other.end == window.end && other.rows == window.rows)
    };
    let hit = walked.hits.iter().find(is_it)?;
    let first = moments.iter().position(|moment| table.row(moment.row) == hit.row)?;
    let run_of = walked.steps[first..].iter().take_while(|(_, step)| step.part != Part::Counts).count().max(1);
    let until = (first + run_of + 1).min(moments.len());
    let mut steps: Vec<Step> = walked.steps[walked.steps[first].0..until].iter().map(|(_, step)| step.clone()).collect();
    if let Some(step) = steps.get_mut(first - walked.steps[first].0) {
        step.part = Part::Breaks;
    }
    Some(steps)
}

/// The records of a finding's group that its rule counts, in order.
fn group(run: Run<'_>, (rule, check): (&Rule, &dyn OverSeries), (table, finding): (Table, &Finding)) -> Option<Vec<Moment>> {
    let (records, times) = match table {
        Table::Records => (&run.all.records, run.all.records.times()),
        Table::Accounts => (&run.all.accounts, run.all.accounts.times()),
    };
    let stands = |row: &u32| {
        let (source, span) = (records.source(*row), records.span(*row));
        source == finding.place.source && span.start <= finding.place.span.start && finding.place.span.end <= span.end
    };
    let key = |row: u32| {
        let record = run.all.get(table.row(row));
        check.group_by().iter().map(|slot| record.key(*slot)).collect::<Vec<u32>>()
    };
    let wanted = key((0..times.len() as u32).find(stands)?);
    let active = series::Active { number: 0, rule, check };
    let takes = |moment: &Moment| {
        let action = run.all.get(table.row(moment.row)).name(ACTION);
        let acts = table == Table::Accounts || action.is_some_and(|action| rule.select.takes_action(action));
        acts && key(moment.row) == wanted && series::look(run, table, &active, *moment) == Ok(true)
    };
    let moment = |row: u32| Moment { time: times[row as usize], row, action: 0 };
    Some(in_order(times).into_iter().map(moment).filter(takes).collect())
}

/// A group, walked record by record.
struct Walked {
    hits: Vec<Hit>,
    /// Each record, behind the number of the first in its window.
    steps: Vec<(usize, Step)>,
}

fn walked(run: Run<'_>, check: &dyn OverSeries, (table, moments): (Table, &[Moment])) -> Walked {
    let mut walked = Walked { hits: Vec::new(), steps: Vec::new() };
    let (mut walk, mut start) = (check.walk(), 0);
    for (at, moment) in moments.iter().enumerate() {
        let series = Series { fresh: at - start, until: moment.time, ..Series::whole(run.all, table, &moments[start..=at]) };
        let (Needed::From(from) | Needed::Ends(from)) = walk.on(&series, &mut walked.hits);
        start += from;
        let part = match walk.runs().last() {
            _ if series.is_history(*moment) => Part::Sent,
            Some(last) if last == moment.row => Part::Breaks,
            Some(_) | None => Part::Counts,
        };
        let row: Row = table.row(moment.row);
        let place = Place::at(run.all.source_of(row), run.all.get(row).span());
        let (count, max) = (walk.count(at + 1 - start), check.limit(*moment));
        let [count, max] = [count, max].map(|number| number.map(Decimal::saturated));
        walked.steps.push((start.min(at), Step { place, time: time_of(*moment), count, max, part }));
    }
    let rest = Series { fresh: moments.len() - start, until: END, ..Series::whole(run.all, table, &moments[start..]) };
    walk.on(&rest, &mut walked.hits);
    walked
}
