//! JSON that may be sent to a terminal or a browser: what nobody would see is written as `\u` with its number.

use crate::output::shown::{STOPS, first_stop, hidden, visible};
use serde::Serialize;
use serde_json::ser::Formatter;
use std::io;

/// Appends a text as a JSON string; says whether something in it would have been hidden.
pub(super) fn quote(out: &mut Vec<u8>, text: &str) -> bool {
    out.push(b'"');
    let (mut rest, mut hid) = (text, false);
    while let Some((at, c)) = first_stop(rest, &STOPS_IN_JSON, is_escaped) {
        plain(out, &rest[..at]);
        escape(out, c);
        rest = &rest[at + c.len_utf8()..];
        hid |= hidden(c);
    }
    plain(out, rest);
    out.push(b'"');
    hid
}

/// Appends a value as JSON, its strings escaped like those of [`quote`].
pub(super) fn json(out: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, Escaped)).map_err(io::Error::other)
}

/// JSON in which what nobody would see is escaped.
struct Escaped;

impl Formatter for Escaped {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let (mut rest, mut sign) = (fragment, Vec::new());
        while let Some((at, c)) = first_stop(rest, &STOPS, hidden) {
            writer.write_all(&rest.as_bytes()[..at])?;
            escape(&mut sign, c);
            writer.write_all(&sign)?;
            sign.clear();
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

/// Appends text that stands in JSON as it is.
pub(super) fn plain(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// Appends a text for people, made [`visible`], as a JSON string.
pub(super) fn quote_visible(out: &mut Vec<u8>, text: &str) {
    let start = out.len();
    if quote(out, text) {
        out.truncate(start);
        quote(out, &visible(text));
    }
}

/// Appends a text as a JSON string, or `null`.
pub(super) fn quote_if_any(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        Some(text) => _ = quote(out, text),
        None => plain(out, "null"),
    }
}

/// [`STOPS`], and what JSON escapes.
const STOPS_IN_JSON: [bool; 256] = {
    let mut stops = STOPS;
    stops[b'"' as usize] = true;
    stops[b'\\' as usize] = true;
    stops
};

fn is_escaped(c: char) -> bool {
    matches!(c, '"' | '\\') || hidden(c)
}

fn escape(out: &mut Vec<u8>, c: char) {
    let short = match c {
        '"' => b'"',
        '\\' => b'\\',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\u{8}' => b'b',
        '\u{C}' => b'f',
        c => return c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escape_unit(out, *unit)),
    };
    out.extend_from_slice(&[b'\\', short]);
}

fn escape_unit(out: &mut Vec<u8>, unit: u16) {
    plain(out, "\\u");
    out.extend_from_slice(&hex::<4>(u64::from(unit)));
}

/// The last `N` hexadecimal digits of a number.
pub(super) fn hex<const N: usize>(number: u64) -> [u8; N] {
    std::array::from_fn(|at| b"0123456789abcdef"[(number >> (4 * (N - 1 - at)) & 15) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> String {
        let mut out = Vec::new();
        quote(&mut out, text);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn what_hides_is_escaped_and_reads_back() {
        let text = "办\u{200B}证\x1b\u{9b}\u{202E}\x7f\u{E0041}\"\\\n😀";
        assert_eq!(quoted(text), r#""办\u200b证\u001b\u009b\u202e\u007f\udb40\udc41\"\\\n😀""#);
    }

    #[test]
    fn every_character_reads_back_and_none_hides() {
        for c in (0..=0x10FFFF).filter_map(char::from_u32) {
            let text = format!("加{c}微");
            let json = quoted(&text);
            let mut same = Vec::new();
            super::json(&mut same, &text).expect("written");
            assert_eq!(String::from_utf8(same).expect("UTF-8"), json);
            assert_eq!(serde_json::from_str::<String>(&json).expect("valid"), text);
            assert!(!json.chars().any(hidden), "{:x}", u32::from(c));
            if !hidden(c) || c < ' ' {
                assert_eq!(json, serde_json::to_string(&text).expect("written"));
            }
        }
    }
}
