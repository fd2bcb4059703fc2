//! The sieve as the packs make it: `UPDATE=1 cargo test --lib sieve`.

use super::SIEVE;
use crate::kinds::{Check, Waking};
use crate::policy::{BUNDLED, Built, Policy, Rule, Scope};
use crate::text::fold::fold_text;
use crate::text::{ContactKind, ContactKinds, Need, SetId, Terms, Variants, heads};
use crate::time::Zone;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

/// The sieve while it is made.
#[derive(Default)]
struct Making {
    /// Sets of terms, each once.
    sets: Vec<String>,
    numbers: BTreeMap<String, usize>,
    packs: String,
}

fn make() -> String {
    let mut making = Making::default();
    for pack in BUNDLED {
        let mut policy = Policy::new();
        policy.add_bundled(pack);
        let built = policy.build(&Zone::default());
        writeln!(making.packs, "{}\t{}", pack.id, pack.policy.len()).expect("a string takes it");
        for stretch in stretches(pack.policy) {
            making.add(&stretch, pack.policy, &built);
        }
    }
    let sets = making.sets.concat();
    format!("# Made from the packs: UPDATE=1 cargo test --lib sieve\n{sets}{}", making.packs)
}

impl Making {
    fn add(&mut self, stretch: &Stretch, policy: &str, built: &Built) {
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
                self.waking(&waking, &built.terms)
            }
        };
        writeln!(self.packs, "\t{}{role}", pieces.join(",")).expect("a string takes it");
    }

    fn waking(&mut self, waking: &Waking, terms: &Terms) -> String {
        let mut text = format!("\t{}\t{}", waking.least, self.need(&waking.beside, terms));
        for (need, weight) in &waking.signs {
            write!(text, "\t{weight}:{}", self.need(need, terms)).expect("a string takes it");
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

    /// The number of a set of terms.
    fn set(&mut self, set: SetId, terms: &Terms) -> usize {
        let mut text = "=".to_owned();
        for (term, variants) in terms.of_set(set) {
            let term = fold_text(term);
            text += &match variants {
                Variants::None | Variants::Fold => format!("\t-{term}"),
                Variants::Part => format!("\t+{term}"),
                Variants::All => {
                    let chars: Vec<char> = term.chars().collect();
                    let heads: String = heads(&chars).into_iter().flat_map(<[char; 2]>::from).collect();
                    format!("\t*{term}*{heads}")
                }
            };
        }
        terms.singles(set).iter().for_each(|single| text += &format!("\t+{single}"));
        text.push('\n');
        *self.numbers.entry(text.clone()).or_insert_with(|| {
            self.sets.push(text);
            self.sets.len() - 1
        })
    }
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
