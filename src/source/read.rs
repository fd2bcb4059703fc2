//! A source from something that gives its bytes piece by piece: they are checked while they are warm, and held once.

use super::Source;
use std::io::{self, Read};

/// Bytes read at once.
const PIECE: usize = 1 << 17;
/// What UTF-8 may begin with.
const MARK: &[u8] = "\u{FEFF}".as_bytes();

impl Source {
    /// A source from a reader; `size` is about how many bytes there are. Their encoding is told as in [`Source::decode`].
    ///
    /// # Errors
    /// Those of the reader.
    pub(super) fn read(name: impl Into<String>, reader: &mut dyn Read, size: usize) -> io::Result<Source> {
        let mut piece = vec![0; PIECE.min(size.saturating_add(1)).max(64)];
        let (mut text, mut bom, mut held) = (String::with_capacity(size), 0, 0);
        loop {
            let count = match reader.read(&mut piece[held..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                count => count?,
            };
            let filled = held + count;
            if count == 0 && held == 0 {
                return Ok(Source { bom, ..Source::new(name, text) });
            }
            let whole = if count == 0 { filled } else { whole_characters(&piece[..filled]) };
            let Ok(checked) = simdutf8::basic::from_utf8(&piece[..whole]) else {
                return decoded(name, [&MARK[..bom], text.as_bytes(), &piece[..filled]].concat(), reader);
            };
            let unmarked = if text.is_empty() && bom == 0 { checked.strip_prefix('\u{FEFF}') } else { None };
            bom += if unmarked.is_some() { MARK.len() } else { 0 };
            text.push_str(unmarked.unwrap_or(checked));
            piece.copy_within(whole..filled, 0);
            held = filled - whole;
        }
    }
}

/// Not UTF-8 after all: the rest is read and all of it told anew.
fn decoded(name: impl Into<String>, mut bytes: Vec<u8>, reader: &mut dyn Read) -> io::Result<Source> {
    reader.read_to_end(&mut bytes)?;
    Ok(Source::decode(name, bytes))
}

/// The bytes before a character that is cut at the end.
fn whole_characters(bytes: &[u8]) -> usize {
    let length = bytes.len();
    let cut = (1..=length.min(3)).find(|back| bytes[length - back] >= 0xC0);
    let needs = |lead: u8| match lead {
        0xF0.. => 4,
        0xE0.. => 3,
        _ => 2,
    };
    cut.filter(|back| needs(bytes[length - back]) > *back).map_or(length, |back| length - back)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn is_the_same(bytes: &[u8], step: usize) {
        let (read, whole) =
            (Source::read("a.txt", &mut Slow(bytes, step), bytes.len()).expect("read"), Source::decode("a.txt", bytes.to_vec()));
        assert_eq!((read.text(), read.damage()), (whole.text(), whole.damage()));
        let ends = [0, whole.text().len()];
        assert_eq!(ends.map(|end| read.original(end)), ends.map(|end| whole.original(end)));
    }

    #[test]
    fn what_is_read_in_pieces_is_what_is_decoded_whole() {
        let chinese = encoding_rs::GB18030.encode("账号,文案\n加微信领资料").0.into_owned();
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain("加微信".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let text = "\u{FEFF}加😀微é信a".repeat(3);
        for bytes in [text.as_bytes(), &text.as_bytes()[..text.len() - 2], &text.as_bytes()[3..], &chinese, &utf16, b"", b"\xEF\xBB", MARK]
        {
            (1..9).for_each(|step| is_the_same(bytes, step));
        }
    }

    #[test]
    fn a_file_may_be_larger_than_was_said() {
        let text = "加微信😀".repeat(PIECE / 4);
        let source = Source::read("a.txt", &mut Slow(text.as_bytes(), usize::MAX), 3).expect("read");
        assert_eq!(source.text(), text);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_the_same(bytes in prop::collection::vec(prop::sample::select(b"a\n\xE5\x8A\xA0\xF0\x9F\x98\x80\xEF\xBB\xBF\xC3".to_vec()), 0..24), step in 1usize..9) {
            is_the_same(&bytes, step);
        }
    }
}
