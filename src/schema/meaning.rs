//! Values of a policy that mean something: days, lengths, zones, patterns, shares, names of fields, and what fields may hold.

use super::{Problems, Shape};
use crate::problem::{Problem, meant};
use crate::span::Span;
use crate::text::PATTERN_SIZE;
use crate::time::{Length, Zone};
use crate::tree::{Node, Value, written};
use crate::vocabulary::{FieldId, FieldType};
use crate::words::Words;
use regex_syntax::hir::{Class, Hir, HirKind};
use std::ops::Range;

impl Problems<'_> {
    /// Checks a value whose type alone does not make it right.
    pub(super) fn meaning(&mut self, node: &Node, shape: &Shape) {
        match (shape, &node.value) {
            (Shape::Day, Value::Date(date)) => self.day(node, date),
            (Shape::Share, Value::Integer(_) | Value::Float(_)) => self.share(node, node.number().map(|n| n.0)),
            (_, Value::Text(text)) => self.string_meaning(node, text, shape),
            _ => self.wrong_meaning(node, shape),
        }
    }

    fn string_meaning(&mut self, node: &Node, text: &str, shape: &Shape) {
        match shape {
            Shape::Day => self.day(node, text),
            Shape::Length if Length::parse(text).is_none() => {
                let words = Words::new(format!("`{text}` 不是时长"), format!("`{text}` is not a length of time"));
                self.add("policy-bad-duration", node.span, words).help = Words::fixed("写成 30s、5m、24h、7d", "write 30s, 5m, 24h or 7d");
            }
            Shape::Zone if Zone::named(text).is_none() => {
                let words = Words::new(format!("没有名为 `{text}` 的时区"), format!("no time zone is called `{text}`"));
                self.add("policy-unknown-timezone", node.span, words).help =
                    Words::fixed("写 IANA 名称，例如 Asia/Shanghai", "write an IANA name such as Asia/Shanghai");
            }
            Shape::Pattern => self.pattern(node, text),
            Shape::Share => self.share(node, share(text).map(|_| 0)),
            Shape::OneOf(known) if !known.contains(&text) => {
                let words = Words::new(format!("不能写 `{text}`"), format!("`{text}` is not allowed here"));
                self.add_slip(("policy-bad-value", node.span), words, (text, known.iter().copied()));
            }
            Shape::Field => _ = self.field(node, text),
            Shape::Fact => self.fact(node, text),
            _ => {}
        }
    }

    fn day(&mut self, node: &Node, text: &str) {
        if !is_day(text) {
            let words = match text.get(..10).is_some_and(is_day) {
                true => Words::new(format!("`{text}` 不只是日期，还有时刻"), format!("`{text}` is a date with a time of day")),
                false => Words::new(format!("`{text}` 不是日期"), format!("`{text}` is not a date")),
            };
            self.add("policy-bad-date", node.span, words).help = Words::fixed("写成 2026-11-01", "write 2026-11-01");
        }
    }

    /// A share from 0 to 1, in millionths.
    fn share(&mut self, node: &Node, millionths: Option<i64>) {
        if !millionths.is_some_and(|share| (0..=1_000_000).contains(&share)) {
            let text = &self.text[node.span.range()];
            let words = Words::new(format!("`{text}` 不是比例"), format!("`{text}` is not a share"));
            self.add("policy-bad-value", node.span, words).help = Words::fixed("写成 \"1/30\" 或 0.5", "write \"1/30\" or 0.5");
        }
    }

    fn field(&mut self, node: &Node, name: &str) -> Option<FieldId> {
        let field = self.words.field(name);
        if field.is_none() {
            self.unknown_field(node.span, name);
        }
        field
    }

    fn fact(&mut self, node: &Node, name: &str) {
        if self.field(node, name).is_some_and(|field| !self.words.is_fact(field)) {
            let words = Words::new(format!("`{name}` 不是账号的事实"), format!("`{name}` is no fact of an account"));
            let facts = self.words.field_names().filter(|name| name.starts_with("account.")).collect::<Vec<_>>();
            self.add_slip(("policy-unknown-field", node.span), words, (&format!("account.{name}"), facts.into_iter()));
        }
    }

    /// Checks a value that a field is compared with: declared actions, kinds of account, numbers, flags.
    pub(crate) fn value(&mut self, field: FieldId, node: &Node) {
        let words = self.words;
        let Some(name) = node.scalar() else { return self.check(node, &Shape::Scalar, node.span) };
        if words.name(field) == "action" && !words.has_action(&name) {
            let said = Words::new(format!("没有名为 `{name}` 的动作"), format!("no action is called `{name}`"));
            self.add_slip(("policy-unknown-action", node.span), said, (&name, words.actions().collect::<Vec<_>>().into_iter()));
        } else if words.name(field) == "account.kind" && !words.account_kinds().any(|kind| kind == name) {
            let said = Words::new(format!("没有名为 `{name}` 的账号类型"), format!("no kind of account is called `{name}`"));
            self.add_slip(("policy-bad-value", node.span), said, (&name, words.account_kinds().collect::<Vec<_>>().into_iter()));
        } else if words.field_type(field) == FieldType::Flag {
            self.check(node, &Shape::Flag, node.span);
        } else if words.field_type(field) == FieldType::Number {
            self.check(node, &Shape::Number, node.span);
        }
    }

    fn wrong_meaning(&mut self, node: &Node, shape: &Shape) {
        match shape {
            Shape::Length => self.wrong_type(node, "时长，如 \"24h\"", "a length of time such as \"24h\""),
            Shape::Day => self.wrong_type(node, "日期，如 2026-11-01", "a date such as 2026-11-01"),
            Shape::Field | Shape::Fact => self.wrong_type(node, "字段名", "the name of a field"),
            Shape::Share => self.wrong_type(node, "比例，如 \"1/30\"", "a share such as \"1/30\""),
            _ => self.wrong_type(node, "字符串", "a string"),
        }
    }

    /// Reports a field nobody declared.
    pub(crate) fn unknown_field(&mut self, span: Span, name: &str) {
        let words = Words::new(format!("没有名为 `{name}` 的字段"), format!("no field is called `{name}`"));
        let declared = self.words;
        let guess = meant(self.found.len(), name, declared.field_names().collect::<Vec<_>>().into_iter());
        let help = Words::fixed("用 [[field]] 声明新字段，或改成已有的字段名", "declare it with [[field]], or use a field that exists");
        let problem = Problem::error("policy-unknown-field", self.source, span, words);
        self.found.push(if guess.is_some() { problem.with_guess(guess) } else { problem.with_help(help) });
    }

    /// Reports a regular expression that does not compile, at the characters that are wrong.
    fn pattern(&mut self, node: &Node, pattern: &str) {
        if pattern.is_empty() {
            return self.empty(node);
        }
        let too_large = || self.found.iter().filter(|problem| problem.code == "policy-bad-regex").count() >= TOO_LARGE;
        if let Err((range, why)) = pattern_error(pattern, too_large) {
            let inside = written(&self.text[node.span.range()], range);
            let span = Span::new(inside).shifted(node.span.start as usize);
            self.add("policy-bad-regex", span, Words::new(format!("正则表达式有误：{why}"), format!("bad regular expression: {why}")));
        }
    }
}

/// Wrong expressions in one file behind which heavy ones are not built any more, only to be found too large in turn.
const TOO_LARGE: usize = 20;

/// Where and why a regular expression is wrong; a heavy one is not built once there are `too_many` wrong ones.
fn pattern_error(pattern: &str, too_many: impl Fn() -> bool) -> Result<(), (Range<usize>, String)> {
    let range = |span: &regex_syntax::ast::Span| span.start.offset..span.end.offset;
    let parsed = regex_syntax::ast::parse::Parser::new().parse(pattern).map_err(|error| (range(error.span()), error.kind().to_string()))?;
    let translated = regex_syntax::hir::translate::Translator::new().translate(pattern, &parsed);
    let hir = translated.map_err(|error| (range(error.span()), error.kind().to_string()))?;
    if weight(&hir) < LIGHT {
        return Ok(());
    }
    if too_many() {
        return Err((0..pattern.len(), "not tried, like every other heavy one behind so many mistakes".to_owned()));
    }
    let built = regex::RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build();
    built.map(|_| ()).map_err(|error| (0..pattern.len(), error.to_string()))
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
