//! The latest records of a group, as far as they are needed.

use crate::kinds::{Needed, SHOWN};
use crate::timeline::Moment;

/// Records that are not needed are taken away when there are so many.
const MANY: usize = 8;

/// The records of a group that are still needed, in order.
#[derive(Default)]
pub(super) struct Tail {
    moments: Vec<Moment>,
    start: u32,
    skipped: u32,
}

impl Tail {
    /// The records.
    pub(super) fn moments(&mut self) -> &mut [Moment] {
        &mut self.moments[self.start as usize..]
    }

    /// How many were left out behind the first few.
    pub(super) fn skipped(&self) -> usize {
        self.skipped as usize
    }

    /// Adds the next record.
    pub(super) fn push(&mut self, moment: Moment) {
        if self.moments.len() == self.moments.capacity() {
            // Many groups have few records; rooms of few sizes leave no holes behind.
            self.moments.reserve_exact(self.moments.len().max(1));
        }
        self.moments.push(moment);
    }

    /// Leaves behind what is not needed.
    pub(super) fn leave(&mut self, needed: Needed) {
        let (Needed::From(from) | Needed::Ends(from)) = needed;
        if from > 0 {
            (self.start, self.skipped) = (self.start + from as u32, 0);
        }
        if self.start as usize == self.moments.len() {
            (self.start, self.moments) = (0, Vec::new());
        } else if self.start as usize >= MANY.max(self.moments.len() / 2) {
            self.moments.drain(..self.start as usize);
            self.moments.shrink_to((2 * self.moments.len()).next_power_of_two());
            self.start = 0;
        }
        if let (Needed::Ends(_), MANY..) = (needed, self.moments().len()) {
            let middle = self.start as usize + SHOWN..self.moments.len() + 1 - SHOWN;
            self.skipped += middle.len() as u32;
            self.moments.drain(middle);
        }
    }
}
