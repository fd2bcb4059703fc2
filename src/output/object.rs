//! A finding as the JSON object of `presend.report/v1`.
//!
//! A report may have a million findings, so what repeats is written once and copied: what a rule says of itself, the name of a
//! source. They are written a stretch at a time, whose places are counted together; several threads write stretches that follow one
//! another. The keys stand in the order of the contract.

use crate::decimal::{Decimal, digits};
use crate::finding::{About, Citation, Finding, Fix, Match, Related, Severity, Waiver, Window};
use crate::output::Style;
use crate::output::escape::{hex, plain, quote, quote_if_any, quote_visible};
use crate::output::shown::visible;
use crate::report::Report;
use crate::source::{Point, Source, SourceId};
use crate::span::Span;
use crate::threads::in_turn;
use crate::time::Time;
use crate::words::Lang;
use foldhash::fast::FixedState;
use std::hint::black_box;
use std::io;
use std::sync::Arc;

/// Rules whose words are kept. A report of mistakes may have as many as findings.
const KEPT: usize = 4096;

/// Findings that are written before they are handed on: some hundred kilobytes.
const STRETCH: usize = 128;

/// Writes the findings of a report, one after another.
struct Objects<'a> {
    report: &'a Report,
    lang: Lang,
    /// By address of what a rule says of itself, and severity.
    kept: hashbrown::HashMap<(usize, Severity), Kept, FixedState>,
    /// The last source.
    here: Option<Here>,
    /// The places of the stretch, and both ends of each.
    spans: Vec<Span>,
    ends: Vec<[Point; 2]>,
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

/// A source, and its name, quoted.
struct Here {
    source: SourceId,
    path: Vec<u8>,
}

/// Writes the objects of findings of a report, and something between each two.
pub(super) fn write_all(
    (report, findings): (&Report, &[&Finding]),
    style: Style,
    between: &str,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let stretches: Vec<&[&Finding]> = findings.chunks(STRETCH).collect();
    let worker = || {
        let mut objects = Objects::new(report, style.lang);
        let stretches = &stretches;
        move |number: usize, text: &mut Vec<u8>| {
            text.clear();
            plain(text, if number == 0 { "" } else { between });
            objects.write_stretch(stretches[number], between, text);
        }
    };
    in_turn(stretches.len(), style.jobs, worker, |text| out.write_all(text))
}

impl<'a> Objects<'a> {
    fn new(report: &'a Report, lang: Lang) -> Objects<'a> {
        let (kept, text) = (hashbrown::HashMap::default(), String::new());
        Objects { report, lang, kept, here: None, spans: Vec::new(), ends: Vec::new(), text }
    }

    fn write_stretch(&mut self, findings: &[&Finding], between: &str, out: &mut Vec<u8>) {
        look_at_windows(findings);
        let mut ends = std::mem::take(&mut self.ends);
        ends.clear();
        for together in findings.chunk_by(|a, b| a.place.source == b.place.source) {
            let Some(first) = together.first() else { continue };
            self.spans.clear();
            self.spans.extend(together.iter().map(|finding| finding.place.span));
            self.report.source(first.place.source).ends(&self.spans, &mut ends);
        }
        for (number, (finding, ends)) in findings.iter().zip(&ends).enumerate() {
            plain(out, if number == 0 { "" } else { between });
            self.write(finding, *ends, out);
        }
        self.ends = ends;
    }

    fn write(&mut self, finding: &Finding, ends: [Point; 2], out: &mut Vec<u8>) {
        self.write_words(finding, out);
        self.write_location(finding, ends, out);
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

    fn write_location(&mut self, finding: &Finding, ends: [Point; 2], out: &mut Vec<u8>) {
        let place = &finding.place;
        let source = self.report.source(place.source);
        let here = self.here.take().filter(|here| here.source == place.source);
        let here = here.unwrap_or_else(|| Here { source: place.source, path: quoted(source.name()) });
        plain(out, r#","location":{"path":"#);
        out.extend_from_slice(&here.path);
        self.here = Some(here);
        plain(out, ",");
        write_ends(ends, out);
        write_cell(source, place.span, out);
        plain(out, r#","record":"#);
        quote_if_any(out, place.record.as_deref());
        plain(out, r#","field":"#);
        quote_if_any(out, place.field.as_deref());
        plain(out, "}");
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
                plain(out, "\"");
                plain(out, &self.text);
                plain(out, "\"");
            }
            None => plain(out, "null"),
        }
    }

    fn write_related(&mut self, related: &[Related], out: &mut Vec<u8>) {
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
            self.text.clear();
            note.write(self.lang, &mut self.text);
            quote_visible(out, &self.text);
            plain(out, "}");
        }
        plain(out, "]");
    }
}

/// Looks at the groups of findings, at all of them before any is written: no cache holds them, and what is asked for together comes
/// together.
fn look_at_windows(findings: &[&Finding]) {
    let groups = findings.iter().filter_map(|finding| finding.window()).flat_map(|window| &window.group);
    let first = |text: &String| text.as_bytes().first().copied().unwrap_or_default();
    black_box(groups.fold(0, |seen, (field, value)| seen ^ first(field) ^ first(value)));
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

/// Both ends of a stretch of a source in every way to count them; the last is exclusive.
fn write_ends([start, end]: [Point; 2], out: &mut Vec<u8>) {
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
    let (spans, mut ends): (Vec<Span>, _) = (fix.edits.iter().map(|edit| edit.span).collect(), Vec::new());
    source.ends(&spans, &mut ends);
    for (number, (edit, ends)) in fix.edits.iter().zip(ends).enumerate() {
        plain(out, if number == 0 { "{" } else { ",{" });
        write_ends(ends, out);
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
        Some(whole) => {
            plain(out, if whole < 0 { "-" } else { "" });
            out.extend_from_slice(digits(whole.unsigned_abs(), &mut [0; 20]));
        }
        None => plain(out, &serde_json::Value::from(number.to_float()).to_string()),
    }
}
