//! `values`: limits that change with the day.

use super::Building;
use crate::schema::{Key, Shape};
use crate::tree::Node;
use crate::words::Words;

/// Limits, each from its first day on.
pub(super) const VALUES: Key = Key::may(
    "values",
    Shape::Tables(&[
        Key::must("from", Shape::Day, "从哪一天起", "the first day"),
        Key::may(
            "until",
            Shape::Day,
            "到哪一天为止（不含）；不写就到下一条的第一天",
            "the first day no longer; without it, the first day of the next",
        ),
        Key::must("max", Shape::Limit, "上限", "the limit"),
    ]),
    "随日期变化的上限",
    "limits that change with the day",
);

/// That nothing is limited any more.
pub(super) const NONE: i128 = i128::MAX;

/// A limit and the days it is in force.
struct Value<'n> {
    from: i64,
    first: &'n Node,
    until: Option<(i64, &'n Node)>,
    max: i128,
}

impl<'n> Value<'n> {
    fn of(node: &'n Node, building: &Building<'_, '_>) -> Option<Value<'n>> {
        let day = |node: &Node| Some(building.zone.midnight(&node.scalar()?)?.0);
        let first = node.get("from")?;
        let until = match node.get("until") {
            Some(last) => Some((day(last)?, last)),
            None => None,
        };
        Some(Value { from: day(first)?, first, until, max: node.get("max")?.number()?.0.into() })
    }
}

/// The limits by the moment from which they are in force. Days between two limits without any, or with both, are mistakes.
pub(super) fn steps(building: &mut Building<'_, '_>, values: &Node) -> Option<Vec<(i64, i128)>> {
    let mut values: Vec<Value<'_>> = values.items().iter().map(|node| Value::of(node, building)).collect::<Option<_>>()?;
    values.sort_by_key(|value| value.from);
    for pair in values.windows(2).filter(|pair| pair[0].until.is_none_or(|(until, _)| until > pair[0].from)) {
        meet(building, &pair[0], &pair[1]);
    }
    for (_, node) in values.iter().filter_map(|value| value.until.filter(|(until, _)| *until <= value.from)) {
        let words = Words::fixed("结束不晚于开始，这个上限永远不会生效", "it ends before it begins; this limit is never in force");
        building.problems.add("policy-never-fires", node.span, words);
    }
    let end = values.last().and_then(|value| value.until).map(|(until, _)| (until, NONE));
    Some(values.iter().map(|value| (value.from, value.max)).chain(end).collect())
}

/// Two limits, one after the other, must meet on one day.
fn meet(building: &mut Building<'_, '_>, one: &Value<'_>, next: &Value<'_>) {
    let day = |node: &Node| node.scalar().unwrap_or_default();
    let end = one.until.map_or(next.from, |(until, _)| until);
    if one.from == next.from || end > next.from {
        let from = day(next.first);
        let words = Words::new(format!("从 {from} 起同时有两个上限"), format!("from {from} on two limits are in force"));
        let help = Words::fixed(
            "一条的 `until` 就是下一条的 `from`，也可以不写 `until`",
            "the `until` of one is the `from` of the next, or is left out",
        );
        building.problems.add("policy-overlap", next.first.span, words).help = help;
    } else if let Some((_, last)) = one.until.filter(|(until, _)| *until < next.from) {
        let (until, from) = (day(last), day(next.first));
        let words = Words::new(format!("从 {until} 到 {from} 没有上限"), format!("from {until} to {from} no limit is in force"));
        let help = Words::new(format!("把 `until` 改成 {from}，或删掉它"), format!("make `until` {from}, or leave it out"));
        building.problems.add("policy-gap", last.span, words).help = help;
    }
}
