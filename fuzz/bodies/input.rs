//! Any bytes as an input file.

use super::{checked, checker, report};
use presend::check::Checker;
use std::sync::OnceLock;

const POLICY: &str = include_str!("every_kind.toml");

/// One rule of each kind over a file whose name ends so.
pub(crate) fn run(ending: &str, data: &[u8]) {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    let checker = CHECKER.get_or_init(|| checker(POLICY));
    report::holds(&checked(checker, &format!("input.{ending}"), data));
}
