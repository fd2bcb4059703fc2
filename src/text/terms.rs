//! All listed terms of all rules, found in one walk over a folded text.
//!
//! A small bitmap of folded character pairs stands in front: most places of a text are not the start of any term, and the bitmap,
//! unlike an automaton of all terms, stays in the cache. Only where it says yes are the terms of that pair compared.

use super::disguise::Disguises;
use super::fold::Folded;
use hashbrown::HashTable;
use std::ops::Range;

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

/// Stretches of one long list: the stretch `n` lies between `ends[n - 1]` and `ends[n]`.
#[derive(Default)]
struct Ends(Vec<u32>);

impl Ends {
    #[inline]
    fn range(&self, at: u32) -> Range<usize> {
        let start = (at as usize).checked_sub(1).map_or(0, |before| self.0[before] as usize);
        start..self.0[at as usize] as usize
    }
}

/// Terms, each once, in two long strings: as listed, and folded.
#[derive(Default)]
struct Listed {
    text: String,
    text_ends: Ends,
    chars: Vec<char>,
    char_ends: Ends,
}

impl Listed {
    fn len(&self) -> u32 {
        self.char_ends.0.len() as u32
    }

    #[inline]
    fn folded(&self, term: u32) -> &[char] {
        &self.chars[self.char_ends.range(term)]
    }

    fn push(&mut self, listed: &str, folded: &[char]) {
        self.text.push_str(listed);
        self.text_ends.0.push(self.text.len() as u32);
        self.chars.extend_from_slice(folded);
        self.char_ends.0.push(self.chars.len() as u32);
    }
}

/// Terms while policies are read.
#[derive(Default)]
pub(crate) struct TermsBuilder {
    listed: Listed,
    known: HashTable<u32>,
    /// Term, and who asks for it how.
    asked: Vec<(u32, SetId, Variants)>,
    singles: Vec<Vec<char>>,
    folded: Folded,
}

/// Terms ready to be looked for.
pub(crate) struct Terms {
    listed: Listed,
    /// Who asks for a term, by term.
    sets: Vec<(SetId, Variants)>,
    set_ends: Ends,
    /// One bit a pair of characters; a set bit means some term may begin with it.
    pairs: Vec<u64>,
    /// Terms by the hash of their first two characters.
    heads: Vec<Head>,
    /// Where each hash's terms are in `heads`.
    starts: Vec<u32>,
    /// Cues of one character, by set.
    singles: Vec<Vec<char>>,
    /// Terms that may be written around a filter.
    disguises: Disguises,
}

/// A term, and its third character: most candidates fail there, before the term itself is looked at.
#[derive(Clone, Copy, Default)]
struct Head {
    term: u32,
    third: Option<char>,
}

impl TermsBuilder {
    /// A new set.
    pub(crate) fn set(&mut self) -> SetId {
        self.singles.push(Vec::new());
        SetId((self.singles.len() - 1) as u32)
    }

    /// Puts a term into a set; false when nothing of it is left after folding, or a single character.
    pub(crate) fn add(&mut self, set: SetId, term: &str, variants: Variants) -> bool {
        self.folded.fill(term);
        let (folded, listed) = (self.folded.chars(), &mut self.listed);
        if folded.len() < 2 {
            return false;
        }
        let hash = hash(folded);
        let known = self.known.find(hash, |at| listed.folded(*at) == folded).copied();
        let at = known.unwrap_or_else(|| {
            let at = listed.len();
            listed.push(term, folded);
            self.known.insert_unique(hash, at, |at| self::hash(listed.folded(*at)));
            at
        });
        self.asked.push((at, set, variants));
        true
    }

    /// Puts a word that is only looked for beside a hit into a set; it may be a single character.
    pub(crate) fn add_cue(&mut self, set: SetId, cue: &str) {
        self.add_short(set, cue, Variants::Fold);
    }

    /// Puts a literal that a pattern needs into a set; it may be a single character, and part of a word.
    pub(crate) fn add_trigger(&mut self, set: SetId, literal: &str) {
        self.add_short(set, literal, Variants::Part);
    }

    fn add_short(&mut self, set: SetId, term: &str, variants: Variants) {
        if !self.add(set, term, variants) {
            self.singles[set.0 as usize].extend(self.folded.chars());
        }
    }

    /// Makes the terms ready.
    pub(crate) fn compile(mut self) -> Terms {
        self.asked.sort_unstable_by_key(|(term, set, _)| (*term, *set));
        let count = self.listed.len() as usize;
        let mut disguised: Vec<u32> =
            self.asked.iter().filter(|(_, _, variants)| *variants == Variants::All).map(|(term, ..)| *term).collect();
        disguised.dedup();
        let mut set_ends = vec![0; count];
        for (at, (term, ..)) in self.asked.iter().enumerate() {
            set_ends[*term as usize] = at as u32 + 1;
        }
        let bits = (count * 32).next_power_of_two().clamp(1 << 12, 1 << 21);
        let buckets = (count * 2).next_power_of_two().max(16);
        let disguises = Disguises::compile(disguised.into_iter().map(|term| (term, self.listed.folded(term))));
        let mut terms = Terms {
            listed: self.listed,
            sets: self.asked.into_iter().map(|(_, set, variants)| (set, variants)).collect(),
            set_ends: Ends(set_ends),
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

/// A hash of a folded term.
fn hash(chars: &[char]) -> u64 {
    chars
        .iter()
        .fold(0x9E37_79B9_7F4A_7C15, |hash: u64, c| (hash.rotate_left(23) ^ u64::from(u32::from(*c))).wrapping_mul(0xFF51_AFD7_ED55_8CCD))
}

impl Terms {
    fn fill(&mut self) {
        let buckets = self.starts.len() - 1;
        let head = |term: u32| {
            let folded = self.listed.folded(term);
            pair(folded[0], folded[1])
        };
        for term in 0..self.listed.len() {
            let hash = head(term);
            let bit = bit_of(hash, self.pairs.len());
            self.pairs[bit / 64] |= 1 << (bit % 64);
            self.starts[bucket_of(hash, buckets) + 1] += 1;
        }
        for at in 1..self.starts.len() {
            self.starts[at] += self.starts[at - 1];
        }
        let mut next = self.starts.clone();
        self.heads = vec![Head::default(); self.listed.len() as usize];
        for term in 0..self.listed.len() {
            let place = &mut next[bucket_of(head(term), buckets)];
            self.heads[*place as usize] = Head { term, third: self.listed.folded(term).get(2).copied() };
            *place += 1;
        }
    }

    /// Every place of every term, overlapping ones too, by start.
    pub(crate) fn find(&self, text: &Folded, found: &mut Vec<Found>) {
        let chars = text.chars();
        for (start, two) in chars.windows(2).enumerate() {
            let hash = pair(two[0], two[1]);
            let bit = bit_of(hash, self.pairs.len());
            if self.pairs[bit / 64] >> (bit % 64) & 1 != 0 {
                self.find_at(chars, start, found);
            }
        }
    }

    /// Every term that starts at a place.
    fn find_at(&self, chars: &[char], start: usize, found: &mut Vec<Found>) {
        let bucket = bucket_of(pair(chars[start], chars[start + 1]), self.starts.len() - 1);
        let third = chars.get(start + 2).copied();
        for head in &self.heads[self.starts[bucket] as usize..self.starts[bucket + 1] as usize] {
            if head.third.is_some() && head.third != third {
                continue;
            }
            let folded = self.listed.folded(head.term);
            if chars[start..].starts_with(folded) {
                let end = start + folded.len();
                let bounded = is_bounded(chars, start, end);
                found.push(Found { start: start as u32, end: end as u32, term: head.term, variant: false, bounded });
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
        &self.sets[self.set_ends.range(term)]
    }

    /// The cues of one character of a set.
    pub(crate) fn singles(&self, set: SetId) -> &[char] {
        self.singles.get(set.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The terms of a set, as listed.
    #[cfg(test)]
    pub(crate) fn of_set(&self, set: SetId) -> impl Iterator<Item = (&str, Variants)> {
        (0..self.listed.len()).flat_map(move |term| {
            let asks = self.sets(term).iter().filter(move |(asks, _)| *asks == set);
            asks.map(move |(_, variants)| (self.listed(term), *variants))
        })
    }

    /// A term as it is listed.
    pub(crate) fn listed(&self, term: u32) -> &str {
        &self.listed.text[self.listed.text_ends.range(term)]
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
        found
            .iter()
            .filter(|found| found.bounded)
            .map(|found| text[folded.source_range(text, found.start as usize, found.end as usize)].to_owned())
            .collect()
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
