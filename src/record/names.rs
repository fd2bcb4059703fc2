//! Names of accounts, devices and targets, each kept once and known by a number.

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// The number of a value that is not there.
pub(crate) const MISSING: u32 = u32::MAX;

/// Values in the order in which they were first seen.
#[derive(Clone, Default)]
pub(crate) struct Names {
    text: String,
    ends: Vec<u32>,
    table: HashTable<u32>,
    hasher: FixedState,
}

impl Names {
    /// The number of `name`, new or known.
    pub(crate) fn intern(&mut self, name: &str) -> u32 {
        let Names { text, ends, table, hasher } = self;
        let hash = hasher.hash_one(name);
        if let Some(id) = table.find(hash, |id| slice(text, ends, *id) == name) {
            return *id;
        }
        let id = u32::try_from(ends.len()).unwrap_or(MISSING);
        text.push_str(name);
        ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        table.insert_unique(hash, id, |id| hasher.hash_one(slice(text, ends, *id)));
        id
    }

    /// The number of `name`, if it was ever seen.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.table.find(self.hasher.hash_one(name), |id| slice(&self.text, &self.ends, *id) == name).copied()
    }

    /// The name behind a number.
    pub(crate) fn get(&self, id: u32) -> Option<&str> {
        (id != MISSING && (id as usize) < self.ends.len()).then(|| slice(&self.text, &self.ends, id))
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All names, by number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|id| slice(&self.text, &self.ends, id))
    }
}

fn slice<'a>(text: &'a str, ends: &[u32], id: u32) -> &'a str {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] as usize };
    &text[start..ends[id] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_number() {
        let mut names = Names::default();
        let (a, b) = (names.intern("wx_1"), names.intern("wx_2"));
        assert_eq!((names.intern("wx_1"), names.intern("")), (a, 2));
        assert_eq!((names.get(b), names.get(2), names.get(MISSING)), (Some("wx_2"), Some(""), None));
        assert_eq!(names.find("wx_3"), None);
    }

    #[test]
    fn many_names_stay_apart() {
        let mut names = Names::default();
        let ids: Vec<u32> = (0..5000).map(|n| names.intern(&n.to_string())).collect();
        assert!((0..5000).all(|n| names.find(&n.to_string()) == Some(ids[n as usize])));
    }
}
