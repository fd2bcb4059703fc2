//! `sequence`: the `steps` of a group in their forbidden order within `timespan`.
//!
//! A record of the last step breaks the rule when records of the other steps stand before it in their order, the first of them
//! less than `timespan` ago. Others may stand between, but none that `until` takes: it ends the attempt. Of several such chains
//! the latest is told. Every record is one step at most. Records of the last step that break, with none between them that does
//! not, are one run.

use super::evidence::{Broken, GROUP_BY, Group, ON_MISSING, counted, hit};
use super::run::Runs;
use super::{Building, Check, Hit, Kind, Needed, OnMissing, OverSeries, Walk};
use crate::collection::{Record, Row};
use crate::finding::{Detail, Why};
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::select::Select;
use crate::time::{Length, Time};
use crate::timeline::{Moment, Series, Told, time_of};
use crate::words::{Fixed, Words};

pub(super) const KIND: Kind = Kind {
    name: "sequence",
    about: Fixed { zh: "一段时间内不许出现的先后顺序", en: "steps that must not follow each other within a time" },
    shape: Shape::Table(&[
        Key::must("steps", Shape::List(&Shape::Match), "依次是哪些记录，至少两步", "the records in their order, two steps at least"),
        Key::may("until", Shape::Match, "出现这种记录就重新算起", "a record that ends the attempt"),
        Key::must("timespan", Shape::Length, "从第一步到最后一步的时间，如 5m", "from the first step to the last, such as 5m"),
        GROUP_BY,
        ON_MISSING,
    ]),
    message: Words::fixed("{group} 在 {timespan} 内依次做完各步，共 {count} 次", "{group}: {count} in this order within {timespan}"),
    parts: &["count", "group", "rows", "timespan"],
    build,
};

struct Sequence {
    group: Group,
    /// All steps but the last.
    steps: Vec<Select>,
    last: Select,
    until: Option<Select>,
    timespan: Length,
    on_missing: OnMissing,
}

/// One, in millionths.
const ONE: i128 = 1_000_000;

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let group = Group::build(building);
    let node = building.node;
    let mut steps: Vec<Select> =
        node.get("steps")?.items().iter().map(|step| Select::build(step, building.layout, building.problems)).collect();
    if steps.len() == 1 {
        let words = Words::fixed("至少要写两步", "there must be two steps at least");
        building.problem("steps", "policy-bad-value", words);
        building.problems.found.last_mut()?.help =
            Words::fixed("只有一步的规则用 rate 或 constraint", "for a single step use `rate` or `constraint`");
    }
    let until = node.get("until").map(|until| Select::build(until, building.layout, building.problems));
    let timespan = building.length("timespan")?;
    let last = steps.pop()?;
    Some(Check::Series(Box::new(Sequence { group, steps, last, until, timespan, on_missing: building.on_missing() })))
}

impl OverSeries for Sequence {
    fn group_by(&self) -> &[Slot] {
        &self.group.slots
    }

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn is_choosy(&self) -> bool {
        true
    }

    fn takes(&self, record: Record<'_>) -> bool {
        self.steps.iter().chain([&self.last]).chain(&self.until).any(|select| select.decide(record) == Some(true))
    }

    fn walk(&self) -> Box<dyn Walk + '_> {
        Box::new(Steps { rule: self, open: Open::none(self.steps.len()), count: 0, runs: Runs::default() })
    }
}

/// The steps of a group.
struct Steps<'r> {
    rule: &'r Sequence,
    open: Open,
    /// How many of the run break the rule.
    count: i128,
    runs: Runs,
}

impl Walk for Steps<'_> {
    fn on(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        for (at, moment) in series.moments.iter().enumerate().skip(series.fresh) {
            let record = series.record(*moment);
            let takes = |select: &Select| select.decide(record) == Some(true);
            if takes(&self.rule.last) {
                self.last(series, at, hits);
            }
            if self.rule.until.as_ref().is_some_and(takes) {
                self.open.end();
            }
            self.open.add(*moment, |step| takes(&self.rule.steps[step]));
            series.tell(*moment, || self.told(takes));
        }
        self.open.leave(series.until, self.rule.timespan);
        if series.is_last() {
            self.runs.keeps(series, hits);
            self.count = 0;
        }
        Needed::From(series.moments.len())
    }

    fn is_idle(&self) -> bool {
        !self.runs.is_open() && self.open.is_empty()
    }

    fn rows(&mut self, visit: &mut dyn FnMut(&mut u32)) {
        self.open.0.iter_mut().flatten().flatten().for_each(|moment| visit(&mut moment.row));
    }

    fn runs(&mut self) -> &mut Runs {
        &mut self.runs
    }
}

impl Steps<'_> {
    /// Which step a record is.
    fn told(&self, takes: impl Fn(&Select) -> bool) -> Told {
        let of = self.rule.steps.len() + 1;
        if takes(&self.rule.last) {
            return Told { note: numbered(of, of), ..Told::count(self.count * ONE, None) };
        }
        let step = self.rule.steps.iter().rposition(takes).map_or(0, |step| step + 1);
        Told { note: numbered(step, of), ..Told::default() }
    }

    /// A record of the last step.
    fn last(&mut self, series: &Series<'_>, at: usize, hits: &mut Vec<Hit>) {
        let time = series.moments[at].time;
        let is_near = |chain: &&Vec<Moment>| time.saturating_sub(chain[0].time) < self.rule.timespan.0;
        if let Some(chain) = self.open.whole().filter(is_near) {
            self.count += i128::from(!series.is_history(series.moments[at]));
            self.runs.breaks(series, (at, self.count * ONE), || self.rule.hit(series, at, chain));
        } else {
            self.count = 0;
            self.runs.keeps(series, hits);
        }
    }
}

impl Sequence {
    fn hit(&self, series: &Series<'_>, at: usize, chain: &[Moment]) -> Hit {
        let allowed_at = Some(Time(chain[0].time.saturating_add(self.timespan.0)));
        let steps = self.steps.len() + 1;
        let step =
            |(number, moment): (usize, &Moment)| -> (Row, Why) { (series.table.row(moment.row), numbered(number + 1, steps).into()) };
        let mut hit = hit(series, &self.group, at..=at, Broken { max: 0, allowed_at, room: 0 });
        if let Detail::Window(window) = &mut hit.detail {
            window.start = time_of(chain[0]);
            window.records = counted(series, chain.iter().chain([&series.moments[at]]));
        }
        Hit { related: chain.iter().enumerate().map(step).collect(), ..hit }
    }
}

fn numbered(step: usize, of: usize) -> Words {
    Words::new(format!("第 {step} 步，共 {of} 步"), format!("step {step} of {of}"))
}

/// By step, the latest chain of records that ends with it. A chain that starts later is nearer to all that follows, so
/// older ones need not be kept.
struct Open(Vec<Option<Vec<Moment>>>);

impl Open {
    fn none(steps: usize) -> Open {
        Open(vec![None; steps])
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// The latest chain of all steps but the last.
    fn whole(&self) -> Option<&Vec<Moment>> {
        self.0.last()?.as_ref()
    }

    fn end(&mut self) {
        self.0.fill(None);
    }

    /// Forgets chains that nothing from a time on can end in time.
    fn leave(&mut self, time: i64, timespan: Length) {
        for chain in &mut self.0 {
            if chain.as_ref().is_some_and(|chain| time.saturating_sub(chain[0].time) >= timespan.0) {
                *chain = None;
            }
        }
    }

    /// Adds a record to the chains of each step it `is`; the later steps first, so that it is no step twice.
    fn add(&mut self, moment: Moment, is: impl Fn(usize) -> bool) {
        for step in (1..self.0.len()).rev() {
            if let Some(before) = self.0[step - 1].as_ref().filter(|_| is(step)) {
                self.0[step] = Some(before.iter().copied().chain([moment]).collect());
            }
        }
        if is(0) {
            self.0[0] = Some(vec![moment]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds letters to the chains of `a`, `b`, `c`; `|` ends them.
    fn chain(letters: &str) -> Option<Vec<u32>> {
        let mut open = Open::none(3);
        for (row, letter) in (0..).zip(letters.chars()) {
            if letter == '|' {
                open.end();
            }
            open.add(Moment { time: 0, row, action: 0 }, |step| "abc".chars().nth(step) == Some(letter) || letter == '*');
        }
        Some(open.whole()?.iter().map(|moment| moment.row).collect())
    }

    #[test]
    fn the_latest_chain_is_kept() {
        assert_eq!(chain("aabbxc"), Some(vec![1, 3, 5]));
        assert_eq!(chain("abcac"), Some(vec![0, 1, 4]));
        assert_eq!(chain("abcabc"), Some(vec![3, 4, 5]));
    }

    #[test]
    fn the_order_matters_and_an_end_is_an_end() {
        assert_eq!(chain("acb"), None);
        assert_eq!(chain("ab|c"), None);
        assert_eq!(chain("a|abc"), Some(vec![2, 3, 4]));
    }

    #[test]
    fn a_record_is_one_step_at_most() {
        assert_eq!(chain("**"), None);
        assert_eq!(chain("***"), Some(vec![0, 1, 2]));
    }
}
