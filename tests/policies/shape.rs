//! Keys that nobody knows, keys that are missing, values of the wrong type.

use crate::marked::{HEAD, hold, rules};

#[test]
fn unknown_keys_are_underlined_wherever_they_stand() {
    hold(&[
        ("at the top", "schema = 1\n⟦policy-unknown-key|rulez⟧ = 1\n".to_owned()),
        ("at the top, a table", "schema = 1\n[⟦policy-unknown-key|packs⟧]\nid = \"p\"\n".to_owned()),
        ("in the pack", "schema = 1\n[pack]\nid = \"p\"\n⟦policy-unknown-key|titel⟧ = \"包\"\n".to_owned()),
        ("in a list", "schema = 1\n[[list]]\nid = \"l\"\n⟦policy-unknown-key|term⟧ = [\"ab\"]\nterms = [\"微信\"]\n".to_owned()),
        ("in an action", "schema = 1\n[[action]]\nid = \"wave\"\n⟦policy-unknown-key|sumary⟧ = \"x\"\n".to_owned()),
        ("in a field", "schema = 1\n[[field]]\nid = \"store\"\ntype = \"word\"\n⟦policy-unknown-key|unit⟧ = \"x\"\n".to_owned()),
        ("not yet in the language", "schema = 1\n[[⟦policy-unknown-key|session⟧]]\nrule = \"r\"\n".to_owned()),
    ]);
    hold(&rules(&[
        ("in a rule", "⟦policy-unknown-key|hepl⟧ = \"改\"\nlexicon = { terms = [\"微信\"] }"),
        ("behind Han characters", "lexicon = { terms = [\"加微信\"], ⟦policy-unknown-key|varians⟧ = \"all\" }"),
        ("in a kind", "rate = { max = 1, timespan = \"1h\", ⟦policy-unknown-key|timspan⟧ = \"1h\", group_by = [\"account\"] }"),
        ("in a kind with a header", "[rule.interval]\nmin = \"1h\"\ngroup_by = [\"account\"]\n⟦policy-unknown-key|max⟧ = 1"),
        ("deep", "lexicon = { terms = [\"微信\"], near = { any = [\"加\"], ⟦policy-unknown-key|withn⟧ = 8 } }"),
        (
            "in dated values",
            "quota = { period = \"day\", group_by = [\"account\"], values = [{ from = 2026-01-01, max = 1, ⟦policy-unknown-key|til⟧ = 3 }] }",
        ),
        ("in a sign", "combine = { any_of = [{ terms = [\"日结\"], ⟦policy-unknown-key|wieght⟧ = 2 }], min_weight = 1 }"),
        ("in a source", "source = [{ title = \"书\", ⟦policy-unknown-key|page⟧ = 3 }]\nlexicon = { terms = [\"微信\"] }"),
        ("in words", "help = { zh = \"改\", ⟦policy-unknown-key|cn⟧ = \"改\" }\nlexicon = { terms = [\"微信\"] }"),
        ("in a condition", "match = { text = { ⟦policy-unknown-key|contain⟧ = \"微信\" } }\nlexicon = { terms = [\"微信\"] }"),
        ("in a test", "lexicon = { terms = [\"微信\"] }\n[[rule.test]]\n⟦policy-unknown-key|row⟧ = \"\"\nexpect = []"),
        ("in the days in force", "effective = { ⟦policy-unknown-key|form⟧ = 2026-01-01 }\nlexicon = { terms = [\"微信\"] }"),
        (
            "in a constraint",
            "constraint = [{ field = \"amount\", maximum = 1 }, { field = \"amount\", ⟦policy-unknown-key|maximun⟧ = 1, minimum = 0 }]",
        ),
    ]));
}

#[test]
fn values_of_the_wrong_type_are_underlined() {
    hold(&[
        ("schema as text", "schema = ⟦policy-wrong-type|\"1\"⟧\n[pack]\nid = \"p\"\n".to_owned()),
        ("a pack that is a number", "schema = 1\npack = ⟦policy-wrong-type|3⟧\n".to_owned()),
        ("lists as a table", "schema = 1\nlist = ⟦policy-wrong-type|{ id = \"l\" }⟧\n".to_owned()),
        ("rules as text", "schema = 1\nrule = ⟦policy-wrong-type|\"x\"⟧\n".to_owned()),
        ("terms as text", "schema = 1\n[[list]]\nid = \"l\"\nterms = ⟦policy-wrong-type|\"微信\"⟧\n".to_owned()),
        ("a term that is a number", "schema = 1\n[[list]]\nid = \"l\"\nterms = [\"微信\", ⟦policy-wrong-type|12⟧]\n".to_owned()),
    ]);
    hold(&rules(&[
        ("a score with a fraction", "score = ⟦policy-wrong-type|1.5⟧\nlexicon = { terms = [\"微信\"] }"),
        ("tags as text", "tags = ⟦policy-wrong-type|\"a\"⟧\nlexicon = { terms = [\"微信\"] }"),
        ("match as text", "match = ⟦policy-wrong-type|\"add_friend\"⟧\nlexicon = { terms = [\"微信\"] }"),
        ("max as text", "rate = { max = ⟦policy-wrong-type|\"2\"⟧, timespan = \"1h\", group_by = [\"account\"] }"),
        ("a length as a number", "rate = { max = 2, timespan = ⟦policy-wrong-type|3600⟧, group_by = [\"account\"] }"),
        ("group_by as text", "rate = { max = 2, timespan = \"1h\", group_by = ⟦policy-wrong-type|\"account\"⟧ }"),
        ("a field that is a number", "rate = { max = 2, timespan = \"1h\", group_by = [⟦policy-wrong-type|1⟧] }"),
        ("a sum of words", "rate = { max = 2, timespan = \"1h\", sum = ⟦policy-wrong-type|\"target\"⟧, group_by = [\"account\"] }"),
        ("max of distinct with a fraction", "distinct = { field = \"target\", max = ⟦policy-wrong-type|2.5⟧, group_by = [\"account\"] }"),
        ("a flag as text", "constraint = [{ field = \"amount\", minimum = 1, required = ⟦policy-wrong-type|\"yes\"⟧ }]"),
        ("a range of words", "constraint = [{ field = ⟦policy-wrong-type|\"channel\"⟧, maximum = 3 }]"),
        ("a number to match as text", "match = { amount = ⟦policy-wrong-type|\"200\"⟧ }\nlexicon = { terms = [\"微信\"] }"),
        ("a flag to match as text", "match = { promo = ⟦policy-wrong-type|\"yes\"⟧ }\nlexicon = { terms = [\"微信\"] }"),
        ("a comparison of words", "match = { channel = { ⟦policy-wrong-type|gt⟧ = 3 } }\nlexicon = { terms = [\"微信\"] }"),
        ("sources as one table", "source = ⟦policy-wrong-type|{ title = \"书\" }⟧\nlexicon = { terms = [\"微信\"] }"),
        ("text in a number", "lexicon = { field = ⟦policy-wrong-type|\"amount\"⟧, terms = [\"微信\"] }"),
        ("valid as text", "lexicon = { terms = [\"微信\"] }\nvalid = ⟦policy-wrong-type|\"你好\"⟧"),
    ]));
}

#[test]
fn a_kind_table_of_the_wrong_shape_is_one_mistake() {
    hold(&rules(&[
        ("a number", "interval = ⟦policy-wrong-type|60⟧"),
        ("a list of tables", "⟦policy-wrong-type|[[rule.regex]]⟧\npattern = 'x'"),
    ]));
}

#[test]
fn missing_keys_are_named_at_the_table_that_lacks_them() {
    hold(&[
        ("schema", "⟦policy-missing-key|⟧[pack]\nid = \"p\"\n".to_owned()),
        ("the pack's id", "schema = 1\n[⟦policy-missing-key|pack⟧]\nversion = \"1\"\n".to_owned()),
        ("a list's id", "schema = 1\n⟦policy-missing-key|[[list]]⟧\nterms = [\"微信\"]\n".to_owned()),
        ("a field's type", "schema = 1\n⟦policy-missing-key|[[field]]⟧\nid = \"store\"\n".to_owned()),
        (
            "severity",
            "schema = 1\n⟦policy-missing-key|[[rule]]⟧\nid = \"r\"\nsummary = \"s\"\nlexicon = { terms = [\"微信\"] }\n".to_owned(),
        ),
    ]);
    hold(&rules(&[
        ("timespan", "⟦policy-missing-key|rate⟧ = { max = 1, group_by = [\"account\"] }"),
        ("group_by", "⟦policy-missing-key|interval⟧ = { min = \"1h\" }"),
        ("pattern", "⟦policy-missing-key|regex⟧ = { field = \"text\" }"),
        ("a header's key", "[rule.⟦policy-missing-key|capacity⟧]\nmax = 3\ninitial = \"account.friends\"\ngroup_by = [\"account\"]"),
        ("a source's title", "source = [⟦policy-missing-key|{ clause = \"3\" }⟧]\nlexicon = { terms = [\"微信\"] }"),
    ]));
}

#[test]
fn values_that_mean_nothing_are_underlined() {
    hold(&rules(&[
        ("a limit below zero", "distinct = { field = \"target\", max = ⟦policy-bad-value|-1⟧, group_by = [\"account\"] }"),
        ("no number at all", "rate = { max = ⟦policy-bad-value|nan⟧, timespan = \"1h\", group_by = [\"account\"] }"),
        ("an infinite limit", "quota = { max = ⟦policy-bad-value|inf⟧, period = \"day\", group_by = [\"account\"] }"),
        ("a huge number", "rate = { max = ⟦policy-bad-value|9000000000000000000⟧, timespan = \"1h\", group_by = [\"account\"] }"),
        ("a period that does not exist", "quota = { max = 1, period = ⟦policy-bad-value|\"daily\"⟧, group_by = [\"account\"] }"),
        ("an unknown variant", "lexicon = { terms = [\"微信\"], variants = ⟦policy-bad-value|\"fuzzy\"⟧ }"),
        ("an unknown risk", "risk = ⟦policy-bad-value|\"bans\"⟧\nlexicon = { terms = [\"微信\"] }"),
        ("an unknown basis", "source = [{ title = \"书\", basis = ⟦policy-bad-value|\"rumour\"⟧ }]\nlexicon = { terms = [\"微信\"] }"),
        ("an empty pattern to replace", "fix = { replace = \"\", safety = ⟦policy-bad-value|\"sure\"⟧ }\nlexicon = { terms = [\"微信\"] }"),
        ("blank words", "help = ⟦policy-empty|\" \"⟧\nlexicon = { terms = [\"微信\"] }"),
        ("one character", "lexicon = { terms = [\"微信\", ⟦policy-single-character|\"加\"⟧] }"),
        (
            "both limits",
            "rate = { max = 1, values = ⟦policy-bad-value|[{ from = 2026-01-01, max = 2 }]⟧, timespan = \"1h\", group_by = [\"account\"] }",
        ),
        (
            "a day twice",
            "rate = { values = [{ from = 2026-01-01, max = 2 }, { from = ⟦policy-overlap|2026-01-01⟧, max = 3 }], timespan = \"1h\", group_by = [\"account\"] }",
        ),
    ]));
    hold(&[
        ("an unknown severity", "schema = 1\n[[rule]]\nid = \"r\"\nseverity = ⟦policy-bad-value|\"fatal\"⟧\nsummary = \"s\"\nlexicon = { terms = [\"微信\"] }\n".to_owned()),
        ("the next language", "schema = ⟦policy-bad-value|2⟧\n[pack]\nid = \"p\"\n".to_owned()),
        ("an id with blanks", "schema = 1\n[pack]\nid = ⟦policy-bad-id|\"My Pack\"⟧\n".to_owned()),
    ]);
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
