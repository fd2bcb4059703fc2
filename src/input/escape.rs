//! Escapes undone, with the way back to the bytes they were written with.

use crate::record::Pieces;
use crate::span::Span;

/// A text without its escapes.
#[derive(Debug, Default)]
pub(super) struct Undone {
    /// What it says.
    pub text: String,
    /// Where each part of it stands.
    pub pieces: Pieces,
    /// Escapes that stand for no character; the text has U+FFFD there.
    pub broken: Vec<Span>,
    /// Where bytes begin that stand for nothing; they count with the character after them.
    gap: Option<usize>,
}

/// What a backslash begins, and how many bytes it takes.
enum Escape {
    Sign(char, usize),
    /// The end of a line that goes on with the next word.
    Gap(usize),
    Broken(usize),
}

/// Undoes what a backslash begins in JSON, TOML or YAML. `start` is where `raw` stands in its source.
pub(super) fn backslashes(raw: &str, start: usize) -> Undone {
    let mut undone = Undone::default();
    let mut at = 0;
    while let Some(plain) = memchr::memchr(b'\\', &raw.as_bytes()[at..]) {
        undone.verbatim(&raw[at..at + plain], start + at);
        at += plain;
        at += match escape(&raw[at..]) {
            Escape::Sign(sign, length) => undone.sign(sign, start + at, length),
            Escape::Gap(length) => undone.skip(start + at, length),
            Escape::Broken(length) => {
                undone.broken.push(Span::new(start + at..start + at + length));
                undone.sign('\u{FFFD}', start + at, length)
            }
        };
    }
    undone.verbatim(&raw[at..], start + at);
    undone.close(start + raw.len())
}

/// Whether everything that a backslash begins in a text stands for a character.
pub(super) fn are_whole(raw: &str) -> bool {
    let mut rest = raw;
    while let Some(plain) = memchr::memchr(b'\\', rest.as_bytes()) {
        let (Escape::Sign(_, length) | Escape::Gap(length)) = escape(&rest[plain..]) else { return false };
        rest = &rest[plain + length..];
    }
    true
}

/// Undoes a quote written twice, as in CSV and in YAML's single quotes.
pub(super) fn doubled(raw: &str, start: usize, quote: char) -> Undone {
    let mut undone = Undone::default();
    let mut at = 0;
    while let Some(plain) = raw[at..].find(quote) {
        undone.verbatim(&raw[at..at + plain], start + at);
        at += plain;
        let length = if raw[at + 1..].starts_with(quote) { 2 } else { 1 };
        at += undone.sign(quote, start + at, length);
    }
    undone.verbatim(&raw[at..], start + at);
    undone.close(start + raw.len())
}

/// A content that cannot be followed through its source: every part of it leads to all of `span`.
pub(super) fn whole(content: &str, span: Span) -> Pieces {
    let mut pieces = Pieces::default();
    let end = if content.len() as u32 == span.end - span.start { span.end.saturating_sub(1) } else { span.end };
    pieces.push(0, span.start as usize);
    pieces.push(content.len(), end as usize);
    pieces
}

impl Undone {
    fn verbatim(&mut self, part: &str, source: usize) {
        let mut rest = part;
        if let (Some(gap), Some(first)) = (self.gap, part.chars().next()) {
            self.gap = None;
            self.pieces.push(self.text.len(), gap);
            self.text.push(first);
            rest = &part[first.len_utf8()..];
        }
        if !rest.is_empty() {
            self.pieces.push(self.text.len(), source + part.len() - rest.len());
            self.text.push_str(rest);
        }
    }

    fn sign(&mut self, sign: char, source: usize, length: usize) -> usize {
        self.pieces.push(self.text.len(), self.gap.take().unwrap_or(source));
        self.text.push(sign);
        length
    }

    fn skip(&mut self, source: usize, length: usize) -> usize {
        self.gap = Some(self.gap.unwrap_or(source));
        length
    }

    /// Ends the last piece, so that an escape at the end counts whole.
    fn close(mut self, end: usize) -> Undone {
        let end = self.gap.unwrap_or(end);
        self.pieces.push(self.text.len(), end);
        self
    }
}

/// The escape at the start of `raw`, which begins with a backslash.
fn escape(raw: &str) -> Escape {
    let Some(letter) = raw[1..].chars().next() else { return Escape::Broken(1) };
    let sign = match letter {
        'u' => return unicode(raw, 4),
        'U' => return unicode(raw, 8),
        'x' => return unicode(raw, 2),
        ' ' | '\t' | '\r' | '\n' => return line_end(raw),
        '"' | '\\' | '/' | '\'' => letter,
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{C}',
        'e' => '\u{1B}',
        '0' => '\0',
        'a' => '\u{7}',
        'v' => '\u{B}',
        'N' => '\u{85}',
        '_' => '\u{A0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        _ => return Escape::Broken(1 + letter.len_utf8()),
    };
    Escape::Sign(sign, 2)
}

/// A backslash before white space: the line goes on, or it is a space of YAML.
fn line_end(raw: &str) -> Escape {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let rest = raw[1..].trim_start_matches(blank);
    let length = raw.len() - rest.len();
    if raw[..length].contains('\n') { Escape::Gap(length) } else { Escape::Sign(' ', 2) }
}

/// `\uXXXX` and its like; two halves of a surrogate pair are one character.
fn unicode(raw: &str, digits: usize) -> Escape {
    let length = 2 + digits;
    let Some(code) = hex(raw, 2, digits) else {
        let there = raw[2..].bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
        return Escape::Broken(2 + there);
    };
    let low = raw[length..].starts_with("\\u").then(|| hex(raw, length + 2, 4)).flatten();
    match (code, low) {
        (0xD800..0xDC00, Some(low @ 0xDC00..0xE000)) => {
            let code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            char::from_u32(code).map_or(Escape::Broken(12), |sign| Escape::Sign(sign, 12))
        }
        _ => char::from_u32(code).map_or(Escape::Broken(length), |sign| Escape::Sign(sign, length)),
    }
}

fn hex(raw: &str, at: usize, digits: usize) -> Option<u32> {
    let digits = raw.get(at..at + digits)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(undone: &Undone, part: &str) -> Span {
        let at = undone.text.find(part).expect("the part is there");
        undone.pieces.source_span(at..at + part.len())
    }

    #[test]
    fn escapes_are_undone_and_lead_back() {
        let raw = r"加\u5fae信\n\ud83d\ude00";
        let undone = backslashes(raw, 100);
        assert_eq!(undone.text, "加微信\n😀");
        assert_eq!(back(&undone, "微"), Span::new(103..109));
        assert_eq!(back(&undone, "微信"), Span::new(103..112));
        assert_eq!(back(&undone, "😀"), Span::new(114..126), "an escape at the end counts whole");
        assert_eq!(undone.broken, []);
    }

    #[test]
    fn half_a_surrogate_pair_is_broken_not_a_panic() {
        for (raw, text, broken) in [
            (r"a\ud83db", "a\u{FFFD}b", 1..7),
            (r"\ude00", "\u{FFFD}", 0..6),
            (r"\ud83d\u0041", "\u{FFFD}A", 0..6),
            (r"\u12", "\u{FFFD}", 0..4),
            (r"\q", "\u{FFFD}", 0..2),
            (r"\", "\u{FFFD}", 0..1),
            (r"\U00110000", "\u{FFFD}", 0..10),
        ] {
            let undone = backslashes(raw, 0);
            assert_eq!(undone.text, text, "{raw}");
            assert_eq!(undone.broken, [Span::new(broken)], "{raw}");
        }
    }

    #[test]
    fn a_line_that_goes_on_leaves_nothing() {
        let undone = backslashes("加\\\n   微信", 0);
        assert_eq!(undone.text, "加微信");
        assert_eq!(back(&undone, "加"), Span::new(0..3));
        assert_eq!(back(&undone, "信"), Span::new(11..14));
        assert_eq!(back(&undone, "微"), Span::new(3..11), "what stands for nothing counts with what follows");
        assert_eq!(backslashes("a\\\n  ", 0).pieces.source_span(0..1), Span::new(0..1));
    }

    #[test]
    fn a_doubled_quote_is_one() {
        let undone = doubled("说\"\"加微信\"\"", 10, '"');
        assert_eq!(undone.text, "说\"加微信\"");
        assert_eq!(back(&undone, "加微信"), Span::new(15..24));
        assert_eq!(undone.pieces.source_span(0..undone.text.len()), Span::new(10..26));
    }

    #[test]
    fn a_content_without_a_way_back_leads_to_the_whole() {
        let span = Span::new(10..20);
        assert_eq!(whole("加微信", span).source_span(3..6), span);
        assert_eq!(whole("0123456789", span).source_span(3..6).start, 10);
    }
}
