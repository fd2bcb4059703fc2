//! `combine`: weak signs close together that weigh enough.

use super::guard::{CONTACT, FIELD, Guard, NOT_NEAR, VARIANTS, add_list, contact_kinds, fields, hit, set, variants};
use super::regex::advise;
use super::{Building, Check, EachRecord, Hit, Kind, Subject, Waking};
use crate::finding::{Disguise, Match};
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::text::{ContactKinds, Found, Need, Pattern, Reading, SetId, is_disguised};
use crate::tree::Node;
use crate::words::{Fixed, Words};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

const SIGN: &[Key] = &[
    Key::may("list", Shape::Text, "词表里的词", "a word of a list"),
    Key::may("terms", Shape::List(&Shape::Text), "这些词之一", "one of these words"),
    Key::may("regex", Shape::Pattern, "正则表达式", "a regular expression"),
    Key::may("contact", CONTACT, "联系方式或链接：true 或列出类别", "a contact or link: true, or a list of kinds"),
    VARIANTS,
    Key::may("weight", Shape::Whole, "分量，默认 1", "what it weighs; 1 if not given"),
    Key::may("core", Shape::Flag, "核心信号：标了的，至少要有一个", "a core sign: at least one of those so marked must be there"),
];

pub(super) const KIND: Kind = Kind {
    name: "combine",
    about: Fixed { zh: "几个弱信号凑在一起", en: "weak signs that come together" },
    shape: Shape::Table(&[
        FIELD,
        Key::must("any_of", Shape::Tables(SIGN), "信号", "the signs"),
        Key::must("min_weight", Shape::Whole, "分量加起来至少多少", "how much they must weigh together"),
        Key::may("within", Shape::Whole, "都在几个字之内；不写就看整段", "all within so many characters; anywhere without it"),
        super::guard::ALLOW,
        super::guard::ALLOW_LISTS,
        super::guard::NEAR,
        NOT_NEAR,
    ]),
    message: Words::fixed("“{match}”", "“{match}”"),
    parts: &["match", "read"],
    build,
};

/// Characters that two signs may have in common at their edges.
const EDGE: u32 = 1;

enum Sign {
    Words(SetId),
    Pattern(Box<Pattern>),
    Contacts(ContactKinds),
}

/// A sign, and what it counts for.
struct Weighed {
    sign: Sign,
    weight: u64,
    /// Whether it says what the rule is about, rather than what anybody may say.
    is_core: bool,
}

struct Combine {
    fields: Vec<Slot>,
    signs: Vec<Weighed>,
    min_weight: u64,
    within: u32,
    guard: Guard,
}

/// The sorts of signs, by their keys.
const SORTS: [&[&str]; 3] = [&["list", "terms"], &["regex"], &["contact"]];

/// A sign in a text.
struct Seen {
    range: Range<u32>,
    /// Its number.
    sign: usize,
    /// The term, if it was read through a variant.
    variant: Option<Found>,
}

impl Seen {
    /// As it is read.
    fn read(&self, reading: &Reading<'_>) -> String {
        self.variant.map_or_else(|| reading.folded_slice(self.range.clone()), |found| reading.matched(found).normalized)
    }

    /// How it is in disguise, if it is.
    fn disguise(&self, reading: &Reading<'_>) -> Option<Disguise> {
        let text = reading.slice(self.range.clone());
        let is = || Disguise { span: reading.span(self.range.clone()), text: text.to_owned(), normalized: self.read(reading) };
        (self.variant.is_some() || is_disguised(text)).then(is)
    }
}

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let guard = Guard::build(building);
    let fields = fields(building);
    let node = building.get("any_of")?;
    let mut signs: Vec<Weighed> = node.items().iter().filter_map(|item| weighed(building, item)).collect();
    if !signs.iter().any(|sign| sign.is_core) {
        signs.iter_mut().for_each(|sign| sign.is_core = true);
    }
    let whole = |name: &str| building.get(name).and_then(Node::integer).and_then(|n| u64::try_from(n).ok());
    let within = whole("within").map_or(u32::MAX, |within| u32::try_from(within).unwrap_or(u32::MAX));
    let min_weight = whole("min_weight")?;
    let most = signs.iter().fold(0, |most: u64, sign| most.saturating_add(sign.weight));
    if signs.len() == node.items().len() && !signs.is_empty() && most < min_weight {
        let words = Words::new(
            format!("所有信号加起来只有 {most}，到不了 {min_weight}，这条规则永远不会生效"),
            format!("all signs together weigh {most}, less than {min_weight}; the rule could never fire"),
        );
        building.problem("min_weight", "policy-never-fires", words);
    }
    (signs.len() == node.items().len()).then(|| Check::Each(Box::new(Combine { fields, signs, min_weight, within, guard })))
}

fn weighed(building: &mut Building<'_, '_>, node: &Node) -> Option<Weighed> {
    let weight = node.get("weight").map_or(Some(1), |node| u64::try_from(node.integer()?).ok())?;
    let is_core = node.get("core").and_then(Node::flag).unwrap_or_default();
    Some(Weighed { sign: sign(building, node)?, weight, is_core })
}

fn sign(building: &mut Building<'_, '_>, node: &Node) -> Option<Sign> {
    if SORTS.iter().filter(|sorts| sorts.iter().any(|key| node.get(key).is_some())).count() > 1 {
        let words =
            Words::fixed("一个信号只能是词、正则表达式、联系方式之一", "a sign is words, a regular expression or a contact, not two");
        building.problems.add("policy-two-kinds", node.span, words).help = Words::fixed("拆成几个信号", "make it several signs");
        return None;
    }
    if let Some(node) = node.get("regex") {
        let pattern = Pattern::new(node.text()?, building.terms);
        advise(building, node, &pattern);
        return Some(Sign::Pattern(Box::new(pattern)));
    }
    if let Some(kinds) = contact_kinds(node.get("contact")) {
        return Some(Sign::Contacts(kinds));
    }
    let variants = variants(node.get("variants").and_then(Node::text));
    let inline = set(building, node, ("terms", ""), variants);
    let Some(list) = node.get("list") else {
        if inline.is_none() {
            building.problems.add(
                "policy-missing-key",
                node.span,
                Words::fixed("信号要写 list、terms、regex 或 contact 之一", "a sign has a list, terms, a regex or contact"),
            );
        }
        return Some(Sign::Words(inline?));
    };
    let set = inline.unwrap_or_else(|| building.terms.set());
    add_list(building, set, list, variants);
    Some(Sign::Words(set))
}

/// Whether two signs are one stretch of text. An expression may look at the character beside what it means: one in common is not enough.
fn is_same_stretch(one: &Range<u32>, other: &Range<u32>) -> bool {
    let common = one.end.min(other.end).saturating_sub(one.start.max(other.start));
    let shorter = (one.end - one.start).min(other.end - other.start);
    common >= shorter.min(EDGE + 1)
}

impl EachRecord for Combine {
    fn slots(&self) -> &[Slot] {
        &self.fields
    }

    fn waking(&self) -> Waking {
        let need = |sign: &Sign| match sign {
            Sign::Words(set) => Need::Words(*set),
            Sign::Pattern(pattern) => pattern.need().clone(),
            Sign::Contacts(kinds) => Need::Contacts(*kinds),
        };
        let signs = self.signs.iter().map(|Weighed { sign, weight, .. }| (need(sign), *weight)).collect();
        let cores = self.signs.iter().filter(|sign| sign.is_core);
        let all_core = self.signs.iter().all(|sign| sign.is_core);
        let core = if all_core { Need::NOTHING } else { Need::Any(cores.map(|sign| need(&sign.sign)).collect()) };
        Waking { least: self.min_weight, signs, beside: self.guard.need().and(core) }
    }

    fn check(&self, subject: &Subject<'_>, hits: &mut Vec<Hit>) {
        for slot in &self.fields {
            let Some(reading) = subject.reading(*slot) else { continue };
            let seen = self.seen(reading);
            for range in self.heavy_stretches(&seen) {
                if self.guard.lets(reading, range.clone()) {
                    hits.push(hit(subject, *slot, reading.span(range.clone()), self.found(reading, &seen, &range)));
                }
            }
        }
    }
}

impl Combine {
    /// All signs in a text, by start; none when they cannot weigh enough. Expressions cost most: the heaviest come first, and none is
    /// run once the rest is too light.
    fn seen(&self, reading: &Reading<'_>) -> Vec<Seen> {
        let (mut seen, mut weight, mut costly) = (Vec::new(), 0u128, Vec::new());
        let plain = |range: Range<u32>, sign: usize| Seen { range, sign, variant: None };
        for (number, Weighed { sign, weight: weighs, .. }) in self.signs.iter().enumerate() {
            let before = seen.len();
            match sign {
                Sign::Words(set) => {
                    let of_set = reading.of_set(*set).iter();
                    let variant = |found: &Found| found.variant.then_some(*found);
                    seen.extend(of_set.map(|(_, found)| Seen { variant: variant(found), ..plain(found.start..found.end, number) }));
                }
                Sign::Contacts(kinds) => {
                    seen.extend(reading.contacts().of_kinds(*kinds).map(|contact| plain(contact.start..contact.end, number)));
                }
                Sign::Pattern(pattern) if pattern.may_match(reading) => costly.push((*weighs, number, pattern)),
                Sign::Pattern(_) => {}
            }
            weight += if seen.len() > before { u128::from(*weighs) } else { 0 };
        }
        costly.sort_unstable_by_key(|(weighs, number, _)| (Reverse(*weighs), *number));
        let mut rest: u128 = costly.iter().map(|(weighs, ..)| u128::from(*weighs)).sum();
        for (weighs, number, pattern) in costly {
            if weight + rest < self.min_weight.into() {
                return Vec::new();
            }
            let found = pattern.matches(reading);
            rest -= u128::from(weighs);
            weight += if found.is_empty() { 0 } else { u128::from(weighs) };
            seen.extend(found.into_iter().map(|range| plain(range, number)));
        }
        seen.retain(|one| !self.guard.is_allowed(reading, &one.range));
        self.apart(seen)
    }

    /// The same, by start, without those that lie over a heavier one: a stretch of text is one sign, however many lists have it.
    fn apart(&self, mut seen: Vec<Seen>) -> Vec<Seen> {
        let length = |seen: &Seen| seen.range.end - seen.range.start;
        let weight = |seen: &Seen| self.signs[seen.sign].weight;
        let rank = |seen: &Seen| (Reverse(weight(seen)), Reverse(length(seen)), seen.range.start, seen.sign, seen.variant.is_some());
        seen.sort_unstable_by_key(rank);
        let mut kept = BTreeMap::new();
        seen.retain(|one| {
            let Range { start, end } = one.range;
            let before = kept.range(..start).next_back().map(|(start, end)| *start..*end);
            let from_there = kept.range(start..end).map(|(start, end)| *start..*end);
            let is_apart = before.into_iter().chain(from_there).all(|other| !is_same_stretch(&one.range, &other));
            if is_apart {
                kept.insert(start, end.max(kept.get(&start).copied().unwrap_or(end)));
            }
            is_apart
        });
        seen.sort_unstable_by_key(|seen| (seen.range.start, seen.range.end, seen.sign, seen.variant.is_some()));
        seen
    }

    /// Stretches, apart from each other, in which the signs weigh enough and a core one is among them; each sign counts once.
    fn heavy_stretches(&self, seen: &[Seen]) -> Vec<Range<u32>> {
        let mut stretches = Vec::new();
        let mut inside = vec![0u32; self.signs.len()];
        let (mut from, mut weight, mut cores) = (0, 0u128, 0u32);
        for (at, Seen { range, sign, .. }) in seen.iter().enumerate() {
            inside[*sign] += 1;
            weight += if inside[*sign] == 1 { self.signs[*sign].weight.into() } else { 0 };
            cores += u32::from(self.signs[*sign].is_core);
            while range.end.saturating_sub(seen[from].range.start) > self.within && from < at {
                let leaving = seen[from].sign;
                inside[leaving] -= 1;
                weight -= if inside[leaving] == 0 { self.signs[leaving].weight.into() } else { 0 };
                cores -= u32::from(self.signs[leaving].is_core);
                from += 1;
            }
            if weight >= self.min_weight.into() && cores > 0 {
                let end = seen[from..=at].iter().map(|seen| seen.range.end).max().unwrap_or(range.end);
                stretches.push(seen[from].range.start..end);
                inside.fill(0);
                (from, weight, cores) = (at + 1, 0, 0);
            }
        }
        stretches
    }

    /// The stretch as written, and the signs that were read in it. What stands between the signs is not blamed for its dress.
    fn found(&self, reading: &Reading<'_>, seen: &[Seen], range: &Range<u32>) -> Match {
        // They are in order of their starts: a text with a stretch a line is not walked over once a stretch.
        let from = seen.partition_point(|seen| seen.range.start < range.start);
        let inside = seen[from..].iter().take_while(|seen| seen.range.start <= range.end);
        let mut signs: Vec<&Seen> = inside.filter(|seen| seen.range.end <= range.end).collect();
        let disguised: Vec<Disguise> = signs.iter().filter_map(|seen| seen.disguise(reading)).collect();
        signs.sort_by_key(|seen| (seen.sign, seen.read(reading)));
        signs.dedup_by_key(|seen| seen.sign);
        let normalized = signs.into_iter().map(|seen| seen.read(reading)).collect::<Vec<_>>().join(" + ");
        let text = reading.slice(range.clone()).to_owned();
        Match { text, normalized, obfuscated: !disguised.is_empty(), disguised }
    }
}
