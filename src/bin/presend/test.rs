//! `presend test`: the tests that rules carry.

use crate::Exit;
use crate::args::Test;
use crate::policies::{Ground, Trouble, print};
use presend::trial;
use std::io::Write;

/// Runs the verb.
pub(crate) fn run(args: &Test) -> Exit {
    try_run(args).unwrap_or_else(|exit| exit)
}

fn try_run(args: &Test) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let named: Vec<String> = args.policies.iter().chain(&args.force.policy).cloned().collect();
    let checker = ground.checker(&named).map_err(|trouble| match trouble {
        Trouble::Usage(exit) => exit,
        Trouble::Policy(report) => {
            print(&report, ground.style);
            Exit::Usage
        }
    })?;
    let checker = checker.awake();
    let failures = trial::run(&checker);
    let mut out = String::new();
    for failure in &failures {
        let (source, place) = checker.policy_position(failure.case.place);
        out.push_str(&format!(
            "{source}:{}:{}: {} · {}\n  {}\n",
            place.line,
            place.column,
            failure.case.rule,
            failure.case.name.trim(),
            failure.words.say(ground.lang)
        ));
    }
    let (passed, failed) = (checker.cases().len() - failures.len(), failures.len());
    out.push_str(&format!("{passed} passed, {failed} failed\n"));
    // A reader that went away, such as `head`, is no mistake of ours.
    let _gone = std::io::stdout().lock().write_all(out.as_bytes());
    Ok(if failed > 0 { Exit::Findings } else { Exit::Clean })
}
