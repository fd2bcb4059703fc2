//! All listed terms of all rules, found in one walk over a folded text.
//!
//! A small bitmap of folded character pairs stands in front: most places of a text are not the start of any term, and the bitmap,
//! unlike an automaton of all terms, stays in the cache. Only where it says yes are the terms of that pair compared.

use super::disguise::Disguises;
use super::fold::{Folded, fold_text};

/// A set of terms that a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SetId(pub u32);

/// How far a text may stray from a term and still be it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Variants {
    /// It must stand there as it is listed.
    None,
    /// Case, width, styles, traditional characters and invisible characters do not matter.
    #[default]
    Fold,
    /// Nor do separators, homophones, split characters, emoji and initials.
    All,
    /// As `Fold`, and Latin letters need not stand alone: part of a pattern.
    Part,
}

/// A term in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The first folded character.
    pub start: u32,
    /// The folded character after the last.
    pub end: u32,
    /// The term.
    pub term: u32,
    /// Whether it was found only through a variant.
    pub variant: bool,
    /// Whether its Latin ends stand alone.
    pub bounded: bool,
}

/// A term and who asks for it.
struct Term {
    listed: String,
    folded: Vec<char>,
    sets: Vec<(SetId, Variants)>,
}

/// Terms while policies are read.
#[derive(Default)]
pub(crate) struct TermsBuilder {
    terms: Vec<Term>,
    known: hashbrown::HashMap<String, u32, foldhash::fast::FixedState>,
    singles: Vec<Vec<char>>,
}

/// Terms ready to be looked for.
pub(crate) struct Terms {
    terms: Vec<Term>,
    /// One bit a pair of characters; a set bit means some term may begin with it.
    pairs: Vec<u64>,
    /// Terms by the hash of their first two characters.
    heads: Vec<u32>,
    /// Where each hash's terms are in `heads`.
    starts: Vec<u32>,
    /// Cues of one character, by set.
    singles: Vec<Vec<char>>,
    /// Terms that may be written around a filter.
    disguises: Disguises,
}

impl TermsBuilder {
    /// A new set.
    pub(crate) fn set(&mut self) -> SetId {
        self.singles.push(Vec::new());
        SetId((self.singles.len() - 1) as u32)
    }

    /// Puts a word that is only looked for beside a hit into a set; it may be a single character.
    pub(crate) fn add_cue(&mut self, set: SetId, cue: &str) {
        let folded = fold_text(cue);
        match (folded.chars().next(), folded.chars().nth(1)) {
            (Some(single), None) => self.singles[set.0 as usize].push(single),
            _ => {
                self.add(set, cue, Variants::Fold);
            }
        }
    }

    /// Puts a term into a set; false when nothing of it is left after folding, or a single character.
    pub(crate) fn add(&mut self, set: SetId, term: &str, variants: Variants) -> bool {
        let folded = fold_text(term);
        if folded.chars().count() < 2 {
            return false;
        }
        let at = *self.known.entry(folded).or_insert_with_key(|folded| {
            self.terms.push(Term { listed: term.to_owned(), folded: folded.chars().collect(), sets: Vec::new() });
            (self.terms.len() - 1) as u32
        });
        self.terms[at as usize].sets.push((set, variants));
        true
    }

    /// Puts a literal that a pattern needs into a set; it may be a single character, and part of a word.
    pub(crate) fn add_trigger(&mut self, set: SetId, literal: &str) {
        let folded = fold_text(literal);
        match (folded.chars().next(), folded.chars().nth(1)) {
            (Some(single), None) => self.singles[set.0 as usize].push(single),
            _ => {
                self.add(set, literal, Variants::Part);
            }
        }
    }

    /// Makes the terms ready.
    pub(crate) fn compile(self) -> Terms {
        let bits = (self.terms.len() * 32).next_power_of_two().clamp(1 << 12, 1 << 21);
        let buckets = (self.terms.len() * 2).next_power_of_two().max(16);
        let disguised = |term: &Term| term.sets.iter().any(|(_, variants)| *variants == Variants::All);
        let listed = self.terms.iter().enumerate().filter(|(_, term)| disguised(term));
        let disguises = Disguises::compile(listed.map(|(at, term)| (at as u32, term.folded.as_slice())));
        let mut terms = Terms {
            terms: self.terms,
            pairs: vec![0; bits / 64],
            heads: Vec::new(),
            starts: vec![0; buckets + 1],
            singles: self.singles,
            disguises,
        };
        terms.fill();
        terms
    }
}

impl Terms {
    fn fill(&mut self) {
        let buckets = self.starts.len() - 1;
        for term in &self.terms {
            let hash = pair(term.folded[0], term.folded[1]);
            let bit = bit_of(hash, self.pairs.len());
            self.pairs[bit / 64] |= 1 << (bit % 64);
            self.starts[bucket_of(hash, buckets) + 1] += 1;
        }
        for at in 1..self.starts.len() {
            self.starts[at] += self.starts[at - 1];
        }
        let mut next = self.starts.clone();
        self.heads = vec![0; self.terms.len()];
        for (at, term) in self.terms.iter().enumerate() {
            let place = &mut next[bucket_of(pair(term.folded[0], term.folded[1]), buckets)];
            self.heads[*place as usize] = at as u32;
            *place += 1;
        }
    }

    /// Every place of every term, overlapping ones too, by start.
    pub(crate) fn find(&self, text: &Folded, found: &mut Vec<Found>) {
        let chars = text.chars();
        let buckets = self.starts.len() - 1;
        for start in 0..chars.len().saturating_sub(1) {
            let hash = pair(chars[start], chars[start + 1]);
            let bit = bit_of(hash, self.pairs.len());
            if self.pairs[bit / 64] >> (bit % 64) & 1 == 0 {
                continue;
            }
            let bucket = bucket_of(hash, buckets);
            for term in &self.heads[self.starts[bucket] as usize..self.starts[bucket + 1] as usize] {
                let folded = &self.terms[*term as usize].folded;
                if chars[start..].starts_with(folded) {
                    let end = start + folded.len();
                    let bounded = is_bounded(chars, start, end);
                    found.push(Found { start: start as u32, end: end as u32, term: *term, variant: false, bounded });
                }
            }
        }
    }

    /// Every place of every term that is written around a filter.
    pub(crate) fn find_disguised(&self, text: &Folded, found: &mut Vec<Found>) {
        if !self.disguises.is_empty() {
            self.disguises.find(text, found);
        }
    }

    /// Who asks for a term.
    pub(crate) fn sets(&self, term: u32) -> &[(SetId, Variants)] {
        &self.terms[term as usize].sets
    }

    /// The cues of one character of a set.
    pub(crate) fn singles(&self, set: SetId) -> &[char] {
        self.singles.get(set.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// A term as it is listed.
    pub(crate) fn listed(&self, term: u32) -> &str {
        &self.terms[term as usize].listed
    }
}

/// Whether a term made of Latin letters or digits stands alone: `vx` is not in `vxlan`, `k粉` not in `5k粉丝`, yet `vx` is in `vx8888`.
fn is_bounded(chars: &[char], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map(|at| chars[at]);
    let (first, last, after) = (chars[start], chars[end - 1], chars.get(end).copied());
    let left = !first.is_ascii_alphanumeric() || !before.is_some_and(|c| c.is_ascii_alphanumeric());
    let right = match after {
        Some(after) if last.is_ascii_alphabetic() => !after.is_ascii_alphabetic(),
        Some(after) if last.is_ascii_digit() => !after.is_ascii_digit(),
        _ => true,
    };
    left && right
}

#[inline]
fn pair(a: char, b: char) -> u32 {
    (a as u32).wrapping_mul(0x9E37_79B1) ^ (b as u32).wrapping_mul(0x85EB_CA77).rotate_left(15)
}

#[inline]
fn bit_of(hash: u32, words: usize) -> usize {
    (hash.wrapping_mul(0xC2B2_AE3D) >> 7) as usize & (words * 64 - 1)
}

#[inline]
fn bucket_of(hash: u32, buckets: usize) -> usize {
    (hash.wrapping_mul(0x27D4_EB2F) >> 5) as usize & (buckets - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(terms: &[&str], text: &str) -> Vec<String> {
        let mut builder = TermsBuilder::default();
        let set = builder.set();
        for term in terms {
            builder.add(set, term, Variants::Fold);
        }
        let terms = builder.compile();
        let folded = Folded::of(text);
        let mut found = Vec::new();
        terms.find(&folded, &mut found);
        found.iter().filter(|found| found.bounded).map(|found| text[folded.source_range(text, found.start as usize, found.end as usize)].to_owned()).collect()
    }

    #[test]
    fn overlapping_terms_are_all_found_where_they_stand() {
        assert_eq!(find(&["微信", "加微信", "信号"], "快加微信号！"), ["加微信", "微信", "信号"]);
        assert_eq!(find(&["加微信"], "加\u{200B}微信"), ["加\u{200B}微信"]);
    }

    #[test]
    fn latin_terms_stand_alone_on_their_latin_sides() {
        assert_eq!(find(&["VX"], "微信vx号，ＶＸ8888"), ["vx", "ＶＸ"]);
        assert_eq!(find(&["VX", "k粉"], "VXLAN 5k粉丝 avx"), Vec::<String>::new());
    }
}
