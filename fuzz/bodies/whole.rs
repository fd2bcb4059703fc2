//! The default packs over any bytes in any format.

use super::{checked, compiled, report};
use presend::input::FORMATS;
use presend::{Checker, Policy};
use std::sync::OnceLock;

/// The first byte tells the format. The same bytes give the same report.
pub(crate) fn run(data: &[u8]) {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    let checker = CHECKER.get_or_init(|| compiled(Policy::default_packs()));
    let Some((first, bytes)) = data.split_first() else { return };
    let format = &FORMATS[usize::from(*first) % FORMATS.len()];
    let name = format!("input.{}", format.extensions[0]);
    let report = checked(checker, &name, bytes);
    report::holds(&report);
    let prints = |report: &presend::Report| report.findings.iter().map(|finding| finding.fingerprint).collect::<Vec<u64>>();
    let found = prints(&report);
    assert_eq!(found, prints(&checked(checker, &name, bytes)));
    assert!(found.iter().all(|print| found.iter().filter(|other| *other == print).count() == 1), "two findings share a fingerprint");
}
