//! `.parquet`: a log of columns, one record a row; columns that nobody asks for are not read.
//!
//! The text that is made of it has a line of JSON for each row, with the columns that are asked for, and is read as `.jsonl` is. Its first
//! line names the others too, so that a slip in a name is told.

mod guard;
mod value;

use super::{Format, Intake, Reading, Setting, jsonl};
use crate::source::{Assembly, Fault, Group, Source};
use crate::span::Span;
use crate::words::Words;
use bytes::Bytes;
use guard::{Guarded, Pages};
use parquet::basic::Compression;
use parquet::column::reader::get_column_reader;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::serialized_reader::SerializedPageReader;
use std::sync::Arc;
use value::{Column, Kind};

/// Logs of data warehouses.
pub(super) const FORMAT: Format = Format {
    name: "parquet",
    extensions: &["parquet"],
    about: Words::fixed(
        "数据仓库的日志，一行一条记录；只读规则用到的列",
        "logs of a data warehouse; only columns that rules ask for are read",
    ),
    claims: |_| true,
    reading: Reading::Columns { make, read },
    open: jsonl::open,
};

/// Rows a file may have.
const ROWS: u64 = 20_000_000;
/// Bytes the text that is made of it may have.
const TEXT: usize = 1 << 30;
/// Bytes a value may have.
const VALUE: usize = 16 << 20;
/// Rows that are read at a time.
const BATCH: usize = 256;
/// Columns that are named when they are not read.
const NAMED: usize = 5;

/// Why a file cannot be read, or not further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    /// It is no such file, or is cut off, or locked.
    Broken,
    /// It is larger than any such file, or becomes so.
    TooLarge,
    /// A column that is asked for is packed in a way that is not read.
    Packed,
}

impl Trouble {
    fn fault(self, span: Span) -> Fault {
        let (code, words, help) = match self {
            Trouble::Broken => (
                "input-broken-file",
                Words::fixed(
                    "不是 Parquet 文件，或者坏了、加密了、没有下载完整；这以后的内容没有检查",
                    "this is no Parquet file, or it is broken, encrypted or cut off; what stands behind is not checked",
                ),
                Words::fixed("重新导出一份，或存成 .csv", "export it anew, or save it as .csv"),
            ),
            Trouble::TooLarge => (
                "input-too-large",
                Words::fixed(
                    "文件太大，或展开后大得不正常；这以后的内容没有检查",
                    "the file is too large, or unpacks to too much; what stands behind is not checked",
                ),
                Words::fixed("拆成几个文件，或存成 .csv", "split it, or save it as .csv"),
            ),
            Trouble::Packed => (
                "input-broken-file",
                Words::fixed(
                    "这个文件的压缩方式读不了（能读 Snappy、Zstd 和不压缩的）；这以后的内容没有检查",
                    "the file is compressed in a way that is not read (Snappy, Zstd and none are); what stands behind is not checked",
                ),
                Words::fixed("用 Zstd 或 Snappy 重新导出，或存成 .csv", "export it with Zstd or Snappy, or save it as .csv"),
            ),
        };
        Fault { code, fails: true, span, words, help }
    }
}

fn make(name: &str, bytes: &[u8], setting: Setting<'_>) -> Source {
    let mut text = Assembly::new();
    text.group(Group::Rows);
    if let Err(trouble) = fill(&mut text, bytes, setting) {
        let end = text.len();
        text.fault(trouble.fault(Span::new(end..end)));
    }
    text.finish(name)
}

fn read(intake: &mut Intake<'_>) {
    let text = intake.source.text();
    jsonl::read(intake, text, 0..text.len());
}

fn fill(text: &mut Assembly, bytes: &[u8], setting: Setting<'_>) -> Result<(), Trouble> {
    let bytes = Bytes::copy_from_slice(bytes);
    let file = guard::metadata(&bytes)?;
    let table = Table::of(&file, setting);
    table.tell(text);
    let source = Arc::new(Guarded::new(bytes));
    let mut rows = Rows { text, next: 1, table: &table, is_damaged: false };
    let ended = file.row_groups().iter().try_for_each(|group| rows.read(group, &source));
    if rows.is_damaged {
        let words = Words::fixed("有些文字不是 UTF-8，已显示为 \u{FFFD}", "some texts are not UTF-8 and are shown as \u{FFFD}");
        let help = Words::fixed("导出时把文字存成 UTF-8", "export texts as UTF-8");
        text.fault(Fault { code: "input-bad-encoding", fails: true, span: Span::default(), words, help });
    }
    ended
}

/// What becomes of the columns of a file.
struct Table {
    /// Those that are read: number, name as JSON, kind.
    read: Vec<(usize, String, Kind)>,
    /// Those nobody asks for, by name as JSON.
    others: Vec<String>,
    /// Those that hold no single values: name, and whether it is asked for.
    nested: Vec<(String, bool)>,
}

impl Table {
    fn of(file: &ParquetMetaData, setting: Setting<'_>) -> Table {
        let mut table = Table { read: Vec::new(), others: Vec::new(), nested: Vec::new() };
        for (number, column) in file.file_metadata().schema_descr().columns().iter().enumerate() {
            let name = column.path().parts().first().map_or("", String::as_str);
            let is_flat = column.path().parts().len() == 1 && column.max_rep_level() == 0;
            let asked = setting.asks_for(name);
            match Kind::of(column).filter(|_| is_flat) {
                Some(kind) if asked => table.read.push((number, json(name), kind)),
                Some(_) => table.others.push(json(name)),
                None if table.nested.last().is_some_and(|(last, _)| last == name) => {}
                None => table.nested.push((name.to_owned(), asked)),
            }
        }
        table
    }

    /// Says which columns cannot be read, in one line, and which of them is missed.
    fn tell(&self, text: &mut Assembly) {
        let (missed, others) = self.nested.iter().partition::<Vec<_>, _>(|(_, asked)| *asked);
        for (columns, fails) in [(missed, true), (others, false)] {
            if columns.is_empty() {
                continue;
            }
            let shown = columns.iter().take(NAMED).map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(" ");
            let more = if columns.len() > NAMED { " …" } else { "" };
            let words = Words::new(
                format!("列 {shown}{more} 里是列表、结构或别的读不了的类型，没有检查"),
                format!("the columns {shown}{more} hold lists, structures or other types that are not read; they are not checked"),
            );
            let (code, help) = if fails {
                ("input-bad-value", Words::fixed("导出时让每一列都是单个的值", "export one plain value a column"))
            } else {
                ("input-unread", Words::default())
            };
            text.fault(Fault { code, fails, span: Span::default(), words, help });
        }
    }
}

/// The rows as they become lines.
struct Rows<'a> {
    text: &'a mut Assembly,
    /// The number of the next.
    next: u32,
    table: &'a Table,
    /// Whether a text was not UTF-8.
    is_damaged: bool,
}

impl Rows<'_> {
    fn read(&mut self, group: &RowGroupMetaData, source: &Arc<Guarded>) -> Result<(), Trouble> {
        let rows = u64::try_from(group.num_rows()).map_err(|_| Trouble::Broken)?;
        let over = source.trouble();
        let mut columns = Vec::new();
        for (number, name, kind) in &self.table.read {
            let chunk = group.columns().get(*number).ok_or(Trouble::Broken)?;
            if !matches!(chunk.compression(), Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_)) {
                return Err(Trouble::Packed);
            }
            guard::chunk(chunk, source)?;
            let count = usize::try_from(rows).map_err(|_| Trouble::Broken)?;
            let pages = SerializedPageReader::new(Arc::clone(source), chunk, count, None).map_err(|_| over())?;
            let reader = get_column_reader(chunk.column_descr_ptr(), Box::new(Pages::new(pages, source)));
            columns.push(Column::new(name, *kind, reader));
        }
        let mut left = rows;
        // Of a table without a column that is asked for, one line says as much as all.
        if columns.is_empty() {
            left = left.min(u64::from(self.next == 1));
        }
        while left > 0 {
            let count = left.min(BATCH as u64) as usize;
            for column in &mut columns {
                guard::survived(|| column.load(count)).ok_or_else(&over)?;
            }
            for _ in 0..count {
                self.row(&mut columns)?;
            }
            left -= count as u64;
        }
        Ok(())
    }

    fn row(&mut self, columns: &mut [Column<'_>]) -> Result<(), Trouble> {
        if u64::from(self.next) > ROWS {
            return Err(Trouble::TooLarge);
        }
        let mut line = String::from("{");
        for column in columns {
            let before = line.len();
            let name = column.name;
            line.push_str(if before > 1 { "," } else { "" });
            line.push_str(name);
            line.push(':');
            self.is_damaged |= !column.write(&mut line)?;
            if line.ends_with(':') {
                line.truncate(before);
            }
            if line.len() - before.min(line.len()) > VALUE || self.text.len() + line.len() > TEXT {
                return Err(Trouble::TooLarge);
            }
        }
        if self.next == 1 {
            for name in &self.table.others {
                let comma = if line.len() > 1 { "," } else { "" };
                line.push_str(&format!("{comma}{name}:null"));
            }
        }
        line.push('}');
        self.text.part(self.next, 0, &line);
        self.next += 1;
        Ok(())
    }
}

/// A text as JSON.
fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
