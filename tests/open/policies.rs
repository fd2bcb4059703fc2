//! Mistakes in policies that are not said, said at the wrong place, or said twice.

use crate::marked::{HEAD, hold, reported, rules, run};

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
fn a_bad_pattern_is_underlined_whatever_its_quotes() {
    hold(&rules(&[
        ("escapes", "regex = { pattern = \"\\\\d\\\\d⟦policy-bad-regex|(⟧c\" }"),
        ("an escaped character", "regex = { pattern = \"\\u5fae⟦policy-bad-regex|(⟧c\" }"),
        ("three quotes", "regex = { pattern = '''ab⟦policy-bad-regex|(⟧c''' }"),
        ("three quotes and a line", "[rule.regex]\npattern = '''\nab⟦policy-bad-regex|(⟧c'''"),
        ("three double quotes", "regex = { pattern = \"\"\"ab⟦policy-bad-regex|(⟧c\"\"\" }"),
    ]));
}

#[test]
fn a_limit_below_zero_is_a_mistake() {
    hold(&rules(&[
        ("a rate", "rate = { max = ⟦policy-bad-value|-1⟧, timespan = \"1h\", group_by = [\"account\"] }"),
        ("a quota", "quota = { max = ⟦policy-bad-value|-0.5⟧, period = \"day\", sum = \"amount\", group_by = [\"account\"] }"),
        (
            "a dated limit",
            "quota = { period = \"day\", group_by = [\"account\"], values = [{ from = 2026-01-01, max = ⟦policy-bad-value|-1⟧ }] }",
        ),
        (
            "a capacity",
            "capacity = { max = ⟦policy-bad-value|-1⟧, initial = \"account.friends\", add = { action = \"accept_friend\" }, group_by = [\"account\"] }",
        ),
    ]));
}

#[test]
fn conditions_that_never_hold_are_mistakes() {
    hold(&rules(&[
        ("not nothing", "match = { not = ⟦policy-never-fires|{}⟧ }\nlexicon = { terms = [\"微信\"] }"),
        ("part of nothing", "match = { text = { contains = ⟦policy-empty-list|[]⟧ } }\nlexicon = { terms = [\"微信\"] }"),
        ("none of nothing", "match = { channel = { neq = ⟦policy-empty-list|[]⟧ } }\nlexicon = { terms = [\"微信\"] }"),
        ("a condition that says nothing", "match = { text = ⟦policy-never-fires|{}⟧ }\nlexicon = { terms = [\"微信\"] }"),
        ("a flag as text", "match = { text = { exists = ⟦policy-wrong-type|\"yes\"⟧ } }\nlexicon = { terms = [\"微信\"] }"),
        ("several limits", "match = { amount = { gt = ⟦policy-wrong-type|[1, 2]⟧ } }\nlexicon = { terms = [\"微信\"] }"),
    ]));
}

#[test]
fn words_of_the_vocabulary_are_checked_wherever_they_stand() {
    hold(&rules(&[
        ("an action in a constraint", "constraint = [{ field = \"action\", forbid = [⟦policy-unknown-action|\"broadcst\"⟧] }]"),
        ("a kind of account in a fact", "fact = { field = \"account.kind\", enum = [⟦policy-bad-value|\"personel\"⟧] }"),
        (
            "a start that is no fact",
            "capacity = { max = 3, initial = ⟦policy-unknown-field|\"amount\"⟧, add = { action = \"accept_friend\" }, group_by = [\"account\"] }",
        ),
        ("a placeholder in capitals", "message = ⟦policy-unknown-placeholder|\"{Match}\"⟧\nlexicon = { terms = [\"微信\"] }"),
        ("a number a flag is compared with", "fact = { field = \"account.real_name\", equals = ⟦policy-wrong-type|\"yes\"⟧ }"),
        ("a word a number is compared with", "constraint = [{ field = \"amount\", enum = [⟦policy-wrong-type|\"ten\"⟧] }]"),
    ]));
}

#[test]
fn what_a_test_expects_is_checked_too() {
    const RATE: &str =
        "rate = { max = 1, timespan = \"1h\", group_by = [\"account\"] }\n[[rule.test]]\nrows = \"time,account,action\\n\"\n";
    let case = |expect: &str| format!("{}{RATE}{expect}\n", HEAD);
    hold(&[
        ("a misspelt key", case("expect = [{ row = 1, ⟦policy-unknown-key|cuont⟧ = 2 }]")),
        ("a finding without a row", case("expect = [⟦policy-missing-key|{ count = 2 }⟧]")),
        ("a text", case("expect = ⟦policy-wrong-type|\"none\"⟧")),
        ("a row that is a text", case("expect = [{ row = ⟦policy-wrong-type|\"1\"⟧ }]")),
        (
            "no rows",
            format!(
                "{}rate = {{ max = 1, timespan = \"1h\", group_by = [\"account\"] }}\n⟦policy-missing-key|[[rule.test]]⟧\nexpect = []\n",
                HEAD
            ),
        ),
    ]);
}

#[test]
fn words_for_people_say_something() {
    hold(&[(
        "no summary",
        "schema = 1\n[[rule]]\nid = \"r\"\nseverity = \"error\"\nsummary = ⟦policy-empty|{}⟧\nlexicon = { terms = [\"微信\"] }\n"
            .to_owned(),
    )]);
}

#[test]
fn a_weight_no_number_holds_is_a_mistake() {
    hold(&rules(&[
        ("a huge weight", "combine = { any_of = [{ terms = [\"日结\"], weight = ⟦policy-bad-value|4294967296⟧ }], min_weight = 1 }"),
        ("a huge sum to reach", "combine = { any_of = [{ terms = [\"日结\"] }], min_weight = ⟦policy-bad-value|4294967296⟧ }"),
        ("a sign of two sorts", "combine = { any_of = [⟦policy-two-kinds|{ terms = [\"日结\"], regex = 'x' }⟧], min_weight = 1 }"),
    ]));
}

#[test]
fn weights_that_overflow_do_not_panic() {
    let heavy = "{ terms = [\"日结\"], weight = 4294967295 }, { terms = [\"日给\"], weight = 4294967295 }";
    let ran = run(&format!("{HEAD}combine = {{ any_of = [{heavy}], min_weight = 1 }}\n"));
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
}

#[test]
fn a_pattern_that_matches_nothing_or_a_range_that_holds_nothing_never_fires() {
    hold(&rules(&[
        ("an empty pattern", "regex = { pattern = ⟦policy-empty|''⟧ }"),
        ("an empty range", "match = { amount = { gt = ⟦policy-min-above-max|5⟧, lt = 3 } }\nlexicon = { terms = [\"微信\"] }"),
    ]));
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
