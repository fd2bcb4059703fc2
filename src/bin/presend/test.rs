//! `presend test`: the tests that rules carry.

use crate::Exit;
use crate::args::{Test, TestFormat};
use crate::locale::say;
use crate::policies::Ground;
use presend::check::Checker;
use presend::trial::{self, Outcome, Untested};
use presend::words::{Lang, Words};
use std::fmt::Write as _;
use std::io::Write as _;

/// Runs the verb.
pub(crate) fn run(args: &Test) -> Exit {
    try_run(args).unwrap_or_else(|exit| exit)
}

fn try_run(args: &Test) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let named: Vec<String> = args.policies.iter().chain(&args.force.policy).cloned().collect();
    let checker = ground.made(ground.checker(&named))?;
    let checker = checker.awake();
    let outcomes = trial::run(&checker);
    let untested = if args.strict { trial::untested(&checker) } else { Vec::new() };
    let out = match args.format {
        TestFormat::Human => human(&checker, &outcomes, &untested, ground.lang),
        TestFormat::Junit => trial::junit(&checker, &outcomes, &untested, ground.lang),
    };
    say_left_out(&checker, ground.lang);
    // A reader that went away, such as `head`, is no mistake of ours.
    let _gone = std::io::stdout().lock().write_all(out.as_bytes());
    let failed = outcomes.iter().any(|outcome| !outcome.holds()) || !untested.is_empty();
    Ok(if failed { Exit::Findings } else { Exit::Clean })
}

/// Says how many tests were not run, because they are about a rule that was changed.
fn say_left_out(checker: &Checker, lang: Lang) {
    let count = checker.left_out();
    if count > 0 {
        let words = Words::new(
            format!("{count} 个测试没有运行：它们的规则被 [[override]] 改过；给改过的规则写 [[test]]"),
            format!("{count} tests not run: an [[override]] changed what their rules ask; give those rules a [[test]] of your own"),
        );
        say(lang, &words);
    }
}

/// What went otherwise, each at its place, and how many cases hold.
fn human(checker: &Checker, outcomes: &[Outcome], untested: &[Untested], lang: Lang) -> String {
    let mut out = String::new();
    let failed: Vec<&Outcome> = outcomes.iter().filter(|outcome| !outcome.holds()).collect();
    for Outcome { case, differences } in &failed {
        let (source, place) = checker.policy_position(case.place);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{source}:{}:{}: {} · {}", place.line, place.column, case.rule, case.name.trim());
        differences.iter().for_each(|difference| out.extend(["  ", difference.words.say(lang), "\n"]));
    }
    for lacking in untested {
        let _ = writeln!(out, "{}: {}", lacking.rule, lacking.words().say(lang));
    }
    if !untested.is_empty() {
        let count = untested.len();
        let words = Words::new(format!("{count} 条规则的例子不全"), format!("rules without both sorts of case: {count}"));
        out.extend([words.say(lang), "\n"]);
    }
    let _ = writeln!(out, "{} passed, {} failed", outcomes.len() - failed.len(), failed.len());
    out
}
