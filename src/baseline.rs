//! A baseline: findings that are known and do not fail a run.
//!
//! A finding is known by its fingerprint, which depends on the rule, on what was found and on an ordinal among equals, and neither on
//! lines nor on counts. The path and the message in the file are for people who review it.

use crate::finding::Finding;
use crate::problem::Problem;
use crate::report::{Report, Summary};
use crate::schema::{Key, Problems, Shape};
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::tree::{Node, from_toml};
use crate::vocabulary::Vocabulary;
use crate::words::{Lang, Words};
use std::collections::{BTreeSet, HashSet};

/// The first lines of every baseline.
const HEAD: &str = "# Findings that are known and do not fail a run. 已知的问题，不算不通过。\n\
    # Written by `presend baseline write`; `presend baseline prune` takes out what is mended and never adds.\n\
    schema = 1\n";

/// The keys of the file.
const BASELINE: &[Key] = &[
    Key::must("schema", Shape::Whole, "文件格式的版本，现在是 1", "the version of the file, 1 today"),
    Key::may("finding", Shape::Tables(FINDING), "已知的问题", "the known findings"),
];

const FINDING: &[Key] = &[
    Key::must("path", Shape::AnyText, "文件", "the file"),
    Key::must("rule", Shape::Text, "规则", "the rule"),
    Key::must("fingerprint", Shape::Text, "指纹", "the fingerprint"),
    Key::must("message", Shape::AnyText, "说了什么", "what was said"),
];

/// A known finding; in order of path, rule, fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// The file it was found in.
    pub path: String,
    /// The rule.
    pub rule: String,
    /// What it is recognised by.
    pub fingerprint: String,
    /// What was said.
    pub message: String,
}

impl Known {
    /// In one line: `path: rule message`.
    pub fn line(&self) -> String {
        let [path, rule, message] = [&self.path, &self.rule, &self.message].map(|text| escaped(text));
        format!("{path}: {rule} {message}")
    }
}

/// All findings that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeSet<Known>,
    /// Their fingerprints.
    prints: HashSet<u64>,
}

impl Baseline {
    /// All findings of a report, their messages in a language.
    pub fn of(report: &Report, lang: Lang) -> Baseline {
        let known = |finding: &Finding| Known {
            path: report.source(finding.place.source).name().to_owned(),
            rule: finding.about.id.clone(),
            fingerprint: finding.fingerprint_text(),
            message: finding.message(lang),
        };
        Baseline::with(report.findings.iter().map(known).collect())
    }

    fn with(known: BTreeSet<Known>) -> Baseline {
        // What is no fingerprint is the fingerprint of nothing.
        let is_print = |text: &&str| text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let prints = known.iter().map(|known| known.fingerprint.as_str()).filter(is_print);
        Baseline { prints: prints.filter_map(|text| u64::from_str_radix(text, 16).ok()).collect(), known }
    }

    /// A baseline of these findings.
    pub fn of_known<'k>(known: impl IntoIterator<Item = &'k Known>) -> Baseline {
        Baseline::with(known.into_iter().cloned().collect())
    }

    /// Reads a file; mistakes are reported like those of settings.
    pub fn read(source: &Source, id: SourceId) -> (Baseline, Vec<Problem>) {
        let (root, broken) = from_toml(source.text());
        let mut found: Vec<Problem> =
            broken.into_iter().map(|broken| Problem::error("policy-broken-toml", id, broken.span, broken.words)).collect();
        if found.is_empty() {
            let words = Vocabulary::bundled();
            Problems { source: id, text: source.text(), words: &words, found: &mut found }.table(&root, BASELINE, Span::new(0..0));
            found.extend(other_version(&root, id));
        }
        let known = |node: &Node| {
            let text = |name: &str| Some(node.get(name)?.text()?.to_owned());
            Some(Known { path: text("path")?, rule: text("rule")?, fingerprint: text("fingerprint")?, message: text("message")? })
        };
        let known = root.get("finding").map(|findings| findings.items().iter().filter_map(known).collect()).unwrap_or_default();
        (Baseline::with(known), found)
    }

    /// The file: the same findings give the same bytes.
    pub fn write(&self) -> String {
        let mut out = HEAD.to_owned();
        for Known { path, rule, fingerprint, message } in &self.known {
            out += "\n[[finding]]\n";
            for (key, value) in [("path", path), ("rule", rule), ("fingerprint", fingerprint), ("message", message)] {
                out += &format!("{key} = {}\n", quoted(value));
            }
        }
        out
    }

    /// The known findings, in order.
    pub fn known(&self) -> impl ExactSizeIterator<Item = &Known> {
        self.known.iter()
    }

    /// Those that a report still has; it never adds any.
    pub fn pruned(&self, report: &Report) -> Baseline {
        let there: HashSet<String> = report.findings.iter().map(Finding::fingerprint_text).collect();
        Baseline::of_known(self.known.iter().filter(|known| there.contains(&known.fingerprint)))
    }

    /// Those that a report has no more.
    pub fn gone(&self, report: &Report) -> Vec<&Known> {
        let there: HashSet<String> = report.findings.iter().map(Finding::fingerprint_text).collect();
        self.known.iter().filter(|known| !there.contains(&known.fingerprint)).collect()
    }

    /// Takes known findings out of a report and counts them in its summary.
    pub fn apply(&self, report: &mut Report) {
        let before = report.findings.len();
        report.findings.retain(|finding| !self.prints.contains(&finding.fingerprint));
        let Summary { records, waived, baselined, .. } = report.summary;
        let baselined = baselined + before - report.findings.len();
        report.summary = Summary { waived, baselined, ..Summary::of(&report.findings, records) };
    }
}

/// A file of a version that is not known cannot be read.
fn other_version(root: &Node, id: SourceId) -> Option<Problem> {
    let schema = root.get("schema").filter(|node| node.integer().is_some_and(|version| version != 1))?;
    let words = Words::fixed("这一版只认识 `schema = 1`", "only `schema = 1` is known");
    Some(Problem::error("policy-bad-value", id, schema.span, words))
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// What stands between its quotes; what nobody would see is written with its number.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_format(c) => out.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Marks that turn a line round or hide in it: a file that is reviewed holds none.
fn is_format(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
        || matches!(c, '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{About, Detail, Place, Severity};
    use crate::time::Zone;
    use proptest::prelude::*;

    /// A report of findings with these contents, one a line.
    fn report(contents: &[u8]) -> Report {
        let finding = |(line, content): (usize, &u8)| {
            let about = About { id: format!("rule-{}", content % 3), severity: Some(Severity::Error), ..About::default() };
            let said = Detail::Said(Box::new(Words::same(&format!("内容 {content}"))));
            let mut finding = Finding::new(about.into(), Severity::Error, said, Place::at(SourceId(0), Span::new(line * 2..line * 2 + 1)));
            finding.fingerprint = crate::report::fingerprint(&[&[*content]]);
            finding
        };
        let findings = contents.iter().enumerate().map(finding).collect();
        Report::new(findings, vec![Source::new("a.txt", "x\n".repeat(contents.len()))], 1, Zone::default())
    }

    fn baseline(contents: &[u8]) -> Baseline {
        Baseline::of(&report(contents), Lang::Zh)
    }

    /// What is left of a report.
    fn left(baseline: &Baseline, contents: &[u8]) -> Report {
        let mut report = report(contents);
        baseline.apply(&mut report);
        report
    }

    proptest! {
        #[test]
        fn what_was_written_is_known_and_read_back(contents: Vec<u8>) {
            let baseline = baseline(&contents);
            let left = left(&baseline, &contents);
            prop_assert_eq!((left.findings.len(), left.summary.errors, left.summary.baselined), (0, 0, contents.len()));
            let (read, problems) = Baseline::read(&Source::new("b.toml", baseline.write()), SourceId(0));
            prop_assert!(problems.is_empty());
            prop_assert_eq!(read, baseline);
        }

        #[test]
        fn order_and_place_do_not_matter(mut contents: Vec<u8>, turn: usize) {
            let baseline = baseline(&contents);
            let by = turn % contents.len().max(1);
            contents.rotate_left(by);
            prop_assert_eq!(left(&baseline, &contents).findings.len(), 0);
        }

        #[test]
        fn one_breach_more_is_one_new_finding(contents: Vec<u8>, more: u8, at: usize) {
            let mut later = contents.clone();
            later.insert(at % (contents.len() + 1), more);
            let left = left(&baseline(&contents), &later);
            prop_assert_eq!((left.findings.len(), left.summary.baselined), (1, contents.len()));
        }

        #[test]
        fn pruning_never_adds_and_keeps_what_is_there(old: Vec<u8>, new: Vec<u8>) {
            let baseline = baseline(&old);
            let pruned = baseline.pruned(&report(&new));
            prop_assert!(pruned.known().all(|known| baseline.known.contains(known)));
            prop_assert_eq!(pruned.known().len() + baseline.gone(&report(&new)).len(), baseline.known().len());
            prop_assert_eq!(left(&pruned, &new).findings.len(), left(&baseline, &new).findings.len());
            prop_assert_eq!(pruned.pruned(&report(&new)), pruned);
        }

        #[test]
        fn any_text_is_written_so_that_it_reads_back(text: String) {
            let known = Known { path: text.clone(), rule: "r".to_owned(), fingerprint: "f".to_owned(), message: text };
            let baseline = Baseline::with([known].into());
            let written = baseline.write();
            prop_assert!(!written.chars().any(|c| c.is_control() && c != '\n' || is_format(c)));
            let (read, problems) = Baseline::read(&Source::new("b.toml", written), SourceId(0));
            prop_assert!(problems.is_empty(), "{:?}", problems);
            prop_assert_eq!(read, baseline);
        }
    }

    #[test]
    fn mistakes_are_underlined() {
        let text = "schema = 2\n[[finding]]\npath = \"a\"\nrule = \"r\"\nfingerprnt = \"f\"\nmessage = \"m\"\n";
        let source = Source::new("b.toml", text);
        let (_, problems) = Baseline::read(&source, SourceId(0));
        let blamed: Vec<&str> = problems.iter().map(|problem| source.slice(problem.span)).collect();
        assert!(blamed.contains(&"fingerprnt") && blamed.contains(&"2"), "{blamed:?}");
    }
}
