//! A code quality report of GitLab: one JSON array, an issue for each finding.

use crate::finding::{Finding, Severity};
use crate::output::Style;
use crate::output::escape::json;
use crate::output::placed::labelled;
use crate::output::shown::{clipped, visible};
use crate::report::Report;
use crate::words::Lang;
use serde::Serialize;
use std::io;

/// Characters of a message; it may quote a text of any length.
const MESSAGE: usize = 500;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Writes the array, an issue a line.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = b"[".to_vec();
    for (number, finding) in report.findings.iter().enumerate() {
        text.extend_from_slice(if number == 0 { b"\n" } else { b",\n" });
        json(&mut text, &issue(report, finding, style.lang))?;
        out.write_all(&text)?;
        text.clear();
    }
    text.extend_from_slice(if report.findings.is_empty() { b"]\n" } else { b"\n]\n" });
    out.write_all(&text)
}

fn issue(report: &Report, finding: &Finding, lang: Lang) -> Issue {
    let source = report.source(finding.place.source);
    let span = finding.place.span.range();
    Issue {
        description: labelled(source, finding.place.span, lang) + &clipped(&finding.message(lang), MESSAGE),
        check_name: visible(&finding.about.id).into_owned(),
        fingerprint: finding.fingerprint_text(),
        severity: match finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Info => "info",
        },
        location: Location {
            path: visible(source.name()).into_owned(),
            lines: Lines { begin: source.position(span.start).line, end: source.position(span.end).line },
        },
    }
}
