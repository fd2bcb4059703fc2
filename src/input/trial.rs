//! A file read for a test, and what came of it.

use super::{Format, Intake, Role, Setting, format_of, split};
use crate::record::{Form, Layout, Records, Text};
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::time::Zone;
use crate::vocabulary::Vocabulary;
use std::ops::Range;

/// What a reader made of a source.
pub(super) struct Trial {
    /// What was read.
    pub source: Source,
    format: &'static Format,
    layout: Layout,
    words: Vocabulary,
    records: Records,
    accounts: Records,
    problems: Vec<(&'static str, Span)>,
}

/// The fields a trial reads.
const WANTED: [(&str, Form); 11] = [
    ("id", Form::Key),
    ("device", Form::Key),
    ("target", Form::Key),
    ("promo", Form::Key),
    ("amount", Form::Number),
    ("count", Form::Number),
    ("text", Form::Text),
    ("title", Form::Text),
    ("account.kind", Form::Key),
    ("account.friends", Form::Number),
    ("account.intro", Form::Text),
];

impl Trial {
    /// Reads a text as a whole, in the format its name says.
    pub(super) fn new(name: &str, text: &str) -> Trial {
        Trial::of(Source::new(name, text))
    }

    /// Reads the bytes of a file as a whole.
    pub(super) fn made(name: &str, bytes: &[u8]) -> Trial {
        Trial::of(format_of(name).expect("a format").source(name, bytes.to_vec()))
    }

    /// Reads a source as a whole.
    pub(super) fn of(source: Source) -> Trial {
        let whole = 0..source.text().len();
        Trial::read(source, vec![whole])
    }

    /// Reads a text in the parts its format makes of it.
    pub(super) fn split(name: &str, text: &str, parts: usize) -> Trial {
        let source = Source::new(name, text);
        let cut = format_of(name).and_then(Format::cut).expect("a format that can be read in pieces");
        let parts = split(&source, cut, parts);
        Trial::read(source, parts)
    }

    fn read(source: Source, parts: Vec<Range<usize>>) -> Trial {
        let format = format_of(source.name()).expect("a format");
        let words = Vocabulary::bundled();
        let mut layout = Layout::new(&words);
        for (name, form) in WANTED {
            layout.want(&words, words.field(name).expect("declared"), form);
        }
        let (mut records, mut accounts) = (Records::new(layout.columns(false)), Records::new(layout.columns(true)));
        let mut problems = Vec::new();
        let zone = Zone::default();
        for part in parts {
            let mut intake = Intake::new(&source, SourceId(0), Role::Plan, Setting { layout: &layout, words: &words, zone: &zone });
            format.read(&mut intake, part);
            records.append(intake.records);
            accounts.append(intake.accounts);
            problems.extend(intake.problems.iter().map(|problem| (problem.code, problem.span)));
        }
        Trial { source, format, layout, words, records, accounts, problems }
    }

    /// The bytes of the records, then of the accounts.
    pub(super) fn spans(&self) -> Vec<Span> {
        let all = |records: &Records| (0..records.len() as u32).map(|row| records.span(row)).collect::<Vec<_>>();
        [all(&self.records), all(&self.accounts)].concat()
    }

    /// Every record as `field=value`, in the order of the layout; then every account.
    pub(super) fn rows(&self) -> Vec<String> {
        [self.table(&self.records, false), self.table(&self.accounts, true)].concat()
    }

    fn table(&self, records: &Records, facts: bool) -> Vec<String> {
        let row = |row: u32| {
            let time = records.time(row).map(|time| format!("time={}", Zone::default().show(time)));
            let cells = (0..self.layout.columns(facts).len() as u16).filter_map(|column| {
                let name = self.words.name(self.layout.columns(facts)[column as usize].field);
                let key = records.name(column, row).map(str::to_owned);
                let number = records.number(column, row).map(|number| number.to_string());
                let text = records.text(column, row, &self.source).map(|text| text.content.into_owned());
                Some(format!("{name}={}", key.or(number).or(text)?))
            });
            time.into_iter().chain(cells).collect::<Vec<_>>().join(" ")
        };
        (0..records.len() as u32).map(row).collect()
    }

    /// The texts of the records.
    pub(super) fn texts(&self) -> Vec<String> {
        self.bodies().into_iter().map(|text| text.content.into_owned()).collect()
    }

    fn bodies(&self) -> Vec<Text<'_>> {
        let text = self.words.field("text").expect("declared");
        let column = self.layout.columns(false).iter().position(|wanted| wanted.field == text).expect("wanted") as u16;
        (0..self.records.len() as u32).filter_map(|row| self.records.text(column, row, &self.source)).collect()
    }

    /// What stands in the source behind a part of the first text that has it.
    pub(super) fn behind(&self, part: &str) -> &str {
        let found = self.bodies().into_iter().find_map(|text| {
            let at = text.content.find(part)?;
            Some(text.source_span(at..at + part.len()))
        });
        self.source.slice(found.expect("the part stands in a text"))
    }

    /// What could not be understood, and the bytes to blame.
    pub(super) fn problems(&self) -> Vec<(&'static str, &str)> {
        self.problems.iter().map(|(code, span)| (*code, self.source.slice(*span))).collect()
    }

    /// The same with places, in the order in which a report has them.
    pub(super) fn placed(&self) -> Vec<(&'static str, Span)> {
        let mut placed = self.problems.clone();
        placed.sort_by_key(|(_, span)| *span);
        placed
    }

    /// The fields of every record as `name=value`, found again from its span.
    pub(super) fn found_again(&self) -> Vec<Vec<String>> {
        let fields = (self.format.open)(&self.source);
        let all = |span: &Span| {
            let fields = fields.of(*span);
            assert!(fields.iter().all(|field| field.span.start >= span.start && field.span.end <= span.end && !field.span.is_empty()));
            fields.into_iter().map(|field| format!("{}={}", field.name, field.value)).collect()
        };
        self.spans().iter().map(all).collect()
    }
}
