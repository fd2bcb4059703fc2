//! The bodies of the fuzz targets over mutated examples, always the same: a panic or a broken law fails.
//!
//! `PRESEND_FUZZ_ROUNDS=100000 cargo test --release --test fuzz_smoke` looks longer.

#[path = "../fuzz/bodies/mod.rs"]
mod bodies;

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Inputs for each target.
const ROUNDS: usize = 2000;

/// The longest input; what needs length has tests of its own.
const LONGEST: usize = 2048;

/// What readers stumble over.
const MORSELS: &[&[u8]] = &[
    b"\n\n",
    b"\r\n",
    b"\"",
    b"'",
    b"\"\"\"",
    b"\\",
    b"\\ud800",
    b"\\udc00\\ud800",
    b"\\u0000",
    b"{",
    b"}",
    b"[",
    b"]",
    b"[[",
    b"]]",
    b",",
    b"=",
    b"#",
    b"---\n",
    b"+++\n",
    b"\xFF",
    b"\xEF\xBB\xBF",
    b"\xF0\x9F",
    b"\xED\xA0\x80",
    b"\0",
    b"NaN",
    b"-1",
    b"1e999",
    b"9223372036854775808",
    b"0.0000001",
    b"0000-01-01T00:00:00Z",
    b"9999-12-31T23:59:59+14:00",
    b"2026-02-30 25:61",
    b"null",
    b"true",
    "\u{200B}".as_bytes(),
    "\u{202E}".as_bytes(),
    "加\u{200D}薇\u{200C}亻言".as_bytes(),
    "𝕧𝟞𝟠".as_bytes(),
    "❤\u{FE0F}".as_bytes(),
    "辦證".as_bytes(),
    "ＶＸ１３８".as_bytes(),
    "ﷺ".as_bytes(),
    b"text",
    b"\"action\":\"add_friend\"",
    b"\"time\":",
    b"\"account\":\"a\"",
    b"[[rule]]\n",
    b"[[override]]\nrule = \"rate\"\nset = {",
    b"extends = [\"self.toml\", \"a/b.toml\"]\n",
    b"[profile.p]\n[[profile.p.override]]\n",
    b"lexicon = {",
    b"max = ",
    b"<!--",
    b"<!-- presend: ignore word reason=",
    b"expires=2026-12-31",
    "客户书面同意".as_bytes(),
    b"-->",
    b"```",
    b"repeat = \"FREQ=",
    b"FREQ=DAILY;COUNT=3",
    b"BYDAY=MO,-1FR",
    b"UNTIL=",
    b"- ",
    b": ",
    b"&a ",
    b"*a",
    b"<<: ",
    b"|\n",
    b"<div style=\"display:none\">",
    b"</p>",
    b"<w:del>",
    b"<w:vanish/>",
    b"<row r=\"",
    b"<c t=\"inlineStr\"><is><t>",
    b"</c>",
    b"&#x5FAE;",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
];

/// Where a table or a line begins.
const BORDERS: [&[u8]; 3] = [b"\n", b"\n[", b"\n[[rule]]"];

/// Random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    /// A stretch of so many bytes, not longer than `longest`.
    fn stretch(&mut self, bytes: usize, longest: usize) -> Range<usize> {
        let start = self.below(bytes);
        start..start + self.below(longest.min(bytes - start) + 1)
    }
}

/// Files of the repository whose names end so.
fn seeds(endings: &[&str]) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<_> = ["examples", "rules", "tests", "fuzz/bodies"].iter().map(|name| root.join(name)).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            match path.extension().and_then(|ending| ending.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some(ending) if endings.contains(&ending) => files.push(path),
                Some(_) | None => {}
            }
        }
    }
    files.sort();
    let read = files.into_iter().filter_map(|file| std::fs::read(file).ok());
    read.filter(|bytes| !bytes.is_empty()).chain([b" ".to_vec()]).collect()
}

/// A part of a seed, changed in a few places.
fn mutated(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let seed = &seeds[random.below(seeds.len())];
    let mut bytes = start(random, seed);
    for _ in 0..random.below(6) {
        let at = random.below(bytes.len() + 1);
        match random.below(6) {
            0 => insert(&mut bytes, at, MORSELS[random.below(MORSELS.len())]),
            1 => insert(&mut bytes, at, &seeds[random.below(seeds.len())].iter().copied().take(random.below(200)).collect::<Vec<u8>>()),
            2 => {
                let again = bytes[random.stretch(bytes.len(), 64)].repeat(1 + random.below(8));
                insert(&mut bytes, at, &again);
            }
            3 => drop(bytes.drain(at..at + random.below(bytes.len() - at + 1).min(40))),
            4 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            _ => bytes.truncate(at.max(bytes.len() / 2)),
        }
    }
    bytes.truncate(2 * LONGEST);
    bytes
}

/// Some of a seed, half of the time from the start of a line, or of a table of TOML.
fn start(random: &mut Random, seed: &[u8]) -> Vec<u8> {
    let mut part = random.stretch(seed.len(), LONGEST);
    let mark = BORDERS.get(random.below(2 * BORDERS.len()));
    let snapped = mark.and_then(|mark| seed[..part.start].windows(mark.len()).rposition(|bytes| bytes == *mark));
    part.start = snapped.map_or(part.start, |at| at + 1);
    seed[part].iter().copied().take(LONGEST).collect()
}

fn insert(bytes: &mut Vec<u8>, at: usize, more: &[u8]) {
    bytes.splice(at..at, more.iter().copied());
}

/// Feeds a body; says which input it did not survive.
fn feed(endings: &[&str], share: usize, body: impl Fn(&[u8])) {
    let seeds = seeds(endings);
    assert!(seeds.len() > 1, "no file ends in {endings:?}");
    let mut random = Random(0x5EED_2026_1120);
    for round in 0..(rounds() / share).max(1) {
        let bytes = mutated(&mut random, &seeds);
        if catch_unwind(AssertUnwindSafe(|| body(&bytes))).is_err() {
            let readable = std::str::from_utf8(&bytes).map_or_else(|_| bytes.escape_ascii().to_string(), |text| format!("{text:?}"));
            panic!("round {round}: {readable}");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the test says how long")]
fn rounds() -> usize {
    std::env::var("PRESEND_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}

#[test]
fn folding() {
    feed(&["txt", "md"], 1, bodies::folding::run);
}

#[test]
fn matching() {
    feed(&["txt", "md"], 1, bodies::matching::run);
}

#[test]
fn sieve() {
    feed(&["txt", "md"], 40, bodies::sieve::run);
}

#[test]
fn policies() {
    feed(&["toml"], 1, bodies::policy::run);
}

#[test]
fn settings() {
    feed(&["toml"], 1, bodies::settings::run);
}

#[test]
fn waivers() {
    feed(&["permit"], 4, bodies::waivers::run);
}

#[test]
fn texts() {
    feed(&["txt", "md"], 1, |data| bodies::input::run("txt", data));
}

#[test]
fn markdown() {
    feed(&["md", "txt"], 1, |data| bodies::input::run("md", data));
}

#[test]
fn csv() {
    feed(&["csv"], 1, |data| bodies::input::run("csv", data));
}

#[test]
fn jsonl() {
    feed(&["jsonl"], 1, |data| bodies::input::run("jsonl", data));
}

#[test]
fn streams() {
    feed(&["csv", "jsonl"], 2, bodies::stream::run);
}

#[test]
fn campaigns() {
    feed(&["toml"], 1, |data| bodies::input::run("toml", data));
}

#[test]
fn yaml() {
    feed(&["yaml", "yml"], 1, |data| bodies::input::run("yaml", data));
}

#[test]
fn json() {
    feed(&["json", "jsonl"], 1, |data| bodies::input::run("json", data));
}

#[test]
fn documents() {
    feed(&["xml"], 2, bodies::office::document);
    feed(&["docx"], 4, |data| bodies::input::run("docx", data));
}

#[test]
fn pages() {
    feed(&["html"], 1, |data| bodies::input::run("html", data));
}

#[test]
fn workbooks() {
    feed(&["xml"], 2, bodies::office::workbook);
    feed(&["xlsx"], 4, |data| bodies::input::run("xlsx", data));
}

#[cfg(feature = "parquet")]
#[test]
fn columns() {
    feed(&["parquet"], 1, bodies::columns::run);
}

#[cfg(feature = "parquet")]
#[test]
fn every_byte_of_a_log_of_columns_may_be_wrong() {
    for at in (0..bodies::columns::LOG.len() as u16).step_by(7) {
        let [high, low] = at.to_be_bytes();
        for wrong in [0, 0xFF] {
            let panics = catch_unwind(|| bodies::columns::run(&[high, low, wrong])).is_err();
            assert!(!panics, "byte {at} as {wrong}");
        }
    }
}

#[test]
fn whole() {
    feed(&["txt", "md", "csv", "jsonl", "toml", "yaml", "json", "xlsx", "docx", "html"], 4, bodies::whole::run);
}
