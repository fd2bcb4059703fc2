//! Which rules of the bundled packs a few drafts can concern at all.
//!
//! Reading all packs costs a hundred times what checking one draft does. `rules/sieve.txt` says of every rule that may concern a
//! draft where it stands and without which words it stays silent. Of those words only the few are made ready that begin with two
//! characters that stand side by side in a draft; then only the rules that may speak are read, of their signs those that a draft may
//! show, and the lists they name. The file is made from the packs by a test, which also holds that nothing is lost.

mod file;
#[cfg(test)]
mod make;

use super::bundled::{BUNDLED, Bundled};
use super::{Policy, bundled};
use crate::kinds::Waking;
use crate::record::Text;
use crate::span::Span;
use crate::text::{Pairs, Reading, TermsBuilder, Window};
use file::Sieve;
use std::borrow::Cow;
use std::ops::Range;

const SIEVE: &str = include_str!("../../rules/sieve.txt");

/// What the sieve says of a pack.
struct Sifted<'a> {
    id: &'a str,
    /// The length of its policy.
    length: usize,
    /// Its parts in order.
    parts: Vec<Part<'a>>,
}

/// A part of a policy.
struct Part<'a> {
    /// In the policy's bytes, without the examples a rule carries.
    pieces: Vec<Range<usize>>,
    role: Role<'a>,
}

enum Role<'a> {
    /// What says whose pack it is.
    Head,
    /// A list, a field, an action, by its name: needed where a rule names it.
    Named(&'a str),
    /// A rule.
    Rule(Sleeper),
}

/// A rule that may have nothing to say.
struct Sleeper {
    /// What wakes it.
    waking: Waking,
    /// Where each of its signs is written.
    signs: Vec<Range<usize>>,
}

impl Sleeper {
    /// Whether one of these drafts wakes it.
    fn is_awake(&self, drafts: &[Reading<'_>]) -> bool {
        drafts.iter().any(|draft| self.waking.is_by(draft))
    }

    /// Where signs are written that none of these drafts shows: what follows from the others is the same without them.
    fn unseen(&self, drafts: &[Reading<'_>]) -> Vec<Range<usize>> {
        let is_unseen = |need: &crate::text::Need| !drafts.iter().any(|draft| need.is_met(draft));
        let signs = self.waking.signs.iter().zip(&self.signs);
        signs.filter(|((need, _), _)| is_unseen(need)).map(|(_, range)| range.clone()).collect()
    }
}

impl Part<'_> {
    /// What is written there, but for some stretches in order; none when the policy is another one.
    fn of(&self, policy: &str, without: &[Range<usize>]) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            let mut at = piece.start;
            for gap in without.iter().filter(|gap| piece.start <= gap.start && gap.end <= piece.end) {
                text.push_str(policy.get(at..gap.start)?);
                at = gap.end;
            }
            text.push_str(policy.get(at..piece.end)?);
        }
        Some(text)
    }
}

/// The rules of `packs` that may have something to say about these drafts: plain texts, no fields, no account.
pub(super) fn policy(packs: &[&'static Bundled], drafts: &[&str]) -> Option<Policy> {
    let mut terms = TermsBuilder::default();
    let pairs = Pairs::of(drafts);
    let sieve = Sieve::read(SIEVE, &pairs, &mut terms, |id| packs.iter().any(|pack| pack.id == id))?;
    let terms = terms.compile();
    let mut window = Window::default();
    let readings: Vec<Reading<'_>> = drafts.iter().map(|draft| Reading::of(plain(draft), &terms, &mut window)).collect();
    let mut policy = Policy::new();
    for pack in packs {
        let own = sieve.packs.iter().find(|sifted| sifted.id == pack.id && sifted.length == pack.policy.len())?;
        let awake = |part: &Part<'_>| match &part.role {
            Role::Rule(rule) if rule.is_awake(&readings) => Some(part.of(pack.policy, &rule.unseen(&readings))),
            _ => None,
        };
        let rules = own.parts.iter().filter_map(awake).collect::<Option<Vec<String>>>()?;
        if !rules.is_empty() {
            policy.add_part(pack, &excerpt(pack.policy, own, &rules)?);
        }
    }
    policy.texts = Some(pairs);
    Some(policy)
}

fn plain(draft: &str) -> Text<'_> {
    Text { content: Cow::Borrowed(draft), span: Span::new(0..draft.len()), pieces: None }
}

/// The rules of a policy that are wanted, with what they need of it.
fn excerpt(policy: &str, sifted: &Sifted<'_>, rules: &[String]) -> Option<String> {
    let mut text = String::new();
    for part in &sifted.parts {
        let needed = match &part.role {
            Role::Head => true,
            Role::Named(name) => rules.iter().any(|rule| memchr::memmem::find(rule.as_bytes(), name.as_bytes()).is_some()),
            Role::Rule(_) => false,
        };
        if needed {
            text.push_str(&part.of(policy, &[])?);
        }
    }
    rules.iter().for_each(|rule| text.push_str(rule));
    Some(text)
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
