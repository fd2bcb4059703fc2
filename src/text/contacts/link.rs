//! Addresses: links, bare domains however their dots are written, e-mail.

use super::chars::Chars;
use super::hosts::{ARTICLES, Ending, PACKAGES, PROGRAMS, ending, is_shortener};
use super::{Contact, ContactKind};

/// A name read part by part.
struct Host {
    /// The parts, and where each ends in the text.
    parts: Vec<Part>,
}

struct Part {
    label: String,
    end: usize,
    /// The dot before it.
    dot: Dot,
    /// Whether its letters stand apart.
    apart: bool,
}

/// How a dot is written.
#[derive(Clone, Copy, Default, PartialEq)]
struct Dot {
    /// As 点, 。 or in brackets.
    sign: bool,
    before: bool,
    after: bool,
}

impl Dot {
    fn is_plain(self) -> bool {
        self == Dot::default()
    }
}

/// The address with its protocol that starts with the word at a place.
pub(super) fn link(chars: Chars<'_>, at: usize) -> Option<Contact> {
    let scheme = chars.skip(at, 16, |c| c.is_ascii_alphanumeric());
    let start = chars.word(scheme, "://").filter(|_| chars.at(at).is_ascii_alphabetic() && scheme > at + 1)?;
    let contact = |kind: ContactKind, (end, value): (usize, String), disguised: bool| Contact {
        kind,
        start: at as u32,
        end: end as u32,
        value: chars.text(at, start) + &value,
        disguised,
    };
    let end = tail(chars, start);
    let whole = chars.text(start, end);
    let host = host_of(&whole);
    if !host.contains('.')
        && let Some((host, count)) = judge(chars, start, true)
    {
        let kind = host.kind(count, ContactKind::Link);
        return Some(contact(kind, host.with_path(chars, count), host.is_disguised(count)));
    }
    let local = host == "localhost" || host.starts_with("127.") || chars.word(at, "file").is_some();
    (!host.is_empty() && !local).then(|| contact(kind(host, ContactKind::Link), (end, whole.clone()), false))
}

/// The end of what belongs to an address.
fn tail(chars: Chars<'_>, at: usize) -> usize {
    let ends =
        |c: char| matches!(c, '"' | '\'' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '[' | ']' | '(' | ')' | '*' | ',' | ';' | '!');
    let end = chars.skip(at, usize::MAX - at, |c| c.is_ascii_graphic() && !ends(c));
    (at..end).rev().find(|at| !matches!(chars.at(*at), '.' | ':' | '?' | '-')).map_or(at, |last| last + 1)
}

/// The host of an address without its protocol.
pub(super) fn host_of(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default()
}

fn kind(host: &str, other: ContactKind) -> ContactKind {
    if host == ARTICLES {
        ContactKind::Article
    } else if is_shortener(host) {
        ContactKind::ShortLink
    } else {
        other
    }
}

/// An e-mail address that starts with the word at a place.
pub(super) fn email(chars: Chars<'_>, at: usize) -> Option<Contact> {
    let sign = chars.skip(at, 64, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-'));
    let start = chars.word(sign, "@").filter(|_| !matches!(chars.before(at), '.' | '-' | '_' | '+'))?;
    let host = Host::read(chars, start)?;
    let count = (2..=host.parts.len()).rev().find(|count| ending(&host.parts[count - 1].label).is_some() && host.stands(chars, *count))?;
    let value = chars.text(at, start) + &host.name(count);
    let end = host.parts[count - 1].end;
    Some(Contact { kind: ContactKind::Email, start: at as u32, end: end as u32, value, disguised: host.is_disguised(count) })
}

/// A domain without a protocol that starts with the word at a place.
pub(super) fn domain(chars: Chars<'_>, at: usize) -> Option<Contact> {
    let before = chars.before(at);
    let earlier = chars.at(at.wrapping_sub(2));
    let inside = matches!(before, '/' | '\\' | '.' | '-' | '_') && (earlier.is_ascii_alphanumeric() || earlier == '.' && before != '.');
    if inside || before == '@' {
        return None;
    }
    let (host, count) = judge(chars, at, false)?;
    let (end, value) = host.with_path(chars, count);
    let kind = host.kind(count, ContactKind::Domain);
    Some(Contact { kind, start: at as u32, end: end as u32, value, disguised: host.is_disguised(count) })
}

/// Reads a host and says how many of its parts are a domain; after a protocol any known ending will do.
fn judge(chars: Chars<'_>, at: usize, sure: bool) -> Option<(Host, usize)> {
    let host = Host::read(chars, at)?;
    let fits = |count: &usize| {
        let known = ending(&host.parts[count - 1].label);
        known.is_some_and(|known| host.stands(chars, *count) && (sure || host.is_meant(chars, *count, known)))
    };
    let count = (2..=host.parts.len()).rev().find(fits)?;
    Some((host, count))
}

impl Host {
    /// At least two parts with a dot between them.
    fn read(chars: Chars<'_>, at: usize) -> Option<Host> {
        let (mut end, mut apart) = label(chars, at)?;
        let mut next = dot(chars, end)?;
        let mut parts = vec![Part { label: squeezed(chars, at, end), end, dot: Dot::default(), apart }];
        while parts.len() < 8 {
            let start = next.0;
            let Some(found) = label(chars, start) else { break };
            (end, apart) = found;
            parts.push(Part { label: squeezed(chars, start, end), end, dot: next.1, apart });
            let Some(found) = dot(chars, end) else { break };
            next = found;
        }
        (parts.len() > 1).then_some(Host { parts })
    }

    fn name(&self, count: usize) -> String {
        self.parts[..count].iter().map(|part| part.label.as_str()).collect::<Vec<_>>().join(".")
    }

    fn kind(&self, count: usize, other: ContactKind) -> ContactKind {
        kind(&self.name(count), other)
    }

    fn is_disguised(&self, count: usize) -> bool {
        self.parts[..count].iter().any(|part| part.apart || !part.dot.is_plain())
    }

    /// The name with its path, and where that ends.
    fn with_path(&self, chars: Chars<'_>, count: usize) -> (usize, String) {
        let end = self.parts[count - 1].end;
        let path = if self.has_path(chars, count) { tail(chars, end) } else { end };
        (path, self.name(count) + &chars.text(end, path))
    }

    fn has_path(&self, chars: Chars<'_>, count: usize) -> bool {
        let end = self.parts[count - 1].end;
        matches!(chars.at(end), '/' | '?' | '#' | ':') && chars.at(end + 1).is_ascii_alphanumeric()
    }

    /// Whether the text lets the name end after so many parts.
    fn stands(&self, chars: Chars<'_>, count: usize) -> bool {
        let end = self.parts[count - 1].end;
        let next = chars.at(end);
        let call = next == '(' && chars.at(end + 1) == ')';
        let cut =
            self.parts.get(count).is_some_and(|part| part.dot.is_plain()) && ending(&self.parts[count - 1].label) != Some(Ending::Common);
        !cut && !call && !next.is_ascii_alphanumeric() && !matches!(next, '_' | '-' | '@')
    }

    /// Whether the first parts are meant as a domain.
    fn is_meant(&self, chars: Chars<'_>, count: usize, known: Ending) -> bool {
        let parts = &self.parts[..count];
        let name = self.name(count);
        let first = parts[0].label.as_str();
        if PROGRAMS.contains(&name.as_str()) || count > 2 && PACKAGES.contains(&first) {
            return false;
        }
        if name == ARTICLES || first == "www" && count > 2 {
            return true;
        }
        let path = self.has_path(chars, count);
        let dots = parts[1..].iter().fold(Dot::default(), |all, part| Dot {
            sign: all.sign || part.dot.sign,
            before: all.before || part.dot.before,
            after: all.after || part.dot.after,
        });
        if is_shortener(&name) && (path || dots.is_plain() && known != Ending::Word) {
            return true;
        }
        let place = Place { main: &parts[count - 2], last: &parts[count - 1].label, known, dots, path, many: count > 2 };
        place.is_domain(self.ends_clause(chars, count))
    }

    /// Whether no English goes on after the name, as it does after the full stop of a sentence.
    fn ends_clause(&self, chars: Chars<'_>, count: usize) -> bool {
        let end = self.parts[count - 1].end;
        let next = chars.skip(end, 2, |c| c == ' ');
        !chars.at(next).is_ascii_alphanumeric()
    }
}

/// What says that a name is a domain.
struct Place<'a> {
    /// The part before the ending.
    main: &'a Part,
    last: &'a str,
    known: Ending,
    /// All that is unusual about its dots.
    dots: Dot,
    path: bool,
    /// Whether it has more than two parts.
    many: bool,
}

impl Place<'_> {
    fn is_domain(&self, ends_clause: bool) -> bool {
        let main = &self.main.label;
        let number = main.bytes().all(|b| b.is_ascii_digit());
        let mixed = !number && main.bytes().any(|b| b.is_ascii_digit());
        let length = main.len();
        if self.dots.is_plain() {
            return match self.known {
                Ending::Common => length > 1 || !number && !self.many,
                Ending::Strange => length > 1 && (!number || length > 2),
                Ending::Word => length > 1 && (self.path || self.many && !number || mixed) || number && length > 4,
                Ending::Country => length > 3 && mixed,
            };
        }
        let spaced = self.dots.before || self.dots.after;
        let named = length > 1 && (!number || length > 2) && (!spaced || ends_clause);
        // 2000点 may be points for a vip; they are never top.
        let counted = number && matches!(self.last, "top" | "xyz" | "icu");
        let odd = match self.known {
            Ending::Common => true,
            Ending::Strange => mixed || counted,
            Ending::Word => mixed && !spaced,
            Ending::Country => false,
        };
        named && (odd || self.path || self.main.apart)
    }
}

/// A part of a name: where it ends, and whether its letters stand apart.
fn label(chars: Chars<'_>, at: usize) -> Option<(usize, bool)> {
    let end = chars.skip(at, 64, |c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let end = end - usize::from(end > at && !chars.at(end - 1).is_ascii_alphanumeric());
    if end == at || end - at > 63 || !chars.at(at).is_ascii_alphanumeric() {
        return None;
    }
    let mut last = at;
    while end == at + 1
        && last - at < 60
        && chars.at(last + 1) == ' '
        && chars.at(last + 2).is_ascii_alphanumeric()
        && !chars.at(last + 3).is_ascii_alphanumeric()
    {
        last += 2;
    }
    Some(if last > at { (last + 1, true) } else { (end, false) })
}

/// A dot however it is written, and where it ends.
fn dot(chars: Chars<'_>, at: usize) -> Option<(usize, Dot)> {
    let start = chars.skip(at, 2, |c| c == ' ');
    let (end, sign) = match chars.at(start) {
        '.' => (start + 1, false),
        '。' | '点' | '典' | '奌' | '丶' | '·' | '•' | '●' => (start + 1, true),
        _ => (chars.any(start, &["(.)", "[.]", "【.】", "(点)", "[点]", "【点】", "(dot)", "[dot]"])?, true),
    };
    let after = chars.skip(end, 2, |c| c == ' ');
    Some((after, Dot { sign, before: start > at, after: after > end }))
}

fn squeezed(chars: Chars<'_>, from: usize, to: usize) -> String {
    chars.text(from, to).replace(' ', "")
}
