//! The outcome of tests as JUnit XML.

use super::{Outcome, Untested};
use crate::check::Checker;
use crate::words::Lang;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// A suite for each policy file, a case for each test; rules that lack a sort of case fail in a suite of their own.
pub fn junit(checker: &Checker, outcomes: &[Outcome], untested: &[Untested], lang: Lang) -> String {
    let mut report = Report::new("presend test");
    for outcomes in outcomes.chunk_by(|a, b| a.case.place.0 == b.case.place.0) {
        let (file, _) = checker.policy_position(outcomes[0].case.place);
        let mut suite = TestSuite::new(file);
        suite.add_test_cases(outcomes.iter().map(|outcome| case(checker, outcome, lang)));
        report.add_test_suite(suite);
    }
    if !untested.is_empty() {
        let mut suite = TestSuite::new("strict");
        suite.add_test_cases(untested.iter().map(|untested| lacking(untested, lang)));
        report.add_test_suite(suite);
    }
    // Everything is in memory: there is nothing that could fail.
    report.to_string().unwrap_or_default()
}

fn case(checker: &Checker, outcome: &Outcome, lang: Lang) -> TestCase {
    let (file, place) = checker.policy_position(outcome.case.place);
    let told: Vec<&str> = outcome.differences.iter().map(|difference| difference.words.say(lang)).collect();
    let status = match outcome.differences.first() {
        None => TestCaseStatus::success(),
        Some(first) => failure(&told.join("\n"), first.sort.name()),
    };
    let name = outcome.case.name.trim().lines().next().unwrap_or_default();
    let mut case = TestCase::new(format!("{name} ({}:{})", place.line, place.column), status);
    case.set_classname(outcome.case.rule.as_str());
    case.extra.insert("file".into(), file.into());
    case.extra.insert("line".into(), place.line.to_string().into());
    case
}

fn lacking(untested: &Untested, lang: Lang) -> TestCase {
    let mut case = TestCase::new(untested.rule.as_str(), failure(untested.words().say(lang), "untested"));
    case.set_classname(untested.rule.as_str());
    case
}

fn failure(message: &str, sort: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(message).set_type(sort);
    status
}
