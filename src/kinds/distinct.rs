//! `distinct`: more than `max` different values of a field in a group, within `timespan` or over the whole input.

use super::evidence::{Broken, GROUP_BY, Group, ON_MISSING, hit};
use super::run::Runs;
use super::{Building, Check, Hit, Kind, Needed, OnMissing, OverSeries, Walk};
use crate::record::{Form, Slot};
use crate::schema::{Key, Shape};
use crate::time::Length;
use crate::timeline::{END, Moment, Series, Told};
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

type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

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

    fn walk(&self) -> Box<dyn Walk + '_> {
        Box::new(Values { rule: self, inside: Hashed::default(), over: END, runs: Runs::default() })
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
    fn values(&self, series: &Series<'_>, moments: &[Moment]) -> Vec<u32> {
        series.table.keys_of(series.all, self.field[0], moments).collect()
    }

    /// Whether a record is out of the window that ends at a time.
    fn is_out(&self, moment: Moment, time: i64) -> bool {
        self.timespan.is_some_and(|span| time.saturating_sub(moment.time) >= span.0)
    }
}

/// The values of a group.
struct Values<'r> {
    rule: &'r Distinct,
    /// Those of the needed records.
    inside: Hashed,
    /// When the last record is out of the window.
    over: i64,
    runs: Runs,
}

impl Walk for Values<'_> {
    fn on(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        if series.is_whole() {
            if let Some(mut numbered) = Numbered::of(self.rule, series).filter(|numbered| numbered.times.len() > self.rule.max) {
                self.sweep(series, &mut numbered, hits);
            }
            self.runs.keeps(series, hits);
            return Needed::From(series.moments.len());
        }
        let mut inside = std::mem::take(&mut self.inside);
        inside.learn(self.rule, series);
        let mut from = self.sweep(series, &mut inside, hits);
        while series.moments.get(from).is_some_and(|oldest| self.rule.is_out(*oldest, series.until)) {
            inside.leave(from);
            from += 1;
        }
        self.inside = inside;
        self.pause(series, from, hits)
    }

    fn due(&self) -> i64 {
        if self.runs.is_open() { self.over } else { END }
    }

    fn is_idle(&self) -> bool {
        !self.runs.is_open() && self.inside.firsts.is_empty()
    }

    fn rows(&mut self, visit: &mut dyn FnMut(&mut u32)) {
        self.inside.firsts.iter_mut().for_each(visit);
    }

    fn rests(&self) -> bool {
        self.is_idle() && self.inside.values.is_empty() && self.inside.times.is_empty()
    }

    fn runs(&mut self) -> &mut Runs {
        &mut self.runs
    }

    fn forget_names(&mut self) {
        self.inside.times.clear();
    }
}

impl Values<'_> {
    /// Walks over the fresh records; gives the first of the last one's window.
    fn sweep(&mut self, series: &Series<'_>, inside: &mut impl Tally, hits: &mut Vec<Hit>) -> usize {
        let (rule, mut from) = (self.rule, 0);
        for (at, moment) in series.moments.iter().enumerate().skip(series.fresh) {
            inside.enter(at);
            while rule.is_out(series.moments[from], moment.time) {
                inside.leave(from);
                from += 1;
            }
            let count = inside.different();
            let max = rule.max as i128 * ONE;
            series.tell(*moment, || Told::count(count as i128 * ONE, Some(max)));
            if count > rule.max {
                // Whether its value is new or not, there was no room for a new one.
                let broken = Broken { max, allowed_at: None, room: 0 };
                self.runs.breaks(series, (at, count as i128 * ONE), || hit(series, &rule.group, from..=at, broken));
            } else {
                self.runs.keeps(series, hits);
            }
        }
        from
    }

    /// More may come. A single value breaks nothing, so a run is over when the last record of the window is out of it.
    fn pause(&mut self, series: &Series<'_>, from: usize, hits: &mut Vec<Hit>) -> Needed {
        let Some(span) = self.rule.timespan.filter(|_| !series.is_last()) else {
            if series.is_last() {
                self.runs.keeps(series, hits);
            }
            return Needed::Ends(from);
        };
        self.over = END;
        if let Some(last) = series.moments.last().filter(|_| self.rule.max > 0) {
            self.over = last.time.saturating_add(span.0);
            if from == series.moments.len() {
                self.runs.keeps(series, hits);
            }
        }
        self.inside.values.drain(..from);
        Needed::From(from)
    }
}

/// The different values of a window, whose records are known by their places.
trait Tally {
    /// A record comes.
    fn enter(&mut self, at: usize);
    /// A record goes.
    fn leave(&mut self, at: usize);
    /// How many different values there are.
    fn different(&self) -> usize;
}

/// The values of all records of a group, numbered from 0 in the order in which they are first seen.
struct Numbered {
    values: Vec<u32>,
    times: Vec<u32>,
    inside: usize,
}

impl Numbered {
    /// None where nothing can break.
    fn of(rule: &Distinct, series: &Series<'_>) -> Option<Numbered> {
        if !rule.may_break(series) {
            return None;
        }
        let mut known: Map<u32, u32> = Map::default();
        let mut values = rule.values(series, series.moments);
        for value in &mut values {
            let next = known.len() as u32;
            *value = *known.entry(*value).or_insert(next);
        }
        Some(Numbered { values, times: vec![0; known.len()], inside: 0 })
    }
}

impl Tally for Numbered {
    fn enter(&mut self, at: usize) {
        let times = &mut self.times[self.values[at] as usize];
        self.inside += usize::from(*times == 0);
        *times += 1;
    }

    fn leave(&mut self, at: usize) {
        let times = &mut self.times[self.values[at] as usize];
        *times -= 1;
        self.inside -= usize::from(*times == 0);
    }

    fn different(&self) -> usize {
        self.inside
    }
}

/// The values of a group that goes on.
#[derive(Default)]
struct Hashed {
    /// Of each needed record, and of those that are new.
    values: Vec<u32>,
    times: Map<u32, u32>,
    /// Where no record ever goes, the first row of each value.
    firsts: Vec<u32>,
}

impl Hashed {
    /// Takes up the values of fresh records, and of those before that were forgotten.
    fn learn(&mut self, rule: &Distinct, series: &Series<'_>) {
        if rule.timespan.is_none() {
            return self.learn_firsts(rule, series);
        }
        if self.times.is_empty() {
            self.values.clear();
        }
        let known = self.values.len();
        self.values.extend(rule.values(series, &series.moments[known..]));
        (known..series.fresh).for_each(|at| self.enter(at));
    }

    fn learn_firsts(&mut self, rule: &Distinct, series: &Series<'_>) {
        if self.times.is_empty() {
            let firsts: Vec<Moment> = self.firsts.iter().map(|row| Moment { time: 0, row: *row, action: 0 }).collect();
            self.times = rule.values(series, &firsts).into_iter().map(|value| (value, 1)).collect();
        }
        self.values.clear();
        self.values.resize(series.fresh, 0);
        self.values.extend(rule.values(series, &series.moments[series.fresh..]));
        let fresh = series.moments[series.fresh..].iter().zip(&self.values[series.fresh..]);
        let new = fresh.filter(|(_, value)| !self.times.contains_key(*value)).map(|(moment, _)| moment.row);
        self.firsts.extend(new);
    }
}

impl Tally for Hashed {
    fn enter(&mut self, at: usize) {
        *self.times.entry(self.values[at]).or_insert(0) += 1;
    }

    fn leave(&mut self, at: usize) {
        if let Some(times) = self.times.get_mut(&self.values[at]) {
            *times -= 1;
            if *times == 0 {
                self.times.remove(&self.values[at]);
            }
        }
    }

    fn different(&self) -> usize {
        self.times.len()
    }
}
