//! `presend.report/v1`: a report as one JSON object, a finding on each line.

use crate::output::Style;
use crate::output::object::Objects;
use crate::report::{Report, Summary};
use std::io;

/// Writes each finding as soon as it is made: a report may have a million.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut objects = Objects::new(report, style.lang);
    let mut text = start(report.summary).into_bytes();
    let shown = report.shown();
    for (number, finding) in shown.iter().enumerate() {
        text.extend_from_slice(if number == 0 { b"\n" } else { b",\n" });
        objects.write(finding, &mut text);
        out.write_all(&text)?;
        text.clear();
    }
    text.extend_from_slice(if shown.is_empty() { b"]}\n" } else { b"\n]}\n" });
    out.write_all(&text)
}

fn start(summary: Summary) -> String {
    let Summary { records, errors, warnings, infos, waived, baselined } = summary;
    let tool = concat!(r#"{"name":"presend","version":""#, env!("CARGO_PKG_VERSION"), r#""}"#);
    let counts =
        [("records", records), ("errors", errors), ("warnings", warnings), ("infos", infos), ("waived", waived), ("baselined", baselined)];
    let counts = counts.map(|(name, count)| format!(r#""{name}":{count}"#)).join(",");
    format!(r#"{{"schema":"presend.report/v1","tool":{tool},"summary":{{{counts}}},"findings":["#)
}
