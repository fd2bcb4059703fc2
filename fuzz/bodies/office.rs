//! Any bytes as the XML of a workbook, or of a document.

use super::input;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const RELATIONS: &str = r#"<Relationships><Relationship Id="a" Type="/worksheet" Target="a.xml"/>
<Relationship Id="b" Type="/styles" Target="styles.xml"/><Relationship Id="c" Type="/sharedStrings" Target="strings.xml"/></Relationships>"#;

const DOCUMENT_RELATIONS: &str = r#"<Relationships><Relationship Type="/footnotes" Target="notes.xml"/>
<Relationship Type="/comments" Target="comments.xml"/><Relationship Type="/styles" Target="styles.xml"/></Relationships>"#;

const BOOK: &str = r#"<workbook><sheets><sheet name="a" r:id="a"/></sheets></workbook>"#;

/// The XML is a sheet, the texts, the styles and the workbook itself.
pub(crate) fn workbook(data: &[u8]) {
    let relations = ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes());
    let parts = ["xl/a.xml", "xl/strings.xml", "xl/styles.xml"].map(|name| (name, data));
    input::run("xlsx", &archive(&[&[relations, ("xl/workbook.xml", BOOK.as_bytes())], &parts[..]].concat()));
    input::run("xlsx", &archive(&[&[relations, ("xl/workbook.xml", data)], &parts[..]].concat()));
    input::run("xlsx", &archive(&[("xl/_rels/workbook.xml.rels", data), ("xl/workbook.xml", BOOK.as_bytes())]));
}

/// The XML is the body, the notes, the comments and the styles.
pub(crate) fn document(data: &[u8]) {
    let relations = ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS.as_bytes());
    let parts = ["word/document.xml", "word/notes.xml", "word/comments.xml", "word/styles.xml"].map(|name| (name, data));
    input::run("docx", &archive(&[&[relations], &parts[..]].concat()));
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Stored)).expect("begun");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}
