//! Files that were made to do harm: each is a finding that says so, and nothing else happens.

use crate::made::{Book, archive, rows};
use crate::stage::{Ran, findings};
use crate::table::staged;
use crate::{found, places};
use serde_json::Value;

/// The report of a file; the program ends by itself with these many bytes of memory at most.
fn checked(name: &str, bytes: &[u8]) -> Value {
    let ran: Ran = staged(name, bytes).run(&["check", name, "--policy", "p.toml", "--format", "json", "--isolated"]);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    assert!(ran.code == 0 || ran.code == 1 || ran.code == 3, "{} {}", ran.code, ran.err);
    ran.json()
}

fn codes(report: &Value) -> Vec<String> {
    found(report).into_iter().map(|(code, _)| code).collect()
}

fn plan() -> Book {
    Book::default().sheet("计划", &[&["文案"], &["请加微信"]])
}

#[test]
fn what_is_no_archive_is_broken_and_what_is_locked_is_said_to_be() {
    let whole = plan().bytes();
    for bytes in [&b"PK\x03\x04"[..], b"", b"<html>", &whole[..whole.len() / 2], &whole[10..], &archive(&[])] {
        let report = checked("plan.xlsx", bytes);
        assert_eq!(codes(&report), ["input-broken-file"], "{report}");
    }
    let report = checked("plan.xlsx", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 EncryptedPackage");
    assert_eq!(codes(&report), ["input-broken-file"]);
    assert!(findings(&report)[0]["message"].as_str().is_some_and(|message| message.contains("密码")));
    let ran = staged("plan.xlsx", b"PK").run(&["check", "plan.xlsx", "--policy", "p.toml"]);
    ran.exits(1);
}

#[test]
fn a_broken_sheet_is_read_to_the_break() {
    let book = plan().raw(
        "坏",
        "",
        &format!("<sheetData>{}<row r=\"3\"><c r=\"A3\"><v>1</b></c></row></sheetData>", rows(1, &[&["文案"], &["请加微信"]])),
    );
    assert_eq!(codes(&checked("plan.xlsx", &book.bytes())), ["contact-word", "contact-word", "input-broken-file"]);
}

#[test]
fn a_document_type_is_refused() {
    let laughs = "<!DOCTYPE x [<!ENTITY a \"哈哈哈哈\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><worksheet><sheetData/></worksheet>";
    let book = plan().entry("xl/worksheets/9.xml", laughs);
    assert_eq!(codes(&checked("plan.xlsx", &book.bytes())), ["contact-word"], "an entry nobody names is not read");
    let shared = plan().entry("xl/sharedStrings.xml", laughs);
    assert_eq!(codes(&checked("plan.xlsx", &shared.bytes())), ["input-broken-file"]);
}

#[test]
fn a_bomb_is_not_unpacked() {
    let bomb = vec![b' '; 64 << 20];
    let report = checked("plan.xlsx", &plan().entry("xl/sharedStrings.xml", &bomb).bytes());
    assert_eq!(codes(&report), ["input-too-large"]);
}

#[test]
fn one_text_or_tag_of_fifty_megabytes_is_too_large() {
    let long: String = (0..6_000_000u32).map(|n| format!("{:08x}", n.wrapping_mul(2_654_435_761))).collect();
    let shared = format!("<sst><si><t a=\"{long}\">x</t></si></sst>");
    assert_eq!(codes(&checked("plan.xlsx", &plan().entry("xl/sharedStrings.xml", &shared).bytes())), ["input-too-large"]);
}

#[test]
fn a_sheet_may_claim_to_be_as_large_as_it_likes() {
    let data = "<dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>文案</t></is></c></row>\
        <row r=\"1048576\"><c r=\"A1048576\" t=\"inlineStr\"><is><t>请加微信</t></is></c><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>\
        <mergeCells><mergeCell ref=\"A1:A1048576\"/><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>";
    let report = checked("plan.xlsx", &Book::default().raw("a", "", data).bytes());
    assert_eq!(found(&report), places(&[("contact-word", "a!A1048576"), ("input-ragged-row", "a!XFD1048576")]), "{report}");
    for places in [
        "<row r=\"0\"/>",
        "<row r=\"1048577\"/>",
        "<row r=\"2\"/><row r=\"2\"/>",
        "<row r=\"1\"><c r=\"XFE1\"/></row>",
        "<row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row>",
        "<row r=\"1\"><c r=\"A2\"/></row>",
        "<c><v>1</v></c>",
    ] {
        let report = checked("plan.xlsx", &Book::default().raw("a", "", &format!("<sheetData>{places}</sheetData>")).bytes());
        assert_eq!(codes(&report), ["input-broken-file"], "{places}");
    }
}

#[test]
fn millions_of_cells_are_read_as_far_as_memory_is_bounded() {
    let row = |number: usize| format!("<row r=\"{number}\">{}</row>", "<c><v>1</v></c>".repeat(100));
    let data: String = std::iter::once(rows(1, &[&["文案"]])).chain((2..40_100).map(row)).collect();
    let report = checked("plan.xlsx", &Book::default().raw("a", "", &format!("<sheetData>{data}</sheetData>")).bytes());
    assert!(codes(&report).contains(&"input-too-large".to_owned()));
}

#[test]
fn macros_and_links_are_named_and_left_alone() {
    let book = plan()
        .entry("xl/vbaProject.bin", b"Sub Auto_Open")
        .entry("xl/externalLinks/externalLink1.xml", "<x/>")
        .entry("xl/comments1.xml", "<x/>");
    for name in ["plan.xlsm", "plan.xlsx"] {
        let report = checked(name, &book.bytes());
        assert_eq!(codes(&report), ["input-unread", "input-unread", "input-unread", "contact-word"]);
        assert!(findings(&report)[..3].iter().all(|finding| finding["severity"] == "info"));
    }
}

#[test]
fn an_archive_of_something_else_is_no_workbook() {
    let report = checked("plan.xlsx", &archive(&[("word/document.xml", b"<document/>")]));
    assert_eq!(found(&report), places(&[("input-broken-file", "1:1")]));
}

fn document(body: &str) -> Vec<u8> {
    archive(&[("word/document.xml", format!("<w:document><w:body>{body}</w:body></w:document>").as_bytes())])
}

const PARAGRAPH: &str = "<w:p><w:r><w:t>请加微信</w:t></w:r></w:p>";

#[test]
fn documents_are_held_to_the_same() {
    let whole = document(PARAGRAPH);
    for bytes in [&whole[..whole.len() / 2], b"PK", &plan().bytes()] {
        assert_eq!(codes(&checked("a.docx", bytes)), ["input-broken-file"]);
    }
    assert_eq!(codes(&checked("a.docx", &document(&format!("{PARAGRAPH}</w:wrong>")))), ["contact-word", "input-broken-file"]);
    let laughs = archive(&[("word/document.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><w:document>&b;</w:document>")]);
    assert_eq!(codes(&checked("a.docx", &laughs)), ["input-broken-file"]);
    let deep = format!("{}{PARAGRAPH}{}", "<w:sdt>".repeat(100_000), "</w:sdt>".repeat(100_000));
    assert_eq!(codes(&checked("a.docx", &document(&deep))), ["contact-word"]);
    let boxes = format!("{PARAGRAPH}{}", "<w:p>".repeat(1000));
    assert_eq!(codes(&checked("a.docx", &document(&boxes))), ["contact-word", "input-too-large"]);
    let bomb = document(&format!("{PARAGRAPH}<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "a".repeat(40 << 20)));
    assert_eq!(codes(&checked("a.docx", &bomb)), ["contact-word", "input-too-large"]);
}

#[test]
fn pages_may_be_deep_and_long() {
    let deep = format!("{}请加微信{}", "<div><b>".repeat(50_000), "</i></b></div>".repeat(50_000));
    assert_eq!(codes(&checked("a.html", deep.as_bytes())), ["contact-word"]);
    let long = format!("<p title=\"{}\">请加微信</p>", "x".repeat(50 << 20));
    assert_eq!(codes(&checked("a.html", long.as_bytes())), ["contact-word"]);
    let laughs = "<!DOCTYPE html [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><p>&b;请加微信</p>";
    assert_eq!(codes(&checked("a.html", laughs.as_bytes())), ["contact-word"]);
}
