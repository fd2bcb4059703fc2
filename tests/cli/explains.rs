//! `presend explain`: why a finding is there, what a rule asks.

use crate::POLICY;
use crate::stage::{Stage, findings, text};

const PLAN: &str = "time,account,action\n\
    2026-11-20 08:00,shop,add_friend\n\
    2026-11-20 09:00,shop,add_friend\n\
    2026-11-20 09:10,other,add_friend\n\
    2026-11-20 09:20,shop,add_friend\n\
    2026-11-20 09:40,shop,add_friend\n\
    2026-11-20 11:00,shop,add_friend\n";

#[test]
fn a_finding_is_explained_record_by_record() {
    let stage = Stage::with("shop.toml", POLICY).file("plan.csv", PLAN);
    let report = stage.report(&["--policy", "shop.toml", "plan.csv"]);
    let print = text(&findings(&report)[0]["fingerprint"]).to_owned();
    let ran = stage.run(&["explain", "--finding", &print, "plan.csv", "--policy", "shop.toml", "--format", "json"]);
    let steps = ran.exits(0).json()["steps"].clone();
    let told: Vec<String> = steps
        .as_array()
        .expect("a list")
        .iter()
        .map(|step| format!("{} {} {} of {}", step["line"], text(&step["part"]), step["count"], step["max"]))
        .collect();
    assert_eq!(told, ["3 counts 1.0 of 2.0", "5 counts 2.0 of 2.0", "6 breaks 3.0 of 2.0", "7 counts 1.0 of 2.0"]);
    let zh = stage.run(&["explain", "--finding", &print, "plan.csv", "--policy", "shop.toml", "--lang", "zh"]);
    assert!(zh.exits(0).out.contains("plan.csv:6  2026-11-20T09:40:00+08:00  超限    计 3，限 2"), "{}", zh.out);
    stage.run(&["explain", "--finding", "0123456789abcdef", "plan.csv", "--policy", "shop.toml"]).exits(3);
    stage.run(&["explain", "--finding", "none", "plan.csv", "--policy", "shop.toml"]).exits(2);
}

#[test]
fn a_rule_is_explained_with_its_values_sources_and_examples() {
    let stage = Stage::with("shop.toml", POLICY);
    let ran = stage.run(&["explain", "contact-word", "--policy", "shop.toml", "--lang", "en"]);
    for part in ["shop/contact-word", "Contact word", "Delete it", "示例规则", "flagged: 请加微信", "not flagged: 微信支付"] {
        assert!(ran.exits(0).out.contains(part), "{part}\n{}", ran.out);
    }
    let limit = stage.run(&["explain", "adds", "--policy", "shop.toml"]);
    assert!(limit.exits(0).out.contains("rate.max = 2"), "{}", limit.out);
    let ran = stage.run(&["explain", "contact-wrod", "--policy", "shop.toml", "--lang", "en"]);
    assert!(ran.exits(2).err.contains("did you mean contact-word?"), "{}", ran.err);
}

/// A rule of every kind that counts, and a plan that breaks each.
const EVERY: &str = r#"schema = 1
[pack]
id = "every"
timezone = "Asia/Shanghai"
[[rule]]
id = "gap"
severity = "error"
summary = "s"
match = { action = "post_moment" }
interval = { min = "60m", group_by = ["account"] }
[[rule]]
id = "share"
severity = "error"
summary = "s"
match = { action = "post_moment" }
ratio = { numerator = { promo = true }, max = "1/3", period = "day", group_by = ["account"] }
[[rule]]
id = "share-window"
severity = "error"
summary = "s"
match = { action = "post_moment" }
ratio = { numerator = { promo = true }, max = "1/3", min_samples = 2, timespan = "7d", group_by = ["account"] }
[[rule]]
id = "order"
severity = "error"
summary = "s"
sequence = { steps = [{ action = "add_friend" }, { action = "accept_friend" }, { action = "send_message" }], timespan = "1h", group_by = ["account"] }
[[rule]]
id = "same-text"
severity = "error"
summary = "s"
match = { action = "send_message" }
similarity = { distinct = "target", max = 1, timespan = "24h", min_length = 4, group_by = ["account"] }
[[rule]]
id = "hours"
severity = "error"
summary = "s"
match = { action = "post_moment" }
time_window = { allow = [{ times = ["08:00-22:00"] }], group_by = ["account"] }
[[rule]]
id = "full"
severity = "error"
summary = "s"
capacity = { max = 12, initial = "account.friends", add = { action = "accept_friend" }, group_by = ["account"] }
[[rule]]
id = "targets"
severity = "error"
summary = "s"
match = { action = "send_message" }
distinct = { field = "target", max = 2, timespan = "24h", group_by = ["account"] }
[[rule]]
id = "day"
severity = "error"
summary = "s"
match = { action = "accept_friend" }
quota = { max = 4, period = "day", group_by = ["account"] }
"#;

const BUSY: &str = "time,account,action,target,promo,count,text\n\
    2026-11-20 07:30,shop,post_moment,,true,,\n\
    2026-11-20 08:10,shop,post_moment,,true,,\n\
    2026-11-20 09:30,shop,post_moment,,false,,\n\
    2026-11-20 10:00,shop,add_friend,a,,,\n\
    2026-11-20 10:05,shop,accept_friend,a,,2,\n\
    2026-11-20 10:10,shop,send_message,a,,,今晚八点直播间见\n\
    2026-11-20 10:20,shop,send_message,b,,,另外一句完全不同的话\n\
    2026-11-20 10:30,shop,send_message,c,,,今晚八点直播间见！\n\
    2026-11-20 12:00,shop,accept_friend,d,,5,\n\
    2026-11-20 13:00,shop,send_message,d,,,好的收到谢谢你\n";

/// What each kind counts at each record of the busy plan.
const EVERY_STEP: &str = "\
hours 余 0
\x20 2  2026-11-20T07:30  超限    计 1  不在允许的时段内
\x20 3  2026-11-20T08:10  计入    计 0  在允许的时段内
gap 余 0
\x20 2  2026-11-20T07:30  计入
\x20 3  2026-11-20T08:10  超限    计 1  距上一条 40m，至少 1h
\x20 4  2026-11-20T09:30  计入    计 0  距上一条 1h20m，至少 1h
share 余 0
\x20 2  2026-11-20T07:30  计入    计 1/3，限 1
\x20 3  2026-11-20T08:10  超限    计 2/3，限 1
share-window 余 0
\x20 2  2026-11-20T07:30  计入    计 1/1，限 0  整体不足 2，不判断
\x20 3  2026-11-20T08:10  超限    计 2/2，限 0
order 余 0
\x20 5  2026-11-20T10:00  计入    第 1 步，共 3 步
\x20 6  2026-11-20T10:05  计入    第 2 步，共 3 步
\x20 7  2026-11-20T10:10  超限    计 1  第 3 步，共 3 步
\x20 8  2026-11-20T10:20  超限    计 2  第 3 步，共 3 步
\x20 9  2026-11-20T10:30  超限    计 3  第 3 步，共 3 步
\x20 11  2026-11-20T13:00  计入    计 0  第 3 步，共 3 步
targets 余 0
\x20 7  2026-11-20T10:10  计入    计 1，限 2
\x20 8  2026-11-20T10:20  计入    计 2，限 2
\x20 9  2026-11-20T10:30  超限    计 3，限 2
\x20 11  2026-11-20T13:00  超限    计 4，限 2
same-text 余 0
\x20 7  2026-11-20T10:10  计入    计 1，限 1
\x20 9  2026-11-20T10:30  超限    计 2，限 1
\x20 11  2026-11-20T13:00  计入    计 1，限 1
day 余 2
\x20 6  2026-11-20T10:05  计入    计 2，限 4
\x20 10  2026-11-20T12:00  超限    计 7，限 4
full 余 1
\x20 6  2026-11-20T10:05  计入    计 11，限 12  从 9 起算
\x20 10  2026-11-20T12:00  超限    计 16，限 12
";

#[test]
fn every_kind_says_what_it_counted_at_each_record() {
    let stage = Stage::with("every.toml", EVERY).file("plan.csv", BUSY).file("accounts.csv", "id,kind,friends\nshop,personal,9\n");
    let flags = ["--policy", "every.toml", "--accounts", "accounts.csv", "--lang", "zh"];
    let report = stage.report(&[&flags[..], &["plan.csv"]].concat());
    let mut told = String::new();
    for finding in findings(&report) {
        let print = text(&finding["fingerprint"]);
        let ran = stage.run(&[&["explain", "--finding", print, "plan.csv"][..], &flags].concat());
        let (_, steps) = ran.exits(0).out.split_once("逐条来看").expect("steps");
        let left = finding["window"]["remaining"].to_string();
        told += &format!("{} 余 {left}\n", text(&finding["rule"]));
        steps.lines().skip(1).for_each(|line| told += &format!("{}\n", line.replace("plan.csv:", "").replace(":00+08:00", "")));
    }
    assert_eq!(told, EVERY_STEP);
}

const DATED: &str = r#"schema = 1
[pack]
id = "house"
[[rule]]
id = "monthly"
severity = "error"
summary = "每月群发"
match = { action = "publish_article" }
quota = { period = "month", group_by = ["account"], values = [{ from = 2014-04-15, max = 4 }, { from = 2013-08-05, max = 1 }, { from = 2027-01-01, max = 3 }] }
[[rule.test]]
name = "两次"
rows = "time,account,action\n2013-09-01 09:00,a,publish_article\n2013-09-02 09:00,a,publish_article\n"
expect = [{ row = 2 }]
[[rule]]
id = "drugs"
severity = "error"
summary = "违禁品"
waivable = false
effective = { from = 2026-01-01, until = 2026-06-01 }
lexicon = { terms = ["违禁品"] }
"#;

#[test]
fn the_limit_of_the_day_stands_among_those_before_and_after() {
    let stage = Stage::with("p.toml", DATED);
    let explain = |day: &str| stage.run(&["explain", "house/monthly", "--policy", "p.toml", "--lang", "zh", "--as-of", day]);
    for (day, expected) in [
        ("2013-08-04", "  2013-08-05 – 2014-04-15  max = 1\n  2014-04-15 – 2027-01-01  max = 4\n  2027-01-01 – …  max = 3\n"),
        ("2014-04-14", "max = 1  ← 2014-04-14\n"),
        ("2014-04-15", "  2014-04-15 – 2027-01-01  max = 4  ← 2014-04-15\n"),
        ("2027-01-01", "  2027-01-01 – …  max = 3  ← 2027-01-01\n"),
    ] {
        assert!(explain(day).exits(0).out.contains(expected), "{day}: {}", explain(day).out);
    }
    let json = stage.run(&["explain", "monthly", "--policy", "p.toml", "--as-of", "2020-01-01", "--format", "json"]).exits(0).json();
    assert_eq!((&json["max_on_day"], &json["waivable"]), (&"4".into(), &true.into()));
    assert!(explain("2026-11-26").out.contains("例：两次 → 报第 2 行\n    time,account,action\n"), "{}", explain("2026-11-26").out);
}

/// What is suggested is taken as it stands, once a reason is written.
#[test]
fn a_waiver_is_ready_to_be_copied_but_for_its_reason() {
    let stage =
        Stage::with("p.toml", DATED).file("plan.csv", format!("time,account,action{}\n", "\n2026-11-20 09:00,a,publish_article".repeat(5)));
    let told = stage.run(&["explain", "monthly", "--policy", "p.toml", "--as-of", "2026-11-20"]);
    let block: String =
        told.exits(0).out.lines().skip_while(|line| *line != "  [[waiver]]").take(6).map(|line| format!("{}\n", line.trim())).collect();
    let waived = |block: &str| {
        stage.write("w.toml", format!("schema = 1\n{block}"));
        stage.run(&["check", "plan.csv", "--policy", "p.toml", "--policy", "w.toml", "--as-of", "2026-11-20", "--format", "json"])
    };
    assert!(waived(&block).exits(2).out.contains("policy-no-reason"), "a reason nobody wrote is none");
    let written = block.replacen("\"…\"", "\"a\"", 1).replacen("\"…\"", "\"客户书面同意\"", 1).replacen("\"…\"", "\"合规\"", 1);
    let report = waived(&written).exits(0).json();
    assert_eq!((&report["summary"]["errors"], &report["summary"]["waived"]), (&0.into(), &1.into()), "{written}");
    let never = stage.run(&["explain", "drugs", "--policy", "p.toml", "--lang", "en", "--as-of", "2026-06-01"]);
    assert!(never.exits(0).out.contains("waivable = false") && !never.out.contains("[[waiver]]"), "{}", never.out);
    assert!(never.out.contains("2026-01-01 – 2026-06-01 (not in force on 2026-06-01)"), "{}", never.out);
}

#[test]
fn what_is_not_in_force_is_explained_all_the_same() {
    let stage = Stage::with("shop.toml", POLICY);
    let explain = |name: &str| stage.run(&["explain", name, "--policy", "shop.toml", "--lang", "en"]);
    let elsewhere = explain("med-before-after");
    assert!(elsewhere.exits(0).out.contains("--policy industry-medical puts it in force"), "{}", elsewhere.out);
    for (name, part) in [
        ("evade-obfuscation", "evasion/evade-obfuscation"),
        ("evasion/evade-obfuscation", "Writing around a filter"),
        ("policy-unknown-key", "how to mend it: write the key"),
        ("waiver-expired", "how to mend it"),
    ] {
        assert!(explain(name).exits(0).out.contains(part), "{name}: {}", explain(name).out);
    }
    for (slip, meant) in [("med-before-aftr", "med-before-after"), ("policy-unknwon-key", "policy-unknown-key")] {
        assert!(explain(slip).exits(2).err.contains(&format!("did you mean {meant}?")), "{}", explain(slip).err);
    }
    explain("nothing-like-it").exits(2);
}
