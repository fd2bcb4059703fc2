//! Known findings: written, held against, pruned, compared.

use crate::POLICY;
use crate::stage::{Stage, findings};

const DRAFT: &str = "您好，请加微信。\n";

fn stage() -> Stage {
    Stage::with("p.toml", POLICY).file("d.txt", DRAFT).file("presend.toml", "policy = \"p.toml\"\nfail_on = \"warning\"\nlang = \"en\"\n")
}

fn written() -> Stage {
    let stage = stage();
    let ran = stage.run(&["baseline", "write", "d.txt"]);
    assert!(ran.exits(0).err.contains("presend-baseline.toml holds 1 findings") && ran.err.contains("contact-word 1"), "{}", ran.err);
    stage
}

fn check(stage: &Stage) -> crate::stage::Ran {
    stage.run(&["check", "d.txt", "--baseline", "presend-baseline.toml", "--format", "json"])
}

#[test]
fn what_is_known_is_counted_and_fails_nothing() {
    let stage = written();
    stage.run(&["check", "d.txt"]).exits(1);
    let report = check(&stage).exits(0).json();
    assert_eq!((findings(&report).len(), &report["summary"]["baselined"], &report["summary"]["warnings"]), (0, &1.into(), &0.into()));
    stage.write("presend.toml", "policy = \"p.toml\"\nfail_on = \"warning\"\nbaseline = \"presend-baseline.toml\"\nlang = \"zh\"\n");
    assert!(stage.run(&["check", "d.txt"]).exits(0).out.contains("1 个在基线内"));
}

#[test]
fn moving_a_line_makes_nothing_new_and_another_breach_on_it_does() {
    let stage = written();
    stage.write("d.txt", format!("第一行。\n\n{DRAFT}"));
    check(&stage).exits(0);
    stage.write("d.txt", "您好，请加微信，加微信。\n");
    let report = check(&stage).exits(1).json();
    assert_eq!((findings(&report).len(), &report["summary"]["baselined"]), (1, &1.into()));
}

#[test]
fn a_baseline_is_not_replaced_unless_asked() {
    let stage = written();
    let before = stage.read("presend-baseline.toml");
    stage.write("d.txt", "您好，请加微信，加微信。\n");
    assert!(stage.run(&["baseline", "write", "d.txt"]).exits(2).err.contains("--force"));
    assert_eq!(stage.read("presend-baseline.toml"), before);
    stage.run(&["baseline", "write", "d.txt", "--force"]).exits(0);
    assert_eq!(stage.read("presend-baseline.toml").matches("[[finding]]").count(), 2);
}

#[test]
fn pruning_takes_out_what_is_mended_and_never_adds() {
    let stage = written();
    stage.run(&["baseline", "diff", "d.txt"]).exits(0);
    stage.write("d.txt", "您好，请加微信，加微信。\n");
    stage.run(&["baseline", "prune", "d.txt"]).exits(0);
    assert_eq!(stage.run(&["baseline", "diff", "d.txt"]).exits(1).out, "+ d.txt: contact-word Contact word: “加微信”\n");
    stage.write("d.txt", "您好。\n");
    assert_eq!(stage.run(&["baseline", "diff", "d.txt"]).exits(1).out, "- d.txt: contact-word Contact word: “加微信”\n");
    stage.run(&["baseline", "prune", "d.txt"]).exits(0);
    assert!(!stage.read("presend-baseline.toml").contains("[[finding]]"));
    stage.write("d.txt", DRAFT);
    stage.run(&["baseline", "prune", "d.txt"]).exits(0);
    check(&stage).exits(1);
}

#[test]
fn the_file_is_sorted_and_the_same_each_time() {
    let stage = written().file("c.txt", "加微信吧\n");
    let run = |paths: &[&str]| {
        stage.run(&[&["baseline", "write", "--force"], paths].concat()).exits(0);
        stage.read("presend-baseline.toml")
    };
    let text = run(&["d.txt", "c.txt"]);
    assert_eq!(text, run(&["c.txt", "d.txt"]));
    assert!(text.find("c.txt") < text.find("d.txt"));
}

#[test]
fn a_baseline_that_is_missing_or_wrong_is_2() {
    let stage = stage();
    assert!(stage.run(&["check", "d.txt", "--baseline", "no.toml"]).exits(2).err.contains("no.toml"));
    stage.write("b.toml", "schema = 1\n[[finding]]\nrule = \"r\"\n");
    assert!(stage.run(&["check", "d.txt", "--baseline", "b.toml"]).exits(2).err.contains("b.toml:2"));
    stage.run(&["baseline", "diff", "d.txt"]).exits(2);
    stage.run(&["baseline", "write", "none.txt"]).exits(3);
    assert!(!stage.path("presend-baseline.toml").exists());
}
