//! Fixed cases, as rules carry them.

use crate::plan::compile;
use presend::trial;

#[test]
fn every_case_goes_as_it_says() {
    let checker = compile(include_str!("cases.toml")).unwrap_or_else(|report| panic!("{:?}", report.findings));
    assert!(checker.cases().len() >= 14);
    let outcomes = trial::run(&checker);
    let told =
        outcomes.iter().flat_map(|outcome| outcome.differences.iter().map(|other| format!("{}: {}", outcome.case.name, other.words.en)));
    assert_eq!(told.collect::<Vec<String>>(), Vec::<String>::new());
}
