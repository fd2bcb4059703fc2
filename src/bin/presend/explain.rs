//! `presend explain`: what a rule asks, or why a finding is there.

mod rule;

use crate::Exit;
use crate::args::{Check, Explain};
use crate::check::{as_of, find, redacts};
use crate::locale::say;
use crate::policies::Ground;
use presend::check::{Explanation, Input, Part, Step};
use presend::output::OUTPUTS;
use presend::words::{Lang, Words};
use serde_json::{Value, json};
use std::io::Write;

/// Steps that are shown at each end.
const SHOWN: usize = 20;

/// Runs the verb.
pub(crate) fn run(args: &Explain) -> Exit {
    let exit = match &args.finding {
        Some(print) => explain_finding(&args.check, print),
        None => rule::run(&args.check),
    };
    exit.unwrap_or_else(|exit| exit)
}

fn explain_finding(args: &Check, print: &str) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let Ok(fingerprint) = u64::from_str_radix(print.trim(), 16) else {
        return ground.usage(&Words::new(
            format!("{print} 不是指纹：照报告里 fingerprint 的十六位写"),
            format!("{print} is no fingerprint; write the sixteen digits a report gives"),
        ));
    };
    let checker = ground.made(ground.checker(&args.force.policy))?;
    let found = find(args, &ground);
    found.unreadable.iter().for_each(|words| say(ground.lang, words));
    let mut input = Input::new();
    input.as_of = Some(as_of(args.as_of.as_deref(), &ground)?);
    input.redact = redacts(args, &ground);
    found.files.into_iter().for_each(|file| input.add(file));
    let Some(explanation) = checker.explain(input, fingerprint) else {
        return ground.input(&Words::new(
            format!("这些文件里没有指纹为 {print} 的问题；文件、政策和参数要与检查时相同"),
            format!("no finding of these files has the fingerprint {print}; files, policies and flags must be those of the check"),
        ));
    };
    let text = if is_json(args) { steps_json(&explanation, ground.lang) } else { told(&explanation, &ground) };
    // A reader that went away, such as `head`, is no mistake of ours.
    let _gone = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(Exit::Clean)
}

fn is_json(args: &Check) -> bool {
    args.format.as_deref() == Some("json")
}

/// The finding as people read it, then the records that lead to it.
fn told(explanation: &Explanation, ground: &Ground) -> String {
    let mut out = Vec::new();
    if let Some(human) = OUTPUTS.first() {
        // Writing to memory cannot fail.
        let _ = (human.write)(&explanation.report, ground.style, &mut out);
    }
    let mut out = String::from_utf8_lossy(&out).into_owned();
    let steps = &explanation.steps;
    if !steps.is_empty() {
        let head = Words::new(format!("逐条来看（{} 条）：\n", steps.len()), format!("step by step ({} records):\n", steps.len()));
        out.push_str(head.say(ground.lang));
    }
    for (at, step) in steps.iter().enumerate() {
        if at == SHOWN && steps.len() > 2 * SHOWN {
            let left_out = steps.len() - 2 * SHOWN;
            out.push_str(Words::new(format!("  …（还有 {left_out} 条）\n"), format!("  … ({left_out} more)\n")).say(ground.lang));
        }
        if at < SHOWN || at + SHOWN >= steps.len() {
            out.push_str(&line(explanation, step, ground.lang));
        }
    }
    out
}

fn line(explanation: &Explanation, step: &Step, lang: Lang) -> String {
    let report = &explanation.report;
    let source = report.source(step.place.source);
    let line = || source.position(step.place.span.start as usize).line.to_string();
    let at = source.label(step.place.span).map_or_else(line, |label| label.say(lang).to_owned());
    let time = step.time.map(|time| report.zone.show(time)).unwrap_or_default();
    let part = part(step.part).say(lang).to_owned();
    let of = step.of.map(|of| format!("/{of}")).unwrap_or_default();
    let count = match (step.count, step.max) {
        (Some(count), Some(max)) => Words::new(format!("  计 {count}{of}，限 {max}"), format!("  {count}{of}, limit {max}")),
        (Some(count), None) => Words::new(format!("  计 {count}{of}"), format!("  {count}{of}")),
        (None, _) => Words::default(),
    };
    let note = if step.note.is_empty() { String::new() } else { format!("  {}", step.note.say(lang)) };
    let line = format!("  {}:{at}  {time}  {part}{}{note}", source.name(), count.say(lang));
    line.trim_end().to_owned() + "\n"
}

fn part(part: Part) -> Words {
    match part {
        Part::Sent => Words::fixed("已发送", "sent  "),
        Part::Counts => Words::fixed("计入  ", "counts"),
        Part::Breaks => Words::fixed("超限  ", "breaks"),
    }
}

fn steps_json(explanation: &Explanation, lang: Lang) -> String {
    let report = &explanation.report;
    let number = |number: Option<presend::decimal::Decimal>| number.map(|number| number.to_float());
    let step = |step: &Step| {
        let source = report.source(step.place.source);
        let line = source.position(step.place.span.start as usize).line;
        let part = part(step.part).en.trim().to_owned();
        json!({ "path": source.name(), "line": line, "cell": source.cell(step.place.span), "time": step.time.map(|time| report.zone.show(time)), "part": part, "count": number(step.count), "of": number(step.of), "max": number(step.max), "note": step.note.say(lang) })
    };
    let finding = report
        .findings
        .first()
        .map(|finding| json!({ "rule": finding.about.id, "pack": finding.about.pack, "fingerprint": finding.fingerprint_text() }));
    let steps: Vec<Value> = explanation.steps.iter().map(step).collect();
    serde_json::to_string_pretty(&json!({ "finding": finding, "steps": steps })).unwrap_or_default() + "\n"
}
