//! A regular expression on folded texts, made ready when a text holds something it cannot match without.
//!
//! Making hundreds of expressions ready costs more than reading a draft. Most of them need certain literals: 日结, 返利, 元. Those are
//! looked for with all other terms; only where one stands is the expression built and run.

use super::fold::{Fold, fold_char};
use super::reading::Reading;
use super::terms::{SetId, TermsBuilder};
use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};
use std::ops::Range;
use std::sync::OnceLock;

/// Bytes a compiled regular expression may take.
pub(crate) const PATTERN_SIZE: usize = 4 << 20;
/// Literals beyond which looking for them does not pay.
const MOST_LITERALS: usize = 96;

/// An expression, and what a text must hold for it to match.
pub(crate) struct Pattern {
    source: String,
    trigger: Option<SetId>,
    /// For long texts: slow to build, fast to run.
    regex: OnceLock<Option<Regex>>,
    /// For short texts, if the expression means the same to it: fast to build, slow to run.
    lite: Option<OnceLock<Option<regex_lite::Regex>>>,
}

impl Pattern {
    /// An expression that was checked to be right.
    pub(crate) fn new(source: &str, terms: &mut TermsBuilder) -> Pattern {
        let hir = regex_syntax::parse(source).ok();
        let literals = hir.as_ref().and_then(required).filter(|literals| literals.len() <= MOST_LITERALS);
        let trigger = literals.map(|literals| {
            let set = terms.set();
            literals.iter().for_each(|literal| terms.add_trigger(set, literal));
            set
        });
        Pattern { source: source.to_owned(), trigger, regex: OnceLock::new(), lite: is_plain(source).then(OnceLock::new) }
    }

    /// Whether an expression that was checked to be right can match anything once texts are folded: capitals, full width and traditional
    /// characters never stand in a folded text.
    pub(crate) fn can_match(source: &str) -> bool {
        regex_syntax::parse(source).is_ok_and(|hir| is_possible(&hir))
    }

    /// The literals of which a text must hold one.
    pub(crate) fn trigger(&self) -> Option<SetId> {
        self.trigger
    }

    /// Whether a text holds what every match needs.
    pub(crate) fn may_match(&self, reading: &Reading<'_>) -> bool {
        self.trigger.is_none_or(|set| reading.has_near(set, 0..0, None))
    }

    /// Where it matches, in folded characters; empty matches are none.
    pub(crate) fn matches(&self, reading: &Reading<'_>) -> Vec<Range<u32>> {
        if !self.may_match(reading) {
            return Vec::new();
        }
        if let Some(lite) = self.lite.as_ref().filter(|_| reading.string().len() <= SHORT) {
            let regex = lite.get_or_init(|| regex_lite::Regex::new(&self.source).ok());
            if let Some(regex) = regex {
                return reading.matches(regex.find_iter(reading.string()).map(|found| found.range()));
            }
        }
        let regex = self.regex.get_or_init(|| RegexBuilder::new(&self.source).size_limit(PATTERN_SIZE).build().ok());
        regex.as_ref().map(|regex| reading.matches(regex.find_iter(reading.string()).map(|found| found.range()))).unwrap_or_default()
    }
}

/// Bytes of a text that a hundred expressions read sooner than they are built for speed.
const SHORT: usize = 4096;

/// Whether an expression means the same without the tables of Unicode: no classes by name, no flags.
fn is_plain(source: &str) -> bool {
    let named = source.split('\\').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    let flags = source.split("(?").skip(1).any(|rest| !rest.starts_with(':'));
    let operators = ["&&", "--", "~~", "[["].iter().any(|operator| source.contains(operator));
    !named && !flags && !operators
}

/// Literals of which every match holds at least one; none when that cannot be told.
fn required(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(vec![String::from_utf8(literal.0.to_vec()).ok()?]),
        HirKind::Class(Class::Unicode(class)) => {
            let size: u32 = class.ranges().iter().map(|range| u32::from(range.end()) - u32::from(range.start()) + 1).sum();
            (size <= 8).then(|| class.ranges().iter().flat_map(|range| range.start()..=range.end()).map(String::from).collect())
        }
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Alternation(parts) => {
            let parts: Option<Vec<Vec<String>>> = parts.iter().map(required).collect();
            Some(parts?.concat())
        }
        HirKind::Concat(parts) => parts.iter().filter_map(required).min_by_key(|literals| cost(literals)),
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) | HirKind::Class(Class::Bytes(_)) => None,
    }
}

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

/// Single characters stand everywhere; few long literals are best.
fn cost(literals: &[String]) -> usize {
    let weight = |literal: &String| match literal.chars().count() {
        0 => 1000,
        1 => 100,
        2 => 4,
        _ => 1,
    };
    literals.iter().map(weight).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(pattern: &str) -> Option<Vec<String>> {
        required(&regex_syntax::parse(pattern).expect("a pattern"))
    }

    #[test]
    fn short_texts_are_read_the_same() {
        for pattern in ["[0-9]{2,4}元(?:一|每)?单", "加?[薇微威]?信?[a-z0-9]{6,12}", "(?:日结|时薪).{0,6}[0-9]+", "a|ab|abc", "[^元]+元"]
        {
            assert!(is_plain(pattern), "{pattern}");
            let (full, lite) = (Regex::new(pattern).expect("right"), regex_lite::Regex::new(pattern).expect("right"));
            for text in ["日结200元一单，加薇abc123456", "abcabc", "时薪最高88，元元元", "", "微信号 tea8888888888888 元"]
            {
                let full: Vec<Range<usize>> = full.find_iter(text).map(|found| found.range()).collect();
                let lite: Vec<Range<usize>> = lite.find_iter(text).map(|found| found.range()).collect();
                assert_eq!(full, lite, "{pattern} on {text}");
            }
        }
        assert!(!is_plain(r"\bvx") && !is_plain("(?i)vx") && !is_plain(r"\d+") && is_plain(r"t\.cn"));
    }

    #[test]
    fn what_every_match_holds_is_found() {
        let of = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>());
        assert_eq!(literals("[0-9]+元起"), of(&["元起"]));
        assert_eq!(literals("(?:日结|时薪)[0-9]{2,4}"), of(&["日结", "时薪"]));
        assert_eq!(literals("加?[薇微]信?[a-z0-9]{6,}"), of(&["微", "薇"]));
        assert_eq!(literals("[0-9]{11}"), None);
        assert_eq!(literals("(?:日结)?[0-9]+"), None);
    }

    #[test]
    fn what_no_folded_text_holds_is_no_match() {
        for possible in ["vx", "(?i)VX", "[A-Za-z]+", "V?x", "VX|加微", "[^a]", ".", "(?-u:\\b)1[3-9]\\d{9}", " \\s", "", "[一-龥]{2}"]
        {
            assert!(Pattern::can_match(possible), "{possible}");
        }
        for never in ["VX", "加V", "１３", "[A-Z]{2}", "VX|QQ", "(微)信號", "[Ａ-Ｚ]"] {
            assert!(!Pattern::can_match(never), "{never}");
        }
    }
}
