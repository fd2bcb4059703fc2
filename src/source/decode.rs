//! Bytes into text, with a list of the characters that took another number of bytes than their encoding would give them.

use crate::span::Span;
use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8};

/// A text that was decoded.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// The text; U+FFFD stands for bytes that are no character.
    pub text: String,
    /// Where U+FFFD was put.
    pub damage: Vec<Span>,
    /// Where the way back is bent, in order.
    pub bends: Vec<Bend>,
}

/// A character that took more or fewer bytes in the file than it does when the text is encoded again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bend {
    /// The byte of the text behind it.
    pub end: u32,
    /// How many bytes more the file has up to there than the encoded text would.
    pub by: isize,
}

/// Decodes bytes without a byte order mark.
pub(super) fn decode(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        let mut decoded = Decoded { text: text.into_owned(), ..Decoded::default() };
        decoded.note_euros(encoding, bytes, 0);
        return decoded;
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut decoded = Decoded { text: String::with_capacity(bytes.len()), ..Decoded::default() };
    let (mut read, mut whole, mut piece) = (0, 0, 0);
    loop {
        let (result, some) = decoder.decode_to_string_without_replacement(&bytes[read..], &mut decoded.text, true);
        read += some;
        match result {
            DecoderResult::OutputFull => decoded.text.reserve((bytes.len() - read).max(64)),
            DecoderResult::InputEmpty => {
                decoded.note_euros(encoding, &bytes[whole..], piece);
                return decoded;
            }
            DecoderResult::Malformed(length, after) => {
                // What comes after the broken bytes was looked at as well, and is still to be decoded.
                let end = read - usize::from(after);
                decoded.note_euros(encoding, &bytes[whole..end - usize::from(length)], piece);
                decoded.put_mark(encoding, usize::from(length));
                (whole, piece) = (end, decoded.text.len());
            }
        }
    }
}

impl Decoded {
    /// Puts the sign for so many bytes that are no character.
    fn put_mark(&mut self, encoding: &'static Encoding, length: usize) {
        let start = self.text.len();
        self.text.push('\u{FFFD}');
        self.damage.push(Span::new(start..self.text.len()));
        self.bend(self.text.len(), length, encoded_length(encoding, "\u{FFFD}"));
    }

    /// Windows writes the euro as one byte, GB18030 as two. `bytes` became the text from `start` on.
    fn note_euros(&mut self, encoding: &'static Encoding, bytes: &[u8], start: usize) {
        if encoding != GB18030 || !self.text[start..].contains('€') {
            return;
        }
        let (mut at, mut ends) = (0, Vec::new());
        for (offset, c) in self.text[start..].char_indices() {
            let length = match (bytes.get(at), bytes.get(at + 1)) {
                (Some(0..=0x80), _) | (_, None) => 1,
                (_, Some(b'0'..=b'9')) => 4,
                (_, Some(_)) => 2,
            };
            at += length;
            if c == '€' && length == 1 {
                ends.push(start + offset + c.len_utf8());
            }
        }
        ends.into_iter().for_each(|end| self.bend(end, 1, 2));
    }

    fn bend(&mut self, end: usize, took: usize, takes: usize) {
        let before = self.bends.last().map_or(0, |bend| bend.by);
        let by = before.saturating_add_unsigned(took).saturating_sub_unsigned(takes);
        self.bends.push(Bend { end: u32::try_from(end).unwrap_or(u32::MAX), by });
    }
}

/// Bytes a text takes in the encoding it was read from.
pub(super) fn encoded_length(encoding: &'static Encoding, text: &str) -> usize {
    match encoding {
        encoding if encoding == UTF_8 => text.len(),
        encoding if encoding == GB18030 => GB18030.encode(text).0.len(),
        _ => 2 * text.encode_utf16().count(),
    }
}
