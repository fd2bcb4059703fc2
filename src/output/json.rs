//! `presend.report/v1`: a report as one JSON object, a finding on each line.

use crate::output::Style;
use crate::output::object::write_all;
use crate::report::{Report, Summary};
use std::io;

/// Writes findings as soon as they are made: a report may have a million.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = report.shown();
    let line_break = if shown.is_empty() { "" } else { "\n" };
    write!(out, "{}{line_break}", start(report.summary))?;
    write_all((report, &shown), style, ",\n", out)?;
    writeln!(out, "{line_break}]}}")
}

fn start(summary: Summary) -> String {
    let Summary { records, errors, warnings, infos, waived, baselined } = summary;
    let tool = concat!(r#"{"name":"presend","version":""#, env!("CARGO_PKG_VERSION"), r#""}"#);
    let counts =
        [("records", records), ("errors", errors), ("warnings", warnings), ("infos", infos), ("waived", waived), ("baselined", baselined)];
    let counts = counts.map(|(name, count)| format!(r#""{name}":{count}"#)).join(",");
    format!(r#"{{"schema":"presend.report/v1","tool":{tool},"summary":{{{counts}}},"findings":["#)
}
