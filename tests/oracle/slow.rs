//! What design.md says a limit means, in the plainest words that run: every window is counted anew for every record.

use crate::clock::{DAY, SHANGHAI};
use crate::plan::{Operation, Plan};
use crate::rules::{Kind, Limit, Rule};
use std::cmp::Ordering;

/// A finding: where its first record stands, how many records break, the highest count in hundredths.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// The number of the file; 0 is the history.
    pub file: usize,
    /// The number of the row in the file.
    pub row: usize,
    /// How many records break.
    pub rows: u64,
    /// The highest count.
    pub count: i64,
}

/// What the oracle says of one rule.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    /// Every run of breaking records.
    pub found: Vec<Found>,
    /// File and row of the records that lack what the rule needs.
    pub lacking: Vec<(usize, usize)>,
}

/// A record and where it stands.
#[derive(Clone, Copy)]
struct Placed<'a> {
    file: usize,
    row: usize,
    operation: &'a Operation,
}

impl Placed<'_> {
    fn is_history(&self) -> bool {
        self.file == 0
    }

    fn time(&self) -> i64 {
        self.operation.time.unwrap_or(i64::MIN)
    }
}

/// Holds a plan to one rule.
pub(crate) fn verdict(plan: &Plan, rule: &Rule) -> Verdict {
    let mut verdict = Verdict::default();
    let mut groups: Vec<(Vec<&str>, Vec<Placed<'_>>)> = Vec::new();
    for placed in in_order(plan) {
        match matches(plan, rule, placed.operation) {
            Some(false) => {}
            Some(true) if has_what_it_needs(plan, rule, placed.operation) => {
                let key: Vec<&str> = rule.group_by.iter().filter_map(|field| placed.operation.word(*field)).collect();
                match groups.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, members)) => members.push(placed),
                    None => groups.push((key, vec![placed])),
                }
            }
            _ if placed.is_history() => {}
            _ => verdict.lacking.push((placed.file, placed.row)),
        }
    }
    for (_, members) in &groups {
        verdict.found.extend(runs(plan, rule, members));
    }
    verdict.found.sort();
    verdict.lacking.sort_unstable();
    verdict
}

/// All records on the total order (time, file, row).
fn in_order(plan: &Plan) -> Vec<Placed<'_>> {
    let files = std::iter::once(&plan.history).chain(plan.files.iter().map(|(_, rows)| rows));
    let mut all: Vec<Placed<'_>> = Vec::new();
    for (file, rows) in files.enumerate() {
        all.extend(rows.iter().enumerate().map(|(row, operation)| Placed { file, row, operation }));
    }
    all.sort_by(|a, b| a.time().cmp(&b.time()).then(a.file.cmp(&b.file)).then(a.row.cmp(&b.row)));
    all
}

/// Whether a rule looks at a record; nobody knows when that depends on an account that is not registered.
fn matches(plan: &Plan, rule: &Rule, operation: &Operation) -> Option<bool> {
    let select = &rule.select;
    let counted = !matches!(rule.kind, Kind::Capacity { .. }) || ["accept_friend", "delete_friend"].contains(&operation.action);
    let own = select.actions.contains(&operation.action)
        && select.channel.is_none_or(|channel| operation.channel == Some(channel))
        && select.not_target.is_none_or(|target| operation.target != Some(target));
    if !own || !counted {
        return Some(false);
    }
    let Some(kind) = select.kind else { return Some(true) };
    let account = plan.registry.iter().find(|account| operation.account == Some(account.id))?;
    Some(account.kind == kind)
}

fn has_what_it_needs(plan: &Plan, rule: &Rule, operation: &Operation) -> bool {
    let timed = !matches!(rule.kind, Kind::Distinct { timespan: None, .. });
    let grouped = rule.group_by.iter().all(|field| operation.word(*field).is_some());
    let itself = match &rule.kind {
        Kind::Distinct { field, .. } => operation.word(*field).is_some(),
        Kind::Capacity { .. } => friends(plan, operation).is_some(),
        Kind::Rate { .. } | Kind::Quota { .. } | Kind::Interval { .. } => true,
    };
    grouped && itself && (operation.time.is_some() || !timed)
}

fn friends(plan: &Plan, operation: &Operation) -> Option<i64> {
    plan.registry.iter().find(|account| operation.account == Some(account.id))?.friends
}

/// What a record adds, in hundredths.
fn weight(operation: &Operation, sum: bool) -> i64 {
    if sum { operation.amount.unwrap_or(0) } else { operation.count.unwrap_or(1) * 100 }
}

/// What is allowed at a moment; nothing is said before the first day.
fn allowed(limit: &Limit, moment: i64) -> Option<i64> {
    match limit {
        Limit::Fixed(max) => Some(*max),
        Limit::Dated(steps) => steps.iter().rfind(|(day, _)| moment >= day * DAY - SHANGHAI).map(|(_, max)| *max),
    }
}

/// The count of the record at `at` when it breaks the rule.
fn breaks(plan: &Plan, rule: &Rule, members: &[Placed<'_>], at: usize) -> Option<i64> {
    let now = members[at];
    let until_now = &members[..=at];
    let inside = |timespan: i64| until_now.iter().filter(move |past| past.time() > now.time() - timespan);
    let above = |count: i64, max: Option<i64>| max.filter(|max| count > *max).map(|_| count);
    match &rule.kind {
        Kind::Rate { limit, timespan, sum } => {
            above(inside(*timespan).map(|past| weight(past.operation, *sum)).sum(), allowed(limit, now.time()))
        }
        Kind::Quota { limit, period, zone, sum } => {
            let number = |placed: &Placed<'_>| period.of(placed.time(), Kind::ahead(*zone));
            let same = until_now.iter().filter(|past| number(past) == number(&now));
            above(same.map(|past| weight(past.operation, *sum)).sum(), allowed(limit, now.time()))
        }
        // One more for each of the run: how many are too close is what there is to count.
        Kind::Interval { min } => (at > 0 && now.time() - members[at - 1].time() < *min).then_some(0),
        Kind::Distinct { field, max, timespan } => {
            let mut values: Vec<_> = match timespan {
                Some(timespan) => inside(*timespan).map(|past| past.operation.word(*field)).collect(),
                None => until_now.iter().map(|past| past.operation.word(*field)).collect(),
            };
            values.sort_unstable();
            values.dedup();
            above(values.len() as i64 * 100, Some(*max as i64 * 100))
        }
        Kind::Capacity { max } => {
            let signed = |past: &Placed<'_>| weight(past.operation, false) * if past.operation.action == "accept_friend" { 1 } else { -1 };
            let total = friends(plan, now.operation)? * 100 + until_now.iter().map(signed).sum::<i64>();
            (now.operation.action == "accept_friend").then(|| above(total, Some(*max)))?
        }
    }
}

/// One finding for each run of consecutive breaking records; for a quota, for each period.
fn runs(plan: &Plan, rule: &Rule, members: &[Placed<'_>]) -> Vec<Found> {
    let breaking: Vec<Option<i64>> = (0..members.len()).map(|at| breaks(plan, rule, members, at)).collect();
    let together = |before: usize, at: usize| match &rule.kind {
        Kind::Quota { period, zone, .. } => {
            let number = |at: usize| period.of(members[at].time(), Kind::ahead(*zone));
            number(before).cmp(&number(at)) == Ordering::Equal
        }
        _ => breaking[before..at].iter().all(Option::is_some),
    };
    let mut found: Vec<(usize, Option<Found>)> = Vec::new();
    for (at, count) in breaking.iter().enumerate() {
        let Some(count) = *count else { continue };
        let continued = found.last().is_some_and(|(before, _)| together(*before, at));
        let mut run = if continued { found.pop().and_then(|(_, run)| run) } else { None };
        if !members[at].is_history() {
            let first = Found { file: members[at].file, row: members[at].row, rows: 0, count: 0 };
            let open = run.get_or_insert(first);
            open.rows += 1;
            open.count = if matches!(rule.kind, Kind::Interval { .. }) { open.rows as i64 * 100 } else { open.count.max(count) };
        }
        found.push((at, run));
    }
    found.into_iter().filter_map(|(_, run)| run).collect()
}
