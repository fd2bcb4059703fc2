//! `interval`: a record closer than `min` to the one before it in its group.

use super::evidence::{Broken, GROUP_BY, Group, ON_MISSING, hit};
use super::{Building, Check, Hit, Kind, OnMissing, OverSeries};
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::time::{Length, Time};
use crate::timeline::{Runs, Series};
use crate::words::{Fixed, Words};

pub(super) const KIND: Kind = Kind {
    name: "interval",
    about: Fixed { zh: "相邻两条之间的最短间隔", en: "at least so long between two records" },
    shape: Shape::Table(&[
        Key::must("min", Shape::Length, "最短间隔，如 60m", "the shortest allowed gap, such as 60m"),
        GROUP_BY,
        ON_MISSING,
    ]),
    message: Words::fixed("{group} 有 {count} 条与前一条的间隔不到 {min}", "{group}: {count} closer than {min} to the one before"),
    parts: &["count", "group", "rows", "min"],
    build,
};

struct Interval {
    group: Group,
    min: Length,
    on_missing: OnMissing,
}

/// One, in millionths.
const ONE: i128 = 1_000_000;

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let group = Group::build(building);
    let min = building.length("min")?;
    Some(Check::Series(Box::new(Interval { group, min, on_missing: building.on_missing() })))
}

impl OverSeries for Interval {
    fn group_by(&self) -> &[Slot] {
        &self.group.slots
    }

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn check(&self, series: &Series<'_>, hits: &mut Vec<Hit>) {
        let mut runs = Runs::default();
        let mut close = 0;
        for at in 1..series.moments.len() {
            let gap = series.moments[at].time.saturating_sub(series.moments[at - 1].time);
            if gap < self.min.0 {
                close += i128::from(!series.is_history(series.moments[at]));
                runs.breaks(series, at - 1..=at, close * ONE);
            } else {
                close = 0;
                runs.keeps();
            }
        }
        for run in runs.finish() {
            let allowed = series.moments[run.first - 1].time.saturating_add(self.min.0);
            hits.push(hit(series, &self.group, run, Broken { max: 0, allowed_at: Some(Time(allowed)) }));
        }
    }
}
