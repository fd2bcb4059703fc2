//! Files that were made to do harm, or are broken: each is a finding that says so, and nothing else happens.

use crate::codes;
use crate::made::{Values, file, snappy, texts, zstd};
use crate::table::staged;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde_json::Value;

fn checked(bytes: &[u8]) -> Value {
    let stage = staged("log.parquet", bytes);
    let ran = stage.run(&["check", "log.parquet", "--policy", "p.toml", "--format", "json", "--isolated"]);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    assert!(ran.code == 0 || ran.code == 1, "{} {}", ran.code, ran.err);
    ran.json()
}

fn plain() -> Vec<u8> {
    let properties = WriterProperties::builder().set_compression(Compression::UNCOMPRESSED).set_dictionary_enabled(false).build();
    file(&[("binary text (STRING)", texts(&["请加微信", "好"]))], properties)
}

/// A file that says this of itself.
fn says(footer: &[u8]) -> Vec<u8> {
    let length = u32::try_from(footer.len()).expect("short").to_le_bytes();
    [b"PAR1", footer, &length, b"PAR1"].concat()
}

#[test]
fn what_is_no_such_file_is_broken() {
    let whole = plain();
    assert_eq!(codes(&checked(&whole)), ["contact-word"]);
    let locked = [b"PARE", &whole[4..whole.len() - 4], b"PARE"].concat();
    for bytes in [&b"PAR1"[..], b"PAR1PAR1", b"<html>", &whole[..whole.len() - 1], &whole[10..], &locked, &says(&[]), &says(&[0xFF; 99])] {
        assert_eq!(codes(&checked(bytes)), ["input-broken-file"]);
    }
}

#[test]
fn what_says_too_much_of_itself_is_refused() {
    assert_eq!(codes(&checked(&says(&vec![0; 17 << 20]))), ["input-too-large"]);
}

#[test]
fn columns_inside_columns_without_end_are_refused() {
    // version = 1; columns, a list of 1,000,000 structs: each has a name and one child.
    let mut footer = vec![0x15, 2, 0x19, 0xFC, 0xC0, 0x84, 0x3D];
    footer.extend([0x48, 1, b'a', 0x15, 2, 0].repeat(1_000_000));
    assert_eq!(codes(&checked(&says(&footer))), ["input-broken-file"]);
    let mut footer = vec![0x15, 2, 0x19, 0xFC, 0x90, 0x4E];
    footer.extend([0x48, 1, b'a', 0x15, 2, 0].repeat(10_000));
    assert_eq!(codes(&checked(&says(&footer))), ["input-broken-file"]);
}

#[test]
fn a_page_that_unpacks_to_too_much_is_refused() {
    let long = vec![b'a'; 200 << 20];
    for properties in [zstd(), snappy()] {
        let bytes = file(&[("binary text (STRING)", Values::Bytes(vec![Some(b"a".to_vec()), Some(long.clone())]))], properties);
        assert_eq!(codes(&checked(&bytes)), ["input-too-large"]);
    }
}

#[test]
fn rows_before_a_value_that_is_too_long_are_checked() {
    let values = vec![Some("请加微信".into()), Some(vec![b'a'; 17 << 20])];
    let bytes = file(&[("binary text (STRING)", Values::Bytes(values))], zstd());
    assert_eq!(codes(&checked(&bytes)), ["contact-word", "input-too-large"]);
}

#[test]
fn a_page_on_which_the_crate_panics_is_a_break() {
    let mut bytes = include_bytes!("../../fuzz/bodies/log.parquet").to_vec();
    bytes[7] = 0;
    assert!(codes(&checked(&bytes)).contains(&"input-broken-file".to_owned()));
}

#[test]
fn every_byte_may_be_wrong() {
    let whole = plain();
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xFF;
        checked(&bytes);
    }
}
