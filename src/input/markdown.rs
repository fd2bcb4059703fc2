//! `.md`: one draft, with fields in its front matter (`---` YAML, `+++` TOML).
//!
//! Markdown's own signs stay in the text: they are sent, or they are a layout that a check must see through anyway.

use super::intake::Intake;
use super::{Field, Fields, Format, Reading, comment, scalar};
use crate::source::Source;
use crate::span::Span;
use crate::tree::{Broken, Key, Node, Value, from_toml, from_yaml};
use crate::words::Words;
use std::ops::Range;

/// Drafts with a title, an account, a time.
pub(super) const FORMAT: Format = Format {
    name: "markdown",
    extensions: &["md", "markdown"],
    about: Words::fixed("一个文件一篇文案，开头可以写字段", "one draft a file, with fields at its head"),
    claims: |_| true,
    reading: Reading::Whole(read),
    open,
};

fn read(intake: &mut Intake<'_>) {
    let source = intake.source;
    let draft = Draft::of(source);
    for broken in &draft.broken {
        intake.problem("input-bad-front-matter", broken.span, broken.words.clone());
    }
    let mut cells = Vec::new();
    for entry in &draft.fields {
        if entry.0.name == "text" && !draft.body.is_empty() {
            let words = Words::fixed("正文已经在下面，开头的 `text` 没有读", "the text stands below; the `text` at the head is not read");
            intake.problem("input-duplicate-field", entry.0.span, words);
        } else {
            scalar::take(intake, entry, &mut cells);
        }
    }
    if !draft.body.is_empty() {
        let field = intake.field("text", draft.body);
        cells.push(comment::cell(source, field, draft.body));
    }
    if !cells.is_empty() {
        intake.record(whole(source), &cells);
        comment::take(intake, draft.body);
    }
}

fn whole(source: &Source) -> Span {
    Span::new(0..source.text().len())
}

/// A draft taken apart.
struct Draft {
    fields: Vec<(Key, Node)>,
    broken: Vec<Broken>,
    body: Span,
}

impl Draft {
    fn of(source: &Source) -> Draft {
        let text = source.text();
        let none = || Draft { fields: Vec::new(), broken: Vec::new(), body: body(text, 0) };
        let Some(head) = Head::of(text) else { return none() };
        let written = &text[head.fields.clone()];
        let (root, broken) = if head.toml { from_toml(written) } else { from_yaml(written) };
        let fields = match root.value {
            Value::Table(fields) => fields,
            Value::Nothing => Vec::new(),
            // Two lines of dashes with a sentence between them are rules across the page, not fields.
            _ => return none(),
        };
        let by = head.fields.start;
        Draft {
            fields: fields.into_iter().map(|(key, node)| (Key { span: key.span.shifted(by), ..key }, shifted(node, by))).collect(),
            broken: broken.into_iter().map(|broken| Broken { span: broken.span.shifted(by), ..broken }).collect(),
            body: body(text, head.end),
        }
    }
}

/// The text from `start` on, without the line breaks at its end; nothing when it is blank.
fn body(text: &str, start: usize) -> Span {
    let body = text[start..].trim_end_matches(['\n', '\r']);
    Span::new(start..start + if body.trim().is_empty() { 0 } else { body.len() })
}

/// A node of the front matter, as a node of the file.
fn shifted(node: Node, by: usize) -> Node {
    Node { span: node.span.shifted(by), ..node }
}

/// Where the front matter stands.
struct Head {
    toml: bool,
    /// Between its fences.
    fields: Range<usize>,
    /// Behind the line of its second fence.
    end: usize,
}

impl Head {
    /// The front matter; none when the file does not begin with a fence, or the fence is never closed.
    fn of(text: &str) -> Option<Head> {
        let mut at = 0;
        let mut lines = text.split_inclusive('\n').map(|line| {
            at += line.len();
            (line.trim_end(), at - line.len(), at)
        });
        let (fence, _, start) = lines.next().filter(|(line, ..)| matches!(*line, "---" | "+++"))?;
        let (_, close, end) = lines.find(|(line, ..)| *line == fence || (*line == "..." && fence == "---"))?;
        Some(Head { toml: fence == "+++", fields: start..close, end })
    }
}

/// The fields of the one draft.
struct Opened<'s> {
    source: &'s Source,
    draft: Draft,
}

fn open(source: &Source) -> Box<dyn Fields + '_> {
    Box::new(Opened { source, draft: Draft::of(source) })
}

impl Fields for Opened<'_> {
    fn of(&self, record: Span) -> Vec<Field> {
        if record != whole(self.source) {
            return Vec::new();
        }
        let body = self.draft.body;
        let hidden = |entry: &&(Key, Node)| entry.0.name != "text" || body.is_empty();
        let mut fields: Vec<Field> =
            self.draft.fields.iter().filter(hidden).filter_map(|entry| scalar::field(entry, self.source)).collect();
        if !body.is_empty() {
            fields.push(Field { name: "text".to_owned(), value: self.source.slice(body).to_owned(), span: body });
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use super::*;

    fn read(text: &str) -> Trial {
        Trial::new("a.md", text)
    }

    #[test]
    fn a_file_is_a_draft() {
        let trial = read("# 新品\n\n**加**微信\n");
        assert_eq!(trial.rows(), ["text=# 新品\n\n**加**微信"]);
        assert_eq!(trial.spans(), [Span::new(0..trial.source.text().len())]);
    }

    #[test]
    fn front_matter_gives_fields() {
        for text in [
            "---\ntitle: 新品到店\naccount: \"a1\"\ntime: 2026-11-20 09:00\npromo: true\ntags: [a, b]\n---\n正文\n",
            "+++\r\ntitle = '新品到店'\r\naccount = \"a1\"\r\ntime = 2026-11-20 09:00:00\r\npromo = true\r\ntags = []\r\n+++\r\n正文\r\n",
        ] {
            let trial = read(text);
            assert_eq!(trial.rows(), ["time=2026-11-20T09:00:00+08:00 account=a1 promo=true text=正文 title=新品到店"]);
            assert_eq!(trial.problems(), []);
            let found = trial.found_again().remove(0);
            assert_eq!(
                (found[0].as_str(), found[1].as_str(), found.last().map(String::as_str)),
                ("title=新品到店", "account=a1", Some("text=正文"))
            );
        }
    }

    #[test]
    fn a_byte_order_mark_does_not_hide_front_matter() {
        let trial = Trial::of(Source::decode("a.md", "\u{feff}---\nid: 1\n---\n正文".as_bytes().to_vec()));
        assert_eq!(trial.rows(), ["id=1 text=正文"]);
    }

    #[test]
    fn what_cannot_be_read_is_placed_and_the_text_is_read() {
        let trial = read("---\naccount: [a, b]\ntext: x\nacount: 1\n---\n正文");
        assert_eq!(trial.problems(), [("input-bad-value", "["), ("input-duplicate-field", "text"), ("input-unknown-field", "acount")]);
        assert_eq!(trial.texts(), ["正文"]);
        let trial = read("+++\nid = \ntitle = '好'\n+++\n正文");
        assert_eq!(trial.placed().iter().map(|(code, span)| (*code, span.start)).collect::<Vec<_>>(), [("input-bad-front-matter", 9)]);
        assert_eq!(trial.texts(), ["正文"]);
        let trial = read("---\nid: 1\nid: 2\n---\n正文");
        assert_eq!(trial.placed().iter().map(|(code, span)| (*code, span.start)).collect::<Vec<_>>(), [("input-bad-front-matter", 10)]);
        assert_eq!(trial.texts(), ["正文"]);
    }

    #[test]
    fn a_rule_across_the_page_hides_nothing() {
        for text in ["---\n加微信\n---\n正文", "---\n加微信", "---", "+++\n加微信\n---\n", "----\nid: 1\n----\n"] {
            assert_eq!(read(text).texts(), [text.trim_end()], "{text:?}");
        }
    }

    #[test]
    fn the_text_may_stand_at_the_head() {
        let trial = read("---\ntext: \"加\\u5fae信\"\n---\n");
        assert_eq!(trial.texts(), ["加微信"]);
        assert_eq!(trial.behind("微"), "\\u5fae");
        assert_eq!(trial.found_again(), [["text=加微信"]]);
    }

    #[test]
    fn an_empty_file_is_no_record() {
        for text in ["", "\n\n", "---\n---\n"] {
            assert_eq!((read(text).spans().len(), read(text).problems().len()), (0, 0), "{text:?}");
        }
    }

    #[test]
    fn hostile_files_end() {
        read(&format!("---\na: {}\n---\n", "[".repeat(50_000)));
        read(&format!("+++\na = {}\n+++\n", "[".repeat(50_000)));
        read(&format!("---\n\0: \"\n---\n{}", "微".repeat(400_000)));
        read(&format!("---\n{}---\n正文", (0..2_000).map(|n| format!("key{n}: 加\n")).collect::<String>()));
    }
}
