//! What a report says, in which form, and that the same input gives the same bytes.

use crate::stage::{Stage, findings};
use crate::{PLAN, POLICY};
use serde_json::Value;

fn stage() -> Stage {
    let draft = "{\"id\":\"d-1\",\"text\":\"您好，请加微信\"}\n{\"text\":\"加-微-信 或者\\u001b[31m加微信\\u202e\"}\n";
    Stage::with("p.toml", POLICY).file("plan.csv", PLAN).file("d.jsonl", draft).file("bad.csv", "action\nfly\n")
}

fn report() -> Value {
    stage().report(&["plan.csv", "d.jsonl", "bad.csv", "--policy", "p.toml", "--lang", "en"])
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn the_report_has_the_keys_of_the_contract() {
    let report = report();
    assert_eq!(keys(&report), ["findings", "schema", "summary", "tool"]);
    assert_eq!((&report["schema"], &report["tool"]["name"]), (&"presend.report/v1".into(), &"presend".into()));
    assert_eq!(report["tool"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(keys(&report["summary"]), ["baselined", "errors", "infos", "records", "waived", "warnings"]);
    assert_eq!(
        report["summary"],
        serde_json::json!({"records": 6, "errors": 2, "warnings": findings(&report).len() - 2, "infos": 0, "waived": 0, "baselined": 0})
    );
}

const ALWAYS: [&str; 11] =
    ["confidence", "fingerprint", "fix", "help", "location", "message", "pack", "related", "rule", "severity", "source"];

#[test]
fn a_finding_has_the_keys_of_the_contract_and_its_kind() {
    for finding in findings(&report()) {
        let own: Vec<&str> = keys(finding).into_iter().filter(|key| !ALWAYS.contains(key)).collect();
        let expected: &[&str] = match finding["rule"].as_str().expect("a text") {
            "adds" => &["window"],
            "contact-word" => &["match"],
            _ => &[],
        };
        assert_eq!(own, expected, "{finding}");
        assert!(ALWAYS.iter().all(|key| finding.get(key).is_some()), "{finding}");
        let location = ["column", "end_byte", "end_column", "end_line", "field", "line", "path", "record", "start_byte"];
        assert_eq!(keys(&finding["location"]), location);
        assert!(finding["fingerprint"].as_str().is_some_and(|print| print.len() >= 16));
    }
}

#[test]
fn a_counted_finding_says_all_of_it() {
    let report = report();
    let finding = findings(&report).iter().find(|finding| finding["rule"] == "adds").expect("there");
    assert_eq!((&finding["pack"], &finding["severity"], &finding["confidence"]), (&"shop".into(), &"error".into(), &"high".into()));
    let row = serde_json::json!({"path": "plan.csv", "line": 4, "column": 1, "end_line": 4, "end_column": 35, "start_byte": 93, "end_byte": 127, "record": "op-3", "field": null});
    assert_eq!(finding["location"], row);
    let window = &finding["window"];
    assert_eq!((&window["count"], &window["max"], &window["rows"]), (&3.into(), &2.into(), &1.into()));
    assert_eq!(window["group"], serde_json::json!({"account": "a"}));
    assert_eq!((&window["start"], &window["end"]), (&"2026-11-20T09:00:00+08:00".into(), &"2026-11-20T09:20:00+08:00".into()));
    let lines: Vec<Option<u64>> = finding["related"].as_array().expect("a list").iter().map(|related| related["line"].as_u64()).collect();
    assert_eq!(lines, [Some(2), Some(3)], "the records that fill the window");
}

#[test]
fn a_found_word_says_all_of_it() {
    let report = report();
    let finding = findings(&report).iter().find(|finding| finding["location"]["record"] == "d-1").expect("there");
    assert_eq!((&finding["message"], &finding["help"]), (&"Contact word: “加微信”".into(), &"Delete it".into()));
    assert_eq!(finding["source"], serde_json::json!([{"title": "示例规则", "clause": "3.2", "basis": "platform", "as_of": "2026-11-01"}]));
    assert_eq!(finding["match"], serde_json::json!({"text": "加微信", "normalized": "加微信", "obfuscated": false}));
    assert_eq!(
        (&finding["location"]["field"], &finding["location"]["column"], &finding["location"]["end_column"]),
        (&"text".into(), &25.into(), &28.into())
    );
}

/// The example of the contract, its keys in order.
const ORDER: &str = "schema tool name version summary records errors warnings infos waived baselined findings \
    rule pack severity confidence message help source \
    location path line column end_line end_column start_byte end_byte record field \
    window group count max rows start end related fix fingerprint";

#[test]
fn keys_stand_in_the_order_of_the_contract() {
    let json = stage().run(&["check", "plan.csv", "--policy", "p.toml", "--format", "json"]).out;
    let mut from = 0;
    for key in ORDER.split_whitespace() {
        let at = json[from..].find(&format!("\"{key}\":")).unwrap_or_else(|| panic!("`{key}` is not where it belongs: {json}"));
        from += at + 1;
    }
}

#[test]
fn jsonl_has_the_same_objects_a_line() {
    let run = |format: &str| stage().run(&["check", "plan.csv", "d.jsonl", "bad.csv", "--policy", "p.toml", "--format", format]);
    let lines: Vec<Value> = run("jsonl").out.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(&lines, findings(&run("json").json()));
    assert!(!lines.is_empty());
}

#[test]
fn concise_is_one_line_a_finding() {
    let out = stage().run(&["check", "plan.csv", "bad.csv", "--policy", "p.toml", "--format", "concise", "--lang", "en"]).out;
    let expected = "bad.csv:2:1: error[input-unknown-action] no action is called `fly`\n\
        plan.csv:4:1: error[adds] Too many requests: a reaches 3 within 1h; the limit is 2\n";
    assert_eq!(out, expected);
}

#[test]
fn findings_come_by_path_then_place_then_rule() {
    let report = report();
    let key = |finding: &Value| {
        let location = &finding["location"];
        (location["path"].to_string(), location["start_byte"].as_u64(), location["end_byte"].as_u64(), finding["rule"].to_string())
    };
    assert!(findings(&report).is_sorted_by_key(key), "{report}");
}

#[test]
fn the_same_input_gives_the_same_bytes_on_any_number_of_threads() {
    let mut plan = "id,time,account,action,text\n".to_owned();
    for row in 0..600 {
        let words = if row % 7 == 0 { "请加微信" } else { "你好" };
        plan.push_str(&format!("{row},2026-11-{:02} {:02}:{:02},a{},add_friend,{words}\n", 20 + row % 3, row % 24, row % 60, row % 5));
    }
    let stage = stage().file("in/a.csv", &plan).file("in/b.csv", plan.replace(",a", ",b"));
    for format in ["human", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "html"] {
        let run = |args: &[&str]| stage.run(&[&["check", "in", "plan.csv", "--policy", "p.toml", "--format", format], args].concat()).out;
        let first = run(&["--jobs", "1"]);
        assert!(first.len() > 5000);
        for args in [["--jobs", "1"].as_slice(), &["--jobs", "2"], &["--jobs", "3"], &["--jobs", "16"], &["--jobs", "0"], &[]] {
            assert!(run(args) == first, "{format} {args:?}");
        }
        let turned = stage.run(&["check", "plan.csv", "in", "--policy", "p.toml", "--format", format]).out;
        assert!(turned == first, "{format}: the order of paths does not matter");
    }
}

#[test]
fn a_report_goes_to_files_as_well() {
    let stage = stage();
    let args = ["check", "plan.csv", "--policy", "p.toml", "--format", "json", "--output", "jsonl=a.jsonl", "--output", "concise=b=c.txt"];
    let ran = stage.run(&args);
    ran.exits(1);
    assert_eq!(serde_json::from_str::<Value>(&stage.read("a.jsonl")).expect("one object"), ran.json()["findings"][0]);
    assert!(stage.read("b=c.txt").starts_with("plan.csv:4:1: error[adds]"));
}

#[test]
fn quiet_leaves_the_exit_code() {
    let stage = stage();
    let ran = stage.run(&["check", "plan.csv", "--policy", "p.toml", "--quiet", "--output", "json=r.json"]);
    assert_eq!((ran.exits(1).out.as_str(), ran.err.as_str()), ("", ""));
    assert!(stage.read("r.json").contains("adds"));
    assert!(stage.run(&["check", "missing.csv", "-q"]).exits(3).err.contains("missing.csv"), "what cannot be read is said");
}

#[test]
fn a_fingerprint_knows_neither_lines_nor_counts() {
    let prints = |plan: &str| {
        let report = Stage::with("p.toml", POLICY).file("plan.csv", plan).report(&["plan.csv", "--policy", "p.toml"]);
        findings(&report).iter().map(|finding| finding["fingerprint"].clone()).collect::<Vec<Value>>()
    };
    let one = prints(PLAN);
    let later = PLAN.replacen('\n', "\nop-0,2026-11-01 09:00,b,call\n", 1);
    let more = format!("{PLAN}op-4,2026-11-20 09:25,a,add_friend\n");
    assert_eq!((prints(&later), prints(&more)), (one.clone(), one.clone()));
    assert_ne!(prints(&PLAN.replace(",a,", ",b,")), one, "another account is another finding");
    let twice =
        prints(&format!("{PLAN}{}", PLAN.replace("11-20", "11-21").lines().skip(1).map(|line| format!("{line}\n")).collect::<String>()));
    assert_eq!((twice.len(), twice[0] == twice[1]), (2, false), "equals are told apart");
    assert_eq!(twice[0], one[0]);
}

/// A draft is not trusted: what it holds may not act on a terminal or turn a line round.
#[test]
fn what_acts_on_a_terminal_is_shown_as_a_sign() {
    let draft = "\u{1b}[2J请加\u{200b}微\u{202e}信\u{7}，\u{9b}31m请加微信\u{2066}\n";
    let stage = Stage::with("p.toml", POLICY).file("d.txt", draft).file("\u{202e}d.txt", draft);
    for format in ["human", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "html"] {
        let ran = stage.run(&["check", "d.txt", "\u{202e}d.txt", "--policy", "p.toml", "--format", format]);
        let acts =
            |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
        assert_eq!(ran.out.chars().find(|c| acts(*c)), None, "{format}: {:?}", ran.out);
        assert!(ran.out.contains("contact-word"));
    }
}

#[test]
fn human_says_the_reason_the_source_and_what_to_do_in_both_languages() {
    let run = |lang: &str| stage().run(&["check", "d.jsonl", "plan.csv", "--policy", "p.toml", "--lang", lang]).out;
    let (zh, en) = (run("zh"), run("en"));
    for said in ["引流词", "删掉它", "示例规则", "3.2", "d.jsonl:1:25", "请加微信"] {
        assert!(zh.contains(said), "{said}: {zh}");
    }
    for said in ["Contact word", "Delete it", "示例规则", "d.jsonl:1:25", "Too many requests", "plan.csv:4:1"] {
        assert!(en.contains(said), "{said}: {en}");
    }
}

/// A plan of friend requests, a minute apart.
fn many(rows: usize) -> String {
    let row = |number: usize| format!("op-{number},2026-11-20 09:{number:02},a,add_friend\n");
    "id,time,account,action\n".to_owned() + &(0..rows).map(row).collect::<String>()
}

#[test]
fn sarif_names_every_record_that_was_counted() {
    let stage = Stage::with("p.toml", POLICY.replace("max = 2", "max = 20")).file("plan.csv", many(24));
    let ran = stage.run(&["check", "plan.csv", "--policy", "p.toml", "--format", "sarif"]);
    let log = ran.exits(1).json();
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "shop/adds");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 22, "the 21st record");
    let line = |place: &Value| place["physicalLocation"]["region"]["startLine"].as_u64().expect("a line");
    let mut lines: Vec<u64> = result["relatedLocations"].as_array().expect("a list").iter().map(line).collect();
    lines.sort_unstable();
    assert_eq!(lines, (2..=25).filter(|line| *line != 22).collect::<Vec<u64>>());
}

#[test]
fn a_report_for_ci_changes_nothing_in_the_others() {
    let stage = Stage::with("p.toml", POLICY).file("plan.csv", many(24));
    let args = ["check", "plan.csv", "--policy", "p.toml", "--format", "json"];
    let alone = stage.run(&args).out;
    let beside =
        stage.run(&[&args[..], &["--output", "sarif=a.sarif", "--output", "junit=a.xml", "--output", "gitlab=a.json"]].concat()).out;
    assert_eq!(alone, beside);
    assert!(stage.read("a.xml").contains("<failure message="));
    assert_eq!(serde_json::from_str::<Value>(&stage.read("a.json")).expect("JSON")[0]["check_name"], "adds");
}
