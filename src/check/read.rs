//! The files of a run, read into one collection.

use super::{Checker, in_parts};
use crate::collection::Collection;
use crate::finding::Evidence;
use crate::input::{Format, Intake, Role, Setting, format_of};
use crate::problem::Problem;
use crate::record::{ACCOUNT_ID, Records};
use crate::source::{Source, SourceId};
use crate::time::Time;
use crate::words::Words;

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
    /// A file whose format is told by the ending of its name; none when no format has that ending.
    pub fn of(source: Source, role: Role) -> Option<InputFile> {
        Some(InputFile { format: format_of(source.name())?, source, role })
    }
}

/// Bytes below which splitting a file between threads does not pay.
const WORTH_SPLITTING: usize = 1 << 20;

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

/// What was read of one file.
struct Part {
    records: Records,
    accounts: Records,
    problems: Vec<Problem>,
}

/// Everything that was read.
pub(super) struct Collected {
    /// The records.
    pub all: Collection,
    /// The format of each source.
    pub formats: Vec<&'static Format>,
    /// What could not be understood.
    pub problems: Vec<Problem>,
}

/// Reads every file; the order in which they were added does not matter.
pub(super) fn collect(checker: &Checker, input: Input) -> Collected {
    let mut files = input.files;
    let rank = |role: Role| u8::from(role != Role::History);
    files.sort_by(|a, b| (rank(a.role), a.source.name()).cmp(&(rank(b.role), b.source.name())));
    let mut records = Records::new(checker.layout.columns(false));
    let mut accounts = Records::new(checker.layout.columns(true));
    let (mut problems, mut history) = (Vec::new(), 0);
    for (at, file) in files.iter().enumerate() {
        let id = SourceId(at as u32);
        records.begin_source(id);
        accounts.begin_source(id);
        problems.extend(damage(&file.source, id));
        for part in parts(checker, file, id, input.jobs) {
            records.append(part.records);
            accounts.append(part.accounts);
            problems.extend(part.problems);
        }
        if file.role == Role::History {
            history = records.len() as u32;
        }
    }
    problems.extend(doubled(&accounts));
    said_once(&mut problems);
    let formats = files.iter().map(|file| file.format).collect();
    let sources = files.into_iter().map(|file| file.source).collect();
    Collected { all: Collection::new(sources, records, history, accounts), formats, problems }
}

fn parts(checker: &Checker, file: &InputFile, id: SourceId, jobs: usize) -> Vec<Part> {
    let length = file.source.text().len();
    let ranges = match file.format.split {
        Some(split) if jobs > 1 && length >= WORTH_SPLITTING => split(&file.source, jobs * 4),
        _ => std::iter::once(0..length).collect(),
    };
    let setting = Setting { layout: &checker.layout, words: &checker.words, zone: &checker.zone };
    let read = |range: std::ops::Range<usize>| {
        let mut intake = Intake::new(&file.source, id, file.role, setting);
        (file.format.read)(&mut intake, range);
        Part { records: intake.records, accounts: intake.accounts, problems: intake.problems }
    };
    in_parts(ranges.len(), jobs, |some| ranges[some].iter().cloned().map(&read).collect::<Vec<Part>>()).into_iter().flatten().collect()
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

/// What is wrong with a field's name is said once a file, however many parts the file was read in.
fn said_once(problems: &mut Vec<Problem>) {
    let mut seen = std::collections::BTreeSet::new();
    problems.retain(|problem| {
        !matches!(problem.code, "input-unknown-field" | "input-unsupported") || seen.insert((problem.source, problem.words.en.clone()))
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
