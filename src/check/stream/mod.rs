//! A log that is checked while it is still being written: findings come as they are decided, memory does not grow with the log.
//!
//! Bytes come in pieces of any length; the records that are whole are read and looked at in the order in which they stand. Rules
//! on single records decide at once. Rules that count take the records in order of time: a record waits until nothing earlier can
//! come, which `lateness` decides. Each rule keeps of each group the records of its open window and the run that is open, so
//! that every hit is found by the same code, and at the same record, as when all of the log is at hand.
//!
//! Findings come in order of decision: for each record that is read, what it says itself, in order of place and rule; then what is
//! decided by the records and the time that can come no more, in order of time. Whatever the pieces, the order is the same.

mod books;
mod counters;
mod feed;
mod index;
mod lane;
mod order;
mod tail;
mod told;

use super::place::Places;
use super::read::{Collected, Input, collect};
use super::redact::cover_finding;
use super::{Checker, Run, Way};
use crate::collection::{Collection, Row};
use crate::finding::{Evidence, Finding};
use crate::input::{Format, Ignore, Intake, Role, Setting};
use crate::record::{Leaving, Moves, Needed, room};
use crate::report::{Report, Summary};
use crate::source::{Source, SourceId};
use crate::time::{Length, Time};
use books::{Books, Known};
use feed::{Feed, Piece};
use std::collections::VecDeque;
use std::ops::Range;

/// A check of a log that is still being written.
///
/// Bytes are pushed as they come; each push gives a report of what it decided, and the end of the log gives the last. Findings of
/// all reports together are those of a check of the whole log, except that records that come too late are findings of their own.
/// The reports hold no text: their sources know the places of their findings and nothing else.
pub struct Stream<'c> {
    checker: &'c Checker,
    as_of: Option<Time>,
    /// Whether reports cover what drafts say.
    redacts: bool,
    /// Files that were read whole, the log, and those pieces of it whose text is at hand.
    all: Collection,
    ways: Vec<Way>,
    log: SourceId,
    feed: Feed,
    parts: VecDeque<Part>,
    /// Sources of parts that are gone.
    free: Vec<SourceId>,
    books: Books<'c>,
    /// How many rows there may be before those that are not needed are thrown away.
    full: usize,
}

/// What a stream is of.
pub struct Log {
    /// The name findings give it.
    pub name: String,
    /// Its format: one whose records follow one another.
    pub format: &'static Format,
    /// How much later than a later record a record may come.
    pub lateness: Length,
}

/// A piece of the log whose text is at hand.
struct Part {
    source: SourceId,
    rows: Range<u32>,
}

impl Checker {
    /// Begins to check a log. The input holds what is known beforehand: the registry and what was already sent.
    pub fn stream(&self, log: Log, input: Input) -> Stream<'_> {
        let (as_of, redacts, unwaived) = (input.as_of, input.redact, input.unwaived);
        let Collected { mut all, mut ways, problems, ignores } = collect(self, input);
        let id = SourceId(all.sources.len() as u32);
        all.sources.push(Source::new(log.name.as_str(), ""));
        ways.push(Way { format: log.format, has_ids: true });
        let run = Run { checker: self, all: &all, as_of, jobs: 1, evidence: Evidence::Few, ways: &ways };
        let books = Books::begin(run, self, (id, log.lateness), Known { problems, ignores, unwaived });
        let feed = Feed::new(log.name, log.format);
        Stream { checker: self, as_of, redacts, all, ways, log: id, feed, parts: VecDeque::new(), free: Vec::new(), books, full: room(0) }
    }
}

impl Stream<'_> {
    /// Takes the next bytes of the log; gives what they decide.
    pub fn push(&mut self, bytes: &[u8]) -> Report {
        self.feed.add(bytes);
        while let Some(piece) = self.feed.next() {
            self.read(piece);
        }
        self.report()
    }

    /// The log is over: gives what is decided by that.
    pub fn end(mut self) -> Report {
        if let Some(piece) = self.feed.rest() {
            self.read(piece);
        }
        let run = Run { checker: self.checker, all: &self.all, as_of: self.as_of, jobs: 1, evidence: Evidence::Few, ways: &self.ways };
        self.books.end(&mut Places::new(run));
        let undecided = self.checker.undecided(&self.books.skipped);
        Report { undecided, ..self.report() }
    }

    /// Reads the records of a piece, and looks at them.
    fn read(&mut self, piece: Piece) {
        let source = self.free.pop().unwrap_or(SourceId(self.all.sources.len() as u32));
        let at = source.0 as usize;
        self.all.sources.resize_with(self.all.sources.len().max(at + 1), || Source::new("", ""));
        self.ways.resize(self.all.sources.len(), self.ways[self.log.0 as usize]);
        self.all.sources[at] = piece.source;
        let setting = Setting { layout: &self.checker.layout, words: &self.checker.words, zone: &self.checker.zone };
        let mut intake = Intake::new(&self.all.sources[at], source, Role::Plan, setting);
        intake.records = self.all.records.lend();
        self.ways[at].format.read(&mut intake, piece.range);
        let Intake { records, accounts, mut problems, ignores, .. } = intake;
        problems.extend(Books::not_registered(&accounts, source));
        let first = self.all.records.len() as u32;
        let ignores = said_by_records(ignores, first, &self.all.sources[at]);
        self.all.add(source, records);
        let rows = first..self.all.records.len() as u32;
        let run = Run { checker: self.checker, all: &self.all, as_of: self.as_of, jobs: 1, evidence: Evidence::Few, ways: &self.ways };
        self.books.take(run, ignores, &mut problems);
        self.books.look(run, rows.clone(), problems);
        self.parts.push_back(Part { source, rows: rows.clone() });
        self.leave_parts();
        // The next piece may be like this one.
        if self.all.records.len() + rows.len() > self.full {
            self.make_room();
        }
    }

    /// Lets go of the texts that nothing waits for.
    fn leave_parts(&mut self) {
        let lowest = self.books.order.lowest().unwrap_or(u32::MAX);
        while self.parts.front().is_some_and(|part| part.rows.end <= lowest) {
            let Some(Part { source, rows }) = self.parts.pop_front() else { return };
            let text = std::mem::replace(&mut self.all.sources[source.0 as usize], Source::new("", ""));
            let leaving = Leaving { rows: rows.clone(), source, text: &text, texts: &self.books.texts };
            self.all.records.leave(leaving, self.log);
            self.books.texts.retain(|row| *row >= rows.end);
            self.free.push(source);
        }
    }

    /// Throws away the rows that are not needed.
    fn make_room(&mut self) {
        let run = Run { checker: self.checker, all: &self.all, as_of: self.as_of, jobs: 1, evidence: Evidence::Few, ways: &self.ways };
        self.books.leave_idle(run);
        let mut needed = Needed::none(self.all.records.len());
        self.books.need(&mut needed);
        let at_hand = self.all.records.repeated().chain(self.parts.iter().flat_map(|part| part.rows.clone()));
        at_hand.for_each(|row| needed.row(row, Needed::ALL));
        let moves = Moves::of(needed);
        for part in &mut self.parts {
            part.rows = moves.before(part.rows.start)..moves.before(part.rows.end);
        }
        let names = self.all.keep(&moves);
        let run = Run { checker: self.checker, all: &self.all, as_of: self.as_of, jobs: 1, evidence: Evidence::Few, ways: &self.ways };
        self.books.keep(run, &moves, &names);
        self.full = self.all.records.len() + room(self.all.records.len());
    }

    fn report(&mut self) -> Report {
        let files = self.all.sources[..=self.log.0 as usize].iter().map(Source::name);
        let (mut findings, sources) = self.books.told.take(files.chain(self.checker.sources.iter().map(Source::name)));
        if self.redacts {
            findings.iter_mut().for_each(|finding| cover_finding(&self.checker.words, finding));
        }
        let (waived, findings): (Vec<Finding>, Vec<Finding>) = findings.into_iter().partition(|finding| finding.waiver.is_some());
        let summary = Summary { waived: waived.len(), ..Summary::of(&findings, std::mem::take(&mut self.books.records)) };
        Report { findings, waived, shows_waived: false, sources, summary, zone: self.checker.zone.clone(), undecided: Vec::new() }
    }
}

/// What the records of a piece say, with their rows among all and their lines in the log. An account of a log is not registered.
fn said_by_records(ignores: Vec<Ignore>, first: u32, source: &Source) -> Vec<Ignore> {
    let own = ignores.into_iter().filter(|ignore| matches!(ignore.row, Row::Record(_)));
    let mut own: Vec<Ignore> = own.map(|ignore| ignore.moved((0, first as usize), (0, 0))).collect();
    own.iter_mut().for_each(|ignore| ignore.waiver.line = source.position(ignore.span.start as usize).line);
    own
}
