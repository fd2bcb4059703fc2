//! Policies: TOML files into rules that can run, with every mistake at its place.

mod advice;
mod bundled;
mod cases;
mod change;
mod compare;
mod difference;
mod editor;
mod extend;
mod file;
mod fresh;
mod idle;
mod levels;
mod list;
mod names;
mod origin;
mod pack;
mod path;
mod reference;
mod rule;
mod sheet;
mod sieve;
mod stricter;
mod waive;

pub use bundled::{BUNDLED, Bundled, bundled};
pub use cases::{Case, CaseInput, Expect, Expected};
pub use difference::{Difference, Differing, Side, What};
pub use editor::json_schema;
pub(crate) use fresh::{Fresh, stale};
pub(crate) use levels::PathLevels;
pub(crate) use names::unknown;
pub use origin::Origin;
pub use reference::{kind_about, reference};
pub(crate) use rule::{Rule, Scope};
pub(crate) use waive::{DISGUISE, Granted, forbidden, is_elsewhere};

use crate::finding::Severity;
use crate::lists::Shelf;
use crate::problem::Problem;
use crate::record::Layout;
use crate::schema::Problems;
use crate::settings::Paths;
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::text::{Pairs, Terms, TermsBuilder};
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
    /// Bundled packs of which only a part was read, if anything.
    parts: Vec<&'static Bundled>,
    /// Files that were read because another extends them.
    extended: std::collections::HashSet<String>,
    /// The profiles that were chosen.
    chosen: Vec<String>,
    /// What the settings say of rules.
    project: Option<levels::Project>,
    /// How much rules weigh in some of the files.
    there: Option<PathLevels>,
    /// Whether what policies change in each other is laid over.
    is_laid: bool,
    /// What stands in the only texts that will be checked, if they are known.
    texts: Option<Pairs>,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy::new()
    }
}

impl Policy {
    /// No policy yet.
    pub fn new() -> Policy {
        Policy {
            sources: Vec::new(),
            files: Vec::new(),
            shelf: Shelf::default(),
            words: Vocabulary::bundled(),
            problems: Vec::new(),
            parts: Vec::new(),
            extended: std::collections::HashSet::new(),
            chosen: Vec::new(),
            project: None,
            there: None,
            is_laid: false,
            texts: None,
        }
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
        if drafts.iter().any(|draft| draft.contains("presend:")) {
            return None;
        }
        let packs = sieve::all_bundled(names)?;
        let policy = sieve::policy(&packs, drafts)?;
        Some(Policy { parts: packs, ..policy })
    }

    /// Adds a part of a pack that comes with the program.
    fn add_part(&mut self, pack: &Bundled, policy: &str) {
        let name = format!("rules/{}/policy.toml", pack.id);
        let beside = |path: &str| pack.files.iter().find(|(name, _)| *name == path).map(|(_, text)| text.as_bytes().to_vec());
        self.add(Source::new(name, policy), &beside);
        self.files.iter_mut().last().into_iter().for_each(|file| file.proven = true);
    }

    /// Adds a policy file and what it extends; `beside` reads the files it names, by their path. What is in force already is not
    /// added again.
    pub fn add(&mut self, source: Source, beside: &Beside<'_>) {
        let chain = extend::Chain::to(source.name(), None);
        self.add_layer(source, beside, &chain);
    }

    fn add_layer(&mut self, source: Source, beside: &Beside<'_>, chain: &extend::Chain<'_>) {
        let name = extend::clean(source.name());
        let is_same = |known: &Source| known.text() == source.text() && extend::clean(known.name()) == name;
        if self.files.iter().any(|file| is_same(&self.sources[file.source.0 as usize])) {
            return;
        }
        let id = SourceId(self.sources.len() as u32);
        let (root, broken) = crate::tree::from_toml(source.text());
        let many = file::too_many(&root, id);
        let places = broken.iter().map(|broken| broken.span).chain(many.iter().map(|many| many.span));
        let first = places.map(|span| source.line_span(span.start as usize).start).min();
        self.sources.push(source);
        let file = file::PolicyFile::read(self, file::Written { source: id, root, broken: first }, beside);
        self.problems.extend(broken.into_iter().map(|broken| Problem::error("policy-broken-toml", id, broken.span, broken.words)));
        self.problems.extend(many);
        extend::read(self, &file, beside, chain);
        self.files.push(file);
    }

    /// Adds what a settings file says of rules: levels and waivers. It is seen from where `paths` stand; `is_whole` says that all
    /// policies it names are in force.
    pub fn add_settings(&mut self, settings: Source, paths: Paths, is_whole: bool) {
        let id = SourceId(self.sources.len() as u32);
        let (root, broken) = crate::tree::from_toml(settings.text());
        self.sources.push(settings);
        let mut problems = Problems { source: id, text: self.sources[id.0 as usize].text(), words: &self.words, found: &mut self.problems };
        waive::check(&root, &mut problems);
        self.problems.extend(broken.into_iter().map(|broken| Problem::error("policy-broken-toml", id, broken.span, broken.words)));
        self.files.extend(file::PolicyFile::of_waivers(id, &root));
        self.project = Some(levels::Project { source: id, root, paths, is_whole });
    }

    /// The profiles that the packs have, by name.
    pub fn profiles(&self) -> std::collections::BTreeSet<&str> {
        change::profiles(&self.files).map(|(_, profile)| profile).collect()
    }

    /// Puts a profile in force, `profile` of every pack that has it or `pack/profile`; false when no pack has it.
    pub fn choose(&mut self, profile: &str) -> bool {
        let is_known = change::profiles(&self.files).any(|(pack, known)| change::goes_by(profile, pack, known));
        self.chosen.extend(is_known.then(|| profile.to_owned()));
        is_known
    }

    /// Where each value of each rule comes from, by the rule's id.
    pub fn origins(&mut self) -> std::collections::BTreeMap<String, Vec<Origin>> {
        self.lay();
        origin::of(&self.files, &self.sources)
    }

    /// Declares the fields and actions of all files, and lays over the rules what policies and profiles change in them.
    fn lay(&mut self) {
        if std::mem::replace(&mut self.is_laid, true) {
            return;
        }
        for file in &self.files {
            file::declare(file, &mut self.words, &mut self.problems);
        }
        for file in self.files.iter().filter(|file| !file.is_broken()) {
            list::change(file, &mut self.shelf, &mut self.problems);
        }
        let changes = change::in_force(self);
        change::lay(self, &changes);
        if let Some(levels::Laid { changes, there }) = levels::of(self) {
            change::lay(self, &changes);
            self.there = Some(there);
        }
    }

    /// Whether a TOML text is a policy, not a campaign.
    pub fn is_policy(text: &str) -> bool {
        let (root, _) = crate::tree::from_toml(text);
        ["rule", "pack", "list", "override", "waiver"].iter().any(|key| root.get(key).is_some())
    }

    /// Builds every rule. Mistakes come back as problems; only without errors may the rules run.
    pub(crate) fn build(mut self, zone: &Zone) -> Built {
        self.lay();
        let mut terms = self.texts.take().map_or_else(TermsBuilder::default, TermsBuilder::of_texts);
        let mut layout = Layout::new(&self.words);
        let names = names::Names::of(&self.files);
        let (rules, cases) = self.make((&mut layout, &mut terms), &names, zone);
        let granted = waive::Granting {
            files: &self.files,
            sources: &self.sources,
            names: &names,
            firm: rules.iter().filter(|rule| !rule.waivable).map(|rule| rule.about.id.as_str()).collect(),
            words: &self.words,
            layout: &mut layout,
            zone,
            problems: &mut self.problems,
        }
        .all();
        rule::report_duplicates(&self.files, &mut self.problems);
        self.report_nothing();
        self.try_profiles(zone);
        self.say_once();
        let fresh = fresh::of(&self, zone);
        let left_out = self.files.iter().flat_map(|file| file.changed.values()).map(|changed| changed.left_out).sum();
        let Policy { sources, words, problems, there, .. } = self;
        Built { there, sources, words, layout, terms: terms.compile(), rules, cases, left_out, fresh, granted, problems }
    }

    /// The rules of all files, and the tests of them that could be built.
    fn make(&mut self, (layout, terms): (&mut Layout, &mut TermsBuilder), names: &names::Names, zone: &Zone) -> (Vec<Rule>, Vec<Case>) {
        let (mut rules, mut cases) = (Vec::new(), Vec::new());
        for file in &self.files {
            let known = self.problems.len();
            let mut maker = rule::Maker {
                file,
                text: file.sheet.text(&self.sources),
                words: &self.words,
                layout,
                shelf: &self.shelf,
                terms,
                zone,
                problems: &mut self.problems,
            };
            let made = maker.rules();
            file.keep_certain(&mut self.problems, known);
            file.settle(&mut self.problems, known);
            cases.extend(cases::cases(file, &made));
            rules.extend(made);
        }
        for file in &self.files {
            cases.extend(cases::named(file, (names, &self.files), &mut self.problems));
        }
        (rules, cases)
    }

    /// What several layers have in common is wrong once.
    fn say_once(&mut self) {
        let key = |problem: &Problem| (problem.source, problem.span, problem.code);
        self.problems.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.words.en.cmp(&b.words.en)));
        self.problems.dedup_by(|a, b| key(a) == key(b) && a.words == b.words);
    }

    /// Builds the rules of profiles that nobody chose, to find the mistakes in them.
    fn try_profiles(&mut self, zone: &Zone) {
        for copy in change::tried(self) {
            let (mut layout, mut terms, mut found) = (Layout::new(&self.words), TermsBuilder::default(), Vec::new());
            let mut maker = rule::Maker {
                file: &copy,
                text: copy.sheet.text(&self.sources),
                words: &self.words,
                layout: &mut layout,
                shelf: &self.shelf,
                terms: &mut terms,
                zone,
                problems: &mut found,
            };
            maker.rules();
            let said: Vec<Problem> = copy.changed.values().flat_map(|changed| maker.apart(&changed.original)).collect();
            found.retain(|problem| said.iter().all(|said| (said.code, said.span) != (problem.code, problem.span)));
            copy.settle(&mut found, 0);
            self.problems.extend(found);
        }
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
    /// How much rules weigh in some of the files, if that is set.
    pub there: Option<PathLevels>,
    /// How many tests of rules are not among them, because the rule was changed.
    pub left_out: usize,
    /// The waivers.
    pub granted: Vec<Granted>,
    /// Until when each pack is fresh.
    pub fresh: Vec<Fresh>,
    /// Every mistake.
    pub problems: Vec<Problem>,
}
