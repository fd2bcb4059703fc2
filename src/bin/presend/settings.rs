//! Settings: where their file is found, and what the environment says instead.

use crate::Exit;
use crate::args::{Force, Level};
use crate::files::{cannot_read, name};
use crate::locale::{lang, say};
use clap::ValueEnum;
use presend::finding::Severity;
use presend::output::OUTPUTS;
use presend::policy::bundled;
use presend::problem::Problem;
use presend::settings::{Paths, Settings, Standing};
use presend::source::{Source, SourceId};
use presend::time::Zone;
use presend::words::{Lang, Words};
use std::path::{Path, PathBuf};

/// What was set, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Set {
    /// What is in force; paths are seen from here.
    pub settings: Settings,
    /// Mistakes in the file.
    pub problems: Vec<Problem>,
    /// The file.
    pub source: Option<Source>,
    /// Whether a mistake in it is an error.
    pub is_wrong: bool,
    /// The files it has tables for.
    pub paths: Paths,
    /// Keys that variables of the environment set, with their names.
    pub variables: Vec<(&'static str, &'static str)>,
}

impl Set {
    /// Reads the settings file, then the environment.
    pub(crate) fn read(force: &Force) -> Result<Set, Exit> {
        let mut set = match settings_file(force) {
            Some(path) => Set::of_file(&path, lang(force.lang, None))?,
            None => Set::default(),
        };
        if !force.isolated {
            set.variables = take_environment(&mut set.settings).map_err(|words| {
                say(lang(force.lang, set.settings.lang.as_deref()), &words);
                Exit::Usage
            })?;
        }
        Ok(set)
    }

    fn of_file(path: &Path, lang: Lang) -> Result<Set, Exit> {
        let bytes = std::fs::read(path).map_err(|error| {
            say(lang, &cannot_read(path, &error.to_string(), &error.to_string()));
            Exit::Usage
        })?;
        let source = Source::decode(name(path), bytes);
        let (mut settings, problems) = Settings::read(&source, SourceId(0));
        let folder = path.parent().unwrap_or(Path::new(""));
        settings.policy.iter_mut().filter(|named| *named != "default" && bundled(named).is_none()).for_each(|path| see_from(folder, path));
        settings.accounts.iter_mut().chain(&mut settings.history).chain(&mut settings.baseline).for_each(|path| see_from(folder, path));
        let is_wrong = problems.iter().any(|problem| problem.severity == Severity::Error);
        let paths = Paths::of(&settings, standing(folder));
        Ok(Set { settings, problems, source: Some(source), is_wrong, paths, variables: Vec::new() })
    }
}

/// Where a folder stands, seen from here.
fn standing(folder: &Path) -> Standing {
    let here = std::env::current_dir().unwrap_or_default();
    Standing { root: name(&here.join(folder)), here: name(&here) }
}

/// Paths of a settings file start at its folder.
fn see_from(folder: &Path, path: &mut String) {
    if !folder.as_os_str().is_empty() {
        *path = name(&folder.join(&*path));
    }
}

/// The settings file: the one asked for, or the nearest `presend.toml` upward to the root of the repository.
fn settings_file(force: &Force) -> Option<PathBuf> {
    if force.config.is_some() || force.isolated {
        return force.config.clone();
    }
    let here = std::env::current_dir().ok()?;
    for (up, folder) in here.ancestors().enumerate() {
        if folder.join("presend.toml").is_file() {
            let relative: PathBuf = std::iter::repeat_n("..", up).collect();
            return Some(relative.join("presend.toml"));
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// `PRESEND_LANG` and its like win over the settings file; a slip in one of them must not become the default. Gives the keys that were
/// set, each with the variable that did.
fn take_environment(settings: &mut Settings) -> Result<Vec<(&'static str, &'static str)>, Words> {
    let mut taken = Vec::new();
    let levels: Vec<&str> = Level::value_variants().iter().map(|level| level.name()).collect();
    let formats: Vec<&str> = OUTPUTS.iter().map(|output| output.name).collect();
    for (name, key, into, known) in [
        ("PRESEND_LANG", "lang", &mut settings.lang, vec!["zh", "en"]),
        ("PRESEND_FORMAT", "format", &mut settings.format, formats),
        ("PRESEND_FAIL_ON", "fail_on", &mut settings.fail_on, levels.clone()),
        ("PRESEND_MIN_SEVERITY", "min_severity", &mut settings.min_severity, levels),
    ] {
        let Some(value) = variable(name) else { continue };
        if !known.contains(&value.as_str()) {
            let known = known.join(" ");
            return Err(Words::new(
                format!("环境变量 {name}={value} 不对（可以写：{known}）"),
                format!("the environment says {name}={value}, which is none of: {known}"),
            ));
        }
        *into = Some(value);
        taken.push((key, name));
    }
    if let Some(zone) = variable("PRESEND_TIMEZONE") {
        settings.timezone = Some(known_zone(zone)?);
        taken.push(("timezone", "PRESEND_TIMEZONE"));
    }
    for (name, key, into) in [
        ("PRESEND_POLICY", "policy", &mut settings.policy),
        ("PRESEND_PROFILE", "profile", &mut settings.profile),
        ("PRESEND_ACCOUNTS", "accounts", &mut settings.accounts),
        ("PRESEND_HISTORY", "history", &mut settings.history),
    ] {
        if let Some(paths) = variable(name) {
            *into = paths.split(',').map(str::to_owned).collect();
            taken.push((key, name));
        }
    }
    Ok(taken)
}

fn known_zone(zone: String) -> Result<String, Words> {
    let is_known = Zone::named(&zone).is_some();
    is_known.then(|| zone.clone()).ok_or_else(|| {
        Words::new(
            format!("环境变量 PRESEND_TIMEZONE={zone} 不是时区，写 IANA 名称，例如 Asia/Shanghai"),
            format!("the environment says PRESEND_TIMEZONE={zone}; write an IANA name such as Asia/Shanghai"),
        )
    })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
