//! `distinct`: more than `max` different values of a field in a group, within `timespan` or over the whole input.

use super::evidence::{Broken, GROUP_BY, Group, ON_MISSING, hit};
use super::recent::Recent;
use super::run::Runs;
use super::{Building, Check, Hit, Kind, Needed, OnMissing, OverSeries, Walk};
use crate::record::{Form, Slot};
use crate::schema::{Key, Shape};
use crate::time::Length;
use crate::timeline::{END, Moment, Series, Told};
use crate::words::{Fixed, Words};
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

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

/// So few records are counted again when the next comes: most groups have no more, and nothing must be kept for them.
const FEW: usize = if cfg!(debug_assertions) { 1 } else { 8 };
/// Values below this one are counted by the numbers they have.
const KNOWN: u32 = if cfg!(debug_assertions) { 4 } else { 1 << 16 };
/// One, in millionths.
const ONE: i128 = 1_000_000;

/// Values that are sooner compared one by one than looked up.
const COMPARED: usize = 16;

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

    fn reach(&self) -> Option<Length> {
        self.timespan
    }

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn walk(&self) -> Box<dyn Walk + '_> {
        Box::new(Values {
            rule: self,
            times: Map::default(),
            firsts: Vec::new(),
            over: END,
            runs: Runs::default(),
            recent: Recent::default(),
            numbered: Numbered::default(),
        })
    }
}

impl Distinct {
    /// Whether some window holds more records than different values are allowed.
    fn may_break(&self, series: &Series<'_>) -> bool {
        let later = series.moments.get(self.max..).unwrap_or_default();
        let close = |(first, last): (&Moment, &Moment)| self.timespan.is_none_or(|span| last.since(*first) < span.0.unsigned_abs());
        series.moments.iter().zip(later).any(close)
    }

    /// Whether there are more different values than are allowed; while few are allowed, that is told without a table.
    fn are_too_many(&self, values: &[u32]) -> bool {
        if self.max > COMPARED {
            return true;
        }
        let (mut seen, mut count) = ([0; COMPARED], 0);
        for value in values {
            if !seen[..count].contains(value) {
                if count == self.max {
                    return true;
                }
                seen[count] = *value;
                count += 1;
            }
        }
        false
    }

    /// The first record that is inside the window of another.
    fn first_inside(&self, series: &Series<'_>, last: usize) -> usize {
        let time = series.moments[last].time;
        series.moments[..last].partition_point(|moment| self.is_out(moment.time, time))
    }

    /// The number of a record's value.
    fn value(&self, series: &Series<'_>, row: u32) -> u32 {
        series.all.get(series.table.row(row)).key(self.field[0])
    }

    /// Whether what happened at one time is out of the window that ends at another.
    fn is_out(&self, then: i64, now: i64) -> bool {
        self.timespan.is_some_and(|span| now.saturating_sub(then) >= span.0)
    }
}

/// The values of a group.
struct Values<'r> {
    rule: &'r Distinct,
    /// How often each stands in the needed records; where no record ever goes, at least once.
    times: Map<u32, u32>,
    /// Where no record ever goes, the first row of each value.
    firsts: Vec<u32>,
    /// When the last record is out of the window.
    over: i64,
    runs: Runs,
    /// Where a group is counted that is there as a whole: as long as its windows hold few values, and then.
    recent: Recent,
    numbered: Numbered,
}

impl Walk for Values<'_> {
    fn on(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        if series.is_whole() {
            if self.rule.may_break(series) {
                self.whole(series, hits);
            }
            self.runs.keeps(series, hits);
            return Needed::From(series.moments.len());
        }
        let Some(span) = self.rule.timespan else { return self.first_ones(series, hits) };
        let mut inside = Counts { rule: self.rule, series, times: &mut self.times };
        if inside.times.is_empty() {
            (0..series.fresh).for_each(|at| inside.enter(at));
        }
        let mut from = self.rule.sweep((series, 0, series.fresh), &mut inside, (&mut self.runs, hits));
        while series.moments.get(from).is_some_and(|oldest| self.rule.is_out(oldest.time, series.until)) {
            inside.leave(from);
            from += 1;
        }
        self.pause(series, (from, span), hits)
    }

    fn due(&self) -> i64 {
        if self.runs.is_open() { self.over } else { END }
    }

    fn is_idle(&self) -> bool {
        !self.runs.is_open() && self.firsts.is_empty()
    }

    fn rows(&mut self, visit: &mut dyn FnMut(&mut u32)) {
        self.firsts.iter_mut().for_each(visit);
    }

    fn rests(&self) -> bool {
        self.is_idle() && self.times.is_empty()
    }

    fn runs(&mut self) -> &mut Runs {
        &mut self.runs
    }

    fn forget_names(&mut self) {
        self.times.clear();
    }
}

impl Distinct {
    /// Walks over the records from `next` on, the first window beginning with `from`; gives the first of the last one's window.
    fn sweep(
        &self,
        (series, mut from, next): (&Series<'_>, usize, usize),
        inside: &mut impl Tally,
        (runs, hits): (&mut Runs, &mut Vec<Hit>),
    ) -> usize {
        for (at, moment) in series.moments.iter().enumerate().skip(next) {
            inside.enter(at);
            while self.is_out(series.moments[from].time, moment.time) {
                inside.leave(from);
                from += 1;
            }
            self.hold((series, at), (inside.different(), || from), (runs, hits));
        }
        from
    }

    /// Holds the number of different values in the window of a record, which begins with the record `from`, against the limit.
    #[inline(always)]
    fn hold(
        &self,
        (series, at): (&Series<'_>, usize),
        (count, from): (usize, impl FnOnce() -> usize),
        (runs, hits): (&mut Runs, &mut Vec<Hit>),
    ) {
        let max = self.max as i128 * ONE;
        series.tell(series.moments[at], || Told::count(count as i128 * ONE, Some(max)));
        if count > self.max {
            // Whether its value is new or not, there was no room for a new one.
            let broken = Broken { max, allowed_at: None, room: 0 };
            runs.breaks(series, (at, count as i128 * ONE), || hit(series, &self.group, from()..=at, broken));
        } else {
            runs.keeps(series, hits);
        }
    }
}

impl Values<'_> {
    /// Walks over a whole group.
    fn whole(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) {
        let (rule, length) = (self.rule, series.moments.len());
        self.numbered.take(rule, series);
        let next = if Recent::suits(rule.max) { self.few(series, hits) } else { 0 };
        if next == length || !self.numbered.begin(rule) {
            return;
        }
        let from = next.checked_sub(1).map_or(0, |last| rule.first_inside(series, last));
        (from..next).for_each(|at| self.numbered.enter(at));
        let from = rule.sweep((series, from, next), &mut self.numbered, (&mut self.runs, hits));
        (from..length).for_each(|at| self.numbered.leave(at));
    }

    /// Walks over a whole group as long as there are few values in its windows; gives the first record that it did not come to.
    fn few(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> usize {
        let rule = self.rule;
        self.recent.clear();
        for (at, (moment, value)) in series.moments.iter().zip(&self.numbered.values).enumerate() {
            self.recent.enter(*value, moment.time);
            if self.recent.different() <= rule.max && !self.runs.is_open() && series.trace.is_none() {
                continue;
            }
            self.recent.leave(|last| rule.is_out(last, moment.time));
            rule.hold((series, at), (self.recent.different(), || rule.first_inside(series, at)), (&mut self.runs, hits));
            if self.recent.are_many() {
                return at + 1;
            }
        }
        series.moments.len()
    }

    /// Without a timespan no record ever goes, and the first of each value tells all.
    fn first_ones(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        if self.times.is_empty() {
            self.times = self.firsts.iter().map(|row| (self.rule.value(series, *row), 1)).collect();
        }
        for moment in &series.moments[series.fresh..] {
            if !self.times.contains_key(&self.rule.value(series, moment.row)) {
                self.firsts.push(moment.row);
            }
        }
        let mut inside = Counts { rule: self.rule, series, times: &mut self.times };
        let from = self.rule.sweep((series, 0, series.fresh), &mut inside, (&mut self.runs, hits));
        if series.is_last() {
            self.runs.keeps(series, hits);
        }
        Needed::Ends(from)
    }

    /// More may come. A single value breaks nothing, so a run is over when the last record of the window is out of it.
    fn pause(&mut self, series: &Series<'_>, (from, span): (usize, Length), hits: &mut Vec<Hit>) -> Needed {
        if series.is_last() {
            self.runs.keeps(series, hits);
            return Needed::Ends(from);
        }
        self.over = END;
        if let Some(last) = series.moments.last().filter(|_| self.rule.max > 0) {
            self.over = last.time.saturating_add(span.0);
            if from == series.moments.len() {
                self.runs.keeps(series, hits);
            }
        }
        if series.moments.len() - from <= FEW && !self.runs.is_open() {
            self.times.clear();
        }
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

/// The values of all records of a group. Low numbers they keep, else they are numbered anew.
#[derive(Default)]
struct Numbered {
    values: Vec<u32>,
    /// How often each number is inside: nothing between two groups.
    times: Vec<u32>,
    known: Map<u32, u32>,
    inside: usize,
}

impl Numbered {
    /// Takes the values of a group.
    fn take(&mut self, rule: &Distinct, series: &Series<'_>) {
        self.values.clear();
        series.add_keys(rule.field[0], &mut self.values);
    }

    /// Begins to count the values of the group; not where they break nothing.
    fn begin(&mut self, rule: &Distinct) -> bool {
        if !rule.are_too_many(&self.values) {
            return false;
        }
        let numbers = match self.values.iter().max() {
            Some(last) if *last < KNOWN => *last as usize + 1,
            _ => self.number(),
        };
        self.times.resize(numbers.max(self.times.len()), 0);
        // There are no more different values than numbers.
        numbers > rule.max
    }

    /// Numbers the values from 0 in the order in which they are first seen; gives how many there are.
    fn number(&mut self) -> usize {
        self.known.clear();
        for value in &mut self.values {
            let next = self.known.len() as u32;
            *value = *self.known.entry(*value).or_insert(next);
        }
        self.known.len()
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
struct Counts<'w, 's> {
    rule: &'w Distinct,
    series: &'w Series<'s>,
    times: &'w mut Map<u32, u32>,
}

impl Counts<'_, '_> {
    fn value(&self, at: usize) -> u32 {
        self.rule.value(self.series, self.series.moments[at].row)
    }
}

impl Tally for Counts<'_, '_> {
    fn enter(&mut self, at: usize) {
        *self.times.entry(self.value(at)).or_insert(0) += 1;
    }

    fn leave(&mut self, at: usize) {
        if let Entry::Occupied(mut times) = self.times.entry(self.value(at)) {
            *times.get_mut() -= 1;
            if *times.get() == 0 {
                times.remove();
            }
        }
    }

    fn different(&self) -> usize {
        self.times.len()
    }
}
