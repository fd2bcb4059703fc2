//! Work that several threads share.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// Results of a thread that may wait to be taken.
const WAITING: usize = 2;

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

/// Locks what threads share. Where one of them panicked, all end with that, whatever it left.
pub(crate) fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does something else beside a piece of work, where there is a thread to do it.
pub(crate) fn beside<T>(jobs: usize, other: impl FnOnce() + Send, work: impl FnOnce() -> T) -> T {
    if jobs <= 1 {
        other();
        return work();
    }
    thread::scope(|scope| {
        scope.spawn(other);
        work()
    })
}

/// Makes so many things, one after another, on up to `jobs` threads, each with a worker of its own, and has each taken in order while
/// others are being made. What was taken is handed to the worker again, to be made into the next.
///
/// # Errors
/// The first of `take`; nothing more is made then.
pub(crate) fn in_turn<T, W, E>(
    count: usize,
    jobs: usize,
    worker: impl Fn() -> W + Sync,
    mut take: impl FnMut(&mut T) -> Result<(), E>,
) -> Result<(), E>
where
    T: Default + Send,
    W: FnMut(usize, &mut T),
{
    let threads = jobs.min(count);
    if threads <= 1 {
        let (mut work, mut made) = (worker(), T::default());
        return (0..count).try_for_each(|number| {
            work(number, &mut made);
            take(&mut made)
        });
    }
    thread::scope(|scope| {
        let worker = &worker;
        let lane = |first: usize| {
            let ((give, made), (back, taken)) = (channel::<T>(), channel::<T>());
            (0..WAITING).for_each(|_| _ = back.send(T::default()));
            scope.spawn(move || {
                let mut work = worker();
                for number in (first..count).step_by(threads) {
                    // Nobody takes any more.
                    let Ok(mut one) = taken.recv() else { return };
                    work(number, &mut one);
                    _ = give.send(one);
                }
            });
            (made, back)
        };
        let lanes: Vec<_> = (0..threads).map(lane).collect();
        for (made, back) in lanes.iter().cycle().take(count) {
            // A thread that panicked gives nothing; the scope tells it.
            let Ok(mut one) = made.recv() else { break };
            take(&mut one)?;
            _ = back.send(one);
        }
        Ok(())
    })
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

    #[test]
    fn what_is_done_beside_is_done_when_the_work_is() {
        for jobs in [1, 2] {
            let mut is_done = false;
            assert_eq!(beside(jobs, || is_done = true, || jobs * 2), jobs * 2);
            assert!(is_done);
        }
    }

    /// Writes a number, and how many its worker wrote before, where the last number was.
    fn counting() -> impl FnMut(usize, &mut (usize, usize)) {
        let mut before = 0;
        move |number, room| {
            *room = (number, before);
            before += 1;
        }
    }

    #[test]
    fn what_is_made_in_turn_is_taken_in_order() {
        for (count, jobs) in [(0, 1), (0, 3), (1, 3), (7, 1), (7, 2), (100, 3)] {
            let mut taken = Vec::new();
            let done = in_turn(count, jobs, counting, |made| {
                taken.push(*made);
                Ok::<(), ()>(())
            });
            let threads = jobs.min(count).max(1);
            let expected: Vec<_> = (0..count).map(|number| (number, number / threads)).collect();
            assert_eq!((taken, done), (expected, Ok(())), "{count} on {jobs}");
        }
    }

    #[test]
    fn nothing_more_is_made_when_nobody_takes_it() {
        for jobs in [1, 3] {
            let made = AtomicUsize::new(0);
            let worker = || {
                |number: usize, room: &mut usize| {
                    made.fetch_add(1, Ordering::Relaxed);
                    *room = number;
                }
            };
            let done = in_turn(1_000_000, jobs, worker, |made| if *made < 20 { Ok(()) } else { Err(*made) });
            assert_eq!(done, Err(20));
            assert!(made.load(Ordering::Relaxed) <= 21 + jobs * WAITING);
        }
    }
}
