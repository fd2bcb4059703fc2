//! How `rules/sieve.txt` is written, and read for a few drafts.
//!
//! Four parts with an empty line between them:
//!
//! 1. A comment, and behind `=` how many sets of words there are.
//! 2. Words by their first character: a line is that character, and after a tab each word that begins with it: the numbers of the
//!    sets it is in, a sign, and the rest of it. The sign is `-` when the word stands alone where it is Latin, `+` when it may be part
//!    of another, `*` when it may be written around a filter as well.
//! 3. The last ones again by how they may begin: a line is the class of a first character, and after a tab each word for each class
//!    that may come next: that class, the sets, `*`, all of the word.
//! 4. Packs: a line with name and length of the policy, and a line for each part, see [`part`].
//!
//! Lines that begin with a character no draft holds are stepped over.

use super::{Part, Role, Sifted, Sleeper};
use crate::kinds::Waking;
use crate::text::{ContactKinds, Need, Pairs, SetId, TermsBuilder, Variants};
use memchr::{memchr, memmem};
use std::ops::Range;

/// What the file says, as far as it matters to some drafts.
pub(super) struct Sieve<'a> {
    pub packs: Vec<Sifted<'a>>,
}

impl<'a> Sieve<'a> {
    /// Reads the file, and puts the words that drafts with these pairs may hold into the sets; of the packs those that are asked for.
    /// None when it is no such file.
    pub(super) fn read(text: &'a str, pairs: &Pairs, terms: &mut TermsBuilder, is_asked: impl Fn(&str) -> bool) -> Option<Sieve<'a>> {
        let mut rest = text;
        let mut next = || {
            let (part, behind) = rest.split_at(memmem::find(rest.as_bytes(), b"\n\n").map_or(rest.len(), |at| at + 1));
            rest = behind.get(1..).unwrap_or_default();
            part
        };
        let count: usize = next().trim_end().rsplit_once('=')?.1.parse().ok()?;
        let sets: Vec<SetId> = (0..count).map(|_| terms.set()).collect();
        let mut words = Words { pairs, sets: &sets, terms, word: String::new() };
        words.plain(next())?;
        words.disguised(next())?;
        Some(Sieve { packs: packs(next(), &sets, is_asked)? })
    }
}

/// Takes the words that matter.
struct Words<'w> {
    pairs: &'w Pairs,
    sets: &'w [SetId],
    terms: &'w mut TermsBuilder,
    /// Room for one.
    word: String,
}

impl Words<'_> {
    fn plain(&mut self, lines: &str) -> Option<()> {
        for line in stretches(lines, b'\n') {
            let first = line.chars().next()?;
            if !self.pairs.may_begin(first) {
                continue;
            }
            for entry in stretches(line.get(first.len_utf8() + 1..)?, b'\t') {
                let (sets, sign, rest) = cut(entry)?;
                if self.pairs.may_hold(first, rest.chars().next()) {
                    self.word.clear();
                    self.word.push(first);
                    self.word.push_str(rest);
                    self.put(sets, sign)?;
                }
            }
        }
        Some(())
    }

    fn disguised(&mut self, lines: &str) -> Option<()> {
        for line in stretches(lines, b'\n') {
            let first = line.chars().next()?;
            for entry in stretches(line.get(first.len_utf8() + 1..)?, b'\t') {
                let second = entry.chars().next()?;
                if self.pairs.may_hold_disguised(first, second) {
                    let (sets, sign, word) = cut(&entry[second.len_utf8()..])?;
                    self.word.clear();
                    self.word.push_str(word);
                    self.put(sets, sign)?;
                }
            }
        }
        Some(())
    }

    fn put(&mut self, sets: &str, sign: u8) -> Option<()> {
        for set in sets.split(',') {
            let set = *self.sets.get(set.parse::<usize>().ok()?)?;
            match sign {
                b'*' => _ = self.terms.add(set, &self.word, Variants::All),
                b'+' => self.terms.add_trigger(set, &self.word),
                _ => self.terms.add_cue(set, &self.word),
            }
        }
        Some(())
    }
}

/// Stretches of a text up to a sign, or its end.
fn stretches(text: &str, end: u8) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let length = memchr(end, rest.as_bytes()).unwrap_or(rest.len());
        at += length + 1;
        Some(&rest[..length])
    })
}

/// The numbers of sets before a sign, the sign, and what comes behind it.
fn cut(entry: &str) -> Option<(&str, u8, &str)> {
    let at = entry.bytes().position(|byte| !byte.is_ascii_digit() && byte != b',')?;
    Some((&entry[..at], entry.as_bytes()[at], entry.get(at + 1..)?))
}

fn packs<'a>(lines: &'a str, sets: &[SetId], is_asked: impl Fn(&str) -> bool) -> Option<Vec<Sifted<'a>>> {
    let (mut packs, mut is_wanted) = (Vec::<Sifted<'a>>::new(), false);
    for line in stretches(lines, b'\n') {
        match line.strip_prefix('\t') {
            Some(line) if is_wanted => packs.last_mut()?.parts.push(part(line, sets)?),
            Some(_) => {}
            None => {
                let (id, length) = line.split_once('\t')?;
                is_wanted = is_asked(id);
                packs.push(Sifted { id, length: length.parse().ok()?, parts: Vec::new() });
            }
        }
    }
    Some(packs)
}

/// A part of a pack: its pieces as `start-end,start-end`, and for what names itself the name after `=`; for a rule what wakes it: how
/// much its signs must weigh, what must stand besides, and each sign: its weight, `@` and where it is written, a colon, its need.
fn part<'a>(line: &'a str, sets: &[SetId]) -> Option<Part<'a>> {
    let mut fields = stretches(line, b'\t');
    let pieces = fields.next()?.split(',').map(range).collect::<Option<Vec<Range<usize>>>>()?;
    let Some(field) = fields.next() else { return Some(Part { pieces, role: Role::Head }) };
    if let Some(name) = field.strip_prefix('=') {
        return Some(Part { pieces, role: Role::Named(name) });
    }
    let (least, beside) = (field.parse().ok()?, need(&mut fields.next()?, sets)?);
    let mut rule = Sleeper { waking: Waking { least, beside, signs: Vec::new() }, signs: Vec::new() };
    for sign in fields {
        let (head, mut rest) = sign.split_once(':')?;
        let (weight, place) = head.split_once('@')?;
        rule.waking.signs.push((need(&mut rest, sets)?, weight.parse().ok()?));
        rule.signs.push(range(place)?);
    }
    Some(Part { pieces, role: Role::Rule(rule) })
}

fn range(text: &str) -> Option<Range<usize>> {
    let (start, end) = text.split_once('-')?;
    Some(start.parse().ok()?..end.parse().ok()?)
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
    let is_end = |byte: u8| matches!(byte, b' ' | b')' | b']');
    let (word, rest) = text.split_at(text.bytes().position(is_end).unwrap_or(text.len()));
    *text = rest;
    word
}
