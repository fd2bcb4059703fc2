//! Documents.

use crate::made::{archive, escaped};
use crate::stage::{findings, text};
use crate::table::{report, staged};
use crate::{found, places};

/// A document of this body and these entries.
fn document(body: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let kinds = ["footnotes", "comments", "header", "styles"].map(|kind| format!("<Relationship Type=\"/{kind}\" Target=\"{kind}.xml\"/>"));
    let relations = format!("<Relationships>{}</Relationships>", kinds.concat());
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    let mut entries = vec![("word/document.xml", document.as_bytes()), ("word/_rels/document.xml.rels", relations.as_bytes())];
    entries.extend(more.iter().map(|(name, xml)| (*name, xml.as_bytes())));
    archive(&entries)
}

fn paragraph(words: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>", escaped(words))
}

/// The places of the contacts that are found, as a report for people names them, and what is said beside them.
fn contacts(bytes: &[u8]) -> Vec<(String, Vec<String>)> {
    let stage = staged("a.docx", bytes);
    let concise = stage.run(&["check", "a.docx", "--policy", "p.toml", "--format", "concise", "--lang", "zh"]).out;
    let shown =
        concise.lines().filter(|line| line.contains("contact-word")).map(|line| line.split(": ").next().unwrap_or_default().to_owned());
    let report = stage.report(&["a.docx", "--policy", "p.toml"]);
    let notes = findings(&report).iter().filter(|finding| finding["rule"] == "contact-word").map(|finding| {
        let related = finding["related"].as_array().expect("a list");
        related.iter().map(|one| text(&one["note"]).to_owned()).collect()
    });
    shown.zip(notes).collect()
}

#[test]
fn a_document_is_one_draft_and_places_are_paragraphs() {
    let body = format!(
        "{}<w:p/>{}<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        paragraph("新品到店"),
        paragraph("您好，请加微信 & 领资料"),
        paragraph("表格里请加微信"),
        paragraph("x")
    );
    let report = report("a.docx", &document(&body, &[]));
    assert_eq!((found(&report), &report["summary"]["records"]), (places(&[("contact-word", "2:5"), ("contact-word", "3:5")]), &1.into()));
    let location = &findings(&report)[0]["location"];
    assert_eq!((&location["start_byte"], &location["end_column"], &location["cell"]), (&12.into(), &8.into(), &serde_json::Value::Null));
    assert_eq!(contacts(&document(&body, &[])), [("a.docx:第2段:5".to_owned(), vec![]), ("a.docx:第3段:5".to_owned(), vec![])]);
}

#[test]
fn a_word_over_runs_revisions_and_breaks_is_one_word() {
    let body = "<w:p><w:pPr><w:rPr><w:vanish/><w:del/></w:rPr></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>请加</w:t></w:r><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>\
        <w:ins><w:r><w:t>微</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom><w:hyperlink><w:r><w:t>信</w:t></w:r></w:hyperlink>\
        <w:r><w:instrText>HYPERLINK</w:instrText></w:r><w:r><w:br/><w:t>请加&#24494;信</w:t></w:r></w:p>";
    let report = report("a.docx", &document(body, &[]));
    assert_eq!(found(&report), places(&[("contact-word", "1:2"), ("contact-word", "1:7"), ("input-hidden", "1:1")]), "{report}");
}

#[test]
fn what_is_hidden_is_checked_and_said_to_be_hidden() {
    let word = "<w:t>请加微信</w:t>";
    let body = format!(
        "{}<w:p><w:r><w:rPr><w:vanish/></w:rPr>{word}</w:r><w:r><w:t>看得见</w:t></w:r></w:p>\
         <w:p><w:r><w:rPr><w:rStyle w:val=\"Secret\"/></w:rPr>{word}</w:r></w:p>\
         <w:p><w:del><w:r><w:delText>请加微信</w:delText></w:r></w:del></w:p><w:p><w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr>{word}</w:r></w:p>",
        paragraph("好")
    );
    let styles = "<w:styles><w:style w:styleId=\"Secret\"><w:rPr><w:vanish/></w:rPr></w:style><w:style w:styleId=\"Open\"/></w:styles>";
    let comments = format!("<w:comments><w:comment>{}</w:comment></w:comments>", paragraph("请加微信"));
    let file = document(&body, &[("word/styles.xml", styles), ("word/comments.xml", &comments)]);
    let expected = [
        ("第3段:2", None),
        ("隐藏文字第2段:2", Some("隐藏文字")),
        ("隐藏文字第3段:2", Some("隐藏文字")),
        ("修订中删去的文字第3段:2", Some("修订中删去的文字")),
        ("批注第1段:2", Some("批注")),
    ];
    let expected = expected.map(|(place, why)| (format!("a.docx:{place}"), why.into_iter().map(str::to_owned).collect()));
    assert_eq!(contacts(&file), expected);
}

#[test]
fn notes_headers_and_text_boxes_are_seen() {
    let box_of = |words: &str| format!("<w:txbxContent>{}</w:txbxContent>", paragraph(words));
    let body = format!(
        "<w:p><w:r><w:t>前</w:t><mc:AlternateContent><mc:Choice>{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>后</w:t></w:r></w:p>",
        box_of("请加微信"),
        box_of("请加微信")
    );
    let notes = format!("<w:footnotes><w:footnote><w:p/></w:footnote><w:footnote>{}</w:footnote></w:footnotes>", paragraph("请加微信"));
    let header = format!("<w:hdr>{}</w:hdr>", paragraph("请加微信"));
    let file = document(&body, &[("word/footnotes.xml", &notes), ("word/header.xml", &header)]);
    let shown: Vec<String> = contacts(&file).into_iter().map(|(place, _)| place).collect();
    assert_eq!(shown, ["a.docx:文本框第1段:2", "a.docx:脚注第1段:2", "a.docx:页眉第1段:2"]);
}

#[test]
fn a_comment_for_presend_waives() {
    let body = paragraph("请加微信 <!-- presend: ignore contact-word reason=\"示例\" -->");
    let report = report("a.docx", &document(&body, &[]));
    assert_eq!((found(&report), &report["summary"]["waived"]), (vec![], &1.into()));
}

#[test]
fn an_empty_document_is_nothing_to_check() {
    staged("a.docx", &document("<w:p/>", &[])).run(&["check", "a.docx", "--policy", "p.toml"]).exits(3);
}
