//! The tests that rules carry, run.

use crate::check::{Checker, Input, InputFile};
use crate::finding::Finding;
use crate::input::Role;
use crate::policy::{Case, CaseInput, Expect, Expected};
use crate::report::Report;
use crate::source::Source;
use crate::words::Words;

/// What came of a case that did not go as its rule says.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The case.
    pub case: Case,
    /// What went otherwise.
    pub words: Words,
}

/// Runs every case of a checker. Rules that are off stay silent, so ask [`Checker::awake`] first.
pub fn run(checker: &Checker) -> Vec<Failure> {
    checker.cases().iter().filter_map(|case| Some(Failure { words: fails(checker, case)?, case: case.clone() })).collect()
}

/// What is wrong with a case, if anything.
fn fails(checker: &Checker, case: &Case) -> Option<Words> {
    let report = report(checker, &case.input);
    let broken: Vec<&Finding> =
        report.findings.iter().filter(|finding| finding.about.pack == "presend" && finding.about.kind == "input").collect();
    if let Some(first) = broken.first() {
        let words = |lang| first.message(lang);
        return Some(Words::new(words(crate::words::Lang::Zh), words(crate::words::Lang::En)));
    }
    let own: Vec<&Finding> = report.findings.iter().filter(|finding| finding.about.id == case.rule).collect();
    match &case.expect {
        Expect::Silent => own.first().map(|finding| {
            let text = finding.matched().map_or(String::new(), |found| format!("“{}”", found.text));
            Words::new(format!("误报：不该报，却报了{text}"), format!("noisy: it must stay silent but flags {text}"))
        }),
        Expect::Hit => own.is_empty().then(|| Words::fixed("漏报：该报，却没有报", "missed: it must flag this but stays silent")),
        Expect::Findings(expected) => differs(&report, &own, expected),
    }
}

fn differs(report: &Report, own: &[&Finding], expected: &[Expected]) -> Option<Words> {
    let found: Vec<Expected> = own.iter().map(|finding| seen(report, finding)).collect();
    let same = found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, wanted)| {
            found.row == wanted.row
                && (wanted.count.is_none() || wanted.count == found.count)
                && (wanted.rows.is_none() || wanted.rows == found.rows)
        });
    (!same).then(|| {
        Words::new(
            format!("应有 {}，实际 {}", show(expected), show(&found)),
            format!("expected {}, found {}", show(expected), show(&found)),
        )
    })
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

fn show(expected: &[Expected]) -> String {
    let one = |expected: &Expected| {
        let part = |name: &str, value: Option<i64>| value.map_or(String::new(), |value| format!(" {name}={value}"));
        format!("row={}{}{}", expected.row, part("count", expected.count), part("rows", expected.rows))
    };
    format!("[{}]", expected.iter().map(one).collect::<Vec<_>>().join(", "))
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
