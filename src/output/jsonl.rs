//! The findings of `presend.report/v1`, one JSON object a line.

use crate::output::Style;
use crate::output::object::write_all;
use crate::report::Report;
use std::io;

/// Writes a line for each finding.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = report.shown();
    write_all((report, &shown), style, "\n", out)?;
    out.write_all(if shown.is_empty() { b"" } else { b"\n" })
}
