//! A checker holds records against rules. The only room that sees policies, kinds and inputs together.

mod assembly;
mod cover;
mod each;
mod evade;
mod explain;
mod parts;
mod place;
mod read;
mod redact;
mod series;
mod stream;
mod waive;

pub use evade::disguise;
pub use explain::{Explanation, Part, Step};
pub use read::{Input, InputFile, Watch};
pub use stream::{Log, Stream};
pub use waive::Listed;
use waive::Waivers;

use crate::collection::{Collection, Row};
use crate::finding::{About, Evidence, Finding, Severity};
use crate::input::{Format, Ignore};
use crate::kinds::{Check, Hit, OnMissing};
use crate::policy::{Built, Case, Fresh, Granted, PathLevels, Policy, Rule, stale};
use crate::problem::Problem;
use crate::record::Layout;
use crate::report::Report;
use crate::source::{Position, Source, SourceId};
use crate::span::Span;
use crate::text::Terms;
use crate::threads::beside;
use crate::time::{Time, Zone};
use crate::timeline::Table;
use crate::vocabulary::Vocabulary;
use std::sync::Arc;

/// Rules ready to run. It never changes and may be shared by any number of threads.
pub struct Checker {
    rules: Vec<Rule>,
    cases: Vec<Case>,
    left_out: usize,
    fresh: Vec<Fresh>,
    granted: Vec<Granted>,
    there: Option<PathLevels>,
    terms: Terms,
    layout: Layout,
    words: Vocabulary,
    zone: Zone,
    /// Policy files, for the problems that are no errors.
    sources: Vec<Source>,
    problems: Vec<Problem>,
}

/// A hit and the rule behind it.
pub(crate) struct RuleHit {
    /// The rule, by number.
    pub rule: usize,
    /// The hit.
    pub hit: Hit,
    /// For how many times a record happens it stands.
    pub times: u32,
}

impl RuleHit {
    /// A hit that stands for itself.
    pub(crate) fn new(rule: usize, hit: Hit) -> RuleHit {
        RuleHit { rule, hit, times: 1 }
    }
}

/// What one pass over the rules gives.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Every hit.
    pub hits: Vec<RuleHit>,
    /// Rule by number, records it could not decide and was told to skip.
    pub skipped: Vec<(usize, usize)>,
}

impl Outcome {
    /// Puts two outcomes together.
    pub(crate) fn join(&mut self, other: Outcome) {
        match self.hits.is_empty() {
            true => self.hits = other.hits,
            false => self.hits.extend(other.hits),
        }
        self.skipped.extend(other.skipped);
    }
}

/// Everything one run of the rules looks at.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    /// The rules and what they need.
    pub checker: &'a Checker,
    /// The records.
    pub all: &'a Collection,
    /// The day for records without a time.
    pub as_of: Option<Time>,
    /// Threads to use.
    pub jobs: usize,
    /// How many of the records that were counted are named.
    pub evidence: Evidence,
    /// How to get back into each source.
    pub ways: &'a [Way],
}

/// How to get back from the records of a source to their fields.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    /// Its format.
    pub format: &'static Format,
    /// Whether a record of it may have an id.
    pub has_ids: bool,
}

impl<'a> Run<'a> {
    /// The name of the source a record is in.
    fn name_of(&self, row: Row) -> &'a str {
        self.all.sources[self.all.source_of(row).0 as usize].name()
    }

    /// Whether a rule is in force at a moment.
    pub(crate) fn in_force(&self, rule: &Rule, time: Option<Time>) -> bool {
        let (from, until) = rule.effective;
        if from.is_none() && until.is_none() {
            return true;
        }
        time.or(self.as_of).is_none_or(|time| from.is_none_or(|from| time >= from) && until.is_none_or(|until| time < until))
    }
}

impl Policy {
    /// Makes a checker of the rules; when a policy is wrong, a report of every mistake.
    ///
    /// # Errors
    /// The report holds one finding for each mistake, at its place in the TOML.
    pub fn compile(self, zone: &Zone) -> Result<Checker, Box<Report>> {
        let built = self.build(zone);
        if built.problems.iter().any(|problem| problem.severity == Severity::Error) {
            let findings = findings(&built.problems, &built.sources, 0);
            return Err(Box::new(Report::new(findings, built.sources, 0, zone.clone())));
        }
        Ok(Checker::new(built, zone))
    }
}

impl Checker {
    fn new(built: Built, zone: &Zone) -> Checker {
        Checker {
            rules: built.rules,
            cases: built.cases,
            left_out: built.left_out,
            fresh: built.fresh,
            granted: built.granted,
            there: built.there,
            terms: built.terms,
            layout: built.layout,
            words: built.words,
            zone: zone.clone(),
            sources: built.sources,
            problems: built.problems,
        }
    }

    /// The same rules, with those that are off in force as advice: what `presend test` runs their tests with.
    #[must_use]
    pub fn awake(mut self) -> Checker {
        for rule in &mut self.rules {
            Arc::make_mut(&mut rule.about).severity.get_or_insert(Severity::Info);
        }
        self
    }

    /// How much a rule weighs in a file; none when it is off there.
    pub(crate) fn level(&self, rule: usize, file: &str) -> Option<Severity> {
        let about = &self.rules[rule].about;
        self.there.as_ref().map_or(about.severity, |there| there.of(about, file))
    }

    /// What each rule says of itself, those that are off among them.
    pub fn rules(&self) -> impl Iterator<Item = &About> {
        self.rules.iter().map(|rule| &*rule.about)
    }

    /// Whether findings of a rule can be waived.
    pub fn may_be_waived(&self, rule: &str) -> bool {
        self.rules.iter().all(|known| known.about.id != rule || known.waivable)
    }

    /// Whether a rule looks at some records only: those its `match` names.
    pub(crate) fn is_selective(&self, rule: &str) -> bool {
        let select = self.rules.iter().find(|known| known.about.id == rule).map(|rule| &rule.select);
        select.is_some_and(|select| select.names_actions() || !select.is_action_only())
    }

    /// The tests the rules carry.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// How many tests are not among the cases, because an override changed what their rule asks.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The zone of local times.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Where something stands in the policies: file, line, column.
    pub fn policy_position(&self, (source, span): (SourceId, Span)) -> (&str, Position) {
        let source = &self.sources[source.0 as usize];
        (source.name(), source.position(span.start as usize))
    }

    /// Holds an input against the rules.
    pub fn check(&self, input: Input) -> Report {
        let (as_of, jobs, evidence, unwaived) = (input.as_of, input.jobs.max(1), input.evidence, input.unwaived);
        let redacts = input.redact;
        let watch = input.watch.clone();
        let read::Collected { all, ways, mut problems, ignores } = read::collect(self, input);
        let run = Run { checker: self, all: &all, as_of, jobs, evidence, ways: &ways };
        let mut outcome = each::check(run, watch.as_deref());
        outcome.join(series::check(run, Table::Records));
        outcome.join(series::check(run, Table::Accounts));
        let undecided = self.undecided(&outcome.skipped);
        let ignores = if unwaived { None } else { Some(ignores) };
        let Found { mut findings, of_input, of_policies } = found(run, outcome.hits, ignores);
        problems.extend(of_input);
        problems.extend(read::changed(&all.sources));
        problems.sort_by_key(|problem| (problem.source, problem.span));
        findings.extend(self::findings(&problems, &all.sources, 0));
        let records = all.records.len() - all.history as usize + all.accounts.len();
        let Collection { mut sources, records: kept, accounts, .. } = all;
        let inputs = sources.len();
        let (remarks, own) = self.remarks(of_policies, as_of, inputs as u32);
        findings.extend(remarks);
        sources.extend(own);
        // A hundred megabytes are given back while the findings are sorted.
        let report = beside(jobs, || drop((kept, accounts)), || Report::new(findings, sources, records, self.zone.clone()));
        let mut report = Report { undecided, ..report };
        if redacts {
            redact::cover(&self.words, &mut report, inputs);
        }
        report
    }

    /// A report on the policies themselves: what was found while they were loaded, and this.
    pub(crate) fn advised(self, mut problems: Vec<Problem>) -> Report {
        problems.extend(self.problems);
        problems.sort_by_key(|problem| (problem.source, problem.span));
        Report::new(findings(&problems, &self.sources, 0), self.sources, 0, self.zone)
    }

    /// What is to be said of the policies themselves: these problems, advice, and which packs are stale on the day. Their sources are
    /// numbered from `first` in the report.
    fn remarks(&self, mut problems: Vec<Problem>, as_of: Option<Time>, first: u32) -> (Vec<Finding>, Vec<Source>) {
        let is_stale = as_of.is_some_and(|day| self.fresh.iter().any(|pack| pack.is_stale(day)));
        problems.extend(self.problems.iter().cloned());
        if problems.is_empty() && !is_stale {
            return (Vec::new(), Vec::new());
        }
        let mut sources = self.sources.clone();
        problems.extend(as_of.map(|day| stale(&self.fresh, day, &mut sources)).unwrap_or_default());
        (findings(&problems, &sources, first), sources)
    }

    /// How many records each rule had to leave out.
    fn undecided(&self, skipped: &[(usize, usize)]) -> Vec<(String, usize)> {
        let mut counts = vec![0; self.rules.len()];
        for (rule, records) in skipped {
            counts[*rule] += records;
        }
        let named = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
        named.map(|(rule, count)| (self.rules[rule].about.id.clone(), count)).collect()
    }
}

/// What hits come to.
struct Found {
    /// The findings; of those that may stand, each says why.
    findings: Vec<Finding>,
    /// What is wrong with what records say they may break.
    of_input: Vec<Problem>,
    /// What is to be said of the waivers of policies.
    of_policies: Vec<Problem>,
}

/// Findings of all hits, held against the waivers, those that records bring among them; without any, none is waived.
fn found(run: Run<'_>, hits: Vec<RuleHit>, ignores: Option<Vec<Ignore>>) -> Found {
    let mut waivers = match ignores {
        None => Waivers::none(run.checker, run.as_of),
        Some(ignores) => {
            let mut waivers = Waivers::granted(run.checker, run.as_of);
            waivers.take(run.all, ignores);
            waivers
        }
    };
    let findings = place::findings(run, hits, &mut waivers);
    waivers.look(run.all, waive::looked_at(run.all));
    Found { findings, of_input: waivers.said_by_records(), of_policies: waivers.said_by_policies() }
}

/// Problems as findings; sources are numbered from `first` in the report.
fn findings(problems: &[Problem], sources: &[Source], first: u32) -> Vec<Finding> {
    let finding = |problem: &Problem| {
        let text = sources[problem.source.0 as usize].piece(problem.span);
        let mut finding = problem.clone().into_finding(&text);
        finding.place.source.0 += first;
        finding
    };
    problems.iter().map(finding).collect()
}

/// Whether a record a rule cannot decide is reported.
pub(crate) fn on_missing(check: &Check) -> OnMissing {
    match check {
        Check::Each(check) => check.on_missing(),
        Check::Series(check) => check.on_missing(),
    }
}

/// The words of a rule, shared.
pub(crate) fn about(rule: &Rule) -> Arc<About> {
    Arc::clone(&rule.about)
}
