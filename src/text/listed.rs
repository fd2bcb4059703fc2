//! Terms, each once, in two long strings.

use std::ops::Range;

/// Stretches of one long list: the stretch `n` lies between `ends[n - 1]` and `ends[n]`.
#[derive(Default)]
pub(super) struct Ends(pub(super) Vec<u32>);

impl Ends {
    #[inline]
    pub(super) fn range(&self, at: u32) -> Range<usize> {
        let start = (at as usize).checked_sub(1).map_or(0, |before| self.0[before] as usize);
        start..self.0[at as usize] as usize
    }
}

/// Terms, each once, in two long strings: as listed, and folded.
#[derive(Default)]
pub(super) struct Listed {
    text: String,
    text_ends: Ends,
    chars: Vec<char>,
    char_ends: Ends,
}

impl Listed {
    pub(super) fn len(&self) -> u32 {
        self.char_ends.0.len() as u32
    }

    #[inline]
    pub(super) fn folded(&self, term: u32) -> &[char] {
        &self.chars[self.char_ends.range(term)]
    }

    pub(super) fn push(&mut self, listed: &str, folded: &[char]) {
        self.text.push_str(listed);
        self.text_ends.0.push(self.text.len() as u32);
        self.chars.extend_from_slice(folded);
        self.char_ends.0.push(self.chars.len() as u32);
    }

    /// A term as it is listed.
    pub(super) fn listed(&self, term: u32) -> &str {
        &self.text[self.text_ends.range(term)]
    }
}
