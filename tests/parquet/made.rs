//! Files of columns, made for a test.

use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

/// The values of a column; `None` is one that is missing.
pub(crate) enum Values {
    Bool(Vec<Option<bool>>),
    Int32(Vec<Option<i32>>),
    Int64(Vec<Option<i64>>),
    Int96(Vec<Option<[u32; 3]>>),
    Float(Vec<Option<f32>>),
    Double(Vec<Option<f64>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Fixed(Vec<Option<Vec<u8>>>),
}

/// Texts.
pub(crate) fn texts(values: &[&str]) -> Values {
    Values::Bytes(values.iter().map(|text| (!text.is_empty()).then(|| text.as_bytes().to_vec())).collect())
}

/// Packed with zstd.
pub(crate) fn zstd() -> WriterProperties {
    WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build()
}

/// Packed with snappy.
pub(crate) fn snappy() -> WriterProperties {
    WriterProperties::builder().set_compression(Compression::SNAPPY).build()
}

/// A file of these columns, all optional, in one group of rows.
pub(crate) fn file(columns: &[(&str, Values)], properties: WriterProperties) -> Vec<u8> {
    let fields: String = columns.iter().map(|(field, _)| format!("optional {field};")).collect();
    groups(&fields, &[columns], properties)
}

/// A file of some groups of rows.
pub(crate) fn groups(fields: &str, groups: &[&[(&str, Values)]], properties: WriterProperties) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(&format!("message log {{ {fields} }}")).expect("a schema"));
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).expect("begun");
    for columns in groups {
        let mut group = writer.next_row_group().expect("begun");
        let mut columns = columns.iter();
        while let Some(mut column) = group.next_column().expect("a column") {
            write(column.untyped(), &columns.next().expect("as many").1);
            column.close().expect("written");
        }
        group.close().expect("written");
    }
    writer.into_inner().expect("written")
}

fn write(column: &mut ColumnWriter<'_>, values: &Values) {
    macro_rules! put {
        ($writer:expr, $values:expr, $kept:expr) => {{
            let levels: Vec<i16> = $values.iter().map(|value| i16::from(value.is_some())).collect();
            let kept: Vec<_> = $values.iter().flatten().map($kept).collect();
            $writer.write_batch(&kept, Some(&levels), None).expect("written");
        }};
    }
    match (column, values) {
        (ColumnWriter::BoolColumnWriter(writer), Values::Bool(values)) => put!(writer, values, |value| *value),
        (ColumnWriter::Int32ColumnWriter(writer), Values::Int32(values)) => put!(writer, values, |value| *value),
        (ColumnWriter::Int64ColumnWriter(writer), Values::Int64(values)) => put!(writer, values, |value| *value),
        (ColumnWriter::Int96ColumnWriter(writer), Values::Int96(values)) => put!(writer, values, |value| Int96::from(value.to_vec())),
        (ColumnWriter::FloatColumnWriter(writer), Values::Float(values)) => put!(writer, values, |value| *value),
        (ColumnWriter::DoubleColumnWriter(writer), Values::Double(values)) => put!(writer, values, |value| *value),
        (ColumnWriter::ByteArrayColumnWriter(writer), Values::Bytes(values)) => {
            put!(writer, values, |value| ByteArray::from(value.clone()));
        }
        (ColumnWriter::FixedLenByteArrayColumnWriter(writer), Values::Fixed(values)) => {
            put!(writer, values, |value| FixedLenByteArray::from(value.clone()));
        }
        _ => panic!("values of another type"),
    }
}
