//! What readers hand their records to: it tells drafts, operations and accounts apart, and checks times, numbers and actions.

mod plain;
mod values;

pub(super) use self::plain::{Taking, Way};

use self::plain::{Goes, Other};
use super::cell::{Cell, FieldRef, UNREAD};
use super::clock::{self, Clock};
use super::permit::{self, Ignore};
use super::sign::{Sign, Signs};
use crate::collection::Row;
use crate::finding::Severity;
use crate::problem::Problem;
use crate::record::{ACTION, Batch, Form, Layout, MISSING, Records, Targets};
use crate::source::{Hidden, Lines, Source, SourceId};
use crate::span::Span;
use crate::time::{Time, Zone};
use crate::vocabulary::{FieldType, Vocabulary};
use crate::words::{Words, nearest};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::ops::Range;

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

/// Records a file may come to by repeating.
const MOST_REPEATED: usize = 1_000_000;

/// The receiving end of a reader.
pub(crate) struct Intake<'a> {
    /// What is read.
    pub source: &'a Source,
    /// Its number.
    pub id: SourceId,
    /// How many bytes of it stand before the text that is read now.
    pub before: usize,
    /// Where its lines start, the first one too, as readers pass them, if that is wanted.
    pub lines: Option<Lines>,
    layout: &'a Layout,
    words: &'a Vocabulary,
    clock: Clock<'a>,
    role: Role,
    /// Where the values of each field that was looked up go.
    fields: Vec<Targets>,
    /// The same for plain values.
    ways: Vec<Way>,
    by_name: HashMap<String, FieldRef, FixedState>,
    /// Of each action by number, whether it is declared, once that was asked.
    actions: Vec<Option<bool>>,
    /// The field that says what a record may break, once it was seen.
    pub(super) ignores_in: Option<FieldRef>,
    /// What records may break.
    pub ignores: Vec<Ignore>,
    /// Names that are not in their columns yet; empty between two pieces of a file.
    batch: Batch,
    /// Values of the record that is read now which go elsewhere.
    others: Vec<Other>,
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

#[cfg(feature = "parquet")]
impl Setting<'_> {
    /// Whether anybody asks for a field that a file calls so: a rule, or whoever tells records apart.
    pub(super) fn asks_for(&self, name: &str) -> bool {
        let name = self.words.field_called(name);
        let is_read = |targets: &Targets| targets.time || !targets.own.is_empty() || !targets.facts.is_empty();
        name == permit::FIELD || !matches!(Sign::of(name), Sign::None) || self.layout.targets(name).is_some_and(is_read)
    }
}

impl<'a> Intake<'a> {
    /// An empty intake for one source.
    pub(crate) fn new(source: &'a Source, id: SourceId, role: Role, setting: Setting<'a>) -> Intake<'a> {
        Intake {
            source,
            id,
            before: 0,
            lines: None,
            layout: setting.layout,
            words: setting.words,
            clock: Clock::new(setting.zone),
            role,
            fields: Vec::new(),
            ways: Vec::new(),
            by_name: HashMap::default(),
            actions: Vec::new(),
            ignores_in: None,
            ignores: Vec::new(),
            batch: Batch::new(),
            others: Vec::new(),
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
        let (lane, goes) = match (self.lane(&targets), targets.time, &targets.own[..]) {
            _ if name == permit::FIELD => (None, Goes::Aside),
            (None, true, []) => (None, Goes::Time),
            (None, false, []) => (None, Goes::Nowhere),
            (lane, ..) => (lane, Goes::Columns),
        };
        if name == permit::FIELD {
            self.ignores_in = Some(field);
        }
        self.fields.push(targets);
        self.ways.push(Way { field, sign, lane, goes });
        self.by_name.insert(written.to_owned(), field);
        field
    }

    /// What the plain values of a field mean.
    pub(super) fn way(&self, field: FieldRef) -> Way {
        let unread = Way { field, sign: Sign::None, lane: None, goes: Goes::Nowhere };
        self.ways.get(field.0 as usize).copied().unwrap_or(unread)
    }

    /// The lane of words that go to one column.
    fn lane(&mut self, targets: &Targets) -> Option<u16> {
        let [column] = targets.own[..] else { return None };
        let wanted = &self.layout.columns(false)[column as usize];
        let is_word = wanted.form == Form::Key && wanted.kind == FieldType::Word;
        (is_word && !targets.time).then(|| self.batch.lane(column) as u16)
    }

    /// The declared name of what a file calls so.
    pub(crate) fn called<'n>(&self, name: &'n str) -> &'n str
    where
        'a: 'n,
    {
        let words: &'a Vocabulary = self.words;
        words.field_called(name)
    }

    /// The reader has passed a line break of the text that is read now: a line starts at `at`.
    #[inline]
    pub(crate) fn line(&mut self, at: usize) {
        if let Some(lines) = &mut self.lines {
            lines.push((self.before + at) as u32);
        }
    }

    /// The reader has passed everything in a range.
    pub(crate) fn lines(&mut self, text: &str, range: Range<usize>) {
        let bytes = text.as_bytes().get(range.clone()).unwrap_or_default();
        memchr::memchr_iter(b'\n', bytes).for_each(|at| self.line(range.start + at + 1));
    }

    /// Whether a record that was read may have had an id.
    pub(crate) fn may_have_ids(&self) -> bool {
        self.ways.iter().any(|way| matches!(way.sign, Sign::Id)) || self.fields.len() + 1 >= UNREAD.0 as usize
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
        // Of two characters of Chinese, one in common says little.
        if self.knows(name) || !name.is_ascii() && name.chars().count() < 3 {
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

    /// Reports what was found wrong with the file before there was a text, and what of it nobody sees.
    pub(super) fn take_notes(&mut self) {
        let (source, id) = (self.source, self.id);
        for fault in source.faults() {
            let problem = Problem::error(fault.code, id, fault.span, fault.words.clone()).with_help(fault.help.clone());
            let severity = if fault.fails { problem.severity } else { Severity::Info };
            self.problems.push(Problem { severity, ..problem });
        }
        let mut told: Vec<&Words> = Vec::new();
        for Hidden { span, why, .. } in source.all_hidden().iter().filter(|hidden| hidden.is_told) {
            if told.contains(&why) {
                continue;
            }
            told.push(why);
            // A whole sheet is not underlined, only where it begins.
            let first = Span { end: span.end.min(source.line_span(span.start as usize).end), ..*span };
            let words = Words::new(format!("{}：也检查了；第一处在这里", why.zh), format!("{}: checked too; the first is here", why.en));
            self.problems.push(Problem { severity: Severity::Info, ..Problem::error("input-hidden", id, first, words) });
        }
    }

    /// Reports something that cannot be read; the rest goes on.
    pub(crate) fn problem(&mut self, code: &'static str, span: Span, words: Words) {
        self.problems.push(Problem::error(code, self.id, span, words));
    }

    /// Puts the names that wait into their columns. Readers do it at the end of each piece.
    pub(crate) fn flush(&mut self) {
        let first = self.records.len() - self.batch.len();
        let is_known = |id: &u32| self.actions.get(*id as usize) == Some(&Some(true));
        if !self.batch.flush_actions(&mut self.records).iter().all(is_known) {
            self.check_actions(first);
        }
        self.batch.flush(&mut self.records, self.layout);
    }

    /// Looks at the actions from row `first` on.
    fn check_actions(&mut self, first: usize) {
        for at in 0..self.batch.len() {
            let id = self.records.key(ACTION.column, (first + at) as u32);
            if id != MISSING {
                self.check_action(id, (first + at, self.batch.acted(at)));
            }
        }
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
                signs.0 |= self.ways[cell.field.0 as usize].sign as u8;
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
        self.flush();
        let time = self.time(cells);
        self.records.push(span, time);
        for cell in cells.iter().filter(|cell| cell.field != UNREAD && !cell.span.is_empty()) {
            self.set_all(cell);
        }
        permit::take_cells(self, Row::Record(self.records.len() as u32 - 1), cells);
    }

    /// Puts a cell into every column that wants it.
    fn set_all(&mut self, cell: &Cell<'_>) {
        for at in 0..self.fields[cell.field.0 as usize].own.len() {
            let column = self.fields[cell.field.0 as usize].own[at];
            self.set(false, column, cell);
        }
    }

    fn registered(&mut self, span: Span, cells: &[Cell<'_>]) {
        self.accounts.push(span, None);
        for cell in cells.iter().filter(|cell| cell.field != UNREAD && !cell.span.is_empty()) {
            for at in 0..self.fields[cell.field.0 as usize].facts.len() {
                let column = self.fields[cell.field.0 as usize].facts[at];
                self.set(true, column, cell);
            }
        }
        permit::take_cells(self, Row::Account(self.accounts.len() as u32 - 1), cells);
    }

    fn time_cell<'c, 't>(&self, cells: &'c [Cell<'t>]) -> Option<&'c Cell<'t>> {
        cells.iter().find(|cell| cell.field != UNREAD && self.fields[cell.field.0 as usize].time && !cell.span.is_empty())
    }

    fn time(&mut self, cells: &[Cell<'_>]) -> Option<Time> {
        let cell = self.time_cell(cells)?;
        self.time_of((cell.text(), cell.span))
    }

    fn time_of(&mut self, (text, span): (&str, Span)) -> Option<Time> {
        let time = self.clock.read(text);
        if !time.is_some_and(clock::is_sensible) {
            self.problems.extend(clock::doubt(text, time, self.id, span));
        }
        time
    }
}

/// The nearest name, among those about as long: a file may hold a million names, or one of a million characters.
fn guess<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let length = name.chars().take(100).count();
    nearest(name, known.filter(|known| known.chars().count().abs_diff(length) <= 3))
}
