//! Shapes in words, for the reference of the policy language.

use super::{Key, Shape};
use crate::words::Words;

/// A key of a table or of the tables in it, with its path: `near.any`.
pub(crate) struct Told {
    /// The path.
    pub path: String,
    /// The key.
    pub key: Key,
}

/// All keys of a table, those of inner tables right behind their own.
pub(crate) fn keys(keys: &[Key]) -> Vec<Told> {
    let mut told = Vec::new();
    add("", keys, &mut told);
    told
}

/// The keys of the table that a shape is, or holds.
pub(crate) fn inner(shape: &Shape) -> &'static [Key] {
    match shape {
        Shape::Table(keys) | Shape::Tables(keys) | Shape::AnyTables(keys) => keys,
        Shape::List(of) | Shape::AnyList(of) | Shape::OneOrMany(of) | Shape::FlagOr(of) | Shape::Map(of) => inner(of),
        _ => &[],
    }
}

fn add(prefix: &str, keys: &[Key], told: &mut Vec<Told>) {
    for key in keys {
        let path = format!("{prefix}{}", key.name);
        told.push(Told { path: path.clone(), key: *key });
        add(&format!("{path}."), inner(&key.shape), told);
    }
}

/// What may stand behind a key.
pub(crate) fn shape(shape: &Shape) -> Words {
    match shape {
        Shape::Text | Shape::AnyText | Shape::Id | Shape::Reason => Words::fixed("字符串", "a string"),
        Shape::Words => Words::fixed("字符串或 { zh, en }", "a string or { zh, en }"),
        Shape::Whole => Words::fixed("整数", "a whole number"),
        Shape::Number | Shape::Limit => Words::fixed("数字", "a number"),
        Shape::Flag => Words::fixed("true 或 false", "true or false"),
        Shape::Day => Words::fixed("日期", "a date"),
        Shape::Length => Words::fixed("时长，如 \"24h\"", "a length of time such as \"24h\""),
        Shape::Zone => Words::fixed("IANA 时区", "an IANA time zone"),
        Shape::Pattern => Words::fixed("正则表达式", "a regular expression"),
        Shape::Share => Words::fixed("比例，如 \"1/30\"", "a share such as \"1/30\""),
        Shape::OneOf(names) => Words::same(&names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" ")),
        Shape::Field => Words::fixed("字段名", "the name of a field"),
        Shape::Fact => Words::fixed("账号事实，如 `account.kind`", "a fact such as `account.kind`"),
        Shape::Scalar => Words::fixed("一个值", "a single value"),
        Shape::Match => Words::fixed("条件", "conditions"),
        Shape::List(of) | Shape::AnyList(of) => wrapped(of, ("一组：", ""), ("a list: ", "")),
        Shape::OneOrMany(of) => wrapped(of, ("", "，或一组"), ("", ", or a list")),
        Shape::FlagOr(of) => wrapped(of, ("true、false 或", ""), ("true, false or ", "")),
        Shape::Table(_) => Words::fixed("一个表", "a table"),
        Shape::Tables(_) | Shape::AnyTables(_) => Words::fixed("一组表", "tables"),
        Shape::Map(of) => wrapped(of, ("任意键，值是", ""), ("any keys, each with ", "")),
        Shape::Anything => Words::fixed("任意值", "anything"),
    }
}

fn wrapped(of: &Shape, zh: (&str, &str), en: (&str, &str)) -> Words {
    let inner = shape(of);
    Words::new(format!("{}{}{}", zh.0, inner.zh, zh.1), format!("{}{}{}", en.0, inner.en, en.1))
}
