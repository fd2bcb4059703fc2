//! Where each value of a rule comes from: the pack it is from, or what changed it.

use super::change::{Mark, Why};
use super::file::PolicyFile;
use super::path;
use crate::source::{Position, Source};
use crate::tree::Node;
use std::collections::BTreeMap;

/// Characters of a value that are shown.
const SHOWN: usize = 80;

/// Keys whose words are only listed where they were changed.
const PROSE: [&str; 9] = ["id", "summary", "message", "help", "source", "tags", "valid", "invalid", "test"];

/// A value of a rule, and where it was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Its path, as `set` in an override writes it.
    pub path: String,
    /// The value as it is written, on one line.
    pub value: String,
    /// The file it stands in.
    pub file: String,
    /// Where in it.
    pub position: Position,
    /// Why it was changed, if it was.
    pub reason: Option<String>,
    /// The profile that changed it.
    pub profile: Option<String>,
}

/// The values of every rule, by its id.
pub(super) fn of(files: &[PolicyFile], sources: &[Source]) -> BTreeMap<String, Vec<Origin>> {
    let mut origins = BTreeMap::new();
    for file in files {
        for (number, rule) in file.root.get("rule").map(Node::items).unwrap_or_default().iter().enumerate() {
            if let Some(id) = rule.get("id").and_then(Node::text) {
                origins.insert(id.to_owned(), of_rule(file, sources, (number, rule)));
            }
        }
    }
    origins
}

fn of_rule(file: &PolicyFile, sources: &[Source], (number, rule): (usize, &Node)) -> Vec<Origin> {
    let marks = file.changed.get(&number).map_or(&[][..], |changed| &changed.marks);
    let text = file.sheet.text(sources);
    let origin = |(path, node): (String, &Node)| {
        let why = why(marks, node);
        let prose = PROSE.contains(&path.split('.').next().unwrap_or_default());
        let (source, span) = file.sheet.place(node.span);
        let source = &sources[source.0 as usize];
        (why.is_some() || !prose).then(|| Origin {
            path,
            value: one_line(text.get(node.span.range()).unwrap_or_default()),
            file: source.name().to_owned(),
            position: source.position(span.start as usize),
            reason: why.map(|why| why.reason.clone()).filter(|reason| !reason.is_empty()),
            profile: why.and_then(|why| why.profile.clone()),
        })
    };
    path::leaves(rule).into_iter().filter_map(origin).collect()
}

/// Why a value of a rule is what it is, if something changed it.
pub(super) fn reason(file: &PolicyFile, number: usize, node: &Node) -> Option<String> {
    Some(why(&file.changed.get(&number)?.marks, node)?.reason.clone())
}

/// Why a value was changed: the last change that holds it.
fn why<'m>(marks: &'m [Mark], node: &Node) -> Option<&'m Why> {
    marks.iter().rev().find(|mark| mark.value.reaches(node.span)).map(|mark| &*mark.why)
}

fn one_line(value: &str) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
