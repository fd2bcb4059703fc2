//! `[[waiver]]`: which rules may be broken, by whom, why, and until when.

use super::file::PolicyFile;
use super::names::{self, Names};
use super::{BUNDLED, Bundled};
use crate::finding::Waiver;
use crate::problem::Problem;
use crate::record::Layout;
use crate::schema::{Problems, WAIVER};
use crate::select::Select;
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::time::{Period, Zone};
use crate::tree::{Node, Value};
use crate::vocabulary::Vocabulary;
use crate::words::Words;
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

/// The rule that belongs to the engine, not to a pack.
pub(crate) const DISGUISE: &str = "evade-obfuscation";

/// A waiver of a policy or of the settings.
pub(crate) struct Granted {
    /// What it says.
    pub waiver: Arc<Waiver>,
    /// The ids of its rules, those that are in force.
    pub rules: Vec<String>,
    /// The records it is about.
    pub select: Select,
    /// The records it is about, as written.
    pub scope: String,
    /// Where it stands.
    pub place: (SourceId, Span),
    /// Whether it may be of no use.
    pub may_be_unused: bool,
}

/// Reads waivers once all rules are known.
pub(super) struct Granting<'a> {
    /// All policies.
    pub files: &'a [PolicyFile],
    /// Their sources.
    pub sources: &'a [Source],
    /// All declared words.
    pub words: &'a Vocabulary,
    /// The columns of the run.
    pub layout: &'a mut Layout,
    /// The names of all rules.
    pub names: &'a Names,
    /// The ids of those that cannot be waived.
    pub firm: HashSet<&'a str>,
    /// The zone of a policy that names none.
    pub zone: &'a Zone,
    /// Where mistakes go.
    pub problems: &'a mut Vec<Problem>,
}

/// Waivers that stand in settings are checked there; those of policies are checked as their top is. This is for settings alone.
pub(super) fn check(root: &Node, problems: &mut Problems<'_>) {
    for waiver in root.get("waiver").map(Node::items).unwrap_or_default() {
        problems.table(waiver, WAIVER, waiver.span);
    }
}

impl Granting<'_> {
    /// Every waiver that is right.
    pub(super) fn all(&mut self) -> Vec<Granted> {
        let files = self.files.iter().filter(|file| !file.is_broken());
        let waivers =
            files.flat_map(|file| file.root.get("waiver").map(Node::items).unwrap_or_default().iter().map(move |node| (file, node)));
        waivers.filter(|(_, node)| matches!(node.value, Value::Table(_))).filter_map(|(file, node)| self.one(file, node)).collect()
    }

    fn one(&mut self, file: &PolicyFile, node: &Node) -> Option<Granted> {
        let source = &self.sources[file.source.0 as usize];
        let mut problems = Problems { source: file.source, text: source.text(), words: self.words, found: self.problems };
        let select = node.get("match").map_or_else(Select::default, |node| Select::build(node, self.layout, &mut problems));
        let named: Vec<&Node> =
            node.get("rule")?.each().iter().filter(|name| name.text().is_some_and(|name| !name.trim().is_empty())).collect();
        let rules = named.iter().filter_map(|name| self.rule(file, name)).collect();
        let text = |name: &str| node.get(name).and_then(Node::scalar);
        let expires = text("expires");
        let zone = file.zone().unwrap_or_else(|| self.zone.clone());
        let until = expires.as_deref().and_then(|day| Some(zone.period(Period::Day, zone.midnight(day)?).1));
        let waiver = Waiver {
            rules: named.iter().filter_map(|name| name.text()).map(str::to_owned).collect(),
            reason: text("reason")?,
            approved_by: text("approved_by"),
            expires,
            until,
            path: source.name().to_owned(),
            line: source.position(node.span.start as usize).line,
        };
        let scope = node.get("match").map_or("", |node| source.slice(node.span)).to_owned();
        let may_be_unused = node.get("unused").and_then(Node::text) == Some("allow");
        Some(Granted { waiver: Arc::new(waiver), rules, select, scope, place: (file.source, node.span), may_be_unused })
    }

    /// The id of a rule that is in force; one that nobody knows, or that forbids waivers, is a mistake.
    fn rule(&mut self, file: &PolicyFile, node: &Node) -> Option<String> {
        let name = node.text()?;
        let known = self.names.id(self.files, name).or_else(|| Some(name).filter(|name| *name == DISGUISE));
        match known {
            Some(id) if self.firm.contains(id) => {
                self.problems.push(forbidden(id, file.source, node.span));
            }
            None if !is_elsewhere(name) => {
                let guess = self.names.meant(name, self.problems.len());
                self.problems.push(names::unknown("waiver-unknown-rule", name, (file.source, node.span), guess));
            }
            Some(_) | None => {}
        }
        known.map(str::to_owned)
    }
}

/// That a rule cannot be waived.
pub(crate) fn forbidden(id: &str, source: SourceId, span: Span) -> Problem {
    let words = Words::new(format!("规则 `{id}` 不许豁免"), format!("the rule `{id}` cannot be waived"));
    let help = Words::fixed(
        "改掉被报的内容：这条规则写着 `waivable = false`。确属误报，由管政策的人用 [[override]] 改规则，并写明理由",
        "change what it flags: the rule says `waivable = false`. A false alarm is for those who keep the policies: an [[override]] with its reason",
    );
    Problem::error("waiver-forbidden", source, span, words).with_help(help)
}

/// Whether a rule is one of a bundled pack; those that are not in force are not read until somebody asks.
pub(crate) fn is_elsewhere(name: &str) -> bool {
    static NAMES: OnceLock<HashSet<String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let names = |pack: &Bundled| -> Vec<String> {
            let (root, _) = crate::tree::from_toml(pack.policy);
            let ids = root.get("rule").map(Node::items).unwrap_or_default().iter().filter_map(|rule| rule.get("id")?.text());
            ids.flat_map(|id| [id.to_owned(), format!("{}/{id}", pack.id)]).collect()
        };
        BUNDLED.iter().flat_map(names).collect()
    });
    names.contains(name)
}
