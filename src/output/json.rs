//! `presend.report/v1`: a report as one JSON object, a finding on each line.

use crate::output::Style;
use crate::output::escape::write_json;
use crate::output::object::Object;
use crate::report::{Report, Summary};
use serde::Serialize;
use std::io;

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Counts {
    records: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    waived: usize,
    baselined: usize,
}

impl From<Summary> for Counts {
    fn from(summary: Summary) -> Counts {
        let Summary { records, errors, warnings, infos, waived, baselined } = summary;
        Counts { records, errors, warnings, infos, waived, baselined }
    }
}

/// Writes each finding as soon as it is made: a report may have a million.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = br#"{"schema":"presend.report/v1","tool":"#.to_vec();
    write_json(&mut text, &Tool { name: "presend", version: env!("CARGO_PKG_VERSION") })?;
    text.extend_from_slice(br#","summary":"#);
    write_json(&mut text, &Counts::from(report.summary))?;
    text.extend_from_slice(br#","findings":["#);
    for (number, finding) in report.findings.iter().enumerate() {
        text.extend_from_slice(if number == 0 { b"\n" } else { b",\n" });
        write_json(&mut text, &Object::new(report, finding, style.lang))?;
        out.write_all(&text)?;
        text.clear();
    }
    text.extend_from_slice(if report.findings.is_empty() { b"]}\n" } else { b"\n]}\n" });
    out.write_all(&text)
}
