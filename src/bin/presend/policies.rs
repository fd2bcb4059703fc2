//! Which policies are in force: from the command line, the environment, the settings, or the default packs.

use crate::Exit;
use crate::args::{Force, When};
use crate::files::{cannot_read, name, same, walk};
use crate::locale::{lang, say};
use crate::settings::Set;
use presend::check::Checker;
use presend::output::{OUTPUTS, Style};
use presend::policy::{BUNDLED, Bundled, Policy, bundled};
use presend::problem::Problem;
use presend::report::Report;
use presend::settings::{Paths, Settings};
use presend::source::Source;
use presend::time::Zone;
use presend::words::{Lang, Words};
use std::collections::HashSet;
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
    /// The settings in force; empty when there are none. Paths are seen from here.
    pub settings: Settings,
    /// The language of everything said.
    pub lang: Lang,
    /// The zone of local times.
    pub zone: Zone,
    /// How reports look.
    pub style: Style,
    /// The files that the settings have tables for.
    pub paths: Paths,
    /// The settings file, if there is one.
    pub file: Option<String>,
    /// Keys that variables of the environment set, with their names.
    pub variables: Vec<(&'static str, &'static str)>,
    /// The profiles that are chosen.
    profiles: Vec<String>,
    /// The settings file, if it says anything of rules.
    own: Option<Source>,
}

impl Ground {
    /// Reads settings and environment.
    pub(crate) fn new(force: &Force) -> Result<Ground, Exit> {
        let Set { settings, problems, source, is_wrong, paths, variables } = Set::read(force)?;
        let file = source.as_ref().map(|source| source.name().to_owned());
        let lang = lang(force.lang, settings.lang.as_deref());
        let style = Style { lang, color: color(force.color), width: 100, jobs: 1 };
        if let Some(source) = source.clone().filter(|_| is_wrong) {
            show_problems(problems, source, style);
            return Err(Exit::Usage);
        }
        let zone = zone(force.timezone.as_deref().or(settings.timezone.as_deref()), lang)?;
        let profiles = if force.profile.is_empty() { settings.profile.clone() } else { force.profile.clone() };
        let own = source.filter(|_| settings.says_of_rules());
        Ok(Ground { settings, lang, zone, style, paths, file, variables, profiles, own })
    }

    /// The rules in force; a policy that is wrong gives a report of its mistakes.
    pub(crate) fn checker(&self, asked: &[String]) -> Result<Checker, Trouble> {
        self.compile(self.policy(asked)?)
    }

    /// The policies in force, with the profiles that are chosen.
    pub(crate) fn policy(&self, asked: &[String]) -> Result<Policy, Exit> {
        let mut policy = self.gathered(asked)?;
        self.choose(&mut [&mut policy])?;
        Ok(policy)
    }

    /// The policies in force, without a profile.
    pub(crate) fn gathered(&self, asked: &[String]) -> Result<Policy, Exit> {
        let mut gathered = Gathered { policy: Policy::new(), taken: HashSet::new() };
        for one in self.named(asked) {
            self.add(&mut gathered, &one)?;
        }
        if let Some(settings) = &self.own {
            gathered.policy.add_settings(settings.clone(), self.paths.clone(), asked.is_empty());
        }
        Ok(gathered.policy)
    }

    /// Chooses the profiles that were asked for, in each of these policies that has them; one must.
    pub(crate) fn choose(&self, policies: &mut [&mut Policy]) -> Result<(), Exit> {
        for profile in &self.profiles {
            let known = policies.iter_mut().map(|policy| policy.choose(profile)).fold(false, |known, one| known | one);
            if let Some(policy) = policies.last().filter(|_| !known) {
                return self.unknown_profile(policy, profile);
            }
        }
        Ok(())
    }

    /// The rules of policies; one that is wrong gives a report of its mistakes.
    pub(crate) fn compile(&self, policy: Policy) -> Result<Checker, Trouble> {
        policy.compile(&self.zone).map_err(Trouble::Policy)
    }

    /// The same for nothing but a few plain drafts: of bundled packs only the rules are read that may concern them.
    pub(crate) fn checker_for(&self, asked: &[String], drafts: &[&str]) -> Result<Checker, Trouble> {
        let named = self.named(asked);
        let is_whole = !self.profiles.is_empty() || self.own.is_some() || named.iter().any(|one| Path::new(one).exists());
        let policy = if is_whole { None } else { Policy::for_drafts(&named, drafts) };
        match policy {
            Some(policy) => self.compile(policy),
            None => self.checker(asked),
        }
    }

    /// What is asked for, else what is set, else the default packs.
    fn named(&self, asked: &[String]) -> Vec<String> {
        let default = vec!["default".to_owned()];
        [asked.to_vec(), self.settings.policy.clone(), default].into_iter().find(|named| !named.is_empty()).unwrap_or_default()
    }

    /// Says which settings and policies are used.
    pub(crate) fn say_what_is_used(&self, asked: &[String]) {
        match &self.file {
            Some(file) => say(self.lang, &Words::new(format!("配置文件：{file}"), format!("settings: {file}"))),
            None => say(self.lang, &Words::fixed("没有配置文件", "no settings file")),
        }
        let (policies, profiles) = (self.named(asked).join(" "), self.profiles.join(" "));
        say(self.lang, &Words::new(format!("生效的政策：{policies}"), format!("policies in force: {policies}")));
        if !profiles.is_empty() {
            say(self.lang, &Words::new(format!("选用的档：{profiles}"), format!("profiles: {profiles}")));
        }
    }

    fn add(&self, gathered: &mut Gathered, named: &str) -> Result<(), Exit> {
        let path = Path::new(named);
        if named == "default" {
            BUNDLED.iter().filter(|pack| pack.default).for_each(|pack| gathered.add_bundled(pack));
        } else if path.is_dir() {
            return self.add_folder(gathered, path);
        } else if path.exists() {
            return self.add_file(gathered, path);
        } else if let Some(pack) = bundled(named) {
            gathered.add_bundled(pack);
        } else {
            return self.unknown(named);
        }
        Ok(())
    }

    fn add_folder(&self, gathered: &mut Gathered, folder: &Path) -> Result<(), Exit> {
        let walked = walk(folder);
        if let Some(words) = walked.unreadable.first() {
            return self.usage(words);
        }
        let files: Vec<PathBuf> = walked.files.into_iter().filter(|file| is_policy_file(file)).collect();
        if files.is_empty() {
            let shown = folder.display();
            return self.usage(&Words::new(format!("文件夹 {shown} 里没有政策文件"), format!("the folder {shown} holds no policy")));
        }
        files.iter().try_for_each(|file| self.add_file(gathered, file))
    }

    fn add_file(&self, gathered: &mut Gathered, path: &Path) -> Result<(), Exit> {
        if gathered.taken.insert(same(path)) {
            let bytes = std::fs::read(path).or_else(|error| self.usage(&cannot_read(path, &error.to_string(), &error.to_string())))?;
            let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
            gathered.policy.add(Source::decode(name(path), bytes), &|beside| std::fs::read(folder.join(beside)).ok());
        }
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

    fn unknown_profile<T>(&self, policy: &Policy, named: &str) -> Result<T, Exit> {
        let known = policy.profiles();
        if known.is_empty() {
            return self.usage(&Words::new(
                format!("没有一档叫 {named}：生效的包都不分档"),
                format!("no profile {named}: the packs in force have none"),
            ));
        }
        let guess = presend::words::nearest(named, known.iter().copied());
        let (zh, en) =
            guess.map_or((String::new(), String::new()), |guess| (format!("，是不是想写 {guess}？"), format!("; did you mean {guess}?")));
        let all = known.into_iter().collect::<Vec<_>>().join(" ");
        self.usage(&Words::new(format!("没有一档叫 {named}{zh}（有：{all}）"), format!("no profile {named}{en} (there are: {all})")))
    }

    /// What was made of policies; where they are wrong, their mistakes are printed and the run ends.
    pub(crate) fn made<T>(&self, made: Result<T, Trouble>) -> Result<T, Exit> {
        made.map_err(|trouble| match trouble {
            Trouble::Usage(exit) => exit,
            Trouble::Policy(report) => {
                print(&report, self.style);
                Exit::Usage
            }
        })
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

/// Policies that are named twice, in whatever way, are in force once.
struct Gathered {
    policy: Policy,
    /// Whole paths of files, and ids of bundled packs, which no whole path is.
    taken: HashSet<PathBuf>,
}

impl Gathered {
    fn add_bundled(&mut self, pack: &Bundled) {
        if self.taken.insert(PathBuf::from(pack.id)) {
            self.policy.add_bundled(pack);
        }
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

/// Prints the mistakes of a file.
pub(crate) fn show_problems(problems: Vec<Problem>, source: Source, style: Style) {
    let findings = problems
        .into_iter()
        .map(|problem| {
            let text = source.slice(problem.span).to_owned();
            problem.into_finding(&text)
        })
        .collect();
    print(&Report::new(findings, vec![source], 0, Zone::default()), style);
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
