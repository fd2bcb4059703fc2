//! Words in disguise: found, shown as written and as read, and reported as a breach of their own at the smallest place.

mod stage;

use stage::{Stage, findings, text};

/// The written and the read form of each disguise that is reported in a draft.
fn disguises(policy: &str, draft: &str) -> Vec<(String, String)> {
    let stage = Stage::with("p.toml", format!("schema = 1\n{policy}")).file("draft.txt", draft);
    let report = stage.run(&["check", "draft.txt", "--policy", "p.toml", "--format", "json"]).json();
    let raised = findings(&report).iter().filter(|finding| text(&finding["rule"]) == "evade-obfuscation");
    raised.map(|finding| (text(&finding["match"]["text"]).to_owned(), text(&finding["match"]["normalized"]).to_owned())).collect()
}

const WORD: &str =
    "[[rule]]\nid = \"word\"\nseverity = \"error\"\nsummary = \"word\"\nlexicon = { terms = [\"办证\"], variants = \"all\" }\n";
const SIGNS: &str = "[[rule]]\nid = \"signs\"\nseverity = \"error\"\nsummary = \"signs\"\n\
    combine = { any_of = [{ terms = [\"办证\"] }, { terms = [\"联系\"] }], min_weight = 2 }\n";

fn pair(written: &str, read: &str) -> (String, String) {
    (written.to_owned(), read.to_owned())
}

#[test]
fn one_word_is_blamed_as_a_whole() {
    assert_eq!(disguises(WORD, "本店办\u{200B}证"), [pair("办\u{200B}证", "办证")]);
    assert_eq!(disguises(WORD, "本店办证"), []);
}

#[test]
fn of_several_signs_only_those_in_disguise_are_blamed() {
    assert_eq!(disguises(SIGNS, "要办\u{200B}证的联系我"), [pair("办\u{200B}证", "办证")]);
    assert_eq!(disguises(SIGNS, "要办\u{200B}证的聯\u{200B}系我"), [pair("办\u{200B}证", "办证"), pair("聯\u{200B}系", "联系")]);
}

#[test]
fn what_stands_between_the_signs_is_not_blamed() {
    assert_eq!(disguises(SIGNS, "要办证的𝕧𝟞𝟠联系我"), []);
}

#[test]
fn a_sign_is_read_through_variants_where_it_asks_for_them() {
    assert_eq!(disguises(SIGNS, "要办-证的联系我"), []);
    let asking = SIGNS.replace("{ terms = [\"办证\"] }", "{ terms = [\"办证\"], variants = \"all\" }");
    assert_eq!(disguises(&asking, "要办-证的联系我"), [pair("办-证", "办证")]);
    assert_eq!(disguises(&asking, "要办证的联系我"), []);
}

#[test]
fn two_rules_on_one_disguise_raise_it_once() {
    assert_eq!(disguises(&format!("{WORD}{SIGNS}"), "要办\u{200B}证的联系我").len(), 1);
}
