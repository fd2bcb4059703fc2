//! The tests that rules carry, run.

mod junit;

pub use junit::junit;

use crate::check::{Checker, Input, InputFile};
use crate::finding::Finding;
use crate::input::Role;
use crate::policy::{Case, CaseInput, Expect, Expected};
use crate::report::Report;
use crate::source::Source;
use crate::words::{Lang, Words};
use std::collections::BTreeMap;

/// How one case went.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The case.
    pub case: Case,
    /// What went otherwise than its rule says; nothing when it holds.
    pub differences: Vec<Difference>,
}

impl Outcome {
    /// Whether it went as its rule says.
    pub fn holds(&self) -> bool {
        self.differences.is_empty()
    }
}

/// One thing that went otherwise.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What sort of thing.
    pub sort: Sort,
    /// What was expected, and what came.
    pub words: Words,
}

/// How a result may differ from what a case asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The rule should have spoken.
    Missed,
    /// The rule should have been silent.
    Noisy,
    /// It spoke where it should, and counted otherwise.
    Miscounted,
    /// The case itself cannot be read.
    Unreadable,
}

impl Sort {
    /// `missed`, `noisy`, `miscounted` or `unreadable`.
    pub fn name(self) -> &'static str {
        match self {
            Sort::Missed => "missed",
            Sort::Noisy => "noisy",
            Sort::Miscounted => "miscounted",
            Sort::Unreadable => "unreadable",
        }
    }
}

/// A rule that lacks a sort of case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untested {
    /// The rule.
    pub rule: String,
    /// Whether a case that it must flag is lacking.
    pub hit: bool,
    /// Whether a case on which it must stay silent is lacking.
    pub silence: bool,
}

impl Untested {
    /// What is lacking.
    pub fn words(&self) -> Words {
        match (self.hit, self.silence) {
            (true, true) => Words::fixed("没有任何例子", "it has no case at all"),
            (true, false) => Words::fixed("没有该报的例子（invalid）", "no case shows what it must flag (invalid)"),
            (false, _) => Words::fixed("没有不该报的例子（valid）", "no case shows what it must not flag (valid)"),
        }
    }
}

/// Runs every case of a checker, in the order they are written. Rules that are off stay silent, so ask [`Checker::awake`] first.
pub fn run(checker: &Checker) -> Vec<Outcome> {
    checker.cases().iter().map(|case| Outcome { differences: differences(checker, case), case: case.clone() }).collect()
}

/// Rules without a case of each sort. A table of rows shows both when it expects some findings and has more rows than those.
pub fn untested(checker: &Checker) -> Vec<Untested> {
    let mut shown: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for case in checker.cases() {
        let (hit, silence) = match &case.expect {
            Expect::Silent => (false, true),
            Expect::Hit => (true, false),
            Expect::Findings(expected) => (!expected.is_empty(), expected.len() < records(&case.input)),
        };
        let entry = shown.entry(&case.rule).or_default();
        *entry = (entry.0 || hit, entry.1 || silence);
    }
    let rules = checker.rules().filter(|rule| rule.severity.is_some());
    rules
        .filter_map(|rule| {
            let (hit, silence) = shown.get(rule.id.as_str()).copied().unwrap_or_default();
            (!hit || !silence).then(|| Untested { rule: rule.id.clone(), hit: !hit, silence: !silence })
        })
        .collect()
}

/// How many records a case holds: the lines of its tables but their heads.
fn records(input: &CaseInput) -> usize {
    let lines = |table: &str| table.lines().filter(|line| !line.trim().is_empty()).count().saturating_sub(1);
    match input {
        CaseInput::Draft(_) => 1,
        CaseInput::Rows { rows, accounts, .. } => lines(rows) + accounts.as_deref().map_or(0, lines),
    }
}

/// Everything that is wrong with a case.
fn differences(checker: &Checker, case: &Case) -> Vec<Difference> {
    let report = report(checker, &case.input);
    let is_broken = |finding: &&Finding| finding.about.pack == "presend" && finding.about.kind == "input";
    if let Some(first) = report.findings.iter().find(is_broken) {
        let words = Words::new(first.message(Lang::Zh), first.message(Lang::En));
        return vec![Difference { sort: Sort::Unreadable, words }];
    }
    let own: Vec<&Finding> = report.findings.iter().filter(|finding| finding.about.id == case.rule).collect();
    match &case.expect {
        Expect::Silent if own.is_empty() => where_it_matches(checker, case).iter().map(noisy).collect(),
        Expect::Silent => own.into_iter().map(noisy).collect(),
        Expect::Hit if own.is_empty() && !where_it_matches(checker, case).is_empty() => Vec::new(),
        Expect::Hit if own.is_empty() => {
            let words = match matches!(case.input, CaseInput::Draft(_)) && checker.is_selective(&case.rule) {
                false => Words::fixed("漏报：该报，却没有报", "missed: it must flag this but stays silent"),
                true => Words::fixed(
                    "漏报：该报，却没有报（规则有 `match`：也许那些字段不是一个值就够的，写成 [[rule.test]]，在 rows 里带上字段）",
                    "missed: it must flag this but stays silent (its `match` may ask for more than plain values: write a [[rule.test]] with rows)",
                ),
            };
            vec![Difference { sort: Sort::Missed, words }]
        }
        Expect::Hit => Vec::new(),
        Expect::Findings(expected) => compared(case, expected, &own.iter().map(|finding| seen(&report, finding)).collect::<Vec<_>>()),
    }
}

/// What the rule finds once the draft has the fields that its `match` asks for: without them its silence would show nothing.
fn where_it_matches(checker: &Checker, case: &Case) -> Vec<Finding> {
    let Some(record) = &case.matching else { return Vec::new() };
    let mut files = Input::new();
    InputFile::of(Source::new("case.jsonl", record.as_str()), Role::Plan).into_iter().for_each(|file| files.add(file));
    checker.check(files).findings.into_iter().filter(|finding| finding.about.id == case.rule).collect()
}

fn noisy(finding: &Finding) -> Difference {
    let text = finding.matched().map_or(String::new(), |found| format!("“{}”", found.text));
    let words = Words::new(format!("误报：不该报，却报了{text}"), format!("noisy: it must stay silent but flags {text}"));
    Difference { sort: Sort::Noisy, words }
}

/// The findings a case asks for against those that came, row by row; one row may have several.
fn compared(case: &Case, expected: &[Expected], found: &[Expected]) -> Vec<Difference> {
    let mut left: Vec<&Expected> = found.iter().collect();
    let mut differences = Vec::new();
    let mut unmet = Vec::new();
    for wanted in expected {
        match left.iter().position(|found| agrees(wanted, found)) {
            Some(at) => drop(left.remove(at)),
            None => unmet.push(wanted),
        }
    }
    for wanted in unmet {
        let same_row = left.iter().position(|found| found.row == wanted.row);
        let (sort, words) = match same_row.map(|at| left.remove(at)) {
            Some(found) => (Sort::Miscounted, both(("应为", "expected"), wanted, ("，实际", ", found"), Some(found))),
            None => (Sort::Missed, both(("漏报：应报", "missed: expected"), wanted, ("，没有报", ", and nothing came"), None)),
        };
        differences.push(Difference { sort, words: at_row(case, wanted.row, words) });
    }
    for found in left {
        let words = both(("误报：多报了", "noisy: not expected, but came"), found, ("", ""), None);
        differences.push(Difference { sort: Sort::Noisy, words: at_row(case, found.row, words) });
    }
    differences
}

fn agrees(wanted: &Expected, found: &Expected) -> bool {
    wanted.row == found.row
        && (wanted.count.is_none() || wanted.count == found.count)
        && (wanted.rows.is_none() || wanted.rows == found.rows)
}

fn both(before: (&str, &str), one: &Expected, between: (&str, &str), other: Option<&Expected>) -> Words {
    let (one, other) = (show(one), other.map_or(String::new(), |other| format!(" {}", show(other))));
    Words::new(format!("{} {one}{}{other}", before.0, between.0), format!("{} {one}{}{other}", before.1, between.1))
}

/// The words with the line of the table they are about.
fn at_row(case: &Case, row: usize, words: Words) -> Words {
    let CaseInput::Rows { rows, .. } = &case.input else { return words };
    let Some(line) = rows.trim_start_matches('\n').lines().nth(row) else { return words };
    Words::new(format!("{}：{line}", words.zh), format!("{}: {line}", words.en))
}

fn seen(report: &Report, finding: &Finding) -> Expected {
    let line = report.source(finding.place.source).position(finding.place.span.start as usize).line;
    let window = finding.window();
    Expected {
        row: line - 1,
        count: window.and_then(|window| window.count.to_whole()),
        rows: window.and_then(|window| i64::try_from(window.rows).ok()),
    }
}

fn show(expected: &Expected) -> String {
    let part = |name: &str, value: Option<i64>| value.map_or(String::new(), |value| format!(" {name}={value}"));
    format!("row={}{}{}", expected.row, part("count", expected.count), part("rows", expected.rows))
}

fn report(checker: &Checker, input: &CaseInput) -> Report {
    let mut files = Input::new();
    let mut add = |name: &str, text: &str, role: Role| {
        if let Some(file) = InputFile::of(Source::new(name, text), role) {
            files.add(file);
        }
    };
    match input {
        CaseInput::Draft(text) => add("draft.txt", text, Role::Plan),
        CaseInput::Rows { rows, accounts, history, .. } => {
            add("rows.csv", rows.trim_start_matches('\n'), Role::Plan);
            accounts.iter().for_each(|text| add("accounts.csv", text.trim_start_matches('\n'), Role::Accounts));
            history.iter().for_each(|text| add("history.csv", text.trim_start_matches('\n'), Role::History));
        }
    }
    if let CaseInput::Rows { as_of: Some(day), .. } = input {
        files.as_of = checker.zone().midnight(day);
    }
    checker.check(files)
}
