//! Policies: TOML files into rules that can run, with every mistake at its place.

mod advice;
mod bundled;
mod cases;
mod editor;
mod file;
mod idle;
mod pack;
mod rule;
mod sieve;

pub use bundled::{BUNDLED, Bundled, bundled};
pub use cases::{Case, CaseInput, Expect, Expected};
pub use editor::json_schema;
pub(crate) use rule::{Rule, Scope};

use crate::finding::Severity;
use crate::lists::Shelf;
use crate::problem::Problem;
use crate::record::Layout;
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::text::{Terms, TermsBuilder};
use crate::time::Zone;
use crate::vocabulary::Vocabulary;
use crate::words::Words;

/// Reads a file that a policy names, by its path beside the policy.
pub type Beside<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

/// Policies that were read, and what is wrong with them.
pub struct Policy {
    sources: Vec<Source>,
    files: Vec<file::PolicyFile>,
    shelf: Shelf,
    words: Vocabulary,
    problems: Vec<Problem>,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy::new()
    }
}

impl Policy {
    /// No policy yet.
    pub fn new() -> Policy {
        Policy { sources: Vec::new(), files: Vec::new(), shelf: Shelf::default(), words: Vocabulary::bundled(), problems: Vec::new() }
    }

    /// The packs that are in force when nothing else is said.
    pub fn default_packs() -> Policy {
        let mut policy = Policy::new();
        for pack in BUNDLED.iter().filter(|pack| pack.default) {
            policy.add_bundled(pack);
        }
        policy
    }

    /// Adds a pack that comes with the program.
    pub fn add_bundled(&mut self, pack: &Bundled) {
        let name = format!("rules/{}/policy.toml", pack.id);
        let beside = |path: &str| pack.files.iter().find(|(name, _)| *name == path).map(|(_, text)| text.as_bytes().to_vec());
        self.add(Source::new(name, pack.policy), &beside);
    }

    /// The rules of bundled packs that may have something to say about a few plain drafts: texts without fields or account.
    /// None when one of the names is not a bundled pack's or `default`. The findings are those of the whole packs.
    pub fn for_drafts(names: &[String], drafts: &[&str]) -> Option<Policy> {
        sieve::policy(&sieve::all_bundled(names)?, drafts)
    }

    /// Adds a part of a pack that comes with the program.
    fn add_part(&mut self, pack: &Bundled, policy: &str) {
        let name = format!("rules/{}/policy.toml", pack.id);
        let beside = |path: &str| pack.files.iter().find(|(name, _)| *name == path).map(|(_, text)| text.as_bytes().to_vec());
        self.add(Source::new(name, policy), &beside);
        self.files.iter_mut().last().into_iter().for_each(|file| file.proven = true);
    }

    /// Adds a policy file; `beside` reads the word lists it names.
    pub fn add(&mut self, source: Source, beside: &Beside<'_>) {
        let id = SourceId(self.sources.len() as u32);
        let (root, broken) = crate::tree::from_toml(source.text());
        let first = broken.iter().map(|broken| source.line_span(broken.span.start as usize).start).min();
        self.sources.push(source);
        let file = file::PolicyFile::read(self, file::Written { source: id, root, broken: first }, beside);
        self.problems.extend(broken.into_iter().map(|broken| Problem::error("policy-broken-toml", id, broken.span, broken.words)));
        self.files.push(file);
    }

    /// Whether a TOML text is a policy, not a campaign.
    pub fn is_policy(text: &str) -> bool {
        let (root, _) = crate::tree::from_toml(text);
        ["rule", "pack", "list", "override", "waiver"].iter().any(|key| root.get(key).is_some())
    }

    /// Builds every rule. Mistakes come back as problems; only without errors may the rules run.
    pub(crate) fn build(mut self, zone: &Zone) -> Built {
        for file in &self.files {
            file::declare(file, &mut self.words, &mut self.problems);
        }
        let mut layout = Layout::new(&self.words);
        let mut terms = TermsBuilder::default();
        let mut rules = Vec::new();
        let mut cases = Vec::new();
        for file in &self.files {
            let known = self.problems.len();
            let mut maker = rule::Maker {
                file,
                text: self.sources[file.source.0 as usize].text(),
                words: &self.words,
                layout: &mut layout,
                shelf: &self.shelf,
                terms: &mut terms,
                zone,
                problems: &mut self.problems,
            };
            let made = maker.rules();
            file.keep_certain(&mut self.problems, known);
            cases.extend(cases::cases(file, &made));
            rules.extend(made);
        }
        for file in &self.files {
            cases.extend(cases::named(file, &self.files, &mut self.problems));
        }
        rule::report_duplicates(&self.files, &mut self.problems);
        self.report_nothing();
        self.problems.sort_by_key(|problem| (problem.source, problem.span));
        Built { sources: self.sources, words: self.words, layout, terms: terms.compile(), rules, cases, problems: self.problems }
    }

    /// Policies without a rule would let everything pass.
    fn report_nothing(&mut self) {
        let is_wrong = self.problems.iter().any(|problem| problem.severity == Severity::Error);
        let Some(file) = self.files.first().filter(|_| !is_wrong) else { return };
        if self.files.iter().all(|file| file.root.get("rule").is_none()) {
            let words = Words::fixed("没有任何规则，什么都不会检查", "there is no rule; nothing would be checked");
            let help = Words::fixed("写上 [[rule]]，或同时给出有规则的政策", "write a [[rule]], or name a policy with rules as well");
            self.problems.push(Problem::error("policy-no-rules", file.source, Span::default(), words).with_help(help));
        }
    }
}

/// Rules that were built, and what is wrong with their policies.
pub(crate) struct Built {
    /// The policy files.
    pub sources: Vec<Source>,
    /// All declared words.
    pub words: Vocabulary,
    /// The columns the rules read.
    pub layout: Layout,
    /// The terms the rules look for.
    pub terms: Terms,
    /// The rules, those that are off among them.
    pub rules: Vec<Rule>,
    /// The tests they carry.
    pub cases: Vec<Case>,
    /// Every mistake.
    pub problems: Vec<Problem>,
}
