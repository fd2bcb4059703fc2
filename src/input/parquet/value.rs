//! The values of a column as JSON: exact numbers, times as people write them.

use super::super::xlsx::civil;
use super::{Trouble, json};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray, Int96};
use parquet::schema::types::ColumnDescriptor;
use std::fmt::Write;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words, or `true` and `false`, or numbers as they are.
    Plain,
    /// Numbers that are never negative.
    Unsigned,
    /// A day.
    Day,
    /// A time of day, so many a second.
    Clock(i64),
    /// A moment, so many a second; of the whole world, or on the wall.
    Moment { a_second: i64, is_utc: bool },
    /// A number with so many digits behind the point.
    Decimal(u32),
}

/// Digits behind the point there can be in sixteen bytes.
const SCALE: i32 = 38;

impl Kind {
    /// What the values of a column are; none when they are nothing that can be read.
    pub(super) fn of(column: &ColumnDescriptor) -> Option<Kind> {
        let decimal = |scale: i32| u32::try_from(scale).ok().filter(|_| scale <= SCALE).map(Kind::Decimal);
        let kind = match column.logical_type_ref() {
            Some(LogicalType::Timestamp(of)) => Kind::Moment { a_second: a_second(of.unit), is_utc: of.is_adjusted_to_u_t_c },
            Some(LogicalType::Time(of)) => Kind::Clock(a_second(of.unit)),
            Some(LogicalType::Date) => Kind::Day,
            Some(LogicalType::Decimal(of)) => decimal(of.scale)?,
            Some(LogicalType::Integer(of)) if !of.is_signed => Kind::Unsigned,
            Some(LogicalType::Integer(_) | LogicalType::String | LogicalType::Enum | LogicalType::Json) => Kind::Plain,
            Some(_) => return None,
            None => match column.converted_type() {
                ConvertedType::TIMESTAMP_MILLIS => Kind::Moment { a_second: 1_000, is_utc: true },
                ConvertedType::TIMESTAMP_MICROS => Kind::Moment { a_second: 1_000_000, is_utc: true },
                ConvertedType::TIME_MILLIS => Kind::Clock(1_000),
                ConvertedType::TIME_MICROS => Kind::Clock(1_000_000),
                ConvertedType::DATE => Kind::Day,
                ConvertedType::DECIMAL => decimal(column.type_scale())?,
                ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => Kind::Unsigned,
                ConvertedType::BSON | ConvertedType::INTERVAL => return None,
                _ => Kind::Plain,
            },
        };
        let is_fixed = column.physical_type() == Type::FIXED_LEN_BYTE_ARRAY;
        let is_readable = !is_fixed || matches!(kind, Kind::Decimal(_)) && (1..=16).contains(&column.type_length());
        is_readable.then_some(kind)
    }
}

fn a_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    }
}

/// Some values of a column, as they are kept.
enum Values {
    Bool(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Int96(Vec<Int96>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
}

/// A column of a row group, as it is read.
pub(super) struct Column<'n> {
    /// Its name as JSON.
    pub name: &'n str,
    kind: Kind,
    reader: ColumnReader,
    /// Of each row that was loaded, whether it has a value: 1 or 0; empty when all have.
    given: Vec<i16>,
    values: Values,
    row: usize,
    value: usize,
}

impl<'n> Column<'n> {
    /// A column before its first row.
    pub(super) fn new(name: &'n str, kind: Kind, reader: ColumnReader) -> Column<'n> {
        Column { name, kind, reader, given: Vec::new(), values: Values::Bool(Vec::new()), row: 0, value: 0 }
    }

    /// Loads so many rows.
    pub(super) fn load(&mut self, rows: usize) -> Option<()> {
        self.given.clear();
        (self.row, self.value) = (0, 0);
        let given = &mut self.given;
        self.values = match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => Values::Bool(loaded(reader, rows, given)?),
            ColumnReader::Int32ColumnReader(reader) => Values::Int32(loaded(reader, rows, given)?),
            ColumnReader::Int64ColumnReader(reader) => Values::Int64(loaded(reader, rows, given)?),
            ColumnReader::Int96ColumnReader(reader) => Values::Int96(loaded(reader, rows, given)?),
            ColumnReader::FloatColumnReader(reader) => Values::Float(loaded(reader, rows, given)?),
            ColumnReader::DoubleColumnReader(reader) => Values::Double(loaded(reader, rows, given)?),
            ColumnReader::ByteArrayColumnReader(reader) => Values::Bytes(loaded(reader, rows, given)?),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => Values::Fixed(loaded(reader, rows, given)?),
        };
        Some(())
    }

    /// Writes the value of the next row, or nothing when it has none; says whether it could be written as it is.
    pub(super) fn write(&mut self, out: &mut String) -> Result<bool, Trouble> {
        let is_given = self.given.get(self.row).is_none_or(|level| *level > 0);
        self.row += 1;
        if !is_given {
            return Ok(true);
        }
        let at = self.value;
        self.value += 1;
        let written = match &self.values {
            Values::Bool(values) => values.get(at).map(|value| put(out, value)),
            Values::Int32(values) => values.get(at).map(|value| match self.kind {
                Kind::Unsigned => put(out, &value.cast_unsigned()),
                kind => integer(out, i64::from(*value), kind),
            }),
            Values::Int64(values) => values.get(at).map(|value| match self.kind {
                Kind::Unsigned => put(out, &value.cast_unsigned()),
                kind => integer(out, *value, kind),
            }),
            Values::Int96(values) => values.get(at).map(|value| put(out, &old_moment(value.data()))),
            Values::Float(values) => values.get(at).map(|value| float(out, value, value.is_finite())),
            Values::Double(values) => values.get(at).map(|value| float(out, value, value.is_finite())),
            Values::Bytes(values) => match values.get(at) {
                Some(value) => return bytes(out, value.data(), self.kind),
                None => None,
            },
            Values::Fixed(values) => match values.get(at) {
                Some(value) => return bytes(out, value.data(), self.kind),
                None => None,
            },
        };
        written.map(|()| true).ok_or(Trouble::Broken)
    }
}

fn loaded<T: DataType>(reader: &mut ColumnReaderImpl<T>, rows: usize, given: &mut Vec<i16>) -> Option<Vec<T::T>> {
    let mut values = Vec::new();
    let (read, ..) = reader.read_records(rows, Some(given), None, &mut values).ok()?;
    (read == rows).then_some(values)
}

fn put(out: &mut String, value: &dyn std::fmt::Display) {
    write!(out, "{value}").expect("a string takes anything");
}

fn float(out: &mut String, value: &dyn std::fmt::Display, is_finite: bool) {
    if is_finite {
        put(out, value);
    } else {
        put(out, &json(&value.to_string()));
    }
}

fn bytes(out: &mut String, value: &[u8], kind: Kind) -> Result<bool, Trouble> {
    if let Kind::Decimal(scale) = kind {
        if value.is_empty() || value.len() > 16 {
            return Err(Trouble::Broken);
        }
        let sign = if value[0] >= 0x80 { -1 } else { 0 };
        put(out, &decimal(value.iter().fold(sign, |number: i128, byte| number << 8 | i128::from(*byte)), scale));
        return Ok(true);
    }
    let text = String::from_utf8_lossy(value);
    out.push_str(&json(&text));
    Ok(matches!(text, std::borrow::Cow::Borrowed(_)))
}

fn integer(out: &mut String, value: i64, kind: Kind) {
    match kind {
        Kind::Plain | Kind::Unsigned => put(out, &value),
        Kind::Day => put(out, &json(&day(value).unwrap_or_else(|| value.to_string()))),
        Kind::Clock(a_second) => put(out, &json(&clock(i128::from(value), a_second))),
        Kind::Moment { a_second, is_utc } => put(out, &json(&moment(i128::from(value), a_second, is_utc))),
        Kind::Decimal(scale) => put(out, &decimal(i128::from(value), scale)),
    }
}

/// Days there can be since 1970: the years 1 to 9999.
const DAYS: std::ops::Range<i64> = -719_162..2_932_897;

fn day(days: i64) -> Option<String> {
    let (year, month, day) = DAYS.contains(&days).then(|| civil(days))?;
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// A time of day, to the microsecond.
fn clock(value: i128, a_second: i64) -> String {
    let (seconds, part) = (value.div_euclid(i128::from(a_second)), value.rem_euclid(i128::from(a_second)));
    let micros = part * 1_000_000 / i128::from(a_second);
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    format!("{:02}:{:02}:{:02}{fraction}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A moment as `2026-11-20T09:00:00Z`, or on the wall as `2026-11-20 09:00:00`; as its number where there is no such year.
fn moment(value: i128, a_second: i64, is_utc: bool) -> String {
    let a_day = i128::from(a_second) * 86_400;
    let days = i64::try_from(value.div_euclid(a_day)).ok().and_then(day);
    let clock = clock(value.rem_euclid(a_day), a_second);
    match days {
        Some(day) if is_utc => format!("{day}T{clock}Z"),
        Some(day) => format!("{day} {clock}"),
        None => value.to_string(),
    }
}

/// A moment of old files: nanoseconds of a day, and a Julian day.
fn old_moment(parts: &[u32]) -> String {
    let part = |at: usize| i128::from(parts.get(at).copied().unwrap_or_default());
    let days = part(2) - 2_440_588;
    json(&moment(days * 86_400_000_000_000 + (part(1) << 32 | part(0)), 1_000_000_000, true))
}

/// A number whose last digits stand behind the point.
fn decimal(value: i128, scale: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}
