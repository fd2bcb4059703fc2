//! Runs of consecutive records that break a limit: one hit each.

use super::Hit;
use super::evidence::count_too;
use crate::collection::Row;
use crate::decimal::Decimal;
use crate::finding::Detail;
use crate::timeline::{Moment, Series, time_of};
use crate::words::Words;

/// The run that is open while a series is walked, if there is one. Records that were already sent break limits in silence.
#[derive(Default)]
pub(crate) struct Runs(Option<Box<Run>>);

/// A run so far.
pub(super) struct Run {
    hit: Hit,
    last: Moment,
    rows: u64,
    /// The highest count, in millionths.
    pub count: i128,
    /// What the count is a part of, for shares, and the limit that follows from it.
    pub share: Option<(i128, i128)>,
}

impl Runs {
    /// The record at a place breaks the limit: it counts `count`. The hit is made when it is the first of its run.
    #[inline]
    pub(super) fn breaks(&mut self, series: &Series<'_>, (at, count): (usize, i128), hit: impl FnOnce() -> Hit) -> Option<&mut Run> {
        let last = series.moments[at];
        if series.is_history(last) {
            if let Some(Run { hit: Hit { detail: Detail::Window(window), .. }, .. }) = self.0.as_deref_mut() {
                count_too(series, last, &mut window.records);
            }
            return None;
        }
        series.tell_broken(last);
        let run = self.0.get_or_insert_with(|| Box::new(Run { hit: hit(), last, rows: 0, count, share: None }));
        if let (true, Detail::Window(window)) = (run.rows > 0, &mut run.hit.detail) {
            count_too(series, last, &mut window.records);
        }
        run.rows += 1;
        run.last = last;
        if count > run.count {
            (run.count, run.share) = (count, None);
        }
        Some(run)
    }

    /// A record keeps the limit, or there is none any more: the run, if there is one, is over.
    #[inline(always)]
    pub(super) fn keeps(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) {
        if self.0.is_some() {
            self.end(series, hits);
        }
    }

    #[inline(never)]
    fn end(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) {
        hits.extend(self.0.take().map(|run| run.over(series)));
    }

    /// Whether there is a run.
    pub(super) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// The hit of the run, as far as it is known.
    pub(crate) fn hit(&self) -> Option<&Hit> {
        self.0.as_ref().map(|run| &run.hit)
    }

    /// Visits the rows of the run.
    pub(crate) fn rows(&mut self, visit: &mut dyn FnMut(&mut u32)) {
        let Some(run) = &mut self.0 else { return };
        visit(&mut run.last.row);
        for row in run.hit.related.iter_mut().map(|(row, _)| row).chain([&mut run.hit.row]) {
            match row {
                Row::Record(row) => visit(row),
                Row::Account(_) => {}
            }
        }
    }
}

impl Run {
    fn over(self, series: &Series<'_>) -> Hit {
        let Run { mut hit, last, rows, count, share } = self;
        if let Detail::Window(window) = &mut hit.detail {
            (window.rows, window.count, window.end) = (rows, Decimal::saturated(count), time_of(last));
            if let Some((of, max)) = share {
                (window.of, window.max) = (Some(Decimal::saturated(of)), Decimal::saturated(max));
            }
        }
        let last = series.table.row(last.row);
        if last != hit.row {
            hit.related.push((last, Words::fixed("这一段里最后一条超限的记录", "the last record of this run").into()));
        }
        hit
    }
}
