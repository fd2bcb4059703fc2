//! Any bytes as settings.

use super::report;
use presend::policy::Policy;
use presend::report::Report;
use presend::settings::{Paths, Settings, Standing};
use presend::source::{Source, SourceId};
use presend::time::Zone;

/// Mistakes are reported at their place.
pub(crate) fn run(data: &[u8]) {
    let source = Source::decode("presend.toml", data.to_vec());
    let (settings, problems) = Settings::read(&source, SourceId(0));
    let standing = Standing { root: "/shop".to_owned(), here: "/shop/drafts".to_owned() };
    let paths = Paths::of(&settings, standing);
    assert!(settings.paths.iter().any(|path| !path.check) || paths.is_checked("../a.md"), "left out though nobody said so");
    let mut policy = Policy::new();
    policy.add_settings(source.clone(), paths, true);
    if let Err(mistakes) = policy.compile(&Zone::default()) {
        report::holds(&mistakes);
    }
    let findings = problems.into_iter().map(|problem| {
        let text = source.slice(problem.span).to_owned();
        problem.into_finding(&text)
    });
    let findings = findings.collect();
    report::holds(&Report::new(findings, vec![source], 0, Zone::default()));
}
