//! Which of several parts that overlap holds a place: the first that does.

use std::collections::BTreeSet;
use std::ops::Range;

/// Parts of things, by the thing they are parts of.
pub(super) struct Cover<K> {
    /// From which place on which part is the first; in order of thing and place.
    steps: Vec<(K, u32, Option<usize>)>,
}

impl<K: Ord + Copy> Cover<K> {
    /// The parts, each with its number; the lowest number is the first.
    pub(super) fn of(parts: Vec<(K, Range<u32>, usize)>) -> Cover<K> {
        let mut bounds: Vec<(K, u32, usize, bool)> = Vec::with_capacity(2 * parts.len());
        for (of, Range { start, end }, number) in parts.into_iter().filter(|(_, part, _)| !part.is_empty()) {
            bounds.extend([(of, start, number, true), (of, end, number, false)]);
        }
        bounds.sort_unstable();
        let (mut cover, mut open) = (Cover { steps: Vec::new() }, BTreeSet::new());
        for (of, at, number, begins) in bounds {
            if begins {
                open.insert(number)
            } else {
                open.remove(&number)
            };
            let first = open.first().copied();
            match cover.steps.last_mut().filter(|(last, place, _)| (*last, *place) == (of, at)) {
                Some(step) => step.2 = first,
                None => cover.steps.push((of, at, first)),
            }
        }
        cover
    }

    /// The first part that holds a place of a thing.
    pub(super) fn at(&self, of: K, place: u32) -> Option<usize> {
        let after = self.steps.partition_point(|(known, at, _)| (*known, *at) <= (of, place));
        self.steps[..after].last().filter(|(known, ..)| *known == of)?.2
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_part_that_holds_a_place_is_found(parts in prop::collection::vec((0..3_u8, 0..20_u32, 0..20_u32), 0..20)) {
            let numbered = parts.iter().enumerate().map(|(number, (of, start, length))| (*of, *start..start + length, number));
            let parts: Vec<(u8, Range<u32>, usize)> = numbered.collect();
            let cover = Cover::of(parts.clone());
            for of in 0..3 {
                for place in 0..40 {
                    let first = parts.iter().find(|(known, part, _)| *known == of && part.contains(&place)).map(|(.., number)| *number);
                    prop_assert_eq!(cover.at(of, place), first);
                }
            }
        }
    }
}
