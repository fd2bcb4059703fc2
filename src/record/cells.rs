//! The numbers of the names in a column, a cell a record.
//!
//! Most columns know few names. As long as two bytes hold their numbers, a cell takes two: of ten million records that is a tenth of all
//! memory.

use super::names::MISSING;
use super::recycle::Moves;
use std::ops::Range;

/// The numbers of the names in a column.
#[derive(Clone)]
pub(crate) struct Cells {
    width: Width,
    /// Whether a cell may be empty.
    may_lack: bool,
}

#[derive(Clone)]
enum Width {
    Two(Vec<u16>),
    Four(Vec<u32>),
}

/// A cell of some width.
trait Cell: Copy {
    /// The number in it, or [`MISSING`].
    fn number(self) -> u32;

    /// One with a number that fits.
    fn of(number: u32) -> Self;
}

impl Cell for u16 {
    #[inline(always)]
    fn number(self) -> u32 {
        if self == u16::MAX { MISSING } else { self.into() }
    }

    #[inline(always)]
    fn of(number: u32) -> u16 {
        number as u16
    }
}

impl Cell for u32 {
    #[inline(always)]
    fn number(self) -> u32 {
        self
    }

    #[inline(always)]
    fn of(number: u32) -> u32 {
        number
    }
}

/// Whether two bytes hold the numbers of so many names.
fn are_low(names: usize) -> bool {
    names < u16::MAX.into()
}

/// Does the same with cells of each width.
macro_rules! each_width {
    ($width:expr, $cells:ident => $what:expr) => {
        match $width {
            Width::Two($cells) => $what,
            Width::Four($cells) => $what,
        }
    };
}

impl Default for Cells {
    fn default() -> Cells {
        Cells { width: Width::Two(Vec::new()), may_lack: false }
    }
}

impl Cells {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        each_width!(&self.width, cells => cells.len())
    }

    /// Their numbers, to be asked for by row; the first is that of this row.
    pub(super) fn keys(&self, first: u32) -> Keys<'_> {
        Keys { cells: self, first }
    }

    /// Makes them so many: those behind the others are empty.
    pub(super) fn resize(&mut self, rows: usize) {
        self.may_lack |= rows > self.len();
        each_width!(&mut self.width, cells => cells.resize(rows, Cell::of(MISSING)));
    }

    /// Writes another number into a cell, which is there; it is that of one of so many names.
    pub(super) fn set(&mut self, at: usize, number: u32, names: usize) {
        self.may_lack |= number == MISSING;
        if !are_low(names) {
            self.widen();
        }
        each_width!(&mut self.width, cells => cells[at] = Cell::of(number));
    }

    /// Adds cells with these numbers, of so many names.
    pub(super) fn extend(&mut self, numbers: &[u32], names: usize) {
        self.may_lack |= numbers.iter().fold(false, |lacks, number| lacks | (*number == MISSING));
        if !are_low(names) {
            self.widen();
        }
        each_width!(&mut self.width, cells => add(cells, numbers.iter().copied()));
    }

    /// Adds the last cell once more.
    pub(super) fn again(&mut self) {
        each_width!(&mut self.width, cells => cells.extend_from_within(cells.len().saturating_sub(1)..));
    }

    /// Adds the cells of another column as they are.
    pub(super) fn append(&mut self, more: Cells) {
        if self.len() == 0 {
            *self = more;
            return;
        }
        self.may_lack |= more.may_lack;
        match (&mut self.width, more.width) {
            (Width::Two(cells), Width::Two(more)) => cells.extend(more),
            (Width::Four(cells), Width::Four(more)) => cells.extend(more),
            (Width::Four(cells), Width::Two(more)) => add(cells, more.iter().map(|cell| cell.number())),
            (Width::Two(cells), Width::Four(more)) => {
                let wide = cells.iter().map(|cell| cell.number()).chain(more);
                self.width = Width::Four(wide.collect());
            }
        }
    }

    /// Makes room for so many cells, with the numbers of so many names.
    pub(super) fn reserve(&mut self, rows: usize, names: usize) {
        if !are_low(names) {
            self.widen();
        }
        each_width!(&mut self.width, cells => cells.reserve(rows));
    }

    /// Gives each cell another number, which is that of one of so many names; the empty ones are asked too.
    pub(super) fn renumber(&mut self, names: usize, number: impl Fn(u32) -> u32) {
        if !are_low(names) {
            self.widen();
        }
        each_width!(&mut self.width, cells => cells.iter_mut().for_each(|id| *id = Cell::of(number(id.number()))));
    }

    /// Empties the cells of rows of which nothing is needed, and gives the others new numbers.
    pub(super) fn change(&mut self, number: impl Fn(usize, u32) -> u32) {
        self.may_lack = true;
        each_width!(&mut self.width, cells => cells.iter_mut().enumerate().for_each(|(at, id)| *id = Cell::of(number(at, id.number()))));
    }

    /// Keeps the cells of rows that stay.
    pub(super) fn keep(&mut self, moves: &Moves, firsts: (u32, u32)) {
        each_width!(&mut self.width, cells => moves.keep(cells, firsts));
    }

    #[cold]
    fn widen(&mut self) {
        if let Width::Two(cells) = &self.width {
            self.width = Width::Four(cells.iter().map(|cell| cell.number()).collect());
        }
    }
}

fn add<T: Cell>(cells: &mut Vec<T>, numbers: impl Iterator<Item = u32>) {
    cells.extend(numbers.map(T::of));
}

/// Rows whose numbers are read together.
pub(crate) const TOGETHER: usize = 64;

/// Rows that are read together: where they begin, and how many they are.
pub(crate) fn together(rows: Range<usize>) -> impl Iterator<Item = (usize, usize)> {
    rows.clone().step_by(TOGETHER).map(move |first| (first, TOGETHER.min(rows.end - first)))
}

/// The numbers of the names in a column, to be asked for by row.
#[derive(Clone, Copy)]
pub(crate) struct Keys<'a> {
    cells: &'a Cells,
    /// The row of the first.
    first: u32,
}

impl<'a> Keys<'a> {
    /// Those of a column that holds none.
    pub(crate) const NONE: Keys<'static> = Keys { cells: &Cells { width: Width::Two(Vec::new()), may_lack: false }, first: 0 };

    /// That of a row, or [`MISSING`].
    #[inline(always)]
    pub(crate) fn get(self, row: u32) -> u32 {
        let at = row.wrapping_sub(self.first) as usize;
        each_width!(&self.cells.width, cells => cells.get(at).map_or(MISSING, |cell| cell.number()))
    }

    /// Those of all rows from the first on.
    pub(crate) fn iter(self) -> impl Iterator<Item = u32> + 'a {
        (0..self.cells.len() as u32).map(move |at| self.get(self.first + at))
    }

    /// Reads those of as many rows as there is room for: that is faster than to ask for each.
    #[inline]
    pub(crate) fn read(self, row: usize, numbers: &mut [u32]) {
        let cells = row.checked_sub(self.first as usize).map(|start| start..start + numbers.len());
        match cells.filter(|cells| cells.end <= self.cells.len()) {
            Some(some) => each_width!(&self.cells.width, cells => {
                numbers.iter_mut().zip(&cells[some]).for_each(|(number, cell)| *number = cell.number());
            }),
            None => (row as u32..).zip(numbers).for_each(|(row, number)| *number = self.get(row)),
        }
    }

    /// Whether it is known that so many records all have one.
    pub(super) fn are_all_there(self, rows: usize) -> bool {
        self.cells.len() == rows && !self.cells.may_lack
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// More names than two bytes tell apart.
    const NAMES: usize = 70_000;

    fn number() -> impl Strategy<Value = u32> {
        prop_oneof![6 => 0u32..9, 1 => Just(MISSING), 1 => 65_530u32..65_540]
    }

    /// How many names must be known for these numbers.
    fn names(numbers: &[u32]) -> usize {
        numbers.iter().filter(|number| **number != MISSING).max().map_or(0, |last| *last as usize + 1)
    }

    fn cells(numbers: &[u32]) -> Cells {
        let mut cells = Cells::default();
        cells.extend(numbers, names(numbers));
        cells
    }

    fn told(cells: &Cells) -> Vec<u32> {
        cells.keys(0).iter().collect()
    }

    proptest! {
        #[test]
        fn cells_hold_the_numbers_they_were_given(
            parts in proptest::collection::vec((proptest::collection::vec(number(), 0..9), 0usize..3), 0..6),
            changed in proptest::option::of((any::<prop::sample::Index>(), number())),
        ) {
            let (mut all, mut known) = (Cells::default(), Vec::new());
            for (numbers, empty) in &parts {
                let some: Vec<u32> = known.iter().chain(numbers).copied().collect();
                all.extend(numbers, names(&some));
                known = some;
                known.resize(known.len() + empty, MISSING);
                all.resize(known.len());
                prop_assert_eq!(told(&all), &known[..]);
            }
            if let (Some((at, number)), false) = (changed, known.is_empty()) {
                let at = at.index(known.len());
                known[at] = number;
                all.set(at, number, names(&known));
                known.push(known[known.len() - 1]);
                all.again();
            }
            prop_assert_eq!(told(&all), &known[..]);
            prop_assert!(!all.keys(0).are_all_there(known.len()) || !known.contains(&MISSING));
            prop_assert!(!all.keys(0).are_all_there(known.len() + 1));
            all.change(|at, number| if at % 2 == 0 { MISSING } else { number });
            let odd = known.iter().enumerate().map(|(at, number)| if at % 2 == 0 { MISSING } else { *number });
            prop_assert_eq!(told(&all), odd.collect::<Vec<u32>>());
        }

        #[test]
        fn rows_are_read_together_as_one_by_one(numbers in proptest::collection::vec(number(), 0..40), first in 0u32..5, row in 0usize..50, count in 0usize..9) {
            let all = cells(&numbers);
            let keys = all.keys(first);
            let one = |row: usize| row.checked_sub(first as usize).and_then(|at| numbers.get(at).copied()).unwrap_or(MISSING);
            let mut some = vec![7; count];
            keys.read(row, &mut some);
            prop_assert_eq!(&some, &(row..row + count).map(one).collect::<Vec<u32>>());
            prop_assert_eq!(some, (row..row + count).map(|row| keys.get(row as u32)).collect::<Vec<u32>>());
        }

        #[test]
        fn appended_cells_stand_behind_the_others(parts in proptest::collection::vec(proptest::collection::vec(number(), 0..9), 1..4)) {
            let mut all = Cells::default();
            for part in &parts {
                all.append(cells(part));
            }
            prop_assert_eq!(told(&all), parts.concat());
            prop_assert!(!all.keys(0).are_all_there(parts.concat().len()) || !parts.concat().contains(&MISSING));
        }

        #[test]
        fn renumbered_cells_have_other_numbers(numbers in proptest::collection::vec(number(), 0..9)) {
            let (mut all, new) = (cells(&numbers), |id: u32| if id == MISSING { MISSING } else { NAMES as u32 - 1 - id });
            all.renumber(NAMES, new);
            prop_assert_eq!(told(&all), numbers.into_iter().map(new).collect::<Vec<u32>>());
        }
    }
}
