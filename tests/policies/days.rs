//! What is true on which day: dated values, days in force, packs that go stale, plans that span a change.

use crate::marked::{HEAD, hold, rules};
use crate::stage::{Ran, Stage, findings, text};

/// One article a month, then four; from 2027 on no limit.
const DATED: &str = r#"schema = 1
[pack]
id = "days"
timezone = "Asia/Shanghai"
as_of = 2026-11-01
stale_after = "30d"

[[rule]]
id = "articles"
severity = "error"
summary = "群发"
match = { action = "publish_article" }
quota = { period = "day", group_by = ["account"], values = [{ from = 2026-11-01, max = 1 }, { from = 2026-11-10, until = 2027-01-01, max = 2 }] }

[[rule]]
id = "word"
severity = "warning"
summary = "词"
effective = { from = 2026-11-05, until = 2026-11-20 }
lexicon = { terms = ["加微信"] }
"#;

fn run(plan: &str, args: &[&str]) -> Ran {
    let stage = Stage::with("p.toml", DATED).file("plan.csv", format!("time,account,action,text\n{plan}"));
    stage.run(&[&["check", "plan.csv", "--policy", "p.toml", "--format", "json"], args].concat())
}

/// Rule and line of every finding of the plan.
fn said(ran: &Ran) -> Vec<(String, u64)> {
    let report = ran.json();
    let of_plan = findings(&report).iter().filter(|finding| finding["location"]["path"] == "plan.csv");
    of_plan.map(|finding| (text(&finding["rule"]).to_owned(), finding["location"]["line"].as_u64().expect("a line"))).collect()
}

#[test]
fn a_plan_that_spans_a_change_is_held_against_each_records_own_day() {
    let twice = |day: &str| format!("{day} 09:00,a,publish_article,\n{day} 10:00,a,publish_article,\n");
    let plan = ["2026-10-31", "2026-11-09", "2026-11-10", "2026-12-31", "2027-01-01"].map(twice).concat() + &twice("2027-01-01");
    let ran = run(&plan, &["--as-of", "2026-11-20"]);
    assert_eq!(said(ran.exits(1)), [("articles".to_owned(), 5)], "only on the day with a limit of one");
    let plan = "2026-11-10 09:00,a,publish_article,\n".repeat(3);
    let ran = run(&plan, &["--as-of", "2030-01-01"]);
    assert_eq!(said(ran.exits(1)), [("articles".to_owned(), 4)], "the day of the run does not matter");
}

#[test]
fn a_rule_is_in_force_on_its_days_and_a_draft_is_of_the_day_of_the_run() {
    let rows: String = ["2026-11-04 23:59", "2026-11-05 00:00", "2026-11-19 23:59", "2026-11-20 00:00"]
        .iter()
        .map(|time| format!("{time},a,send_message,加微信\n"))
        .collect();
    assert_eq!(said(run(&rows, &["--as-of", "2026-11-25"]).exits(0)), [("word".to_owned(), 3), ("word".to_owned(), 4)]);
    for (day, found) in [("2026-11-04", 0), ("2026-11-05", 1), ("2026-11-19", 1), ("2026-11-20", 0)] {
        assert_eq!(said(run(",a,send_message,加微信\n", &["--as-of", day]).exits(0)).len(), found, "{day}");
    }
}

#[test]
fn a_stale_pack_warns_from_the_day_it_is_stale() {
    let stale = |day: &str| -> Vec<(String, String, u64)> {
        let report = run("2026-11-20 09:00,a,login,\n", &["--as-of", day]).exits(0).json();
        let place = |finding: &serde_json::Value| {
            let line = finding["location"]["line"].as_u64().expect("a line");
            (text(&finding["rule"]).to_owned(), text(&finding["location"]["path"]).to_owned(), line)
        };
        findings(&report).iter().map(place).collect()
    };
    assert_eq!(stale("2026-11-30"), []);
    assert_eq!(stale("2026-12-01"), [("policy-stale".to_owned(), "p.toml".to_owned(), 5)]);
    let ran = run("2026-11-20 09:00,a,login,\n", &["--as-of", "2026-12-01", "--fail-on", "warning", "--lang", "zh"]);
    assert!(ran.exits(1).out.contains("截至 2026-11-01，已经过了 30d"), "{}", ran.out);
}

#[test]
fn all_stale_packs_of_the_program_are_one_warning() {
    let stage = Stage::with("d.txt", "今天天气真好").file("plan.csv", "time,account,action\n2026-11-20 09:00,a,login\n");
    let mut said = Vec::new();
    for file in ["d.txt", "plan.csv"] {
        let report = stage.report(&[file, "--as-of", "2039-01-01", "--lang", "en"]);
        let stale: Vec<String> = findings(&report)
            .iter()
            .filter(|finding| finding["rule"] == "policy-stale")
            .map(|finding| format!("{} {}", finding["message"], finding["location"]))
            .collect();
        assert_eq!(stale.len(), 1, "{stale:?}");
        assert!(stale[0].contains("17 bundled packs are stale"), "{stale:?}");
        said.extend(stale);
        assert!(findings(&stage.report(&[file, "--as-of", "2026-12-01"])).iter().all(|finding| finding["rule"] != "policy-stale"));
    }
    assert_eq!(said[0], said[1], "a few drafts are held against a part of the packs, and say the same");
}

#[test]
fn days_that_do_not_meet_are_mistakes() {
    let values = |values: &str| format!("quota = {{ period = \"day\", group_by = [\"account\"], values = [{values}] }}");
    let cases = [
        ("a gap", values("{ from = 2024-01-01, until = ⟦policy-gap|2024-06-01⟧, max = 1 }, { from = 2025-01-01, max = 2 }")),
        ("an overlap", values("{ from = 2024-01-01, until = 2025-06-01, max = 1 }, { from = ⟦policy-overlap|2025-01-01⟧, max = 2 }")),
        ("one day twice", values("{ from = 2024-01-01, max = 1 }, { from = ⟦policy-overlap|2024-01-01⟧, max = 2 }")),
        ("in another order", values("{ from = ⟦policy-overlap|2025-01-01⟧, max = 2 }, { from = 2024-01-01, until = 2025-06-01, max = 1 }")),
        ("never", values("{ from = 2024-01-01, until = ⟦policy-never-fires|2024-01-01⟧, max = 1 }")),
        ("a slip", values("{ from = 2024-01-01, ⟦policy-unknown-key|untill⟧ = 2025-01-01, max = 1 }")),
        (
            "in force before it has a limit",
            "effective = { from = 2023-01-01 }\n".to_owned() + &values("{ from = ⟦policy-gap|2024-01-01⟧, max = 1 }"),
        ),
        (
            "a limit after the end",
            "effective = { from = 2024-01-01, until = 2025-01-01 }\n".to_owned()
                + &values("{ from = 2024-01-01, max = 1 }, { from = ⟦policy-never-fires|2025-01-01⟧, max = 2 }"),
        ),
    ];
    hold(&rules(&cases.iter().map(|(name, body)| (*name, body.as_str())).collect::<Vec<_>>()));
    let pack = "schema = 1\n[pack]\nid = \"p\"\nstale_after = ⟦policy-missing-key|\"30d\"⟧\n";
    hold(&[("from which day", HEAD.replace("schema = 1\n", pack) + "lexicon = { terms = [\"微信\"] }\n")]);
}
