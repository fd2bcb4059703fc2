//! `[[override]]` and `[profile.…]`: what policies change in rules, laid over the trees these are built from.

use super::file::PolicyFile;
use super::names::{self, Names};
use super::path::{self, Setting};
use super::rule::{EXAMPLES, RULE};
use super::{Policy, bundled};
use crate::kinds::KINDS;
use crate::problem::{Problem, choices};
use crate::schema::{Key, Shape};
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::tree::{self, Node, Value};
use crate::vocabulary::Vocabulary;
use crate::words::Words;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// The keys of an override.
pub(super) const OVERRIDE: &[Key] = &[
    Key::must("rule", Shape::Text, "改哪条规则：id 或 包/id", "the rule to change: its id, or pack/id"),
    Key::may("severity", super::rule::SEVERITY, "改成多严重", "how much it weighs instead"),
    Key::may(
        "set",
        Shape::Map(&Shape::Anything),
        "改哪些值，如 { \"interval.min\" = \"30m\" }",
        "the values to change, such as { \"interval.min\" = \"30m\" }",
    ),
    Key::may("unset", Shape::List(&Shape::Text), "去掉哪些键", "the keys to take away"),
    Key::must("reason", Shape::Reason, "为什么改", "why it is changed"),
];

/// The keys of a profile.
pub(super) const PROFILE: &[Key] = &[
    Key::may("title", Shape::Words, "这一档是什么", "what it is"),
    Key::must("override", Shape::Tables(OVERRIDE), "改哪些规则", "the rules it changes"),
];

/// Values of one rule that may be changed.
const CHANGES: usize = 1000;

/// What was changed in a rule.
#[derive(Clone)]
pub(super) struct Changed {
    /// The rule as its pack has it.
    pub original: Node,
    /// Each change, in order.
    pub marks: Vec<Mark>,
    /// How many of its own tests say nothing of the rule any more.
    pub left_out: usize,
}

/// One change of a rule.
#[derive(Clone)]
pub(super) struct Mark {
    /// The value it set.
    pub value: Node,
    /// Where it names what it sets.
    pub at: Span,
    /// Why, and for which profile.
    pub why: Arc<Why>,
}

/// Why something was changed.
pub(super) struct Why {
    /// The reason given.
    pub reason: String,
    /// The profile it is for.
    pub profile: Option<String>,
}

/// An override, where it is written, and for whom.
#[derive(Clone)]
pub(super) struct Change {
    source: SourceId,
    node: Node,
    profile: Option<String>,
    /// Whether its rule may be missing: of a bundled pack only a part was read.
    lenient: bool,
}

impl Change {
    /// A change that a settings file makes.
    pub(super) fn of_settings(source: SourceId, node: Node) -> Change {
        Change { source, node, profile: None, lenient: false }
    }
}

/// The names of all profiles, with the packs that have them.
pub(super) fn profiles(files: &[PolicyFile]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().flat_map(|file| {
        let profiles = file.root.get("profile").map(Node::entries).unwrap_or_default();
        profiles.iter().map(|(key, _)| (file.pack.as_str(), key.name.as_str()))
    })
}

/// Whether a profile goes by a name: its own, or `pack/profile`.
pub(super) fn goes_by(name: &str, pack: &str, profile: &str) -> bool {
    name == profile || name.split_once('/').is_some_and(|(of, name)| of == pack && name == profile)
}

/// Lays changes over the rules, in their order.
pub(super) fn lay(policy: &mut Policy, changes: &[Change]) {
    if changes.is_empty() {
        return;
    }
    let names = Names::of(&policy.files);
    let mut layer = Layer { sources: &policy.sources, words: &policy.words, seen: HashSet::new(), problems: &mut policy.problems };
    for change in changes {
        if let Some((file, rule)) = layer.target(&names, change).filter(|(file, _)| !policy.files[*file].is_broken()) {
            layer.change(&mut policy.files[file], rule, change);
        }
    }
}

/// Copies of the rules that profiles change which nobody chose, changed: they are built to see their mistakes.
pub(super) fn tried(policy: &mut Policy) -> Vec<PolicyFile> {
    let changes = out_of_force(policy);
    if changes.is_empty() {
        return Vec::new();
    }
    let names = Names::of(&policy.files);
    let mut layer = Layer { sources: &policy.sources, words: &policy.words, seen: HashSet::new(), problems: &mut policy.problems };
    let mut copies = BTreeMap::new();
    for change in &changes {
        let target = layer.target(&names, change).filter(|(file, _)| !policy.files[*file].is_broken());
        let Some((file, rule)) = target else { continue };
        // Copies share what lies behind their file.
        policy.files[file].sheet.lay(&policy.sources, change.source);
        let key = (file, rule, change.source, change.profile.clone());
        let copy = copies.entry(key).or_insert_with(|| policy.files[file].only(rule));
        layer.change(copy, 0, change);
    }
    copies.into_values().collect()
}

/// The tables of a key that is written as a list of tables.
fn overrides(node: &Node) -> impl Iterator<Item = &Node> {
    let tables = node.get("override").map(Node::items).unwrap_or_default();
    tables.iter().filter(|node| matches!(node.value, Value::Table(_)))
}

/// Every change in force: the overrides of a file first, then its profiles that were chosen, files in their order.
pub(super) fn in_force(policy: &Policy) -> Vec<Change> {
    let mut changes = Vec::new();
    for file in policy.files.iter().filter(|file| !file.is_broken()) {
        let change = |node: &Node| Change { source: file.source, node: node.clone(), profile: None, lenient: file.proven };
        changes.extend(overrides(&file.root).map(change));
        for chosen in &policy.chosen {
            changes.extend(of_profiles(file).filter(|(name, _)| goes_by(chosen, &file.pack, name)).map(|(_, change)| change));
        }
    }
    changes
}

fn out_of_force(policy: &Policy) -> Vec<Change> {
    let files = policy.files.iter().filter(|file| !file.is_broken() && !file.proven);
    let is_chosen = |file: &PolicyFile, name: &str| policy.chosen.iter().any(|chosen| goes_by(chosen, &file.pack, name));
    files
        .flat_map(|file| of_profiles(file).filter(|(name, _)| !is_chosen(file, name)).map(|(_, change)| change).collect::<Vec<_>>())
        .collect()
}

/// The overrides of all profiles of a file, with the profile's name.
fn of_profiles(file: &PolicyFile) -> impl Iterator<Item = (&str, Change)> {
    file.root.get("profile").map(Node::entries).unwrap_or_default().iter().flat_map(|(key, profile)| {
        overrides(profile).map(|node| {
            let profile = Some(key.name.clone());
            (key.name.as_str(), Change { source: file.source, node: node.clone(), profile, lenient: file.proven })
        })
    })
}

/// A value that a policy, or one of its profiles, has set.
#[derive(PartialEq, Eq, Hash)]
struct Seen {
    by: (SourceId, Option<String>),
    rule: (SourceId, usize),
    path: String,
}

/// Lays changes over rules.
struct Layer<'a> {
    sources: &'a [Source],
    words: &'a Vocabulary,
    /// What one policy has set already.
    seen: HashSet<Seen>,
    problems: &'a mut Vec<Problem>,
}

impl Layer<'_> {
    /// The rule a change is about: file and number.
    fn target(&mut self, names: &Names, change: &Change) -> Option<(usize, usize)> {
        let rule = change.node.get("rule")?;
        let name = rule.text()?;
        let found = names.get(name);
        if found.is_none() && !change.lenient && !name.trim().is_empty() {
            let guess = names.meant(name, self.problems.len());
            let pack = name.split_once('/').and_then(|(pack, _)| bundled(pack)).map(|pack| pack.id);
            let help = match pack {
                Some(pack) if guess.is_none() => Words::new(
                    format!("先继承这个包：[pack] 里写 extends = [\"{pack}\"]"),
                    format!("extend its pack first: extends = [\"{pack}\"] in [pack]"),
                ),
                _ => Words::fixed("只能改继承的包里的规则", "rules of packs that this policy extends can be changed"),
            };
            let problem = names::unknown("policy-unknown-rule", name, (change.source, rule.span), None).with_help(help);
            self.problems.push(problem.with_guess(guess));
        }
        found
    }

    /// Lays one change over a rule.
    fn change(&mut self, file: &mut PolicyFile, number: usize, change: &Change) {
        let start = file.sheet.lay(self.sources, change.source);
        let Some(rule) = file.root.get_mut("rule").and_then(|rules| rules.items_mut().get_mut(number)) else { return };
        let changed = file.changed.entry(number).or_insert_with(|| Changed { original: rule.clone(), marks: Vec::new(), left_out: 0 });
        let node = change.node.shifted(start);
        if changed.marks.len() + settings(&node).len() > CHANGES {
            let words = Words::new(format!("一条规则最多改 {CHANGES} 处"), format!("{CHANGES} changes of one rule are the most"));
            return self.problems.push(Problem::error("policy-too-many", change.source, change.node.span, words));
        }
        if ["severity", "set", "unset"].iter().all(|key| node.get(key).is_none()) {
            let words =
                Words::fixed("什么也没改：写 `severity`、`set` 或 `unset`", "it changes nothing: give `severity`, `set` or `unset`");
            self.problems.push(Problem::error("policy-missing-key", change.source, change.node.span, words));
        }
        let reason = node.get("reason").and_then(Node::text).unwrap_or_default().to_owned();
        let why = Arc::new(Why { reason, profile: change.profile.clone() });
        let target = (file.source, number);
        for item in node.get("unset").map(Node::items).unwrap_or_default() {
            let Some(name) = item.text() else { continue };
            self.once(target, name, (change, item.span.unshifted(start)));
            if !is_open(name) || !path::unset(rule, name) {
                self.unknown_path(rule, name, (change, item.span.unshifted(start)));
            }
            changed.marks.push(Mark { value: item.clone(), at: item.span, why: Arc::clone(&why) });
        }
        for (key, value) in settings(&node) {
            let place = (change, key.span.unshifted(start));
            self.once(target, &key.name, place);
            changed.marks.push(Mark { value: value.clone(), at: key.span, why: Arc::clone(&why) });
            let setting = Setting { at: key.span, value, is_field: &|name| self.words.field(name).is_some() };
            let may = (key.name == "severity" || is_open(&key.name)) && is_of_rule(rule, &key.name);
            if !may || !path::set(rule, &key.name, setting) {
                self.unknown_path(rule, &key.name, place);
            }
        }
        if is_judged(&node) {
            changed.left_out += drop_tests(rule);
        }
    }

    /// One policy sets a value once.
    fn once(&mut self, rule: (SourceId, usize), name: &str, (change, at): (&Change, Span)) {
        let by = (change.source, change.profile.clone());
        if !self.seen.insert(Seen { by, rule, path: name.to_owned() }) {
            let words = Words::new(format!("`{name}` 改了两次"), format!("`{name}` is changed twice"));
            self.problems.push(Problem::error("policy-set-twice", change.source, at, words));
        }
    }

    fn unknown_path(&mut self, rule: &Node, name: &str, (change, at): (&Change, Span)) {
        let words = Words::new(format!("这条规则里没有 `{name}` 可改"), format!("there is no `{name}` to change in this rule"));
        let mut problem = Problem::error("policy-unknown-path", change.source, at, words);
        let first = name.split('.').next().unwrap_or_default();
        if first == "id" {
            problem.help = Words::fixed("规则的名字改不了", "the name of a rule cannot be changed");
        } else if OVERRIDE.iter().any(|key| key.name == first) {
            let en = format!("`{first}` stands in the [[override]] itself, not in `set`");
            problem.help = Words::new(format!("`{first}` 直接写在 [[override]] 里，不写在 `set` 里"), en);
        } else if EXAMPLES.iter().any(|key| key.name == first) {
            problem.help = Words::fixed("给它写 [[test]]，用 `rule` 指明这条规则", "give it a [[test]] of your own that names the rule");
        } else {
            problem.help = choices(self.problems.len(), name, paths(rule).iter().map(String::as_str));
        }
        self.problems.push(problem);
    }
}

/// What a change sets: the severity, and each path.
fn settings(change: &Node) -> Vec<(tree::Key, Node)> {
    let severity = change.entries().iter().filter(|(key, _)| key.name == "severity");
    severity.chain(change.get("set").map(Node::entries).unwrap_or_default()).cloned().collect()
}

/// The paths to what a rule checks: what it says, and what it could say.
fn paths(rule: &Node) -> BTreeSet<String> {
    let kinds = KINDS.iter().filter_map(|kind| Some((kind, rule.get(kind.name)?)));
    kinds
        .flat_map(|(kind, node)| {
            let keys = if let Shape::Table(keys) = kind.shape { keys } else { &[] };
            let said = path::leaves(node).into_iter().map(|(path, _)| path);
            said.chain(keys.iter().map(|key| key.name.to_owned())).map(|path| format!("{}.{path}", kind.name)).collect::<Vec<_>>()
        })
        .collect()
}

/// Whether `set` may change what stands under the first step of a path.
fn is_open(path: &str) -> bool {
    let first = path.split('.').next().unwrap_or_default();
    !["id", "severity"].contains(&first) && EXAMPLES.iter().all(|key| key.name != first)
}

/// Whether the first step of a path is something the rule has, or something every rule may have.
fn is_of_rule(rule: &Node, path: &str) -> bool {
    let first = path.split('.').next().unwrap_or_default();
    rule.get(first).is_some() || RULE.iter().any(|key| key.name == first)
}

/// Whether a change can change which records are flagged: then the rule's own tests tell nothing any more.
fn is_judged(change: &Node) -> bool {
    let judges = |path: &str| {
        let first = path.split('.').next().unwrap_or_default();
        ["match", "effective"].contains(&first) || KINDS.iter().any(|kind| kind.name == first)
    };
    change.get("set").map(Node::entries).unwrap_or_default().iter().any(|(key, _)| judges(&key.name))
        || change.get("unset").map(Node::items).unwrap_or_default().iter().filter_map(Node::text).any(judges)
}

/// Takes a rule's tests away, and says how many there were.
fn drop_tests(rule: &mut Node) -> usize {
    let count = |key: &Key| rule.get(key.name).map_or(0, |tests| tests.items().len());
    let dropped = EXAMPLES.iter().map(count).sum();
    EXAMPLES.iter().for_each(|key| _ = path::unset(rule, key.name));
    dropped
}
