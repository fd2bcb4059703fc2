//! Contacts in policies: the kind `contact`, contacts beside a hit, contacts as a sign among others.

mod stage;

use stage::{Stage, findings, text};

/// A rule in error severity.
fn rule(id: &str, check: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\nseverity = \"error\"\nsummary = \"{id}\"\n{check}\n")
}

/// What a policy finds in a draft: rule, as written, as read, disguised; without the finding that says so of disguises.
fn found(policy: &str, draft: &str) -> Vec<(String, String, String, bool)> {
    let stage = Stage::with("p.toml", format!("schema = 1\n{policy}")).file("draft.txt", draft);
    let ran = stage.run(&["check", "draft.txt", "--policy", "p.toml", "--format", "json"]);
    assert!(ran.code < 2, "{}{}", ran.out, ran.err);
    let report = ran.json();
    let own = findings(&report).iter().filter(|finding| text(&finding["rule"]) != "evade-obfuscation");
    own.map(|finding| {
        let matched = &finding["match"];
        let part = |key: &str| text(&matched[key]).to_owned();
        (text(&finding["rule"]).to_owned(), part("text"), part("normalized"), matched["obfuscated"] == true)
    })
    .collect()
}

/// The written forms of what a policy finds in a draft.
fn written(policy: &str, draft: &str) -> Vec<String> {
    found(policy, draft).into_iter().map(|(_, written, ..)| written).collect()
}

#[test]
fn a_contact_is_shown_as_written_and_as_read() {
    let policy = rule("contact", "contact = {}");
    let hit = |written: &str, read: &str, disguised: bool| ("contact".to_owned(), written.to_owned(), read.to_owned(), disguised);
    assert_eq!(found(&policy, "电话 138-0013-8000 找我"), [hit("138-0013-8000", "13800138000", false)]);
    assert_eq!(found(&policy, "电话 一三八零零一三八零零零"), [hit("一三八零零一三八零零零", "13800138000", true)]);
    assert_eq!(found(&policy, "上𝕧𝟞𝟠點𝕧𝕚𝕡看看"), [hit("𝕧𝟞𝟠點𝕧𝕚𝕡", "v68.vip", true)]);
    assert_eq!(found(&policy, "薇❤：abc12345"), [hit("薇❤：abc12345", "abc12345", true)]);
}

#[test]
fn offices_articles_and_mail_are_asked_for_by_name() {
    let draft = "400-812-3456 mp.weixin.qq.com/s/a me@example.com 13800138000";
    assert_eq!(written(&rule("usual", "contact = {}"), draft), ["13800138000"]);
    let named = rule("named", r#"contact = { kinds = ["hotline", "article", "email"] }"#);
    assert_eq!(written(&named, draft), ["400-812-3456", "mp.weixin.qq.com/s/a", "me@example.com"]);
}

#[test]
fn ones_own_contacts_are_allowed() {
    let policy =
        rule("contact", r#"contact = { allow = ["138-0013-8000", "shop_\\d+", "a\\.example\\.org"], allow_hosts = ["Example.com"] }"#);
    let own = "13800138000 微信：Shop_8899 https://a.example.org/x www.example.com/y example.com";
    assert_eq!(written(&policy, own), [""; 0]);
    let other = "13900139000 微信：shop_88x99 b.example.org notexample.com";
    assert_eq!(written(&policy, other), ["13900139000", "微信：shop_88x99", "b.example.org", "notexample.com"]);
}

#[test]
fn a_hit_may_need_a_contact_beside_it() {
    let near = rule("near", r#"lexicon = { terms = ["兼职"], near = { contact = true, within = 10 } }"#);
    assert_eq!(written(&near, "兼职，加v：abc12345"), ["兼职"]);
    assert_eq!(written(&near, "兼职的事过几天我们再慢慢说，电话13800138000"), [""; 0]);
    let kinds = rule("kinds", r#"lexicon = { terms = ["兼职"], near = { contact = ["qq", "wechat"] } }"#);
    assert_eq!(written(&kinds, "兼职 13800138000"), [""; 0]);
    assert_eq!(written(&kinds, "兼职 QQ：1234567"), ["兼职"]);
    let words = rule("words", r#"lexicon = { terms = ["兼职"], near = { any = ["日结"], contact = true } }"#);
    assert_eq!(written(&words, "兼职日结"), ["兼职"]);
    assert_eq!(written(&words, "兼职13800138000"), ["兼职"]);
}

#[test]
fn a_contact_beside_it_may_clear_a_hit() {
    let policy = rule("not-near", r#"regex = { pattern = "优惠", not_near = { contact = ["hotline"] } }"#);
    assert_eq!(written(&policy, "优惠请询400-812-3456"), [""; 0]);
    assert_eq!(written(&policy, "优惠请询13800138000"), ["优惠"]);
}

#[test]
fn a_contact_may_be_one_sign_of_several() {
    let policy = rule(
        "sign",
        r#"combine = { any_of = [{ terms = ["兼职"], weight = 2 }, { contact = ["wechat", "phone", "qq"], weight = 2 }], min_weight = 4, within = 30 }"#,
    );
    assert_eq!(written(&policy, "招兼职，vx：abc12345 详聊"), ["兼职，vx：abc12345"]);
    assert_eq!(written(&policy, "招兼职，见 www.example.com"), [""; 0]);
}

#[test]
fn kinds_nobody_knows_are_mistakes() {
    let code = |check: &str| {
        let stage = Stage::with("p.toml", format!("schema = 1\n{}", rule("r", check))).file("draft.txt", "x");
        let ran = stage.run(&["check", "draft.txt", "--policy", "p.toml", "--format", "json"]);
        assert_eq!(ran.code, 2, "{check}");
        findings(&ran.json()).iter().map(|finding| text(&finding["rule"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(code(r#"contact = { kinds = ["phon"] }"#), ["policy-bad-value"]);
    assert_eq!(code(r#"contact = { allow = ["("] }"#), ["policy-bad-regex"]);
    assert_eq!(code(r#"lexicon = { terms = ["兼职"], near = { contact = ["fax"] } }"#), ["policy-bad-value"]);
    assert_eq!(code(r#"lexicon = { terms = ["兼职"], near = { contact = "phone" } }"#), ["policy-wrong-type"]);
    assert_eq!(code(r#"lexicon = { terms = ["兼职"], near = { contact = false } }"#), ["policy-missing-key"]);
}

#[test]
fn ten_thousand_hits_beside_ten_thousand_contacts_are_no_trouble() {
    let policy = rule("near", r#"lexicon = { terms = ["兼职"], near = { contact = ["qq"] } }"#);
    let draft = "兼职 13800138000，".repeat(10_000);
    assert_eq!(written(&policy, &draft), [""; 0]);
}
