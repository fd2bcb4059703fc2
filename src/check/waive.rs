//! Which findings may stand, and which waivers are over or of no use.

use super::cover::Cover;
use super::{Checker, Input, read};
use crate::collection::{Collection, Record, Row};
use crate::finding::{Finding, Waiver};
use crate::input::Ignore;
use crate::kinds::Check;
use crate::policy::{DISGUISE, Granted, Rule, Scope, forbidden, is_elsewhere, unknown};
use crate::problem::{Problem, meant};
use crate::record::Moves;
use crate::source::SourceId;
use crate::span::Span;
use crate::time::Time;
use crate::words::Words;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// The waivers of a run: those of policies, and what records say themselves.
pub(super) struct Waivers<'c> {
    checker: &'c Checker,
    own: Vec<Own<'c>>,
    /// Waivers of policies that hold, by rule.
    granted: HashMap<&'c str, Vec<usize>, FixedState>,
    /// What a record says of all of it, by the record.
    by_row: HashMap<Row, Vec<usize>, FixedState>,
    /// What drafts say of some of their lines, by draft and rule.
    by_lines: Vec<Cover<(Row, &'c str)>>,
    /// Which waiver, and which of its rules, each part of a cover is.
    parts: Vec<By>,
    /// Which waivers of policies were of use.
    used: Vec<bool>,
    /// Those whose rules had something to look at, as far as it was looked.
    concerned: Vec<bool>,
    /// Whether anything is waived at all.
    are_heeded: bool,
    /// What is wrong with what records say.
    wrong: Vec<Problem>,
    /// How many rules were named that are not there.
    slips: usize,
    /// Rules by id, where a policy waives any.
    by_id: HashMap<&'c str, &'c Rule, FixedState>,
    as_of: Option<Time>,
}

/// What a record says, and what came of it.
struct Own<'c> {
    ignore: Ignore,
    waiver: Arc<Waiver>,
    source: SourceId,
    /// The ids of its rules that are in force, and whether they were flagged.
    rules: Vec<(&'c str, bool)>,
}

/// Rules by the names they go by: each its id, and whether it may be waived.
type Ids<'c> = BTreeMap<String, (&'c str, bool)>;

/// A rule and the lines in which a draft may break it, with the number of the part.
type Part<'c> = ((Row, &'c str), Range<u32>, usize);

/// Which waiver covers a finding.
#[derive(Clone, Copy)]
pub(super) enum By {
    /// What the record says, by number, and which of its rules.
    Own(usize, usize),
    /// A waiver of a policy, by number.
    Granted(usize),
}

impl<'c> Waivers<'c> {
    /// No finding is waived.
    pub(super) fn none(checker: &'c Checker, as_of: Option<Time>) -> Waivers<'c> {
        Waivers {
            checker,
            own: Vec::new(),
            granted: HashMap::default(),
            by_row: HashMap::default(),
            by_lines: Vec::new(),
            parts: Vec::new(),
            used: vec![false; checker.granted.len()],
            concerned: vec![false; checker.granted.len()],
            are_heeded: false,
            wrong: Vec::new(),
            slips: 0,
            by_id: HashMap::default(),
            as_of,
        }
    }

    /// The waivers of policies that hold on the day of the run.
    pub(super) fn granted(checker: &'c Checker, as_of: Option<Time>) -> Waivers<'c> {
        let mut waivers = Waivers { are_heeded: true, ..Waivers::none(checker, as_of) };
        if !checker.granted.is_empty() {
            waivers.by_id = checker.rules.iter().map(|rule| (rule.about.id.as_str(), rule)).collect();
        }
        for (at, granted) in checker.granted.iter().enumerate() {
            if !waivers.is_over(&granted.waiver) {
                granted.rules.iter().for_each(|rule| waivers.granted.entry(rule.as_str()).or_default().push(at));
            }
        }
        waivers
    }

    fn is_over(&self, waiver: &Waiver) -> bool {
        self.as_of.is_some_and(|day| waiver.is_over(day))
    }

    /// Takes what records say.
    pub(super) fn take(&mut self, all: &Collection, ignores: Vec<Ignore>) {
        if !self.are_heeded || ignores.is_empty() {
            return;
        }
        let (ids, mut lines) = (ids(self.checker), Vec::new());
        ignores.into_iter().for_each(|ignore| self.take_one(all, ignore, (&ids, &mut lines)));
        self.by_lines.extend((!lines.is_empty()).then(|| Cover::of(lines)));
    }

    /// Takes what one record says; what it says of some lines is put with them.
    fn take_one(&mut self, all: &Collection, ignore: Ignore, (ids, parts): (&Ids<'c>, &mut Vec<Part<'c>>)) {
        let source = all.source_of(ignore.row);
        let mut rules = Vec::new();
        for (name, span) in ignore.waiver.rules.iter().zip(&ignore.names) {
            match ids.get(name.as_str()) {
                Some((id, false)) => self.wrong.push(forbidden(id, source, *span)),
                Some((id, true)) => rules.push((*id, false)),
                None if is_elsewhere(name) => {}
                None => {
                    let guess = meant(self.slips, name, ids.keys().map(String::as_str));
                    self.slips += 1;
                    self.wrong.push(unknown("waiver-unknown-rule", name, (source, *span), guess));
                }
            }
        }
        if self.is_over(&ignore.waiver) {
            self.wrong.push(expired(&ignore.waiver, source, ignore.span));
        } else if !rules.is_empty() {
            let number = self.own.len();
            match ignore.lines {
                None => self.by_row.entry(ignore.row).or_default().push(number),
                Some(lines) => {
                    for (at, (id, _)) in rules.iter().enumerate() {
                        parts.push(((ignore.row, *id), lines.start..lines.end, self.parts.len()));
                        self.parts.push(By::Own(number, at));
                    }
                }
            }
            let waiver = Arc::new(ignore.waiver.clone());
            self.own.push(Own { ignore, waiver, source, rules });
        }
    }

    /// Why a finding of a record may stand, if it may.
    pub(super) fn of(&mut self, all: &Collection, finding: &Finding, row: Row) -> Option<Arc<Waiver>> {
        let by = self.find(all, (&finding.about.id, finding.place.span.start), row)?;
        Some(self.apply(by))
    }

    /// The waiver that covers what a rule finds at a place of a record.
    pub(super) fn find(&self, all: &Collection, (id, start): (&str, u32), row: Row) -> Option<By> {
        let said_by = written(all, row);
        if let Some(part) = self.by_lines.iter().find_map(|lines| lines.at((said_by, id), start)) {
            return Some(self.parts[part]);
        }
        for at in self.by_row.get(&said_by).map(Vec::as_slice).unwrap_or_default() {
            if let Some(rule) = self.own[*at].rules.iter().position(|(rule, _)| *rule == id) {
                return Some(By::Own(*at, rule));
            }
        }
        let granted = self.granted.get(id)?;
        let record = all.get(row);
        let holds = |at: &&usize| self.checker.granted[**at].select.decide(record) == Some(true);
        granted.iter().find(holds).copied().map(By::Granted)
    }

    /// The waiver is of use.
    pub(super) fn apply(&mut self, by: By) -> Arc<Waiver> {
        match by {
            By::Own(at, rule) => {
                self.own[at].rules[rule].1 = true;
                Arc::clone(&self.own[at].waiver)
            }
            By::Granted(at) => {
                self.used[at] = true;
                Arc::clone(&self.checker.granted[at].waiver)
            }
        }
    }

    /// What is wrong with what records say, and what is over.
    pub(super) fn wrong(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.wrong)
    }

    /// What records say from a number on, by rule: the number of the waiver, and what is to be said if it is of no use.
    pub(super) fn own_from(&self, first: usize) -> impl Iterator<Item = (By, Problem)> {
        self.own.iter().enumerate().skip(first).flat_map(|(at, own)| {
            let unused = |rule: &str| unused(&[rule.to_owned()], own.source, own.ignore.span);
            own.rules.iter().enumerate().map(move |(number, (rule, _))| (By::Own(at, number), unused(rule)))
        })
    }

    /// How many records said something.
    pub(super) fn own_count(&self) -> usize {
        self.own.len()
    }

    /// Whether a waiver was of use.
    pub(super) fn is_used(&self, by: By) -> bool {
        match by {
            By::Own(at, rule) => self.own[at].rules[rule].1,
            By::Granted(at) => self.used[at],
        }
    }

    /// What is to be said of what records say: mistakes, what is over, what is of no use.
    pub(super) fn said_by_records(&mut self) -> Vec<Problem> {
        let mut said = self.wrong();
        said.extend(self.own_from(0).filter(|(by, _)| !self.is_used(*by)).map(|(_, unused)| unused));
        said
    }

    /// The same of the waivers of policies, when all records were looked at.
    pub(super) fn said_by_policies(&self) -> Vec<Problem> {
        let granted = self.checker.granted.iter().enumerate().filter(|_| self.are_heeded);
        granted
            .filter_map(|(at, granted)| {
                let (source, span) = granted.place;
                if self.is_over(&granted.waiver) {
                    return Some(expired(&granted.waiver, source, span));
                }
                let is_unused = !self.used[at] && !granted.may_be_unused && self.concerned[at];
                is_unused.then(|| unused(&granted.rules, source, span))
            })
            .collect()
    }

    /// Looks at records, or at accounts, for what the waivers that were of no use so far are about.
    pub(super) fn look(&mut self, all: &Collection, rows: impl Iterator<Item = Row> + Clone) {
        for (at, granted) in self.checker.granted.iter().enumerate() {
            if self.are_heeded && !self.used[at] && !granted.may_be_unused && !self.concerned[at] {
                self.concerned[at] = self.concerns(all, granted, rows.clone());
            }
        }
    }

    /// Whether one of the rules of a waiver had anything to look at among the records it is about.
    fn concerns(&self, all: &Collection, granted: &Granted, mut rows: impl Iterator<Item = Row>) -> bool {
        let rules: Vec<&Rule> = granted.rules.iter().filter_map(|id| self.by_id.get(id.as_str()).copied()).collect();
        let looks = |rule: &&Rule, scope: Scope, record: Record<'_>| {
            rule.about.severity.is_some()
                && rule.scope == scope
                && rule.select.decide(record) != Some(false)
                && has_what_it_reads(rule, record)
        };
        rows.any(|row| {
            let (record, scope) = (all.get(row), if matches!(row, Row::Record(_)) { Scope::Records } else { Scope::Accounts });
            granted.select.decide(record) == Some(true) && rules.iter().any(|rule| looks(rule, scope, record))
        })
    }

    /// Rows have moved; those that are gone say nothing any more.
    pub(super) fn keep(&mut self, moves: &Moves) {
        let moved = |(row, own): (Row, Vec<usize>)| match row {
            Row::Record(row) => Some((Row::Record(moves.to(row)?), own)),
            Row::Account(_) => Some((row, own)),
        };
        self.by_row = std::mem::take(&mut self.by_row).into_iter().filter_map(moved).collect();
    }
}

/// All rows that are looked at: those of the plan, and the accounts.
pub(super) fn looked_at(all: &Collection) -> impl Iterator<Item = Row> + Clone + use<> {
    let accounts = (0..all.accounts.len() as u32).map(Row::Account);
    (all.history..all.records.len() as u32).map(Row::Record).chain(accounts)
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
fn ids(checker: &Checker) -> Ids<'_> {
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
