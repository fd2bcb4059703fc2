//! `rate`: more than `max` matching records of a group within `timespan`, at any moment.

use super::evidence::{Broken, GROUP_BY, Group, Limit, ON_MISSING, VALUES, Weights, hit};
use super::run::Runs;
use super::{Building, Check, Hit, Kind, Needed, OnMissing, OverSeries, Walk};
use crate::decimal::Decimal;
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::time::{Length, Time};
use crate::timeline::{Moment, Series, Told};
use crate::words::{Fixed, Words};
use std::ops::RangeInclusive;

pub(super) const KIND: Kind = Kind {
    name: "rate",
    about: Fixed { zh: "滑动窗口内的次数或总量上限", en: "at most so many records, or so much, in a sliding window" },
    shape: Shape::Table(&[
        Key::may("max", Shape::Limit, "窗口内最多多少", "how many are allowed in the window"),
        Key::must("timespan", Shape::Length, "窗口长度，如 24h", "how long the window is, such as 24h"),
        GROUP_BY,
        Key::may("sum", Shape::Field, "累加这个数字字段，而不是数条数", "add up this number instead of counting records"),
        VALUES,
        ON_MISSING,
    ]),
    message: Words::fixed(
        "{group} 在 {timespan} 内达到 {count}，上限是 {max}",
        "{group} reaches {count} within {timespan}; the limit is {max}",
    ),
    parts: &["count", "max", "group", "rows", "timespan"],
    build,
};

struct Rate {
    group: Group,
    limit: Limit,
    timespan: Length,
    /// How many records a window may hold when all weigh the same and the limit never changes.
    most: Option<usize>,
    weight: Option<Slot>,
    absent: Decimal,
    on_missing: OnMissing,
}

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let group = Group::build(building);
    let limit = Limit::build(building)?;
    let (weight, absent) = weight(building)?;
    let timespan = building.length("timespan")?;
    let most = most(&limit, absent);
    Some(Check::Series(Box::new(Rate { group, limit, timespan, most, weight, absent, on_missing: building.on_missing() })))
}

fn most(limit: &Limit, weight: Decimal) -> Option<usize> {
    match limit {
        Limit::Fixed(max) => usize::try_from(max.checked_div(i128::from(weight.0))?).ok(),
        Limit::Dated(_) => None,
    }
}

/// The column that is added up, and what a record without a value adds.
pub(super) fn weight(building: &mut Building<'_, '_>) -> Option<(Option<Slot>, Decimal)> {
    if building.get("sum").is_some() {
        return Some((Some(building.number_slot("sum")?), Decimal(0)));
    }
    Some((building.weight(), Decimal::whole(1)?))
}

impl OverSeries for Rate {
    fn group_by(&self) -> &[Slot] {
        &self.group.slots
    }

    fn keeps(&self) -> &[Slot] {
        self.weight.as_slice()
    }

    fn reach(&self) -> Option<Length> {
        Some(self.timespan)
    }

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn nearness(&self) -> Option<Length> {
        self.most.filter(|most| *most > 0 && self.weight.is_none()).map(|_| self.timespan)
    }

    fn walk(&self) -> Box<dyn Walk + '_> {
        Box::new(Window { rule: self, count: None, runs: Runs::default() })
    }
}

/// A window that slides over a group.
struct Window<'r> {
    rule: &'r Rate,
    /// What the needed records weigh, as long as that must be counted.
    count: Option<i128>,
    runs: Runs,
}

impl Walk for Window<'_> {
    fn on(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        let weights = Weights::of(series, self.rule.weight, self.rule.absent);
        let from = match (self.rule.most, weights.is_even()) {
            (Some(most), true) if series.trace.is_none() => self.even(series, most, hits),
            _ => self.weighed(series, weights, hits),
        };
        if series.is_last() {
            self.runs.keeps(series, hits);
        }
        Needed::From(from)
    }

    fn is_idle(&self) -> bool {
        !self.runs.is_open()
    }

    fn rests(&self) -> bool {
        !self.runs.is_open() && self.count.is_none()
    }

    fn runs(&mut self) -> &mut Runs {
        &mut self.runs
    }
}

impl Window<'_> {
    /// Nothing needs to be counted: the limit is broken when the record `most` places back is still inside.
    fn even(&mut self, series: &Series<'_>, most: usize, hits: &mut Vec<Hit>) -> usize {
        let (rule, moments, mut from) = (self.rule, series.moments, 0);
        self.count = None;
        if series.fresh < most.min(moments.len()) {
            self.runs.keeps(series, hits);
        }
        let mut at = most.max(series.fresh);
        while at < moments.len() {
            let inside = |other: usize| moments[at].since(moments[other]) < rule.timespan.0.unsigned_abs();
            if inside(at - most) {
                from += (from..at).take_while(|other| !inside(*other)).count();
                let count = (at - from + 1) as i128 * i128::from(rule.absent.0);
                let gone = || moments[at - most].time;
                let before = (at - from) as i128 * i128::from(rule.absent.0);
                self.runs.breaks(series, (at, count), || rule.hit(series, (from..=at, before), (most > 0).then(gone)));
                at += 1;
            } else {
                self.runs.keeps(series, hits);
                at = rule.next_to_break(moments, at, most);
            }
        }
        let is_out = |moment: &Moment| series.until.saturating_sub(moment.time) >= rule.timespan.0;
        from + moments[from..].iter().take_while(|moment| is_out(moment)).count()
    }

    fn weighed(&mut self, series: &Series<'_>, weights: Weights<'_>, hits: &mut Vec<Hit>) -> usize {
        let (rule, moments) = (self.rule, series.moments);
        let walked = || moments[..series.fresh].iter().map(|moment| weights.get(*moment)).sum();
        let (mut from, mut count) = (0, self.count.unwrap_or_else(walked));
        let mut slide = |time: i64, count: &mut i128| {
            while moments.get(from).is_some_and(|oldest| time.saturating_sub(oldest.time) >= rule.timespan.0) {
                *count -= weights.get(moments[from]);
                from += 1;
            }
            from
        };
        for (at, moment) in moments.iter().enumerate().skip(series.fresh) {
            count += weights.get(*moment);
            let from = slide(moment.time, &mut count);
            let max = rule.limit.at(*moment);
            series.tell(*moment, || Told::count(count, max));
            match max {
                Some(max) if count > max => {
                    let gone = || rule.first_to_go(&moments[from..at], count - max, weights);
                    self.runs.breaks(series, (at, count), || rule.hit(series, (from..=at, count - weights.get(*moment)), gone()));
                }
                _ => self.runs.keeps(series, hits),
            }
        }
        let from = slide(series.until, &mut count);
        self.count = (!series.is_last()).then_some(count);
        from
    }
}

impl Rate {
    /// The first record from a place on that has the one so many places back inside its window; without any, how many there are.
    fn next_to_break(&self, moments: &[Moment], at: usize, most: usize) -> usize {
        let mut pairs = moments[at..].iter().zip(&moments[at - most..]);
        pairs
            .position(|(moment, other)| moment.since(*other) < self.timespan.0.unsigned_abs())
            .map_or(moments.len(), |further| at + further)
    }

    /// The time of the record with which so much is gone from a window that its last would fit.
    fn first_to_go(&self, before: &[Moment], mut over: i128, weights: Weights<'_>) -> Option<i64> {
        let enough = before.iter().find(|moment| {
            over -= weights.get(**moment);
            over <= 0
        });
        enough.map(|moment| moment.time)
    }

    /// The record at the end of a window is too much, until a record of a time is out of it.
    fn hit(&self, series: &Series<'_>, (window, before): (RangeInclusive<usize>, i128), gone: Option<i64>) -> Hit {
        let max = self.limit.at(series.moments[*window.end()]).unwrap_or(0);
        let allowed_at = gone.map(|time| Time(time.saturating_add(self.timespan.0)));
        hit(series, &self.group, window, Broken { max, allowed_at, room: max - before })
    }
}
