//! What rules on words have in common: where they read, which words beside a hit let it stand, and the hit itself.

use super::{Building, Hit, Spot, Subject};
use crate::finding::{Detail, Match};
use crate::record::{Form, Slot};
use crate::report::fingerprint;
use crate::schema::{Key, Shape};
use crate::span::Span;
use crate::text::{ContactKind, ContactKinds, Need, Reading, SetId, Variants};
use crate::tree::Node;
use crate::vocabulary::FieldType;
use crate::words::Words;
use std::ops::Range;

/// Words beside a hit.
const CUES: &[Key] = &[
    Key::may("any", Shape::List(&Shape::Text), "这些词之一", "one of these words"),
    Key::may("lists", Shape::List(&Shape::Text), "这些词表里的词", "a word of these lists"),
    Key::may(
        "contact",
        CONTACT,
        "联系方式或链接：true 表示常见的几类，也可以列出类别",
        "a contact or link: true for the usual kinds, or a list of kinds",
    ),
    Key::may("within", Shape::Whole, "相隔最多几个字；不写就看整段", "at most so many characters away; anywhere without it"),
];

/// Whether contacts count, or which.
pub(super) const CONTACT: Shape = Shape::FlagOr(&Shape::List(&CONTACT_KIND));
/// The name of a kind of contact.
pub(super) const CONTACT_KIND: Shape = Shape::OneOf(&ContactKind::NAMES);

pub(super) const FIELD: Key =
    Key::may("field", Shape::OneOrMany(&Shape::Field), "看哪个字段，默认 text", "the field to read; text if not given");
pub(super) const NEAR: Key = Key::may(
    "near",
    Shape::OneOrMany(&Shape::Table(CUES)),
    "附近要有这些才算；写几组就要各有一个",
    "it counts only beside one of these; beside one of each group if there are several",
);
pub(super) const NOT_NEAR: Key = Key::may(
    "not_near",
    Shape::OneOrMany(&Shape::Table(CUES)),
    "附近有这些就不算；可以写几组，各有各的距离",
    "it does not count beside one of these; there may be several groups, each with its own distance",
);
pub(super) const ALLOW: Key =
    Key::may("allow", Shape::List(&Shape::Text), "更长的正当说法，盖过命中的词", "longer phrases that win over a hit inside them");
pub(super) const ALLOW_LISTS: Key = Key::may("allow_lists", Shape::List(&Shape::Text), "正当说法的词表", "lists of such phrases");

pub(super) const VARIANTS: Key =
    Key::may("variants", Shape::OneOf(&["none", "fold", "all"]), "认哪些变形写法", "which ways of writing count");

/// Which ways of writing a rule or a sign asks for.
pub(super) fn variants(name: Option<&str>) -> Variants {
    match name {
        Some("none") => Variants::None,
        Some("all") => Variants::All,
        _ => Variants::Fold,
    }
}

/// The text columns a rule reads.
pub(super) fn fields(building: &mut Building<'_, '_>) -> Vec<Slot> {
    let Some(node) = building.get("field") else {
        let text = building.words.field("text");
        return text.map(|field| building.layout.want(building.words, field, Form::Text)).into_iter().collect();
    };
    let mut slots = Vec::new();
    for item in node.each() {
        let Some(field) = item.text().and_then(|name| building.words.field(name)) else { continue };
        if matches!(building.words.field_type(field), FieldType::Text | FieldType::Word) {
            slots.push(building.layout.want(building.words, field, Form::Text));
        } else {
            let name = building.words.name(field);
            building.problems.add(
                "policy-wrong-type",
                item.span,
                Words::new(format!("`{name}` 里没有文字可读"), format!("`{name}` holds no text to read")),
            );
        }
    }
    slots
}

/// Puts inline terms and the terms of named lists into a new set; none when the keys are not there.
pub(super) fn set(building: &mut Building<'_, '_>, node: &Node, keys: (&str, &str), variants: Variants) -> Option<SetId> {
    let (inline, lists) = (node.get(keys.0), node.get(keys.1));
    if inline.is_none() && lists.is_none() {
        return None;
    }
    let set = building.terms.set();
    for item in inline.map(Node::each).unwrap_or_default() {
        if item.text().is_some_and(|term| !building.terms.add(set, term, variants)) {
            let words = Words::new(
                format!("“{}”折叠后不到两个字，会到处误报", item.text().unwrap_or_default()),
                format!("“{}” is less than two characters once folded and would be found everywhere", item.text().unwrap_or_default()),
            );
            building.problems.add("policy-single-character", item.span, words);
        }
    }
    for item in lists.map(Node::each).unwrap_or_default() {
        add_list(building, set, item, variants);
    }
    Some(set)
}

/// Words that are only looked for beside a hit: single characters will do.
fn cue_set(building: &mut Building<'_, '_>, cues: &Node) -> Option<SetId> {
    let named = cues.get("any").is_some() || cues.get("lists").is_some();
    let set = named.then(|| building.terms.set())?;
    for cue in cues.get("any").map(Node::each).unwrap_or_default() {
        building.terms.add_cue(set, cue.text().unwrap_or_default());
    }
    for list in cues.get("lists").map(Node::each).unwrap_or_default() {
        add_list(building, set, list, Variants::Fold);
    }
    Some(set)
}

/// Terms that all rules together may look for, each counted as often as a rule names it.
const TERMS: usize = 10_000_000;

/// Puts a named list into a set.
pub(super) fn add_list(building: &mut Building<'_, '_>, set: SetId, name: &Node, variants: Variants) {
    let Some(wanted) = name.text() else { return };
    let Some(terms) = building.lists.get(wanted) else {
        let words = Words::new(format!("没有名为 `{wanted}` 的词表"), format!("no list is called `{wanted}`"));
        return building.problems.add_slip(("policy-unknown-list", name.span), words, (wanted, building.lists.names()));
    };
    if building.terms.len() + terms.len() > TERMS {
        let words =
            Words::new(format!("所有规则用到的词加起来超过 {TERMS} 个"), format!("the terms of all rules together are more than {TERMS}"));
        let help = Words::fixed("让用同一个词表的规则合成一条", "make one rule of those that use the same list");
        building.problems.add("policy-too-many", name.span, words).help = help;
        return;
    }
    building.terms.reserve(terms.len());
    for term in terms {
        building.terms.add(set, &term.text, variants);
    }
}

/// The kinds of contacts that a `contact` key asks for: the usual ones, or those it lists.
pub(super) fn contact_kinds(node: Option<&Node>) -> Option<ContactKinds> {
    let node = node.filter(|node| node.flag() != Some(false))?;
    let listed = ContactKinds::named(node.items().iter().filter_map(Node::text));
    Some(if node.flag().is_some() { ContactKinds::USUAL } else { listed })
}

/// Which hits stand.
pub(super) struct Guard {
    near: Vec<Beside>,
    not_near: Vec<Beside>,
    allow: Option<SetId>,
}

/// What may stand beside a hit.
struct Beside {
    words: Option<SetId>,
    contacts: Option<ContactKinds>,
    within: Option<u32>,
}

impl Beside {
    /// The groups of the `near` or `not_near` of a rule.
    fn all(building: &mut Building<'_, '_>, name: &str) -> Vec<Beside> {
        let groups = building.node.get(name).map(Node::each).unwrap_or_default();
        groups.iter().filter_map(|cues| Beside::build(building, name, cues)).collect()
    }

    fn build(building: &mut Building<'_, '_>, name: &str, cues: &Node) -> Option<Beside> {
        let within = cues.get("within").and_then(Node::integer).and_then(|n| u32::try_from(n).ok());
        let (words, contacts) = (cue_set(building, cues), contact_kinds(cues.get("contact")));
        if words.is_none() && contacts.is_none() {
            let words =
                Words::new(format!("`{name}` 没有写词，也没有写 contact"), format!("`{name}` names no words and asks for no contact"));
            building.problems.add("policy-missing-key", cues.span, words);
            return None;
        }
        Some(Beside { words, contacts, within })
    }

    /// What a text must hold for any of it to stand there.
    fn need(&self) -> Need {
        Need::Any(self.words.map(Need::Words).into_iter().chain(self.contacts.map(Need::Contacts)).collect())
    }

    /// Whether any of it stands beside some folded characters.
    fn stands(&self, reading: &Reading<'_>, range: &Range<u32>) -> bool {
        let around = self.within.map_or(0..u32::MAX, |within| range.start.saturating_sub(within)..range.end.saturating_add(within));
        self.words.is_some_and(|set| reading.has_near(set, range.clone(), self.within))
            || self.contacts.is_some_and(|kinds| reading.contacts().touch(kinds, &around))
    }
}

impl Guard {
    /// The `near`, `not_near`, `allow` and `allow_lists` of a rule.
    pub(crate) fn build(building: &mut Building<'_, '_>) -> Guard {
        let node = building.node;
        Guard { allow: set(building, node, ("allow", "allow_lists"), Variants::Fold), ..Guard::beside(building) }
    }

    /// The `near` and `not_near` of a rule.
    pub(crate) fn beside(building: &mut Building<'_, '_>) -> Guard {
        Guard { near: Beside::all(building, "near"), not_near: Beside::all(building, "not_near"), allow: None }
    }

    /// What a text must hold for any hit to stand.
    pub(crate) fn need(&self) -> Need {
        self.near.iter().map(Beside::need).fold(Need::NOTHING, Need::and)
    }

    /// Whether a hit on folded characters stands.
    pub(crate) fn lets(&self, reading: &Reading<'_>, range: Range<u32>) -> bool {
        let stands = |beside: &Beside| beside.stands(reading, &range);
        self.near.iter().all(stands) && !self.not_near.iter().any(stands) && !self.is_allowed(reading, &range)
    }

    /// Whether a longer allowed phrase covers the hit.
    pub(crate) fn is_allowed(&self, reading: &Reading<'_>, range: &Range<u32>) -> bool {
        let Some(set) = self.allow else { return false };
        let found = reading.of_set(set);
        let end = found.partition_point(|(_, found)| found.start <= range.start);
        found[..end]
            .iter()
            .rev()
            .take_while(|(_, found)| found.start + 64 >= range.start)
            .any(|(_, found)| found.end >= range.end && found.end - found.start > range.end - range.start)
    }
}

/// The hit of words that were found.
pub(super) fn hit(subject: &Subject<'_>, slot: Slot, span: Span, found: Match) -> Hit {
    let identity = fingerprint(&[found.normalized.as_bytes(), found.text.as_bytes()]);
    Hit { row: subject.record.row(), spot: Spot::Bytes(span, slot), detail: Detail::Match(Box::new(found)), related: Vec::new(), identity }
}
