//! Any bytes as a log that comes in pieces.

use super::{checked, checker};
use presend::check::{Checker, Input, Log};
use presend::input::format_of;
use presend::output::{OUTPUTS, Style};
use presend::report::Report;
use presend::time::Length;
use presend::words::Lang;
use std::sync::OnceLock;

const POLICY: &str = include_str!("every_kind.toml");

/// So late nothing comes.
const NEVER: i64 = i64::MAX / 4;

/// One rule of each kind over a log. The first bytes tell its format, how late records may be and where it is cut. The pieces
/// change nothing; where nothing comes too late, all of it says what the file says.
pub(crate) fn run(data: &[u8]) {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    let checker = CHECKER.get_or_init(|| checker(POLICY));
    let Some(([format, late, cuts @ ..], log)) = data.split_first_chunk::<6>() else { return };
    let name = if format % 2 == 0 { "input.jsonl" } else { "input.csv" };
    let lateness = [0, 600_000_000, NEVER][usize::from(*late) % 3];
    let whole = streamed(checker, (name, lateness), &[log]);
    let cut = |share: &u8| log.len() * usize::from(*share) / 255;
    let mut ends: Vec<usize> = cuts.iter().map(cut).chain([0, log.len()]).collect();
    ends.sort_unstable();
    let pieces: Vec<&[u8]> = ends.windows(2).map(|ends| &log[ends[0]..ends[1]]).collect();
    let cut = streamed(checker, (name, lateness), &pieces);
    // What is no UTF-8 is decoded piece by piece, each for itself; a grid, or a table without a header, is no log.
    let is_no_log = |line: &String| ["input-bad-header", "grid"].iter().any(|sign| line.contains(sign));
    if std::str::from_utf8(log).is_err() || cut.iter().chain(&whole).any(is_no_log) {
        return;
    }
    assert_eq!(cut, whole, "the pieces change something");
    if lateness == NEVER && !whole.iter().any(|line| line.contains("input-account-in-stream")) {
        let mut expected = Vec::new();
        lines(&checked(checker, name, log), &mut expected);
        assert_eq!(sorted(whole), sorted(expected), "the file says something else");
    }
}

fn streamed(checker: &Checker, (name, lateness): (&str, i64), pieces: &[&[u8]]) -> Vec<String> {
    let mut input = Input::new();
    input.as_of = checker.zone().midnight("2026-11-20");
    let format = format_of(name).expect("a known ending");
    let mut stream = checker.stream(Log { name: name.to_owned(), format, lateness: Length(lateness) }, input);
    let mut out = Vec::new();
    pieces.iter().for_each(|piece| lines(&stream.push(piece), &mut out));
    lines(&stream.end(), &mut out);
    out
}

/// The findings of a report, an object each.
fn lines(report: &Report, lines: &mut Vec<String>) {
    let jsonl = OUTPUTS.iter().find(|output| output.name == "jsonl").expect("there");
    let mut out = Vec::new();
    let report = Report { shows_waived: true, ..report.clone() };
    (jsonl.write)(&report, Style { lang: Lang::En, color: false, width: 80, jobs: 1 }, &mut out).expect("memory takes it");
    lines.extend(String::from_utf8(out).expect("a report is UTF-8").lines().map(str::to_owned));
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}
