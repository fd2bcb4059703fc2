//! Names of accounts, devices and targets, each kept once and known by a number.

/// The number of a value that is not there.
pub(crate) const MISSING: u32 = u32::MAX;

/// Values in the order in which they were first seen.
///
/// A log asks for a name some forty million times. A name of up to sixteen bytes is compared inside its slot of the table, so that
/// one look at memory decides; a longer one by its hash first.
#[derive(Clone, Default)]
pub(crate) struct Names {
    text: String,
    ends: Vec<u32>,
    slots: Vec<Slot>,
}

/// A name's key, and its number.
#[derive(Clone, Copy)]
struct Slot {
    key: Key,
    id: u32,
}

/// A name as it is compared: its first and last bytes and its length are all of it up to sixteen bytes, of a longer one they are two
/// hashes. Packed, so that a slot of the table has no hole.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(Rust, packed(4))]
pub(crate) struct Key {
    head: u64,
    tail: u64,
    length: u32,
}

const EMPTY: Slot = Slot { key: Key { head: 0, tail: 0, length: 0 }, id: MISSING };

impl Names {
    /// The number of `name`, new or known.
    pub(crate) fn intern(&mut self, name: &str) -> u32 {
        self.intern_key(Key::of(name.as_bytes()), name)
    }

    /// The number of the name with this key; `long` is the name where the key is not all of it.
    #[inline]
    pub(crate) fn intern_key(&mut self, key: Key, long: &str) -> u32 {
        if self.slots.is_empty() {
            self.grow();
        }
        let at = self.place(key, long);
        match self.slots[at].id {
            MISSING => self.add(key, long, at),
            id => id,
        }
    }

    #[inline(never)]
    fn add(&mut self, key: Key, long: &str, at: usize) -> u32 {
        let id = u32::try_from(self.ends.len()).unwrap_or(MISSING);
        match key.is_whole() {
            true => self.text.push_str(key.spelled(&mut [0; 16])),
            false => self.text.push_str(long),
        }
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.slots[at] = Slot { key, id };
        if self.ends.len() * 3 >= self.slots.len() * 2 {
            self.grow();
        }
        id
    }

    /// Looks at the slot where the search for a key begins. Such looks one after the other wait for memory together, and what they
    /// bring near is found at once afterwards.
    #[inline]
    pub(crate) fn look(&self, key: Key) -> u32 {
        let at = key.hash() as usize & self.slots.len().wrapping_sub(1);
        self.slots.get(at).map_or(MISSING, |slot| slot.id)
    }

    /// The number of `name`, if it was ever seen.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let slot = self.slots[self.place(Key::of(name.as_bytes()), name)];
        (slot.id != MISSING).then_some(slot.id)
    }

    /// The slot that holds a name, or the free one where it would go.
    #[inline]
    fn place(&self, key: Key, long: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = key.hash() as usize & mask;
        loop {
            let slot = &self.slots[at];
            if slot.id == MISSING || slot.key == key && (key.is_whole() || slice(&self.text, &self.ends, slot.id) == long) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; size]);
        for slot in old.into_iter().filter(|slot| slot.id != MISSING) {
            let mut at = slot.key.hash() as usize & (size - 1);
            while self.slots[at].id != MISSING {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = slot;
        }
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
        self.from(0)
    }

    /// The names from a number on.
    pub(crate) fn from(&self, first: usize) -> impl Iterator<Item = &str> {
        (first as u32..self.len() as u32).map(|id| slice(&self.text, &self.ends, id))
    }
}

impl Key {
    /// The key of a name. Of eight bytes and more, head and tail may overlap.
    #[inline(always)]
    pub(crate) fn of(name: &[u8]) -> Key {
        let (head, tail) = match (name.first_chunk(), name.last_chunk()) {
            (Some(head), Some(tail)) if name.len() <= 16 => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
            _ => unusual(name),
        };
        Key { head, tail, length: name.len() as u32 }
    }

    /// What no name has.
    pub(crate) const NONE: Key = Key { head: 0, tail: 0, length: u32::MAX };

    /// Whether it is all of its name.
    #[inline(always)]
    pub(crate) fn is_whole(self) -> bool {
        self.length <= 16
    }

    /// How long its name is.
    pub(crate) fn length(self) -> usize {
        self.length as usize
    }

    /// The name, where the key is all of it.
    fn spelled(self, room: &mut [u8; 16]) -> &str {
        let length = (self.length as usize).min(16);
        let (head, tail) = (self.head.to_le_bytes(), self.tail.to_le_bytes());
        match length {
            0..4 => room[..3].copy_from_slice(&[head[2], if length == 3 { head[1] } else { tail[0] }, tail[0]]),
            4..8 => {
                room[..4].copy_from_slice(&head[..4]);
                room[length - 4..length].copy_from_slice(&tail[..4]);
            }
            _ => {
                room[..8].copy_from_slice(&head);
                room[length - 8..length].copy_from_slice(&tail);
            }
        }
        std::str::from_utf8(&room[..length]).unwrap_or_default()
    }

    #[inline(always)]
    fn hash(self) -> u64 {
        let wide =
            u128::from(self.head ^ 0x9E37_79B9_7F4A_7C15) * u128::from(self.tail ^ 0xC2B2_AE3D_27D4_EB4F ^ u64::from(self.length) << 56);
        (wide >> 64) as u64 ^ wide as u64
    }
}

/// Head and tail of a name that is short or long.
#[inline(never)]
fn unusual(name: &[u8]) -> (u64, u64) {
    match name {
        [] => (0, 0),
        [first, .., last] if name.len() < 4 => (u64::from(*first) << 16 | u64::from(name[name.len() / 2]) << 8, u64::from(*last)),
        [one] => (u64::from(*one) << 16 | u64::from(*one) << 8, u64::from(*one)),
        _ if name.len() < 8 => (four(name.first_chunk()), four(name.last_chunk())),
        _ => long(name),
    }
}

fn four(bytes: Option<&[u8; 4]>) -> u64 {
    bytes.map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)))
}

/// Two hashes of a long name.
fn long(bytes: &[u8]) -> (u64, u64) {
    let (mut a, mut b) = (0x9E37_79B9_7F4A_7C15u64, 0x85EB_CA77_C2B2_AE63u64);
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let word = u64::from_le_bytes(word);
        a = (a ^ word).wrapping_mul(0xFF51_AFD7_ED55_8CCD).rotate_left(29);
        b = (b.rotate_left(17) ^ word).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    }
    (a, b)
}

#[inline]
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

    /// A name of `a`s with a `b` at one place.
    fn mark(length: usize, at: usize) -> String {
        (0..length).map(|place| if place == at { 'b' } else { 'a' }).collect()
    }
}
