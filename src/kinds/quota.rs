//! `quota`: more than `max` matching records of a group in a calendar period.

use super::evidence::{Broken, GROUP_BY, Group, Limit, ON_MISSING, VALUES, Weights, hit};
use super::rate::weight;
use super::run::Runs;
use super::{Building, Check, Hit, Kind, Needed, OnMissing, OverSeries, Walk};
use crate::decimal::Decimal;
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::time::{Period, Time, Zone};
use crate::timeline::{END, Series, Told};
use crate::words::{Fixed, Words};
use std::ops::RangeInclusive;

pub(super) const KIND: Kind = Kind {
    name: "quota",
    about: Fixed {
        zh: "自然日、周、月内的次数或总量上限", en: "at most so many records, or so much, in a calendar day, week or month"
    },
    shape: Shape::Table(&[
        Key::may("max", Shape::Limit, "周期内最多多少", "how many are allowed in the period"),
        Key::must("period", Shape::OneOf(&["day", "week", "month"]), "周期", "the period"),
        GROUP_BY,
        Key::may("sum", Shape::Field, "累加这个数字字段，而不是数条数", "add up this number instead of counting records"),
        VALUES,
        Key::may("timezone", Shape::Zone, "按哪个时区算日期", "the zone days are counted in"),
        ON_MISSING,
    ]),
    message: Words::fixed(
        "{group} 在这个{period}内达到 {count}，上限是 {max}",
        "{group} reaches {count} in this {period}; the limit is {max}",
    ),
    parts: &["count", "max", "group", "rows", "period"],
    build,
};

struct Quota {
    group: Group,
    limit: Limit,
    period: Period,
    zone: Zone,
    weight: Option<Slot>,
    absent: Decimal,
    on_missing: OnMissing,
}

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let group = Group::build(building);
    let limit = Limit::build(building)?;
    let (weight, absent) = weight(building)?;
    let period = Period::named(building.text("period")?)?;
    let zone = building.text("timezone").and_then(Zone::named).unwrap_or_else(|| building.zone.clone());
    Some(Check::Series(Box::new(Quota { group, limit, period, zone, weight, absent, on_missing: building.on_missing() })))
}

impl OverSeries for Quota {
    fn group_by(&self) -> &[Slot] {
        &self.group.slots
    }

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn walk(&self) -> Box<dyn Walk + '_> {
        Box::new(Counting { rule: self, end: i64::MIN, count: 0, runs: Runs::default() })
    }
}

/// A period of a group: one run, however often it is broken.
struct Counting<'r> {
    rule: &'r Quota,
    /// When the period is over.
    end: i64,
    count: i128,
    runs: Runs,
}

impl Walk for Counting<'_> {
    fn on(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        let weights = Weights::of(series, self.rule.weight, self.rule.absent);
        if let Limit::Fixed(max) = self.rule.limit
            && series.is_whole()
            && weights.total(series) <= max
        {
            return Needed::From(0);
        }
        let mut from = 0;
        for (at, moment) in series.moments.iter().enumerate().skip(series.fresh) {
            if moment.time >= self.end {
                self.runs.keeps(series, hits);
                self.end = self.rule.zone.period(self.rule.period, Time(moment.time)).1.0;
                (from, self.count) = (at, 0);
            }
            self.count += weights.get(*moment);
            let max = self.rule.limit.at(*moment);
            series.tell(*moment, || Told::count(self.count, max));
            if let Some(max) = max.filter(|max| self.count > *max) {
                let (count, weight) = (self.count, weights.get(*moment));
                self.runs.breaks(series, (at, count), || self.rule.hit(series, from..=at, (count - weight, weight, max)));
            }
        }
        if series.until < self.end {
            return Needed::Ends(from);
        }
        self.runs.keeps(series, hits);
        (self.end, self.count) = (i64::MIN, 0);
        Needed::From(series.moments.len())
    }

    fn due(&self) -> i64 {
        if self.runs.is_open() { self.end } else { END }
    }

    fn is_idle(&self) -> bool {
        self.end == i64::MIN
    }

    fn runs(&mut self) -> &mut Runs {
        &mut self.runs
    }
}

impl Quota {
    /// A record that is too much for its period; in the next it will fit, unless it is too heavy for any.
    fn hit(&self, series: &Series<'_>, window: RangeInclusive<usize>, (before, weight, max): (i128, i128, i128)) -> Hit {
        let next = self.zone.period(self.period, Time(series.moments[*window.end()].time)).1;
        hit(series, &self.group, window, Broken { max, allowed_at: (weight <= max).then_some(next), room: max - before })
    }
}
