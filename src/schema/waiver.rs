//! The keys of a `[[waiver]]`, in policies and in settings.

use super::{Key, Shape};

/// The keys of a waiver.
pub(crate) const WAIVER: &[Key] = &[
    Key::must("rule", Shape::OneOrMany(&Shape::Text), "豁免哪条规则：id 或 包/id，可以写几条", "the rules it is about: ids, or pack/id"),
    Key::may("match", Shape::Match, "只豁免这些记录", "the records it is about; all without it"),
    Key::must("reason", Shape::Reason, "为什么豁免", "why they may break it"),
    Key::may("approved_by", Shape::Text, "谁批准的", "who agreed"),
    Key::may("expires", Shape::Day, "有效到哪一天（当天还有效）", "the last day it holds"),
    Key::may(
        "unused",
        Shape::OneOf(&["warn", "allow"]),
        "没用上时要不要提醒，默认 warn",
        "whether to say so when it is of no use; warn if not given",
    ),
];
