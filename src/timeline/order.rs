//! The rows of a table in order of time.

use crate::threads::in_parts;
use std::ops::Range;

/// The total order (time, file, row) of the rows of a table. Rows are numbered by file and row, so a stable sort by time is that order.
///
/// Logs are nearly sorted. The few late rows are taken out and sorted; the others stand in order as they are. Both are merged whenever
/// the order is walked, piece by piece, so that several threads can walk it.
pub(crate) struct Order<'t> {
    /// Of every row.
    times: &'t [i64],
    /// Rows with an earlier time than one before them, in order.
    late: Vec<u32>,
    /// Where each piece starts, and last where the order ends.
    pieces: Vec<Cut>,
    /// Threads that may walk it.
    jobs: usize,
}

/// A place of the order: a row that is not late, and how many late rows stand before it.
#[derive(Clone, Copy)]
struct Cut {
    row: usize,
    late: usize,
}

/// A walk over a piece of an order.
pub(crate) struct Runs<'o> {
    /// Of every row.
    times: &'o [i64],
    /// The first row behind the piece.
    end: usize,
    /// Late rows that are still to come.
    late: &'o [u32],
    /// The next row.
    row: usize,
    /// The newest time before it.
    newest: i64,
}

/// What is known of a stretch of rows.
struct Stretch {
    /// Its first row that is not late.
    first: Option<usize>,
    late: Vec<u32>,
}

impl Order<'_> {
    /// The order of rows with these times, in pieces for so many threads; for one, in one.
    pub(crate) fn of(times: &[i64], jobs: usize) -> Order<'_> {
        let stretches: Vec<Stretch> = match jobs {
            0 | 1 => vec![Stretch::of(times, 0, i64::MIN)],
            _ => {
                let newest = in_parts(times.len(), jobs, |rows| (rows.start, times[rows].iter().max().copied()));
                let before =
                    newest.iter().scan(i64::MIN, |newest, (_, of)| Some(std::mem::replace(newest, (*newest).max(of.unwrap_or(*newest)))));
                let starts: Vec<(usize, i64)> = newest.iter().map(|(start, _)| *start).zip(before).collect();
                let end = |at: usize| starts.get(at + 1).map_or(times.len(), |(start, _)| *start);
                let of = |at: usize| Stretch::of(&times[..end(at)], starts[at].0, starts[at].1);
                in_parts(starts.len(), jobs, |range| range.map(of).collect::<Vec<_>>()).into_iter().flatten().collect()
            }
        };
        let key = |row: &u32| (times[*row as usize], *row);
        let mut late = stretches.iter().flat_map(|stretch| stretch.late.iter().copied()).collect::<Vec<u32>>();
        late.sort_unstable_by_key(key);
        let firsts = stretches.iter().filter_map(|stretch| stretch.first).skip(1);
        let cut = |row: usize| Cut { row, late: late.partition_point(|late| key(late) < (times[row], row as u32)) };
        let start = Cut { row: 0, late: 0 };
        let end = Cut { row: times.len(), late: late.len() };
        let pieces = std::iter::once(start).chain(firsts.map(cut)).chain([end]).collect();
        Order { times, late, pieces, jobs }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.times.len()
    }

    /// The times of its rows, as they are numbered.
    pub(crate) fn times(&self) -> &[i64] {
        self.times
    }

    /// Whether no row lacks its time: those that do come first.
    pub(crate) fn all_have_times(&self) -> bool {
        let first = self.late.first().map(|row| *row as usize).into_iter().chain([0]);
        first.filter_map(|row| self.times.get(row)).all(|time| *time != i64::MIN)
    }

    /// How many pieces there are.
    pub(crate) fn pieces(&self) -> usize {
        self.pieces.len() - 1
    }

    /// Does something with each piece; gives the results in order.
    pub(crate) fn each_piece<T: Send>(&self, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        in_parts(self.pieces(), self.jobs, |pieces| pieces.map(&work).collect::<Vec<T>>()).into_iter().flatten().collect()
    }

    /// Does something with parts of all rows, as they are numbered; gives the results in order.
    pub(crate) fn each_part<T: Send>(&self, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
        in_parts(self.len(), self.jobs, work)
    }

    /// The rows of a piece in order, as runs of rows that follow one another.
    pub(crate) fn runs(&self, piece: usize) -> Runs<'_> {
        let (start, end) = (self.pieces[piece], self.pieces[piece + 1]);
        Runs { times: self.times, end: end.row, late: &self.late[start.late..end.late], row: start.row, newest: i64::MIN }
    }

    /// All rows.
    pub(crate) fn rows(&self) -> Vec<u32> {
        (0..self.pieces()).flat_map(|piece| self.runs(piece).flatten()).map(|row| row as u32).collect()
    }
}

impl Iterator for Runs<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let ahead = &self.times[..self.end];
        while ahead.get(self.row).is_some_and(|time| *time < self.newest) {
            self.row += 1;
        }
        let late = self.late.first().map(|row| (self.times[*row as usize], *row as usize));
        let (start, mut end) = (self.row, self.row);
        while let Some(time) = ahead.get(end).filter(|time| **time >= self.newest && late.is_none_or(|late| (**time, end) < late)) {
            self.newest = *time;
            end += 1;
        }
        self.row = end;
        if start < end {
            return Some(start..end);
        }
        let (first, rest) = self.late.split_first()?;
        self.late = rest;
        Some(*first as usize..*first as usize + 1)
    }
}

impl Stretch {
    /// The rows from `start` on, behind others of which the newest has this time.
    fn of(times: &[i64], start: usize, mut newest: i64) -> Stretch {
        let mut stretch = Stretch { first: None, late: Vec::new() };
        for (row, time) in times.iter().enumerate().skip(start) {
            if *time < newest {
                stretch.late.push(row as u32);
            } else {
                newest = *time;
                stretch.first.get_or_insert(row);
            }
        }
        stretch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn late_rows_find_their_place_and_ties_keep_file_order() {
        let times = [10, 20, 20, 15, 30, 20, 5, 30];
        assert_eq!(Order::of(&times, 1).rows(), [6, 0, 3, 1, 2, 5, 4, 7]);
    }

    proptest! {
        #[test]
        fn any_log_on_any_threads_is_sorted_like_a_stable_sort(
            steps in proptest::collection::vec(prop_oneof![8 => 0i64..3, 2 => -20i64..20, 1 => Just(i64::MIN)], 0..300),
            jobs in 1usize..5,
        ) {
            let mut now = 1000;
            let step = |step: i64| if step == i64::MIN { step } else { now += step; now };
            let times: Vec<i64> = steps.into_iter().map(step).collect();
            let order = Order::of(&times, jobs);
            let mut sorted: Vec<u32> = (0..times.len() as u32).collect();
            sorted.sort_by_key(|row| times[*row as usize]);
            prop_assert_eq!(order.rows(), sorted);
            prop_assert_eq!(order.all_have_times(), !times.contains(&i64::MIN));
        }
    }
}
