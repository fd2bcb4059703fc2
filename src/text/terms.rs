//! All listed terms of all rules, found in one walk over a text.

use super::disguise::Disguises;
use super::fold::Folded;
use super::listed::{Ends, Listed};
use super::pairs::Pairs;
use super::search::Search;
use crate::span::Span;
use hashbrown::HashTable;

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
    /// Its bytes in the text.
    pub bytes: Span,
}

/// A stretch of a folded text that moves along it.
pub(crate) struct Window {
    folded: Folded,
    /// Characters that are held at a time: few enough to stay in the cache.
    size: usize,
}

impl Default for Window {
    fn default() -> Window {
        Window { folded: Folded::default(), size: 4096 }
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
    /// The only texts that will be read, if they are known.
    texts: Option<Pairs>,
}

/// Terms ready to be looked for.
pub(crate) struct Terms {
    /// Who asks for a term, by term.
    sets: Vec<(SetId, Variants)>,
    set_ends: Ends,
    search: Search,
    /// Cues of one character, by set.
    singles: Vec<Vec<char>>,
    /// Terms that may be written around a filter.
    disguises: Disguises,
}

impl TermsBuilder {
    /// For these texts only: terms that cannot stand in them are left out.
    pub(crate) fn of_texts(texts: Pairs) -> TermsBuilder {
        TermsBuilder { texts: Some(texts), ..TermsBuilder::default() }
    }

    /// Whether one text alone will be read, of which it is known that it holds what rules need.
    pub(super) fn is_of_one_text(&self) -> bool {
        self.texts.as_ref().is_some_and(Pairs::is_of_one)
    }

    /// A new set.
    pub(crate) fn set(&mut self) -> SetId {
        self.singles.push(Vec::new());
        SetId((self.singles.len() - 1) as u32)
    }

    /// How many terms were put into sets.
    pub(crate) fn len(&self) -> usize {
        self.asked.len()
    }

    /// Makes room for so many more terms.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.asked.reserve(count);
        self.known.reserve(count, |at| hash(self.listed.folded(*at)));
    }

    /// Puts a term into a set; false when nothing of it is left after folding, or a single character.
    pub(crate) fn add(&mut self, set: SetId, term: &str, variants: Variants) -> bool {
        if self.texts.as_ref().is_some_and(|texts| variants != Variants::All && !texts.may_hold_unfolded(term)) {
            return true;
        }
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
        // Mostly they are in order already.
        self.asked.sort_by_key(|(term, set, _)| (*term, *set));
        let mut disguised: Vec<u32> =
            self.asked.iter().filter(|(_, _, variants)| *variants == Variants::All).map(|(term, ..)| *term).collect();
        disguised.dedup();
        let mut set_ends = vec![0; self.listed.len() as usize];
        for (at, (term, ..)) in self.asked.iter().enumerate() {
            set_ends[*term as usize] = at as u32 + 1;
        }
        let disguises = Disguises::compile(disguised.into_iter().map(|term| (term, self.listed.folded(term))));
        Terms {
            search: Search::of(self.listed),
            sets: self.asked.into_iter().map(|(_, set, variants)| (set, variants)).collect(),
            set_ends: Ends(set_ends),
            singles: self.singles,
            disguises,
        }
    }
}

/// A hash of a folded term.
fn hash(chars: &[char]) -> u64 {
    chars
        .iter()
        .fold(0x9E37_79B9_7F4A_7C15, |hash: u64, c| (hash.rotate_left(23) ^ u64::from(u32::from(*c))).wrapping_mul(0xFF51_AFD7_ED55_8CCD))
}

impl Terms {
    /// Every place of every term, overlapping ones too, by start.
    pub(crate) fn find(&self, text: &str, window: &mut Window, found: &mut Vec<Found>) {
        // A term that starts in the window ends in it, and the characters beside it are there too.
        let reach = self.search.longest() + 1;
        let (window, size) = (&mut window.folded, window.size.max(reach * 4));
        let (mut at, mut before, mut from) = (0, 0, 0);
        window.clear();
        while at < text.len() {
            at = window.fold_on(text, at, size);
            let chars = window.chars();
            let until = if at < text.len() { chars.len().saturating_sub(reach) } else { chars.len() };
            self.search.find(chars, from..until, |start, term| {
                let end = start + self.search.listed().folded(term).len();
                let bytes = Span::new(window.source_range(text, start, end));
                let bounded = is_bounded(chars, start, end);
                found.push(Found { start: (before + start) as u32, end: (before + end) as u32, term, variant: false, bounded, bytes });
            });
            let done = until.saturating_sub(1);
            window.forget(done);
            (before, from) = (before + done, until - done);
        }
    }

    /// Every place of every term that is written around a filter.
    pub(crate) fn find_disguised(&self, text: &str, folded: &Folded, found: &mut Vec<Found>) {
        let first = found.len();
        self.disguises.find(folded, found);
        for found in &mut found[first..] {
            found.bytes = Span::new(folded.source_range(text, found.start as usize, found.end as usize));
        }
    }

    /// Whether some terms may be written around a filter.
    pub(crate) fn has_disguises(&self) -> bool {
        !self.disguises.is_empty()
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
        (0..self.search.listed().len()).flat_map(move |term| {
            let asks = self.sets(term).iter().filter(move |(asks, _)| *asks == set);
            asks.map(move |(_, variants)| (self.listed(term), *variants))
        })
    }

    /// A term as it is listed.
    pub(crate) fn listed(&self, term: u32) -> &str {
        self.search.listed().listed(term)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn compile(terms: &[&str]) -> Terms {
        let mut builder = TermsBuilder::default();
        let set = builder.set();
        for term in terms {
            builder.add(set, term, Variants::Fold);
        }
        builder.compile()
    }

    fn find(terms: &[&str], text: &str) -> Vec<String> {
        let mut found = Vec::new();
        compile(terms).find(text, &mut Window::default(), &mut found);
        found.iter().filter(|found| found.bounded).map(|found| text[found.bytes.range()].to_owned()).collect()
    }

    #[test]
    fn overlapping_terms_are_all_found_where_they_stand() {
        assert_eq!(find(&["微信", "加微信", "信号"], "快加微信号！"), ["加微信", "微信", "信号"]);
        assert_eq!(find(&["加微信"], "加\u{200B}微信"), ["加\u{200B}微信"]);
        assert_eq!(find(&["微信", "加微信"], "微信"), ["微信"]);
    }

    #[test]
    fn latin_terms_stand_alone_on_their_latin_sides() {
        assert_eq!(find(&["VX"], "微信vx号，ＶＸ8888"), ["vx", "ＶＸ"]);
        assert_eq!(find(&["VX", "k粉"], "VXLAN 5k粉丝 avx"), Vec::<String>::new());
    }

    /// Every term held against every place.
    fn found_slowly(terms: &Terms, text: &str) -> Vec<Found> {
        let folded = Folded::of(text);
        let chars = folded.chars();
        let places = (0..chars.len()).flat_map(|start| (0..terms.search.listed().len()).map(move |term| (start, term)));
        let here = |(start, term): (usize, u32)| {
            let end = start + terms.search.listed().folded(term).len();
            let found = || Found {
                start: start as u32,
                end: end as u32,
                term,
                variant: false,
                bounded: is_bounded(chars, start, end),
                bytes: Span::new(folded.source_range(text, start, end)),
            };
            chars[start..].starts_with(terms.search.listed().folded(term)).then(found)
        };
        places.filter_map(here).collect()
    }

    fn odd_text(longest: usize) -> impl Strategy<Value = String> {
        let odd: Vec<char> = "加微信點⑫🆓𝕧ⓥvx\u{200b}\u{fe0f}9 𠮷🍠".chars().collect();
        prop::collection::vec(prop::sample::select(odd), 0..longest).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn nothing_is_missed_and_nothing_made_up(
            words in prop::collection::vec(odd_text(7), 0..40),
            text in odd_text(120),
            size in 1usize..40,
        ) {
            let terms = compile(&words.iter().map(String::as_str).collect::<Vec<_>>());
            let (mut found, mut window) = (Vec::new(), Window { folded: Folded::of("前面的文案"), size });
            terms.find(&text, &mut window, &mut found);
            found.sort_by_key(|found| (found.start, found.term));
            prop_assert_eq!(found, found_slowly(&terms, &text));
        }
    }
}
