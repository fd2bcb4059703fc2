//! `rate`: more than `max` matching records of a group within `timespan`, at any moment.

use super::evidence::{Broken, GROUP_BY, Group, Limit, ON_MISSING, VALUES, Weights, hit};
use super::{Building, Check, Hit, Kind, OnMissing, OverSeries};
use crate::decimal::Decimal;
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::time::{Length, Time};
use crate::timeline::{Run, Runs, Series};
use crate::words::{Fixed, Words};

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
    weight: Option<Slot>,
    absent: Decimal,
    on_missing: OnMissing,
}

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let group = Group::build(building);
    let limit = Limit::build(building)?;
    let (weight, absent) = weight(building)?;
    let timespan = building.length("timespan")?;
    Some(Check::Series(Box::new(Rate { group, limit, timespan, weight, absent, on_missing: building.on_missing() })))
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

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn check(&self, series: &Series<'_>, hits: &mut Vec<Hit>) {
        let weights = Weights::of(series, self.weight, self.absent);
        let runs = match (self.most(), weights.is_even()) {
            (Some(most), true) => self.even(series, most),
            _ => self.weighed(series, weights),
        };
        for run in runs.finish() {
            let max = self.limit.at(series.moments[run.first]).unwrap_or(0);
            hits.push(hit(series, &self.group, run, Broken { max, allowed_at: self.allowed_at(series, run, weights) }));
        }
    }
}

impl Rate {
    /// How many records a window may hold when all weigh the same and the limit never changes.
    fn most(&self) -> Option<usize> {
        match &self.limit {
            Limit::Fixed(max) => usize::try_from(max.checked_div(i128::from(self.absent.0))?).ok(),
            Limit::Dated(_) => None,
        }
    }

    /// Nothing needs to be counted: the limit is broken when the record `most` places back is still inside.
    fn even(&self, series: &Series<'_>, most: usize) -> Runs {
        let (moments, mut runs, mut from) = (series.moments, Runs::default(), 0);
        for (at, moment) in moments.iter().enumerate().skip(most) {
            let inside = |other: usize| moment.time.saturating_sub(moments[other].time) < self.timespan.0;
            if inside(at - most) {
                from += (from..at).take_while(|other| !inside(*other)).count();
                runs.breaks(series, from..=at, (at - from + 1) as i128 * i128::from(self.absent.0));
            } else {
                runs.keeps();
            }
        }
        runs
    }

    fn weighed(&self, series: &Series<'_>, weights: Weights<'_>) -> Runs {
        let mut runs = Runs::default();
        let (mut from, mut count) = (0, 0i128);
        for (at, moment) in series.moments.iter().enumerate() {
            count += weights.get(*moment);
            while moment.time.saturating_sub(series.moments[from].time) >= self.timespan.0 {
                count -= weights.get(series.moments[from]);
                from += 1;
            }
            match self.limit.at(*moment) {
                Some(max) if count > max => runs.breaks(series, from..=at, count),
                _ => runs.keeps(),
            }
        }
        runs
    }

    /// When enough of the window has passed for the first record of a run to fit.
    fn allowed_at(&self, series: &Series<'_>, run: Run, weights: Weights<'_>) -> Option<Time> {
        let max = self.limit.at(series.moments[run.first])?;
        let mut count: i128 = series.moments[run.from..=run.first].iter().map(|moment| weights.get(*moment)).sum();
        for moment in &series.moments[run.from..run.first] {
            count -= weights.get(*moment);
            if count <= max {
                return Some(Time(moment.time.saturating_add(self.timespan.0)));
            }
        }
        None
    }
}
