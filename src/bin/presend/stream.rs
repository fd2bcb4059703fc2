//! `presend check - --stream`: a log on standard input, checked as it comes.

use crate::Exit;
use crate::args::{Check, Level};
use crate::baseline;
use crate::check::{as_of, beforehand, fails, keep_shown, level, redacts, say_undecided};
use crate::files::cannot_read;
use crate::locale::say;
use crate::policies::Ground;
use crate::progress::Progress;
use presend::baseline::Baseline;
use presend::check::{Input, Log, Stream, Watch};
use presend::input::{Format, format_of};
use presend::output::{OUTPUTS, Output};
use presend::report::Report;
use presend::time::Length;
use presend::words::Words;
use std::fs::Metadata;
use std::io::{BufWriter, ErrorKind, IsTerminal, Read, StdinLock, Write};
use std::path::Path;
use std::sync::Arc;

/// Bytes that are read at once.
const BUFFER: usize = 256 << 10;

/// Whether the command line asks for it.
pub(crate) fn is_wanted(args: &Check) -> bool {
    args.stream || args.lateness.is_some()
}

/// Runs the verb.
pub(crate) fn run(args: &Check) -> Result<Exit, Exit> {
    let ground = &Ground::new(&args.force)?;
    refuse_what_does_not_fit(args, ground)?;
    let lateness = lateness(args, ground)?;
    let baseline = baseline::of_check(args, ground)?;
    let checker = ground.made(ground.checker(&args.force.policy))?;
    let found = beforehand(&args.beside, ground);
    for words in found.unreadable.iter().chain(&found.notes) {
        say(ground.lang, words);
    }
    let unreadable = !found.unreadable.is_empty();
    let mut input = Input::new();
    (input.as_of, input.unwaived) = (Some(as_of(args.as_of.as_deref(), ground)?), args.waived.no_waivers);
    input.redact = redacts(args, ground);
    found.files.into_iter().for_each(|file| input.add(file));
    let mut log = Reading { stdin: std::io::stdin().lock(), buffer: vec![0; BUFFER], length: 0, failed: unreadable };
    log.read(ground);
    let format = format(args, ground, log.bytes())?;
    let name = args.stdin_filename.clone().unwrap_or_else(|| "<stdin>".to_owned());
    let stream = checker.stream(Log { name, format, lateness }, input);
    let progress = progress(args, ground);
    let mut printer = Printer { args, ground, baseline, progress, records: 0, failed: false, gone: false };
    printer.all(stream, &mut log);
    printer.progress.iter().for_each(|progress| progress.clear());
    Ok(if log.failed || printer.records == 0 {
        Exit::Input
    } else if printer.failed {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// A line that says how far the log is, unless findings go to the same terminal. Of a file it is known how long it is.
fn progress(args: &Check, ground: &Ground) -> Option<Arc<Progress>> {
    let file = std::fs::metadata("/dev/stdin").ok().filter(Metadata::is_file);
    let total = file.and_then(|file| usize::try_from(file.len()).ok());
    let is_alone = !std::io::stdout().is_terminal();
    is_alone.then(|| Progress::new(total, args.quiet, ground.lang)).flatten()
}

fn refuse_what_does_not_fit(args: &Check, ground: &Ground) -> Result<(), Exit> {
    if !matches!(args.paths.as_slice(), [path] if path.as_os_str() == "-") {
        return ground.usage(&Words::fixed(
            "--stream 只读标准输入：presend check - --stream；已发送的记录用 --history，登记表用 --accounts",
            "--stream reads standard input and nothing else: presend check - --stream; what was sent goes to --history, the registry to --accounts",
        ));
    }
    if args.format.as_deref().is_some_and(|format| format != "jsonl") || !args.output.is_empty() {
        return ground
            .usage(&Words::fixed("--stream 边读边写，只能写 jsonl", "--stream writes findings as they are decided, and only as jsonl"));
    }
    Ok(())
}

fn lateness(args: &Check, ground: &Ground) -> Result<Length, Exit> {
    match args.lateness.as_deref() {
        None | Some("0" | "0s") => Ok(Length(0)),
        Some(text) => match Length::parse(text) {
            Some(length) => Ok(length),
            None => ground.usage(&Words::new(
                format!("--lateness {text} 不是时长，写成 30s、10m、1h"),
                format!("--lateness {text} is no length of time; write 30s, 10m or 1h"),
            )),
        },
    }
}

/// The format of the log: what its name says, or JSON lines where they are seen.
fn format(args: &Check, ground: &Ground, bytes: &[u8]) -> Result<&'static Format, Exit> {
    let looks_like_json = bytes.trim_ascii_start().first().is_none_or(|byte| *byte == b'{');
    let name = args.stdin_filename.as_deref().or(looks_like_json.then_some("stdin.jsonl"));
    match name.and_then(format_of).filter(|format| format.streams()) {
        Some(format) => Ok(format),
        None => ground.usage(&Words::fixed(
            "--stream 读 JSONL 和 CSV；不是 JSONL 的，用 --stdin-filename log.csv 说明",
            "--stream reads JSON lines and CSV; say which with --stdin-filename log.csv when it is not JSON",
        )),
    }
}

/// Standard input.
struct Reading {
    stdin: StdinLock<'static>,
    buffer: Vec<u8>,
    length: usize,
    failed: bool,
}

impl Reading {
    fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    /// Waits for bytes; there are none at the end.
    fn read(&mut self, ground: &Ground) {
        self.length = loop {
            match self.stdin.read(&mut self.buffer) {
                Ok(length) => break length,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    say(ground.lang, &cannot_read(Path::new("-"), &error.to_string(), &error.to_string()));
                    self.failed = true;
                    break 0;
                }
            }
        };
    }
}

/// Writes findings as they come.
struct Printer<'a> {
    args: &'a Check,
    ground: &'a Ground,
    /// What is known and does not fail the run.
    baseline: Option<Baseline>,
    progress: Option<Arc<Progress>>,
    records: usize,
    failed: bool,
    /// Whether the reader went away, such as `head`.
    gone: bool,
}

impl Printer<'_> {
    fn all(&mut self, mut stream: Stream<'_>, log: &mut Reading) {
        while log.length > 0 && !self.gone {
            let report = stream.push(log.bytes());
            self.progress.iter().for_each(|progress| progress.read(log.length, report.summary.records));
            self.print(report);
            log.read(self.ground);
        }
        let last = stream.end();
        self.progress.iter().for_each(|progress| progress.clear());
        say_undecided(&last, self.ground, self.args.quiet);
        self.print(last);
        if self.records == 0 && !log.failed {
            say(self.ground.lang, &Words::fixed("输入里没有可检查的记录", "the input holds no record to check"));
        }
    }

    fn print(&mut self, mut report: Report) {
        self.records += report.summary.records;
        report.shows_waived = self.args.waived.show_waived;
        if let Some(baseline) = &self.baseline {
            baseline.apply(&mut report);
        }
        self.failed |= fails(&report, level(self.args.fail_on, self.ground.settings.fail_on.as_deref(), Level::Error));
        keep_shown(&mut report, self.args, self.ground);
        if !self.args.quiet && !report.shown().is_empty() {
            self.gone |= self.write(&report).is_err();
        }
    }

    fn write(&self, report: &Report) -> std::io::Result<()> {
        let Some(Output { write, .. }) = OUTPUTS.iter().find(|output| output.name == "jsonl") else { return Ok(()) };
        let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
        write(report, self.ground.style, &mut out)?;
        out.flush()
    }
}
