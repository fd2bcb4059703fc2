//! What the command line lets pass, or says otherwise than the contract.

use crate::stage::{Stage, findings};
use encoding_rs::GB18030;
use serde_json::Value;

const POLICY: &str = "schema = 1\n[[rule]]\nid = \"w\"\nseverity = \"warning\"\nsummary = \"s\"\nlexicon = { terms = [\"加微信\"] }\n\
    [[rule]]\nid = \"adds\"\nseverity = \"error\"\nsummary = \"s\"\nmatch = { action = \"add_friend\" }\nrate = { max = 1, timespan = \"1h\", group_by = [\"account\"] }\n";

fn stage() -> Stage {
    Stage::with("p.toml", POLICY).file("d.txt", "请加微信")
}

/// A misspelt level in CI must not become the default.
#[test]
fn a_slip_in_the_environment_is_2() {
    for (name, value) in [("PRESEND_FAIL_ON", "waring"), ("PRESEND_MIN_SEVERITY", "erorr"), ("PRESEND_LANG", "fr")] {
        let ran = stage().variable(name, value).run(&["check", "d.txt", "--policy", "p.toml"]);
        assert_eq!(ran.code, 2, "{name}={value}: {}", ran.out);
        assert!(ran.err.contains(name), "{}", ran.err);
    }
}

#[test]
fn a_format_nobody_knows_is_underlined_in_the_settings() {
    let ran = stage().file("presend.toml", "lang = \"en\"\nformat = \"nope\"\n").run(&["check", "d.txt", "--policy", "p.toml"]);
    assert!(ran.exits(2).err.contains("presend.toml:2:10"), "{}", ran.err);
}

/// A file that is called empty on standard error is no record that passed.
#[test]
fn a_blank_draft_is_no_input() {
    stage().file("blank.txt", " \n\t\n").run(&["check", "blank.txt", "--policy", "p.toml"]).exits(3);
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

/// One file is one file, however it is written.
#[test]
fn a_file_named_in_two_ways_is_read_once() {
    let stage = stage().file("in/plan.csv", "time,account,action\n2026-11-20 09:00,a,add_friend\n").folder("in/sub");
    let absolute = stage.path("in/plan.csv").to_str().expect("UTF-8").to_owned();
    for other in [absolute.as_str(), "in/../in/plan.csv", "in/sub/../plan.csv"] {
        let report = stage.report(&["in/plan.csv", other, "--policy", "p.toml"]);
        assert_eq!(report["summary"]["records"], 1, "{other}");
    }
}

#[test]
fn a_policy_named_twice_is_in_force_once() {
    for twice in [["default", "wechat-account-safety"], ["p.toml", "./p.toml"]] {
        let ran = stage().run(&["check", "d.txt", "--policy", twice[0], "--policy", twice[1]]);
        ran.exits(0);
    }
}

/// The keys of `presend.report/v1`, to the letter.
#[test]
fn a_finding_has_no_key_beyond_the_contract() {
    let plan = "time,account,action\n2026-11-20 09:00,a,add_friend\n2026-11-20 09:01,a,add_friend\n";
    let report = stage().file("plan.csv", plan).report(&["plan.csv", "--policy", "p.toml"]);
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<String>>();
    let finding = &findings(&report)[0];
    assert_eq!(keys(&finding["window"]), ["count", "end", "group", "max", "rows", "start"]);
    assert_eq!(keys(&finding["related"][0]), ["line", "note", "path"]);
}

fn bytes<'a>(file: &'a [u8], report: &Value) -> &'a [u8] {
    let finding = findings(report).iter().find(|finding| finding["rule"] == "w").expect("found");
    let at = |key: &str| usize::try_from(finding["location"][key].as_u64().expect("a number")).expect("small");
    file.get(at("start_byte")..at("end_byte")).unwrap_or_default()
}

/// A byte nobody can read is one byte of the file, whatever is shown for it.
#[test]
fn bytes_lead_back_past_bytes_nobody_can_read() {
    let (utf8, chinese) = ("各位朋友早上好，请加微信\n".as_bytes().to_vec(), GB18030.encode("各位朋友早上好，请加微信\n").0.into_owned());
    let with = |mut file: Vec<u8>, byte: u8| {
        file.splice(0..0, [byte]);
        file
    };
    let marked = [b"\xEF\xBB\xBF".as_slice(), &with(utf8.clone(), 0xFF)].concat();
    let files = [
        ("UTF-8", with(utf8, 0xFF), "加微信".as_bytes().to_vec()),
        ("UTF-8 with a mark", marked, "加微信".as_bytes().to_vec()),
        ("GB18030", with(chinese.clone(), 0xFF), GB18030.encode("加微信").0.into_owned()),
        ("GB18030 with a euro of one byte", with(chinese, 0x80), GB18030.encode("加微信").0.into_owned()),
    ];
    let wrong: Vec<&str> = files
        .iter()
        .filter(|(_, file, word)| bytes(file, &stage().file("d.txt", file).report(&["d.txt", "--policy", "p.toml"])) != word)
        .map(|(name, _, _)| *name)
        .collect();
    assert_eq!(wrong, [""; 0]);
}

/// Nobody sends minus five messages; a weight that takes away hides others.
#[test]
fn a_count_below_zero_is_a_bad_number() {
    let plan = "time,account,action,count\n2026-11-20 09:00,a,add_friend,-5\n";
    let report = stage().file("plan.csv", plan).report(&["plan.csv", "--policy", "p.toml"]);
    assert_eq!(findings(&report).first().map(|finding| &finding["rule"]), Some(&"input-bad-number".into()));
}
