//! What is known of a log so far, and what each of its records adds to it.

use super::counters::{Counted, Counters};
use super::order::Order;
use super::told::{Note, Told};
use crate::check::place::{Places, finding, in_force, weighed};
use crate::check::waive::{self, By, Waivers};
use crate::check::{Checker, RuleHit, Run, each, evade, findings, on_missing, series};
use crate::collection::Row;
use crate::finding::{Finding, Place, Related};
use crate::input::Ignore;
use crate::kinds::{OnMissing, Spot};
use crate::policy::Scope;
use crate::problem::Problem;
use crate::record::{ACCOUNT, ACTION, MISSING, Moves, Needed, Records, Renumbered};
use crate::report::sort;
use crate::source::SourceId;
use crate::time::{Length, Time};
use crate::timeline::{END, Moment, Table};
use crate::words::Words;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What is known so far.
pub(super) struct Books<'c> {
    pub order: Order,
    each: each::Plan<'c>,
    /// Rules on accounts, which ask that those who act are registered.
    accounts: Vec<each::Active<'c>>,
    counters: Counters<'c>,
    pub told: Told,
    waivers: Waivers<'c>,
    /// What is to be said at the end of what records say and nothing needed.
    unused: Vec<(By, Note, Finding)>,
    /// Rows whose texts may be read again, in order.
    pub texts: Vec<u32>,
    lacking: BTreeMap<(usize, series::Lack), Lacking>,
    /// Rule by number, records it was told to skip.
    pub skipped: Vec<(usize, usize)>,
    /// Accounts that act and are not registered.
    unknown: BTreeSet<Box<str>>,
    /// What is said once.
    said: BTreeSet<String>,
    /// Records that were looked at since the last report.
    pub records: usize,
}

/// What is known before the first record of a log.
pub(super) struct Known {
    pub problems: Vec<Problem>,
    pub ignores: Vec<Ignore>,
    /// Whether nothing is waived.
    pub unwaived: bool,
}

/// Records a rule cannot count.
#[derive(Default)]
struct Lacking {
    count: usize,
    first: Vec<(Note, Option<By>)>,
}

impl<'c> Books<'c> {
    /// What the registry, what was already sent and the policies say before the first record of the log.
    pub(super) fn begin(run: Run<'_>, rules: &'c Checker, (log, lateness): (SourceId, Length), known: Known) -> Books<'c> {
        let mut books = Books {
            order: Order::new(lateness.0),
            each: each::Plan::new(run, each::active(rules, Scope::Records)),
            accounts: each::active(rules, Scope::Accounts),
            counters: Counters::new(rules),
            told: Told::new(log),
            waivers: if known.unwaived { Waivers::none(rules, run.as_of) } else { Waivers::granted(rules, run.as_of) },
            unused: Vec::new(),
            texts: Vec::new(),
            lacking: BTreeMap::new(),
            skipped: Vec::new(),
            unknown: BTreeSet::new(),
            said: BTreeSet::new(),
            records: run.all.accounts.len(),
        };
        let mut places = Places::new(run);
        let mut outcome = each::accounts(run, &books.accounts);
        outcome.join(series::check(run, Table::Accounts));
        let Known { mut problems, ignores, .. } = known;
        books.waivers.take(run.all, ignores);
        problems.extend(books.waivers.wrong());
        let mut found = books.covered(&mut places, outcome.hits);
        books.waivers.look(run.all, waive::looked_at(run.all).filter(|row| matches!(row, Row::Account(_))));
        books.keep_unused(&places, 0);
        found.extend(findings(&problems, &run.all.sources, 0));
        sort(&mut found, &run.all.sources);
        books.told.found(&run.all.sources, found);
        books.told.said(&rules.sources, findings(&rules.problems, &rules.sources, 0));
        books.skipped = outcome.skipped;
        books.counters.learn_actions(run);
        for moment in (0..run.all.history).filter_map(|row| operation(run, row)) {
            if moment.has_time() {
                books.order.wait(moment);
            } else {
                books.count(&mut places, moment);
            }
        }
        books
    }

    /// The findings of hits at records that are at hand, those in disguise among them, each with what covers it.
    fn covered(&mut self, places: &mut Places<'_>, hits: Vec<RuleHit>) -> Vec<Finding> {
        let hits = in_force(places.run, hits);
        let rows: Vec<Row> = hits.iter().map(|found| found.hit.row).collect();
        let mut found: Vec<Finding> = hits.into_iter().map(|hit| places.finding(hit)).collect();
        let raised = weighed(places.run, evade::findings(&found));
        let rows: Vec<Row> = rows.iter().copied().chain(raised.iter().map(|(of, _)| rows[*of])).collect();
        found.extend(raised.into_iter().map(|(_, raised)| raised));
        for (finding, row) in found.iter_mut().zip(rows) {
            finding.waiver = self.waivers.of(places.run.all, finding, row);
        }
        found
    }

    /// Keeps what is to be said if the waivers from a number on are of no use: their texts will be gone.
    fn keep_unused(&mut self, places: &Places<'_>, first: usize) {
        let sources = &places.run.all.sources;
        for (by, problem) in self.waivers.own_from(first) {
            let note = Note::of(&sources[problem.source.0 as usize], problem.span);
            self.unused.extend(findings(&[problem], sources, 0).into_iter().map(|finding| (by, note.clone(), finding)));
        }
    }

    /// Takes what records of a piece say they may break; what is wrong with it is added to the problems.
    pub(super) fn take(&mut self, run: Run<'_>, ignores: Vec<Ignore>, problems: &mut Vec<Problem>) {
        let first = self.waivers.own_count();
        self.waivers.take(run.all, ignores);
        problems.extend(self.waivers.wrong());
        self.keep_unused(&Places::new(run), first);
    }

    /// Looks at the records of a piece of the log, one after the other.
    pub(super) fn look(&mut self, run: Run<'_>, rows: Range<u32>, mut problems: Vec<Problem>) {
        problems.retain(|problem| !is_once(problem) || self.said.insert(problem.words.en.to_string()));
        problems.sort_by_key(|problem| problem.span);
        self.learn_actions(run);
        self.records += rows.len();
        self.waivers.look(run.all, rows.clone().map(Row::Record));
        let mut places = Places::new(run);
        let outcome = self.each.check(run, rows.clone().map(Row::Record));
        self.skipped.extend(outcome.skipped);
        let (mut hits, mut problems) = (outcome.hits.into_iter().peekable(), problems.into_iter().peekable());
        for row in rows {
            let end = run.all.records.span(row).end;
            let (mut before, mut own) = (Vec::new(), Vec::new());
            while let Some(problem) = problems.next_if(|problem| problem.span.start < end) {
                before.push(problem);
            }
            while let Some(hit) = hits.next_if(|found| found.hit.row == Row::Record(row)) {
                own.push(hit);
            }
            self.record(&mut places, row, (before, own));
        }
        let rest: Vec<Problem> = problems.collect();
        self.told.found(&run.all.sources, findings(&rest, &run.all.sources, 0));
        merge(&mut self.skipped);
    }

    /// What a record says itself, then what it decides.
    fn record(&mut self, places: &mut Places<'_>, row: u32, (problems, mut hits): (Vec<Problem>, Vec<RuleHit>)) {
        let run = places.run;
        hits.extend(self.unregistered(run, row));
        let mut found = if hits.is_empty() { Vec::new() } else { self.covered(places, hits) };
        let operation = operation(run, row);
        let late = operation.filter(|moment| moment.has_time()).and_then(|moment| self.order.arrive(moment).err());
        let late = late.map(|newest| too_late(places, row, Time(newest)));
        for said in [problems.as_slice(), late.as_slice()].into_iter().filter(|said| !said.is_empty()) {
            found.extend(findings(said, &run.all.sources, 0));
        }
        if !found.is_empty() {
            sort(&mut found, &run.all.sources);
            self.told.found(&run.all.sources, found);
        }
        // One without a time has its place here.
        if let Some(moment) = operation.filter(|moment| !moment.has_time()) {
            self.count(places, moment);
        }
        self.go_on(places, self.order.known());
    }

    /// Counts the records that have waited long enough, and does what is due by then.
    fn go_on(&mut self, places: &mut Places<'_>, until: i64) {
        loop {
            let due = self.counters.due().filter(|due| *due <= until);
            if due.is_some_and(|due| self.order.first().is_none_or(|first| due <= first)) {
                let mut counted = Counted::default();
                self.counters.ring(places.run, &mut counted);
                self.decide(places, counted.hits);
            } else if let Some(moment) = self.order.next(until).and_then(|row| operation(places.run, row)) {
                self.count(places, moment);
            } else {
                return;
            }
        }
    }

    fn count(&mut self, places: &mut Places<'_>, moment: Moment) {
        let mut counted = Counted::default();
        self.counters.count(places.run, moment, &mut counted);
        for hit in counted.hits {
            self.told.hit(places, hit, &mut self.waivers);
        }
        if moment.row < places.run.all.history {
            return;
        }
        for (rule, spot) in counted.begun {
            self.told.note(places, moment.row, &spot);
            self.told.cover((moment.row, rule), self.cover(places.run, (moment.row, rule)));
        }
        if counted.is_kept {
            self.told.note(places, moment.row, &Spot::Whole);
            let at = self.texts.partition_point(|row| *row < moment.row);
            self.texts.insert(at, moment.row);
        }
        for (rule, lack) in counted.lacks {
            self.lack(places, moment.row, (rule, lack));
        }
    }

    /// What covers what a rule finds at a record that is at hand.
    fn cover(&self, run: Run<'_>, (row, rule): (u32, usize)) -> Option<By> {
        self.waivers.find(run.all, (&run.checker.rules[rule].about.id, 0), Row::Record(row))
    }

    fn lack(&mut self, places: &mut Places<'_>, row: u32, (rule, lack): (usize, series::Lack)) {
        if on_missing(&places.run.checker.rules[rule].check) == OnMissing::Skip {
            return self.skipped.push((rule, 1));
        }
        let by = self.cover(places.run, (row, rule));
        let lacking = self.lacking.entry((rule, lack)).or_default();
        lacking.count += 1;
        let start = |(note, _): &(Note, Option<By>)| note.start.original;
        let is_early = lacking.first.len() < series::LACKING_SHOWN
            || lacking.first.last().is_some_and(|last| self.told.start_of(places, row) < start(last));
        if is_early {
            lacking.first.push((self.told.note_of(places, row, &Spot::Whole), by));
            lacking.first.sort_by_key(start);
            lacking.first.truncate(series::LACKING_SHOWN);
        }
    }

    /// The log is over.
    pub(super) fn end(&mut self, places: &mut Places<'_>) {
        self.learn_actions(places.run);
        self.go_on(places, END);
        let mut counted = Counted::default();
        self.counters.end(places.run, &mut counted);
        self.decide(places, counted.hits);
        let mut lacking: Vec<_> = std::mem::take(&mut self.lacking).into_iter().collect();
        lacking.sort_by_key(|((rule, _), lacking)| (lacking.first.first().map(|(note, _)| note.start.original), *rule));
        for ((rule, lack), lacking) in lacking {
            self.give_lacking(places.run, (rule, lack), lacking);
        }
        self.give_unused();
        let (sources, said) = (&places.run.checker.sources, self.waivers.said_by_policies());
        self.told.said(sources, findings(&said, sources, 0));
    }

    /// What is to be said of the waivers in the log that nothing needed.
    fn give_unused(&mut self) {
        for (by, note, mut finding) in std::mem::take(&mut self.unused) {
            if !self.waivers.is_used(by) {
                let line = note.start.position.line;
                finding.place = self.told.place_of(Some(note), line);
                self.told.give(finding);
            }
        }
    }

    /// One finding for all records that lack something.
    fn give_lacking(&mut self, run: Run<'_>, (rule, lack): (usize, series::Lack), Lacking { count, first }: Lacking) {
        if self.told.is_off(run, rule) {
            return;
        }
        let hit = series::lacking(run.checker, (&run.checker.rules[rule], lack), Row::Record(0), count);
        let by = first.first().and_then(|(_, by)| *by);
        let places: Vec<Place> = first.into_iter().map(|(note, _)| self.told.place_of(Some(note), 0)).collect();
        let place = places.first().cloned().unwrap_or_default();
        let related = places
            .into_iter()
            .skip(1)
            .map(|place| Related { place: Place::at(place.source, place.span), note: series::LACKS_TOO.into() })
            .collect();
        let mut finding = finding(run, (rule, hit), place, related);
        finding.waiver = by.map(|by| self.waivers.apply(by));
        self.told.give(finding);
    }

    /// Gives what is decided at once, in order of place.
    fn decide(&mut self, places: &mut Places<'_>, mut hits: Vec<RuleHit>) {
        hits.sort_by_key(|found| (found.hit.row, found.rule));
        hits.into_iter().for_each(|hit| self.told.hit(places, hit, &mut self.waivers));
    }

    /// The account of a record, when it is the first of one that is not registered.
    fn unregistered(&mut self, run: Run<'_>, row: u32) -> Vec<RuleHit> {
        let account = run.all.records.key(ACCOUNT.column, row);
        if self.accounts.is_empty() || account == MISSING || run.all.account_row(account).is_some() {
            return Vec::new();
        }
        let name = run.all.records.name(ACCOUNT.column, row).unwrap_or_default();
        if self.unknown.contains(name) {
            return Vec::new();
        }
        self.unknown.insert(name.into());
        let outcome = each::unregistered(run, &self.accounts, row..row + 1);
        self.skipped.extend(outcome.skipped);
        outcome.hits
    }

    /// Accounts in a log: what came before them was looked at without them.
    pub(super) fn not_registered(accounts: &Records, source: SourceId) -> Vec<Problem> {
        let words = Words::fixed("流里的账号不会登记", "an account in a log that is checked as it comes is not registered");
        let help = Words::fixed("用 --accounts 另外给出登记表", "give the registry with --accounts");
        let problem = |row| Problem::error("input-account-in-stream", source, accounts.span(row), words.clone());
        (0..accounts.len() as u32).map(|row| problem(row).with_help(help.clone())).collect()
    }

    fn learn_actions(&mut self, run: Run<'_>) {
        if self.counters.learn_actions(run) {
            self.each.learn_actions(run);
        }
    }

    /// Visits the rows that are needed.
    pub(super) fn rows(&mut self, visit: &mut dyn FnMut(&mut u32)) {
        self.order.rows(visit);
        self.counters.rows(visit);
    }

    /// Forgets groups of which nothing is needed any more.
    pub(super) fn leave_idle(&mut self, run: Run<'_>) {
        self.counters.leave_idle(run, self.order.known());
    }

    /// Says which rows are needed.
    pub(super) fn need(&mut self, needed: &mut Needed) {
        self.order.rows(&mut |row| needed.row(*row, Needed::ALL));
        self.counters.need(needed);
    }

    /// Rows have moved.
    pub(super) fn keep(&mut self, run: Run<'_>, moves: &Moves, names: &Renumbered) {
        self.rows(&mut |row| *row = moves.to(*row).unwrap_or(*row));
        self.texts = self.texts.iter().filter_map(|row| moves.to(*row)).collect();
        self.told.keep(moves);
        self.waivers.keep(moves);
        self.counters.renumber(run, names);
        self.each.learn_actions(run);
    }
}

/// The moment of an operation; a draft is nothing that happens.
fn operation(run: Run<'_>, row: u32) -> Option<Moment> {
    let records = &run.all.records;
    let time = records.time(row).map_or(i64::MIN, |time| time.0);
    let moment = Moment { time, row, action: records.key(ACTION.column, row) };
    (moment.action != MISSING).then_some(moment)
}

/// Whether a mistake is said once, however many records have it.
fn is_once(problem: &Problem) -> bool {
    matches!(problem.code, "input-unknown-field" | "input-unsupported" | "input-odd-time" | "input-bad-encoding")
}

/// Adds up what was skipped, by rule.
fn merge(skipped: &mut Vec<(usize, usize)>) {
    skipped.sort_unstable();
    skipped.dedup_by(|(rule, count), (before, sum)| {
        let same = rule == before;
        *sum += if same { *count } else { 0 };
        same
    });
}

/// A record that comes too late to be counted.
fn too_late(places: &mut Places<'_>, row: u32, newest: Time) -> Problem {
    let run = places.run;
    let zone = &run.checker.zone;
    let time = run.all.records.time(row).map(|time| zone.show(time)).unwrap_or_default();
    let newest = zone.show(newest);
    let words = Words::new(
        format!("这条记录来得太晚，没有计数：它是 {time} 的，前面已经有 {newest} 的记录"),
        format!("this record comes too late to be counted: it is of {time}, and a record of {newest} came before it"),
    );
    let help = Words::fixed(
        "把日志按时间排好；或用 --lateness 说明记录最多迟到多久；或不用 --stream，一次读完再检查",
        "sort the log by time; or say with --lateness how late a record may come; or check it without --stream, all at once",
    );
    Problem::error("input-late-row", run.all.records.source(row), places.time_span(row), words).with_help(help)
}
