//! Looking around in a folded text without ever falling off its ends.

/// A folded text; outside of it stands `'\0'`, which folding never leaves.
#[derive(Clone, Copy)]
pub(super) struct Chars<'a>(pub &'a [char]);

impl Chars<'_> {
    /// The character at a place.
    pub(super) fn at(self, at: usize) -> char {
        #[cfg(test)]
        steps::take();
        self.0.get(at).copied().unwrap_or('\0')
    }

    /// The character before a place.
    pub(super) fn before(self, at: usize) -> char {
        at.checked_sub(1).map_or('\0', |at| self.at(at))
    }

    /// The end of a word that stands at a place.
    pub(super) fn word(self, at: usize, word: &str) -> Option<usize> {
        let mut end = at;
        for c in word.chars() {
            if self.at(end) != c {
                return None;
            }
            end += 1;
        }
        Some(end)
    }

    /// The end of the first of some words that stands at a place.
    pub(super) fn any(self, at: usize, words: &[&str]) -> Option<usize> {
        words.iter().find_map(|word| self.word(at, word))
    }

    /// Whether one of some words begins in the `reach` characters before a place.
    pub(super) fn any_before(self, at: usize, reach: usize, words: &[&str]) -> bool {
        (at.saturating_sub(reach)..at).any(|at| self.any(at, words).is_some())
    }

    /// The first place, at most `most` characters on, where the characters are no longer such.
    pub(super) fn skip(self, at: usize, most: usize, is: impl Fn(char) -> bool) -> usize {
        (at..at.saturating_add(most)).find(|at| !is(self.at(*at))).unwrap_or(at.saturating_add(most))
    }

    /// Characters as a string.
    pub(super) fn text(self, from: usize, to: usize) -> String {
        self.0.get(from..to).unwrap_or_default().iter().collect()
    }

    /// The end of a picture that is written as a word in brackets, such as `[表情]`.
    pub(super) fn bracketed(self, at: usize) -> Option<usize> {
        let close = match self.at(at) {
            '[' => ']',
            '【' => '】',
            '{' => '}',
            _ => return None,
        };
        let inside = self.skip(at + 1, 6, |c| c.is_alphanumeric() && !c.is_ascii_digit());
        (inside > at + 1 && self.at(inside) == close).then_some(inside + 1)
    }
}

/// Whether a character is a picture or an ornament: no letter, no digit, no punctuation of running text.
pub(super) fn is_ornament(c: char) -> bool {
    c >= '\u{2190}' && !c.is_alphanumeric() && !('\u{3000}'..='\u{303F}').contains(&c)
}

/// How often a test looked at a character: linear means that this grows as the text does.
#[cfg(test)]
pub(super) mod steps {
    use std::cell::Cell;

    thread_local!(static STEPS: Cell<usize> = const { Cell::new(0) });

    pub(in super::super) fn take() {
        STEPS.with(|steps| steps.set(steps.get() + 1));
    }

    pub(in super::super) fn of(what: impl FnOnce()) -> usize {
        let before = STEPS.with(Cell::get);
        what();
        STEPS.with(Cell::get) - before
    }
}
