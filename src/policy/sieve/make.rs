//! The sieve as the packs make it: `UPDATE=1 cargo test --lib sieve`.

use super::file::Sieve;
use super::{Role, SIEVE};
use crate::kinds::{Check, Waking};
use crate::policy::{BUNDLED, Built, Policy, Rule, Scope};
use crate::text::fold::fold_text;
use crate::text::{ContactKind, ContactKinds, Need, Pairs, SetId, Terms, TermsBuilder, Variants, heads};
use crate::time::Zone;
use crate::tree::Node;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;

/// The sieve while it is made.
#[derive(Default)]
struct Making {
    /// The number of each set of words, by what is in it.
    sets: BTreeMap<Vec<Word>, usize>,
    /// The sets each word is in.
    words: BTreeMap<Word, BTreeSet<usize>>,
    packs: String,
}

/// A folded word, and how it is looked for: `-`, `+` or `*`.
type Word = (String, char);

fn make() -> String {
    let mut making = Making::default();
    for pack in BUNDLED {
        let mut policy = Policy::new();
        policy.add_bundled(pack);
        let built = policy.build(&Zone::default());
        let (root, _) = crate::tree::from_toml(pack.policy);
        writeln!(making.packs, "{}\t{}", pack.id, pack.policy.len()).expect("a string takes it");
        for stretch in stretches(pack.policy) {
            making.add(&stretch, (pack.policy, &root), &built);
        }
    }
    let head = format!("# Made from the packs: UPDATE=1 cargo test --lib sieve\n={}", making.sets.len());
    format!("{head}\n\n{}\n{}\n{}", making.plain(), making.disguised(), making.packs)
}

impl Making {
    fn add(&mut self, stretch: &Stretch, (policy, root): (&str, &Node), built: &Built) {
        let pieces: Vec<String> = stretch.pieces.iter().map(|piece| format!("{}-{}", piece.start, piece.end)).collect();
        let id = stretch
            .pieces
            .iter()
            .find_map(|piece| policy[piece.clone()].lines().find_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"')));
        let role = match (stretch.sort, id) {
            (Sort::Head, _) => String::new(),
            (Sort::Named, id) => format!("\t={}", id.expect("it has a name")),
            (Sort::Rule, id) => {
                let rule = built.rules.iter().find(|rule| Some(rule.about.id.as_str()) == id).expect("a rule has a name");
                let Some(waking) = waking(rule, built) else { return };
                let places = signs(root, &rule.about.id);
                let inside =
                    |place: &&Range<usize>| stretch.pieces.iter().any(|piece| piece.start <= place.start && place.end <= piece.end);
                assert_eq!(places.iter().filter(inside).count(), waking.signs.len(), "{}: each sign stands somewhere", rule.about.id);
                self.waking(&waking, &places, &built.terms)
            }
        };
        writeln!(self.packs, "\t{}{role}", pieces.join(",")).expect("a string takes it");
    }

    fn waking(&mut self, waking: &Waking, places: &[Range<usize>], terms: &Terms) -> String {
        let mut text = format!("\t{}\t{}", waking.least, self.need(&waking.beside, terms));
        for ((need, weight), place) in waking.signs.iter().zip(places) {
            write!(text, "\t{weight}@{}-{}:{}", place.start, place.end, self.need(need, terms)).expect("a string takes it");
        }
        text
    }

    fn need(&mut self, need: &Need, terms: &Terms) -> String {
        let mut all = |parts: &[Need]| parts.iter().map(|part| self.need(part, terms)).collect::<Vec<_>>().join(" ");
        match need {
            Need::All(parts) => format!("({})", all(parts)),
            Need::Any(parts) => format!("[{}]", all(parts)),
            Need::Contacts(kinds) => format!("@{}", names(*kinds)),
            Need::Words(set) => self.set(*set, terms).to_string(),
        }
    }

    /// The number of a set of words.
    fn set(&mut self, set: SetId, terms: &Terms) -> usize {
        let word = |(term, variants): (&str, Variants)| match variants {
            Variants::None | Variants::Fold => (fold_text(term), '-'),
            Variants::Part => (fold_text(term), '+'),
            Variants::All => (fold_text(term), '*'),
        };
        let words: BTreeSet<Word> =
            terms.of_set(set).map(word).chain(terms.singles(set).iter().map(|single| (single.to_string(), '+'))).collect();
        let (words, next) = (words.into_iter().collect::<Vec<Word>>(), self.sets.len());
        let number = *self.sets.entry(words.clone()).or_insert(next);
        for word in words {
            assert!(!word.0.contains(char::is_control), "{word:?} would break its line");
            self.words.entry(word).or_default().insert(number);
        }
        number
    }

    /// All words by their first character.
    fn plain(&self) -> String {
        let mut lines: BTreeMap<char, String> = BTreeMap::new();
        for ((word, sign), sets) in &self.words {
            let first = word.chars().next().expect("a word has a character");
            let line = lines.entry(first).or_insert_with(|| first.to_string());
            write!(line, "\t{}{sign}{}", numbers(sets), &word[first.len_utf8()..]).expect("a string takes it");
        }
        lines.into_values().map(|line| line + "\n").collect()
    }

    /// Those that may be written around a filter, by how they may begin then.
    fn disguised(&self) -> String {
        let mut lines: BTreeMap<char, BTreeSet<String>> = BTreeMap::new();
        for ((word, _), sets) in self.words.iter().filter(|((_, sign), _)| *sign == '*') {
            for (first, second) in heads(&word.chars().collect::<Vec<char>>()) {
                lines.entry(first).or_default().insert(format!("\t{second}{}*{word}", numbers(sets)));
            }
        }
        lines.into_iter().map(|(first, entries)| format!("{first}{}\n", entries.into_iter().collect::<String>())).collect()
    }
}

fn numbers(sets: &BTreeSet<usize>) -> String {
    sets.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
}

/// Where each sign of a `combine` rule is written, up to the next one or the end of the list.
fn signs(root: &Node, id: &str) -> Vec<Range<usize>> {
    let rules = root.get("rule").map(Node::items).unwrap_or_default();
    let rule = rules.iter().find(|rule| rule.get("id").and_then(Node::text) == Some(id));
    let Some(list) = rule.and_then(|rule| rule.get("combine")?.get("any_of")) else { return Vec::new() };
    let starts: Vec<usize> = list.items().iter().map(|item| item.span.start as usize).collect();
    let ends = starts.iter().copied().skip(1).chain([list.span.end as usize - 1]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

fn names(kinds: ContactKinds) -> String {
    ContactKind::ALL.iter().filter(|kind| kinds.contains(**kind)).map(|kind| kind.name()).collect::<Vec<_>>().join("+")
}

/// What wakes a rule, unless no plain draft concerns it.
fn waking(rule: &Rule, built: &Built) -> Option<Waking> {
    let Check::Each(check) = &rule.check else { return None };
    let waking = check.waking();
    let is_text = |slot| built.words.name(built.layout.wanted(slot).field) == "text";
    let asks_nothing = waking.signs.is_empty() && waking.beside == Need::NOTHING;
    let reads_text = asks_nothing || check.slots().iter().any(|slot| is_text(*slot));
    let is_on = rule.about.severity.is_some() && rule.scope == Scope::Records;
    (is_on && reads_text && rule.select.can_pass_with(is_text)).then_some(waking)
}

/// A stretch of a policy.
struct Stretch {
    sort: Sort,
    /// Without tests and examples.
    pieces: Vec<Range<usize>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Head,
    Named,
    Rule,
}

fn stretches(policy: &str) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let (mut at, mut in_string, mut left_out) = (0, false, "");
    for line in policy.split_inclusive('\n') {
        let sort = [("[[rule]]", Sort::Rule), ("[[list]]", Sort::Named), ("[[field]]", Sort::Named), ("[[action]]", Sort::Named)];
        let sort = sort.iter().find(|(head, _)| !in_string && line.starts_with(head)).map(|(_, sort)| *sort);
        let sort = sort.or_else(|| (at == 0 || !in_string && line.starts_with("[pack")).then_some(Sort::Head));
        if let Some(sort) = sort {
            stretches.push(Stretch { sort, pieces: Vec::new() });
            left_out = "";
        } else if !in_string && line.starts_with("[[rule.test]]") {
            left_out = "tests";
        } else if !in_string && left_out.is_empty() && (line.starts_with("valid = [") || line.starts_with("invalid = [")) {
            left_out = "examples";
        }
        in_string ^= line.matches("\"\"\"").count() % 2 == 1;
        let end = at + line.len();
        match stretches.last_mut() {
            Some(Stretch { pieces, .. }) if left_out.is_empty() && !line.trim().is_empty() => match pieces.last_mut() {
                Some(last) if last.end == at => last.end = end,
                _ => pieces.push(at..end),
            },
            _ => {}
        }
        if left_out == "examples" && !in_string && line.trim_end().ends_with(']') && (line.starts_with(']') || line.contains(" = [")) {
            left_out = "";
        }
        at = end;
    }
    stretches
}

#[test]
fn what_is_left_out_of_a_rule_are_its_examples() {
    for pack in BUNDLED {
        for stretch in stretches(pack.policy) {
            let text: String = stretch.pieces.iter().map(|piece| &pack.policy[piece.clone()]).collect();
            let (_, broken) = crate::tree::from_toml(&text);
            assert!(broken.is_empty(), "{}: {text}", pack.id);
            assert!(stretch.sort != Sort::Rule || !text.contains("\nvalid = ") && !text.contains("\n[[rule.test]]"), "{text}");
        }
    }
}

#[test]
fn a_rule_is_a_rule_without_one_of_its_signs() {
    let sieve = Sieve::read(SIEVE, &Pairs::of(&[]), &mut TermsBuilder::default(), |_| true).expect("it can be read");
    let signs = |text: &str| {
        let (root, broken) = crate::tree::from_toml(text);
        assert!(broken.is_empty(), "{text}");
        let rule = root.get("rule").map(Node::items).and_then(<[Node]>::first).cloned().expect("it is a rule");
        let list = rule.get("combine").and_then(|combine| combine.get("any_of"));
        list.map(Node::items).unwrap_or_default().iter().map(|sign| text[sign.span.range()].to_owned()).collect::<Vec<String>>()
    };
    let mut count = 0;
    for sifted in &sieve.packs {
        let policy = BUNDLED.iter().find(|pack| pack.id == sifted.id).expect("it is bundled").policy;
        for part in &sifted.parts {
            let Role::Rule(rule) = &part.role else { continue };
            let all = signs(&part.of(policy, &[]).expect("it stands there"));
            assert_eq!(all.len(), rule.signs.len());
            for (number, place) in rule.signs.iter().enumerate() {
                let mut left = all.clone();
                left.remove(number);
                assert_eq!(signs(&part.of(policy, std::slice::from_ref(place)).expect("it stands there")), left);
                count += 1;
            }
        }
    }
    assert!(count > 100, "{count} signs");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whoever runs the test says whether to write")]
fn the_sieve_is_what_the_packs_make() {
    let made = make();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write("rules/sieve.txt", &made).expect("the sieve can be written");
    } else {
        let advice = "rules/sieve.txt is not what the packs make: run UPDATE=1 cargo test --lib sieve, and look at the difference";
        assert!(made == SIEVE, "{advice}");
    }
}
