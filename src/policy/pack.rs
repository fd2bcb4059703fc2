//! The keys of a policy file outside its rules.

use super::change::{OVERRIDE, PROFILE};
use super::rule::EXPECT;
use crate::schema::{Key, Shape, WAIVER};

/// What stands at the top of a policy file.
pub(super) const TOP: &[Key] = &[
    Key::must("schema", Shape::Whole, "政策语言的版本，写 1", "the version of the policy language: 1"),
    Key::may("pack", Shape::Table(PACK), "这一包规则是什么", "what this pack is"),
    Key::may("list", Shape::Tables(LIST), "词表", "word lists"),
    Key::may("action", Shape::Tables(ACTION), "新的动作", "actions of your own"),
    Key::may("field", Shape::Tables(FIELD), "新的字段", "fields of your own"),
    Key::may("rule", Shape::Tables(&[]), "规则", "rules"),
    Key::may("test", Shape::Tables(TEST), "给别处规则写的测试", "tests of rules that stand elsewhere"),
    Key::may("waiver", Shape::Tables(WAIVER), "豁免", "waivers"),
    Key::may("override", Shape::Tables(OVERRIDE), "改别的包的规则", "changes of rules of other packs"),
    Key::may("profile", Shape::Map(&Shape::Table(PROFILE)), "几档数值，用 --profile 选", "sets of changes to choose with --profile"),
];

const TEST: &[Key] = &[
    Key::must("rule", Shape::Text, "测试哪条规则：名字，或 包名/名字", "the rule: its id, or pack/id"),
    Key::may("name", Shape::Text, "这个例子说明什么", "what it shows"),
    Key::may("valid", Shape::List(&Shape::AnyText), "不该报的例子", "drafts it must not flag"),
    Key::may("invalid", Shape::List(&Shape::AnyText), "该报的例子", "drafts it must flag"),
    Key::may("rows", Shape::AnyText, "操作，CSV", "operations, as CSV"),
    Key::may("accounts", Shape::AnyText, "账号登记，CSV", "the registry, as CSV"),
    Key::may("history", Shape::AnyText, "已发送的操作，CSV", "what was already sent, as CSV"),
    Key::may("as_of", Shape::Day, "当作哪一天", "the day it is run on"),
    Key::may("expect", Shape::AnyTables(EXPECT), "应有的结果", "the findings there must be"),
];

const PACK: &[Key] = &[
    Key::must("id", Shape::Id, "包的名字", "the name of the pack"),
    Key::may("version", Shape::Text, "版本", "its version"),
    Key::may("title", Shape::Words, "标题", "its title"),
    Key::may("lang", Shape::OneOf(&["zh", "en"]), "只写一种语言的词是哪种语言", "the language of words given once"),
    Key::may("timezone", Shape::Zone, "按哪个时区算日期", "the zone days are counted in"),
    Key::may("as_of", Shape::Day, "内容截至哪一天", "the day its content was true"),
    Key::may("stale_after", Shape::Length, "多久之后算过期", "how long it stays fresh"),
    Key::may(
        "extends",
        Shape::AnyList(&Shape::Text),
        "继承哪些包：内置包名，或文件路径",
        "packs it stands on: names of bundled packs, or paths",
    ),
    Key::may("default", Shape::Flag, "不指定政策时是否生效", "whether it is in force when nothing else is said"),
];

const LIST: &[Key] = &[
    Key::must("id", Shape::Id, "词表的名字", "the name of the list"),
    Key::may("terms", Shape::List(&Shape::Text), "词", "the terms"),
    Key::may("file", Shape::Text, "词表文件，一行一个词，# 之后是注释", "a file with one term a line, # for comments"),
    Key::may("add", Shape::List(&Shape::Text), "给继承的词表加哪些词", "terms to add to a list of an extended pack"),
    Key::may("remove", Shape::List(&Shape::Text), "从继承的词表去掉哪些词", "terms to take from a list of an extended pack"),
];

const ACTION: &[Key] =
    &[Key::must("id", Shape::Id, "动作的名字", "the name of the action"), Key::may("summary", Shape::Words, "它是什么", "what it is")];

const FIELD: &[Key] = &[
    Key::must("id", Shape::Id, "字段的名字", "the name of the field"),
    Key::must("type", Shape::OneOf(&["word", "number", "text", "flag"]), "值的类型", "the type of its values"),
    Key::may("summary", Shape::Words, "它是什么", "what it is"),
];
