//! Names of accounts, devices and targets, each kept once and known by a number.

use std::hint::black_box;

/// The number of a value that is not there.
pub(crate) const MISSING: u32 = u32::MAX;

/// Values in the order in which they were first seen.
///
/// A log asks for a name some forty million times, so what a look needs is small: a slot of the table is four bytes, and a name of up
/// to fifteen bytes is compared as one number. Neither is near when a log has a million names; both are sought for many names at once.
#[derive(Clone, Default)]
pub(crate) struct Names {
    /// By number.
    keys: Vec<Key>,
    /// Those that do not fit their keys.
    long: Long,
    /// Where the number of a name stands: at the first free place behind the one that the low bits of its hash say. The number takes as
    /// many bits as a place of the table, the bits above are those of the hash.
    slots: Vec<u32>,
    /// Whether each name that comes has a number of its own, known or not.
    is_list: bool,
}

/// No name has this number: there are twice as many places as names.
const FREE: u32 = u32::MAX;

/// A name as it is compared: up to fifteen bytes and, last, how many they are. Of a longer name it is a hash, where the name stands
/// among the long ones, and a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key([u8; 16]);

/// Bytes of a name that is all in its key.
const SHORT: usize = 15;
/// Marks the key of a long name that is kept.
const KEPT: u8 = 0xFF;
/// Marks the key of a long name that is sought: it equals no key.
const SOUGHT: u8 = 0xFE;
/// What no name has.
const NONE: u8 = 0xFD;

/// Long names, one behind the other.
#[derive(Clone, Default)]
pub(crate) struct Long {
    text: String,
    ends: Vec<u32>,
}

/// Names that are sought together.
pub(super) const TOGETHER: usize = 128;
/// A table of fewer names fits a near cache.
const NEAR: usize = if cfg!(debug_assertions) { 64 } else { 1 << 15 };

impl Names {
    /// The number of `name`, new or known.
    pub(crate) fn intern(&mut self, name: &str) -> u32 {
        self.intern_key(Key::of(name), name)
    }

    /// The number of `name`, if it was ever seen.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let slot = self.slots[self.place(Key::of(name), name)];
        (slot != FREE).then_some(slot & self.mask())
    }

    /// The numbers of many names, new or known, which are those of `keys` and, where they are long, stand in `long`.
    pub(super) fn intern_all(&mut self, keys: impl Iterator<Item = Key>, long: &Long, numbers: &mut Vec<u32>) {
        let (mut keys, mut some) = (keys.fuse(), [Key::NONE; TOGETHER]);
        loop {
            let mut count = 0;
            for (place, key) in some.iter_mut().zip(&mut keys) {
                *place = key;
                count += 1;
            }
            if count == 0 {
                return;
            }
            self.intern_some(&some[..count], long, numbers);
        }
    }

    /// The numbers of a few names.
    pub(super) fn intern_some(&mut self, sought: &[Key], long: &Long, numbers: &mut Vec<u32>) {
        if self.is_list {
            numbers.extend(sought.iter().map(|key| self.list(*key, long.of(*key))));
        } else if self.is_near() {
            self.intern_each(sought, long, numbers);
        } else {
            self.intern_together(sought, long, numbers);
        }
    }

    /// Whether a look at it is a short one.
    pub(super) fn is_near(&self) -> bool {
        self.keys.len() < NEAR
    }

    /// A mere list of names, for those who will look them up elsewhere.
    pub(super) fn empty_list() -> Names {
        Names { is_list: true, ..Names::default() }
    }

    /// Whether it is one.
    pub(super) fn is_list(&self) -> bool {
        self.is_list
    }

    fn list(&mut self, key: Key, long: &str) -> u32 {
        if key == Key::NONE { MISSING } else { self.add(key, long) }
    }

    /// The same where the table is near.
    fn intern_each(&mut self, sought: &[Key], long: &Long, numbers: &mut Vec<u32>) {
        let first = numbers.len();
        numbers.resize(first + sought.len(), MISSING);
        let (numbers, mut at) = (&mut numbers[first..], 0);
        while at < sought.len() {
            at += self.find_each(&sought[at..], &mut numbers[at..]);
            if let Some(key) = sought.get(at) {
                numbers[at] = self.intern_sought(*key, long);
                at += 1;
            }
        }
    }

    /// The numbers of names up to the first that may be new: gives how many those are. Nothing changes meanwhile, so that all of it stays
    /// at hand.
    fn find_each(&self, sought: &[Key], numbers: &mut [u32]) -> usize {
        let (slots, keys, mask) = (&*self.slots, &*self.keys, self.mask());
        for (at, (key, number)) in sought.iter().zip(numbers).enumerate() {
            let guess = guess(slots, key.hash(), mask);
            match keys.get(guess as usize) {
                Some(known) if known == key => *number = guess,
                _ if *key == Key::NONE => *number = MISSING,
                _ => return at,
            }
        }
        sought.len()
    }

    /// The same where it is far. Looks at memory wait for it together when nothing else stands between them: first all at the table, then
    /// all at the keys.
    fn intern_together(&mut self, sought: &[Key], long: &Long, numbers: &mut Vec<u32>) {
        let (mut there, mut hashes, mut guesses) = ([0u8; TOGETHER], [0; TOGETHER], [MISSING; TOGETHER]);
        let mut count = 0;
        for (at, key) in sought.iter().enumerate().take(TOGETHER) {
            (there[count], hashes[count]) = (at as u8, key.hash());
            count += usize::from(*key != Key::NONE);
        }
        let (there, hashes, guesses) = (&there[..count], &hashes[..count], &mut guesses[..count]);
        let mask = self.mask();
        black_box(hashes.iter().fold(0, |seen, hash| seen ^ self.slots.get((hash & mask) as usize).copied().unwrap_or(0)));
        for (guess, hash) in guesses.iter_mut().zip(hashes) {
            *guess = self::guess(&self.slots, *hash, mask);
        }
        black_box(guesses.iter().fold(0, |seen, guess| seen ^ self.keys.get(*guess as usize).map_or(0, |key| key.0[0])));
        let first = numbers.len();
        numbers.resize(first + sought.len(), MISSING);
        for (at, guess) in there.iter().zip(guesses) {
            let key = &sought[usize::from(*at)];
            numbers[first + usize::from(*at)] = match self.keys.get(*guess as usize) {
                Some(known) if known == key => *guess,
                _ => self.intern_sought(*key, long),
            };
        }
    }

    #[inline(never)]
    fn intern_sought(&mut self, key: Key, long: &Long) -> u32 {
        self.intern_key(key, long.of(key))
    }

    /// Adds the numbers that the names of `others` have here, new or known, to those of the first ones.
    pub(super) fn take_in(&mut self, others: &Names, numbers: &mut Vec<u32>) {
        let fresh = &others.keys[numbers.len()..];
        self.intern_all(fresh.iter().map(|key| key.sought()), &others.long, numbers);
    }

    /// The number of the name with this key; `long` is the name where the key is not all of it.
    fn intern_key(&mut self, key: Key, long: &str) -> u32 {
        if self.is_list {
            return self.list(key, long);
        }
        if self.keys.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let (at, mask) = (self.place(key, long), self.mask());
        if self.slots[at] != FREE {
            return self.slots[at] & mask;
        }
        let id = self.add(key, long);
        self.slots[at] = id & mask | key.hash() & !mask;
        id
    }

    fn add(&mut self, key: Key, long: &str) -> u32 {
        let id = u32::try_from(self.keys.len()).unwrap_or(MISSING);
        self.keys.push(if key.is_long() { key.marked(KEPT, self.long.add(long)) } else { key });
        id
    }

    /// The bits of a hash that say a place of the table.
    #[inline(always)]
    fn mask(&self) -> u32 {
        (self.slots.len() as u32).wrapping_sub(1)
    }

    /// The slot that holds a name, or the free one where it would go.
    fn place(&self, key: Key, long: &str) -> usize {
        let (hash, mask) = (key.hash(), self.mask());
        let mut at = hash & mask;
        loop {
            let slot = self.slots[at as usize];
            if slot == FREE || (slot ^ hash) & !mask == 0 && self.is(slot & mask, key, long) {
                return at as usize;
            }
            at = (at + 1) & mask;
        }
    }

    fn is(&self, id: u32, key: Key, long: &str) -> bool {
        let known = self.keys[id as usize];
        if key.is_long() { known.is_long() && self.long.get(known.index()) == long } else { known == key }
    }

    fn grow(&mut self) {
        self.slots = vec![FREE; (self.slots.len() * 2).max(64)];
        let mask = self.mask();
        for (id, key) in self.keys.iter().enumerate() {
            let hash = key.hash();
            let mut at = hash & mask;
            while self.slots[at as usize] != FREE {
                at = (at + 1) & mask;
            }
            self.slots[at as usize] = id as u32 | hash & !mask;
        }
    }

    /// The name behind a number.
    pub(crate) fn get(&self, id: u32) -> Option<&str> {
        let key = self.keys.get(id as usize)?;
        Some(if key.is_long() { self.long.get(key.index()) } else { key.name() })
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// All names, by number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.from(0)
    }

    /// The names from a number on.
    pub(crate) fn from(&self, first: usize) -> impl Iterator<Item = &str> {
        (first as u32..self.len() as u32).map(|id| self.get(id).unwrap_or_default())
    }
}

/// The number of the first name that may have this hash; of none, a number that no name has.
#[inline(always)]
fn guess(slots: &[u32], hash: u32, mask: u32) -> u32 {
    let mut at = hash & mask;
    loop {
        match slots.get(at as usize) {
            Some(slot) if (slot ^ hash) & !mask == 0 || *slot == FREE => return slot & mask,
            Some(_) => at = (at + 1) & mask,
            None => return MISSING,
        }
    }
}

impl Key {
    /// What no name has.
    pub(crate) const NONE: Key = Key([NONE; 16]);

    /// The key of a name; of a long one it says nothing of where that stands.
    pub(crate) fn of(name: &str) -> Key {
        let mut bytes = [0; 16];
        if name.len() > SHORT {
            bytes[..8].copy_from_slice(&hash(name.as_bytes()).to_le_bytes());
            bytes[SHORT] = SOUGHT;
        } else {
            bytes[..name.len()].copy_from_slice(name.as_bytes());
            bytes[SHORT] = name.len() as u8;
        }
        Key(bytes)
    }

    /// The key of the name of so many bytes that `near` begins with, if it is a short one.
    #[inline(always)]
    pub(super) fn short(near: &[u8; 16], length: usize) -> Option<Key> {
        // Which bytes count, and what stands behind them.
        const PARTS: [(u128, u128); 16] = {
            let (mut parts, mut length) = ([(0, 0); 16], 0);
            while length < 16 {
                parts[length] = ((1 << (8 * length)) - 1, (length as u128) << 120);
                length += 1;
            }
            parts
        };
        let (mask, end) = PARTS.get(length)?;
        Some(Key((u128::from_le_bytes(*near) & mask | end).to_le_bytes()))
    }

    /// The key of a long name that stands at a place among others.
    pub(super) fn long(name: &str, index: u32) -> Key {
        Key::of(name).marked(SOUGHT, index)
    }

    fn marked(self, mark: u8, index: u32) -> Key {
        let mut bytes = self.0;
        bytes[8..12].copy_from_slice(&index.to_le_bytes());
        bytes[SHORT] = mark;
        Key(bytes)
    }

    /// The key to look for this name with.
    fn sought(self) -> Key {
        if self.is_long() { self.marked(SOUGHT, self.index()) } else { self }
    }

    #[inline(always)]
    pub(super) fn is_long(self) -> bool {
        self.0[SHORT] >= SOUGHT
    }

    /// Where a long name stands among others.
    fn index(self) -> u32 {
        u128::from_le_bytes(self.0).wrapping_shr(64) as u32
    }

    /// A name that is all in its key.
    fn name(&self) -> &str {
        let length = usize::from(self.0[SHORT]).min(SHORT);
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }

    /// The same for a name that is sought and one that is kept.
    #[inline(always)]
    fn hash(self) -> u32 {
        let key = u128::from_le_bytes(self.0);
        // The mark is asked of the same eight bytes: looked at alone it would be read alone.
        let tail = (key >> 64) as u64;
        let tail = if (tail >> 56) as u8 >= SOUGHT { 0 } else { tail };
        let wide = u128::from(key as u64 ^ 0x9E37_79B9_7F4A_7C15) * u128::from(tail ^ 0xC2B2_AE3D_27D4_EB4F);
        ((wide >> 64) as u64 ^ wide as u64) as u32
    }
}

impl Long {
    /// Adds a name, gives its index.
    pub(super) fn add(&mut self, name: &str) -> u32 {
        self.text.push_str(name);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.ends.len() as u32 - 1
    }

    /// The name of a key, if it is one of these.
    fn of(&self, key: Key) -> &str {
        if key.is_long() { self.get(key.index()) } else { "" }
    }

    fn get(&self, index: u32) -> &str {
        let at = index as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }
}

/// A hash of a long name.
fn hash(bytes: &[u8]) -> u64 {
    let (mut a, mut b) = (0x9E37_79B9_7F4A_7C15u64 ^ bytes.len() as u64, 0x85EB_CA77_C2B2_AE63u64);
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let word = u64::from_le_bytes(word);
        a = (a ^ word).wrapping_mul(0xFF51_AFD7_ED55_8CCD).rotate_left(29);
        b = (b.rotate_left(17) ^ word).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    }
    a ^ b
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_has_one_number() {
        let mut names = Names::default();
        let (a, b) = (names.intern("wx_1"), names.intern("wx_2"));
        assert_eq!((names.intern("wx_1"), names.intern("")), (a, 2));
        assert_eq!((names.get(b), names.get(2), names.get(MISSING)), (Some("wx_2"), Some(""), None));
        assert_eq!(names.find("wx_3"), None);
    }

    #[test]
    fn a_list_gives_each_name_a_number_of_its_own() {
        let (mut list, mut long, mut numbers) = (Names::empty_list(), Long::default(), Vec::new());
        let far = "a name of more than fifteen bytes";
        let keys = [Key::of("a"), Key::NONE, Key::long(far, long.add(far)), Key::of("a")];
        list.intern_some(&keys, &long, &mut numbers);
        assert_eq!((numbers, list.intern(far)), (vec![0, MISSING, 1, 2], 3));
        assert_eq!(list.iter().collect::<Vec<_>>(), ["a", far, "a", far]);
        let (mut names, mut numbers) = (Names::default(), Vec::new());
        names.take_in(&list, &mut numbers);
        assert_eq!(numbers, [0, 1, 0, 1]);
    }

    #[test]
    fn many_names_stay_apart() {
        let mut names = Names::default();
        let ids: Vec<u32> = (0..5000).map(|n| names.intern(&n.to_string())).collect();
        assert!((0..5000).all(|n| names.find(&n.to_string()) == Some(ids[n as usize])));
    }

    #[test]
    fn names_of_every_length_stay_apart() {
        let mut names = Names::default();
        let all: Vec<String> = (0..40).flat_map(|length| [0, length / 2, length.max(1) - 1].map(|at| mark(length, at))).collect();
        let mut distinct = all.clone();
        distinct.sort();
        distinct.dedup();
        all.iter().for_each(|name| assert_eq!(names.intern(name), names.find(name).unwrap_or(MISSING)));
        assert_eq!(names.len(), distinct.len());
        let mut told: Vec<&str> = names.iter().collect();
        told.sort_unstable();
        assert_eq!(told, distinct);
    }

    proptest! {
        #[test]
        fn names_sought_together_have_the_numbers_of_names_sought_alone(names in proptest::collection::vec("[ab]{0,3}|[a加]{14,18}|u_[0-9]{3}", 0..400)) {
            let (mut alone, mut together, mut long, mut numbers) = (Names::default(), Names::default(), Long::default(), Vec::new());
            let key = |name: &String| if name.len() > SHORT { Key::long(name, long.add(name)) } else { Key::of(name) };
            let keys: Vec<Key> = names.iter().map(key).collect();
            together.intern_all(keys.into_iter().chain([Key::NONE]), &long, &mut numbers);
            prop_assert_eq!(numbers.pop(), Some(MISSING));
            prop_assert_eq!(&numbers, &names.iter().map(|name| alone.intern(name)).collect::<Vec<_>>());
            let mut others = Names::default();
            names.iter().rev().for_each(|name| _ = others.intern(name));
            let there: Vec<u32> = others.iter().map(|name| alone.find(name).unwrap_or(MISSING)).collect();
            let mut taken = there[..there.len() / 2].to_vec();
            together.take_in(&others, &mut taken);
            prop_assert_eq!(taken, there);
        }

        #[test]
        fn a_short_name_in_a_text_has_the_key_of_the_name(before in "[a加]{0,9}", name in "[a加b]{0,5}", after in ".{0,20}") {
            let text = format!("{before}{name}{after}");
            if let Some(near) = text.as_bytes()[before.len()..].first_chunk() {
                prop_assert_eq!(Key::short(near, name.len()), (name.len() <= SHORT).then(|| Key::of(&name)));
            }
        }
    }

    /// A name of `a`s with a `b` at one place.
    fn mark(length: usize, at: usize) -> String {
        (0..length).map(|place| if place == at { 'b' } else { 'a' }).collect()
    }
}
