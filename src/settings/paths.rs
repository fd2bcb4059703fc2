//! `[[path]]`: which of the files that are checked a table of the settings is about.

use super::Settings;
use crate::problem::Problem;
use crate::source::SourceId;
use crate::tree::Node;
use crate::words::Words;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Where a settings file stands, seen from where the names of files start. The library asks for no folder, so it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The folder of the settings, as a whole path.
    pub root: String,
    /// The folder that names of files start from, as a whole path.
    pub here: String,
}

/// The files that each `[[path]]` is about, in order.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    standing: Standing,
    sets: Vec<GlobSet>,
    checked: Vec<bool>,
}

impl Paths {
    /// The paths of settings that stand somewhere. Globs that are wrong were reported when the settings were read.
    pub fn of(settings: &Settings, standing: Standing) -> Paths {
        let set = |globs: &[String]| {
            let mut set = GlobSetBuilder::new();
            globs.iter().filter_map(|written| glob(written).ok()).for_each(|glob| _ = set.add(glob));
            set.build().unwrap_or_default()
        };
        let sets = settings.paths.iter().map(|path| set(&path.globs)).collect();
        Paths { standing, sets, checked: settings.paths.iter().map(|path| path.check).collect() }
    }

    /// Which of the tables are about a file, by its name.
    pub(crate) fn about(&self, name: &str) -> Vec<usize> {
        let Some(path) = self.standing.inside(name).filter(|_| !self.sets.is_empty()) else { return Vec::new() };
        (0..self.sets.len()).filter(|at| self.sets[*at].is_match(&path)).collect()
    }

    /// Whether a file is to be checked; of several tables, the last counts.
    pub fn is_checked(&self, name: &str) -> bool {
        self.about(name).last().is_none_or(|at| self.checked[*at])
    }
}

impl Standing {
    /// The path of a file from the folder of the settings; none for a file outside.
    fn inside(&self, name: &str) -> Option<String> {
        let whole = if is_whole(name) { name.to_owned() } else { format!("{}/{name}", self.here) };
        let (root, whole) = (steps(&self.root), steps(&whole));
        whole.strip_prefix(root.as_slice()).map(|steps| steps.join("/"))
    }
}

/// Whether a path says all of itself.
fn is_whole(path: &str) -> bool {
    path.starts_with('/') || path.as_bytes().get(1) == Some(&b':')
}

/// The steps of a path; `.` and `..` are taken.
fn steps(path: &str) -> Vec<&str> {
    let mut steps = Vec::new();
    for step in path.split(['/', '\\']).filter(|step| !step.is_empty() && *step != ".") {
        match step {
            ".." => _ = steps.pop(),
            step => steps.push(step),
        }
    }
    steps
}

/// A glob as `.gitignore` has it: `*` stays in a folder, `**` does not, a name without a folder is meant in every folder, and a folder
/// means all that is in it.
fn glob(written: &str) -> Result<globset::Glob, globset::Error> {
    let rooted = written.strip_prefix("./").unwrap_or(written);
    let bare = rooted.trim_matches('/');
    let anywhere = if bare.contains('/') || rooted.starts_with('/') { "" } else { "**/" };
    GlobBuilder::new(&format!("{anywhere}{bare}{{,/**}}")).literal_separator(true).empty_alternates(true).build()
}

/// Globs that mean nothing.
pub(super) fn bad_globs(root: &Node, id: SourceId) -> Vec<Problem> {
    let paths = root.get("path").map(Node::items).unwrap_or_default();
    let globs = paths.iter().filter_map(|path| path.get("glob")).flat_map(Node::each);
    let problem = |node: &Node| {
        let error = glob(node.text()?).err()?;
        let words = Words::new(format!("这个通配路径不对：{}", error.kind()), format!("this glob is wrong: {}", error.kind()));
        let help = Words::fixed("例如 \"drafts/**\" 或 \"*.md\"", "such as \"drafts/**\" or \"*.md\"");
        Some(Problem::error("policy-bad-glob", id, node.span, words).with_help(help))
    };
    globs.filter_map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::PathSettings;

    fn paths(globs: &[&str], here: &str) -> Paths {
        let path = PathSettings { globs: globs.iter().map(|glob| (*glob).to_owned()).collect(), ..PathSettings::default() };
        let settings = Settings { paths: vec![path], ..Settings::default() };
        Paths::of(&settings, Standing { root: "/shop".to_owned(), here: here.to_owned() })
    }

    #[test]
    fn globs_are_those_of_gitignore_seen_from_the_settings() {
        for (glob, yes, no) in [
            ("drafts/**", "drafts/a/b.md", "plans/drafts/a.md"),
            ("drafts", "drafts/a/b.md", "draft.md"),
            ("*.csv", "a/b/plan.csv", "plan.csv.md"),
            ("/plan.csv", "plan.csv", "a/plan.csv"),
            ("drafts/*.md", "drafts/a.md", "drafts/old/a.md"),
            ("./old/", "old/a.md", "new/a.md"),
            ("活动{一,二}.md", "草稿/活动二.md", "活动三.md"),
        ] {
            assert!(paths(&[glob], "/shop").about(yes) == [0], "{glob} {yes}");
            assert!(paths(&[glob], "/shop").about(no).is_empty(), "{glob} {no}");
        }
    }

    #[test]
    fn names_may_be_written_in_any_way() {
        let deep = paths(&["drafts/old/**"], "/shop/drafts");
        for name in ["old/a.md", "./old/a.md", "../drafts/old/a.md", "/shop/drafts/old/a.md", "new/../old/a.md"] {
            assert_eq!(deep.about(name), [0], "{name}");
        }
        assert!(deep.about("/else/drafts/old/a.md").is_empty());
        assert!(deep.about("../../drafts/old/a.md").is_empty(), "outside of the settings' folder");
    }

    #[test]
    fn the_last_table_decides_whether_a_file_is_checked() {
        let table = |glob: &str, check| PathSettings { globs: vec![glob.to_owned()], check, levels: Vec::new() };
        let settings = Settings { paths: vec![table("old", false), table("old/kept.md", true)], ..Settings::default() };
        let paths = Paths::of(&settings, Standing::default());
        assert!(!paths.is_checked("old/a.md") && paths.is_checked("old/kept.md") && paths.is_checked("new.md"));
    }
}
