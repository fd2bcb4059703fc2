//! What readers hand their records to: it tells drafts, operations and accounts apart, and checks times, numbers and actions.

use super::clock::{self, Clock};
use super::permit::{self, Ignore};
use super::sign::{Sign, Signs};
use crate::collection::Row;
use crate::decimal::Decimal;
use crate::problem::Problem;
use crate::record::{ACTION, Form, Layout, Pieces, Records, Targets, Unescaped, Wanted};
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::time::{Time, Zone};
use crate::vocabulary::{FieldType, Vocabulary};
use crate::words::{Words, nearest};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::borrow::Cow;

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What is about to be sent: told apart by fields.
    Plan,
    /// What was already sent.
    History,
    /// A registry: every record is an account.
    Accounts,
}

/// A field of this file, once looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FieldRef(u16);

/// A field that no rule reads.
pub(crate) const UNREAD: FieldRef = FieldRef(u16::MAX);

/// Records a file may come to by repeating.
const MOST_REPEATED: usize = 1_000_000;

/// What a cell says.
#[derive(Clone, Debug)]
pub(crate) enum Content<'t> {
    /// What stands in the source.
    Plain(&'t str),
    /// Something that had to be unescaped.
    Unescaped(Box<(String, Pieces)>),
}

/// One value of a record.
#[derive(Clone, Debug)]
pub(crate) struct Cell<'t> {
    /// Its field.
    pub field: FieldRef,
    /// Its bytes, without quotes.
    pub span: Span,
    /// What it says.
    pub content: Content<'t>,
}

impl<'t> Cell<'t> {
    /// A cell that says what stands in `text`, where `span` is.
    pub(crate) fn plain(field: FieldRef, span: Span, text: &'t str) -> Cell<'t> {
        Cell { field, span, content: Content::Plain(text.get(span.range()).unwrap_or_default()) }
    }

    /// A cell with escapes undone.
    pub(crate) fn unescaped(field: FieldRef, span: Span, text: String, pieces: Pieces) -> Cell<'t> {
        Cell { field, span, content: Content::Unescaped(Box::new((text, pieces))) }
    }

    pub(super) fn text(&self) -> &str {
        match &self.content {
            Content::Plain(text) => text,
            Content::Unescaped(text) => &text.0,
        }
    }
}

/// A field name that was looked up.
struct Known {
    targets: Targets,
    sign: Sign,
    /// The one column of whole words it goes to, when that is all: what logs consist of.
    words_only: Option<u16>,
}

/// The receiving end of a reader.
pub(crate) struct Intake<'a> {
    /// What is read.
    pub source: &'a Source,
    /// Its number.
    pub id: SourceId,
    /// How many bytes of it stand before the text that is read now.
    pub before: usize,
    layout: &'a Layout,
    words: &'a Vocabulary,
    clock: Clock<'a>,
    role: Role,
    fields: Vec<Known>,
    by_name: HashMap<String, FieldRef, FixedState>,
    actions: Vec<bool>,
    /// The field that says what a record may break, once it was seen.
    pub(super) ignores_in: Option<FieldRef>,
    /// What records may break.
    pub ignores: Vec<Ignore>,
    /// Drafts and operations.
    pub records: Records,
    /// Accounts.
    pub accounts: Records,
    /// What could not be understood.
    pub problems: Vec<Problem>,
}

/// What every reader needs to know of the run.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    /// The columns to fill.
    pub layout: &'a Layout,
    /// The declared words.
    pub words: &'a Vocabulary,
    /// The zone of local times.
    pub zone: &'a Zone,
}

impl<'a> Intake<'a> {
    /// An empty intake for one source.
    pub(crate) fn new(source: &'a Source, id: SourceId, role: Role, setting: Setting<'a>) -> Intake<'a> {
        Intake {
            source,
            id,
            before: 0,
            layout: setting.layout,
            words: setting.words,
            clock: Clock::new(setting.zone),
            role,
            fields: Vec::new(),
            by_name: HashMap::default(),
            actions: Vec::new(),
            ignores_in: None,
            ignores: Vec::new(),
            records: Records::new(setting.layout.columns(false)),
            accounts: Records::new(setting.layout.columns(true)),
            problems: Vec::new(),
        }
    }

    /// Looks a field name up; the answer may be kept for the whole file.
    pub(crate) fn field(&mut self, name: &str, span: Span) -> FieldRef {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        let written = name;
        let name = self.called(written);
        let targets = self.layout.targets(name).cloned().unwrap_or_default();
        let sign = Sign::of(name);
        if self.fields.len() + 1 >= UNREAD.0 as usize {
            return UNREAD;
        }
        self.guess(name, span);
        if name == "repeat" {
            let words =
                Words::fixed("只有活动文件读 `repeat`；这里每条记录只算一次", "only campaigns read `repeat`; here each record counts once");
            let help = Words::fixed(
                "写成 .toml 的 [[operation]]，或一次一行",
                "make it an [[operation]] of a .toml, or write a row for each time",
            );
            self.problems.push(Problem::error("input-unsupported", self.id, span, words).with_help(help));
        }
        let field = FieldRef(self.fields.len() as u16);
        let words_only = match (targets.own.as_slice(), self.layout.columns(false)) {
            ([column], columns) if columns[*column as usize].form == Form::Key && columns[*column as usize].kind == FieldType::Word => {
                Some(*column)
            }
            _ => None,
        };
        if name == permit::FIELD {
            self.ignores_in = Some(field);
        }
        self.fields.push(Known { targets, sign, words_only });
        self.by_name.insert(written.to_owned(), field);
        field
    }

    /// The declared name of what a file calls so.
    pub(crate) fn called<'n>(&self, name: &'n str) -> &'n str
    where
        'a: 'n,
    {
        let words: &'a Vocabulary = self.words;
        words.field_called(name)
    }

    /// Whether a record that was read may have had a field of this name.
    pub(crate) fn may_have(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || self.fields.len() + 1 >= UNREAD.0 as usize
    }

    /// Whether a field is declared, for records or for accounts.
    pub(crate) fn knows(&self, name: &str) -> bool {
        let name = self.called(name);
        matches!(name, permit::FIELD | "repeat")
            || self.words.field(name).is_some()
            || self.words.field(&format!("account.{name}")).is_some()
    }

    /// The declared field that `name` was probably meant to be.
    pub(crate) fn meant(&self, name: &str) -> Option<&'a str> {
        let words: &'a Vocabulary = self.words;
        guess(name, words.field_names().map(|known| known.strip_prefix("account.").unwrap_or(known)).chain(words.spoken_fields()))
    }

    /// Says so when an unknown field looks like a slip of the key.
    fn guess(&mut self, name: &str, span: Span) {
        if self.knows(name) {
            return;
        }
        if let Some(guess) = self.meant(name) {
            let words = Words::new(
                format!("没有名为 `{name}` 的字段，这一列不会被检查"),
                format!("no field is called `{name}`; it is not checked"),
            );
            self.problems.push(Problem::warning("input-unknown-field", self.id, span, words).with_guess(Some(guess)));
        }
    }

    /// Reports something that cannot be read; the rest goes on.
    pub(crate) fn problem(&mut self, code: &'static str, span: Span, words: Words) {
        self.problems.push(Problem::error(code, self.id, span, words));
    }

    /// Takes one record.
    pub(crate) fn record(&mut self, span: Span, cells: &[Cell<'_>]) {
        let signs = self.signs(cells);
        let acts = signs.has(Sign::Action) || signs.has(Sign::Text);
        if self.role == Role::Accounts || (signs.has(Sign::Id) && signs.has(Sign::Kind) && !acts) {
            self.account(span, cells);
        } else if acts {
            self.operation(span, cells);
        } else {
            self.unknown(span, false);
        }
    }

    /// The zone of local times.
    pub(crate) fn zone(&self) -> &'a Zone {
        self.clock.zone()
    }

    /// The time that stands in a record, if it can be read.
    pub(crate) fn start(&mut self, cells: &[Cell<'_>]) -> Option<Time> {
        let cell = self.time_cell(cells)?;
        self.clock.read(cell.text())
    }

    /// The record that was just taken happens at each of these moments.
    pub(crate) fn repeat(&mut self, span: Span, times: &[Time]) {
        let newest = self.records.len().checked_sub(1).map(|row| self.records.span(row as u32));
        if newest != Some(span) {
            return;
        }
        if self.records.len() - 1 + times.len() > MOST_REPEATED {
            let words = Words::new(
                format!("这个文件里的重复一共超过 {MOST_REPEATED} 次，这一条只算一次"),
                format!("the repeats of this file come to more than {MOST_REPEATED}; this record counts once"),
            );
            return self.problem("input-bad-repeat", span, words);
        }
        let ids = self.layout.targets("id").map_or(&[][..], |targets| &targets.own);
        self.records.repeat(times, ids);
    }

    /// Takes one record that is known to be an account.
    pub(crate) fn account(&mut self, span: Span, cells: &[Cell<'_>]) {
        if self.signs(cells).has(Sign::Id) {
            self.registered(span, cells);
        } else {
            self.unknown(span, true);
        }
    }

    fn signs(&self, cells: &[Cell<'_>]) -> Signs {
        let mut signs = Signs::default();
        for cell in cells {
            if cell.field != UNREAD && !cell.span.is_empty() {
                signs.0 |= self.fields[cell.field.0 as usize].sign as u8;
            }
        }
        signs
    }

    fn unknown(&mut self, span: Span, account: bool) {
        let (words, help) = if account {
            (Words::fixed("这个账号没有 `id`", "this account has no `id`"), Words::fixed("写上账号的 id", "give the account's id"))
        } else {
            (
                Words::fixed(
                    "看不出这条记录是什么：既没有 `action`，也没有 `text`，也没有 `id` 加 `kind`",
                    "cannot tell what this record is: no `action`, no `text`, no `id` with `kind`",
                ),
                Words::fixed(
                    "操作写 action，文案写 text，账号写 id 和 kind",
                    "an operation has an action, a draft a text, an account an id and a kind",
                ),
            )
        };
        self.problems.push(Problem::error("input-unknown-record", self.id, span, words).with_help(help));
    }

    fn operation(&mut self, span: Span, cells: &[Cell<'_>]) {
        let time = self.time(cells);
        self.records.push(span, time);
        for cell in cells.iter().filter(|cell| cell.field != UNREAD && !cell.span.is_empty()) {
            if self.set_word(cell) {
                continue;
            }
            for at in 0..self.fields[cell.field.0 as usize].targets.own.len() {
                let column = self.fields[cell.field.0 as usize].targets.own[at];
                self.set(false, column, cell);
            }
        }
        permit::take_cells(self, Row::Record(self.records.len() as u32 - 1), cells);
    }

    fn registered(&mut self, span: Span, cells: &[Cell<'_>]) {
        self.accounts.push(span, None);
        for cell in cells.iter().filter(|cell| cell.field != UNREAD && !cell.span.is_empty()) {
            for at in 0..self.fields[cell.field.0 as usize].targets.facts.len() {
                let column = self.fields[cell.field.0 as usize].targets.facts[at];
                self.set(true, column, cell);
            }
        }
        permit::take_cells(self, Row::Account(self.accounts.len() as u32 - 1), cells);
    }

    fn time_cell<'c, 't>(&self, cells: &'c [Cell<'t>]) -> Option<&'c Cell<'t>> {
        cells.iter().find(|cell| cell.field != UNREAD && self.fields[cell.field.0 as usize].targets.time && !cell.span.is_empty())
    }

    fn time(&mut self, cells: &[Cell<'_>]) -> Option<Time> {
        let cell = self.time_cell(cells)?;
        let text = cell.text();
        let time = self.clock.read(text);
        if let Some(problem) = clock::doubt(text, time, self.id, cell.span) {
            self.problems.push(problem);
        }
        time
    }

    /// Puts a plain word into its one column; false when the cell is anything else.
    #[inline]
    fn set_word(&mut self, cell: &Cell<'_>) -> bool {
        let (Some(column), Content::Plain(text)) = (self.fields[cell.field.0 as usize].words_only, &cell.content) else { return false };
        let padded = text.as_bytes().first() == Some(&b' ') || text.as_bytes().last() == Some(&b' ');
        if padded {
            return false;
        }
        let id = self.records.set_key(column, text);
        if column == ACTION.column && self.actions.get(id as usize) != Some(&true) {
            self.check_action(id, cell);
        }
        true
    }

    /// Puts a cell into a column of the newest record or account.
    fn set(&mut self, fact: bool, column: u16, cell: &Cell<'_>) {
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
            self.check_action(id, cell);
        } else if is_kind && !self.words.account_kinds().any(|kind| kind == value) {
            let value = value.into_owned();
            self.bad_kind(&value, cell);
        }
    }

    fn check_action(&mut self, id: u32, cell: &Cell<'_>) {
        if let Some(known) = self.actions.get(id as usize) {
            if *known {
                return;
            }
        } else {
            let known = self.records.names(ACTION.column).and_then(|names| names.get(id)).is_some_and(|name| self.words.has_action(name));
            self.actions.resize(id as usize + 1, known);
            if known {
                return;
            }
        }
        let name = cell.text().trim().to_owned();
        if let Some(action) = self.words.action_called(&name) {
            let id = self.records.rename(ACTION.column, action) as usize;
            self.actions.resize(self.actions.len().max(id + 1), true);
            self.actions[id] = true;
            return;
        }
        let words = Words::new(format!("没有名为 `{name}` 的动作"), format!("no action is called `{name}`"));
        let guess = guess(&name, self.words.actions().chain(self.words.spoken_actions())).map(str::to_owned);
        self.problems.push(Problem::error("input-unknown-action", self.id, cell.span, words).with_guess(guess.as_deref()));
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

/// The nearest name, among those about as long: a file may hold a million names, or one of a million characters.
fn guess<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let length = name.chars().take(100).count();
    nearest(name, known.filter(|known| known.len().abs_diff(length) <= 3))
}

/// Yes or no, as people write it in tables.
fn flag(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "是" | "有" => Some(true),
        "false" | "no" | "n" | "0" | "否" | "无" | "没有" => Some(false),
        _ => None,
    }
}
