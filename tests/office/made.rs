//! Workbooks and documents, made for a test.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An archive of these entries.
pub(crate) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).expect("begun");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

/// A workbook.
#[derive(Default)]
pub(crate) struct Book {
    sheets: Vec<(String, String, String)>,
    more: Vec<(String, Vec<u8>)>,
    properties: String,
}

/// Styles 0 to 3: a number, a day with time, a time of day, a day.
const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="164"/></cellXfs></styleSheet>"#;

/// A text as it stands in XML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// `B` for column 1.
fn letter(column: usize) -> char {
    char::from(b'A' + u8::try_from(column).expect("a few columns"))
}

/// The XML of rows from row `first` on; an empty cell is left out, `=F` is a formula without a value, `#3:46349.5` a number of style 3.
pub(crate) fn rows(first: usize, rows: &[&[&str]]) -> String {
    let cell = |row: usize, column: usize, text: &str| {
        let place = format!("{}{row}", letter(column));
        match (text.strip_prefix('='), text.strip_prefix('#').and_then(|text| text.split_once(':'))) {
            _ if text.is_empty() => String::new(),
            (Some(formula), _) => format!("<c r=\"{place}\"><f>{}</f></c>", escaped(formula)),
            (_, Some((style, number))) => format!("<c r=\"{place}\" s=\"{style}\"><v>{number}</v></c>"),
            _ => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(text)),
        }
    };
    let row = |(at, cells): (usize, &&[&str])| {
        let cells: String = cells.iter().enumerate().map(|(column, text)| cell(first + at, column, text)).collect();
        format!("<row r=\"{}\">{cells}</row>", first + at)
    };
    rows.iter().enumerate().map(row).collect()
}

impl Book {
    /// A sheet of these rows.
    pub(crate) fn sheet(self, name: &str, cells: &[&[&str]]) -> Book {
        let data = format!("<sheetData>{}</sheetData>", rows(1, cells));
        self.raw(name, "", &data)
    }

    /// A sheet of this XML, with attributes of its entry in the workbook.
    pub(crate) fn raw(mut self, name: &str, attributes: &str, inside: &str) -> Book {
        self.sheets.push((name.to_owned(), attributes.to_owned(), format!("<worksheet>{inside}</worksheet>")));
        self
    }

    /// One entry more.
    pub(crate) fn entry(mut self, name: &str, bytes: impl AsRef<[u8]>) -> Book {
        self.more.push((name.to_owned(), bytes.as_ref().to_vec()));
        self
    }

    /// Days count from 1904.
    pub(crate) fn of_1904(mut self) -> Book {
        self.properties = r#"<workbookPr date1904="1"/>"#.to_owned();
        self
    }

    /// The bytes of the file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let sheet = |(at, (name, attributes, _)): (usize, &(String, String, String))| {
            format!("<sheet name=\"{}\" sheetId=\"{at}\" {attributes} r:id=\"r{at}\"/>", escaped(name))
        };
        let sheets: String = self.sheets.iter().enumerate().map(sheet).collect();
        let relation = |at: usize| format!("<Relationship Id=\"r{at}\" Type=\"{kind}/worksheet\" Target=\"worksheets/{at}.xml\"/>");
        let relations: String = (0..self.sheets.len()).map(relation).collect();
        let main =
            format!("<Relationships><Relationship Id=\"r\" Type=\"{kind}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
        let workbook = format!("<workbook>{}<sheets>{sheets}</sheets></workbook>", self.properties);
        let relations = format!(
            "<Relationships>{relations}<Relationship Id=\"s\" Type=\"{kind}/styles\" Target=\"/xl/styles.xml\"/>\
            <Relationship Id=\"t\" Type=\"{kind}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
        );
        let names: Vec<String> = (0..self.sheets.len()).map(|at| format!("xl/worksheets/{at}.xml")).collect();
        let mut entries: Vec<(&str, &[u8])> = vec![
            ("_rels/.rels", main.as_bytes()),
            ("xl/workbook.xml", workbook.as_bytes()),
            ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
            ("xl/styles.xml", STYLES.as_bytes()),
        ];
        entries.extend(names.iter().zip(&self.sheets).map(|(name, (_, _, xml))| (name.as_str(), xml.as_bytes())));
        entries.extend(self.more.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
        archive(&entries)
    }
}
