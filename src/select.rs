//! `match`: which records a rule looks at.

use crate::collection::Record;
use crate::decimal::Decimal;
use crate::record::{Form, Layout, Slot};
use crate::schema::{Problems, Shape};
use crate::tree::{Key, Node, Value};
use crate::vocabulary::{FieldId, FieldType};
use crate::words::Words;
use aho_corasick::AhoCorasick;
use regex::Regex;

/// Conditions that must all hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Select {
    actions: Option<Vec<String>>,
    tests: Vec<Test>,
    own: bool,
}

#[derive(Clone, Debug)]
struct Test {
    slot: Option<Slot>,
    condition: Condition,
}

#[derive(Clone, Debug)]
enum Condition {
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
    Numbers(Vec<Decimal>),
    Compare(Order, Decimal),
    Contains(AhoCorasick),
    Starts(Vec<String>),
    Ends(Vec<String>),
    Pattern(Regex),
    Exists(bool),
    Not(Select),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// The modifiers a condition may have.
pub(crate) const MODIFIERS: [&str; 10] = ["contains", "startswith", "endswith", "re", "exists", "gt", "gte", "lt", "lte", "neq"];

impl Select {
    /// Builds the conditions of a `match` table; mistakes are reported.
    pub(crate) fn build(node: &Node, layout: &mut Layout, problems: &mut Problems<'_>) -> Select {
        let Value::Table(entries) = &node.value else {
            problems.add("policy-wrong-type", node.span, Words::fixed("match 要写成一个表", "`match` must be a table"));
            return Select::default();
        };
        let mut reader = Reader { select: Select::default(), layout, problems };
        for (key, value) in entries {
            reader.add(key, value);
        }
        reader.select
    }

    /// Whether an action passes; the other conditions are left to [`Select::decide_rest`].
    pub(crate) fn takes_action(&self, action: &str) -> bool {
        self.actions.as_ref().is_none_or(|actions| actions.iter().any(|known| known == action))
    }

    /// The actions that pass, if it names them.
    pub(crate) fn actions(&self) -> Option<&[String]> {
        self.actions.as_deref()
    }

    /// Whether there is nothing beside the action to look at.
    pub(crate) fn is_action_only(&self) -> bool {
        self.tests.is_empty()
    }

    /// Whether it names actions.
    pub(crate) fn names_actions(&self) -> bool {
        self.actions.is_some()
    }

    /// Whether it looks at fields of the record itself.
    pub(crate) fn looks_at_record(&self) -> bool {
        self.own
    }

    /// Whether a record may pass of which only some columns, and the facts of its account, are ever filled.
    #[cfg(test)]
    pub(crate) fn can_pass_with(&self, filled: impl Fn(Slot) -> bool) -> bool {
        let asks_nothing = |test: &Test| matches!(test.condition, Condition::Exists(false) | Condition::Not(_));
        let may = |test: &Test| asks_nothing(test) || test.slot.is_none_or(|slot| slot.fact || filled(slot));
        self.actions.is_none() && self.tests.iter().all(may)
    }

    /// Whether a record passes; none when a fact of its account is needed and not known.
    pub(crate) fn decide(&self, record: Record<'_>) -> Option<bool> {
        if self.actions.is_some() && !record.name(crate::record::ACTION).is_some_and(|action| self.takes_action(action)) {
            return Some(false);
        }
        self.decide_rest(record)
    }

    /// Whether a record passes all conditions but the one on its action.
    pub(crate) fn decide_rest(&self, record: Record<'_>) -> Option<bool> {
        let mut sure = true;
        for test in &self.tests {
            match test.decide(record) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => sure = false,
            }
        }
        sure.then_some(true)
    }
}

/// Reads the conditions of one `match` table.
struct Reader<'a, 'p> {
    select: Select,
    layout: &'a mut Layout,
    problems: &'a mut Problems<'p>,
}

impl Reader<'_, '_> {
    fn add(&mut self, key: &Key, value: &Node) {
        if key.name == "not" {
            if matches!(&value.value, Value::Table(entries) if entries.is_empty()) {
                let words = Words::fixed("`not` 里没有条件，这条规则永远不会生效", "`not` holds no condition; the rule could never fire");
                self.problems.add("policy-never-fires", value.span, words);
            }
            let inner = Select::build(value, self.layout, self.problems);
            self.select.own |= inner.own;
            return self.test(None, Condition::Not(inner));
        }
        let words = self.problems.words;
        let Some(field) = words.field(&key.name) else { return self.problems.unknown_field(key.span, &key.name) };
        self.select.own |= !words.is_fact(field);
        match &value.value {
            Value::Table(modifiers) => {
                self.check_modifiers(value, modifiers);
                for (name, argument) in modifiers {
                    self.modify(field, name, argument);
                }
            }
            _ => self.equal(field, value),
        }
    }

    /// Reports conditions that say nothing, and limits that no number keeps.
    fn check_modifiers(&mut self, value: &Node, modifiers: &[(Key, Node)]) {
        if modifiers.is_empty() {
            let words = Words::fixed("这里没有条件，什么也没说", "there is no condition here; it says nothing");
            self.problems.add("policy-never-fires", value.span, words);
        }
        let limit = |name: &str| Some((value.get(name)?, value.get(name)?.number()?));
        for (above, below) in [("gt", "lt"), ("gt", "lte"), ("gte", "lt"), ("gte", "lte")] {
            if let (Some((node, least)), Some((_, most))) = (limit(above), limit(below))
                && (least > most || least == most && (above, below) != ("gte", "lte"))
            {
                let words = Words::fixed("没有数能同时满足这两个条件", "no number keeps both limits");
                self.problems.add("policy-min-above-max", node.span, words);
            }
        }
    }

    /// A plain value, or a list of which one must stand there.
    fn equal(&mut self, field: FieldId, value: &Node) {
        let words = self.problems.words;
        if is_empty_list(value) {
            return self.problems.empty_list(value.span);
        }
        if words.field_type(field) == FieldType::Number {
            let numbers = numbers(value, self.problems);
            let slot = Some(self.layout.want(words, field, Form::Number));
            return self.test(slot, Condition::Numbers(numbers));
        }
        let names = names(field, value, self.problems);
        if words.name(field) == "action" && self.select.actions.is_none() {
            self.select.actions = Some(names);
        } else {
            let slot = Some(self.layout.want(words, field, Form::Key));
            self.test(slot, Condition::OneOf(names));
        }
    }

    fn modify(&mut self, field: FieldId, name: &Key, argument: &Node) {
        let words = self.problems.words;
        let kind = words.field_type(field);
        if is_empty_list(argument) && MODIFIERS.contains(&name.name.as_str()) {
            return self.problems.empty_list(argument.span);
        }
        let (form, condition) = match name.name.as_str() {
            "contains" => {
                let Ok(parts) = AhoCorasick::new(texts(argument, self.problems)) else { return };
                (text_form(kind), Condition::Contains(parts))
            }
            "startswith" => (text_form(kind), Condition::Starts(texts(argument, self.problems))),
            "endswith" => (text_form(kind), Condition::Ends(texts(argument, self.problems))),
            "re" => {
                self.problems.check(argument, &Shape::Pattern, name.span);
                let Some(pattern) = argument.text().and_then(|text| Regex::new(text).ok()) else { return };
                (text_form(kind), Condition::Pattern(pattern))
            }
            "exists" => {
                self.problems.check(argument, &Shape::Flag, name.span);
                (any_form(kind), Condition::Exists(argument.flag() == Some(true)))
            }
            "neq" => (Form::Key, Condition::NoneOf(names(field, argument, self.problems))),
            "gt" | "gte" | "lt" | "lte" => {
                self.problems.check(argument, &Shape::Number, name.span);
                let Some(number) = argument.number() else { return };
                (Form::Number, Condition::Compare(order(&name.name), number))
            }
            other => {
                let said = Words::new(format!("没有名为 `{other}` 的条件"), format!("unknown condition `{other}`"));
                return self.problems.add_slip(("policy-unknown-key", name.span), said, (other, MODIFIERS.into_iter()));
            }
        };
        if form == Form::Number && kind != FieldType::Number {
            let said = Words::new(format!("`{}` 不是数字字段", words.name(field)), format!("`{}` is not a number", words.name(field)));
            self.problems.add("policy-wrong-type", name.span, said);
            return;
        }
        let slot = Some(self.layout.want(words, field, form));
        self.test(slot, condition);
    }

    fn test(&mut self, slot: Option<Slot>, condition: Condition) {
        self.select.tests.push(Test { slot, condition });
    }
}

impl Test {
    fn decide(&self, record: Record<'_>) -> Option<bool> {
        let Some(slot) = self.slot else {
            return match &self.condition {
                Condition::Not(select) => select.decide(record).map(|passes| !passes),
                _ => None,
            };
        };
        let answer = match &self.condition {
            Condition::OneOf(names) => record.name(slot).map(|name| names.iter().any(|known| known == name)),
            Condition::NoneOf(names) => record.name(slot).map(|name| names.iter().all(|known| known != name)),
            Condition::Numbers(numbers) => record.number(slot).map(|number| numbers.contains(&number)),
            Condition::Compare(order, limit) => record.number(slot).map(|number| order.holds(number, *limit)),
            Condition::Contains(parts) => read(record, slot, |text| parts.is_match(text)),
            Condition::Starts(parts) => read(record, slot, |text| parts.iter().any(|part| text.starts_with(part))),
            Condition::Ends(parts) => read(record, slot, |text| parts.iter().any(|part| text.ends_with(part))),
            Condition::Pattern(pattern) => read(record, slot, |text| pattern.is_match(text)),
            Condition::Exists(wanted) => return Some(has(record, slot) == *wanted),
            Condition::Not(_) => None,
        };
        // A missing field of the record is an answer; a missing fact of its account is not.
        if slot.fact { answer } else { Some(answer.unwrap_or(false)) }
    }
}

impl Order {
    fn holds(self, number: Decimal, limit: Decimal) -> bool {
        match self {
            Order::Above => number > limit,
            Order::AtLeast => number >= limit,
            Order::Below => number < limit,
            Order::AtMost => number <= limit,
        }
    }
}

fn order(name: &str) -> Order {
    match name {
        "gt" => Order::Above,
        "gte" => Order::AtLeast,
        "lt" => Order::Below,
        _ => Order::AtMost,
    }
}

fn text_form(kind: FieldType) -> Form {
    if kind == FieldType::Text { Form::Text } else { Form::Key }
}

fn any_form(kind: FieldType) -> Form {
    match kind {
        FieldType::Text => Form::Text,
        FieldType::Number => Form::Number,
        FieldType::Word | FieldType::Flag | FieldType::Time => Form::Key,
    }
}

fn read(record: Record<'_>, slot: Slot, test: impl Fn(&str) -> bool) -> Option<bool> {
    match record.name(slot) {
        Some(name) => Some(test(name)),
        None => record.text(slot).map(|text| test(&text.content)),
    }
}

fn has(record: Record<'_>, slot: Slot) -> bool {
    record.name(slot).is_some() || record.number(slot).is_some() || record.text(slot).is_some()
}

fn numbers(value: &Node, problems: &mut Problems<'_>) -> Vec<Decimal> {
    value
        .each()
        .iter()
        .filter_map(|node| {
            problems.check(node, &Shape::Number, node.span);
            node.number()
        })
        .collect()
}

fn texts(value: &Node, problems: &mut Problems<'_>) -> Vec<String> {
    value
        .each()
        .iter()
        .filter_map(|node| {
            problems.check(node, &Shape::Text, node.span);
            node.text().map(str::to_owned)
        })
        .collect()
}

/// The names a field is compared with, each checked against the vocabulary.
fn names(field: FieldId, value: &Node, problems: &mut Problems<'_>) -> Vec<String> {
    value.each().iter().for_each(|node| problems.value(field, node));
    value.each().iter().filter_map(Node::scalar).collect()
}

fn is_empty_list(node: &Node) -> bool {
    matches!(&node.value, Value::List(items) if items.is_empty())
}
