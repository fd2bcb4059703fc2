//! A text that nobody is to read: every sign stands for one of as many bytes, so that places, lines and columns stay what they are.

use super::{Body, Source};
use crate::span::Span;
use std::sync::Arc;

impl Source {
    /// Covers all of the text but line breaks and some spans.
    pub(crate) fn cover(&mut self, open: &[Span]) {
        if let Body::OnDisk(file) = &mut self.body
            && let Some(file) = Arc::get_mut(file)
        {
            return file.cover();
        }
        let text = self.text();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        let mut open: Vec<Span> = open.to_vec();
        open.sort();
        for span in open {
            let range = span.range().start.max(at)..span.range().end.max(at);
            let (Some(before), Some(shown)) = (text.get(at..range.start), text.get(range.clone())) else { continue };
            cover_into(before, &mut out);
            out.push_str(shown);
            at = range.end;
        }
        cover_into(text.get(at..).unwrap_or_default(), &mut out);
        self.body = Body::Held(out);
    }
}

/// A text with every sign covered but line breaks.
pub(crate) fn covered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    cover_into(text, &mut out);
    out
}

fn cover_into(text: &str, out: &mut String) {
    out.extend(text.chars().map(|sign| match sign {
        '\n' | '\r' => sign,
        _ => ['*', '×', '＊', '🞶'][sign.len_utf8() - 1],
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_is_covered_but_what_is_open() {
        let mut source = Source::new("a.txt", "张三，加微信\né😀 13800138000");
        let at = "张三，".len();
        source.cover(&[Span::new(at..at + "加微信".len())]);
        assert_eq!(source.text(), "＊＊＊加微信\n×🞶************");
    }

    proptest! {
        #[test]
        fn places_stay_what_they_are(text in "[ -~\n\r张三微é😀]{0,60}", cut in 0usize..60, length in 0usize..20) {
            let mut source = Source::new("a.txt", text.clone());
            let places: Vec<_> = text.char_indices().map(|(at, _)| (source.position(at), source.original(at))).collect();
            source.cover(&[Span::new(cut..cut + length), Span::new(cut..cut + 1)]);
            let after: Vec<_> = source.text().char_indices().map(|(at, _)| (source.position(at), source.original(at))).collect();
            prop_assert_eq!(places, after);
            prop_assert_eq!(text.len(), source.text().len());
        }
    }
}
