//! `[levels]` and `[[path]]` of the settings: how much rules weigh in this project, and in some of its files.
//!
//! A level for all files is laid over its rule as an override is; one for some files is asked for when a finding gets its place.

use super::change::Change;
use super::file::PolicyFile;
use super::waive::{DISGUISE, is_elsewhere};
use super::{BUNDLED, Policy};
use crate::finding::{About, Severity};
use crate::problem::{Problem, meant};
use crate::settings::Paths;
use crate::source::SourceId;
use crate::tree::{Key, Node, Value};
use crate::words::Words;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How much rules weigh in some of the files.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathLevels {
    paths: Paths,
    /// For each `[[path]]`, rules by id; none is off.
    levels: Vec<HashMap<String, Option<Severity>>>,
    /// Rules that are off in all other files.
    only_there: HashSet<String>,
    /// What the rule of the engine weighs, if that is said.
    disguise: Option<Option<Severity>>,
}

impl PathLevels {
    /// How much a rule weighs in a file; none when it is off there.
    pub(crate) fn of(&self, rule: &About, file: &str) -> Option<Severity> {
        let elsewhere = if self.only_there.contains(&rule.id) { None } else { rule.severity };
        self.said(&rule.id, file).unwrap_or(elsewhere)
    }

    /// How much the rule of the engine weighs in a file, which weighs more than the rule behind it if nothing is said.
    pub(crate) fn of_disguise(&self, above: Severity, file: &str) -> Option<Severity> {
        self.said(DISGUISE, file).or(self.disguise).unwrap_or(Some(above))
    }

    fn said(&self, id: &str, file: &str) -> Option<Option<Severity>> {
        self.paths.about(file).into_iter().rev().find_map(|at| self.levels[at].get(id).copied())
    }
}

/// What the settings say of rules.
pub(super) struct Project {
    /// The settings file.
    pub source: SourceId,
    /// All of it.
    pub root: Node,
    /// The files that its tables are about.
    pub paths: Paths,
    /// Whether all policies it names are in force: then it names no rule that nobody knows.
    pub is_whole: bool,
}

/// What a project makes of the rules.
pub(super) struct Laid {
    /// What is laid over rules, for all files.
    pub changes: Vec<Change>,
    /// What is so in some files only.
    pub there: PathLevels,
}

/// The levels of a project, once what policies change in each other is laid over the rules.
pub(super) fn of(policy: &mut Policy) -> Option<Laid> {
    let project = policy.project.as_ref()?;
    let tables = project.root.get("path").map(Node::items).unwrap_or_default();
    let (everywhere, there) = (written(&project.root), tables.iter().map(written).collect::<Vec<_>>());
    let rules = Rules::of(&policy.files);
    let all = there.iter().flatten().chain(&everywhere).filter(|_| project.is_whole);
    policy.problems.extend(unknown(&rules, all.map(|(key, _)| *key), project.source));
    let everywhere = rules.resolve(&everywhere);
    let there: Vec<BTreeMap<&str, Set<'_>>> = there.iter().map(|levels| rules.resolve(levels)).collect();
    let is_off = |rule: &RuleName<'_>| everywhere.get(rule.id).map_or(rule.is_off, |set| severity(set).is_none());
    let woken = rules.0.iter().filter(|rule| is_off(rule)).filter_map(|rule| {
        there.iter().filter_map(|levels| levels.get(rule.id)).find(|set| severity(set).is_some()).map(|set| (rule.id, *set))
    });
    let woken: BTreeMap<&str, Set<'_>> = woken.collect();
    let sets = everywhere.iter().filter(|(id, _)| !woken.contains_key(*id)).chain(&woken);
    let changes = sets.filter(|(id, _)| **id != DISGUISE).map(|(id, set)| change(project.source, id, *set)).collect();
    let there = PathLevels {
        paths: project.paths.clone(),
        levels: there.iter().map(|levels| levels.iter().map(|(id, set)| ((*id).to_owned(), severity(set))).collect()).collect(),
        only_there: woken.keys().map(|id| (*id).to_owned()).collect(),
        disguise: everywhere.get(DISGUISE).map(severity),
    };
    Some(Laid { changes, there })
}

/// A name and a level, as they are written.
type Set<'n> = (&'n Key, &'n Node);

fn written(table: &Node) -> Vec<Set<'_>> {
    table.get("levels").map(Node::entries).unwrap_or_default().iter().map(|(key, level)| (key, level)).collect()
}

/// The level that is set; none is off.
fn severity((_, level): &Set<'_>) -> Option<Severity> {
    level.text().and_then(Severity::named)
}

/// An override that sets a rule's level.
fn change(source: SourceId, id: &str, (key, level): Set<'_>) -> Change {
    let name = |name: &str| Key { name: name.to_owned(), span: key.span };
    let rule = Node { span: key.span, value: Value::Text(id.to_owned()) };
    let table = Value::Table(vec![(name("rule"), rule), (name("severity"), level.clone())]);
    Change::of_settings(source, Node { span: key.span, value: table })
}

/// A rule as settings may name it.
struct RuleName<'p> {
    pack: &'p str,
    id: &'p str,
    is_off: bool,
}

/// All rules in force, those that are off among them.
struct Rules<'p>(Vec<RuleName<'p>>);

impl<'p> Rules<'p> {
    fn of(files: &'p [PolicyFile]) -> Rules<'p> {
        let of_file = |file: &'p PolicyFile| {
            let rules = file.root.get("rule").map(Node::items).unwrap_or_default();
            rules.iter().filter_map(|rule| {
                let is_off = rule.get("severity").and_then(Node::text).is_some_and(|level| level == "off");
                Some(RuleName { pack: &file.pack, id: rule.get("id")?.text()?, is_off })
            })
        };
        let disguise = RuleName { pack: "evasion", id: DISGUISE, is_off: false };
        Rules(files.iter().flat_map(of_file).chain([disguise]).collect())
    }

    /// The level of each rule: what is said of it, or else of its pack if it is on.
    fn resolve<'n>(&self, levels: &[Set<'n>]) -> BTreeMap<&'p str, Set<'n>> {
        let said: HashMap<&str, Set<'n>> = levels.iter().map(|set| (set.0.name.as_str(), *set)).collect();
        let of_rule = |rule: &RuleName<'_>| {
            let own = said.get(rule.id).or_else(|| said.get(format!("{}/{}", rule.pack, rule.id).as_str()));
            own.or_else(|| said.get(rule.pack).filter(|_| !rule.is_off)).copied()
        };
        if said.is_empty() { BTreeMap::new() } else { self.0.iter().filter_map(|rule| Some((rule.id, of_rule(rule)?))).collect() }
    }
}

/// Names that are neither a rule's nor a pack's, in force or not.
fn unknown<'n>(rules: &Rules<'_>, named: impl Iterator<Item = &'n Key>, source: SourceId) -> Vec<Problem> {
    let known: BTreeSet<&str> = rules.0.iter().flat_map(|rule| [rule.id, rule.pack]).collect();
    let whole: HashSet<String> = rules.0.iter().map(|rule| format!("{}/{}", rule.pack, rule.id)).collect();
    let is_elsewhere = |name: &str| BUNDLED.iter().any(|pack| pack.id == name) || is_elsewhere(name);
    let is_known = |name: &str| known.contains(name) || whole.contains(name) || is_elsewhere(name);
    let help = Words::fixed("用 presend rules 看全部规则", "presend rules lists all rules");
    let problem = |(so_far, key): (usize, &Key)| {
        let name = &key.name;
        let words = Words::new(format!("没有名为 `{name}` 的规则或规则包"), format!("no rule and no pack is called `{name}`"));
        let guess = meant(so_far, name, known.iter().copied());
        Problem::error("policy-unknown-rule", source, key.span, words).with_help(help.clone()).with_guess(guess)
    };
    named.filter(|key| !is_known(&key.name)).enumerate().map(problem).collect()
}
