//! The JSON Schema of policies: bundled packs are valid, broken ones are not, and it never says less than the loader of a mere shape.

use presend::policy::{BUNDLED, json_schema};
use presend::source::Source;
use presend::time::Zone;
use serde_json::{Value, json};

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&json_schema()).expect("the schema is JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("it is a schema of draft 2020-12");
    jsonschema::draft202012::options().build(&schema).expect("it compiles")
}

/// TOML as an editor hands it to a JSON Schema: days become strings.
fn as_json(toml: &toml::Value) -> Value {
    match toml {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
        toml::Value::Datetime(day) => json!(day.to_string()),
        toml::Value::Array(items) => items.iter().map(as_json).collect(),
        toml::Value::Table(table) => Value::Object(table.iter().map(|(key, value)| (key.clone(), as_json(value))).collect()),
    }
}

fn read(policy: &str) -> Value {
    as_json(&toml::Value::Table(policy.parse().expect("it is TOML")))
}

fn is_refused(policy: &str) -> bool {
    let mut loaded = presend::Policy::new();
    loaded.add(Source::new("p.toml", policy), &|_| None);
    loaded.compile(&Zone::default()).is_err()
}

#[test]
fn every_bundled_pack_is_valid() {
    let validator = validator();
    for pack in BUNDLED {
        let errors: Vec<String> =
            validator.iter_errors(&read(pack.policy)).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", pack.id);
    }
}

#[test]
fn a_policy_of_every_kind_is_valid() {
    let policy = include_str!("../fuzz/bodies/every_kind.toml");
    assert!(validator().is_valid(&read(policy)), "{:?}", validator().iter_errors(&read(policy)).map(|e| e.to_string()).collect::<Vec<_>>());
}

/// One rule of words, in which `⟦old⟧` is replaced.
const WORDS: &str = "schema = 1\n[[rule]]\nid = \"r\"\nseverity = \"error\"\nsummary = \"s\"\nlexicon = { terms = [\"微信\"] }\n";
const RATE: &str = "schema = 1\n[[rule]]\nid = \"r\"\nseverity = \"error\"\nsummary = \"s\"\nrate = { max = 2, timespan = \"1h\", group_by = [\"account\"] }\n";

#[test]
fn broken_policies_are_invalid_and_refused() {
    let validator = validator();
    assert!(validator.is_valid(&read(WORDS)) && validator.is_valid(&read(RATE)));
    for (policy, right, wrong) in [
        (WORDS, "schema = 1\n", ""),
        (WORDS, "schema = 1", "schema = \"1\""),
        (WORDS, "id = \"r\"\n", ""),
        (WORDS, "id = \"r\"", "id = \"R 1\""),
        (WORDS, "severity = \"error\"", "severity = \"eror\""),
        (WORDS, "severity = \"error\"", "severty = \"error\""),
        (WORDS, "summary = \"s\"", "summary = \" \""),
        (WORDS, "summary = \"s\"", "summary = { de = \"s\" }"),
        (WORDS, "summary = \"s\"", "summary = \"s\"\nconfidence = \"sure\""),
        (WORDS, "summary = \"s\"", "summary = \"s\"\nscore = -1"),
        (WORDS, "summary = \"s\"", "summary = \"s\"\neffective = { from = \"soon\" }"),
        (WORDS, "summary = \"s\"", "summary = \"s\"\nsource = [{ clause = \"3\" }]"),
        (WORDS, "summary = \"s\"", "summary = \"s\"\nvalid = [1]"),
        (WORDS, "summary = \"s\"", "summary = \"s\"\nmatch = { action = {} }"),
        (WORDS, "summary = \"s\"", "summary = \"s\"\nmatch = { title = { contain = \"x\" } }"),
        (WORDS, "summary = \"s\"", "summary = \"s\"\nregex = { pattern = 'x' }"),
        (WORDS, "lexicon", "lexicn"),
        (WORDS, "lexicon = { terms = [\"微信\"] }\n", ""),
        (WORDS, "[\"微信\"]", "[]"),
        (WORDS, "[\"微信\"]", "\"微信\""),
        (WORDS, "[\"微信\"]", "[\"微信\"], variants = \"some\""),
        (WORDS, "[\"微信\"]", "[\"微信\"], near = { within = \"8\" }"),
        (RATE, "max = 2", "maxx = 2"),
        (RATE, "max = 2", "max = \"2\""),
        (RATE, "max = 2", "max = -2"),
        (RATE, "timespan = \"1h\"", "timespan = \"an hour\""),
        (RATE, "timespan = \"1h\", ", ""),
        (RATE, "group_by = [\"account\"]", "group_by = [\"account\"], on_missing = \"pass\""),
        (RATE, "[[rule]]", "[pack]\nid = \"p\"\nlang = \"de\"\n[[rule]]"),
        (RATE, "[[rule]]", "[[list]]\nterms = [\"微信\"]\n[[rule]]"),
        (RATE, "[[rule]]", "[[field]]\nid = \"shop\"\ntype = \"string\"\n[[rule]]"),
    ] {
        assert!(policy.contains(right), "{right}");
        let broken = policy.replacen(right, wrong, 1);
        assert!(!validator.is_valid(&read(&broken)), "valid by the schema: {broken}");
        assert!(is_refused(&broken), "loaded: {broken}");
    }
}

#[test]
fn what_a_policy_declares_itself_is_valid() {
    let own = "schema = 1\n[[action]]\nid = \"ship\"\n[[field]]\nid = \"shop\"\ntype = \"word\"\n[[rule]]\nid = \"r\"\nseverity = \"info\"\nsummary = \"s\"\n\
        match = { action = \"ship\", shop = [\"a\", \"b\"], not = { amount = { gte = 3 } } }\nrate = { max = 2, timespan = \"1h 30m\", group_by = [\"shop\"] }\n";
    assert!(validator().is_valid(&read(own)));
    assert!(!is_refused(own));
}

#[test]
fn every_key_says_what_it_is_for_in_both_languages() {
    let schema: Value = serde_json::from_str(&json_schema()).expect("JSON");
    let rule = schema["$defs"]["rule"]["properties"].as_object().expect("keys of a rule");
    for (name, key) in
        rule.iter().chain(schema["properties"].as_object().expect("keys of a policy").iter().filter(|(name, _)| *name != "rule"))
    {
        let about = key["description"].as_str().unwrap_or_default();
        assert!(about.contains(" · "), "{name}: {about}");
    }
}

#[test]
fn an_id_has_at_most_a_hundred_characters() {
    for (length, is_right) in [(100, true), (101, false)] {
        let policy = WORDS.replace("id = \"r\"", &format!("id = \"{}\"", "a".repeat(length)));
        assert_eq!((validator().is_valid(&read(&policy)), !is_refused(&policy)), (is_right, is_right));
    }
}
