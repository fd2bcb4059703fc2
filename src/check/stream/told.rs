//! Findings of a log that is still being written: places are counted while their text is at hand.

use crate::check::place::{Places, finding};
use crate::check::waive::{By, Waivers};
use crate::check::{RuleHit, Run};
use crate::collection::Row;
use crate::finding::{Finding, Place, Related, Why};
use crate::kinds::{Check, Hit, Spot};
use crate::record::{Moves, Slot};
use crate::report::numbered;
use crate::source::{Point, Source, SourceId};
use crate::span::Span;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::sync::Arc;

/// The findings that were not handed over yet, and what is needed for those to come.
pub(super) struct Told {
    /// The source that stands for all of the log.
    log: SourceId,
    /// By source, the places that were counted. Spans of findings are numbers of such places.
    points: Vec<Vec<Point>>,
    /// Where records stand whose text is gone, or will be.
    noted: HashMap<(u32, Option<Slot>), Note, FixedState>,
    /// What covers a run that began at a record, by record and rule.
    covered: HashMap<(u32, usize), By, FixedState>,
    /// How often each fingerprint was given.
    given: HashMap<u64, u64, FixedState>,
    findings: Vec<Finding>,
}

/// Where a record stands.
#[derive(Clone)]
pub(super) struct Note {
    /// Its first byte.
    pub start: Point,
    /// Its end.
    pub end: Point,
    record: Option<Box<str>>,
    field: Option<Arc<str>>,
}

impl Note {
    /// Bytes of a source that is at hand.
    pub(super) fn of(source: &Source, span: Span) -> Note {
        let start = source.point(span.start as usize, None);
        Note { start, end: source.point(span.end as usize, Some(start)), record: None, field: None }
    }
}

impl Told {
    /// Nothing yet. All sources behind `log` are parts of it.
    pub(super) fn new(log: SourceId) -> Told {
        Told {
            log,
            points: Vec::new(),
            noted: HashMap::default(),
            covered: HashMap::default(),
            given: HashMap::default(),
            findings: Vec::new(),
        }
    }

    /// Notes where a record stands, for what it may lead to.
    pub(super) fn note(&mut self, places: &mut Places<'_>, row: u32, spot: &Spot) {
        if !self.is_gone(places.run, row) {
            let note = self.note_of(places, row, spot);
            self.noted.insert((row, slot_of(spot)), note);
        }
    }

    /// Where a record stands that is still at hand.
    pub(super) fn note_of(&self, places: &mut Places<'_>, row: u32, spot: &Spot) -> Note {
        let place = places.place(Row::Record(row), spot);
        let source = &places.run.all.sources[place.source.0 as usize];
        Note { record: place.record, field: place.field, ..Note::of(source, place.span) }
    }

    /// Notes what covers a run of a rule that begins at a record.
    pub(super) fn cover(&mut self, (row, rule): (u32, usize), by: Option<By>) {
        self.covered.extend(by.map(|by| ((row, rule), by)));
    }

    /// What covers a hit: what was noted when it began, or what its record says that is still known.
    fn cover_of(&self, run: Run<'_>, found: &RuleHit, waivers: &Waivers<'_>) -> Option<By> {
        let RuleHit { rule, hit: Hit { row, .. }, .. } = found;
        match row {
            Row::Record(row) if self.covered.contains_key(&(*row, *rule)) => self.covered.get(&(*row, *rule)).copied(),
            Row::Record(row) if self.is_gone(run, *row) && !looks_back(run, *rule) => None,
            row => waivers.find(run.all, (&run.checker.rules[*rule].about.id, 0), *row),
        }
    }

    /// Whether the settings turn a rule off for the log.
    pub(super) fn is_off(&self, run: Run<'_>, rule: usize) -> bool {
        run.checker.level(rule, run.all.sources[self.log.0 as usize].name()).is_none()
    }

    /// A finding for something that was counted.
    pub(super) fn hit(&mut self, places: &mut Places<'_>, found: RuleHit, waivers: &mut Waivers<'_>) {
        let run = places.run;
        if self.is_off(run, found.rule) {
            return;
        }
        let by = self.cover_of(run, &found, waivers);
        let place = match found.hit.row {
            Row::Record(row) if self.is_gone(run, row) => {
                let note = self.noted.get(&(row, slot_of(&found.hit.spot))).cloned();
                self.place_of(note, run.all.records.span(row).start as usize)
            }
            row => {
                let place = places.place(row, &found.hit.spot);
                self.pinned(run.all.sources.as_slice(), place)
            }
        };
        let related = found.hit.related.iter().map(|(row, note)| self.related(places, *row, note.clone())).collect();
        let mut finding = finding(run, (found.rule, found.hit), place, related);
        finding.waiver = by.map(|by| waivers.apply(by));
        self.give(finding);
    }

    /// Findings whose places are in sources that are at hand.
    pub(super) fn found(&mut self, sources: &[Source], findings: Vec<Finding>) {
        for mut finding in findings {
            finding.place = self.pinned(sources, finding.place);
            for related in &mut finding.related {
                related.place = self.pinned(sources, std::mem::take(&mut related.place));
            }
            for edit in finding.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
                edit.span = self.pinned(sources, Place::at(finding.place.source, edit.span)).span;
            }
            self.give(finding);
        }
    }

    /// Findings in sources behind those of the log: the policies.
    pub(super) fn said(&mut self, sources: &[Source], findings: Vec<Finding>) {
        for mut finding in findings {
            let text = &sources[finding.place.source.0 as usize];
            let start = text.point(finding.place.span.start as usize, None);
            let end = text.point(finding.place.span.end as usize, Some(start));
            finding.place.source.0 += self.log.0 + 1;
            finding.place.span = self.pin(finding.place.source, [start, end]);
            self.give(finding);
        }
    }

    /// Where a record begins in the log.
    pub(super) fn start_of(&self, places: &Places<'_>, row: u32) -> usize {
        let all = places.run.all;
        all.sources[all.records.source(row).0 as usize].original(all.records.span(row).start as usize)
    }

    /// The place of a record that was noted, or of nothing but a line.
    pub(super) fn place_of(&mut self, note: Option<Note>, line: usize) -> Place {
        let note = note.unwrap_or_else(|| Note { start: Point::line(line), end: Point::line(line), record: None, field: None });
        let span = self.pin(self.log, [note.start, note.end]);
        Place { source: self.log, span, record_at: line as u32, record: note.record, field: note.field }
    }

    /// Adds a finding: its fingerprint is told apart from those before it.
    pub(super) fn give(&mut self, mut finding: Finding) {
        let ordinal = self.given.entry(finding.fingerprint).or_insert(0);
        finding.fingerprint = numbered(finding.fingerprint, *ordinal);
        *ordinal += 1;
        self.findings.push(finding);
    }

    /// Hands over the findings, and for each source its name and the places counted in it.
    pub(super) fn take<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> (Vec<Finding>, Vec<Source>) {
        let points = std::mem::take(&mut self.points).into_iter().chain(std::iter::repeat_with(Vec::new));
        let sources = names.zip(points).map(|(name, points)| Source::of_points(name, points)).collect();
        (std::mem::take(&mut self.findings), sources)
    }

    /// Rows have moved; what is not needed is forgotten.
    pub(super) fn keep(&mut self, moves: &Moves) {
        let noted = std::mem::take(&mut self.noted).into_iter();
        self.noted = noted.filter_map(|((row, slot), note)| Some(((moves.to(row)?, slot), note))).collect();
        let covered = std::mem::take(&mut self.covered).into_iter();
        self.covered = covered.filter_map(|((row, rule), by)| Some(((moves.to(row)?, rule), by))).collect();
    }

    fn is_gone(&self, run: Run<'_>, row: u32) -> bool {
        run.all.records.source(row) == self.log
    }

    fn related(&mut self, places: &Places<'_>, row: Row, note: Why) -> Related {
        let run = places.run;
        if let Row::Record(row) = row
            && self.is_gone(run, row)
        {
            return Related { place: self.place_of(None, run.all.records.span(row).start as usize), note };
        }
        let Related { place, note } = places.related(row, note);
        Related { place: self.pinned(&run.all.sources, place), note }
    }

    /// A place whose bytes are counted in every way.
    fn pinned(&mut self, sources: &[Source], place: Place) -> Place {
        let text = &sources[place.source.0 as usize];
        let start = text.point(place.span.start as usize, None);
        let end = text.point(place.span.end as usize, Some(start));
        let source = place.source.min(self.log);
        let record_at = text.point(place.record_at as usize, None).position.line as u32;
        Place { source, span: self.pin(source, [start, end]), record_at, ..place }
    }

    fn pin(&mut self, source: SourceId, points: [Point; 2]) -> Span {
        let at = source.0 as usize;
        self.points.resize(self.points.len().max(at + 1), Vec::new());
        let start = self.points[at].len();
        self.points[at].extend(points);
        Span::new(start..start + 1)
    }
}

fn looks_back(run: Run<'_>, rule: usize) -> bool {
    matches!(&run.checker.rules[rule].check, Check::Series(check) if check.looks_back())
}

fn slot_of(spot: &Spot) -> Option<Slot> {
    match spot {
        Spot::Whole => None,
        Spot::Field(slot) | Spot::Bytes(_, slot) => Some(*slot),
    }
}
