//! `presend baseline`: findings that are known and do not fail a run.

use crate::Exit;
use crate::args::{BaselineVerb, Check};
use crate::check::{Examined, examine};
use crate::files::{cannot_read, name};
use crate::locale::say;
use crate::policies::{Ground, show_problems};
use presend::baseline::Baseline;
use presend::finding::Evidence;
use presend::report::Report;
use presend::source::{Source, SourceId};
use presend::words::Words;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file when none is named.
const FILE: &str = "presend-baseline.toml";

/// Rules that are named when a baseline is written.
const NAMED: usize = 5;

/// Runs the verb.
pub(crate) fn run(verb: &BaselineVerb) -> Exit {
    let done = match verb {
        BaselineVerb::Write { check, force } => write(check, *force),
        BaselineVerb::Prune { check } => prune(check),
        BaselineVerb::Diff { check } => diff(check),
    };
    done.unwrap_or_else(|exit| exit)
}

/// The baseline a check is held against, if there is one.
pub(crate) fn of_check(args: &Check, ground: &Ground) -> Result<Option<Baseline>, Exit> {
    let path = args.baseline.clone().or_else(|| ground.settings.baseline.as_ref().map(PathBuf::from));
    path.map(|path| read(&path, ground)).transpose()
}

fn read(path: &Path, ground: &Ground) -> Result<Baseline, Exit> {
    let bytes = std::fs::read(path).or_else(|error| ground.usage(&cannot_read(path, &error.to_string(), &error.to_string())))?;
    let source = Source::decode(name(path), bytes);
    let (baseline, problems) = Baseline::read(&source, SourceId(0));
    if problems.is_empty() {
        return Ok(baseline);
    }
    show_problems(problems, source, ground.style);
    Err(Exit::Usage)
}

/// The file of a verb, and the report it is about. What cannot be read whole gives no baseline.
fn look(args: &Check, ground: &Ground) -> Result<(PathBuf, Report), Exit> {
    let Examined { report, unreadable, nothing } = ground.made(examine(args, ground, Evidence::Few))?;
    if unreadable || nothing {
        return Err(Exit::Input);
    }
    let set = || ground.settings.baseline.as_ref().map_or_else(|| PathBuf::from(FILE), PathBuf::from);
    Ok((args.baseline.clone().unwrap_or_else(set), report))
}

fn write(args: &Check, force: bool) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let (path, report) = look(args, &ground)?;
    let shown = path.display();
    if path.exists() && !force {
        return ground.usage(&Words::new(
            format!("{shown} 已经有了，没有改动。去掉已改好的用 `presend baseline prune`，确实要重写用 --force"),
            format!(
                "{shown} is there already and was not touched. `presend baseline prune` takes out what is mended; --force writes it anew"
            ),
        ));
    }
    let baseline = Baseline::of(&report, ground.lang);
    save(&baseline, &path, &ground)?;
    let (count, rules) = (baseline.known().len(), by_rule(&baseline));
    say(
        ground.lang,
        &Words::new(
            format!("{shown} 记下了 {count} 个问题，以后检查只报告新的。{rules}"),
            format!("{shown} holds {count} findings; from now on only new ones are reported. {rules}"),
        ),
    );
    Ok(Exit::Clean)
}

/// The rules with most findings.
fn by_rule(baseline: &Baseline) -> String {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    baseline.known().for_each(|known| *rules.entry(&known.rule).or_default() += 1);
    let mut rules: Vec<(&str, usize)> = rules.into_iter().collect();
    rules.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut named: Vec<String> = rules.iter().take(NAMED).map(|(rule, count)| format!("{rule} {count}")).collect();
    if rules.len() > NAMED {
        named.push("…".to_owned());
    }
    named.join(", ")
}

fn prune(args: &Check) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let (path, report) = look(args, &ground)?;
    let before = read(&path, &ground)?;
    let after = before.pruned(&report);
    let (shown, gone, left) = (path.display(), before.known().len() - after.known().len(), after.known().len());
    if gone > 0 {
        save(&after, &path, &ground)?;
    }
    say(
        ground.lang,
        &Words::new(
            format!("{shown}：去掉了 {gone} 个已经没有的问题，还有 {left} 个"),
            format!("{shown}: {gone} findings that are gone were taken out; {left} are left"),
        ),
    );
    Ok(Exit::Clean)
}

/// `+` for a finding the baseline does not know, `-` for one that is gone.
fn diff(args: &Check) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let (path, mut report) = look(args, &ground)?;
    let baseline = read(&path, &ground)?;
    let gone = Baseline::of_known(baseline.gone(&report));
    baseline.apply(&mut report);
    let new = Baseline::of(&report, ground.lang);
    for (sign, side) in [('+', &new), ('-', &gone)] {
        for known in side.known() {
            anstream::println!("{sign} {}", known.line());
        }
    }
    let same = new.known().len() + gone.known().len() == 0;
    Ok(if same { Exit::Clean } else { Exit::Findings })
}

fn save(baseline: &Baseline, path: &Path, ground: &Ground) -> Result<(), Exit> {
    std::fs::write(path, baseline.write()).or_else(|error| {
        let shown = path.display();
        ground.usage(&Words::new(format!("写不了 {shown}：{error}"), format!("cannot write {shown}: {error}")))
    })
}
