//! Rules on single records.

use super::{Checker, Outcome, RuleHit, Run, Watch};
use crate::collection::Row;
use crate::finding::Detail;
use crate::kinds::{Check, EachRecord, Hit, OnMissing, Spot, Subject};
use crate::policy::{Rule, Scope};
use crate::record::{ACCOUNT, ACTION, Form, Slot};
use crate::report::fingerprint;
use crate::text::{Reading, SetId, Window};
use crate::threads::in_parts;
use crate::words::Words;
use std::ops::Range;

/// Records after which somebody is told of them.
const WORTH_TELLING: usize = 1 << 14;

/// A rule that is on and looks at single records.
#[derive(Clone)]
pub(super) struct Active<'a> {
    number: usize,
    rule: &'a Rule,
    check: &'a dyn EachRecord,
}

/// The rules that look at one table, sorted by what can wake them.
pub(super) struct Plan<'a> {
    rules: Vec<Active<'a>>,
    /// Which of them wait for no word.
    sleepless: Vec<bool>,
    /// Rules that look at every record, by action; the last entry is for records without one.
    always: Vec<Vec<usize>>,
    /// Rules woken by a set of terms, by set.
    woken: hashbrown::HashMap<u32, Vec<usize>, foldhash::fast::FixedState>,
    /// The text columns somebody reads.
    texts: Vec<Slot>,
}

/// All hits of rules on single records.
pub(super) fn check(run: Run<'_>, watch: Option<&dyn Watch>) -> Outcome {
    let rules = active(run.checker, Scope::Records);
    let mut outcome = Outcome::default();
    if !rules.is_empty() {
        let (plan, first) = (Plan::new(run, rules), run.all.history as usize);
        let rows = |range: Range<usize>| range.map(|at| Row::Record((first + at) as u32));
        let work = |range: Range<usize>| {
            let mut outcome = Outcome::default();
            for start in range.clone().step_by(WORTH_TELLING) {
                let part = start..range.end.min(start + WORTH_TELLING);
                let told = part.len();
                outcome.join(plan.check(run, rows(part)));
                watch.iter().for_each(|watch| watch.checked(told));
            }
            outcome
        };
        for part in in_parts(run.all.records.len() - first, run.jobs, work) {
            outcome.join(part);
        }
    }
    let rules = active(run.checker, Scope::Accounts);
    outcome.join(accounts(run, &rules));
    outcome.join(unregistered(run, &rules, run.all.history..run.all.records.len() as u32));
    outcome
}

/// Hits of rules on accounts.
pub(super) fn accounts(run: Run<'_>, rules: &[Active<'_>]) -> Outcome {
    let mut outcome = Outcome::default();
    if !rules.is_empty() {
        let plan = Plan::new(run, rules.to_vec());
        for part in in_parts(run.all.accounts.len(), run.jobs, |range| plan.check(run, range.map(|at| Row::Account(at as u32)))) {
            outcome.join(part);
        }
    }
    outcome
}

/// The rules on single records that are on and look at one table.
pub(super) fn active(checker: &Checker, scope: Scope) -> Vec<Active<'_>> {
    let rules = checker.rules.iter().enumerate().filter(|(_, rule)| rule.scope == scope && rule.about.severity.is_some());
    rules
        .filter_map(|(number, rule)| match &rule.check {
            Check::Each(check) => Some(Active { number, rule, check: &**check }),
            Check::Series(_) => None,
        })
        .collect()
}

impl<'a> Plan<'a> {
    /// The rules, and what wakes them.
    pub(super) fn new(run: Run<'_>, rules: Vec<Active<'a>>) -> Plan<'a> {
        // Single characters are not among what a reading finds: rules that wait for one must look for themselves.
        let seen = |set: SetId| run.checker.terms.singles(set).is_empty();
        let sets: Vec<Vec<SetId>> = rules.iter().map(|active| active.check.waking().sets(seen)).collect();
        let mut woken: hashbrown::HashMap<u32, Vec<usize>, foldhash::fast::FixedState> = hashbrown::HashMap::default();
        for (at, sets) in sets.iter().enumerate() {
            for set in sets {
                woken.entry(set.0).or_default().push(at);
            }
        }
        let mut texts: Vec<Slot> = rules
            .iter()
            .flat_map(|active| active.check.slots().iter().copied())
            .filter(|slot| run.checker.layout.wanted(*slot).form == Form::Text)
            .collect();
        texts.sort_unstable();
        texts.dedup();
        let sleepless = sets.iter().map(Vec::is_empty).collect();
        let mut plan = Plan { rules, sleepless, always: Vec::new(), woken, texts };
        plan.learn_actions(run);
        plan
    }

    /// Learns the actions there are.
    pub(super) fn learn_actions(&mut self, run: Run<'_>) {
        let names: Vec<&str> = run.all.records.names(ACTION.column).map(|names| names.iter().collect()).unwrap_or_default();
        let takes = |active: &Active<'_>, action: Option<&&str>| match action {
            Some(action) => active.rule.select.takes_action(action),
            None => !active.rule.select.names_actions(),
        };
        let sleepless = |action: Option<&&str>| {
            let wakes = |(at, active): (usize, &Active<'_>)| (self.sleepless[at] && takes(active, action)).then_some(at);
            self.rules.iter().enumerate().filter_map(wakes).collect::<Vec<usize>>()
        };
        self.always = names.iter().map(|name| sleepless(Some(name))).chain([sleepless(None)]).collect();
    }

    /// Hits of some rows.
    pub(super) fn check(&self, run: Run<'_>, rows: impl Iterator<Item = Row>) -> Outcome {
        let mut outcome = Outcome::default();
        if self.rules.is_empty() {
            return outcome;
        }
        let mut hits = Vec::new();
        let mut awake = Vec::new();
        let mut window = Window::default();
        for row in rows {
            let record = run.all.get(row);
            let mut read = |slot: &Slot| Some((*slot, Reading::of(record.text(*slot)?, &run.checker.terms, &mut window)));
            let subject = Subject { record, readings: self.texts.iter().filter_map(&mut read).collect() };
            self.wake(&subject, &mut awake);
            for at in &awake {
                let active = &self.rules[*at];
                match active.rule.select.decide(record) {
                    Some(true) if run.in_force(active.rule, record.time()) => active.check.check(&subject, &mut hits),
                    Some(_) => {}
                    None => outcome.skipped.push((active.number, 1)),
                }
                outcome.hits.extend(hits.drain(..).map(|hit| RuleHit::new(active.number, hit)));
            }
        }
        outcome
    }

    /// The rules that must look at a record, in order.
    fn wake(&self, subject: &Subject<'_>, awake: &mut Vec<usize>) {
        awake.clear();
        let action = match subject.record.row() {
            Row::Record(_) => (subject.record.key(ACTION) as usize).min(self.always.len() - 1),
            Row::Account(_) => self.always.len() - 1,
        };
        awake.extend_from_slice(&self.always[action]);
        let before = awake.len();
        for (_, reading) in &subject.readings {
            awake.extend(reading.sets().filter_map(|set| self.woken.get(&set.0)).flatten());
        }
        if awake.len() > before {
            awake.sort_unstable();
            awake.dedup();
        }
    }
}

/// Accounts that act but are not registered: a rule on facts cannot decide about them.
pub(super) fn unregistered(run: Run<'_>, rules: &[Active<'_>], rows: Range<u32>) -> Outcome {
    let mut outcome = Outcome::default();
    let keys = run.all.records.keys(ACCOUNT.column);
    let mut seen = hashbrown::HashSet::<u32, foldhash::fast::FixedState>::default();
    let unknown = |row: &u32| {
        let account = keys.get(*row);
        account != crate::record::MISSING && run.all.account_row(account).is_none() && seen.insert(account)
    };
    let rows: Vec<u32> = if rules.is_empty() { Vec::new() } else { rows.filter(unknown).collect() };
    for active in rules.iter().filter(|_| !rows.is_empty()) {
        if active.check.on_missing() == OnMissing::Skip {
            outcome.skipped.push((active.number, rows.len()));
            continue;
        }
        // Where the rule's own conditions ask for facts too, it is not even known whether it is meant.
        let (meant, unclear): (Vec<u32>, Vec<u32>) =
            rows.iter().partition(|row| active.rule.select.decide(run.all.get(Row::Record(**row))) == Some(true));
        outcome.hits.extend(meant.into_iter().map(|row| RuleHit::new(active.number, missing(run, active, row))));
        outcome.skipped.extend((!unclear.is_empty()).then_some((active.number, unclear.len())));
    }
    outcome
}

fn missing(run: Run<'_>, active: &Active<'_>, row: u32) -> Hit {
    let record = run.all.get(Row::Record(row));
    let account = record.name(ACCOUNT).unwrap_or_default();
    let fact = active.check.slots().first().map_or("account", |slot| run.checker.words.name(run.checker.layout.wanted(*slot).field));
    let words = Words::new(
        format!("{}：账号 `{account}` 没有登记 `{fact}`，无法判断", active.rule.about.summary.zh),
        format!("{}: the account `{account}` has no `{fact}` in the registry, so this cannot be decided", active.rule.about.summary.en),
    );
    Hit {
        row: Row::Record(row),
        spot: Spot::Field(ACCOUNT),
        detail: Detail::Said(Box::new(words)),
        related: Vec::new(),
        identity: fingerprint(&[account.as_bytes(), fact.as_bytes()]),
    }
}
