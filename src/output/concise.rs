//! A line for each finding: `path:line:column: severity[rule] message`.

use crate::output::Style;
use crate::output::placed::place;
use crate::output::shown::{clipped, visible};
use crate::output::waived;
use crate::report::Report;
use std::io;

/// Characters of a message that are shown; a message may quote a text of any length.
const MESSAGE: usize = 500;

/// Writes the lines, nothing else.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in &report.findings {
        let source = report.source(finding.place.source);
        let place = place(source, finding.place.span, style.lang);
        let (severity, rule) = (finding.severity.name(), visible(&finding.about.id));
        let message = finding.message(style.lang);
        writeln!(out, "{place}: {severity}[{rule}] {}", clipped(&message, MESSAGE))?;
    }
    waived::write(report, style.lang, out)
}
