//! `presend config show`: the settings in force, and where each of them comes from.

use crate::Exit;
use crate::args::{ConfigVerb, Force, ListFormat, ShowConfig};
use crate::policies::Ground;
use presend::settings::{PathSettings, Settings};
use presend::words::{Lang, Words};
use serde_json::{Value, json};
use std::io::Write;

/// Runs the verb.
pub(crate) fn run(verb: &ConfigVerb) -> Exit {
    match verb {
        ConfigVerb::Show(args) => show(args).unwrap_or_else(|exit| exit),
    }
}

fn show(args: &ShowConfig) -> Result<Exit, Exit> {
    // Mistakes in the file are shown, and whatever is asked for is checked, as for any other verb.
    let ground = Ground::new(&args.force)?;
    ground.policy(&args.force.policy)?;
    let shown = match args.format {
        ListFormat::Human => for_people(&ground, &args.force),
        ListFormat::Json => for_programs(&ground, &args.force),
    };
    // A reader that went away, such as `head`, is no mistake of ours.
    let _gone = std::io::stdout().lock().write_all(shown.as_bytes());
    Ok(Exit::Clean)
}

/// Who says what a setting is.
enum Origin {
    CommandLine,
    Environment(&'static str),
    File(usize),
    Default,
}

/// A setting in force.
struct Entry {
    key: &'static str,
    value: Value,
    origin: Origin,
}

/// Every setting that has a value; nothing but the tables is left out.
fn entries(ground: &Ground, force: &Force) -> Vec<Entry> {
    let Settings { policy, profile, accounts, history, baseline, timezone, format, fail_on, min_severity, redact, .. } = &ground.settings;
    let asked = |asked: &[String], set: &[String]| if asked.is_empty() { json!(set) } else { json!(asked) };
    let policy = asked(&force.policy, policy);
    let spoken = match ground.lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    };
    let all = [
        ("policy", if policy == json!([]) { json!(["default"]) } else { policy }, !force.policy.is_empty()),
        ("profile", asked(&force.profile, profile), !force.profile.is_empty()),
        ("accounts", json!(accounts), false),
        ("history", json!(history), false),
        ("baseline", json!(baseline), false),
        ("lang", json!(spoken), force.lang.is_some()),
        (
            "timezone",
            json!(force.timezone.as_ref().or(timezone.as_ref()).map_or("Asia/Shanghai", String::as_str)),
            force.timezone.is_some(),
        ),
        ("format", json!(format.as_deref().unwrap_or("human")), false),
        ("fail_on", json!(fail_on.as_deref().unwrap_or("error")), false),
        ("min_severity", json!(min_severity.as_deref().unwrap_or("info")), false),
        ("redact", json!(redact.unwrap_or(false)), false),
    ];
    let entry = |(key, value, is_asked): (&'static str, Value, bool)| Entry { key, value, origin: origin(ground, key, is_asked) };
    all.into_iter().filter(|(_, value, _)| *value != json!([]) && !value.is_null()).map(entry).collect()
}

fn origin(ground: &Ground, key: &str, is_asked: bool) -> Origin {
    if is_asked {
        return Origin::CommandLine;
    }
    let variable = ground.variables.iter().find(|(set, _)| *set == key).map(|(_, name)| Origin::Environment(name));
    let line = || ground.settings.lines.get(key).map(|line| Origin::File(*line));
    variable.or_else(line).unwrap_or(Origin::Default)
}

/// The settings as a settings file, each with where it comes from.
fn for_people(ground: &Ground, force: &Force) -> String {
    let (Ground { settings, file, .. }, lang) = (ground, ground.lang);
    let head = match file {
        Some(file) => Words::new(format!("配置文件：{file}"), format!("settings file: {file}")),
        None => Words::fixed("没有配置文件", "no settings file"),
    };
    let mut shown = format!("# {}\n", head.say(lang));
    for Entry { key, value, origin } in entries(ground, force) {
        let from = match origin {
            Origin::CommandLine => Words::fixed("命令行", "command line").say(lang).to_owned(),
            Origin::Environment(name) => Words::new(format!("环境变量 {name}"), format!("environment {name}")).say(lang).to_owned(),
            Origin::File(line) => format!("{}:{line}", file.as_deref().unwrap_or_default()),
            Origin::Default => Words::fixed("默认", "default").say(lang).to_owned(),
        };
        shown += &format!("{:<40} # {from}\n", format!("{key} = {value}"));
    }
    shown += &levels("levels", &settings.levels);
    for path in &settings.paths {
        let check = if path.check { "" } else { "check = false\n" };
        shown += &format!("\n[[path]]\nglob = {}\n{check}{}", json!(path.globs), levels("path.levels", &path.levels));
    }
    let waivers = settings.waivers;
    if waivers > 0 {
        let words = Words::new(format!("{waivers} 条豁免：presend waiver list"), format!("waivers: {waivers}, see presend waiver list"));
        shown += &format!("\n# {}\n", words.say(lang));
    }
    shown
}

fn levels(table: &str, levels: &[(String, String)]) -> String {
    let lines: String = levels.iter().map(|(name, level)| format!("{} = {}\n", json!(name), json!(level))).collect();
    if lines.is_empty() { lines } else { format!("\n[{table}]\n{lines}") }
}

fn for_programs(ground: &Ground, force: &Force) -> String {
    let entry = |Entry { key, value, origin }: Entry| {
        let (from, line) = match origin {
            Origin::CommandLine => ("command line", None),
            Origin::Environment(name) => (name, None),
            Origin::File(line) => ("file", Some(line)),
            Origin::Default => ("default", None),
        };
        json!({ "key": key, "value": value, "from": from, "line": line })
    };
    let map = |levels: &[(String, String)]| -> serde_json::Map<String, Value> {
        levels.iter().map(|(name, level)| (name.clone(), json!(level))).collect()
    };
    let path = |path: &PathSettings| json!({ "glob": path.globs, "check": path.check, "levels": map(&path.levels) });
    let all = json!({
        "file": ground.file,
        "settings": entries(ground, force).into_iter().map(entry).collect::<Vec<Value>>(),
        "levels": map(&ground.settings.levels),
        "path": ground.settings.paths.iter().map(path).collect::<Vec<Value>>(),
        "waivers": ground.settings.waivers,
    });
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}
