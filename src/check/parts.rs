//! One file into records: as a whole, in ranges of its text, or piece by piece from disk; on several threads, in the order of the file.

use super::Checker;
use super::assembly::{Assembly, Names};
use super::read::{InputFile, Watch};
use crate::input::{Format, Ignore, Intake, Piece, Pieces, Reading, Setting, split};
use crate::problem::Problem;
use crate::record::{Form, Records};
use crate::source::{Lines, OnDisk, Source, SourceId};
use crate::span::Span;
use crate::threads::in_parts;
use crate::words::Words;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes below which splitting a file between threads does not pay.
const WORTH_SPLITTING: usize = 1 << 20;

/// Bytes of a text after which somebody is told of it.
const WORTH_TELLING: usize = 4 << 20;

/// What was read of one file.
pub(super) struct Part {
    /// Drafts and operations.
    pub records: Records,
    /// Accounts.
    pub accounts: Records,
    /// What could not be understood.
    pub problems: Vec<Problem>,
    /// What records may break.
    pub ignores: Vec<Ignore>,
    /// Whether a record of it may have an id.
    pub has_ids: bool,
}

/// Reads records out of a range of a text.
type Read = fn(&mut Intake<'_>, &str, Range<usize>);

/// Where threads get their work from.
enum Work<'a> {
    /// The file is one thing.
    Whole(&'static Format),
    /// Ranges of its text, and the number of the next.
    Ranges(Read, Vec<Range<usize>>, AtomicUsize),
    /// Pieces of the file on disk.
    Pieces(Read, Pieces<'a>, &'a OnDisk),
}

/// Why a file cannot be read piece by piece.
enum Trouble {
    /// It is not UTF-8 throughout.
    Encoding,
    Unreadable(io::Error),
}

/// Reads a file. One that must be decoded, or holds texts that rules read, is kept whole from then on.
pub(super) fn read(checker: &Checker, file: &mut InputFile, (id, jobs): (SourceId, usize), watch: Option<&dyn Watch>) -> Part {
    let texts = [false, true].iter().any(|facts| checker.layout.columns(*facts).iter().any(|wanted| wanted.form == Form::Text));
    if file.source.on_disk().is_some() && !texts {
        match try_read(checker, file, (id, jobs), watch) {
            Ok(part) => return part,
            Err(Trouble::Encoding) => {}
            Err(Trouble::Unreadable(error)) => return unreadable(checker, id, &error),
        }
    }
    let changed = match hold(file) {
        Ok(changed) => changed.then(|| changed_meanwhile(id)),
        Err(error) => return unreadable(checker, id, &error),
    };
    let mut part =
        try_read(checker, file, (id, jobs), watch).unwrap_or_else(|_| unreadable(checker, id, &io::ErrorKind::InvalidData.into()));
    part.problems.extend(changed);
    part
}

/// A file that somebody wrote to while it was checked: what is said of it may not be true any more.
pub(super) fn changed_meanwhile(id: SourceId) -> Problem {
    let words = Words::fixed(
        "这个文件在检查的时候被改动了，结果说的是改动之前的内容",
        "the file was changed while it was checked; the findings are about what it was before",
    );
    let help = Words::fixed("等文件写完再检查，或检查一份副本", "check it when nobody writes to it, or check a copy");
    Problem::error("input-changed", id, Span::default(), words).with_help(help)
}

/// Keeps the text of a file that is on disk; says whether somebody has written to it since it was opened.
fn hold(file: &mut InputFile) -> io::Result<bool> {
    let Some(held) = file.source.held()? else { return Ok(false) };
    let changed = file.source.on_disk().is_some_and(OnDisk::is_changed);
    file.source = held;
    Ok(changed)
}

fn try_read(checker: &Checker, file: &InputFile, (id, jobs): (SourceId, usize), watch: Option<&dyn Watch>) -> Result<Part, Trouble> {
    let setting = Setting { layout: &checker.layout, words: &checker.words, zone: &checker.zone };
    let work = Work::of(file, jobs, watch.is_some());
    let threads = jobs.min(work.most_threads());
    let intake = || Intake::new(&file.source, id, file.role, setting);
    if threads <= 1 {
        let mut intake = intake();
        work.share(&mut intake, watch, |_, _| {})?;
        let has_ids = intake.may_have_ids();
        let Intake { records, accounts, problems, ignores, lines, .. } = intake;
        keep_lines(&file.source, lines.unwrap_or_default());
        return Ok(Part { records, accounts, problems, ignores, has_ids });
    }
    let Intake { records, accounts, .. } = intake();
    let all = Assembly::new(records, accounts);
    let share = |_| {
        let (mut intake, mut names) = (intake(), Names::default());
        work.share(&mut intake, watch, |number, intake| all.take(number, intake, &mut names))
    };
    in_parts(threads, threads, share).into_iter().collect::<Result<(), Trouble>>()?;
    let (part, lines) = all.whole();
    keep_lines(&file.source, lines);
    Ok(part)
}

impl<'a> Work<'a> {
    fn of(file: &'a InputFile, jobs: usize, watched: bool) -> Work<'a> {
        let source = &file.source;
        match (file.format.reading, source.on_disk()) {
            (Reading::Whole(_) | Reading::Made { .. }, _) => Work::Whole(file.format),
            #[cfg(feature = "parquet")]
            (Reading::Columns { .. }, _) => Work::Whole(file.format),
            (Reading::InPieces { read, cut }, Some(disk)) => Work::Pieces(read, Pieces::of(source, disk, cut), disk),
            (Reading::InPieces { read, cut }, None) => {
                let length = source.text().len();
                let parts = match (jobs > 1, watched) {
                    (true, _) => length / WORTH_SPLITTING,
                    (false, true) => length / WORTH_TELLING,
                    (false, false) => 1,
                };
                Work::Ranges(read, split(source, cut, parts), AtomicUsize::new(0))
            }
        }
    }

    fn most_threads(&self) -> usize {
        match self {
            Work::Whole(_) => 1,
            Work::Ranges(_, ranges, _) => ranges.len().max(1),
            Work::Pieces(_, _, disk) => disk.len().div_ceil(WORTH_SPLITTING),
        }
    }

    /// Works until nothing is left to do. What was read of each range or piece may be taken, by number.
    fn share(
        &self,
        intake: &mut Intake<'a>,
        watch: Option<&dyn Watch>,
        mut take: impl FnMut(usize, &mut Intake<'a>),
    ) -> Result<(), Trouble> {
        let tell = |bytes: usize, records: usize| watch.iter().for_each(|watch| watch.read(bytes, records));
        match self {
            Work::Whole(format) => {
                format.read(intake, 0..0);
                tell(intake.source.text().len(), intake.records.len());
            }
            Work::Ranges(read, ranges, next) => {
                let next = || next.fetch_add(1, Ordering::Relaxed);
                let mut number = next();
                while let Some(range) = ranges.get(number) {
                    let (text, before) = (intake.source.text(), intake.records.len());
                    read(intake, text, range.clone());
                    tell(range.len(), intake.records.len() - before);
                    take(number, intake);
                    number = next();
                }
            }
            Work::Pieces(read, pieces, _) => {
                let mut piece = Piece::new();
                while pieces.next(&mut piece).map_err(Trouble::Unreadable)? {
                    let before = intake.records.len();
                    read_piece(*read, intake, &piece)?;
                    tell(piece.bytes().len(), intake.records.len() - before);
                    take(piece.number, intake);
                }
            }
        }
        Ok(())
    }
}

/// Reads a piece. Readers say where in the piece something stands, not where in the file.
fn read_piece(read: Read, intake: &mut Intake<'_>, piece: &Piece) -> Result<(), Trouble> {
    let text = simdutf8::basic::from_utf8(piece.bytes()).map_err(|_| Trouble::Encoding)?;
    let (records, accounts, problems, ignores) = (intake.records.len(), intake.accounts.len(), intake.problems.len(), intake.ignores.len());
    intake.before = piece.before;
    intake.lines.get_or_insert_with(|| Lines::behind(piece.before));
    if piece.number == 0 {
        intake.line(0);
    }
    read(intake, text, 0..text.len());
    intake.records.shift(records, piece.before);
    intake.accounts.shift(accounts, piece.before);
    intake.problems[problems..].iter_mut().for_each(|problem| problem.span = problem.span.shifted(piece.before));
    intake.ignores[ignores..].iter_mut().for_each(|ignore| ignore.shift(piece.before));
    Ok(())
}

fn keep_lines(source: &Source, lines: Lines) {
    if let Some(disk) = source.on_disk() {
        disk.keep_lines(lines);
    }
}

fn unreadable(checker: &Checker, id: SourceId, error: &io::Error) -> Part {
    let words = Words::new(format!("读不了这个文件：{error}"), format!("this file cannot be read: {error}"));
    Part {
        records: Records::new(checker.layout.columns(false)),
        accounts: Records::new(checker.layout.columns(true)),
        problems: vec![Problem::error("input-unreadable", id, Span::default(), words)],
        ignores: Vec::new(),
        has_ids: false,
    }
}
