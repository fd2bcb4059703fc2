//! What the table does not hold: compatibility forms by NFKC, capitals, squared words, everything above the basic plane.

use super::Fold;
use super::classes::{INVISIBLE, MARKS, SERIES, TAILS, within};
use super::table::{Entry, look_up};
use std::iter::once;
use unicode_normalization::UnicodeNormalization;

/// Signs that hold several letters or digits and that NFKC leaves as they are.
const SQUARED: [(char, &str); 31] = [
    ('\u{2026}', "..."), // NFKC says the same; it is too common to ask
    ('⓫', "11"),
    ('⓬', "12"),
    ('⓭', "13"),
    ('⓮', "14"),
    ('⓯', "15"),
    ('⓰', "16"),
    ('⓱', "17"),
    ('⓲', "18"),
    ('⓳', "19"),
    ('⓴', "20"),
    ('⓾', "10"),
    ('❿', "10"),
    ('➉', "10"),
    ('➓', "10"),
    ('🔟', "10"),
    ('🄌', "0"),
    ('🆊', "p"),
    ('🆋', "ic"),
    ('🆎', "ab"),
    ('🆏', "wc"),
    ('🆑', "cl"),
    ('🆒', "cool"),
    ('🆓', "free"),
    ('🆔', "id"),
    ('🆕', "new"),
    ('🆖', "ng"),
    ('🆗', "ok"),
    ('🆘', "sos"),
    ('🆙', "up"),
    ('🆚', "vs"),
];

/// Where NFKC writes brackets or a full stop around what is meant: ⑽ ⒑ ㈠ 🉀.
const BRACKETED: [(u32, u32); 5] = [(0x247D, 0x249B), (0x3200, 0x321E), (0x3220, 0x3243), (0x1_F12A, 0x1_F12A), (0x1_F240, 0x1_F248)];

/// Pictures and Han above the basic plane, which stay as they are.
const PLAIN_ABOVE: [(u32, u32); 4] = [
    (0x1_F300, 0x1_F3FA),
    (0x1_F400, 0x1_F51E), // 🔟 is next
    (0x1_F520, 0x1_FAFF),
    (0x2_0000, 0x2_F7FF),
];

/// Folds a character that the table does not hold.
pub(super) fn fold(c: char) -> Fold {
    if c > '\u{FFFF}'
        && let Some(folded) = fold_above(c)
    {
        return folded;
    }
    match SQUARED.iter().find(|(sign, _)| *sign == c) {
        Some((_, word)) => collect(word.chars()),
        None => spell(c),
    }
}

/// Folds a character above the basic plane, if a class or a list says how.
fn fold_above(c: char) -> Option<Fold> {
    let code = u32::from(c);
    if c == '𠮷' {
        return Some(Fold::One('吉'));
    }
    if within(&PLAIN_ABOVE, code) {
        return Some(Fold::One(c));
    }
    if is_tail(c) || within(&INVISIBLE, code) {
        return Some(Fold::Dropped);
    }
    let letter = SERIES.iter().find_map(|series| nth(*series, code))?;
    Some(Fold::One(letter))
}

/// Folds a character by what NFKC writes for it, accents left out.
fn spell(c: char) -> Fold {
    let bracketed = within(&BRACKETED, c.into());
    let spelt = once(c).nfkd().filter(|c| !is_mark(*c)).nfc();
    collect(spelt.filter(|c| !(bracketed && matches!(c, '(' | ')' | '.' | '〔' | '〕'))).filter_map(settle))
}

/// Whether `c` belongs to the character before it, as an accent or an emoji's tail does.
pub(super) fn is_tail(c: char) -> bool {
    let code = u32::from(c);
    code >= MARKS[0].0 && (within(&MARKS, code) || within(&TAILS, code))
}

pub(super) fn is_mark(c: char) -> bool {
    within(&MARKS, c.into())
}

/// The letter that `code` stands for as a member of a series.
fn nth((first, length, target): (u32, u32, char), code: u32) -> Option<char> {
    let step = code.checked_sub(first).filter(|step| *step < length)?;
    char::from_u32(u32::from(target) + step)
}

/// What becomes of a character that NFKC has written: the table says, or says of its small form.
fn settle(c: char) -> Option<char> {
    let small = lower(c);
    match (look_up(c), look_up(small)) {
        (Entry::Folded(folded), _) | (Entry::Rare, Entry::Folded(folded)) => Some(folded),
        (Entry::Dropped, _) | (Entry::Rare, Entry::Dropped) => None,
        (Entry::Rare, Entry::Rare) => Some(small),
    }
}

/// The small form, where it is one character.
fn lower(c: char) -> char {
    let mut small = c.to_lowercase();
    match (small.next(), small.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

fn collect(folded: impl Iterator<Item = char>) -> Fold {
    let mut chars = ['\0'; 4];
    let mut length = 0;
    for (place, c) in chars.iter_mut().zip(folded) {
        *place = c;
        length += 1;
    }
    match length {
        0 => Fold::Dropped,
        1 => Fold::One(chars[0]),
        _ => Fold::Many(chars, length),
    }
}
