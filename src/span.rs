//! A stretch of bytes in the text of one source.

/// Bytes `start..end` of a source's text. Sources are at most 4 GiB, so 32 bits suffice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The span of `range`. Readers refuse sources that do not fit 32 bits before they make spans.
    pub fn new(range: std::ops::Range<usize>) -> Span {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { start: narrow(range.start), end: narrow(range.end) }
    }

    /// As a range for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The same stretch, `by` bytes later.
    pub fn shifted(self, by: usize) -> Span {
        Span::new(self.start as usize + by..self.end as usize + by)
    }

    /// The same stretch, `by` bytes earlier.
    pub(crate) fn unshifted(self, by: usize) -> Span {
        Span::new((self.start as usize).saturating_sub(by)..(self.end as usize).saturating_sub(by))
    }

    /// Whether nothing lies inside.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}
