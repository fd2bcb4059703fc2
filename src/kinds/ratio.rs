//! `ratio`: too large a share of a group's records, or of the days that hold one, in a calendar period or within `timespan`.
//!
//! The whole is what `denominator` takes, or without it all the rule looks at; the part is what `numerator` takes of the whole.
//! A calendar period is judged by its final share: what breaks are its records of the part from the first that is one too many.
//! Within a timespan the share is judged at each record of the part, over the whole in `(t - timespan, t]`; consecutive ones
//! that break are one run, told with its highest count. A record weighs its `count`; a day is one, however much it holds.

use super::evidence::{Broken, GROUP_BY, Group, ON_MISSING, Weights, hit};
use super::run::Runs;
use super::{Building, Check, Hit, Kind, Needed, OnMissing, OverSeries, Walk};
use crate::collection::Record;
use crate::decimal::Decimal;
use crate::record::Slot;
use crate::schema::{Key, Shape, share};
use crate::select::Select;
use crate::time::{Length, Period, Time, Zone};
use crate::timeline::{END, Moment, Series, Told};
use crate::tree::Node;
use crate::words::{Fixed, Words};
use std::ops::{Range, RangeInclusive};

pub(super) const KIND: Kind = Kind {
    name: "ratio",
    about: Fixed {
        zh: "某类记录（或有这类记录的日子）的占比上限", en: "at most such a share of records, or of days that hold one"
    },
    shape: Shape::Table(&[
        Key::must("numerator", Shape::Match, "占比里的哪一部分", "the part: which of the records"),
        Key::may("denominator", Shape::Match, "占谁的比；不写就是规则看的全部记录", "the whole; without it all the rule looks at"),
        Key::may("unit", Shape::OneOf(&["records", "days"]), "数记录还是数日子，默认 records", "what is counted; records if not given"),
        Key::must("max", Shape::Share, "占比上限，如 \"1/30\" 或 0.1", "the largest share, such as \"1/30\" or 0.1"),
        Key::may("min_samples", Shape::Whole, "整体少于这么多就不判断", "with less than so many in the whole there is no share"),
        Key::may("period", Shape::OneOf(&["day", "week", "month"]), "自然周期；与 timespan 二选一", "the period; this or timespan"),
        Key::may("timespan", Shape::Length, "窗口长度，如 7d；与 period 二选一", "how long the window is, such as 7d; this or period"),
        GROUP_BY,
        Key::may("timezone", Shape::Zone, "按哪个时区算日期", "the zone days are counted in"),
        ON_MISSING,
    ]),
    message: Words::fixed(
        "{group} 的占比为 {count}/{of}（{share}），上限是 {limit}",
        "{group}: {count} of {of} ({share}); the limit is {limit}",
    ),
    parts: &["count", "of", "share", "limit", "max", "group", "rows", "period", "timespan"],
    build,
};

struct Ratio {
    group: Group,
    part: Select,
    whole: Option<Select>,
    days: bool,
    max: Share,
    least: i128,
    over: Over,
    zone: Zone,
    weight: Option<Slot>,
    on_missing: OnMissing,
}

/// What a share is of.
#[derive(Clone, Copy)]
enum Over {
    Period(Period),
    Timespan(Length),
}

/// The largest share that is allowed: `above / below`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Share {
    above: i128,
    below: i128,
}

/// One, in millionths.
const ONE: i128 = 1_000_000;

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let group = Group::build(building);
    let node = building.node;
    let part = Select::build(node.get("numerator")?, building.layout, building.problems);
    let whole = node.get("denominator").map(|node| Select::build(node, building.layout, building.problems));
    refuse_nothing_in_common(building, &part, whole.as_ref());
    let max = Share::build(building);
    let over = Over::build(building)?;
    let least = building.get("min_samples").and_then(Node::integer).map_or(0, i128::from) * ONE;
    let zone = building.text("timezone").and_then(Zone::named).unwrap_or_else(|| building.zone.clone());
    let days = building.text("unit") == Some("days");
    let (weight, on_missing) = (building.weight(), building.on_missing());
    Some(Check::Series(Box::new(Ratio { group, part, whole, days, max: max?, least, over, zone, weight, on_missing })))
}

/// The part is a part of the whole: when no action is taken by both, it is always empty.
fn refuse_nothing_in_common(building: &mut Building<'_, '_>, part: &Select, whole: Option<&Select>) {
    let both = |action: &str| part.takes_action(action) && whole.is_none_or(|whole| whole.takes_action(action));
    if !building.words.actions().any(both) {
        let words = Words::fixed(
            "分子里的动作都不在分母里，占比永远是 0，这条规则永远不会生效",
            "no action of the numerator is in the denominator: the share is always 0, the rule could never fire",
        );
        building.problem("numerator", "policy-never-fires", words);
    }
}

impl Over {
    fn build(building: &mut Building<'_, '_>) -> Option<Over> {
        let named = (building.get("period").is_some(), building.get("timespan").is_some());
        if named == (true, true) {
            let words = Words::fixed("`period` 和 `timespan` 只能写一个", "give `period` or `timespan`, not both");
            building.problem("timespan", "policy-bad-value", words);
        } else if named == (false, false) {
            let words =
                Words::fixed("缺少 `period` 或 `timespan`：在多长时间里算占比", "`period` or `timespan` is missing: what the share is of");
            building.problems.add("policy-missing-key", building.node.span, words);
        }
        let period = building.text("period").and_then(Period::named).map(Over::Period);
        period.or(building.length("timespan").map(Over::Timespan))
    }
}

impl Share {
    fn build(building: &mut Building<'_, '_>) -> Option<Share> {
        let node = building.get("max")?;
        let (above, below) = match node.text() {
            Some(text) => share(text)?,
            None => (node.number()?.0, Decimal::whole(1)?.0),
        };
        let problem = if above < 0 || above > below {
            Some(("policy-bad-value", Words::fixed("比例要在 0 到 1 之间", "a share is between 0 and 1")))
        } else if above == below {
            Some((
                "policy-never-fires",
                Words::fixed("占比不会超过 1，这条规则永远不会生效", "no share is above 1; the rule could never fire"),
            ))
        } else if i128::from(below) > ONE {
            // Sums of any weights times this still fit the numbers they are compared in.
            Some(("policy-bad-value", Words::fixed("分母不能超过 1000000", "the denominator must not be above 1000000")))
        } else {
            None
        };
        if let Some((code, words)) = problem {
            building.problem("max", code, words);
        }
        Some(Share { above: above.into(), below: below.into() })
    }

    fn is_broken(self, count: i128, of: i128) -> bool {
        count * self.below > self.above * of
    }

    /// The whole units that may be added to a part of a whole, in millionths.
    fn room(self, part: i128, whole: i128) -> i128 {
        (self.above * whole - part * self.below).div_euclid((self.below - self.above) * ONE) * ONE
    }

    /// The whole units that are allowed of a whole, in millionths.
    fn of(self, whole: i128) -> i128 {
        self.above * whole / (self.below * ONE) * ONE
    }
}

impl OverSeries for Ratio {
    fn group_by(&self) -> &[Slot] {
        &self.group.slots
    }

    fn reach(&self) -> Option<Length> {
        match self.over {
            Over::Period(_) => None,
            Over::Timespan(length) => Some(length),
        }
    }

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn is_choosy(&self) -> bool {
        self.whole.is_some()
    }

    fn takes(&self, record: Record<'_>) -> bool {
        self.whole.as_ref().is_none_or(|whole| whole.decide(record) == Some(true))
    }

    fn looks_back(&self) -> bool {
        true
    }

    fn walk(&self) -> Box<dyn Walk + '_> {
        Box::new(Judge { rule: self, over: END, runs: Runs::default() })
    }
}

/// How much stretches of a series hold.
enum Amounts {
    /// Up to each record, what all before it weigh.
    Weights(Vec<i128>),
    /// The number of each record's day; days without a record have none.
    Days(Vec<u32>),
}

impl Ratio {
    /// The places of the part's records, from one on.
    fn places(&self, series: &Series<'_>, from: usize) -> Vec<usize> {
        let is_part = |at: &usize| self.part.decide(series.record(series.moments[*at])) == Some(true);
        (from..series.moments.len()).filter(is_part).collect()
    }

    /// How much the last record of a part might have been, which makes `before` the `count` it is.
    fn room(&self, (before, count): (i128, i128), of: i128) -> i128 {
        let rest = of - (count - before);
        if self.days { 0 } else { self.max.room(before, rest).max(self.least - rest - ONE) }
    }

    fn told(&self, count: i128, of: i128) -> Told {
        let least = Decimal::saturated(self.least);
        let note = match of < self.least {
            true => Words::new(format!("整体不足 {least}，不判断"), format!("less than {least} in the whole, not judged")),
            false => Words::default(),
        };
        Told { of: Some(of), note, ..Told::count(count, Some(self.max.of(of))) }
    }

    fn shares<'a>(&self, series: &Series<'a>, part: &'a [Moment]) -> Shares<'a> {
        let part = Series { moments: part, ..*series };
        Shares { wholes: self.amounts(series), parts: self.amounts(&part), part }
    }

    fn amounts(&self, series: &Series<'_>) -> Amounts {
        if self.days {
            return Amounts::Days(self.day_numbers(series.moments));
        }
        let weights = Weights::of(series, self.weight, Decimal(1_000_000));
        let mut sum = 0;
        let sums = series.moments.iter().map(|moment| {
            sum += weights.get(*moment);
            sum
        });
        Amounts::Weights(std::iter::once(0).chain(sums).collect())
    }

    fn day_numbers(&self, moments: &[Moment]) -> Vec<u32> {
        let (mut number, mut end) = (0, Time(i64::MIN));
        let day = |moment: &Moment| {
            let time = Time(moment.time);
            if time >= end {
                number += 1;
                end = self.zone.period(Period::Day, time).1;
            }
            number
        };
        moments.iter().map(day).collect()
    }
}

impl Amounts {
    /// How much a stretch holds, in millionths.
    fn of(&self, range: Range<usize>) -> i128 {
        match self {
            Amounts::Weights(sums) => sums[range.end] - sums[range.start],
            Amounts::Days(_) if range.is_empty() => 0,
            Amounts::Days(days) => i128::from(days[range.end - 1] - days[range.start] + 1) * ONE,
        }
    }
}

/// The shares of a group.
struct Judge<'r> {
    rule: &'r Ratio,
    /// When the period that is not judged yet is over.
    over: i64,
    runs: Runs,
}

/// The records of the part, and what stretches of whole and part hold.
struct Shares<'a> {
    wholes: Amounts,
    part: Series<'a>,
    parts: Amounts,
}

impl Walk for Judge<'_> {
    fn on(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        match self.rule.over {
            Over::Period(period) => self.periods(period, series, hits),
            Over::Timespan(length) => self.windows(length, series, hits),
        }
    }

    fn due(&self) -> i64 {
        self.over
    }

    fn is_idle(&self) -> bool {
        !self.runs.is_open()
    }

    fn rests(&self) -> bool {
        !self.runs.is_open() && self.over == END
    }

    fn runs(&mut self) -> &mut Runs {
        &mut self.runs
    }
}

impl Judge<'_> {
    /// Judges the periods that are over.
    fn periods(&mut self, period: Period, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        let mut from = 0;
        while let Some(first) = series.moments.get(from) {
            let end = self.rule.zone.period(period, Time(first.time)).1.0;
            if series.until < end {
                self.over = end;
                return Needed::From(from);
            }
            let rest = &series.moments[from..];
            let after = rest.partition_point(|moment| moment.time < end).max(1);
            self.period(&Series { moments: &rest[..after], fresh: 0, ..*series }, hits);
            from += after;
        }
        self.over = END;
        Needed::From(from)
    }

    fn period(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) {
        let places = self.rule.places(series, 0);
        if places.is_empty() {
            return;
        }
        let part: Vec<Moment> = places.iter().map(|at| series.moments[*at]).collect();
        let shares = self.rule.shares(series, &part);
        let of = shares.wholes.of(0..series.moments.len());
        for at in 0..part.len() {
            self.look(&shares, (0..=at, of), hits);
        }
        self.runs.keeps(series, hits);
    }

    fn windows(&mut self, length: Length, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        if !self.rule.places(series, series.fresh).is_empty() {
            let places = self.rule.places(series, 0);
            let part: Vec<Moment> = places.iter().map(|at| series.moments[*at]).collect();
            let shares = self.rule.shares(series, &part);
            let (mut from, mut start) = (0, 0);
            for (at, place) in places.iter().enumerate() {
                let is_out = |moment: Moment| series.moments[*place].time.saturating_sub(moment.time) >= length.0;
                while is_out(series.moments[start]) {
                    start += 1;
                }
                while is_out(part[from]) {
                    from += 1;
                }
                if *place >= series.fresh {
                    self.look(&shares, (from..=at, shares.wholes.of(start..place + 1)), hits);
                }
            }
        }
        if series.is_last() {
            self.runs.keeps(series, hits);
        }
        Needed::From(series.moments.partition_point(|moment| series.until.saturating_sub(moment.time) >= length.0))
    }

    /// Holds the share of the part's records in a window against the limit.
    fn look(&mut self, shares: &Shares<'_>, (window, of): (RangeInclusive<usize>, i128), hits: &mut Vec<Hit>) {
        let Shares { part, parts, .. } = shares;
        let (from, at) = (*window.start(), *window.end());
        let (count, max) = (parts.of(from..at + 1), self.rule.max.of(of));
        part.tell(part.moments[at], || self.rule.told(count, of));
        if of < self.rule.least || !self.rule.max.is_broken(count, of) {
            return self.runs.keeps(part, hits);
        }
        let room = || self.rule.room((parts.of(from..at), count), of);
        let hit = || hit(part, &self.rule.group, window, Broken { max, allowed_at: None, room: room() });
        if let Some(run) = self.runs.breaks(part, (at, count), hit)
            && count == run.count
            && run.share.is_none_or(|(known, _)| of < known)
        {
            run.share = Some((of, max));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENTH: Share = Share { above: 1, below: 10 };

    #[test]
    fn exactly_the_share_is_allowed() {
        assert!(!TENTH.is_broken(3 * ONE, 30 * ONE));
        assert!(TENTH.is_broken(3 * ONE, 29 * ONE));
        assert_eq!(TENTH.of(29 * ONE), 2 * ONE);
    }

    #[test]
    fn a_third_is_not_rounded() {
        let third = Share { above: 1, below: 3 };
        assert!(!third.is_broken(333_333 * ONE, 999_999 * ONE));
        assert!(third.is_broken(333_334 * ONE, 999_999 * ONE));
    }

    #[test]
    fn absurd_weights_do_not_overflow() {
        let most = i128::from(i64::MAX) * i128::from(u32::MAX);
        let share = Share { above: 1, below: ONE };
        assert!(share.is_broken(most, most));
        assert!(share.of(most) > 0);
    }

    #[test]
    fn days_without_records_do_not_count() {
        let days = Amounts::Days(vec![1, 1, 2, 4, 4]);
        assert_eq!([days.of(0..2), days.of(1..3), days.of(2..2)], [ONE, 2 * ONE, 0]);
    }
}
