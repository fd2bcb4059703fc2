//! Plans and policies through the library, and what its reports say.

use crate::plan::{Form, Operation, Plan, write, write_registry};
use crate::slow::Found;
use presend::finding::{Finding, Place};
use presend::input::Role;
use presend::output::{OUTPUTS, Style};
use presend::source::Source;
use presend::time::Zone;
use presend::words::Lang;
use presend::{Checker, Input, InputFile, Policy, Report};

/// A file to check: its name, what it holds, what it is read as.
pub(crate) type File = (String, String, Role);

/// A policy ready to run.
pub(crate) fn compile(policy: &str) -> Checker {
    let mut all = Policy::new();
    all.add(Source::new("p.toml", policy), &|_| None);
    all.compile(&Zone::default()).unwrap_or_else(|report| panic!("{policy}\n{}", written(&report)))
}

/// The files of a plan, in an order of their own.
pub(crate) fn files(plan: &Plan) -> Vec<File> {
    let plans = plan.files.iter().enumerate().map(|(at, (form, rows))| (name(at + 1, *form), write(*form, rows), Role::Plan));
    let mut files: Vec<File> = plans.rev().collect();
    files.push(("accounts.csv".to_owned(), write_registry(&plan.registry), Role::Accounts));
    files.push((name(0, Form::Csv), write(Form::Csv, &plan.history), Role::History));
    files
}

/// The name of a file by its number; names sort like numbers.
pub(crate) fn name(number: usize, form: Form) -> String {
    format!("plan-{number}.{}", if form == Form::Csv { "csv" } else { "jsonl" })
}

/// Checks files.
pub(crate) fn check(checker: &Checker, files: &[File], jobs: usize) -> Report {
    let mut input = Input::new();
    input.jobs = jobs;
    for (name, text, role) in files {
        input.add(InputFile::of(Source::new(name.as_str(), text.as_str()), *role).expect("a known ending"));
    }
    checker.check(input)
}

/// Checks one plan file.
pub(crate) fn check_rows(checker: &Checker, plan: &Plan, form: Form, rows: &[Operation]) -> Report {
    let registry = ("accounts.csv".to_owned(), write_registry(&plan.registry), Role::Accounts);
    check(checker, &[(name(1, form), write(form, rows), Role::Plan), registry], 1)
}

/// The report as JSON.
pub(crate) fn written(report: &Report) -> String {
    let json = OUTPUTS.iter().find(|output| output.name == "json").expect("there");
    let mut out = Vec::new();
    (json.write)(report, Style { lang: Lang::En, color: false, width: 100, jobs: 1 }, &mut out).expect("written");
    String::from_utf8(out).expect("UTF-8")
}

/// File and row of a place, both as the oracle numbers them.
pub(crate) fn stands(report: &Report, place: &Place) -> (usize, usize) {
    let source = report.source(place.source);
    let line = source.position(place.span.start as usize).line;
    let number = source.name().trim_start_matches("plan-").split('.').next().expect("always a first part");
    (number.parse().unwrap_or(usize::MAX), if source.name().ends_with("csv") { line - 2 } else { line - 1 })
}

/// What a report says of one rule: its windows, and where something was lacking.
pub(crate) fn said(report: &Report, rule: &str) -> (Vec<Found>, Vec<(usize, usize)>) {
    let own = report.findings.iter().filter(|finding| finding.about.id == rule);
    let (mut windows, mut lacking) = (Vec::new(), Vec::new());
    for finding in own {
        let (file, row) = stands(report, &finding.place);
        match finding.window() {
            Some(window) => windows.push(Found { file, row, rows: window.rows, count: window.count.0 / 10_000 }),
            None => lacking.push((file, row)),
        }
    }
    windows.sort();
    (windows, lacking)
}

/// A window, told by the name of its record: rule, record, group; rows, count; start, end.
type Told = ([String; 3], (u64, i64), [Option<i64>; 2]);

/// What a report says, told by the names of records.
pub(crate) fn by_record(report: &Report) -> Vec<Told> {
    let one = |finding: &Finding| -> Option<Told> {
        let window = finding.window()?;
        let record = finding.place.record.as_deref().unwrap_or_default().to_owned();
        let names = [finding.about.id.clone(), record, format!("{:?}", window.group)];
        Some((names, (window.rows, window.count.0), [window.start, window.end].map(|time| time.map(|time| time.0))))
    };
    let mut all: Vec<_> = report.findings.iter().filter_map(one).collect();
    all.sort();
    all
}

/// How many records break a rule.
pub(crate) fn rows(report: &Report, rule: &str) -> u64 {
    said(report, rule).0.iter().map(|found| found.rows).sum()
}
