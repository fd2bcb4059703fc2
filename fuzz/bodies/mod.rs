//! What each fuzz target does with its bytes; a law that does not hold is a panic.
#![allow(dead_code, reason = "each target uses one of them")]

pub(crate) mod columns;
pub(crate) mod folding;
pub(crate) mod input;
pub(crate) mod matching;
pub(crate) mod office;
pub(crate) mod policy;
mod report;
pub(crate) mod settings;
pub(crate) mod sieve;
pub(crate) mod stream;
pub(crate) mod waivers;
pub(crate) mod whole;

use presend::check::{Checker, Input, InputFile};
use presend::input::Role;
use presend::report::Report;
use presend::source::Source;
use presend::time::Zone;
use presend::{Policy, words::Lang};

/// The checker of a policy that is right.
fn checker(policy: &str) -> Checker {
    let mut rules = Policy::new();
    rules.add(Source::new("policy.toml", policy), &|_| None);
    compiled(rules)
}

fn compiled(policy: Policy) -> Checker {
    policy.compile(&Zone::default()).unwrap_or_else(|report| {
        let messages: Vec<String> = report.findings.iter().map(|finding| finding.message(Lang::En)).collect();
        panic!("{messages:?}")
    })
}

/// What is said of a file.
fn checked(checker: &Checker, name: &str, bytes: &[u8]) -> Report {
    let mut input = Input::new();
    input.as_of = checker.zone().midnight("2026-11-20");
    input.add(InputFile::of_bytes(name, bytes.to_vec(), Role::Plan).expect("a known ending"));
    checker.check(input)
}
