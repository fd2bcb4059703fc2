//! `extends`: the packs a policy stands on. They are read before it, so that what it says itself comes last and wins.

use super::file::PolicyFile;
use super::{BUNDLED, Beside, Policy, bundled};
use crate::problem::Problem;
use crate::source::Source;
use crate::tree::Node;
use crate::words::{Words, nearest};

/// Policies that extend one another in a row; more is a mistake.
const DEPTH: usize = 32;

/// The policies on the way to one that is read.
pub(super) struct Chain<'a> {
    name: String,
    above: Option<&'a Chain<'a>>,
}

impl<'a> Chain<'a> {
    /// A policy, and the one that extends it.
    pub(super) fn to(name: &str, above: Option<&'a Chain<'a>>) -> Chain<'a> {
        Chain { name: clean(name), above }
    }

    /// The names, the outermost first.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = std::iter::successors(Some(self), |chain| chain.above).map(|chain| chain.name.as_str()).collect();
        names.reverse();
        names
    }
}

/// Reads what a policy extends.
pub(super) fn read(policy: &mut Policy, file: &PolicyFile, beside: &Beside<'_>, chain: &Chain<'_>) {
    let extends = file.root.get("pack").and_then(|pack| pack.get("extends"));
    for item in extends.map(Node::items).unwrap_or_default().iter().filter(|_| !file.is_broken()) {
        let Some(named) = item.text().filter(|named| !named.trim().is_empty()) else { continue };
        let problem = match (bundled(named), named) {
            (_, "default") => {
                BUNDLED.iter().filter(|pack| pack.default).for_each(|pack| policy.add_bundled(pack));
                None
            }
            (Some(pack), _) => {
                policy.add_bundled(pack);
                None
            }
            (None, _) if is_path(named) => read_file(policy, named, beside, chain),
            (None, _) => {
                let known = BUNDLED.iter().map(|pack| pack.id).chain(["default"]);
                let words = Words::new(format!("没有名为 `{named}` 的内置包"), format!("no bundled pack is called `{named}`"));
                let help = Words::fixed(
                    "写内置包的名字，或以 .toml 结尾的文件路径",
                    "write the name of a bundled pack, or a path of a file that ends in .toml",
                );
                Some(("policy-unknown-pack", words, nearest(named, known).map_or(help, guessed)))
            }
        };
        if let Some((code, words, help)) = problem {
            policy.problems.push(Problem::error(code, file.source, item.span, words).with_help(help));
        }
    }
}

/// A mistake that has no place yet: its code, what is wrong, what would have been right.
type Wrong = (&'static str, Words, Words);

fn read_file(policy: &mut Policy, path: &str, beside: &Beside<'_>, chain: &Chain<'_>) -> Option<Wrong> {
    let name = clean(&joined(folder(&chain.name), path));
    let mut names = chain.names();
    if names.contains(&name.as_str()) {
        names.push(&name);
        let shown = names.join(" → ");
        let words = Words::new(format!("政策互相继承，没有尽头：{shown}"), format!("policies extend each other without end: {shown}"));
        let help = Words::fixed("把共用的规则放进第三个文件，让两边都继承它", "put what they share into a third file that both extend");
        return Some(("policy-extends-cycle", words, help));
    }
    if names.len() >= DEPTH {
        let words = Words::new(format!("继承超过 {DEPTH} 层"), format!("more than {DEPTH} policies extend one another in a row"));
        return Some(("policy-extends-cycle", words, Words::default()));
    }
    if !policy.extended.insert(name.clone()) {
        return None;
    }
    let Some(bytes) = beside(path) else {
        let words = Words::new(format!("读不到政策文件 `{path}`"), format!("cannot read the policy `{path}`"));
        let help = Words::fixed("路径从这个政策文件所在的文件夹算起", "paths start at the folder of this policy");
        return Some(("policy-unreadable-pack", words, help));
    };
    let below = folder(path).to_owned();
    let inside = |path: &str| beside(&joined(&below, path));
    let chain = Chain::to(&name, Some(chain));
    policy.add_layer(Source::decode(name, bytes), &inside, &chain);
    None
}

fn guessed(guess: &str) -> Words {
    Words::new(format!("是不是想写 `{guess}`？"), format!("did you mean `{guess}`?"))
}

/// Whether a name is a path, not a pack's name.
fn is_path(named: &str) -> bool {
    named.contains(['/', '\\']) || named.ends_with(".toml")
}

/// The folder of a file.
fn folder(name: &str) -> &str {
    name.rsplit_once(['/', '\\']).map_or("", |(folder, _)| if folder.is_empty() { "/" } else { folder })
}

/// A path seen from a folder.
fn joined(folder: &str, path: &str) -> String {
    if folder.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", folder.trim_end_matches('/')) }
}

/// One file has one name: `a/../b.toml` is `b.toml`.
pub(super) fn clean(name: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in name.split(['/', '\\']) {
        match (step, steps.last()) {
            ("." | "", _) if !steps.is_empty() || step == "." => {}
            ("..", Some(last)) if !last.is_empty() && *last != ".." => _ = steps.pop(),
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_has_one_name() {
        for (written, expected) in
            [("a/../b.toml", "b.toml"), ("./a//b.toml", "a/b.toml"), ("../../a.toml", "../../a.toml"), ("/a/./b.toml", "/a/b.toml")]
        {
            assert_eq!(clean(written), expected);
        }
        assert_eq!(joined(folder("rules/house.toml"), "base.toml"), "rules/base.toml");
        assert_eq!(joined(folder("house.toml"), "base.toml"), "base.toml");
        assert_eq!(joined(folder("/house.toml"), "base.toml"), "/base.toml");
    }
}
