//! Which characters stand in a text.

use hashbrown::HashSet;

/// A set of characters, quick to ask.
#[derive(Default)]
pub(super) struct CharSet {
    /// One bit a character of the basic plane.
    basic: Vec<u64>,
    others: HashSet<char, foldhash::fast::FixedState>,
}

impl CharSet {
    /// Puts a character in.
    pub(super) fn insert(&mut self, c: char) {
        match u16::try_from(c) {
            Ok(code) => self.basic[usize::from(code) / 64] |= 1 << (code % 64),
            Err(_) => drop(self.others.insert(c)),
        }
    }

    /// Whether it holds a character.
    pub(super) fn contains(&self, c: char) -> bool {
        match u16::try_from(c) {
            Ok(code) => self.basic[usize::from(code) / 64] >> (code % 64) & 1 != 0,
            Err(_) => self.others.contains(&c),
        }
    }
}

impl FromIterator<char> for CharSet {
    fn from_iter<I: IntoIterator<Item = char>>(chars: I) -> CharSet {
        let mut set = CharSet { basic: vec![0; 0x1_0000 / 64], others: HashSet::default() };
        chars.into_iter().for_each(|c| set.insert(c));
        set
    }
}
