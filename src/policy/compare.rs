//! Two trees held against each other: the values that one has and the other has not.

use super::advice::plain;
use crate::tree::{Node, Value};
use std::collections::HashMap;

/// A value that is not the same in both.
#[derive(Debug)]
pub(super) struct Unlike<'a> {
    /// Its path.
    pub path: String,
    /// Whether it is a list of which only what differs is named.
    pub is_list: bool,
    /// What only the old tree has.
    pub old: Vec<&'a Node>,
    /// What only the new tree has.
    pub new: Vec<&'a Node>,
}

/// Every value that differs, in the order of the old tree; what only the new one has comes behind.
pub(super) fn compare<'a>(old: Option<&'a Node>, new: Option<&'a Node>, skip: &[&str]) -> Vec<Unlike<'a>> {
    let mut found = Vec::new();
    let either = [old, new].into_iter().flatten();
    for name in names(either) {
        if !skip.contains(&name) {
            walk(name.to_owned(), (old.and_then(|old| old.get(name)), new.and_then(|new| new.get(name))), &mut found);
        }
    }
    found
}

/// The keys of tables, each once.
fn names<'a>(tables: impl Iterator<Item = &'a Node>) -> Vec<&'a str> {
    let mut seen = std::collections::HashSet::new();
    let names = tables.flat_map(|table| table.entries().iter().map(|(key, _)| key.name.as_str()));
    names.filter(|name| seen.insert(*name)).collect()
}

fn walk<'a>(path: String, (old, new): (Option<&'a Node>, Option<&'a Node>), found: &mut Vec<Unlike<'a>>) {
    let all = |holds: fn(&Node) -> bool| old.is_none_or(holds) && new.is_none_or(holds);
    if all(|node| !node.entries().is_empty()) {
        for name in names([old, new].into_iter().flatten()) {
            walk(format!("{path}.{name}"), (old.and_then(|old| old.get(name)), new.and_then(|new| new.get(name))), found);
        }
    } else if all(|node| node.items().iter().any(|item| matches!(item.value, Value::Table(_)))) {
        let items = |node: Option<&'a Node>| node.map(Node::items).unwrap_or_default();
        for (number, old, new) in paired(items(old), items(new)) {
            walk(format!("{path}.{number}"), (old, new), found);
        }
    } else {
        found.extend(values(path, old, new));
    }
}

/// Two items that are held against each other, and the number one of them has.
type Pair<'a> = (usize, Option<&'a Node>, Option<&'a Node>);

/// Of two lists of tables, those that are not in both; in the order they stand, one of the old with one of the new.
fn paired<'a>(old: &'a [Node], new: &'a [Node]) -> Vec<Pair<'a>> {
    let (gone, come) = (apart(old, new), apart(new, old));
    let number = |at: usize| Some(come.get(at).or(gone.get(at))?.0 + 1);
    let node = |list: &[(usize, &'a Node)], at: usize| list.get(at).map(|(_, node)| *node);
    (0..gone.len().max(come.len())).filter_map(|at| Some((number(at)?, node(&gone, at), node(&come, at)))).collect()
}

/// What a list holds more than another, each item with its place.
fn apart<'a>(list: &'a [Node], other: &[Node]) -> Vec<(usize, &'a Node)> {
    let mut there: HashMap<String, usize> = HashMap::new();
    other.iter().for_each(|item| *there.entry(plain(item)).or_default() += 1);
    let is_apart = |item: &Node| match there.get_mut(&plain(item)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        Some(_) | None => true,
    };
    let mut is_apart = is_apart;
    list.iter().enumerate().filter(|(_, item)| is_apart(item)).collect()
}

/// A single value, or a list: a list of one is that one, and order says nothing.
fn values<'a>(path: String, old: Option<&'a Node>, new: Option<&'a Node>) -> Option<Unlike<'a>> {
    let items = |node: Option<&'a Node>| node.map(Node::each).unwrap_or_default();
    let apart = |list: &'a [Node], other: &[Node]| apart(list, other).into_iter().map(|(_, node)| node).collect::<Vec<_>>();
    let (only_old, only_new) = (apart(items(old), items(new)), apart(items(new), items(old)));
    let is_list = [old, new].into_iter().flatten().any(|node| matches!(node.value, Value::List(_)));
    let is_alike = only_old.is_empty() && only_new.is_empty() && old.is_some() == new.is_some();
    (!is_alike).then_some(Unlike { path, is_list, old: only_old, new: only_new })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::from_toml;
    use proptest::prelude::*;

    /// Each difference as `path -old +new`.
    fn said(old: &str, new: &str) -> Vec<String> {
        let (old, new) = (from_toml(old).0, from_toml(new).0);
        let shown =
            |nodes: &[&Node]| nodes.iter().map(|node| node.scalar().unwrap_or_else(|| "…".to_owned())).collect::<Vec<_>>().join(",");
        let line = |unlike: &Unlike<'_>| format!("{} -{} +{}", unlike.path, shown(&unlike.old), shown(&unlike.new));
        compare(Some(&old), Some(&new), &["skipped"]).iter().map(line).collect()
    }

    #[test]
    fn each_value_is_told_by_its_path() {
        for (old, new, expected) in [
            ("a = { b = 1, c = 2 }", "a = { c = 3, b = 1 }", vec!["a.c -2 +3"]),
            ("a = ['x', 'y']", "a = ['y', 'z']", vec!["a -x +z"]),
            ("a = ['x', 'y']", "a = ['y', 'x']", vec![]),
            ("a = 'x'", "a = ['x']", vec![]),
            ("a = ['x']", "", vec!["a -x +"]),
            ("a = []", "", vec!["a - +"]),
            ("skipped = 1", "skipped = 2", vec![]),
            ("a = 1", "a = { b = 2 }", vec!["a -1 +…"]),
            ("a = [{ n = 1 }, { n = 2 }]", "a = [{ n = 0 }, { n = 1 }, { n = 3 }]", vec!["a.1.n -2 +0", "a.3.n - +3"]),
            ("a = [{ n = 1, m = 4 }, { n = 2 }]", "a = [{ n = 2 }]", vec!["a.1.n -1 +", "a.1.m -4 +"]),
        ] {
            assert_eq!(said(old, new), expected, "{old} → {new}");
        }
    }

    /// A table of tables, lists and numbers.
    fn tree() -> impl Strategy<Value = String> {
        let value =
            prop_oneof![(0..3_u8).prop_map(|n| n.to_string()), Just("[1, 2]".to_owned()), Just("[]".to_owned()), Just("{}".to_owned())];
        let value = value.prop_recursive(3, 12, 3, |below| {
            prop_oneof![
                prop::collection::btree_map("[abc]", below.clone(), 0..3).prop_map(|table| {
                    let entries: Vec<String> = table.into_iter().map(|(key, value)| format!("{key} = {value}")).collect();
                    format!("{{ {} }}", entries.join(", "))
                }),
                prop::collection::vec(below, 0..3).prop_map(|items| format!("[{}]", items.join(", "))),
            ]
        });
        prop::collection::btree_map("[abc]", value, 0..4)
            .prop_map(|table| table.into_iter().map(|(key, value)| format!("{key} = {value}\n")).collect())
    }

    proptest! {
        /// Nothing differs from itself, and what differs one way differs the other way round.
        #[test]
        fn a_difference_has_two_sides(old in tree(), new in tree()) {
            prop_assert_eq!(said(&old, &old), Vec::<String>::new());
            let (old, new) = (from_toml(&old).0, from_toml(&new).0);
            let sides = |unlike: Vec<Unlike<'_>>| unlike.iter().map(|unlike| (unlike.old.len(), unlike.new.len())).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
            let (there, back) = (sides(compare(Some(&old), Some(&new), &[])), sides(compare(Some(&new), Some(&old), &[])));
            prop_assert_eq!(there, (back.1, back.0));
        }
    }
}
