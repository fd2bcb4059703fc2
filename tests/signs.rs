//! Weak signs together: a stretch of text is one sign, a core sign must be there, and allowed phrases silence the signs inside them.

mod stage;

use stage::{Stage, findings, text};

/// What a rule that combines signs reads in a draft.
fn read(combine: &str, draft: &str) -> Vec<String> {
    let rule = format!("schema = 1\n[[rule]]\nid = \"signs\"\nseverity = \"error\"\nsummary = \"signs\"\ncombine = {combine}\n");
    let stage = Stage::with("p.toml", rule).file("draft.txt", draft);
    let report = stage.run(&["check", "draft.txt", "--policy", "p.toml", "--format", "json"]).json();
    let of_rule = findings(&report).iter().filter(|finding| text(&finding["rule"]) == "signs");
    of_rule.map(|finding| text(&finding["match"]["normalized"]).to_owned()).collect()
}

#[test]
fn a_stretch_of_text_is_one_sign() {
    let twice = r#"{ any_of = [{ terms = ["加我"] }, { terms = ["加我", "找我"] }, { regex = '加我' }], min_weight = 2 }"#;
    assert_eq!(read(twice, "想看样品加我"), [""; 0]);
    assert_eq!(read(twice, "想看样品加我，或者来店里找我"), ["加我 + 找我"]);
}

#[test]
fn of_signs_that_overlap_the_heaviest_counts() {
    let graded = r#"{ any_of = [{ terms = ["视频", "日结"] }, { terms = ["发视频"], weight = 3 }], min_weight = 4 }"#;
    assert_eq!(read(graded, "代发视频"), [""; 0]);
    assert_eq!(read(graded, "代发视频，日结"), ["日结 + 发视频"]);
}

#[test]
fn signs_may_share_the_character_at_their_edge() {
    let edge = r#"{ any_of = [{ terms = ["做的来"] }, { terms = ["来人"] }], min_weight = 2 }"#;
    assert_eq!(read(edge, "做的来人"), ["做的来 + 来人"]);
}

#[test]
fn a_core_sign_must_be_there() {
    let core =
        r#"{ any_of = [{ terms = ["日结"], core = true }, { terms = ["免费"] }, { terms = ["加我"] }], min_weight = 2, within = 12 }"#;
    assert_eq!(read(core, "免费送样品，要的加我"), [""; 0]);
    assert_eq!(read(core, "免费带，日结"), ["日结 + 免费"]);
    assert_eq!(read(core, "免费送样品，要的加我。今天下午三点以前都在店里，晚上不在。日结"), [""; 0]);
    let none = core.replace(", core = true", "");
    assert_eq!(read(&none, "免费送样品，要的加我"), ["免费 + 加我"]);
}

#[test]
fn an_allowed_phrase_silences_the_signs_inside_it() {
    let cut = r#"{ any_of = [{ terms = ["上分"] }, { terms = ["加我"] }], min_weight = 2, allow = ["晚上分"] }"#;
    assert_eq!(read(cut, "每周三晚上分享一款茶，加我"), [""; 0]);
    assert_eq!(read(cut, "上分加我"), ["上分 + 加我"]);
    assert_eq!(read(cut, "晚上分享，上分加我"), ["上分 + 加我"]);
}
