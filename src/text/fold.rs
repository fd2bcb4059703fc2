//! The form of a text in which terms are looked for, with the way back to its bytes.
//!
//! Terms and texts go through the same function, character by character:
//!
//! 1. What shows nothing is dropped: zero-width and bidirectional signs, controls, variation selectors, tags, fillers.
//! 2. So are accents, overlays, the enclosing keycap, skin tones.
//! 3. Letters and digits in rings, squares, brackets, full width, mathematical styles and other scripts' digits become
//!    plain ones, the rest goes through NFKC (without accents).
//! 4. Traditional and variant characters become simplified ones, letters that look like a Latin one become it.
//! 5. Capitals become small.
//!
//! The result folds to itself. It is for comparing only: `著作` becomes `着作`, Russian becomes unreadable. People are
//! shown the source, through [`Folded::source_range`]. Numerals of Chinese (一, 壹) stay; what stands for a word by its
//! sound or by a picture is no matter of single characters and is left to the terms.

mod classes;
mod rare;
mod table;

use std::ops::Range;

/// One source character, folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    /// Nothing is left of it.
    Dropped,
    /// One character, mostly itself.
    One(char),
    /// The first so many of these. Of a longer spelling four are kept; only some Japanese words in one sign (㌖),
    /// two units (㎮) and two Arabic phrases (ﷺ) have one.
    Many([char; 4], u8),
}

/// Folds one character; neighbours have no say in it.
pub(crate) fn fold_char(c: char) -> Fold {
    match table::look_up(c) {
        table::Entry::Folded(folded) => Fold::One(folded),
        table::Entry::Dropped => Fold::Dropped,
        table::Entry::Rare => rare::fold(c),
    }
}

/// Folds a text whose places do not matter, such as a term.
pub(crate) fn fold_text(text: &str) -> String {
    Folded::of(text).chars().iter().collect()
}

/// A folded text that knows where in its source each of its characters comes from.
///
/// Places are kept in 32 bits: of a text above 4 GiB what comes later all points there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folded {
    /// The first `length` are the text; behind them is room.
    chars: Vec<char>,
    /// By folded character: where its source character starts, in bytes. As many as `chars`.
    starts: Vec<u32>,
    length: usize,
}

impl Folded {
    pub(crate) fn of(text: &str) -> Folded {
        let mut folded = Folded::default();
        folded.fill(text);
        folded
    }

    /// Folds another text into the same buffers.
    pub(crate) fn fill(&mut self, text: &str) {
        self.clear();
        self.chars.reserve(text.len().saturating_sub(self.chars.len()));
        self.starts.reserve(text.len().saturating_sub(self.starts.len()));
        self.fold_on(text, 0, usize::MAX);
    }

    /// Forgets the text.
    pub(super) fn clear(&mut self) {
        self.length = 0;
    }

    /// Folds on from byte `at` of the text until there are `most` characters; gives the byte after the last it looked at.
    /// A spelling is not cut: there may be three more.
    pub(super) fn fold_on(&mut self, text: &str, at: usize, most: usize) -> usize {
        let mut at = at;
        while at < text.len() && self.length < most {
            let length = self.length;
            let room = (most - length).min(text.len() - at).min(ROOM);
            self.make_room(length + room);
            let (taken, next) = fold_plain(text, at, &mut self.chars[length..length + room], &mut self.starts[length..length + room]);
            self.length += taken;
            at = next;
            if taken < room {
                at += self.push_rare(text, at);
            }
        }
        at
    }

    /// Makes room for so many characters.
    fn make_room(&mut self, count: usize) {
        if self.chars.len() < count {
            self.chars.resize(count, '\0');
            self.starts.resize(count, 0);
        }
    }

    /// Forgets the first characters, so that others may be folded on.
    pub(super) fn forget(&mut self, count: usize) {
        self.chars.copy_within(count..self.length, 0);
        self.starts.copy_within(count..self.length, 0);
        self.length -= count;
    }

    pub(crate) fn chars(&self) -> &[char] {
        &self.chars[..self.length]
    }

    fn starts(&self) -> &[u32] {
        &self.starts[..self.length]
    }

    /// The bytes of `text`, which is the text that was folded, for the folded characters `from..to`: whole
    /// characters, with the accents, joiners and variation selectors that belong to the last of them.
    /// Nothing that is dropped before the first character is in it.
    pub(crate) fn source_range(&self, text: &str, from: usize, to: usize) -> Range<usize> {
        let to = to.min(self.length);
        let start = self.start(text, from);
        if from >= to {
            return start..start;
        }
        let last = self.start(text, to - 1);
        let mut rest = text.get(last..).unwrap_or_default().chars();
        rest.next();
        let tail = rest.as_str().trim_start_matches(rare::is_tail);
        start..text.len() - tail.len()
    }

    fn start(&self, text: &str, index: usize) -> usize {
        self.starts().get(index).map_or(text.len(), |start| *start as usize)
    }

    /// The character at byte `at`, which the table does not know; gives its length.
    #[cold]
    fn push_rare(&mut self, text: &str, at: usize) -> usize {
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { return 0 };
        match rare::fold(c) {
            Fold::Dropped => {}
            Fold::One(c) => self.push(&[c], at),
            Fold::Many(chars, length) => self.push(&chars[..length.into()], at),
        }
        c.len_utf8()
    }

    fn push(&mut self, chars: &[char], start: usize) {
        let end = self.length + chars.len();
        self.make_room(end);
        self.chars[self.length..end].copy_from_slice(chars);
        self.starts[self.length..end].fill(narrow(start));
        self.length = end;
    }
}

/// Characters that room is made for at once.
const ROOM: usize = 4096;

fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Folds what the table knows, from byte `at` on, until there is no room or something else comes; gives how many characters there
/// are, and where it stopped. The text is decoded by hand: this is the loop in which a large input spends its time.
fn fold_plain(text: &str, at: usize, chars: &mut [char], starts: &mut [u32]) -> (usize, usize) {
    let mut rest = text.as_bytes().get(at..).unwrap_or_default();
    let mut taken = 0;
    for (place, start) in chars.iter_mut().zip(starts) {
        loop {
            let (code, tail) = match rest {
                [a @ 0xE0..=0xEF, b, c, tail @ ..] => (u16::from(*a) << 12 | u16::from(b & 0x3F) << 6 | u16::from(c & 0x3F), tail),
                [a @ ..=0x7F, tail @ ..] => (u16::from(*a), tail),
                [a @ 0xC0..=0xDF, b, tail @ ..] => (u16::from(a & 0x1F) << 6 | u16::from(b & 0x3F), tail),
                _ => return (taken, text.len() - rest.len()),
            };
            match table::look_up_code(code) {
                table::Entry::Folded(folded) => {
                    (*place, *start) = (folded, narrow(text.len() - rest.len()));
                    rest = tail;
                    break;
                }
                table::Entry::Dropped => rest = tail,
                table::Entry::Rare => return (taken, text.len() - rest.len()),
            }
        }
        taken += 1;
    }
    (taken, text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::rare::is_mark;
    use super::*;
    use proptest::prelude::*;
    use std::iter::once;
    use unicode_normalization::UnicodeNormalization;

    /// Frequent characters and those of everyday trade; none of them is in a list.
    const SIMPLIFIED: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种\
        面而方后多定行学法所民得经十三之进等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因\
        由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月\
        公无系军很情者最立代想已通并提直题程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见\
        计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶\
        油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才\
        科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千\
        周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养\
        易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严微商朋友圈红包转账贷款发票赚钱赌博刷单兼职优惠券";

    fn folds(text: &str, folded: &str) {
        assert_eq!(fold_text(text), folded, "{text}");
    }

    #[test]
    fn what_shows_nothing_is_dropped() {
        folds("加\u{200b}微\u{2060}信", "加微信");
        folds("加\u{202e}微\u{2066}信\u{feff}", "加微信");
        folds("微\u{ad}信\u{e0041}\u{fe0f}\u{e0100}\u{3164}\u{8}\u{7f}", "微信");
    }

    #[test]
    fn accents_overlays_and_skin_tones_are_dropped() {
        folds("v\u{336}x\u{20dd} é e\u{301} Ǖ", "vx e e u");
        folds("👍🏻👩\u{200d}💻", "👍👩💻");
    }

    #[test]
    fn styles_of_letters_and_digits_become_plain() {
        folds("𝕧𝟞𝟠點𝕧𝕚𝕡", "v68点vip");
        folds("🅅68點🅅🄸🄿", "v68点vip");
        folds("1️⃣3️⃣8️⃣", "138");
        folds("qs⓷⓺s.𝕥𝕠𝕡", "qs36s.top");
        folds("ＶＸ：１３８　ⓥⓧ🅥🅧🆅🆇🇻🇽", "vx:138 vxvxvxvx");
        folds("⒱⒳🄥🄧🅪", "vxvxmc");
        folds("①⑴⒈❶➀➊⓵¹₁𝟏🄂١१๑", "11111111111111");
        folds("⓪⓿🄀🄋🄌", "00000");
    }

    #[test]
    fn several_letters_or_digits_in_one_sign_are_spelt() {
        folds("⑫⑿⒓⓬ ❿➉➓⓾🔟", "12121212 1010101010");
        folds("㈠㊀🉀㊙🈲㍿", "一一本秘禁株式会社");
        folds("🆔🆓🆕🆎…Ⅷⅴ㎏½", "idfreenewab...viiivkg1⁄2");
    }

    #[test]
    fn a_spelling_longer_than_four_is_cut() {
        assert_eq!(fold_char('㌖'), Fold::Many(['キ', 'ロ', 'メ', 'ー'], 4));
    }

    #[test]
    fn han_becomes_simplified() {
        folds("賭博賣藥療效貸款發票證件買單開戶線上", "赌博卖药疗效贷款发票证件买单开户线上");
        folds("妳帳賬账帐羣群衞卫點点著着麼𠮷", "你账账账账群群卫卫点点着着么吉");
        folds("売薬発図価広気銭", "卖药发图价广气钱");
        folds("⻓⻔⾧⽼⿓老\u{f9b4}", "长门长老龙老领");
    }

    #[test]
    fn chains_are_closed() {
        folds("乾隆 徵 瞭 著 藉 薴 鉱", "干隆 征 了 着 借 苎 矿");
    }

    #[test]
    fn look_alike_letters_become_latin() {
        folds("Ѵх ѵΧ ᴠᴡ ɡɑ Ꮩꮩ ωｅіхіո ₘʷ", "vx vx vw ga vv weixin mw");
        folds("АаВвΗηΝν ĐđŁłØø Ǭǫ", "aabbhnnv ddlloo qq");
    }

    #[test]
    fn what_is_no_matter_of_single_characters_stays() {
        folds("一二三壹贰叁 ❤️🍠➕ 。·×〇", "一二三壹贰叁 ❤🍠➕ 。·×〇");
    }

    #[test]
    fn simplified_chinese_stays() {
        folds(SIMPLIFIED, SIMPLIFIED);
    }

    #[test]
    fn the_way_back_covers_whole_characters() {
        let text = "加\u{200b}微\u{fe0f}\u{200d}\u{200b}信";
        let folded = Folded::of(text);
        assert_eq!(folded.chars(), ['加', '微', '信']);
        assert_eq!(&text[folded.source_range(text, 0, 1)], "加");
        assert_eq!(&text[folded.source_range(text, 1, 2)], "微\u{fe0f}\u{200d}");
        assert_eq!(&text[folded.source_range(text, 0, 3)], text);
    }

    #[test]
    fn the_way_back_takes_a_keycap_whole() {
        let text = "\u{fe0f}⑫🆓1️⃣。";
        let folded = Folded::of(text);
        assert_eq!(&text[folded.source_range(text, 0, 1)], "⑫");
        assert_eq!(&text[folded.source_range(text, 1, 4)], "⑫🆓");
        assert_eq!(&text[folded.source_range(text, 6, 7)], "1️⃣");
        let nothing = text.len()..text.len();
        assert_eq!(folded.source_range(text, 9, 12), nothing);
    }

    /// Folding as it is meant: one character after the other.
    fn folded_slowly(text: &str) -> (Vec<char>, Vec<u32>) {
        let spelt = |(start, c): (usize, char)| {
            let chars = match fold_char(c) {
                Fold::Dropped => Vec::new(),
                Fold::One(c) => vec![c],
                Fold::Many(chars, length) => chars[..length.into()].to_vec(),
            };
            chars.into_iter().map(move |c| (c, start as u32))
        };
        text.char_indices().flat_map(spelt).unzip()
    }

    #[test]
    fn every_character_is_decoded() {
        let text: String = all_chars().collect();
        let folded = Folded::of(&text);
        assert_eq!((folded.chars().to_vec(), folded.starts().to_vec()), folded_slowly(&text));
    }

    #[test]
    fn a_block_may_end_with_a_spelling() {
        let text = "a🆓🔟".repeat(100);
        assert_eq!(fold_text(&text), "afree10".repeat(100));
    }

    /// All but the planes that nothing is assigned in.
    fn all_chars() -> impl Iterator<Item = char> {
        ('\0'..='\u{3ffff}').chain('\u{e0000}'..='\u{e0fff}')
    }

    #[test]
    fn every_character_folds_to_characters_that_stay() {
        for c in all_chars() {
            let once = fold_text(c.encode_utf8(&mut [0; 4]));
            assert_eq!(fold_text(&once), once, "{c} U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn every_tail_is_dropped() {
        for c in all_chars().filter(|c| rare::is_tail(*c)) {
            assert_eq!(fold_char(c), Fold::Dropped, "U+{:04X}", u32::from(c));
        }
    }

    /// The table claims of many characters that nothing changes them, and knows some compatibility forms by heart.
    #[test]
    fn what_is_known_by_heart_is_what_nfkc_says() {
        for c in all_chars() {
            let spelt: String = once(c).nfkd().filter(|c| !is_mark(*c)).nfc().collect();
            let folded = fold_text(c.encode_utf8(&mut [0; 4]));
            if spelt == c.to_string() {
                assert!(folded != spelt || c.to_lowercase().eq([c]), "{c}");
                continue;
            }
            if "ǪǫǬǭ".contains(c) {
                continue; // with their tails they look like another letter
            }
            let want = fold_text(&spelt);
            let bare = want.replace(['(', ')', '.', ',', '〔', '〕'], "");
            let cut: String = want.chars().take(4).collect();
            assert!(folded == cut || folded == bare, "{c} U+{:04X} {folded}", u32::from(c));
        }
    }

    fn odd_text() -> impl Strategy<Value = String> {
        let odd: Vec<char> = "加微信點点⑫🆓…㌖ﷺé\u{301}\u{200b}\u{200d}\u{fe0f}\u{20e3}1９Ѵ👩🏻💻🇨🇳㈠ a".chars().collect();
        let one = prop_oneof![3 => prop::sample::select(odd), 1 => any::<char>()];
        prop::collection::vec(one, 0..200).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in odd_text()) {
            let once = fold_text(&text);
            prop_assert_eq!(fold_text(&once), once);
        }

        #[test]
        fn ranges_lie_in_the_text_and_never_go_back(text in odd_text()) {
            let folded = Folded::of(&text);
            let count = folded.chars().len();
            for from in 0..count {
                for to in from + 1..=(from + 3).min(count) {
                    let range = folded.source_range(&text, from, to);
                    prop_assert!(text.get(range.clone()).is_some_and(|source| !source.is_empty()));
                    let next = folded.source_range(&text, from + 1, to + 1);
                    prop_assert!(range.start <= next.start && range.end <= next.end);
                }
            }
        }

        #[test]
        fn a_range_folds_to_what_it_stands_for(text in odd_text()) {
            let folded = Folded::of(&text);
            for (at, c) in folded.chars().iter().enumerate() {
                let source = &text[folded.source_range(&text, at, at + 1)];
                let again = Folded::of(source);
                prop_assert!(again.chars().contains(c));
                prop_assert_eq!(again.source_range(source, 0, 1), 0..source.len());
            }
        }

        #[test]
        fn small_ascii_stays(text in "[ -@\\[-~\\t\\r\\n]*") {
            prop_assert_eq!(fold_text(&text), text);
        }

        #[test]
        fn folding_is_the_same_in_pieces(text in odd_text(), most in 1usize..9, kept in 0usize..9) {
            let (mut window, mut at) = (Folded::default(), 0);
            let (mut chars, mut starts) = (Vec::new(), Vec::new());
            while at < text.len() {
                let old = window.length;
                at = window.fold_on(&text, at, old + most);
                chars.extend_from_slice(&window.chars()[old..]);
                starts.extend_from_slice(&window.starts()[old..]);
                window.forget(window.length.saturating_sub(kept));
            }
            prop_assert_eq!((chars, starts), folded_slowly(&text));
        }

        #[test]
        fn filling_again_is_folding_anew(first in odd_text(), second in odd_text()) {
            let mut folded = Folded::of(&first);
            folded.fill(&second);
            let anew = Folded::of(&second);
            prop_assert_eq!(folded.chars(), anew.chars());
            prop_assert_eq!(folded.starts(), anew.starts());
        }
    }
}
