//! Asks before a send, as a CRM would: `cargo run --example api`.

use presend::finding::Severity;
use presend::input::Role;
use presend::source::Source;
use presend::time::Zone;
use presend::words::Lang;
use presend::{Checker, Input, InputFile, Policy, Report};
use std::error::Error;
use std::io::Write;

fn main() -> Result<(), Box<dyn Error>> {
    // Compiled once, shared by all threads for as long as the program runs.
    let checker = Policy::default_packs().compile(&Zone::default()).map_err(|report| said(&report))?;
    let mut out = std::io::stdout().lock();
    for text in ["新到的寿眉，今天下午店里开汤，来了就能喝。", "亲们帮忙来店里唰好评，每单返 5 元，截图找我。"]
    {
        let report = ask(&checker, text).ok_or("no format is called .txt")?;
        let verdict = if report.worst() == Some(Severity::Error) { "held back" } else { "sent" };
        writeln!(out, "{verdict}: {text}\n{}", said(&report))?;
    }
    Ok(())
}

/// Everything that is wrong with one message.
fn ask(checker: &Checker, text: &str) -> Option<Report> {
    let mut input = Input::new();
    input.add(InputFile::of(Source::new("message.txt", text), Role::Plan)?);
    Some(checker.check(input))
}

/// A line for each finding: where, which rule, what.
fn said(report: &Report) -> String {
    let lines = report.findings.iter().map(|finding| {
        let place = report.source(finding.place.source).position(finding.place.span.start as usize);
        format!("  {}:{} [{}] {}\n", place.line, place.column, finding.about.id, finding.message(Lang::En))
    });
    lines.collect()
}
