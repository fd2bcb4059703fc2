//! The text of one field, with the way back to the bytes it was written with.

use crate::span::Span;
use std::borrow::Cow;

/// A text as people read it: escapes undone, quotes gone.
#[derive(Clone, Debug)]
pub(crate) struct Text<'a> {
    /// What is read.
    pub content: Cow<'a, str>,
    /// Where it stands in its source.
    pub span: Span,
    /// How to get from the content back to the source; none when it stands there as it is.
    pub pieces: Option<&'a Pieces>,
}

impl Text<'_> {
    /// The bytes of the source behind a range of the content.
    pub(crate) fn source_span(&self, range: std::ops::Range<usize>) -> Span {
        match self.pieces {
            None => Span::new(range).shifted(self.span.start as usize),
            Some(pieces) => pieces.source_span(range),
        }
    }
}

/// Where the pieces of an unescaped text come from: each `(content, source)` starts one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pieces(Vec<Piece>);

/// Where a piece starts, in the content and in the source.
type Piece = (u32, u32);

impl Pieces {
    /// Starts a piece: content from byte `content` on comes from byte `source` on.
    pub(crate) fn push(&mut self, content: usize, source: usize) {
        let piece = (content as u32, source as u32);
        match self.0.last_mut() {
            Some(last) if last.0 == piece.0 => last.1 = piece.1.min(last.1),
            _ => self.0.push(piece),
        }
    }

    /// Leaves out bytes of the source: what comes before byte `content` ends at `end`, what comes from it on begins at `start`.
    pub(crate) fn gap(&mut self, content: usize, end: usize, start: usize) {
        let (end, start) = ((content as u32, end as u32), (content as u32, start as u32));
        match self.0.last_mut() {
            // What ends here was written otherwise, and counts up to here.
            Some(last) if *last == end => self.0.push(start),
            Some(last) if last.0 == end.0 => *last = start,
            _ => self.0.extend([end, start]),
        }
    }

    /// The bytes of the source behind `range`; a piece that was rewritten counts whole.
    pub(crate) fn source_span(&self, range: std::ops::Range<usize>) -> Span {
        let start = self.piece(range.start).map_or(0, |(piece, next)| {
            let verbatim = next.is_none_or(|next| next.0 - piece.0 == next.1 - piece.1);
            piece.1 + if verbatim { range.start as u32 - piece.0 } else { 0 }
        });
        let end = self.piece(range.end.saturating_sub(1)).map_or(0, |(piece, next)| match next {
            Some(next) if next.0 - piece.0 != next.1 - piece.1 => next.1,
            _ => piece.1 + range.end as u32 - piece.0,
        });
        Span { start, end: end.max(start) }
    }

    /// The piece that holds byte `at` of the content, and the one after it.
    fn piece(&self, at: usize) -> Option<(Piece, Option<Piece>)> {
        let after = self.0.partition_point(|piece| piece.0 as usize <= at);
        let piece = *self.0.get(after.checked_sub(1)?)?;
        Some((piece, self.0.get(after).copied()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_counts_whole() {
        // source: 加\u5faeX at 10: 加(3) \u5fae(6) X(1); content: 加微X
        let mut pieces = Pieces::default();
        pieces.push(0, 10);
        pieces.push(3, 13);
        pieces.push(6, 19);
        assert_eq!(pieces.source_span(3..6), Span::new(13..19));
        assert_eq!(pieces.source_span(0..7), Span::new(10..20));
        assert_eq!(pieces.source_span(6..7), Span::new(19..20));
    }

    #[test]
    fn what_is_left_out_belongs_to_nothing_beside_it() {
        // source: ab--cd--e at 0; content: abcde
        let mut pieces = Pieces::default();
        pieces.push(0, 0);
        pieces.gap(2, 2, 4);
        pieces.gap(4, 6, 8);
        for (range, span) in [(0..2, 0..2), (1..2, 1..2), (2..4, 4..6), (4..5, 8..9), (1..3, 1..5), (0..5, 0..9)] {
            assert_eq!(pieces.source_span(range), Span::new(span));
        }
    }
}
