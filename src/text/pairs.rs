//! Which terms may stand in some texts, told from pairs of characters: to compile all terms for one draft costs more than to read it.

use super::charset::CharSet;
use super::disguise::class_pairs;
use super::fold::{Fold, Folded, fold_char};

/// The pairs of characters in some texts.
pub(crate) struct Pairs {
    /// How many texts there are.
    count: usize,
    chars: CharSet,
    /// Folded characters side by side.
    folded: PairSet,
    /// Classes of characters that may stand for each other, side by side or nearly.
    rough: PairSet,
}

impl Pairs {
    /// Those of some texts.
    pub(crate) fn of(texts: &[&str]) -> Pairs {
        let texts: Vec<Folded> = texts.iter().map(|text| Folded::of(text)).collect();
        let chars = texts.iter().flat_map(|text| text.chars().iter().copied()).collect();
        let (mut folded, mut rough) = (PairSet::default(), PairSet::default());
        for text in &texts {
            text.chars().windows(2).for_each(|pair| folded.insert(pair[0], pair[1]));
            class_pairs(text).into_iter().for_each(|(first, second)| rough.insert(first, second));
        }
        Pairs { count: texts.len(), chars, folded, rough }
    }

    /// Whether a folded term that begins with this character may stand in one of the texts as it is.
    pub(crate) fn may_begin(&self, first: char) -> bool {
        self.chars.contains(first)
    }

    /// The same, when this comes next, if anything does.
    pub(crate) fn may_hold(&self, first: char, second: Option<char>) -> bool {
        second.map_or_else(|| self.chars.contains(first), |second| self.folded.contains(first, second))
    }

    /// The same for a term as it is listed.
    pub(super) fn may_hold_unfolded(&self, term: &str) -> bool {
        let spelt = |c: char| match fold_char(c) {
            Fold::Dropped => ([c; 4], 0),
            Fold::One(folded) => ([folded; 4], 1),
            Fold::Many(chars, length) => (chars, length.into()),
        };
        let mut folded = term.chars().map(spelt).flat_map(|(chars, length)| chars.into_iter().take(length));
        folded.next().is_some_and(|first| self.may_hold(first, folded.next()))
    }

    /// Whether they are those of one text.
    pub(super) fn is_of_one(&self) -> bool {
        self.count == 1
    }

    /// Whether a term that begins with these classes may stand in one of the texts, written around a filter.
    pub(crate) fn may_hold_disguised(&self, first: char, second: char) -> bool {
        self.rough.contains(first, second)
    }
}

/// A set of pairs that may say yes where no is right.
struct PairSet(Vec<u64>);

const BITS: u32 = 1 << 16;

impl Default for PairSet {
    fn default() -> PairSet {
        PairSet(vec![0; BITS as usize / 64])
    }
}

impl PairSet {
    fn insert(&mut self, first: char, second: char) {
        let bit = bit(first, second);
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    fn contains(&self, first: char, second: char) -> bool {
        let bit = bit(first, second);
        self.0[bit / 64] >> (bit % 64) & 1 != 0
    }
}

fn bit(first: char, second: char) -> usize {
    let hash = (first as u32).wrapping_mul(0x9E37_79B1) ^ (second as u32).wrapping_mul(0x85EB_CA77).rotate_left(15);
    (hash.wrapping_mul(0xC2B2_AE3D) >> 16) as usize
}
