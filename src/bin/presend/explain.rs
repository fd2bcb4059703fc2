//! `presend explain`: what a rule asks, or why a finding is there.

use crate::Exit;
use crate::args::{Check, Explain};
use crate::check::{as_of, find};
use crate::locale::say;
use crate::policies::{Ground, Trouble, print};
use presend::check::{Checker, Explanation, Input, Part, Step};
use presend::finding::{About, Severity};
use presend::output::OUTPUTS;
use presend::policy::{CaseInput, Expect, Origin};
use presend::words::{Lang, Words, nearest};
use serde_json::{Value, json};
use std::io::Write;

/// Steps that are shown at each end.
const SHOWN: usize = 20;
/// Examples of each sort that are shown.
const EXAMPLES: usize = 3;

/// Runs the verb.
pub(crate) fn run(args: &Explain) -> Exit {
    let exit = match &args.finding {
        Some(print) => explain_finding(&args.check, print),
        None => explain_rule(&args.check),
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
    let checker = compiled(ground.checker(&args.force.policy), &ground)?;
    let found = find(args, &ground);
    found.unreadable.iter().for_each(|words| say(ground.lang, words));
    let mut input = Input::new();
    input.as_of = Some(as_of(args.as_of.as_deref(), &ground)?);
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

fn compiled(checker: Result<Checker, Trouble>, ground: &Ground) -> Result<Checker, Exit> {
    checker.map_err(|trouble| match trouble {
        Trouble::Usage(exit) => exit,
        Trouble::Policy(report) => {
            print(&report, ground.style);
            Exit::Usage
        }
    })
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
    let at = source.position(step.place.span.start as usize).line;
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
        json!({ "path": source.name(), "line": line, "time": step.time.map(|time| report.zone.show(time)), "part": part, "count": number(step.count), "of": number(step.of), "max": number(step.max), "note": step.note.say(lang) })
    };
    let finding = report
        .findings
        .first()
        .map(|finding| json!({ "rule": finding.about.id, "pack": finding.about.pack, "fingerprint": finding.fingerprint_text() }));
    let steps: Vec<Value> = explanation.steps.iter().map(step).collect();
    serde_json::to_string_pretty(&json!({ "finding": finding, "steps": steps })).unwrap_or_default() + "\n"
}

fn explain_rule(args: &Check) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let named = match args.paths.as_slice() {
        [rule] => rule.to_string_lossy().into_owned(),
        _ => {
            return ground.usage(&Words::fixed(
                "写一条规则的名字：presend explain 规则；或一个问题的指纹：presend explain --finding 指纹 文件",
                "name a rule: presend explain RULE; or a finding: presend explain --finding FINGERPRINT FILES",
            ));
        }
    };
    let mut policy = ground.policy(&args.force.policy)?;
    let origins = policy.origins();
    let checker = compiled(ground.compile(policy), &ground)?;
    let Some(rule) = checker.rules().find(|rule| rule.id == named || format!("{}/{}", rule.pack, rule.id) == named) else {
        return unknown(&named, &checker, &ground);
    };
    let values = origins.get(&rule.id).map_or(&[][..], Vec::as_slice);
    let text = if is_json(args) { rule_json(rule, values, &checker) } else { rule_told(rule, values, (&checker, ground.lang)) };
    // A reader that went away, such as `head`, is no mistake of ours.
    let _gone = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(Exit::Clean)
}

fn unknown(named: &str, checker: &Checker, ground: &Ground) -> Result<Exit, Exit> {
    let guess = nearest(named, checker.rules().map(|rule| rule.id.as_str()));
    let (zh, en) = guess.map_or(Default::default(), |guess| (format!("，是不是想写 {guess}？"), format!("; did you mean {guess}?")));
    ground.usage(&Words::new(
        format!("生效的规则里没有 {named}{zh}（presend rules 列出全部）"),
        format!("no rule in force is called {named}{en} (presend rules lists them)"),
    ))
}

fn rule_told(rule: &About, values: &[Origin], (checker, lang): (&Checker, Lang)) -> String {
    let say = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    let severity = rule.severity.map_or("off", Severity::name);
    let mut out = format!("{}/{}  {severity} · {} · {}\n", rule.pack, rule.id, rule.kind, rule.confidence);
    out += &format!("{}\n", rule.summary.say(lang));
    if !rule.help.say(lang).is_empty() {
        out += &format!("\n{}{}\n", say("怎么办：", "what to do: "), rule.help.say(lang));
    }
    if let (Some(from), until) = (&rule.effective.0, rule.effective.1.as_deref().unwrap_or("…")) {
        out += &format!("{}{from} – {until}\n", say("生效：", "in force: "));
    }
    for source in &rule.source {
        let parts = [source.clause.as_deref(), source.basis.as_deref(), source.as_of.as_deref(), source.url.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        out += &format!("{}{}（{}）\n", say("依据：", "source: "), source.title, parts.join("，"));
    }
    if !values.is_empty() {
        out += &format!("\n{}\n", say("写的是（改过的在后）：", "as it is set, and where:"));
    }
    for value in values {
        out += &format!("  {} = {}  {}:{}\n", value.path, value.value, value.file, value.position.line);
    }
    for (head, wanted) in [(say("会报：", "flagged: "), true), (say("不报：", "not flagged: "), false)] {
        for draft in examples(rule, checker, wanted) {
            out += &format!("{head}{draft}\n");
        }
    }
    out
}

/// Drafts that the rule flags, or does not, of its own tests.
fn examples<'c>(rule: &About, checker: &'c Checker, flagged: bool) -> Vec<&'c str> {
    let own = checker.cases().iter().filter(|case| case.rule == rule.id && matches!(case.expect, Expect::Hit) == flagged);
    let drafts = own.filter_map(|case| match &case.input {
        CaseInput::Draft(text) => Some(text.as_str()),
        CaseInput::Rows { .. } => None,
    });
    drafts.take(EXAMPLES).collect()
}

fn rule_json(rule: &About, values: &[Origin], checker: &Checker) -> String {
    let mut object = crate::rules::object(rule, None);
    let value = |value: &Origin| json!({ "path": value.path, "value": value.value, "file": value.file, "line": value.position.line });
    if let Value::Object(entries) = &mut object {
        entries.insert("values".to_owned(), values.iter().map(value).collect());
        entries.insert("flagged".to_owned(), examples(rule, checker, true).into());
        entries.insert("not_flagged".to_owned(), examples(rule, checker, false).into());
    }
    serde_json::to_string_pretty(&object).unwrap_or_default() + "\n"
}
