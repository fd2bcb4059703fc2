//! `.json`: a campaign as one object, or an array of records.

use super::json_object::{self, Member, items, members};
use super::{Fields, Format, Intake, Reading, campaign, escape, jsonl};
use crate::source::Source;
use crate::span::Span;
use crate::tree::{Broken, Key, Node, Value};
use crate::words::Words;
use serde::de::IgnoredAny;

/// Campaigns that programs write.
pub(super) const FORMAT: Format = Format {
    name: "json",
    extensions: &["json"],
    about: Words::fixed("一次活动，或一组记录", "a campaign, or an array of records"),
    claims: |source| campaign::is_one(&document(source), source),
    reading: Reading::Whole(read),
    open,
};

fn read(intake: &mut Intake<'_>) {
    let document = document(intake.source);
    campaign::read_tree(intake, document, "input-bad-json");
}

fn open(source: &Source) -> Box<dyn Fields + '_> {
    campaign::open_tree(&document(source).0, source)
}

/// Objects and arrays that may stand in one another.
const DEEPEST: usize = 64;

/// The document as a tree; serde_json has seen that it is well formed before it is walked.
fn document(source: &Source) -> (Node, Vec<Broken>) {
    let text = source.text();
    let whole = Span::new(0..text.len());
    if text.trim().is_empty() {
        return (Node { span: whole, value: Value::Table(Vec::new()) }, Vec::new());
    }
    match serde_json::from_str::<IgnoredAny>(text) {
        Err(error) => (Node { span: whole, value: Value::Table(Vec::new()) }, vec![broken(text, &error)]),
        Ok(IgnoredAny) => {
            let start = text.len() - text.trim_start().len();
            let mut tree = Tree { text, broken: Vec::new(), depth: 0 };
            let root = tree.nested(Span::new(start..text.trim_end().len()));
            (root, tree.broken)
        }
    }
}

/// Where a document stops being JSON.
fn broken(text: &str, error: &serde_json::Error) -> Broken {
    let start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let line = text[start..].lines().next().unwrap_or_default();
    let (at, words) = jsonl::broken(line, error);
    Broken { span: Span::new(at).shifted(start), words }
}

/// A tree that is being built.
struct Tree<'t> {
    text: &'t str,
    broken: Vec<Broken>,
    /// Objects and arrays around what is read.
    depth: usize,
}

impl Tree<'_> {
    /// An object or an array; anything else is nothing.
    fn nested(&mut self, span: Span) -> Node {
        if self.depth == DEEPEST {
            let words = Words::new(format!("嵌套超过 {DEEPEST} 层，没有读"), format!("more than {DEEPEST} levels deep; not read"));
            self.broken.push(Broken { span, words });
            return Node { span, value: Value::Nothing };
        }
        self.depth += 1;
        let value = if let Some(members) = members(self.text, span) {
            Value::Table(self.entries(members))
        } else if let Some(items) = items(self.text, span) {
            Value::List(items.into_iter().map(|item| self.node(item)).collect())
        } else {
            // A document that is one bare value.
            Value::Text(self.text[span.range()].to_owned())
        };
        self.depth -= 1;
        Node { span, value }
    }

    /// The entries of an object; of a name that is given twice, the first.
    fn entries(&mut self, members: Vec<Member>) -> Vec<(Key, Node)> {
        let mut seen = std::collections::BTreeSet::new();
        let mut entries = Vec::new();
        for Member { name, key, value } in members {
            if seen.insert(name.clone()) {
                let node = self.node(value);
                entries.push((Key { name, span: key }, node));
            } else {
                let words =
                    Words::new(format!("`{name}` 写了两次，只读第一个"), format!("`{name}` is given twice; only the first is read"));
                self.broken.push(Broken { span: key, words });
            }
        }
        entries
    }

    fn node(&mut self, written: json_object::Value) -> Node {
        let span = written.written();
        let value = match written {
            json_object::Value::Text(inner) => Value::Text(self.text[inner.range()].to_owned()),
            json_object::Value::Escaped(inner) => {
                let undone = escape::backslashes(&self.text[inner.range()], inner.start as usize);
                self.broken.extend(undone.broken.into_iter().map(|span| Broken { span, words: jsonl::HALF_A_CHARACTER }));
                Value::Text(undone.text)
            }
            json_object::Value::Bare(inner) => bare(&self.text[inner.range()]),
            json_object::Value::Nothing => Value::Nothing,
            json_object::Value::Nested(inner) => return self.nested(inner),
        };
        Node { span, value }
    }
}

fn bare(text: &str) -> Value {
    match (text, text.parse::<i64>(), text.parse::<f64>()) {
        ("true", ..) => Value::Flag(true),
        ("false", ..) => Value::Flag(false),
        (_, Ok(whole), _) => Value::Integer(whole),
        (_, Err(_), number) => Value::Float(number.unwrap_or(f64::NAN)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;

    fn read(text: &str) -> Trial {
        Trial::new("a.json", text)
    }

    #[test]
    fn a_campaign_and_an_array_of_records_are_read() {
        let campaign = r#"{
  "account": [{"id": "a", "kind": "personal", "friends": 12}],
  "draft": {"text": "请加\u5fae信\ud83c\udf81", "promo": true, "title": null},
  "operation": [{"action": "login", "id": "d", "time": "2026-11-20 09:00", "repeat": {"rule": "FREQ=DAILY;COUNT=2"}},
                {"action": "transfer", "amount": 12.50, "count": 1e3}]
}"#;
        let trial = read(campaign);
        assert_eq!(trial.problems(), []);
        let mut rows = trial.rows();
        rows.sort();
        assert_eq!(
            rows,
            [
                "account.id=a account.kind=personal account.friends=12",
                "action=transfer amount=12.5 count=1000",
                "promo=true text=请加微信🎁",
                "time=2026-11-20T09:00:00+08:00 action=login id=d#1",
                "time=2026-11-21T09:00:00+08:00 action=login id=d#2",
            ]
        );
        assert_eq!((trial.behind("微"), trial.behind("🎁")), ("\\u5fae", "\\ud83c\\udf81"));
        assert!(trial.found_again().iter().all(|fields| !fields.is_empty()));
        let list = read(r#" [ {"text": "加微信"}, {"action": "login"}, 3, [] ] "#);
        assert_eq!(list.rows(), ["text=加微信", "action=login"]);
        assert_eq!(list.spans()[0], crate::span::Span::new(3..24));
        assert_eq!(list.problems(), [("input-bad-value", "3"), ("input-bad-value", "[]")]);
    }

    #[test]
    fn what_is_broken_is_told_at_its_place() {
        for (text, place) in [
            ("{\"draft\": [\n{\"text\": \"a\",}]}", "}"),
            ("{\"draft\": {\"text\": \"a\", \"text\": \"b\"}}", "text"),
            ("{\"draft\": {\"text\": \"\\ud800\"}}", "\\ud800"),
            ("[{\"text\": \"a\"}", "}"),
            ("加微信", "加"),
        ] {
            assert_eq!(read(text).problems(), [("input-bad-json", place)], "{text:?}");
        }
        assert_eq!(read("{\"drafts\": []}").problems(), [("input-unknown-table", "drafts")]);
        assert_eq!(read("3").problems().len(), 1);
        for nothing in ["", "\n", "{}", "[]"] {
            assert_eq!((read(nothing).problems().len(), read(nothing).spans().len()), (0, 0), "{nothing:?}");
        }
    }

    #[test]
    fn hostile_files_end() {
        assert_eq!(read(&"[".repeat(200_000)).problems().len(), 1);
        assert_eq!(read(&format!("{}{}", "[".repeat(200_000), "]".repeat(200_000))).problems()[0].0, "input-bad-json");
        assert_eq!(read(&format!("{{\"draft\":{}1{}}}", "{\"a\":".repeat(80), "}".repeat(80))).problems()[0].0, "input-bad-json");
        let many = vec!["{\"text\":\"加微信\"}"; 5_000].join(",");
        assert_eq!(read(&format!("[{many}]")).texts().len(), 5_000);
    }
}
