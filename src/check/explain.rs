//! Why something was counted: the records of a group, walked by the rule itself, which notes what it counts at each.

use super::read::{self, Input};
use super::{Checker, Found, Run, each, found, redact, series};
use crate::collection::Row;
use crate::decimal::Decimal;
use crate::finding::{Counted, Detail, Evidence, Finding, Place, Window};
use crate::kinds::{Check, Hit, OverSeries};
use crate::policy::{Rule, Scope};
use crate::record::ACTION;
use crate::report::{Report, ordered};
use crate::time::Time;
use crate::timeline::{Moment, Order, Series, Table, Told, Trace, time_of};
use crate::words::Words;
use foldhash::fast::FixedState;
use hashbrown::HashSet;

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
    /// What is counted with it; none where it is not held against the limit itself.
    pub count: Option<Decimal>,
    /// What the count is a part of, for shares.
    pub of: Option<Decimal>,
    /// The limit in force at its time.
    pub max: Option<Decimal>,
    /// What numbers do not say: how long after the one before, which step of how many.
    pub note: Words,
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
        let (as_of, jobs, redacts) = (input.as_of, input.jobs.max(1), input.redact);
        let read::Collected { all, ways, mut problems, .. } = read::collect(self, input);
        let run = Run { checker: self, all: &all, as_of, jobs, evidence: Evidence::Few, ways: &ways };
        let mut outcome = each::check(run, None);
        outcome.join(series::check(run, Table::Records));
        outcome.join(series::check(run, Table::Accounts));
        let Found { mut findings, .. } = found(run, outcome.hits, None);
        problems.sort_by_key(|problem| (problem.source, problem.span));
        findings.extend(super::findings(&problems, &all.sources, 0));
        let finding = ordered(findings, &all.sources).into_iter().find(|finding| finding.fingerprint == fingerprint)?;
        let steps = finding.window().and_then(|window| steps(run, &finding, window)).unwrap_or_default();
        let inputs = all.sources.len();
        let mut report = Report::of_one(finding, all.sources, self.zone.clone());
        if redacts {
            redact::cover(&self.words, &mut report, inputs);
        }
        Some(Explanation { report, steps })
    }
}

/// The steps that lead to a finding.
fn steps(run: Run<'_>, finding: &Finding, window: &Window) -> Option<Vec<Step>> {
    let rule = run.checker.rules.iter().find(|rule| rule.about.id == finding.about.id && rule.about.pack == finding.about.pack)?;
    let Check::Series(check) = &rule.check else { return None };
    let table = if rule.scope == Scope::Records { Table::Records } else { Table::Accounts };
    let moments = group(run, (rule, &**check), (table, finding))?;
    let (trace, mut hits) = (Trace::default(), Vec::new());
    let whole = Series::whole(run.all, table, &moments);
    check.walk().on(&Series { evidence: Evidence::Every, trace: Some(&trace), ..whole }, &mut hits);
    let is_it = |hit: &&Hit| {
        let (span, place) = (run.all.get(hit.row).span(), finding.place.span);
        let stands = span.start <= place.start && place.end <= span.end && run.all.source_of(hit.row) == finding.place.source;
        stands && matches!(&hit.detail, Detail::Window(other) if other.end == window.end && other.rows == window.rows)
    };
    let Detail::Window(found) = &hits.iter().find(is_it)?.detail else { return None };
    let walked = Walked { run, table, trace, series: whole };
    Some(walked.steps(&moments, &found.records))
}

/// The records of a finding's group that its rule counts, in order.
fn group(run: Run<'_>, (rule, check): (&Rule, &dyn OverSeries), (table, finding): (Table, &Finding)) -> Option<Vec<Moment>> {
    let records = table.records(run.all);
    let times = records.times();
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
    Some(Order::of(times, run.jobs).rows().into_iter().map(moment).filter(takes).collect())
}

/// A group that was walked, and what its rule noted at each record.
struct Walked<'a> {
    run: Run<'a>,
    table: Table,
    trace: Trace,
    series: Series<'a>,
}

impl Walked<'_> {
    /// The records that were counted for a finding, and the one that ends its run.
    fn steps(&self, moments: &[Moment], records: &[Counted]) -> Vec<Step> {
        let of_finding: HashSet<(u32, u32, Option<Time>), FixedState> =
            records.iter().map(|record| (record.source.0, record.span.start, record.time)).collect();
        let is_of_finding = |moment: &Moment| {
            let row = self.table.row(moment.row);
            of_finding.contains(&(self.run.all.source_of(row).0, self.run.all.get(row).span().start, time_of(*moment)))
        };
        let last = moments.iter().rposition(is_of_finding).map_or(0, |last| last + 1);
        let ends = |moment: &&Moment| matches!(self.trace.of(moment.row), (Some(Told { count: Some(_), .. }), false));
        let end = moments[last..].iter().find(ends);
        moments[..last].iter().filter(|moment| is_of_finding(moment)).chain(end).map(|moment| self.step(*moment)).collect()
    }

    fn step(&self, moment: Moment) -> Step {
        let row: Row = self.table.row(moment.row);
        let (told, is_broken) = self.trace.of(moment.row);
        let Told { count, of, max, note } = told.unwrap_or_default();
        let part = match is_broken {
            true => Part::Breaks,
            false if self.series.is_history(moment) => Part::Sent,
            false => Part::Counts,
        };
        let [count, of, max] = [count, of, max].map(|number| number.map(Decimal::saturated));
        let place = Place::at(self.run.all.source_of(row), self.run.all.get(row).span());
        Step { place, time: time_of(moment), count, of, max, note, part }
    }
}
