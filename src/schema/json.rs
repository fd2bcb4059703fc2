//! Shapes as JSON Schema (draft 2020-12), so that an editor completes and checks a policy.

use super::{Key, MOST, Shape};
use crate::vocabulary::Vocabulary;
use serde_json::{Map, Value, json};

/// Where the schema of `match` conditions stands in the whole.
pub(crate) const MATCH: &str = "#/$defs/match";

/// The schema of a table with these keys.
pub(crate) fn table(keys: &[Key], words: &Vocabulary) -> Value {
    let property = |key: &Key| {
        let mut schema = of(&key.shape, words);
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), format!("{} · {}", key.about.zh, key.about.en).into());
        }
        (key.name.to_owned(), schema)
    };
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({
        "type": "object",
        "properties": keys.iter().map(property).collect::<Map<String, Value>>(),
        "required": required,
        "additionalProperties": false,
    })
}

/// The schema of a shape.
pub(crate) fn of(shape: &Shape, words: &Vocabulary) -> Value {
    match shape {
        Shape::Text | Shape::Pattern | Shape::Reason => text(r"\S"),
        Shape::AnyText => json!({ "type": "string" }),
        Shape::Id => text("^[a-z0-9_./-]{1,100}$"),
        Shape::Words => json!({ "anyOf": [text(r"\S"), both_languages()] }),
        Shape::Whole => json!({ "type": "integer", "minimum": 0, "maximum": MOST }),
        Shape::Number => json!({ "type": "number" }),
        Shape::Limit => json!({ "type": "number", "minimum": 0 }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Day => json!({ "type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$" }),
        Shape::Length => text(r"^( *\d+ *[smhdw])+ *$"),
        Shape::Zone => json!({ "type": "string", "minLength": 1, "examples": ["Asia/Shanghai"] }),
        Shape::Share => json!({ "anyOf": [{ "type": "number", "minimum": 0, "maximum": 1 }, text(r"^ *\d+ */ *\d+ *$")] }),
        Shape::OneOf(names) => json!({ "enum": names }),
        Shape::Field => declared(words.field_names()),
        Shape::Fact => declared(words.field_names().filter(|name| name.starts_with("account."))),
        Shape::Scalar => json!({ "type": ["string", "number", "boolean"] }),
        Shape::Match => json!({ "$ref": MATCH }),
        Shape::List(of) => list(self::of(of, words)),
        Shape::AnyList(of) => json!({ "type": "array", "items": self::of(of, words) }),
        Shape::OneOrMany(of) => json!({ "anyOf": [self::of(of, words), list(self::of(of, words))] }),
        Shape::FlagOr(of) => json!({ "anyOf": [{ "type": "boolean" }, self::of(of, words)] }),
        Shape::Table(keys) => table(keys, words),
        Shape::Tables(keys) => list(table(keys, words)),
        Shape::AnyTables(keys) => json!({ "type": "array", "items": table(keys, words) }),
        Shape::Map(of) => json!({ "type": "object", "minProperties": 1, "additionalProperties": self::of(of, words) }),
        Shape::Anything => json!({}),
    }
}

fn text(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "minItems": 1, "items": items })
}

fn both_languages() -> Value {
    let language = |name: &str| json!({ "type": "string", "pattern": r"\S", "description": name });
    json!({
        "type": "object",
        "properties": { "zh": language("中文 · in Chinese"), "en": language("英文 · in English") },
        "minProperties": 1,
        "additionalProperties": false,
    })
}

/// Names that are declared, to be completed; a policy may declare more.
fn declared<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    json!({ "anyOf": [{ "enum": names.collect::<Vec<&str>>() }, { "type": "string", "minLength": 1 }] })
}
