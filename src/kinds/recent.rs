//! The different values of a window that slides, as long as they are few.

/// So many are not few any more: then it is better to count them.
const MANY: usize = if cfg!(debug_assertions) { 6 } else { 64 };

/// The values of the records of a window, each with the time of its last one. The newest stands first, so those that leave the window
/// stand last, and a value that comes again is mostly found at once.
#[derive(Default)]
pub(super) struct Recent(Vec<(u32, i64)>);

impl Recent {
    /// Whether windows that may hold so many different values have few of them, mostly.
    pub(super) fn suits(max: usize) -> bool {
        max < MANY / 2
    }

    /// Forgets all values.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// A record comes that is later than the others.
    #[inline(always)]
    pub(super) fn enter(&mut self, value: u32, time: i64) {
        match self.0.first_mut() {
            Some(newest) if newest.0 == value => newest.1 = time,
            _ => self.put_first(value, time),
        }
    }

    /// The values go whose last record is out of the window: until then there may seem to be more of them.
    pub(super) fn leave(&mut self, is_out: impl Fn(i64) -> bool) {
        while self.0.last().is_some_and(|(_, last)| is_out(*last)) {
            self.0.pop();
        }
    }

    fn put_first(&mut self, value: u32, time: i64) {
        let mut next = (value, time);
        for place in &mut self.0 {
            std::mem::swap(place, &mut next);
            if next.0 == value {
                return;
            }
        }
        self.0.push(next);
    }

    /// How many different values there are, or were when some last left.
    pub(super) fn different(&self) -> usize {
        self.0.len()
    }

    /// Whether there are too many to go on like this.
    pub(super) fn are_many(&self) -> bool {
        self.0.len() > MANY
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_holds_the_different_values_of_the_window(records in proptest::collection::vec((0u32..7, 0i64..4, any::<bool>()), 0..60)) {
            let (mut recent, mut now, mut all) = (Recent::default(), 0, Vec::new());
            for (value, later, looks) in records {
                now += later;
                all.push((value, now));
                recent.enter(value, now);
                let is_out = |time: i64| now - time >= 10;
                let inside: BTreeSet<u32> = all.iter().filter(|(_, time)| !is_out(*time)).map(|(value, _)| *value).collect();
                prop_assert!(recent.different() >= inside.len());
                if looks {
                    recent.leave(is_out);
                    prop_assert_eq!((recent.different(), recent.are_many()), (inside.len(), inside.len() > MANY));
                }
            }
        }
    }
}
