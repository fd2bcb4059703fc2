//! Where listed terms begin in folded characters.
//!
//! Two small filters stand in front, one of the first three characters of terms, one of terms of two characters: most places of a
//! text are not the start of any term, and the filters, unlike an automaton of all terms, stay in the cache. Only where one says
//! yes are terms compared.

use super::listed::Listed;
use std::ops::Range;

/// Terms ready to be looked for.
pub(super) struct Search {
    listed: Listed,
    threes: Filter,
    twos: Filter,
    has_twos: bool,
    /// Terms by the hash of their first characters.
    heads: Vec<Head>,
    /// Where each hash's terms are in `heads`.
    starts: Vec<u32>,
    longest: usize,
}

/// A term, and its first three characters, most of which are wrong; nothing for a third that is not there.
#[derive(Clone, Copy, Default)]
struct Head {
    first: [char; 3],
    term: u32,
}

/// No folded text holds it.
const NOTHING: char = '\0';

/// A set of hashes that may say yes where no is right. Of each hash two bits are set in one word.
struct Filter(Vec<u64>);

impl Filter {
    /// Room for so many.
    fn of(count: usize) -> Filter {
        Filter(vec![0; (count / 2).next_power_of_two().clamp(1 << 6, 1 << 15)])
    }

    fn insert(&mut self, hash: u32) {
        let word = self.word(hash);
        self.0[word] |= bits(hash);
    }

    #[inline(always)]
    fn contains(&self, hash: u32) -> bool {
        self.0[self.word(hash)] & bits(hash) == bits(hash)
    }

    #[inline(always)]
    fn word(&self, hash: u32) -> usize {
        (hash >> 17) as usize & (self.0.len() - 1)
    }
}

#[inline(always)]
fn bits(hash: u32) -> u64 {
    1 << (hash >> 11 & 63) | 1 << (hash >> 5 & 63)
}

#[inline(always)]
fn mix(c: char) -> u32 {
    (c as u32).wrapping_mul(0x9E37_79B1)
}

/// The hash of the last three characters, from that of those before.
#[inline(always)]
fn roll_three(hash: u32, mixed: u32) -> u32 {
    hash << 11 ^ mixed
}

/// The hash of the last two characters, from that of those before.
#[inline(always)]
fn roll_two(hash: u32, mixed: u32) -> u32 {
    hash << 16 ^ mixed
}

fn hash(first: [char; 3]) -> u32 {
    match first {
        [a, b, NOTHING] => roll_two(mix(a), mix(b)),
        [a, b, c] => roll_three(roll_three(mix(a), mix(b)), mix(c)),
    }
}

fn bucket(hash: u32, buckets: usize) -> usize {
    (hash.wrapping_mul(0x27D4_EB2F) >> 5) as usize & (buckets - 1)
}

fn head(folded: &[char]) -> [char; 3] {
    [folded[0], folded[1], folded.get(2).copied().unwrap_or(NOTHING)]
}

impl Search {
    /// Makes terms of at least two characters ready.
    pub(super) fn of(listed: Listed) -> Search {
        let count = listed.len() as usize;
        let firsts: Vec<[char; 3]> = (0..listed.len()).map(|term| head(listed.folded(term))).collect();
        let buckets = (count * 2).next_power_of_two().max(16);
        let mut search = Search {
            threes: Filter::of(count),
            twos: Filter::of(count),
            has_twos: firsts.iter().any(|first| first[2] == NOTHING),
            heads: vec![Head::default(); count],
            starts: vec![0; buckets + 1],
            longest: (0..listed.len()).map(|term| listed.folded(term).len()).max().unwrap_or(0),
            listed,
        };
        for first in &firsts {
            let hash = hash(*first);
            if first[2] == NOTHING { &mut search.twos } else { &mut search.threes }.insert(hash);
            search.starts[bucket(hash, buckets)] += 1;
        }
        for at in 1..search.starts.len() {
            search.starts[at] += search.starts[at - 1];
        }
        // So far these are ends; each becomes a start while its terms are put before it, the last one first.
        for (term, first) in firsts.into_iter().enumerate().rev() {
            let place = &mut search.starts[bucket(hash(first), buckets)];
            *place -= 1;
            search.heads[*place as usize] = Head { first, term: term as u32 };
        }
        search
    }

    /// The terms.
    pub(super) fn listed(&self) -> &Listed {
        &self.listed
    }

    /// The number of characters of the longest term.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Every term that starts in a range of characters.
    pub(super) fn find(&self, chars: &[char], starts: Range<usize>, mut found: impl FnMut(usize, u32)) {
        let found = |start| self.find_at(chars, start, &mut found);
        if self.has_twos {
            walk(chars, starts, |three, two| self.threes.contains(three) || self.twos.contains(two), found);
        } else {
            walk(chars, starts, |three, _| self.threes.contains(three), found);
        }
    }

    fn find_at(&self, chars: &[char], start: usize, found: &mut impl FnMut(usize, u32)) {
        let rest = &chars[start..];
        if let [a, b, c, ..] = rest {
            self.find_headed([*a, *b, *c], rest, |term| found(start, term));
        }
        if let [a, b, ..] = rest {
            self.find_headed([*a, *b, NOTHING], rest, |term| found(start, term));
        }
    }

    fn find_headed(&self, first: [char; 3], rest: &[char], mut found: impl FnMut(u32)) {
        let bucket = bucket(hash(first), self.starts.len() - 1);
        for head in &self.heads[self.starts[bucket] as usize..self.starts[bucket + 1] as usize] {
            if head.first == first && rest.starts_with(self.listed.folded(head.term)) {
                found(head.term);
            }
        }
    }
}

/// Places in a range whose first three characters, or first two, have a hash that passes.
#[inline(always)]
fn walk(chars: &[char], starts: Range<usize>, passes: impl Fn(u32, u32) -> bool, mut found: impl FnMut(usize)) {
    let (mut three, mut two) = (0, 0);
    let end = (starts.end + 2).min(chars.len());
    for (at, c) in chars[starts.start..end].iter().enumerate() {
        let mixed = mix(*c);
        three = roll_three(three, mixed);
        // The last character but one ended the pair with which the three begin.
        if passes(three, two) && at >= 2 {
            found(starts.start + at - 2);
        }
        two = roll_two(two, mixed);
    }
    // Behind the last three characters there may be two.
    if end >= starts.start + 2 && end < starts.end + 2 {
        found(end - 2);
    }
}
