//! `presend policy`: policies themselves.

use crate::Exit;
use crate::args::{Level, Lint, PolicyVerb};
use crate::check::{fails, level, named, write};
use crate::policies::{Ground, print};
use presend::output::Style;
use presend::policy::json_schema;
use std::io::Write;

/// Runs the verb.
pub(crate) fn run(verb: &PolicyVerb) -> Exit {
    match verb {
        PolicyVerb::Lint(args) => lint(args).unwrap_or_else(|exit| exit),
        PolicyVerb::Diff(args) => crate::diff::run(args),
        PolicyVerb::Schema => schema(),
    }
}

fn schema() -> Exit {
    // A reader that went away, such as `head`, is no mistake of ours.
    let _gone = std::io::stdout().lock().write_all(json_schema().as_bytes());
    Exit::Clean
}

fn lint(args: &Lint) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let format = args.format.as_deref().unwrap_or("human");
    let output = named(format, &ground)?;
    let asked: Vec<String> = args.policies.iter().chain(&args.force.policy).cloned().collect();
    let report = presend::lint::run(ground.policy(&asked)?, &ground.zone).map_err(|mistakes| {
        print(&mistakes, ground.style);
        Exit::Usage
    })?;
    let style = if format == "human" { ground.style } else { Style { color: false, ..ground.style } };
    // A reader that went away, such as `head`, is no mistake of ours.
    let _gone = write(output, &report, style, std::io::stdout().lock());
    Ok(if fails(&report, level(args.fail_on, None, Level::Warning)) { Exit::Findings } else { Exit::Clean })
}
