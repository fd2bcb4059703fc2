//! SARIF against the published schema, and what the schema does not ask for.

use super::*;
use crate::output::sample;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn log(report: &Report, lang: Lang) -> Value {
    let text = sample::written(report, "sarif", Style { lang, color: false, width: 80, jobs: 1 });
    serde_json::from_str(&text).expect("valid JSON")
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().expect("a list")
}

/// The published schema. It comes with the crate `serde-sarif`, which is fetched and never compiled; Cargo knows where it lies.
fn schema() -> Value {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let told = Command::new(env!("CARGO")).args(["metadata", "--format-version", "1", "--manifest-path"]).arg(manifest).output();
    let told: Value = serde_json::from_slice(&told.expect("Cargo runs").stdout).expect("what Cargo knows");
    let packages = told["packages"].as_array().expect("a list");
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").expect("a dependency of the tests");
    let folder = Path::new(package["manifest_path"].as_str().expect("a path")).parent().expect("a folder");
    let text = std::fs::read_to_string(folder.join("src/schema.json")).expect("the schema is in the crate");
    // A bracket that nothing opened; not every engine for expressions lets it pass.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    serde_json::from_str(&text).expect("valid JSON")
}

#[test]
fn the_published_schema_holds() {
    let schema = jsonschema::validator_for(&schema()).expect("a schema");
    let empty = Report::new(Vec::new(), Vec::new(), 0, crate::time::Zone::default());
    for log in [log(&sample::report(), Lang::Zh), log(&sample::report(), Lang::En), log(&empty, Lang::Zh)] {
        let wrong: Vec<String> = schema.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    let mut broken = log(&sample::report(), Lang::Zh);
    broken["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0.into();
    assert!(!schema.is_valid(&broken), "the schema tells right from wrong");
}

#[test]
fn a_result_leads_to_its_rule_and_its_file() {
    let log = log(&sample::report(), Lang::Zh);
    let (run, results) = (&log["runs"][0], results(&log));
    assert_eq!(results.len(), sample::report().findings.len() + sample::report().waived.len());
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("a number") as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let location = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(run["artifacts"][location["index"].as_u64().expect("a number") as usize]["location"]["uri"], location["uri"]);
    }
    let known = |text: &str| run["tool"]["driver"]["rules"].as_array().expect("a list").iter().any(|rule| rule["helpUri"] == text);
    assert!(known("https://example.com/ad"));
}

#[test]
fn columns_count_code_points() {
    let log = log(&sample::report(), Lang::Zh);
    let result = results(&log).iter().find(|result| result["ruleId"] == "sample/lex-forged-papers").expect("there");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["startColumn"], &region["endColumn"]), (&2.into(), &1.into(), &4.into()));
    assert_eq!(log["runs"][0]["columnKind"], "unicodeCodePoints");
}

#[test]
fn every_counted_record_is_a_related_location_once() {
    let log = log(&sample::report(), Lang::En);
    let result = results(&log).iter().find(|result| result["ruleId"] == "sample/friend-add-24h").expect("there");
    let related = result["relatedLocations"].as_array().expect("a list");
    let said: Vec<&str> = related.iter().filter_map(|location| location["message"]["text"].as_str()).collect();
    assert_eq!(said, ["first of the window", "the one before", "counted"]);
}

#[test]
fn paths_are_uris() {
    assert_eq!(uri("草稿/a b.txt"), "%E8%8D%89%E7%A8%BF/a%20b.txt");
    assert_eq!(uri("/tmp/100%.md"), "file:///tmp/100%25.md");
    assert_eq!(uri("C:/a.md"), "file:///C:/a.md");
    assert_eq!(uri("a:b/c#1.md"), "./a:b/c%231.md");
    assert_eq!(uri("../plan.csv"), "../plan.csv");
}

#[test]
fn what_is_waived_is_suppressed_with_its_reason() {
    let mut report = sample::report();
    let mut finding = report.findings.remove(0);
    let waiver = Waiver { reason: "已书面同意".to_owned(), ..finding.waiver.as_deref().cloned().unwrap_or_default() };
    finding.waiver = Some(waiver.into());
    report.waived = vec![finding];
    let log = log(&report, Lang::Zh);
    let suppressed: Vec<&Value> = results(&log).iter().flat_map(|result| result["suppressions"].as_array().expect("a list")).collect();
    assert_eq!(suppressed, [&serde_json::json!({"kind": "external", "status": "accepted", "justification": "已书面同意"})]);
    let schema = jsonschema::validator_for(&schema()).expect("a schema");
    assert!(schema.is_valid(&log));
}
