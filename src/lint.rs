//! Policies held against what they should be: rules that do nothing, and rules that would never be quiet.

use crate::check::{Checker, Input, InputFile};
use crate::finding::Finding;
use crate::input::Role;
use crate::policy::Policy;
use crate::problem::Problem;
use crate::report::Report;
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::time::Zone;
use crate::trial::{Untested, untested};
use crate::words::{Lang, Words};
use std::collections::BTreeMap;

/// Ordinary sentences; no rule should speak at them.
const ORDINARY: &str = include_str!("../data/ordinary/sentences.txt");

/// Everything there is to say about policies: mistakes, or else advice.
///
/// # Errors
/// The report of the mistakes that keep the policies from loading.
pub fn run(policy: Policy, zone: &Zone) -> Result<Report, Box<Report>> {
    let mut problems = policy.advice();
    let places = policy.places();
    let checker = policy.compile(zone)?;
    problems.extend(noisy(&checker, &places));
    let checker = checker.awake();
    problems.extend(untested(&checker).iter().filter_map(|lacking| untried(lacking, &places)));
    Ok(checker.advised(problems))
}

fn untried(lacking: &Untested, places: &BTreeMap<String, (SourceId, Span)>) -> Option<Problem> {
    let (source, span) = places.get(&lacking.rule)?;
    Some(Problem::warning("policy-untested-rule", *source, *span, lacking.words()))
}

/// Rules that speak at ordinary sentences.
fn noisy(checker: &Checker, places: &BTreeMap<String, (SourceId, Span)>) -> Vec<Problem> {
    let sentences: Vec<&str> = ORDINARY.lines().filter(|line| !line.starts_with('#')).collect();
    let mut spoken: BTreeMap<&str, Vec<(usize, String)>> = BTreeMap::new();
    let reports: Vec<Report> = sentences.iter().map(|sentence| report(checker, sentence)).collect();
    for (at, report) in reports.iter().enumerate() {
        for finding in &report.findings {
            let hits = spoken.entry(&finding.about.id).or_default();
            if hits.last().is_none_or(|(last, _)| *last != at) {
                hits.push((at, found(finding)));
            }
        }
    }
    let problem = |(rule, hits): (&str, Vec<(usize, String)>)| {
        let (source, span) = places.get(rule)?;
        let (code, words) = told(&sentences, &hits);
        Some(Problem::warning(code, *source, *span, words))
    };
    spoken.into_iter().filter_map(problem).collect()
}

fn told(sentences: &[&str], hits: &[(usize, String)]) -> (&'static str, Words) {
    let (count, all) = (hits.len(), sentences.len());
    if count * 2 >= all {
        let words = Words::new(
            format!("{all} 句日常用语里报了 {count} 句：它几乎不会安静"),
            format!("it flags {count} of {all} ordinary sentences: it would hardly ever be quiet"),
        );
        return ("policy-never-quiet", words);
    }
    let (first, found) = &hits[0];
    let words = Words::new(
        format!("{all} 句日常用语里报了 {count} 句，例如{found}：{}", sentences[*first]),
        format!("it flags {count} of {all} ordinary sentences, such as {found}: {}", sentences[*first]),
    );
    ("policy-hits-ordinary", words)
}

fn found(finding: &Finding) -> String {
    finding.matched().map_or_else(|| finding.message(Lang::Zh), |found| format!("“{}”", found.text))
}

fn report(checker: &Checker, sentence: &str) -> Report {
    let mut input = Input::new();
    InputFile::of(Source::new("ordinary.txt", sentence), Role::Plan).into_iter().for_each(|file| input.add(file));
    checker.check(input)
}
