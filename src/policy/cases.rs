//! The tests of rules: `valid`, `invalid` and `[[rule.test]]` in the rule, `[[test]]` beside it.

use super::file::PolicyFile;
use super::names::{self, Names};
use super::rule::Rule;
use crate::problem::Problem;
use crate::schema::Problems;
use crate::source::SourceId;
use crate::span::Span;
use crate::tree::{Node, Value};
use crate::words::Words;
use std::collections::HashSet;

/// One test of one rule.
#[derive(Clone, Debug)]
pub struct Case {
    /// The rule it tests.
    pub rule: String,
    /// What it shows.
    pub name: String,
    /// Where it stands.
    pub place: (SourceId, Span),
    /// What is checked: a draft, or tables of records.
    pub input: CaseInput,
    /// What must come of it.
    pub expect: Expect,
    /// Of a draft, the same with the fields that the `match` of its rule asks for, as a line of JSON.
    pub(crate) matching: Option<String>,
}

/// What a case checks.
#[derive(Clone, Debug)]
pub enum CaseInput {
    /// The text of a draft.
    Draft(String),
    /// CSV: operations, registry, history; and the day it is run on.
    Rows {
        /// Operations.
        rows: String,
        /// The registry.
        accounts: Option<String>,
        /// What was already sent.
        history: Option<String>,
        /// The day.
        as_of: Option<String>,
    },
}

/// What must come of a case.
#[derive(Clone, Debug)]
pub enum Expect {
    /// This rule is silent.
    Silent,
    /// This rule speaks, at least once.
    Hit,
    /// This rule has exactly these findings.
    Findings(Vec<Expected>),
}

/// One finding a test asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The row, from 1, header not counted.
    pub row: usize,
    /// The count in its window, if the test says.
    pub count: Option<i64>,
    /// How many records break, if the test says.
    pub rows: Option<i64>,
}

/// Checks what the keys of a rule's tests do not tell: that something is checked, and that rows count from 1.
pub(super) fn check(rule: &Node, problems: &mut Problems<'_>) {
    for test in rule.get("test").map(Node::items).unwrap_or_default() {
        if !test.entries().is_empty() && !has_tables(test) {
            let words =
                Words::fixed("缺少 `rows`（或 `accounts`）：要检查的记录", "`rows` (or `accounts`) is missing: the records to check");
            problems.add("policy-missing-key", test.span, words);
        }
        check_rows(test, problems);
    }
}

/// The same for tests that name their rule.
pub(super) fn check_named(root: &Node, problems: &mut Problems<'_>) {
    for test in root.get("test").map(Node::items).unwrap_or_default() {
        let drafts = test.get("valid").is_some() || test.get("invalid").is_some();
        if !has_tables(test) && !drafts {
            let words = Words::fixed("没有要检查的内容：写 valid、invalid 或 rows", "it checks nothing: give valid, invalid or rows");
            problems.add("policy-missing-key", test.span, words);
        } else if has_tables(test) != test.get("expect").is_some() {
            let words = Words::fixed("`rows` 和 `expect` 要一起写", "`rows` and `expect` go together");
            problems.add("policy-missing-key", test.span, words);
        }
        check_rows(test, problems);
    }
}

fn has_tables(test: &Node) -> bool {
    test.get("rows").is_some() || test.get("accounts").is_some()
}

fn check_rows(test: &Node, problems: &mut Problems<'_>) {
    let expected = test.get("expect").map(Node::items).unwrap_or_default();
    for row in expected.iter().filter_map(|item| item.get("row")).filter(|row| row.integer() == Some(0)) {
        problems.add("policy-bad-value", row.span, Words::fixed("行从 1 数起", "rows are counted from 1"));
    }
}

/// The tests of all rules of a file that could be built.
pub(super) fn cases(file: &PolicyFile, rules: &[Rule]) -> Vec<Case> {
    let nodes = file.root.get("rule").map(Node::items).unwrap_or_default();
    let built: HashSet<&str> = rules.iter().map(|rule| rule.about.id.as_str()).collect();
    let is_built = |node: &&Node| node.get("id").and_then(Node::text).is_some_and(|id| built.contains(id));
    nodes.iter().filter(is_built).flat_map(|node| of_rule(file, node)).collect()
}

/// The tests of a file that name their rule, which may be another file's; a rule nobody has is a mistake.
pub(super) fn named(file: &PolicyFile, (names, files): (&Names, &[PolicyFile]), problems: &mut Vec<Problem>) -> Vec<Case> {
    let mut cases = Vec::new();
    for test in file.root.get("test").map(Node::items).unwrap_or_default() {
        let Some((node, name)) = test.get("rule").and_then(|node| Some((node, node.text()?))) else { continue };
        match names.id(files, name) {
            Some(rule) => cases.extend(of_test(file, rule, test)),
            None => {
                let guess = names.meant(name, problems.len());
                problems.push(names::unknown("policy-unknown-rule", name, (file.source, node.span), guess));
            }
        }
    }
    cases
}

fn of_rule(file: &PolicyFile, node: &Node) -> Vec<Case> {
    let rule = node.get("id").and_then(Node::text).unwrap_or_default();
    let tests = node.get("test").map(Node::items).unwrap_or_default();
    drafts(file, rule, node).chain(tests.iter().map(|test| of_table(file, rule, test))).collect()
}

/// A test that names its rule: drafts, a table of rows, or both.
fn of_test<'a>(file: &'a PolicyFile, rule: &'a str, test: &'a Node) -> impl Iterator<Item = Case> + 'a {
    let table = test.get("expect").map(|_| of_table(file, rule, test));
    drafts(file, rule, test).chain(table)
}

/// The drafts a table lists as `valid` and `invalid`.
fn drafts<'a>(file: &'a PolicyFile, rule: &'a str, node: &'a Node) -> impl Iterator<Item = Case> + 'a {
    let draft = move |item: &Node, expect: Expect| {
        let text = item.text()?.to_owned();
        let (name, place) = (text.clone(), (file.source, item.span));
        let matching = node.get("match").map(|asked| matching(&text, asked));
        Some(Case { rule: rule.to_owned(), name, place, input: CaseInput::Draft(text), expect, matching })
    };
    let items = |name: &str| node.get(name).map(Node::items).unwrap_or_default();
    let valid = items("valid").iter().filter_map(move |item| draft(item, Expect::Silent));
    valid.chain(items("invalid").iter().filter_map(move |item| draft(item, Expect::Hit)))
}

/// A text as a record that has what a `match` asks for: of each plain condition the first value.
fn matching(text: &str, asked: &Node) -> String {
    let plain = |node: &Node| match &node.each().first()?.value {
        Value::Text(text) => Some(text.as_str().into()),
        Value::Integer(number) => Some((*number).into()),
        Value::Flag(flag) => Some((*flag).into()),
        _ => None,
    };
    let mut fields: serde_json::Map<String, serde_json::Value> =
        asked.entries().iter().filter_map(|(key, node)| Some((key.name.clone(), plain(node)?))).collect();
    fields.insert("text".to_owned(), text.into());
    serde_json::Value::Object(fields).to_string()
}

fn of_table(file: &PolicyFile, rule: &str, test: &Node) -> Case {
    let text = |name: &str| test.get(name).and_then(Node::scalar);
    let expected = test.get("expect").map(Node::items).unwrap_or_default().iter().map(expected).collect();
    Case {
        rule: rule.to_owned(),
        name: text("name").unwrap_or_else(|| "test".to_owned()),
        place: (file.source, test.span),
        input: CaseInput::Rows {
            rows: text("rows").unwrap_or_default(),
            accounts: text("accounts"),
            history: text("history"),
            as_of: text("as_of"),
        },
        expect: Expect::Findings(expected),
        matching: None,
    }
}

fn expected(node: &Node) -> Expected {
    let number = |name: &str| node.get(name).and_then(Node::integer);
    Expected { row: number("row").and_then(|row| usize::try_from(row).ok()).unwrap_or(0), count: number("count"), rows: number("rows") }
}
