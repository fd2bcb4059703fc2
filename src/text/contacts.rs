//! Contacts and links in a folded text: accounts, telephone numbers, addresses, pass phrases.
//!
//! One walk over the characters. At each place at most a bounded look ahead decides whether a contact starts there; what
//! was found is stepped over, so that contacts never overlap. What is a contact only by its neighbours (a WeChat id
//! looks like any other word, a QQ number like any other number) needs a cue before it.

mod chars;
mod cue;
mod hosts;
mod link;
mod number;
#[cfg(test)]
mod tests;

use self::chars::Chars;
use self::number::Group;
use super::fold::Folded;
use std::ops::Range;

/// What a contact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContactKind {
    /// A WeChat id, or a number given as one.
    Wechat,
    /// A mobile number.
    Phone,
    /// The number of an office or a service: with an area code, 400, 95xxx.
    Hotline,
    /// A QQ number or group.
    Qq,
    /// An address with its protocol.
    Link,
    /// An address of a host that only leads on.
    ShortLink,
    /// An address without its protocol.
    Domain,
    /// An article of an official account.
    Article,
    /// A text to be copied into another program.
    Code,
    /// An e-mail address.
    Email,
}

impl ContactKind {
    /// Every kind there is.
    pub(crate) const ALL: [ContactKind; 10] = [
        ContactKind::Wechat,
        ContactKind::Phone,
        ContactKind::Hotline,
        ContactKind::Qq,
        ContactKind::Link,
        ContactKind::ShortLink,
        ContactKind::Domain,
        ContactKind::Article,
        ContactKind::Code,
        ContactKind::Email,
    ];

    /// The names of all kinds, in the same order.
    pub(crate) const NAMES: [&str; 10] = ["wechat", "phone", "hotline", "qq", "link", "short_link", "domain", "article", "code", "email"];

    /// The name in policies.
    #[cfg(test)]
    pub(crate) fn name(self) -> &'static str {
        ContactKind::NAMES[self as usize]
    }
}

/// Some kinds of contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ContactKinds(u16);

impl ContactKinds {
    /// What leads people away: all but the numbers of offices, articles and e-mail.
    pub(crate) const USUAL: ContactKinds = ContactKinds(
        (1 << ContactKind::ALL.len())
            - 1
            - (1 << ContactKind::Hotline as u16)
            - (1 << ContactKind::Article as u16)
            - (1 << ContactKind::Email as u16),
    );

    /// The kinds of these names; names of no kind are left out.
    pub(crate) fn named<'a>(names: impl Iterator<Item = &'a str>) -> ContactKinds {
        let bit = |name: &str| ContactKind::NAMES.iter().position(|known| *known == name).map_or(0, |place| 1 << place);
        ContactKinds(names.fold(0, |all, name| all | bit(name)))
    }

    /// Whether a kind is among them.
    pub(crate) fn contains(self, kind: ContactKind) -> bool {
        self.0 >> kind as u16 & 1 == 1
    }
}

/// A contact in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contact {
    /// What it is.
    pub kind: ContactKind,
    /// The first folded character; of an account, that of its cue.
    pub start: u32,
    /// The folded character after the last.
    pub end: u32,
    /// As it is read: the id, the digits, the address.
    pub value: String,
    /// Whether it is written around a filter, beyond what folding undoes.
    pub disguised: bool,
}

impl Contact {
    /// The host of an address; none for accounts and numbers.
    pub(crate) fn host(&self) -> Option<&str> {
        match self.kind {
            ContactKind::Link | ContactKind::ShortLink | ContactKind::Domain | ContactKind::Article | ContactKind::Email => {
                Some(link::host_of(self.value.split_once("://").map_or(&self.value, |(_, rest)| rest)))
            }
            ContactKind::Wechat | ContactKind::Phone | ContactKind::Hotline | ContactKind::Qq | ContactKind::Code => None,
        }
    }
}

/// The contacts of a text, by place.
#[derive(Debug, Default)]
pub(crate) struct Contacts {
    all: Vec<Contact>,
    /// Which of them are of a kind.
    by_kind: [Vec<u32>; ContactKind::ALL.len()],
}

impl Contacts {
    /// Finds them.
    pub(crate) fn of(text: &Folded) -> Contacts {
        let mut contacts = Contacts::default();
        for contact in Walk::over(Chars(text.chars())) {
            contacts.by_kind[contact.kind as usize].push(contacts.all.len() as u32);
            contacts.all.push(contact);
        }
        contacts
    }

    /// Those of some kinds.
    pub(crate) fn of_kinds(&self, kinds: ContactKinds) -> impl Iterator<Item = &Contact> {
        self.all.iter().filter(move |contact| kinds.contains(contact.kind))
    }

    /// Whether one of these kinds touches some folded characters.
    pub(crate) fn touch(&self, kinds: ContactKinds, around: &Range<u32>) -> bool {
        ContactKind::ALL.into_iter().filter(|kind| kinds.contains(*kind)).any(|kind| {
            let places = &self.by_kind[kind as usize];
            let first = places.partition_point(|place| self.all[*place as usize].end < around.start);
            places.get(first).is_some_and(|place| self.all[*place as usize].start <= around.end)
        })
    }
}

/// The walk over a text.
struct Walk<'a> {
    chars: Chars<'a>,
    at: usize,
    /// The groups of the run of digits that was read last.
    run: Vec<Group>,
    /// The group that comes next.
    next: usize,
}

impl<'a> Walk<'a> {
    fn over(chars: Chars<'a>) -> Walk<'a> {
        Walk { chars, at: 0, run: Vec::new(), next: 0 }
    }

    /// The contact that starts at a place; `fresh` says that the one before it ended there.
    fn contact(&mut self, at: usize, fresh: bool) -> Option<Contact> {
        let c = self.chars.at(at);
        if c.is_ascii_alphanumeric() {
            let starts = fresh || !self.chars.before(at).is_ascii_alphanumeric();
            return if starts { self.word(at) } else { None };
        }
        let cue = || cue::may_start(c).then(|| cue::find(self.chars, at)).flatten();
        cue().or_else(|| match c {
            '+' | '(' => self.number(at, at + 1).filter(|contact| c == '+' || self.chars.text(at, contact.end as usize).contains(')')),
            _ if number::is_han_digit(c) => self.number(at, at),
            _ => None,
        })
    }

    /// The contact that starts with a word of letters or digits.
    fn word(&mut self, at: usize) -> Option<Contact> {
        let chars = self.chars;
        let addressed = ["tel", "phone", "mobile", "mob", "call", "t", "m"].iter().find_map(|word| chars.word(at, word));
        let digit = addressed.filter(|end| chars.at(*end).is_ascii_digit()).unwrap_or(at);
        let address = link::link(chars, at).or_else(|| link::email(chars, at));
        address.or_else(|| cue::find(chars, at)).or_else(|| link::domain(chars, at)).or_else(|| self.number(at, digit))
    }

    /// The number whose first digit stands at `digit`, if a group of digits begins there.
    fn number(&mut self, at: usize, digit: usize) -> Option<Contact> {
        while self.run.get(self.next).is_some_and(|group| group.start < digit) {
            self.next += 1;
        }
        if self.next >= self.run.len() && self.run.last().is_none_or(|last| last.end <= digit) {
            (self.run, self.next) = (number::groups(self.chars, digit, usize::MAX), 0);
        }
        let groups = self.run.get(self.next..).filter(|groups| groups.first().is_some_and(|first| first.start == digit))?;
        number::telephone(self.chars, groups, at)
    }
}

impl Iterator for Walk<'_> {
    type Item = Contact;

    fn next(&mut self) -> Option<Contact> {
        let mut fresh = true;
        while self.at < self.chars.0.len() {
            if let Some(contact) = self.contact(self.at, fresh) {
                self.at = contact.end as usize;
                return Some(contact);
            }
            fresh = false;
            self.at += 1;
        }
        None
    }
}
