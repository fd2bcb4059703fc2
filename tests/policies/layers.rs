//! Policies that stand on others: what they extend, change, choose and add, and each mistake they can make in it.

use crate::marked::hold_beside;
use crate::stage::{Ran, Stage, findings, text};

/// A pack with a gap, words, dated values, and two profiles.
const BASE: &str = r#"schema = 1
[pack]
id = "base"
timezone = "Asia/Shanghai"

[profile.strict]
[[profile.strict.override]]
rule = "gap"
set = { interval.min = "90m" }
reason = "the textbook's figure"

[profile.loose]
[[profile.loose.override]]
rule = "base/gap"
severity = "info"
set = { "interval.min" = "10m" }
reason = "what is observed"

[[list]]
id = "words"
terms = ["加微信", "办证刻章"]

[[rule]]
id = "gap"
severity = "warning"
summary = "间隔"
match = { action = "post_moment" }
interval = { min = "60m", group_by = ["account"] }
[[rule.test]]
name = "40 minutes are too close"
rows = """
time,account,action
2026-11-20 09:00,a,post_moment
2026-11-20 09:40,a,post_moment
"""
expect = [{ row = 2 }]

[[rule]]
id = "word"
severity = "error"
summary = "词"
lexicon = { lists = ["words"], near = { any = ["领"], within = 6 } }
invalid = ["加微信领资料"]

[[rule]]
id = "packet"
severity = "error"
summary = "红包"
match = { action = "send_red_packet", "account.kind" = "personal" }
constraint = [{ field = "amount", minimum = 1, maximum = 200 }]

[[rule]]
id = "dated"
severity = "error"
summary = "群发"
match = { action = "publish_article" }
quota = { period = "month", group_by = ["account"], values = [{ from = 2013-08-05, max = 1 }, { from = 2014-04-15, max = 4 }] }
"#;

/// Posts 40 minutes apart.
const PLAN: &str = "time,account,action\n2026-11-20 09:00,a,post_moment\n2026-11-20 09:40,a,post_moment\n";

/// A policy that extends the base, and says this.
fn house(said: &str) -> String {
    format!("schema = 1\n[pack]\nid = \"house\"\nextends = [\"base.toml\"]\n{said}\n")
}

fn over(said: &str) -> String {
    house(&format!("[[override]]\n{said}"))
}

fn stage(said: &str) -> Stage {
    Stage::with("base.toml", BASE).file("p.toml", house(said)).file("plan.csv", PLAN).file("draft.txt", "加微信领资料，办证刻章领取")
}

fn check(stage: &Stage, args: &[&str]) -> Ran {
    stage.run(&[&["check", "plan.csv", "draft.txt", "--policy", "p.toml", "--format", "json"], args].concat())
}

/// Rule and severity of every finding.
fn said(ran: &Ran) -> Vec<(String, String)> {
    let report = ran.json();
    findings(&report).iter().map(|finding| (text(&finding["rule"]).to_owned(), text(&finding["severity"]).to_owned())).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(rule, severity)| ((*rule).to_owned(), (*severity).to_owned())).collect()
}

#[test]
fn what_is_extended_is_in_force() {
    let ran = check(&stage(""), &[]);
    assert_eq!(said(ran.exits(1)), pairs(&[("word", "error"), ("word", "error"), ("gap", "warning")]));
}

#[test]
fn an_override_changes_a_rule_without_copying_it() {
    for (change, expected) in [
        ("rule = \"gap\"\nseverity = \"error\"", vec![("gap", "error")]),
        ("rule = \"base/gap\"\nset = { \"interval.min\" = \"30m\" }", vec![]),
        ("rule = \"gap\"\nset.interval.min = \"30m\"", vec![]),
        ("rule = \"gap\"\nset = { match = { account = \"b\" } }", vec![]),
        ("rule = \"gap\"\nseverity = \"off\"", vec![]),
        ("rule = \"gap\"\nunset = [\"match.action\"]\nset = { \"match.action\" = \"login\" }", vec![]),
        ("rule = \"gap\"\nset = { \"match.account\" = \"a\", confidence = \"low\" }", vec![("gap", "warning")]),
    ] {
        let ran = check(&stage(&format!("[[override]]\n{change}\nreason = \"house decision 12\"\n")), &["--min-severity", "info"]);
        let found: Vec<(String, String)> = said(&ran).into_iter().filter(|(rule, _)| rule != "word").collect();
        if change.contains("unset") {
            // Taking a key away and setting it in one breath is a mistake.
            assert_eq!(found, pairs(&[("policy-set-twice", "error")]), "{change}");
        } else {
            assert_eq!(found, pairs(&expected), "{change}");
        }
    }
}

#[test]
fn dated_values_give_way_to_a_limit() {
    let plan = "time,account,action\n2026-11-20 09:00,a,publish_article\n2026-11-21 09:00,a,publish_article\n";
    let change =
        "[[override]]\nrule = \"dated\"\nunset = [\"quota.values\"]\nset = { \"quota.max\" = 1 }\nreason = \"house decision 12\"\n";
    let stage = stage(change).file("plan.csv", plan).file("draft.txt", "你好");
    assert_eq!(said(check(&stage, &[]).exits(1)), pairs(&[("dated", "error")]));
}

#[test]
fn later_entries_win() {
    let change = |severity: &str| format!("[[override]]\nrule = \"gap\"\nseverity = \"{severity}\"\nreason = \"decision of {severity}\"\n");
    let stage = stage(&change("info"))
        .file("team.toml", format!("schema = 1\n[pack]\nid = \"team\"\nextends = [\"p.toml\", \"base.toml\"]\n{}", change("error")));
    let ran = stage.run(&["check", "plan.csv", "--policy", "team.toml", "--format", "json"]);
    assert_eq!(said(ran.exits(1)), pairs(&[("gap", "error")]));
    let listed = stage.run(&["rules", "--policy", "team.toml", "--format", "json", "--origin"]).exits(0).json();
    let severity = &listed["rules"][0]["origin"][0];
    assert_eq!(
        (text(&severity["path"]), text(&severity["file"]), text(&severity["reason"])),
        ("severity", "team.toml", "decision of error")
    );
}

#[test]
fn a_file_that_two_extend_is_in_force_once() {
    let stage =
        stage("").file("sub/team.toml", "schema = 1\n[pack]\nid = \"team\"\nextends = [\"../p.toml\", \"../base.toml\", \"bait\"]\n");
    let policies = ["--policy", "sub/team.toml", "--policy", "base.toml", "--policy", "bait"];
    let ran = stage.run(&[&["check", "plan.csv", "--format", "json"], policies.as_slice()].concat());
    assert_eq!(said(ran.exits(0)), pairs(&[("gap", "warning")]));
}

#[test]
fn a_bundled_pack_is_extended_by_name() {
    let policy = "schema = 1\n[pack]\nid = \"house\"\nextends = [\"wechat-moments\"]\n\
        [[override]]\nrule = \"wechat-moments/mom-gap-1h\"\nseverity = \"error\"\nset = { \"interval.min\" = \"30m\" }\nreason = \"house decision 12\"\n";
    let stage = Stage::with("p.toml", policy).file("plan.csv", PLAN);
    let found = said(&check(&stage.file("draft.txt", "你好"), &[]));
    assert!(found.iter().all(|(rule, _)| rule != "mom-gap-1h"), "{found:?}");
}

#[test]
fn a_profile_is_chosen_by_name() {
    let setting = "policy = \"p.toml\"\nprofile = \"strict\"\n";
    let quiet = stage("").file("plan.csv", "time,account,action\n2026-11-20 09:00,a,post_moment\n2026-11-20 10:10,a,post_moment\n");
    let of = |ran: Ran| said(&ran).into_iter().filter(|(rule, _)| rule == "gap").collect::<Vec<_>>();
    assert_eq!(of(check(&quiet, &[])), []);
    assert_eq!(of(check(&quiet, &["--profile", "strict"])), pairs(&[("gap", "warning")]));
    assert_eq!(of(check(&quiet, &["--profile", "base/strict"])), pairs(&[("gap", "warning")]));
    assert_eq!(of(check(&quiet, &["--profile", "strict", "--profile", "loose"])), [], "the later one wins");
    let set = quiet.file("presend.toml", setting);
    assert_eq!(of(set.run(&["check", "plan.csv", "--format", "json"])), pairs(&[("gap", "warning")]));
    let listed = set.run(&["rules", "--origin", "--lang", "en"]).exits(0).out.clone();
    assert!(listed.contains("interval.min = \"90m\"  base.toml:9  # profile strict · the textbook's figure\n"), "{listed}");
    let house = "[[override]]\nrule = \"gap\"\nset.interval.min = \"5m\"\nreason = \"house decision 12\"\n";
    assert_eq!(of(check(&stage(house), &["--profile", "strict"])), [], "who extends a pack wins over its profiles");
}

#[test]
fn an_unknown_profile_is_refused() {
    let ran = check(&stage(""), &["--profile", "strct", "--lang", "en"]);
    assert!(ran.exits(2).err.contains("did you mean strict?"), "{}", ran.err);
    let ran = check(&stage(""), &["--profile", "宽松", "--lang", "zh"]);
    assert!(ran.exits(2).err.contains("（有：loose strict）"), "{}", ran.err);
}

#[test]
fn a_list_of_an_extended_pack_is_changed() {
    let found = |list: &str| said(&check(&stage(&format!("[[list]]\nid = \"base/words\"\n{list}\n")), &[])).len();
    assert_eq!(found(""), 1, "a list without words is a mistake");
    assert_eq!(found("add = [\"刻章领取\"]\nremove = [\"加微信\"]"), 2);
    assert_eq!(found("remove = [\"加微信\"]"), 2);
    assert_eq!(found("add = [\"资料，\"]"), 4);
}

/// Overrides with their mistakes marked, each behind its reason.
fn hold_overrides(cases: &[(&str, &str)]) {
    let reason = "reason = \"house decision 12\"\n";
    let cases: Vec<(&str, String)> = cases.iter().map(|(name, said)| (*name, over(&format!("{reason}{said}")))).collect();
    hold_beside(&cases, &[("base.toml", BASE)]);
}

#[test]
fn an_override_of_what_is_not_there_is_underlined() {
    hold_overrides(&[
        ("an unknown rule", "rule = ⟦policy-unknown-rule|\"gaps\"⟧\nseverity = \"info\""),
        ("a rule of no pack here", "rule = ⟦policy-unknown-rule|\"wechat-moments/mom-gap-1h\"⟧\nseverity = \"info\""),
        ("an unknown key", "rule = \"gap\"\nset = { ⟦policy-unknown-key|\"interval.mn\"⟧ = \"30m\" }"),
        ("another kind", "rule = \"gap\"\nset = { ⟦policy-unknown-path|\"rate.max\"⟧ = 3 }"),
        ("a path into a value", "rule = \"gap\"\nset = { ⟦policy-unknown-path|\"interval.min.max\"⟧ = 3 }"),
        ("no such item", "rule = \"packet\"\nset = { ⟦policy-unknown-path|\"constraint.2.maximum\"⟧ = 3 }"),
        ("the name", "rule = \"gap\"\nset = { ⟦policy-unknown-path|id⟧ = \"x\" }"),
        ("a test in set", "rule = \"gap\"\nset = { ⟦policy-unknown-path|valid⟧ = [\"x\"] }"),
        ("taken away what is not there", "rule = \"gap\"\nunset = [⟦policy-unknown-path|\"interval.on_missing\"⟧]"),
    ]);
}

#[test]
fn a_value_of_an_override_is_checked_as_if_it_stood_in_the_rule() {
    hold_overrides(&[
        ("another type", "rule = \"gap\"\nset = { \"interval.min\" = ⟦policy-wrong-type|30⟧ }"),
        ("no length", "rule = \"gap\"\nset.interval.min = ⟦policy-bad-duration|\"30 minutes\"⟧"),
        ("an unknown field", "rule = \"gap\"\nset = { \"interval.group_by\" = [⟦policy-unknown-field|\"acount\"⟧] }"),
        ("an unknown list", "rule = \"word\"\nset = { \"lexicon.lists\" = [\"words\", ⟦policy-unknown-list|\"wrds\"⟧] }"),
        ("what does not go with the pack's", "rule = \"dated\"\nset = { ⟦policy-bad-value|\"quota.max\"⟧ = 3 }"),
        ("the least above the most", "rule = \"packet\"\nset = { \"constraint.1.minimum\" = ⟦policy-min-above-max|300⟧ }"),
        ("taken away what must be", "rule = \"gap\"\nunset = [⟦policy-missing-key|\"interval.min\"⟧]"),
        ("a severity nobody knows", "rule = \"gap\"\nseverity = ⟦policy-bad-value|\"eror\"⟧"),
        ("nothing set", "rule = \"gap\"\nset = ⟦policy-empty|{}⟧"),
    ]);
}

#[test]
fn an_override_changes_something_once_and_says_why() {
    let twice = "rule = \"gap\"\nseverity = \"info\"\nreason = \"house decision 12\"\n\
        [[override]]\nrule = \"base/gap\"\n⟦policy-set-twice|severity⟧ = \"error\"\nreason = \"house decision 13\"";
    let cases = [
        ("twice", over(twice)),
        ("no reason", over("rule = \"gap\"\nseverity = \"info\"\nreason = ⟦policy-no-reason|\"TODO\"⟧")),
        ("an empty reason", over("rule = \"gap\"\nseverity = \"info\"\nreason = ⟦policy-empty|\" \"⟧")),
        ("nothing", house("⟦policy-missing-key|[[override]]⟧\nrule = \"gap\"\nreason = \"house decision 12\"")),
        ("without a reason", house("⟦policy-missing-key|[[override]]⟧\nrule = \"gap\"\nseverity = \"info\"")),
    ];
    hold_beside(&cases, &[("base.toml", BASE)]);
}

#[test]
fn mistakes_of_profiles_are_found_without_choosing_them() {
    let profile = |said: &str| house(&format!("[profile.p]\n[[profile.p.override]]\n{said}\nreason = \"house decision 12\"\n"));
    hold_beside(
        &[
            ("an unknown rule", profile("rule = ⟦policy-unknown-rule|\"gaps\"⟧\nseverity = \"info\"")),
            ("an unknown path", profile("rule = \"gap\"\nset = { ⟦policy-unknown-path|\"rate.max\"⟧ = 1 }")),
            ("a wrong value", profile("rule = \"gap\"\nset = { \"interval.min\" = ⟦policy-wrong-type|30⟧ }")),
            ("a value beside another", profile("rule = \"dated\"\nset = { ⟦policy-bad-value|\"quota.max\"⟧ = 3 }")),
            ("no table", house("[profile]\np = ⟦policy-wrong-type|3⟧\n")),
            ("no change", house("[profile.⟦policy-missing-key|p⟧]\ntitle = \"空\"\n")),
        ],
        &[("base.toml", BASE)],
    );
}

#[test]
fn mistakes_of_lists_are_underlined() {
    let list = |said: &str| house(&format!("[[list]]\n{said}\n"));
    hold_beside(
        &[
            ("not there", list("id = \"base/words\"\nremove = [\"加微信\", ⟦policy-unknown-term|\"加薇信\"⟧]")),
            ("no such list", list("id = ⟦policy-unknown-list|\"base/word\"⟧\nadd = [\"好评返现\"]")),
            ("both", list("id = \"base/words\"\nadd = [\"好评返现\"]\nterms = ⟦policy-bad-value|[\"加微\"]⟧")),
            ("one character", list("id = \"words\"\nadd = [⟦policy-single-character|\"加\"⟧]")),
            ("its own", list("id = \"own\"\nterms = [\"好评返现\"]\n[[list]]\nid = ⟦policy-unknown-list|\"own\"⟧\nadd = [\"晒单\"]")),
            ("nothing left", house("⟦policy-empty-list|[[list]]⟧\nid = \"words\"\nremove = [\"加微信\", \"办证刻章\"]")),
        ],
        &[("base.toml", BASE)],
    );
}

#[test]
fn mistakes_of_extends_are_underlined() {
    let extends = |said: &str| format!("schema = 1\n[pack]\nid = \"house\"\nextends = [\"base.toml\", {said}]\n");
    hold_beside(
        &[
            ("no pack", extends("⟦policy-unknown-pack|\"wechat-moment\"⟧")),
            ("no file", extends("⟦policy-unreadable-pack|\"./bsae.toml\"⟧")),
            ("itself", extends("⟦policy-extends-cycle|\"p.toml\"⟧")),
            ("itself by another way", extends("⟦policy-extends-cycle|\"x/../p.toml\"⟧")),
            ("no list", "schema = 1\n[pack]\nid = \"house\"\nextends = ⟦policy-wrong-type|\"base.toml\"⟧\n[[list]]\nid = \"l\"\nterms = [\"加微\"]\n".to_owned()),
            ("the same rule without an override", extends("") + "[[rule]]\nid = ⟦policy-duplicate-id|\"gap\"⟧\nseverity = \"error\"\nsummary = \"又\"\nlexicon = { terms = [\"加微\"] }\n"),
        ],
        &[("base.toml", BASE)],
    );
}

#[test]
fn a_cycle_is_shown_with_its_chain() {
    let pack = |id: &str, other: &str| format!("schema = 1\n[pack]\nid = \"{id}\"\nextends = [\"{other}\"]\n");
    let stage =
        Stage::with("a.toml", pack("a", "sub/b.toml")).file("sub/b.toml", pack("b", "../c.toml")).file("c.toml", pack("c", "a.toml"));
    let ran = stage.file("d.txt", "你好").run(&["check", "d.txt", "--policy", "a.toml", "--format", "json", "--lang", "en"]);
    let report = ran.exits(2).json();
    let finding = &findings(&report)[0];
    assert!(text(&finding["message"]).ends_with("a.toml → sub/b.toml → c.toml → a.toml"), "{finding}");
    assert_eq!((text(&finding["location"]["path"]), finding["location"]["line"].as_u64()), ("c.toml", Some(4)));
}

#[test]
fn tests_of_a_changed_rule_are_left_out_and_said() {
    let change = "[[override]]\nrule = \"gap\"\nset.interval.min = \"30m\"\nreason = \"house decision 12\"\n";
    let ran = stage(change).run(&["test", "p.toml", "--lang", "en"]);
    assert!(ran.exits(0).out.starts_with("1 passed, 0 failed"), "{}", ran.out);
    assert!(ran.err.contains("1 tests not run"), "{}", ran.err);
    let own = "[[test]]\nrule = \"gap\"\nrows = \"time,account,action\\n2026-11-20 09:00,a,post_moment\\n2026-11-20 09:20,a,post_moment\\n\"\nexpect = [{ row = 2 }]\n";
    assert!(stage(&format!("{change}{own}")).run(&["test", "p.toml"]).exits(0).out.starts_with("2 passed"));
    let wrong = own.replace("row = 2", "row = 1");
    let failed = stage(&format!("{change}{wrong}")).run(&["test", "p.toml"]);
    assert!(failed.exits(1).out.starts_with("p.toml:9:1: gap"), "{}", failed.out);
}

#[test]
fn rules_tell_where_each_value_comes_from() {
    let change = "[[override]]\nrule = \"packet\"\nset = { \"constraint.1.maximum\" = 100 }\nreason = \"house decision 12\"\n";
    let listed = stage(change).run(&["rules", "--policy", "p.toml", "--origin", "--lang", "zh"]).exits(0).out.clone();
    let of_packet: Vec<&str> =
        listed.lines().skip_while(|line| !line.contains("base/packet")).skip(1).take_while(|line| line.starts_with(' ')).collect();
    assert_eq!(
        of_packet,
        [
            "    severity = \"error\"  base.toml:47",
            "    match.action = \"send_red_packet\"  base.toml:49",
            "    match.account.kind = \"personal\"  base.toml:49",
            "    constraint.1.field = \"amount\"  base.toml:50",
            "    constraint.1.minimum = 1  base.toml:50",
            "    constraint.1.maximum = 100  p.toml:7  # house decision 12",
        ]
    );
    let plain = stage(change).run(&["rules", "--policy", "p.toml", "--format", "json"]).exits(0).json();
    assert!(plain["rules"][0]["origin"].is_null());
}

/// `severity` in `set` is the severity, as `rules --origin` names it; written in both places it is set twice.
#[test]
fn a_severity_in_set_is_heeded() {
    let own = "schema = 1\n[pack]\nid = \"own\"\nextends = [\"wechat-account-safety\"]\n[[override]]\nrule = \"mom-gap-1h\"\nreason = \"内部决定\"\n";
    let stage = Stage::with("p.toml", format!("{own}set = {{ severity = \"info\" }}\n"));
    let rules = stage.run(&["rules", "--policy", "p.toml"]);
    assert!(rules.exits(0).out.lines().any(|line| line.starts_with("info") && line.contains("/mom-gap-1h ")), "{}", rules.out);
    for (set, code) in [
        ("set = { severity = \"eror\" }\n", "policy-bad-value"),
        ("severity = \"info\"\nset = { severity = \"error\" }\n", "policy-set-twice"),
    ] {
        stage.write("p.toml", format!("{own}{set}"));
        assert!(stage.run(&["rules", "--policy", "p.toml"]).exits(2).err.contains(code), "{set}");
    }
}

/// What somebody chooses wins over what always holds in the same file.
#[test]
fn a_chosen_profile_wins_over_the_overrides_of_its_own_file() {
    let own = "schema = 1\n[pack]\nid = \"own\"\nextends = [\"wechat-account-safety\"]\n[[override]]\nrule = \"mom-gap-1h\"\nset = { \"interval.min\" = \"30m\" }\nreason = \"内部决定\"\n\
        [profile.strict]\n[[profile.strict.override]]\nrule = \"mom-gap-1h\"\nset = { \"interval.min\" = \"3h\" }\nreason = \"从严\"\n";
    let stage = Stage::with("p.toml", own);
    for (args, expected) in [(&[][..], "interval.min = \"30m\"  p.toml:7"), (&["--profile", "strict"], "interval.min = \"3h\"  p.toml:12")]
    {
        let ran = stage.run(&[&["rules", "--origin", "--policy", "p.toml"], args].concat());
        assert!(ran.exits(0).out.contains(expected), "{}", ran.out);
    }
}
