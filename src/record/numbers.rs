//! The numbers of a column.
//!
//! One record in ten has an amount. So a column holds the numbers that are there, and a bit for each row says whether it has one.

use super::recycle::Moves;

/// Rows whose bits are a word.
const WORD: usize = 64;

/// A number a row, where there is one. Rows behind the last that has one need no room.
#[derive(Clone, Default)]
pub(crate) struct Numbers {
    words: Vec<Word>,
    /// Those that are there, in order of rows.
    numbers: Vec<i64>,
}

/// The bits of some rows, and how many numbers stand before theirs.
#[derive(Clone, Copy)]
struct Word {
    bits: u64,
    before: u32,
}

impl Numbers {
    /// Whether no row has a number.
    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The number of a row.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<i64> {
        let word = self.words.get(row / WORD)?;
        let below = word.bits & ((1 << (row % WORD)) - 1);
        let is_there = word.bits >> (row % WORD) & 1 == 1;
        is_there.then(|| self.numbers.get(word.before as usize + below.count_ones() as usize).copied())?
    }

    /// Gives a row a number. No row behind it may have one; a number of its own is replaced.
    pub(super) fn set(&mut self, row: usize, number: i64) {
        let fresh = Word { bits: 0, before: self.numbers.len() as u32 };
        self.words.resize(self.words.len().max(row / WORD + 1), fresh);
        let bits = &mut self.words[row / WORD].bits;
        if *bits >> (row % WORD) & 1 == 1 {
            self.numbers.pop();
        }
        *bits |= 1 << (row % WORD);
        self.numbers.push(number);
    }

    /// Gives a row the number of the one before it.
    pub(super) fn again(&mut self, row: usize) {
        if let Some(number) = row.checked_sub(1).and_then(|before| self.get(before)) {
            self.set(row, number);
        }
    }

    /// Adds the numbers of rows that stand behind these, from row `first` on.
    pub(super) fn append(&mut self, others: &Numbers, first: usize) {
        others.rows().zip(&others.numbers).for_each(|(row, number)| self.set(first + row, *number));
    }

    /// Keeps those of rows that stay.
    pub(super) fn keep(&mut self, moves: &Moves) {
        let mut kept = Numbers { words: Vec::new(), numbers: Vec::with_capacity(self.numbers.len()) };
        for (row, number) in self.rows().zip(&self.numbers) {
            if let Some(row) = moves.to(row as u32) {
                kept.set(row as usize, *number);
            }
        }
        kept.numbers.shrink_to_fit();
        *self = kept;
    }

    /// The rows that have one.
    fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        let of_word = |(at, word): (usize, &Word)| {
            let next = |bits: &u64| Some(bits & (bits - 1)).filter(|bits| *bits != 0);
            let bits = std::iter::successors(Some(word.bits).filter(|bits| *bits != 0), next);
            bits.map(move |bits| at * WORD + bits.trailing_zeros() as usize)
        };
        self.words.iter().enumerate().flat_map(of_word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(cells: &[Option<i64>]) -> Numbers {
        let mut numbers = Numbers::default();
        for (row, number) in cells.iter().enumerate().filter_map(|(row, number)| Some((row, (*number)?))) {
            // The second time counts.
            numbers.set(row, -1);
            numbers.set(row, number);
        }
        numbers
    }

    fn cells(numbers: &Numbers, rows: usize) -> Vec<Option<i64>> {
        (0..rows).map(|row| numbers.get(row)).collect()
    }

    proptest! {
        #[test]
        fn a_row_has_the_number_it_was_given(all in proptest::collection::vec(proptest::option::weighted(0.3, any::<i64>()), 0..400), cut in 0usize..400) {
            let mut told = numbers(&all);
            prop_assert_eq!(cells(&told, all.len()), &all[..]);
            prop_assert_eq!((told.get(all.len()), told.is_empty()), (None, all.iter().all(Option::is_none)));
            let (before, behind) = all.split_at(cut.min(all.len()));
            let mut joined = numbers(before);
            joined.append(&numbers(behind), before.len());
            prop_assert_eq!(cells(&joined, all.len()), &all[..]);
            told.again(all.len());
            prop_assert_eq!(told.get(all.len()), all.last().copied().flatten());
        }
    }
}
