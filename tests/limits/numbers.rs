//! Numbers that cannot be counted with are said to be so.

use crate::stage::{Stage, findings};

const POLICY: &str = "schema = 1\n[[rule]]\nid = \"w\"\nseverity = \"warning\"\nsummary = \"s\"\nlexicon = { terms = [\"加微信\"] }\n\
    [[rule]]\nid = \"adds\"\nseverity = \"error\"\nsummary = \"s\"\nmatch = { action = \"add_friend\" }\nrate = { max = 1, timespan = \"1h\", group_by = [\"account\"] }\n";

fn stage() -> Stage {
    Stage::with("p.toml", POLICY)
}

/// Nobody sends minus five messages; a weight that takes away hides others.
#[test]
fn a_count_below_zero_is_a_bad_number() {
    let plan = "time,account,action,count\n2026-11-20 09:00,a,add_friend,-5\n";
    let report = stage().file("plan.csv", plan).report(&["plan.csv", "--policy", "p.toml"]);
    assert_eq!(findings(&report).first().map(|finding| &finding["rule"]), Some(&"input-bad-number".into()));
}

/// What the first rows of a plan are told, by line.
fn told(rule: &str, report: &serde_json::Value) -> Vec<u64> {
    let of_rule = findings(report).iter().filter(|finding| finding["rule"] == rule);
    of_rule.map(|finding| finding["location"]["line"].as_u64().expect("a line")).collect()
}

#[test]
fn what_is_no_number_is_told_wherever_it_stands() {
    let numbers = ["NaN", "Infinity", "inf", "0x10", "9223372036854775808", "1e999", "0.0000001", "1e18", "-0.01", "一百", "1,5"];
    let rows: String = numbers.iter().map(|number| format!("2026-11-20 09:00,a,add_friend,\"{number}\"\n")).collect();
    let stage = stage().file("plan.csv", format!("time,account,action,count\n{rows}"));
    let report = stage.report(&["plan.csv", "--policy", "p.toml"]);
    assert_eq!(told("input-bad-number", &report), (2..2 + numbers.len() as u64).collect::<Vec<_>>());
    for (file, text) in [
        (
            "c.toml",
            "[[operation]]\naction = 'add_friend'\ncount = nan\n[[operation]]\naction = 'add_friend'\ncount = 9223372036854775808\n",
        ),
        ("c.json", "[{\"action\": \"add_friend\", \"count\": 1e999},\n\n{\"action\": \"add_friend\", \"count\": 99999999999999999999}]"),
        ("c.jsonl", "{\"action\": \"add_friend\", \"count\": 1e999}\n\n\n{\"action\": \"add_friend\", \"count\": true}\n"),
    ] {
        let report = Stage::with("p.toml", POLICY).file(file, text).report(&[file, "--policy", "p.toml"]);
        assert_eq!(told("input-bad-number", &report).len(), 2, "{file}: {report}");
    }
}

/// The largest number there is, a thousand times.
#[test]
fn sums_do_not_overflow() {
    let policy = "schema = 1\n[[rule]]\nid = \"sum\"\nseverity = \"error\"\nsummary = \"s\"\nmatch = { action = \"transfer\" }\n\
        quota = { period = \"day\", sum = \"amount\", max = 600, group_by = [\"account\"] }\n\
        [[rule]]\nid = \"rate\"\nseverity = \"error\"\nsummary = \"s\"\nrate = { max = 600, timespan = \"7d\", group_by = [\"account\"] }\n";
    let row = "2026-11-20 09:00,a,transfer,9223372036854.775807,9223372036854.775807\n";
    let stage = Stage::with("p.toml", policy).file("plan.csv", format!("time,account,action,amount,count\n{}", row.repeat(1000)));
    let report = stage.report(&["plan.csv", "--policy", "p.toml"]);
    for (finding, rule) in findings(&report).iter().zip(["rate", "sum"]) {
        assert_eq!(finding["rule"], rule, "{report}");
        assert_eq!(finding["window"]["rows"], 1000);
        assert!(finding["window"]["count"].as_f64().is_some_and(|count| count >= 9_223_372_036_854.0));
    }
}

#[test]
fn a_year_that_looks_like_a_slip_is_told_once_and_one_that_is_none_wherever_it_stands() {
    let rows = [
        "0000-01-01 00:00",
        "0026-11-20 09:00",
        "1970-01-01T00:00:00Z",
        "9999-12-31 23:59:59",
        "10000-01-01 00:00",
        "2026-11-20",
        "09:00",
        "2026-02-30 09:00",
        "now",
        "1763600000",
    ];
    let rows: String = rows.iter().map(|time| format!("{time},a,add_friend\n")).collect();
    let report = stage().file("plan.csv", format!("time,account,action\n{rows}")).report(&["plan.csv", "--policy", "p.toml"]);
    assert_eq!(told("input-odd-time", &report), [2], "{report}");
    assert_eq!(told("input-bad-time", &report), [5, 6, 7, 8, 9, 10, 11]);
}

#[test]
fn a_log_whose_clock_runs_back_counts_like_one_in_order() {
    let rows = ["2026-11-20 09:00,a,add_friend\n", "2026-11-20 09:20,a,add_friend\n", "2026-11-20 09:40,a,add_friend\n"];
    let table = |rows: Vec<&str>| format!("time,account,action\n{}", rows.concat());
    let stage = stage().file("plan.csv", table(rows.to_vec())).file("back.csv", table(rows.iter().rev().copied().collect()));
    let windows = |file: &str| {
        let report = stage.report(&[file, "--policy", "p.toml"]);
        findings(&report).iter().map(|finding| finding["window"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(windows("plan.csv").len(), 1);
    assert_eq!(windows("plan.csv"), windows("back.csv"));
}

#[test]
fn files_with_nothing_in_them_are_no_input() {
    for file in ["a.txt", "a.md", "a.csv", "a.jsonl", "a.toml", "a.yaml", "a.json"] {
        stage().file(file, "").run(&["check", file, "--policy", "p.toml"]).exits(3);
    }
    stage().file("a.csv", "time,account,action\n").run(&["check", "a.csv", "--policy", "p.toml"]).exits(3);
}
