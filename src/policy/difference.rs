//! What one policy says otherwise than another: rules, values, words, waivers.

use super::Policy;
use super::advice::plain;
use super::compare::{Unlike, compare};
use super::file::PolicyFile;
use super::origin;
use super::rule::EXAMPLES;
use crate::source::{Position, Source};
use crate::tree::Node;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Keys of a policy file that are compared one by one.
const APART: [&str; 4] = ["rule", "list", "override", "waiver"];

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A rule as it is in force: profiles and overrides laid over it.
    Rule,
    /// A word list, with what others add to it and take from it.
    List,
    /// A waiver.
    Waiver,
    /// What else a policy file says.
    Pack,
}

/// Which of two policies has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Only the new one.
    Added,
    /// Only the old one.
    Removed,
    /// Both, otherwise.
    Changed,
}

/// Something that two policies do not say alike.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What it is.
    pub what: What,
    /// Which of the two has it.
    pub side: Side,
    /// Its name: of a rule its id, of a list `pack/list`, of a waiver the rules it names.
    pub name: String,
    /// The values that differ.
    pub values: Vec<Differing>,
}

/// A value that is not the same.
#[derive(Clone, Debug)]
pub struct Differing {
    /// Its path, as `set` in an override writes it.
    pub path: String,
    /// Whether it is a list, of which only what differs is named.
    pub is_list: bool,
    /// What only the old policy says, as it is written.
    pub old: Vec<String>,
    /// What only the new policy says.
    pub new: Vec<String>,
    /// The file where the new one says it, or the old one did, and where in it.
    pub place: Option<(String, Position)>,
    /// Why an override sets it.
    pub reason: Option<String>,
}

impl Policy {
    /// What `new` says otherwise: rules by id, then lists, waivers, and what packs say of themselves.
    pub fn differences(&mut self, new: &mut Policy) -> Vec<Difference> {
        self.lay();
        new.lay();
        let both = Both { files: paired(self, new), old: self, new };
        let mut found = both.rules();
        found.extend(both.lists());
        found.extend(both.waivers());
        found.extend(both.packs());
        found
    }
}

/// A file of the old policy and the one that stands for it in the new.
type Files<'a> = (Option<&'a PolicyFile>, Option<&'a PolicyFile>);

/// Files with the same pack; what is left of packs without a name of their own, in order.
fn paired<'a>(old: &'a Policy, new: &'a Policy) -> Vec<Files<'a>> {
    let mut there: HashMap<&str, Vec<&PolicyFile>> = HashMap::new();
    new.files.iter().rev().for_each(|file| there.entry(&file.pack).or_default().push(file));
    let mut pairs: Vec<Files<'a>> =
        old.files.iter().map(|file| (Some(file), there.get_mut(file.pack.as_str()).and_then(Vec::pop))).collect();
    let taken: HashSet<*const PolicyFile> = pairs.iter().filter_map(|(_, new)| new.map(std::ptr::from_ref)).collect();
    let mut left: Vec<&PolicyFile> = new.files.iter().filter(|file| !taken.contains(&std::ptr::from_ref(*file))).collect();
    for pair in pairs.iter_mut().filter(|(old, new)| new.is_none() && old.is_some_and(|old| !is_named(old))) {
        if let Some(at) = left.iter().position(|file| !is_named(file)) {
            pair.1 = Some(left.remove(at));
        }
    }
    pairs.extend(left.into_iter().map(|file| (None, Some(file))));
    pairs
}

/// Whether a file says which pack it is; without, it is called after the file.
fn is_named(file: &PolicyFile) -> bool {
    file.root.get("pack").is_some_and(|pack| pack.get("id").is_some())
}

/// Two policies, laid out.
struct Both<'a> {
    files: Vec<Files<'a>>,
    old: &'a Policy,
    new: &'a Policy,
}

/// A rule, and where it stands.
#[derive(Clone, Copy)]
struct Standing<'a> {
    file: &'a PolicyFile,
    number: usize,
    node: &'a Node,
    sources: &'a [Source],
}

impl<'a> Standing<'a> {
    /// The rules of a policy, by id.
    fn all(policy: &'a Policy) -> BTreeMap<&'a str, Standing<'a>> {
        let mut rules = BTreeMap::new();
        for file in &policy.files {
            for (number, node) in file.root.get("rule").map(Node::items).unwrap_or_default().iter().enumerate() {
                if let Some(id) = node.get("id").and_then(Node::text) {
                    rules.entry(id).or_insert(Standing { file, number, node, sources: &policy.sources });
                }
            }
        }
        rules
    }

    /// Whether its own tests say nothing of it any more, because it was changed.
    fn is_untried(self) -> bool {
        self.file.changed.get(&self.number).is_some_and(|changed| changed.left_out > 0)
    }
}

impl<'a> Both<'a> {
    fn rules(&self) -> Vec<Difference> {
        let (old, new) = (Standing::all(self.old), Standing::all(self.new));
        let ids: std::collections::BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        ids.into_iter().filter_map(|id| self.rule(id, old.get(id).copied(), new.get(id).copied())).collect()
    }

    fn rule(&self, id: &str, old: Option<Standing<'a>>, new: Option<Standing<'a>>) -> Option<Difference> {
        let is_untried = [old, new].into_iter().flatten().any(Standing::is_untried);
        let skip: Vec<&str> = if is_untried { EXAMPLES.iter().map(|key| key.name).collect() } else { Vec::new() };
        let unlike = compare(old.map(|rule| rule.node), new.map(|rule| rule.node), &skip);
        let mut values: Vec<Differing> = moved(old, new).into_iter().collect();
        values.extend(unlike.iter().map(|unlike| told(unlike, old, new)));
        (!values.is_empty()).then(|| Difference { what: What::Rule, side: side(old.is_some(), new.is_some()), name: id.to_owned(), values })
    }

    /// Lists by name; those of a file that is called otherwise now are the same lists.
    fn lists(&self) -> Vec<Difference> {
        let renamed: HashMap<&str, &str> =
            self.files.iter().filter_map(|(old, new)| Some((old.as_ref()?.pack.as_str(), new.as_ref()?.pack.as_str()))).collect();
        let now = |name: &str| match name.split_once('/').and_then(|(pack, list)| Some((renamed.get(pack)?, list))) {
            Some((pack, list)) => format!("{pack}/{list}"),
            None => name.to_owned(),
        };
        let old: BTreeMap<String, &str> = self.old.shelf.names().map(|name| (now(name), name)).collect();
        let names: std::collections::BTreeSet<&str> = old.keys().map(String::as_str).chain(self.new.shelf.names()).collect();
        names.into_iter().filter_map(|name| self.list(old.get(name).copied(), name)).collect()
    }

    fn list(&self, old: Option<&str>, name: &str) -> Option<Difference> {
        let before = old.and_then(|name| self.old.shelf.get(name));
        let after = self.new.shelf.get(name);
        let terms = |list: Option<&'a [crate::lists::Term]>| list.unwrap_or_default().iter().map(|term| term.text.as_str());
        let (was, is): (HashSet<&str>, HashSet<&str>) = (terms(before).collect(), terms(after).collect());
        let apart = |list, other: &HashSet<&str>| terms(list).filter(|term| !other.contains(term)).map(str::to_owned).collect::<Vec<_>>();
        let value = Differing {
            path: "terms".to_owned(),
            is_list: true,
            old: apart(before, &is),
            new: apart(after, &was),
            place: None,
            reason: None,
        };
        let is_alike = value.old.is_empty() && value.new.is_empty();
        (!is_alike).then(|| Difference {
            what: What::List,
            side: side(before.is_some(), after.is_some()),
            name: name.to_owned(),
            values: vec![value],
        })
    }

    /// Waivers of the same rules and records are one waiver.
    fn waivers(&self) -> Vec<Difference> {
        let (old, mut new) = (waivers(self.old), waivers(self.new));
        let mut pairs: Vec<(Option<Standing<'a>>, Option<Standing<'a>>)> = Vec::new();
        for waiver in old {
            let at = new.iter().position(|other| about(other.node) == about(waiver.node));
            pairs.push((Some(waiver), at.map(|at| new.remove(at))));
        }
        pairs.extend(new.into_iter().map(|waiver| (None, Some(waiver))));
        pairs.into_iter().filter_map(|(old, new)| whole(What::Waiver, old, new, waived(new.or(old)?.node))).collect()
    }

    fn packs(&self) -> Vec<Difference> {
        let standing = |policy: &'a Policy, file: &'a PolicyFile| Standing { file, number: 0, node: &file.root, sources: &policy.sources };
        let pack = |(old, new): &Files<'a>| {
            let (old, new) = (old.map(|file| standing(self.old, file)), new.map(|file| standing(self.new, file)));
            whole(What::Pack, old, new, new.or(old)?.file.pack.clone())
        };
        self.files.iter().filter_map(pack).collect()
    }
}

/// Everything that differs in two tables.
fn whole(what: What, old: Option<Standing<'_>>, new: Option<Standing<'_>>, name: String) -> Option<Difference> {
    let unlike = compare(old.map(|old| old.node), new.map(|new| new.node), if what == What::Pack { &APART } else { &[] });
    let values: Vec<Differing> = unlike.iter().map(|unlike| told(unlike, old, new)).collect();
    let is_alike = values.is_empty() && old.is_some() == new.is_some();
    (!is_alike).then(|| Difference { what, side: side(old.is_some(), new.is_some()), name, values })
}

fn waivers(policy: &Policy) -> Vec<Standing<'_>> {
    let of = |file| {
        let waivers = PolicyFile::waivers(file).iter().enumerate();
        waivers.map(move |(number, node)| Standing { file, number, node, sources: &policy.sources })
    };
    policy.files.iter().flat_map(of).collect()
}

/// What a waiver is about.
fn about(waiver: &Node) -> (Option<String>, Option<String>) {
    let part = |name: &str| waiver.get(name).map(plain);
    (part("rule"), part("match"))
}

/// The rules a waiver names.
fn waived(waiver: &Node) -> String {
    let rules = waiver.get("rule").map(Node::each).unwrap_or_default();
    rules.iter().filter_map(Node::text).collect::<Vec<_>>().join(" ")
}

fn side(old: bool, new: bool) -> Side {
    match (old, new) {
        (false, _) => Side::Added,
        (true, false) => Side::Removed,
        (true, true) => Side::Changed,
    }
}

/// A rule that stands in another pack now.
fn moved(old: Option<Standing<'_>>, new: Option<Standing<'_>>) -> Option<Differing> {
    let (old, new) = (old?.file, new?.file);
    let is_moved = old.pack != new.pack && is_named(old) && is_named(new);
    is_moved.then(|| Differing {
        path: "pack".to_owned(),
        is_list: false,
        old: vec![old.pack.clone()],
        new: vec![new.pack.clone()],
        place: None,
        reason: None,
    })
}

/// A difference as people read it.
fn told(unlike: &Unlike<'_>, old: Option<Standing<'_>>, new: Option<Standing<'_>>) -> Differing {
    let written = |standing: Option<Standing<'_>>, nodes: &[&Node]| -> Vec<String> {
        let text = standing.map_or("", |rule| rule.file.sheet.text(rule.sources));
        nodes.iter().map(|node| text.get(node.span.range()).unwrap_or_default().to_owned()).collect()
    };
    let last = match (new, unlike.new.first(), old, unlike.old.first()) {
        (Some(rule), Some(node), ..) | (.., Some(rule), Some(node)) => Some((rule, *node)),
        _ => None,
    };
    let place = last.map(|(rule, node)| {
        let (source, span) = rule.file.sheet.place(node.span);
        let source = &rule.sources[source.0 as usize];
        (source.name().to_owned(), source.position(span.start as usize))
    });
    let reason = last.and_then(|(rule, node)| origin::reason(rule.file, rule.number, node));
    let (old, new) = (written(old, &unlike.old), written(new, &unlike.new));
    Differing { path: unlike.path.clone(), is_list: unlike.is_list, old, new, place, reason }
}
