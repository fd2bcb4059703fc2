//! A finding as the JSON object of `presend.report/v1`.
//!
//! A report may have a million findings, so what repeats is written once and copied: what a rule says of itself, the name of a
//! source. Places follow one another, so each is counted on from the one before. The keys stand in the order of the contract.

use crate::decimal::{Decimal, digits};
use crate::finding::{About, Citation, Finding, Fix, Match, Related, Severity, Waiver, Window};
use crate::output::escape::{hex, plain, quote, quote_if_any, quote_visible};
use crate::output::shown::visible;
use crate::report::Report;
use crate::source::{Point, Source, SourceId};
use crate::span::Span;
use crate::time::Time;
use crate::words::Lang;
use foldhash::fast::FixedState;
use std::sync::Arc;

/// Rules whose words are kept. A report of mistakes may have as many as findings.
const KEPT: usize = 4096;

/// Writes the findings of a report, one after another.
pub(super) struct Objects<'a> {
    report: &'a Report,
    lang: Lang,
    /// By address of what a rule says of itself, and severity.
    kept: hashbrown::HashMap<(usize, Severity), Kept, FixedState>,
    here: Option<Here>,
    /// Where texts are put together before they are quoted.
    text: String,
}

/// What a rule says of itself.
struct Kept {
    /// From `{` to the message.
    start: Vec<u8>,
    /// The help.
    help: Vec<u8>,
    /// The source.
    source: Vec<u8>,
}

/// The last place.
struct Here {
    source: SourceId,
    /// The name of the source, quoted.
    path: Vec<u8>,
    start: Point,
}

impl<'a> Objects<'a> {
    /// A writer of objects.
    pub(super) fn new(report: &'a Report, lang: Lang) -> Objects<'a> {
        Objects { report, lang, kept: hashbrown::HashMap::default(), here: None, text: String::new() }
    }

    /// Appends the object of a finding of the report.
    pub(super) fn write(&mut self, finding: &Finding, out: &mut Vec<u8>) {
        self.write_words(finding, out);
        self.write_location(finding, out);
        if let Some(found) = finding.matched() {
            write_match(found, out);
        }
        if let Some(window) = finding.window() {
            self.write_window(window, out);
        }
        self.write_related(&finding.related, out);
        write_fix(self.report.source(finding.place.source), finding.fix.as_deref(), out);
        if let Some(waiver) = &finding.waiver {
            write_waiver(waiver, out);
        }
        plain(out, r#","fingerprint":""#);
        out.extend_from_slice(&hex::<16>(finding.fingerprint));
        plain(out, "\"}");
    }

    fn write_words(&mut self, finding: &Finding, out: &mut Vec<u8>) {
        if self.kept.len() >= KEPT {
            self.kept.clear();
        }
        let (lang, address) = (self.lang, Arc::as_ptr(&finding.about).addr());
        let kept = self.kept.entry((address, finding.severity)).or_insert_with(|| Kept::new(&finding.about, finding.severity, lang));
        self.text.clear();
        finding.write_message(lang, &mut self.text);
        out.extend_from_slice(&kept.start);
        quote_visible(out, &self.text);
        plain(out, r#","help":"#);
        match &finding.help {
            Some(own) => quote_lines(out, own.say(lang)),
            None => out.extend_from_slice(&kept.help),
        }
        out.extend_from_slice(&kept.source);
    }

    fn write_location(&mut self, finding: &Finding, out: &mut Vec<u8>) {
        let place = &finding.place;
        let source = self.report.source(place.source);
        let before = self.here.take().filter(|here| here.source == place.source);
        let start = source.point(place.span.range().start, before.as_ref().map(|here| here.start));
        let path = before.map_or_else(|| quoted(source.name()), |here| here.path);
        plain(out, r#","location":{"path":"#);
        out.extend_from_slice(&path);
        plain(out, ",");
        write_stretch(start, source.point(place.span.range().end, Some(start)), out);
        write_cell(source, place.span, out);
        plain(out, r#","record":"#);
        quote_if_any(out, place.record.as_deref());
        plain(out, r#","field":"#);
        quote_if_any(out, place.field.as_deref());
        plain(out, "}");
        self.here = Some(Here { source: place.source, path, start });
    }

    fn write_window(&mut self, window: &Window, out: &mut Vec<u8>) {
        plain(out, r#","window":{"group":{"#);
        for (number, (field, value)) in window.group.iter().enumerate() {
            plain(out, if number == 0 { "" } else { "," });
            quote(out, field);
            plain(out, ":");
            quote(out, value);
        }
        plain(out, r#"},"count":"#);
        write_number(window.count, out);
        if let Some(of) = window.of {
            plain(out, r#","of":"#);
            write_number(of, out);
        }
        plain(out, r#","max":"#);
        write_number(window.max, out);
        write_count(r#","rows":"#, window.rows as usize, out);
        self.write_time(r#","start":"#, window.start, out);
        self.write_time(r#","end":"#, window.end, out);
        if window.allowed_at.is_some() {
            self.write_time(r#","allowed_at":"#, window.allowed_at, out);
        }
        if let Some(remaining) = window.remaining {
            plain(out, r#","remaining":"#);
            write_number(remaining, out);
        }
        plain(out, "}");
    }

    fn write_time(&mut self, key: &str, time: Option<Time>, out: &mut Vec<u8>) {
        plain(out, key);
        match time {
            Some(time) => {
                self.text.clear();
                self.report.zone.write(time, &mut self.text);
                quote(out, &self.text);
            }
            None => plain(out, "null"),
        }
    }

    fn write_related(&self, related: &[Related], out: &mut Vec<u8>) {
        plain(out, r#","related":["#);
        for (number, Related { place, note }) in related.iter().enumerate() {
            let source = self.report.source(place.source);
            let position = source.position(place.span.range().start);
            plain(out, if number == 0 { r#"{"path":"# } else { r#",{"path":"# });
            match self.here.as_ref().filter(|here| here.source == place.source) {
                Some(here) => out.extend_from_slice(&here.path),
                None => _ = quote(out, source.name()),
            }
            write_count(r#","line":"#, position.line, out);
            write_count(r#","column":"#, position.column, out);
            write_cell(source, place.span, out);
            plain(out, r#","note":"#);
            quote_visible(out, &note.say(self.lang));
            plain(out, "}");
        }
        plain(out, "]");
    }
}

impl Kept {
    fn new(about: &About, severity: Severity, lang: Lang) -> Kept {
        let mut kept = Kept { start: Vec::new(), help: Vec::new(), source: Vec::new() };
        let start = [
            (r#"{"rule":"#, about.id.as_str()),
            (r#","pack":"#, &about.pack),
            (r#","severity":"#, severity.name()),
            (r#","confidence":"#, &about.confidence),
        ];
        for (key, value) in start {
            plain(&mut kept.start, key);
            quote(&mut kept.start, value);
        }
        plain(&mut kept.start, r#","message":"#);
        quote_lines(&mut kept.help, about.help.say(lang));
        plain(&mut kept.source, r#","source":["#);
        for (number, citation) in about.source.iter().enumerate() {
            plain(&mut kept.source, if number == 0 { "" } else { "," });
            write_citation(citation, &mut kept.source);
        }
        plain(&mut kept.source, "]");
        kept
    }
}

fn write_citation(citation: &Citation, out: &mut Vec<u8>) {
    plain(out, r#"{"title":"#);
    quote(out, &citation.title);
    plain(out, r#","clause":"#);
    quote_if_any(out, citation.clause.as_deref());
    if let Some(url) = &citation.url {
        plain(out, r#","url":"#);
        quote(out, url);
    }
    plain(out, r#","basis":"#);
    quote_if_any(out, citation.basis.as_deref());
    plain(out, r#","as_of":"#);
    quote_if_any(out, citation.as_of.as_deref());
    plain(out, "}");
}

fn quoted(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    quote(&mut out, text);
    out
}

/// The text made visible, except that it may have several lines.
fn quote_lines(out: &mut Vec<u8>, text: &str) {
    quote(out, &text.lines().map(visible).collect::<Vec<_>>().join("\n"));
}

/// A stretch of a source in every way to count it; the ends are exclusive.
fn write_stretch(start: Point, end: Point, out: &mut Vec<u8>) {
    write_count(r#""line":"#, start.position.line, out);
    write_count(r#","column":"#, start.position.column, out);
    write_count(r#","end_line":"#, end.position.line, out);
    write_count(r#","end_column":"#, end.position.column, out);
    write_count(r#","start_byte":"#, start.original, out);
    write_count(r#","end_byte":"#, end.original, out);
}

/// The cell of a workbook.
fn write_cell(source: &Source, span: Span, out: &mut Vec<u8>) {
    if let Some(cell) = source.cell(span) {
        plain(out, r#","cell":"#);
        quote(out, &cell);
    }
}

fn write_match(found: &Match, out: &mut Vec<u8>) {
    plain(out, r#","match":{"text":"#);
    let start = out.len();
    quote(out, &found.text);
    let end = out.len();
    plain(out, r#","normalized":"#);
    match found.normalized == found.text {
        true => out.extend_from_within(start..end),
        false => _ = quote(out, &found.normalized),
    }
    plain(out, if found.obfuscated { r#","obfuscated":true}"# } else { r#","obfuscated":false}"# });
}

fn write_waiver(waiver: &Waiver, out: &mut Vec<u8>) {
    plain(out, r#","waived":{"reason":"#);
    quote_visible(out, &waiver.reason);
    plain(out, r#","approved_by":"#);
    quote_if_any(out, waiver.approved_by.as_deref());
    plain(out, r#","expires":"#);
    quote_if_any(out, waiver.expires.as_deref());
    plain(out, r#","path":"#);
    quote(out, &waiver.path);
    write_count(r#","line":"#, waiver.line, out);
    plain(out, "}");
}

fn write_fix(source: &Source, fix: Option<&Fix>, out: &mut Vec<u8>) {
    let Some(fix) = fix else { return plain(out, r#","fix":null"#) };
    plain(out, r#","fix":{"safety":"#);
    quote(out, &fix.safety);
    plain(out, r#","edits":["#);
    for (number, edit) in fix.edits.iter().enumerate() {
        plain(out, if number == 0 { "{" } else { ",{" });
        let Span { start, end } = edit.span;
        let start = source.point(start as usize, None);
        write_stretch(start, source.point(end as usize, Some(start)), out);
        plain(out, r#","text":"#);
        quote(out, &edit.text);
        plain(out, "}");
    }
    plain(out, "]}");
}

/// A key and a number of things.
#[inline(always)]
fn write_count(key: &str, count: usize, out: &mut Vec<u8>) {
    plain(out, key);
    out.extend_from_slice(digits(count as u64, &mut [0; 20]));
}

/// A whole number is written as one.
fn write_number(number: Decimal, out: &mut Vec<u8>) {
    match number.to_whole() {
        Some(whole) => plain(out, &whole.to_string()),
        None => plain(out, &serde_json::Value::from(number.to_float()).to_string()),
    }
}
