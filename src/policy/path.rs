//! Paths into the tables of a rule, as overrides write them: `interval.min`, `constraint.1.maximum`.

use crate::span::Span;
use crate::tree::{Key, Node, Value};

/// Steps a path may have; no rule is deeper.
const STEPS: usize = 8;

/// What a path sets.
pub(super) struct Setting<'a> {
    /// The bytes that name it.
    pub at: Span,
    /// The value; its tables are merged with those that are there.
    pub value: Node,
    /// Whether a name with dots is one key: the name of a field.
    pub is_field: &'a dyn Fn(&str) -> bool,
}

/// Sets what a path leads to; tables on the way that are not there are made. False when it leads nowhere.
pub(super) fn set(node: &mut Node, path: &str, setting: Setting<'_>) -> bool {
    if path.matches('.').count() >= STEPS {
        return false;
    }
    match &mut node.value {
        Value::Table(entries) => {
            if let Some((key, known)) = entries.iter_mut().find(|(key, _)| key.name == path) {
                merge(key, known, setting.at, setting.value);
                return true;
            }
            if let Some((known, rest)) = entries.iter_mut().find_map(|(key, known)| Some((known, behind(path, &key.name)?))) {
                return set(known, rest, setting);
            }
            let at = setting.at;
            let (name, value) = match path.split_once('.').filter(|_| !(setting.is_field)(path)) {
                None => (path, setting.value),
                Some((name, rest)) => {
                    let mut table = Node { span: at, value: Value::Table(Vec::new()) };
                    set(&mut table, rest, setting);
                    (name, table)
                }
            };
            entries.push((Key { name: name.to_owned(), span: at }, value));
            true
        }
        Value::List(items) => {
            let (number, rest) = path.split_once('.').map_or((path, None), |(number, rest)| (number, Some(rest)));
            let item = number.parse::<usize>().ok().and_then(|number| items.get_mut(number.checked_sub(1)?));
            match (item, rest) {
                (None, _) => false,
                (Some(item), Some(rest)) => set(item, rest, setting),
                (Some(item), None) => {
                    merge(&mut Key { name: String::new(), span: item.span }, item, setting.at, setting.value);
                    true
                }
            }
        }
        _ => false,
    }
}

/// Takes away what a path leads to. False when there is nothing.
pub(super) fn unset(node: &mut Node, path: &str) -> bool {
    let Value::Table(entries) = &mut node.value else { return false };
    let before = entries.len();
    entries.retain(|(key, _)| key.name != path);
    entries.len() < before || entries.iter_mut().any(|(key, known)| behind(path, &key.name).is_some_and(|rest| unset(known, rest)))
}

/// Every value in a table, with its path.
pub(super) fn leaves(node: &Node) -> Vec<(String, &Node)> {
    let mut found = Vec::new();
    walk(node, String::new(), &mut found);
    found
}

fn walk<'n>(node: &'n Node, path: String, found: &mut Vec<(String, &'n Node)>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match &node.value {
        Value::Table(entries) if !entries.is_empty() => {
            entries.iter().for_each(|(key, node)| walk(node, below(&key.name), found));
        }
        Value::List(items) if items.iter().any(|item| matches!(item.value, Value::Table(_))) => {
            items.iter().enumerate().for_each(|(at, item)| walk(item, below(&(at + 1).to_string()), found));
        }
        _ => found.push((path, node)),
    }
}

/// What follows a name and a dot.
fn behind<'p>(path: &'p str, name: &str) -> Option<&'p str> {
    path.strip_prefix(name)?.strip_prefix('.')
}

/// Puts a value in the place of another; of two tables, the entries of the new one win.
fn merge(key: &mut Key, known: &mut Node, at: Span, value: Node) {
    match (&mut known.value, value.value) {
        (Value::Table(entries), Value::Table(new)) => {
            for (key, value) in new {
                match entries.iter_mut().find(|(known, _)| known.name == key.name) {
                    Some((known, old)) => merge(known, old, key.span, value),
                    None => entries.push((key, value)),
                }
            }
        }
        (_, new) => {
            key.span = at;
            *known = Node { span: value.span, value: new };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::from_toml;

    const RULE: &str = "a = { b = { c = 1 }, d = [{ e = 2 }, { e = 3 }] }\nm = { \"x.y\" = 4 }\n";

    fn after(path: &str, value: &str) -> Option<String> {
        let mut rule = from_toml(RULE).0;
        let value = from_toml(&format!("v = {value}")).0.get("v").expect("there").clone();
        let setting = Setting { at: Span::default(), value, is_field: &|name| name == "z.w" };
        let leads = set(&mut rule, path, setting);
        let shown = leaves(&rule).iter().map(|(path, node)| format!("{path}={}", node.scalar().unwrap_or_default())).collect::<Vec<_>>();
        leads.then(|| shown.join(" "))
    }

    #[test]
    fn a_path_leads_through_tables_and_numbered_items() {
        for (path, value, expected) in [
            ("a.b.c", "9", "a.b.c=9 a.d.1.e=2 a.d.2.e=3 m.x.y=4"),
            ("a.d.2.e", "9", "a.b.c=1 a.d.1.e=2 a.d.2.e=9 m.x.y=4"),
            ("m.x.y", "9", "a.b.c=1 a.d.1.e=2 a.d.2.e=3 m.x.y=9"),
            ("m.z.w", "9", "a.b.c=1 a.d.1.e=2 a.d.2.e=3 m.x.y=4 m.z.w=9"),
            ("a", "{ b = { f = 9 }, d = 8 }", "a.b.c=1 a.b.f=9 a.d=8 m.x.y=4"),
            ("new.one", "9", "a.b.c=1 a.d.1.e=2 a.d.2.e=3 m.x.y=4 new.one=9"),
        ] {
            assert_eq!(after(path, value).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn a_path_that_leads_nowhere_is_told() {
        for path in ["a.b.c.d", "a.d.0.e", "a.d.3.e", "a.d.x", &"a.".repeat(100_000)] {
            assert_eq!(after(path, "9"), None);
        }
        let mut rule = from_toml(RULE).0;
        assert!(unset(&mut rule, "a.b.c") && !unset(&mut rule, "a.b.c") && unset(&mut rule, "m.x.y") && !unset(&mut rule, "q"));
    }
}
