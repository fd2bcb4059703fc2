//! Nothing is lost in the sieve of the bundled packs.

use super::{checked, compiled};
use presend::report::Report;
use presend::span::Span;
use presend::{Checker, Policy};
use std::sync::OnceLock;

/// A draft is held against all packs, and against what the sieve lets through.
pub(crate) fn run(data: &[u8]) {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    let whole = CHECKER.get_or_init(|| compiled(Policy::default_packs()));
    let text = String::from_utf8_lossy(data);
    let Some(sieved) = Policy::for_drafts(&["default".to_owned()], &[&text]) else { return };
    let draft = |checker: &Checker| said(&checked(checker, "draft.txt", text.as_bytes()));
    assert_eq!(draft(&compiled(sieved)), draft(whole));
}

fn said(report: &Report) -> Vec<(String, Span, u64)> {
    report.findings.iter().map(|finding| (finding.about.id.clone(), finding.place.span, finding.fingerprint)).collect()
}
