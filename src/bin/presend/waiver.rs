//! `presend waiver list`: which rules may be broken, why, and until when.

use crate::Exit;
use crate::args::{ListFormat, Waivers};
use crate::check::as_of;
use crate::files::Found;
use crate::locale::say;
use crate::policies::Ground;
use presend::check::{Input, Listed};
use presend::input::Role;
use presend::words::{Lang, Words};
use serde_json::{Value, json};
use std::io::Write;

/// Runs the verb.
pub(crate) fn run(args: &Waivers) -> Exit {
    try_run(args).unwrap_or_else(|exit| exit)
}

fn try_run(args: &Waivers) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let as_of = as_of(args.as_of.as_deref(), &ground)?;
    let checker = ground.made(ground.checker(&args.force.policy))?;
    let mut found = Found::default();
    args.paths.iter().for_each(|path| found.add(path, Role::Plan, None));
    found.unreadable.iter().for_each(|words| say(ground.lang, words));
    let exit = if found.unreadable.is_empty() { Exit::Clean } else { Exit::Input };
    let mut input = Input::new();
    input.as_of = Some(as_of);
    found.files.into_iter().for_each(|file| input.add(file));
    let listed = checker.waivers(input);
    let list: String = match args.format {
        ListFormat::Json => {
            let waivers: Vec<Value> = listed.iter().map(object).collect();
            serde_json::to_string_pretty(&json!({ "waivers": waivers })).unwrap_or_default() + "\n"
        }
        ListFormat::Human if listed.is_empty() => Words::fixed("没有豁免", "no waivers").say(ground.lang).to_owned() + "\n",
        ListFormat::Human => listed.iter().map(|listed| line(listed, ground.lang)).collect(),
    };
    // A reader that went away, such as `head`, is no mistake of ours.
    let _gone = std::io::stdout().lock().write_all(list.as_bytes());
    Ok(exit)
}

/// `holds  rule  file:line  reason (approved by; until)`.
fn line(listed: &Listed, lang: Lang) -> String {
    let waiver = &listed.waiver;
    let zh = lang == Lang::Zh;
    let state = match (listed.is_over, zh) {
        (false, true) => "有效",
        (true, true) => "已失效",
        (false, false) => "holds",
        (true, false) => "over",
    };
    let by = waiver.approved_by.as_ref().map(|name| if zh { format!("批准：{name}") } else { format!("approved by {name}") });
    let until = waiver.expires.as_ref().map(|day| if zh { format!("有效至 {day}") } else { format!("until {day}") });
    let scope = Some(listed.scope.clone()).filter(|scope| !scope.is_empty());
    let beside: Vec<String> = [scope, by, until].into_iter().flatten().collect();
    let text = format!("{state:<6} {}  {}:{}  {}", waiver.rules.join(" "), waiver.path, waiver.line, waiver.reason);
    // What records say is untrusted: no sign of theirs reaches the terminal.
    let shown = |text: String| text.replace(|c: char| c.is_control(), " ");
    if beside.is_empty() { shown(text) + "\n" } else { shown(format!("{text} ({})", beside.join("; "))) + "\n" }
}

fn object(listed: &Listed) -> Value {
    let waiver = &listed.waiver;
    json!({
        "rules": waiver.rules,
        "match": if listed.scope.is_empty() { Value::Null } else { listed.scope.as_str().into() },
        "reason": waiver.reason,
        "approved_by": waiver.approved_by,
        "expires": waiver.expires,
        "expired": listed.is_over,
        "path": waiver.path,
        "line": waiver.line,
    })
}
