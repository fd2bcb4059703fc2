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

/// A name's first and last bytes, its length, and its number.
#[derive(Clone, Copy)]
struct Slot {
    head: u64,
    tail: u64,
    length: u32,
    id: u32,
}

const EMPTY: Slot = Slot { head: 0, tail: 0, length: 0, id: MISSING };

impl Names {
    /// The number of `name`, new or known.
    #[inline]
    pub(crate) fn intern(&mut self, name: &str) -> u32 {
        if self.ends.len() * 3 >= self.slots.len() * 2 {
            self.grow();
        }
        let wanted = Slot::of(name);
        let at = self.place(wanted, name);
        if self.slots[at].id != MISSING {
            return self.slots[at].id;
        }
        let id = u32::try_from(self.ends.len()).unwrap_or(MISSING);
        self.text.push_str(name);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.slots[at] = Slot { id, ..wanted };
        id
    }

    /// The number of `name`, if it was ever seen.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let slot = self.slots[self.place(Slot::of(name), name)];
        (slot.id != MISSING).then_some(slot.id)
    }

    /// The slot that holds `name`, or the free one where it would go.
    #[inline]
    fn place(&self, wanted: Slot, name: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = wanted.hash() as usize & mask;
        loop {
            let slot = &self.slots[at];
            let same = slot.head == wanted.head && slot.tail == wanted.tail && slot.length == wanted.length;
            if slot.id == MISSING || same && (name.len() <= 16 || slice(&self.text, &self.ends, slot.id) == name) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; size]);
        for slot in old.into_iter().filter(|slot| slot.id != MISSING) {
            let mut at = slot.hash() as usize & (size - 1);
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
        (0..self.len() as u32).map(|id| slice(&self.text, &self.ends, id))
    }
}

impl Slot {
    /// The key of a name. Up to sixteen bytes it is the whole name: head and tail may overlap.
    #[inline]
    fn of(name: &str) -> Slot {
        let bytes = name.as_bytes();
        let (head, tail) = match bytes.len() {
            0 => (0, 0),
            1..4 => (u64::from(bytes[0]) << 16 | u64::from(bytes[bytes.len() / 2]) << 8, u64::from(bytes[bytes.len() - 1])),
            4..8 => (four(bytes, 0), four(bytes, bytes.len() - 4)),
            8..=16 => (eight(bytes, 0), eight(bytes, bytes.len() - 8)),
            _ => long(bytes),
        };
        Slot { head, tail, length: bytes.len() as u32, id: MISSING }
    }

    #[inline]
    fn hash(self) -> u64 {
        let wide =
            u128::from(self.head ^ 0x9E37_79B9_7F4A_7C15) * u128::from(self.tail ^ 0xC2B2_AE3D_27D4_EB4F ^ u64::from(self.length) << 56);
        (wide >> 64) as u64 ^ wide as u64
    }
}

#[inline]
fn four(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk::<4>().map_or(0, |chunk| u64::from(u32::from_le_bytes(*chunk)))
}

#[inline]
fn eight(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk::<8>().map_or(0, |chunk| u64::from_le_bytes(*chunk))
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
    }

    /// A name of `a`s with a `b` at one place.
    fn mark(length: usize, at: usize) -> String {
        (0..length).map(|place| if place == at { 'b' } else { 'a' }).collect()
    }
}
