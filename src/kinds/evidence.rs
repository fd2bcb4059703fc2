//! What counting rules have in common: groups, weights, limits that change with time, the hit.

pub(super) use super::dated::VALUES;
use super::{Building, Hit, Spot, dated};
use crate::collection::{Collection, Row};
use crate::decimal::Decimal;
use crate::finding::{Counted, Detail, Evidence, Why, Window};
use crate::record::{Numbers, Slot};
use crate::report::fingerprint;
use crate::schema::{Key, Shape};
use crate::time::Time;
use crate::timeline::{Moment, Series, Table, time_of};
use crate::words::Words;
use std::ops::RangeInclusive;

/// Records shown at each end of a window.
pub(crate) const SHOWN: usize = 3;

/// Records a finding names at most: a log may hold a million in one window.
const COUNTED: usize = 1000;

/// The key every counting rule has.
pub(super) const GROUP_BY: Key = Key::must("group_by", Shape::List(&Shape::Field), "按哪些字段分组", "the fields records are grouped by");

/// The key every counting rule may have.
pub(super) const ON_MISSING: Key = Key::may(
    "on_missing",
    Shape::OneOf(&["report", "skip"]),
    "缺少分组字段或时间时怎么办",
    "what to do when a record lacks its key or time",
);

/// The fields of a group, with their names.
pub(super) struct Group {
    /// The columns.
    pub slots: Vec<Slot>,
    names: Vec<String>,
}

impl Group {
    /// The group a rule asks for.
    pub(crate) fn build(building: &mut Building<'_, '_>) -> Group {
        let slots = building.keys("group_by");
        let name = |slot: &Slot| building.words.name(building.layout.wanted(*slot).field).to_owned();
        Group { names: slots.iter().map(name).collect(), slots }
    }

    fn values(&self, series: &Series<'_>, moment: Moment) -> Vec<(String, String)> {
        let record = series.all.get(series.table.row(moment.row));
        let value = |(at, slot): (usize, &Slot)| match series.key.filter(|_| at == 0) {
            Some(key) => series.all.named(*slot, key),
            None => record.name(*slot),
        };
        let values = self.slots.iter().enumerate().map(|slot| value(slot).unwrap_or_default().to_owned());
        self.names.iter().cloned().zip(values).collect()
    }
}

/// What each record of a series adds to a count.
#[derive(Clone, Copy)]
pub(super) struct Weights<'a> {
    own: Option<&'a Numbers>,
    /// Where the values are not those of the records themselves: facts of the accounts they belong to.
    joined: Option<(&'a Collection, Slot)>,
    absent: i64,
}

impl<'a> Weights<'a> {
    /// The values of a field, or one for each record that has none.
    #[inline(always)]
    pub(crate) fn of(series: &Series<'a>, slot: Option<Slot>, absent: Decimal) -> Weights<'a> {
        let own = match (series.table, slot) {
            (Table::Records, Some(slot)) if !slot.fact => series.all.records.numbers(slot.column),
            (Table::Accounts, Some(slot)) if slot.fact => series.all.accounts.numbers(slot.column),
            _ => None,
        };
        let joined = slot.filter(|slot| slot.fact && series.table == Table::Records).map(|slot| (series.all, slot));
        Weights { own, joined, absent: absent.0 }
    }

    /// Whether all weigh the same.
    pub(crate) fn is_even(self) -> bool {
        self.own.is_none() && self.joined.is_none()
    }

    /// What all records of a series add up to, in millionths.
    pub(crate) fn total(self, series: &Series<'_>) -> i128 {
        match self.is_even() {
            true => series.moments.len() as i128 * i128::from(self.absent.max(0)),
            false => series.moments.iter().map(|moment| self.get(*moment)).sum(),
        }
    }

    /// What a record adds, in millionths; never negative.
    #[inline]
    pub(crate) fn get(self, moment: Moment) -> i128 {
        let value = match self.joined {
            None => self.own.and_then(|own| own.get(moment.row as usize)),
            Some((all, slot)) => all.get(Row::Record(moment.row)).number(slot).map(|number| number.0),
        };
        i128::from(value.unwrap_or(self.absent).max(0))
    }
}

/// A limit, or limits by day.
pub(super) enum Limit {
    /// Always the same.
    Fixed(i128),
    /// From each moment on.
    Dated(Vec<(i64, i128)>),
}

impl Limit {
    /// The `max` or `values` of a rule.
    pub(crate) fn build(building: &mut Building<'_, '_>) -> Option<Limit> {
        let fixed = building.number("max");
        let Some(values) = building.get("values") else {
            if fixed.is_none() && building.get("max").is_none() {
                let words = Words::fixed("缺少 `max`（或 `values`）：上限", "`max` (or `values`) is missing: the limit");
                building.problems.add("policy-missing-key", building.node.span, words);
            }
            return fixed.map(|max| Limit::Fixed(max.0.into()));
        };
        if fixed.is_some() {
            let words = Words::fixed("`max` 和 `values` 只能写一个", "give `max` or `values`, not both");
            building.problem("values", "policy-bad-value", words);
        }
        Some(Limit::Dated(dated::steps(building, values)?))
    }

    /// The limit at a moment, in millionths; none before the first.
    #[inline]
    pub(crate) fn at(&self, moment: Moment) -> Option<i128> {
        match self {
            Limit::Fixed(max) => Some(*max),
            Limit::Dated(steps) => {
                let after = steps.partition_point(|(from, _)| *from <= moment.time);
                Some(steps[after.checked_sub(1)?].1).filter(|max| *max != dated::NONE)
            }
        }
    }
}

/// The limit that was broken.
pub(super) struct Broken {
    /// How much was allowed, in millionths.
    pub max: i128,
    /// When the record would be allowed.
    pub allowed_at: Option<Time>,
    /// How much the record might have been, in millionths; nothing when below.
    pub room: i128,
}

/// The hit of a run that begins with the last record of a window; how it goes on is added later.
pub(super) fn hit(series: &Series<'_>, group: &Group, window: RangeInclusive<usize>, broken: Broken) -> Hit {
    let (from, at) = window.into_inner();
    let first = series.moments[at];
    let values = group.values(series, first);
    let parts: Vec<&[u8]> = values.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]).collect();
    let identity = fingerprint(&parts);
    let window = Window {
        group: values,
        max: Decimal::saturated(broken.max),
        start: time_of(series.moments[from]),
        allowed_at: broken.allowed_at,
        remaining: Some(Decimal::saturated(broken.room.max(0))),
        records: counted(series, &series.moments[from..=at]),
        ..Window::default()
    };
    Hit {
        row: series.table.row(first.row),
        spot: Spot::Whole,
        detail: Detail::Window(Box::new(window)),
        related: related(series, from, at),
        identity,
    }
}

/// The records that fill a window before its last: the first few and the last few.
fn related(series: &Series<'_>, from: usize, at: usize) -> Vec<(Row, Why)> {
    let inside = at - from;
    let head = from..from + inside.min(SHOWN);
    let tail = head.end.max(at.saturating_sub(SHOWN - 1))..at;
    let skipped = if from == 0 { series.skipped } else { 0 };
    let of = (inside + skipped + 1) as u32;
    let beside = |at: usize, number: usize| (series.table.row(series.moments[at].row), Why::Inside { number: number as u32, of });
    let first = head.map(|at| beside(at, at - from + 1));
    first.chain(tail.map(|at| beside(at, at - from + skipped + 1))).collect()
}

/// The records a finding names when every one that was counted is asked for.
pub(super) fn counted<'m>(series: &Series<'_>, moments: impl IntoIterator<Item = &'m Moment>) -> Vec<Counted> {
    match series.evidence {
        Evidence::Few => Vec::new(),
        Evidence::Every => moments.into_iter().take(most(series)).map(|moment| named(series, *moment)).collect(),
    }
}

/// The same for one record more.
pub(super) fn count_too(series: &Series<'_>, moment: Moment, records: &mut Vec<Counted>) {
    if series.evidence == Evidence::Every && records.len() < most(series) {
        records.push(named(series, moment));
    }
}

/// A limit that is asked about is explained by every record.
fn most(series: &Series<'_>) -> usize {
    if series.trace.is_some() { usize::MAX } else { COUNTED }
}

fn named(series: &Series<'_>, moment: Moment) -> Counted {
    let row = series.table.row(moment.row);
    Counted { source: series.all.source_of(row), span: series.all.get(row).span(), time: time_of(moment) }
}
