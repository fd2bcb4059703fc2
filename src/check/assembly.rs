//! What threads read of a file, put together in its order while they read on.
//!
//! The records of a piece are few: they are still near when they are put behind those of the pieces before it.

use super::parts::Part;
use crate::input::{Ignore, Intake};
use crate::problem::Problem;
use crate::record::{Own, Records, Shared};
use crate::source::Lines;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// A file that several threads read.
pub(super) struct Assembly {
    records: Shared,
    accounts: Shared,
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
    records: Records,
    accounts: Records,
    problems: Vec<Problem>,
    ignores: Vec<Ignore>,
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
        Assembly { records: shared.0, accounts: shared.1, so_far: Mutex::new(so_far) }
    }

    /// Takes all that a thread has read of the piece of this number.
    pub(super) fn take(&self, number: usize, intake: &mut Intake<'_>, names: &mut Names) {
        let piece = Piece {
            records: self.records.take(&mut intake.records, &mut names.records),
            accounts: self.accounts.take(&mut intake.accounts, &mut names.accounts),
            problems: std::mem::take(&mut intake.problems),
            ignores: std::mem::take(&mut intake.ignores),
            lines: intake.lines.take(),
        };
        let has_ids = intake.may_have_ids();
        let mut so_far = self.so_far.lock().unwrap_or_else(PoisonError::into_inner);
        so_far.part.has_ids |= has_ids;
        so_far.later.insert(number, piece);
        so_far.go_on();
    }

    /// The whole file, and where its lines start.
    pub(super) fn whole(self) -> (Part, Lines) {
        let SoFar { mut part, lines, .. } = self.so_far.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.records.name(&mut part.records);
        self.accounts.name(&mut part.accounts);
        (part, lines)
    }
}

impl SoFar {
    /// Adds the pieces that come next, as far as they are there.
    fn go_on(&mut self) {
        while let Some(piece) = self.later.remove(&self.next) {
            let Part { records, accounts, problems, ignores, .. } = &mut self.part;
            ignores.extend(piece.ignores.into_iter().map(|ignore| ignore.moved((0, records.len()), (0, accounts.len()))));
            records.append(piece.records);
            accounts.append(piece.accounts);
            problems.extend(piece.problems);
            piece.lines.iter().for_each(|lines| self.lines.append(lines));
            self.next += 1;
        }
    }
}
