//! `constraint`: what the fields of a record may hold.

use super::{Building, Check, EachRecord, Hit, Kind, Spot, Subject};
use crate::collection::Record;
use crate::decimal::Decimal;
use crate::finding::{Detail, Value};
use crate::record::{Form, Slot};
use crate::report::fingerprint;
use crate::schema::{Key, Shape};
use crate::text::PATTERN_SIZE;
use crate::tree::Node;
use crate::vocabulary::FieldType;
use crate::words::{Fixed, Words};
use regex::Regex;

const FIELD: Key = Key::must("field", Shape::Field, "哪个字段", "the field");

/// What a value may be; `fact` has the same.
pub(super) const ALLOWED: [Key; 5] = [
    Key::may("enum", Shape::List(&Shape::Scalar), "只能是其中之一", "it must be one of these"),
    Key::may("forbid", Shape::List(&Shape::Scalar), "不能是其中任何一个", "it must be none of these"),
    Key::may("minimum", Shape::Number, "最小值", "the smallest allowed number"),
    Key::may("maximum", Shape::Number, "最大值", "the largest allowed number"),
    Key::may("pattern", Shape::Pattern, "必须匹配的正则表达式", "a regular expression it must match"),
];

const KEYS: &[Key] = &[
    FIELD,
    Key::may("required", Shape::Flag, "必须填写", "it must be there"),
    ALLOWED[0],
    ALLOWED[1],
    ALLOWED[2],
    ALLOWED[3],
    ALLOWED[4],
    Key::may("min_length", Shape::Whole, "最少多少个字", "the fewest characters"),
    Key::may("max_length", Shape::Whole, "最多多少个字", "the most characters"),
];

pub(super) const KIND: Kind = Kind {
    name: "constraint",
    about: Fixed { zh: "字段可以写什么", en: "what the fields of a record may hold" },
    shape: Shape::OneOrMany(&Shape::Table(KEYS)),
    message: Words::fixed("{field} 是“{value}”，应为{allowed}", "{field} is “{value}”; it must be {allowed}"),
    parts: &["field", "value", "allowed"],
    build,
};

struct Constraint {
    fields: Vec<Allowed>,
    slots: Vec<Slot>,
}

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let node = building.node;
    let fields: Vec<Allowed> = node.each().iter().filter_map(|node| Allowed::build(node, building)).collect();
    let slots = fields.iter().map(|allowed| allowed.slot).collect();
    (fields.len() == node.each().len()).then(|| Check::Each(Box::new(Constraint { fields, slots })))
}

impl EachRecord for Constraint {
    fn slots(&self) -> &[Slot] {
        &self.slots
    }

    fn check(&self, subject: &Subject<'_>, hits: &mut Vec<Hit>) {
        let record = subject.record;
        for field in &self.fields {
            match field.value(record) {
                Some(value) => hits.extend(field.breach(&value).then(|| field.hit(record, value))),
                None => hits.extend(field.required.then(|| field.hit(record, String::new()))),
            }
        }
    }
}

/// One field and what it may hold.
pub(super) struct Allowed {
    slot: Slot,
    field: String,
    required: bool,
    one_of: Option<Vec<String>>,
    none_of: Vec<String>,
    range: (Option<Decimal>, Option<Decimal>),
    length: (Option<usize>, Option<usize>),
    pattern: Option<Regex>,
    words: Words,
}

impl Allowed {
    /// Reads a table with `field` and conditions; mistakes are reported.
    pub(crate) fn build(node: &Node, building: &mut Building<'_, '_>) -> Option<Allowed> {
        let name = node.get("field")?.text()?;
        let field = building.words.field(name)?;
        let form = match building.words.field_type(field) {
            FieldType::Number => Form::Number,
            FieldType::Text => Form::Text,
            FieldType::Word | FieldType::Flag | FieldType::Time => Form::Key,
        };
        for value in ["enum", "equals", "forbid"].into_iter().filter_map(|key| node.get(key)).flat_map(Node::each) {
            building.problems.value(field, value);
        }
        let range = (number(node, "minimum"), number(node, "maximum"));
        let length = (whole(node, "min_length"), whole(node, "max_length"));
        check_order(node, building, range.0 > range.1 && range.1.is_some(), "minimum");
        check_order(node, building, length.0 > length.1 && length.1.is_some(), "min_length");
        if form != Form::Number && (range.0.is_some() || range.1.is_some()) {
            let said = Words::new(format!("`{name}` 不是数字字段"), format!("`{name}` is not a number"));
            building.problems.add("policy-wrong-type", node.get("field")?.span, said);
        }
        let allowed = Allowed {
            slot: building.layout.want(building.words, field, form),
            field: name.to_owned(),
            required: node.get("required").and_then(Node::flag) == Some(true),
            one_of: node.get("enum").or(node.get("equals")).map(scalars),
            none_of: node.get("forbid").map(scalars).unwrap_or_default(),
            range,
            length,
            pattern: node
                .get("pattern")
                .and_then(|pattern| regex::RegexBuilder::new(pattern.text()?).size_limit(PATTERN_SIZE).build().ok()),
            words: Words::default(),
        };
        if allowed.says_nothing() {
            let said = Words::new(
                format!("没有说 `{name}` 应该是什么，这条规则永远不会生效"),
                format!("nothing is said about `{name}`; the rule could never fire"),
            );
            building.problems.add("policy-never-fires", node.span, said);
            return None;
        }
        Some(Allowed { words: allowed.say(), ..allowed })
    }

    /// The column.
    pub(crate) fn slot(&self) -> Slot {
        self.slot
    }

    fn says_nothing(&self) -> bool {
        !self.required
            && self.one_of.is_none()
            && self.none_of.is_empty()
            && self.range == (None, None)
            && self.length == (None, None)
            && self.pattern.is_none()
    }

    /// What stands in the field.
    pub(crate) fn value(&self, record: Record<'_>) -> Option<String> {
        let name = record.name(self.slot).map(str::to_owned);
        name.or_else(|| record.number(self.slot).map(|number| number.to_string()))
            .or_else(|| Some(record.text(self.slot)?.content.into_owned()))
    }

    /// Whether a value is not allowed.
    pub(crate) fn breach(&self, value: &str) -> bool {
        let number = Decimal::parse(value);
        let same = |known: &String| known == value || number.is_some() && Decimal::parse(known) == number;
        let characters = value.chars().count();
        self.one_of.as_ref().is_some_and(|known| !known.iter().any(same))
            || self.none_of.iter().any(same)
            || self.range.0.is_some_and(|least| number.is_none_or(|number| number < least))
            || self.range.1.is_some_and(|most| number.is_none_or(|number| number > most))
            || self.length.0.is_some_and(|least| characters < least)
            || self.length.1.is_some_and(|most| characters > most)
            || self.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(value))
    }

    /// The hit of a value.
    pub(crate) fn hit(&self, record: Record<'_>, value: String) -> Hit {
        let identity =
            fingerprint(&[self.field.as_bytes(), value.as_bytes(), record.name(crate::record::ACCOUNT).unwrap_or_default().as_bytes()]);
        let detail = if value.is_empty() {
            Detail::Said(Box::new(Words::new(format!("缺少 `{}`", self.field), format!("`{}` is missing", self.field))))
        } else {
            let short: String = value.chars().take(40).collect();
            Detail::Value(Box::new(Value { field: self.field.clone(), value: short, allowed: self.words.clone() }))
        };
        Hit { row: record.row(), spot: Spot::Field(self.slot), detail, related: Vec::new(), identity }
    }

    /// What is allowed, in words.
    fn say(&self) -> Words {
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        let mut add = |a: String, b: String| {
            zh.push(a);
            en.push(b);
        };
        if let Some(known) = &self.one_of {
            add(format!(" {}", known.join("、")), known.join(" or "));
        }
        if !self.none_of.is_empty() {
            add(format!("{} 以外的值", self.none_of.join("、")), format!("anything but {}", self.none_of.join(", ")));
        }
        match self.range {
            (Some(least), Some(most)) => add(format!(" {least} 至 {most}"), format!("{least} to {most}")),
            (Some(least), None) => add(format!(" {least} 或更大"), format!("{least} or more")),
            (None, Some(most)) => add(format!(" {most} 或更小"), format!("{most} or less")),
            (None, None) => {}
        }
        match self.length {
            (Some(least), Some(most)) => add(format!(" {least} 至 {most} 个字"), format!("{least} to {most} characters")),
            (Some(least), None) => add(format!("至少 {least} 个字"), format!("at least {least} characters")),
            (None, Some(most)) => add(format!("至多 {most} 个字"), format!("at most {most} characters")),
            (None, None) => {}
        }
        if let Some(pattern) = &self.pattern {
            add(format!("符合 {pattern} 的值"), format!("something that matches {pattern}"));
        }
        Words::new(zh.join("，"), en.join(", "))
    }
}

fn check_order(node: &Node, building: &mut Building<'_, '_>, wrong: bool, key: &str) {
    if wrong {
        let span = node.get(key).map_or(node.span, |node| node.span);
        let words = Words::fixed("最小值大于最大值，什么值都不能通过", "the minimum is above the maximum; no value could pass");
        building.problems.add("policy-min-above-max", span, words);
    }
}

fn number(node: &Node, key: &str) -> Option<Decimal> {
    node.get(key)?.number()
}

fn whole(node: &Node, key: &str) -> Option<usize> {
    usize::try_from(node.get(key)?.integer()?).ok()
}

fn scalars(node: &Node) -> Vec<String> {
    node.each().iter().filter_map(Node::scalar).collect()
}
