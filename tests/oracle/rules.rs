//! Random rules that count, and the policy they stand in.

use crate::clock::{Period, SHANGHAI, date};
use crate::plan::{ACTIONS, Field};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// A rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// The records it looks at.
    pub select: Select,
    /// What it holds them to.
    pub kind: Kind,
    /// What it groups them by.
    pub group_by: Vec<Field>,
}

/// Conditions that all must hold.
#[derive(Clone, Debug)]
pub(crate) struct Select {
    /// One of these actions.
    pub actions: Vec<&'static str>,
    /// This channel.
    pub channel: Option<&'static str>,
    /// Not this target.
    pub not_target: Option<&'static str>,
    /// Accounts of this kind.
    pub kind: Option<&'static str>,
}

/// What is allowed, in hundredths.
#[derive(Clone, Debug)]
pub(crate) enum Limit {
    /// Always as much.
    Fixed(i64),
    /// As much from this day on, in order of days.
    Dated(Vec<(i64, i64)>),
}

/// A kind of rule.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Rate { limit: Limit, timespan: i64, sum: bool },
    Quota { limit: Limit, period: Period, zone: Option<(&'static str, i64)>, sum: bool },
    Interval { min: i64 },
    Distinct { field: Field, max: usize, timespan: Option<i64> },
    Capacity { max: i64 },
}

impl Kind {
    /// How far the calendar of a quota is ahead of UTC.
    pub(crate) fn ahead(zone: Option<(&'static str, i64)>) -> i64 {
        zone.map_or(SHANGHAI, |(_, ahead)| ahead)
    }
}

fn length() -> impl Strategy<Value = i64> {
    select(vec![300, 301, 600, 900, 3600, 5400, 86_400, 3 * 86_400])
}

fn limit(hundredths: Vec<i64>) -> impl Strategy<Value = Limit> {
    let days: Vec<i64> = [25, 30, 31, 32].map(|of_month| crate::clock::day(2026, 3, of_month)).to_vec();
    let max = select(hundredths);
    let dated = (subsequence(days, 1..=3), prop::collection::vec(max.clone(), 3))
        .prop_map(|(days, maxima)| Limit::Dated(days.into_iter().zip(maxima).collect()));
    prop_oneof![3 => max.prop_map(Limit::Fixed), 1 => dated]
}

/// Sums are compared with odd amounts, counts with small whole numbers.
fn limits() -> impl Strategy<Value = (bool, Limit)> {
    let counted = limit(vec![0, 100, 200, 300, 500]).prop_map(|limit| (false, limit));
    let summed = limit(vec![0, 450, 500, 1250, 1999]).prop_map(|limit| (true, limit));
    prop_oneof![2 => counted, 1 => summed]
}

fn kind() -> impl Strategy<Value = Kind> {
    let rate = (limits(), length()).prop_map(|((sum, limit), timespan)| Kind::Rate { limit, timespan: timespan * 1000, sum });
    let zone =
        weighted(0.4, select(vec![("UTC", 0), ("Asia/Tokyo", 9 * 3_600_000), ("Asia/Shanghai", SHANGHAI), ("Asia/Kolkata", 19_800_000)]));
    let quota = (limits(), select(vec![Period::Day, Period::Week, Period::Month]), zone);
    let quota = quota.prop_map(|((sum, limit), period, zone)| Kind::Quota { limit, period, zone, sum });
    let interval = length().prop_map(|min| Kind::Interval { min: min * 1000 });
    let field = select(vec![Field::Account, Field::Device, Field::Target, Field::Channel]);
    let distinct = (field, 0..3usize, weighted(0.6, length()));
    let distinct =
        distinct.prop_map(|(field, max, timespan)| Kind::Distinct { field, max, timespan: timespan.map(|seconds| seconds * 1000) });
    let capacity = (0..8i64).prop_map(|max| Kind::Capacity { max: max * 100 });
    prop_oneof![3 => rate, 3 => quota, 2 => interval, 2 => distinct, 1 => capacity]
}

fn conditions() -> impl Strategy<Value = Select> {
    let actions = subsequence(ACTIONS.to_vec(), 1..=4);
    let kind = weighted(0.15, select(vec!["personal", "service"]));
    let channel = weighted(0.15, select(vec!["moments", "group"]));
    (actions, channel, weighted(0.15, select(vec!["t1", "t2"])), kind).prop_map(|(actions, channel, not_target, kind)| Select {
        actions,
        channel,
        not_target,
        kind,
    })
}

/// Several rules.
pub(crate) fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let groups = vec![
        vec![Field::Account],
        vec![Field::Device],
        vec![Field::Account, Field::Target],
        vec![Field::Target, Field::Account, Field::Channel],
    ];
    let rule = (conditions(), kind(), select(groups)).prop_map(|(select, kind, group_by)| {
        let group_by = if matches!(kind, Kind::Capacity { .. }) { vec![Field::Account] } else { group_by };
        Rule { select, kind, group_by }
    });
    prop::collection::vec(rule, 1..8)
}

/// The rules as a policy; they are called `r0`, `r1`, …
pub(crate) fn policy(rules: &[Rule]) -> String {
    let rule = |(number, rule): (usize, &Rule)| {
        format!("[[rule]]\nid = \"r{number}\"\nseverity = \"warning\"\nsummary = \"s\"\n{}{}\n", matching(&rule.select), sub_table(rule))
    };
    let head = "schema = 1\n[pack]\nid = \"random\"\ntimezone = \"Asia/Shanghai\"\n".to_owned();
    std::iter::once(head).chain(rules.iter().enumerate().map(rule)).collect()
}

fn matching(select: &Select) -> String {
    let mut parts = vec![format!("action = {:?}", select.actions)];
    parts.extend(select.channel.map(|channel| format!("channel = \"{channel}\"")));
    parts.extend(select.not_target.map(|target| format!("not = {{ target = \"{target}\" }}")));
    parts.extend(select.kind.map(|kind| format!("\"account.kind\" = \"{kind}\"")));
    format!("match = {{ {} }}\n", parts.join(", "))
}

fn hundredths(n: i64) -> String {
    if n % 100 == 0 { (n / 100).to_string() } else { format!("{}.{:02}", n / 100, n % 100) }
}

fn allowed(limit: &Limit) -> String {
    let dated = |(day, max): &(i64, i64)| {
        let (year, month, of_month) = date(*day);
        format!("{{ from = {year}-{month:02}-{of_month:02}, max = {} }}", hundredths(*max))
    };
    match limit {
        Limit::Fixed(max) => format!("max = {}", hundredths(*max)),
        Limit::Dated(steps) => format!("values = [{}]", steps.iter().map(dated).collect::<Vec<_>>().join(", ")),
    }
}

fn sub_table(rule: &Rule) -> String {
    let seconds = |milli: i64| format!("\"{}s\"", milli / 1000);
    let by = format!("group_by = {:?}", rule.group_by.iter().map(|field| field.name()).collect::<Vec<_>>());
    let added = |sum: bool| if sum { ", sum = \"amount\"" } else { "" };
    match &rule.kind {
        Kind::Rate { limit, timespan, sum } => {
            format!("rate = {{ {}, timespan = {}{}, {by} }}", allowed(limit), seconds(*timespan), added(*sum))
        }
        Kind::Quota { limit, period, zone, sum } => {
            let zone = zone.map_or(String::new(), |(name, _)| format!(", timezone = \"{name}\""));
            format!("quota = {{ {}, period = \"{}\"{zone}{}, {by} }}", allowed(limit), period.name(), added(*sum))
        }
        Kind::Interval { min } => format!("interval = {{ min = {}, {by} }}", seconds(*min)),
        Kind::Distinct { field, max, timespan } => {
            let timespan = timespan.map_or(String::new(), |span| format!(", timespan = {}", seconds(span)));
            format!("distinct = {{ field = \"{}\", max = {max}{timespan}, {by} }}", field.name())
        }
        Kind::Capacity { max } => format!(
            "capacity = {{ max = {}, initial = \"account.friends\", add = {{ action = \"accept_friend\" }}, remove = {{ action = \"delete_friend\" }}, {by} }}",
            hundredths(*max)
        ),
    }
}
