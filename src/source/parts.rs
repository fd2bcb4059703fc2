//! A text that was put together from the cells of a workbook or the paragraphs of a document, and the way back to them.
//!
//! The text is what rules read and reports show. A row of a sheet is a line of it, cells are divided by tabs; a paragraph is a line. A
//! place in it is counted as people find it: the line is the number of the row or paragraph, column and byte are counted from the start
//! of the cell or paragraph, and [`Source::label`] says `计划!B7`.

use super::{Position, Source};
use crate::span::Span;
use crate::words::Words;
use std::sync::Arc;

/// What a text was put together from, and what in it nobody sees.
#[derive(Debug, Default)]
pub(super) struct Parts {
    groups: Vec<Group>,
    /// In order of their bytes; empty when the text is that of the file.
    parts: Vec<Part>,
    /// What readers of the file do not see, and why; in order, none inside another.
    hidden: Vec<Hidden>,
    faults: Vec<Fault>,
    /// Parts that stand there to be seen and say nothing; in order.
    skipped: Vec<Span>,
    /// The file itself, while no text is made of it.
    bytes: Vec<u8>,
}

/// What readers of a file do not see.
#[derive(Debug)]
pub(crate) struct Hidden {
    /// Its bytes.
    pub span: Span,
    /// Why.
    pub why: Words,
    /// Whether it is told even where nothing is wrong with it.
    pub is_told: bool,
}

/// A sheet, or one of the texts of a document.
#[derive(Clone, Debug)]
pub(crate) enum Group {
    /// A sheet.
    Sheet {
        /// Its name.
        name: String,
        /// Cells that are one over several rows; by column, then row.
        merges: Vec<Merge>,
    },
    /// Paragraphs: of the body when it has no name.
    Paragraphs(Words),
    /// Rows of one table, each a line.
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "nothing else is made of rows"))]
    Rows,
}

/// Rows of a column that are one cell: it says the same of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Merge {
    /// The column, from 0.
    pub column: u16,
    /// The row it is written in.
    pub first: u32,
    /// Its last row.
    pub last: u32,
}

/// A cell or a paragraph.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Its bytes.
    pub start: u32,
    /// The byte after them.
    pub end: u32,
    /// The number of its row or of itself, from 1.
    pub row: u32,
    /// The number of its column, from 0.
    pub column: u16,
    /// The number of its group.
    pub group: u16,
}

impl Part {
    /// Its bytes.
    pub(crate) fn span(self) -> Span {
        Span { start: self.start, end: self.end }
    }
}

/// Something wrong with the file, found before there was a text to read.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// Its code.
    pub code: &'static str,
    /// Whether the run fails by it, or it is only told.
    pub fails: bool,
    /// The bytes of the text to blame.
    pub span: Span,
    /// What is wrong.
    pub words: Words,
    /// What to do.
    pub help: Words,
}

/// A text that is being put together.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    text: String,
    parts: Parts,
}

impl Assembly {
    /// Nothing yet.
    pub(crate) fn new() -> Assembly {
        Assembly::default()
    }

    /// Bytes there are so far.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// Parts there are so far.
    pub(crate) fn count(&self) -> usize {
        self.parts.parts.len()
    }

    /// What follows belongs to a new group.
    pub(crate) fn group(&mut self, group: Group) {
        self.parts.groups.push(group);
    }

    /// Adds a cell or a paragraph: behind a tab when it goes on a row, else on a line of its own.
    pub(crate) fn part(&mut self, row: u32, column: u16, text: &str) -> Span {
        let group = u16::try_from(self.parts.groups.len().saturating_sub(1)).unwrap_or(u16::MAX);
        if let Some(last) = self.parts.parts.last() {
            self.text.push(if (last.group, last.row) == (group, row) { '\t' } else { '\n' });
        }
        let start = self.text.len();
        self.text.push_str(text);
        let span = Span::new(start..self.text.len());
        self.parts.parts.push(Part { start: span.start, end: span.end, row, column, group });
        span
    }

    /// Cells of the newest sheet that are one over several rows.
    pub(crate) fn merge(&mut self, mut of_sheet: Vec<Merge>) {
        of_sheet.sort_unstable();
        if let Some(Group::Sheet { merges, .. }) = self.parts.groups.last_mut() {
            *merges = of_sheet;
        }
    }

    /// These parts say nothing.
    pub(crate) fn skip(&mut self, spans: impl Iterator<Item = Span>) {
        self.parts.skipped.extend(spans);
    }

    /// Nobody sees these bytes, for this reason. What follows one another is one stretch.
    pub(crate) fn hide(&mut self, span: Span, why: Words) {
        match self.parts.hidden.last_mut() {
            Some(last) if last.why == why && span.start.saturating_sub(last.span.end) <= 1 => last.span.end = span.end,
            _ => self.parts.hidden.push(Hidden { span, why, is_told: true }),
        }
    }

    /// These bytes stand beside what is seen.
    pub(crate) fn aside(&mut self, span: Span, why: Words) {
        self.parts.hidden.push(Hidden { span, why, is_told: false });
    }

    /// Something is wrong.
    pub(crate) fn fault(&mut self, fault: Fault) {
        self.parts.faults.push(fault);
    }

    /// The source.
    pub(crate) fn finish(self, name: impl Into<String>) -> Source {
        let Assembly { text, mut parts } = self;
        parts.hidden.sort_by_key(|hidden| hidden.span);
        Source { parts: Some(Arc::new(parts)), ..Source::new(name, text) }
    }

    /// A source whose text is that of its file, with what was noted of it.
    pub(crate) fn note(self, source: Source) -> Source {
        let Assembly { mut parts, .. } = self;
        parts.hidden.sort_by_key(|hidden| hidden.span);
        Source { parts: Some(Arc::new(parts)), ..source }
    }
}

impl Source {
    /// A file of which a text is made later.
    #[cfg(feature = "parquet")]
    pub(crate) fn unmade(name: impl Into<String>, bytes: Vec<u8>) -> Source {
        Source { parts: Some(Arc::new(Parts { bytes, ..Parts::default() })), ..Source::new(name, "") }
    }

    /// The bytes of such a file.
    pub(crate) fn bytes_unmade(&self) -> Option<&[u8]> {
        self.parts.as_ref().map(|parts| parts.bytes.as_slice()).filter(|bytes| !bytes.is_empty())
    }

    /// What people call a place that is found in a workbook or a document: `计划!B7`, `计划!A7:F7`, `第3段:5`; none for a file of lines.
    pub fn label(&self, span: Span) -> Option<Words> {
        let first = self.part_at(span.start as usize)?;
        let last = self.part_at((span.end as usize).saturating_sub(1).max(span.start as usize))?;
        Some(match self.group(first) {
            Group::Sheet { name, .. } => Words::same(&format!("{}!{}", quoted(name), cells(first, last))),
            Group::Rows => Words::new(format!("第{}行", first.row), format!("row {}", first.row)),
            Group::Paragraphs(name) => {
                let Position { line, column } = self.position(span.start as usize);
                let (zh, en) = (&name.zh, &name.en);
                let blank = if en.is_empty() { "" } else { " " };
                Words::new(format!("{zh}第{line}段:{column}"), format!("{en}{blank}paragraph {line}:{column}"))
            }
        })
    }

    /// The same of a cell or some cells, `计划!B7`; none for anything else.
    pub fn cell(&self, span: Span) -> Option<String> {
        let is_sheet = matches!(self.group(self.part_at(span.start as usize)?), Group::Sheet { .. });
        self.label(span).filter(|_| is_sheet).map(|words| words.en.into_owned())
    }

    /// Why readers of the file do not see what stands at the start of a span, if so.
    pub(crate) fn hidden(&self, span: Span) -> Option<&Words> {
        let hidden = &self.parts.as_ref()?.hidden;
        let before = hidden.partition_point(|hidden| hidden.span.start <= span.start);
        let inside = hidden[..before].last().filter(|hidden| span.start < hidden.span.end.max(hidden.span.start + 1));
        inside.map(|hidden| &hidden.why)
    }

    /// All that readers of the file do not see, and why.
    pub(crate) fn all_hidden(&self) -> &[Hidden] {
        self.parts.as_ref().map_or(&[], |parts| &parts.hidden)
    }

    /// What is wrong with the file.
    pub(crate) fn faults(&self) -> &[Fault] {
        self.parts.as_ref().map_or(&[], |parts| &parts.faults)
    }

    /// Whether anything was noted of it.
    pub(crate) fn is_noted(&self) -> bool {
        self.parts.is_some()
    }

    /// The cells or paragraphs, in order.
    pub(crate) fn parts(&self) -> &[Part] {
        self.parts.as_ref().map_or(&[], |parts| &parts.parts)
    }

    /// Whether a part says nothing.
    pub(crate) fn skips(&self, part: Part) -> bool {
        self.parts.as_ref().is_some_and(|parts| parts.skipped.binary_search(&part.span()).is_ok())
    }

    /// The groups, in order.
    pub(crate) fn groups(&self) -> &[Group] {
        self.parts.as_ref().map_or(&[], |parts| &parts.groups)
    }

    /// Whether its text was put together from parts.
    pub(super) fn is_assembled(&self) -> bool {
        !self.parts().is_empty()
    }

    /// The part that holds byte `offset`, or ends before it.
    pub(crate) fn part_at(&self, offset: usize) -> Option<Part> {
        let parts = self.parts();
        let after = parts.partition_point(|part| part.start as usize <= offset);
        parts.get(after.saturating_sub(1)).copied()
    }

    /// All parts of the row that holds byte `offset`.
    pub(super) fn row_at(&self, offset: usize) -> Option<Span> {
        let part = self.part_at(offset)?;
        let row = (part.group, part.row);
        let parts = self.parts();
        let first = parts.partition_point(|part| (part.group, part.row) < row);
        let after = parts.partition_point(|part| (part.group, part.row) <= row);
        Some(Span { start: parts.get(first)?.start, end: parts.get(after.checked_sub(1)?)?.end })
    }

    fn group(&self, part: Part) -> &Group {
        &self.groups()[usize::from(part.group)]
    }
}

/// `B7`, or `A7:F7`.
fn cells(first: Part, last: Part) -> String {
    let start = format!("{}{}", letters(first.column), first.row);
    let is_same = first.group != last.group || (first.row, first.column) >= (last.row, last.column);
    if is_same { start } else { format!("{start}:{}{}", letters(last.column), last.row) }
}

/// `A` for the first column, `AA` for the 27th.
fn letters(column: u16) -> String {
    let (mut left, mut letters) = (u32::from(column) + 1, Vec::new());
    while left > 0 {
        letters.push(b'A' + ((left - 1) % 26) as u8);
        left = (left - 1) / 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

/// The name of a sheet as formulas write it.
fn quoted(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
    if is_plain { name.to_owned() } else { format!("'{}'", name.replace('\'', "''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    fn workbook() -> Source {
        let mut book = Assembly::new();
        book.group(Group::Sheet { name: "计划".to_owned(), merges: Vec::new() });
        for (row, column, text) in [(1, 0, "时间"), (1, 1, "文案"), (7, 0, "9:00"), (7, 27, "加\n微信")] {
            book.part(row, column, text);
        }
        book.group(Group::Sheet { name: "My plan".to_owned(), merges: Vec::new() });
        let hidden = book.part(1, 0, "加微信");
        book.hide(hidden, Words::fixed("隐藏", "hidden"));
        book.finish("plan.xlsx")
    }

    #[test]
    fn a_place_is_that_of_its_cell() {
        let source = workbook();
        assert_eq!(source.text(), "时间\t文案\n9:00\t加\n微信\n加微信");
        let at = source.text().find("微信").expect("there");
        assert_eq!(source.position(at), Position { line: 7, column: 3 });
        assert_eq!((source.original(at), source.original(at + 6)), (4, 10));
        assert_eq!(source.point(at, None), source.point(at, Some(source.point(0, None))));
        assert_eq!(source.cell(Span::new(at..at + 6)).as_deref(), Some("计划!AB7"));
        assert_eq!(source.slice(source.line_span(at)), "9:00\t加\n微信");
        let row = source.line_span(at);
        assert_eq!(source.cell(row).as_deref(), Some("计划!A7:AB7"));
        let last = Span::new(source.text().len() - 6..source.text().len());
        assert_eq!(source.cell(last).as_deref(), Some("'My plan'!A1"));
        assert!(source.hidden(last).is_some() && source.hidden(row).is_none());
    }

    #[test]
    fn a_place_is_that_of_its_paragraph() {
        let mut document = Assembly::new();
        document.group(Group::Paragraphs(Words::default()));
        document.part(1, 0, "标题");
        document.part(3, 0, "请加微信");
        document.group(Group::Paragraphs(Words::fixed("脚注", "footnote")));
        document.part(1, 0, "注");
        let source = document.finish("a.docx");
        let label = |part: &str, lang: Lang| {
            let at = source.text().find(part).expect("there");
            source.label(Span::new(at..at + part.len())).map(|words| words.say(lang).to_owned()).unwrap_or_default()
        };
        assert_eq!((label("加微信", Lang::Zh), label("注", Lang::Zh)), ("第3段:2".to_owned(), "脚注第1段:1".to_owned()));
        assert_eq!((label("加微信", Lang::En), label("注", Lang::En)), ("paragraph 3:2".to_owned(), "footnote paragraph 1:1".to_owned()));
        assert_eq!(source.cell(Span::new(0..3)), None);
    }

    #[test]
    fn a_file_of_lines_has_no_labels() {
        let source = Source::new("a.txt", "加微信");
        assert_eq!((source.label(Span::new(0..3)), source.cell(Span::new(0..3))), (None, None));
    }

    #[test]
    fn columns_are_called_as_in_a_sheet() {
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }
}
