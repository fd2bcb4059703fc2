//! TOML into a tree, with all syntax errors of a file at once.

use super::{Broken, Key, Node, Value, said};
use crate::span::Span;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a TOML document; what could be read is there even when something is broken.
pub(crate) fn from_toml(text: &str) -> (Node, Vec<Broken>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut broken: Vec<Broken> = errors.iter().map(|error| broken(error, text)).collect();
    // Behind the first break of a line a parser stumbles over what it has not understood.
    broken.sort_by_key(|broken| broken.span);
    broken.dedup_by_key(|broken| memchr::memrchr(b'\n', &text.as_bytes()[..broken.span.start as usize]));
    let span = Span::new(table.span());
    (Node { span, value: from_table(table.into_inner()) }, broken)
}

fn broken(error: &toml::de::Error, text: &str) -> Broken {
    let length = text.len();
    let span = error.span().unwrap_or(0..0);
    let start = span.start.min(length);
    let end = span.end.clamp(start, length);
    Broken {
        span: Span::new(start..end),
        words: said::words(error.message(), (text.get(start..end).unwrap_or_default(), text.get(end..).unwrap_or_default())),
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

/// Where a part of a string stands in the bytes it was written with: quotes, escapes and all. At least one character of them.
pub(crate) fn written(literal: &str, part: Range<usize>) -> Range<usize> {
    let starts = starts(literal);
    let at = |wanted: usize| starts.iter().find(|(read, _)| *read >= wanted).or(starts.last()).map_or(0, |(_, written)| *written);
    at(part.start)..at(part.end.max(part.start + 1))
}

/// Where each character of a string starts: as it is read, as it is written. The last pair is its end.
fn starts(literal: &str) -> Vec<(usize, usize)> {
    let quotes = if literal.starts_with("\"\"\"") || literal.starts_with("'''") { 3 } else { 1 };
    let body = literal.get(quotes..literal.len().saturating_sub(quotes)).unwrap_or_default();
    let (mut read, mut at) = (0, 0);
    if quotes == 3 {
        // A line break right behind three quotes is not part of the string.
        at = if body.starts_with("\r\n") { 2 } else { usize::from(body.starts_with('\n')) };
    }
    let mut starts = Vec::new();
    while let Some(c) = body[at..].chars().next() {
        let escaped = c == '\\' && literal.starts_with('"');
        let (takes, gives) = if escaped { escape(&body[at..]) } else { (c.len_utf8(), c.len_utf8()) };
        starts.extend((gives > 0).then_some((read, quotes + at)));
        (read, at) = (read + gives, at + takes);
    }
    starts.push((read, quotes + at));
    starts
}

/// Bytes an escape takes, and bytes of the character it stands for; a break of a line stands for none.
fn escape(rest: &str) -> (usize, usize) {
    let digits = match rest[1..].chars().next() {
        Some('x') => 2,
        Some('u') => 4,
        Some('U') => 8,
        Some(c) if c.is_whitespace() => return (rest.len() - rest[1..].trim_start().len(), 0),
        Some(_) => return (2, 1),
        None => return (1, 0),
    };
    let code = rest.get(2..2 + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
    ((2 + digits).min(rest.len()), code.map_or(0, char::len_utf8))
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
        assert_eq!(broken.len(), 2, "{broken:?}");
    }

    #[test]
    fn a_part_of_a_string_is_found_as_it_was_written() {
        for literal in ["'加(c'", r#""加(c""#, r#""\u52a0(c""#, r#""\U000052a0(c""#, "'''\r\n加(c'''", "\"\"\"\\\n  加\\\n (c\"\"\""] {
            assert_eq!(&literal[written(literal, 3..4)], "(", "{literal}");
            assert_eq!(&literal[written(literal, 4..4)], "c", "{literal}");
            assert!(written(literal, 9..12).end <= literal.len());
        }
    }
}
