//! Settings: where they are found, what they say, who wins; languages and colours.

use crate::stage::Stage;
use crate::{PLAN, POLICY};

fn stage() -> Stage {
    Stage::with("shop/p.toml", POLICY).file("shop/plan.csv", PLAN).file("shop/deep/er/word.txt", "请加微信").file("word.txt", "请加微信")
}

/// Whether a run speaks Chinese.
fn speaks_chinese(stage: &Stage, args: &[&str]) -> bool {
    let ran = stage.run(&[&["check", "word.txt", "--policy", "shop/p.toml", "--format", "concise"], args].concat());
    let (zh, en) = (ran.out.contains("引流词"), ran.out.contains("Contact word"));
    assert!(zh != en, "{}", ran.out);
    zh
}

#[test]
fn the_nearest_settings_upward_are_found_and_their_paths_start_there() {
    let stage = stage()
        .file("presend.toml", "policy = \"nonsense\"\n")
        .file("shop/presend.toml", "policy = \"p.toml\"\nfail_on = \"warning\"\n")
        .inside("shop/deep/er");
    let ran = stage.run(&["check", "word.txt", "--format", "concise"]);
    ran.exits(1);
    assert!(ran.out.contains("warning[contact-word]"), "{}", ran.out);
}

#[test]
fn settings_end_at_the_root_of_the_repository() {
    let stage = stage().file("presend.toml", "policy = \"nonsense\"\n").folder("shop/.git").inside("shop/deep");
    stage.run(&["check", "er/word.txt"]).exits(0);
}

#[test]
fn a_config_is_read_instead() {
    let stage = stage()
        .file("presend.toml", "policy = \"nonsense\"\n")
        .file("shop/ci.toml", "policy = [\"p.toml\"]\naccounts = [\"who.csv\"]\nfail_on = \"info\"\n");
    let ran = stage.run(&["check", "word.txt", "--config", "shop/ci.toml"]);
    ran.exits(3);
    assert!(ran.err.contains("shop/who.csv"), "paths start at the settings: {}", ran.err);
    stage.write("shop/who.csv", "id,kind\na,personal\n");
    stage.run(&["check", "word.txt", "--config", "shop/ci.toml"]).exits(1);
}

#[test]
fn mistakes_in_settings_are_underlined_and_nothing_is_checked() {
    let stage =
        stage().file("presend.toml", "polcy = \"shop/p.toml\"\nlang = \"fr\"\ntimezone = 8\nfail_on = \"errors\"\n\nhistory = []\n");
    for args in [["check", "word.txt"].as_slice(), &["check", "word.txt", "--format", "json"], &["rules"], &["test"]] {
        let ran = stage.run(args);
        ran.exits(2);
        let said = format!("{}{}", ran.out, ran.err);
        for place in ["presend.toml:1:1", "presend.toml:2:8", "presend.toml:3:12", "presend.toml:4:11", "presend.toml:6:11"] {
            assert!(said.contains(place), "{args:?} {place}: {said}");
        }
    }
    stage.run(&["check", "word.txt", "--isolated"]).exits(0);
    stage.write("presend.toml", "policy = \n");
    stage.run(&["check", "word.txt"]).exits(2);
}

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_settings() {
    let base = || stage().file("presend.toml", "policy = \"shop/p.toml\"\nfail_on = \"never\"\nformat = \"concise\"\n");
    let run = |stage: &Stage, args: &[&str]| stage.run(&[&["check", "word.txt"], args].concat());
    assert!(run(&base(), &[]).exits(0).out.starts_with("word.txt:1:2: warning[contact-word] "));
    let loud = base().variable("PRESEND_FAIL_ON", "warning").variable("PRESEND_FORMAT", "jsonl");
    assert!(run(&loud, &[]).exits(1).out.starts_with('{'));
    assert!(run(&loud, &["--fail-on", "error", "--format", "json"]).exits(0).out.starts_with("{\"schema\""));
    let ran = run(&loud, &["--isolated", "--policy", "shop/p.toml"]);
    assert!(!ran.exits(0).out.starts_with('{') && !ran.out.starts_with("word.txt:1"), "{}", ran.out);
    assert_eq!(run(&base().variable("PRESEND_MIN_SEVERITY", "error"), &[]).exits(0).out, "");
    run(&base().variable("PRESEND_FORMAT", "nope"), &[]).exits(2);
    run(&base().variable("PRESEND_TIMEZONE", "nowhere"), &[]).exits(2);
    run(&base().variable("PRESEND_TIMEZONE", ""), &[]).exits(0);
}

#[test]
fn a_language_is_asked_for_set_or_that_of_the_locale() {
    let locale = |name: &str, value: &str| stage().variable(name, value);
    assert!(speaks_chinese(&stage(), &[]), "without any sign");
    assert!(speaks_chinese(&locale("LANG", "zh_CN.UTF-8"), &[]));
    assert!(speaks_chinese(&locale("LANG", "C.UTF-8"), &[]));
    assert!(!speaks_chinese(&locale("LANG", "en_US.UTF-8"), &[]));
    assert!(!speaks_chinese(&locale("LC_ALL", "en_GB.UTF-8").variable("LANG", "zh_CN.UTF-8"), &[]));
    assert!(speaks_chinese(&locale("LANG", "en_US.UTF-8"), &["--lang", "zh"]));
    assert!(!speaks_chinese(&locale("LANG", "zh_CN.UTF-8"), &["--lang", "en"]));
    assert!(!speaks_chinese(&locale("LANG", "zh_CN.UTF-8").variable("PRESEND_LANG", "en"), &[]));
    assert!(speaks_chinese(&locale("LANG", "zh_CN.UTF-8").variable("PRESEND_LANG", "en"), &["--isolated"]));
    assert!(!speaks_chinese(&locale("LANG", "zh_CN.UTF-8").file("presend.toml", "lang = \"en\"\n"), &[]));
}

#[test]
fn what_is_said_beside_the_report_is_in_the_same_language() {
    for (lang, word) in [("zh", "读不了"), ("en", "cannot read")] {
        let ran = stage().run(&["check", "missing.txt", "--lang", lang]);
        assert!(ran.exits(3).err.contains(word), "{}", ran.err);
    }
}

#[test]
fn colours_are_for_terminals_or_on_request() {
    let out = |stage: &Stage, args: &[&str]| stage.run(&[&["check", "word.txt", "--policy", "shop/p.toml"], args].concat()).out;
    let colored = |stage: &Stage, args: &[&str]| out(stage, args).contains('\x1b');
    assert!(!colored(&stage(), &[]), "a pipe is no terminal");
    assert!(!colored(&stage(), &["--color", "auto"]));
    assert!(!colored(&stage(), &["--color", "never"]));
    assert!(colored(&stage(), &["--color", "always"]));
    assert!(colored(&stage().variable("NO_COLOR", "1"), &["--color", "always"]), "what is asked for wins");
    assert!(!colored(&stage().variable("NO_COLOR", "1"), &[]));
    for format in ["json", "jsonl", "concise"] {
        assert!(!colored(&stage(), &["--color", "always", "--format", format]), "{format} is for programs");
    }
    assert!(!out(&stage(), &["--color", "always", "--output", "human=r.txt"]).is_empty());
    let stage = stage();
    stage.run(&["check", "word.txt", "--policy", "shop/p.toml", "--color", "always", "--output", "human=r.txt"]);
    assert!(!stage.read("r.txt").contains('\x1b'), "a file is no terminal");
}

#[test]
fn a_time_zone_says_when_local_times_are() {
    let plan =
        "time,account,action\n2026-11-20 09:00,a,add_friend\n2026-11-20T09:00:00+08:00,a,add_friend\n2026-11-20 09:30,a,add_friend\n";
    let stage = Stage::with("p.toml", POLICY).file("plan.csv", plan);
    let code = |args: &[&str]| stage.run(&[&["check", "plan.csv", "--policy", "p.toml"], args].concat()).code;
    assert_eq!(code(&[]), 1, "Shanghai");
    assert_eq!(code(&["--timezone", "Asia/Shanghai"]), 1);
    assert_eq!(code(&["--timezone", "America/New_York"]), 0, "half a day apart");
}

/// A misspelt level in CI must not become the default.
#[test]
fn a_slip_in_the_environment_is_2() {
    for (name, value) in [
        ("PRESEND_FAIL_ON", "waring"),
        ("PRESEND_MIN_SEVERITY", "erorr"),
        ("PRESEND_LANG", "fr"),
        ("PRESEND_FORMAT", "xml"),
        ("PRESEND_TIMEZONE", "Beijing"),
    ] {
        let ran = stage().variable(name, value).run(&["check", "word.txt", "--policy", "shop/p.toml"]);
        assert_eq!(ran.code, 2, "{name}={value}: {}", ran.out);
        assert!(ran.err.contains(name), "{}", ran.err);
        stage().variable(name, value).run(&["check", "word.txt", "--policy", "shop/p.toml", "--isolated"]).exits(0);
    }
}

#[test]
fn a_format_nobody_knows_is_underlined_in_the_settings() {
    let ran = stage().file("presend.toml", "lang = \"en\"\nformat = \"nope\"\n").run(&["check", "word.txt", "--policy", "shop/p.toml"]);
    assert!(ran.exits(2).err.contains("presend.toml:2:10"), "{}", ran.err);
}

/// Paths in a settings file start at its folder, paths in the environment where the program is run.
#[test]
fn paths_of_the_environment_start_here() {
    let stage = stage().file("presend.toml", "policy = \"nonsense\"\n").variable("PRESEND_POLICY", "p.toml").inside("shop");
    stage.run(&["check", "../word.txt", "--fail-on", "warning"]).exits(1);
    stage.variable("PRESEND_ACCOUNTS", "nobody.csv").run(&["check", "../word.txt"]).exits(3);
}
