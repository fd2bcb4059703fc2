//! Kinds of rules: a kind is one file here and one line in `KINDS`.

mod capacity;
mod combine;
mod constraint;
mod contact;
mod dated;
mod distinct;
mod evidence;
mod fact;
mod guard;
mod interval;
mod lexicon;
mod quota;
mod rate;
mod ratio;
mod recent;
mod regex;
mod run;
mod sequence;
mod similarity;
mod time_window;

pub(crate) use evidence::SHOWN;
pub(crate) use run::Runs;

use crate::collection::{Record, Row};
use crate::decimal::Decimal;
use crate::finding::{Detail, Why};
use crate::lists::Lists;
use crate::record::{Form, Layout, Slot};
use crate::schema::{Problems, Shape};
use crate::span::Span;
use crate::text::{Need, Reading, SetId, TermsBuilder};
use crate::time::{Length, Zone};
use crate::timeline::{END, Series};
use crate::tree::Node;
use crate::vocabulary::{FieldType, Vocabulary};
use crate::words::{Fixed, Words};

/// A kind of rule: the code behind the sub-table of its name.
pub(crate) struct Kind {
    /// The name of the sub-table.
    pub name: &'static str,
    /// What it checks.
    pub about: Fixed,
    /// The shape of the sub-table.
    pub shape: Shape,
    /// What a rule says when its policy says nothing; placeholders in braces.
    pub message: Words,
    /// The placeholders its messages may use.
    pub parts: &'static [&'static str],
    /// Makes a rule that can run, or reports every mistake.
    pub build: fn(&mut Building<'_, '_>) -> Option<Check>,
}

/// Every kind there is.
pub(crate) const KINDS: &[Kind] = &[
    lexicon::KIND,
    regex::KIND,
    combine::KIND,
    contact::KIND,
    constraint::KIND,
    fact::KIND,
    rate::KIND,
    quota::KIND,
    interval::KIND,
    distinct::KIND,
    capacity::KIND,
    ratio::KIND,
    sequence::KIND,
    time_window::KIND,
    similarity::KIND,
];

/// A rule that can run.
pub(crate) enum Check {
    /// Looks at one record at a time.
    Each(Box<dyn EachRecord>),
    /// Looks at the records of one key in order of time.
    Series(Box<dyn OverSeries>),
}

/// Signs that must weigh so much together before a rule has anything to say. By default nothing is needed.
#[derive(Clone, Debug)]
pub(crate) struct Waking {
    /// How much.
    pub least: u64,
    /// What a text may show, and what each weighs.
    pub signs: Vec<(Need, u64)>,
    /// What a text must hold besides.
    pub beside: Need,
}

impl Default for Waking {
    fn default() -> Waking {
        Waking { least: 0, signs: Vec::new(), beside: Need::NOTHING }
    }
}

impl Waking {
    /// Whatever is needed.
    pub(crate) fn on(beside: Need) -> Waking {
        Waking { beside, ..Waking::default() }
    }

    /// Whether a text shows it.
    pub(crate) fn is_by(&self, reading: &Reading<'_>) -> bool {
        let shown = self.signs.iter().filter(|(need, _)| need.is_met(reading)).fold(0, |sum: u64, (_, weight)| sum.saturating_add(*weight));
        shown >= self.least && self.beside.is_met(reading)
    }

    /// Sets that are `seen` and of which one must be there; empty when the rule must always look.
    pub(crate) fn sets(&self, seen: impl Fn(SetId) -> bool) -> Vec<SetId> {
        let (mut unseen, mut sets) = (0u64, Vec::new());
        for (need, weight) in &self.signs {
            match need.sets(&seen) {
                Some(more) => sets.extend(more),
                None => unseen = unseen.saturating_add(*weight),
            }
        }
        if unseen < self.least { sets } else { self.beside.sets(&seen).unwrap_or_default() }
    }
}

/// A rule on single records.
pub(crate) trait EachRecord: Send + Sync {
    /// The fields it reads. When all are facts of accounts, and its `match` names no field of records, it looks at accounts.
    fn slots(&self) -> &[Slot];

    /// Whether an account that is not registered is reported.
    fn on_missing(&self) -> OnMissing {
        OnMissing::Skip
    }

    /// What a text must show for a hit.
    fn waking(&self) -> Waking {
        Waking::default()
    }

    /// Hits of one record that passed the rule's `match`.
    fn check(&self, subject: &Subject<'_>, hits: &mut Vec<Hit>);
}

/// A record, and its texts as they are read.
pub(crate) struct Subject<'a> {
    /// The record.
    pub record: Record<'a>,
    /// Its texts, by column.
    pub readings: Vec<(Slot, Reading<'a>)>,
}

impl<'a> Subject<'a> {
    /// The text in a column; none when it is empty.
    pub(crate) fn reading(&self, slot: Slot) -> Option<&Reading<'a>> {
        self.readings.iter().find(|(known, _)| *known == slot).map(|(_, reading)| reading)
    }
}

/// A rule on the records of one key.
pub(crate) trait OverSeries: Send + Sync {
    /// What the records are grouped by.
    fn group_by(&self) -> &[Slot];

    /// Fields without which a record cannot be counted, besides those it is grouped by.
    fn needs(&self) -> &[Slot] {
        &[]
    }

    /// Fields of a record that are read again when others have come after it.
    fn keeps(&self) -> &[Slot] {
        self.needs()
    }

    /// How long a record may be needed while no run is open, if that follows from its time.
    fn reach(&self) -> Option<Length> {
        None
    }

    /// Whether a record without a time cannot be counted.
    fn needs_time(&self) -> bool {
        true
    }

    /// Whether a record that cannot be counted is reported.
    fn on_missing(&self) -> OnMissing;

    /// Whether it narrows the records it takes by [`OverSeries::takes`].
    fn is_choosy(&self) -> bool {
        false
    }

    /// Narrows the records a rule takes beyond its `match`.
    fn takes(&self, _record: Record<'_>) -> bool {
        true
    }

    /// Whether it looks at records again when others have come after them.
    fn looks_back(&self) -> bool {
        false
    }

    /// A record further than this from all others that it is counted with breaks nothing, and tells nothing of them.
    fn nearness(&self) -> Option<Length> {
        None
    }

    /// A walk over the records of a group.
    fn walk(&self) -> Box<dyn Walk + '_>;
}

/// A walk over the records of one group, in one go or in pieces.
pub(crate) trait Walk: Send {
    /// Walks over the fresh records of a series, and on to the time until which all is known. After the last of a group the walk
    /// is as it was before the first.
    fn on(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed;

    /// When it must be walked on even if nothing comes: then something is over that is open now.
    fn due(&self) -> i64 {
        END
    }

    /// Whether it knows nothing but what the needed records tell.
    fn is_idle(&self) -> bool;

    /// Whether it may go on with any other group: it keeps nothing that the needed records do not tell.
    fn rests(&self) -> bool {
        false
    }

    /// The run that is open.
    fn runs(&mut self) -> &mut Runs;

    /// Visits the rows it keeps, besides those of the run.
    fn rows(&mut self, _visit: &mut dyn FnMut(&mut u32)) {}

    /// Forgets the numbers of names, which have changed; the needed records tell them again.
    fn forget_names(&mut self) {}
}

/// Which records of a series are needed when it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needed {
    /// All from a place on.
    From(usize),
    /// Of all from a place on the first and last few, to be shown.
    Ends(usize),
}

/// What happens with a record that lacks what a rule needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum OnMissing {
    /// It is reported.
    #[default]
    Report,
    /// It is left out, and the report says how many were.
    Skip,
}

/// Where a rule is broken, before anybody has put it into words.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// The record.
    pub row: Row,
    /// The place in it.
    pub spot: Spot,
    /// What was found.
    pub detail: Detail,
    /// Other records, and why.
    pub related: Vec<(Row, Why)>,
    /// What stays the same when lines move.
    pub identity: u64,
}

/// A place in a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Spot {
    /// All of it.
    Whole,
    /// The value of a field, or the whole record if it has none.
    Field(Slot),
    /// Bytes of its source, in a field.
    Bytes(Span, Slot),
}

/// Everything a kind may ask while a rule is built.
pub(crate) struct Building<'a, 'p> {
    /// The kind's sub-table, already checked against its keys.
    pub node: &'a Node,
    /// The declared fields and actions.
    pub words: &'a Vocabulary,
    /// The columns of the run.
    pub layout: &'a mut Layout,
    /// The zone of the pack.
    pub zone: &'a Zone,
    /// The word lists of all packs.
    pub lists: &'a Lists<'a>,
    /// The terms of all rules.
    pub terms: &'a mut TermsBuilder,
    /// Where mistakes go.
    pub problems: &'a mut Problems<'p>,
}

impl<'a> Building<'a, '_> {
    /// The value of a key.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Node> {
        self.node.get(name)
    }

    /// A string.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.text()
    }

    /// A number.
    pub(crate) fn number(&self, name: &str) -> Option<Decimal> {
        self.get(name)?.number()
    }

    /// A length of time.
    pub(crate) fn length(&self, name: &str) -> Option<Length> {
        Length::parse(self.text(name)?)
    }

    /// The column of the field named by a key, in a form.
    pub(crate) fn slot(&mut self, name: &str, form: Form) -> Option<Slot> {
        let field = self.words.field(self.node.get(name)?.text()?)?;
        Some(self.layout.want(self.words, field, form))
    }

    /// The columns of the fields listed by a key, to group or compare.
    pub(crate) fn keys(&mut self, name: &str) -> Vec<Slot> {
        let Some(node) = self.node.get(name) else { return Vec::new() };
        let fields: Vec<_> = node.each().iter().filter_map(|item| self.words.field(item.text()?)).collect();
        fields.into_iter().map(|field| self.layout.want(self.words, field, Form::Key)).collect()
    }

    /// The column of a declared field, by its name, to count with; the field must be a number.
    pub(crate) fn number_slot(&mut self, name: &str) -> Option<Slot> {
        let node = self.node.get(name)?;
        let field = self.words.field(node.text()?)?;
        if self.words.field_type(field) != FieldType::Number {
            let said =
                Words::new(format!("`{}` 不是数字字段", self.words.name(field)), format!("`{}` is not a number", self.words.name(field)));
            self.problems.add("policy-wrong-type", node.span, said);
            return None;
        }
        Some(self.layout.want(self.words, field, Form::Number))
    }

    /// The column of how much a record weighs.
    pub(crate) fn weight(&mut self) -> Option<Slot> {
        let field = self.words.field("count")?;
        Some(self.layout.want(self.words, field, Form::Number))
    }

    /// What to do with records that lack something.
    pub(crate) fn on_missing(&self) -> OnMissing {
        if self.text("on_missing") == Some("skip") { OnMissing::Skip } else { OnMissing::Report }
    }

    /// Reports a mistake at the value of a key.
    pub(crate) fn problem(&mut self, name: &str, code: &'static str, words: Words) {
        let span = self.node.get(name).map_or(self.node.span, |node| node.span);
        self.problems.add(code, span, words);
    }
}
