//! Exit codes: 0 nothing that fails, 1 findings, 2 usage or policy, 3 no input.

use crate::stage::Stage;
use crate::{PLAN, POLICY};

fn stage() -> Stage {
    Stage::with("p.toml", POLICY)
        .file("clean.txt", "支持微信支付")
        .file("word.txt", "请加微信")
        .file("plan.csv", PLAN)
        .file("title.md", "---\ntitle: 一二三四五六\n---\n好")
}

#[test]
fn nothing_that_fails_is_0() {
    for args in [["clean.txt"].as_slice(), &["word.txt"], &["title.md"], &["clean.txt", "word.txt", "title.md"]] {
        stage().run(&[args, &["--policy", "p.toml"]].concat()).exits(0);
    }
}

#[test]
fn an_error_is_1() {
    stage().run(&["check", "plan.csv", "--policy", "p.toml"]).exits(1);
    stage().run(&["plan.csv", "clean.txt", "--policy", "p.toml"]).exits(1);
}

#[test]
fn fail_on_names_the_least_that_fails() {
    for (file, worst) in [("plan.csv", 3), ("word.txt", 2), ("title.md", 1), ("clean.txt", 0)] {
        for (level, least) in [("error", 3), ("warning", 2), ("info", 1), ("never", 4)] {
            let ran = stage().run(&["check", file, "--policy", "p.toml", "--fail-on", level]);
            ran.exits(i32::from(worst >= least));
        }
    }
}

#[test]
fn min_severity_hides_and_does_not_forgive() {
    let run = |args: &[&str]| {
        stage().run(&[&["check", "word.txt", "plan.csv", "title.md", "--policy", "p.toml", "--format", "json"], args].concat())
    };
    for (level, shown) in [("info", 3), ("warning", 2), ("error", 1)] {
        let ran = run(&["--min-severity", level]);
        let report = ran.exits(1).json();
        assert_eq!(report["findings"].as_array().map(Vec::len), Some(shown));
        assert_eq!(
            [&report["summary"]["errors"], &report["summary"]["warnings"], &report["summary"]["infos"]],
            [1, 1, 1],
            "hidden, not gone"
        );
    }
    let ran = stage().run(&["check", "word.txt", "--policy", "p.toml", "--min-severity", "error", "--fail-on", "warning"]);
    ran.exits(1);
}

#[test]
fn a_slip_on_the_command_line_is_2() {
    let slips: [&[&str]; 14] = [
        &["--no-such-flag"],
        &["--format", "nope"],
        &["--output", "nope=a.txt"],
        &["--output", "report.json"],
        &["--output", "json=no/such/folder/report.json"],
        &["--as-of", "tomorrow"],
        &["--as-of", "2026-02-30"],
        &["--timezone", "Mars/Olympus"],
        &["--lang", "fr"],
        &["--fail-on", "errors"],
        &["--min-severity", "low"],
        &["--color", "sometimes"],
        &["--jobs", "many"],
        &["--config", "no-such-settings.toml"],
    ];
    for slip in slips {
        let ran = stage().run(&[&["check", "clean.txt", "--policy", "p.toml"], slip].concat());
        ran.exits(2);
        assert!(!ran.err.is_empty(), "{slip:?}: something is said");
    }
    stage().run(&["check", "clean.txt", "--policy", "no-such-policy"]).exits(2);
    stage().run(&["rules", "--format", "nope"]).exits(2);
    stage().run(&["test", "--no-such-flag"]).exits(2);
    stage().run(&["--no-such-flag"]).exits(2);
    stage().run(&[]).exits(2);
}

#[test]
fn no_input_is_3() {
    let stage = stage()
        .file("empty.txt", "")
        .file("empty.csv", "")
        .file("header.csv", "time,account,action\n")
        .file("empty.jsonl", "\n\n")
        .file("empty.toml", "")
        .file("picture.png", b"\x89PNG")
        .folder("hollow")
        .file("pictures/a.png", b"\x89PNG")
        .file("headers/a.csv", "time,account,action\n");
    let inputs: [&[&str]; 12] = [
        &["missing.txt"],
        &["missing"],
        &["empty.txt"],
        &["empty.csv"],
        &["header.csv"],
        &["empty.jsonl"],
        &["empty.toml"],
        &["picture.png"],
        &["hollow"],
        &["pictures"],
        &["headers"],
        &[],
    ];
    for input in inputs {
        for format in ["human", "json"] {
            let ran = stage.run(&[&["check"], input, &["--policy", "p.toml", "--format", format, "--lang", "en"]].concat());
            ran.exits(3);
            assert!(ran.err.starts_with("presend: "), "{input:?} {}", ran.err);
            assert!(input.iter().all(|name| ran.err.contains(name) || ran.err.contains("no record")), "{input:?} {}", ran.err);
        }
    }
    stage.run_on(&["check", "-", "--policy", "p.toml"], b"").exits(3);
}

/// Who reads the exit code must not take a run that saw half of its input for a verdict.
#[test]
fn unreadable_input_beside_findings_is_3_and_the_rest_is_checked() {
    for args in [["plan.csv", "missing.csv"], ["missing.csv", "plan.csv"]] {
        let ran = stage().run(&[&args, ["--policy", "p.toml"].as_slice(), &["--format", "json"]].concat());
        ran.exits(3);
        assert_eq!(ran.json()["findings"][0]["rule"], "adds");
        assert!(ran.err.contains("missing.csv"));
    }
}

#[test]
fn an_unreadable_registry_or_history_is_3() {
    for flag in ["--accounts", "--history"] {
        let ran = stage().run(&["check", "plan.csv", "--policy", "p.toml", flag, "missing.csv"]);
        ran.exits(3);
        assert!(ran.err.contains("missing.csv"));
    }
}

#[test]
fn an_empty_file_beside_others_is_said_and_does_no_harm() {
    let ran = stage().file("empty.txt", "").run(&["check", "clean.txt", "empty.txt", "--policy", "p.toml", "--lang", "en"]);
    ran.exits(0);
    assert!(ran.err.contains("empty.txt"));
}

#[test]
fn help_and_version_are_0() {
    for args in [
        ["--help"].as_slice(),
        &["-h"],
        &["check", "--help"],
        &["rules", "--help"],
        &["test", "--help"],
        &["--version"],
        &["help", "check"],
    ] {
        assert!(!stage().run(args).exits(0).out.is_empty());
    }
    assert!(stage().run(&["check", "--help"]).out.contains("--stdin-filename"));
}

/// A file that is called empty on standard error is no record that passed.
#[test]
fn a_blank_draft_is_no_input() {
    for name in ["blank.txt", "blank.md"] {
        let stage = stage().file(name, " \n\t\n\u{3000}\n");
        stage.run(&["check", name, "--policy", "p.toml"]).exits(3);
        let ran = stage.run(&["check", name, "word.txt", "--policy", "p.toml", "--format", "json"]);
        assert_eq!(ran.exits(0).json()["summary"]["records"], 1);
        assert!(ran.err.contains(name), "{}", ran.err);
    }
}

#[test]
fn who_read_nothing_does_not_say_that_nothing_was_found() {
    for (input, lang, word) in
        [("missing.csv", "zh", "没有发现问题"), ("missing.csv", "en", "nothing found"), ("header.csv", "en", "nothing found")]
    {
        let ran = stage().file("header.csv", "time,account,action\n").run(&["check", input, "--policy", "p.toml", "--lang", lang]);
        assert!(!ran.exits(3).out.contains(word), "{input}: {}", ran.out);
    }
}

/// Advice on a policy is no record that was checked.
#[test]
fn a_warning_about_a_policy_does_not_hide_that_nothing_was_read() {
    let policy = format!("{POLICY}[[list]]\nid = \"l\"\nterms = [\"加微\", \"加微\"]\n");
    stage().file("p.toml", policy).file("header.csv", "time,account,action\n").run(&["check", "header.csv", "--policy", "p.toml"]).exits(3);
}

/// Whether an account is one the rule means, only a registry knows: without one that is said, and fails nothing.
#[test]
fn a_plan_without_a_registry_is_not_failed_for_what_nobody_said() {
    let plan = "time,account,action,amount\n2026-11-20 09:00,a,send_red_packet,18.88\n";
    let ran = stage().file("plan.csv", plan).run(&["check", "plan.csv", "--policy", "wechat-account-safety", "--lang", "en"]);
    let out = &ran.exits(0).out;
    assert!(out.contains("rules lack facts of accounts") && out.contains("--accounts"), "{out}");
}
