//! A document of keys and values, each with its bytes: what TOML and YAML have in common.

mod said;
mod toml;
mod yaml;

pub(crate) use self::toml::{from_toml, written};
pub(crate) use self::yaml::from_yaml;

use crate::decimal::Decimal;
use crate::span::Span;
use crate::words::Words;

/// A value and the bytes it was written with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// The bytes; of a `[table]`, its header.
    pub span: Span,
    /// What stands there.
    pub value: Value,
}

/// What a document can hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A string.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// `true` or `false`.
    Flag(bool),
    /// A date, a time or both, as written.
    Date(String),
    /// Several values.
    List(Vec<Node>),
    /// Keys with values, in the order they were written.
    Table(Vec<(Key, Node)>),
    /// Nothing.
    Nothing,
}

/// The name of an entry of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    /// The name.
    pub name: String,
    /// Its bytes.
    pub span: Span,
}

/// A place where a document cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Broken {
    /// The bytes.
    pub span: Span,
    /// What the parser says.
    pub words: Words,
}

impl Key {
    /// The same, `by` bytes later.
    pub(crate) fn shifted(&self, by: usize) -> Key {
        Key { name: self.name.clone(), span: self.span.shifted(by) }
    }
}

impl Node {
    /// The entries of a table; none for anything else.
    pub(crate) fn entries(&self) -> &[(Key, Node)] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key of a table.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.entries().iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// The value of a key of a table, to be changed.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        match &mut self.value {
            Value::Table(entries) => entries.iter_mut().find(|(key, _)| key.name == name).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The values of a list, to be changed; none for anything else.
    pub(crate) fn items_mut(&mut self) -> &mut [Node] {
        match &mut self.value {
            Value::List(items) => items,
            _ => &mut [],
        }
    }

    /// The same with everything in it, `by` bytes later.
    pub(crate) fn shifted(&self, by: usize) -> Node {
        let value = match &self.value {
            Value::List(items) => Value::List(items.iter().map(|item| item.shifted(by)).collect()),
            Value::Table(entries) => Value::Table(entries.iter().map(|(key, node)| (key.shifted(by), node.shifted(by))).collect()),
            single => single.clone(),
        };
        Node { span: self.span.shifted(by), value }
    }

    /// Whether a span lies in the node or anything that belongs to it; a table with a header stands at its header.
    pub(crate) fn reaches(&self, span: Span) -> bool {
        let covers = |outer: Span| outer.start <= span.start && span.end <= outer.end;
        covers(self.span)
            || self.entries().iter().any(|(key, node)| covers(key.span) || node.reaches(span))
            || self.items().iter().any(|node| node.reaches(span))
    }

    /// The values of a list; none for anything else.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The list's values, or the one value that stands for a list of one.
    pub(crate) fn each(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// The string.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number.
    pub(crate) fn integer(&self) -> Option<i64> {
        match self.value {
            Value::Integer(n) => Some(n),
            _ => None,
        }
    }

    /// The number.
    pub(crate) fn number(&self) -> Option<Decimal> {
        match self.value {
            Value::Integer(n) => Decimal::whole(n),
            Value::Float(n) => Decimal::from_float(n),
            _ => None,
        }
    }

    /// The flag.
    pub(crate) fn flag(&self) -> Option<bool> {
        match self.value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// The value as a record's field is written in CSV; none for lists and tables.
    pub(crate) fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) | Value::Date(text) => Some(text.clone()),
            Value::Integer(n) => Some(n.to_string()),
            Value::Float(n) => Some(n.to_string()),
            Value::Flag(flag) => Some(flag.to_string()),
            Value::Nothing => Some(String::new()),
            Value::List(_) | Value::Table(_) => None,
        }
    }

    /// What kind of value it is, for messages.
    pub(crate) fn type_name(&self) -> Words {
        match self.value {
            Value::Text(_) => Words::fixed("字符串", "a string"),
            Value::Integer(_) => Words::fixed("整数", "a whole number"),
            Value::Float(_) => Words::fixed("小数", "a number"),
            Value::Flag(_) => Words::fixed("true/false", "true or false"),
            Value::Date(_) => Words::fixed("日期", "a date"),
            Value::List(_) => Words::fixed("数组", "a list"),
            Value::Table(_) => Words::fixed("表", "a table"),
            Value::Nothing => Words::fixed("空值", "nothing"),
        }
    }
}
