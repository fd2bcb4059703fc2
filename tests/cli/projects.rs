//! What a project says of rules and files: levels, paths, covered reports, `config show`.

use crate::stage::Stage;
use crate::{PLAN, POLICY};

/// A house with two folders of drafts.
fn stage(settings: &str) -> Stage {
    let stage = Stage::with("p.toml", POLICY).file("plan.csv", PLAN).file("drafts/a.txt", "请加微信").file("drafts/old/b.txt", "请加微信");
    stage.file("presend.toml", format!("policy = \"p.toml\"\nlang = \"zh\"\nformat = \"concise\"\n{settings}"))
}

fn out(stage: &Stage, args: &[&str]) -> String {
    stage.run(&[&["check"], args].concat()).out
}

#[test]
fn a_level_is_set_for_a_rule_or_for_all_rules_of_a_pack_that_are_on() {
    assert!(out(&stage("[levels]\ncontact-word = \"error\"\n"), &["drafts"]).contains("error[contact-word]"));
    assert!(out(&stage("[levels]\n\"shop/contact-word\" = \"info\"\n"), &["drafts"]).contains("info[contact-word]"));
    let both = stage("[levels]\nshop = \"info\"\nadds = \"error\"\n");
    assert!(out(&both, &["drafts"]).contains("info[contact-word]"));
    assert!(out(&both, &["plan.csv"]).contains("error[adds]"), "a rule wins over its pack");
    let off = stage("[levels]\nshop = \"off\"\n");
    assert_eq!(off.run(&["check", "drafts", "plan.csv"]).exits(0).out, "");
}

#[test]
fn a_level_wins_over_what_policies_change() {
    let change = "schema = 1\n[pack]\nid = \"house\"\nversion = \"1.0.0\"\ntitle = \"h\"\nextends = [\"p.toml\"]\n\
                  [[override]]\nrule = \"contact-word\"\nseverity = \"off\"\nreason = \"店里同意\"\n";
    let base = stage("[levels]\ncontact-word = \"error\"\n").file("house.toml", change);
    let policy = ["drafts", "--policy", "house.toml"];
    assert!(out(&base, &policy).contains("error[contact-word]"));
    let origin = base.run(&["rules", "--origin"]).exits(0).out.clone();
    assert!(origin.contains("severity = \"error\"  presend.toml:5"), "{origin}");
    let of_pack = stage("[levels]\nshop = \"error\"\n").file("house.toml", change);
    assert_eq!(out(&of_pack, &policy), "", "what is off is not woken by its pack");
}

#[test]
fn a_path_has_levels_of_its_own_and_the_last_wins() {
    let one = stage("[[path]]\nglob = \"drafts/old\"\nlevels = { contact-word = \"off\" }\n");
    assert_eq!(out(&one, &["drafts"]), "drafts/a.txt:1:2: warning[contact-word] 引流词：“加微信”\n");
    let two = stage(
        "[[path]]\nglob = \"drafts\"\nlevels = { contact-word = \"off\" }\n[[path]]\nglob = \"old/\"\nlevels = { shop = \"error\" }\n",
    );
    assert_eq!(out(&two, &["drafts"]), "drafts/old/b.txt:1:2: error[contact-word] 引流词：“加微信”\n");
    assert_eq!(
        two.inside("drafts/old").run(&["check", "b.txt"]).out,
        "b.txt:1:2: error[contact-word] 引流词：“加微信”\n",
        "from any folder"
    );
}

#[test]
fn a_rule_that_is_off_is_on_where_a_path_says_so() {
    let some = stage("[levels]\ncontact-word = \"off\"\n[[path]]\nglob = \"b.txt\"\nlevels = { contact-word = \"info\" }\n");
    assert_eq!(out(&some, &["drafts"]), "drafts/old/b.txt:1:2: info[contact-word] 引流词：“加微信”\n");
}

#[test]
fn counting_rules_follow_the_path_of_the_record_that_breaks() {
    let settings = "[[path]]\nglob = \"plan.csv\"\nlevels = { adds = \"info\" }\n";
    assert!(out(&stage(settings), &["plan.csv"]).contains("info[adds]"));
    let streamed = stage(settings).run_on(&["check", "-", "--stream", "--stdin-filename", "plan.csv"], PLAN.as_bytes());
    assert!(streamed.out.contains("\"severity\":\"info\""), "{}", streamed.out);
}

#[test]
fn words_in_disguise_have_a_level_too() {
    let disguised = |settings: &str| out(&stage(settings).file("c.txt", "请加微\u{200b}信"), &["c.txt"]);
    assert!(disguised("").contains("error[evade-obfuscation]"));
    assert!(disguised("[levels]\nevade-obfuscation = \"info\"\n").contains("info[evade-obfuscation]"));
    let off = disguised("[[path]]\nglob = \"c.txt\"\nlevels = { evade-obfuscation = \"off\" }\n");
    assert!(off.contains("[contact-word]") && !off.contains("obfuscation"), "{off}");
}

#[test]
fn files_that_are_not_to_be_checked_are_counted_aloud() {
    let ran = stage("[[path]]\nglob = \"old\"\ncheck = false\n").run(&["check", "drafts"]);
    assert_eq!(ran.out, "drafts/a.txt:1:2: warning[contact-word] 引流词：“加微信”\n");
    assert!(ran.err.contains("跳过了 1 个文件"), "{}", ran.err);
}

#[test]
fn slips_in_levels_and_paths_are_underlined() {
    let slips = "[levels]\ncontact-wrod = \"info\"\nadds = \"errors\"\n[[path]]\nglob = \"a[\"\nlevel = { adds = \"off\" }\n";
    let ran = stage(slips).run(&["check", "drafts"]);
    ran.exits(2);
    for place in ["presend.toml:6:8", "presend.toml:8:8", "presend.toml:9:1"] {
        assert!(ran.err.contains(place), "{place}: {}", ran.err);
    }
    let ran = stage("[levels]\ncontact-wrod = \"info\"\n").run(&["check", "drafts"]);
    assert!(ran.exits(2).out.contains("presend.toml:5:1: error[policy-unknown-rule]"), "{}", ran.out);
    let told = stage("[levels]\ncontact-wrod = \"info\"\n").run(&["check", "drafts", "--format", "human"]);
    assert!(told.out.contains("是不是想写 `contact-word`"), "{}", told.out);
    let other = stage("[levels]\nadds = \"info\"\n").file("q.toml", POLICY.replace("\"adds\"", "\"other\""));
    other.run(&["check", "drafts", "--policy", "q.toml"]).exits(0);
}

#[test]
fn a_covered_report_says_where_and_which_word_of_the_rule_and_no_more() {
    let draft = "张三，请加微信，电话13800138000";
    let policy = format!(
        "{POLICY}\n[[rule]]\nid = \"phones\"\nseverity = \"warning\"\nsummary = {{ zh = \"电话\", en = \"Phone\" }}\nmessage = {{ zh = \"电话：{{match}}\", en = \"Phone: {{match}}\" }}\nregex = {{ pattern = \"1[0-9]{{10}}\" }}\n"
    );
    let base = Stage::with("p.toml", policy).file("a.txt", draft).file("presend.toml", "policy = \"p.toml\"\n");
    let plain = base.run(&["check", "a.txt", "--format", "jsonl"]).out.clone();
    for format in ["human", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "html"] {
        let shown = base.run(&["check", "a.txt", "--redact", "--format", format]).out.clone();
        for secret in ["张三", "13800138000", "电话1"] {
            assert!(!shown.contains(secret), "{format} says {secret}: {shown}");
        }
        assert!(shown.contains("contact-word"), "{format}: {shown}");
    }
    assert!(base.run(&["check", "a.txt", "--redact", "--lang", "zh"]).out.contains("＊＊＊＊加微信＊＊＊***"));
    let covered = base.run(&["check", "a.txt", "--redact", "--format", "jsonl"]).out.clone();
    let places = |out: &str| -> Vec<(String, String)> {
        let findings = out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("an object"));
        findings.map(|finding| (finding["location"].to_string(), finding["fingerprint"].to_string())).collect()
    };
    assert_eq!(places(&plain), places(&covered), "places and fingerprints stay");
    let print = places(&plain)[0].1.trim_matches('"').to_owned();
    let explained = base.run(&["explain", "--finding", &print, "a.txt", "--redact"]).exits(0).out.clone();
    assert!(explained.contains("加微信") && !explained.contains("张三"), "{explained}");
    let set = base.file("presend.toml", "policy = \"p.toml\"\nredact = true\n");
    assert_eq!(set.run(&["check", "a.txt", "--format", "jsonl"]).out, covered);
    let streamed = set.run_on(&["check", "-", "--stream", "--stdin-filename", "x.jsonl"], format!("{{\"text\":\"{draft}\"}}\n").as_bytes());
    assert!(streamed.out.contains("contact-word") && !streamed.out.contains("13800138000"), "{}", streamed.out);
}

#[test]
fn who_others_are_is_covered_in_groups() {
    let policy = POLICY.replace("group_by = [\"account\"]", "group_by = [\"account\", \"target\"]");
    let rows: String = (0..4).map(|minute| format!("2026-11-20 09:0{minute},a,add_friend,wxid_zhang\n")).collect();
    let base = Stage::with("p.toml", policy).file("plan.csv", format!("time,account,action,target\n{rows}"));
    let shown = base.run(&["check", "plan.csv", "--policy", "p.toml", "--format", "json", "--redact"]).json();
    assert_eq!(shown["findings"][0]["window"]["group"], serde_json::json!({ "account": "a", "target": "**********" }));
}

#[test]
fn the_settings_in_force_are_shown_with_where_they_come_from() {
    let base = stage("fail_on = \"warning\"\n[levels]\nadds = \"info\"\n[[path]]\nglob = \"old\"\ncheck = false\n")
        .variable("PRESEND_FAIL_ON", "info");
    let shown = base.run(&["config", "show", "--lang", "en", "--timezone", "UTC"]).exits(0).out.clone();
    let line = |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
    for (key, value, from) in [
        ("policy", "[\"p.toml\"]", "presend.toml:1"),
        ("lang", "\"en\"", "command line"),
        ("timezone", "\"UTC\"", "command line"),
        ("fail_on", "\"info\"", "environment PRESEND_FAIL_ON"),
        ("min_severity", "\"info\"", "default"),
    ] {
        let line = line(key);
        assert!(line.starts_with(&format!("{key} = {value} ")) && line.ends_with(&format!("# {from}")), "{line}");
    }
    let again = base.file("presend.toml", &shown);
    let json = again.run(&["config", "show", "--format", "json"]).exits(0).json();
    assert_eq!(json["levels"]["adds"], "info", "what is shown is a settings file: {shown}");
    assert_eq!(json["path"][0]["check"], false);
}

#[test]
fn a_wordy_run_says_what_it_uses_beside_the_report() {
    let ran = stage("").run(&["check", "drafts/a.txt", "-v"]);
    assert!(ran.err.contains("presend.toml") && ran.err.contains("p.toml") && ran.err.contains("drafts/a.txt"), "{}", ran.err);
    assert_eq!(ran.out, "drafts/a.txt:1:2: warning[contact-word] 引流词：“加微信”\n");
    assert!(stage("").run(&["check", "drafts/a.txt"]).err.is_empty());
}
