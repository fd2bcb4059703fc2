//! `.jsonl`: one JSON object a line.
//!
//! Logs hold ten million lines that all look alike: strings, numbers, `true`, `false`, `null`, in the same order. Such a line is read in
//! one pass, and allocates only where a string has escapes. A line with anything else on it is read again by the exact way, which
//! knows all of JSON and says where it is broken. Both give the same records.

mod line;

use self::line::Line;
use super::cell::{Cell, FieldRef};
use super::escape;
use super::intake::Intake;
use super::json_object::{Member, Value, members};
use super::{Field, Fields, Format, Reading};
use crate::source::Source;
use crate::span::Span;
use crate::words::Words;
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use serde::de::IgnoredAny;
use std::ops::Range;

/// Logs and plans of programs.
pub(super) const FORMAT: Format = Format {
    name: "jsonl",
    extensions: &["jsonl", "ndjson"],
    about: Words::fixed("一行一条记录（JSON），适合日志和程序导出", "one record a line as JSON, for logs and exports"),
    claims: |_| true,
    reading: Reading::InPieces { read, cut },
    open,
};

pub(super) fn read(intake: &mut Intake<'_>, text: &str, range: Range<usize>) {
    let mut line = Line::new(text);
    let mut at = range.start;
    while at < range.end {
        at = line.read(intake, at).unwrap_or_else(|| exact(intake, text, at));
        if at <= text.len() {
            intake.line(at);
        }
    }
    intake.flush();
}

/// Behind the last line break.
fn cut(_name: &str, _head: Option<&str>, bytes: &[u8]) -> usize {
    memchr::memrchr(b'\n', bytes).map_or(0, |line_break| line_break + 1)
}

/// Reads the line that begins at `start` with all of JSON in mind, gives the start of the next.
#[cold]
fn exact(intake: &mut Intake<'_>, text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
    let line = rest[..length].strip_suffix('\r').unwrap_or(&rest[..length]);
    let span = Span::new(start..start + line.len());
    if line.trim().is_empty() {
        return start + length + 1;
    }
    if let Err(error) = serde_json::from_str::<IgnoredAny>(line) {
        let (at, words) = broken(line, &error);
        intake.problem("input-bad-json", Span::new(at).shifted(start), words);
    } else if let Some(members) = members(text, span) {
        let cells = cells(intake, text, &members);
        intake.record(span, &cells);
    } else {
        intake.problem(
            "input-bad-json",
            span,
            Words::fixed("一行应当是一个 JSON 对象：{\"action\": …}", "a line must be a JSON object: {\"action\": …}"),
        );
    }
    start + length + 1
}

/// Members as cells; says which cannot be.
fn cells<'t>(intake: &mut Intake<'_>, text: &'t str, members: &[Member]) -> Vec<Cell<'t>> {
    let mut cells = Vec::with_capacity(members.len());
    let mut seen: HashSet<&str, FixedState> = HashSet::default();
    for member in members {
        let field = intake.field(&member.name, member.key);
        if !seen.insert(intake.called(&member.name)) {
            let words = Words::new(
                format!("字段 `{}` 写了两次，只读第一个", member.name),
                format!("field `{}` is given twice; only the first is read", member.name),
            );
            intake.problem("input-duplicate-field", member.key, words);
            continue;
        }
        match member.value {
            Value::Text(span) | Value::Bare(span) => cells.push(Cell::plain(field, span, text)),
            Value::Escaped(span) => cells.push(unescaped(intake, field, (&text[span.range()], span))),
            Value::Nested(span) if intake.knows(&member.name) => {
                let words = Words::new(
                    format!("字段 `{}` 要的是一个值，这里是对象或数组", member.name),
                    format!("field `{}` takes one value, this is an object or an array", member.name),
                );
                intake.problem("input-bad-value", span, words);
            }
            Value::Nested(_) | Value::Nothing => {}
        }
    }
    cells
}

fn unescaped<'t>(intake: &mut Intake<'_>, field: FieldRef, (text, span): (&str, Span)) -> Cell<'t> {
    let undone = escape::backslashes(text, span.start as usize);
    for lone in undone.broken {
        intake.problem("input-bad-json", lone, HALF_A_CHARACTER);
    }
    Cell::unescaped(field, span, undone.text, undone.pieces)
}

/// What is wrong with an escape that names no character.
pub(super) const HALF_A_CHARACTER: Words =
    Words::fixed("这个转义只有半个字符（不成对的代理项）", "this escape is half a character (an unpaired surrogate)");

/// Where a line stops being JSON, and why.
pub(super) fn broken(text: &str, error: &serde_json::Error) -> (Range<usize>, Words) {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    // The column is that of the byte to blame, but for control characters, where it is that of the byte before.
    let column = error.column() + usize::from(said.starts_with("control"));
    let at = (0..column.min(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let length = text[at..].chars().next().map_or(0, char::len_utf8);
    let zh = IN_CHINESE.iter().find(|(en, _)| said.starts_with(en)).map_or(said, |(_, zh)| zh);
    (at..at + length, Words::new(format!("JSON 语法错误：{zh}"), format!("broken JSON: {said}")))
}

/// What serde_json says, by its first words.
const IN_CHINESE: [(&str, &str); 11] = [
    ("EOF", "没有写完"),
    ("trailing comma", "多了一个逗号"),
    ("trailing characters", "一行只能有一条记录，这里后面多了内容"),
    ("expected `:`", "字段名后面要有冒号"),
    ("expected `,`", "这里应当是逗号，或者结束的括号"),
    ("expected", "这里应当是一个值"),
    ("control character", "字符串里有控制字符，换行要写成 \\n"),
    ("invalid escape", "没有这种转义"),
    ("unexpected end of hex", "转义没有写完"),
    ("invalid number", "数写错了"),
    ("key must be a string", "字段名要加双引号"),
];

/// The way back to the fields of a line: the line is walked again.
struct Lines<'s>(&'s Source);

pub(super) fn open(source: &Source) -> Box<dyn Fields + '_> {
    Box::new(Lines(source))
}

impl Fields for Lines<'_> {
    fn of(&self, record: Span) -> Vec<Field> {
        let text = self.0.piece(record);
        let members = members(&text, Span::new(0..text.len())).unwrap_or_default();
        let field = |member: Member| {
            let (value, span) = match member.value {
                Value::Text(span) | Value::Bare(span) => (text[span.range()].to_owned(), span),
                Value::Escaped(span) => (escape::backslashes(&text[span.range()], 0).text, span),
                Value::Nested(_) | Value::Nothing => return None,
            };
            Some(Field { name: member.name, value, span: span.shifted(record.start as usize) })
        };
        members.into_iter().filter_map(field).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Trial {
        Trial::new("a.jsonl", text)
    }

    #[test]
    fn a_line_is_a_record() {
        let trial =
            read("{\"action\":\"transfer\",\"amount\":12.50,\"promo\":true,\"title\":null}\n\n{\"text\": \"加微信\", \"amount\": \"3\"}");
        assert_eq!(trial.rows(), ["action=transfer promo=true amount=12.5", "amount=3 text=加微信"]);
        assert_eq!(trial.spans(), [Span::new(0..62), Span::new(64..100)]);
        assert_eq!(trial.found_again(), [vec!["action=transfer", "amount=12.50", "promo=true"], vec!["text=加微信", "amount=3"]]);
        assert_eq!(trial.problems(), []);
    }

    #[test]
    fn windows_line_breaks_and_a_byte_order_mark_are_no_part_of_a_record() {
        let bytes = "\u{feff}{\"text\":\"a\"}\r\n\r\n{\"text\":\"b\"}\r\n".as_bytes().to_vec();
        let trial = Trial::of(Source::decode("a.jsonl", bytes));
        assert_eq!(trial.spans(), [Span::new(0..12), Span::new(16..28)]);
        assert_eq!((trial.texts(), trial.problems()), (vec!["a".to_owned(), "b".to_owned()], vec![]));
    }

    #[test]
    fn the_order_of_fields_may_change() {
        let trial = read(concat!(
            "{\"action\":\"login\",\"a_name_of_more_than_sixteen\":1,\"account\":\"a\"}\n",
            "{\"account\":\"b\",\"action\":\"login\",\"a_name_of_more_than_sixteem\":\"x\"}\n",
            "{\"a_name_of_more_than_sixteen\":-0.5,\"account\":\"c\" ,\"action\":\"login\" }  \n",
        ));
        assert_eq!(trial.rows(), ["action=login account=a", "action=login account=b", "action=login account=c"]);
        assert_eq!(trial.problems(), []);
    }

    #[test]
    fn escapes_lead_back_to_their_bytes() {
        for line in
            [r#"{"text":"请加\u5fae信\n领\ud83c\udf81"}"#, r#"{"nested":{"text":"x"}, "t\u0065xt" : "请加\u5fae信\n领\ud83c\udf81" }"#]
        {
            let trial = read(line);
            assert_eq!(trial.texts(), ["请加微信\n领🎁"], "{line}");
            assert_eq!(trial.behind("微"), r"\u5fae");
            assert_eq!(trial.behind("微信"), r"\u5fae信");
            assert_eq!(trial.behind("🎁"), r"\ud83c\udf81");
            assert_eq!(trial.found_again(), [["text=请加微信\n领🎁"]]);
            assert_eq!(trial.problems(), []);
        }
    }

    #[test]
    fn a_broken_line_is_placed_and_the_rest_is_read() {
        for (line, blamed) in [
            ("{\"text\":\"a\",}", "}"),
            ("{\"text\":\"a\"} {}", "{"),
            ("{\"text\" \"a\"}", "\""),
            ("{text:1}", "t"),
            ("{\"amount\":01}", "1"),
            ("{\"amount\":1.}", "}"),
            ("{\"text\":\"微\\q\"}", "q"),
            ("{\"text\":\"微", "微"),
            ("{\"text\":\"a\tb\"}", "\t"),
            ("{\"text\":\"a\"", "\""),
            ("不是 JSON", "不"),
            ("[1]", "[1]"),
            ("\0", "\0"),
        ] {
            let trial = read(&format!("{{\"text\":\"first\"}}\n{line}\n{{\"text\":\"last\"}}\n"));
            assert_eq!(trial.texts(), ["first", "last"], "{line}");
            assert_eq!(trial.problems(), [("input-bad-json", blamed)], "{line}");
        }
    }

    #[test]
    fn what_is_not_one_value_is_told() {
        let trial =
            read("{\"text\":\"a\",\"amount\":{\"x\":[1,\"}\"]},\"more\":[1]}\n{\"text\":\"a\",\"text\":\"b\"}\n{\"text\":\"\\ud83d加\"}\n");
        assert_eq!(
            trial.problems(),
            [("input-bad-value", "{\"x\":[1,\"}\"]}"), ("input-duplicate-field", "text"), ("input-bad-json", "\\ud83d")]
        );
        assert_eq!(trial.texts(), ["a", "a", "\u{FFFD}加"]);
    }

    #[test]
    fn a_field_given_under_two_names_is_given_twice() {
        let trial = read("{\"action\":\"login\",\"动作\":\"call\"}\n{\"动作\":\"call\"}\n");
        assert_eq!(trial.problems(), [("input-duplicate-field", "动作")]);
        assert_eq!(trial.rows(), ["action=login", "action=call"]);
    }

    #[test]
    fn a_name_among_many_is_given_twice() {
        let names = |names: Range<usize>| names.map(|n| format!("\"k{n}\":1,")).collect::<String>();
        let line = |names: String| format!("{{{names}\"text\":\"a\"}}\n");
        let trial = read(&[line(names(0..99)), line(names(0..99) + "\"k98\":1,"), line(names(90..99) + &names(0..90))].concat());
        assert_eq!((trial.problems(), trial.texts()), (vec![("input-duplicate-field", "k98")], vec!["a".to_owned(); 3]));
    }

    #[test]
    fn actions_get_their_declared_names_row_by_row() {
        let line = |action: &str| format!("{{\"action\":\"{action}\"}}\n");
        let text: String = ["加好友", "login", "发消息", "加好友", "add_friend", "lgin", "login"].map(line).concat();
        let trial = read(&text);
        let actions = ["add_friend", "login", "send_message", "add_friend", "add_friend", "lgin", "login"];
        assert_eq!(trial.rows(), actions.map(|action| format!("action={action}")));
        assert_eq!(trial.problems(), [("input-unknown-action", "lgin")]);
    }

    #[test]
    fn hostile_files_end() {
        let deep = format!("{{\"text\":\"a\",\"more\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
        assert_eq!(read(&deep).texts(), ["a"]);
        assert_eq!(read(&deep[..deep.len() - 1]).problems().len(), 1);
        let long = "微".repeat(400_000);
        assert_eq!(read(&format!("{{\"text\":\"{long}\"}}")).texts(), [long]);
        let names: String = (0..50_000).map(|n| format!("\"k{n}\":1,")).collect();
        assert_eq!(read(&format!("{{{names}\"text\":\"a\"}}\n{{{names}\"text\":\"b\"}}")).texts(), ["a", "b"]);
        for text in ["", "\n", "\r\n", "\"", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"", "{\"a\":-", "{\"a\":t", "{}", "\0\0"] {
            read(text);
        }
    }

    fn lines() -> impl Strategy<Value = String> {
        let value = proptest::sample::select(
            &[
                "\"加\"",
                "\"\"",
                "\" a\"",
                "\"a \"",
                "\"\\u52a0\\n\"",
                "\"a\tb\"",
                "\"a name of more than sixteen bytes\"",
                "\"fifteen bytes..\\\"加\"",
                "\"sixteen bytes...\\\"\"",
                "\"2026-11-20T09:00:00.250+08:00\"",
                "\"2026-11-20T09:30:00.250+08:00 \"",
                "\"2026-11-20T09:30:00.250+08:00\\n\"",
                "-1.5",
                "true",
                "null",
                "[1]",
                "\"\\ud800\"",
                "01",
                "\"",
            ][..],
        );
        let name =
            proptest::sample::select(&["text", "action", "amount", "id", "other", "time", "kind", "a_name_of_more_than_sixteen"][..]);
        let line = proptest::collection::vec((name, value), 0..5);
        let line = line
            .prop_map(|all| format!("{{{}}}", all.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect::<Vec<_>>().join(",")));
        let broken = prop_oneof![4 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\n\n")];
        proptest::collection::vec((line, broken), 0..12).prop_map(|all| all.into_iter().map(|(line, end)| line + end).collect())
    }

    proptest! {
        #[test]
        fn parts_together_equal_the_whole(text in lines(), parts in 1usize..9) {
            let (whole, split) = (read(&text), Trial::split("a.jsonl", &text, parts));
            prop_assert_eq!(whole.rows(), split.rows());
            prop_assert_eq!(whole.spans(), split.spans());
            prop_assert_eq!(whole.placed(), split.placed());
        }

        #[test]
        fn the_fast_way_and_the_exact_one_agree(text in lines()) {
            // A space before the brace is enough to send a line the exact way.
            let exact: String = text.split_inclusive('\n').map(|line| format!(" {line}")).collect();
            let blamed = |trial: &Trial, span| trial.source.slice(span).trim().to_owned();
            let codes = |trial: &Trial| trial.placed().into_iter().map(|(code, span)| (code, blamed(trial, span))).collect::<Vec<_>>();
            let (fast, exact) = (read(&text), read(&exact));
            prop_assert_eq!(fast.rows(), exact.rows());
            prop_assert_eq!(codes(&fast), codes(&exact));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "[{}\\[\\]\":,\\\\ua0-9\n\r\t微 ]{0,60}") {
            let trial = read(&text);
            for span in trial.spans() {
                prop_assert!(span.end as usize <= text.len());
            }
            trial.found_again();
        }
    }
}
