//! Rules by the names they go by: their id, or `pack/id`.

use super::file::PolicyFile;
use crate::problem::{Problem, meant};
use crate::source::SourceId;
use crate::span::Span;
use crate::tree::Node;
use crate::words::Words;
use std::collections::BTreeMap;

/// Where the rules of some policies are, those that cannot be built among them.
pub(super) struct Names {
    /// File and number, by id.
    by_id: BTreeMap<String, (usize, usize)>,
    /// File and number, by `pack/id`.
    whole: BTreeMap<String, (usize, usize)>,
}

impl Names {
    /// The rules of these files; of two with one name, the first.
    pub(super) fn of(files: &[PolicyFile]) -> Names {
        let mut names = Names { by_id: BTreeMap::new(), whole: BTreeMap::new() };
        for (at, file) in files.iter().enumerate() {
            for (number, rule) in file.root.get("rule").map(Node::items).unwrap_or_default().iter().enumerate() {
                let Some(id) = rule.get("id").and_then(Node::text) else { continue };
                names.by_id.entry(id.to_owned()).or_insert((at, number));
                names.whole.entry(format!("{}/{id}", file.pack)).or_insert((at, number));
            }
        }
        names
    }

    /// The rule of a name: its file, and its number there.
    pub(super) fn get(&self, name: &str) -> Option<(usize, usize)> {
        self.by_id.get(name).or_else(|| self.whole.get(name)).copied()
    }

    /// The id of the rule of a name.
    pub(super) fn id<'f>(&self, files: &'f [PolicyFile], name: &str) -> Option<&'f str> {
        let (file, number) = self.get(name)?;
        files[file].root.get("rule")?.items().get(number)?.get("id")?.text()
    }

    /// The name that was meant; `so_far` mistakes were found already.
    pub(super) fn meant(&self, name: &str, so_far: usize) -> Option<&str> {
        let names = if name.contains('/') { &self.whole } else { &self.by_id };
        meant(so_far, name, names.keys().map(String::as_str))
    }
}

/// That nobody knows a rule.
pub(crate) fn unknown(code: &'static str, name: &str, (source, span): (SourceId, Span), guess: Option<&str>) -> Problem {
    let words = Words::new(format!("没有名为 `{name}` 的规则"), format!("no rule is called `{name}`"));
    let help = Words::fixed("用 presend rules 看全部规则", "presend rules lists all rules");
    Problem::error(code, source, span, words).with_help(help).with_guess(guess)
}
