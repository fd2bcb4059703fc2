//! `presend check`: files in, a report out.

use crate::Exit;
use crate::args::{Beside, Check, Level};
use crate::baseline;
use crate::files::Found;
use crate::locale::say;
use crate::policies::{Ground, Trouble};
use crate::progress::Progress;
use crate::stream;
use presend::check::{Checker, Input, InputFile, Watch};
use presend::finding::{Evidence, Severity};
use presend::input::Role;
use presend::output::{OUTPUTS, Output, Style};
use presend::report::Report;
use presend::time::Time;
use presend::words::Words;
use std::io::{BufWriter, Write};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

/// Runs the verb.
pub(crate) fn run(args: &Check) -> Exit {
    let exit = if stream::is_wanted(args) { stream::run(args) } else { try_run(args) };
    exit.unwrap_or_else(|exit| exit)
}

fn try_run(args: &Check) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let writers = Writers::new(args, &ground)?;
    let baseline = baseline::of_check(args, &ground)?;
    let Examined { mut report, unreadable, nothing } = match examine(args, &ground, writers.evidence()) {
        Ok(examined) => examined,
        Err(Trouble::Usage(exit)) => return Err(exit),
        Err(Trouble::Policy(report)) => return writers.write_all(&report, &ground, args.quiet).map(|()| Exit::Usage),
    };
    // The report for people says it itself.
    say_undecided(&report, &ground, args.quiet || writers.stdout.name == "human");
    if let Some(baseline) = baseline {
        baseline.apply(&mut report);
    }
    let failed = fails(&report, level(args.fail_on, ground.settings.fail_on.as_deref(), Level::Error));
    keep_shown(&mut report, args, &ground);
    // People are told that nothing was read, not that nothing was found.
    let silent = args.quiet || nothing && writers.stdout.name == "human";
    writers.write_all(&report, &ground, silent)?;
    // The process ends: a hundred thousand findings need not be given back one by one.
    std::mem::forget(report);
    Ok(if unreadable || nothing {
        Exit::Input
    } else if failed {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// What was found in everything that was named.
pub(crate) struct Examined {
    /// All findings.
    pub report: Report,
    /// Whether something could not be read; it was said.
    pub unreadable: bool,
    /// Whether there was nothing to check.
    pub nothing: bool,
}

/// Reads what is named and holds it against the rules in force.
pub(crate) fn examine(args: &Check, ground: &Ground, evidence: Evidence) -> Result<Examined, Trouble> {
    let as_of = as_of(args.as_of.as_deref(), ground)?;
    let found = find(args, ground);
    if args.telling.verbose {
        ground.say_what_is_used(&args.force.policy);
        found.say_what_is_read(ground.lang);
    }
    let checker = match found.plain_drafts() {
        Some(drafts) => ground.checker_for(&args.force.policy, &drafts),
        None => ground.checker(&args.force.policy),
    }?;
    for words in found.unreadable.iter().chain(&found.notes) {
        say(ground.lang, words);
    }
    let unreadable = !found.unreadable.is_empty();
    if args.paths.is_empty() {
        ground.input::<()>(&Words::fixed(
            "没有说检查什么：给出文件、文件夹，或 - 表示标准输入",
            "nothing to check: name files, folders, or - for standard input",
        ))?;
    }
    let report = check(&checker, found, (as_of, evidence), (args, ground));
    let nothing = report.summary.records == 0 && report.findings.iter().all(|finding| finding.about.kind == "policy");
    if nothing && !unreadable {
        say(ground.lang, &Words::fixed("输入里没有可检查的记录", "the input holds no record to check"));
    }
    Ok(Examined { report, unreadable, nothing })
}

fn check(checker: &Checker, found: Found, (as_of, evidence): (Time, Evidence), (args, ground): (&Check, &Ground)) -> Report {
    let mut input = Input::new();
    (input.as_of, input.evidence, input.unwaived) = (Some(as_of), evidence, args.waived.no_waivers);
    input.redact = redacts(args, ground);
    input.jobs = jobs(args);
    let total = found.files.iter().map(InputFile::length).sum();
    found.files.into_iter().for_each(|file| input.add(file));
    let progress = Progress::new(Some(total), args.quiet, ground.lang);
    input.watch = progress.clone().map(|progress| -> Arc<dyn Watch> { progress });
    let report = Report { shows_waived: args.waived.show_waived, ..checker.check(input) };
    progress.iter().for_each(|progress| progress.clear());
    report
}

/// Threads to use.
fn jobs(args: &Check) -> usize {
    args.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// Whether reports cover what drafts say.
pub(crate) fn redacts(args: &Check, ground: &Ground) -> bool {
    args.telling.redact || ground.settings.redact == Some(true)
}

/// What is named in two roles is read in the first: a registry or a history that lies in a checked folder is no plan.
pub(crate) fn find(args: &Check, ground: &Ground) -> Found {
    let mut found = beforehand(&args.beside, ground);
    for path in &args.paths {
        found.add(path, Role::Plan, args.stdin_filename.as_deref());
    }
    found.leave_out(&ground.paths);
    found
}

/// The registry, and what was already sent.
pub(crate) fn beforehand(args: &Beside, ground: &Ground) -> Found {
    let mut found = Found::default();
    let or_settings = |asked: &[PathBuf], set: &[String]| match asked {
        [] => set.iter().map(PathBuf::from).collect(),
        _ => asked.to_vec(),
    };
    for path in or_settings(&args.accounts, &ground.settings.accounts) {
        found.add(&path, Role::Accounts, None);
    }
    for path in or_settings(&args.history, &ground.settings.history) {
        found.add(&path, Role::History, None);
    }
    found
}

/// The day of the run: as asked for, or today.
pub(crate) fn as_of(asked: Option<&str>, ground: &Ground) -> Result<Time, Exit> {
    match asked {
        None => Ok(now()),
        Some(day) => match ground.zone.midnight(day) {
            Some(time) => Ok(time),
            None => ground.usage(&Words::new(
                format!("--as-of {day} 不是日期，写成 2026-11-20"),
                format!("--as-of {day} is not a date; write 2026-11-20"),
            )),
        },
    }
}

fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

pub(crate) fn say_undecided(report: &Report, ground: &Ground, quiet: bool) {
    if report.undecided.is_empty() || quiet {
        return;
    }
    let (rules, names) = (report.undecided.len(), report.undecided.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(" "));
    say(
        ground.lang,
        &Words::new(
            format!("{rules} 条规则缺少账号资料，没有检查（用 --accounts 给出登记表）：{names}"),
            format!("{rules} rules need facts of accounts and were not checked (give a registry with --accounts): {names}"),
        ),
    );
}

pub(crate) fn level(asked: Option<Level>, set: Option<&str>, default: Level) -> Level {
    asked.or_else(|| set.and_then(Level::named)).unwrap_or(default)
}

/// Leaves out what is below the least severity that is shown.
pub(crate) fn keep_shown(report: &mut Report, args: &Check, ground: &Ground) {
    if let Some(least) = severity(level(args.min_severity, ground.settings.min_severity.as_deref(), Level::Info)) {
        report.keep(least);
    }
}

fn severity(level: Level) -> Option<Severity> {
    match level {
        Level::Error => Some(Severity::Error),
        Level::Warning => Some(Severity::Warning),
        Level::Info => Some(Severity::Info),
        Level::Never => None,
    }
}

pub(crate) fn fails(report: &Report, level: Level) -> bool {
    severity(level).is_some_and(|least| report.worst().is_some_and(|worst| worst >= least))
}

/// The formats and files a report goes to.
struct Writers {
    stdout: &'static Output,
    files: Vec<(&'static Output, PathBuf)>,
    /// Threads to use.
    jobs: usize,
}

impl Writers {
    fn new(args: &Check, ground: &Ground) -> Result<Writers, Exit> {
        let name = args.format.as_deref().or(ground.settings.format.as_deref()).unwrap_or("human");
        let mut files = Vec::new();
        for output in &args.output {
            let Some((format, path)) = output.split_once('=') else {
                return ground
                    .usage(&Words::new(format!("--output {output} 要写成 格式=文件"), format!("--output {output} must be FORMAT=FILE")));
            };
            files.push((named(format, ground)?, PathBuf::from(path)));
        }
        Ok(Writers { stdout: named(name, ground)?, files, jobs: jobs(args) })
    }

    /// How many of the records that fill a window the reports show.
    fn evidence(&self) -> Evidence {
        let mut outputs = self.files.iter().map(|(output, _)| *output).chain([self.stdout]);
        match outputs.any(|output| output.evidence == Evidence::Every) {
            true => Evidence::Every,
            false => Evidence::Few,
        }
    }

    fn write_all(&self, report: &Report, ground: &Ground, quiet: bool) -> Result<(), Exit> {
        let plain = Style { color: false, jobs: self.jobs, ..ground.style };
        for (output, path) in &self.files {
            let written = std::fs::File::create(path).and_then(|file| write(output, report, plain, BufWriter::new(file)));
            if let Err(error) = written {
                let shown = path.display();
                return ground.usage(&Words::new(format!("写不了 {shown}：{error}"), format!("cannot write {shown}: {error}")));
            }
        }
        if !quiet {
            let style = if self.stdout.name == "human" { ground.style } else { plain };
            // A reader that went away, such as `head`, is no mistake of ours.
            let _gone = write(self.stdout, report, style, BufWriter::with_capacity(1 << 16, std::io::stdout().lock()));
        }
        Ok(())
    }
}

pub(crate) fn write(output: &Output, report: &Report, style: Style, mut to: impl Write) -> std::io::Result<()> {
    (output.write)(report, style, &mut to)?;
    to.flush()
}

pub(crate) fn named(name: &str, ground: &Ground) -> Result<&'static Output, Exit> {
    match OUTPUTS.iter().find(|output| output.name == name) {
        Some(output) => Ok(output),
        None => {
            let known = OUTPUTS.iter().map(|output| output.name).collect::<Vec<_>>().join(" ");
            ground.usage(&Words::new(format!("没有格式 {name}（有：{known}）"), format!("no format {name} (there are: {known})")))
        }
    }
}
