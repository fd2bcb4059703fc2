//! `regex`: a pattern in a folded text.

use super::guard::{ALLOW, ALLOW_LISTS, FIELD, Guard, NEAR, NOT_NEAR, fields, hit};
use super::{Building, Check, EachRecord, Hit, Kind, Subject, Waking};
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
    advise(building, node, &pattern);
    Some(Check::Each(Box::new(Expression { fields, pattern, guard })))
}

/// Warns of what a pattern most likely does not mean.
pub(super) fn advise(building: &mut Building<'_, '_>, node: &crate::tree::Node, pattern: &Pattern) {
    warn_of_boundary(building, node);
    if node.text().is_some_and(|text| !text.is_empty() && !pattern.can_match()) {
        let words = Words::fixed(
            "文本先折叠再匹配：没有大写、全角和繁体字，这个表达式永远不会匹配",
            "texts are folded first: they hold no capitals, no full width, no traditional characters; this never matches",
        );
        let problem = building.problems.add("policy-never-fires", node.span, words);
        problem.severity = crate::finding::Severity::Warning;
        problem.help = Words::fixed("改成小写、半角、简体，或加上 (?i)", "write it in small letters, half width and simplified characters");
    }
}

/// `\b` counts Han characters as letters: beside them it hardly ever holds.
fn warn_of_boundary(building: &mut Building<'_, '_>, node: &crate::tree::Node) {
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

    fn waking(&self) -> Waking {
        Waking::on(self.pattern.need().clone().and(self.guard.need()))
    }

    fn check(&self, subject: &Subject<'_>, hits: &mut Vec<Hit>) {
        for slot in &self.fields {
            let Some(reading) = subject.reading(*slot) else { continue };
            for range in self.pattern.matches(reading) {
                if self.guard.lets(reading, range.clone()) {
                    let text = reading.slice(range.clone()).to_owned();
                    let obfuscated = is_disguised(&text);
                    let found = Match::whole(text, reading.folded_slice(range.clone()), obfuscated);
                    hits.push(hit(subject, *slot, reading.span(range), found));
                }
            }
        }
    }
}
