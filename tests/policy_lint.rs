//! `presend policy lint`: what does nothing, what would never be quiet, what is lacking.

mod stage;

use stage::{Stage, findings, text};

/// Code, line and severity of everything lint says of a policy.
fn linted(policy: &str) -> Vec<(String, u64, String)> {
    let ran = Stage::with("p.toml", policy).run(&["policy", "lint", "p.toml", "--format", "json", "--fail-on", "never"]);
    let report = ran.exits(0).json();
    let told = |finding: &serde_json::Value| {
        let line = finding["location"]["line"].as_u64().unwrap_or_default();
        (text(&finding["rule"]).to_owned(), line, text(&finding["severity"]).to_owned())
    };
    findings(&report).iter().map(told).collect()
}

/// A rule that lacks nothing, and the line its kind stands on.
fn whole(id: &str, severity: &str, kind: &str) -> String {
    format!(
        "schema = 1\n[[rule]]\nid = \"{id}\"\nseverity = \"{severity}\"\nsummary = {{ zh = \"词\", en = \"word\" }}\n\
         source = [{{ title = \"店规\", basis = \"house\", as_of = 2026-11-01 }}]\n{kind}\n"
    )
}

const CASES: &str = "valid = [\"龘\"]\ninvalid = [\"手慢无\"]";

fn says(policy: &str, code: &str) -> Vec<u64> {
    linted(policy).into_iter().filter(|(known, ..)| known == code).map(|(_, line, _)| line).collect()
}

#[test]
fn a_whole_rule_is_left_alone() {
    assert_eq!(linted(&whole("word", "error", &format!("lexicon = {{ terms = [\"手慢无\"] }}\n{CASES}"))), []);
}

#[test]
fn bundled_packs_draw_no_warning() {
    for packs in [&["default"][..], &["industry-medical", "industry-cosmetics", "industry-health-food"], &["live-commerce", "ai-label"]] {
        let ran = Stage::new().run(&[&["policy", "lint", "--isolated", "--lang", "en", "--format", "concise"], packs].concat());
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    }
}

#[test]
fn terms_that_do_nothing_are_shown() {
    let rule = |terms: &str| whole("word", "error", &format!("lexicon = {{ terms = [{terms}], allow = [\"手慢无妨\"] }}\n{CASES}"));
    assert_eq!(says(&rule("\"手慢无\", \"快手慢无啊\""), "policy-shadowed-term"), [7]);
    assert_eq!(says(&rule("\"手慢无\", \"手慢无妨碍\""), "policy-shadowed-term"), [0; 0], "the short one is allowed there");
    assert_eq!(says(&rule("\"手慢无\", \"手慢有\""), "policy-shadowed-term"), [0; 0]);
    assert_eq!(says(&rule("\"手慢无\", \"手慢無\""), "policy-duplicate-term"), [7]);
    assert_eq!(says(&rule("\"手慢有\""), "policy-idle-allow"), [7]);
    assert_eq!(says(&rule("\"手慢无\""), "policy-idle-allow"), [0; 0]);
}

#[test]
fn a_latin_term_inside_a_longer_word_shadows_nothing() {
    let rule = whole("word", "error", &format!("lexicon = {{ terms = [\"VX\", \"VXLAN\"] }}\n{CASES}"));
    assert_eq!(says(&rule, "policy-shadowed-term"), [0; 0]);
}

#[test]
fn a_shared_list_is_idle_only_where_no_rule_needs_it() {
    let list = "[[list]]\nid = \"ok\"\nterms = [\"手慢无妨\"]\n";
    let with = |id: &str, term: &str| {
        whole(id, "error", &format!("lexicon = {{ terms = [\"{term}\"], allow_lists = [\"ok\"] }}\n{CASES}")).replace("schema = 1\n", "")
    };
    let needed = format!("schema = 1\n{list}{}{}", with("one", "手慢无"), with("two", "手快有"));
    assert_eq!(says(&needed, "policy-idle-allow"), [0; 0]);
    let idle = format!("schema = 1\n{list}{}{}", with("one", "手慢走"), with("two", "手快有"));
    assert_eq!(says(&idle, "policy-idle-allow"), [4]);
}

#[test]
fn rules_that_speak_at_ordinary_sentences_are_warned_of() {
    let rule = |kind: &str| whole("word", "error", &format!("{kind}\n{CASES}"));
    assert_eq!(says(&rule("lexicon = { terms = [\"今天\"] }"), "policy-hits-ordinary"), [3]);
    assert_eq!(says(&rule("regex = { pattern = '。' }"), "policy-never-quiet"), [3]);
    assert_eq!(says(&rule("regex = { pattern = '。' }"), "policy-hits-ordinary"), [0; 0]);
}

#[test]
fn what_a_rule_lacks_is_said_at_its_place() {
    let kind = "lexicon = { terms = [\"手慢无\"] }";
    let rule = whole("word", "error", &format!("{kind}\n{CASES}"));
    assert_eq!(linted(&rule.replace("summary = { zh = \"词\", en = \"word\" }", "summary = \"词\"")).len(), 1);
    assert_eq!(says(&rule.replace(", en = \"word\"", ""), "policy-missing-translation"), [5]);
    assert_eq!(says(&rule.replace(", as_of = 2026-11-01", ""), "policy-undated-source"), [6]);
    assert_eq!(says(&rule.replace("source = ", "tags = [\"x\"] #"), "policy-no-source"), [3]);
    assert_eq!(says(&rule.replace("invalid = [\"手慢无\"]", ""), "policy-untested-rule"), [3]);
}

#[test]
fn a_limit_that_a_stricter_one_covers_is_shown() {
    let rate = |id: &str, severity: &str, max: u32, timespan: &str, action: &str| {
        let kind =
            format!("match = {{ action = \"{action}\" }}\nrate = {{ max = {max}, timespan = \"{timespan}\", group_by = [\"account\"] }}");
        whole(id, severity, &kind).replace("schema = 1\n", "")
    };
    let covered = |first: String, second: String| says(&format!("schema = 1\n{first}{second}"), "policy-dominated-limit");
    let day = rate("day", "error", 20, "24h", "add_friend");
    assert_eq!(covered(day.clone(), rate("hour", "warning", 30, "1h", "add_friend")), [15]);
    assert_eq!(covered(day.clone(), rate("hour", "error", 10, "1h", "add_friend")), [0; 0], "stricter within the hour");
    assert_eq!(covered(day.clone(), rate("hour", "error", 30, "1h", "send_message")), [0; 0], "of another action");
    assert_eq!(covered(rate("day", "info", 20, "24h", "add_friend"), rate("hour", "error", 30, "1h", "add_friend")), [0; 0], "weighs more");
    assert_eq!(covered(day.clone(), day.replace("\"day\"", "\"same\"")), [15], "of two equal ones the second");
}

#[test]
fn mistakes_come_before_advice() {
    let stage = Stage::with("p.toml", whole("word", "eror", "lexicon = { terms = [\"手慢无\"] }"));
    assert!(stage.run(&["policy", "lint", "p.toml"]).exits(2).err.contains("policy-bad-value"));
    let untested = Stage::with("p.toml", whole("word", "error", "lexicon = { terms = [\"手慢无\"] }"));
    untested.run(&["policy", "lint", "p.toml"]).exits(1);
    untested.run(&["policy", "lint", "p.toml", "--fail-on", "error"]).exits(0);
}
