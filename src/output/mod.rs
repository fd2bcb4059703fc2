//! Reports for readers: a format is one file here and one line in `OUTPUTS`.

use crate::report::Report;
use crate::words::{Lang, Words};
use std::io;

/// How a report is to be written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The language of every message.
    pub lang: Lang,
    /// Whether colours may be used.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// A format of reports.
pub struct Output {
    /// What `--format` calls it.
    pub name: &'static str,
    /// What it is for.
    pub about: Words,
    /// Writes a report.
    pub write: fn(&Report, Style, &mut dyn io::Write) -> io::Result<()>,
}

/// Every format there is.
pub const OUTPUTS: &[Output] = &[];
