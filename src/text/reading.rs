//! One text of one record as the rules read it: folded, with every listed term that stands in it.

use super::charset::CharSet;
use super::contacts::Contacts;
use super::fold::Folded;
use super::terms::{Found, SetId, Terms, Variants, Window};
use crate::finding::Match;
use crate::record::Text;
use crate::span::Span;
use std::cell::OnceCell;
use std::ops::Range;

/// A folded text and what was found in it.
pub(crate) struct Reading<'a> {
    /// The text.
    pub text: Text<'a>,
    terms: &'a Terms,
    sets: Sets,
    folded: OnceCell<Folded>,
    chars: OnceCell<CharSet>,
    string: OnceCell<String>,
    contacts: OnceCell<Contacts>,
}

/// Terms found in a text, by the set that asked for them.
#[derive(Default)]
struct Sets(Vec<(SetId, Found)>);

impl<'a> Reading<'a> {
    /// Reads a text; the window is room for what is folded meanwhile.
    pub(crate) fn of(text: Text<'a>, terms: &'a Terms, window: &mut Window) -> Reading<'a> {
        let mut found = Vec::new();
        terms.find(&text.content, window, &mut found);
        let mut reading = Reading {
            text,
            terms,
            sets: Sets::default(),
            folded: OnceCell::new(),
            chars: OnceCell::new(),
            string: OnceCell::new(),
            contacts: OnceCell::new(),
        };
        if terms.has_disguises() {
            terms.find_disguised(&reading.text.content, reading.folded(), &mut found);
        }
        reading.share(&found);
        reading
    }

    /// All of it folded, when somebody first asks: to find listed terms it is not needed.
    fn folded(&self) -> &Folded {
        self.folded.get_or_init(|| Folded::of(&self.text.content))
    }

    /// Gives each term to the sets that ask for it in this form.
    fn share(&mut self, found: &[Found]) {
        let mut sets = Vec::new();
        for found in found {
            for (set, variants) in self.terms.sets(found.term) {
                let allowed = match variants {
                    Variants::None => !found.variant && found.bounded && self.written(*found) == self.terms.listed(found.term),
                    Variants::Fold => !found.variant && found.bounded,
                    Variants::All => found.bounded,
                    Variants::Part => !found.variant,
                };
                if allowed {
                    sets.push((*set, *found));
                }
            }
        }
        sets.sort_unstable_by_key(|(set, found)| (*set, found.start, found.end, found.variant, found.term));
        self.sets = Sets(sets);
    }

    /// The terms of a set, by start.
    pub(crate) fn of_set(&self, set: SetId) -> &[(SetId, Found)] {
        let sets = &self.sets.0;
        let start = sets.partition_point(|(known, _)| *known < set);
        let length = sets[start..].partition_point(|(known, _)| *known == set);
        &sets[start..start + length]
    }

    /// The sets of which a term was found, each once.
    pub(crate) fn sets(&self) -> impl Iterator<Item = SetId> {
        self.sets.0.chunk_by(|a, b| a.0 == b.0).map(|same| same[0].0)
    }

    /// Whether a term or a cue of a set stands in the text.
    pub(crate) fn holds(&self, set: SetId) -> bool {
        !self.of_set(set).is_empty() || self.terms.singles(set).iter().any(|c| self.chars().contains(*c))
    }

    /// The characters that stand in the folded text.
    fn chars(&self) -> &CharSet {
        self.chars.get_or_init(|| self.folded().chars().iter().copied().collect())
    }

    /// Whether a cue of a set stands within `within` characters of a range, or anywhere without it.
    pub(crate) fn has_near(&self, set: SetId, range: Range<u32>, within: Option<u32>) -> bool {
        let around = within.map_or(0..u32::MAX, |within| range.start.saturating_sub(within)..range.end.saturating_add(within));
        let singles = self.terms.singles(set);
        let single = || {
            let chars = self.folded().chars();
            let end = chars.len().min(around.end as usize);
            chars[end.min(around.start as usize)..end].iter().any(|c| singles.contains(c))
        };
        let found = self.of_set(set);
        // No term is longer than this; those that begin earlier cannot reach the range.
        let from = found.partition_point(|(_, found)| found.start + LONGEST < around.start);
        let mut close = found[from..].iter().take_while(|(_, found)| found.start <= around.end);
        close.any(|(_, found)| found.end >= around.start) || !singles.is_empty() && single()
    }

    /// The contacts in the text; they are looked for when somebody first asks.
    pub(crate) fn contacts(&self) -> &Contacts {
        self.contacts.get_or_init(|| Contacts::of(self.folded()))
    }

    /// Where a pattern matches, in folded characters; empty matches are none.
    pub(crate) fn matches(&self, found: impl Iterator<Item = Range<usize>>) -> Vec<Range<u32>> {
        let string = self.string();
        let (mut byte, mut chars) = (0, 0u32);
        let mut count = |to: usize| {
            chars += string[byte..to].chars().count() as u32;
            byte = to;
            chars
        };
        found.filter(|found| !found.is_empty()).map(|found| count(found.start)..count(found.end)).collect()
    }

    /// The folded text as a string.
    pub(crate) fn string(&self) -> &str {
        self.string.get_or_init(|| self.folded().chars().iter().collect())
    }

    /// Folded characters as they were read.
    pub(crate) fn folded_slice(&self, range: Range<u32>) -> String {
        self.folded().chars()[range.start as usize..range.end as usize].iter().collect()
    }

    /// What stands in the text for folded characters.
    pub(crate) fn slice(&self, range: Range<u32>) -> &str {
        &self.text.content[self.folded().source_range(&self.text.content, range.start as usize, range.end as usize)]
    }

    fn written(&self, found: Found) -> &str {
        &self.text.content[found.bytes.range()]
    }

    /// The bytes of the source for a term that was found.
    pub(crate) fn place(&self, found: Found) -> Span {
        self.text.source_span(found.bytes.range())
    }

    /// The bytes of the source for folded characters.
    pub(crate) fn span(&self, range: Range<u32>) -> Span {
        self.text.source_span(self.folded().source_range(&self.text.content, range.start as usize, range.end as usize))
    }

    /// A found term as a finding shows it.
    pub(crate) fn matched(&self, found: Found) -> Match {
        let text = self.written(found);
        let listed = self.terms.listed(found.term);
        Match::whole(text.to_owned(), listed.to_owned(), found.variant || is_disguised(text))
    }
}

/// The longest distance a term may reach over.
const LONGEST: u32 = 64;

/// Whether letters were dressed up: something invisible between them, styled or foreign letters, strokes laid over them.
/// Case, width, traditional characters, numbers in circles and emoji are ordinary.
pub(crate) fn is_disguised(text: &str) -> bool {
    let mut before = None;
    let mut hidden = false;
    for c in text.chars() {
        if is_dressed(c) || hidden && c.is_alphanumeric() {
            return true;
        }
        let invisible = matches!(c as u32, 0xAD | 0x34F | 0x61C | 0x180E | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2069 | 0xFEFF);
        hidden = (hidden || before.is_some_and(char::is_alphanumeric)) && invisible;
        before = Some(c);
    }
    false
}

/// Letters in mathematical styles, squares and circles, letters of other scripts that pass for Latin ones, strokes.
fn is_dressed(c: char) -> bool {
    match c as u32 {
        0x300..=0x36F | 0x20D2..=0x20E1 | 0x249C..=0x24E9 | 0x1D400..=0x1D7FF | 0x1F110..=0x1F189 => true,
        0x370..=0x52F | 0x13A0..=0x13FF => matches!(super::fold::fold_char(c), super::fold::Fold::One(folded) if folded.is_ascii()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dress_is_told_from_decoration() {
        for text in ["办\u{200B}证", "𝕧𝟞𝟠", "🅅🄸🄿", "ѵх号", "加\u{336}微", "ⓥⓧ"] {
            assert!(is_disguised(text), "{text}");
        }
        for text in ["办证", "ＶＸ", "發票", "①领取❤️", "👨\u{200D}👩", "1️⃣3️⃣", "微信·公众号", "¥99"] {
            assert!(!is_disguised(text), "{text}");
        }
    }
}
