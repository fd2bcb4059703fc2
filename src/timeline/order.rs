//! The rows of a table in order of time.

use crate::threads::in_parts;
use std::ops::Range;

/// The total order (time, file, row) of the rows of a table. Rows are numbered by file and row, so a stable sort by time is that order.
///
/// Logs are nearly sorted. The few late rows are taken out and sorted; the others stand in order as they are. Both are merged whenever
/// the order is walked, piece by piece, so that several threads can walk it; of the rows that are not late few are looked at for that.
pub(crate) struct Order<'t> {
    /// Of every row.
    times: &'t [i64],
    /// Rows with an earlier time than one before them, as they are numbered.
    out_of_place: Vec<u32>,
    /// The same rows, in order.
    late: Vec<u32>,
    /// Where each piece starts, and last where the order ends.
    pieces: Vec<Cut>,
    /// Threads that may walk it.
    jobs: usize,
}

/// Rows that are passed at once.
const STEP: usize = 16;

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
    /// Late rows from the next row on, where they stand.
    out_of_place: &'o [u32],
    /// Late rows that are still to come.
    late: &'o [u32],
    /// The next row.
    row: usize,
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
        let out_of_place = stretches.iter().flat_map(|stretch| stretch.late.iter().copied()).collect::<Vec<u32>>();
        let mut late: Vec<(i64, u32)> = out_of_place.iter().map(key).collect();
        late.sort_unstable();
        let late: Vec<u32> = late.into_iter().map(|(_, row)| row).collect();
        let firsts = stretches.iter().filter_map(|stretch| stretch.first).skip(1);
        let cut = |row: usize| Cut { row, late: late.partition_point(|late| key(late) < (times[row], row as u32)) };
        let start = Cut { row: 0, late: 0 };
        let end = Cut { row: times.len(), late: late.len() };
        let pieces = std::iter::once(start).chain(firsts.map(cut)).chain([end]).collect();
        Order { times, out_of_place, late, pieces, jobs }
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

    /// The rows of a piece in order, as runs of rows that follow one another.
    pub(crate) fn runs(&self, piece: usize) -> Runs<'_> {
        let (start, end) = (self.pieces[piece], self.pieces[piece + 1]);
        let first = self.out_of_place.partition_point(|row| (*row as usize) < start.row);
        let (out_of_place, late) = (&self.out_of_place[first..], &self.late[start.late..end.late]);
        Runs { times: self.times, end: end.row, out_of_place, late, row: start.row }
    }

    /// All rows.
    pub(crate) fn rows(&self) -> Vec<u32> {
        (0..self.pieces()).flat_map(|piece| self.runs(piece).flatten()).map(|row| row as u32).collect()
    }
}

impl Iterator for Runs<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        while let Some((_, rest)) = self.out_of_place.split_first().filter(|(row, _)| **row as usize == self.row) {
            self.out_of_place = rest;
            self.row += 1;
        }
        let stop = self.out_of_place.first().map_or(self.end, |row| self.end.min(*row as usize));
        // Rows up to there stand in order: one that is late may belong between them.
        let ahead = self.times.get(self.row..stop).unwrap_or_default();
        let Some((late, others)) = self.late.split_first() else { return self.run(ahead.len()) };
        let time = self.times[*late as usize];
        // Those of the same time that are in their place were read before it: behind it they would be late, too.
        let before = no_later(ahead, time);
        self.run(before).or_else(|| {
            self.late = others;
            Some(*late as usize..*late as usize + 1)
        })
    }
}

/// How many of these times, which are in order, are no later than one. Mostly it is soon told: what is near is looked at first.
fn no_later(times: &[i64], time: i64) -> usize {
    let steps = times.iter().skip(STEP - 1).step_by(STEP).take_while(|last| **last <= time).count();
    let near = &times[steps * STEP..times.len().min((steps + 1) * STEP)];
    steps * STEP + near.iter().take_while(|other| **other <= time).count()
}

impl Runs<'_> {
    /// So many of the next rows; none when there are none.
    fn run(&mut self, length: usize) -> Option<Range<usize>> {
        let start = self.row;
        self.row += length;
        (length > 0).then_some(start..self.row)
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
