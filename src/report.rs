//! A report: every finding of a run, in order, with the sources they point into.

use crate::finding::{Finding, Severity};
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::time::{Time, Zone};
use std::collections::{BTreeMap, BTreeSet};

/// How many of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records that were checked; history does not count.
    pub records: usize,
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity info.
    pub infos: usize,
    /// Findings that a waiver covers.
    pub waived: usize,
    /// Findings that a baseline knows.
    pub baselined: usize,
}

/// What a run found.
#[derive(Clone, Debug)]
pub struct Report {
    /// By path, place and rule.
    pub findings: Vec<Finding>,
    /// Findings that a waiver covers, in the same order; each says why it may stand.
    pub waived: Vec<Finding>,
    /// Whether readers are shown what is waived.
    pub shows_waived: bool,
    /// What was read.
    pub sources: Vec<Source>,
    /// How many of what.
    pub summary: Summary,
    /// The zone times are shown in.
    pub zone: Zone,
    /// Rules that asked for a fact nobody gave and were told to skip, with the number of records.
    pub undecided: Vec<(String, usize)>,
}

impl Report {
    /// A report of these findings, put in order, counted, and each with its fingerprint.
    pub fn new(findings: Vec<Finding>, sources: Vec<Source>, records: usize, zone: Zone) -> Report {
        // Waiving one of several alike must not change what the others are known by.
        let mut findings = ordered(findings, &sources);
        let waived: Vec<Finding> = findings.extract_if(.., |finding| finding.waiver.is_some()).collect();
        let summary = Summary { waived: waived.len(), ..Summary::of(&findings, records) };
        Report { findings, waived, shows_waived: false, sources, summary, zone, undecided: Vec::new() }
    }

    /// A report of one finding that has its fingerprint already.
    pub(crate) fn of_one(finding: Finding, sources: Vec<Source>, zone: Zone) -> Report {
        let findings = vec![finding];
        let summary = Summary::of(&findings, 0);
        Report { findings, waived: Vec::new(), shows_waived: false, sources, summary, zone, undecided: Vec::new() }
    }

    /// The source a place is in.
    pub fn source(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// The highest severity.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    /// Leaves out findings below `least`; the summary still counts them.
    pub fn keep(&mut self, least: Severity) {
        self.findings.retain(|finding| finding.severity >= least);
        self.waived.retain(|finding| finding.severity >= least);
    }

    /// The findings that readers are shown, in order; with what is waived, if that is asked for.
    pub fn shown(&self) -> Vec<&Finding> {
        let mut shown: Vec<&Finding> = self.findings.iter().collect();
        if self.shows_waived && !self.waived.is_empty() {
            shown.extend(&self.waived);
            let key = |finding: &Finding| (self.source(finding.place.source).name(), finding.place.span);
            shown.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.about.id.cmp(&b.about.id)));
        }
        shown
    }
}

/// What other rules find in the same records, by fingerprint. What is said of the policies themselves is no part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    /// Found only by the new rules.
    pub appeared: BTreeSet<u64>,
    /// Found only by the old rules, or waived by the new ones.
    pub disappeared: BTreeSet<u64>,
    /// Of another severity now.
    pub reweighed: BTreeSet<u64>,
}

impl Shift {
    /// Between what the old rules found and what the new ones find.
    pub fn between(old: &Report, new: &Report) -> Shift {
        let of_records = |report: &Report| -> BTreeMap<u64, Severity> {
            let findings = report.findings.iter().filter(|finding| finding.about.kind != "policy");
            findings.map(|finding| (finding.fingerprint, finding.severity)).collect()
        };
        let (old, new) = (of_records(old), of_records(new));
        let apart = |these: &BTreeMap<u64, Severity>, others: &BTreeMap<u64, Severity>| {
            these.keys().filter(|print| !others.contains_key(print)).copied().collect()
        };
        let is_reweighed = |(print, severity): &(&u64, &Severity)| new.get(print).is_some_and(|now| now != *severity);
        let reweighed = old.iter().filter(is_reweighed).map(|(print, _)| *print).collect();
        Shift { appeared: apart(&new, &old), disappeared: apart(&old, &new), reweighed }
    }

    /// Whether both find the same.
    pub fn is_empty(&self) -> bool {
        *self == Shift::default()
    }
}

impl Summary {
    /// How many findings there are of each severity, beside so many records.
    pub(crate) fn of(findings: &[Finding], records: usize) -> Summary {
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let (errors, warnings, infos) = (count(Severity::Error), count(Severity::Warning), count(Severity::Info));
        Summary { records, errors, warnings, infos, ..Summary::default() }
    }
}

/// Findings in order, each with its fingerprint.
pub(crate) fn ordered(mut findings: Vec<Finding>, sources: &[Source]) -> Vec<Finding> {
    sort(&mut findings, sources);
    tell_apart(&mut findings);
    findings
}

/// Puts findings in order of path, place and rule. Findings are large: what they are sorted by is sorted instead.
pub(crate) fn sort(findings: &mut [Finding], sources: &[Source]) {
    let rank = ranks(sources);
    let key = |(finding, at): (&Finding, u32)| (rank[finding.place.source.0 as usize] as u32, finding.place.span, at);
    let mut keys: Vec<(u32, Span, u32)> = findings.iter().zip(0..).map(key).collect();
    keys.sort_unstable_by(|a, b| {
        let by_rule = || {
            let [a, b] = [a.2, b.2].map(|at| &findings[at as usize]);
            a.about.id.cmp(&b.about.id).then_with(|| a.fingerprint.cmp(&b.fingerprint))
        };
        (a.0, a.1).cmp(&(b.0, b.1)).then_with(by_rule).then(a.2.cmp(&b.2))
    });
    arrange(findings, keys.into_iter().map(|(.., at)| at).collect());
}

/// Puts at each place what stands at the place that the order names for it. The order names each place once.
pub(crate) fn arrange<T>(items: &mut [T], mut order: Vec<u32>) {
    for first in 0..order.len() {
        let mut at = first;
        loop {
            let from = std::mem::replace(&mut order[at], at as u32) as usize;
            if from == first {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// The place of each source when sorted by name.
fn ranks(sources: &[Source]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|at| sources[*at].name());
    let mut rank = vec![0; sources.len()];
    for (place, at) in order.into_iter().enumerate() {
        rank[at] = place;
    }
    rank
}

/// Findings of equal content get fingerprints of their own: in order of place, those of one group in order of time.
fn tell_apart(findings: &mut [Finding]) {
    let key = |(finding, at): (&Finding, u32)| (finding.fingerprint, finding.window().and_then(|window| window.end), at);
    let mut order: Vec<(u64, Option<Time>, u32)> = findings.iter().zip(0..).map(key).collect();
    order.sort_unstable();
    for equal in order.chunk_by(|a, b| a.0 == b.0) {
        for (ordinal, (print, _, at)) in (0..).zip(equal).skip(1) {
            findings[*at as usize].fingerprint = numbered(*print, ordinal);
        }
    }
}

/// The fingerprint of the next among equals.
pub(crate) fn numbered(print: u64, ordinal: u64) -> u64 {
    if ordinal == 0 { print } else { fingerprint(&[&print.to_le_bytes(), &ordinal.to_le_bytes()]) }
}

/// A hash of parts that stays the same between versions, machines and runs (FNV-1a, 64 bits).
pub fn fingerprint(parts: &[&[u8]]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.iter().chain(&[0xFF]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_arranged_stands_where_the_order_says(order in (0u32..40).prop_flat_map(|count| Just((0..count).collect::<Vec<_>>()).prop_shuffle())) {
            let mut items: Vec<u32> = (0..order.len() as u32).map(|at| at * 7).collect();
            arrange(&mut items, order.clone());
            prop_assert_eq!(items, order.iter().map(|at| at * 7).collect::<Vec<_>>());
        }
    }
}
