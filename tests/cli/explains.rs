//! `presend explain`: why a finding is there, what a rule asks.

use crate::POLICY;
use crate::stage::{Stage, findings, text};

const PLAN: &str = "time,account,action\n\
    2026-11-20 08:00,shop,add_friend\n\
    2026-11-20 09:00,shop,add_friend\n\
    2026-11-20 09:10,other,add_friend\n\
    2026-11-20 09:20,shop,add_friend\n\
    2026-11-20 09:40,shop,add_friend\n\
    2026-11-20 11:00,shop,add_friend\n";

#[test]
fn a_finding_is_explained_record_by_record() {
    let stage = Stage::with("shop.toml", POLICY).file("plan.csv", PLAN);
    let report = stage.report(&["--policy", "shop.toml", "plan.csv"]);
    let print = text(&findings(&report)[0]["fingerprint"]).to_owned();
    let ran = stage.run(&["explain", "--finding", &print, "plan.csv", "--policy", "shop.toml", "--format", "json"]);
    let steps = ran.exits(0).json()["steps"].clone();
    let told: Vec<String> = steps
        .as_array()
        .expect("a list")
        .iter()
        .map(|step| format!("{} {} {} of {}", step["line"], text(&step["part"]), step["count"], step["max"]))
        .collect();
    assert_eq!(told, ["3 counts 1.0 of 2.0", "5 counts 2.0 of 2.0", "6 breaks 3.0 of 2.0", "7 counts 1.0 of 2.0"]);
    let zh = stage.run(&["explain", "--finding", &print, "plan.csv", "--policy", "shop.toml", "--lang", "zh"]);
    assert!(zh.exits(0).out.contains("plan.csv:6  2026-11-20T09:40:00+08:00  超限    计 3，限 2"), "{}", zh.out);
    stage.run(&["explain", "--finding", "0123456789abcdef", "plan.csv", "--policy", "shop.toml"]).exits(3);
    stage.run(&["explain", "--finding", "none", "plan.csv", "--policy", "shop.toml"]).exits(2);
}

#[test]
fn a_rule_is_explained_with_its_values_sources_and_examples() {
    let stage = Stage::with("shop.toml", POLICY);
    let ran = stage.run(&["explain", "contact-word", "--policy", "shop.toml", "--lang", "en"]);
    for part in ["shop/contact-word", "Contact word", "Delete it", "示例规则", "flagged: 请加微信", "not flagged: 微信支付"] {
        assert!(ran.exits(0).out.contains(part), "{part}\n{}", ran.out);
    }
    let limit = stage.run(&["explain", "adds", "--policy", "shop.toml"]);
    assert!(limit.exits(0).out.contains("rate.max = 2"), "{}", limit.out);
    let ran = stage.run(&["explain", "contact-wrod", "--policy", "shop.toml", "--lang", "en"]);
    assert!(ran.exits(2).err.contains("did you mean contact-word?"), "{}", ran.err);
}
