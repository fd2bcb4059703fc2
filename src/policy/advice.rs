//! What can be told from policies alone: terms and limits that do nothing, sources and translations that are lacking.

use super::Policy;
use super::file::PolicyFile;
use crate::finding::Severity;
use crate::problem::Problem;
use crate::source::SourceId;
use crate::span::Span;
use crate::tree::{Node, Value};
use crate::words::Words;
use std::collections::BTreeMap;

/// A rule as it is written.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    /// Its file.
    pub file: &'a PolicyFile,
    /// The rule.
    pub node: &'a Node,
}

impl<'a> Written<'a> {
    /// Its id.
    pub(super) fn id(self) -> &'a str {
        self.node.get("id").and_then(Node::text).unwrap_or_default()
    }

    /// How much it weighs, if it is on.
    pub(super) fn severity(self) -> Option<Severity> {
        self.node.get("severity").and_then(Node::text).and_then(Severity::named)
    }

    /// Something to know about it.
    pub(super) fn hint(self, code: &'static str, span: Span, words: Words) -> Problem {
        Problem { severity: Severity::Info, ..self.warning(code, span, words) }
    }

    /// Something that should be changed in it.
    pub(super) fn warning(self, code: &'static str, span: Span, words: Words) -> Problem {
        Problem::warning(code, self.file.source, span, words)
    }
}

impl Policy {
    /// Advice on every rule: nothing of it keeps a policy from working.
    pub(crate) fn advice(&self) -> Vec<Problem> {
        let rules: Vec<Written<'_>> = self.written().collect();
        let mut found = Vec::new();
        for rule in &rules {
            found.extend(translations(*rule));
            found.extend(sources(*rule));
        }
        found.extend(super::idle::terms(&rules, &self.shelf));
        found.extend(super::stricter::dominated(&rules));
        found
    }

    /// Where each rule is named, by its id.
    pub(crate) fn places(&self) -> BTreeMap<String, (SourceId, Span)> {
        self.written().filter_map(|rule| Some((rule.id().to_owned(), (rule.file.source, rule.node.get("id")?.span)))).collect()
    }

    fn written(&self) -> impl Iterator<Item = Written<'_>> {
        self.files.iter().flat_map(|file| {
            let rules = file.root.get("rule").map(Node::items).unwrap_or_default();
            rules.iter().map(move |node| Written { file, node })
        })
    }
}

/// Words for people that exist in one language only.
fn translations(rule: Written<'_>) -> Vec<Problem> {
    let lacks = |node: &&Node| node.text().is_some() || node.get("zh").is_none() || node.get("en").is_none();
    let words = ["summary", "message", "help"].iter().filter_map(|key| rule.node.get(key));
    let said = Words::fixed(
        "只有一种语言：写成 { zh = \"…\", en = \"…\" }，两种读者都看得懂",
        "in one language only: write { zh = \"…\", en = \"…\" } for both sorts of readers",
    );
    words.filter(lacks).map(|node| rule.hint("policy-missing-translation", node.span, said.clone())).collect()
}

/// Rules nobody vouches for, and sources of which nobody can tell whether they still hold.
fn sources(rule: Written<'_>) -> Vec<Problem> {
    let Some(sources) = rule.node.get("source").map(Node::items) else {
        let words = Words::fixed("没有写依据（source）：读者不知道凭什么", "no source: readers cannot tell who says so");
        return vec![rule.hint("policy-no-source", rule.node.get("id").map_or(rule.node.span, |id| id.span), words)];
    };
    let undated = sources.iter().filter(|source| source.get("as_of").is_none() || source.get("basis").is_none());
    let words = Words::fixed(
        "依据缺少 as_of（哪天核对的）或 basis（哪一类依据）",
        "the source lacks as_of (the day it was read) or basis (what sort of source it is)",
    );
    undated.map(|source| rule.warning("policy-undated-source", source.span, words.clone())).collect()
}

/// A value without its places, keys in order.
pub(super) fn plain(node: &Node) -> String {
    match &node.value {
        Value::List(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(",")),
        Value::Table(entries) => {
            let mut entries: Vec<String> = entries.iter().map(|(key, node)| format!("{:?}={}", key.name, plain(node))).collect();
            entries.sort();
            format!("{{{}}}", entries.join(","))
        }
        _ => format!("{:?}", node.value),
    }
}
