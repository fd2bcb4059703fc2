//! The files of a run, read into one collection.

use super::{Checker, Way, parts};
use crate::collection::Collection;
use crate::finding::Evidence;
use crate::input::{Format, Ignore, LARGEST, Reading, Role, Setting, format_of};
use crate::problem::Problem;
use crate::record::{ACCOUNT_ID, Records};
use crate::source::{OnDisk, Source, SourceId};
use crate::time::Time;
use crate::words::Words;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

/// What is to be checked.
#[derive(Default)]
pub struct Input {
    files: Vec<InputFile>,
    /// The day for records without a time.
    pub as_of: Option<Time>,
    /// Threads to use; the result does not depend on it.
    pub jobs: usize,
    /// How many of the records that fill a window are named.
    pub evidence: Evidence,
    /// Whether findings that a waiver covers are reported like all others: for those who review the waivers.
    pub unwaived: bool,
    /// Who is told how far the check is.
    pub watch: Option<Arc<dyn Watch>>,
    /// Whether the report covers what drafts say.
    pub redact: bool,
}

/// Is told how far a check is, now and then, by any thread. It changes nothing.
pub trait Watch: Send + Sync {
    /// So much more was read.
    fn read(&self, bytes: usize, records: usize);

    /// So many records more were held against the rules on single records.
    fn checked(&self, records: usize);
}

/// A file of an input.
pub struct InputFile {
    /// What was read.
    pub source: Source,
    /// How to read it.
    pub format: &'static Format,
    /// What it is read as.
    pub role: Role,
}

impl InputFile {
    /// A file as it lies on disk. A large one whose records follow one another is read while it is checked, and never kept.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(name: impl Into<String>, file: File, format: &'static Format, role: Role) -> io::Result<InputFile> {
        if format.is_made() {
            return Ok(InputFile { source: made(&name.into(), file, format)?, format, role });
        }
        let source = Source::open(name, file)?;
        let held = if matches!(format.reading, Reading::Whole(_)) { source.held()? } else { None };
        Ok(InputFile { source: held.unwrap_or(source), format, role })
    }

    /// How many bytes it has, about.
    pub fn length(&self) -> usize {
        let held = || self.source.bytes_unmade().map_or(self.source.text().len(), <[u8]>::len);
        self.source.on_disk().map_or_else(held, OnDisk::len)
    }

    /// Whether it is known to hold nothing but blanks.
    pub fn is_blank(&self) -> bool {
        self.source.on_disk().is_none()
            && self.source.bytes_unmade().is_none()
            && self.source.text().trim().is_empty()
            && self.source.faults().is_empty()
    }

    /// A file whose format is told by the ending of its name; none when no format has that ending. A workbook or a document
    /// is read by [`InputFile::of_bytes`].
    pub fn of(source: Source, role: Role) -> Option<InputFile> {
        let format = format_of(source.name())?;
        let source =
            if format.is_made() && !source.is_noted() { format.source(source.name(), source.text().as_bytes().to_vec()) } else { source };
        Some(InputFile { format, source, role })
    }

    /// The same, from the bytes of the file.
    pub fn of_bytes(name: &str, bytes: Vec<u8>, role: Role) -> Option<InputFile> {
        let format = format_of(name)?;
        Some(InputFile { source: format.source(name, bytes), format, role })
    }
}

/// A file of which a text is made. What is larger than any such file is not read to its end; the format says so.
fn made(name: &str, file: File, format: &Format) -> io::Result<Source> {
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(format.source(name, bytes))
}

impl Input {
    /// Nothing yet.
    pub fn new() -> Input {
        Input::default()
    }

    /// Adds a file.
    pub fn add(&mut self, file: InputFile) {
        self.files.push(file);
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// Everything that was read.
pub(super) struct Collected {
    /// The records.
    pub all: Collection,
    /// How to get back into each source.
    pub ways: Vec<Way>,
    /// What could not be understood.
    pub problems: Vec<Problem>,
    /// What records may break.
    pub ignores: Vec<Ignore>,
}

/// Reads every file; the order in which they were added does not matter.
pub(super) fn collect(checker: &Checker, input: Input) -> Collected {
    let mut files = input.files;
    let rank = |role: Role| u8::from(role != Role::History);
    files.sort_by(|a, b| (rank(a.role), a.source.name()).cmp(&(rank(b.role), b.source.name())));
    let mut records = Records::new(checker.layout.columns(false));
    let mut accounts = Records::new(checker.layout.columns(true));
    let (mut problems, mut ignores, mut history) = (Vec::new(), Vec::new(), 0);
    let mut ways = Vec::new();
    for (at, file) in files.iter_mut().enumerate() {
        let id = SourceId(at as u32);
        records.begin_source(id);
        accounts.begin_source(id);
        let setting = Setting { layout: &checker.layout, words: &checker.words, zone: &checker.zone };
        if let Some(made) = file.format.made(&file.source, setting) {
            file.source = made;
        }
        let part = parts::read(checker, file, (id, input.jobs), input.watch.as_deref());
        problems.extend(damage(&file.source, id));
        if file.role != Role::History {
            ignores.extend(part.ignores.into_iter().map(|ignore| ignore.moved((0, records.len()), (0, accounts.len()))));
        }
        records.append(part.records);
        accounts.append(part.accounts);
        problems.extend(part.problems);
        ways.push(Way { format: file.format, has_ids: part.has_ids });
        if file.role == Role::History {
            history = records.len() as u32;
        }
    }
    problems.extend(doubled(&accounts));
    said_once(&mut problems);
    let sources = files.into_iter().map(|file| file.source).collect();
    let all = Collection::new(sources, records, history, accounts);
    for ignore in &mut ignores {
        ignore.waiver.line = all.sources[all.source_of(ignore.row).0 as usize].position(ignore.span.start as usize).line;
    }
    Collected { all, ways, problems, ignores }
}

/// The files that somebody wrote to while they were checked.
pub(super) fn changed(sources: &[Source]) -> Vec<Problem> {
    let is_changed = |source: &Source| source.on_disk().is_some_and(OnDisk::is_changed);
    let changed = sources.iter().enumerate().filter(|(_, source)| is_changed(source));
    changed.map(|(at, _)| parts::changed_meanwhile(SourceId(at as u32))).collect()
}

/// Bytes that could not be decoded: said once a file, at the first place.
fn damage(source: &Source, id: SourceId) -> Option<Problem> {
    let first = source.damage().first()?;
    let count = source.damage().len();
    let words = Words::new(
        format!("有 {count} 处字节无法解码，已显示为 \u{FFFD}"),
        format!("{count} places could not be decoded and are shown as \u{FFFD}"),
    );
    let help = Words::fixed("把文件存成 UTF-8 再检查", "save the file as UTF-8");
    Some(Problem::error("input-bad-encoding", id, *first, words).with_help(help))
}

/// What is wrong with a field's name, or is likely so in a whole file, is said once a file, however many parts it was read in.
fn said_once(problems: &mut Vec<Problem>) {
    let mut seen = std::collections::BTreeSet::new();
    problems.retain(|problem| {
        !matches!(problem.code, "input-unknown-field" | "input-unsupported" | "input-odd-time")
            || seen.insert((problem.source, problem.words.en.clone()))
    });
}

/// Accounts that are registered twice: the first stands.
fn doubled(accounts: &Records) -> Vec<Problem> {
    let mut seen = hashbrown::HashSet::<u32, foldhash::fast::FixedState>::default();
    let again = |row: &u32| !seen.insert(accounts.key(ACCOUNT_ID.column, *row));
    let rows: Vec<u32> = (0..accounts.len() as u32).filter(again).collect();
    let problem = |row: u32| {
        let name = accounts.name(ACCOUNT_ID.column, row).unwrap_or_default();
        let words = Words::new(
            format!("账号 `{name}` 登记了两次，以第一次为准"),
            format!("the account `{name}` is registered twice; the first entry stands"),
        );
        Problem::error("input-duplicate-account", accounts.source(row), accounts.span(row), words)
    };
    rows.into_iter().map(problem).collect()
}
