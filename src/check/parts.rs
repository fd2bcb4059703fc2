//! One file into records: as a whole, in ranges of its text, or piece by piece from disk; on several threads, in the order of the file.

use super::Checker;
use super::read::{InputFile, Watch};
use crate::input::{Format, Ignore, Intake, Piece, Pieces, Reading, Setting, split};
use crate::problem::Problem;
use crate::record::{Form, Records, Stretch};
use crate::source::{Lines, OnDisk, Source, SourceId};
use crate::span::Span;
use crate::threads::{beside, in_parts};
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

/// What one thread has read, and how much of it after each range or piece.
struct Share<'a> {
    intake: Intake<'a>,
    marks: Vec<Mark>,
}

/// How much there was after a range or piece of this number.
#[derive(Clone, Copy, Default)]
struct Mark {
    number: usize,
    records: usize,
    accounts: usize,
    problems: usize,
    ignores: usize,
    lines: usize,
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
    let shares = in_parts(threads, threads, |_| work.share(Intake::new(&file.source, id, file.role, setting), watch));
    let shares: Vec<Share<'_>> = shares.into_iter().collect::<Result<_, Trouble>>()?;
    Ok(join(shares, &file.source))
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
                let parts = if jobs > 1 && length >= WORTH_SPLITTING { jobs * 4 } else { 1 };
                let parts = if watched { parts.max(length / WORTH_TELLING) } else { parts };
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

    /// Works until nothing is left to do.
    fn share(&self, intake: Intake<'a>, watch: Option<&dyn Watch>) -> Result<Share<'a>, Trouble> {
        let mut share = Share { intake, marks: Vec::new() };
        let tell = |bytes: usize, before: usize, share: &Share<'_>| {
            watch.iter().for_each(|watch| watch.read(bytes, share.intake.records.len() - before));
        };
        match self {
            Work::Whole(format) => {
                format.read(&mut share.intake, 0..0);
                tell(share.intake.source.text().len(), 0, &share);
            }
            Work::Ranges(read, ranges, next) => {
                let take = || next.fetch_add(1, Ordering::Relaxed);
                let mut number = take();
                while let Some(range) = ranges.get(number) {
                    let (text, before) = (share.intake.source.text(), share.intake.records.len());
                    read(&mut share.intake, text, range.clone());
                    share.mark(number);
                    tell(range.len(), before, &share);
                    number = take();
                }
            }
            Work::Pieces(read, pieces, _) => {
                let mut piece = Piece::new();
                share.intake.lines = Some(Lines::default());
                while pieces.next(&mut piece).map_err(Trouble::Unreadable)? {
                    let before = share.intake.records.len();
                    share.piece(*read, &piece)?;
                    tell(piece.bytes().len(), before, &share);
                }
            }
        }
        Ok(share)
    }
}

impl Share<'_> {
    /// Reads a piece. Readers say where in the piece something stands, not where in the file.
    fn piece(&mut self, read: Read, piece: &Piece) -> Result<(), Trouble> {
        let text = simdutf8::basic::from_utf8(piece.bytes()).map_err(|_| Trouble::Encoding)?;
        let known = self.now(piece.number);
        self.intake.before = piece.before;
        if piece.number == 0 {
            self.intake.line(0);
        }
        read(&mut self.intake, text, 0..text.len());
        self.intake.records.shift(known.records, piece.before);
        self.intake.accounts.shift(known.accounts, piece.before);
        for problem in &mut self.intake.problems[known.problems..] {
            problem.span = problem.span.shifted(piece.before);
        }
        self.intake.ignores[known.ignores..].iter_mut().for_each(|ignore| ignore.shift(piece.before));
        self.mark(piece.number);
        Ok(())
    }

    fn now(&self, number: usize) -> Mark {
        Mark {
            number,
            records: self.intake.records.len(),
            accounts: self.intake.accounts.len(),
            problems: self.intake.problems.len(),
            ignores: self.intake.ignores.len(),
            lines: self.intake.lines.as_ref().map_or(0, Lines::len),
        }
    }

    fn mark(&mut self, number: usize) {
        self.marks.push(self.now(number));
    }
}

/// What all threads have read, in the order of the file.
fn join(mut shares: Vec<Share<'_>>, source: &Source) -> Part {
    let jobs = shares.len();
    let has_ids = shares.iter().any(|share| share.intake.may_have_ids());
    let alone = if shares.len() == 1 { shares.pop() } else { None };
    if let Some(Share { intake, .. }) = alone {
        let Intake { records, accounts, problems, ignores, lines, .. } = intake;
        keep_lines(source, lines.unwrap_or_default());
        return Part { records, accounts, problems, ignores, has_ids };
    }
    let steps = steps(&shares);
    let rows =
        |of: fn(&Mark) -> usize| -> Vec<Stretch> { steps.iter().map(|(share, before, after)| (*share, of(before)..of(after))).collect() };
    let (records, accounts) = (rows(|mark| mark.records), rows(|mark| mark.accounts));
    let (lines, stretches) =
        (shares.iter_mut().filter_map(|share| share.intake.lines.take()).collect::<Vec<Lines>>(), rows(|mark| mark.lines));
    let lines = || stretches.into_iter().filter_map(|(share, range)| Some(lines.get(share)?.starts(range))).flatten();
    let problems = rows(|mark| mark.problems).into_iter().flat_map(|(share, range)| &shares[share].intake.problems[range]);
    let problems = problems.cloned().collect();
    let ignores = ignores(&shares, &steps);
    let (all_records, all_accounts) = shares.into_iter().map(|share| (share.intake.records, share.intake.accounts)).unzip();
    let gathered = || (Records::gathered(all_records, &records), Records::gathered(all_accounts, &accounts));
    let (records, accounts) = beside(jobs, || keep_lines(source, Lines::new(lines())), gathered);
    Part { records, accounts, problems, ignores, has_ids }
}

/// What records may break, with the numbers these have among all records.
fn ignores(shares: &[Share<'_>], steps: &[(usize, Mark, Mark)]) -> Vec<Ignore> {
    let (mut all, mut records, mut accounts) = (Vec::new(), 0, 0);
    for (share, before, after) in steps {
        let own = &shares[*share].intake.ignores[before.ignores..after.ignores];
        all.extend(own.iter().map(|ignore| ignore.clone().moved((before.records, records), (before.accounts, accounts))));
        records += after.records - before.records;
        accounts += after.accounts - before.accounts;
    }
    all
}

/// What was read at each step, in the order of the file: by whom, and how much there was before and after.
fn steps(shares: &[Share<'_>]) -> Vec<(usize, Mark, Mark)> {
    let mut steps: Vec<(usize, Mark, Mark)> = Vec::new();
    for (number, share) in shares.iter().enumerate() {
        let before = std::iter::once(Mark::default()).chain(share.marks.iter().copied());
        steps.extend(before.zip(&share.marks).map(|(before, after)| (number, before, *after)));
    }
    steps.sort_by_key(|(_, _, after)| after.number);
    steps
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
