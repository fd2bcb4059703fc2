//! `presend check - --stream`: a log on standard input, checked as it comes.

use crate::POLICY;
use crate::stage::{Stage, text};
use serde_json::Value;

const LOG: &str = r#"{"id":"1","time":"2026-11-20T09:00:00+08:00","account":"shop","action":"add_friend"}
{"id":"2","time":"2026-11-20T09:10:00+08:00","account":"shop","action":"add_friend"}
{"id":"3","time":"2026-11-20T09:20:00+08:00","account":"shop","action":"add_friend"}
{"id":"4","time":"2026-11-20T09:15:00+08:00","account":"shop","action":"send_message","text":"请加微信"}
{"id":"5","time":"2026-11-20T12:00:00+08:00","account":"shop","action":"add_friend"}
"#;

fn stage() -> Stage {
    Stage::with("shop.toml", POLICY)
}

/// Rule, line and record of each finding, in the order in which they came.
fn told(out: &str) -> Vec<(String, u64, String)> {
    let finding = |line: &str| {
        let finding: Value = serde_json::from_str(line).expect("an object a line");
        let place = &finding["location"];
        (text(&finding["rule"]).to_owned(), place["line"].as_u64().expect("a line"), place["record"].as_str().unwrap_or("-").to_owned())
    };
    out.lines().map(finding).collect()
}

fn told_is(out: &str, expected: &[(&str, u64, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(rule, line, record)| ((*rule).to_owned(), *line, (*record).to_owned())).collect();
    assert_eq!(told(out), expected, "{out}");
}

#[test]
fn findings_come_in_order_of_decision() {
    let ran = stage().run_on(&["check", "-", "--lateness", "10m", "--policy", "shop.toml", "--lang", "en"], LOG.as_bytes());
    ran.exits(1);
    told_is(&ran.out, &[("contact-word", 4, "4"), ("adds", 3, "3")]);
}

#[test]
fn what_comes_too_late_is_said() {
    let ran = stage().run_on(&["check", "-", "--stream", "--policy", "shop.toml", "--lang", "en"], LOG.as_bytes());
    ran.exits(1);
    told_is(&ran.out, &[("input-late-row", 4, "-"), ("contact-word", 4, "4"), ("adds", 3, "3")]);
    assert!(ran.out.contains("2026-11-20T09:20:00+08:00 came before it"), "{}", ran.out);
    let ran = stage().run_on(&["check", "-", "--stream", "--policy", "shop.toml", "--lang", "zh"], LOG.as_bytes());
    assert!(ran.out.contains("这条记录来得太晚"), "{}", ran.out);
}

#[test]
fn what_was_sent_and_who_is_registered_is_known_beforehand() {
    let stage = stage().file("sent.jsonl", LOG.lines().take(2).collect::<Vec<_>>().join("\n"));
    let log = LOG.lines().skip(2).take(1).collect::<String>();
    let ran = stage.run_on(&["check", "-", "--stream", "--policy", "shop.toml", "--history", "sent.jsonl"], log.as_bytes());
    ran.exits(1);
    told_is(&ran.out, &[("adds", 1, "3")]);
    let ran = stage.run_on(&["check", "-", "--stream", "--policy", "shop.toml"], br#"{"id":"a","kind":"personal"}"#);
    told_is(&ran.out, &[("input-account-in-stream", 1, "-")]);
}

#[test]
fn a_table_is_known_by_its_name() {
    let table =
        "time,account,action\n2026-11-20 09:00,shop,add_friend\n2026-11-20 09:10,shop,add_friend\n2026-11-20 09:20,shop,add_friend\n";
    let args = ["check", "-", "--stream", "--policy", "shop.toml", "--stdin-filename", "log.csv"];
    let ran = stage().run_on(&args, table.as_bytes());
    ran.exits(1);
    told_is(&ran.out, &[("adds", 4, "-")]);
    stage().run_on(&args[..5], table.as_bytes()).exits(2);
}

#[test]
fn what_does_not_fit_is_refused() {
    for wrong in [
        ["check", "plan.jsonl", "--stream", "--policy", "shop.toml"].as_slice(),
        &["check", "-", "--stream", "--format", "human", "--policy", "shop.toml"],
        &["check", "-", "--stream", "--output", "json=a.json", "--policy", "shop.toml"],
        &["check", "-", "--lateness", "soon", "--policy", "shop.toml"],
        &["check", "-", "--stream", "--stdin-filename", "a.txt", "--policy", "shop.toml"],
    ] {
        let ran = stage().run_on(wrong, LOG.as_bytes());
        assert!(ran.exits(2).out.is_empty() && !ran.err.is_empty(), "{wrong:?}");
    }
    stage().run_on(&["check", "-", "--stream", "--policy", "shop.toml"], b"").exits(3);
}

#[test]
fn waivers_and_baselines_hold_in_a_stream() {
    let waiver = "\n[[waiver]]\nrule = \"adds\"\nmatch = { account = \"shop\" }\nreason = \"agreed with the owner\"\n\
        [[waiver]]\nrule = \"long-title\"\nreason = \"agreed with the owner\"\n";
    let stage = stage().file("waived.toml", POLICY.to_owned() + waiver);
    let log = LOG.replace(r#""text":"请加微信""#, r#""text":"请加微信","presend_ignore":"contact-word reason=agreed with the owner""#)
        + "{\"id\":\"6\",\"time\":\"2026-11-20T13:00:00+08:00\",\"account\":\"shop\",\"action\":\"send_message\",\"title\":\"好\",\"presend_ignore\":\"adds reason=agreed with the owner\"}\n";
    let run = |more: &[&str]| stage.run_on(&[&["check", "-", "--lateness", "10m", "--lang", "en"], more].concat(), log.as_bytes());
    let ran = run(&["--policy", "waived.toml"]);
    ran.exits(0);
    // The policy's own file stands behind the log; what is of no use is told at the end.
    let found: Vec<String> = told(&ran.out).into_iter().map(|(rule, line, _)| format!("{rule} {line}")).collect();
    assert_eq!(found, ["waiver-unused 6", "waiver-unused 47"], "{}", ran.out);
    let ran = run(&["--policy", "waived.toml", "--show-waived"]);
    assert!(ran.out.contains("\"waived\":{\"reason\":\"agreed with the owner\"") && told(&ran.out).len() == 4, "{}", ran.out);
    told_is(&run(&["--policy", "waived.toml", "--no-waivers"]).out, &[("contact-word", 4, "4"), ("adds", 3, "3")]);

    stage.write("log.jsonl", LOG);
    stage.run(&["baseline", "write", "log.jsonl", "--policy", "shop.toml", "--baseline", "known.toml"]).exits(0);
    let ran = run(&["--policy", "shop.toml", "--no-waivers", "--baseline", "known.toml"]);
    assert!(ran.exits(0).out.is_empty(), "{}", ran.out);
}
