//! A log that comes in pieces, through the library.

use presend::check::{Log, Stream};
use presend::input::{Role, format_of};
use presend::output::{OUTPUTS, Style};
use presend::source::Source;
use presend::time::{Length, Zone};
use presend::words::Lang;
use presend::{Checker, Input, InputFile, Report};

/// A file: its name, what it holds, what it is read as.
pub(crate) type File = (String, String, Role);

/// What is known beforehand, on a day on which some waivers are over.
pub(crate) fn known(before: &[File]) -> Input {
    let mut input = Input::new();
    input.as_of = Zone::default().midnight("2026-03-30");
    for (name, text, role) in before {
        input.add(InputFile::of(Source::new(name.as_str(), text.as_str()), *role).expect("a known ending"));
    }
    input
}

/// Begins to check a log, of which nothing is pushed yet.
pub(crate) fn begin<'c>(checker: &'c Checker, log: &str, before: &[File], lateness: i64) -> Stream<'c> {
    let input = known(before);
    let format = format_of(log).expect("a known ending");
    checker.stream(Log { name: log.to_owned(), format, lateness: Length(lateness * 1000) }, input)
}

/// Pushes all of a log, cut at these places; gives the report of each push and of the end.
pub(crate) fn push_all(mut stream: Stream<'_>, text: &[u8], cuts: &[usize]) -> Vec<Report> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).chain([0, text.len()]).collect();
    cuts.sort_unstable();
    let mut reports: Vec<Report> = cuts.windows(2).map(|ends| stream.push(&text[ends[0]..ends[1]])).collect();
    reports.push(stream.end());
    reports
}

/// The findings of reports, an object each, with what is waived.
pub(crate) fn lines(reports: &[Report]) -> Vec<String> {
    let jsonl = OUTPUTS.iter().find(|output| output.name == "jsonl").expect("there");
    let mut out = Vec::new();
    for report in reports {
        let report = &Report { shows_waived: true, ..report.clone() };
        (jsonl.write)(report, Style { lang: Lang::En, color: false, width: 100, jobs: 1 }, &mut out).expect("written");
    }
    String::from_utf8(out).expect("UTF-8").lines().map(str::to_owned).collect()
}

/// The lines in an order of their own.
pub(crate) fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}
