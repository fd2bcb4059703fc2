//! A value of a TOML or YAML document as the cell of a record.

use super::Field;
use super::cell::{Cell, Content};
use super::escape;
use super::intake::Intake;
use crate::decimal::Decimal;
use crate::record::Pieces;
use crate::source::Source;
use crate::span::Span;
use crate::tree::{Key, Node, Value};
use crate::words::Words;

/// What a value says, with the bytes that say it.
pub(super) struct Scalar<'t> {
    /// Its bytes, without quotes.
    pub span: Span,
    /// What it says.
    pub content: Content<'t>,
}

impl<'t> Scalar<'t> {
    /// What a node says; none for lists, tables and nothing. Its span must be one of `source`.
    pub(super) fn of(node: &Node, source: &'t Source) -> Option<Scalar<'t>> {
        match &node.value {
            Value::List(_) | Value::Table(_) | Value::Nothing => None,
            Value::Text(text) => Some(written(text, node.span, source)),
            Value::Flag(_) | Value::Date(_) => Some(plain(node.span, source)),
            Value::Integer(_) | Value::Float(_) => {
                let raw = source.slice(node.span);
                let said = node.scalar().filter(|said| Decimal::parse(raw).is_none() && Decimal::parse(said).is_some());
                Some(said.map_or(plain(node.span, source), |said| opaque(&said, node.span)))
            }
        }
    }

    /// The text.
    pub(super) fn text(&self) -> String {
        match &self.content {
            Content::Plain(text) => (*text).to_owned(),
            Content::Unescaped(text) => text.0.clone(),
        }
    }
}

/// Takes an entry of a table as a field of a record: pushes its cell, or says that it is not one value.
pub(super) fn take<'t>(intake: &mut Intake<'t>, entry: &(Key, Node), cells: &mut Vec<Cell<'t>>) {
    let (key, node) = entry;
    let field = intake.field(&key.name, key.span);
    if let Some(scalar) = Scalar::of(node, intake.source) {
        cells.push(Cell { field, span: scalar.span, content: scalar.content });
    } else if node.value != Value::Nothing && intake.knows(&key.name) {
        let kind = node.type_name();
        let words = Words::new(
            format!("字段 `{}` 要的是一个值，这里是{}", key.name, kind.zh),
            format!("field `{}` takes one value, this is {}", key.name, kind.en),
        );
        intake.problem("input-bad-value", node.span, words);
    }
}

/// An entry of a table as a field, to be found again.
pub(super) fn field(entry: &(Key, Node), source: &Source) -> Option<Field> {
    let scalar = Scalar::of(&entry.1, source)?;
    Some(Field { name: entry.0.name.clone(), value: scalar.text(), span: scalar.span })
}

/// How strings are quoted: the quote, and whether the line break after an opening quote belongs to it.
const QUOTES: [(&str, bool); 4] = [("\"\"\"", true), ("'''", true), ("\"", false), ("'", false)];

/// A string: as it stands, with its escapes undone, or, where neither gives what the parser read, as a whole.
fn written<'t>(text: &str, span: Span, source: &'t Source) -> Scalar<'t> {
    let raw = source.slice(span);
    if raw == text {
        return plain(span, source);
    }
    let quoted = QUOTES.iter().filter_map(|(quote, lines)| Some((inner(raw, quote, *lines)?, *quote)));
    for ((inner, at), quote) in quoted {
        let start = span.start as usize + at;
        let span = Span::new(start..start + inner.len());
        if inner == text {
            return plain(span, source);
        }
        let undone = if quote.starts_with('"') { escape::backslashes(inner, start) } else { escape::doubled(inner, start, '\'') };
        if undone.text == text {
            return Scalar { span, content: unescaped(undone.text, undone.pieces) };
        }
    }
    aligned(text, raw, span).unwrap_or_else(|| opaque(text, span))
}

/// A string over several lines, as YAML folds them: the same words, with other blanks between them.
fn aligned(text: &str, raw: &str, span: Span) -> Option<Scalar<'static>> {
    let blanks = |text: &str| text.len() - text.trim_start().len();
    let header = raw.starts_with(['|', '>']).then(|| raw.find('\n')).flatten();
    let quote = usize::from(raw.starts_with(['"', '\'']));
    let (mut at, mut content, mut pieces) = (header.map_or(quote, |feed| feed + 1), 0, Pieces::default());
    while content < text.len() {
        pieces.push(content, span.start as usize + at);
        content += blanks(&text[content..]);
        at += blanks(&raw[at..]);
        let word = text[content..].split(char::is_whitespace).next().unwrap_or_default();
        if !raw[at..].starts_with(word) {
            return None;
        }
        pieces.push(content, span.start as usize + at);
        (content, at) = (content + word.len(), at + word.len());
    }
    pieces.push(text.len(), span.start as usize + at);
    let rest = raw[at..].trim_end();
    (rest.len() == quote && blanks(rest) == 0).then(|| Scalar { span, content: unescaped(text.to_owned(), pieces) })
}

/// What stands between the quotes, and where.
fn inner<'t>(raw: &'t str, quote: &str, lines: bool) -> Option<(&'t str, usize)> {
    let inner = raw.strip_prefix(quote)?.strip_suffix(quote)?;
    let inner = if lines { inner.strip_prefix("\r\n").or(inner.strip_prefix('\n')).unwrap_or(inner) } else { inner };
    Some((inner, raw.len() - quote.len() - inner.len()))
}

/// What stands at `span`.
fn plain(span: Span, source: &Source) -> Scalar<'_> {
    Scalar { span, content: Content::Plain(source.slice(span)) }
}

fn opaque<'t>(text: &str, span: Span) -> Scalar<'t> {
    Scalar { span, content: unescaped(text.to_owned(), escape::whole(text, span)) }
}

fn unescaped<'t>(text: String, pieces: Pieces) -> Content<'t> {
    Content::Unescaped(Box::new((text, pieces)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{from_toml, from_yaml};

    /// What the entries of a document say, with the bytes that say it.
    fn said(text: &str, root: &Node) -> Vec<(String, String)> {
        let source = Source::new("a", text);
        let scalars = root.entries().iter().filter_map(|(_, node)| Scalar::of(node, &source));
        scalars.map(|scalar| (scalar.text(), source.slice(scalar.span).to_owned())).collect()
    }

    fn same(said: Vec<(String, String)>) -> Vec<String> {
        assert!(said.iter().all(|(text, raw)| text == raw), "{said:?}");
        said.into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn plain_strings_of_toml_are_their_bytes() {
        let text = "a = \"加\"\nb = '加'\nc = \"\"\"\n加\n\"\"\"\nd = '''\r\n加'''\ne = \"\"\"加\"\"\"\nf = \"\"\nc2 = '\"加\"'\n";
        let (root, broken) = from_toml(text);
        assert_eq!(broken, []);
        assert_eq!(same(said(text, &root)), ["加", "加", "加\n", "加", "加", "", "\"加\""]);
    }

    #[test]
    fn numbers_flags_and_dates_are_their_bytes_where_they_can_be() {
        let text = "a = 1.50\nb = true\nc = 2026-11-20 09:00:00\nd = 1_000\ne = 0x10\nf = 1e3\ng = inf\nh = 99999999999999999999\n";
        let (root, broken) = from_toml(text);
        assert_eq!(broken, []);
        let values: Vec<String> = said(text, &root).into_iter().map(|(value, _)| value).collect();
        assert_eq!(values, ["1.50", "true", "2026-11-20 09:00:00", "1000", "16", "1e3", "inf", "99999999999999999999"]);
    }

    #[test]
    fn strings_of_yaml_are_their_bytes() {
        let text = "a: 加微信\nb: \"加\"\nc: '加'\nd: 12.50\ne: yes\nf: 2026-11-20 09:00\n";
        let (root, broken) = from_yaml(text);
        assert_eq!(broken, []);
        assert_eq!(same(said(text, &root)), ["加微信", "加", "加", "12.50", "yes", "2026-11-20 09:00"]);
    }

    #[test]
    fn lines_of_yaml_lead_back_to_their_bytes() {
        for text in [
            "a: |\n  加我\n\n  微信 VX\n",
            "a: >-\n  加我\n  微信 VX\n",
            "a: 加我\n  微信 VX\n",
            "a: \"加我\n  微信 VX\"\n",
            "a: |+\n   加我\n   微信 VX\n\n",
        ] {
            let (root, broken) = from_yaml(text);
            assert_eq!(broken, []);
            let source = Source::new("a", text);
            let scalar = Scalar::of(&root.entries()[0].1, &source).expect("a value");
            let Content::Unescaped(said) = scalar.content else { panic!("{text:?} is not as it stands") };
            let behind = |part: &str| said.0.find(part).map(|at| source.slice(said.1.source_span(at..at + part.len())));
            assert_eq!((behind("加我"), behind("微信 VX")), (Some("加我"), Some("微信 VX")), "{text:?}");
        }
    }

    #[test]
    fn escapes_of_both_are_undone() {
        for (text, toml, value, raw) in [
            ("a = \"加\\u5fae\\\"\"", true, "加微\"", "加\\u5fae\\\""),
            ("a = \"\"\"\n加\\\n   微\"\"\"", true, "加微", "加\\\n   微"),
            ("a: \"加\\u5fae\\x41\"", false, "加微A", "加\\u5fae\\x41"),
            ("a: '加''微'", false, "加'微", "加''微"),
        ] {
            let (root, broken) = if toml { from_toml(text) } else { from_yaml(text) };
            assert_eq!(broken, []);
            assert_eq!(said(text, &root), [(value.to_owned(), raw.to_owned())]);
        }
    }
}
