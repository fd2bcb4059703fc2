//! What a record carries on its shelf beside its time and row.

use crate::record::MISSING;

/// What a record carries on its shelf, in four bytes: from the lowest bits up its action, the place of its key among those of the shelf,
/// and, where there is room, another key. Of the first key of a shelf, without another one, it is the action.
#[derive(Clone, Copy)]
pub(super) struct Tags {
    /// How many actions there are; this number stands for any other.
    actions: u32,
    /// How many other keys there are; this number stands for none.
    pub(super) others: Option<u32>,
    /// Bits of an action, and of a place.
    bits: [u32; 2],
}

impl Tags {
    /// For so many actions. All bits above them are for places.
    pub(super) fn new(actions: usize) -> Tags {
        // There are no more actions than places for their names.
        let actions = (actions as u32).min(u32::MAX >> 1);
        let bits = bits(actions.max(1));
        Tags { actions, others: None, bits: [bits, 32 - bits] }
    }

    /// With other keys, of which there are so many, if there is room above the places up to this one.
    pub(super) fn with(self, others: usize, last_place: u32) -> Tags {
        let [action, place] = [self.bits[0], bits(last_place)];
        match u32::try_from(others) {
            // A bit of room is left, so that no number is shifted by all its bits.
            Ok(others) if action + place + bits(others) < 32 => Tags { others: Some(others), bits: [action, place], ..self },
            _ => self,
        }
    }

    /// So many keys of a shelf can be told apart.
    pub(super) fn keys(self) -> usize {
        1 << self.bits[1]
    }

    /// The tag of a place.
    pub(super) fn of_place(self, place: u32) -> u32 {
        place << self.bits[0]
    }

    /// The tag of an action.
    #[inline(always)]
    pub(super) fn of_action(self, action: u32) -> u32 {
        action.min(self.actions)
    }

    /// The tag of another key.
    #[inline(always)]
    pub(super) fn of_other(self, other: u32) -> u32 {
        self.others.map_or(0, |others| other.min(others) << (self.bits[0] + self.bits[1]))
    }

    /// The action and the place.
    #[inline(always)]
    pub(super) fn parted(self, tag: u32) -> (u32, usize) {
        let first = |bits: u32| !(u32::MAX << bits);
        (tag & first(self.bits[0]), (tag >> self.bits[0] & first(self.bits[1])) as usize)
    }

    /// The other key, of which there are so many.
    #[inline(always)]
    pub(super) fn other(self, tag: u32, others: u32) -> u32 {
        let other = tag >> (self.bits[0] + self.bits[1]);
        if other == others { MISSING } else { other }
    }
}

/// Bits that hold a number.
fn bits(number: u32) -> u32 {
    32 - number.leading_zeros()
}
