//! A finding as the JSON object of `presend.report/v1`.

use crate::decimal::Decimal;
use crate::finding::{Citation, Edit, Finding, Fix, Match, Place, Related, Window};
use crate::output::shown::visible;
use crate::report::Report;
use crate::source::{Position, Source};
use crate::span::Span;
use crate::words::Lang;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The keys stand in the order of the contract.
#[derive(Serialize)]
pub(super) struct Object<'a> {
    rule: &'a str,
    pack: &'a str,
    severity: &'a str,
    confidence: &'a str,
    message: String,
    help: String,
    source: Vec<Cited<'a>>,
    location: Location<'a>,
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    matched: Option<Matched<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<Counted<'a>>,
    related: Vec<Beside<'a>>,
    fix: Option<Change<'a>>,
    fingerprint: String,
}

impl<'a> Object<'a> {
    /// The object of one finding of a report.
    pub(super) fn new(report: &'a Report, finding: &'a Finding, lang: Lang) -> Object<'a> {
        let about = &*finding.about;
        let source = report.source(finding.place.source);
        Object {
            rule: &about.id,
            pack: &about.pack,
            severity: finding.severity.name(),
            confidence: &about.confidence,
            message: visible(&finding.message(lang)).into_owned(),
            help: lines(finding.help().say(lang)),
            source: about.source.iter().map(Cited::new).collect(),
            location: Location::new(source, &finding.place),
            matched: finding.matched().map(Matched::new),
            window: finding.window().map(|window| Counted::new(report, window)),
            related: finding.related.iter().map(|related| Beside::new(report, related, lang)).collect(),
            fix: finding.fix.as_deref().map(|fix| Change::new(source, fix)),
            fingerprint: finding.fingerprint_text(),
        }
    }
}

/// The text made visible, except that it may have several lines.
fn lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

#[derive(Serialize)]
struct Cited<'a> {
    title: &'a str,
    clause: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    basis: Option<&'a str>,
    as_of: Option<&'a str>,
}

impl<'a> Cited<'a> {
    fn new(citation: &'a Citation) -> Cited<'a> {
        Cited {
            title: &citation.title,
            clause: citation.clause.as_deref(),
            url: citation.url.as_deref(),
            basis: citation.basis.as_deref(),
            as_of: citation.as_of.as_deref(),
        }
    }
}

/// A stretch of a source in every way to count it; the ends are exclusive.
#[derive(Serialize)]
struct Stretch {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start_byte: usize,
    end_byte: usize,
}

impl Stretch {
    fn new(source: &Source, span: Span) -> Stretch {
        let range = span.range();
        let start = source.position(range.start);
        let inside = source.slice(span);
        let end = match inside.contains('\n') {
            // One look into the index is enough for the usual finding.
            false => Position { column: start.column + inside.chars().count(), ..start },
            true => source.position(range.end),
        };
        Stretch {
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            start_byte: source.original(range.start),
            end_byte: source.original(range.end),
        }
    }
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    #[serde(flatten)]
    stretch: Stretch,
    record: Option<&'a str>,
    field: Option<&'a str>,
}

impl<'a> Location<'a> {
    fn new(source: &'a Source, place: &'a Place) -> Location<'a> {
        Location {
            path: source.name(),
            stretch: Stretch::new(source, place.span),
            record: place.record.as_deref(),
            field: place.field.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Matched<'a> {
    text: &'a str,
    normalized: &'a str,
    obfuscated: bool,
}

impl<'a> Matched<'a> {
    fn new(found: &'a Match) -> Matched<'a> {
        Matched { text: &found.text, normalized: &found.normalized, obfuscated: found.obfuscated }
    }
}

#[derive(Serialize)]
struct Counted<'a> {
    group: Group<'a>,
    #[serde(serialize_with = "number")]
    count: Decimal,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number_if_any")]
    of: Option<Decimal>,
    #[serde(serialize_with = "number")]
    max: Decimal,
    rows: u64,
    start: Option<String>,
    end: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_at: Option<String>,
}

impl<'a> Counted<'a> {
    fn new(report: &Report, window: &'a Window) -> Counted<'a> {
        let show = |time| report.zone.show(time);
        Counted {
            group: Group(&window.group),
            count: window.count,
            of: window.of,
            max: window.max,
            rows: window.rows,
            start: window.start.map(show),
            end: window.end.map(show),
            allowed_at: window.allowed_at.map(show),
        }
    }
}

struct Group<'a>(&'a [(String, String)]);

impl Serialize for Group<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, value) in self.0 {
            map.serialize_entry(field, value)?;
        }
        map.end()
    }
}

/// A whole number is written as one.
fn number<S: Serializer>(n: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    match n.to_whole() {
        Some(whole) => serializer.serialize_i64(whole),
        None => serializer.serialize_f64(n.to_float()),
    }
}

fn number_if_any<S: Serializer>(n: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match n {
        Some(n) => number(n, serializer),
        None => serializer.serialize_none(),
    }
}

#[derive(Serialize)]
struct Beside<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    note: String,
}

impl<'a> Beside<'a> {
    fn new(report: &'a Report, related: &'a Related, lang: Lang) -> Beside<'a> {
        let source = report.source(related.place.source);
        let Position { line, column } = source.position(related.place.span.range().start);
        Beside { path: source.name(), line, column, note: visible(related.note.say(lang)).into_owned() }
    }
}

#[derive(Serialize)]
struct Change<'a> {
    safety: &'a str,
    edits: Vec<Edited<'a>>,
}

#[derive(Serialize)]
struct Edited<'a> {
    #[serde(flatten)]
    stretch: Stretch,
    text: &'a str,
}

impl<'a> Change<'a> {
    fn new(source: &Source, fix: &'a Fix) -> Change<'a> {
        let edited = |edit: &'a Edit| Edited { stretch: Stretch::new(source, edit.span), text: &edit.text };
        Change { safety: &fix.safety, edits: fix.edits.iter().map(edited).collect() }
    }
}
