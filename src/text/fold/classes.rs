//! The runs of characters that vanish when folded, or that spell letters or digits in order.

/// Accents, overlays, the enclosing keycap: they sit on the character before them.
pub(super) const MARKS: [(u32, u32); 6] =
    [(0x0300, 0x036F), (0x0483, 0x0489), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F)];

/// What else belongs to the character before it: joiner, variation selectors, skin tones, the letters of a tag.
pub(super) const TAILS: [(u32, u32); 6] = [
    (0x180B, 0x180F), // the Mongolian ones, and the vowel separator
    (0x200D, 0x200D),
    (0xFE00, 0xFE0F),
    (0x1_F3FB, 0x1_F3FF),
    (0xE_0020, 0xE_007F),
    (0xE_0100, 0xE_01EF),
];

/// What shows nothing by itself: controls, fillers, zero-width and bidirectional signs.
pub(super) const INVISIBLE: [(u32, u32); 18] = [
    (0x00, 0x08),
    (0x0E, 0x1F),
    (0x7F, 0x84),
    (0x86, 0x9F),
    (0xAD, 0xAD),         // soft hyphen
    (0x061C, 0x061C),     // Arabic letter mark
    (0x115F, 0x1160),     // Hangul fillers
    (0x17B4, 0x17B5),     // Khmer inherent vowels
    (0x200B, 0x200F),     // zero-width space and joiners, direction marks
    (0x202A, 0x202E),     // embeddings, overrides
    (0x2060, 0x206F),     // word joiner, invisible operators, isolates
    (0x3164, 0x3164),     // Hangul filler
    (0xFEFF, 0xFEFF),     // byte order mark
    (0xFFA0, 0xFFA0),     // half-width Hangul filler
    (0xFFF0, 0xFFFB),     // reserved ones, interlinear annotation
    (0x1_BCA0, 0x1_BCA3), // shorthand format controls
    (0x1_D173, 0x1_D17A), // musical format controls
    (0xE_0000, 0xE_0FFF), // tags, variation selectors
];

/// A run of characters, the length of it, and what the first of them stands for.
pub(super) type Series = (u32, u32, char);

/// Letters and digits in order: rings, squares, brackets, full width, the digits of other scripts.
/// NFKC knows some of these; here it is not asked.
pub(super) const SERIES: [Series; 39] = [
    (0x0660, 10, '0'),   // Arabic
    (0x06F0, 10, '0'),   // Persian
    (0x07C0, 10, '0'),   // N'Ko
    (0x0966, 10, '0'),   // Devanagari
    (0x09E6, 10, '0'),   // Bengali
    (0x0A66, 10, '0'),   // Gurmukhi
    (0x0AE6, 10, '0'),   // Gujarati
    (0x0B66, 10, '0'),   // Oriya
    (0x0BE6, 10, '0'),   // Tamil
    (0x0C66, 10, '0'),   // Telugu
    (0x0CE6, 10, '0'),   // Kannada
    (0x0D66, 10, '0'),   // Malayalam
    (0x0E50, 10, '0'),   // Thai
    (0x0ED0, 10, '0'),   // Lao
    (0x0F20, 10, '0'),   // Tibetan
    (0x1040, 10, '0'),   // Myanmar
    (0x17E0, 10, '0'),   // Khmer
    (0x1810, 10, '0'),   // Mongolian
    (0x2460, 9, '1'),    // ①
    (0x2474, 9, '1'),    // ⑴
    (0x2488, 9, '1'),    // ⒈
    (0x249C, 26, 'a'),   // ⒜
    (0x24B6, 26, 'a'),   // Ⓐ
    (0x24D0, 26, 'a'),   // ⓐ
    (0x24EA, 1, '0'),    // ⓪
    (0x24F5, 9, '1'),    // ⓵
    (0x24FF, 1, '0'),    // ⓿
    (0x2776, 9, '1'),    // ❶
    (0x2780, 9, '1'),    // ➀
    (0x278A, 9, '1'),    // ➊
    (0xFF01, 94, '!'),   // full width
    (0x1_F100, 1, '0'),  // 🄀
    (0x1_F101, 10, '0'), // 🄁
    (0x1_F10B, 1, '0'),  // 🄋
    (0x1_F110, 26, 'a'), // 🄐
    (0x1_F130, 26, 'a'), // 🄰
    (0x1_F150, 26, 'a'), // 🅐
    (0x1_F170, 26, 'a'), // 🅰
    (0x1_F1E6, 26, 'a'), // regional indicators
];

/// Whether `code` lies in one of the ranges.
pub(super) const fn within(ranges: &[(u32, u32)], code: u32) -> bool {
    let mut at = 0;
    while at < ranges.len() {
        if ranges[at].0 <= code && code <= ranges[at].1 {
            return true;
        }
        at += 1;
    }
    false
}
