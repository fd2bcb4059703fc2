//! Which rules of the bundled packs a few drafts can concern at all.
//!
//! Reading all packs costs a hundred times what checking one draft does. `rules/sieve.txt` says of every rule that may concern a
//! draft where it stands and without which words it stays silent. Of those words only the few are made ready that begin with two
//! characters that stand side by side in a draft; then only the rules that may speak are read, and the lists they name. The file is
//! made from the packs by a test, which also holds that nothing is lost.

use super::bundled::{BUNDLED, Bundled};
use super::{Policy, bundled};
use crate::kinds::Waking;
use crate::record::Text;
use crate::span::Span;
use crate::text::{ContactKinds, Need, Pairs, Reading, SetId, TermsBuilder, Variants, Window};
use std::borrow::Cow;
use std::ops::Range;

#[cfg(test)]
mod make;

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
    /// A rule, and what wakes it.
    Rule(Waking),
}

impl Part<'_> {
    /// What is written there; none when the policy is another one.
    fn of(&self, policy: &str) -> Option<String> {
        self.pieces.iter().map(|piece| policy.get(piece.clone())).collect()
    }
}

/// The rules of `packs` that may have something to say about these drafts: plain texts, no fields, no account.
pub(super) fn policy(packs: &[&'static Bundled], drafts: &[&str]) -> Option<Policy> {
    let mut terms = TermsBuilder::default();
    let sifted = read(SIEVE, &Pairs::of(drafts), &mut terms);
    let terms = terms.compile();
    let mut window = Window::default();
    let readings: Vec<Reading<'_>> = drafts.iter().map(|draft| Reading::of(plain(draft), &terms, &mut window)).collect();
    let mut policy = Policy::new();
    for pack in packs {
        let own = sifted.iter().find(|sifted| sifted.id == pack.id && sifted.length == pack.policy.len())?;
        let is_awake = |part: &&Part<'_>| matches!(&part.role, Role::Rule(waking) if readings.iter().any(|reading| waking.is_by(reading)));
        let rules = own.parts.iter().filter(is_awake).map(|part| part.of(pack.policy)).collect::<Option<Vec<String>>>()?;
        if !rules.is_empty() {
            policy.add_part(pack, &excerpt(pack.policy, own, &rules)?);
        }
    }
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
            Role::Named(name) => rules.iter().any(|rule| rule.contains(name)),
            Role::Rule(_) => false,
        };
        if needed {
            text.push_str(&part.of(policy)?);
        }
    }
    rules.iter().for_each(|rule| text.push_str(rule));
    Some(text)
}

/// Reads the sieve. First come sets of folded terms, one a line: `=`, and each term after a tab and a sign: `-` when it is looked for
/// as it is, `+` when it may be part of a word, `*` when it may be written around a filter; then the pairs of classes it may begin
/// with follow, after another `*`. Then the packs: a line with name and length, and a line for each part, see [`part`].
fn read<'a>(sieve: &'a str, pairs: &Pairs, terms: &mut TermsBuilder) -> Vec<Sifted<'a>> {
    let (mut sets, mut packs) = (Vec::new(), Vec::<Sifted<'a>>::new());
    for line in sieve.lines() {
        if let Some(line) = line.strip_prefix("=\t") {
            let set = terms.set();
            line.split('\t').for_each(|term| add(set, term, pairs, terms));
            sets.push(set);
        } else if let Some(line) = line.strip_prefix('\t') {
            packs.iter_mut().last().into_iter().for_each(|pack| pack.parts.extend(part(line, &sets)));
        } else if let Some((id, length)) = line.split_once('\t') {
            packs.push(Sifted { id, length: length.parse().unwrap_or_default(), parts: Vec::new() });
        }
    }
    packs
}

fn add(set: SetId, term: &str, pairs: &Pairs, terms: &mut TermsBuilder) {
    let Some((sign, term)) = term.split_at_checked(1) else { return };
    match sign {
        "*" => {
            let (term, heads) = term.split_once('*').unwrap_or((term, ""));
            if pairs.may_hold(term) || pairs.may_hold_disguised(heads) {
                terms.add(set, term, Variants::All);
            }
        }
        "+" if pairs.may_hold(term) => terms.add_trigger(set, term),
        _ if pairs.may_hold(term) => terms.add_cue(set, term),
        _ => {}
    }
}

/// A part of a pack: its pieces as `start-end,start-end`, and for what names itself the name after `=`; for a rule what wakes it: how
/// much its signs must weigh, what must stand besides, and each sign with its weight after a colon.
fn part<'a>(line: &'a str, sets: &[SetId]) -> Option<Part<'a>> {
    let mut fields = line.split('\t');
    let range = |piece: &str| piece.split_once('-').and_then(|(start, end)| Some(start.parse().ok()?..end.parse().ok()?));
    let pieces = fields.next()?.split(',').map(range).collect::<Option<Vec<Range<usize>>>>()?;
    let role = match fields.next() {
        None => Role::Head,
        Some(field) => match field.strip_prefix('=') {
            Some(name) => Role::Named(name),
            None => {
                let (least, beside) = (field.parse().ok()?, need(&mut fields.next()?, sets)?);
                let sign =
                    |sign: &str| sign.split_once(':').and_then(|(weight, mut rest)| Some((need(&mut rest, sets)?, weight.parse().ok()?)));
                Role::Rule(Waking { least, beside, signs: fields.map(sign).collect::<Option<Vec<(Need, u64)>>>()? })
            }
        },
    };
    Some(Part { pieces, role })
}

/// Reads a need: the number of a set, `@` and kinds of contacts joined by `+`, all of some in `()`, one of some in `[]`.
fn need(text: &mut &str, sets: &[SetId]) -> Option<Need> {
    let rest = *text;
    match rest.as_bytes().first()? {
        b'(' => Some(Need::All(needs(text, ')', sets)?)),
        b'[' => Some(Need::Any(needs(text, ']', sets)?)),
        b'@' => Some(Need::Contacts(ContactKinds::named(word(text).get(1..)?.split('+')))),
        _ => Some(Need::Words(*sets.get(word(text).parse::<usize>().ok()?)?)),
    }
}

fn needs(text: &mut &str, close: char, sets: &[SetId]) -> Option<Vec<Need>> {
    let mut parts = Vec::new();
    *text = text.get(1..)?;
    loop {
        *text = text.trim_start_matches(' ');
        if let Some(rest) = text.strip_prefix(close) {
            *text = rest;
            return Some(parts);
        }
        parts.push(need(text, sets)?);
    }
}

/// Takes what stands before the next blank or bracket.
fn word<'a>(text: &mut &'a str) -> &'a str {
    let (word, rest) = text.split_at(text.find([' ', ')', ']']).unwrap_or(text.len()));
    *text = rest;
    word
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
