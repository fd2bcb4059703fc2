//! A regular expression on folded texts, made ready when a text holds something it cannot match without.
//!
//! Making hundreds of expressions ready costs more than reading a draft. Most of them need certain literals: 日结, 返利, 元. Those are
//! looked for with all other terms; only where one stands is the expression built and run.

use super::fold::{Fold, fold_char};
use super::literals::Literals;
use super::need::Need;
use super::reading::Reading;
use super::terms::TermsBuilder;
use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};
use std::ops::Range;
use std::sync::OnceLock;

/// Bytes a compiled regular expression may take.
pub(crate) const PATTERN_SIZE: usize = 4 << 20;

/// An expression, and what a text must hold for it to match.
pub(crate) struct Pattern {
    source: String,
    need: Need,
    /// Whether a folded text can match at all.
    possible: bool,
    /// For long texts: slow to build, fast to run.
    regex: OnceLock<Option<Regex>>,
    /// For short texts, if the expression means the same to it: fast to build, slow to run.
    lite: OnceLock<Option<regex_lite::Regex>>,
}

impl Pattern {
    /// An expression that was checked to be right. Where it is known that a text holds what it needs, nobody looks for that again.
    pub(crate) fn new(source: &str, terms: &mut TermsBuilder) -> Pattern {
        if terms.is_of_one_text() {
            let (regex, lite) = (OnceLock::new(), OnceLock::new());
            return Pattern { source: source.to_owned(), need: Need::NOTHING, possible: true, regex, lite };
        }
        let hir = regex_syntax::parse(source).ok();
        let need = hir.as_ref().map_or(Need::NOTHING, |hir| Need::of(&Literals::of(hir), terms));
        let possible = hir.is_some_and(|hir| is_possible(&hir));
        Pattern { source: source.to_owned(), need, possible, regex: OnceLock::new(), lite: OnceLock::new() }
    }

    /// Whether it can match anything once texts are folded: capitals, full width and traditional characters never stand in a
    /// folded text.
    pub(crate) fn can_match(&self) -> bool {
        self.possible
    }

    /// What a text must hold.
    pub(crate) fn need(&self) -> &Need {
        &self.need
    }

    /// Whether a text holds what every match needs.
    pub(crate) fn may_match(&self, reading: &Reading<'_>) -> bool {
        self.need.is_met(reading)
    }

    /// Where it matches, in folded characters; empty matches are none.
    pub(crate) fn matches(&self, reading: &Reading<'_>) -> Vec<Range<u32>> {
        if !self.may_match(reading) {
            return Vec::new();
        }
        if reading.string().len() <= SHORT {
            let lite = self.lite.get_or_init(|| regex_lite::Regex::new(&plain(&self.source).or_else(|| spelt(&self.source))?).ok());
            if let Some(regex) = lite {
                return reading.matches(regex.find_iter(reading.string()).map(|found| found.range()));
            }
        }
        let regex = self.regex.get_or_init(|| RegexBuilder::new(&self.source).size_limit(PATTERN_SIZE).build().ok());
        regex.as_ref().map(|regex| reading.matches(regex.find_iter(reading.string()).map(|found| found.range()))).unwrap_or_default()
    }
}

/// Bytes of a text that a hundred expressions read sooner than they are built for speed.
const SHORT: usize = 4096;

/// An expression as it means the same without the tables of Unicode, if it can be written so: no classes by name, no flags but that
/// of case. In `regex-lite` a boundary is one of ASCII words, and case is a matter of ASCII letters; no other letter that is equal
/// to one of those but for case stands in a folded text.
fn plain(source: &str) -> Option<String> {
    let ascii = source.replace("(?-u:\\b)", BOUNDARY);
    let named = ascii.split('\\').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() && !"nrt".contains(c)));
    let has_case = |c: char| !c.is_ascii() && (c.is_lowercase() || c.is_uppercase());
    let unflagged = ascii.strip_prefix("(?i)").filter(|rest| !rest.contains(has_case)).unwrap_or(&ascii);
    let flags = unflagged.split("(?").skip(1).any(|rest| !rest.starts_with(':'));
    let operators = ["&&", "--", "~~", "[["].iter().any(|operator| ascii.contains(operator));
    (!named && !flags && !operators).then(|| ascii.replace(BOUNDARY, "\\b"))
}

/// The same for any other expression: its classes are spelt out, range by range. A boundary of words of all scripts cannot be.
fn spelt(source: &str) -> Option<String> {
    let hir = regex_syntax::parse(source).ok()?;
    let mut spelt = String::new();
    regex_syntax::hir::print::Printer::new().print(&hir, &mut spelt).ok()?;
    (!hir.properties().look_set().contains_word_unicode()).then(|| spelt.replace("(?-u:\\b)", "\\b"))
}

/// Stands for a boundary; no expression on folded texts holds it.
const BOUNDARY: &str = "\u{0}";

/// Classes above this size hold something that folds to itself.
const LARGE: u32 = 256;

fn is_possible(hir: &Hir) -> bool {
    let stays = |c: char| fold_char(c) == Fold::One(c);
    match hir.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).is_ok_and(|text| text.chars().all(stays)),
        HirKind::Class(Class::Unicode(class)) => {
            let size = |range: &ClassUnicodeRange| u32::from(range.end()) - u32::from(range.start()) + 1;
            class.ranges().iter().any(|range| size(range) > LARGE || (range.start()..=range.end()).any(stays))
        }
        HirKind::Capture(capture) => is_possible(&capture.sub),
        HirKind::Repetition(repetition) => repetition.min == 0 || is_possible(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().all(is_possible),
        HirKind::Alternation(parts) => parts.iter().any(is_possible),
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Bytes(_)) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_read_the_same() {
        let patterns = [
            "[0-9]{2,4}元(?:一|每)?单",
            "加?[薇微威]?信?[a-z0-9]{6,12}",
            "(?:日结|时薪).{0,6}[0-9]+",
            "a|ab|abc",
            "[^元]+元",
            "(?-u:\\b)vx(?-u:\\b)",
            "(?i)VX[^。\n]+",
            "\\.cn$",
        ];
        let texts =
            ["日结200元一单，加薇abc123456", "abcabc", "时薪最高88，元元元", "", "微信号 tea8888888888888 元", "加vx号，vxy。\nvx t.cn"];
        for pattern in patterns {
            for lite in [plain(pattern).expect("plain"), spelt(pattern).expect("spelt")] {
                is_the_same(pattern, &lite, &texts);
            }
        }
        for pattern in [r"\bvx", "a(?i)vx", "(?i)é", r"\d+", r"\s", "[a&&b]"] {
            assert_eq!(plain(pattern), None, "{pattern}");
        }
    }

    fn is_the_same(pattern: &str, lite: &str, texts: &[&str]) {
        let (full, lite) = (Regex::new(pattern).expect("right"), regex_lite::Regex::new(lite).expect("right"));
        for text in texts {
            let full: Vec<Range<usize>> = full.find_iter(text).map(|found| found.range()).collect();
            let lite: Vec<Range<usize>> = lite.find_iter(text).map(|found| found.range()).collect();
            assert_eq!(full, lite, "{pattern} on {text}");
        }
    }

    #[test]
    fn what_has_classes_by_name_is_spelt_out() {
        let texts = [
            "开·票，发！！票 é店",
            "我们家的店\u{85}好店 http://mp.weixin.qq.com/s/a-b?c=1 ",
            "[甲乙]【店】店ab店１ x\u{2028}y",
            "",
            "\n\na-1٣",
        ];
        for pattern in [
            "发\\W{0,3}票|[^一-龥\\w]+",
            "[\\p{Han}a-zA-Z]{2,}(店|馆)",
            "^\\s*https?://mp\\.weixin\\.qq\\.com/\\S*\\s*$|[^\\s,。；]+",
            "【[^】]{2,}】|\\[[^\\]]{2,}\\]",
            "(?-u:\\b)\\d+(?-u:\\b)|(?i)É",
            "(?m)^x|y$|(?s)a.1",
            "(?-u:\\B)b|(?-u:\\B)店",
            "a(?:b|c)*?|[a--b]|\\x{5e97}{2}|(?P<n>\\pL)\\.",
        ] {
            assert_eq!(plain(pattern), None, "{pattern}");
            is_the_same(pattern, &spelt(pattern).expect("spelt"), &texts);
        }
        for pattern in ["\\b店", "\\B", "(", "[a&&b]"] {
            let known = spelt(pattern).is_none_or(|spelt| regex_lite::Regex::new(&spelt).is_err());
            assert!(known, "{pattern}");
        }
    }

    fn can_match(source: &str) -> bool {
        Pattern::new(source, &mut TermsBuilder::default()).can_match()
    }

    #[test]
    fn what_no_folded_text_holds_is_no_match() {
        for possible in ["vx", "(?i)VX", "[A-Za-z]+", "V?x", "VX|加微", "[^a]", ".", "(?-u:\\b)1[3-9]\\d{9}", " \\s", "", "[一-龥]{2}"]
        {
            assert!(can_match(possible), "{possible}");
        }
        for never in ["VX", "加V", "１３", "[A-Z]{2}", "VX|QQ", "(微)信號", "[Ａ-Ｚ]"] {
            assert!(!can_match(never), "{never}");
        }
    }
}
