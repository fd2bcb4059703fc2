//! What must hold whatever the limits are: order, files and threads change nothing, more room never adds a breach.

use crate::plan::{Plan, check, plans, plans_without_ties};
use crate::rules::{Over, Ratio, ratios, sequences, similarities, time_windows};
use crate::versus::config;
use presend::Report;
use proptest::prelude::*;

/// Rows, count and moments of each window, in no order of places.
fn told(report: &Report) -> Vec<(u64, i64, Vec<Option<i64>>)> {
    let windows = report.findings.iter().filter_map(|finding| finding.window());
    let moments = |window: &presend::finding::Window| [window.start, window.end, window.allowed_at].map(|time| time.map(|time| time.0));
    let mut told: Vec<_> = windows.map(|window| (window.rows, window.count.0, moments(window).to_vec())).collect();
    told.sort();
    told
}

fn rows(kind: &str, plan: &Plan) -> u64 {
    check(kind, plan, 1).findings.iter().filter_map(|finding| finding.window()).map(|window| window.rows).sum()
}

/// One rule of each kind, as a policy says it.
pub(crate) fn any_rule() -> impl Strategy<Value = String> {
    prop_oneof![
        ratios().prop_map(|rule| rule.toml()),
        sequences().prop_map(|rule| rule.toml()),
        time_windows().prop_map(|rule| rule.toml()),
        similarities().prop_map(|rule| rule.toml()),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn shuffled_rows_at_distinct_times_give_the_same_verdicts(
        (plan, rows) in plans_without_ties().prop_flat_map(|plan| (Just(plan.clone()), Just(plan[1].clone()).prop_shuffle())),
        rule in any_rule(),
    ) {
        prop_assert_eq!(told(&check(&rule, &vec![vec![], rows], 1)), told(&check(&rule, &plan, 1)));
    }

    #[test]
    fn files_and_threads_change_nothing(plan in plans(0), cut in any::<prop::sample::Index>(), rule in any_rule()) {
        let whole = [plan[1].clone(), plan[2].clone()].concat();
        let (one, other) = whole.split_at(cut.index(whole.len() + 1));
        let parts = vec![vec![], one.to_vec(), other.to_vec()];
        let expected = told(&check(&rule, &vec![vec![], whole.clone()], 1));
        prop_assert_eq!(&told(&check(&rule, &parts, 1)), &expected);
        prop_assert_eq!(&told(&check(&rule, &parts, 3)), &expected);
    }

    #[test]
    fn a_larger_share_or_a_larger_sample_never_adds(plan in plans(0), rule in ratios()) {
        let (above, below) = rule.share;
        let larger = Ratio { share: (above + below, 2 * below), ..rule.clone() };
        prop_assert!(rows(&larger.toml(), &plan) <= rows(&rule.toml(), &plan), "{}", rule.toml());
        let mut pickier = rule.clone();
        pickier.least += 3;
        prop_assert!(rows(&pickier.toml(), &plan) <= rows(&rule.toml(), &plan), "{}", rule.toml());
    }

    #[test]
    fn less_time_or_an_end_never_adds(plan in plans(0), rule in sequences(), other in sequences()) {
        let mut shorter = rule.clone();
        shorter.timespan = (rule.timespan / 2).max(1);
        shorter.until = rule.until.clone().or(other.until);
        prop_assert!(rows(&shorter.toml(), &plan) <= rows(&rule.toml(), &plan), "{}", rule.toml());
    }

    #[test]
    fn another_window_never_adds(plan in plans(0), rule in time_windows(), other in time_windows()) {
        let mut wider = rule.clone();
        wider.allow.extend(other.allow);
        prop_assert!(rows(&wider.toml(), &plan) <= rows(&rule.toml(), &plan), "{}", rule.toml());
    }

    #[test]
    fn more_room_for_texts_never_adds(plan in plans(0), rule in similarities(), by in 1..40usize) {
        let mut roomier = rule.clone();
        match by % 3 {
            0 => roomier.max += 1,
            1 => roomier.threshold = (roomier.threshold + by).min(100),
            _ => roomier.timespan = (roomier.timespan / 2).max(1),
        }
        prop_assert!(rows(&roomier.toml(), &plan) <= rows(&rule.toml(), &plan), "{}", rule.toml());
    }

    #[test]
    fn rows_of_a_period_are_those_beyond_the_share(plan in plans(0), mut rule in ratios()) {
        // Where every record weighs one, as the contract says of quotas: rows = count - max.
        if matches!(rule.over, Over::Timespan(_)) {
            rule.over = Over::Month;
        }
        rule.days = false;
        let mut plan = plan;
        plan.iter_mut().flatten().for_each(|row| row.count = None);
        for finding in &check(&rule.toml(), &plan, 1).findings {
            if let Some(window) = finding.window() {
                prop_assert_eq!(window.rows as i64 * 1_000_000, window.count.0 - window.max.0);
            }
        }
    }
}
