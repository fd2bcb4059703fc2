//! Words beside a hit, in one group or several.

mod stage;

use stage::{Stage, findings};

/// Whether a draft is reported under a rule on 象牙 with these words beside it.
fn is_reported(beside: &str, draft: &str) -> bool {
    let rule = "schema = 1\n[[rule]]\nid = \"ivory\"\nseverity = \"error\"\nsummary = \"ivory\"\n";
    let stage = Stage::with("p.toml", format!("{rule}lexicon = {{ terms = [\"象牙\"], {beside} }}\n")).file("draft.txt", draft);
    !findings(&stage.run(&["check", "draft.txt", "--policy", "p.toml", "--format", "json"]).json()).is_empty()
}

#[test]
fn a_hit_stands_beside_one_of_each_group() {
    let beside = r#"near = [{ any = ["出", "卖"], within = 4 }, { any = ["元", "价"] }]"#;
    assert!(is_reported(beside, "卖象牙手串，问问再说，一条八百元"));
    assert!(!is_reported(beside, "卖象牙手串，问问再说"));
    assert!(!is_reported(beside, "象牙手串，问问再说，卖八百元"));
}

#[test]
fn a_hit_falls_beside_any_group_each_within_its_own_distance() {
    let beside = r#"not_near = [{ any = ["严禁"], within = 2 }, { any = ["博物馆"] }]"#;
    assert!(is_reported(beside, "象牙到货"));
    assert!(!is_reported(beside, "严禁象牙交易"));
    assert!(is_reported(beside, "严禁吸烟，本店象牙到货"));
    assert!(!is_reported(beside, "本市的象牙雕刻展，展期三周，地点在市博物馆"));
}
