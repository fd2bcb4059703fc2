//! `similarity`: nearly the same text to more than `max` within `timespan`.
//!
//! A record breaks the rule when more than `max` different values of `distinct` (or without it, records, each weighing its
//! `count`) in `(t - timespan, t]` have a text whose set of character shingles shares at least `threshold` of its union with
//! the set of this record's text (Jaccard). Texts are folded first; those shorter than `min_length` are not looked at.
//! The count is a lower bound, for likeness is not worth following any further once the limit is passed: all that got this very
//! text when they alone are too many, otherwise at most one above the limit.

use super::evidence::{Broken, GROUP_BY, Group, ON_MISSING, SHOWN, Weights, counted, hit};
use super::run::Runs;
use super::{Building, Check, Hit, Kind, Needed, OnMissing, OverSeries, Spot, Walk};
use crate::collection::Record;
use crate::decimal::Decimal;
use crate::finding::Detail;
use crate::likeness::{LONGEST, Likeness, Measure, Present};
use crate::record::{Form, MISSING, Slot};
use crate::schema::{Key, Shape};
use crate::text::fold::Folded;
use crate::time::Length;
use crate::timeline::{Moment, Series, Told};
use crate::tree::Node;
use crate::vocabulary::FieldType;
use crate::words::{Fixed, Words};
use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;
use std::ops::{ControlFlow, RangeInclusive};

pub(super) const KIND: Kind = Kind {
    name: "similarity",
    about: Fixed { zh: "几乎相同的文本发给太多对象", en: "nearly the same text to too many" },
    shape: Shape::Table(&[
        Key::may("field", Shape::Field, "比较哪个字段，默认 text", "the field to compare; text if not given"),
        Key::may("shingle", Shape::Whole, "几个字一组来比较，默认 3", "how many characters are compared at once; 3 if not given"),
        Key::may("threshold", Shape::Number, "多像才算，0 到 1，默认 0.85", "how alike is alike, up to 1; 0.85 if not given"),
        Key::may(
            "distinct",
            Shape::Field,
            "数哪个字段的不同值，如 target；不写就数条数",
            "the field whose values are counted, such as target; records without it",
        ),
        Key::must("max", Shape::Whole, "窗口内最多多少", "how many are allowed in the window"),
        Key::must("timespan", Shape::Length, "窗口长度，如 24h", "how long the window is, such as 24h"),
        GROUP_BY,
        Key::may("min_length", Shape::Whole, "短于几个字就不看，默认 10", "shorter texts are not looked at; 10 if not given"),
        ON_MISSING,
    ]),
    message: Words::fixed(
        "{group} 在 {timespan} 内几乎相同的文本至少有 {count} 份，上限是 {max}",
        "{group}: at least {count} nearly the same within {timespan}; the limit is {max}",
    ),
    parts: &["count", "max", "group", "rows", "timespan", "field"],
    build,
};

struct Similarity {
    group: Group,
    field: Slot,
    measure: Measure,
    shortest: usize,
    /// The field whose values are counted, or none.
    distinct: Vec<Slot>,
    max: usize,
    timespan: Length,
    weight: Option<Slot>,
    on_missing: OnMissing,
}

/// One, in millionths.
const ONE: i128 = 1_000_000;
/// Records to look back for others like one that breaks.
const LOOK_BACK: usize = 200;

type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let group = Group::build(building);
    let field = field(building);
    let measure = measure(building);
    let whole = |name: &str, absent: i64| usize::try_from(building.get(name).map_or(Some(absent), Node::integer)?).ok();
    let (max, shortest) = (whole("max", 0)?, whole("min_length", 10)?);
    let distinct = building.slot("distinct", Form::Key).into_iter().collect();
    let (timespan, weight, on_missing) = (building.length("timespan")?, building.weight(), building.on_missing());
    let (field, measure) = (field?, measure?);
    Some(Check::Series(Box::new(Similarity { group, field, measure, shortest, distinct, max, timespan, weight, on_missing })))
}

fn field(building: &mut Building<'_, '_>) -> Option<Slot> {
    let name = building.text("field").unwrap_or("text");
    let field = building.words.field(name)?;
    if !matches!(building.words.field_type(field), FieldType::Text | FieldType::Word) || building.words.is_fact(field) {
        let words = Words::new(format!("`{name}` 里没有可比较的文本"), format!("`{name}` holds no text of a record"));
        building.problem("field", "policy-wrong-type", words);
        return None;
    }
    Some(building.layout.want(building.words, field, Form::Text))
}

fn measure(building: &mut Building<'_, '_>) -> Option<Measure> {
    let shingle = building.get("shingle").map_or(Some(3), Node::integer)?;
    let shingle = usize::try_from(shingle).ok().filter(|shingle| (1..=LONGEST).contains(shingle));
    if shingle.is_none() {
        let words = Words::new(format!("`shingle` 要在 1 到 {LONGEST} 之间"), format!("`shingle` is from 1 to {LONGEST}"));
        building.problem("shingle", "policy-bad-value", words);
    }
    let threshold = building.get("threshold").map_or(Some(Decimal(850_000)), Node::number)?;
    let threshold = u64::try_from(threshold.0).ok().filter(|threshold| (1..=1_000_000).contains(threshold));
    if threshold.is_none() {
        let words = Words::fixed("`threshold` 要大于 0，不超过 1", "`threshold` is above 0 and at most 1");
        building.problem("threshold", "policy-bad-value", words);
    }
    Some(Measure { shingle: shingle?, threshold: threshold? })
}

impl OverSeries for Similarity {
    fn group_by(&self) -> &[Slot] {
        &self.group.slots
    }

    fn needs(&self) -> &[Slot] {
        &self.distinct
    }

    fn reach(&self) -> Option<Length> {
        Some(self.timespan)
    }

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn is_choosy(&self) -> bool {
        true
    }

    fn takes(&self, record: Record<'_>) -> bool {
        let lacks = self.distinct.iter().any(|slot| record.key(*slot) == MISSING);
        // What is not looked at lacks nothing.
        record.text(self.field).is_some_and(|text| !lacks || Folded::of(&text.content).chars().len() >= self.shortest.max(1))
    }

    fn looks_back(&self) -> bool {
        true
    }

    fn walk(&self) -> Box<dyn Walk + '_> {
        Box::new(Alike { rule: self, runs: Runs::default() })
    }
}

/// The texts of a group.
struct Alike<'r> {
    rule: &'r Similarity,
    runs: Runs,
}

impl Walk for Alike<'_> {
    fn on(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        // So few cannot be too many, unless each weighs more than one.
        let few = !self.rule.distinct.is_empty() && series.moments.len() <= self.rule.max;
        if (!few || self.runs.is_open()) && series.fresh < series.moments.len() {
            self.compare(series, hits);
        }
        if series.is_last() {
            self.runs.keeps(series, hits);
        }
        Needed::From(series.moments.partition_point(|moment| series.until.saturating_sub(moment.time) >= self.rule.timespan.0))
    }

    fn is_idle(&self) -> bool {
        !self.runs.is_open()
    }

    fn rests(&self) -> bool {
        !self.runs.is_open()
    }

    fn runs(&mut self) -> &mut Runs {
        &mut self.runs
    }
}

impl Alike<'_> {
    fn compare(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) {
        let rule = self.rule;
        let texts = Texts::read(rule, series);
        let likeness = Likeness::of(texts.folded.iter().map(Vec::as_slice), rule.measure);
        let series = Series { moments: &texts.moments, fresh: texts.fresh, ..*series };
        let mut sweep = Sweep::new(rule, &series, &likeness);
        let mut from = 0;
        for (at, moment) in series.moments.iter().enumerate() {
            while moment.time.saturating_sub(series.moments[from].time) >= rule.timespan.0 {
                sweep.leave(texts.of[from], series.moments[from]);
                from += 1;
            }
            sweep.enter(texts.of[at], *moment);
            if at < series.fresh {
                continue;
            }
            let count = sweep.count(texts.of[at]);
            series.tell(*moment, || Told::count(count, Some(rule.limit())));
            if count > rule.limit() {
                let alike = |other: &usize| likeness.is_alike(texts.of[*other], texts.of[at]);
                let mut room = || rule.limit() - sweep.before(texts.of[at], *moment);
                self.runs.breaks(&series, (at, count), || rule.hit(&series, (from..=at, room()), alike));
            } else {
                self.runs.keeps(&series, hits);
            }
        }
    }
}

impl Similarity {
    fn limit(&self) -> i128 {
        self.max as i128 * ONE
    }

    fn hit(&self, series: &Series<'_>, (window, room): (RangeInclusive<usize>, i128), alike: impl Fn(&usize) -> bool) -> Hit {
        let words = Words::fixed("与它几乎相同", "nearly the same");
        let (from, at) = (*window.start(), *window.end());
        let before = (from.max(at.saturating_sub(LOOK_BACK))..at).rev().filter(&alike).take(SHOWN);
        let related = before.map(|at| (series.table.row(series.moments[at].row), words.clone().into())).collect();
        let records = counted(series, (from..=at).filter(alike).map(|at| &series.moments[at]));
        let mut hit = hit(series, &self.group, window, Broken { max: self.limit(), allowed_at: None, room });
        if let Detail::Window(window) = &mut hit.detail {
            window.records = records;
        }
        Hit { related, spot: Spot::Field(self.field), ..hit }
    }
}

/// The texts of a series that are long enough.
#[derive(Default)]
struct Texts {
    /// The records that have one.
    moments: Vec<Moment>,
    /// The first of them that was not walked yet.
    fresh: usize,
    /// The number of the text of each.
    of: Vec<u32>,
    /// The different texts, folded.
    folded: Vec<Vec<char>>,
}

impl Texts {
    fn read(rule: &Similarity, series: &Series<'_>) -> Texts {
        let mut texts = Texts::default();
        let (mut written, mut folded): (Map<Cow<'_, str>, u32>, Map<Vec<char>, u32>) = Default::default();
        let mut fold = Folded::default();
        for (at, moment) in series.moments.iter().enumerate() {
            if at == series.fresh {
                texts.fresh = texts.moments.len();
            }
            let Some(text) = series.all.get(series.table.row(moment.row)).text(rule.field) else { continue };
            let number = written.get(&text.content).copied().unwrap_or_else(|| {
                fold.fill(&text.content);
                let next = folded.len() as u32;
                let is_long = fold.chars().len() >= rule.shortest.max(1);
                let number = if is_long { *folded.entry(fold.chars().to_vec()).or_insert(next) } else { MISSING };
                written.insert(text.content, number);
                number
            });
            if number != MISSING {
                texts.moments.push(*moment);
                texts.of.push(number);
            }
        }
        texts.folded = vec![Vec::new(); folded.len()];
        folded.into_iter().for_each(|(text, number)| texts.folded[number as usize] = text);
        texts
    }
}

/// What stands in the window, by text.
struct Sweep<'a> {
    rule: &'a Similarity,
    series: &'a Series<'a>,
    weights: Weights<'a>,
    likeness: &'a Likeness,
    present: Present<'a>,
    sent: Vec<Sent>,
    seen: HashSet<u32, foldhash::fast::FixedState>,
}

/// How often a text stands in the window.
#[derive(Clone, Default)]
struct Sent {
    records: u32,
    weight: i128,
    /// Different values, each with its number of records.
    values: Map<u32, u32>,
}

impl<'a> Sweep<'a> {
    fn new(rule: &'a Similarity, series: &'a Series<'a>, likeness: &'a Likeness) -> Sweep<'a> {
        let weights = Weights::of(series, rule.weight, Decimal(1_000_000));
        let sent = vec![Sent::default(); likeness.len()];
        Sweep { rule, series, weights, likeness, present: Present::new(likeness), sent, seen: HashSet::default() }
    }

    fn value(&self, moment: Moment) -> Option<u32> {
        self.rule.distinct.first().map(|slot| self.series.all.get(self.series.table.row(moment.row)).key(*slot))
    }

    fn enter(&mut self, text: u32, moment: Moment) {
        let (value, weight) = (self.value(moment), self.weights.get(moment));
        let sent = &mut self.sent[text as usize];
        sent.records += 1;
        sent.weight += weight;
        if let Some(value) = value {
            *sent.values.entry(value).or_insert(0) += 1;
        }
        if sent.records == 1 {
            self.present.add(text);
        }
    }

    fn leave(&mut self, text: u32, moment: Moment) {
        let (value, weight) = (self.value(moment), self.weights.get(moment));
        let sent = &mut self.sent[text as usize];
        sent.records -= 1;
        sent.weight -= weight;
        if let Some((value, count)) = value.and_then(|value| Some((value, sent.values.get_mut(&value)?))) {
            *count -= 1;
            if *count == 0 {
                sent.values.remove(&value);
            }
        }
        if sent.records == 0 {
            self.present.remove(text);
        }
    }

    /// How many there are of a text and those like it, in millionths; exact up to one above the limit.
    fn count(&mut self, text: u32) -> i128 {
        if self.rule.distinct.is_empty() { self.weight(text, 0) } else { self.values(text) as i128 * ONE }
    }

    /// How much there was without the last record, exact up to the limit.
    fn before(&mut self, text: u32, last: Moment) -> i128 {
        match self.rule.distinct.is_empty() {
            true => self.weight(text, self.weights.get(last)),
            false => self.rule.limit(),
        }
    }

    /// What weighs a text and those like it, without so much.
    fn weight(&mut self, text: u32, without: i128) -> i128 {
        let (enough, sent, likeness) = (self.rule.limit() + ONE, &self.sent, self.likeness);
        let mut sum = sent[text as usize].weight - without;
        if sum > self.rule.limit() {
            return sum;
        }
        self.present.find(text, |other| {
            if likeness.is_alike(text, other) {
                sum += sent[other as usize].weight;
            }
            if sum < enough { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        sum.min(enough)
    }

    fn values(&mut self, text: u32) -> usize {
        let (max, sent, seen, likeness) = (self.rule.max, &self.sent, &mut self.seen, self.likeness);
        let own = &sent[text as usize].values;
        if own.len() > max {
            return own.len();
        }
        seen.clear();
        seen.extend(own.keys());
        self.present.find(text, |other| {
            let values = &sent[other as usize].values;
            // Text after text to the same few: what adds nothing need not be compared.
            let adds = values.keys().any(|value| !seen.contains(value));
            if adds && likeness.is_alike(text, other) {
                seen.extend(values.keys().take(max + 1));
            }
            if seen.len() <= max { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        seen.len().min(max + 1)
    }
}
