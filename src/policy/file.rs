//! One policy file: checked against the language, its word lists read.

use super::change::Changed;
use super::pack::TOP;
use super::sheet::Sheet;
use super::{Beside, Policy, fresh, list};
use crate::problem::Problem;
use crate::schema::{self, Problems, Shape};
use crate::source::SourceId;
use crate::span::Span;
use crate::time::Zone;
use crate::tree::{Key, Node, Value};
use crate::vocabulary::{FieldType, Vocabulary};
use crate::words::Words;
use std::collections::BTreeMap;

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
    /// Its text, and the files that change its rules.
    pub sheet: Sheet,
    /// What is changed in its rules, by number.
    pub changed: BTreeMap<usize, Changed>,
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
        let file = PolicyFile { source, root, pack, broken, proven: false, sheet: Sheet::of(source), changed: BTreeMap::new() };
        if let Some(pack) = file.root.get("pack") {
            fresh::check(pack, source, &mut policy.problems);
        }
        list::read(&file, policy, beside);
        file.keep_certain(&mut policy.problems, known);
        file
    }

    /// The waivers of a settings file, if it has any.
    pub(super) fn of_waivers(source: SourceId, root: &Node) -> Option<PolicyFile> {
        let waivers = root.entries().iter().find(|(key, _)| key.name == "waiver")?;
        let root = Node { span: root.span, value: Value::Table(vec![waivers.clone()]) };
        let (sheet, changed) = (Sheet::of(source), BTreeMap::new());
        Some(PolicyFile { source, root, pack: "presend".to_owned(), broken: None, proven: false, sheet, changed })
    }

    /// The zone its pack names.
    pub(super) fn zone(&self) -> Option<Zone> {
        self.root.get("pack").and_then(|pack| pack.get("timezone")).and_then(Node::text).and_then(Zone::named)
    }

    /// Whether it is no TOML: its names are known, its rules are not built.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// Its waivers.
    pub(super) fn waivers(&self) -> &[Node] {
        self.root.get("waiver").map(Node::items).unwrap_or_default()
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

    /// A copy of it with one rule only.
    pub(super) fn only(&self, rule: usize) -> PolicyFile {
        let rules = self.root.get("rule").map(Node::items).unwrap_or_default();
        let at = self.root.span;
        let key = |name: &str| Key { name: name.to_owned(), span: at };
        let pack = self.root.get("pack").map(|pack| (key("pack"), pack.clone()));
        let list = Node { span: at, value: Value::List(rules.get(rule).cloned().into_iter().collect()) };
        let root = Node { span: at, value: Value::Table(pack.into_iter().chain([(key("rule"), list)]).collect()) };
        let changed = self.changed.get(&rule).map(|changed| (0, changed.clone())).into_iter().collect();
        PolicyFile { root, pack: self.pack.clone(), sheet: self.sheet.clone(), changed, ..*self }
    }

    /// Of the problems from `known` on, those with values that another file set are moved to where they stand in it.
    pub(super) fn settle(&self, problems: &mut [Problem], known: usize) {
        for problem in problems.iter_mut().skip(known).filter(|problem| problem.source == self.source) {
            (problem.source, problem.span) = self.sheet.place(problem.span);
        }
    }
}

fn check_top(root: &Node, problems: &mut Problems<'_>) {
    let start = Span::new(0..0);
    let keys: Vec<schema::Key> =
        TOP.iter().filter(|key| key.name != "rule").copied().chain([schema::Key::may("rule", Shape::Anything, "", "")]).collect();
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

/// Rules, lists, tests, waivers, overrides that one file may hold.
const TABLES: usize = 20_000;

/// More tables of one sort than a file may hold; what stands behind the last one is not judged, as behind a broken line.
pub(super) fn too_many(root: &Node, source: SourceId) -> Option<Problem> {
    let lists = root.entries().iter().filter_map(|(key, list)| Some((key, list.items(), list.items().get(TABLES)?)));
    let (key, items, first) = lists.min_by_key(|(_, _, first)| first.span)?;
    let said = Words::new(
        format!("这个文件里有 {} 个 [[{}]]，最多 {TABLES} 个", items.len(), key.name),
        format!("this file holds {} [[{}]]; {TABLES} are the most", items.len(), key.name),
    );
    let help = Words::fixed(
        "分成几个文件；一样的规则用 `group_by`、词表合成一条",
        "make it several files; rules that are alike are one, with `group_by` or a list",
    );
    Some(Problem::error("policy-too-many", source, first.span, said).with_help(help))
}

/// Actions, and fields, that one file may declare.
const DECLARED: usize = 1000;

/// Adds the actions and fields a file declares.
pub(super) fn declare(file: &PolicyFile, words: &mut Vocabulary, problems: &mut Vec<Problem>) {
    let declared = |name: &str| file.root.get(name).map(Node::items).unwrap_or_default();
    for list in [declared("action"), declared("field")] {
        if let Some(first) = list.get(DECLARED) {
            let said = Words::new(
                format!("这里声明了 {} 个，最多 {DECLARED} 个", list.len()),
                format!("{} are declared here; {DECLARED} are the most", list.len()),
            );
            problems.push(Problem::error("policy-too-many", file.source, first.span, said));
        }
    }
    for action in declared("action").iter().take(DECLARED) {
        if let Some(name) = action.get("id").and_then(Node::text) {
            words.declare_action(name);
        }
    }
    for field in declared("field").iter().take(DECLARED) {
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
