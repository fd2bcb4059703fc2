//! The JSON Schema of policy files, made of the tables that check them.

use super::pack::TOP;
use super::rule::RULE;
use crate::kinds::KINDS;
use crate::schema::json::{MATCH, of, table};
use crate::select::MODIFIERS;
use crate::vocabulary::Vocabulary;
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 2020-12) of a policy file, for editors.
pub fn json_schema() -> String {
    let words = Vocabulary::bundled();
    let mut schema = table(TOP, &words);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = "presend policy".into();
    schema["properties"]["rule"] = json!({ "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/rule" } });
    schema["$defs"] = json!({ "rule": rule(&words), "match": conditions(&words), "condition": condition(&words) });
    let mut text = format!("{schema:#}");
    text.push('\n');
    text
}

/// A rule: its keys, and exactly one kind.
fn rule(words: &Vocabulary) -> Value {
    let mut rule = table(RULE, words);
    for kind in KINDS {
        let mut shape = of(&kind.shape, words);
        shape["description"] = format!("{} · {}", kind.about.zh, kind.about.en).into();
        rule["properties"][kind.name] = shape;
    }
    rule["oneOf"] = KINDS.iter().map(|kind| json!({ "required": [kind.name] })).collect();
    rule
}

/// Conditions on fields. Fields and actions that a policy declares itself are allowed, so names are completed and not checked.
fn conditions(words: &Vocabulary) -> Value {
    let mut fields: Map<String, Value> =
        words.field_names().map(|name| (name.to_owned(), json!({ "$ref": "#/$defs/condition" }))).collect();
    let actions: Vec<&str> = words.actions().collect();
    let action = json!({ "anyOf": [{ "enum": actions }, { "$ref": "#/$defs/condition" }] });
    fields.insert("action".to_owned(), action);
    fields.insert("not".to_owned(), json!({ "$ref": MATCH }));
    json!({ "type": "object", "properties": fields, "additionalProperties": { "$ref": "#/$defs/condition" } })
}

/// What a field is held against: a value, one of several, or modifiers.
fn condition(words: &Vocabulary) -> Value {
    let scalar = of(&crate::schema::Shape::Scalar, words);
    let several = json!({ "type": "array", "minItems": 1, "items": scalar });
    let modifier = |name: &&str| {
        let value = if *name == "exists" { json!({ "type": "boolean" }) } else { json!({ "anyOf": [scalar, several] }) };
        ((*name).to_owned(), value)
    };
    let modifiers: Map<String, Value> = MODIFIERS.iter().map(modifier).collect();
    json!({ "anyOf": [scalar, several, { "type": "object", "properties": modifiers, "minProperties": 1, "additionalProperties": false }] })
}
