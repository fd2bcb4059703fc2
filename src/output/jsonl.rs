//! The findings of `presend.report/v1`, one JSON object a line.

use crate::output::Style;
use crate::output::escape::write_json;
use crate::output::object::Object;
use crate::report::Report;
use std::io;

/// Writes a line for each finding.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut line = Vec::new();
    for finding in &report.findings {
        write_json(&mut line, &Object::new(report, finding, style.lang))?;
        line.push(b'\n');
        out.write_all(&line)?;
        line.clear();
    }
    Ok(())
}
