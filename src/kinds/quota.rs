//! `quota`: more than `max` matching records of a group in a calendar period.

use super::evidence::{Broken, GROUP_BY, Group, Limit, ON_MISSING, VALUES, Weights, hit};
use super::rate::weight;
use super::{Building, Check, Hit, Kind, OnMissing, OverSeries};
use crate::decimal::Decimal;
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::time::{Period, Time, Zone};
use crate::timeline::{Runs, Series};
use crate::words::{Fixed, Words};

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

    fn check(&self, series: &Series<'_>, hits: &mut Vec<Hit>) {
        let weights = Weights::of(series, self.weight, self.absent);
        if let Limit::Fixed(max) = self.limit
            && weights.total(series) <= max
        {
            return;
        }
        let mut at = 0;
        while at < series.moments.len() {
            let (_, end) = self.zone.period(self.period, Time(series.moments[at].time));
            let after = at + series.moments[at..].partition_point(|moment| moment.time < end.0);
            hits.extend(self.of_period(series, at..after, weights));
            at = after.max(at + 1);
        }
    }
}

impl Quota {
    /// One period: one hit, however often it is broken.
    fn of_period(&self, series: &Series<'_>, range: std::ops::Range<usize>, weights: Weights<'_>) -> Option<Hit> {
        let mut runs = Runs::default();
        let mut count = 0i128;
        for at in range.clone() {
            count += weights.get(series.moments[at]);
            if self.limit.at(series.moments[at]).is_some_and(|max| count > max) {
                runs.breaks(series, range.start..=at, count);
            }
        }
        let run = runs.finish().pop()?;
        let first = series.moments[run.first];
        let max = self.limit.at(first)?;
        let next = self.zone.period(self.period, Time(first.time)).1;
        let fits = weights.get(first) <= max;
        Some(hit(series, &self.group, run, Broken { max, allowed_at: fits.then_some(next) }))
    }
}
