//! `.csv`: a header, then one record a row, as spreadsheets save them (RFC 4180; commas, tabs or semicolons).

use super::cell::{Cell, FieldRef};
use super::csv_row::{Quoting, Raw, Row};
use super::escape;
use super::grid::{Grid, HEAD, Said};
use super::intake::{Intake, Taking, Way};
use super::scan;
use super::{Field, Fields, Format, Reading, header};
use crate::problem::Problem;
use crate::source::Source;
use crate::span::Span;
use crate::words::Words;
use std::ops::Range;

/// Plans kept in a spreadsheet.
pub(super) const FORMAT: Format = Format {
    name: "csv",
    extensions: &["csv", "tsv"],
    about: Words::fixed("一行一条记录的表格，第一行是字段名", "a table with one record a row; the first row names the fields"),
    claims: |_| true,
    reading: Reading::InPieces { read, cut },
    open,
};

fn read(intake: &mut Intake<'_>, text: &str, range: Range<usize>) {
    let source = intake.source;
    if let Some(grid) = grid(source) {
        if range.start == 0 {
            grid.read(intake);
        }
        return;
    }
    let header = Header::of(source.name(), source.head());
    let is_first = intake.before + range.start == 0;
    let known = intake.problems.len();
    let columns = columns(intake, &header);
    if !is_first {
        intake.problems.truncate(known);
    }
    let Some(columns) = columns else { return intake.lines(text, range) };
    let ways = columns.iter().map(|field| intake.way(*field)).collect();
    let mut reader = Reader { text, ways, cells: Vec::new() };
    let start = if is_first { header.end } else { range.start };
    intake.lines(text, range.start..start);
    let mut row = Row::new(text.as_bytes(), header.delimiter, start);
    while row.next < range.end && row.begin() {
        if !reader.plain(intake, &mut row) {
            reader.row(intake, &mut row);
            intake.lines(text, row.start..row.next);
        } else if text.as_bytes().get(row.next - 1) == Some(&b'\n') {
            intake.line(row.next);
        }
    }
    intake.flush();
}

/// Behind the last row. Lines without a quote are passed as a whole; only rows with one are looked at.
fn cut(name: &str, head: Option<&str>, bytes: &[u8]) -> usize {
    let header = Header::of(name, head.unwrap_or_else(|| beginning(bytes)));
    let end = last_border(Row::new(bytes, header.delimiter, 0));
    if head.is_none() && (header.is_open || end < header.end) { 0 } else { end }
}

fn last_border(mut row: Row<'_>) -> usize {
    let bytes = row.text;
    loop {
        let quote = memchr::memchr(b'"', &bytes[row.next..]).map(|quote| row.next + quote);
        row.next += memchr::memrchr(b'\n', &bytes[row.next..quote.unwrap_or(bytes.len())]).map_or(0, |line_break| line_break + 1);
        let border = row.next;
        if quote.is_none() || !row.begin() {
            return border;
        }
        row.pass();
        if row.open {
            return border;
        }
    }
}

/// The text at the start of bytes that may be cut off anywhere.
fn beginning(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// The grid of days and times that a table is, if it is one; what is too large to be held is a log.
fn grid(source: &Source) -> Option<Grid> {
    if source.on_disk().is_some() {
        return None;
    }
    let text = source.text();
    let mut row = Row::new(text.as_bytes(), Header::of(source.name(), text).delimiter, 0);
    let mut rows = |most: usize| {
        let mut rows = Vec::new();
        while rows.len() < most && row.begin() {
            let cells = std::iter::from_fn(|| row.cell());
            rows.push(cells.map(|raw| Said { text: raw.value(text).trim().to_owned(), span: raw.span }).collect());
        }
        rows
    };
    let head: Vec<Vec<Said>> = rows(HEAD);
    Grid::of(head.clone())?;
    Grid::of(head.into_iter().chain(rows(usize::MAX)).collect())
}

/// What the columns are; none when the first row names no field at all.
fn columns(intake: &mut Intake<'_>, header: &Header) -> Option<Vec<FieldRef>> {
    if header.names.iter().all(|(name, _)| name.is_empty()) {
        return None;
    }
    let columns = header::columns(intake, &header.names);
    if columns.is_none() {
        let words = Words::fixed("第一行没有一个认识的字段名，这张表没有读", "the first row names no known field; the table was not read");
        let problem = header::unknown(intake, &header.names, header.span, words);
        intake.problems.push(problem);
    }
    columns
}

/// The first row that is not empty.
struct Header {
    delimiter: u8,
    names: Vec<(String, Span)>,
    span: Span,
    /// Where the second row begins.
    end: usize,
    /// Whether it might be another if the text went on.
    is_open: bool,
}

impl Header {
    /// The header of a table that begins with `head`, cut by the delimiter that gives the most cells; a `.tsv` is cut by tabs.
    fn of(name: &str, head: &str) -> Header {
        if name.ends_with(".tsv") {
            return Header::cut(head, b'\t');
        }
        let mut best = Header::cut(head, b',');
        for delimiter in [b'\t', b';'] {
            let other = Header::cut(head, delimiter);
            if other.names.len() > best.names.len() {
                best = other;
            }
        }
        best
    }

    fn cut(head: &str, delimiter: u8) -> Header {
        let mut row = Row::new(head.as_bytes(), delimiter, 0);
        let mut names: Vec<(String, Span)> = Vec::new();
        while names.iter().all(|(name, _)| name.is_empty()) && row.begin() {
            names.clear();
            while let Some(raw) = row.cell() {
                names.push((raw.value(head).trim().to_owned(), raw.span));
            }
        }
        let is_open = row.open || names.iter().all(|(name, _)| name.is_empty());
        Header { delimiter, names, span: Span::new(row.start..row.end), end: row.next, is_open }
    }
}

/// Turns rows into records.
struct Reader<'t> {
    text: &'t str,
    /// By column.
    ways: Vec<Way>,
    cells: Vec<Cell<'t>>,
}

impl<'t> Reader<'t> {
    /// Reads a row of as many cells as the header has, in a line of its own; false when it is another sort of row.
    fn plain(&self, intake: &mut Intake<'_>, row: &mut Row<'t>) -> bool {
        let Some(mut taking) = intake.taking(self.text) else { return false };
        if self.walk(&mut taking, row).is_some() && taking.keep(Span::new(row.start..row.end)).is_some() {
            return true;
        }
        taking.forget();
        false
    }

    /// Hands over the cells of a row; none when it is another sort of row.
    #[inline(always)]
    fn walk(&self, taking: &mut Taking<'_, 't, '_>, row: &mut Row<'t>) -> Option<()> {
        let (delimiter, mut rest) = (row.delimiter, row.text.get(row.start..)?);
        let (last, ways) = self.ways.split_last()?;
        for way in ways {
            let time = if way.is_time() { taking.take_time(rest) } else { None };
            let length = match time {
                Some(length) => length,
                None => take(taking, way, (rest, delimiter))?,
            };
            let (stop, after) = rest.get(length..)?.split_first()?;
            if *stop != delimiter {
                return None;
            }
            rest = after;
        }
        let length = take(taking, last, (rest, delimiter))?;
        let after = rest.get(length..)?;
        let line_break = match after {
            [] => 0,
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return None,
        };
        row.end = row.text.len() - after.len();
        row.next = row.end + line_break;
        Some(())
    }

    fn row(&mut self, intake: &mut Intake<'_>, row: &mut Row<'_>) {
        self.cells.clear();
        let (mut column, mut filled, mut extra) = (0, false, None);
        while let Some(raw) = row.cell() {
            if !raw.span.is_empty() {
                filled = true;
                match self.ways.get(column) {
                    Some(way) => self.cell(intake, way.field, raw),
                    None => extra = extra.or(Some(raw.span.start as usize)),
                }
            }
            column += 1;
        }
        if !filled {
            return;
        }
        let span = Span::new(row.start..row.end);
        if let Some(start) = extra {
            too_many(intake, Span::new(start..row.end));
        } else if column < self.ways.len() {
            too_few(intake, span, column, self.ways.len());
        }
        intake.record(span, &self.cells);
    }

    #[inline(always)]
    fn cell(&mut self, intake: &mut Intake<'_>, field: FieldRef, raw: Raw) {
        if raw.quoting == Quoting::Plain {
            self.cells.push(Cell::plain(field, raw.span, self.text));
        } else {
            self.odd(intake, field, raw);
        }
    }

    fn odd(&mut self, intake: &mut Intake<'_>, field: FieldRef, raw: Raw) {
        let quote = raw.span.start as usize;
        match raw.quoting {
            Quoting::Plain => {}
            Quoting::Doubled => {
                let undone = escape::doubled(&self.text[raw.span.range()], quote, '"');
                return self.cells.push(Cell::unescaped(field, raw.span, undone.text, undone.pieces));
            }
            Quoting::Unclosed => {
                let words = Words::fixed(
                    "这个引号没有配对，这一行按没有引号读",
                    "this quote is never closed; the row is read as if it were not there",
                );
                intake.problem("input-bad-quote", Span::new(quote..quote + 1), words);
            }
            Quoting::Torn => {
                let words = Words::fixed(
                    "结束的引号后面还有字；单元格里的引号要写两遍",
                    "something follows the closing quote; a quote inside a cell is written twice",
                );
                intake.problem("input-bad-quote", raw.span, words);
            }
        }
        self.cells.push(Cell::plain(field, raw.span, self.text));
    }
}

/// Takes the cell that the rest of a table begins with, gives its length, quotes and all; none when the row cannot be read so.
#[inline(always)]
fn take(taking: &mut Taking<'_, '_, '_>, way: &Way, (rest, delimiter): (&[u8], u8)) -> Option<usize> {
    if let Some((b'"', inner)) = rest.split_first() {
        return take_quoted(taking, way, inner);
    }
    let length = scan::before(rest, move |block| block.is(delimiter) | block.is(b'\n') | block.is(b'\r'));
    taking.take(way, (&scan::near(rest), rest), length)?;
    Some(length)
}

/// The same from behind the opening quote on.
#[inline(never)]
fn take_quoted(taking: &mut Taking<'_, '_, '_>, way: &Way, rest: &[u8]) -> Option<usize> {
    let length = scan::before(rest, |block| block.is(b'"') | block.is(b'\n'));
    if rest.get(length) != Some(&b'"') {
        return None;
    }
    taking.take(way, (&scan::near(rest), rest), length)?;
    Some(length + 2)
}

fn too_many(intake: &mut Intake<'_>, extra: Span) {
    let words = Words::fixed("这一行的格子比表头多", "this row has more cells than the header");
    let help = Words::fixed("文字里有逗号的，整格用双引号括起来", "put a cell with a comma in it in double quotes");
    intake.problems.push(Problem::error("input-ragged-row", intake.id, extra, words).with_help(help));
}

fn too_few(intake: &mut Intake<'_>, row: Span, there: usize, wanted: usize) {
    let words =
        Words::new(format!("这一行只有 {there} 格，表头有 {wanted} 格"), format!("this row has {there} cells, the header has {wanted}"));
    let help = Words::fixed("空着的格子也要留逗号", "keep the commas of empty cells");
    intake.problems.push(Problem::error("input-ragged-row", intake.id, row, words).with_help(help));
}

/// The way back to the cells of a row: the row is cut again.
struct Rows<'s> {
    source: &'s Source,
    header: Header,
}

fn open(source: &Source) -> Box<dyn Fields + '_> {
    if let Some(grid) = grid(source) {
        return grid.open();
    }
    Box::new(Rows { source, header: Header::of(source.name(), source.head()) })
}

impl Fields for Rows<'_> {
    fn of(&self, record: Span) -> Vec<Field> {
        let text = self.source.piece(record);
        let mut row = Row::new(text.as_bytes(), self.header.delimiter, 0);
        row.begin();
        let cells = std::iter::from_fn(|| row.cell());
        let named = self.header.names.iter().zip(cells).filter(|((name, _), raw)| !name.is_empty() && !raw.span.is_empty());
        let field = |(name, raw): (&str, Raw)| Field {
            name: name.to_owned(),
            value: raw.value(&text),
            span: raw.span.shifted(record.start as usize),
        };
        named.map(|((name, _), raw)| field((name, raw))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Trial {
        Trial::new("a.csv", text)
    }

    #[test]
    fn a_row_is_a_record() {
        let trial = read("action,account,amount,text\ntransfer,a,12.50,\n,b,,加微信\n");
        assert_eq!(trial.rows(), ["action=transfer account=a amount=12.5", "account=b text=加微信"]);
        assert_eq!(trial.spans(), [Span::new(27..44), Span::new(45..58)]);
        assert_eq!(trial.found_again(), [vec!["action=transfer", "account=a", "amount=12.50"], vec!["account=b", "text=加微信"]]);
        assert_eq!(trial.problems(), []);
    }

    #[test]
    fn quotes_hold_commas_line_breaks_and_quotes() {
        let trial = read("id,text\r\n1,\"加,微\r\n信\"\r\n2,\"说\"\"加微信\"\"\"\r\n\"3\",x");
        assert_eq!(trial.texts(), ["加,微\r\n信", "说\"加微信\"", "x"]);
        assert_eq!(trial.behind("说\"加"), "说\"\"加");
        assert_eq!(trial.behind("信\""), "信\"\"");
        assert_eq!(trial.found_again()[1], ["id=2", "text=说\"加微信\""]);
        assert_eq!(trial.spans().len(), 3);
        assert_eq!(trial.problems(), []);
    }

    #[test]
    fn tabs_and_semicolons_are_seen_in_the_header() {
        assert_eq!(read("action\taccount\nlogin\ta,b\n").rows(), ["action=login account=a,b"]);
        assert_eq!(read("action;account\nlogin;a,b\n").rows(), ["action=login account=a,b"]);
        assert_eq!(Trial::new("a.tsv", "text\n加,微\n").texts(), ["加,微"]);
    }

    #[test]
    fn what_spreadsheets_leave_behind_is_no_record() {
        let bytes = "\u{feff}\r\n,,\r\n text ,id,\r\n加微信,1,\r\n,,\r\n\r\n领资料,2,,,\r\n".as_bytes().to_vec();
        let trial = Trial::of(Source::decode("a.csv", bytes));
        assert_eq!(trial.rows(), ["id=1 text=加微信", "id=2 text=领资料"]);
        assert_eq!(trial.problems(), []);
    }

    #[test]
    fn ragged_rows_are_placed_and_read() {
        let trial = read("id,text,amount\n1,加,微,信\n2,加\n3,信,1\n");
        assert_eq!(trial.problems(), [("input-ragged-row", "信"), ("input-bad-number", "微"), ("input-ragged-row", "2,加")]);
        assert_eq!(trial.texts(), ["加", "加", "信"]);
    }

    #[test]
    fn a_quote_out_of_place_is_told_and_the_rest_is_read() {
        let trial = read("id,text\n1,\"加\n2,信\n");
        assert_eq!(trial.problems(), [("input-bad-quote", "\"")]);
        assert_eq!(trial.texts(), ["\"加", "信"]);
        let trial = read("id,text\n1,\"加\"微信,\n2,5\" 屏\n");
        assert_eq!(trial.problems(), [("input-bad-quote", "加\"微信")]);
        assert_eq!(trial.texts(), ["加\"微信", "5\" 屏"]);
        assert_eq!(read("\"").problems(), [("input-bad-header", "\"")]);
    }

    #[test]
    fn headers_and_actions_are_read_as_people_write_them() {
        let trial =
            read("时间,账号,动作,文案,金额\n2026-11-20 09:00,a,发朋友圈,加微信,\n,b,post_moment,,\n,b,发红包,,12.5\n,b,发朋友圏,,\n");
        assert_eq!(
            trial.rows(),
            [
                "time=2026-11-20T09:00:00+08:00 action=post_moment account=a text=加微信",
                "action=post_moment account=b",
                "action=send_red_packet account=b amount=12.5",
                "action=发朋友圏 account=b"
            ]
        );
        assert_eq!(trial.problems(), [("input-unknown-action", "发朋友圏")]);
        assert_eq!(trial.found_again()[0][3], "文案=加微信");
        assert_eq!(read("编号,账号类型\na,个人号\n").rows(), ["account.id=a account.kind=personal"]);
        assert_eq!(read("文案,text\na,b\n").problems(), [("input-duplicate-field", "text")]);
        assert_eq!(read("账户,文按\na,b\n").problems(), [("input-bad-header", "账户,文按")]);
    }

    #[test]
    fn a_header_must_name_fields() {
        assert_eq!(read("acount,txt\na,加微信\n").problems(), [("input-bad-header", "acount,txt")]);
        assert_eq!(read("text,text,acount\na,b,c\n").problems(), [("input-duplicate-field", "text"), ("input-unknown-field", "acount")]);
        assert_eq!(read("text,text,acount\na,b,c\n").texts(), ["a"]);
        for nothing in ["", "\n", ",,\n\n", "text\n", "text"] {
            assert_eq!((read(nothing).problems().len(), read(nothing).spans().len()), (0, 0), "{nothing:?}");
        }
    }

    #[test]
    fn hostile_files_end() {
        let long = "微".repeat(400_000);
        assert_eq!(read(&format!("text\n{long}\n\"{long}\"")).texts(), [long.clone(), long]);
        assert_eq!(read(&format!("text\n{}", "\"\n".repeat(50_001))).spans().len(), 25_001);
        assert_eq!(read(&format!("text,{}\nx", "a1,".repeat(100_000))).texts(), ["x"]);
        assert_eq!(read(&format!("text\nx{}", ",".repeat(200_000))).texts(), ["x"]);
        assert_eq!(read("text\n\0\n").texts(), ["\0"]);
    }

    /// Cells that need no quotes.
    const PLAIN: &[&str] =
        &["", "", "login", "加", " a ", "12.5", "2026-11-20T09:00:00.250+08:00", "a cell of more than sixteen bytes", "\u{1}"];

    fn tables() -> impl Strategy<Value = String> {
        let part = prop_oneof![8 => Just("加"), 4 => Just(","), 3 => Just("\n"), 2 => Just("\r\n"), 3 => Just("\""), 1 => Just("\"\""), 2 => Just("\"a\nb\"")];
        proptest::collection::vec(part, 0..60).prop_map(|parts| format!("id,text,amount\n{}", parts.concat()))
    }

    proptest! {
        #[test]
        fn parts_together_equal_the_whole(text in tables(), parts in 1usize..9) {
            let (whole, split) = (read(&text), Trial::split("a.csv", &text, parts));
            prop_assert_eq!(whole.rows(), split.rows());
            prop_assert_eq!(whole.spans(), split.spans());
            prop_assert_eq!(whole.placed(), split.placed());
        }

        #[test]
        fn cells_in_quotes_say_the_same(rows in proptest::collection::vec((proptest::collection::vec(proptest::sample::select(PLAIN), 4..7), "\r?"), 0..12)) {
            let table = |open: &str, close: &str| -> String {
                let rows = rows.iter().map(|(cells, end)| format!("{open}{}{close},{}{end}\n", cells[0], cells[1..].join(",")));
                std::iter::once("time,action,id,amount,text\n".to_owned()).chain(rows).collect()
            };
            let codes = |trial: &Trial| {
                let mut codes: Vec<&str> = trial.problems().into_iter().map(|(code, _)| code).collect();
                codes.sort_unstable();
                codes
            };
            // A blank behind a quote sends a row the long way.
            let plain = read(&table("", ""));
            for close in ["\"", "\" "] {
                let quoted = read(&table("\"", close));
                prop_assert_eq!(plain.rows(), quoted.rows());
                prop_assert_eq!(codes(&plain), codes(&quoted));
            }
        }

        #[test]
        fn fields_found_again_are_those_that_were_read(text in tables()) {
            let trial = read(&text);
            let texts: Vec<String> = trial.found_again().into_iter().flatten().filter_map(|field| Some(field.strip_prefix("text=")?.to_owned())).collect();
            prop_assert_eq!(trial.texts(), texts);
        }

        #[test]
        fn well_formed_tables_come_back(rows in proptest::collection::vec(("[a加,\"\n\r]{1,6}", "[a加,\"\n]{0,5}x"), 0..8)) {
            let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
            let table: String = rows.iter().map(|(id, text)| format!("{},{}\r\n", quoted(id), quoted(text))).collect();
            let trial = read(&format!("id,text\r\n{table}"));
            prop_assert_eq!(trial.problems(), []);
            prop_assert_eq!(trial.texts(), rows.into_iter().map(|(_, text)| text).collect::<Vec<_>>());
        }
    }
}
