//! Words without which a regular expression cannot match a folded text.

use super::fold::{Fold, fold_char};
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Repetition};

/// What every text holds that an expression matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literals {
    /// One of these; of none at all, nothing matches.
    OneOf(Vec<String>),
    /// All of these; of none at all, nothing is known.
    All(Vec<Literals>),
    /// One of these.
    Any(Vec<Literals>),
}

/// Literals beyond which looking for them does not pay.
const MOST_WORDS: usize = 96;
/// Characters of a class that are spelt out.
const MOST_CHARS: usize = 32;
/// Parts of an expression that are looked for.
const MOST_PARTS: usize = 4;

impl Literals {
    /// What an expression cannot match without.
    pub(super) fn of(hir: &Hir) -> Literals {
        match spelt(hir) {
            Some(words) if words.iter().any(String::is_empty) => Literals::nothing(),
            Some(words) => Literals::OneOf(words),
            None => Literals::of_unspelt(hir),
        }
    }

    /// The same for an expression that matches too many texts to spell them.
    fn of_unspelt(hir: &Hir) -> Literals {
        match hir.kind() {
            HirKind::Alternation(parts) => any(parts.iter().map(Literals::of).collect()),
            HirKind::Concat(_) => Run::over(hir),
            HirKind::Capture(capture) => Literals::of_unspelt(&capture.sub),
            HirKind::Repetition(repetition) if repetition.min > 0 => Run::over(hir),
            HirKind::Repetition(_) | HirKind::Class(_) | HirKind::Literal(_) | HirKind::Empty | HirKind::Look(_) => Literals::nothing(),
        }
    }

    fn nothing() -> Literals {
        Literals::All(Vec::new())
    }

    fn is_nothing(&self) -> bool {
        matches!(self, Literals::All(parts) if parts.is_empty())
    }

    /// Single characters stand everywhere; few long words are best.
    fn cost(&self) -> usize {
        let weight = |word: &String| match word.chars().count() {
            0 | 1 => 100,
            2 => 4,
            _ => 1,
        };
        match self {
            Literals::OneOf(words) => words.iter().map(weight).sum(),
            Literals::All(parts) => parts.iter().map(Literals::cost).min().unwrap_or(usize::MAX),
            Literals::Any(parts) => parts.iter().map(Literals::cost).fold(0, usize::saturating_add),
        }
    }
}

/// One of several; their words become one list.
fn any(parts: Vec<Literals>) -> Literals {
    if parts.iter().any(Literals::is_nothing) {
        return Literals::nothing();
    }
    let (mut words, mut others) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Literals::OneOf(more) => words.extend(more),
            other => others.push(other),
        }
    }
    others.extend((!words.is_empty()).then(|| Literals::OneOf(shortest(words))));
    if others.len() == 1 { others.remove(0) } else { Literals::Any(others) }
}

/// All texts an expression matches, when they are few. Characters that no folded text holds spell nothing.
fn spelt(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![String::new()]),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            Some(if text.chars().all(stays) { vec![text.to_owned()] } else { Vec::new() })
        }
        HirKind::Class(Class::Unicode(class)) => spelt_class(class),
        HirKind::Capture(capture) => spelt(&capture.sub),
        HirKind::Concat(parts) => parts.iter().try_fold(vec![String::new()], |before, part| product(&before, &spelt(part)?)),
        HirKind::Alternation(parts) => {
            let words: Option<Vec<Vec<String>>> = parts.iter().map(spelt).collect();
            Some(words?.concat()).filter(|words| words.len() <= MOST_WORDS)
        }
        HirKind::Repetition(Repetition { min: 0, max: Some(1), sub, .. }) => {
            let words = spelt(sub)?;
            Some([vec![String::new()], words].concat())
        }
        HirKind::Repetition(_) | HirKind::Class(Class::Bytes(_)) => None,
    }
}

fn spelt_class(class: &ClassUnicode) -> Option<Vec<String>> {
    let size: usize = class.ranges().iter().map(|range| range.len()).sum();
    let chars = || class.ranges().iter().flat_map(|range| range.start()..=range.end());
    (size <= MOST_CHARS).then(|| chars().filter(|c| stays(*c)).map(String::from).collect())
}

fn stays(c: char) -> bool {
    fold_char(c) == Fold::One(c)
}

/// Each of these with each of those behind it, when they are few.
fn product(before: &[String], after: &[String]) -> Option<Vec<String>> {
    let few = before.len() * after.len() <= MOST_WORDS;
    few.then(|| before.iter().flat_map(|first| after.iter().map(|second| [first.as_str(), second].concat())).collect())
}

/// The shortest words: one that holds another says no more than it. Of many words none is left out; it would take its time.
fn shortest(mut words: Vec<String>) -> Vec<String> {
    words.sort_unstable_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    words.dedup();
    if words.len() > MOST_CHARS {
        return words;
    }
    let mut kept: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let shorter = kept.partition_point(|known| known.len() < word.len());
        if !kept[..shorter].iter().any(|known| word.contains(known.as_str())) {
            kept.push(word);
        }
    }
    kept
}

/// Parts of an expression that stand side by side, and what they spell together.
struct Run {
    words: Vec<String>,
    found: Vec<Literals>,
}

impl Run {
    fn over(hir: &Hir) -> Literals {
        let mut run = Run { words: vec![String::new()], found: Vec::new() };
        run.push_unspelt(hir);
        run.end(vec![String::new()]);
        let mut found = run.found;
        found.sort_by_key(Literals::cost);
        found.truncate(MOST_PARTS);
        if found.len() == 1 { found.remove(0) } else { Literals::All(found) }
    }

    fn push(&mut self, hir: &Hir) {
        match spelt(hir) {
            Some(words) => self.spell(words),
            None => self.push_unspelt(hir),
        }
    }

    fn push_unspelt(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Capture(capture) => self.push_unspelt(&capture.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.push(part)),
            HirKind::Repetition(repetition) if repetition.min > 0 => {
                // Between the first time and the last anything may stand.
                match spelt(&repetition.sub) {
                    Some(words) => {
                        self.spell(words.clone());
                        if self.words != words {
                            self.end(words);
                        }
                    }
                    None => {
                        self.push_unspelt(&repetition.sub);
                        self.end(vec![String::new()]);
                    }
                }
            }
            _ => {
                self.end(vec![String::new()]);
                self.add(Literals::of_unspelt(hir));
            }
        }
    }

    fn spell(&mut self, words: Vec<String>) {
        if self.words.iter().any(String::is_empty) {
            // What came may be left out: it says nothing.
            self.words = words;
            return;
        }
        match product(&self.words, &words) {
            Some(together) => self.words = together,
            None => self.end(words),
        }
    }

    /// What comes now need not stand beside what came; `next` begins it.
    fn end(&mut self, next: Vec<String>) {
        let words = std::mem::replace(&mut self.words, next);
        if !words.iter().any(String::is_empty) {
            self.add(Literals::OneOf(shortest(words)));
        }
    }

    fn add(&mut self, literals: Literals) {
        match literals {
            Literals::All(parts) => parts.into_iter().for_each(|part| self.add(part)),
            other if self.found.contains(&other) => {}
            other => self.found.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(pattern: &str) -> Literals {
        Literals::of(&regex_syntax::parse(pattern).expect("a pattern"))
    }

    fn one_of(words: &str) -> Literals {
        Literals::OneOf(words.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect())
    }

    /// Whether a text holds what is asked.
    fn holds(text: &str, literals: &Literals) -> bool {
        match literals {
            Literals::OneOf(words) => words.iter().any(|word| text.contains(word.as_str())),
            Literals::All(parts) => parts.iter().all(|part| holds(text, part)),
            Literals::Any(parts) => parts.iter().any(|part| holds(text, part)),
        }
    }

    #[test]
    fn what_stands_side_by_side_is_spelt_together() {
        assert_eq!(of("(?:日结|时薪)[7-9]"), one_of("日结7 日结8 日结9 时薪7 时薪8 时薪9"));
        assert_eq!(of("加?[薇微]信?[a-z0-9]{6,}"), one_of("微 薇"));
        assert_eq!(of("日(薪|结)[^0-9]+元"), Literals::All(vec![one_of("日结 日薪"), one_of("元")]));
        assert_eq!(of("满[1-3]+减"), Literals::All(vec![one_of("满1 满2 满3"), one_of("1减 2减 3减")]));
        assert_eq!(of("[1-3]+元起"), one_of("1元起 2元起 3元起"));
    }

    #[test]
    fn each_way_to_match_needs_its_own_words() {
        assert_eq!(of("日结|时薪"), one_of("日结 时薪"));
        let ways = Literals::Any(vec![Literals::All(vec![one_of("免费"), one_of("领取")]), one_of("时薪")]);
        assert_eq!(of("免费.{0,3}领取|时薪"), ways);
    }

    #[test]
    fn sometimes_nothing_is_needed() {
        for pattern in ["[0-9]{11}", "(?:日结)?[0-9]+", ".", "日结|[0-9]{11}", "", "^$", "(?:日结)*"] {
            let known = of(pattern);
            assert!(known.is_nothing() || known == Literals::nothing() || holds("0123456789", &known), "{pattern}: {known:?}");
        }
        assert_eq!(of("(?i)vx"), one_of("vx"));
        assert_eq!(of("加V"), one_of(""), "no folded text holds it");
    }

    fn pattern() -> impl Strategy<Value = String> {
        let leaf = prop_oneof!["[加微信一元]{1,2}", Just("[0-9]".to_owned()), Just("[加微]".to_owned()), Just(".".to_owned())];
        leaf.prop_recursive(4, 24, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join("|"))),
                (inner, prop::sample::select(vec!["?", "*", "+", "{2}", "{1,2}", "{0,3}"]))
                    .prop_map(|(part, times)| format!("({part}){times}")),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_text_that_matches_holds_what_is_needed(pattern in pattern(), text in "[加微信一元0-2 ]{0,12}") {
            let regex = regex::Regex::new(&pattern).expect("a pattern");
            let literals = of(&pattern);
            for found in regex.find_iter(&text) {
                prop_assert!(holds(found.as_str(), &literals), "{} needs {:?}", pattern, literals);
            }
        }
    }
}
