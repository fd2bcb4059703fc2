//! `presend policy diff`: what a change of policies changes, in them and in what they find.

use crate::stage::{Stage, text};
use serde_json::Value;

const OLD: &str = r#"schema = 1
[[list]]
id = "contact"
terms = ["微信", "加V"]
[[rule]]
id = "contact-word"
severity = "error"
summary = "引流词"
lexicon = { lists = ["contact"], allow = ["微信支付"] }
[[rule]]
id = "adds"
severity = "error"
summary = "加好友"
match = { action = "add_friend" }
rate = { max = 2, timespan = "1h", group_by = ["account"] }
[[rule]]
id = "gone"
severity = "info"
summary = "旧规则"
lexicon = { terms = ["限量"] }
[[waiver]]
rule = "adds"
match = { account = "a" }
reason = "客户书面同意"
expires = 2026-12-31
"#;

const PLAN: &str = "time,account,action,text\n\
    2026-11-20 09:00,b,add_friend,\n\
    2026-11-20 09:10,b,add_friend,\n\
    2026-11-20 09:20,b,send_message,加微信 限量 秒杀\n\
    2026-11-20 09:30,b,send_message,加V 领\n";

/// The old policy, mended: a limit, a list, a severity and a waiver differ, one rule came, one went.
fn new() -> String {
    OLD.replace("\"加V\"", "\"威信\"")
        .replace("max = 2", "max = 1")
        .replace("\"error\"\nsummary = \"引流词\"", "\"warning\"\nsummary = \"引流词\"")
        .replace("id = \"gone\"", "id = \"come\"")
        .replace("旧规则", "新规则")
        .replace("限量", "秒杀")
        .replace("2026-12-31", "2027-01-31")
}

fn stage() -> Stage {
    Stage::with("old.toml", OLD).file("new.toml", new()).file("plan.csv", PLAN)
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().expect("a list")
}

/// `what side name`, and `path old→new` of each value.
fn told(report: &Value) -> Vec<String> {
    let value = |value: &Value| format!("{} {}→{}", text(&value["path"]), value["old"], value["new"]);
    let one = |one: &Value| {
        let values: Vec<String> = list(one, "values").iter().map(value).collect();
        let values = if text(&one["side"]) == "changed" { values.join("; ") } else { String::new() };
        format!("{} {} {} {values}", text(&one["what"]), text(&one["side"]), text(&one["name"])).trim_end().to_owned()
    };
    list(report, "differences").iter().map(one).collect()
}

#[test]
fn rules_values_words_and_waivers_that_differ_are_named() {
    let report = stage().run(&["policy", "diff", "old.toml", "new.toml", "--format", "json"]).exits(1).json();
    let expected = [
        "rule changed adds rate.max [\"2\"]→[\"1\"]",
        "rule added come",
        "rule changed contact-word severity [\"\\\"error\\\"\"]→[\"\\\"warning\\\"\"]",
        "rule removed gone",
        "list changed new/contact terms [\"加V\"]→[\"威信\"]",
        "waiver changed adds expires [\"2026-12-31\"]→[\"2027-01-31\"]",
    ];
    assert_eq!(told(&report), expected);
    assert_eq!(report["findings"], Value::Null);
    let place = &report["differences"][0]["values"][0];
    assert_eq!((text(&place["file"]), &place["line"]), ("new.toml", &15.into()));
}

#[test]
fn a_plan_shows_which_findings_come_go_and_turn() {
    let stage = stage();
    let report = stage.run(&["policy", "diff", "old.toml", "new.toml", "--corpus", "plan.csv", "--format", "json"]).exits(1).json();
    let found = |name: &str| {
        let one = |finding: &Value| format!("{}:{}", finding["location"]["line"], text(&finding["rule"]));
        list(&report["findings"], name).iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(found("appeared"), ["3:adds", "4:come"]);
    assert_eq!(found("disappeared"), ["4:gone", "5:contact-word"]);
    assert_eq!(found("reweighed"), ["4:contact-word"]);
    assert_eq!(text(&report["findings"]["reweighed"][0]["was"]), "error");
    for (lang, parts) in [
        (
            "en",
            [
                "+ plan.csv:3:1: error[adds]",
                "- plan.csv:4:37: info[gone]",
                "warning[contact-word] 引流词: “微信” (was error)",
                "2 findings appear",
            ],
        ),
        ("zh", ["+ plan.csv:3:1: error[adds]", "- plan.csv:4:37: info[gone]", "（原为 error）", "新出现 2 处，不再出现 2 处"]),
    ] {
        let ran = stage.run(&["policy", "diff", "old.toml", "new.toml", "--corpus", "plan.csv", "--lang", lang]);
        assert!(parts.iter().all(|part| ran.exits(1).out.contains(part)), "{}", ran.out);
    }
}

/// What is waived now is gone from the report, and says why.
#[test]
fn a_waiver_takes_findings_away() {
    let waived = new().replace("account = \"a\"", "account = \"b\"");
    let stage = stage().file("waived.toml", waived);
    let report = stage.run(&["policy", "diff", "new.toml", "waived.toml", "--corpus", "plan.csv", "--format", "json"]).exits(1).json();
    let gone = list(&report["findings"], "disappeared").iter().find(|finding| finding["rule"] == "adds").expect("waived now");
    assert_eq!(text(&gone["waived"]["reason"]), "客户书面同意");
    let ran = stage.run(&["policy", "diff", "new.toml", "waived.toml", "--corpus", "plan.csv", "--lang", "zh"]);
    assert!(ran.exits(1).out.contains("- plan.csv:3:1: 已豁免[adds] 客户书面同意"), "{}", ran.out);
}

/// Other words for the same rules change no finding: with a plan, that is all that counts.
#[test]
fn what_changes_no_finding_passes_with_a_plan() {
    let stage = stage().file("said.toml", OLD.replace("引流词", "不要引流").replace("微信支付", "微信支付宝")).file("same/p.toml", OLD);
    stage.run(&["policy", "diff", "old.toml", "said.toml"]).exits(1);
    stage.run(&["policy", "diff", "old.toml", "said.toml", "--corpus", "plan.csv"]).exits(0);
    let ran = stage.run(&["policy", "diff", "old.toml", "same", "--lang", "en"]);
    assert_eq!(ran.exits(0).out, "the policies say the same\n", "a file of another name says the same");
    stage.run(&["policy", "diff", "default", "default"]).exits(0);
}

#[test]
fn bundled_packs_overrides_and_profiles_are_compared_as_they_are_in_force() {
    let own = "schema = 1\n[pack]\nid = \"house\"\nextends = [\"wechat-account-safety\"]\n";
    let change = "[[override]]\nrule = \"pay-packets-24h\"\nset = { \"rate.max\" = 7 }\nreason = \"内部决定 12 号\"\n";
    let profile =
        "[profile.strict]\n[[profile.strict.override]]\nrule = \"pay-packets-24h\"\nset = { \"rate.max\" = 6 }\nreason = \"严格\"\n";
    let stage = Stage::with("a.toml", own).file("b.toml", format!("{own}{change}")).file("c.toml", format!("{own}{profile}"));
    let ran = stage.run(&["policy", "diff", "a.toml", "b.toml", "--lang", "zh"]);
    assert!(ran.exits(1).out.contains("→ 7  b.toml:7  # 内部决定 12 号"), "{}", ran.out);
    let both = stage.run(&["policy", "diff", "a.toml", "c.toml", "--lang", "zh", "--profile", "strict"]);
    assert!(both.exits(1).out.contains("→ 6  c.toml:8  # 严格"), "{}", both.out);
    stage.run(&["policy", "diff", "a.toml", "b.toml", "--profile", "strict"]).exits(2);
    let packs = stage.run(&["policy", "diff", "finance", "goods", "--format", "json"]);
    assert!(told(&packs.exits(1).json()).iter().any(|line| line == "pack added goods"), "{}", packs.out);
    let on_both = ["policy", "diff", "a.toml", "b.toml", "--policy", "finance", "--format", "json"];
    assert_eq!(told(&stage.run(&on_both).exits(1).json()).len(), 1, "what is in force on both sides does not differ");
}

#[test]
fn what_cannot_be_compared_is_told() {
    let stage = stage().file("wrong.toml", "schema = 1\n[[rule]]\nid = \"r\"\n");
    for (args, code) in [
        (&["old.toml", "wrong.toml"][..], 2),
        (&["wrong.toml", "new.toml"], 2),
        (&["old.toml", "nowhere.toml"], 2),
        (&["old.toml", "new.toml", "--corpus", "-"], 2),
        (&["old.toml", "new.toml", "--corpus", "nowhere.csv"], 3),
        (&["old.toml", "new.toml", "--corpus", "plan.csv", "--as-of", "morgen"], 2),
    ] {
        let ran = stage.run(&[&["policy", "diff"], args].concat());
        assert!(!ran.exits(code).err.is_empty(), "{args:?}");
    }
}
