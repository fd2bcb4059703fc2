//! `contact`: accounts, telephone numbers, addresses and pass phrases in a text.

use super::guard::{CONTACT_KIND, FIELD, Guard, NEAR, NOT_NEAR, contact_kinds, fields, hit};
use super::{Building, Check, EachRecord, Hit, Kind, Subject, Waking};
use crate::finding::Match;
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::text::{Contact, ContactKinds, Need, is_disguised};
use crate::text::{PATTERN_SIZE, fold::fold_text};
use crate::tree::Node;
use crate::words::{Fixed, Words};
use regex::{Regex, RegexBuilder};

pub(super) const KIND: Kind = Kind {
    name: "contact",
    about: Fixed { zh: "文本里的联系方式和链接", en: "contacts and links in a text" },
    shape: Shape::Table(&[
        FIELD,
        Key::may(
            "kinds",
            Shape::List(&CONTACT_KIND),
            "找哪几类；默认除 hotline、article、email 外全部",
            "which kinds; all but hotline, article and email if not given",
        ),
        Key::may(
            "allow",
            Shape::List(&Shape::Pattern),
            "自家的号码、账号、域名：写全，或写正则表达式",
            "your own numbers, ids and hosts: in full, or a regular expression for the whole of one",
        ),
        Key::may("allow_hosts", Shape::List(&Shape::Text), "自家的域名，连同子域名", "your own hosts, with what lies below them"),
        NEAR,
        NOT_NEAR,
    ]),
    message: Words::fixed("联系方式或链接“{match}”", "contact or link “{match}”"),
    parts: &["match", "read"],
    build,
};

struct Contacts {
    fields: Vec<Slot>,
    kinds: ContactKinds,
    allowed: Allowed,
    guard: Guard,
}

/// One's own contacts.
struct Allowed {
    patterns: Vec<Regex>,
    /// Numbers as their digits.
    numbers: Vec<String>,
    hosts: Vec<String>,
}

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let (guard, fields) = (Guard::beside(building), fields(building));
    let kinds = contact_kinds(building.get("kinds")).unwrap_or(ContactKinds::USUAL);
    let texts = |name: &str| building.get(name).map(Node::items).unwrap_or_default().iter().filter_map(Node::text);
    let whole = |text: &str| RegexBuilder::new(&format!("^(?:{text})$")).case_insensitive(true).size_limit(PATTERN_SIZE).build().ok();
    let allowed = Allowed {
        patterns: texts("allow").filter_map(whole).collect(),
        numbers: texts("allow").filter_map(digits).collect(),
        hosts: texts("allow_hosts").map(fold_text).collect(),
    };
    Some(Check::Each(Box::new(Contacts { fields, kinds, allowed, guard })))
}

/// The digits of a number as people write it; none when it is something else.
fn digits(text: &str) -> Option<String> {
    let is_number = text.chars().all(|c| c.is_ascii_digit() || " -+()".contains(c));
    is_number.then(|| text.chars().filter(char::is_ascii_digit).collect())
}

impl Allowed {
    fn covers(&self, contact: &Contact) -> bool {
        let host = contact.host();
        let inside = |known: &String| {
            let rest = host.and_then(|host| host.strip_suffix(known.as_str()));
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let is = |pattern: &Regex| pattern.is_match(&contact.value) || host.is_some_and(|host| pattern.is_match(host));
        self.numbers.contains(&contact.value) || self.hosts.iter().any(inside) || self.patterns.iter().any(is)
    }
}

impl EachRecord for Contacts {
    fn slots(&self) -> &[Slot] {
        &self.fields
    }

    fn waking(&self) -> Waking {
        Waking::on(Need::Contacts(self.kinds).and(self.guard.need()))
    }

    fn check(&self, subject: &Subject<'_>, hits: &mut Vec<Hit>) {
        for slot in &self.fields {
            let Some(reading) = subject.reading(*slot) else { continue };
            for contact in reading.contacts().of_kinds(self.kinds).filter(|contact| !self.allowed.covers(contact)) {
                let range = contact.start..contact.end;
                if self.guard.lets(reading, range.clone()) {
                    let text = reading.slice(range.clone()).to_owned();
                    let obfuscated = contact.disguised || is_disguised(&text);
                    let found = Match::whole(text, contact.value.clone(), obfuscated);
                    hits.push(hit(subject, *slot, reading.span(range), found));
                }
            }
        }
    }
}
