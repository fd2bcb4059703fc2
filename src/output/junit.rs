//! JUnit XML: a suite for each file, a case for each finding; a file without findings is a case that passed.
//!
//! JUnit knows no levels. Errors are failures; warnings, advice and what is waived are shown as skipped cases, so that a page of test results is not
//! red where the run is not.

use crate::finding::{Finding, Severity};
use crate::output::Style;
use crate::output::placed::inside;
use crate::output::remarks::remarks;
use crate::output::shown::{clipped, visible};
use crate::output::waived;
use crate::report::Report;
use crate::source::Source;
use crate::words::Lang;
use quick_junit::{NonSuccessKind, Report as Xml, TestCase, TestCaseStatus, TestSuite};
use std::io;

/// Characters of a message; it may quote a text of any length.
const MESSAGE: usize = 500;

/// Writes the suites in order of their files.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut xml = Xml::new("presend");
    let mut files: Vec<(&Source, Vec<&Finding>)> = report.sources.iter().map(|source| (source, Vec::new())).collect();
    report.shown().into_iter().for_each(|finding| files[finding.place.source.0 as usize].1.push(finding));
    files.sort_by_key(|(source, _)| source.name());
    for (source, found) in files {
        xml.add_test_suite(suite(report, source, &found, style.lang));
    }
    xml.serialize(out).map_err(io::Error::other)
}

fn suite(report: &Report, source: &Source, found: &[&Finding], lang: Lang) -> TestSuite {
    let name = visible(source.name());
    let mut suite = TestSuite::new(&*name);
    suite.add_test_cases(found.iter().map(|finding| case(report, finding, lang)));
    if found.is_empty() {
        suite.add_test_case(TestCase::new(&*name, TestCaseStatus::success()));
    }
    suite
}

fn case(report: &Report, finding: &Finding, lang: Lang) -> TestCase {
    let source = report.source(finding.place.source);
    let (line, place) = (source.position(finding.place.span.range().start).line, inside(source, finding.place.span, lang));
    let (path, rule) = (visible(source.name()), visible(&finding.about.id));
    let is_waived = finding.waiver.is_some();
    let mut status = match finding.severity {
        Severity::Error if !is_waived => TestCaseStatus::non_success(NonSuccessKind::Failure),
        _ => TestCaseStatus::skipped(),
    };
    let told = remarks(report, finding, lang).iter().map(|remark| format!("\n{}{}", remark.head, remark.text)).collect::<String>();
    status.set_message(clipped(&finding.message(lang), MESSAGE).as_ref());
    status.set_type(if is_waived { "waived" } else { finding.severity.name() });
    let waived = if is_waived { format!("\n{}", waived::why(finding, lang)) } else { String::new() };
    status.set_description(format!("{path}:{place}{waived}{told}"));
    let mut case = TestCase::new(format!("{rule} {place}"), status);
    case.set_classname(&*rule);
    case.extra.insert("file".into(), (&*path).into());
    case.extra.insert("line".into(), line.to_string().into());
    case
}
