//! What threads read of a file, put together in its order while they read on.
//!
//! The records of a piece are few: they are still near when they are put behind those of the pieces before it.

use super::parts::Part;
use crate::input::Intake;
use crate::record::{Own, Records, Shared};
use crate::source::Lines;
use crate::threads::locked;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// A file that several threads read.
pub(super) struct Assembly {
    records: Shared,
    accounts: Shared,
    /// Pieces that were read, by number, until somebody adds them.
    arrived: Mutex<Vec<(usize, Piece)>>,
    so_far: Mutex<SoFar>,
}

/// All pieces up to one, and what was read of later ones.
struct SoFar {
    part: Part,
    lines: Lines,
    /// The number of the piece that comes next.
    next: usize,
    later: BTreeMap<usize, Piece>,
}

/// What was read of a piece.
struct Piece {
    part: Part,
    lines: Option<Lines>,
}

/// The numbers that names have among all, for one thread.
#[derive(Default)]
pub(super) struct Names {
    records: Own,
    accounts: Own,
}

impl Assembly {
    /// Nothing yet of a file whose records and accounts have the columns of these.
    pub(super) fn new(records: Records, accounts: Records) -> Assembly {
        let shared = (Shared::of(&records), Shared::of(&accounts));
        let part = Part { records, accounts, problems: Vec::new(), ignores: Vec::new(), has_ids: false };
        let so_far = SoFar { part, lines: Lines::default(), next: 0, later: BTreeMap::new() };
        Assembly { records: shared.0, accounts: shared.1, arrived: Mutex::default(), so_far: Mutex::new(so_far) }
    }

    /// Takes all that a thread has read of the piece of this number. Nobody waits until another has added his: then that one adds both, or
    /// whoever comes next.
    pub(super) fn take(&self, number: usize, intake: &mut Intake<'_>, names: &mut Names) {
        let part = Part {
            records: self.records.take(&mut intake.records, &mut names.records),
            accounts: self.accounts.take(&mut intake.accounts, &mut names.accounts),
            problems: std::mem::take(&mut intake.problems),
            ignores: std::mem::take(&mut intake.ignores),
            has_ids: intake.may_have_ids(),
        };
        let piece = Piece { part, lines: intake.lines.take() };
        locked(&self.arrived).push((number, piece));
        if let Ok(mut so_far) = self.so_far.try_lock() {
            so_far.go_on(&self.arrived);
        }
    }

    /// The whole file, and where its lines start.
    pub(super) fn whole(self) -> (Part, Lines) {
        let mut so_far = self.so_far.into_inner().unwrap_or_else(PoisonError::into_inner);
        so_far.go_on(&self.arrived);
        let SoFar { mut part, lines, .. } = so_far;
        self.records.name(&mut part.records);
        self.accounts.name(&mut part.accounts);
        (part, lines)
    }
}

impl SoFar {
    /// Adds the pieces that come next, as far as they have arrived.
    fn go_on(&mut self, arrived: &Mutex<Vec<(usize, Piece)>>) {
        loop {
            let some = std::mem::take(&mut *locked(arrived));
            if some.is_empty() {
                return;
            }
            self.later.extend(some);
            while let Some(piece) = self.later.remove(&self.next) {
                self.add(piece);
                self.next += 1;
            }
        }
    }

    fn add(&mut self, Piece { part, lines }: Piece) {
        let Part { records, accounts, problems, ignores, has_ids } = &mut self.part;
        ignores.extend(part.ignores.into_iter().map(|ignore| ignore.moved((0, records.len()), (0, accounts.len()))));
        records.append(part.records);
        accounts.append(part.accounts);
        problems.extend(part.problems);
        *has_ids |= part.has_ids;
        lines.iter().for_each(|lines| self.lines.append(lines));
    }
}
