//! TOML into a tree, with all syntax errors of a file at once.

use super::{Broken, Key, Node, Value};
use crate::span::Span;
use crate::words::Words;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a TOML document; what could be read is there even when something is broken.
pub(crate) fn from_toml(text: &str) -> (Node, Vec<Broken>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let broken = errors.iter().map(|error| broken(error, text.len())).collect();
    let span = Span::new(table.span());
    (Node { span, value: from_table(table.into_inner()) }, broken)
}

fn broken(error: &toml::de::Error, length: usize) -> Broken {
    let span = error.span().unwrap_or(0..0);
    let start = span.start.min(length);
    Broken {
        span: Span::new(start..span.end.clamp(start, length)),
        words: Words::new(format!("TOML 语法错误：{}", error.message()), format!("broken TOML: {}", error.message())),
    }
}

fn from_table(table: DeTable<'_>) -> Value {
    let mut entries: Vec<(Key, Node)> = table
        .into_iter()
        .map(|(key, value)| {
            let span = Span::new(key.span());
            (Key { name: key.into_inner().into_owned(), span }, node(value))
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.span);
    Value::Table(entries)
}

fn node(value: Spanned<DeValue<'_>>) -> Node {
    let span = Span::new(value.span());
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).map_or(Value::Float(f64::INFINITY), Value::Integer),
        DeValue::Float(n) => Value::Float(n.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Flag(flag),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => Value::List(items.into_iter().map(node).collect()),
        DeValue::Table(table) => from_table(table),
    };
    Node { span, value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_bytes_and_order() {
        let text = "标 = 1\n";
        assert_eq!(from_toml(text).1.len(), 1, "bare Han keys are refused by TOML");
        let text = "\"标\" = 'ab'\nb = [1, 2.5]\n[a]\nc = 2026-01-01\n";
        let (root, broken) = from_toml(text);
        assert!(broken.is_empty());
        let names: Vec<&str> = root.entries().iter().map(|(key, _)| key.name.as_str()).collect();
        assert_eq!(names, ["标", "b", "a"]);
        let node = root.get("标").expect("there");
        assert_eq!(&text[node.span.range()], "'ab'");
        assert_eq!(root.get("a").and_then(|a| a.get("c")).and_then(Node::scalar).as_deref(), Some("2026-01-01"));
    }

    #[test]
    fn all_syntax_errors_come_at_once() {
        let (_, broken) = from_toml("a = \nb = 1\nc = ]\n");
        assert!(broken.len() >= 2, "{broken:?}");
    }
}
