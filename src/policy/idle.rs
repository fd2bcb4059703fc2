//! Terms of word rules that change nothing: said twice in other clothes, inside one another, allowed without need.

use super::advice::Written;
use crate::lists::{Lists, Shelf, Term};
use crate::problem::Problem;
use crate::source::SourceId;
use crate::span::Span;
use crate::text::{Found, TermsBuilder, Variants, Window, fold::Folded};
use crate::tree::Node;
use crate::words::Words;
use std::collections::{BTreeMap, HashMap};

/// What is idle in every rule that uses it; a list is often shared, and what one rule does not need another may.
pub(super) fn terms(rules: &[Written<'_>], shelf: &Shelf) -> Vec<Problem> {
    let mut uses: BTreeMap<(SourceId, Span, bool), Vec<Option<Problem>>> = BTreeMap::new();
    let mut found = Vec::new();
    for rule in rules {
        let Some(table) = rule.node.get("lexicon") else { continue };
        let lists = shelf.seen_by(&rule.file.pack);
        let terms = gathered(*rule, table, &lists, ("terms", "lists"));
        let allowed = gathered(*rule, table, &lists, ("allow", "allow_lists"));
        let (search, phrases) = (Search::of(&terms), Search::of(&allowed));
        for term in &terms {
            uses.entry((term.source, term.span, false)).or_default().push(shadowed(*rule, term, &search, &phrases));
        }
        for phrase in &allowed {
            uses.entry((phrase.source, phrase.span, true)).or_default().push(idle(*rule, phrase, &search));
        }
        found.extend(twice(&terms));
    }
    let always = |uses: Vec<Option<Problem>>| uses.into_iter().collect::<Option<Vec<Problem>>>()?.into_iter().next();
    found.sort_by_key(|problem: &Problem| (problem.source, problem.span));
    found.dedup_by_key(|problem| (problem.source, problem.span));
    found.extend(uses.into_values().filter_map(always));
    found
}

/// A term that holds another one.
fn shadowed(rule: Written<'_>, term: &Term, search: &Search, phrases: &Search) -> Option<Problem> {
    let part = search.inside(&term.text).into_iter().find(|part| !phrases.covers(&term.text, part))?;
    let short = search.terms.listed(part.term);
    let words = Words::new(
        format!("“{}”里已经有“{short}”，有没有它都一样", term.text),
        format!("“{short}” is found inside “{}”; this term adds nothing", term.text),
    );
    Some(at(rule, term, "policy-shadowed-term", words))
}

/// An allowed phrase that holds no term.
fn idle(rule: Written<'_>, phrase: &Term, search: &Search) -> Option<Problem> {
    let words = Words::new(
        format!("“{}”里没有任何要找的词，放行它没有作用", phrase.text),
        format!("“{}” holds none of the terms; allowing it changes nothing", phrase.text),
    );
    search.inside(&phrase.text).is_empty().then(|| at(rule, phrase, "policy-idle-allow", words))
}

fn at(rule: Written<'_>, term: &Term, code: &'static str, words: Words) -> Problem {
    Problem { source: term.source, ..rule.hint(code, term.span, words) }
}

/// Inline terms and those of named lists.
fn gathered(rule: Written<'_>, table: &Node, lists: &Lists<'_>, keys: (&str, &str)) -> Vec<Term> {
    let items = |key: &str| table.get(key).map(Node::each).unwrap_or_default().iter();
    let own = items(keys.0).filter_map(|node| Some(Term { text: node.text()?.to_owned(), source: rule.file.source, span: node.span }));
    let named = items(keys.1).filter_map(|node| lists.get(node.text()?)).flatten().cloned();
    own.chain(named).collect()
}

/// Terms that are one and the same once folded, though not to the letter: those the loader reports.
fn twice(terms: &[Term]) -> Vec<Problem> {
    let mut seen: HashMap<String, &Term> = HashMap::new();
    let mut found = Vec::new();
    for term in terms {
        let folded: String = Folded::of(&term.text).chars().iter().collect();
        match seen.get(&folded) {
            Some(first) if first.text != term.text => {
                let words = Words::new(
                    format!("“{}”折叠后和“{}”是同一个词", term.text, first.text),
                    format!("“{}” is the same as “{}” once folded", term.text, first.text),
                );
                found.push(Problem::warning("policy-duplicate-term", term.source, term.span, words));
            }
            Some(_) => {}
            None => drop(seen.insert(folded, term)),
        }
    }
    found
}

/// Terms to be looked for inside others.
struct Search {
    terms: crate::text::Terms,
}

impl Search {
    fn of(terms: &[Term]) -> Search {
        let mut builder = TermsBuilder::default();
        let set = builder.set();
        for term in terms {
            builder.add(set, &term.text, Variants::Fold);
        }
        Search { terms: builder.compile() }
    }

    /// Terms that stand inside a longer text.
    fn inside(&self, text: &str) -> Vec<Found> {
        let length = Folded::of(text).chars().len();
        let mut found = self.found(text);
        found.retain(|part| part.bounded && ((part.end - part.start) as usize) < length);
        found
    }

    fn found(&self, text: &str) -> Vec<Found> {
        let mut found = Vec::new();
        self.terms.find(text, &mut Window::default(), &mut found);
        found
    }

    /// Whether one of these phrases covers a part of a text and is longer than it.
    fn covers(&self, text: &str, part: &Found) -> bool {
        self.found(text)
            .iter()
            .any(|phrase| phrase.start <= part.start && phrase.end >= part.end && phrase.end - phrase.start > part.end - part.start)
    }
}
