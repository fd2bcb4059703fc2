//! A folder of files, and the program run in it.
#![allow(dead_code, reason = "every test binary has its own copy and uses a part of it")]

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Variables that change what the program does; no test inherits them.
const VARIABLES: [&str; 17] = [
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "LANGUAGE",
    "NO_COLOR",
    "CLICOLOR_FORCE",
    "FORCE_COLOR",
    "TZ",
    "PRESEND_POLICY",
    "PRESEND_PROFILE",
    "PRESEND_LANG",
    "PRESEND_TIMEZONE",
    "PRESEND_FORMAT",
    "PRESEND_FAIL_ON",
    "PRESEND_MIN_SEVERITY",
    "PRESEND_ACCOUNTS",
    "PRESEND_HISTORY",
];

/// A folder that is gone after the test; the root of a repository, so that no settings from outside are found.
pub(crate) struct Stage {
    folder: TempDir,
    variables: Vec<(String, String)>,
    inside: PathBuf,
}

/// What a run of the program gave.
pub(crate) struct Ran {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Stage {
    /// An empty folder.
    pub(crate) fn new() -> Stage {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join(".git")).expect("made");
        let inside = folder.path().to_path_buf();
        Stage { folder, variables: Vec::new(), inside }
    }

    /// A folder with one file.
    pub(crate) fn with(name: &str, content: impl AsRef<[u8]>) -> Stage {
        Stage::new().file(name, content)
    }

    /// One file more; folders on the way are made.
    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Stage {
        self.write(name, content);
        self
    }

    /// Writes or replaces a file.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("inside the folder")).expect("made");
        std::fs::write(path, content).expect("written");
    }

    /// An empty folder in the folder.
    pub(crate) fn folder(self, name: &str) -> Stage {
        std::fs::create_dir_all(self.path(name)).expect("made");
        self
    }

    /// An environment variable of every run.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Stage {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs start in this folder of the folder.
    pub(crate) fn inside(mut self, name: &str) -> Stage {
        self.inside = self.path(name);
        std::fs::create_dir_all(&self.inside).expect("made");
        self
    }

    /// The whole path of a file.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a file holds.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("read")
    }

    /// Runs the program.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_on(args, &[])
    }

    /// Runs the program with something on standard input.
    pub(crate) fn run_on(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_presend"));
        command.args(args).current_dir(&self.inside);
        VARIABLES.iter().for_each(|name| _ = command.env_remove(name));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        Ran::of(&mut command, input)
    }

    /// Runs `check` for JSON and gives the report.
    pub(crate) fn report(&self, args: &[&str]) -> Value {
        let ran = self.run(&[&["check", "--format", "json"], args].concat());
        ran.json()
    }
}

impl Ran {
    fn of(command: &mut Command, input: &[u8]) -> Ran {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        // A program that does not read its input closes it: that is no mistake of the test.
        _ = child.stdin.take().expect("piped").write_all(input);
        let Output { status, stdout, stderr } = child.wait_with_output().expect("ended");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ran { code: status.code().expect("an exit code"), out: text(stdout), err: text(stderr) }
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\nout: {}\nerr: {}", self.out, self.err))
    }

    /// The exit code, after a look that nothing panicked.
    pub(crate) fn exits(&self, code: i32) -> &Ran {
        assert!(!self.err.contains("panicked"), "{}", self.err);
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }
}

/// The findings of a report.
pub(crate) fn findings(report: &Value) -> &Vec<Value> {
    report["findings"].as_array().expect("a list")
}

/// Rule, line and column of every finding of a report.
pub(crate) fn places(report: &Value) -> Vec<(String, u64, u64)> {
    let number = |value: &Value| value.as_u64().expect("a number");
    let place = |finding: &Value| {
        let location = &finding["location"];
        (text(&finding["rule"]).to_owned(), number(&location["line"]), number(&location["column"]))
    };
    findings(report).iter().map(place).collect()
}

/// A string of a report.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no string"))
}

/// A path as text.
pub(crate) fn shown(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}
