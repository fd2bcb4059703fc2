//! Drafts are held against the sieve of the bundled packs first: nothing is lost in it.

use presend::check::{Checker, Input, InputFile};
use presend::input::Role;
use presend::policy::{CaseInput, Policy};
use presend::source::Source;
use presend::span::Span;
use presend::time::Zone;

fn compile(policy: Policy) -> Checker {
    policy.compile(&Zone::default()).unwrap_or_else(|report| panic!("{} mistakes in the packs", report.findings.len()))
}

/// What is said of one draft.
fn said(checker: &Checker, draft: &str) -> Vec<(String, Span, u64)> {
    let mut input = Input::new();
    input.add(InputFile::of(Source::new("draft.txt", draft), Role::Plan).expect("a format"));
    let report = checker.check(input);
    report.findings.iter().map(|finding| (finding.about.id.clone(), finding.place.span, finding.fingerprint)).collect()
}

/// The examples of every rule say the same of a draft whether all packs were read or only what the sieve let through.
#[test]
fn nothing_is_lost_in_the_sieve() {
    let whole = compile(Policy::default_packs());
    let drafts: Vec<String> = whole
        .cases()
        .iter()
        .filter_map(|case| match &case.input {
            CaseInput::Draft(text) => Some(text.clone()),
            CaseInput::Rows { .. } => None,
        })
        .collect();
    assert!(drafts.len() > 100, "the packs carry examples");
    let names = ["default".to_owned()];
    for draft in drafts.iter().step_by(if cfg!(debug_assertions) { 7 } else { 1 }) {
        let sieved = Policy::for_drafts(&names, &[draft]).expect("the sieve is of these packs: UPDATE=1 cargo test --lib sieve");
        assert_eq!(said(&compile(sieved), draft), said(&whole, draft), "{draft}");
    }
}

/// What is not a bundled pack is not sieved.
#[test]
fn only_bundled_packs_have_a_sieve() {
    assert!(Policy::for_drafts(&["somewhere/policy.toml".to_owned()], &["刷单"]).is_none());
}

/// A part of a pack is read as if the rest did not matter: nothing in the packs may change what another pack says.
#[test]
fn no_bundled_pack_changes_another() {
    for pack in presend::policy::BUNDLED {
        let mut lines = pack.policy.lines();
        assert!(
            !lines.any(|line| line.starts_with("extends") || line.starts_with("[[override]]") || line.starts_with("add =")),
            "{}",
            pack.id
        );
    }
}
