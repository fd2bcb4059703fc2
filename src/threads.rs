//! Work that several threads share.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Runs a job on each part of a range, on up to `jobs` threads, and gives the results in order.
pub(crate) fn in_parts<T: Send>(length: usize, jobs: usize, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    let parts = if jobs <= 1 || length < 2 { 1 } else { (jobs * 4).min(length) };
    let range = |part: usize| length * part / parts..length * (part + 1) / parts;
    if parts == 1 {
        return vec![work(0..length)];
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new((0..parts).map(|_| None).collect::<Vec<Option<T>>>());
    thread::scope(|scope| {
        for _ in 0..jobs.min(parts) {
            scope.spawn(|| {
                loop {
                    let part = next.fetch_add(1, Ordering::Relaxed);
                    if part >= parts {
                        return;
                    }
                    let result = work(range(part));
                    if let Ok(mut done) = done.lock() {
                        done[part] = Some(result);
                    }
                }
            });
        }
    });
    done.into_inner().map(|done| done.into_iter().flatten().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_in_order_and_hold_everything_once() {
        for (length, jobs) in [(0, 1), (0, 3), (1, 3), (7, 1), (7, 2), (100, 3)] {
            let parts = in_parts(length, jobs, |range| range.collect::<Vec<usize>>());
            assert_eq!(parts.concat(), (0..length).collect::<Vec<usize>>(), "{length} on {jobs}");
        }
    }
}
