//! The findings of `presend.report/v1`, one JSON object a line.

use crate::output::Style;
use crate::output::object::Objects;
use crate::report::Report;
use std::io;

/// Writes a line for each finding.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut objects = Objects::new(report, style.lang);
    let mut line = Vec::new();
    for finding in report.shown() {
        objects.write(finding, &mut line);
        line.push(b'\n');
        out.write_all(&line)?;
        line.clear();
    }
    Ok(())
}
