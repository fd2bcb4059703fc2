//! The shape of policy files: which keys a table may have and what may stand behind them. One declaration checks a file,
//! and makes its reference and its JSON Schema.

pub(crate) mod json;
mod meaning;
pub(crate) mod told;
mod waiver;

pub(crate) use meaning::share;
pub(crate) use waiver::WAIVER;

use crate::decimal::Decimal;
use crate::problem::{self, Problem, choices};
use crate::source::SourceId;
use crate::span::Span;
use crate::tree::{Node, Value};
use crate::vocabulary::Vocabulary;
use crate::words::{Fixed, Words, is_reason};

/// A key of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Its name.
    pub name: &'static str,
    /// What may stand behind it.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// What it is for.
    pub about: Fixed,
}

impl Key {
    /// A key that may be left out.
    pub(crate) const fn may(name: &'static str, shape: Shape, zh: &'static str, en: &'static str) -> Key {
        Key { name, shape, required: false, about: Fixed { zh, en } }
    }

    /// A key that must be there.
    pub(crate) const fn must(name: &'static str, shape: Shape, zh: &'static str, en: &'static str) -> Key {
        Key { name, shape, required: true, about: Fixed { zh, en } }
    }
}

/// What may stand behind a key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Any string that is not empty.
    Text,
    /// Any string.
    AnyText,
    /// An id: small letters, digits, `-`, `_`, `.`, `/`.
    Id,
    /// Words for people: a string, or `{ zh = …, en = … }`.
    Words,
    /// A whole number, not negative.
    Whole,
    /// A number.
    Number,
    /// A number that is not negative: how much is allowed.
    Limit,
    /// `true` or `false`.
    Flag,
    /// A day, `2026-11-01`.
    Day,
    /// A length of time, `24h`.
    Length,
    /// An IANA time zone.
    Zone,
    /// A regular expression.
    Pattern,
    /// A share, `"1/30"` or a number up to 1.
    Share,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// The name of a declared field.
    Field,
    /// The name of a declared fact of accounts.
    Fact,
    /// A string, number or flag.
    Scalar,
    /// Conditions on fields: checked by `select`.
    Match,
    /// Why something is so: a string that says something.
    Reason,
    /// At least one of these.
    List(&'static Shape),
    /// Any number of these; none is something to say, too.
    AnyList(&'static Shape),
    /// One of these, or a list of them.
    OneOrMany(&'static Shape),
    /// `true` or `false`, or this.
    FlagOr(&'static Shape),
    /// A table with these keys.
    Table(&'static [Key]),
    /// At least one table with these keys.
    Tables(&'static [Key]),
    /// Tables with these keys; none is something to say, too.
    AnyTables(&'static [Key]),
    /// Any keys, each with this.
    Map(&'static Shape),
    /// Checked elsewhere.
    Anything,
}

/// The greatest whole number: weights, lengths, rows.
const MOST: i64 = u32::MAX as i64;

/// Characters of an id.
const LONGEST_ID: usize = 100;

/// Where mistakes of one policy file are gathered.
pub(crate) struct Problems<'a> {
    /// The file.
    pub source: SourceId,
    /// What is written in it.
    pub text: &'a str,
    /// The declared fields and actions.
    pub words: &'a Vocabulary,
    /// What was found so far.
    pub found: &'a mut Vec<Problem>,
}

impl Problems<'_> {
    /// Adds a mistake.
    pub(crate) fn add(&mut self, code: &'static str, span: Span, words: Words) -> &mut Problem {
        self.found.push(Problem::error(code, self.source, span, words));
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// Adds a mistake in a name, and says which of the known ones was meant, or which there are.
    pub(crate) fn add_slip<'k>(
        &mut self,
        (code, span): (&'static str, Span),
        words: Words,
        (name, known): (&str, impl Iterator<Item = &'k str> + Clone),
    ) {
        let help = choices(self.found.len(), name, known);
        self.add(code, span, words).help = help;
    }

    fn wrong_type(&mut self, node: &Node, zh: &str, en: &str) {
        let is = node.type_name();
        self.add(
            "policy-wrong-type",
            node.span,
            Words::new(format!("这里要写{zh}，写的是{}", is.zh), format!("expected {en}, found {}", is.en)),
        );
    }

    /// Checks a table against its keys.
    pub(crate) fn table(&mut self, node: &Node, keys: &[Key], at: Span) {
        let Value::Table(entries) = &node.value else { return self.wrong_type(node, "一个表", "a table") };
        let mut meant = Vec::new();
        for (key, value) in entries {
            match keys.iter().find(|known| known.name == key.name) {
                Some(known) => self.check(value, &known.shape, key.span),
                None => {
                    let names = keys.iter().map(|known| known.name);
                    meant.extend(problem::meant(self.found.len(), &key.name, names.clone()));
                    let words = Words::new(format!("没有名为 `{}` 的键", key.name), format!("unknown key `{}`", key.name));
                    self.add_slip(("policy-unknown-key", key.span), words, (&key.name, names));
                }
            }
        }
        // A key that is only misspelt is not missing as well.
        for key in keys.iter().filter(|key| key.required && node.get(key.name).is_none() && !meant.contains(&key.name)) {
            let words =
                Words::new(format!("缺少 `{}`：{}", key.name, key.about.zh), format!("`{}` is missing: {}", key.name, key.about.en));
            self.add("policy-missing-key", at, words);
        }
    }

    /// Checks a value against a shape; `at` is the key's place.
    pub(crate) fn check(&mut self, node: &Node, shape: &Shape, at: Span) {
        match shape {
            Shape::Text | Shape::AnyText | Shape::Id | Shape::Reason => self.string(node, shape),
            Shape::Words => self.words_for_people(node),
            Shape::Whole | Shape::Number | Shape::Limit => self.number(node, shape),
            Shape::Flag => {
                if node.flag().is_none() {
                    self.wrong_type(node, " true 或 false", "true or false");
                }
            }
            Shape::Day | Shape::Length | Shape::Zone | Shape::Pattern | Shape::Share => self.meaning(node, shape),
            Shape::OneOf(_) | Shape::Field | Shape::Fact => self.meaning(node, shape),
            Shape::Scalar => {
                if node.scalar().is_none() {
                    self.wrong_type(node, "一个值", "a single value");
                }
            }
            Shape::List(of) => self.list(node, of),
            Shape::AnyList(_) if matches!(&node.value, Value::List(items) if items.is_empty()) => {}
            Shape::AnyList(of) => self.list(node, of),
            Shape::OneOrMany(of) if matches!(node.value, Value::List(_)) => self.list(node, of),
            Shape::OneOrMany(of) => self.check(node, of, at),
            Shape::FlagOr(_) if node.flag().is_some() => {}
            Shape::FlagOr(of) => self.check(node, of, at),
            Shape::Table(keys) => self.table(node, keys, at),
            Shape::Tables(keys) => self.tables(node, keys),
            Shape::AnyTables(_) if matches!(&node.value, Value::List(items) if items.is_empty()) => {}
            Shape::AnyTables(keys) => self.tables(node, keys),
            Shape::Map(of) => self.map(node, of),
            Shape::Match | Shape::Anything => {}
        }
    }

    fn string(&mut self, node: &Node, shape: &Shape) {
        let Some(text) = node.text() else { return self.wrong_type(node, "字符串", "a string") };
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_./".contains(c);
        if !matches!(shape, Shape::AnyText) && text.trim().is_empty() {
            self.empty(node);
        } else if matches!(shape, Shape::Id) && !text.chars().all(allowed) {
            let words = Words::fixed("id 只用小写字母、数字和 - _ .", "an id has small letters, digits and - _ . only");
            self.add("policy-bad-id", node.span, words);
        } else if matches!(shape, Shape::Id) && text.len() > LONGEST_ID {
            let words = Words::new(format!("id 最多 {LONGEST_ID} 个字符"), format!("an id has at most {LONGEST_ID} characters"));
            self.add("policy-bad-id", node.span, words);
        } else if matches!(shape, Shape::Reason) && !is_reason(text) {
            let words = Words::new(format!("`{text}` 没有说出理由"), format!("`{text}` says no reason"));
            self.add("policy-no-reason", node.span, words).help = Words::fixed("写清为什么，谁同意的", "say why, and who agreed");
        }
    }

    fn empty(&mut self, node: &Node) {
        self.add("policy-empty", node.span, Words::fixed("这里不能留空", "this must not be empty"));
    }

    fn words_for_people(&mut self, node: &Node) {
        const BOTH: &[Key] = &[Key::may("zh", Shape::Text, "中文", "in Chinese"), Key::may("en", Shape::Text, "英文", "in English")];
        match &node.value {
            Value::Table(entries) if entries.is_empty() => self.empty(node),
            Value::Table(_) => self.table(node, BOTH, node.span),
            _ => self.string(node, &Shape::Text),
        }
    }

    fn number(&mut self, node: &Node, shape: &Shape) {
        let whole = matches!(shape, Shape::Whole);
        let least = if matches!(shape, Shape::Number) { Decimal(i64::MIN) } else { Decimal(0) };
        let fits = node.number().is_some_and(|n| n >= least) && !(whole && node.integer().is_some_and(|n| n > MOST));
        match &node.value {
            Value::Integer(_) if fits => {}
            Value::Float(_) if fits && !whole => {}
            Value::Integer(_) => self.bad_number(node, shape),
            Value::Float(_) if !whole => self.bad_number(node, shape),
            _ if whole => self.wrong_type(node, "整数", "a whole number"),
            _ => self.wrong_type(node, "数字", "a number"),
        }
    }

    fn bad_number(&mut self, node: &Node, shape: &Shape) {
        let words = match shape {
            Shape::Number => Words::fixed("这个数无法计算", "this number cannot be counted with"),
            _ => Words::fixed("这个数不能是负数，也不能太大", "this number must be neither negative nor huge"),
        };
        self.add("policy-bad-value", node.span, words);
    }

    fn list(&mut self, node: &Node, of: &Shape) {
        let Value::List(items) = &node.value else { return self.wrong_type(node, "数组", "a list") };
        if items.is_empty() {
            self.empty_list(node.span);
        }
        for item in items {
            self.check(item, of, item.span);
        }
    }

    /// Reports a list of nothing.
    pub(crate) fn empty_list(&mut self, span: Span) {
        let words = Words::fixed("数组是空的，这条规则永远不会生效", "the list is empty; the rule could never fire");
        self.add("policy-empty-list", span, words);
    }

    fn map(&mut self, node: &Node, of: &Shape) {
        let Value::Table(entries) = &node.value else { return self.wrong_type(node, "一个表", "a table") };
        if entries.is_empty() {
            self.empty(node);
        }
        for (key, value) in entries {
            self.check(value, of, key.span);
        }
    }

    fn tables(&mut self, node: &Node, keys: &[Key]) {
        let Value::List(items) = &node.value else { return self.wrong_type(node, "一组表", "a list of tables") };
        if items.is_empty() {
            self.add("policy-empty-list", node.span, Words::fixed("数组是空的", "the list is empty"));
        }
        for item in items {
            self.table(item, keys, item.span);
        }
    }
}
