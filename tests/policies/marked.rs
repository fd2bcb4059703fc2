//! Policies with their mistakes marked: `⟦policy-unknown-key|timspan⟧` says what is wrong with `timspan`, which stands in the file.

use crate::stage::{Ran, Stage, findings, text};

/// A mistake and the characters to blame: code, line, column, end line, end column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mistake {
    /// The place; first, so that mistakes sort by it.
    pub place: [u64; 4],
    /// Its code.
    pub code: String,
}

/// The beginning of a rule that only lacks what it checks.
pub(crate) const HEAD: &str = "schema = 1\n[[rule]]\nid = \"r\"\nseverity = \"error\"\nsummary = \"概要\"\n";

/// The policy without marks, and the mistakes in it.
pub(crate) fn unmark(marked: &str) -> (String, Vec<Mistake>) {
    let (mut plain, mut mistakes, mut rest) = (String::new(), Vec::new(), marked);
    while let Some((before, after)) = rest.split_once('⟦') {
        plain.push_str(before);
        let (code, after) = after.split_once('|').expect("a code");
        let (blamed, after) = after.split_once('⟧').expect("an end");
        let [line, column] = end(&plain);
        plain.push_str(blamed);
        let [end_line, end_column] = end(&plain);
        mistakes.push(Mistake { place: [line, column, end_line, end_column], code: code.to_owned() });
        rest = after;
    }
    plain.push_str(rest);
    mistakes.sort();
    (plain, mistakes)
}

/// Line and column behind the last character, both from 1, columns in code points.
fn end(text: &str) -> [u64; 2] {
    let last = text.rsplit('\n').next().expect("always a last line");
    [text.matches('\n').count() as u64 + 1, last.chars().count() as u64 + 1]
}

/// The mistakes a JSON report names, in its own order.
pub(crate) fn reported(ran: &Ran) -> Vec<Mistake> {
    let report = ran.json();
    let mistake = |finding: &serde_json::Value| {
        let place = ["line", "column", "end_line", "end_column"].map(|key| finding["location"][key].as_u64().expect("a number"));
        Mistake { place, code: text(&finding["rule"]).to_owned() }
    };
    findings(&report).iter().map(mistake).collect()
}

/// Runs the program on a draft with this policy.
pub(crate) fn run(policy: &str) -> Ran {
    run_beside(policy, &[])
}

/// The same with files beside the policy.
pub(crate) fn run_beside(policy: &str, files: &[(&str, &str)]) -> Ran {
    let stage = Stage::with("p.toml", policy).file("draft.txt", "加微信领资料");
    let stage = files.iter().fold(stage, |stage, (name, content)| stage.file(name, content));
    stage.run(&["check", "draft.txt", "--policy", "p.toml", "--format", "json"])
}

/// Holds marked policies to what is reported: the marked mistakes, in order of place, no others, and exit code 2.
pub(crate) fn hold(cases: &[(&str, String)]) {
    hold_beside(cases, &[]);
}

/// The same with files beside the policy, which are right.
pub(crate) fn hold_beside(cases: &[(&str, String)], files: &[(&str, &str)]) {
    let broken: Vec<String> = cases.iter().filter_map(|(name, marked)| differs(name, marked, files)).collect();
    assert!(broken.is_empty(), "{} of {} cases:\n{}", broken.len(), cases.len(), broken.join("\n"));
}

fn differs(name: &str, marked: &str, files: &[(&str, &str)]) -> Option<String> {
    let (policy, expected) = unmark(marked);
    assert!(!expected.is_empty(), "{name}: nothing is marked");
    let ran = run_beside(&policy, files);
    if ran.code == 2 && ran.out.is_empty() {
        return Some(format!("{name}: no report; {}", ran.err));
    }
    let found = reported(&ran);
    let elsewhere = findings(&ran.json()).iter().any(|finding| finding["location"]["path"] != "p.toml");
    (ran.code != 2 || found != expected || elsewhere)
        .then(|| format!("{name}: exit {}\n  expected {expected:?}\n  found    {found:?}", ran.code))
}

/// Bodies of rules, each put behind [`HEAD`].
pub(crate) fn rules(bodies: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    bodies.iter().map(|(name, body)| (*name, format!("{HEAD}{body}\n"))).collect()
}
