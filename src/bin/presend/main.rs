//! The command line of presend: reads files and arguments, prints reports. It sees the library's public API only.

#![allow(clippy::disallowed_methods, reason = "the library asks no clock and no environment; here is where they are asked")]

mod args;
mod baseline;
mod check;
mod config;
mod diff;
mod explain;
mod files;
mod init;
mod locale;
mod policies;
mod policy;
mod progress;
mod rules;
mod settings;
mod shell;
mod stream;
mod test;
mod waiver;

use clap::Parser;
use std::process::ExitCode;

/// How a run ended, for every verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean = 0,
    /// Findings.
    Findings = 1,
    /// Usage, configuration or policy error.
    Usage = 2,
    /// No input, or input that cannot be read.
    Input = 3,
}

/// The parquet crate panics on some broken files. The library survives it and reports the file; people need not read the panic.
fn be_calm_of_broken_files() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_parquet = |file: &str| file.contains("/parquet-") || file.contains("\\parquet-") || file.contains("vendor/parquet/");
        if !panic.location().is_some_and(|place| is_parquet(place.file())) {
            usual(panic);
        }
    }));
}

fn main() -> ExitCode {
    be_calm_of_broken_files();
    let args = args::Args::parse_from(args::with_default_verb(std::env::args_os().collect()));
    let exit = match args.verb {
        args::Verb::Check(check) => check::run(&check),
        args::Verb::Completions(shells) => shell::completions(&shells),
        args::Verb::Man(manual) => shell::man(&manual),
        args::Verb::Baseline(verb) => baseline::run(&verb),
        args::Verb::Config(verb) => config::run(&verb),
        args::Verb::Explain(explain) => explain::run(&explain),
        args::Verb::Rules(rules) => rules::run(&rules),
        args::Verb::Init(init) => init::run(&init),
        args::Verb::Policy(verb) => policy::run(&verb),
        args::Verb::Test(test) => test::run(&test),
        args::Verb::Waiver(args::WaiverVerb::List(list)) => waiver::run(&list),
    };
    ExitCode::from(exit as u8)
}
