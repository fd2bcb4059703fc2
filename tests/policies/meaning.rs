//! Names that stand for nothing, lengths, days, zones and patterns that cannot be read, rules that could never fire.

use crate::marked::{HEAD, hold, reported, rules, run, unmark};

#[test]
fn names_nobody_declared_are_underlined() {
    hold(&rules(&[
        ("an action", "match = { action = ⟦policy-unknown-action|\"add_freind\"⟧ }\nlexicon = { terms = [\"微信\"] }"),
        (
            "one action of several",
            "match = { action = [\"call\", ⟦policy-unknown-action|\"phone\"⟧, \"sms\"] }\nlexicon = { terms = [\"微信\"] }",
        ),
        ("an action that must not be", "match = { not = { action = ⟦policy-unknown-action|\"cal\"⟧ } }\nlexicon = { terms = [\"微信\"] }"),
        ("an action beside another", "match = { action = { neq = ⟦policy-unknown-action|\"cal\"⟧ } }\nlexicon = { terms = [\"微信\"] }"),
        (
            "actions that fill an account",
            "capacity = { max = 3, initial = \"account.friends\", add = { action = ⟦policy-unknown-action|\"accept\"⟧ }, remove = { action = ⟦policy-unknown-action|\"delete\"⟧ }, group_by = [\"account\"] }",
        ),
        ("a field to match", "match = { ⟦policy-unknown-field|chanel⟧ = \"moments\" }\nlexicon = { terms = [\"微信\"] }"),
        ("a fact to match", "match = { ⟦policy-unknown-field|\"account.freinds\"⟧ = 3 }\nlexicon = { terms = [\"微信\"] }"),
        ("a field to group by", "rate = { max = 1, timespan = \"1h\", group_by = [\"account\", ⟦policy-unknown-field|\"devise\"⟧] }"),
        ("a field to sum", "rate = { max = 1, timespan = \"1h\", sum = ⟦policy-unknown-field|\"amont\"⟧, group_by = [\"account\"] }"),
        ("a field to read", "lexicon = { field = [\"text\", ⟦policy-unknown-field|\"titel\"⟧], terms = [\"微信\"] }"),
        ("a field to count", "distinct = { field = ⟦policy-unknown-field|\"acount\"⟧, max = 1, group_by = [\"device\"] }"),
        ("a field to hold", "constraint = [{ field = ⟦policy-unknown-field|\"amuont\"⟧, maximum = 3 }]"),
        ("a field that is no fact", "fact = { field = ⟦policy-unknown-field|\"amount\"⟧, minimum = 3 }"),
        ("a kind of account", "match = { \"account.kind\" = ⟦policy-bad-value|\"servise\"⟧ }\nlexicon = { terms = [\"微信\"] }"),
        ("a list", "lexicon = { lists = [⟦policy-unknown-list|\"contact-word\"⟧] }"),
        ("a list of allowed words", "lexicon = { terms = [\"微信\"], allow_lists = [⟦policy-unknown-list|\"fine\"⟧] }"),
        ("a list of cues", "lexicon = { terms = [\"微信\"], near = { lists = [⟦policy-unknown-list|\"cues\"⟧] } }"),
        ("a list in a sign", "combine = { any_of = [{ list = ⟦policy-unknown-list|\"jobs\"⟧ }], min_weight = 1 }"),
        ("a placeholder", "message = ⟦policy-unknown-placeholder|\"词 {macth}\"⟧\nlexicon = { terms = [\"微信\"] }"),
        (
            "a placeholder in one language",
            "message = { zh = \"{match}\", en = ⟦policy-unknown-placeholder|\"{count} times\"⟧ }\nlexicon = { terms = [\"微信\"] }",
        ),
    ]));
}

#[test]
fn lengths_days_and_zones_that_cannot_be_read_are_underlined() {
    hold(&rules(&[
        ("a unit nobody has", "rate = { max = 1, timespan = ⟦policy-bad-duration|\"1y\"⟧, group_by = [\"account\"] }"),
        ("no unit", "interval = { min = ⟦policy-bad-duration|\"60\"⟧, group_by = [\"account\"] }"),
        ("nothing", "interval = { min = ⟦policy-bad-duration|\"\"⟧, group_by = [\"account\"] }"),
        (
            "no length at all",
            "distinct = { field = \"target\", max = 1, timespan = ⟦policy-bad-duration|\"0h\"⟧, group_by = [\"account\"] }",
        ),
        ("a negative length", "rate = { max = 1, timespan = ⟦policy-bad-duration|\"-1h\"⟧, group_by = [\"account\"] }"),
        ("a month too many", "effective = { from = ⟦policy-bad-date|\"2026-13-01\"⟧ }\nlexicon = { terms = [\"微信\"] }"),
        ("a day in words", "source = [{ title = \"书\", as_of = ⟦policy-bad-date|\"去年\"⟧ }]\nlexicon = { terms = [\"微信\"] }"),
        (
            "a day of a limit",
            "quota = { period = \"day\", group_by = [\"account\"], values = [{ from = ⟦policy-bad-date|\"2026-02-30\"⟧, max = 1 }] }",
        ),
        (
            "a zone of a quota",
            "quota = { max = 1, period = \"day\", timezone = ⟦policy-unknown-timezone|\"Asia/Bejing\"⟧, group_by = [\"account\"] }",
        ),
    ]));
    hold(&[("a zone of a pack", "schema = 1\n[pack]\nid = \"p\"\ntimezone = ⟦policy-unknown-timezone|\"+8\"⟧\n".to_owned())]);
}

/// Only the start is held: how far a parser underlines is its own affair.
#[test]
fn a_bad_pattern_is_underlined_inside_the_pattern() {
    for marked in [
        "regex = { pattern = '⟦policy-bad-regex|(⟧abc' }",
        "regex = { pattern = 'ab⟦policy-bad-regex|(⟧c' }",
        "regex = { pattern = '微信⟦policy-bad-regex|(⟧c' }",
        "regex = { pattern = '微信[a-z]⟦policy-bad-regex|(?=x)⟧' }",
        "regex = { pattern = \"微信⟦policy-bad-regex|(⟧c\" }",
        "match = { text = { re = 'ab⟦policy-bad-regex|(⟧c' } }\nlexicon = { terms = [\"微信\"] }",
        "constraint = [{ field = \"url\", max_length = 9, pattern = 'x⟦policy-bad-regex|[⟧a' }]",
        "combine = { any_of = [{ regex = '日(结|赚)⟦policy-bad-regex|[⟧0-9' }], min_weight = 1 }",
    ] {
        let (policy, expected) = unmark(&format!("{HEAD}{marked}\n"));
        let ran = run(&policy);
        let found = reported(ran.exits(2));
        let starts = |mistakes: &[crate::marked::Mistake]| {
            mistakes.iter().map(|one| (one.place[0], one.place[1], one.code.clone())).collect::<Vec<_>>()
        };
        assert_eq!(starts(&found), starts(&expected), "{marked}");
    }
}

#[test]
fn empty_lists_are_underlined() {
    hold(&rules(&[
        ("terms", "lexicon = { terms = ⟦policy-empty-list|[]⟧ }"),
        ("lists", "lexicon = { lists = ⟦policy-empty-list|[]⟧ }"),
        ("group_by", "rate = { max = 1, timespan = \"1h\", group_by = ⟦policy-empty-list|[]⟧ }"),
        ("actions", "match = { action = ⟦policy-empty-list|[]⟧ }\nlexicon = { terms = [\"微信\"] }"),
        ("allowed values", "constraint = [{ field = \"channel\", enum = ⟦policy-empty-list|[]⟧ }]"),
        ("dated limits", "rate = { values = ⟦policy-empty-list|[]⟧, timespan = \"1h\", group_by = [\"account\"] }"),
        ("constraints", "constraint = ⟦policy-empty-list|[]⟧"),
    ]));
    hold(&[
        ("a list's terms", "schema = 1\n[[list]]\nid = \"l\"\nterms = ⟦policy-empty-list|[]⟧\n".to_owned()),
        ("a list without terms", "schema = 1\n⟦policy-empty-list|[[list]]⟧\nid = \"l\"\n".to_owned()),
    ]);
}

#[test]
fn rules_that_could_never_fire_are_mistakes() {
    hold(&rules(&[
        ("an empty range", "constraint = [{ field = \"amount\", minimum = ⟦policy-min-above-max|200⟧, maximum = 0.01 }]"),
        ("an empty range of a fact", "fact = { field = \"account.friends\", minimum = ⟦policy-min-above-max|3⟧, maximum = 2 }"),
        ("an empty length", "constraint = [{ field = \"title\", min_length = ⟦policy-min-above-max|30⟧, max_length = 20 }]"),
        ("a constraint on nothing", "constraint = [⟦policy-never-fires|{ field = \"amount\" }⟧]"),
        ("signs that are too light", "combine = { any_of = [{ terms = [\"日结\"], weight = 2 }], min_weight = ⟦policy-never-fires|3⟧ }"),
        (
            "days that end first",
            "effective = ⟦policy-never-fires|{ from = 2026-02-01, until = 2026-01-01 }⟧\nlexicon = { terms = [\"微信\"] }",
        ),
        ("cues without words", "lexicon = { terms = [\"微信\"], near = ⟦policy-missing-key|{ within = 8 }⟧ }"),
        ("nothing to find", "lexicon = ⟦policy-missing-key|{ field = \"text\" }⟧"),
    ]));
}

#[test]
fn a_range_of_one_value_is_no_mistake() {
    let ran = run(&format!("{HEAD}constraint = [{{ field = \"amount\", minimum = 2, maximum = 2 }}]\n"));
    assert_eq!(reported(ran.exits(0)), []);
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

/// A warning is no error: the policy is in force.
#[test]
fn a_pattern_that_no_folded_text_matches_draws_a_warning() {
    for (pattern, warned) in [("VX", true), ("加Ｖ", true), ("vx", false), ("(?i)VX", false), ("[A-Z]x", true)] {
        let ran = run(&format!("{HEAD}regex = {{ pattern = '{pattern}' }}\n"));
        let codes: Vec<String> = reported(ran.exits(0)).into_iter().map(|one| one.code).collect();
        assert_eq!(codes, vec!["policy-never-fires"; usize::from(warned)], "{pattern}");
    }
}

#[test]
fn a_day_with_a_time_is_told_from_a_day() {
    hold(&[("a moment", "schema = 1\n[pack]\nid = \"p\"\nas_of = ⟦policy-bad-date|2026-01-01T00:00:00⟧\n".to_owned())]);
}
