//! The shape of policy files: which keys a table may have and what may stand behind them. One declaration checks a file,
//! and makes its reference and its JSON Schema.

use crate::decimal::Decimal;
use crate::problem::Problem;
use crate::source::SourceId;
use crate::span::Span;
use crate::text::PATTERN_SIZE;
use crate::time::{Length, Zone};
use crate::tree::{Node, Value};
use crate::vocabulary::Vocabulary;
use crate::words::{Fixed, Words, nearest};
use regex_syntax::hir::{Class, Hir, HirKind};

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
    /// A string, number or flag.
    Scalar,
    /// Conditions on fields: checked by `select`.
    Match,
    /// At least one of these.
    List(&'static Shape),
    /// One of these, or a list of them.
    OneOrMany(&'static Shape),
    /// `true` or `false`, or this.
    FlagOr(&'static Shape),
    /// A table with these keys.
    Table(&'static [Key]),
    /// At least one table with these keys.
    Tables(&'static [Key]),
    /// Any keys, each with this.
    #[expect(dead_code, reason = "for overrides")]
    Map(&'static Shape),
    /// Checked elsewhere.
    Anything,
}

/// Where mistakes of one policy file are gathered.
pub(crate) struct Problems<'a> {
    /// The file.
    pub source: SourceId,
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
        for (key, value) in entries {
            match keys.iter().find(|known| known.name == key.name) {
                Some(known) => self.check(value, &known.shape, key.span),
                None => {
                    let words = Words::new(format!("没有名为 `{}` 的键", key.name), format!("unknown key `{}`", key.name));
                    self.add("policy-unknown-key", key.span, words).guess(&key.name, keys.iter().map(|known| known.name));
                }
            }
        }
        for key in keys.iter().filter(|key| key.required && node.get(key.name).is_none()) {
            let words =
                Words::new(format!("缺少 `{}`：{}", key.name, key.about.zh), format!("`{}` is missing: {}", key.name, key.about.en));
            self.add("policy-missing-key", at, words);
        }
    }

    /// Checks a value against a shape; `at` is the key's place.
    pub(crate) fn check(&mut self, node: &Node, shape: &Shape, at: Span) {
        match shape {
            Shape::Text | Shape::AnyText | Shape::Id => self.string(node, shape),
            Shape::Words => self.words_for_people(node),
            Shape::Whole | Shape::Number => self.number(node, shape),
            Shape::Flag => {
                if node.flag().is_none() {
                    self.wrong_type(node, " true 或 false", "true or false");
                }
            }
            Shape::Day | Shape::Length | Shape::Zone | Shape::Pattern | Shape::Share | Shape::OneOf(_) | Shape::Field => {
                self.meaning(node, shape)
            }
            Shape::Scalar => {
                if node.scalar().is_none() {
                    self.wrong_type(node, "一个值", "a single value");
                }
            }
            Shape::List(of) => self.list(node, of),
            Shape::OneOrMany(of) if matches!(node.value, Value::List(_)) => self.list(node, of),
            Shape::OneOrMany(of) => self.check(node, of, at),
            Shape::FlagOr(_) if node.flag().is_some() => {}
            Shape::FlagOr(of) => self.check(node, of, at),
            Shape::Table(keys) => self.table(node, keys, at),
            Shape::Tables(keys) => self.tables(node, keys),
            Shape::Map(of) => {
                for (key, value) in node.entries() {
                    self.check(value, of, key.span);
                }
            }
            Shape::Match | Shape::Anything => {}
        }
    }

    fn string(&mut self, node: &Node, shape: &Shape) {
        let Some(text) = node.text() else { return self.wrong_type(node, "字符串", "a string") };
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_./".contains(c);
        if !matches!(shape, Shape::AnyText) && text.trim().is_empty() {
            self.add("policy-empty", node.span, Words::fixed("这里不能留空", "this must not be empty"));
        } else if matches!(shape, Shape::Id) && !text.chars().all(allowed) {
            let words = Words::fixed("id 只用小写字母、数字和 - _ .", "an id has small letters, digits and - _ . only");
            self.add("policy-bad-id", node.span, words);
        }
    }

    fn words_for_people(&mut self, node: &Node) {
        const BOTH: &[Key] = &[Key::may("zh", Shape::Text, "中文", "in Chinese"), Key::may("en", Shape::Text, "英文", "in English")];
        match node.value {
            Value::Table(_) => self.table(node, BOTH, node.span),
            _ => self.string(node, &Shape::Text),
        }
    }

    fn number(&mut self, node: &Node, shape: &Shape) {
        let whole = matches!(shape, Shape::Whole);
        match (&node.value, node.number()) {
            (Value::Integer(_), Some(n)) if n >= Decimal(0) => {}
            (Value::Integer(_) | Value::Float(_), Some(_)) if !whole => {}
            (Value::Integer(_), _) if whole => {
                self.add(
                    "policy-bad-value",
                    node.span,
                    Words::fixed("这个数不能是负数，也不能太大", "this number must be neither negative nor huge"),
                );
            }
            (Value::Integer(_) | Value::Float(_), None) => {
                self.add("policy-bad-value", node.span, Words::fixed("这个数无法计算", "this number cannot be counted with"));
            }
            _ if whole => self.wrong_type(node, "整数", "a whole number"),
            _ => self.wrong_type(node, "数字", "a number"),
        }
    }

    fn list(&mut self, node: &Node, of: &Shape) {
        let Value::List(items) = &node.value else { return self.wrong_type(node, "数组", "a list") };
        if items.is_empty() {
            self.add(
                "policy-empty-list",
                node.span,
                Words::fixed("数组是空的，这条规则永远不会生效", "the list is empty; the rule could never fire"),
            );
        }
        for item in items {
            self.check(item, of, item.span);
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

    /// Strings that mean something.
    fn meaning(&mut self, node: &Node, shape: &Shape) {
        if matches!(shape, Shape::Day) && matches!(&node.value, Value::Date(date) if is_day(date))
            || matches!(shape, Shape::Share) && node.number().is_some()
        {
            return;
        }
        let Some(text) = node.text() else { return self.wrong_meaning(node, shape) };
        match shape {
            Shape::Day if !is_day(text) => {
                self.add("policy-bad-date", node.span, Words::new(format!("`{text}` 不是日期"), format!("`{text}` is not a date"))).help =
                    Words::fixed("写成 2026-11-01", "write 2026-11-01");
            }
            Shape::Length if Length::parse(text).is_none() => {
                self.add(
                    "policy-bad-duration",
                    node.span,
                    Words::new(format!("`{text}` 不是时长"), format!("`{text}` is not a length of time")),
                )
                .help = Words::fixed("写成 30s、5m、24h、7d", "write 30s, 5m, 24h or 7d");
            }
            Shape::Zone if Zone::named(text).is_none() => {
                self.add(
                    "policy-unknown-timezone",
                    node.span,
                    Words::new(format!("没有名为 `{text}` 的时区"), format!("no time zone is called `{text}`")),
                )
                .help = Words::fixed("写 IANA 名称，例如 Asia/Shanghai", "write an IANA name such as Asia/Shanghai");
            }
            Shape::Pattern => self.pattern(node, text),
            Shape::Share if share(text).is_none() => {
                self.add("policy-bad-value", node.span, Words::new(format!("`{text}` 不是比例"), format!("`{text}` is not a share")))
                    .help = Words::fixed("写成 \"1/30\" 或 0.5", "write \"1/30\" or 0.5");
            }
            Shape::OneOf(known) if !known.contains(&text) => {
                let words = Words::new(format!("不能写 `{text}`"), format!("`{text}` is not allowed here"));
                self.add("policy-bad-value", node.span, words).guess(text, known.iter().copied());
            }
            Shape::Field if self.words.field(text).is_none() => self.unknown_field(node.span, text),
            _ => {}
        }
    }

    fn wrong_meaning(&mut self, node: &Node, shape: &Shape) {
        match shape {
            Shape::Length => self.wrong_type(node, "时长，如 \"24h\"", "a length of time such as \"24h\""),
            Shape::Day => self.wrong_type(node, "日期，如 2026-11-01", "a date such as 2026-11-01"),
            Shape::Field => self.wrong_type(node, "字段名", "the name of a field"),
            _ => self.wrong_type(node, "字符串", "a string"),
        }
    }

    /// Reports a field nobody declared.
    pub(crate) fn unknown_field(&mut self, span: Span, name: &str) {
        let words = Words::new(format!("没有名为 `{name}` 的字段"), format!("no field is called `{name}`"));
        let declared = self.words;
        let guess = nearest(name, declared.field_names());
        let help = Words::fixed("用 [[field]] 声明新字段，或改成已有的字段名", "declare it with [[field]], or use a field that exists");
        let problem = Problem::error("policy-unknown-field", self.source, span, words);
        self.found.push(if guess.is_some() { problem.with_guess(guess) } else { problem.with_help(help) });
    }

    /// Reports a regular expression that does not compile, at the character that is wrong.
    fn pattern(&mut self, node: &Node, pattern: &str) {
        if let Err(error) = pattern_error(pattern) {
            let start = node.span.start + 1 + error.0 as u32;
            let span = Span { start: start.min(node.span.end), end: (start + 1).min(node.span.end) };
            self.add(
                "policy-bad-regex",
                span,
                Words::new(format!("正则表达式有误：{}", error.1), format!("bad regular expression: {}", error.1)),
            );
        }
    }
}

/// Where and why a regular expression is wrong.
fn pattern_error(pattern: &str) -> Result<(), (usize, String)> {
    let parsed =
        regex_syntax::ast::parse::Parser::new().parse(pattern).map_err(|error| (error.span().start.offset, error.kind().to_string()))?;
    let translated = regex_syntax::hir::translate::Translator::new().translate(pattern, &parsed);
    let hir = translated.map_err(|error| (error.span().start.offset, error.kind().to_string()))?;
    if weight(&hir) < LIGHT {
        return Ok(());
    }
    regex::RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build().map(|_| ()).map_err(|error| (0, error.to_string()))
}

/// An expression below this weight is far from [`PATTERN_SIZE`]; a heavier one is built to see.
const LIGHT: u64 = 8000;

/// A rough measure of what an expression becomes when it is built.
fn weight(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Class(Class::Unicode(class)) => 4 * class.ranges().len() as u64,
        HirKind::Class(Class::Bytes(class)) => class.ranges().len() as u64,
        HirKind::Capture(capture) => weight(&capture.sub),
        HirKind::Repetition(repetition) => {
            let times = u64::from(repetition.max.unwrap_or(repetition.min).max(repetition.min).max(1));
            times.saturating_mul(weight(&repetition.sub))
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().map(weight).fold(0, u64::saturating_add),
    }
}

fn is_day(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10
}

/// `1/30` or `0.5` as numerator and denominator.
pub(crate) fn share(text: &str) -> Option<(i64, i64)> {
    let (above, below) = text.split_once('/')?;
    let (above, below) = (above.trim().parse().ok()?, below.trim().parse().ok()?);
    (below > 0 && above >= 0 && above <= below).then_some((above, below))
}
