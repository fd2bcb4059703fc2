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
