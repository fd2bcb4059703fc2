//! Limits that never speak without a stricter one speaking too.

use super::advice::{Written, plain};
use crate::decimal::Decimal;
use crate::finding::Severity;
use crate::problem::Problem;
use crate::span::Span;
use crate::time::Length;
use crate::tree::Node;
use crate::words::Words;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Limits that a stricter one, which weighs at least as much, makes needless.
pub(super) fn dominated(rules: &[Written<'_>]) -> Vec<Problem> {
    let mut sorts: BTreeMap<Vec<String>, Vec<Limit>> = BTreeMap::new();
    for (at, rule) in rules.iter().enumerate() {
        if let Some((sort, limit)) = Limit::of(at, *rule) {
            sorts.entry(sort).or_default().push(limit);
        }
    }
    let problem = |(idle, stricter): (Limit, usize)| {
        let stricter = rules[stricter].id();
        let words = Words::new(
            format!("`{stricter}` 更严：凡是这条会报的，那条都会报"),
            format!("`{stricter}` is stricter: whatever breaks this rule breaks that one too"),
        );
        rules[idle.rule].warning("policy-dominated-limit", idle.span, words)
    };
    sorts.into_values().flat_map(needless).map(problem).collect()
}

/// Of limits of one sort, each that a stricter one covers, with the rule of that one.
///
/// In order of strictness, whatever covers a limit stands before it; of equals the first does. So it is enough to remember, on the way,
/// the longest time among those that weigh enough.
fn needless(mut limits: Vec<Limit>) -> Vec<(Limit, usize)> {
    limits.sort_by_key(|limit| (limit.max, Reverse(limit.within), Reverse(limit.severity), limit.rule));
    let mut found = Vec::new();
    for severity in [Severity::Info, Severity::Warning, Severity::Error] {
        let mut longest: Option<Limit> = None;
        for limit in limits.iter().filter(|limit| limit.severity >= severity) {
            let stricter = *longest.get_or_insert(*limit);
            if limit.within > stricter.within {
                longest = Some(*limit);
            } else if limit.severity == severity && stricter.rule != limit.rule {
                found.push((*limit, stricter.rule));
            }
        }
    }
    found
}

/// A limit on how often something may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limit {
    /// Its rule, by number.
    rule: usize,
    span: Span,
    severity: Severity,
    /// How much is allowed; less is stricter.
    max: Decimal,
    /// In which time; longer is stricter.
    within: i64,
}

impl Limit {
    /// The limit of a rule, if it is a single figure; with its kind, conditions, groups and whatever else must be alike.
    fn of(at: usize, rule: Written<'_>) -> Option<(Vec<String>, Limit)> {
        let (kind, table) = ["rate", "quota", "interval"].iter().find_map(|kind| Some((*kind, rule.node.get(kind)?)))?;
        let length = |name: &str| table.get(name).and_then(Node::text).and_then(Length::parse).map(|length| length.0);
        let (max, within) = match kind {
            "interval" => (Decimal(0), length("min")?),
            "rate" => (table.get("max")?.number()?, length("timespan")?),
            _ => (table.get("max")?.number()?, 0),
        };
        let part = |node: Option<&Node>| node.map_or(String::new(), plain);
        let alike = ["period", "group_by", "sum", "field"].iter().map(|key| part(table.get(key)));
        let sort = [kind.to_owned(), part(rule.node.get("match")), part(rule.node.get("effective"))].into_iter().chain(alike).collect();
        Some((sort, Limit { rule: at, span: table.span, severity: rule.severity()?, max, within }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether whatever breaks one breaks the other.
    fn covers(one: &Limit, other: &Limit) -> bool {
        one.severity >= other.severity && one.max <= other.max && one.within >= other.within
    }

    fn limit() -> impl Strategy<Value = (i64, i64, Severity)> {
        (0..4_i64, 0..4_i64, prop::sample::select(vec![Severity::Info, Severity::Warning, Severity::Error]))
    }

    proptest! {
        /// The same as when each is held against each other; of two that cover each other, the later is needless.
        #[test]
        fn one_walk_finds_what_all_pairs_would(limits in prop::collection::vec(limit(), 0..12)) {
            let limit = |(rule, (max, within, severity)): (usize, &(i64, i64, Severity))| {
                Limit { rule, span: Span::default(), severity: *severity, max: Decimal(*max), within: *within }
            };
            let limits: Vec<Limit> = limits.iter().enumerate().map(limit).collect();
            let is_needless = |one: &&Limit| limits.iter().any(|other| {
                other.rule != one.rule && covers(other, one) && (other.rule < one.rule || !covers(one, other))
            });
            let expected: Vec<usize> = limits.iter().filter(is_needless).map(|limit| limit.rule).collect();
            let found = needless(limits.clone());
            prop_assert!(found.iter().all(|(idle, stricter)| covers(&limits[*stricter], idle)));
            let mut rules: Vec<usize> = found.iter().map(|(idle, _)| idle.rule).collect();
            rules.sort_unstable();
            prop_assert_eq!(rules, expected);
        }
    }
}
