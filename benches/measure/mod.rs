//! Processes side by side: CPU seconds in alternating rounds, instructions under valgrind.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program as it is run.
pub(crate) struct Job {
    /// What the table calls it.
    pub(crate) name: String,
    program: PathBuf,
    args: Vec<OsString>,
}

impl Job {
    /// A program and what it is given.
    pub(crate) fn new<A: Into<OsString>>(name: &str, program: impl Into<PathBuf>, args: impl IntoIterator<Item = A>) -> Job {
        Job { name: name.to_owned(), program: program.into(), args: args.into_iter().map(Into::into).collect() }
    }

    /// `presend check` with one thread and nothing but the given policy.
    pub(crate) fn presend(name: &str, input: &Path, policy: &Path) -> Job {
        let args = ["--isolated", "--format", "jsonl", "--jobs", "1", "--policy"].map(OsString::from);
        let paths = [policy.into(), input.into()];
        Job::new(name, env!("CARGO_BIN_EXE_presend"), ["check".into()].into_iter().chain(args).chain(paths))
    }
}

/// Whether `cargo bench` runs this, not `cargo test --benches`.
pub(crate) fn is_wanted() -> bool {
    std::env::args().any(|arg| arg == "--bench")
}

/// What stands behind `--` on the command line.
pub(crate) fn given() -> Vec<String> {
    std::env::args().skip(1).filter(|arg| arg != "--bench").collect()
}

/// Where a program of this name is, if it is installed.
pub(crate) fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The median of user and system seconds of each job; in every round each runs once, so that noise falls on all.
pub(crate) fn medians(jobs: &[Job], rounds: usize, folder: &Path) -> Vec<f64> {
    let mut seconds: Vec<Vec<f64>> = vec![Vec::new(); jobs.len()];
    for round in 0..=rounds {
        for (job, seconds) in jobs.iter().zip(&mut seconds) {
            let took = cpu(job, folder);
            // The first round warms the page cache.
            if round > 0 {
                seconds.push(took);
            }
        }
    }
    seconds.into_iter().map(median).collect()
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// User and system seconds of one run, as bash counts them: to the millisecond, without unsafe code.
fn cpu(job: &Job, folder: &Path) -> f64 {
    let script = r#"TIMEFORMAT='%3U %3S'; out=$1; shift; time "$@" >"$out/out" 2>"$out/err""#;
    let mut bash = Command::new("bash");
    bash.args(["-c", script, "bash"]).arg(folder).arg(&job.program).args(&job.args);
    let run = bash.env("LC_ALL", "C").stdout(Stdio::null()).output().expect("bash is installed");
    let said = String::from_utf8_lossy(&run.stderr);
    let error = || std::fs::read_to_string(folder.join("err")).unwrap_or_default();
    assert!(run.status.code().is_some_and(|code| code <= 1), "{} failed: {}", job.name, error());
    said.split_whitespace().map(|seconds| seconds.parse::<f64>().expect("seconds")).sum()
}

/// What a job printed.
pub(crate) fn printed(job: &Job) -> Vec<u8> {
    Command::new(&job.program).args(&job.args).stderr(Stdio::null()).output().expect("the program runs").stdout
}

/// Instructions of one run, if valgrind is installed.
pub(crate) fn instructions(job: &Job) -> Option<u64> {
    let mut valgrind = Command::new(installed("valgrind")?);
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(&job.program).args(&job.args);
    let run = valgrind.stdout(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&run.stderr);
    said.lines().find_map(|line| line.split_once("I   refs:")).and_then(|(_, count)| count.trim().replace(',', "").parse().ok())
}

/// A line for each job, and how many times the first the others take.
pub(crate) fn show(jobs: &[Job], seconds: &[f64]) {
    for (number, (job, took)) in jobs.iter().zip(seconds).enumerate() {
        let times = if number == 0 { String::new() } else { format!("  {:6.2} times the first", took / seconds[0]) };
        println!("  {:<44} {took:8.3} s{times}", job.name);
    }
}
