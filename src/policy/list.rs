//! `[[list]]`: the words a policy brings, and what it changes in the lists of others.

use super::file::PolicyFile;
use super::{Beside, Policy};
use crate::lists::{Shelf, Term};
use crate::problem::{Problem, choices, meant};
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::tree::Node;
use crate::words::Words;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::BuildHasher;

/// Puts the lists of a file on the shelf.
pub(super) fn read(file: &PolicyFile, policy: &mut Policy, beside: &Beside<'_>) {
    for list in lists(file).filter(|list| !is_change(list)) {
        let Some(id) = list.get("id").and_then(Node::text) else { continue };
        let mut terms = terms(file, list.get("terms"));
        if let Some(path) = list.get("file") {
            terms.extend(terms_of_file(file, policy, path, beside));
        } else if list.get("terms").is_none() {
            let words = Words::new(format!("词表 `{id}` 没有词"), format!("the list `{id}` has no terms"));
            policy.problems.push(Problem::error("policy-empty-list", file.source, list.span, words));
        }
        check(&terms, &mut policy.problems);
        if !policy.shelf.put(&file.pack, id, terms) {
            let words = Words::new(format!("词表 `{id}` 写了两次"), format!("the list `{id}` is given twice"));
            let span = list.get("id").map_or(list.span, |node| node.span);
            policy.problems.push(Problem::error("policy-duplicate-id", file.source, span, words));
        }
    }
}

/// Changes lists of other packs as a file says: `add`, `remove`.
pub(super) fn change(file: &PolicyFile, shelf: &mut Shelf, problems: &mut Vec<Problem>) {
    let mut changed = BTreeSet::new();
    let names = Named::on(shelf, lists(file).any(is_change));
    for list in lists(file).filter(|list| is_change(list)) {
        if let Some(key) = ["terms", "file"].into_iter().find_map(|name| list.get(name)) {
            let words = Words::fixed(
                "`add`、`remove` 改别的包的词表，不能和 `terms`、`file` 写在一起",
                "`add` and `remove` change a list of another pack; they do not go with `terms` or `file`",
            );
            problems.push(Problem::error("policy-bad-value", file.source, key.span, words));
        } else if let Some(name) = whole_name(list, file, &names, problems)
            && let Some(terms) = shelf.get_mut(&name)
        {
            take_away(list, file, (&name, terms), problems);
            terms.extend(self::terms(file, list.get("add")));
            if terms.is_empty() {
                let words = Words::new(format!("词表 `{name}` 里一个词也不剩了"), format!("nothing is left in the list `{name}`"));
                problems.push(Problem::error("policy-empty-list", file.source, list.span, words));
            }
            changed.insert(name);
        }
    }
    for name in &changed {
        let mut found = Vec::new();
        check(shelf.get_mut(name).map_or(&[][..], |terms| terms), &mut found);
        // What is wrong with the terms the list came with was said there.
        problems.extend(found.into_iter().filter(|problem| problem.source == file.source));
    }
}

/// Takes terms away from a list; what is not there cannot be.
fn take_away(list: &Node, file: &PolicyFile, (name, terms): (&str, &mut Vec<Term>), problems: &mut Vec<Problem>) {
    let gone = self::terms(file, list.get("remove"));
    let known: HashSet<&str> = terms.iter().map(|term| term.text.as_str()).collect();
    for term in gone.iter().filter(|term| !known.contains(term.text.as_str())) {
        let words = Words::new(format!("`{name}` 里没有“{}”", term.text), format!("`{name}` does not hold “{}”", term.text));
        let guess = meant(problems.len(), &term.text, terms.iter().map(|term| term.text.as_str()));
        problems.push(Problem::error("policy-unknown-term", file.source, term.span, words).with_guess(guess));
    }
    let gone: HashSet<&str> = gone.iter().map(|term| term.text.as_str()).collect();
    terms.retain(|term| !gone.contains(term.text.as_str()));
}

fn lists(file: &PolicyFile) -> impl Iterator<Item = &Node> {
    file.root.get("list").map(Node::items).unwrap_or_default().iter()
}

/// Whether it changes a list instead of being one.
fn is_change(list: &Node) -> bool {
    list.get("add").is_some() || list.get("remove").is_some()
}

/// All lists, by the names they go by: `pack/list`, or `list`.
struct Named(BTreeMap<String, Vec<String>>);

impl Named {
    /// The lists on the shelf, if somebody asks for them.
    fn on(shelf: &Shelf, is_asked: bool) -> Named {
        let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for whole in shelf.names().take(if is_asked { usize::MAX } else { 0 }) {
            for name in [Some(whole), whole.split_once('/').map(|(_, list)| list)].into_iter().flatten() {
                names.entry(name.to_owned()).or_default().push(whole.to_owned());
            }
        }
        Named(names)
    }
}

/// The name of the list that is changed: `pack/list` as it is, or the only list of that name in another pack.
fn whole_name(list: &Node, file: &PolicyFile, names: &Named, problems: &mut Vec<Problem>) -> Option<String> {
    let id = list.get("id")?;
    let wanted = id.text()?;
    let own = format!("{}/", file.pack);
    let known = names.0.get(wanted).map(Vec::as_slice).unwrap_or_default();
    let (mine, others): (Vec<&str>, Vec<&str>) = known.iter().map(String::as_str).partition(|name| name.starts_with(&own));
    let exact = others.iter().find(|name| **name == wanted);
    if let Some(name) = exact.or(others.first().filter(|_| others.len() == 1)) {
        return Some((*name).to_owned());
    }
    let problem = |words: Words| Problem::error("policy-unknown-list", file.source, id.span, words);
    let unknown = if !others.is_empty() {
        let all = others.join(" ");
        let help = Words::new(format!("写清是哪一个：{all}"), format!("say which: {all}"));
        problem(Words::new(format!("有几个词表叫 `{wanted}`"), format!("several lists are called `{wanted}`"))).with_help(help)
    } else if !mine.is_empty() {
        let help = Words::fixed("直接改它的 `terms`", "change its `terms`");
        problem(Words::new(format!("`{wanted}` 是这个政策自己的词表"), format!("`{wanted}` is a list of this very policy"))).with_help(help)
    } else {
        let mut unknown = problem(Words::new(format!("没有名为 `{wanted}` 的词表"), format!("no list is called `{wanted}`")));
        unknown.help = choices(problems.len(), wanted, names.0.keys().map(String::as_str));
        unknown
    };
    problems.push(unknown);
    None
}

fn terms(file: &PolicyFile, list: Option<&Node>) -> Vec<Term> {
    let items = list.map(Node::items).unwrap_or_default();
    items.iter().filter_map(|item| Some(Term { text: item.text()?.trim().to_owned(), source: file.source, span: item.span })).collect()
}

fn terms_of_file(file: &PolicyFile, policy: &mut Policy, named: &Node, beside: &Beside<'_>) -> Vec<Term> {
    let Some(path) = named.text() else { return Vec::new() };
    let Some(bytes) = beside(path) else {
        let words = Words::new(format!("读不到词表文件 `{path}`"), format!("cannot read the list file `{path}`"));
        policy.problems.push(Problem::error("policy-unreadable-list", file.source, named.span, words));
        return Vec::new();
    };
    let folder = policy.sources[file.source.0 as usize].name().rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let source = Source::decode(format!("{folder}{path}"), bytes);
    let id = SourceId(policy.sources.len() as u32);
    let terms = terms_of_text(source.text(), id);
    if terms.is_empty() {
        let words = Words::new(format!("词表文件 `{path}` 里没有词"), format!("the list file `{path}` has no terms"));
        policy.problems.push(Problem::error("policy-empty-list", file.source, named.span, words));
    }
    policy.sources.push(source);
    terms
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
fn check(terms: &[Term], problems: &mut Vec<Problem>) {
    let hash = |term: &Term| foldhash::fast::FixedState::default().hash_one(&term.text);
    let mut seen = hashbrown::HashTable::<u32>::with_capacity(terms.len());
    for (at, term) in terms.iter().enumerate() {
        if term.text.chars().nth(1).is_none() {
            let words = Words::new(
                format!("“{}” 只有一个字，会到处误报", term.text),
                format!("“{}” is a single character and would be found everywhere", term.text),
            );
            problems.push(Problem::error("policy-single-character", term.source, term.span, words));
        }
        if seen.find(hash(term), |known| terms[*known as usize].text == term.text).is_some() {
            let words = Words::new(format!("“{}” 写了两次", term.text), format!("“{}” is given twice", term.text));
            problems.push(Problem::warning("policy-duplicate-term", term.source, term.span, words));
        } else {
            seen.insert_unique(hash(term), at as u32, |known| hash(&terms[*known as usize]));
        }
    }
}
