//! One policy file: checked against the language, its word lists read.

use super::pack::TOP;
use super::{Beside, Policy};
use crate::lists::Term;
use crate::problem::Problem;
use crate::schema::{Key, Problems, Shape};
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::tree::Node;
use crate::vocabulary::{FieldType, Vocabulary};
use crate::words::Words;

/// A policy file that was read.
pub(super) struct PolicyFile {
    /// Its source.
    pub source: SourceId,
    /// All of it.
    pub root: Node,
    /// The id of its pack.
    pub pack: String,
    /// Where the first line starts that is no TOML.
    broken: Option<u32>,
    /// Whether its rules were checked when the program was made.
    pub proven: bool,
}

/// A policy file as it was written.
pub(super) struct Written {
    /// Its source.
    pub source: SourceId,
    /// All of it that could be read.
    pub root: Node,
    /// Where the first line starts that is no TOML.
    pub broken: Option<u32>,
}

impl PolicyFile {
    /// Checks everything but the rules, and puts the lists on the shelf.
    pub(super) fn read(policy: &mut Policy, written: Written, beside: &Beside<'_>) -> PolicyFile {
        let (Written { source, root, broken }, known) = (written, policy.problems.len());
        let text = policy.sources[source.0 as usize].text();
        let mut problems = Problems { source, text, words: &policy.words, found: &mut policy.problems };
        check_top(&root, &mut problems);
        let named = root.get("pack").and_then(|pack| pack.get("id")).and_then(Node::text);
        let pack = named.map_or_else(|| stem(policy.sources[source.0 as usize].name()), str::to_owned);
        let file = PolicyFile { source, root, pack, broken, proven: false };
        file.read_lists(policy, beside);
        file.keep_certain(&mut policy.problems, known);
        file
    }

    /// Whether it is no TOML: its names are known, its rules are not built.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// The ids of its rules, those that cannot be built among them.
    pub(super) fn rule_ids(&self) -> impl Iterator<Item = &str> {
        let rules = self.root.get("rule").map(Node::items).unwrap_or_default();
        rules.iter().filter_map(|rule| rule.get("id").and_then(Node::text))
    }

    /// The names its rules go by: with the pack, or without.
    pub(super) fn rule_names(&self, with_pack: bool) -> impl Iterator<Item = String> {
        self.rule_ids().map(move |id| if with_pack { format!("{}/{id}", self.pack) } else { id.to_owned() })
    }

    /// The id of its rule of this name: `id` or `pack/id`.
    pub(super) fn rule_named(&self, name: &str) -> Option<&str> {
        let id = name.strip_prefix(self.pack.as_str()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name);
        self.rule_ids().find(|known| *known == id)
    }

    /// What a parser guesses behind a broken line is not judged, nor is what it did not find: of the problems from `known` on, those
    /// are kept that blame something before that line.
    pub(super) fn keep_certain(&self, problems: &mut Vec<Problem>, known: usize) {
        let Some(broken) = self.broken else { return };
        let is_certain = |problem: &Problem| {
            let is_there = ["policy-unknown-key", "policy-wrong-type"].contains(&problem.code) || problem.code.starts_with("policy-bad-");
            is_there && problem.span.end <= broken
        };
        let mut at = 0;
        problems.retain(|problem| {
            at += 1;
            at <= known || is_certain(problem)
        });
    }

    fn read_lists(&self, policy: &mut Policy, beside: &Beside<'_>) {
        for list in self.root.get("list").map(Node::items).unwrap_or_default() {
            let Some(id) = list.get("id").and_then(Node::text) else { continue };
            let mut terms = self.inline_terms(list);
            if let Some(file) = list.get("file") {
                terms.extend(self.terms_of_file(policy, file, beside));
            } else if list.get("terms").is_none() {
                let words = Words::new(format!("词表 `{id}` 没有词"), format!("the list `{id}` has no terms"));
                policy.problems.push(Problem::error("policy-empty-list", self.source, list.span, words));
            }
            check_terms(&terms, &mut policy.problems);
            if !policy.shelf.put(&self.pack, id, terms) {
                let words = Words::new(format!("词表 `{id}` 写了两次"), format!("the list `{id}` is given twice"));
                let span = list.get("id").map_or(list.span, |node| node.span);
                policy.problems.push(Problem::error("policy-duplicate-id", self.source, span, words));
            }
        }
    }

    fn inline_terms(&self, list: &Node) -> Vec<Term> {
        let items = list.get("terms").map(Node::items).unwrap_or_default();
        items.iter().filter_map(|item| Some(Term { text: item.text()?.trim().to_owned(), source: self.source, span: item.span })).collect()
    }

    fn terms_of_file(&self, policy: &mut Policy, file: &Node, beside: &Beside<'_>) -> Vec<Term> {
        let Some(path) = file.text() else { return Vec::new() };
        let Some(bytes) = beside(path) else {
            let words = Words::new(format!("读不到词表文件 `{path}`"), format!("cannot read the list file `{path}`"));
            policy.problems.push(Problem::error("policy-unreadable-list", self.source, file.span, words));
            return Vec::new();
        };
        let folder =
            policy.sources[self.source.0 as usize].name().rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let source = Source::decode(format!("{folder}{path}"), bytes);
        let id = SourceId(policy.sources.len() as u32);
        let terms = terms_of_text(source.text(), id);
        if terms.is_empty() {
            let words = Words::new(format!("词表文件 `{path}` 里没有词"), format!("the list file `{path}` has no terms"));
            policy.problems.push(Problem::error("policy-empty-list", self.source, file.span, words));
        }
        policy.sources.push(source);
        terms
    }
}

/// One term a line; `#` starts a comment at the start of a line or after a blank.
fn terms_of_text(text: &str, source: SourceId) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let line = &text[start..end];
        let comment = memchr::memchr_iter(b'#', line.as_bytes()).find(|at| *at == 0 || line.as_bytes()[at - 1] == b' ');
        let body = &line[..comment.unwrap_or(line.len())];
        let (left, term) = (body.len() - body.trim_start().len(), body.trim());
        if !term.is_empty() {
            terms.push(Term { text: term.to_owned(), source, span: Span::new(start + left..start + left + term.len()) });
        }
        start = end + 1;
    }
    terms
}

/// A term of one character would be found in half of all texts.
fn check_terms(terms: &[Term], problems: &mut Vec<Problem>) {
    let mut seen = hashbrown::HashMap::<&str, Span, foldhash::fast::FixedState>::default();
    for term in terms {
        if term.text.chars().nth(1).is_none() {
            let words = Words::new(
                format!("“{}” 只有一个字，会到处误报", term.text),
                format!("“{}” is a single character and would be found everywhere", term.text),
            );
            problems.push(Problem::error("policy-single-character", term.source, term.span, words));
        }
        if seen.insert(&term.text, term.span).is_some() {
            let words = Words::new(format!("“{}” 写了两次", term.text), format!("“{}” is given twice", term.text));
            problems.push(Problem::warning("policy-duplicate-term", term.source, term.span, words));
        }
    }
}

fn check_top(root: &Node, problems: &mut Problems<'_>) {
    let start = Span::new(0..0);
    let keys: Vec<Key> = TOP.iter().filter(|key| key.name != "rule").copied().chain([Key::may("rule", Shape::Anything, "", "")]).collect();
    problems.table(root, &keys, start);
    super::cases::check_named(root, problems);
    if let Some(version) = root.get("schema").filter(|node| node.integer().is_some_and(|n| n != 1)) {
        problems.add(
            "policy-bad-value",
            version.span,
            Words::fixed("这个程序只懂第 1 版政策语言", "this program knows version 1 of the policy language only"),
        );
    }
}

/// Adds the actions and fields a file declares.
pub(super) fn declare(file: &PolicyFile, words: &mut Vocabulary, problems: &mut Vec<Problem>) {
    for action in file.root.get("action").map(Node::items).unwrap_or_default() {
        if let Some(name) = action.get("id").and_then(Node::text) {
            words.declare_action(name);
        }
    }
    for field in file.root.get("field").map(Node::items).unwrap_or_default() {
        let (Some(id), Some(kind)) = (field.get("id"), field.get("type").and_then(Node::text).and_then(FieldType::named)) else { continue };
        let Some(name) = id.text() else { continue };
        if !words.declare_field(name, kind) {
            let said =
                Words::new(format!("字段 `{name}` 已经有了，而且是另一种类型"), format!("the field `{name}` exists with another type"));
            problems.push(Problem::error("policy-duplicate-id", file.source, id.span, said));
        }
    }
}

/// The name of a file without folder and ending.
fn stem(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.split('.').next().unwrap_or(file).to_lowercase()
}
