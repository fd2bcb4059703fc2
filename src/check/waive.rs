//! Which findings may stand, and which waivers are over or of no use.

use super::{Checker, Input, Run, read};
use crate::collection::{Collection, Record, Row};
use crate::finding::{Finding, Waiver};
use crate::input::Ignore;
use crate::kinds::Check;
use crate::policy::{DISGUISE, Granted, Rule, Scope, forbidden, is_elsewhere, unknown};
use crate::problem::{Problem, meant};
use crate::source::SourceId;
use crate::span::Span;
use crate::time::Time;
use crate::words::Words;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The waivers of a run: those of policies, and what records say themselves.
pub(super) struct Waivers<'a> {
    checker: &'a Checker,
    all: &'a Collection,
    own: Vec<Own>,
    /// Waivers of policies that hold, by rule.
    granted: HashMap<&'a str, Vec<usize>, FixedState>,
    /// What a record says, by the record.
    by_row: HashMap<Row, Vec<usize>, FixedState>,
    /// Which waivers of policies were of use.
    used: Vec<bool>,
    /// Whether anything is waived at all.
    are_heeded: bool,
    /// What is wrong with what records say.
    wrong: Vec<Problem>,
    as_of: Option<Time>,
}

/// What a record says, and what came of it.
struct Own {
    ignore: Ignore,
    waiver: Arc<Waiver>,
    source: SourceId,
    /// The ids of its rules that are in force, and whether they were flagged.
    rules: Vec<(String, bool)>,
}

impl<'a> Waivers<'a> {
    /// No finding is waived.
    pub(super) fn none(run: Run<'a>) -> Waivers<'a> {
        Waivers {
            checker: run.checker,
            all: run.all,
            own: Vec::new(),
            granted: HashMap::default(),
            by_row: HashMap::default(),
            used: vec![false; run.checker.granted.len()],
            are_heeded: false,
            wrong: Vec::new(),
            as_of: run.as_of,
        }
    }

    /// The waivers that hold on the day of the run.
    pub(super) fn new(run: Run<'a>, ignores: Vec<Ignore>) -> Waivers<'a> {
        let mut waivers = Waivers { are_heeded: true, ..Waivers::none(run) };
        for (at, granted) in run.checker.granted.iter().enumerate() {
            if !waivers.is_over(&granted.waiver) {
                granted.rules.iter().for_each(|rule| waivers.granted.entry(rule.as_str()).or_default().push(at));
            }
        }
        let ids = if ignores.is_empty() { BTreeMap::new() } else { ids(run.checker) };
        for ignore in ignores {
            waivers.take(ignore, &ids);
        }
        waivers
    }

    fn is_over(&self, waiver: &Waiver) -> bool {
        self.as_of.is_some_and(|day| waiver.is_over(day))
    }

    fn take(&mut self, ignore: Ignore, ids: &BTreeMap<String, (&str, bool)>) {
        let source = self.all.source_of(ignore.row);
        let mut rules = Vec::new();
        for (name, span) in ignore.waiver.rules.iter().zip(&ignore.names) {
            match ids.get(name.as_str()) {
                Some((id, false)) => self.wrong.push(forbidden(id, source, *span)),
                Some((id, true)) => rules.push(((*id).to_owned(), false)),
                None if is_elsewhere(name) => {}
                None => {
                    let guess = meant(self.wrong.len(), name, ids.keys().map(String::as_str));
                    self.wrong.push(unknown("waiver-unknown-rule", name, (source, *span), guess));
                }
            }
        }
        if self.is_over(&ignore.waiver) {
            self.wrong.push(expired(&ignore.waiver, source, ignore.span));
        } else if !rules.is_empty() {
            self.by_row.entry(ignore.row).or_default().push(self.own.len());
            let waiver = Arc::new(ignore.waiver.clone());
            self.own.push(Own { ignore, waiver, source, rules });
        }
    }

    /// Why a finding of a record may stand, if it may.
    pub(super) fn of(&mut self, finding: &Finding, row: Row) -> Option<Arc<Waiver>> {
        let id = finding.about.id.as_str();
        let start = finding.place.span.start;
        for at in self.by_row.get(&written(self.all, row)).map(Vec::as_slice).unwrap_or_default() {
            let own = &mut self.own[*at];
            let covers = own.ignore.lines.is_none_or(|lines| lines.start <= start && start < lines.end);
            if let Some((_, used)) = own.rules.iter_mut().find(|(rule, _)| covers && rule == id) {
                *used = true;
                return Some(Arc::clone(&own.waiver));
            }
        }
        let record = self.all.get(row);
        let holds = |at: &&usize| self.checker.granted[**at].select.decide(record) == Some(true);
        let at = *self.granted.get(id)?.iter().find(holds)?;
        self.used[at] = true;
        Some(Arc::clone(&self.checker.granted[at].waiver))
    }

    /// What is to be said of what records say: mistakes, what is over, what is of no use.
    pub(super) fn said_by_records(&mut self) -> Vec<Problem> {
        let unused = self.own.iter().flat_map(|own| {
            own.rules.iter().filter(|(_, used)| !used).map(|(rule, _)| unused(std::slice::from_ref(rule), own.source, own.ignore.span))
        });
        let unused: Vec<Problem> = unused.collect();
        self.wrong.drain(..).chain(unused).collect()
    }

    /// The same of the waivers of policies.
    pub(super) fn said_by_policies(&self) -> Vec<Problem> {
        let granted = self.checker.granted.iter().zip(&self.used).filter(|_| self.are_heeded);
        let by_id: HashMap<&str, &Rule, FixedState> = self.checker.rules.iter().map(|rule| (rule.about.id.as_str(), rule)).collect();
        granted
            .filter_map(|(granted, used)| {
                let (source, span) = granted.place;
                if self.is_over(&granted.waiver) {
                    Some(expired(&granted.waiver, source, span))
                } else {
                    (!used && !granted.may_be_unused && self.concerns(granted, &by_id)).then(|| unused(&granted.rules, source, span))
                }
            })
            .collect()
    }

    /// Whether one of the rules of a waiver had anything to look at among the records it is about.
    fn concerns(&self, granted: &Granted, by_id: &HashMap<&str, &Rule, FixedState>) -> bool {
        let rules: Vec<&Rule> = granted.rules.iter().filter_map(|id| by_id.get(id.as_str()).copied()).collect();
        let looks = |rule: &&Rule, scope: Scope, record: Record<'_>| {
            rule.about.severity.is_some()
                && rule.scope == scope
                && rule.select.decide(record) != Some(false)
                && has_what_it_reads(rule, record)
        };
        let any = |scope: Scope, row: Row| {
            let record = self.all.get(row);
            granted.select.decide(record) == Some(true) && rules.iter().any(|rule| looks(rule, scope, record))
        };
        (self.all.history..self.all.records.len() as u32).any(|row| any(Scope::Records, Row::Record(row)))
            || (0..self.all.accounts.len() as u32).any(|row| any(Scope::Accounts, Row::Account(row)))
    }
}

/// A waiver, as those who review waivers see it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// What it says.
    pub waiver: Waiver,
    /// The records a policy's waiver is about, as it is written; empty when it is about all.
    pub scope: String,
    /// Whether it no longer holds on the day of the run.
    pub is_over: bool,
}

impl Checker {
    /// The waivers of the policies, and those that the records of an input bring, in order of place.
    pub fn waivers(&self, input: Input) -> Vec<Listed> {
        let as_of = input.as_of;
        let is_over = |waiver: &Waiver| as_of.is_some_and(|day| waiver.is_over(day));
        let listed = |waiver: Waiver, scope: &str| Listed { is_over: is_over(&waiver), waiver, scope: scope.to_owned() };
        let own = read::collect(self, input).ignores.into_iter().map(|ignore| listed(ignore.waiver, ""));
        let granted = self.granted.iter().map(|granted| listed((*granted.waiver).clone(), &granted.scope));
        let mut all: Vec<Listed> = granted.chain(own).collect();
        all.sort_by(|a, b| (&a.waiver.path, a.waiver.line).cmp(&(&b.waiver.path, b.waiver.line)));
        all
    }
}

/// The ids of all rules by the names they go by, `id` and `pack/id`, and whether each may be waived.
fn ids(checker: &Checker) -> BTreeMap<String, (&str, bool)> {
    let mut ids = BTreeMap::from([(DISGUISE.to_owned(), (DISGUISE, true))]);
    for rule in &checker.rules {
        let (pack, id) = (&rule.about.pack, rule.about.id.as_str());
        ids.insert(format!("{pack}/{id}"), (id, rule.waivable));
        ids.insert(id.to_owned(), (id, rule.waivable));
    }
    ids
}

/// The record as it is written: of one that repeats, the first time.
fn written(all: &Collection, row: Row) -> Row {
    match row {
        Row::Record(_) => Row::Record(all.repeat_of(row).start),
        Row::Account(_) => row,
    }
}

/// Whether a record holds any of the fields a rule on single records reads.
fn has_what_it_reads(rule: &Rule, record: Record<'_>) -> bool {
    match &rule.check {
        Check::Each(check) if check.waking().sets(|_| true).is_empty() => true,
        Check::Each(check) => check.slots().iter().any(|slot| record.text(*slot).is_some()),
        Check::Series(_) => true,
    }
}

fn expired(waiver: &Waiver, source: SourceId, span: Span) -> Problem {
    let day = waiver.expires.as_deref().unwrap_or_default();
    let words = Words::new(format!("豁免在 {day} 之后失效了"), format!("the waiver ended with {day}"));
    let help = Words::fixed(
        "改掉被豁免的内容并删掉它；确实还需要，就重新批准，再写新的日期",
        "change what it waives and remove it; if it is still needed, have it approved again with a new day",
    );
    Problem::error("waiver-expired", source, span, words).with_help(help)
}

fn unused(rules: &[String], source: SourceId, span: Span) -> Problem {
    let rules = rules.join(" ");
    let words =
        Words::new(format!("这个豁免没有用上：`{rules}` 没有报任何问题"), format!("the waiver is of no use: `{rules}` flags nothing here"));
    Problem::warning("waiver-unused", source, span, words).with_help(Words::fixed("删掉它", "remove it"))
}
