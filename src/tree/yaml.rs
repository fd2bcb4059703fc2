//! YAML into a tree: the front matter of drafts.

use super::{Broken, Key, Node, Value};
use crate::span::Span;
use crate::words::Words;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use std::fmt;

/// Reads a YAML document.
pub(crate) fn from_yaml(text: &str) -> (Node, Vec<Broken>) {
    match serde_saphyr::from_str::<Spanned<Any>>(text) {
        Ok(root) => (node(root, text), Vec::new()),
        Err(error) => {
            let at = error.location().map_or(0, |location| offset(text, location.line() as usize, location.column() as usize));
            let said = error.to_string();
            let first = said.lines().next().unwrap_or_default();
            // The place is told by the finding.
            let first = first.strip_prefix("error: line ").and_then(|rest| rest.split_once(": ")).map_or(first, |(_, said)| said);
            let words = Words::new(format!("YAML 语法错误：{first}"), format!("broken YAML: {first}"));
            let empty = Node { span: Span::new(0..0), value: Value::Table(Vec::new()) };
            (empty, vec![Broken { span: Span::new(at..at), words }])
        }
    }
}

/// The byte of a line and column, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = &text[start.min(text.len())..];
    start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
}

enum Any {
    Text(String),
    Integer(i64),
    Float(f64),
    Flag(bool),
    List(Vec<Spanned<Any>>),
    Table(Vec<(Spanned<String>, Spanned<Any>)>),
    Nothing,
}

fn node(value: Spanned<Any>, text: &str) -> Node {
    let span = span(value.referenced, text);
    let value = match value.value {
        Any::Text(text) => Value::Text(text),
        Any::Integer(n) => Value::Integer(n),
        Any::Float(n) => Value::Float(n),
        Any::Flag(flag) => Value::Flag(flag),
        Any::Nothing => Value::Nothing,
        Any::List(items) => Value::List(items.into_iter().map(|item| node(item, text)).collect()),
        Any::Table(entries) => Value::Table(entries.into_iter().map(|(key, value)| (named(key, text), node(value, text))).collect()),
    };
    Node { span, value }
}

fn named(key: Spanned<String>, text: &str) -> Key {
    let span = span(key.referenced, text);
    Key { name: key.value, span }
}

fn span(location: serde_saphyr::Location, text: &str) -> Span {
    let bytes = location.span();
    if let (Some(start), Some(length)) = (bytes.byte_offset(), bytes.byte_len()) {
        return Span::new(start as usize..(start + length) as usize);
    }
    let start = offset(text, location.line() as usize, location.column() as usize);
    let length: usize = text[start..].chars().take(location.span().len() as usize).map(char::len_utf8).sum();
    Span::new(start..start + length)
}

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Any, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }
}

struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = Any;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Any, E> {
        Ok(Any::Flag(flag))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Any, E> {
        Ok(Any::Integer(n))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Any, E> {
        Ok(i64::try_from(n).map_or(Any::Float(n as f64), Any::Integer))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Any, E> {
        Ok(Any::Float(n))
    }

    fn visit_str<E>(self, text: &str) -> Result<Any, E> {
        Ok(Any::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Any, E> {
        Ok(Any::Nothing)
    }

    fn visit_none<E>(self) -> Result<Any, E> {
        Ok(Any::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Any, D::Error> {
        Any::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Any, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Any::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Any, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Any::Table(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_bytes() {
        let text = "title: 新品到店\naccount: a1\npromo: true\n";
        let (root, broken) = from_yaml(text);
        assert_eq!(broken, []);
        let title = root.get("title").expect("there");
        assert_eq!((&text[title.span.range()], title.text()), ("新品到店", Some("新品到店")));
        assert_eq!(root.get("promo").and_then(Node::flag), Some(true));
    }

    #[test]
    fn broken_yaml_is_placed() {
        let (_, broken) = from_yaml("title: 新品\naccount: [a\n");
        assert_eq!(broken.len(), 1);
        assert!(from_yaml("a: 1\na: 2\n").1.len() == 1, "duplicate keys are refused");
    }
}
