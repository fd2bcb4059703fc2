//! The program against the oracle.

use crate::plan::{Plan, plan};
use crate::rules::{Kind, Rule, policy, rules};
use crate::run::{check, compile, files, said};
use crate::slow::{Found, verdict};
use presend::Report;
use proptest::prelude::*;

/// Many small plans; what fails becomes a test of its own, not a file of seeds.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

type Compare = fn(&Found) -> (usize, usize, u64, i64);

fn agree(plan: &Plan, (number, rule): (usize, &Rule), report: &Report, compare: Compare) -> Result<(), TestCaseError> {
    let expected = verdict(plan, rule);
    let (found, lacking) = said(report, &format!("r{number}"));
    let told = |found: &[Found]| found.iter().map(compare).collect::<Vec<_>>();
    prop_assert_eq!(told(&found), told(&expected.found), "r{} of {}", number, policy(std::slice::from_ref(rule)));
    prop_assert!(lacking.iter().all(|place| expected.lacking.contains(place)), "r{}: {:?} lack nothing", number, lacking);
    for file in 1..=plan.files.len() {
        let first = expected.lacking.iter().find(|place| place.0 == file);
        let told = first.is_none_or(|first| lacking.contains(first));
        prop_assert!(told, "r{} passes over {:?}: {}", number, first, policy(std::slice::from_ref(rule)));
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_plan_breaks_what_the_oracle_says(plan in plan(0), rules in rules()) {
        let report = check(&compile(&policy(&rules)), &files(&plan), 2);
        for rule in rules.iter().enumerate() {
            agree(&plan, rule, &report, |found| (found.file, found.row, found.rows, found.count))?;
        }
    }

    /// What a history adds to a running total, nobody has said.
    #[test]
    fn history_fills_windows_and_is_never_reported(plan in plan(30), rules in rules()) {
        let report = check(&compile(&policy(&rules)), &files(&plan), 2);
        for rule in rules.iter().enumerate().filter(|(_, rule)| !matches!(rule.kind, Kind::Capacity { .. })) {
            agree(&plan, rule, &report, |found| (found.file, found.row, found.rows, 0))?;
        }
        let name = |finding: &presend::finding::Finding| report.source(finding.place.source).name().to_owned();
        prop_assert!(report.findings.iter().all(|finding| name(finding) != "plan-0.csv"));
        let planned: usize = plan.files.iter().map(|(_, rows)| rows.len()).sum();
        prop_assert_eq!(report.summary.records, planned + plan.registry.len());
    }
}
