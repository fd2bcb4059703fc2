//! Reports that say no more of a draft than needed: where something stands, which rule it breaks, and the words of the rule's own list.
//!
//! Every sign of a text is replaced by one of as many bytes, so that places stay what they are and each format needs to know nothing
//! of it. Fingerprints are made before: a covered report can be held against the same baseline.

use crate::finding::{Detail, Finding, Match, Value, Window};
use crate::report::Report;
use crate::source::covered;
use crate::span::Span;
use crate::vocabulary::{FieldType, Vocabulary};

/// Fields that say who somebody else is.
const OTHERS: [&str; 2] = ["target", "account.phone"];

/// Covers what a report says of drafts, in its findings and in its first sources, those of the input.
pub(super) fn cover(words: &Vocabulary, report: &mut Report, inputs: usize) {
    let Report { findings, waived, sources, .. } = report;
    let mut open: Vec<Vec<Span>> = vec![Vec::new(); inputs];
    for finding in findings.iter().chain(waived.iter()).filter(|finding| is_listed(finding)) {
        open.get_mut(finding.place.source.0 as usize).into_iter().for_each(|open| open.push(finding.place.span));
    }
    sources.iter_mut().zip(&open).for_each(|(source, open)| source.cover(open));
    findings.iter_mut().chain(waived).for_each(|finding| cover_finding(words, finding));
}

/// Covers what a finding says of a draft.
pub(super) fn cover_finding(words: &Vocabulary, finding: &mut Finding) {
    let is_listed = is_listed(finding);
    match &mut finding.detail {
        Detail::Said(_) => {}
        Detail::Match(_) if is_listed => {}
        Detail::Match(found) => cover_match(found),
        Detail::Window(window) => cover_group(words, window),
        Detail::Value(value) => cover_value(words, value),
    }
}

/// Whether what was found is a word of a list, which the policy says already.
fn is_listed(finding: &Finding) -> bool {
    finding.about.kind == "lexicon" && finding.matched().is_some()
}

fn cover_match(found: &mut Match) {
    found.text = covered(&found.text);
    found.normalized.clone_from(&found.text);
    for disguise in &mut found.disguised {
        disguise.text = covered(&disguise.text);
        disguise.normalized.clone_from(&disguise.text);
    }
}

fn cover_group(words: &Vocabulary, window: &mut Window) {
    let private = window.group.iter_mut().filter(|(field, _)| is_private(words, field));
    private.for_each(|(_, value)| *value = covered(value));
}

fn cover_value(words: &Vocabulary, value: &mut Value) {
    if is_private(words, &value.field) {
        value.value = covered(&value.value);
    }
}

/// Whether a field holds what somebody wrote, or who somebody is.
fn is_private(words: &Vocabulary, field: &str) -> bool {
    OTHERS.contains(&field) || words.field(field).is_some_and(|id| words.field_type(id) == FieldType::Text)
}
