//! The parts of the SARIF 2.1.0 object model that are written.

use crate::finding::{About, Citation, Finding};
use crate::output::shown::visible;
use crate::time::Zone;
use serde::Serialize;
use std::collections::BTreeMap;

/// The program.
#[derive(Serialize)]
pub(super) struct Tool {
    pub driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver {
    pub name: &'static str,
    pub version: &'static str,
    pub semantic_version: &'static str,
    pub rules: Vec<Descriptor>,
}

/// A rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub id: String,
    pub name: String,
    pub short_description: Content,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Content>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help_uri: Option<String>,
    pub default_configuration: Why,
    pub properties: DescriptorProperties,
}

#[derive(Serialize)]
pub(super) struct Content {
    pub text: String,
}

#[derive(Serialize)]
pub(super) struct Why {
    pub level: Level,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Error,
    Warning,
    Note,
}

/// What SARIF has no words for; `precision` is what GitHub sorts by.
#[derive(Serialize)]
pub(super) struct DescriptorProperties {
    tags: Vec<String>,
    precision: String,
    pack: String,
    kind: String,
    confidence: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    basis: Vec<String>,
    source: Vec<Source>,
}

#[derive(Serialize)]
struct Source {
    title: String,
    clause: Option<String>,
    url: Option<String>,
    basis: Option<String>,
    as_of: Option<String>,
}

impl DescriptorProperties {
    pub(super) fn of(about: &About) -> DescriptorProperties {
        let shown = |text: &String| visible(text).into_owned();
        let source = |citation: &Citation| Source {
            title: shown(&citation.title),
            clause: citation.clause.as_ref().map(shown),
            url: citation.url.as_ref().map(shown),
            basis: citation.basis.as_ref().map(shown),
            as_of: citation.as_of.as_ref().map(shown),
        };
        let mut basis: Vec<String> = about.source.iter().filter_map(|citation| citation.basis.as_ref().map(shown)).collect();
        basis.sort();
        basis.dedup();
        let mut tags: Vec<String> = about.tags.iter().map(shown).collect();
        tags.sort();
        tags.dedup();
        DescriptorProperties {
            tags,
            precision: shown(&about.confidence),
            pack: shown(&about.pack),
            kind: shown(&about.kind),
            confidence: shown(&about.confidence),
            risk: about.risk.as_ref().map(shown),
            score: about.score,
            basis,
            source: about.source.iter().map(source).collect(),
        }
    }
}

/// How the run went.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
pub(super) struct Notification {
    pub level: Level,
    pub message: Message,
}

#[derive(Serialize)]
pub(super) struct Message {
    pub text: String,
}

impl Message {
    pub(super) fn of(text: impl Into<String>) -> Message {
        Message { text: text.into() }
    }
}

/// A file.
#[derive(Serialize)]
pub(super) struct Artifact {
    pub location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
}

#[derive(Serialize)]
pub(super) struct ArtifactLocation {
    pub uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
}

/// A finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifResult<'a> {
    pub rule_id: String,
    pub rule_index: usize,
    pub level: Level,
    pub message: Message,
    pub locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_locations: Vec<Location>,
    /// Written for each result, as the standard asks when any has one.
    pub suppressions: Vec<Suppression>,
    pub partial_fingerprints: Prints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<Fixed>,
    pub properties: ResultProperties<'a>,
}

#[derive(Serialize)]
pub(super) struct Suppression {
    pub kind: &'static str,
    pub status: &'static str,
    pub justification: String,
}

#[derive(Serialize)]
pub(super) struct Prints {
    #[serde(rename = "presend/v1")]
    pub presend: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<usize>,
    pub physical_location: Physical,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logical_locations: Vec<Logical>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
}

#[derive(Serialize)]
pub(super) struct Logical {
    pub name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical {
    pub artifact_location: ArtifactLocation,
    pub region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub start_line: usize,
    pub start_column: usize,
    pub end_line: usize,
    pub end_column: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_offset: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_length: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fixed {
    pub description: Message,
    pub artifact_changes: [Change; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Change {
    pub artifact_location: ArtifactLocation,
    pub replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Replacement {
    pub deleted_region: Region,
    pub inserted_content: Insertion,
}

#[derive(Serialize)]
pub(super) struct Insertion {
    pub text: String,
}

/// What was found or counted.
#[derive(Serialize)]
pub(super) struct ResultProperties<'a> {
    confidence: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    matched: Option<Matched<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<Window<'a>>,
}

#[derive(Serialize)]
struct Matched<'a> {
    text: &'a str,
    normalized: &'a str,
    obfuscated: bool,
}

#[derive(Serialize)]
struct Window<'a> {
    group: BTreeMap<&'a str, &'a str>,
    count: String,
    max: String,
    rows: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<String>,
}

impl<'a> ResultProperties<'a> {
    pub(super) fn of(finding: &'a Finding, zone: &Zone) -> ResultProperties<'a> {
        let matched =
            finding.matched().map(|found| Matched { text: &found.text, normalized: &found.normalized, obfuscated: found.obfuscated });
        let window = finding.window().map(|window| Window {
            group: window.group.iter().map(|(field, value)| (field.as_str(), value.as_str())).collect(),
            count: window.count.to_string(),
            max: window.max.to_string(),
            rows: window.rows,
            start: window.start.map(|time| zone.show(time)),
            end: window.end.map(|time| zone.show(time)),
            allowed_at: window.allowed_at.map(|time| zone.show(time)),
            remaining: window.remaining.map(|remaining| remaining.to_string()),
        });
        ResultProperties {
            confidence: &finding.about.confidence,
            record: finding.place.record.as_deref(),
            field: finding.place.field.as_deref(),
            matched,
            window,
        }
    }
}
