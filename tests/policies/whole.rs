//! Mistakes of whole rules and files: no kind, two kinds, an id twice, broken TOML, many at once; what is shown and what is not checked.

use crate::marked::{HEAD, Mistake, hold, reported, rules, run, unmark};
use crate::stage::{Ran, Stage, places};

const LEXICON: &str = "lexicon = { terms = [\"微信\"] }\n";

#[test]
fn a_rule_has_exactly_one_kind() {
    hold(&[
        ("none", "schema = 1\n⟦policy-no-kind|[[rule]]⟧\nid = \"r\"\nseverity = \"error\"\nsummary = \"s\"\n".to_owned()),
        (
            "a misspelt one",
            "schema = 1\n[[rule]]\nid = \"r\"\nseverity = \"error\"\nsummary = \"s\"\n⟦policy-unknown-key|lexicn⟧ = { terms = [\"微信\"] }\n".to_owned(),
        ),
        (
            "one the language reserves",
            "schema = 1\n⟦policy-no-kind|[[rule]]⟧\nid = \"r\"\nseverity = \"error\"\nsummary = \"s\"\n⟦policy-unknown-key|cel⟧ = \"true\"\n".to_owned(),
        ),
    ]);
    hold(&rules(&[
        ("two", &format!("{LEXICON}⟦policy-two-kinds|regex⟧ = {{ pattern = 'x' }}")),
        ("two with headers", "[rule.regex]\npattern = 'x'\n[rule.⟦policy-two-kinds|lexicon⟧]\nterms = [\"微信\"]"),
        (
            "two, in the order of the file",
            "rate = { max = 1, timespan = \"1h\", group_by = [\"account\"] }\n⟦policy-two-kinds|interval⟧ = { min = \"1h\", group_by = [\"account\"] }",
        ),
    ]));
}

#[test]
fn an_empty_rule_lacks_everything_it_must_have() {
    let ran = run("schema = 1\n\n[[rule]]\n");
    let found = reported(ran.exits(2));
    assert!(found.iter().all(|one| one.place == [3, 1, 3, 9]), "{found:?}");
    let codes: Vec<&str> = found.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["policy-missing-key", "policy-missing-key", "policy-missing-key", "policy-no-kind"]);
}

#[test]
fn the_same_id_twice_is_a_mistake() {
    let second = HEAD.replace("schema = 1\n", "").replace("\"r\"", "⟦policy-duplicate-id|\"r\"⟧");
    hold(&[
        ("a rule", format!("{HEAD}{LEXICON}{second}{LEXICON}")),
        (
            "a list",
            "schema = 1\n[[list]]\nid = \"l\"\nterms = [\"微信\"]\n[[list]]\nid = ⟦policy-duplicate-id|\"l\"⟧\nterms = [\"加微\"]\n"
                .to_owned(),
        ),
        ("a field of another type", "schema = 1\n[[field]]\nid = ⟦policy-duplicate-id|\"amount\"⟧\ntype = \"text\"\n".to_owned()),
    ]);
}

#[test]
fn the_same_id_in_two_files_is_a_mistake_in_the_second() {
    let stage = Stage::with("a.toml", format!("{HEAD}{LEXICON}")).file("b.toml", format!("\n{HEAD}{LEXICON}")).file("d.txt", "你好");
    for policies in [["--policy", "a.toml", "--policy", "b.toml"].as_slice(), &["--policy", "."]] {
        let ran = stage.run(&[&["check", "d.txt", "--format", "json"], policies].concat());
        assert_eq!(places(&ran.exits(2).json()), [("policy-duplicate-id".to_owned(), 4, 6)]);
        assert_eq!(ran.json()["findings"][0]["location"]["path"], if policies.len() == 4 { "b.toml" } else { "./b.toml" });
    }
}

#[test]
fn broken_toml_is_underlined_where_it_breaks() {
    hold(&[
        ("no end of a text", format!("{HEAD}{LEXICON}help = \"改⟦policy-broken-toml|⟧\n")),
        ("a key twice", format!("{HEAD}lexicon = {{ terms = [\"微信\"], ⟦policy-broken-toml|terms⟧ = [\"加微\"] }}\n")),
        ("a table twice", "schema = 1\n[pack]\nid = \"p\"\n[⟦policy-broken-toml|pack⟧]\n".to_owned()),
    ]);
}

#[test]
fn several_breaks_and_a_slip_come_in_one_run() {
    let policy = format!(
        "{HEAD}{LEXICON}heIp = \"改\"\nhelp = \"改\n[[rule]]\nid = \"q\"\nid = \"q\"\nseverity = \"error\"\nsummary = \"s\"\nlexicon = {{ terms = [\"微信\"] }}\nscore = 1 2\n"
    );
    let ran = run(&policy);
    let found = reported(ran.exits(2));
    let at = |code: &str| found.iter().filter(|one| one.code == code).map(|one| one.place[0]).collect::<Vec<u64>>();
    assert_eq!(at("policy-broken-toml"), [8, 11, 15]);
    assert_eq!(at("policy-unknown-key"), [7]);
}

#[test]
fn garbage_is_refused_whatever_it_is() {
    let deep = format!("schema = 1\nrule = {}{}\n", "[".repeat(5000), "]".repeat(5000));
    let nested = format!("{HEAD}{LEXICON}match = {}{}\n", "{ not = ".repeat(500), "}".repeat(500));
    for policy in [
        "",
        "\0\0\0",
        "这不是政策",
        "{\"schema\": 1}",
        "[[[",
        "schema = 1\nrule = [[[[1]]]]\n",
        "schema = 1\nrule = [{ rule = [{}] }]\n",
        &deep,
        &nested,
    ] {
        let ran = run(policy);
        assert!(!reported(ran.exits(2)).is_empty());
    }
}

/// Twelve mistakes of twelve sorts; one of them stands in a table inside a list inside a table.
const TWELVE: &str = r#"schema = 1
[pack]
id = "shop"
timezone = ⟦policy-unknown-timezone|"Asia/Shangai"⟧

[[list]]
id = "contact"
terms = ["微信", ⟦policy-single-character|"加"⟧]

[[rule]]
id = "words"
severity = ⟦policy-bad-value|"eror"⟧
summary = "引流词"
lexicon = { lists = ["contact", ⟦policy-unknown-list|"contacts"⟧], ⟦policy-unknown-key|alow⟧ = ["微信支付"] }

[[rule]]
id = "adds"
severity = "error"
summary = "加好友"
match = { action = ⟦policy-unknown-action|"add_freind"⟧, ⟦policy-unknown-field|devise⟧ = "a" }
rate = { max = ⟦policy-wrong-type|"2"⟧, timespan = ⟦policy-bad-duration|"1 day"⟧, group_by = ⟦policy-empty-list|[]⟧ }

[[rule]]
id = "phone"
severity = "error"
summary = "手机号"
regex = { pattern = '手机⟦policy-bad-regex|(⟧[0-9]{11}' }

[[rule]]
id = "amount"
severity = "error"
summary = "红包"
constraint = [{ field = "amount", minimum = ⟦policy-min-above-max|200⟧, maximum = 0.01 }]
"#;

#[test]
fn twelve_mistakes_come_in_one_run() {
    let (policy, expected) = unmark(TWELVE);
    assert_eq!(expected.len(), 12);
    let ran = run(&policy);
    assert_eq!(reported(ran.exits(2)), expected, "in order of place");
    assert_eq!(ran.json()["summary"]["errors"], 12);
    assert_eq!(ran.json()["summary"]["records"], 0, "nothing is checked with a wrong policy");
}

#[test]
fn every_format_shows_them_in_both_languages() {
    let (policy, expected) = unmark(TWELVE);
    let stage = Stage::with("p.toml", policy).file("d.txt", "微信");
    for lang in ["zh", "en"] {
        let run = |format: &str| stage.run(&["check", "d.txt", "--policy", "p.toml", "--format", format, "--lang", lang]);
        let at = |one: &Mistake| format!("p.toml:{}:{}", one.place[0], one.place[1]);
        let human = run("human");
        assert!(expected.iter().all(|one| human.exits(2).out.contains(&at(one)) && human.out.contains(&one.code)), "{}", human.out);
        let concise = run("concise");
        let lines: Vec<&str> = concise.exits(2).out.lines().collect();
        assert_eq!(lines.len(), expected.len());
        assert!(
            lines.iter().zip(&expected).all(|(line, one)| line.starts_with(&format!("{}: error[{}] ", at(one), one.code))),
            "{lines:?}"
        );
        assert_eq!(jsonl(run("jsonl").exits(2)), run("json").exits(2).json()["findings"].as_array().cloned().expect("a list"));
    }
}

fn jsonl(ran: &Ran) -> Vec<serde_json::Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

#[test]
fn nothing_turns_a_wrong_policy_into_a_pass() {
    let stage = Stage::with("p.toml", format!("{HEAD}lexicn = 1\n")).file("d.txt", "微信").file("plan.csv", "action\nadd_freind\n");
    for args in [
        ["--fail-on", "never"].as_slice(),
        &["--min-severity", "error"],
        &["--quiet"],
        &["--policy", "default"],
        &["nope.csv"],
        &["plan.csv"],
    ] {
        let ran = stage.run(&[&["check", "d.txt", "--policy", "p.toml"], args].concat());
        ran.exits(2);
        assert_eq!(ran.out.is_empty(), args == ["--quiet"]);
    }
    let ran = stage.run(&["check", "d.txt", "--policy", "p.toml", "--quiet", "--output", "json=report.json"]);
    ran.exits(2);
    assert!(stage.read("report.json").contains("policy-unknown-key"));
    stage.run(&["rules", "--policy", "p.toml"]).exits(2);
    stage.run(&["test", "p.toml"]).exits(2);
}

#[test]
fn advice_on_a_policy_does_not_stop_it() {
    let body = "lexicon = { terms = [\"微信\"] }\n[[list]]\nid = \"l\"\nterms = [\"加微\", \"加微\"]\n";
    let ran = run(&format!("{HEAD}{body}"));
    assert_eq!(places(&ran.exits(1).json()), [("r".to_owned(), 1, 2), ("policy-duplicate-term".to_owned(), 9, 16)]);
    let ran = run(&format!("{HEAD}regex = {{ pattern = '\\b[0-9]{{11}}\\b' }}\n"));
    assert_eq!(places(&ran.exits(0).json()), [("policy-boundary".to_owned(), 6, 21)]);
}

#[test]
fn mistakes_in_a_list_file_are_underlined_there() {
    let policy = "schema = 1\n[[list]]\nid = \"l\"\nfile = \"words.txt\"\n[[list]]\nid = \"m\"\nfile = \"nope.txt\"\n[[list]]\nid = \"n\"\nfile = \"none.txt\"\n";
    let stage = Stage::with("rules/p.toml", policy)
        .file("rules/words.txt", "# 词\n微信\n\n  加 # 一个字\n")
        .file("rules/none.txt", "# 没有\n")
        .file("d.txt", "a");
    let report = stage.run(&["check", "d.txt", "--policy", "rules/p.toml", "--format", "json"]).exits(2).json();
    let path = |at: usize| report["findings"][at]["location"]["path"].clone();
    let expected = [("policy-unreadable-list", 7, 8), ("policy-empty-list", 10, 8), ("policy-single-character", 4, 3)];
    assert_eq!(places(&report), expected.map(|(code, line, column)| (code.to_owned(), line, column)));
    assert_eq!([path(0), path(1), path(2)], ["rules/p.toml", "rules/p.toml", "rules/words.txt"]);
}

#[test]
fn line_ends_and_byte_order_marks_move_nothing() {
    let (policy, expected) = unmark(TWELVE);
    let windows = format!("\u{FEFF}{}", policy.replace('\n', "\r\n"));
    assert_eq!(reported(run(&windows).exits(2)), expected);
}

#[test]
fn a_slip_of_the_key_gets_a_guess() {
    let (policy, _) = unmark(TWELVE);
    let stage = Stage::with("p.toml", policy).file("d.txt", "微信");
    let report = stage.report(&["d.txt", "--policy", "p.toml", "--lang", "en"]);
    let help = |code: &str| {
        let finding = report["findings"].as_array().expect("a list").iter().find(|finding| finding["rule"] == code);
        finding.expect("there")["help"].as_str().expect("a text").to_owned()
    };
    for (code, meant) in [
        ("policy-unknown-key", "allow"),
        ("policy-unknown-action", "add_friend"),
        ("policy-unknown-field", "device"),
        ("policy-unknown-list", "contact"),
        ("policy-bad-value", "error"),
    ] {
        assert!(help(code).contains(&format!("`{meant}`")), "{code}: {}", help(code));
    }
}

#[test]
fn one_mistake_is_one_finding() {
    hold(&rules(&[
        ("a lexicon that is a text", "lexicon = ⟦policy-wrong-type|\"微信\"⟧"),
        ("a rate that is a number", "rate = ⟦policy-wrong-type|5⟧"),
        ("a flag as text", "constraint = [{ field = \"amount\", required = ⟦policy-wrong-type|\"yes\"⟧ }]"),
        ("a bad pattern", "constraint = [{ field = \"url\", pattern = 'x⟦policy-bad-regex|[⟧a' }]"),
        ("a bad number", "constraint = [{ field = \"amount\", maximum = ⟦policy-wrong-type|\"200\"⟧ }]"),
        ("no signs", "combine = { any_of = ⟦policy-empty-list|[]⟧, min_weight = 1 }"),
    ]));
    hold(&[("a rule that is a number", "schema = 1\nrule = [⟦policy-wrong-type|1⟧]\n".to_owned())]);
}

#[test]
fn a_policy_without_rules_is_no_silent_pass() {
    hold(&[("an empty list of rules", "schema = 1\nrule = ⟦policy-empty-list|[]⟧\n".to_owned())]);
    let ran = run("schema = 1\n");
    assert_eq!(ran.code, 2, "no rule is in force, and everything passes");
}

#[test]
fn the_same_id_twice_is_seen_beside_other_mistakes() {
    let second = HEAD.replace("schema = 1\n", "").replace("\"r\"", "⟦policy-duplicate-id|\"r\"⟧");
    let (first, rate) =
        ("lexicon = { terms = [\"微信\"] }", "rate = { max = 1, timespan = ⟦policy-bad-duration|\"1y\"⟧, group_by = [\"account\"] }");
    hold(&[
        ("the second is wrong itself", format!("{HEAD}{first}\n{second}{rate}\n")),
        ("the first is", format!("{HEAD}{rate}\n{second}{first}\n")),
    ]);
}

#[test]
fn what_is_broken_is_not_judged_as_well() {
    hold(&[(
        "no value",
        "schema = 1\n[[rule]]\nid = \"r\"\nseverity = ⟦policy-broken-toml|⟧\nsummary = \"s\"\nlexicon = { terms = [\"微信\"] }\n"
            .to_owned(),
    )]);
    let ran = run(&format!("{HEAD}lexicon = {{ terms = [\"微信\" }}\n[[rule]]\nid = \"q\"\n"));
    let others: Vec<_> = reported(&ran).into_iter().filter(|one| one.code != "policy-broken-toml").collect();
    assert_eq!(others, [], "the list never ends, and the rest of the file is taken for terms");
}
