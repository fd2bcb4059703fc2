//! Records that arrive nearly in order of time, put in order.

use crate::timeline::Moment;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Records that wait until nothing earlier can come.
pub(super) struct Order {
    /// How much a record may be late.
    lateness: i64,
    /// The newest time so far.
    newest: i64,
    waiting: BinaryHeap<Reverse<(i64, u32)>>,
}

impl Order {
    /// Nothing has come yet.
    pub(super) fn new(lateness: i64) -> Order {
        Order { lateness, newest: i64::MIN, waiting: BinaryHeap::new() }
    }

    /// Records that were already sent: they wait for the first that comes.
    pub(super) fn wait(&mut self, moment: Moment) {
        self.waiting.push(Reverse((moment.time, moment.row)));
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
        if self.first()? > time {
            return None;
        }
        self.waiting.pop().map(|Reverse((_, row))| row)
    }

    /// The time of the first that waits.
    pub(super) fn first(&self) -> Option<i64> {
        self.waiting.peek().map(|Reverse((time, _))| *time)
    }

    /// The lowest row that waits.
    pub(super) fn lowest(&self) -> Option<u32> {
        self.waiting.iter().map(|Reverse((_, row))| *row).min()
    }

    /// Visits the rows that wait. They keep their order.
    pub(super) fn rows(&mut self, visit: &mut dyn FnMut(&mut u32)) {
        let mut waiting = std::mem::take(&mut self.waiting).into_vec();
        waiting.iter_mut().for_each(|Reverse((_, row))| visit(row));
        self.waiting = waiting.into();
    }
}
