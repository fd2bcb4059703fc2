//! Which rules are in force: what `--policy` names, what settings name, else the default packs.

use crate::POLICY;
use crate::stage::{Ran, Stage, findings, text};
use serde_json::Value;

/// A word of the bundled default pack.
const TRADE: &str = "出售象牙手串，加微信";

fn rules_of(ran: &Ran) -> Vec<String> {
    let report: Value = ran.json();
    findings(&report).iter().map(|finding| text(&finding["rule"]).to_owned()).collect()
}

fn check(stage: &Stage, args: &[&str]) -> Vec<String> {
    rules_of(&stage.run(&[&["check", "d.txt", "--format", "json"], args].concat()))
}

fn stage() -> Stage {
    let other = "schema = 1\n[[rule]]\nid = \"sale\"\nseverity = \"info\"\nsummary = \"s\"\nlexicon = { lists = [\"sale\"] }\n[[list]]\nid = \"sale\"\nfile = \"words.txt\"\n";
    Stage::with("d.txt", TRADE)
        .file("p.toml", POLICY)
        .file("house/sub/other.toml", other)
        .file("house/sub/words.txt", "出售\n")
        .file("house/p.toml", POLICY)
}

#[test]
fn without_settings_the_default_packs_are() {
    let stage = stage();
    let expected = ["goods-wildlife".to_owned()];
    assert_eq!(check(&stage, &[]), expected);
    assert_eq!(check(&stage, &["--policy", "default"]), expected);
    assert_eq!(check(&stage, &["--policy", "wechat-account-safety"]), expected);
    assert_eq!(check(&stage, &["--isolated"]), expected);
}

#[test]
fn a_policy_names_exactly_what_is_in_force() {
    let stage = stage();
    assert_eq!(check(&stage, &["--policy", "p.toml"]), ["contact-word"]);
    assert_eq!(check(&stage, &["--policy", "house"]), ["sale", "contact-word"]);
    assert_eq!(check(&stage, &["--policy", "house/sub"]), ["sale"]);
    assert_eq!(check(&stage, &["--policy", "p.toml", "--policy", "house/sub/other.toml"]), ["sale", "contact-word"]);
    assert_eq!(
        check(&stage, &["--policy", "house/sub/other.toml", "--policy", "p.toml"]),
        ["sale", "contact-word"],
        "order does not matter"
    );
    assert_eq!(check(&stage, &["--policy", "default", "--policy", "house/sub"]), ["sale", "goods-wildlife"]);
}

#[test]
fn a_name_nobody_knows_gets_a_guess() {
    let ran = stage().run(&["check", "d.txt", "--policy", "wechat-acount-safety", "--lang", "en"]);
    ran.exits(2);
    assert!(ran.err.contains("did you mean wechat-account-safety?"), "{}", ran.err);
    let ran = stage().run(&["check", "d.txt", "--policy", "xyz.toml", "--lang", "en"]);
    ran.exits(2);
    assert!(ran.err.contains("xyz.toml") && ran.err.contains("wechat-account-safety"), "what there is, is named: {}", ran.err);
}

#[test]
fn a_folder_without_policies_is_a_mistake() {
    let ran = stage().folder("hollow").run(&["check", "d.txt", "--policy", "hollow"]);
    ran.exits(2);
    assert!(ran.err.contains("hollow"));
}

#[test]
fn settings_name_policies_and_the_command_line_wins() {
    let stage = stage().file("presend.toml", "policy = [\"p.toml\", \"house/sub\"]\n");
    assert_eq!(check(&stage, &[]), ["sale", "contact-word"]);
    assert_eq!(check(&stage, &["--policy", "house/sub"]), ["sale"]);
    assert_eq!(check(&stage, &["--isolated"]), ["goods-wildlife"]);
    stage.write("presend.toml", "policy = \"default\"\n");
    assert_eq!(check(&stage, &[]), ["goods-wildlife"]);
    stage.write("presend.toml", "policy = [\"no-such-pack\"]\n");
    stage.run(&["check", "d.txt"]).exits(2);
}

#[test]
fn the_environment_wins_over_settings_unless_isolated() {
    let stage = stage().file("presend.toml", "policy = \"p.toml\"\n").variable("PRESEND_POLICY", "house/sub");
    assert_eq!(check(&stage, &[]), ["sale"]);
    assert_eq!(check(&stage, &["--policy", "p.toml"]), ["contact-word"]);
    assert_eq!(check(&stage, &["--isolated"]), ["goods-wildlife"]);
}

#[test]
fn a_rule_that_is_off_is_silent() {
    let off = POLICY.replace("severity = \"warning\"", "severity = \"off\"");
    let stage = stage().file("off.toml", off);
    assert_eq!(check(&stage, &["--policy", "off.toml"]), [""; 0]);
}

/// A word list lies beside its policy, wherever the run starts.
#[test]
fn word_lists_are_found_from_another_folder() {
    let stage = stage().inside("house");
    let ran = stage.run(&["check", "../d.txt", "--policy", "sub/other.toml", "--format", "json"]);
    assert_eq!(rules_of(&ran), ["sale"]);
}

#[test]
fn a_policy_named_twice_is_in_force_once() {
    for twice in [["default", "wechat-account-safety"], ["p.toml", "./p.toml"], ["house", "house/sub/other.toml"]] {
        let stage = stage().file("plain.txt", "你好").file("rows.csv", "id,text\n1,你好\n");
        stage.run(&["check", "plain.txt", "rows.csv", "--policy", twice[0], "--policy", twice[1]]).exits(0);
        stage.run(&["check", "plain.txt", "--policy", twice[0], "--policy", twice[1]]).exits(0);
    }
}
