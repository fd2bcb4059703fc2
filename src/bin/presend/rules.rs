//! `presend rules`: the rules in force.

use crate::Exit;
use crate::args::{ListFormat, Rules};
use crate::policies::Ground;
use presend::finding::{About, Severity};
use presend::policy::{Origin, bundled};
use presend::words::{Lang, Words};
use serde_json::{Value, json};
use std::io::Write;

/// Runs the verb.
pub(crate) fn run(args: &Rules) -> Exit {
    try_run(args).unwrap_or_else(|exit| exit)
}

fn try_run(args: &Rules) -> Result<Exit, Exit> {
    let ground = Ground::new(&args.force)?;
    let mut policy = ground.policy(&args.force.policy)?;
    let origins = if args.origin { Some(policy.origins()) } else { None };
    let checker = ground.made(ground.compile(policy))?;
    let of = |rule: &About| origins.as_ref().map(|origins| origins.get(&rule.id).map_or(&[][..], Vec::as_slice));
    let list: String = match args.format {
        ListFormat::Json => {
            let rules: Vec<Value> = checker.rules().map(|rule| object(rule, of(rule))).collect();
            serde_json::to_string_pretty(&json!({ "rules": rules })).unwrap_or_default() + "\n"
        }
        ListFormat::Human => {
            checker.rules().map(|rule| line(rule, ground.lang) + &from(of(rule).unwrap_or_default(), ground.lang)).collect()
        }
    };
    // A reader that went away, such as `head`, is no mistake of ours.
    let _gone = std::io::stdout().lock().write_all(list.as_bytes());
    Ok(Exit::Clean)
}

/// A line for each value of a rule: where it is set, and why it was changed.
fn from(origins: &[Origin], lang: Lang) -> String {
    let line = |origin: &Origin| {
        let why = [origin.profile.as_deref().map(|profile| profile_words(profile, lang)), origin.reason.clone()];
        let why: Vec<String> = why.into_iter().flatten().collect();
        let why = if why.is_empty() { String::new() } else { format!("  # {}", why.join(" · ")) };
        format!("    {} = {}  {}:{}{why}\n", origin.path, origin.value, origin.file, origin.position.line)
    };
    origins.iter().map(line).collect()
}

fn profile_words(profile: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("档 {profile}"),
        Lang::En => format!("profile {profile}"),
    }
}

/// How much it weighs, `off` among the answers.
pub(crate) fn severity(rule: &About) -> &'static str {
    rule.severity.map_or("off", Severity::name)
}

/// A rule in a line.
pub(crate) fn line(rule: &About, lang: Lang) -> String {
    format!("{:<8} {:<10} {}/{}  {}\n", severity(rule), rule.kind, rule.pack, rule.id, rule.summary.say(lang))
}

/// A rule for programs.
pub(crate) fn object(rule: &About, origins: Option<&[Origin]>) -> Value {
    let words = |words: &Words| json!({ "zh": words.zh, "en": words.en });
    let source = |source: &presend::finding::Citation| json!({ "title": source.title, "clause": source.clause, "url": source.url, "basis": source.basis, "as_of": source.as_of });
    let mut object = json!({
        "id": rule.id,
        "pack": rule.pack,
        "kind": rule.kind,
        "severity": severity(rule),
        "confidence": rule.confidence,
        "risk": rule.risk,
        "summary": words(&rule.summary),
        "help": words(&rule.help),
        "source": rule.source.iter().map(source).collect::<Vec<Value>>(),
        "tags": rule.tags,
        "effective": { "from": rule.effective.0, "until": rule.effective.1 },
        "default": bundled(&rule.pack).is_some_and(|pack| pack.default),
    });
    if let Some(origins) = origins {
        object["origin"] = origins.iter().map(origin).collect();
    }
    object
}

fn origin(origin: &Origin) -> Value {
    json!({
        "path": origin.path,
        "value": origin.value,
        "file": origin.file,
        "line": origin.position.line,
        "column": origin.position.column,
        "profile": origin.profile,
        "reason": origin.reason,
    })
}
