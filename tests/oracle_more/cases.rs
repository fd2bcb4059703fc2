//! Fixed cases, as rules carry them.

use crate::plan::compile;
use presend::trial;

#[test]
fn every_case_goes_as_it_says() {
    let checker = compile(include_str!("cases.toml")).unwrap_or_else(|report| panic!("{:?}", report.findings));
    assert!(checker.cases().len() >= 14);
    let failures = trial::run(&checker);
    let told: Vec<String> = failures.iter().map(|failure| format!("{}: {}", failure.case.name, failure.words.en)).collect();
    assert!(failures.is_empty(), "{told:#?}");
}
