//! Texts that are nearly the same: sets of shingles (a few characters in a row), compared by their exact Jaccard index.
//!
//! Every pair that is alike enough is found: of two sets that share enough, the few rarest shingles of one and of the other have
//! one in common. So only texts that share a rare shingle are compared at all (prefix filter; Bayardo, Ma, Srikant 2007).

use hashbrown::HashMap;
use std::ops::ControlFlow;

type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// The longest shingle: so many characters fit one number.
pub(crate) const LONGEST: usize = 6;

/// One, in millionths.
const ONE: u64 = 1_000_000;
/// Texts that are gone and still in the lists, besides as many as are here.
const SLACK: usize = 64;

/// How texts are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure {
    /// Characters of a shingle, from 1 to [`LONGEST`].
    pub shingle: usize,
    /// The least Jaccard index, in millionths, above 0 and at most one million.
    pub threshold: u64,
}

/// Different texts, each as its set of shingles. A shingle is known by its rank: rare ones first.
pub(crate) struct Likeness {
    threshold: u64,
    ranks: Vec<u32>,
    ends: Vec<u32>,
    /// The first rank of a shingle that more than one text has.
    shared: u32,
}

impl Likeness {
    /// Compares texts, none of them empty.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = &'a [char]>, measure: Measure) -> Likeness {
        let mut numbers: Map<u128, u32> = Map::default();
        let (mut ranks, mut ends, mut uses, mut set) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for text in texts {
            set.clear();
            for shingle in text.windows(measure.shingle.min(text.len()).max(1)) {
                let next = numbers.len() as u32;
                set.push(*numbers.entry(packed(shingle)).or_insert(next));
            }
            set.sort_unstable();
            set.dedup();
            uses.resize(numbers.len(), 0u32);
            set.iter().for_each(|number| uses[*number as usize] += 1);
            ranks.extend_from_slice(&set);
            ends.push(ranks.len() as u32);
        }
        let shared = uses.iter().filter(|uses| **uses < 2).count() as u32;
        let mut likeness = Likeness { threshold: measure.threshold, ranks, ends, shared };
        likeness.rank(&uses);
        likeness
    }

    /// Replaces the number of each shingle by its rank.
    fn rank(&mut self, uses: &[u32]) {
        let mut order: Vec<u32> = (0..uses.len() as u32).collect();
        order.sort_unstable_by_key(|number| (uses[*number as usize], *number));
        let mut ranks = vec![0; order.len()];
        for (rank, number) in order.iter().enumerate() {
            ranks[*number as usize] = rank as u32;
        }
        self.ranks.iter_mut().for_each(|number| *number = ranks[*number as usize]);
        let mut start = 0;
        for end in &self.ends {
            self.ranks[start..*end as usize].sort_unstable();
            start = *end as usize;
        }
    }

    /// How many texts there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    fn set(&self, text: u32) -> &[u32] {
        let text = text as usize;
        let start = text.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.ranks[start as usize..self.ends[text] as usize]
    }

    /// The rarest shingles of a text: any text like it has one of them among its own.
    fn rarest(&self, text: u32) -> &[u32] {
        let set = self.set(text);
        let least = (set.len() as u64 * self.threshold).div_ceil(ONE) as usize;
        &set[..set.len() - least + 1]
    }

    /// Whether the Jaccard index of two texts reaches the threshold.
    pub(crate) fn is_alike(&self, one: u32, other: u32) -> bool {
        let (a, b) = (self.set(one), self.set(other));
        // shared / (a + b - shared) >= threshold
        let needed = (self.threshold * (a.len() + b.len()) as u64).div_ceil(ONE + self.threshold);
        one == other || shares(a, b, needed as usize)
    }
}

/// Characters as one number; shorter shingles differ from longer ones.
fn packed(shingle: &[char]) -> u128 {
    shingle.iter().fold(0, |number, c| number << 21 | (u128::from(u32::from(*c)) + 1))
}

/// Whether two sorted sets have at least so many members in common.
fn shares(mut a: &[u32], mut b: &[u32], mut needed: usize) -> bool {
    while needed > 0 {
        if a.len().min(b.len()) < needed {
            return false;
        }
        let (first, second) = (a[0], b[0]);
        needed -= usize::from(first == second);
        a = &a[usize::from(first <= second)..];
        b = &b[usize::from(second <= first)..];
    }
    true
}

/// Texts that come and go, found by a text like them.
pub(crate) struct Present<'a> {
    likeness: &'a Likeness,
    by_shingle: Map<u32, Vec<u32>>,
    state: Vec<State>,
    here: usize,
    /// Texts that went since the lists were cleaned.
    gone: Vec<u32>,
    searches: u32,
}

#[derive(Clone, Copy, Default)]
struct State {
    here: bool,
    /// Whether the lists still name it.
    listed: bool,
    /// The last search that met it.
    met: u32,
}

impl<'a> Present<'a> {
    /// No text yet.
    pub(crate) fn new(likeness: &'a Likeness) -> Present<'a> {
        let state = vec![State::default(); likeness.len()];
        Present { likeness, by_shingle: Map::default(), state, here: 0, gone: Vec::new(), searches: 0 }
    }

    /// A text comes that is not here.
    pub(crate) fn add(&mut self, text: u32) {
        let state = &mut self.state[text as usize];
        let was_listed = std::mem::replace(&mut state.listed, true);
        state.here = true;
        self.here += 1;
        if was_listed {
            return;
        }
        for rank in self.likeness.rarest(text).iter().filter(|rank| **rank >= self.likeness.shared) {
            self.by_shingle.entry(*rank).or_default().push(text);
        }
    }

    /// A text that is here goes.
    pub(crate) fn remove(&mut self, text: u32) {
        self.state[text as usize].here = false;
        self.here -= 1;
        self.gone.push(text);
        // Cleaning costs what the lists hold; it comes once as many went as are here.
        if self.gone.len() > self.here + SLACK {
            self.clean();
        }
    }

    fn clean(&mut self) {
        let state = &mut self.state;
        self.by_shingle.retain(|_, list| {
            list.retain(|text| state[*text as usize].here);
            !list.is_empty()
        });
        for text in self.gone.drain(..) {
            state[text as usize].listed = state[text as usize].here;
        }
    }

    /// Visits the other texts that are here and may be alike, until the visitor has seen enough. Whether they are is left to
    /// the visitor: it may have no use for some of them, and comparing is what costs.
    pub(crate) fn find(&mut self, text: u32, mut visit: impl FnMut(u32) -> ControlFlow<()>) {
        self.searches += 1;
        self.state[text as usize].met = self.searches;
        for rank in self.likeness.rarest(text).iter().filter(|rank| **rank >= self.likeness.shared) {
            for other in self.by_shingle.get(rank).into_iter().flatten().rev() {
                let state = &mut self.state[*other as usize];
                let is_new = state.here && std::mem::replace(&mut state.met, self.searches) != self.searches;
                if is_new && visit(*other).is_break() {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASURE: Measure = Measure { shingle: 3, threshold: 600_000 };

    fn likeness(texts: &[&str], measure: Measure) -> Likeness {
        let chars: Vec<Vec<char>> = texts.iter().map(|text| text.chars().collect()).collect();
        Likeness::of(chars.iter().map(Vec::as_slice), measure)
    }

    fn found(present: &mut Present<'_>, text: u32) -> Vec<u32> {
        let (mut found, likeness) = (Vec::new(), present.likeness);
        present.find(text, |other| {
            found.extend(likeness.is_alike(text, other).then_some(other));
            ControlFlow::Continue(())
        });
        found.sort_unstable();
        found
    }

    #[test]
    fn the_threshold_itself_is_alike() {
        // abc bcd cde def | abc bcd cde: 3 of 4; abc bcd cde def efg | bcd cde def: 3 of 5; abc bcd cde def | bcd cde def efg fgh: 3 of 6
        let texts = likeness(&["abcdef", "abcde", "abcdefg", "bcdef", "bcdefgh"], MEASURE);
        assert!(texts.is_alike(0, 1) && texts.is_alike(2, 3));
        assert!(!texts.is_alike(0, 4));
    }

    #[test]
    fn a_text_shorter_than_a_shingle_is_one() {
        let texts = likeness(&["ab", "ab!", "a"], MEASURE);
        assert!(texts.is_alike(0, 0) && !texts.is_alike(0, 1) && !texts.is_alike(0, 2));
    }

    #[test]
    fn who_is_gone_is_not_found_and_may_come_back() {
        let texts = likeness(&["abcdef", "abcde", "zzzz", "abcdefg"], MEASURE);
        let mut present = Present::new(&texts);
        (0..4).for_each(|text| present.add(text));
        assert_eq!(found(&mut present, 0), [1, 3]);
        for _ in 0..200 {
            present.remove(1);
            assert_eq!(found(&mut present, 0), [3]);
            present.add(1);
            assert_eq!(found(&mut present, 0), [1, 3]);
        }
    }

    #[test]
    fn no_pair_is_lost() {
        // Texts of few characters, so that many are nearly the same; every threshold.
        let mut seed = 7u64;
        let mut next = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        };
        let texts: Vec<String> = (0..120).map(|_| (0..next(12) + 1).map(|_| char::from(b'a' + next(3) as u8)).collect()).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for threshold in (50_000..=1_000_000).step_by(50_000) {
            let likeness = likeness(&texts, Measure { shingle: 2, threshold });
            let mut present = Present::new(&likeness);
            (0..texts.len() as u32).for_each(|text| present.add(text));
            for one in 0..texts.len() as u32 {
                let jaccard = |other: &u32| {
                    let set = |text: u32| likeness.set(text).iter().collect::<std::collections::BTreeSet<_>>();
                    let (a, b) = (set(one), set(*other));
                    *other != one && a.intersection(&b).count() as u64 * ONE >= a.union(&b).count() as u64 * threshold
                };
                let all: Vec<u32> = (0..texts.len() as u32).filter(jaccard).collect();
                assert_eq!(found(&mut present, one), all, "{threshold} {}", texts[one as usize]);
            }
        }
    }
}
