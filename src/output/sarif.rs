//! SARIF 2.1.0, for code scanning: one run, every rule that found something, a result for each finding.
//!
//! Columns count code points and ends are exclusive, as in the JSON report. The shapes written are those of `sarif/shape.rs`.

mod shape;

use crate::finding::{About, Counted, Edit, Finding, Fix, Place, Related, Severity, Waiver};
use crate::output::Style;
use crate::output::escape::json;
use crate::output::placed::label;
use crate::output::remarks::say;
use crate::output::shown::{clipped, visible};
use crate::report::Report;
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::words::Lang;
use shape::{
    Artifact, ArtifactLocation, Change, Content, Descriptor, DescriptorProperties, Driver, Fixed, Insertion, Invocation, Level, Location,
    Logical, Message, Notification, Physical, Prints, Region, Replacement, ResultProperties, SarifResult, Suppression, Tool, Why,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

/// Characters of a message; it may quote a text of any length.
const MESSAGE: usize = 1000;

/// Writes the run, a result a line.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let results = Results { report, lang: style.lang, rules: rules(report) };
    let mut text = br#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":"#.to_vec();
    json(&mut text, &results.tool())?;
    text.extend_from_slice(b",\n\"language\":");
    json(&mut text, &say(style.lang, "zh-CN", "en"))?;
    text.extend_from_slice(b",\"columnKind\":\"unicodeCodePoints\",\n\"invocations\":");
    json(&mut text, &[invocation(report, style.lang)])?;
    text.extend_from_slice(b",\n\"artifacts\":");
    json(&mut text, &report.sources.iter().map(artifact).collect::<Vec<_>>())?;
    text.extend_from_slice(b",\n\"results\":[");
    for (number, finding) in report.findings.iter().chain(&report.waived).enumerate() {
        text.extend_from_slice(if number == 0 { b"\n" } else { b",\n" });
        json(&mut text, &results.result(finding))?;
        out.write_all(&text)?;
        text.clear();
    }
    text.extend_from_slice(b"\n]}]}\n");
    out.write_all(&text)
}

/// `pack/rule`.
fn id(about: &About) -> String {
    let (pack, rule) = (visible(&about.pack), visible(&about.id));
    if pack.is_empty() { rule.into_owned() } else { format!("{pack}/{rule}") }
}

/// Every rule that found something, by id, with its number in that order.
fn rules(report: &Report) -> BTreeMap<String, (usize, &About)> {
    let mut rules: BTreeMap<String, (usize, &About)> =
        report.findings.iter().chain(&report.waived).map(|finding| (id(&finding.about), (0, &*finding.about))).collect();
    rules.values_mut().enumerate().for_each(|(number, (at, _))| *at = number);
    rules
}

/// What the results of a run have in common.
struct Results<'a> {
    report: &'a Report,
    lang: Lang,
    rules: BTreeMap<String, (usize, &'a About)>,
}

impl<'a> Results<'a> {
    fn tool(&self) -> Tool {
        let version = env!("CARGO_PKG_VERSION");
        let rules = self.rules.iter().map(|(id, (_, about))| descriptor(id, about, self.lang)).collect();
        Tool { driver: Driver { name: "presend", version, semantic_version: version, rules } }
    }

    fn result(&self, finding: &'a Finding) -> SarifResult<'a> {
        let rule_id = id(&finding.about);
        SarifResult {
            rule_index: self.rules.get(&rule_id).map_or(0, |(number, _)| *number),
            rule_id,
            level: level(finding.severity),
            message: Message::of(clipped(&finding.message(self.lang), MESSAGE)),
            locations: [self.location(&finding.place)],
            related_locations: self.related(finding),
            suppressions: finding.waiver.as_deref().map(suppression).into_iter().collect(),
            partial_fingerprints: Prints { presend: finding.fingerprint_text() },
            fixes: finding.fix.as_deref().filter(|fix| !fix.edits.is_empty()).map(|fix| self.fix(finding, fix)).into_iter().collect(),
            properties: ResultProperties::of(finding, &self.report.zone),
        }
    }

    fn location(&self, place: &Place) -> Location {
        let name = place.record.as_deref().or(place.field.as_deref()).map(|name| visible(name).into_owned());
        Location {
            id: None,
            physical_location: self.physical(place.source.0, place.span),
            logical_locations: name.into_iter().chain(self.label(place.source, place.span)).map(|name| Logical { name }).collect(),
            message: None,
        }
    }

    /// The places beside a finding, then every record that was counted and is not among them.
    fn related(&self, finding: &Finding) -> Vec<Location> {
        let noted = finding.related.iter().map(|Related { place, note }| (place.source, place.span, Some(note.say(self.lang))));
        let counted = finding.window().map_or(&[][..], |window| &window.records).iter();
        let is_new = |one: &&Counted| {
            let own = (finding.place.source, finding.place.span);
            own != (one.source, one.span)
                && finding.related.iter().all(|known| (known.place.source, known.place.span) != (one.source, one.span))
        };
        let counted = counted.filter(is_new).map(|one| (one.source, one.span, None));
        let location = |(number, (source, span, note)): (usize, (SourceId, Span, Option<Cow<'_, str>>))| Location {
            id: Some(number),
            physical_location: self.physical(source.0, span),
            logical_locations: self.label(source, span).map(|name| Logical { name }).into_iter().collect(),
            message: Some(Message::of(visible(&note.unwrap_or_else(|| say(self.lang, "计入的记录", "counted").into())))),
        };
        noted.chain(counted).enumerate().map(location).collect()
    }

    /// The cell or the paragraph.
    fn label(&self, source: SourceId, span: Span) -> Option<String> {
        label(self.report.source(source), span, self.lang)
    }

    fn physical(&self, source: u32, span: Span) -> Physical {
        let artifact_location = ArtifactLocation { uri: uri(self.report.sources[source as usize].name()), index: Some(source) };
        Physical { artifact_location, region: region(&self.report.sources[source as usize], span) }
    }

    fn fix(&self, finding: &Finding, fix: &Fix) -> Fixed {
        let source = self.report.source(finding.place.source);
        let replacement = |edit: &Edit| Replacement {
            deleted_region: region(source, edit.span),
            inserted_content: Insertion { text: edit.text.clone() },
        };
        let change = Change {
            artifact_location: ArtifactLocation { uri: uri(source.name()), index: Some(finding.place.source.0) },
            replacements: fix.edits.iter().map(replacement).collect(),
        };
        Fixed { description: Message::of(visible(finding.help().say(self.lang))), artifact_changes: [change] }
    }
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Info => Level::Note,
    }
}

/// Why a finding may stand.
fn suppression(waiver: &Waiver) -> Suppression {
    Suppression { kind: "external", status: "accepted", justification: visible(&waiver.reason).into_owned() }
}

/// A rule, with what it says of itself.
fn descriptor(id: &str, about: &About, lang: Lang) -> Descriptor {
    let summary = if about.summary.is_empty() { &about.id } else { about.summary.say(lang) };
    let help = about.help.say(lang).lines().map(visible).collect::<Vec<_>>().join("\n");
    let url = about.source.iter().filter_map(|citation| citation.url.as_deref());
    Descriptor {
        id: id.to_owned(),
        name: visible(&about.id).into_owned(),
        short_description: Content { text: visible(summary).into_owned() },
        help: (!help.is_empty()).then_some(Content { text: help }),
        help_uri: url.map(uri_reference).find(|url| url.starts_with("https://") || url.starts_with("http://")),
        default_configuration: Why { level: level(about.severity.unwrap_or(Severity::Warning)) },
        properties: DescriptorProperties::of(about),
    }
}

fn invocation(report: &Report, lang: Lang) -> Invocation {
    let undecided = |(rule, records): &(String, usize)| {
        let rule = visible(rule);
        let text = match lang {
            Lang::Zh => format!("规则 {rule} 缺少账号资料，有 {records} 条记录没有判定"),
            Lang::En => format!("rule {rule} lacks facts of accounts; {records} not decided"),
        };
        Notification { level: Level::Note, message: Message { text } }
    };
    let is_mistake = |finding: &Finding| finding.about.kind == "policy" && finding.severity == Severity::Error;
    Invocation {
        execution_successful: !report.findings.iter().any(is_mistake),
        tool_execution_notifications: report.undecided.iter().map(undecided).collect(),
    }
}

fn artifact(source: &Source) -> Artifact {
    let whole = source.text().len();
    // What was put together from cells says nothing of the bytes of its file.
    let length = source.label(Span::default()).is_none().then(|| source.original(whole));
    Artifact { location: ArtifactLocation { uri: uri(source.name()), index: None }, length }
}

/// A stretch of a file. The ends are exclusive; lines and columns begin at one.
fn region(source: &Source, span: Span) -> Region {
    let start = source.point(span.range().start, None);
    let end = source.point(span.range().end, Some(start));
    let of_file = source.label(span).is_none();
    Region {
        start_line: start.position.line,
        start_column: start.position.column,
        end_line: end.position.line,
        end_column: end.position.column,
        byte_offset: of_file.then_some(start.original),
        byte_length: of_file.then(|| end.original.saturating_sub(start.original)),
    }
}

/// A path as a URI reference: relative as it is, absolute as `file://`.
fn uri(path: &str) -> String {
    let windows = path.as_bytes().get(1..3) == Some(b":/");
    let start = match (path.starts_with('/'), windows) {
        (true, _) => "file://",
        (_, true) => "file:///",
        // A name such as `a:b` would be read as a scheme.
        (false, false) if path.split('/').next().is_some_and(|first| first.contains(':')) => "./",
        (false, false) => "",
    };
    start.to_owned() + &percent(path, "-._~/:@!$&'()*+,;=")
}

/// A URI as it is, with everything escaped that must not stand in one.
fn uri_reference(url: &str) -> String {
    percent(url, "-._~/:@!$&'()*+,;=?#[]%")
}

fn percent(text: &str, plain: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match char::from(byte) {
            c if c.is_ascii_alphanumeric() || byte.is_ascii() && plain.contains(c) => out.push(c),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests;
