//! Text from outside, made fit to be shown: nothing in it acts on a terminal, hides, or turns a line round.
//!
//! A draft may hold escape sequences, marks that reverse a line, or characters nobody can see. Each of them is shown
//! as a sign: `␛` for a control character that has a picture, `⟨U+200B⟩` for everything else. What belongs to an emoji
//! is not hidden text: [`visible`] leaves it, [`Cells`] drops it, because a terminal and `unicode-width`
//! agree on the width of 👨 and of 👧, not on the width of both joined.

use std::borrow::Cow;
use unicode_width::UnicodeWidthChar;

/// Spaces a tab is shown as in a source line.
const TAB: &str = "    ";

/// Cells of the widest sign, `⟨U+E0001⟩` with a sixth digit.
const SIGN: usize = 10;

const ZERO_WIDTH_JOINER: char = '\u{200D}';
const KEYCAP: char = '\u{20E3}';

/// The text with a sign for every character that acts or cannot be seen; emoji stay whole.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if first_stop(text, &STOPS, hidden).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (_, c, look) in looks(text) {
        match look {
            Look::Plain | Look::Joint => out.push(c),
            Look::Sign => push_sign(&mut out, c),
        }
    }
    Cow::Owned(out)
}

/// At most `most` characters of the text, made visible.
pub fn clipped(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((cut, _)) => Cow::Owned(visible(&text[..cut]).into_owned() + "…"),
        None => visible(text),
    }
}

/// Whether a character acts on a terminal, or changes or joins what is shown without being seen itself.
pub(super) fn hidden(c: char) -> bool {
    match c {
        ' '..='~' => false,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' => true,
        '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => true,
        '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' => true,
        '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}' => true,
        c => c.is_control(),
    }
}

/// Whether a [`hidden`] character may begin with a byte. Hardly any character of a Chinese text begins so, and no byte inside one
/// looks so: bytes can be looked at one by one.
pub(super) const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        stops[byte] = matches!(byte, 0..=0x1F | 0x7F | 0xC2 | 0xCD | 0xD8 | 0xE1..=0xE3 | 0xEF | 0xF0 | 0xF3);
        byte += 1;
    }
    stops
};

/// The first character that begins with a byte to stop at and is `wanted`.
#[inline]
pub(super) fn first_stop(text: &str, stops: &[bool; 256], wanted: impl Fn(char) -> bool) -> Option<(usize, char)> {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| stops[usize::from(byte)]) {
        rest = &rest[at..];
        let c = rest.chars().next()?;
        if wanted(c) {
            return Some((text.len() - rest.len(), c));
        }
        rest = &rest[c.len_utf8()..];
    }
    None
}

/// The most cells a character can take in [`Cells`].
pub(super) fn most_cells(c: char) -> usize {
    match c {
        '\t' => TAB.len(),
        c if hidden(c) => SIGN,
        c => c.width().unwrap_or(0),
    }
}

/// A source line as it is printed, in which every character takes the cells that `unicode-width` says.
pub(super) struct Cells {
    /// What to print.
    pub text: String,
    /// Where each character of the line was, and where its printed form starts.
    starts: Vec<(usize, usize)>,
}

impl Cells {
    /// The printed form of a line, or of a piece of one.
    pub(super) fn of(line: &str) -> Cells {
        let mut text = String::with_capacity(line.len());
        let mut starts = Vec::with_capacity(line.len() / 2);
        for (at, c, look) in looks(line) {
            starts.push((at, text.len()));
            match look {
                Look::Plain => text.push(one_cell(c)),
                Look::Joint => {}
                Look::Sign if c == '\t' => text.push_str(TAB),
                Look::Sign => push_sign(&mut text, c),
            }
        }
        starts.push((line.len(), text.len()));
        Cells { text, starts }
    }

    /// Where the character at byte `at` of the line is printed.
    pub(super) fn at(&self, at: usize) -> usize {
        let next = self.starts.partition_point(|(start, _)| *start < at);
        self.starts.get(next).map_or(self.text.len(), |(_, printed)| *printed)
    }
}

/// Sound marks of half-width kana, as in (ﾟ∀ﾟ), take a cell in every terminal but none in the tables miette uses.
fn one_cell(c: char) -> char {
    match c {
        'ﾞ' => '″',
        'ﾟ' => '°',
        c => c,
    }
}

/// How a character is shown where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// As it is.
    Plain,
    /// Part of the emoji before it.
    Joint,
    /// As a sign.
    Sign,
}

/// What a joining character would join itself to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Picture,
    /// A digit, `#` or `*`, which a keycap may follow.
    Key,
    Other,
}

/// Every character of the text, where it is and how it is shown.
fn looks(text: &str) -> impl Iterator<Item = (usize, char, Look)> {
    let mut before = Before::Other;
    text.char_indices().map(move |(at, c)| {
        let next = text[at + c.len_utf8()..].chars().next();
        let look = look(before, c, next);
        before = match look {
            Look::Joint => before,
            Look::Plain if picture(c) => Before::Picture,
            Look::Plain if matches!(c, '0'..='9' | '#' | '*') => Before::Key,
            Look::Plain | Look::Sign => Before::Other,
        };
        (at, c, look)
    })
}

fn look(before: Before, c: char, next: Option<char>) -> Look {
    let joins = match (before, c) {
        (Before::Picture, '\u{FE0E}' | '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}') => true,
        (Before::Picture, ZERO_WIDTH_JOINER) => next.is_some_and(picture),
        (Before::Key, '\u{FE0F}') => next == Some(KEYCAP),
        (Before::Key, KEYCAP) => true,
        _ => false,
    };
    match joins {
        true => Look::Joint,
        false if hidden(c) || c == KEYCAP => Look::Sign,
        false => Look::Plain,
    }
}

/// Whether an emoji may start with this character.
fn picture(c: char) -> bool {
    matches!(c, '©' | '®' | '\u{203C}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}' | '\u{1F000}'..='\u{1FAFF}')
}

fn push_sign(out: &mut String, c: char) {
    let picture = match c {
        '\0'..='\x1F' => char::from_u32(0x2400 + u32::from(c)),
        '\x7F' => Some('␡'),
        _ => None,
    };
    match picture {
        Some(picture) => out.push(picture),
        None => push_number(out, u32::from(c)),
    }
}

/// `⟨U+200B⟩`, with four digits or more.
fn push_number(out: &mut String, number: u32) {
    let digits = (8 - number.leading_zeros() / 4).max(4);
    let digit = |at: u32| char::from_digit(number >> (4 * at) & 15, 16).map(|digit| digit.to_ascii_uppercase());
    out.push_str("⟨U+");
    out.extend((0..digits).rev().filter_map(digit));
    out.push('⟩');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_or_hides_becomes_a_sign() {
        assert_eq!(visible("a\x1b[31m\u{9b}b\u{202E}c\x7f\n"), "a␛[31m⟨U+009B⟩b⟨U+202E⟩c␡␊");
        assert_eq!(visible("办\u{200B}证\u{AD}\u{E0041}"), "办⟨U+200B⟩证⟨U+00AD⟩⟨U+E0041⟩");
        assert!(matches!(visible("加微信 ＡＢＣ 😀"), Cow::Borrowed(_)));
    }

    #[test]
    fn hidden_characters_are_found_by_their_first_byte() {
        for c in (0..=0x10FFFF).filter_map(char::from_u32) {
            assert_eq!(first_stop(&format!("加a{c}微"), &STOPS, hidden).is_some(), hidden(c), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn joiners_are_signs_unless_they_join_an_emoji() {
        let family = "👨\u{200D}👩\u{200D}👧 👍🏽 ❤\u{FE0F} 1\u{FE0F}\u{20E3}";
        assert_eq!(visible(family), family);
        assert_eq!(Cells::of(family).text, "👨👩👧 👍 ❤ 1");
        assert_eq!(visible("微\u{200D}信"), "微⟨U+200D⟩信");
        assert_eq!(visible("1\u{200D}3\u{FE0F}8"), "1⟨U+200D⟩3⟨U+FE0F⟩8");
        assert_eq!(visible("👨\u{200D}信"), "👨⟨U+200D⟩信");
    }

    #[test]
    fn cells_lead_from_the_line_to_what_is_printed() {
        let line = "\t❤\u{FE0F}办\u{200B}证";
        let cells = Cells::of(line);
        let printed = |word: &str| cells.at(line.find(word).unwrap_or(0));
        assert_eq!(cells.text, "    ❤办⟨U+200B⟩证");
        assert_eq!(&cells.text[printed("办")..cells.at(line.len())], "办⟨U+200B⟩证");
        assert_eq!(&cells.text[printed("证")..], "证");
        assert_eq!(printed("\u{FE0F}"), printed("办"));
    }

    #[test]
    fn no_character_takes_more_than_most_cells() {
        for c in (0..=0x10FFFF).filter_map(char::from_u32) {
            let width: usize = Cells::of(&c.to_string()).text.chars().filter_map(UnicodeWidthChar::width).sum();
            assert!(width <= most_cells(c).max(SIGN * usize::from(c == KEYCAP)), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn long_text_is_clipped() {
        assert_eq!(clipped("加微信领资料", 3), "加微信…");
        assert_eq!(clipped("加微信", 3), "加微信");
    }
}
