//! A log that is checked as it comes, held against the same log checked whole.

use crate::plan::{Form, Operation, Plan, plan, write, write_registry};
use crate::rules::{policy, rules};
use crate::run::{by_record, check, compile, name};
use crate::stream::{File, begin, known, lines, push_all, sorted};
use crate::versus::config;
use presend::input::Role;
use proptest::prelude::*;
use proptest::sample::select;

/// How much records may be late, in milliseconds.
fn lateness() -> impl Strategy<Value = i64> {
    select(vec![0, 1, 10 * 60_000, 3 * 3_600_000, 40 * 86_400_000])
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(any::<usize>(), 0..12)
}

/// Rows in order of time, but for some that are late; those without a time stand first.
fn nearly_sorted(rows: &[Operation], lateness: i64, delays: &[i64]) -> Vec<Operation> {
    let mut delayed: Vec<(i64, Operation)> = rows
        .iter()
        .zip(delays.iter().cycle())
        .map(|(row, delay)| (row.time.map_or(i64::MIN, |time| time + delay % (lateness + 1)), row.clone()))
        .collect();
    delayed.sort_by_key(|(time, _)| *time);
    delayed.into_iter().map(|(_, row)| row).collect()
}

/// The rows that come no later than they may, and how many do.
fn in_time(rows: &[Operation], lateness: i64) -> (Vec<Operation>, usize) {
    let mut newest = i64::MIN;
    let is_in_time = |row: &&Operation| {
        let time = row.time.unwrap_or(i64::MAX);
        let is_in_time = time >= newest.saturating_sub(lateness);
        newest = newest.max(row.time.unwrap_or(i64::MIN));
        is_in_time
    };
    let kept: Vec<Operation> = rows.iter().filter(is_in_time).cloned().collect();
    (kept.clone(), rows.len() - kept.len())
}

fn beforehand(plan: &Plan) -> Vec<File> {
    vec![
        ("accounts.csv".to_owned(), write_registry(&plan.registry), Role::Accounts),
        (name(0, Form::Csv), write(Form::Csv, &plan.history), Role::History),
    ]
}

/// What a record says it may break: rules that are there and that are not, over or not, written well or badly.
fn ignores() -> impl Strategy<Value = Vec<&'static str>> {
    let said = vec![
        "",
        "",
        "r0 reason=agreed with the owner",
        "r1, r0 reason=agreed with the owner; approved_by=li",
        "random/r1 reason=agreed with the owner expires=2026-12-31",
        "r0 reason=agreed with the owner expires=2026-01-01",
        "r9 reason=agreed with the owner",
        "r0",
    ];
    prop::collection::vec(select(said), 1..7)
}

/// Waivers of a policy.
fn waivers() -> impl Strategy<Value = String> {
    let said = [
        "rule = \"r0\"\nmatch = { account = \"a\" }",
        "rule = \"r1\"",
        "rule = \"r0\"\nmatch = { not = { target = \"t1\" } }",
        "rule = \"r1\"\nmatch = { \"account.kind\" = \"service\" }",
        "rule = \"r0\"\nexpires = 2026-01-01",
    ];
    let waiver = |said: &&str| format!("[[waiver]]\n{said}\nreason = \"agreed with the owner\"\n");
    prop::sample::subsequence(said.to_vec(), 0..4).prop_map(move |some| some.iter().map(waiver).collect())
}

/// A log whose records say what they may break.
fn ignoring(form: Form, log: &str, said: &[&str]) -> String {
    let head = if form == Form::Csv { "presend_ignore" } else { "" };
    let said = std::iter::once(head).filter(|head| !head.is_empty()).chain(said.iter().copied().cycle());
    let line = |(line, said): (&str, &str)| match form {
        Form::Csv => format!("{line},\"{said}\"\n"),
        Form::Jsonl => format!("{},\"presend_ignore\":\"{said}\"}}\n", line.trim_end_matches('}')),
    };
    log.lines().zip(said).map(line).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn waivers_cover_in_a_stream_what_they_cover_in_a_file(
        plan in plan(12), rules in rules(), waivers in waivers(), said in ignores(), (lateness, cuts) in (lateness(), cuts())
    ) {
        prop_assume!(rules.len() > 1);
        let checker = compile(&(policy(&rules) + &waivers));
        let all: Vec<Operation> = plan.files.iter().flat_map(|(_, rows)| rows.clone()).collect();
        let (form, before) = (plan.files[0].0, beforehand(&plan));
        let (name, text) = (name(1, form), ignoring(form, &write(form, &nearly_sorted(&all, lateness, &[0])), &said));
        let whole = checker.check(known(&[before.clone(), vec![(name.clone(), text.clone(), Role::Plan)]].concat()));
        let streamed = |cuts: &[usize]| push_all(begin(&checker, &name, &before, lateness), text.as_bytes(), cuts);
        let reports = streamed(&cuts);
        prop_assert_eq!(sorted(lines(&reports)), sorted(lines(std::slice::from_ref(&whole))), "{}", text);
        prop_assert_eq!(lines(&reports), lines(&streamed(&[])), "the pieces change the order");
        prop_assert_eq!(reports.iter().map(|report| report.summary.waived).sum::<usize>(), whole.summary.waived);
    }

    #[test]
    fn the_findings_are_those_of_the_whole_log(
        plan in plan(12), rules in rules(), lateness in lateness(), delays in prop::collection::vec(0..i64::MAX, 1..9), cuts in cuts()
    ) {
        let checker = compile(&policy(&rules));
        let all: Vec<Operation> = plan.files.iter().flat_map(|(_, rows)| rows.clone()).collect();
        let (form, before) = (plan.files[0].0, beforehand(&plan));
        let log = (name(1, form), write(form, &nearly_sorted(&all, lateness, &delays)));
        let whole = check(&checker, &[before.clone(), vec![(log.0.clone(), log.1.clone(), Role::Plan)]].concat(), 1);
        let streamed = |cuts: &[usize]| push_all(begin(&checker, &log.0, &before, lateness), log.1.as_bytes(), cuts);
        let reports = streamed(&cuts);
        prop_assert_eq!(sorted(lines(&reports)), sorted(lines(std::slice::from_ref(&whole))), "{}\n{}", policy(&rules), log.1);
        prop_assert_eq!(lines(&reports), lines(&streamed(&[])), "the pieces change the order");
        prop_assert_eq!(reports.iter().map(|report| report.summary.records).sum::<usize>(), whole.summary.records);
        prop_assert_eq!(&reports.last().expect("the end").undecided, &whole.undecided);
    }

    #[test]
    fn what_comes_too_late_is_said_and_not_counted(plan in plan(0), rules in rules(), lateness in lateness(), cuts in cuts()) {
        let checker = compile(&policy(&rules));
        let rows: Vec<Operation> = plan.files.iter().flat_map(|(_, rows)| rows.iter().filter(|row| row.time.is_some()).cloned()).collect();
        let (kept, late) = in_time(&rows, lateness);
        let (before, log) = (beforehand(&plan), name(1, Form::Jsonl));
        let reports = push_all(begin(&checker, &log, &before, lateness), write(Form::Jsonl, &rows).as_bytes(), &cuts);
        let findings = || reports.iter().flat_map(|report| &report.findings);
        prop_assert_eq!(findings().filter(|finding| finding.about.id == "input-late-row").count(), late);
        let whole = check(&checker, &[before, vec![(log, write(Form::Jsonl, &kept), Role::Plan)]].concat(), 1);
        let mut told: Vec<_> = reports.iter().flat_map(by_record).collect();
        told.sort();
        prop_assert_eq!(told, by_record(&whole));
    }
}
