//! Campaigns: operations that repeat; the same in TOML, YAML and JSON.

use crate::stage::{Stage, findings, text};
use serde_json::Value;

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "daily"
severity = "warning"
summary = "s"
match = { action = "post_moment" }
quota = { period = "day", max = 2, group_by = ["account"] }
[[rule]]
id = "contact"
severity = "error"
summary = "s"
lexicon = { terms = ["加微信"] }
"#;

/// What a report counts, without the places.
fn counted(report: &Value) -> Vec<String> {
    let counted = findings(report).iter().filter(|finding| finding["rule"] == "daily");
    counted.map(|finding| finding["window"].to_string()).collect()
}

#[test]
fn a_repeat_counts_like_the_rows_it_stands_for() {
    let repeat = "[[operation]]\nid = 'm'\naccount = 'a'\naction = 'post_moment'\ntime = 2026-11-23 09:00:00\n\
        repeat = { rule = 'FREQ=DAILY;BYHOUR=9,12,20', until = 2026-11-25, except = [2026-11-24] }\n";
    let rows = "time,account,action\n2026-11-23 09:00,a,post_moment\n2026-11-23 12:00,a,post_moment\n2026-11-23 20:00,a,post_moment\n\
        2026-11-25 09:00,a,post_moment\n2026-11-25 12:00,a,post_moment\n2026-11-25 20:00,a,post_moment\n";
    let stage = Stage::with("p.toml", POLICY).file("c.toml", repeat).file("c.csv", rows);
    let (campaign, table) = (stage.report(&["c.toml", "--policy", "p.toml"]), stage.report(&["c.csv", "--policy", "p.toml"]));
    assert_eq!(counted(&campaign).len(), 2);
    assert_eq!(counted(&campaign), counted(&table));
    assert_eq!(campaign["summary"]["records"], 6);
    let records: Vec<&str> = findings(&campaign).iter().map(|finding| text(&finding["location"]["record"])).collect();
    assert_eq!(records, ["m#3", "m#6"]);
    let prints: Vec<&str> = findings(&campaign).iter().map(|finding| text(&finding["fingerprint"])).collect();
    assert_ne!(prints[0], prints[1]);
}

#[test]
fn words_of_a_repeat_are_wrong_once() {
    let campaign = "[[operation]]\naccount = 'a'\naction = 'send_message'\ntext = '加微信，再加微信'\ntime = 2026-11-23 09:00:00\nrepeat = 'FREQ=DAILY;COUNT=9'\n";
    let report = Stage::with("p.toml", POLICY).file("c.toml", campaign).report(&["c.toml", "--policy", "p.toml", "--lang", "en"]);
    let columns: Vec<&Value> = findings(&report).iter().map(|finding| &finding["location"]["column"]).collect();
    assert_eq!(columns, [9, 14], "{report}");
    assert_eq!(findings(&report)[0]["related"][0]["note"], "the same at 9 moments of its repeat");
    assert_eq!(report["summary"]["records"], 9);
}

#[test]
fn repeats_that_come_to_too_much_are_told() {
    let one = "[[operation]]\naction = 'login'\ntime = 2026-11-23 09:00:00\nrepeat = 'FREQ=MINUTELY;COUNT=5000'\n";
    let report = Stage::with("p.toml", POLICY).file("c.toml", one.repeat(201)).report(&["c.toml", "--policy", "p.toml"]);
    assert_eq!(findings(&report).len(), 1);
    assert_eq!(findings(&report)[0]["location"]["line"], 801);
    assert_eq!(report["summary"]["records"], 1_000_001);
}

#[test]
fn toml_yaml_and_json_say_the_same() {
    let toml = "[[operation]]\nid = 'm'\naccount = 'a'\naction = 'post_moment'\ntext = '加微信'\ntime = 2026-11-23 09:00:00\nrepeat = 'FREQ=HOURLY;COUNT=3'\n";
    let yaml = "operation:\n- id: m\n  account: a\n  action: post_moment\n  text: 加微信\n  time: 2026-11-23 09:00:00\n  repeat: FREQ=HOURLY;COUNT=3\n";
    let json = r#"{"operation":[{"id":"m","account":"a","action":"post_moment","text":"加微信","time":"2026-11-23 09:00","repeat":"FREQ=HOURLY;COUNT=3"}]}"#;
    let stage = Stage::with("p.toml", POLICY).file("c.toml", toml).file("c.yaml", yaml).file("c.json", json);
    let [toml, yaml, json] = ["c.toml", "c.yaml", "c.json"].map(|file| {
        let report = stage.report(&[file, "--policy", "p.toml"]);
        let said = |finding: &Value| (text(&finding["fingerprint"]).to_owned(), text(&finding["location"]["record"]).to_owned());
        findings(&report).iter().map(said).collect::<std::collections::BTreeSet<_>>()
    });
    assert_eq!(toml.len(), 2);
    assert_eq!((&toml, &toml), (&yaml, &json));
}

#[test]
fn what_only_looks_like_input_is_passed_over_in_a_folder_and_said() {
    let stage = Stage::with("in/a.json", "[{\"text\": \"加微信\"}]")
        .file("in/package.json", "{\"name\": \"x\"}")
        .file("in/ci.yaml", "on: push\n")
        .file("in/pyproject.toml", "[project]\nname = 'x'\n")
        .file("in/slip.yaml", "operations: []\n")
        .file("p.toml", POLICY);
    let ran = stage.run(&["check", "in", "--policy", "p.toml", "--format", "json", "--lang", "en"]);
    assert_eq!(
        ran.err.trim(),
        "presend: 3 files are no input by their content and were not checked: in/ci.yaml in/package.json in/pyproject.toml"
    );
    let rules: Vec<&str> = findings(&ran.json())
        .iter()
        .map(|finding| text(&finding["rule"]))
        .map(|rule| match rule {
            "contact" => "contact",
            _ => "other",
        })
        .collect();
    assert_eq!(rules, ["contact", "other"]);
    stage.run(&["check", "in/package.json", "--policy", "p.toml"]).exits(1);
}
