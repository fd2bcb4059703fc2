//! Waivers: in policies, in settings, in drafts, in rows; what is over, of no use, forbidden, and who sees them.

use crate::stage::{Ran, Stage, findings, text};
use serde_json::Value;

const POLICY: &str = r#"schema = 1
[pack]
id = "shop"
timezone = "Asia/Shanghai"

[[rule]]
id = "word"
severity = "error"
summary = { zh = "引流词", en = "Contact word" }
lexicon = { terms = ["加微信"], variants = "all" }

[[rule]]
id = "adds"
severity = "error"
summary = { zh = "加好友过多", en = "Too many requests" }
match = { action = "add_friend" }
rate = { max = 1, timespan = "1h", group_by = ["account"] }

[[rule]]
id = "banned"
severity = "error"
summary = { zh = "违禁", en = "Banned" }
waivable = false
lexicon = { terms = ["办证"] }

[[rule]]
id = "quiet"
severity = "off"
summary = { zh = "不用", en = "Not in use" }
lexicon = { terms = ["你好"] }
"#;

const WAIVER: &str = "\n[[waiver]]\nrule = \"shop/adds\"\nmatch = { account = \"a\" }\nreason = \"written consent for the event\"\n\
    approved_by = \"compliance\"\nexpires = 2026-12-31\n";

const PLAN: &str = "time,account,action\n\
    2026-11-20 09:00,a,add_friend\n2026-11-20 09:10,a,add_friend\n\
    2026-11-20 09:00,b,add_friend\n2026-11-20 09:10,b,add_friend\n";

fn check(stage: &Stage, args: &[&str]) -> Ran {
    stage.run(&[&["check", "--policy", "p.toml", "--format", "json"], args].concat())
}

/// A file held against the policy: the findings, as rule and line, and how many are waived.
fn said(name: &str, content: &str) -> (Vec<(String, u64)>, u64) {
    let stage = Stage::with("p.toml", POLICY).file(name, content);
    summary(&check(&stage, &[name, "--as-of", "2026-11-26"]))
}

fn summary(ran: &Ran) -> (Vec<(String, u64)>, u64) {
    let report = ran.json();
    let line = |finding: &Value| (text(&finding["rule"]).to_owned(), finding["location"]["line"].as_u64().expect("a line"));
    (findings(&report).iter().map(line).collect(), report["summary"]["waived"].as_u64().expect("a number"))
}

fn rules(found: &[(&str, u64)]) -> Vec<(String, u64)> {
    found.iter().map(|(rule, line)| ((*rule).to_owned(), *line)).collect()
}

#[test]
fn a_waiver_of_a_policy_or_of_settings_waives_what_it_is_about() {
    let in_policy = Stage::with("p.toml", format!("{POLICY}{WAIVER}")).file("plan.csv", PLAN);
    let in_settings = Stage::with("p.toml", POLICY).file("presend.toml", WAIVER).file("plan.csv", PLAN);
    for stage in [in_policy, in_settings] {
        let ran = check(&stage, &["plan.csv", "--as-of", "2026-12-31"]);
        assert_eq!(summary(ran.exits(1)), (rules(&[("adds", 5)]), 1), "it holds on its last day");
        let unwaived = check(&stage, &["plan.csv", "--as-of", "2026-12-31", "--no-waivers"]);
        assert_eq!(summary(unwaived.exits(1)), (rules(&[("adds", 3), ("adds", 5)]), 0));
        let over = check(&stage, &["plan.csv", "--as-of", "2027-01-01"]);
        let mut found: Vec<String> = summary(over.exits(1)).0.into_iter().map(|(rule, _)| rule).collect();
        found.sort_unstable();
        assert_eq!(found, ["adds", "adds", "waiver-expired"]);
    }
}

#[test]
fn a_waiver_of_no_use_is_told_where_its_rule_had_something_to_look_at() {
    let waiver = |said: &str| format!("{POLICY}\n[[waiver]]\n{said}\nreason = \"written consent\"\n");
    let found = |policy: String, file: &str, content: &str| {
        let stage = Stage::with("p.toml", policy).file(file, content);
        summary(&check(&stage, &[file, "--as-of", "2026-11-26"])).0.into_iter().map(|(rule, _)| rule).collect::<Vec<_>>()
    };
    let quiet = "time,account,action\n2026-11-20 09:00,a,add_friend\n";
    assert_eq!(found(waiver("rule = \"adds\""), "plan.csv", quiet), ["waiver-unused"]);
    assert_eq!(found(waiver("rule = \"adds\"\nunused = \"allow\""), "plan.csv", quiet), [""; 0]);
    assert_eq!(found(waiver("rule = \"adds\"\nmatch = { account = \"z\" }"), "plan.csv", quiet), [""; 0], "nothing it is about was there");
    assert_eq!(found(waiver("rule = \"adds\""), "d.txt", "你好"), [""; 0], "no operation was there");
    assert_eq!(found(waiver("rule = \"word\""), "plan.csv", quiet), [""; 0], "no text was there");
    assert_eq!(found(waiver("rule = \"word\""), "d.txt", "你好"), ["waiver-unused"]);
    assert_eq!(found(waiver("rule = \"goods/goods-gambling\""), "d.txt", "你好"), [""; 0], "a rule that is not in force did not run");
}

#[test]
fn mistakes_of_waivers_stop_the_run_at_their_place() {
    for (waiver, code) in [
        ("rule = \"ads\"\nreason = \"written consent\"", "waiver-unknown-rule"),
        ("rule = \"banned\"\nreason = \"written consent\"", "waiver-forbidden"),
        ("rule = \"adds\"", "policy-missing-key"),
        ("rule = \"adds\"\nreason = \"TODO\"", "policy-no-reason"),
        ("rule = \"adds\"\nreason = \"\"", "policy-empty"),
        ("rule = \"adds\"\nreason = \"written consent\"\nexpires = \"soon\"", "policy-bad-date"),
        ("rule = \"adds\"\nreason = \"written consent\"\nexpire = 2026-12-31", "policy-unknown-key"),
        ("rule = \"adds\"\nreason = \"written consent\"\nmatch = { acount = \"a\" }", "policy-unknown-field"),
    ] {
        let stage = Stage::with("p.toml", format!("{POLICY}\n[[waiver]]\n{waiver}\n")).file("plan.csv", PLAN);
        let found = summary(check(&stage, &["plan.csv"]).exits(2)).0;
        assert_eq!(found.iter().map(|(rule, _)| rule.as_str()).collect::<Vec<_>>(), [code], "{waiver}");
        assert!(found[0].1 > 31, "at the waiver");
        let stage = Stage::with("p.toml", POLICY).file("presend.toml", format!("[[waiver]]\n{waiver}\n")).file("plan.csv", PLAN);
        let ran = stage.run(&["check", "plan.csv", "--policy", "p.toml", "--lang", "en"]);
        assert!(ran.exits(2).out.contains(code) || ran.err.contains(code), "{waiver}\n{}{}", ran.out, ran.err);
    }
    let ran = check(
        &Stage::with("p.toml", format!("{POLICY}\n[[waiver]]\nrule = \"ads\"\nreason = \"written consent\"\n")).file("d.txt", "你好"),
        &["d.txt", "--lang", "en"],
    );
    assert!(ran.out.contains("did you mean `adds`?"), "{}", ran.out);
}

#[test]
fn a_comment_covers_its_line_the_paragraph_below_or_the_draft() {
    let comment = |verb: &str| format!("<!-- presend: {verb} word reason=\"客户书面同意\" -->");
    let (own, draft) = (comment("ignore"), comment("ignore-draft"));
    for name in ["d.md", "d.txt"] {
        for (content, expected, waived) in [
            ("加微信\n\n加微信\n".to_owned(), rules(&[("word", 1), ("word", 3)]), 0),
            (format!("加微信{own}\n加微信\n"), rules(&[("word", 2)]), 1),
            (format!("{own}\n加微信\n加微信\n\n加微信\n"), rules(&[("word", 5)]), 2),
            (format!("{draft}\n加微信\n\n加微信\n"), vec![], 2),
            (format!("加{own}微信"), vec![], 1),
            (format!("{own}\n你好\n\n加微信"), rules(&[("waiver-unused", 1), ("word", 4)]), 0),
        ] {
            assert_eq!(said(name, &content), (expected, waived), "{name}: {content}");
        }
    }
}

#[test]
fn a_comment_is_no_part_of_the_text() {
    let content = "好<!-- presend: ignore word reason=\"加微信办证都说过了\" -->\n";
    assert_eq!(said("d.md", content).0, rules(&[("waiver-unused", 1)]));
    assert_eq!(said("d.txt", "<!-- presend: ignore word reason=\"没有结束 加微信\n").0, rules(&[("waiver-broken", 1), ("word", 1)]));
}

#[test]
fn what_a_draft_says_wrongly_is_told_at_its_place() {
    for (said_in, code, column) in [
        ("ignore wrod reason=\"客户书面同意\"", "waiver-unknown-rule", 22),
        ("ignore word", "waiver-no-reason", 22),
        ("ignore word reason=\"TODO\"", "waiver-no-reason", 35),
        ("ignore reason=\"客户书面同意\"", "waiver-no-rule", 22),
        ("ignore word reason=\"客户书面同意\" expires=soon", "waiver-bad-date", 51),
        ("ignore word reason=\"客户书面同意\" expires=2026-11-25", "waiver-expired", 22),
        ("ignore word resaon=\"客户书面同意\"", "waiver-unknown-key", 27),
        ("ignroe word reason=\"客户书面同意\"", "waiver-broken", 15),
        ("ignore banned reason=\"客户书面同意\"", "waiver-forbidden", 22),
    ] {
        let stage = Stage::with("p.toml", POLICY).file("d.md", format!("<!-- presend: {said_in} -->\n加微信，办证\n"));
        let report = check(&stage, &["d.md", "--as-of", "2026-11-26"]).exits(1).json();
        let first = &findings(&report)[0];
        assert_eq!((text(&first["rule"]), first["location"]["column"].as_u64()), (code, Some(column)), "{said_in}");
        assert_eq!(findings(&report).len(), 3, "nothing is waived: {said_in}");
    }
}

#[test]
fn a_row_says_what_it_may_break() {
    let ignore = "word reason=客户书面同意; expires=2026-12-31";
    for (name, content) in [
        ("r.csv", format!("text,presend_ignore\n加微信,{ignore}\n加微信,\n")),
        ("r.jsonl", format!("{{\"text\":\"加微信\",\"presend_ignore\":\"{ignore}\"}}\n{{\"text\":\"加微信\"}}\n")),
        ("r.toml", format!("[[draft]]\ntext = \"加微信\"\npresend_ignore = '{ignore}'\n[[draft]]\ntext = \"加微信\"\n")),
    ] {
        let (found, waived) = said(name, &content);
        assert_eq!((found.len(), waived, found[0].0.as_str()), (1, 1, "word"), "{name}: {found:?}");
    }
    let head = format!("---\npresend_ignore: {ignore}\n---\n加微信\n\n加微信\n");
    assert_eq!(said("d.md", &head), (vec![], 2));
    let wrong = "text,presend_ignore\n加微信,\"wrod reason=\"\"客户书面同意\"\"\"\n";
    let stage = Stage::with("p.toml", POLICY).file("r.csv", wrong);
    let report = check(&stage, &["r.csv"]).exits(1).json();
    let first = &findings(&report)[1];
    assert_eq!(
        (text(&first["rule"]), first["location"]["column"].as_u64(), first["location"]["end_column"].as_u64()),
        ("waiver-unknown-rule", Some(6), Some(10))
    );
}

#[test]
fn disguise_is_waived_by_its_own_name() {
    let content = |rules: &str| format!("<!-- presend: ignore {rules} reason=\"客户书面同意\" -->\n加 微 信\n");
    assert_eq!(said("d.md", &content("word")), (rules(&[("evade-obfuscation", 2)]), 1));
    assert_eq!(said("d.md", &content("word, evade-obfuscation")), (vec![], 2));
}

#[test]
fn waived_findings_are_shown_to_those_who_ask() {
    let stage = Stage::with("p.toml", format!("{POLICY}{WAIVER}")).file("plan.csv", PLAN);
    let quiet = check(&stage, &["plan.csv", "--as-of", "2026-11-26"]).json();
    assert!(findings(&quiet).iter().all(|finding| finding["waived"].is_null()));
    let shown = check(&stage, &["plan.csv", "--as-of", "2026-11-26", "--show-waived"]).exits(1).json();
    let waived = serde_json::json!({"reason": "written consent for the event", "approved_by": "compliance", "expires": "2026-12-31", "path": "p.toml", "line": 32});
    assert_eq!((&findings(&shown)[0]["waived"], findings(&shown).len()), (&waived, 2));
    assert!(findings(&shown)[1]["waived"].is_null());
    assert_eq!(findings(&shown)[1]["fingerprint"], findings(&quiet)[0]["fingerprint"], "waiving one does not rename another");
    for format in ["human", "concise", "html"] {
        let out = stage
            .run(&["check", "plan.csv", "--policy", "p.toml", "--as-of", "2026-11-26", "--show-waived", "--format", format, "--lang", "zh"])
            .out;
        assert!(out.contains("plan.csv:3:1: 已豁免[adds] written consent for the event（批准：compliance，有效至 2026-12-31）"), "{out}");
    }
    let suites = stage.run(&["check", "plan.csv", "--policy", "p.toml", "--as-of", "2026-11-26", "--show-waived", "--format", "junit"]).out;
    assert!(suites.contains("failures=\"1\"") && suites.contains("type=\"waived\""), "{suites}");
}

#[test]
fn waivers_are_listed() {
    let draft = "<!-- presend: ignore word reason=\"客户书面同意\" expires=2026-11-25 -->\n加微信\n";
    let stage = Stage::with("p.toml", format!("{POLICY}{WAIVER}")).file("d.md", draft);
    let list = |args: &[&str]| stage.run(&[&["waiver", "list", "--policy", "p.toml", "--as-of", "2026-11-26"], args].concat());
    let out = list(&["d.md", "--lang", "zh"]).exits(0).out.clone();
    assert_eq!(
        out,
        "已失效    word  d.md:1  客户书面同意 (有效至 2026-11-25)\n\
         有效     shop/adds  p.toml:32  written consent for the event ({ account = \"a\" }; 批准：compliance; 有效至 2026-12-31)\n"
    );
    let listed = list(&["--format", "json"]).exits(0).json();
    assert_eq!(listed["waivers"][0]["rules"][0], "shop/adds");
    assert_eq!((&listed["waivers"][0]["expired"], listed["waivers"].as_array().map(Vec::len)), (&Value::Bool(false), Some(1)));
    let none = Stage::with("p.toml", POLICY).run(&["waiver", "list", "--policy", "p.toml", "--lang", "en"]);
    assert_eq!(none.exits(0).out, "no waivers\n");
}

#[test]
fn a_large_log_in_pieces_says_the_same_of_its_waivers() {
    let counting = "schema = 1\n[[rule]]\nid = \"adds\"\nseverity = \"error\"\nsummary = \"加好友过多\"\nmatch = { action = \"add_friend\" }\n\
        rate = { max = 1, timespan = \"1h\", group_by = [\"account\"] }\n";
    let mut log = "time,account,action,presend_ignore\n".to_owned();
    for number in 0..24_000 {
        // Every five thousandth account asks twice; every other of these has a reason.
        let (twice, waived) = (number % 5_000 == 4_000, number % 10_000 == 4_000);
        let ignore = if waived { "adds reason=written consent for the event" } else { "" };
        log.push_str(&format!("2026-11-20 09:00,account-of-the-shop-{number},add_friend,\n"));
        log.push_str(&if twice { format!("2026-11-20 09:10,account-of-the-shop-{number},add_friend,{ignore}\n") } else { String::new() });
    }
    log.push_str("2026-11-20 09:00,last,login,adds reason=nothing to waive here\n");
    assert!(log.len() > 1 << 20, "long enough to be cut");
    let stage = Stage::with("p.toml", counting).file("log.csv", &log);
    let runs = ["1", "4"].map(|jobs| check(&stage, &["log.csv", "--as-of", "2026-11-26", "--show-waived", "--jobs", jobs]));
    assert_eq!(runs[0].exits(1).out, runs[1].exits(1).out);
    let report = runs[0].json();
    let waived: Vec<bool> = findings(&report).iter().map(|finding| !finding["waived"].is_null()).collect();
    assert_eq!(waived, [true, false, true, false, false], "{}", runs[0].out);
    assert_eq!(findings(&report)[0]["waived"]["line"], findings(&report)[0]["location"]["line"]);
    assert_eq!((text(&findings(&report)[4]["rule"]), findings(&report)[4]["location"]["line"].as_u64()), ("waiver-unused", Some(24_006)));
}

/// Drugs for sale stay an error, whatever a comment, a row or a policy says; what a policy's keepers change in the rule they may.
#[test]
fn a_bundled_rule_on_a_plain_crime_cannot_be_waived() {
    let invalid = {
        let pack = presend::policy::bundled("goods").expect("bundled").policy;
        let rule = pack.split("[[rule]]").find(|rule| rule.contains("id = \"goods-narcotics\"")).expect("there");
        let list = rule.split("invalid = [").nth(1).expect("cases");
        list.split('"').nth(1).expect("a case").to_owned()
    };
    let comment = "<!-- presend: ignore goods-narcotics reason=\"客户书面同意\" -->\n";
    let own = "schema = 1\n[pack]\nid = \"house\"\nextends = [\"goods\"]\n";
    let change = "[[override]]\nrule = \"goods-narcotics\"\nset = { waivable = true }\nreason = \"缉毒科普账号，法务同意\"\n";
    let stage = Stage::with("d.md", format!("{comment}{invalid}\n"))
        .file("open.toml", format!("{own}{change}"))
        .file("waived.toml", format!("{own}[[waiver]]\nrule = \"goods-narcotics\"\nreason = \"客户书面同意\"\n"));
    let ran = stage.run(&["check", "d.md", "--policy", "goods", "--format", "json"]);
    let rules: Vec<String> = findings(&ran.exits(1).json()).iter().map(|one| text(&one["rule"]).to_owned()).collect();
    assert!(["waiver-forbidden", "goods-narcotics"].iter().all(|id| rules.iter().any(|rule| rule == id)), "{rules:?}");
    assert!(stage.run(&["check", "d.md", "--policy", "waived.toml"]).exits(2).out.contains("waiver-forbidden"));
    let ran = stage.run(&["check", "d.md", "--policy", "open.toml", "--format", "json"]);
    assert!(findings(&ran.json()).iter().all(|one| one["rule"] != "goods-narcotics"), "{}", ran.out);
    assert_eq!(ran.json()["summary"]["waived"], 1);
}
