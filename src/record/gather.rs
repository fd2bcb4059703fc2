//! Records that several threads have read, put together in the order of their file.

use super::cells::Cells;
use super::{Column, MISSING, NO_TIME, Numbers, Records, Span, UNESCAPED};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

/// Rows that follow one another in a file, and the number of the thread that read them.
pub(crate) type Stretch = (usize, Range<usize>);

impl Records {
    /// All rows of `parts`, which have the same columns, in the order of `stretches`.
    pub(crate) fn gathered(parts: Vec<Records>, stretches: &[Stretch]) -> Records {
        let threads = parts.len();
        let (mut spans, mut times, mut columns) = (Vec::new(), Vec::new(), Vec::<Vec<Column>>::new());
        let (mut unescaped, mut before) = (Vec::new(), Vec::new());
        for part in parts {
            before.push(unescaped.len() as u32);
            unescaped.extend(part.unescaped);
            spans.push(part.spans);
            times.push(part.times);
            columns.resize_with(part.columns.len(), Vec::new);
            columns.iter_mut().zip(part.columns).for_each(|(all, column)| all.push(column));
        }
        let (spans, times, columns) = thread::scope(|scope| {
            let spans = scope.spawn(|| joined(&slices(&spans), stretches, Span::default(), same));
            let times = joined(&slices(&times), stretches, NO_TIME, same);
            (of(spans), times, gathered(columns, threads, |parts| Column::gathered(parts, stretches, &before)))
        });
        // Only files that are one thing hold repeats, and those are read by one thread.
        let first_cells = vec![0; columns.len()];
        Records { spans, times, columns, first_cells, unescaped, ..Records::default() }
    }
}

/// Columns, each made of its parts, on so many threads.
fn gathered(columns: Vec<Vec<Column>>, threads: usize, make: impl Fn(Vec<Column>) -> Column + Sync) -> Vec<Column> {
    // Those with the most names take longest: they come first.
    let mut waiting: Vec<(usize, Vec<Column>)> = columns.into_iter().enumerate().collect();
    waiting.sort_by_key(|(_, parts)| parts.iter().map(Column::names).sum::<usize>());
    let waiting = Mutex::new(waiting);
    let take = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let work = || std::iter::from_fn(take).map(|(number, parts)| (number, make(parts))).collect::<Vec<_>>();
    let mut done: Vec<(usize, Column)> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        work().into_iter().chain(others.into_iter().flat_map(of)).collect()
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, column)| column).collect()
}

/// What a thread has made; if it panicked, so does this one.
fn of<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

impl Column {
    /// How many names it knows.
    fn names(&self) -> usize {
        match self {
            Column::Keys(_, names) => names.len(),
            Column::Numbers(_) | Column::Texts(_) => 0,
        }
    }

    fn gathered(parts: Vec<Column>, stretches: &[Stretch], unescaped: &[u32]) -> Column {
        let (mut keys, mut names, mut numbers, mut texts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            match part {
                Column::Keys(cells, known) => {
                    keys.push(cells);
                    names.push(known);
                }
                Column::Numbers(cells) => numbers.push(cells),
                Column::Texts(cells) => texts.push(cells),
            }
        }
        if !keys.is_empty() {
            let mut names = names.into_iter();
            let mut all = names.next().unwrap_or_default();
            let numbers: Vec<Vec<u32>> = names.map(|theirs| all.take_in(&theirs)).collect();
            let number = |part: usize, id: u32| match part {
                0 => id,
                _ => numbers[part - 1].get(id as usize).copied().unwrap_or(MISSING),
            };
            Column::Keys(Cells::gathered(&keys, stretches, (all.len(), number)), all)
        } else if !numbers.is_empty() {
            Column::Numbers(Numbers::gathered(&numbers, stretches))
        } else {
            let text = |part: usize, cell: Span| match cell.start {
                UNESCAPED => Span { end: cell.end + unescaped[part], ..cell },
                _ => cell,
            };
            Column::Texts(joined(&slices(&texts), stretches, Span::default(), text))
        }
    }
}

fn same<T>(_part: usize, cell: T) -> T {
    cell
}

fn slices<T>(cells: &[Vec<T>]) -> Vec<&[T]> {
    cells.iter().map(Vec::as_slice).collect()
}

/// The cells of all stretches, one after the other. Columns may be shorter than there are rows: the rest is missing. One that nobody
/// filled stays empty.
fn joined<T: Copy>(parts: &[&[T]], stretches: &[Stretch], missing: T, make: impl Fn(usize, T) -> T) -> Vec<T> {
    if parts.iter().all(|part| part.is_empty()) {
        return Vec::new();
    }
    let mut all = Vec::with_capacity(stretches.iter().map(|(_, rows)| rows.len()).sum());
    for (part, rows) in stretches {
        let end = all.len() + rows.len();
        let there = &parts[*part][rows.start.min(parts[*part].len())..rows.end.min(parts[*part].len())];
        all.extend(there.iter().map(|cell| make(*part, *cell)));
        all.resize(end, missing);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::{Form, Layout};
    use super::*;
    use crate::decimal::Decimal;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn rows_come_in_the_order_of_the_file_with_their_own_cells() {
        let words = Vocabulary::bundled();
        let mut layout = Layout::new(&words);
        let amount = layout.want(&words, words.field("amount").expect("declared"), Form::Number).column;
        let mut parts = [0, 1].map(|_| Records::new(layout.columns(false)));
        for (part, name, number) in
            [(0, "a", None), (1, "b", Some(1)), (0, "b", Some(2)), (1, "c", None), (1, "a", Some(3)), (0, "c", None)]
        {
            parts[part].push(Span::default(), None);
            parts[part].set_key(1, name);
            if let Some(number) = number {
                parts[part].set_number(amount, Decimal(number));
            }
        }
        let all = Records::gathered(parts.into(), &[(0, 0..1), (1, 0..2), (0, 1..3), (1, 2..3)]);
        let rows = (0..6).map(|row| (all.name(1, row).unwrap_or_default(), all.number(amount, row).map(|number| number.0)));
        assert_eq!(rows.collect::<Vec<_>>(), [("a", None), ("b", Some(1)), ("c", None), ("b", Some(2)), ("c", None), ("a", Some(3))]);
    }
}
