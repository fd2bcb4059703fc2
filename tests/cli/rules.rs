//! `presend rules` and `presend test`.

use crate::POLICY;
use crate::stage::{Stage, findings};
use serde_json::{Value, json};

fn stage() -> Stage {
    Stage::with("p.toml", POLICY)
}

#[test]
fn rules_lists_what_is_in_force() {
    let out = stage().run(&["rules", "--policy", "p.toml", "--lang", "en"]).exits(0).out.clone();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().zip(["contact-word", "adds", "long-title"]).all(|(line, id)| line.contains(id)), "{out}");
    assert!(lines[0].contains("warning") && lines[0].contains("lexicon") && lines[0].contains("Contact word"));
    assert!(stage().run(&["rules", "--policy", "p.toml", "--lang", "zh"]).out.contains("引流词"));
}

#[test]
fn rules_as_json_has_the_keys_of_the_issue() {
    let listed = stage().run(&["rules", "--policy", "p.toml", "--format", "json"]).exits(0).json();
    assert_eq!(listed.as_object().map(|listed| listed.keys().cloned().collect::<Vec<_>>()), Some(vec!["rules".to_owned()]));
    let expected = json!({
        "id": "contact-word", "pack": "shop", "kind": "lexicon", "severity": "warning", "confidence": "medium", "risk": "ban",
        "summary": {"zh": "引流词", "en": "Contact word"}, "help": {"zh": "删掉它", "en": "Delete it"},
        "source": [{"title": "示例规则", "clause": "3.2", "url": null, "basis": "platform", "as_of": "2026-11-01"}],
        "tags": ["text"], "effective": {"from": null, "until": null}, "default": false,
    });
    assert_eq!(listed["rules"][0], expected);
}

#[test]
fn every_bundled_rule_is_told_in_full() {
    let listed = stage().run(&["rules", "--format", "json"]).exits(0).json();
    let rules = listed["rules"].as_array().expect("a list");
    assert!(rules.len() > 20);
    let keys = ["confidence", "default", "effective", "help", "id", "kind", "pack", "risk", "severity", "source", "summary", "tags"];
    for rule in rules {
        assert_eq!(rule.as_object().map(|rule| rule.keys().map(String::as_str).collect::<Vec<_>>()), Some(keys.to_vec()));
        assert_eq!(rule["default"], true);
        let told = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        assert!(["zh", "en"].iter().all(|lang| told(&rule["summary"][lang]) && told(&rule["help"][lang])), "{rule}");
        assert!(rule["source"].as_array().is_some_and(|source| !source.is_empty()), "{rule}");
    }
    let ids: std::collections::BTreeSet<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(ids.len(), rules.len());
}

#[test]
fn a_rule_that_is_off_is_listed_as_such() {
    let off = POLICY.replace("severity = \"info\"", "severity = \"off\"");
    let listed = Stage::with("p.toml", off).run(&["rules", "--policy", "p.toml", "--format", "json"]).exits(0).json();
    assert_eq!(listed["rules"][2]["severity"], "off");
}

#[test]
fn tests_that_hold_are_counted() {
    let ran = stage().run(&["test", "p.toml"]);
    assert_eq!(ran.exits(0).out.lines().last(), Some("3 passed, 0 failed"));
    assert_eq!(stage().run(&["test", "--policy", "p.toml"]).exits(0).out, ran.out);
    let ran = stage().run(&["test"]);
    assert!(ran.exits(0).out.contains(" passed, 0 failed"), "{}", ran.out);
}

#[test]
fn a_rule_that_is_off_is_tested_all_the_same() {
    let off = POLICY.replace("severity = \"warning\"", "severity = \"off\"");
    let ran = Stage::with("p.toml", &off).run(&["test", "p.toml"]);
    assert_eq!(ran.exits(0).out.lines().last(), Some("3 passed, 0 failed"));
    let missed = off.replace("invalid = [\"请加微信\"]", "invalid = [\"你好\"]");
    assert_eq!(Stage::with("p.toml", missed).run(&["test", "p.toml"]).exits(1).out.lines().last(), Some("2 passed, 1 failed"));
}

#[test]
fn tests_that_fail_are_placed() {
    let failing = POLICY
        .replace("valid = [\"微信支付\"]\ninvalid = [\"请加微信\"]", "valid = [\"微信支付\", \"请加微信\"]\ninvalid = [\"微信\"]")
        .replace("count = 3, rows = 1", "count = 4");
    let (noisy, missed, rows) = (line_of(&failing, "valid = "), line_of(&failing, "invalid = "), line_of(&failing, "[[rule.test]]"));
    let ran = Stage::with("p.toml", failing).run(&["test", "p.toml", "--lang", "en"]);
    let out = &ran.exits(1).out;
    for said in [format!("p.toml:{noisy}:18: contact-word"), format!("p.toml:{missed}:12: contact-word"), format!("p.toml:{rows}:1: adds")]
    {
        assert!(out.contains(&said), "{said}: {out}");
    }
    assert_eq!(out.lines().last(), Some("1 passed, 3 failed"));
    assert!(out.contains("the third breaks") && out.contains("count=4") && out.contains("count=3"), "{out}");
}

#[test]
fn a_table_that_goes_otherwise_says_which_row_and_how() {
    let wrong = POLICY.replace("expect = [{ row = 3, count = 3, rows = 1 }]", "expect = [{ row = 2 }, { row = 3, count = 4 }]");
    assert_ne!(wrong, POLICY);
    let out = Stage::with("p.toml", wrong).run(&["test", "p.toml", "--lang", "en"]).exits(1).out.clone();
    assert!(out.contains("missed: expected row=2, and nothing came: "), "{out}");
    assert!(out.contains("expected row=3 count=4, found row=3 count=3 rows=1: "), "{out}");
    let quiet = POLICY.replace("expect = [{ row = 3, count = 3, rows = 1 }]", "expect = []");
    let out = Stage::with("p.toml", quiet).run(&["test", "p.toml", "--lang", "zh"]).exits(1).out.clone();
    assert!(out.contains("误报：多报了 row=3 count=3 rows=1"), "{out}");
}

#[test]
fn a_test_may_stand_beside_the_rule_and_name_it() {
    let beside = "schema = 1\n[[test]]\nrule = \"shop/contact-word\"\nvalid = [\"请加微信\"]\ninvalid = [\"请加微信\"]\n";
    let stage = stage().file("tests.toml", beside);
    let out = stage.run(&["test", "p.toml", "tests.toml", "--lang", "en"]).exits(1).out.clone();
    assert!(out.contains("tests.toml:4:10: contact-word") && out.contains("4 passed, 1 failed"), "{out}");
    stage.write("tests.toml", beside.replace("contact-word", "contact-wrod"));
    let ran = stage.run(&["test", "p.toml", "tests.toml", "--lang", "en"]);
    assert!(ran.exits(2).err.contains("policy-unknown-rule") && ran.err.contains("shop/contact-word"), "{}", ran.err);
    stage.write("tests.toml", "schema = 1\n[[test]]\nrule = \"contact-word\"\n");
    assert!(stage.run(&["test", "p.toml", "tests.toml"]).exits(2).err.contains("policy-missing-key"));
}

#[test]
fn strict_asks_for_both_sorts_of_case() {
    assert_eq!(stage().run(&["test", "p.toml", "--strict"]).exits(1).out.lines().last(), Some("3 passed, 0 failed"));
    let ran = stage().run(&["test", "p.toml", "--strict", "--lang", "en"]);
    assert!(ran.out.contains("long-title: it has no case at all"), "{}", ran.out);
    let tests = "schema = 1\n[[test]]\nrule = \"long-title\"\nrows = \"\"\"\nid,action,title\n1,post_moment,短\n\"\"\"\nexpect = []\n";
    let ran = stage().file("tests.toml", tests).run(&["test", "p.toml", "tests.toml", "--strict", "--lang", "en"]);
    assert!(ran.exits(1).out.contains("long-title: no case shows what it must flag"), "{}", ran.out);
}

#[test]
fn junit_tells_the_same() {
    let failing = POLICY.replace("valid = [\"微信支付\"]", "valid = [\"请加微信<&>\\u001b\"]");
    let ran = Stage::with("p.toml", failing).run(&["test", "p.toml", "--format", "junit", "--lang", "zh"]);
    let out = &ran.exits(1).out;
    assert!(out.contains("<testsuites name=\"presend test\" tests=\"3\" skipped=\"0\" failures=\"1\""), "{out}");
    assert!(out.contains("type=\"noisy\"") && out.contains("误报") && out.contains("&lt;&amp;&gt;") && !out.contains('\u{1b}'), "{out}");
}

fn line_of(text: &str, start: &str) -> usize {
    text.lines().position(|line| line.starts_with(start)).expect("there") + 1
}

#[test]
fn what_cannot_be_tested_is_2() {
    stage().run(&["test", "no-such-pack"]).exits(2);
    let wrong = Stage::with("p.toml", POLICY.replace("timespan", "timspan"));
    wrong.run(&["test", "p.toml"]).exits(2);
    wrong.run(&["rules", "--policy", "p.toml"]).exits(2);
}

#[test]
fn a_test_whose_rows_cannot_be_read_fails() {
    let wrong = POLICY.replace("09:20,a,add_friend", "09:20,a,add_freind");
    let ran = Stage::with("p.toml", wrong).run(&["test", "p.toml", "--lang", "en"]);
    assert!(ran.exits(1).out.contains("add_freind"), "{}", ran.out);
}

/// The rules' own tests are no part of a check.
#[test]
fn a_check_does_not_run_them() {
    let failing = POLICY.replace("valid = [\"微信支付\"]", "valid = [\"请加微信\"]");
    let stage = Stage::with("p.toml", failing).file("d.txt", "你好");
    assert_eq!(findings(&stage.report(&["d.txt", "--policy", "p.toml"])).len(), 0);
}

/// The drafts a rule carries are held against it as records that its `match` asks for; what is no plain value it cannot make up.
#[test]
fn drafts_have_the_fields_that_match_asks_for() {
    let rule = |asked: &str| {
        format!(
            "schema = 1\n[[rule]]\nid = \"r\"\nseverity = \"error\"\nsummary = \"s\"\nmatch = {{ {asked} }}\n\
             lexicon = {{ terms = [\"加微信\"], allow = [\"加微信支付\"] }}\nvalid = [\"加微信支付\"]\ninvalid = [\"加微信领福利\"]\n"
        )
    };
    for (asked, code) in [
        ("channel = [\"moments\", \"group\"]", 0),
        ("action = \"send_message\", promo = true", 0),
        ("channel = \"moments\", title = { contains = \"福利\" }", 1),
    ] {
        let ran = Stage::with("p.toml", rule(asked)).run(&["test", "p.toml", "--lang", "zh"]);
        assert_eq!(ran.exits(code).out.contains("match"), code == 1, "{asked}: {}", ran.out);
    }
    let wrong = rule("channel = \"moments\"").replace("加微信领福利", "领福利");
    Stage::with("p.toml", wrong).run(&["test", "p.toml"]).exits(1);
    let noisy = rule("action = \"send_message\"").replace("valid = [\"加微信支付\"]", "valid = [\"加微信问尺码\"]");
    let ran = Stage::with("p.toml", noisy).run(&["test", "p.toml", "--lang", "zh"]);
    assert!(ran.exits(1).out.contains("误报"), "a draft that is only silent for lack of an action: {}", ran.out);
}
