//! Any bytes as settings.

use super::report;
use presend::report::Report;
use presend::settings::Settings;
use presend::source::{Source, SourceId};
use presend::time::Zone;

/// Mistakes are reported at their place.
pub(crate) fn run(data: &[u8]) {
    let source = Source::decode("presend.toml", data.to_vec());
    let (_settings, problems) = Settings::read(&source, SourceId(0));
    let findings = problems.into_iter().map(|problem| {
        let text = source.slice(problem.span).to_owned();
        problem.into_finding(&text)
    });
    let findings = findings.collect();
    report::holds(&Report::new(findings, vec![source], 0, Zone::default()));
}
