//! `capacity`: a running total, started from a fact of the account, that rises above `max`.

use super::evidence::{Broken, GROUP_BY, Group, ON_MISSING, Weights, counted, hit};
use super::run::Runs;
use super::{Building, Check, Hit, Kind, Needed, OnMissing, OverSeries, Walk};
use crate::collection::Record;
use crate::decimal::Decimal;
use crate::finding::Detail;
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::select::Select;
use crate::timeline::{Series, Told};
use crate::words::{Fixed, Words};

pub(super) const KIND: Kind = Kind {
    name: "capacity",
    about: Fixed { zh: "从账号现有数量起算的总量上限", en: "a running total, from what an account already has" },
    shape: Shape::Table(&[
        Key::must("max", Shape::Limit, "总量上限", "the limit of the total"),
        Key::must("initial", Shape::Fact, "从账号的哪个数字起算", "the account fact the total starts from"),
        Key::must("add", Shape::Match, "哪些操作使它增加", "records that raise it"),
        Key::may("remove", Shape::Match, "哪些操作使它减少", "records that lower it"),
        GROUP_BY,
        ON_MISSING,
    ]),
    message: Words::fixed("{group} 的总量将达到 {count}，上限是 {max}", "{group} would reach {count}; the limit is {max}"),
    parts: &["count", "max", "group", "rows"],
    build,
};

struct Capacity {
    group: Group,
    initial: [Slot; 1],
    max: Decimal,
    add: Select,
    remove: Option<Select>,
    weight: Option<Slot>,
    on_missing: OnMissing,
}

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let group = Group::build(building);
    let node = building.node;
    let add = Select::build(node.get("add")?, building.layout, building.problems);
    let remove = node.get("remove").map(|node| Select::build(node, building.layout, building.problems));
    let initial = [building.number_slot("initial")?];
    let max = building.number("max")?;
    Some(Check::Series(Box::new(Capacity {
        group,
        initial,
        max,
        add,
        remove,
        weight: building.weight(),
        on_missing: building.on_missing(),
    })))
}

impl OverSeries for Capacity {
    fn group_by(&self) -> &[Slot] {
        &self.group.slots
    }

    fn needs(&self) -> &[Slot] {
        &self.initial
    }

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn is_choosy(&self) -> bool {
        true
    }

    fn takes(&self, record: Record<'_>) -> bool {
        self.add.decide(record) == Some(true) || self.remove.as_ref().is_some_and(|remove| remove.decide(record) == Some(true))
    }

    fn walk(&self) -> Box<dyn Walk + '_> {
        Box::new(Total { rule: self, total: None, runs: Runs::default() })
    }
}

impl Capacity {
    /// The record at a place is too much. Who asks why is shown all that led to it.
    fn hit(&self, series: &Series<'_>, at: usize, broken: Broken) -> Hit {
        let mut hit = hit(series, &self.group, at..=at, broken);
        if let (true, Detail::Window(window)) = (series.trace.is_some(), &mut hit.detail) {
            window.records = counted(series, &series.moments[..=at]);
        }
        hit
    }
}

/// What is said of the first record.
fn begun(is_first: bool, initial: i128) -> Words {
    let initial = Decimal::saturated(initial);
    if is_first { Words::new(format!("从 {initial} 起算"), format!("starts from {initial}")) } else { Words::default() }
}

/// The total of a group.
struct Total<'r> {
    rule: &'r Capacity,
    /// What there is now; none before the first record.
    total: Option<i128>,
    runs: Runs,
}

impl Walk for Total<'_> {
    fn on(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        let max = i128::from(self.rule.max.0);
        let weights = Weights::of(series, self.rule.weight, Decimal(1_000_000));
        for (at, moment) in series.moments.iter().enumerate().skip(series.fresh) {
            let record = series.record(*moment);
            let initial = || record.number(self.rule.initial[0]).map_or(0, |initial| i128::from(initial.0));
            let adds = self.rule.add.decide(record) == Some(true);
            let before = self.total.unwrap_or_else(initial);
            let total = before + if adds { weights.get(*moment) } else { -weights.get(*moment) };
            series.tell(*moment, || Told { note: begun(self.total.is_none(), before), ..Told::count(total, Some(max)) });
            self.total = Some(total);
            if adds && total > max {
                let hit = || self.rule.hit(series, at, Broken { max, allowed_at: None, room: max - before });
                self.runs.breaks(series, (at, total), hit);
            } else {
                self.runs.keeps(series, hits);
            }
        }
        if series.is_last() {
            self.runs.keeps(series, hits);
            self.total = None;
        }
        Needed::From(series.moments.len())
    }

    fn is_idle(&self) -> bool {
        self.total.is_none()
    }

    fn runs(&mut self) -> &mut Runs {
        &mut self.runs
    }
}
