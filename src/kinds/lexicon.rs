//! `lexicon`: listed words in a text.

use super::guard::{ALLOW, ALLOW_LISTS, FIELD, Guard, NEAR, NOT_NEAR, VARIANTS, fields, hit, set, variants};
use super::{Building, Check, EachRecord, Hit, Kind, Subject, Waking};
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::text::{Found, Need, SetId};
use crate::words::{Fixed, Words};

pub(super) const KIND: Kind = Kind {
    name: "lexicon",
    about: Fixed { zh: "文本里的词", en: "listed words in a text" },
    shape: Shape::Table(&[
        FIELD,
        Key::may("lists", Shape::List(&Shape::Text), "词表", "the lists"),
        Key::may("terms", Shape::List(&Shape::Text), "直接写的词", "terms given here"),
        ALLOW,
        ALLOW_LISTS,
        VARIANTS,
        NEAR,
        NOT_NEAR,
    ]),
    message: Words::fixed("“{match}”", "“{match}”"),
    parts: &["match", "read"],
    build,
};

struct Lexicon {
    fields: Vec<Slot>,
    terms: SetId,
    guard: Guard,
}

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let variants = variants(building.text("variants"));
    let node = building.node;
    let terms = set(building, node, ("terms", "lists"), variants);
    let guard = Guard::build(building);
    let fields = fields(building);
    if terms.is_none() {
        building.problems.add(
            "policy-missing-key",
            node.span,
            Words::fixed("缺少 `lists` 或 `terms`：要找的词", "`lists` or `terms` is missing: the words to find"),
        );
    }
    Some(Check::Each(Box::new(Lexicon { fields, terms: terms?, guard })))
}

impl EachRecord for Lexicon {
    fn slots(&self) -> &[Slot] {
        &self.fields
    }

    fn waking(&self) -> Waking {
        Waking::on(Need::Words(self.terms).and(self.guard.need()))
    }

    fn check(&self, subject: &Subject<'_>, hits: &mut Vec<Hit>) {
        for slot in &self.fields {
            let Some(reading) = subject.reading(*slot) else { continue };
            let mut reach = 0;
            for (_, found) in longest(reading.of_set(self.terms)) {
                let range = found.start..found.end;
                if found.start >= reach && self.guard.lets(reading, range) {
                    reach = found.end;
                    hits.push(hit(subject, *slot, reading.place(*found), reading.matched(*found)));
                }
            }
        }
    }
}

/// Of the terms that start at one place, the longest comes first.
fn longest(found: &[(SetId, Found)]) -> impl Iterator<Item = &(SetId, Found)> {
    found.chunk_by(|a, b| a.1.start == b.1.start).flat_map(|same| same.iter().rev())
}
