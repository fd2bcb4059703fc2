//! A large file is read piece by piece and never kept: the report is the same, byte for byte, as of one that is.

use presend::check::Watch;
use presend::input::{Role, format_of};
use presend::output::{OUTPUTS, Style};
use presend::source::Source;
use presend::time::Zone;
use presend::words::Lang;
use presend::{Checker, Input, InputFile, Policy, Report};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const POLICY: &str = r#"
schema = 1
[pack]
id = "p"

[[rule]]
id = "r"
severity = "warning"
summary = "r"
match = { action = "send_message" }
rate = { max = 3, timespan = "10m", group_by = ["account"] }

[[rule]]
id = "s"
severity = "warning"
summary = "s"
quota = { period = "day", sum = "amount", max = 5000, group_by = ["account", "target"] }
"#;

/// A number that looks as if it had come by chance.
fn number(of: usize) -> usize {
    (of as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_right(29) as usize % 1_000_003
}

fn time(row: usize) -> String {
    let second = row * 3;
    format!("2026-11-{:02}T{:02}:{:02}:{:02}+08:00", 1 + second / 86_400, second / 3600 % 24, second / 60 % 60, second % 60)
}

/// A log with all that a log may have, of some megabytes.
fn jsonl() -> String {
    let mut text = String::new();
    for row in 0..9_000 {
        let (time, n) = (time(row), number(row));
        let head = format!("{{\"time\":\"{time}\",\"account\":\"wx_{}\",\"action\":", n % 40);
        text += &match n % 23 {
            0 => format!("{head}\"transfer\",\"amount\":{}.5,\"target\":\"u_{}\"}}\r\n", n % 900, n % 7),
            1 => format!("{{\"action\":\"login\",\"account\":\"账号{}\",\"time\":\"{time}\"}}\n\n", n % 40),
            2 => format!("{head}\"send_message\",\"text\":\"说\\u52a0\\n{}\"}}\n", "微信".repeat(n % 90)),
            3 => format!("{head}\"send_mesage\"}}\nbroken\n"),
            4 => format!("{head}\"send_message\",\"id\":\"op-{row}\",\"more\":{{\"a\":[1,\"}}\"]}}}}\n"),
            _ => format!("{head}\"send_message\",\"target\":\"u_{}\",\"text\":\"{}\"}}\n", n % 5000, "好".repeat(n % 40)),
        };
    }
    text + &format!("{{\"account\":\"last\",\"text\":\"{}\"}}", "长".repeat(150_000))
}

/// A table with all that a table may have, of some megabytes.
fn csv() -> String {
    let mut text = "\r\n,,\r\naction,account,time,amount,target,text,id\r\n".to_owned();
    for row in 0..10_000 {
        let (time, n) = (time(row), number(row));
        text += &match n % 19 {
            0 => format!("transfer,wx_{},{time},{}.5,u_{},\"多\n行,\"\"{}\",\r\n", n % 40, n % 900, n % 7, "字\n".repeat(n % 300)),
            1 => format!("send_message,\"wx_{}\",{time},,,,op-{row}\n", n % 40),
            2 => format!("send_message,wx_{},{time}\n", n % 40),
            3 => "\n".to_owned(),
            4 => format!("send_message,wx_{},{time},x,,,,more\n", n % 40),
            _ => format!("send_message,wx_{},{time},,u_{},{},\n", n % 40, n % 5000, "好".repeat(n % 40)),
        };
    }
    text + &format!("login,last,,,,\"{}\",", "长\n".repeat(100_000))
}

fn checker() -> Checker {
    let mut policy = Policy::new();
    policy.add(Source::new("p.toml", POLICY), &|_| None);
    policy.compile(&Zone::default()).unwrap_or_else(|report| panic!("{}", written(&report, "concise")))
}

fn check(file: InputFile, jobs: usize) -> Report {
    let mut input = Input::new();
    input.jobs = jobs;
    input.add(file);
    checker().check(input)
}

fn written(report: &Report, format: &str) -> String {
    let output = OUTPUTS.iter().find(|output| output.name == format).expect("there");
    let mut out = Vec::new();
    (output.write)(report, Style { lang: Lang::En, color: false, width: 100, jobs: 3 }, &mut out).expect("written");
    String::from_utf8(out).expect("UTF-8")
}

fn opened(path: &Path) -> InputFile {
    let name = path.file_name().expect("named").to_string_lossy().into_owned();
    let format = format_of(&name).expect("a known ending");
    InputFile::open(name, File::open(path).expect("there"), format, Role::Plan).expect("read")
}

/// Bytes give the same report from disk as from memory.
fn holds(name: &str, bytes: &[u8]) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("room");
    let kept = check(InputFile::of(Source::decode(name, bytes.to_vec()), Role::Plan).expect("a known ending"), 1);
    let expected = written(&kept, "json");
    for jobs in [1, 3] {
        let report = check(opened(&path), jobs);
        let told = written(&report, "json");
        let differs = told.lines().zip(expected.lines()).find(|(a, b)| a != b);
        assert_eq!(differs, None, "{name}, {jobs} threads");
        assert_eq!(told.len(), expected.len(), "{name}, {jobs} threads");
    }
    kept
}

#[test]
fn a_log_from_disk_is_read_as_from_memory() {
    let report = holds("log.jsonl", jsonl().as_bytes());
    for rule in ["r", "s", "input-bad-json", "input-unknown-action"] {
        assert!(report.findings.iter().any(|finding| finding.about.id == rule), "{rule}");
    }
    assert!(report.findings.iter().any(|finding| finding.place.record.is_some()));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.jsonl");
    fs::write(&path, jsonl()).expect("room");
    assert!(written(&check(opened(&path), 2), "human") == written(&report, "human"), "for people");
}

#[test]
fn a_table_from_disk_is_read_as_from_memory() {
    let report = holds("plan.csv", csv().as_bytes());
    for rule in ["r", "s", "input-ragged-row", "input-bad-number"] {
        assert!(report.findings.iter().any(|finding| finding.about.id == rule), "{rule}");
    }
    holds("plan.tsv", csv().replace(',', "\t").as_bytes());
}

#[test]
fn a_mark_at_the_start_and_windows_line_breaks_change_no_place() {
    holds("log.jsonl", format!("\u{FEFF}{}", jsonl().replace('\n', "\r\n").replace("\"id\"", "\"编号\"")).as_bytes());
    holds("plan.csv", format!("\u{FEFF}{}", csv()).as_bytes());
}

#[test]
fn what_is_no_utf8_is_decoded_first() {
    holds("plan.csv", &encoding_rs::GB18030.encode(&csv()).0);
    let mut log = jsonl().into_bytes();
    let late = log.len() - 600_003;
    log[late] = 0xFF;
    let report = holds("log.jsonl", &log);
    assert!(report.findings.iter().any(|finding| finding.about.id == "input-bad-encoding"));
    let wide: Vec<u8> = [0xFEFF].into_iter().chain(jsonl().encode_utf16()).flat_map(u16::to_le_bytes).collect();
    holds("log.jsonl", &wide);
}

#[test]
fn quotes_and_headers_may_need_more_than_a_piece() {
    holds("plan.csv", csv().replacen("send_message,", "\"send_message,", 1).as_bytes());
    holds("plan.csv", format!("{}{}", ",,\n".repeat(100_000), csv()).as_bytes());
    holds("plan.csv", ",,\n".repeat(400_000).as_bytes());
    holds("plan.csv", format!("account,nonsense\n{}", csv()).replace("action", "acton").as_bytes());
    holds("plan.csv", format!("\"{}", csv()).as_bytes());
    holds("log.jsonl", "\n".repeat(2 << 20).as_bytes());
    holds("log.jsonl", "{\"text\":\"".repeat(200 << 10).as_bytes());
}

#[test]
fn a_file_that_is_written_to_meanwhile_is_told_and_never_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.jsonl");
    for (what, spoil) in [
        ("longer", (|file: &mut File| file.write_all(b"{}\n").expect("room")) as fn(&mut File)),
        ("shorter", |file| file.set_len(1_000_000).expect("cut")),
        ("empty", |file| file.set_len(0).expect("cut")),
    ] {
        fs::write(&path, jsonl()).expect("room");
        let file = opened(&path);
        spoil(&mut File::options().append(true).open(&path).expect("there"));
        let report = check(file, 2);
        let changed = report.findings.iter().filter(|finding| finding.about.id == "input-changed").count();
        assert_eq!(changed, 1, "{what}");
        for format in ["json", "jsonl", "concise", "human"] {
            written(&report, format);
        }
    }
}

#[test]
fn a_file_that_changes_after_the_check_shows_blanks() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.jsonl");
    fs::write(&path, jsonl()).expect("room");
    let report = check(opened(&path), 1);
    fs::write(&path, "x".repeat(3 << 20)).expect("room");
    assert!(report.sources[0].text().bytes().all(|byte| byte == b' ' || byte == b'\n'));
    let again = check(InputFile::of(Source::new("log.jsonl", jsonl()), Role::Plan).expect("a known ending"), 1);
    let lines = |report: &Report| -> Vec<usize> {
        let line = |span: presend::span::Span| report.sources[0].position(span.start as usize).line;
        report.findings.iter().map(|finding| line(finding.place.span)).collect()
    };
    assert_eq!(lines(&report), lines(&again));
    written(&report, "json");
}

/// Counts what it is told.
#[derive(Default)]
struct Told([AtomicUsize; 3]);

impl Watch for Told {
    fn read(&self, bytes: usize, records: usize) {
        self.0[0].fetch_add(bytes, Ordering::Relaxed);
        self.0[1].fetch_add(records, Ordering::Relaxed);
    }

    fn checked(&self, records: usize) {
        self.0[2].fetch_add(records, Ordering::Relaxed);
    }
}

#[test]
fn who_watches_is_told_of_every_byte_and_record_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.jsonl");
    fs::write(&path, jsonl()).expect("written");
    let kept = || InputFile::of(Source::new("log.jsonl", jsonl()), Role::Plan).expect("a known ending");
    let expected = written(&check(kept(), 1), "json");
    for (file, jobs) in [(opened(&path), 1), (opened(&path), 3), (kept(), 1), (kept(), 3)] {
        let (told, mut input) = (Arc::new(Told::default()), Input::new());
        (input.jobs, input.watch) = (jobs, Some(told.clone() as Arc<dyn Watch>));
        input.add(file);
        let report = checker().check(input);
        assert_eq!(written(&report, "json"), expected);
        let told = told.0.each_ref().map(|count| count.load(Ordering::Relaxed));
        assert_eq!(told, [jsonl().len(), report.summary.records, 0], "{jobs}");
    }
}
