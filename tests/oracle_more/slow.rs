//! What the four kinds mean, said as plainly as possible: every record looks at every other.

use crate::clock::{DAY, date, weekday};
use crate::plan::{Operation, Place, Plan, in_order};
use crate::rules::{Over, Ratio, Sequence, Similarity, TimeWindow, Window};
use std::collections::{BTreeMap, BTreeSet};

/// A record, in order, with its place.
type Row<'a> = (Place, &'a Operation);

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub place: Place,
    pub rows: u64,
    /// The highest count of those that are reported.
    pub count: i64,
    /// What else a kind tells: what the count is of, or moments.
    pub more: Vec<Option<i64>>,
}

/// What one record that is judged comes to: nothing, or a count and what else there is to tell.
type Verdict = Option<(i64, Vec<Option<i64>>)>;

fn time(row: &Operation) -> i64 {
    row.time.expect("only rows with a time are in order")
}

/// Runs of records that break, among those that are judged; history is not reported.
fn runs(judged: &[(Row<'_>, Verdict)]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for run in judged.chunk_by(|a, b| a.1.is_some() == b.1.is_some()).filter(|run| run[0].1.is_some()) {
        let reported: Vec<_> = run.iter().filter(|((place, _), _)| place.0 > 0).collect();
        let Some(((place, _), Some((_, more)))) = reported.first() else { continue };
        let count = reported.iter().filter_map(|(_, verdict)| Some(verdict.as_ref()?.0)).max().expect("not empty");
        found.push(Found { place: *place, rows: reported.len() as u64, count, more: more.clone() });
    }
    found
}

fn groups<'a>(rows: impl Iterator<Item = Row<'a>>, key: impl Fn(&Operation) -> Option<String>) -> Vec<Vec<Row<'a>>> {
    let mut groups: BTreeMap<String, Vec<Row<'a>>> = BTreeMap::new();
    rows.filter_map(|row| Some((key(row.1)?, row))).for_each(|(key, row)| groups.entry(key).or_default().push(row));
    groups.into_values().collect()
}

fn by_account(row: &Operation) -> Option<String> {
    row.account.map(str::to_owned)
}

impl Ratio {
    fn amount<'a>(&self, rows: impl Iterator<Item = &'a Operation>) -> i64 {
        if self.days {
            return rows.map(|row| self.zone.day(time(row))).collect::<BTreeSet<_>>().len() as i64;
        }
        rows.map(|row| row.count.unwrap_or(1)).sum()
    }

    fn period(&self, moment: i64) -> (i64, i64) {
        let day = self.zone.day(moment);
        let (year, month, _) = date(day);
        match self.over {
            Over::Day => (0, day),
            Over::Week => (0, day - weekday(day)),
            Over::Month => (year, month),
            Over::Timespan(_) => (0, 0),
        }
    }

    pub(crate) fn verdict(&self, plan: &Plan) -> Vec<Found> {
        let whole = in_order(plan).into_iter().filter(|(_, row)| self.whole.takes(row));
        let mut found: Vec<Found> = groups(whole, by_account).iter().flat_map(|group| self.group(group)).collect();
        found.sort();
        found
    }

    fn group(&self, group: &[Row<'_>]) -> Vec<Found> {
        let mut judged: BTreeMap<(i64, i64), Vec<(Row<'_>, Verdict)>> = BTreeMap::new();
        for (at, row) in group.iter().enumerate().filter(|(_, (_, row))| self.part.takes(row)) {
            let now = time(row.1);
            let is_in = |other: &Operation| match self.over {
                Over::Timespan(span) => time(other) > now - span && time(other) <= now,
                Over::Day | Over::Week | Over::Month => self.period(time(other)) == self.period(now),
            };
            let upto = group[..=at].iter().map(|(_, row)| *row).filter(|other| is_in(other));
            let count = self.amount(upto.clone().filter(|other| self.part.takes(other)));
            let of = match self.over {
                Over::Timespan(_) => self.amount(upto),
                Over::Day | Over::Week | Over::Month => self.amount(group.iter().map(|(_, row)| *row).filter(|other| is_in(other))),
            };
            let breaks = of >= self.least && count * self.share.1 > of * self.share.0;
            judged.entry(self.period(now)).or_default().push((*row, breaks.then(|| (count, vec![]))));
        }
        judged.values().flat_map(|judged| runs(judged)).collect()
    }
}

impl Sequence {
    pub(crate) fn verdict(&self, plan: &Plan) -> Vec<Found> {
        let key = |row: &Operation| {
            let target = if self.by_target { row.target? } else { "" };
            Some(format!("{}/{target}", row.account?))
        };
        let mut found: Vec<Found> = groups(in_order(plan).into_iter(), key).iter().flat_map(|group| runs(&self.judge(group))).collect();
        found.sort();
        found
    }

    /// The count is left to others: one more for each record of a run.
    fn judge<'a>(&self, group: &[Row<'a>]) -> Vec<(Row<'a>, Verdict)> {
        let (last, steps) = self.steps.split_last().expect("two steps at least");
        let mut judged: Vec<(Row<'a>, Verdict)> = Vec::new();
        for (at, row) in group.iter().enumerate().filter(|(_, (_, row))| last.takes(row)) {
            let ended = |from: usize| group[from + 1..at].iter().any(|(_, row)| self.until.as_ref().is_some_and(|until| until.takes(row)));
            let fits = |from: &usize| {
                let near = time(row.1) - time(group[*from].1) < self.timespan;
                near && !ended(*from) && steps[0].takes(group[*from].1) && reaches(&steps[1..], &group[from + 1..at])
            };
            let first = (0..at).rev().find(fits);
            let counted = |from: usize| {
                let before = judged.last().and_then(|(_, verdict)| verdict.as_ref()).map_or(0, |(count, _)| *count);
                let start = time(group[from].1);
                (before + i64::from(row.0.0 > 0), vec![Some(start), Some(start + self.timespan)])
            };
            let verdict = first.map(counted);
            judged.push((*row, verdict));
        }
        judged
    }
}

/// Whether steps stand in rows in their order.
fn reaches(steps: &[crate::rules::Meant], rows: &[Row<'_>]) -> bool {
    let Some((step, later)) = steps.split_first() else { return true };
    (0..rows.len()).any(|at| step.takes(rows[at].1) && reaches(later, &rows[at + 1..]))
}

impl Window {
    fn is_on(&self, day: i64) -> bool {
        let (_, month, of_month) = date(day);
        self.weekdays.as_ref().is_none_or(|days| days.contains(&weekday(day)))
            && self.days.is_none_or(|(from, to)| (from..=to).contains(&of_month))
            && self.months.as_ref().is_none_or(|months| months.contains(&month))
    }

    /// Whether it holds a moment of a wall clock; a window starts today or yesterday.
    fn holds(&self, local: i64) -> bool {
        let today = local.div_euclid(DAY);
        [today - 1, today].into_iter().filter(|day| self.is_on(*day)).any(|day| {
            self.times.iter().any(|(from, until)| {
                let until = if until > from { *until } else { until + 1440 };
                (day * DAY + from * 60..day * DAY + until * 60).contains(&local)
            })
        })
    }
}

impl TimeWindow {
    fn allows(&self, moment: i64) -> bool {
        self.allow.iter().any(|window| window.holds(self.zone.local(moment)))
    }

    /// The next allowed minute, if there is one within so many days.
    pub(crate) fn next(&self, moment: i64, days: i64) -> Option<i64> {
        let start = (moment.div_euclid(60) + 1) * 60;
        (start..start + days * DAY).step_by(60).find(|moment| self.allows(*moment))
    }

    pub(crate) fn verdict(&self, plan: &Plan) -> Vec<Found> {
        let rows = in_order(plan).into_iter();
        let key = |row: &Operation| if self.grouped { by_account(row) } else { Some(String::new()) };
        let mut found = Vec::new();
        for group in groups(rows, key) {
            let mut judged: Vec<(Row<'_>, Verdict)> = Vec::new();
            for row in group {
                let before = judged.last().and_then(|(_, verdict)| verdict.as_ref()).map_or(0, |(count, _)| *count);
                let outside = !self.allows(time(row.1));
                let verdict = outside.then(|| (if self.grouped { before } else { 0 } + i64::from(row.0.0 > 0), vec![]));
                judged.push((row, verdict));
            }
            let apart = if self.grouped { judged.len().max(1) } else { 1 };
            found.extend(judged.chunks(apart).flat_map(runs));
        }
        found.sort();
        found
    }
}

impl Similarity {
    fn set(&self, text: &str) -> BTreeSet<String> {
        let folded: Vec<char> = text.to_lowercase().chars().collect();
        if folded.len() < self.shingle {
            return BTreeSet::from([String::from_iter(folded)]);
        }
        (0..=folded.len() - self.shingle).map(|at| folded[at..at + self.shingle].iter().collect()).collect()
    }

    fn alike(&self, one: &str, other: &str) -> bool {
        let (a, b) = (self.set(one), self.set(other));
        a.intersection(&b).count() * 100 >= a.union(&b).count() * self.threshold
    }

    pub(crate) fn verdict(&self, plan: &Plan) -> Vec<Found> {
        let long = |row: &Row<'_>| row.1.text.chars().count() >= self.shortest && (row.1.target.is_some() || !self.distinct);
        let rows = in_order(plan).into_iter().filter(long);
        let mut found = Vec::new();
        for group in groups(rows, by_account) {
            let verdict = |at: usize| {
                let now = time(group[at].1);
                let window = || group[..=at].iter().map(|(_, row)| *row).filter(move |row| time(row) > now - self.timespan);
                let text = &group[at].1.text;
                let own = self.amount(window().filter(|row| row.text.to_lowercase() == text.to_lowercase()));
                let all = self.amount(window().filter(|row| self.alike(&row.text, text)));
                (all > self.max).then(|| (if own > self.max { own } else { self.max + 1 }, vec![]))
            };
            let judged: Vec<_> = (0..group.len()).map(|at| (group[at], verdict(at))).collect();
            found.extend(runs(&judged));
        }
        found.sort();
        found
    }

    fn amount<'a>(&self, rows: impl Iterator<Item = &'a Operation>) -> i64 {
        if self.distinct {
            return rows.map(|row| row.target).collect::<BTreeSet<_>>().len() as i64;
        }
        rows.map(|row| row.count.unwrap_or(1)).sum()
    }
}
