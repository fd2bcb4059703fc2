//! Values of a record into its columns, each checked.

use super::super::cell::{Cell, Content};
use super::{Intake, guess};
use crate::decimal::Decimal;
use crate::problem::Problem;
use crate::record::{ACTION, Form, Unescaped, Wanted};
use crate::span::Span;
use crate::vocabulary::{FieldType, Vocabulary};
use crate::words::Words;
use std::borrow::Cow;

impl<'a> Intake<'a> {
    /// Puts a cell into a column of the newest record or account.
    pub(super) fn set(&mut self, fact: bool, column: u16, cell: &Cell<'_>) {
        let layout = self.layout;
        let wanted = &layout.columns(fact)[column as usize];
        match wanted.form {
            Form::Key => self.set_key(fact, column, cell),
            Form::Number => self.set_number(fact, column, cell),
            Form::Text => {
                let records = if fact { &mut self.accounts } else { &mut self.records };
                match &cell.content {
                    Content::Plain(_) => records.set_text(column, cell.span),
                    Content::Unescaped(text) => {
                        let (content, pieces) = (**text).clone();
                        records.set_unescaped(column, Unescaped { content, span: cell.span, pieces });
                    }
                }
            }
        }
    }

    fn set_key(&mut self, fact: bool, column: u16, cell: &Cell<'_>) {
        let wanted: &Wanted = &self.layout.columns(fact)[column as usize];
        let text = cell.text();
        let value: Cow<'_, str> = match wanted.kind {
            FieldType::Flag => match flag(text) {
                Some(flag) => Cow::Borrowed(if flag { "true" } else { "false" }),
                None => return self.bad_flag(cell),
            },
            FieldType::Word if text.starts_with(' ') || text.ends_with(' ') => Cow::Borrowed(text.trim()),
            FieldType::Word | FieldType::Number | FieldType::Text | FieldType::Time => Cow::Borrowed(text),
        };
        if value.is_empty() {
            return;
        }
        let words: &'a Vocabulary = self.words;
        let is_kind = fact && words.name(wanted.field) == "account.kind";
        let value = if is_kind { Cow::Owned(words.kind_called(&value).to_owned()) } else { value };
        let records = if fact { &mut self.accounts } else { &mut self.records };
        let id = records.set_key(column, &value);
        if !fact && column == ACTION.column {
            let row = self.records.len() - 1;
            self.check_action(id, (row, cell.span));
        } else if is_kind && !self.words.account_kinds().any(|kind| kind == value) {
            let value = value.into_owned();
            self.bad_kind(&value, cell);
        }
    }

    /// Looks at the action of a row: one that people call otherwise gets its declared name, one that nobody knows is reported.
    pub(super) fn check_action(&mut self, id: u32, (row, span): (usize, Span)) {
        let names = self.records.names(ACTION.column);
        let name = names.and_then(|names| names.get(id)).unwrap_or_default().trim().to_owned();
        if self.is_declared(id, &name) {
            return;
        }
        if let Some(action) = self.words.action_called(&name) {
            self.records.rename(ACTION.column, row, action);
            return;
        }
        let words = Words::new(format!("没有名为 `{name}` 的动作"), format!("no action is called `{name}`"));
        let guess = guess(&name, self.words.actions().chain(self.words.spoken_actions())).map(str::to_owned);
        self.problems.push(Problem::error("input-unknown-action", self.id, span, words).with_guess(guess.as_deref()));
    }

    fn is_declared(&mut self, id: u32, name: &str) -> bool {
        let at = id as usize;
        self.actions.resize(self.actions.len().max(at + 1), None);
        *self.actions[at].get_or_insert_with(|| self.words.has_action(name))
    }

    fn bad_kind(&mut self, name: &str, cell: &Cell<'_>) {
        let words = Words::new(format!("没有名为 `{name}` 的账号类型"), format!("no kind of account is called `{name}`"));
        let known: Vec<&str> = self.words.account_kinds().collect();
        let help = Words::new(format!("可以写：{}", known.join(" ")), format!("one of: {}", known.join(" ")));
        self.problems.push(Problem::error("input-unknown-kind", self.id, cell.span, words).with_help(help));
    }

    fn bad_flag(&mut self, cell: &Cell<'_>) {
        let text = cell.text().to_owned();
        let words = Words::new(format!("`{text}` 不是“是/否”"), format!("`{text}` is neither yes nor no"));
        let help = Words::fixed("写 true 或 false", "write true or false");
        self.problems.push(Problem::error("input-bad-value", self.id, cell.span, words).with_help(help));
    }

    fn set_number(&mut self, fact: bool, column: u16, cell: &Cell<'_>) {
        let text = cell.text().trim();
        if text.is_empty() {
            return;
        }
        let may_be_negative = self.words.is_own(self.layout.columns(fact)[column as usize].field);
        let records = if fact { &mut self.accounts } else { &mut self.records };
        match Decimal::parse(text).filter(|number| number.0 != i64::MIN) {
            Some(number) if number >= Decimal(0) || may_be_negative => records.set_number(column, number),
            Some(_) => self.bad_number(cell, Words::fixed("是负数，数量和金额不能是负数", "is negative; counts and amounts never are")),
            None => self.bad_number(cell, Words::fixed("不是可以计算的数", "is not a number that can be counted with")),
        }
    }

    fn bad_number(&mut self, cell: &Cell<'_>, wrong: Words) {
        let text = cell.text().trim();
        let words = Words::new(format!("`{text}` {}", wrong.zh), format!("`{text}` {}", wrong.en));
        let help =
            Words::fixed("写成阿拉伯数字，最多六位小数，不带单位和逗号", "write digits, at most six after the point, no unit, no comma");
        self.problems.push(Problem::error("input-bad-number", self.id, cell.span, words).with_help(help));
    }
}

/// Yes or no, as people write it in tables.
fn flag(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "是" | "有" => Some(true),
        "false" | "no" | "n" | "0" | "否" | "无" | "没有" => Some(false),
        _ => None,
    }
}
