//! `repeat`: an operation of a campaign that happens several times.
//!
//! `repeat = "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10"`, or a table with `rule`, `until`, `except` and `timezone`. It begins at the
//! operation's `time` and goes by the clock on the wall. A repeat that is wrong is reported, and the operation counts once.

use super::cell::Content;
use super::intake::Intake;
use super::recurrence::{Bounds, Wrong, expand};
use super::scalar::Scalar;
use crate::problem::Problem;
use crate::span::Span;
use crate::time::{Time, Zone};
use crate::tree::{Key, Node};
use crate::words::Words;
use std::ops::Range;

/// What the table may say.
const KEYS: [&str; 4] = ["rule", "until", "except", "timezone"];

/// Seconds of a day of a clock that is never set.
const DAY: i64 = 86_400;

/// The code of every mistake in a repeat.
const BAD: &str = "input-bad-repeat";

/// When an operation with this `repeat` happens; none when that cannot be told, which is then reported.
pub(super) fn times(intake: &mut Intake<'_>, entry: &(Key, Node), start: Option<Time>) -> Option<Vec<Time>> {
    let (key, node) = entry;
    let repeat = Repeat::read(intake, node)?;
    let Some(start) = start.and_then(|start| repeat.zone.wall_seconds(start)) else {
        let words =
            Words::fixed("重复要从一个能读懂的 `time` 开始", "a repeat begins at the operation's `time`; there is none that can be read");
        intake.problem(BAD, key.span, words);
        return None;
    };
    let mut walls = match expand(&repeat.text, &Bounds { start, until: repeat.until, zone: &repeat.zone }) {
        Ok(walls) => walls,
        Err(Wrong { part, words, help }) => {
            intake.problems.push(Problem::error(BAD, intake.id, repeat.place(part), words).with_help(help));
            return None;
        }
    };
    if walls.first().is_some_and(|first| *first != start) {
        let words = Words::fixed(
            "`time` 不是重复中的一次，从之后的第一次算起",
            "`time` is not one of the moments of this repeat; it begins with the first after it",
        );
        let help = Words::fixed("把 `time` 写成第一次的时间", "give the first moment as `time`");
        intake.problems.push(Problem::warning(BAD, intake.id, repeat.rule.span, words).with_help(help));
    }
    repeat.leave_out(intake, &mut walls);
    repeat.moments(intake, &walls)
}

/// A repeat as it is written.
struct Repeat<'t> {
    rule: Scalar<'t>,
    text: String,
    until: Option<i64>,
    except: Vec<(Span, Range<i64>)>,
    zone: Zone,
}

impl<'t> Repeat<'t> {
    fn read(intake: &mut Intake<'t>, node: &Node) -> Option<Repeat<'t>> {
        let rule = node.text().map_or_else(|| node.get("rule").filter(|rule| rule.text().is_some()), |_| Some(node));
        let Some(rule) = rule.and_then(|rule| Scalar::of(rule, intake.source)) else {
            bad_shape(intake, node.span);
            return None;
        };
        for (key, _) in node.entries().iter().filter(|(key, _)| !KEYS.contains(&key.name.as_str())) {
            let words = Words::new(format!("`repeat` 里没有 `{}`", key.name), format!("a `repeat` has no `{}`", key.name));
            let mut problem = Problem::error(BAD, intake.id, key.span, words);
            problem.guess(&key.name, KEYS.into_iter());
            intake.problems.push(problem);
        }
        let zone = zone(intake, node.get("timezone"))?;
        let until = match node.get("until") {
            None => None,
            Some(until) => Some(stretch(intake, until, &zone)?.end - 1),
        };
        let except = node.get("except").map_or(&[][..], Node::each);
        let except = except.iter().filter_map(|except| Some((except.span, stretch(intake, except, &zone)?))).collect();
        Some(Repeat { text: rule.text(), rule, until, except, zone })
    }

    /// The bytes of a part of the rule.
    fn place(&self, part: Range<usize>) -> Span {
        match &self.rule.content {
            Content::Plain(_) => Span::new(part).shifted(self.rule.span.start as usize),
            Content::Unescaped(text) => text.1.source_span(part),
        }
    }

    /// Leaves out the exceptions; one that excludes nothing is a slip.
    fn leave_out(&self, intake: &mut Intake<'_>, walls: &mut Vec<i64>) {
        for (span, _) in self.except.iter().filter(|(_, except)| !walls.iter().any(|wall| except.contains(wall))) {
            let words = Words::fixed(
                "这个例外不在重复之内，什么也没有去掉",
                "this exception is not among the moments of the repeat; it leaves out nothing",
            );
            intake.problems.push(Problem::warning(BAD, intake.id, *span, words));
        }
        walls.retain(|wall| !self.except.iter().any(|(_, except)| except.contains(wall)));
    }

    fn moments(&self, intake: &mut Intake<'_>, walls: &[i64]) -> Option<Vec<Time>> {
        let times: Option<Vec<Time>> = walls.iter().map(|wall| self.zone.at_wall(*wall)).collect();
        let words = match times {
            Some(times) if times.is_empty() => Words::fixed("这个重复一次也不会发生", "this repeat never happens"),
            Some(mut times) => {
                // A clock set forward makes one moment of two.
                times.dedup();
                return Some(times);
            }
            None => Words::fixed("这个重复超出了公元 9999 年", "this repeat goes beyond the year 9999"),
        };
        intake.problem(BAD, self.rule.span, words);
        None
    }
}

fn bad_shape(intake: &mut Intake<'_>, span: Span) {
    let words = Words::fixed("`repeat` 要写一条重复规则", "a `repeat` says a rule");
    let help = Words::fixed(
        "写成 \"FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10\"，或 { rule = \"FREQ=DAILY\", until = \"2026-12-31\" }",
        "write \"FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10\", or { rule = \"FREQ=DAILY\", until = \"2026-12-31\" }",
    );
    intake.problems.push(Problem::error(BAD, intake.id, span, words).with_help(help));
}

/// The zone of a repeat: the run's, unless it names its own.
fn zone(intake: &mut Intake<'_>, node: Option<&Node>) -> Option<Zone> {
    let Some(node) = node else { return Some(intake.zone().clone()) };
    let zone = node.text().and_then(Zone::named);
    if zone.is_none() {
        let help = Words::fixed("写成 Asia/Shanghai 这样的名字", "write a name such as Asia/Shanghai");
        intake.problems.push(Problem::error(BAD, intake.id, node.span, Words::fixed("没有这个时区", "no such time zone")).with_help(help));
    }
    zone
}

/// A day or a moment, as seconds of the clock on the wall.
fn stretch(intake: &mut Intake<'_>, node: &Node, zone: &Zone) -> Option<Range<i64>> {
    let text = node.scalar().unwrap_or_default();
    let moment = zone.read(&text).and_then(|time| zone.wall_seconds(time)).map(|wall| wall..wall + 1);
    let day = || zone.midnight(&text).and_then(|time| zone.wall_seconds(time)).map(|wall| wall - wall.rem_euclid(DAY));
    let found = moment.or_else(|| day().map(|day| day..day + DAY));
    if found.is_none() {
        let words = Words::new(format!("看不懂的日期 `{text}`"), format!("cannot read the date `{text}`"));
        let help = Words::fixed("写成 2026-12-25（一整天），或 2026-12-25 09:00", "write 2026-12-25 for a whole day, or 2026-12-25 09:00");
        intake.problems.push(Problem::error(BAD, intake.id, node.span, words).with_help(help));
    }
    found
}
