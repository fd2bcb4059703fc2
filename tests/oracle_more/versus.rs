//! The program against the oracle.

use crate::plan::{Place, check, plans};
use crate::rules::{ratios, sequences, similarities, time_windows};
use crate::slow::Found;
use presend::Report;
use presend::finding::{Finding, Window};
use proptest::prelude::*;

/// Many small plans; what fails becomes a test of its own, not a file of seeds.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// File and row of a finding.
pub(crate) fn stands(report: &Report, finding: &Finding) -> Place {
    let source = report.source(finding.place.source);
    let line = source.position(finding.place.span.start as usize).line;
    let number = source.name().trim_start_matches("plan-").trim_end_matches(".csv");
    (number.parse().expect("files are numbered"), line - 2)
}

/// What a report says, with what `more` a kind tells.
pub(crate) fn said(report: &Report, more: impl Fn(&Window) -> Vec<Option<i64>>) -> Vec<Found> {
    let found = |finding: &Finding| {
        let window = finding.window()?;
        let place = stands(report, finding);
        Some(Found { place, rows: window.rows, count: window.count.0 / 1_000_000, more: more(window) })
    };
    let mut all: Vec<Found> = report.findings.iter().filter_map(found).collect();
    all.sort();
    all
}

fn nothing(_: &Window) -> Vec<Option<i64>> {
    Vec::new()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn shares(plan in plans(0), rule in ratios()) {
        prop_assert_eq!(said(&check(&rule.toml(), &plan, 1), nothing), rule.verdict(&plan), "{}", rule.toml());
    }

    #[test]
    fn shares_of_less_are_said_with_what_they_are_of(plan in plans(0), rule in ratios()) {
        for finding in &check(&rule.toml(), &plan, 1).findings {
            if let Some((window, of)) = finding.window().and_then(|window| Some((window, window.of?))) {
                prop_assert!(window.count <= of && window.max < window.count);
                prop_assert!(i128::from(window.count.0) * i128::from(rule.share.1) > i128::from(of.0) * i128::from(rule.share.0));
            }
        }
    }

    #[test]
    fn orders_of_steps(plan in plans(0), rule in sequences()) {
        let seconds = |time: Option<presend::time::Time>| time.map(|time| time.0 / 1_000_000);
        let told = said(&check(&rule.toml(), &plan, 1), |window| vec![seconds(window.start), seconds(window.allowed_at)]);
        prop_assert_eq!(told, rule.verdict(&plan), "{}", rule.toml());
    }

    #[test]
    fn times_outside_windows(plan in plans(0), rule in time_windows()) {
        let report = check(&rule.toml(), &plan, 1);
        prop_assert_eq!(said(&report, nothing), rule.verdict(&plan), "{}", rule.toml());
        for finding in report.findings.iter().filter(|finding| finding.window().is_some()).take(1) {
            let (file, row) = stands(&report, finding);
            let expected = rule.next(plan[file][row].time.expect("it was counted"), 12);
            let told = finding.window().and_then(|window| window.allowed_at).map(|time| time.0 / 1_000_000);
            prop_assert!(expected.is_none() || told == expected, "{told:?} {expected:?} {}", rule.toml());
        }
    }

    #[test]
    fn texts_that_are_alike(plan in plans(0), rule in similarities()) {
        prop_assert_eq!(said(&check(&rule.toml(), &plan, 1), nothing), rule.verdict(&plan), "{}", rule.toml());
    }

    #[test]
    fn history_counts_and_is_not_reported(plan in plans(30), rules in (ratios(), sequences(), time_windows(), similarities())) {
        let told = |toml: String| said(&check(&toml, &plan, 1), nothing);
        prop_assert_eq!(told(rules.0.toml()), rules.0.verdict(&plan), "{}", rules.0.toml());
        let without_moments = |found: Vec<Found>| found.into_iter().map(|found| Found { more: Vec::new(), ..found }).collect::<Vec<_>>();
        prop_assert_eq!(told(rules.1.toml()), without_moments(rules.1.verdict(&plan)), "{}", rules.1.toml());
        prop_assert_eq!(told(rules.2.toml()), rules.2.verdict(&plan), "{}", rules.2.toml());
        prop_assert_eq!(told(rules.3.toml()), rules.3.verdict(&plan), "{}", rules.3.toml());
    }
}
