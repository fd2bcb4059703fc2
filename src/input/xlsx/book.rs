//! What a workbook says beside its sheets: their names, the shared texts, the formats of numbers.

use super::super::archive::{Archive, Step, Trouble, Xml, is_on};
use super::super::relations::{Relation, main, of_part, target};
use super::serial::{Epoch, Shows, built_in, of_code};
use std::collections::BTreeMap;

/// Sheets of a workbook that are read.
const SHEETS: usize = 1000;

/// A workbook that is open.
pub(super) struct Book {
    /// Its sheets, in order.
    pub sheets: Vec<Sheet>,
    /// From when its days count.
    pub epoch: Epoch,
    /// What each style of a cell shows.
    pub styles: Vec<Shows>,
    /// The texts that cells share.
    pub strings: Strings,
}

/// A sheet.
pub(super) struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether it is hidden.
    pub is_hidden: bool,
    /// Where it is in the archive.
    pub path: String,
}

/// Texts, one behind the other.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    /// The text of this number.
    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start as usize..end as usize)
    }
}

impl Book {
    /// Reads what an archive says of its sheets.
    pub(super) fn open(archive: &mut Archive) -> Result<Book, Trouble> {
        let path = main(archive, "xl/workbook.xml")?;
        let relations = of_part(archive, &path)?;
        let Some(xml) = archive.xml(&path)? else { return Err(Trouble::OtherKind) };
        let (sheets, epoch) = workbook(xml, &relations)?;
        let styles = match target(&relations, "styles").map(|path| archive.xml(path)).transpose()?.flatten() {
            Some(xml) => styles(xml)?,
            None => Vec::new(),
        };
        let strings = match target(&relations, "sharedStrings").map(|path| archive.xml(path)).transpose()?.flatten() {
            Some(xml) => strings(xml)?,
            None => Strings::default(),
        };
        Ok(Book { sheets, epoch, styles, strings })
    }
}

fn workbook(mut xml: Xml<'_>, relations: &[Relation]) -> Result<(Vec<Sheet>, Epoch), Trouble> {
    let (mut sheets, mut epoch, mut is_book) = (Vec::new(), Epoch::Of1900, false);
    loop {
        match xml.next()? {
            Step::Start(tag) if tag.name() == b"workbook" => is_book = true,
            Step::Start(tag) if tag.name() == b"workbookPr" && tag.is_on("date1904") => epoch = Epoch::Of1904,
            Step::Start(tag) if tag.name() == b"sheet" && sheets.len() < SHEETS => {
                let id = tag.attr("id").unwrap_or_default();
                // A chart is no sheet of cells.
                if let Some(relation) = relations.iter().find(|relation| relation.id == id && relation.kind == "worksheet") {
                    sheets.push(Sheet {
                        name: tag.attr("name").unwrap_or_default(),
                        is_hidden: tag.attr("state").is_some_and(|state| state.contains("idden")),
                        path: relation.target.clone(),
                    });
                }
            }
            Step::Done if is_book => return Ok((sheets, epoch)),
            Step::Done => return Err(Trouble::OtherKind),
            _ => {}
        }
    }
}

fn styles(mut xml: Xml<'_>) -> Result<Vec<Shows>, Trouble> {
    let (mut own, mut styles, mut in_cells) = (BTreeMap::new(), Vec::new(), false);
    loop {
        match xml.next()? {
            Step::Start(tag) => match tag.name() {
                b"numFmt" => {
                    let shows = of_code(&tag.attr("formatCode").unwrap_or_default());
                    own.insert(tag.number("numFmtId").unwrap_or_default(), shows);
                }
                b"cellXfs" => in_cells = true,
                b"xf" if in_cells => {
                    let id = tag.number("numFmtId").unwrap_or_default();
                    styles.push(own.get(&id).copied().unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            Step::End(tag) if tag.name() == b"cellXfs" => in_cells = false,
            Step::Done => return Ok(styles),
            Step::End(_) | Step::Text(_) | Step::Other => {}
        }
    }
}

fn strings(mut xml: Xml<'_>) -> Result<Strings, Trouble> {
    let mut strings = Strings::default();
    loop {
        match xml.next()? {
            Step::Start(tag) if tag.name() == b"si" => {
                rich(&mut xml, b"si", &mut strings.text)?;
                strings.ends.push(u32::try_from(strings.text.len()).map_err(|_| Trouble::TooLarge)?);
            }
            Step::Done => return Ok(strings),
            _ => {}
        }
    }
}

/// Appends the text of an element: all its runs, without the reading aids of Japanese.
pub(super) fn rich(xml: &mut Xml<'_>, end: &[u8], text: &mut String) -> Result<(), Trouble> {
    let (mut is_text, mut aids) = (false, 0usize);
    loop {
        match xml.next()? {
            Step::Start(tag) => match tag.name() {
                b"t" => is_text = aids == 0,
                b"rPh" => aids += 1,
                _ => {}
            },
            Step::End(tag) => match tag.name() {
                b"t" => is_text = false,
                b"rPh" => aids = aids.saturating_sub(1),
                name if name == end => return Ok(()),
                _ => {}
            },
            Step::Text(words) if is_text => push_unescaped(text, &words),
            Step::Text(_) | Step::Other => {}
            Step::Done => return Err(Trouble::Broken),
        }
    }
}

/// Appends a text of a workbook, in which `_x000D_` is a character.
pub(super) fn push_unescaped(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        let c = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        out.push_str(&rest[..at]);
        match c {
            Some(c) => {
                out.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
}

/// Whether a flag of a cell says yes.
pub(super) fn flag(value: &str) -> &'static str {
    if is_on(value) { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_workbooks_are_undone() {
        let undone = |text: &str| {
            let mut out = String::new();
            push_unescaped(&mut out, text);
            out
        };
        assert_eq!(undone("加_x5FAE_信_x000D_"), "加微信\r");
        assert_eq!(undone("a_xyz_x12_x微信啊_x005F_x0041_"), "a_xyz_x12_x微信啊_x0041_");
    }
}
