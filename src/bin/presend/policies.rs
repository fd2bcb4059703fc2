//! Which policies are in force: from the command line, the environment, the settings, or the default packs.

use crate::Exit;
use crate::args::{Force, When};
use crate::files::{cannot_read, name, walk};
use crate::locale::{lang, say};
use presend::check::Checker;
use presend::finding::Severity;
use presend::output::{OUTPUTS, Style};
use presend::policy::{BUNDLED, Policy, bundled};
use presend::problem::Problem;
use presend::report::Report;
use presend::settings::Settings;
use presend::source::{Source, SourceId};
use presend::time::Zone;
use presend::words::{Lang, Words};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Why there are no rules to run.
pub(crate) enum Trouble {
    /// Policies cannot be found; it was said.
    Usage(Exit),
    /// Policies are wrong.
    Policy(Box<Report>),
}

impl From<Exit> for Trouble {
    fn from(exit: Exit) -> Trouble {
        Trouble::Usage(exit)
    }
}

/// What holds for a whole run.
pub(crate) struct Ground {
    /// The settings in force; empty when there are none.
    pub settings: Settings,
    /// The folder the settings' paths start from.
    pub folder: PathBuf,
    /// The language of everything said.
    pub lang: Lang,
    /// The zone of local times.
    pub zone: Zone,
    /// How reports look.
    pub style: Style,
}

impl Ground {
    /// Reads settings and environment.
    pub(crate) fn new(force: &Force) -> Result<Ground, Exit> {
        let file = settings_file(force);
        let (mut settings, problems, source) = match &file {
            Some(path) => read_settings(path, lang(force.lang, None))?,
            None => (Settings::default(), Vec::new(), None),
        };
        if !force.isolated {
            take_environment(&mut settings);
        }
        let lang = lang(force.lang, settings.lang.as_deref());
        let style = Style { lang, color: color(force.color), width: 100 };
        if let Some(source) = source.filter(|_| !problems.is_empty()) {
            show_problems(problems, source, style);
            return Err(Exit::Usage);
        }
        let zone = zone(force.timezone.as_deref().or(settings.timezone.as_deref()), lang)?;
        let folder = file.as_deref().and_then(Path::parent).map(Path::to_path_buf).unwrap_or_default();
        Ok(Ground { settings, folder, lang, zone, style })
    }

    /// A path of the settings file, seen from here.
    pub(crate) fn path(&self, written: &str) -> PathBuf {
        if self.folder.as_os_str().is_empty() { PathBuf::from(written) } else { self.folder.join(written) }
    }

    /// The rules in force; a policy that is wrong gives a report of its mistakes.
    pub(crate) fn checker(&self, asked: &[String]) -> Result<Checker, Trouble> {
        let mut policy = Policy::new();
        let from_settings: Vec<String> = self.settings.policy.iter().map(|written| self.beside_settings(written)).collect();
        let named = if asked.is_empty() { &from_settings } else { asked };
        let default = ["default".to_owned()];
        for one in if named.is_empty() { &default[..] } else { named } {
            self.add(&mut policy, one)?;
        }
        policy.compile(&self.zone).map_err(Trouble::Policy)
    }

    fn beside_settings(&self, written: &str) -> String {
        if written == "default" || bundled(written).is_some() { written.to_owned() } else { name(&self.path(written)) }
    }

    fn add(&self, policy: &mut Policy, named: &str) -> Result<(), Exit> {
        let path = Path::new(named);
        if named == "default" {
            BUNDLED.iter().filter(|pack| pack.default).for_each(|pack| policy.add_bundled(pack));
        } else if path.is_dir() {
            let files: Vec<PathBuf> = walk(path).into_iter().filter(|file| is_policy_file(file)).collect();
            if files.is_empty() {
                let shown = path.display();
                return self.usage(&Words::new(format!("文件夹 {shown} 里没有政策文件"), format!("the folder {shown} holds no policy")));
            }
            return files.iter().try_for_each(|file| self.add_file(policy, file));
        } else if path.is_file() {
            return self.add_file(policy, path);
        } else if let Some(pack) = bundled(named) {
            policy.add_bundled(pack);
        } else {
            return self.unknown(named);
        }
        Ok(())
    }

    fn add_file(&self, policy: &mut Policy, path: &Path) -> Result<(), Exit> {
        let bytes = std::fs::read(path).or_else(|error| self.usage(&cannot_read(path, &error.to_string(), &error.to_string())))?;
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        policy.add(Source::decode(name(path), bytes), &|beside| std::fs::read(folder.join(beside)).ok());
        Ok(())
    }

    fn unknown<T>(&self, named: &str) -> Result<T, Exit> {
        let known: Vec<&str> = BUNDLED.iter().map(|pack| pack.id).chain(["default"]).collect();
        let guess = presend::words::nearest(named, known.iter().copied());
        let (zh, en) =
            guess.map_or((String::new(), String::new()), |guess| (format!("，是不是想写 {guess}？"), format!("; did you mean {guess}?")));
        let all = known.join(" ");
        self.usage(&Words::new(format!("没有政策 {named}{zh}（内置包：{all}）"), format!("no policy {named}{en} (bundled packs: {all})")))
    }

    /// Says that there is nothing to check.
    pub(crate) fn input<T>(&self, words: &Words) -> Result<T, Exit> {
        say(self.lang, words);
        Err(Exit::Input)
    }

    /// Says what is wrong with the command line or the settings.
    pub(crate) fn usage<T>(&self, words: &Words) -> Result<T, Exit> {
        say(self.lang, words);
        Err(Exit::Usage)
    }
}

fn is_policy_file(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "toml") && path.file_name().is_none_or(|name| name != "presend.toml")
}

/// Prints a report of policy mistakes to standard error, as people read it.
pub(crate) fn print(report: &Report, style: Style) {
    let mut out = Vec::new();
    if let Some(human) = OUTPUTS.first()
        && (human.write)(report, style, &mut out).is_ok()
    {
        anstream::eprint!("{}", String::from_utf8_lossy(&out));
    }
}

fn show_problems(problems: Vec<Problem>, source: Source, style: Style) {
    let findings = problems
        .into_iter()
        .map(|problem| {
            let text = source.slice(problem.span).to_owned();
            problem.into_finding(&text)
        })
        .collect();
    print(&Report::new(findings, vec![source], 0, Zone::default()), style);
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

type Read = (Settings, Vec<Problem>, Option<Source>);

fn read_settings(path: &Path, lang: Lang) -> Result<Read, Exit> {
    match std::fs::read(path) {
        Ok(bytes) => {
            let source = Source::decode(name(path), bytes);
            let (settings, problems) = Settings::read(&source, SourceId(0));
            let fatal = problems.iter().any(|problem| problem.severity == Severity::Error);
            Ok((settings, problems, fatal.then_some(source)))
        }
        Err(error) => {
            say(lang, &cannot_read(path, &error.to_string(), &error.to_string()));
            Err(Exit::Usage)
        }
    }
}

/// `PRESEND_LANG` and its like win over the settings file.
fn take_environment(settings: &mut Settings) {
    let variable = |name: &str| std::env::var(format!("PRESEND_{name}")).ok().filter(|value| !value.is_empty());
    let take = |into: &mut Option<String>, name: &str| *into = variable(name).or(into.take());
    take(&mut settings.lang, "LANG");
    take(&mut settings.timezone, "TIMEZONE");
    take(&mut settings.format, "FORMAT");
    take(&mut settings.fail_on, "FAIL_ON");
    take(&mut settings.min_severity, "MIN_SEVERITY");
    if let Some(policy) = variable("POLICY") {
        settings.policy = policy.split(',').map(str::to_owned).collect();
    }
}

fn zone(named: Option<&str>, lang: Lang) -> Result<Zone, Exit> {
    let Some(named) = named else { return Ok(Zone::default()) };
    Zone::named(named).ok_or_else(|| {
        say(
            lang,
            &Words::new(
                format!("没有名为 {named} 的时区，写 IANA 名称，例如 Asia/Shanghai"),
                format!("no time zone is called {named}; write an IANA name such as Asia/Shanghai"),
            ),
        );
        Exit::Usage
    })
}

fn color(when: When) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}
