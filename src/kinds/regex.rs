//! `regex`: a pattern in a folded text.

use super::guard::{ALLOW, ALLOW_LISTS, FIELD, Guard, NEAR, NOT_NEAR, fields, hit};
use super::{Building, Check, EachRecord, Hit, Kind, Subject};
use crate::finding::Match;
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::text::{Pattern, is_disguised};
use crate::words::{Fixed, Words};

pub(super) const KIND: Kind = Kind {
    name: "regex",
    about: Fixed { zh: "文本里的模式", en: "a pattern in a text" },
    shape: Shape::Table(&[
        FIELD,
        Key::must("pattern", Shape::Pattern, "正则表达式，对折叠后的文本", "a regular expression, on the folded text"),
        ALLOW,
        ALLOW_LISTS,
        NEAR,
        NOT_NEAR,
    ]),
    message: Words::fixed("“{match}”", "“{match}”"),
    parts: &["match", "read"],
    build,
};

struct Expression {
    fields: Vec<Slot>,
    pattern: Pattern,
    guard: Guard,
}

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let guard = Guard::build(building);
    let fields = fields(building);
    let node = building.get("pattern")?;
    let pattern = Pattern::new(node.text()?, building.terms);
    warn_of_boundary(building, node);
    Some(Check::Each(Box::new(Expression { fields, pattern, guard })))
}

/// `\b` counts Han characters as letters: beside them it hardly ever holds.
pub(super) fn warn_of_boundary(building: &mut Building<'_, '_>, node: &crate::tree::Node) {
    let text = node.text().unwrap_or_default();
    let plain = text.replace("(?-u:\\b)", "");
    if plain.contains("\\b") && !plain.contains("(?-u)") {
        let words =
            Words::fixed("`\\b` 把汉字也当字母，紧挨汉字时不成立", "`\\b` takes Han characters for letters; beside them it does not hold");
        let problem = building.problems.add("policy-boundary", node.span, words);
        problem.severity = crate::finding::Severity::Warning;
        problem.help = Words::fixed("改写成 (?-u:\\b)", "write (?-u:\\b)");
    }
}

impl EachRecord for Expression {
    fn slots(&self) -> &[Slot] {
        &self.fields
    }

    fn check(&self, subject: &Subject<'_>, hits: &mut Vec<Hit>) {
        for slot in &self.fields {
            let Some(reading) = subject.reading(*slot) else { continue };
            for range in self.pattern.matches(reading) {
                if self.guard.lets(reading, range.clone()) {
                    let text = reading.slice(range.clone()).to_owned();
                    let obfuscated = is_disguised(&text);
                    let found = Match { normalized: reading.folded_slice(range.clone()), text, obfuscated };
                    hits.push(hit(subject, *slot, reading.span(range), found));
                }
            }
        }
    }
}
