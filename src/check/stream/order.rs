//! Records that arrive nearly in order of time, put in order.

use crate::timeline::Moment;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Records that wait until nothing earlier can come.
pub(super) struct Order {
    /// How much a record may be late.
    lateness: i64,
    /// The newest time so far.
    newest: i64,
    /// Those that came in order: time and row.
    line: VecDeque<(i64, u32)>,
    /// Those that came behind a later one.
    late: BinaryHeap<Reverse<(i64, u32)>>,
}

impl Order {
    /// Nothing has come yet.
    pub(super) fn new(lateness: i64) -> Order {
        Order { lateness, newest: i64::MIN, line: VecDeque::new(), late: BinaryHeap::new() }
    }

    /// Records that were already sent: they wait for the first that comes.
    pub(super) fn wait(&mut self, moment: Moment) {
        let next = (moment.time, moment.row);
        match self.line.back() {
            Some(last) if *last > next => self.late.push(Reverse(next)),
            _ => self.line.push_back(next),
        }
    }

    /// Takes a record; gives the newest time if it comes too late.
    pub(super) fn arrive(&mut self, moment: Moment) -> Result<(), i64> {
        if moment.time < self.known() {
            return Err(self.newest);
        }
        self.newest = self.newest.max(moment.time);
        self.wait(moment);
        Ok(())
    }

    /// Whatever comes is not earlier than this.
    pub(super) fn known(&self) -> i64 {
        self.newest.saturating_sub(self.lateness)
    }

    /// The row of the next record that is not later than a time.
    pub(super) fn next(&mut self, time: i64) -> Option<u32> {
        let (line, late) = (self.line.front().copied(), self.late.peek().map(|Reverse(late)| *late));
        let is_late = late.is_some_and(|late| line.is_none_or(|line| late < line));
        let (first, row) = if is_late { late } else { line }?;
        if first > time {
            return None;
        }
        if is_late {
            self.late.pop();
        } else {
            self.line.pop_front();
        }
        Some(row)
    }

    /// The time of the first that waits.
    pub(super) fn first(&self) -> Option<i64> {
        let late = self.late.peek().map(|Reverse((time, _))| *time);
        self.line.front().map(|(time, _)| *time).into_iter().chain(late).min()
    }

    /// The lowest row that waits.
    pub(super) fn lowest(&self) -> Option<u32> {
        let late = self.late.iter().map(|Reverse((_, row))| *row);
        self.line.iter().map(|(_, row)| *row).chain(late).min()
    }

    /// Visits the rows that wait. They keep their order.
    pub(super) fn rows(&mut self, visit: &mut dyn FnMut(&mut u32)) {
        self.line.iter_mut().for_each(|(_, row)| visit(row));
        let mut late = std::mem::take(&mut self.late).into_vec();
        late.iter_mut().for_each(|Reverse((_, row))| visit(row));
        self.late = late.into();
    }
}
