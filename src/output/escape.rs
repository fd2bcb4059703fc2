//! JSON that may be sent to a terminal or a browser: what nobody would see is written as `\u` with its number.

use crate::output::shown::hidden;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io;

/// Writes a value as compact JSON.
pub(super) fn write_json(out: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Guarded)).map_err(io::Error::from)
}

/// Compact JSON with more characters escaped than JSON asks for.
struct Guarded;

impl Formatter for Guarded {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(hidden) {
            writer.write_all(&rest.as_bytes()[..at])?;
            let mut chars = rest[at..].chars();
            if let Some(c) = chars.next() {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
            rest = chars.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_escaped_and_reads_back() {
        let text = "办\u{200B}证\x1b\u{9b}\u{202E}\x7f\u{E0041}\"\\\n😀";
        let mut out = Vec::new();
        write_json(&mut out, &text).expect("written");
        let json = String::from_utf8(out).expect("UTF-8");
        assert_eq!(json, r#""办\u200b证\u001b\u009b\u202e\u007f\udb40\udc41\"\\\n😀""#);
        assert_eq!(serde_json::from_str::<String>(&json).expect("valid"), text);
    }
}
