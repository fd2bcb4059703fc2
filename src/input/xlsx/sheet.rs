//! The cells of a sheet, in order, put into the text of its workbook.

use super::super::archive::{Archive, Step, Tag, Trouble, Xml};
use super::book::{Book, Sheet, flag, push_unescaped, rich};
use super::serial::{Shows, moment, number};
use crate::source::{Assembly, Fault, Group, Merge};
use crate::span::Span;
use crate::words::Words;
use std::ops::RangeInclusive;

/// Cells of a workbook that are read.
const CELLS: usize = 4_000_000;
/// Bytes their texts may come to.
const BYTES: usize = 256 << 20;
/// Rows and columns a sheet can have.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;
/// Merged cells of a sheet that are looked at.
const MERGES: usize = 200_000;
/// Characters of a formula that are shown.
const FORMULA: usize = 200;

/// Code of cells that have a formula and no value.
pub(super) const FORMULA_CODE: &str = "input-formula";

const HIDDEN_SHEET: Words = Words::fixed("隐藏的工作表", "a hidden sheet");
const HIDDEN_ROW: Words = Words::fixed("隐藏的行", "a hidden row");
const HIDDEN_COLUMN: Words = Words::fixed("隐藏的列", "a hidden column");

/// Puts a sheet into the text.
pub(super) fn read(archive: &mut Archive, book: &Book, sheet: &Sheet, out: &mut Assembly) -> Result<(), Trouble> {
    let hides = if sheet.is_hidden { Hides::All(None) } else { Hides::Some };
    let mut reader =
        Reader { book, out, row: 0, column: 0, hidden_row: false, hides, hidden_columns: Vec::new(), merges: Vec::new(), odd: Vec::new() };
    reader.out.group(Group::Sheet { name: sheet.name.clone(), merges: Vec::new() });
    let ended = match archive.xml(&sheet.path)? {
        Some(xml) => reader.sheet(xml),
        None => Err(Trouble::Broken),
    };
    reader.tell();
    let Reader { merges, out, hides, .. } = reader;
    out.merge(merges);
    if let Hides::All(Some(first)) = hides {
        out.hide(Span::new(first.start as usize..out.len()), HIDDEN_SHEET);
    }
    ended
}

/// A cell whose value is not read.
struct Odd {
    span: Span,
    /// The error its formula gave; none when there is no value at all.
    error: Option<String>,
}

/// What of a sheet nobody sees.
enum Hides {
    /// Rows and columns that say so.
    Some,
    /// All of it, from its first cell on.
    All(Option<Span>),
}

/// What is known while a sheet is read.
struct Reader<'a> {
    book: &'a Book,
    out: &'a mut Assembly,
    /// The row and the column behind which the next stands.
    row: u32,
    column: u32,
    hides: Hides,
    hidden_row: bool,
    hidden_columns: Vec<RangeInclusive<u32>>,
    merges: Vec<Merge>,
    odd: Vec<Odd>,
}

/// A cell as written.
#[derive(Default)]
struct Written {
    kind: String,
    style: usize,
    value: String,
    has_value: bool,
    formula: Option<String>,
}

impl Reader<'_> {
    fn sheet(&mut self, mut xml: Xml<'_>) -> Result<(), Trouble> {
        loop {
            match xml.next()? {
                Step::Start(tag) => match tag.name() {
                    b"col" => self.columns(&tag),
                    b"row" => self.begin_row(&tag)?,
                    b"c" => {
                        let written = self.begin_cell(&tag)?;
                        self.cell(&mut xml, written)?;
                    }
                    b"mergeCell" if self.merges.len() < MERGES => self.merges.extend(merge(&tag.attr("ref").unwrap_or_default())),
                    _ => {}
                },
                Step::Done => return Ok(()),
                Step::End(_) | Step::Text(_) | Step::Other => {}
            }
        }
    }

    fn columns(&mut self, tag: &Tag<'_>) {
        let nothing_wide = tag.attr("width").is_some_and(|width| width.parse() == Ok(0.0));
        if tag.is_on("hidden") || nothing_wide {
            let (first, last) = (tag.number("min").unwrap_or(1), tag.number("max").unwrap_or(1));
            self.hidden_columns.push(first.saturating_sub(1)..=last.saturating_sub(1));
        }
    }

    fn begin_row(&mut self, tag: &Tag<'_>) -> Result<(), Trouble> {
        let row = tag.number("r").unwrap_or(self.row + 1);
        if row <= self.row || row > ROWS {
            return Err(Trouble::Broken);
        }
        (self.row, self.column) = (row, 0);
        self.hidden_row = tag.is_on("hidden") || tag.attr("ht").is_some_and(|height| height.parse() == Ok(0.0));
        Ok(())
    }

    fn begin_cell(&mut self, tag: &Tag<'_>) -> Result<Written, Trouble> {
        let column = match tag.attr("r").as_deref().map(place) {
            Some(Some((column, row))) if row == self.row => column,
            Some(_) => return Err(Trouble::Broken),
            None => self.column,
        };
        if self.row == 0 || column < self.column || column >= COLUMNS {
            return Err(Trouble::Broken);
        }
        self.column = column + 1;
        let style = tag.number("s").unwrap_or_default() as usize;
        Ok(Written { kind: tag.attr("t").unwrap_or_default(), style, ..Written::default() })
    }

    fn cell(&mut self, xml: &mut Xml<'_>, mut written: Written) -> Result<(), Trouble> {
        let (mut in_value, mut in_formula) = (false, false);
        loop {
            match xml.next()? {
                Step::Start(tag) => match tag.name() {
                    b"v" => (in_value, written.has_value) = (true, true),
                    b"f" => (in_formula, written.formula) = (true, Some(String::new())),
                    b"is" => rich(xml, b"is", &mut written.value)?,
                    _ => {}
                },
                Step::End(tag) => match tag.name() {
                    b"v" => in_value = false,
                    b"f" => in_formula = false,
                    b"c" => return self.put(&written),
                    _ => {}
                },
                Step::Text(text) if in_value => written.value.push_str(&text),
                Step::Text(text) if in_formula => written.formula.iter_mut().for_each(|formula| formula.push_str(&text)),
                Step::Text(_) | Step::Other => {}
                Step::Done => return Err(Trouble::Broken),
            }
        }
    }

    fn put(&mut self, written: &Written) -> Result<(), Trouble> {
        let (text, is_odd) = match (&written.formula, written.kind.as_str()) {
            (_, "e") => (written.value.clone(), true),
            // An empty text is a value; a number of no digits is none.
            (Some(formula), kind) if written.value.is_empty() && !(kind == "str" && written.has_value) => {
                (format!("={}", formula.chars().take(FORMULA).collect::<String>()), true)
            }
            _ => (self.text(written), false),
        };
        if text.trim().is_empty() {
            return Ok(());
        }
        if self.out.count() >= CELLS || self.out.len() + text.len() > BYTES {
            return Err(Trouble::TooLarge);
        }
        let span = self.out.part(self.row, (self.column - 1) as u16, &text);
        if is_odd {
            let error = (written.kind == "e").then_some(text);
            self.odd.push(Odd { span, error });
        }
        self.hide(span);
        Ok(())
    }

    fn hide(&mut self, span: Span) {
        match &mut self.hides {
            Hides::All(first) => *first = first.or(Some(span)),
            Hides::Some if self.hidden_row => self.out.hide(span, HIDDEN_ROW),
            Hides::Some if self.hidden_columns.iter().any(|hidden| hidden.contains(&(self.column - 1))) => {
                self.out.hide(span, HIDDEN_COLUMN);
            }
            Hides::Some => {}
        }
    }

    /// What a cell says.
    fn text(&self, written: &Written) -> String {
        let value = written.value.trim();
        match written.kind.as_str() {
            "s" => value.parse().ok().and_then(|number| self.book.strings.get(number)).unwrap_or_default().to_owned(),
            "inlineStr" => written.value.clone(),
            "b" => flag(value).to_owned(),
            "d" => value.replace('T', " "),
            "str" => {
                let mut text = String::new();
                push_unescaped(&mut text, &written.value);
                text
            }
            _ => {
                let shows = self.book.styles.get(written.style).copied().unwrap_or(Shows::Number);
                let shown = match (shows, value.parse()) {
                    (Shows::Number, _) | (_, Err(_)) => None,
                    (shows, Ok(serial)) => moment(serial, shows, self.book.epoch),
                };
                shown.unwrap_or_else(|| number(value))
            }
        }
    }

    /// Says once a sheet which cells have no value.
    fn tell(&mut self) {
        let odd = std::mem::take(&mut self.odd);
        for is_error in [false, true] {
            let mut cells = odd.iter().filter(|odd| odd.error.is_some() == is_error);
            let Some(first) = cells.next() else { continue };
            let count = 1 + cells.count();
            let (words, help) = match &first.error {
                None => (
                    Words::new(
                        format!("{count} 个公式没有存下算出的值，这些格子没有检查；这是第一个"),
                        format!("{count} formulas have no value saved; these cells are not checked; the first is here"),
                    ),
                    Words::fixed("用 Excel 或 WPS 打开并保存一次，或粘贴为数值", "open and save it in Excel or WPS, or paste the values"),
                ),
                Some(error) => (
                    Words::new(
                        format!("{count} 个格子是错误值（如 {error}），没有检查；这是第一个"),
                        format!("{count} cells hold an error such as {error} and are not checked; the first is here"),
                    ),
                    Words::fixed("改好公式再检查", "mend the formula"),
                ),
            };
            self.out.fault(Fault { code: FORMULA_CODE, fails: true, span: first.span, words, help });
        }
        self.out.skip(odd.into_iter().map(|odd| odd.span));
    }
}

/// Column and row of `B7`, the column from 0.
fn place(text: &str) -> Option<(u32, u32)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let column = text.bytes().take(letters.min(4)).fold(0, |sum, letter| sum * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row = text.get(letters..)?.parse().ok()?;
    (letters > 0 && letters < 4).then(|| (column - 1, row))
}

/// The rows that are one cell, in the first column of merged cells; none when that is one row.
fn merge(range: &str) -> Option<Merge> {
    let (first, last) = range.split_once(':')?;
    let ((column, first), (_, last)) = (place(first)?, place(last)?);
    (first < last && column < COLUMNS && last <= ROWS).then_some(Merge { column: column as u16, first, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read() {
        assert_eq!((place("B7"), place("xfd1048576"), place("AA10")), (Some((1, 7)), Some((16_383, 1_048_576)), Some((26, 10))));
        assert_eq!([place(""), place("7"), place("B"), place("ABCDE1"), place("B-1"), place("微1")], [None; 6]);
        assert_eq!(merge("A2:A4"), Some(Merge { column: 0, first: 2, last: 4 }));
        assert_eq!([merge("A1:F1"), merge("A4:A2"), merge("A1"), merge("A1:A1048577")], [None; 4]);
    }
}
