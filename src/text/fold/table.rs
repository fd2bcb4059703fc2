//! What each character of the basic plane folds to, in one flat table that the compiler works out.
//!
//! A cold start pays nothing for it: the lists under `data/fold` are read while compiling, and a page of the table is
//! loaded when a text first needs it. A mistake in a list (two places for one character, a character outside the
//! basic plane, a circle) does not compile.

use super::classes::{INVISIBLE, MARKS, SERIES, TAILS};

/// What the table says of a character.
pub(super) enum Entry {
    Folded(char),
    Dropped,
    /// Nothing: it has to be worked out.
    Rare,
}

/// Signs in the table. They are surrogates, so that they are never taken for a folded character.
const DROPPED: u16 = 0xD800;
const RARE: u16 = 0xD801;

const SIZE: usize = 0x1_0000;

/// By code: the folded character, or one of the two signs above.
static TABLE: [u16; SIZE] = build();

/// Lists of words; in each word the first character is what the others fold to.
const LISTS: [&str; 3] = [
    include_str!("../../../data/fold/traditional.txt"),
    include_str!("../../../data/fold/variants.txt"),
    include_str!("../../../data/fold/lookalikes.txt"),
];

/// Characters that neither NFKC nor lower case changes; those in a list or a class are overwritten.
/// Common ones only: the rest is worked out when it is met, to the same end.
const PLAIN: [(u32, u32); 32] = [
    (0x09, 0x0D),     // white space among the controls
    (0x20, 0x7E),     // ASCII
    (0x85, 0x85),     // next line
    (0xA1, 0xA7),     // ¡ to §
    (0xA9, 0xA9),     // ©
    (0xAB, 0xAC),     // « ¬
    (0xAE, 0xAE),     // ®
    (0xB0, 0xB1),     // ° ±
    (0xB6, 0xB7),     // ¶ ·
    (0xBB, 0xBB),     // »
    (0xBF, 0xBF),     // ¿
    (0xD7, 0xD7),     // ×
    (0xF7, 0xF7),     // ÷
    (0x2010, 0x2010), // hyphen
    (0x2012, 0x2016), // dashes
    (0x2018, 0x2023), // quotation marks, bullets
    (0x2030, 0x2032), // ‰ ‱ ′
    (0x2038, 0x203B), // ※
    (0x20A0, 0x20A7), // currency signs
    (0x20A9, 0x20C0), // currency signs
    (0x2190, 0x2199), // arrows
    (0x2500, 0x2775), // boxes, shapes, signs, dingbats
    (0x2794, 0x27BF), // dingbats
    (0x2B00, 0x2BFF), // arrows, stars
    (0x3001, 0x3029), // Chinese punctuation, Suzhou numerals
    (0x3041, 0x3096), // hiragana
    (0x30A1, 0x30FE), // katakana
    (0x3105, 0x312F), // bopomofo
    (0x3400, 0x9FFF), // Han, hexagrams
    (0xAC00, 0xD7A3), // Hangul
    (0xE000, 0xF8FF), // private use
    (0xFFFD, 0xFFFD), // replacement character
];

/// What a character folds to.
pub(super) fn look_up(c: char) -> Entry {
    look_up_code(u16::try_from(c).unwrap_or(RARE))
}

/// What a code of the basic plane folds to. No character has the code of a sign, so that the place of [`RARE`] itself says so of all
/// above the basic plane.
pub(super) fn look_up_code(code: u16) -> Entry {
    let folded = TABLE[usize::from(code)];
    match char::from_u32(folded.into()) {
        Some(folded) => Entry::Folded(folded),
        None if folded == DROPPED => Entry::Dropped,
        None => Entry::Rare,
    }
}

const fn build() -> [u16; SIZE] {
    let mut table = [RARE; SIZE];
    set_plain(&mut table);
    set_series(&mut table);
    set_dropped(&mut table, &MARKS);
    set_dropped(&mut table, &TAILS);
    set_dropped(&mut table, &INVISIBLE);
    set_spaces(&mut table);
    let mut at = 0;
    while at < LISTS.len() {
        set_list(&mut table, LISTS[at].as_bytes());
        at += 1;
    }
    follow(&mut table);
    table
}

const fn set_plain(table: &mut [u16; SIZE]) {
    let mut at = 0;
    while at < PLAIN.len() {
        let (mut code, last) = PLAIN[at];
        while code <= last {
            table[code as usize] = lower(code);
            code += 1;
        }
        at += 1;
    }
}

const fn set_series(table: &mut [u16; SIZE]) {
    let mut at = 0;
    while at < SERIES.len() {
        let (first, length, target) = SERIES[at];
        let mut step = 0;
        while step < length && first + step < SIZE as u32 {
            table[(first + step) as usize] = lower(target as u32 + step);
            step += 1;
        }
        at += 1;
    }
}

const fn set_dropped(table: &mut [u16; SIZE], ranges: &[(u32, u32)]) {
    let mut at = 0;
    while at < ranges.len() {
        let (mut code, last) = ranges[at];
        while code <= last && code < SIZE as u32 {
            table[code as usize] = DROPPED;
            code += 1;
        }
        at += 1;
    }
}

/// The blanks that look like nothing else; the others go through NFKC.
const fn set_spaces(table: &mut [u16; SIZE]) {
    table[0x00A0] = 0x20;
    table[0x2800] = 0x20; // the empty braille cell
    table[0x3000] = 0x20;
}

/// Reads one list: lines, `#` comments, words.
const fn set_list(table: &mut [u16; SIZE], list: &[u8]) {
    let mut at = 0;
    let mut target = 0;
    while at < list.len() {
        match list[at] {
            b'#' if target == 0 => {
                while list[at] != b'\n' {
                    at += 1;
                }
            }
            b' ' | b'\n' => {
                target = 0;
                at += 1;
            }
            _ => {
                let (code, next) = decode(list, at);
                if target == 0 {
                    target = code;
                } else {
                    set_once(table, code, target);
                }
                at = next;
            }
        }
    }
}

const fn set_once(table: &mut [u16; SIZE], from: u16, to: u16) {
    let old = table[from as usize];
    assert!(old == RARE || old == from, "a character folded twice");
    assert!(from != to, "a character folded to itself");
    table[from as usize] = to;
}

/// Closes chains: what a character folds to folds to itself. Asked for by idempotence.
const fn follow(table: &mut [u16; SIZE]) {
    let mut code = 0;
    while code < SIZE {
        let mut steps = 0;
        while table[code] != DROPPED && table[code] != RARE {
            let next = table[table[code] as usize];
            if next == table[code] {
                break;
            }
            assert!(next != DROPPED, "a character folded to an invisible one");
            assert!(next != RARE, "a character folded to one not in the table");
            assert!(steps < 8, "characters folded in a circle");
            table[code] = next;
            steps += 1;
        }
        code += 1;
    }
}

const fn lower(code: u32) -> u16 {
    match code {
        0x41..=0x5A => code as u16 + 0x20,
        _ => code as u16,
    }
}

/// The character of the basic plane at `at`, and where the next one starts.
const fn decode(text: &[u8], at: usize) -> (u16, usize) {
    let lead = text[at] as u16;
    match lead {
        0..=0x7F => (lead, at + 1),
        0xC0..=0xDF => ((lead & 0x1F) << 6 | tail(text, at + 1), at + 2),
        0xE0..=0xEF => {
            let code = lead << 12 | tail(text, at + 1) << 6 | tail(text, at + 2);
            (code, at + 3)
        }
        _ => panic!("a character outside the basic plane in a list"),
    }
}

const fn tail(text: &[u8], at: usize) -> u16 {
    (text[at] & 0x3F) as u16
}
