//! The guide for compliance teams: every example in it works, and there is one for each kind.

use presend::policy::{bundled, json_schema};
use presend::source::Source;
use presend::time::Zone;
use presend::{Policy, lint, trial};
use serde_json::Value;

const ZH: &str = include_str!("../docs/guide.zh-CN.md");
const EN: &str = include_str!("../docs/guide.md");

/// The policies a page shows.
fn examples(page: &str) -> Vec<&str> {
    page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

fn policy(example: &str) -> Policy {
    let mut policy = Policy::new();
    policy.add(Source::new("example.toml", example), &|_| None);
    policy
}

#[test]
fn both_languages_show_the_same_examples() {
    assert_eq!(examples(ZH), examples(EN));
    assert_eq!(ZH.matches("\n## ").count(), EN.matches("\n## ").count());
}

#[test]
fn every_example_goes_as_it_says() {
    for example in examples(EN) {
        let checker = policy(example).compile(&Zone::default()).unwrap_or_else(|report| panic!("{example}\n{:?}", report.findings)).awake();
        assert!(!checker.cases().is_empty(), "{example}");
        for outcome in trial::run(&checker) {
            assert!(outcome.holds(), "{example}\n{}: {:?}", outcome.case.name, outcome.differences);
        }
        let lacking = trial::untested(&checker);
        assert!(lacking.iter().all(|lacking| !example.contains(&lacking.rule)), "{example}\n{lacking:?}");
    }
}

#[test]
fn no_example_draws_advice() {
    for example in examples(EN) {
        let report = lint::run(policy(example), &Zone::default()).expect("it loads");
        let told: Vec<String> = report.findings.iter().map(|finding| format!("{}: {finding:?}", finding.about.id)).collect();
        assert!(told.is_empty(), "{example}\n{told:#?}");
    }
}

#[test]
fn every_kind_has_an_example() {
    let schema: Value = serde_json::from_str(&json_schema()).expect("JSON");
    for kind in schema["$defs"]["rule"]["oneOf"].as_array().expect("kinds") {
        let kind = kind["required"][0].as_str().expect("a name");
        assert!(EN.contains(&format!("### `{kind}`")) && ZH.contains(&format!("### `{kind}`")), "{kind}");
        assert!(examples(EN).iter().any(|example| example.contains(&format!("\n{kind} = "))), "{kind}");
    }
    assert!(bundled("wechat-account-safety").is_some(), "the pack the guide extends");
}
