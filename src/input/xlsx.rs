//! `.xlsx`: a workbook, each sheet a table with one record a row or a grid of days and times.
//!
//! The text that is made of it has a line for each row. The calamine crate reads workbooks too, but says nothing of hidden rows and
//! columns or of formulas without a value, and holds a sheet as large as it claims to be; so the XML is read here, cell by cell.

mod book;
mod serial;
mod sheet;
mod table;

use super::archive::{Archive, Trouble};
use super::{Fields, Format, Intake, Reading};
use crate::source::{Assembly, Fault, Group, Source};
use crate::span::Span;
use crate::words::Words;
use book::Book;
#[cfg(feature = "parquet")]
pub(super) use serial::civil;
use table::{Table, of_sheet};

/// Plans as people keep them.
pub(super) const FORMAT: Format = Format {
    name: "xlsx",
    extensions: &["xlsx", "xlsm"],
    about: Words::fixed(
        "Excel 工作簿，每张表一行一条记录，或是日期和时间的格子表",
        "a workbook: sheets with one record a row, or grids of days and times",
    ),
    claims: |source| !is_lock(source.name()),
    reading: Reading::Made { make, read },
    open,
};

/// Whether it is what Excel puts beside a workbook that is open.
fn is_lock(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|file| file.starts_with("~$"))
}

fn make(name: &str, bytes: Vec<u8>) -> Source {
    let mut text = Assembly::new();
    if let Err(trouble) = fill(&mut text, bytes) {
        let end = text.len();
        text.fault(trouble.fault(Span::new(end..end)));
    }
    text.finish(name)
}

fn fill(text: &mut Assembly, bytes: Vec<u8>) -> Result<(), Trouble> {
    let mut archive = Archive::open(bytes)?;
    let book = Book::open(&mut archive)?;
    for (found, words) in [
        (
            "vbaproject.bin",
            Words::fixed("工作簿里有宏；宏没有运行，也没有检查", "the workbook has macros; they are neither run nor checked"),
        ),
        (
            "/externallinks/",
            Words::fixed(
                "工作簿引用了别的文件；没有去取，用的是存下的值",
                "the workbook refers to other files; nothing is fetched, the saved values are read",
            ),
        ),
        ("xl/comments", Words::fixed("格子的批注没有检查", "comments on cells are not checked")),
    ] {
        if archive.names().iter().any(|name| name.to_ascii_lowercase().contains(found)) {
            let fault = Fault { code: "input-unread", fails: false, span: Span::default(), words, help: Words::default() };
            text.fault(fault);
        }
    }
    for one in &book.sheets {
        sheet::read(&mut archive, &book, one, text)?;
    }
    Ok(())
}

fn read(intake: &mut Intake<'_>) {
    let source = intake.source;
    let tables = tables(source);
    let understood = |table: &Table<'_>, intake: &Intake<'_>| table.is_grid() || table.names().any(|name| intake.knows(name));
    let any = tables.iter().any(|table| understood(table, intake));
    for table in &tables {
        table.read(intake, any);
    }
}

/// The sheets that hold anything.
fn tables(source: &Source) -> Vec<Table<'_>> {
    let sheets = source.parts().chunk_by(|a, b| a.group == b.group);
    let merges = |group: u16| match source.groups().get(usize::from(group)) {
        Some(Group::Sheet { merges, .. }) => merges.as_slice(),
        Some(Group::Paragraphs(_) | Group::Rows) | None => &[],
    };
    sheets.map(|parts| of_sheet(source, parts, merges(parts[0].group))).collect()
}

fn open(source: &Source) -> Box<dyn Fields + '_> {
    Box::new(Opened { source, tables: tables(source).into_iter().map(|table| (table.group(), table.open())).collect() })
}

/// The fields of the rows of all sheets.
struct Opened<'s> {
    source: &'s Source,
    tables: Vec<(u16, Box<dyn Fields + 's>)>,
}

impl Fields for Opened<'_> {
    fn of(&self, record: Span) -> Vec<super::Field> {
        let group = self.source.part_at(record.start as usize).map(|part| part.group);
        let table = self.tables.iter().find(|(of, _)| Some(*of) == group);
        table.map_or_else(Vec::new, |(_, fields)| fields.of(record))
    }
}
