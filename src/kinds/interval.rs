//! `interval`: a record closer than `min` to the one before it in its group.

use super::evidence::{Broken, GROUP_BY, Group, ON_MISSING, hit};
use super::run::Runs;
use super::{Building, Check, Hit, Kind, Needed, OnMissing, OverSeries, Walk};
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::time::{Length, Time};
use crate::timeline::{END, Series, Told};
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

    fn reach(&self) -> Option<Length> {
        Some(self.min)
    }

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn nearness(&self) -> Option<Length> {
        Some(self.min)
    }

    fn walk(&self) -> Box<dyn Walk + '_> {
        Box::new(Gaps { rule: self, close: 0, over: END, runs: Runs::default() })
    }
}

impl Interval {
    /// How far a record is from the one before it.
    fn gap(&self, series: &Series<'_>, at: usize, close: i128) -> Told {
        let gap = Length(series.moments[at].time.saturating_sub(series.moments[at - 1].time)).show();
        let min = self.min.show();
        let note = Words::new(format!("距上一条 {gap}，至少 {min}"), format!("{gap} after the one before, at least {min}"));
        Told { note, ..Told::count(close * ONE, None) }
    }
}

/// The gaps of a group.
struct Gaps<'r> {
    rule: &'r Interval,
    /// How many of the run are too close.
    close: i128,
    /// When whatever comes is far enough from the last record.
    over: i64,
    runs: Runs,
}

impl Walk for Gaps<'_> {
    fn on(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        for at in series.fresh.max(1)..series.moments.len() {
            let allowed = series.moments[at - 1].time.saturating_add(self.rule.min.0);
            let is_close = series.moments[at].time < allowed;
            if is_close {
                self.close += i128::from(!series.is_history(series.moments[at]));
                let broken = Broken { max: 0, allowed_at: Some(Time(allowed)), room: 0 };
                self.runs.breaks(series, (at, self.close * ONE), || hit(series, &self.rule.group, at - 1..=at, broken));
            } else {
                self.close = 0;
                self.runs.keeps(series, hits);
            }
            series.tell(series.moments[at], || self.rule.gap(series, at, self.close));
        }
        self.over = series.moments.last().map_or(END, |last| last.time.saturating_add(self.rule.min.0));
        if series.until < self.over {
            return Needed::From(series.moments.len().saturating_sub(1));
        }
        self.runs.keeps(series, hits);
        (self.close, self.over) = (0, END);
        Needed::From(series.moments.len())
    }

    fn due(&self) -> i64 {
        if self.runs.is_open() { self.over } else { END }
    }

    fn is_idle(&self) -> bool {
        !self.runs.is_open()
    }

    fn rests(&self) -> bool {
        !self.runs.is_open() && self.close == 0
    }

    fn runs(&mut self) -> &mut Runs {
        &mut self.runs
    }
}
