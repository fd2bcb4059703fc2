//! Settings of a project: `presend.toml`.

mod paths;

pub use paths::{Paths, Standing};

use crate::output::OUTPUTS;
use crate::problem::Problem;
use crate::schema::{Key, Problems, Shape, WAIVER};
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::tree::{Node, from_toml};
use crate::vocabulary::Vocabulary;
use std::collections::BTreeMap;

/// The names of all formats of reports.
const FORMATS: [&str; OUTPUTS.len()] = {
    let (mut names, mut at) = ([""; OUTPUTS.len()], 0);
    while at < names.len() {
        names[at] = OUTPUTS[at].name;
        at += 1;
    }
    names
};

/// How much a rule can be made to weigh.
const LEVEL: Shape = Shape::OneOf(&["error", "warning", "info", "off"]);

/// The keys of a `[[path]]`.
const PATH: &[Key] = &[
    Key::must(
        "glob",
        Shape::OneOrMany(&Shape::Text),
        "哪些文件，从配置文件所在的文件夹算起",
        "which files, seen from the folder of the settings",
    ),
    Key::may("check", Shape::Flag, "false 表示不检查这些文件", "false: these files are not checked"),
    Key::may("levels", Shape::Map(&LEVEL), "这些文件里规则有多严重", "how much rules weigh in these files"),
];

/// The keys of a settings file.
const SETTINGS: &[Key] = &[
    Key::may(
        "policy",
        Shape::OneOrMany(&Shape::Text),
        "生效的政策：文件、文件夹或内置包名",
        "the policies in force: files, folders, names of bundled packs",
    ),
    Key::may("profile", Shape::OneOrMany(&Shape::Text), "选用包里的哪一档数值", "profiles of the packs in force"),
    Key::may("accounts", Shape::OneOrMany(&Shape::Text), "账号登记表", "the registry of accounts"),
    Key::may("history", Shape::OneOrMany(&Shape::Text), "已发送的记录", "what was already sent"),
    Key::may("baseline", Shape::Text, "已知问题的基线文件", "the file of known findings"),
    Key::may("lang", Shape::OneOf(&["zh", "en"]), "输出语言", "the language of reports"),
    Key::may("timezone", Shape::Zone, "本地时间所在时区", "the zone of local times"),
    Key::may("format", Shape::OneOf(&FORMATS), "输出格式", "the format of reports"),
    Key::may("fail_on", Shape::OneOf(&["error", "warning", "info", "never"]), "从哪一级起算不通过", "the severity that fails a run"),
    Key::may("levels", Shape::Map(&LEVEL), "规则或规则包有多严重", "how much rules, or the rules of packs, weigh"),
    Key::may("path", Shape::Tables(PATH), "某些文件另有规定", "what differs in some of the files"),
    Key::may("redact", Shape::Flag, "报告里遮住文案", "whether reports cover what drafts say"),
    Key::may("waiver", Shape::Tables(WAIVER), "豁免", "waivers"),
    Key::may("min_severity", Shape::OneOf(&["error", "warning", "info"]), "从哪一级起显示", "the least severity that is shown"),
];

/// What a settings file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Policies in force, as written.
    pub policy: Vec<String>,
    /// Profiles of the packs in force.
    pub profile: Vec<String>,
    /// Registries.
    pub accounts: Vec<String>,
    /// What was already sent.
    pub history: Vec<String>,
    /// The file of known findings.
    pub baseline: Option<String>,
    /// The language of reports.
    pub lang: Option<String>,
    /// The zone of local times.
    pub timezone: Option<String>,
    /// The format of reports.
    pub format: Option<String>,
    /// The severity that fails a run.
    pub fail_on: Option<String>,
    /// The least severity that is shown.
    pub min_severity: Option<String>,
    /// Whether reports cover what drafts say.
    pub redact: Option<bool>,
    /// How much rules, or the rules of packs, weigh: names and levels.
    pub levels: Vec<(String, String)>,
    /// What differs in some of the files.
    pub paths: Vec<PathSettings>,
    /// How many waivers it holds; [`crate::policy::Policy::add_settings`] reads them.
    pub waivers: usize,
    /// The line of each key it says.
    pub lines: BTreeMap<String, usize>,
}

/// What differs in some of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathSettings {
    /// Which files, seen from the folder of the settings.
    pub globs: Vec<String>,
    /// Whether they are checked.
    pub check: bool,
    /// How much rules weigh there: names and levels.
    pub levels: Vec<(String, String)>,
}

impl Settings {
    /// Whether it says anything of rules, which [`crate::policy::Policy::add_settings`] reads.
    pub fn says_of_rules(&self) -> bool {
        self.waivers > 0 || !self.levels.is_empty() || self.paths.iter().any(|path| !path.levels.is_empty())
    }

    /// Reads a settings file; mistakes are reported like those of a policy.
    pub fn read(source: &Source, id: SourceId) -> (Settings, Vec<Problem>) {
        let (root, broken) = from_toml(source.text());
        let mut found: Vec<Problem> =
            broken.into_iter().map(|broken| Problem::error("policy-broken-toml", id, broken.span, broken.words)).collect();
        let words = Vocabulary::bundled();
        if found.is_empty() {
            Problems { source: id, text: source.text(), words: &words, found: &mut found }.table(&root, SETTINGS, Span::new(0..0));
        }
        let one = |name: &str| root.get(name).and_then(Node::text).map(str::to_owned);
        let many = |name: &str| -> Vec<String> {
            let items = root.get(name).map(Node::each).unwrap_or_default();
            items.iter().filter_map(|item| item.text().map(str::to_owned)).collect()
        };
        let settings = Settings {
            policy: many("policy"),
            profile: many("profile"),
            accounts: many("accounts"),
            history: many("history"),
            baseline: one("baseline"),
            lang: one("lang"),
            timezone: one("timezone"),
            format: one("format"),
            fail_on: one("fail_on"),
            min_severity: one("min_severity"),
            redact: root.get("redact").and_then(Node::flag),
            levels: levels(&root),
            paths: root.get("path").map(Node::items).unwrap_or_default().iter().map(PathSettings::of).collect(),
            waivers: root.get("waiver").map_or(0, |waivers| waivers.items().len()),
            lines: root.entries().iter().map(|(key, _)| (key.name.clone(), source.position(key.span.start as usize).line)).collect(),
        };
        found.extend(paths::bad_globs(&root, id));
        (settings, found)
    }
}

impl PathSettings {
    fn of(node: &Node) -> PathSettings {
        let globs = node.get("glob").map(Node::each).unwrap_or_default();
        PathSettings {
            globs: globs.iter().filter_map(Node::text).map(str::to_owned).collect(),
            check: node.get("check").and_then(Node::flag).unwrap_or(true),
            levels: levels(node),
        }
    }
}

fn levels(node: &Node) -> Vec<(String, String)> {
    let levels = node.get("levels").map(Node::entries).unwrap_or_default();
    levels.iter().filter_map(|(key, level)| Some((key.name.clone(), level.text()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_slips_are_refused() {
        let source = Source::new("presend.toml", "policy = [\"default\", \"rules\"]\ntimezon = \"Asia/Shanghai\"\nlang = \"zh\"\n");
        let (settings, problems) = Settings::read(&source, SourceId(0));
        assert_eq!((settings.policy.len(), settings.lang.as_deref()), (2, Some("zh")));
        assert_eq!(problems.len(), 1);
        assert_eq!(source.slice(problems[0].span), "timezon");
    }
}
