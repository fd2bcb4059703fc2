//! What must hold whatever the limits are: order, files, threads and formats change nothing, more room never adds a breach.

use crate::plan::{Form, Operation, Plan, plan, plan_without_ties, write, write_registry};
use crate::rules::{Kind, Limit, Rule, policy, rules};
use crate::run::{File, by_record, check, check_rows, compile, files, name, rows, stands, written};
use crate::versus::config;
use presend::Report;
use presend::finding::Place;
use presend::input::Role;
use proptest::prelude::*;

/// The rows of a plan's only file.
fn only(plan: &Plan) -> &[Operation] {
    &plan.files[0].1
}

fn shuffled(plan: &Plan) -> impl Strategy<Value = (Plan, Vec<Operation>)> + use<> {
    (Just(plan.clone()), Just(only(plan).to_vec()).prop_shuffle())
}

/// The rule with more room.
fn wider(rule: &Rule, by: i64) -> Rule {
    let wide = |limit: &Limit| match limit {
        Limit::Fixed(max) => Limit::Fixed(max + by),
        Limit::Dated(steps) => Limit::Dated(steps.iter().map(|(day, max)| (*day, max + by)).collect()),
    };
    let kind = match &rule.kind {
        Kind::Rate { limit, timespan, sum } => Kind::Rate { limit: wide(limit), timespan: *timespan, sum: *sum },
        Kind::Quota { limit, period, zone, sum } => Kind::Quota { limit: wide(limit), period: *period, zone: *zone, sum: *sum },
        Kind::Interval { min } => Kind::Interval { min: (min - by * 1000).max(1000) },
        Kind::Distinct { field, max, timespan } => Kind::Distinct { field: *field, max: max + by as usize / 100, timespan: *timespan },
        Kind::Capacity { max } => Kind::Capacity { max: max + by },
    };
    Rule { kind, ..rule.clone() }
}

/// The rows cut into files at these places; names are in the order of the pieces.
fn pieces(plan: &Plan, cuts: &[prop::sample::Index]) -> Vec<File> {
    let rows = only(plan);
    let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(rows.len() + 1)).chain([0, rows.len()]).collect();
    at.sort_unstable();
    let piece = |(number, ends): (usize, &[usize])| (name(number + 1, Form::Csv), write(Form::Csv, &rows[ends[0]..ends[1]]), Role::Plan);
    let registry = ("accounts.csv".to_owned(), write_registry(&plan.registry), Role::Accounts);
    at.windows(2).enumerate().map(piece).chain([registry]).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn shuffled_rows_at_distinct_times_give_the_same_verdicts((plan, rows) in plan_without_ties().prop_flat_map(|plan| shuffled(&plan)), rules in rules()) {
        // Without a time there is no order but that of the rows.
        let timed = |rows: &[Operation]| rows.iter().filter(|row| row.time.is_some()).cloned().collect::<Vec<_>>();
        let checker = compile(&policy(&rules));
        let told = |rows: &[Operation]| by_record(&check_rows(&checker, &plan, Form::Csv, &timed(rows)));
        prop_assert_eq!(told(&rows), told(only(&plan)));
    }

    #[test]
    fn one_file_or_several_is_the_same((plan, cuts) in (plan(0), prop::collection::vec(any::<prop::sample::Index>(), 0..4)), rules in rules()) {
        let checker = compile(&policy(&rules));
        let whole = check_rows(&checker, &plan, Form::Csv, only(&plan));
        prop_assert_eq!(by_record(&check(&checker, &pieces(&plan, &cuts), 1)), by_record(&whole));
    }

    #[test]
    fn more_room_never_adds_a_breaking_record(plan in plan(0), rules in rules(), by in 1..4i64) {
        let tight = check(&compile(&policy(&rules)), &files(&plan), 1);
        let wide: Vec<Rule> = rules.iter().map(|rule| wider(rule, by * 100)).collect();
        let wide = check(&compile(&policy(&wide)), &files(&plan), 1);
        for number in 0..rules.len() {
            let rule = format!("r{number}");
            prop_assert!(rows(&wide, &rule) <= rows(&tight, &rule), "{} of {}", rule, policy(&rules));
        }
    }

    #[test]
    fn threads_and_the_order_of_files_change_no_byte(plan in plan(10), rules in rules()) {
        let checker = compile(&policy(&rules));
        let mut files = files(&plan);
        let one = written(&check(&checker, &files, 1));
        prop_assert_eq!(&written(&check(&checker, &files, 3)), &one);
        files.reverse();
        prop_assert_eq!(&written(&check(&checker, &files, 1)), &one);
    }

    #[test]
    fn jsonl_and_csv_say_the_same(plan in plan(0), rules in rules()) {
        let checker = compile(&policy(&rules));
        let told = |form| by_record(&check_rows(&checker, &plan, form, only(&plan)));
        prop_assert_eq!(told(Form::Jsonl), told(Form::Csv));
    }
}

/// Files this large are read in parts: the parts must not cut a record, nor a text of several lines, nor change an order.
#[test]
fn a_large_file_reads_the_same_on_any_number_of_threads() {
    let policy = "schema = 1\n[[rule]]\nid = \"r\"\nseverity = \"error\"\nsummary = \"s\"\nrate = { max = 3, timespan = \"10m\", group_by = [\"account\"] }\n\
        [[rule]]\nid = \"word\"\nseverity = \"error\"\nsummary = \"s\"\nlexicon = { terms = [\"微信\"] }\n";
    let checker = compile(policy);
    let (mut csv, mut jsonl) = ("time,account,action,text\n".to_owned(), String::new());
    let mut number: u64 = 7;
    for row in 0..20_000u64 {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (account, late) = (number >> 60, number >> 40 & 0xFF);
        let time = crate::clock::show(1_780_000_000_000 + (row * 3 + late) as i64 * 1000, crate::clock::Written::Offset);
        let text = if row % 97 == 0 { "第一行\n\"加微信\",\n第三行" } else { "一句平常的话，没有什么" };
        csv.push_str(&format!("{time},a{account},send_message,\"{}\"\n", text.replace('"', "\"\"")));
        jsonl.push_str(&format!(
            "{}\n",
            serde_json::json!({"time": time, "account": format!("a{account}"), "action": "send_message", "text": text})
        ));
    }
    for (name, text) in [("plan.csv", csv), ("plan.jsonl", jsonl)] {
        assert!(text.len() > 1 << 20);
        let files = [(name.to_owned(), text, Role::Plan)];
        let one = check(&checker, &files, 1);
        assert!(one.findings.len() > 200 && one.summary.records == 20_000, "{} {:?}", one.findings.len(), one.summary);
        for jobs in [2, 3, 7] {
            assert!(written(&check(&checker, &files, jobs)) == written(&one), "{name} on {jobs} threads");
        }
    }
}

proptest! {
    #![proptest_config(config())]

    /// Evidence is of the same group, and nothing after the run.
    #[test]
    fn a_finding_shows_records_of_its_own_group(plan in plan(10), rules in rules()) {
        let report = check(&compile(&policy(&rules)), &files(&plan), 1);
        for finding in report.findings.iter().filter(|finding| finding.window().is_some()) {
            let rule = &rules[finding.about.id[1..].parse::<usize>().expect("a number")];
            let first = operation(&plan, &report, &finding.place);
            for related in &finding.related {
                let shown = operation(&plan, &report, &related.place);
                prop_assert!(rule.group_by.iter().all(|field| shown.word(*field) == first.word(*field)));
                prop_assert!(shown.time.map(|time| time * 1000) <= finding.window().and_then(|window| window.end).map(|time| time.0));
            }
            let alone = matches!(rule.kind, Kind::Capacity { .. }) || finding.window().is_some_and(|window| window.rows == 1);
            prop_assert!(alone || !finding.related.is_empty());
        }
    }
}

/// The operation that stands at a place.
fn operation<'a>(plan: &'a Plan, report: &Report, place: &Place) -> &'a Operation {
    let (file, row) = stands(report, place);
    if file == 0 { &plan.history[row] } else { &plan.files[file - 1].1[row] }
}

proptest! {
    #![proptest_config(config())]

    /// In place of the record that breaks a limit, as much as remains fits, and no more.
    #[test]
    fn what_remains_fits_and_no_more(plan in plan(10), rules in rules()) {
        let checker = compile(&policy(&rules));
        let report = check(&checker, &files(&plan), 1);
        for finding in &report.findings {
            let Some(window) = finding.window() else { continue };
            let rule = &rules[finding.about.id[1..].parse::<usize>().expect("a number")];
            let remains = window.remaining.expect("every kind of these can tell").0;
            // Of friends that are not registered more may be deleted than there are: then more fits than the count says.
            let is_capacity = matches!(rule.kind, Kind::Capacity { .. });
            prop_assert!(remains >= 0 && (is_capacity || remains < window.count.0.max(1)));
            let sum = match &rule.kind {
                Kind::Rate { sum, .. } | Kind::Quota { sum, .. } => *sum,
                Kind::Capacity { .. } => false,
                Kind::Interval { .. } | Kind::Distinct { .. } => {
                    prop_assert_eq!(remains, 0);
                    continue;
                }
            };
            let (file, row) = stands(&report, &finding.place);
            for more in [0, 1] {
                let mut other = plan.clone();
                let changed = &mut other.files[file - 1].1[row];
                if sum { changed.amount = Some(remains / 10_000 + more) } else { changed.count = Some(remains / 1_000_000 + more) }
                let report = check(&checker, &files(&other), 1);
                let mut own = report.findings.iter().filter(|other| other.about.id == finding.about.id && other.window().is_some());
                let breaks = own.any(|other| stands(&report, &other.place) == (file, row));
                // What is over already breaks with nothing, too.
                prop_assert!(breaks == (more > 0) || remains == 0, "{remains} + {more}: {}", policy(&rules));
            }
        }
    }
}
