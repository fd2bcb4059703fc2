//! The text of a policy file, and behind it the files that change its rules.
//!
//! A rule is built from one tree, and the spans of a tree are bytes of one text. What another file sets in a rule therefore lies
//! behind the rule's own file, and a mistake made of it finds the way back to where it was written.

use crate::source::{Source, SourceId};
use crate::span::Span;
use std::sync::Arc;

/// A file, and what was laid behind it.
#[derive(Clone)]
pub(super) struct Sheet {
    /// Where each file begins, the own one first.
    parts: Vec<(usize, SourceId)>,
    /// All of them; none while the own file is alone.
    text: Option<Arc<String>>,
}

impl Sheet {
    /// A file with nothing behind it.
    pub(super) fn of(source: SourceId) -> Sheet {
        Sheet { parts: vec![(0, source)], text: None }
    }

    /// Lays a file behind the others, unless it is there; gives where it begins.
    pub(super) fn lay(&mut self, sources: &[Source], behind: SourceId) -> usize {
        if let Some((start, _)) = self.parts.iter().find(|(_, source)| *source == behind) {
            return *start;
        }
        let text = self.text.get_or_insert_with(|| Arc::new(sources[self.parts[0].1.0 as usize].text().to_owned()));
        let text = Arc::make_mut(text);
        text.push('\n');
        let start = text.len();
        text.push_str(sources[behind.0 as usize].text());
        self.parts.push((start, behind));
        start
    }

    /// What the spans are bytes of.
    pub(super) fn text<'a>(&'a self, sources: &'a [Source]) -> &'a str {
        self.text.as_deref().map(String::as_str).unwrap_or_else(|| sources[self.parts[0].1.0 as usize].text())
    }

    /// The file a span lies in, and where there.
    pub(super) fn place(&self, span: Span) -> (SourceId, Span) {
        let after = self.parts.partition_point(|(start, _)| *start <= span.start as usize);
        let (start, source) = self.parts[after.max(1) - 1];
        (source, span.unshifted(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_behind_the_file_is_one_of_the_file_laid_there() {
        let sources = [Source::new("a", "规则"), Source::new("b", "改"), Source::new("c", "再改")];
        let mut sheet = Sheet::of(SourceId(0));
        let whole = |id: u32| Span::new(0..sources[id as usize].text().len());
        assert_eq!(sheet.place(whole(0)), (SourceId(0), whole(0)));
        let starts: Vec<usize> = [2, 1, 2].into_iter().map(|id| sheet.lay(&sources, SourceId(id))).collect();
        assert_eq!(starts[0], starts[2], "one file lies there once");
        for (id, start) in [(2, starts[0]), (1, starts[1])] {
            let span = whole(id).shifted(start);
            assert_eq!(&sheet.text(&sources)[span.range()], sources[id as usize].text());
            assert_eq!(sheet.place(span), (SourceId(id), whole(id)));
        }
    }
}
