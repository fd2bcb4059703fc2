//! Which rules of the bundled packs a few drafts can concern at all.
//!
//! Reading all packs costs a hundred times what checking one draft does. `rules/sieve.txt` says of every bundled rule where it
//! stands and without which words it stays silent. A draft is held against those words first, and only the rules that may speak
//! are read. The file is made from the packs by a test, which also holds that nothing is lost.

use super::bundled::{BUNDLED, Bundled};
use super::{Policy, bundled};
use crate::record::Text;
use crate::span::Span;
use crate::text::{Reading, SetId, TermsBuilder, Variants};
use std::borrow::Cow;
use std::ops::Range;

const SIEVE: &str = include_str!("../../rules/sieve.txt");

/// A rule, where it stands, and what wakes it.
struct Entry<'a> {
    pack: &'a str,
    /// The bytes of the rule in its policy, without its tests.
    rule: Range<usize>,
    /// The bytes of the rule with its tests.
    whole: Range<usize>,
    /// None when no plain draft concerns it.
    wake: Option<Wake>,
}

/// The signs a draft shows must weigh this much together.
struct Wake {
    least: u64,
    signs: Vec<(Option<SetId>, u64)>,
}

/// The rules of `packs` that may have something to say about these drafts: plain texts, no fields, no account.
pub(super) fn policy(packs: &[&'static Bundled], drafts: &[&str]) -> Option<Policy> {
    let mut terms = TermsBuilder::default();
    let entries = read(SIEVE, &mut terms);
    let terms = terms.compile();
    if !packs.iter().all(|pack| fits(pack, &entries)) {
        return None;
    }
    let readings: Vec<Reading<'_>> = drafts.iter().map(|draft| Reading::of(plain(draft), &terms)).collect();
    let mut policy = Policy::new();
    for pack in packs {
        let own: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.pack == pack.id).collect();
        let awake = |entry: &&&Entry<'_>| entry.wake.as_ref().is_some_and(|wake| readings.iter().any(|reading| wake.by(reading)));
        let rules: Vec<&Entry<'_>> = own.iter().filter(awake).copied().collect();
        if !rules.is_empty() {
            policy.add_part(pack, &excerpt(pack.policy, &own, &rules));
        }
    }
    Some(policy)
}

/// Whether the sieve is about this very pack; the test that makes it keeps it so.
fn fits(pack: &Bundled, entries: &[Entry<'_>]) -> bool {
    let stands = |entry: &Entry<'_>| pack.policy.get(entry.whole.clone()).is_some_and(|rule| rule.starts_with("[[rule]]"));
    let mut own = entries.iter().filter(|entry| entry.pack == pack.id).peekable();
    own.peek().is_some() && own.all(stands)
}

impl Wake {
    fn by(&self, reading: &Reading<'_>) -> bool {
        let shows = |set: &Option<SetId>| set.is_none_or(|set| reading.has_near(set, 0..0, None));
        let weight = self.signs.iter().filter(|(set, _)| shows(set)).fold(0, |sum: u64, (_, weight)| sum.saturating_add(*weight));
        weight >= self.least
    }
}

fn plain(draft: &str) -> Text<'_> {
    Text { content: Cow::Borrowed(draft), span: Span::new(0..draft.len()), pieces: None }
}

/// A policy without the rules that are not wanted, and without tests.
fn excerpt(policy: &str, all: &[&Entry<'_>], wanted: &[&Entry<'_>]) -> String {
    let mut text = String::new();
    let mut at = 0;
    for entry in all {
        text.push_str(&policy[at..entry.whole.start]);
        at = entry.whole.end;
    }
    text.push_str(&policy[at..]);
    for entry in wanted {
        text.push_str(&policy[entry.rule.clone()]);
    }
    text
}

/// Reads the sieve: `pack start end end-with-tests least`, then its signs, each `weight` and terms, all divided by tabs.
/// A term begins with `=` when it must stand as it is, `-` when folding is allowed, `*` when any variant is, `+` when it may be part of a word;
/// `!` stands for a sign that cannot be sieved.
fn read<'a>(sieve: &'a str, terms: &mut TermsBuilder) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    for line in sieve.lines() {
        if let Some(sign) = line.strip_prefix('\t') {
            if let Some(wake) = entries.last_mut().and_then(|entry| entry.wake.as_mut()) {
                wake.signs.push(sign_of(sign, terms));
            }
            continue;
        }
        let mut parts = line.split('\t');
        let pack = parts.next().unwrap_or_default();
        let mut number = || parts.next().and_then(|part| part.parse::<u64>().ok());
        let (Some(start), Some(end), Some(after)) = (number(), number(), number()) else { continue };
        let (start, end, after) = (start as usize, end as usize, after as usize);
        let wake = number().map(|least| Wake { least, signs: Vec::new() });
        entries.push(Entry { pack, rule: start..end, whole: start..after, wake });
    }
    entries
}

fn sign_of(line: &str, terms: &mut TermsBuilder) -> (Option<SetId>, u64) {
    let mut parts = line.split('\t');
    let weight = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    if line.ends_with("\t!") {
        return (None, weight);
    }
    let set = terms.set();
    for part in parts {
        let Some(term) = part.get(1..) else { continue };
        match part.as_bytes()[0] {
            b'*' => drop(terms.add(set, term, Variants::All)),
            b'+' => terms.add_trigger(set, term),
            _ => terms.add_cue(set, term),
        }
    }
    (Some(set), weight)
}

/// The packs of these names, when all of them are bundled.
pub(super) fn all_bundled(names: &[String]) -> Option<Vec<&'static Bundled>> {
    let mut packs: Vec<&'static Bundled> = Vec::new();
    for name in names {
        let named: Vec<&'static Bundled> = match name.as_str() {
            "default" => BUNDLED.iter().filter(|pack| pack.default).collect(),
            name => vec![bundled(name)?],
        };
        // A pack that is named twice is in force once.
        packs.extend(named.into_iter().filter(|pack| packs.iter().all(|known| known.id != pack.id)).collect::<Vec<_>>());
    }
    Some(packs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Rule, Scope};
    use crate::text::Terms;
    use crate::time::Zone;
    use std::fmt::Write;

    /// The sieve as the packs make it.
    fn make() -> String {
        let mut sieve = String::new();
        for pack in BUNDLED {
            let mut policy = Policy::new();
            policy.add_bundled(pack);
            let built = policy.build(&Zone::default());
            let sections = sections(pack.policy);
            for rule in &built.rules {
                let id = format!("\nid = \"{}\"\n", rule.about.id);
                let of_rule = |(range, _): &&(Range<usize>, Range<usize>)| pack.policy[range.clone()].contains(&id);
                let (rule_range, whole) = sections.iter().find(of_rule).cloned().expect("a rule is in a section");
                write!(sieve, "{}\t{}\t{}\t{}", pack.id, rule_range.start, rule_range.end, whole.end).expect("a string takes it");
                sieve.push_str(&waking(rule, &built.layout, &built.words, &built.terms));
            }
        }
        sieve
    }

    /// Of each `[[rule]]`: its bytes without its tests, and with them.
    fn sections(policy: &str) -> Vec<(Range<usize>, Range<usize>)> {
        let mut sections: Vec<(Range<usize>, Range<usize>)> = Vec::new();
        let (mut at, mut open, mut in_string) = (0, false, false);
        for line in policy.split_inclusive('\n') {
            let head = !in_string && line.starts_with('[');
            if head && line.starts_with("[[rule]]") {
                sections.push((at..at, at..at));
                open = true;
            } else if head && !line.starts_with("[[rule.") && !line.starts_with("[rule.") {
                open = false;
            }
            let testing = sections.last().is_some_and(|(rule, whole)| rule.end < whole.end);
            let is_test = head && line.starts_with("[[rule.test]]");
            in_string ^= line.matches("\"\"\"").count() % 2 == 1;
            at += line.len();
            if let Some((rule, whole)) = sections.last_mut().filter(|_| open) {
                whole.end = at;
                rule.end = if testing || is_test { rule.end } else { at };
            }
        }
        sections
    }

    fn waking(rule: &Rule, layout: &crate::record::Layout, words: &crate::vocabulary::Vocabulary, terms: &Terms) -> String {
        let crate::kinds::Check::Each(check) = &rule.check else { return "\n".to_owned() };
        let reads_text =
            check.slots().iter().any(|slot| words.name(layout.wanted(*slot).field) == "text" || check.waking().signs.is_empty());
        if rule.about.severity.is_none() || rule.scope == Scope::Accounts || rule.select.names_actions() || !reads_text {
            return "\n".to_owned();
        }
        let waking = check.waking();
        let mut text = format!("\t{}\n", waking.least);
        for (set, weight) in waking.signs {
            write!(text, "\t{weight}").expect("a string takes it");
            let Some(set) = set else {
                text.push_str("\t!\n");
                continue;
            };
            for (term, variants) in terms.of_set(set) {
                let mark = match variants {
                    Variants::None | Variants::Fold => '-',
                    Variants::All => '*',
                    Variants::Part => '+',
                };
                write!(text, "\t{mark}{term}").expect("a string takes it");
            }
            for single in terms.singles(set) {
                write!(text, "\t+{single}").expect("a string takes it");
            }
            text.push('\n');
        }
        text
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "whoever runs the test says whether to write")]
    fn the_sieve_is_what_the_packs_make() {
        let made = make();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write("rules/sieve.txt", &made).expect("the sieve can be written");
        } else {
            assert!(
                made == SIEVE,
                "rules/sieve.txt is not what the packs make: run UPDATE=1 cargo test --lib sieve, and look at the difference"
            );
        }
    }
}
