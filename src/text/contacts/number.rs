//! Telephone and account numbers, however their digits are written and spread.
//!
//! A run is a row of digit groups with little between them. A number is looked for at the start of each group, over as
//! many groups as it needs. What is split in an unusual way, or written with letters for digits, is a number only where
//! a word says that one is meant.

use super::chars::{Chars, is_ornament};
use super::{Contact, ContactKind};

/// Digits that stand together and are written in one way.
#[derive(Clone, Copy)]
pub(super) struct Group {
    pub start: usize,
    pub end: usize,
    style: Style,
    /// What stands between the group before and this one.
    gap: Gap,
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Arabic,
    /// 一二三, 壹贰叁.
    Han,
    /// With `o`, `l` or `i` for a digit.
    Alike,
}

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Gap {
    None,
    /// Blanks, hyphens: as people write numbers.
    Usual,
    /// Commas, strokes, stars: as they write lists and sums.
    Listing,
    /// Pictures, ornaments.
    Odd,
}

/// The groups of one run are read at most so many at a time.
const MOST_GROUPS: usize = 1024;

/// Words that say that a telephone number is meant.
const PHONE_CUES: &[&str] = &[
    "电话", "手机", "联系", "致电", "拨打", "来电", "热线", "号码", "短信", "咨询", "客服", "详询", "垂询", "请拨", "座机", "tel", "phone",
    "call", "mobile", "☎", "📞", "📱", "☏",
];

/// Words that say that a number is the name of a thing.
const SERIAL_CUES: &[&str] = &["单号", "订单", "运单", "流水", "编号", "验证码", "条码", "货号", "型号", "序列号", "isbn", "order", "no."];

/// What is counted in money or in shares is no contact.
const MONEY: &str = "元块圆万亿%‰";

/// Nor is what is counted or measured in these, if it is small; after a long number they begin a word or a name.
const UNITS: &str = "千百年月日号人份个名件台套米条张只楼层平期折倍次斤克吨分秒点°";

/// The groups of a run that starts at a place.
pub(super) fn groups(chars: Chars<'_>, at: usize, most: usize) -> Vec<Group> {
    let mut groups = Vec::new();
    let (mut start, mut gap) = (at, Gap::None);
    while let Some((end, style)) = group(chars, start, !groups.is_empty()).filter(|_| groups.len() < most.min(MOST_GROUPS)) {
        groups.push(Group { start, end, style, gap });
        (start, gap) = between(chars, end);
    }
    groups
}

fn group(chars: Chars<'_>, at: usize, goes_on: bool) -> Option<(usize, Style)> {
    if han_digit(chars.at(at)).is_some() {
        return Some((chars.skip(at, usize::MAX - at, |c| han_digit(c).is_some()), Style::Han));
    }
    let digits = chars.skip(at, usize::MAX - at, |c| c.is_ascii_digit());
    let alike = chars.skip(digits, 16, |c| c.is_ascii_digit() || alike_digit(c).is_some());
    let alone = !chars.at(alike).is_ascii_alphanumeric() && !chars.before(at).is_ascii_alphanumeric();
    let is_number = || goes_on || (at..alike).any(|at| chars.at(at).is_ascii_digit());
    if alike > digits && alone && is_number() { Some((alike, Style::Alike)) } else { (digits > at).then_some((digits, Style::Arabic)) }
}

fn between(chars: Chars<'_>, mut at: usize) -> (usize, Gap) {
    let mut gap = Gap::None;
    for _ in 0..3 {
        let (end, kind) = match chars.at(at) {
            ' ' | '\t' | '-' | '–' | '—' | '.' | '(' | ')' => (at + 1, Gap::Usual),
            ',' | '、' | '/' | '*' | '×' | '+' | '=' | '~' | '#' | '|' | '·' | '•' | '_' | '\\' | '&' => (at + 1, Gap::Listing),
            c if is_ornament(c) => (at + 1, Gap::Odd),
            _ => match chars.bracketed(at) {
                Some(end) => (end, Gap::Odd),
                None => break,
            },
        };
        at = end;
        gap = if kind > gap { kind } else { gap };
    }
    (at, gap)
}

fn han_digit(c: char) -> Option<u8> {
    Some(match c {
        '〇' | '零' | '○' => 0,
        '一' | '壹' | '幺' => 1,
        '二' | '贰' | '两' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn alike_digit(c: char) -> Option<u8> {
    match c {
        'o' => Some(0),
        'l' | 'i' => Some(1),
        _ => None,
    }
}

/// Whether digits of Chinese begin at a place.
pub(super) fn is_han_digit(c: char) -> bool {
    han_digit(c).is_some()
}

/// Some groups of a run that may be one number.
struct Candidate<'a> {
    chars: Chars<'a>,
    groups: &'a [Group],
    /// How many digits at the start belong to a prefix such as 86.
    skip: usize,
}

/// How the digits of a number are spread.
struct Spread {
    /// How many digits stand in each part, up to twelve.
    parts: [u8; 12],
    count: usize,
    widest: Gap,
    only_odd: bool,
}

impl Candidate<'_> {
    /// The groups that hold exactly so many digits after the prefix.
    fn of<'a>(chars: Chars<'a>, groups: &'a [Group], skip: usize, length: usize) -> Option<Candidate<'a>> {
        let mut sum = 0;
        for (at, group) in groups.iter().enumerate().take(length + 2) {
            sum += group.end - group.start;
            if sum >= skip + length {
                return (sum == skip + length).then_some(Candidate { chars, groups: &groups[..=at], skip });
            }
        }
        None
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        let chars = self.chars;
        let all = self.groups.iter().flat_map(|group| group.start..group.end);
        let value = move |c: char| c.to_digit(10).map(|digit| digit as u8).or_else(|| han_digit(c)).or_else(|| alike_digit(c));
        all.filter_map(move |at| value(chars.at(at))).skip(self.skip)
    }

    fn value(&self) -> String {
        self.digits().map(|digit| char::from(b'0' + digit)).collect()
    }

    fn spread(&self) -> Spread {
        let mut spread = Spread { parts: [0; 12], count: 0, widest: Gap::None, only_odd: true };
        let mut left = self.skip;
        for group in self.groups {
            let length = group.end - group.start;
            let own = length.saturating_sub(left);
            left = left.saturating_sub(length);
            if own == 0 {
                continue;
            }
            if spread.count == 0 || group.gap != Gap::None {
                spread.only_odd &= spread.count == 0 || group.gap == Gap::Odd;
                spread.widest = if spread.count > 0 && group.gap > spread.widest { group.gap } else { spread.widest };
                spread.count += 1;
            }
            spread.parts[(spread.count - 1).min(11)] += own.min(12) as u8;
        }
        spread
    }

    fn end(&self) -> usize {
        self.groups[self.groups.len() - 1].end
    }

    fn is_plain(&self) -> bool {
        self.groups.iter().all(|group| group.style == Style::Arabic)
    }

    /// Whether enough of it is written in digits that the letters among them must be digits too.
    fn has_enough_digits(&self) -> bool {
        let alike = |group: &&Group| group.style == Style::Alike;
        let places = self.groups.iter().filter(alike).flat_map(|group| group.start..group.end);
        places.filter(|at| alike_digit(self.chars.at(*at)).is_some()).count() <= 6
    }

    /// Whether what stands around it lets it be a number of its own.
    fn stands_free(&self) -> bool {
        let (start, end) = (self.groups[0].start, self.end());
        let chars = self.chars;
        let decimal = chars.before(start) == '.' && chars.at(start.wrapping_sub(2)).is_ascii_digit()
            || chars.at(end) == '.' && chars.at(end + 1).is_ascii_digit() && self.groups.len() == 1;
        let money = matches!(chars.before(start), '¥' | '$' | '£' | '€' | '@');
        let code = matches!(chars.before(start), '-' | '_' | '=') && chars.at(start.wrapping_sub(2)).is_ascii_alphabetic();
        let code = code && !chars.any_before(start, 8, PHONE_CUES);
        let length: usize = self.groups.iter().map(|group| group.end - group.start).sum();
        !decimal && !money && !code && ends_well(chars, end, length)
    }
}

impl Spread {
    fn parts(&self) -> &[u8] {
        &self.parts[..self.count.min(12)]
    }

    /// Whether people write a mobile number so, or have hidden it so on purpose.
    fn is_usual_of_mobile(&self) -> bool {
        matches!(self.parts(), [11] | [3, 4, 4] | [3, 8] | [7, 4] | [3, 3, 5]) || self.is_single() || self.only_odd
    }

    fn is_single(&self) -> bool {
        self.count == 11 && self.parts().iter().all(|length| *length == 1)
    }

    fn is_disguise(&self) -> bool {
        self.widest > Gap::Usual || self.is_single()
    }
}

/// Whether a number of so many digits may end at a place: no address, no unit, no code goes on there.
fn ends_well(chars: Chars<'_>, end: usize, length: usize) -> bool {
    let next = chars.at(end);
    if next.is_ascii_alphabetic() {
        let word = chars.skip(end, 24, |c| c.is_ascii_alphabetic());
        return word > end + 1 && !chars.at(word).is_ascii_digit() && !matches!(chars.at(word), '_' | '-' | '@');
    }
    let mail = next == '@' && chars.at(end + 1).is_ascii_alphanumeric();
    let counted = MONEY.contains(next) && chars.at(end + 1) != '旦' || length < 8 && UNITS.contains(next);
    !mail && !counted && next != '_'
}

/// The number that starts with the first of some groups; `start` is where its sign or bracket stands.
pub(super) fn telephone(chars: Chars<'_>, groups: &[Group], start: usize) -> Option<Contact> {
    let first = groups.first()?;
    let meant = || chars.any_before(first.start, 10, PHONE_CUES);
    let (kind, found) = match mobile(chars, groups, &meant) {
        Some(found) => (ContactKind::Phone, found),
        None => (ContactKind::Hotline, hotline(chars, groups, &meant)?),
    };
    if !found.stands_free() || chars.any_before(first.start, 4, SERIAL_CUES) {
        return None;
    }
    let disguised = !found.is_plain() || found.spread().is_disguise();
    Some(Contact { kind, start: start as u32, end: found.end() as u32, value: found.value(), disguised })
}

/// Prefixes of a mobile number: none, trunk, country.
const PREFIXES: [&[u8]; 4] = [&[], &[0], &[8, 6], &[0, 0, 8, 6]];

fn mobile<'a>(chars: Chars<'a>, groups: &'a [Group], meant: &dyn Fn() -> bool) -> Option<Candidate<'a>> {
    PREFIXES.iter().find_map(|prefix| {
        let found = Candidate::of(chars, groups, prefix.len(), 11)?;
        let whole = Candidate { skip: 0, ..found };
        let joined = prefix.len() != 1 || groups[0].end > groups[0].start + 1;
        let begins = joined && whole.digits().take(prefix.len()).eq(prefix.iter().copied());
        let found = Candidate { skip: prefix.len(), ..whole };
        let mut digits = found.digits();
        let is_mobile = digits.next() == Some(1) && digits.next().is_some_and(|digit| digit >= 3);
        drop(digits);
        let sure = found.spread().is_usual_of_mobile() && found.has_enough_digits();
        (begins && is_mobile && (sure || meant())).then_some(found)
    })
}

/// Numbers of offices and services.
fn hotline<'a>(chars: Chars<'a>, groups: &'a [Group], meant: &dyn Fn() -> bool) -> Option<Candidate<'a>> {
    let tries = [12, 11, 10, 8, 7, 6, 5];
    tries.into_iter().find_map(|length| {
        let found = Candidate::of(chars, groups, 0, length).filter(Candidate::is_plain)?;
        let value = found.value();
        let spread = found.spread();
        let is_hotline =
            spread.widest <= Gap::Usual && (is_office(&value, spread.parts()) || (is_short(&value, spread.parts()) && meant()));
        is_hotline.then_some(found)
    })
}

/// A number with its area code, or one of 400 and 800.
fn is_office(value: &str, parts: &[u8]) -> bool {
    let digits = value.as_bytes();
    if value.starts_with("400") || value.starts_with("800") {
        return value.len() == 10 && matches!(parts, [10] | [3, 7] | [3, 3, 4] | [4, 3, 3] | [4, 6] | [3, 4, 3] | [6, 4]);
    }
    let area = match digits {
        [b'0', b'1', b'0', ..] | [b'0', b'2', ..] => 3,
        [b'0', b'3'..=b'9', ..] => 4,
        _ => return false,
    };
    let local = value.len() - area;
    let whole = parts.len() == 1 || usize::from(parts[0]) == area;
    whole && (local == 8 || local == 7 && area == 4) && matches!(digits[area], b'2'..=b'9')
}

/// A number without area code, or a service number: only where a telephone is spoken of.
fn is_short(value: &str, parts: &[u8]) -> bool {
    match value.len() {
        7 | 8 => matches!(parts, [7] | [8] | [3, 4] | [4, 4]) && !value.starts_with(['0', '1']),
        5 | 6 => parts.len() == 1 && ["95", "96", "100", "12", "118"].iter().any(|start| value.starts_with(start)),
        _ => false,
    }
}

/// A number after a cue: where it ends, its digits, and whether they are disguised.
pub(super) fn account(chars: Chars<'_>, at: usize) -> Option<(usize, String, bool)> {
    let groups = groups(chars, at, 16);
    let first = groups.first()?;
    let length = first.end - first.start;
    let found = mobile(chars, &groups, &|| true).or_else(|| match length {
        5..=12 => Candidate::of(chars, &groups, 0, length),
        1..=4 => {
            (6..=11).rev().find_map(|length| Candidate::of(chars, &groups, 0, length).filter(|found| found.groups.len() == groups.len()))
        }
        _ => None,
    })?;
    let value = found.value();
    let decimal = chars.at(found.end()) == '.' && chars.at(found.end() + 1).is_ascii_digit();
    let fits = !value.starts_with('0') && !is_day(&value) && !decimal && ends_well(chars, found.end(), value.len());
    fits.then(|| (found.end(), value, !found.is_plain() || found.spread().widest > Gap::Usual))
}

/// Whether eight digits are a day of these decades, such as 20261101.
fn is_day(value: &str) -> bool {
    let part = |range: std::ops::Range<usize>| value.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    value.len() == 8 && (1990..2050).contains(&part(0..4)) && (1..=12).contains(&part(4..6)) && (1..=31).contains(&part(6..8))
}
