//! `distinct`: more than `max` different values of a field in a group, within `timespan` or over the whole input.

use super::evidence::{Broken, GROUP_BY, Group, ON_MISSING, hit};
use super::{Building, Check, Hit, Kind, OnMissing, OverSeries};
use crate::collection::Row;
use crate::record::{Form, Slot};
use crate::schema::{Key, Shape};
use crate::time::Length;
use crate::timeline::{Moment, Runs, Series, Table};
use crate::words::{Fixed, Words};
use hashbrown::HashMap;

pub(super) const KIND: Kind = Kind {
    name: "distinct",
    about: Fixed { zh: "一组内某字段不同值的个数上限", en: "at most so many different values of a field" },
    shape: Shape::Table(&[
        Key::must("field", Shape::Field, "数哪个字段的不同值", "the field whose values are counted"),
        Key::must("max", Shape::Whole, "最多多少个不同值", "how many different values are allowed"),
        Key::may("timespan", Shape::Length, "窗口长度；不写就看全部输入", "how long the window is; the whole input without it"),
        GROUP_BY,
        ON_MISSING,
    ]),
    message: Words::fixed(
        "{group} 对应 {count} 个不同的 {field}，上限是 {max}",
        "{group} has {count} different values of {field}; the limit is {max}",
    ),
    parts: &["count", "max", "group", "rows", "timespan", "field"],
    build,
};

struct Distinct {
    group: Group,
    field: [Slot; 1],
    max: usize,
    timespan: Option<Length>,
    on_missing: OnMissing,
}

/// One, in millionths.
const ONE: i128 = 1_000_000;

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let group = Group::build(building);
    let field = building.slot("field", Form::Key)?;
    let max = usize::try_from(building.get("max")?.integer()?).ok()?;
    let timespan = building.length("timespan");
    let on_missing = building.on_missing();
    Some(Check::Series(Box::new(Distinct { group, field: [field], max, timespan, on_missing })))
}

impl OverSeries for Distinct {
    fn group_by(&self) -> &[Slot] {
        &self.group.slots
    }

    fn needs(&self) -> &[Slot] {
        &self.field
    }

    fn needs_time(&self) -> bool {
        self.timespan.is_some()
    }

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn check(&self, series: &Series<'_>, hits: &mut Vec<Hit>) {
        if !self.may_break(series) {
            return;
        }
        let (values, different) = numbered(&self.values(series));
        if different <= self.max {
            return;
        }
        let (mut times, mut inside) = (vec![0u32; different], 0);
        let (mut runs, mut from) = (Runs::default(), 0);
        for (at, moment) in series.moments.iter().enumerate() {
            let value = values[at] as usize;
            inside += usize::from(times[value] == 0);
            times[value] += 1;
            while self.timespan.is_some_and(|span| moment.time.saturating_sub(series.moments[from].time) >= span.0) {
                let gone = values[from] as usize;
                times[gone] -= 1;
                inside -= usize::from(times[gone] == 0);
                from += 1;
            }
            if inside > self.max {
                runs.breaks(series, from..=at, inside as i128 * ONE);
            } else {
                runs.keeps();
            }
        }
        for run in runs.finish() {
            hits.push(hit(series, &self.group, run, Broken { max: self.max as i128 * ONE, allowed_at: None }));
        }
    }
}

impl Distinct {
    /// Whether some window holds more records than different values are allowed.
    fn may_break(&self, series: &Series<'_>) -> bool {
        let later = series.moments.get(self.max..).unwrap_or_default();
        let close = |(first, last): (&Moment, &Moment)| self.timespan.is_none_or(|span| last.time.saturating_sub(first.time) < span.0);
        series.moments.iter().zip(later).any(close)
    }

    /// The number of each record's value.
    fn values(&self, series: &Series<'_>) -> Vec<u32> {
        let slot = self.field[0];
        if series.table == Table::Records && !slot.fact {
            return series.moments.iter().map(|moment| series.all.records.key(slot.column, moment.row)).collect();
        }
        let key = |row: Row| series.all.get(row).key(slot);
        series.moments.iter().map(|moment| key(series.table.row(moment.row))).collect()
    }
}

/// Values numbered from 0 in the order in which they are first seen, and how many are different.
fn numbered(values: &[u32]) -> (Vec<u32>, usize) {
    let mut known: HashMap<u32, u32, foldhash::fast::FixedState> = HashMap::default();
    let number = |value: &u32| {
        let next = known.len() as u32;
        *known.entry(*value).or_insert(next)
    };
    let numbers = values.iter().map(number).collect();
    (numbers, known.len())
}
