//! Random rules of the four kinds, and how a policy says them.

use crate::clock::Zone;
use crate::plan::{ACTIONS, Operation};
use proptest::prelude::*;
use proptest::sample::select;

/// Which operations are meant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Meant {
    pub actions: Vec<&'static str>,
    pub promo: Option<bool>,
}

impl Meant {
    pub(crate) fn takes(&self, row: &Operation) -> bool {
        self.actions.contains(&row.action) && self.promo.is_none_or(|promo| promo == row.promo)
    }

    fn toml(&self) -> String {
        let promo = self.promo.map_or(String::new(), |promo| format!(", promo = {promo}"));
        format!("{{ action = {:?}{promo} }}", self.actions)
    }
}

fn meant() -> impl Strategy<Value = Meant> {
    (prop::sample::subsequence(ACTIONS.to_vec(), 1..=3), prop::option::weighted(0.3, any::<bool>()))
        .prop_map(|(actions, promo)| Meant { actions, promo })
}

/// What a share is of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Over {
    Day,
    Week,
    Month,
    Timespan(i64),
}

#[derive(Clone, Debug)]
pub(crate) struct Ratio {
    pub part: Meant,
    pub whole: Meant,
    pub days: bool,
    pub share: (i64, i64),
    pub least: i64,
    pub over: Over,
    pub zone: Zone,
}

#[derive(Clone, Debug)]
pub(crate) struct Sequence {
    pub steps: Vec<Meant>,
    pub until: Option<Meant>,
    pub timespan: i64,
    pub by_target: bool,
}

/// A window: minutes of the day, days of the week from Monday, days of the month, months.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub times: Vec<(i64, i64)>,
    pub weekdays: Option<Vec<i64>>,
    pub days: Option<(i64, i64)>,
    pub months: Option<Vec<i64>>,
}

#[derive(Clone, Debug)]
pub(crate) struct TimeWindow {
    pub allow: Vec<Window>,
    pub zone: Zone,
    pub grouped: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Similarity {
    pub shingle: usize,
    /// In hundredths.
    pub threshold: usize,
    pub distinct: bool,
    pub max: i64,
    pub timespan: i64,
    pub shortest: usize,
}

fn spans() -> impl Strategy<Value = i64> {
    select(vec![60, 300, 301, 3600, 86_400, 3 * 86_400])
}

fn zones() -> impl Strategy<Value = Zone> {
    select(vec![Zone::Shanghai, Zone::NewYork])
}

pub(crate) fn ratios() -> impl Strategy<Value = Ratio> {
    let over = prop_oneof![Just(Over::Day), Just(Over::Week), Just(Over::Month), spans().prop_map(Over::Timespan)];
    let shares = select(vec![(0, 1), (1, 30), (1, 3), (1, 2), (2, 3), (99, 100)]);
    (meant(), meant(), any::<bool>(), shares, 0..6i64, over, zones()).prop_map(|(part, mut whole, days, share, least, over, zone)| {
        // With nothing in common the rule could never fire, which is a mistake in the policy.
        whole.actions.push(part.actions[0]);
        Ratio { part, whole, days, share, least, over, zone }
    })
}

pub(crate) fn sequences() -> impl Strategy<Value = Sequence> {
    let until = prop::option::weighted(0.4, meant());
    (prop::collection::vec(meant(), 2..=4), until, spans(), any::<bool>()).prop_map(|(steps, until, timespan, by_target)| Sequence {
        steps,
        until,
        timespan,
        by_target,
    })
}

fn windows() -> impl Strategy<Value = Window> {
    let minute = || select((0..24 * 60).step_by(30).collect::<Vec<i64>>());
    let time = (minute(), minute()).prop_map(|(from, until)| (from, if from == until { 1440 } else { until }));
    let weekdays = prop::option::of(prop::sample::subsequence((0..7).collect::<Vec<i64>>(), 1..6));
    let days = prop::option::weighted(0.3, (1..=28i64, 0..4i64).prop_map(|(from, more)| (from, from + more)));
    let months = prop::option::weighted(0.3, Just(vec![3, 4, 11]));
    (prop::collection::vec(time, 1..3), weekdays, days, months).prop_map(|(times, weekdays, days, months)| Window {
        // One of the whole day alone would allow everything.
        times: times.into_iter().map(|(from, until)| if (from, until) == (0, 1440) { (0, 60) } else { (from, until) }).collect(),
        weekdays,
        days,
        months,
    })
}

pub(crate) fn time_windows() -> impl Strategy<Value = TimeWindow> {
    (prop::collection::vec(windows(), 1..3), zones(), any::<bool>()).prop_map(|(allow, zone, grouped)| TimeWindow { allow, zone, grouped })
}

pub(crate) fn similarities() -> impl Strategy<Value = Similarity> {
    let thresholds = select(vec![1, 20, 34, 50, 60, 75, 85, 100]);
    (1..=4usize, thresholds, any::<bool>(), 0..4i64, spans(), 1..5usize).prop_map(
        |(shingle, threshold, distinct, max, timespan, shortest)| Similarity { shingle, threshold, distinct, max, timespan, shortest },
    )
}

impl Ratio {
    pub(crate) fn toml(&self) -> String {
        let over = match self.over {
            Over::Day => "period = \"day\"".to_owned(),
            Over::Week => "period = \"week\"".to_owned(),
            Over::Month => "period = \"month\"".to_owned(),
            Over::Timespan(seconds) => format!("timespan = \"{seconds}s\""),
        };
        let (unit, (above, below)) = (if self.days { "days" } else { "records" }, self.share);
        format!(
            "ratio = {{ numerator = {}, denominator = {}, unit = \"{unit}\", max = \"{above}/{below}\", min_samples = {}, {over}, timezone = \"{}\", group_by = [\"account\"] }}",
            self.part.toml(),
            self.whole.toml(),
            self.least,
            self.zone.name()
        )
    }
}

impl Sequence {
    pub(crate) fn toml(&self) -> String {
        let steps = self.steps.iter().map(Meant::toml).collect::<Vec<_>>().join(", ");
        let until = self.until.as_ref().map_or(String::new(), |until| format!("until = {}, ", until.toml()));
        let group = if self.by_target { "\"account\", \"target\"" } else { "\"account\"" };
        format!("sequence = {{ steps = [{steps}], {until}timespan = \"{}s\", group_by = [{group}] }}", self.timespan)
    }
}

impl Window {
    fn toml(&self) -> String {
        const NAMES: [&str; 7] = ["mon", "Tuesday", "wed", "thu", "fri", "saturday", "sun"];
        let time = |(from, until): &(i64, i64)| format!("\"{:02}:{:02}-{}:{:02}\"", from / 60, from % 60, until / 60, until % 60);
        let mut keys = vec![format!("times = [{}]", self.times.iter().map(time).collect::<Vec<_>>().join(", "))];
        keys.extend(
            self.weekdays.as_ref().map(|days| format!("weekdays = {:?}", days.iter().map(|day| NAMES[*day as usize]).collect::<Vec<_>>())),
        );
        keys.extend(self.days.map(|(from, to)| format!("days_of_month = [\"{from}-{to}\"]")));
        keys.extend(self.months.as_ref().map(|months| format!("months = {months:?}")));
        format!("{{ {} }}", keys.join(", "))
    }
}

impl TimeWindow {
    pub(crate) fn toml(&self) -> String {
        let allow = self.allow.iter().map(Window::toml).collect::<Vec<_>>().join(", ");
        let group = if self.grouped { ", group_by = [\"account\"]" } else { "" };
        format!("time_window = {{ allow = [{allow}], timezone = \"{}\"{group} }}", self.zone.name())
    }
}

impl Similarity {
    pub(crate) fn toml(&self) -> String {
        let distinct = if self.distinct { "distinct = \"target\", " } else { "" };
        let (whole, rest) = (self.threshold / 100, self.threshold % 100);
        format!(
            "similarity = {{ shingle = {}, threshold = {whole}.{rest:02}, {distinct}max = {}, timespan = \"{}s\", min_length = {}, group_by = [\"account\"] }}",
            self.shingle, self.max, self.timespan, self.shortest
        )
    }
}
