//! What the values of columns become.

use crate::made::{Values, file, groups, snappy, texts, zstd};
use crate::stage::{findings, text};
use crate::table::{report, staged};
use crate::{codes, found};
use parquet::basic::Encoding;
use parquet::file::properties::{WriterProperties, WriterVersion};

const MORNING: i64 = 1_795_136_400;

/// Three posts, the second half an hour behind the first.
fn posts(amount: Values) -> Vec<(&'static str, Values)> {
    let times = [0, 1_800, 90_000].map(|later| Some((MORNING + later) * 1_000));
    vec![
        ("binary 动作 (STRING)", texts(&["发朋友圈", "发朋友圈", "发朋友圈"])),
        ("binary 账号 (STRING)", texts(&["a", "a", "a"])),
        ("int64 time (TIMESTAMP(MILLIS, true))", Values::Int64(times.to_vec())),
        ("binary 文案 (STRING)", texts(&["你好", "", "请\"加微信\"\n谢谢"])),
        (amount_type(&amount), amount),
    ]
}

fn amount_type(values: &Values) -> &'static str {
    match values {
        Values::Int32(_) => "int32 amount (DECIMAL(9, 2))",
        Values::Int64(_) => "int64 amount",
        Values::Float(_) => "float amount",
        Values::Double(_) => "double amount",
        Values::Fixed(_) => "fixed_len_byte_array(16) amount (DECIMAL(38, 2))",
        _ => "binary amount (DECIMAL(20, 2))",
    }
}

fn expected() -> Vec<(String, u64)> {
    [("posts", 2), ("contact-word", 3), ("amount", 3)].map(|(rule, row)| (rule.to_owned(), row)).to_vec()
}

fn sorted(mut found: Vec<(String, u64)>) -> Vec<(String, u64)> {
    found.sort();
    found
}

#[test]
fn findings_are_those_of_the_same_rows_in_a_csv() {
    let csv = "动作,账号,time,文案,amount\n发朋友圈,a,2026-11-20T09:00:00Z,你好,\n发朋友圈,a,2026-11-20T09:30:00Z,,200.00\n\
        发朋友圈,a,2026-11-21T10:00:00Z,\"请\"\"加微信\"\" 谢谢\",200.01\n";
    let of_csv: Vec<_> = found(&report("log.csv", csv.as_bytes())).into_iter().map(|(rule, line)| (rule, line - 1)).collect();
    let bytes = |value: i128| Some(value.to_be_bytes().to_vec());
    let versions = [zstd(), snappy(), WriterProperties::default()];
    let amounts = [
        Values::Int32(vec![None, Some(20_000), Some(20_001)]),
        Values::Fixed(vec![None, bytes(20_000), bytes(20_001)]),
        Values::Bytes(vec![Some(vec![0x01]), Some(vec![0x4E, 0x20]), Some(vec![0x4E, 0x21])]),
    ];
    for (amount, properties) in amounts.into_iter().zip(versions) {
        let report = report("log.parquet", &file(&posts(amount), properties));
        assert_eq!(sorted(found(&report)), sorted(of_csv.clone()), "{report}");
    }
    assert_eq!(sorted(of_csv), sorted(expected()));
}

#[test]
fn numbers_of_every_type_are_numbers() {
    let amounts = [
        Values::Int64(vec![None, Some(5), Some(201)]),
        Values::Float(vec![None, Some(199.5), Some(200.5)]),
        Values::Double(vec![Some(1e-3), Some(200.0), Some(200.01)]),
    ];
    for amount in amounts {
        let report = report("log.parquet", &file(&posts(amount), zstd()));
        assert_eq!(sorted(found(&report)), sorted(expected()), "{report}");
    }
}

#[test]
fn moments_of_every_type_are_the_same() {
    let seconds = [0, 1_800, 90_000].map(|later| MORNING + later);
    let at = |a_second: i64| Values::Int64(seconds.iter().map(|second| Some(second * a_second)).collect());
    let old = |second: &i64| {
        let (days, nanos) = (second / 86_400, second % 86_400 * 1_000_000_000);
        Some([(nanos & 0xFFFF_FFFF) as u32, (nanos >> 32) as u32, (days + 2_440_588) as u32])
    };
    let times = [
        ("int64 time (TIMESTAMP(MICROS, true))", at(1_000_000)),
        ("int64 time (TIMESTAMP(NANOS, true))", at(1_000_000_000)),
        ("int64 time (TIMESTAMP(MILLIS, false))", at(1_000)),
        ("int64 time (TIMESTAMP_MICROS)", at(1_000_000)),
        ("int96 time", Values::Int96(seconds.iter().map(old).collect())),
    ];
    for time in times {
        let name = time.0;
        let mut columns = posts(Values::Int64(vec![None, None, Some(201)]));
        columns[2] = time;
        let report = report("log.parquet", &file(&columns, zstd()));
        assert_eq!(sorted(found(&report)), sorted(expected()), "{name} {report}");
    }
}

#[test]
fn a_moment_that_cannot_be_is_told_at_its_row() {
    let mut columns = posts(Values::Int64(vec![None, None, None]));
    columns[2].1 = Values::Int64(vec![Some(i64::MAX), Some(i64::MIN), None]);
    let report = report("log.parquet", &file(&columns, zstd()));
    assert!(found(&report).contains(&("input-bad-time".to_owned(), 2)), "{report}");
}

#[test]
fn rows_go_on_over_groups_and_batches_and_places_are_rows() {
    let many = |first: usize| {
        let texts: Vec<Option<Vec<u8>>> = (first..first + 700).map(|row| Some(row.to_string().into_bytes())).collect();
        vec![("", Values::Bytes(texts))]
    };
    let last = [("", texts(&["好", "好", "请加微信"]))];
    let version = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BYTE_ARRAY)
        .set_data_page_row_count_limit(100)
        .set_write_batch_size(50)
        .build();
    let bytes = groups("optional binary text (STRING);", &[&many(0), &many(700), &last], version);
    let report = report("log.parquet", &bytes);
    assert_eq!(found(&report), [("contact-word".to_owned(), 1403)]);
    let ran = staged("log.parquet", &bytes).run(&["check", "log.parquet", "--policy", "p.toml"]);
    assert!(ran.out.contains("第1403行"), "{}", ran.out);
}

#[test]
fn a_column_nobody_asks_for_is_not_read() {
    let mut columns = posts(Values::Int64(vec![None, None, Some(201)]));
    columns.push(("binary rubbish", texts(&["XXXXXXXXXXXXXXXX", "YYYYYYYYYYYYYYYY", "ZZZZZZZZZZZZZZZZ"])));
    let mut bytes = file(&columns, WriterProperties::builder().set_dictionary_enabled(false).build());
    let at = bytes.windows(4).position(|bytes| bytes == b"XXXX").expect("there");
    bytes[at - 24..at + 24].fill(0xFF);
    let report = report("log.parquet", &bytes);
    assert_eq!(sorted(found(&report)), sorted(expected()), "{report}");
}

#[test]
fn a_slip_in_a_name_is_told_though_the_column_is_not_read() {
    let columns = [("binary text (STRING)", texts(&["好"])), ("binary acount (STRING)", texts(&["a"]))];
    assert_eq!(codes(&report("log.parquet", &file(&columns, zstd()))), ["input-unknown-field"]);
}

#[test]
fn lists_are_told_once() {
    let list = || vec![("", texts(&["好"])), ("", texts(&["x"]))];
    for (field, code) in [("tags", "input-unread"), ("amount", "input-bad-value")] {
        let fields = format!("optional binary text (STRING); optional group {field} {{ required binary one; }}");
        let report = report("log.parquet", &groups(&fields, &[&list()], zstd()));
        assert_eq!(codes(&report), [code], "{report}");
        assert!(text(&findings(&report)[0]["message"]).contains(field));
    }
}

#[test]
fn what_is_not_utf_8_is_told() {
    let bytes = file(&[("binary text", Values::Bytes(vec![Some(vec![0xBC, 0xD3]), Some("请加微信".into())]))], zstd());
    assert_eq!(codes(&report("log.parquet", &bytes)), ["input-bad-encoding", "contact-word"]);
}

/// Every type there is: `UPDATE=1` writes it, the fuzz targets start from it.
#[test]
fn the_log_of_the_fuzz_targets_holds_every_type() {
    let columns = [
        ("binary action (STRING)", texts(&["post_moment", "", "add_friend"])),
        ("binary text (STRING)", texts(&["请加微信", "好", ""])),
        ("int64 time (TIMESTAMP(MILLIS, true))", Values::Int64(vec![Some(MORNING * 1_000), None, Some(0)])),
        ("int32 amount (DECIMAL(9, 2))", Values::Int32(vec![Some(1), None, Some(-1)])),
        ("boolean promo", Values::Bool(vec![Some(true), None, Some(false)])),
        ("double count", Values::Double(vec![Some(0.5), Some(f64::NAN), None])),
        ("int96 created_at", Values::Int96(vec![None, Some([0, 0, 2_440_588]), None])),
    ];
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/bodies/log.parquet");
    let bytes = file(&columns, WriterProperties::builder().set_compression(parquet::basic::Compression::SNAPPY).build());
    if !path.exists() {
        std::fs::write(&path, &bytes).expect("written");
    }
    let kept = std::fs::read(path).expect("kept");
    assert!(!codes(&report("log.parquet", &kept)).contains(&"input-broken-file".to_owned()));
}
