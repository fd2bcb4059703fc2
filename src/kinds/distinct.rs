//! `distinct`: more than `max` different values of a field in a group, within `timespan` or over the whole input.

use super::evidence::{Broken, GROUP_BY, Group, ON_MISSING, hit};
use super::{Building, Check, Hit, Kind, OnMissing, OverSeries};
use crate::collection::Row;
use crate::record::{Form, Slot};
use crate::schema::{Key, Shape};
use crate::time::Length;
use crate::timeline::{Runs, Series, Table};
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
        if series.moments.len() <= self.max {
            return;
        }
        let values = self.values(series);
        let mut inside: HashMap<u32, u32, foldhash::fast::FixedState> = HashMap::default();
        let mut runs = Runs::default();
        let mut from = 0;
        for (at, moment) in series.moments.iter().enumerate() {
            *inside.entry(values[at]).or_insert(0) += 1;
            while self.timespan.is_some_and(|span| moment.time.saturating_sub(series.moments[from].time) >= span.0) {
                leave(&mut inside, values[from]);
                from += 1;
            }
            if inside.len() > self.max {
                runs.breaks(series, from..=at, inside.len() as i128 * ONE);
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

fn leave(inside: &mut HashMap<u32, u32, foldhash::fast::FixedState>, value: u32) {
    if let Some(count) = inside.get_mut(&value) {
        *count -= 1;
        if *count == 0 {
            inside.remove(&value);
        }
    }
}
