//! Words that announce an account: a WeChat id, a QQ number, a pass phrase to be copied.

use super::chars::Chars;
use super::number::account;
use super::{Contact, ContactKind};

/// How far a cue by itself says that an account follows.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Trust {
    /// Only with a verb before it or a colon behind it.
    Letter,
    /// It is also the name of a program, or an ordinary word.
    Name,
    /// It is used for nothing else.
    Sure,
}

/// A cue in a text.
#[derive(Clone, Copy)]
struct Cue {
    end: usize,
    trust: Trust,
    disguised: bool,
}

/// Whether a cue may begin with a character that is no Latin letter; asked of every character of a text.
#[rustfmt::skip]
pub(super) fn may_start(c: char) -> bool {
    matches!(
        c,
        '加' | '添' | '+' | '伽' | '咖' | '嘉' | '佳' | '珈' | '茄' | '架' | '➕' | '联' | '私' | '找' | '咨' | '搜' | '进' | '入'
        | '微' | '薇' | '威' | '维' | '徽' | '溦' | '嶶' | '卫' | '绿' | '🛰'
        | '扣' | '抠' | '叩' | '球' | '企' | '群' | '裙' | '君' | '㪊' | '🐧'
        | '复' | '淘' | '吱' | '抖' | '京' | '¥' | '£' | '₤' | '$' | '€' | '₳' | '₴' | '¢' | '₰'
    )
}

/// Verbs of adding somebody, and whether they are written around.
fn verb_sign(c: char) -> Option<bool> {
    match c {
        '加' | '添' | '+' => Some(false),
        '伽' | '咖' | '嘉' | '佳' | '珈' | '茄' | '架' | '➕' => Some(true),
        _ => None,
    }
}

/// Characters that stand for the first of 微信.
fn is_first(c: char) -> bool {
    matches!(c, '微' | '薇' | '威' | '维' | '徽' | '溦' | '嶶')
}

/// Characters that stand for the second of 微信.
fn is_second(c: char) -> bool {
    matches!(c, '信' | '心' | '芯' | '杏' | '星' | '号') || is_heart(c)
}

fn is_heart(c: char) -> bool {
    matches!(c, '❤' | '♥' | '❥' | '💗' | '💕' | '💖' | '💓' | '💙' | '💚' | '💛' | '💜' | '🖤' | '🧡' | '💝')
}

/// What may follow the name of the program: it says that an account is meant.
const SUFFIXES: &[&str] = &[
    "号码",
    "帐号",
    "账号",
    "号",
    "同号",
    "同步",
    "联系",
    "添加",
    "加我",
    "加",
    "搜索",
    "搜",
    "咨询",
    "私聊",
    "客服",
    "群号",
    "群",
    "裙",
    "㪊",
    "君羊",
    "交流群",
    "是",
    "为",
];

/// Programs and systems that are named beside WeChat, and what is said of it in English.
const PRODUCTS: &[&str] = &[
    "ios", "iphone", "ipad", "android", "windows", "win", "mac", "pc", "web", "h5", "sdk", "api", "app", "pay", "emoji", "version", "beta",
    "wechat", "weixin", "alipay", "taobao", "official", "login", "work", "vip", "svip", "gtx", "rtx", "usb", "ddr", "airpods", "ppt", "pe",
    "vpn", "vr",
];

/// The account announced by a cue that starts at a place.
pub(super) fn find(chars: Chars<'_>, at: usize) -> Option<Contact> {
    wechat(chars, at).or_else(|| qq(chars, at)).or_else(|| added(chars, at)).or_else(|| pass_phrase(chars, at))
}

fn wechat(chars: Chars<'_>, at: usize) -> Option<Contact> {
    let contact = |end: usize, value: String, disguised: bool| Contact {
        kind: ContactKind::Wechat,
        start: at as u32,
        end: end as u32,
        value,
        disguised,
    };
    if let Some(rest) = chars.word(at, "wxid_") {
        let end = chars.skip(rest, 24, |c| c.is_ascii_alphanumeric());
        return (end >= rest + 6).then(|| contact(end, chars.text(at, end), false));
    }
    let verb = verb(chars, at);
    let cue = name(chars, verb.map_or(at, |(end, _)| end))?;
    let announced = announce(chars, cue, verb.is_some())?;
    let (end, value, disguised) = id(chars, announced.place, &announced)?;
    Some(contact(end, value, disguised || cue.disguised || verb.is_some_and(|(_, disguised)| disguised)))
}

/// A verb of adding: where it ends, and whether it is written around.
fn verb(chars: Chars<'_>, at: usize) -> Option<(usize, bool)> {
    let word = chars.any(at, &["联系", "私聊", "咨询", "搜索", "私", "找", "搜", "jia"]);
    let sign = || verb_sign(chars.at(at)).map(|disguised| (at + 1, disguised));
    let (end, disguised) = word.map(|end| (end, false)).or_else(sign)?;
    let end = chars.any(end, &["我", "一下", "个", "下"]).unwrap_or(end);
    Some((chars.skip(end, 2, is_gap), disguised))
}

/// Names that are written in one piece.
const NAMES: &[(&str, Trust, bool)] = &[
    ("vx", Trust::Sure, false),
    ("wx", Trust::Name, false),
    ("weixin", Trust::Name, false),
    ("wechat", Trust::Name, false),
    ("绿泡泡", Trust::Sure, true),
    ("绿色软件", Trust::Sure, true),
    ("绿色聊天软件", Trust::Sure, true),
    ("卫星", Trust::Letter, true),
    ("🛰", Trust::Letter, true),
];

/// WeChat by any of its names.
fn name(chars: Chars<'_>, at: usize) -> Option<Cue> {
    let whole = NAMES.iter().find_map(|(name, trust, disguised)| {
        let end = chars.word(at, name)?;
        Some(Cue { end, trust: *trust, disguised: *disguised })
    });
    if whole.is_some() {
        return whole;
    }
    let first = chars.any(at, &["wei", "v", "w"]).or_else(|| is_first(chars.at(at)).then_some(at + 1))?;
    let plain = matches!(chars.at(at), '微' | 'v' | 'w');
    let Some((start, end)) = second(chars, first) else {
        return (first == at + 1).then_some(Cue { end: first, trust: Trust::Letter, disguised: !plain });
    };
    let together = start == first && matches!(chars.at(start), '信' | '号');
    let ordinary = together && chars.at(start) == '信' && "微威维".contains(chars.at(at));
    Some(Cue { end, trust: if ordinary { Trust::Name } else { Trust::Sure }, disguised: !plain || !together })
}

/// Where the second character of 微信 stands, perhaps after a sign or two, and where it ends.
fn second(chars: Chars<'_>, at: usize) -> Option<(usize, usize)> {
    let start = chars.skip(at, 2, |c| is_gap(c) && !is_heart(c));
    let c = chars.at(start);
    if is_second(c) {
        return Some((start, start + 1));
    }
    let letter = start == at && c == 'x' && !chars.at(at + 1).is_ascii_alphabetic() && !chars.before(at).is_ascii();
    chars.word(start, "亻言").or_else(|| letter.then_some(start + 1)).map(|end| (start, end))
}

/// Whether a sign may stand between two characters of one word that is written apart.
fn is_gap(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '\0' | '\n' | '。' | '!' | '?' | ';') && !is_colon(c) && verb_sign(c).is_none()
}

fn is_colon(c: char) -> bool {
    matches!(c, ':' | '=' | '→' | '➡' | '👉')
}

/// A cue with all that leads on to the account.
struct Announced {
    /// Where the account should begin.
    place: usize,
    /// Whether letters alone, or any digits, are an account here.
    sure: bool,
    /// Whether it follows the cue's letters at once.
    attached: bool,
}

/// Passes over suffixes and signs after a cue; none when an account cannot be meant.
fn announce(chars: Chars<'_>, cue: Cue, verb: bool) -> Option<Announced> {
    let end = suffixes(chars, cue.end);
    let start = if verb || cue.trust == Trust::Sure { purpose(chars, end) } else { end };
    let place = lead(chars, start);
    let colon = (start..place).any(|at| is_colon(chars.at(at)));
    let attached = place == cue.end && chars.before(place).is_ascii_alphabetic() && chars.at(place).is_ascii_alphabetic();
    if attached && (!verb || chars.before(place) == 'w') {
        return None;
    }
    let said = end > cue.end;
    let short = "微薇溦嶶".contains(chars.before(end)) && chars.at(place).is_ascii_alphabetic();
    let stands = cue.trust > Trust::Letter || verb || colon || short || said && place > end;
    stands.then_some(Announced { place, sure: cue.trust == Trust::Sure || verb || said || colon, attached })
}

/// Where the words end that may follow a cue.
fn suffixes(chars: Chars<'_>, mut at: usize) -> usize {
    for _ in 0..3 {
        let next = chars.skip(at, 1, |c| c == ' ');
        at = chars.any(next, SUFFIXES).or_else(|| word_id(chars, next)).unwrap_or(at);
    }
    at
}

/// `id` as a word.
fn word_id(chars: Chars<'_>, at: usize) -> Option<usize> {
    chars.word(at, "id").filter(|end| !chars.at(*end).is_ascii_alphanumeric() && !chars.before(at).is_ascii_alphanumeric())
}

/// Where a few words end that say what the account is for, if a colon follows: 领资料:
fn purpose(chars: Chars<'_>, at: usize) -> usize {
    let end = chars.skip(at, 6, |c| c.is_alphanumeric() && !c.is_ascii());
    if is_colon(chars.at(end)) { end } else { at }
}

/// Where the signs end that may stand between a cue and its account.
fn lead(chars: Chars<'_>, at: usize) -> usize {
    let (mut end, mut lines) = (at, 0);
    for _ in 0..8 {
        let c = chars.at(end);
        lines += usize::from(c == '\n');
        if let Some(after) = chars.bracketed(end) {
            end = after;
        } else if c.is_alphanumeric() || matches!(c, '\0' | '。' | '!' | '?' | ';' | '、') || lines > 1 {
            break;
        } else {
            end += 1;
        }
    }
    end
}

/// The account itself: where it ends, how it reads, and whether it is disguised.
fn id(chars: Chars<'_>, at: usize, announced: &Announced) -> Option<(usize, String, bool)> {
    if !chars.at(at).is_ascii_alphabetic() {
        let (end, value, disguised) = account(chars, at)?;
        let is_mobile = value.len() == 11 && value.starts_with('1');
        return (is_mobile || announced.sure && value.len() >= 6).then_some((end, value, disguised));
    }
    let token = chars.skip(at, 40, is_id);
    let end = (at..token).rev().find(|at| chars.at(*at).is_ascii_alphanumeric())? + 1;
    let next = chars.at(end);
    if next == '@' || next == '.' && chars.at(end + 1).is_ascii_alphanumeric() {
        return None;
    }
    let (end, value) = if end - at < 6 { apart(chars, at)? } else { (end, chars.text(at, end)) };
    let letters = value.trim_end_matches(|c: char| c.is_ascii_digit());
    let has_digit = value.contains(|c: char| c.is_ascii_digit());
    let is_vip = announced.attached && ["ip", "pn", "lan", "r"].iter().any(|rest| letters.starts_with(rest));
    let known = PRODUCTS.contains(&letters) || is_vip;
    let trusted = has_digit || announced.sure && !announced.attached;
    ((6..=20).contains(&value.len()) && trusted && !known).then_some((end, value, false))
}

fn is_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// An id whose few characters were written apart.
fn apart(chars: Chars<'_>, at: usize) -> Option<(usize, String)> {
    let (mut end, mut value) = (at, String::new());
    for _ in 0..20 {
        let piece = chars.skip(end, 6, is_id);
        if piece == end || piece > end + 5 {
            break;
        }
        value += &chars.text(end, piece);
        let next = piece + usize::from(matches!(chars.at(piece), ' ' | '.' | '*' | '~'));
        if next == piece || !chars.at(next).is_ascii_alphanumeric() {
            return (value.contains(|c: char| c.is_ascii_digit())).then_some((piece, value));
        }
        end = next;
    }
    None
}

/// A QQ number or group.
fn qq(chars: Chars<'_>, at: usize) -> Option<Contact> {
    let verb = verb(chars, at).or_else(|| chars.any(at, &["进", "入"]).map(|end| (end, false)));
    let cue = qq_name(chars, verb.map_or(at, |(end, _)| end))?;
    let end = suffixes(chars, cue.end);
    let start = if verb.is_some() || cue.trust == Trust::Sure { purpose(chars, end) } else { end };
    let place = lead(chars, start);
    let (stop, value, disguised) = account(chars, place)?;
    let colon = (start..place).any(|at| is_colon(chars.at(at)));
    let long_letter = chars.at(at) == 'q' && (end > cue.end || value.len() > 6) || chars.at(at) == '扣' && value.len() > 7;
    let stands = cue.trust > Trust::Letter || verb.is_some() || colon || long_letter;
    let least = if colon || cue.trust == Trust::Sure { 5 } else { 6 };
    let disguised = disguised || cue.disguised || verb.is_some_and(|(_, disguised)| disguised);
    let contact = Contact { kind: ContactKind::Qq, start: at as u32, end: stop as u32, value, disguised };
    (stands && (least..=11).contains(&contact.value.len())).then_some(contact)
}

/// An account that somebody is to add, without a word of where: 加abc12345, ➕客服 12345678.
fn added(chars: Chars<'_>, at: usize) -> Option<Contact> {
    let verb = chars.at(at);
    if !matches!(verb, '加' | '➕' | '嘉' | '佳' | '伽' | '+') || "参增更附外追施强叠再".contains(chars.before(at)) {
        return None;
    }
    let who = chars.any(at + 1, &["我好友", "我", "好友", "老师", "客服", "助理", "经理", "微商", "号"]);
    if who.is_none() && !matches!(verb, '加' | '➕') {
        return None;
    }
    let place = chars.skip(who.unwrap_or(at + 1), 2, |c| c == ' ' || is_colon(c));
    let announced = Announced { place, sure: who.is_some(), attached: false };
    let (end, value, disguised) = id(chars, place, &announced).or_else(|| account(chars, place))?;
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let number = digits == value.len();
    let fits = if number { value.len() < 11 && (who.is_some() || value.len() > 7 && !value.ends_with("000")) } else { digits > 1 };
    let kind = if number { ContactKind::Qq } else { ContactKind::Wechat };
    let disguised = disguised || verb_sign(verb) == Some(true);
    fits.then_some(Contact { kind, start: at as u32, end: end as u32, value, disguised })
}

fn qq_name(chars: Chars<'_>, at: usize) -> Option<Cue> {
    let found = |words: &[&str], trust: Trust, disguised: bool| chars.any(at, words).map(|end| Cue { end, trust, disguised });
    found(&["qq", "q q"], Trust::Sure, false)
        .or_else(|| found(&["扣扣", "抠抠", "叩叩", "扣q", "球球", "🐧"], Trust::Sure, true))
        .or_else(|| found(&["扣群", "扣裙", "企鹅"], Trust::Name, true))
        .or_else(|| found(&["群号"], Trust::Name, false))
        .or_else(|| found(&["裙号", "君羊号"], Trust::Name, true))
        .or_else(|| found(&["群", "q"], Trust::Letter, false))
        .or_else(|| found(&["扣", "裙", "君羊", "㪊"], Trust::Letter, true))
}

/// Words for a text that is to be copied into another program.
const PHRASES: &[&str] = &["复制口令", "复制淘口令", "复制打开", "复制后打开", "淘口令", "吱口令", "抖口令", "京口令"];

/// The same, if a word about that program follows soon.
const COPIES: &[&str] = &["复制这段", "复制这条", "复制此段", "复制此条", "复制此消息", "复制本段", "复制本条", "复制整段"];
const PROGRAMS: &[&str] = &["打开", "淘宝", "天猫", "拼多多", "京东", "抖音", "快手", "浏览器", "app", "手机", "链接"];

/// A text to be copied into another program: the words that say so, or the code between two signs.
fn pass_phrase(chars: Chars<'_>, at: usize) -> Option<Contact> {
    let contact =
        |end: usize| Contact { kind: ContactKind::Code, start: at as u32, end: end as u32, value: chars.text(at, end), disguised: false };
    if let Some(end) = chars.any(at, PHRASES) {
        return chars.any(end, &["是什么", "怎么", "什么", "如何"]).is_none().then(|| contact(end));
    }
    if let Some(end) = chars.any(at, COPIES) {
        return chars.any_before(end + 16, 16, PROGRAMS).then(|| contact(end));
    }
    let sign = chars.at(at);
    if !matches!(sign, '¥' | '£' | '₤' | '$' | '€' | '₳' | '₴' | '¢' | '₰') {
        return None;
    }
    let end = chars.skip(at + 1, 20, |c| c.is_ascii_alphanumeric());
    let has_letter = (at + 1..end).any(|at| chars.at(at).is_ascii_alphabetic());
    (chars.at(end) == sign && (at + 9..=at + 17).contains(&end) && has_letter).then(|| contact(end + 1))
}
