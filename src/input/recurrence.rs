//! Recurrence rules of RFC 5545. The only file that knows the `rrule` crate.
//!
//! The crate is handed clocks on the wall as if they were UTC: it never asks for the machine's zone, `UNTIL` is what it wants, and
//! zones are those of the program. What could make it work without end is refused before.

use crate::time::{Time, Zone};
use crate::words::{Words, nearest};
use rrule::{RRule, RRuleError, RRuleSet, Unvalidated};
use std::ops::Range;

/// How often a record may happen at most.
pub(super) const MOST: usize = 5000;

/// Times of day a rule may list at most: every minute. The crate writes them down for a whole year at once.
const MOST_OF_DAY: usize = 24 * 60;

/// When a rule begins and ends, in seconds of a clock on the wall.
pub(super) struct Bounds<'z> {
    /// Nothing happens before.
    pub start: i64,
    /// Nothing happens after; the rule itself may say so too.
    pub until: Option<i64>,
    /// Whose clock it is.
    pub zone: &'z Zone,
}

/// What is wrong with a rule, and the bytes of it to blame.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The bytes.
    pub part: Range<usize>,
    /// Why.
    pub words: Words,
    /// What would have been right.
    pub help: Words,
}

/// The parts a rule may have, and what each takes.
static PARTS: [(&str, Words); 14] = [
    ("FREQ", Words::fixed("YEARLY MONTHLY WEEKLY DAILY HOURLY MINUTELY 之一", "one of YEARLY MONTHLY WEEKLY DAILY HOURLY MINUTELY")),
    ("COUNT", Words::fixed("一共几次：COUNT=10", "how often in all: COUNT=10")),
    ("UNTIL", Words::fixed("最后一天：UNTIL=20261231", "the last day: UNTIL=20261231")),
    ("INTERVAL", Words::fixed("每隔几个周期：INTERVAL=2", "every how many: INTERVAL=2")),
    ("BYDAY", Words::fixed("BYDAY=MO,WE；每月最后一个周五写 -1FR", "BYDAY=MO,WE; -1FR is the last Friday of a month")),
    ("BYMONTHDAY", Words::fixed("1 到 31；每月最后一天写 -1", "1 to 31; -1 is the last day of a month")),
    ("BYMONTH", Words::fixed("1 到 12，用逗号隔开", "1 to 12, with commas")),
    ("BYHOUR", Words::fixed("0 到 23，用逗号隔开", "0 to 23, with commas")),
    ("BYMINUTE", Words::fixed("0 到 59，用逗号隔开", "0 to 59, with commas")),
    ("BYSECOND", Words::fixed("0 到 59，用逗号隔开", "0 to 59, with commas")),
    ("BYYEARDAY", Words::fixed("1 到 366；从年底数起写负数", "1 to 366; negative from the end of the year")),
    ("BYWEEKNO", Words::fixed("1 到 53；从年底数起写负数", "1 to 53; negative from the end of the year")),
    ("BYSETPOS", Words::fixed("每个周期里的第几个：BYSETPOS=1", "which of each period: BYSETPOS=1")),
    ("WKST", Words::fixed("一周从哪天开始：WKST=MO", "the first day of a week: WKST=MO")),
];

/// Every moment of a rule, in order, in seconds of a clock on the wall.
///
/// # Errors
/// The rule cannot be read, never ends, never happens, or happens more than [`MOST`] times.
pub(super) fn expand(rule: &str, bounds: &Bounds<'_>) -> Result<Vec<i64>, Wrong> {
    let parts = parts(rule)?;
    parts.iter().try_for_each(|part| value(part, &parts))?;
    let until = until(&parts, bounds)?;
    let found = match ending(&parts, until) {
        Err(wrong) => Err(wrong),
        Ok(_) if until.is_some_and(|until| until < bounds.start) => Ok(Vec::new()),
        Ok(count) => moments(&written(&parts, bounds.start, until), count),
    };
    found.map_err(|(words, help)| Wrong { part: 0..rule.len(), words, help })
}

/// How often a rule happens, where it says so; it must say that, or when it ends.
fn ending(parts: &[Part<'_>], until: Option<i64>) -> Result<Option<usize>, (Words, Words)> {
    let count = parts.iter().find(|part| part.name == "COUNT").and_then(|part| part.value.parse().ok());
    match (count, until) {
        (Some(_), Some(_)) => Err((Words::fixed("COUNT 和最后一天只写一个", "give COUNT or the last day, not both"), Words::default())),
        (None, None) => Err((
            Words::fixed("这个重复没有终点", "this repeat never ends"),
            Words::fixed("加上次数 COUNT=10，或最后一天 until", "add COUNT=10, or until with the last day"),
        )),
        _ if of_day(parts) > MOST_OF_DAY => Err(too_many()),
        (count, _) => Ok(count),
    }
}

/// What the crate makes of a rule.
fn moments(written: &str, count: Option<usize>) -> Result<Vec<i64>, (Words, Words)> {
    let set: RRuleSet = written.parse().map_err(|error| (unreadable(&error), Words::default()))?;
    let found = set.all(MOST as u16 + 1);
    if found.dates.len() > MOST {
        return Err(too_many());
    }
    if found.limited {
        let words =
            Words::fixed("这个重复一次也不会发生，或间隔太长而算不出来", "this repeat never happens, or too seldom to be worked out");
        return Err((words, Words::fixed("换一个更长的 FREQ，如 WEEKLY、YEARLY", "choose a longer FREQ, such as WEEKLY or YEARLY")));
    }
    if count.is_some_and(|count| found.dates.len() < count) {
        return Err((Words::fixed("这个重复超出了公元 9999 年", "this repeat goes beyond the year 9999"), Words::default()));
    }
    Ok(found.dates.iter().map(|date| date.timestamp()).collect())
}

fn too_many() -> (Words, Words) {
    let words = Words::new(format!("这个重复超过 {MOST} 次"), format!("this repeats more than {MOST} times"));
    (words, Words::fixed("拆成几条；一条里有很多次的，用 count 写", "split it; weigh one record with count where many happen at once"))
}

/// One `NAME=VALUE` of a rule.
struct Part<'r> {
    range: Range<usize>,
    /// `FREQ`, `BYDAY` …, in capitals.
    name: String,
    value: &'r str,
}

/// Takes a rule apart.
fn parts(rule: &str) -> Result<Vec<Part<'_>>, Wrong> {
    let body = rule.strip_prefix("RRULE:").unwrap_or(rule);
    let (mut at, mut parts) = (rule.len() - body.len(), Vec::<Part<'_>>::new());
    for piece in body.split(';') {
        let start = at + (piece.len() - piece.trim_start().len());
        at += piece.len() + 1;
        if !piece.trim().is_empty() {
            let part = part(piece.trim(), start)?;
            if parts.iter().any(|known| known.name == part.name) {
                let words = Words::new(format!("`{}` 写了两次", part.name), format!("`{}` is given twice", part.name));
                return Err(Wrong { part: part.range, words, help: Words::default() });
            }
            parts.push(part);
        }
    }
    if parts.iter().any(|part| part.name == "FREQ") {
        return Ok(parts);
    }
    let words = Words::fixed("重复规则要有 FREQ", "a repeat needs a FREQ");
    Err(Wrong {
        part: 0..rule.len(),
        words,
        help: Words::fixed("例如：FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10", "such as FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10"),
    })
}

fn part(piece: &str, start: usize) -> Result<Part<'_>, Wrong> {
    let range = start..start + piece.len();
    let Some((name, value)) = piece.split_once('=') else {
        let words = Words::new(format!("`{piece}` 要写成 名=值"), format!("`{piece}` must be NAME=VALUE"));
        return Err(Wrong { part: range, words, help: Words::fixed("例如：FREQ=DAILY;COUNT=10", "such as FREQ=DAILY;COUNT=10") });
    };
    let upper = name.to_ascii_uppercase();
    let names = PARTS.iter().map(|(name, _)| *name);
    if !names.clone().any(|known| known == upper) {
        let words = Words::new(format!("重复规则里没有 `{name}`"), format!("a repeat has no `{name}`"));
        let help = match (nearest(&upper, names.clone()), names.collect::<Vec<_>>().join(" ")) {
            (Some(guess), _) => Words::new(format!("是不是想写 `{guess}`？"), format!("did you mean `{guess}`?")),
            (None, all) => Words::new(format!("可以写：{all}"), format!("one of: {all}")),
        };
        return Err(Wrong { part: start..start + name.len(), words, help });
    }
    Ok(Part { range, name: upper, value })
}

/// Whether the value of a part can be read beside the rule's FREQ.
fn value(part: &Part<'_>, parts: &[Part<'_>]) -> Result<(), Wrong> {
    let freq = parts.iter().find(|part| part.name == "FREQ").map_or("", |part| part.value);
    let text = if part.name == "FREQ" { format!("FREQ={freq}") } else { format!("FREQ={freq};{}={}", part.name, part.value) };
    let plain = part.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b',' | b'+' | b'-'));
    let is_read = match part.name.as_str() {
        // Every second: nobody plans so, and nothing else takes the crate so long.
        "FREQ" if part.value.eq_ignore_ascii_case("SECONDLY") => false,
        "COUNT" | "INTERVAL" if part.value.parse() == Ok(0u32) => false,
        "UNTIL" => true,
        _ => plain && text.to_ascii_uppercase().parse::<RRule<Unvalidated>>().is_ok(),
    };
    if is_read {
        return Ok(());
    }
    Err(Wrong { part: part.range.clone(), words: cannot_read(part), help: takes(&part.name) })
}

fn cannot_read(part: &Part<'_>) -> Words {
    Words::new(format!("看不懂 `{}={}`", part.name, part.value), format!("cannot read `{}={}`", part.name, part.value))
}

/// What a part of this name takes.
fn takes(name: &str) -> Words {
    PARTS.iter().find(|(known, _)| *known == name).map(|(_, takes)| takes.clone()).unwrap_or_default()
}

/// The last second at which something may happen.
fn until(parts: &[Part<'_>], bounds: &Bounds<'_>) -> Result<Option<i64>, Wrong> {
    let Some(part) = parts.iter().find(|part| part.name == "UNTIL") else { return Ok(bounds.until) };
    let wrong = |words: Words| Wrong { part: part.range.clone(), words, help: takes("UNTIL") };
    if bounds.until.is_some() {
        return Err(wrong(Words::fixed("`until` 和 UNTIL 只写一个", "give `until` or UNTIL, not both")));
    }
    let wall = |text: String| bounds.zone.read(&text).and_then(|time| bounds.zone.wall_seconds(time));
    let value = part.value.to_ascii_uppercase();
    let last = match (value.get(..4), value.get(4..6), value.get(6..8), value.get(8..)) {
        (Some(year), Some(month), Some(day), Some("")) => wall(format!("{year}-{month}-{day} 23:59:59")),
        (Some(year), Some(month), Some(day), Some(time)) => match (time.get(..3), time.get(3..5), time.get(5..7), time.get(7..)) {
            (Some(hour), Some(minute), Some(second), Some(zone)) => wall(format!("{year}-{month}-{day}{hour}:{minute}:{second}{zone}")),
            _ => None,
        },
        _ => None,
    };
    last.map(Some).ok_or_else(|| wrong(cannot_read(part)))
}

fn unreadable(error: &RRuleError) -> Words {
    Words::new(format!("重复规则前后矛盾：{error}"), format!("the parts of this repeat do not fit: {error}"))
}

/// How many times of day the parts list.
fn of_day(parts: &[Part<'_>]) -> usize {
    let listed = parts.iter().filter(|part| matches!(part.name.as_str(), "BYHOUR" | "BYMINUTE" | "BYSECOND"));
    listed.map(|part| part.value.split(',').count()).fold(1, usize::saturating_mul)
}

/// The rule as an iCalendar file has it.
fn written(parts: &[Part<'_>], start: i64, until: Option<i64>) -> String {
    let mut rule: Vec<String> =
        parts.iter().filter(|part| part.name != "UNTIL").map(|part| format!("{}={}", part.name, part.value.to_ascii_uppercase())).collect();
    rule.extend(until.map(|until| format!("UNTIL={}", stamp(until))));
    format!("DTSTART:{}\nRRULE:{}", stamp(start), rule.join(";"))
}

/// `20261120T090000Z`.
fn stamp(seconds: i64) -> String {
    let shown = Zone::named("UTC").unwrap_or_default().show(Time(seconds.saturating_mul(1_000_000)));
    shown.chars().filter(|c| !matches!(c, '-' | ':')).take(15).chain(['Z']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a rule gives from Friday 2026-11-20 09:00 on.
    fn expanded(rule: &str) -> Result<Vec<String>, Wrong> {
        let zone = Zone::named("UTC").expect("bundled");
        let start = zone.read("2026-11-20 09:00").and_then(|time| zone.wall_seconds(time)).expect("a time");
        let found = expand(rule, &Bounds { start, until: None, zone: &zone })?;
        Ok(found.into_iter().map(|wall| zone.show(Time(wall * 1_000_000))[..16].to_owned()).collect())
    }

    fn wrong(rule: &str) -> &str {
        let wrong = expanded(rule).expect_err("wrong");
        assert!(!wrong.words.is_empty());
        &rule[wrong.part]
    }

    #[test]
    fn rules_are_read_as_calendars_read_them() {
        let days = |rule: &str| expanded(rule).expect("a rule").iter().map(|time| time[5..10].to_owned()).collect::<Vec<_>>().join(" ");
        assert_eq!(days("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4"), "11-23 11-25 11-30 12-02");
        assert_eq!(days("RRULE:freq=monthly;byday=-1fr;count=2"), "11-27 12-25");
        assert_eq!(days("FREQ=DAILY; INTERVAL=2; COUNT=3;"), "11-20 11-22 11-24");
        assert_eq!(days("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2"), "12-31 01-31");
        assert_eq!(
            expanded("FREQ=DAILY;BYHOUR=9,21;COUNT=3").expect("a rule"),
            ["2026-11-20T09:00", "2026-11-20T21:00", "2026-11-21T09:00"]
        );
    }

    #[test]
    fn what_is_wrong_is_placed() {
        for (rule, part) in [
            ("FREQ=DAILY;BYDAYS=MO;COUNT=1", "BYDAYS"),
            ("FREQ=DAILY;BYDAY=MOO;COUNT=1", "BYDAY=MOO"),
            ("FREQ=DAYLY;COUNT=1", "FREQ=DAYLY"),
            ("FREQ=SECONDLY;COUNT=1", "FREQ=SECONDLY"),
            ("FREQ=DAILY;COUNT=0", "COUNT=0"),
            ("FREQ=DAILY;COUNT=-1", "COUNT=-1"),
            ("FREQ=DAILY;COUNT=99999999999", "COUNT=99999999999"),
            ("FREQ=DAILY;INTERVAL=0;COUNT=1", "INTERVAL=0"),
            ("FREQ=DAILY;COUNT=1;COUNT=2", "COUNT=2"),
            ("FREQ=DAILY;BYHOUR=9\nRDATE:20260101T000000Z;COUNT=1", "BYHOUR=9\nRDATE:20260101T000000Z"),
            ("每天", "每天"),
            ("COUNT=2", "COUNT=2"),
            ("FREQ=DAILY", "FREQ=DAILY"),
            ("FREQ=MINUTELY;COUNT=5001", "FREQ=MINUTELY;COUNT=5001"),
            ("", ""),
        ] {
            assert_eq!(wrong(rule), part, "{rule}");
        }
    }

    #[test]
    fn what_never_happens_and_what_never_ends_are_over_soon() {
        wrong("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3");
        let every = |end: usize| (0..end).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        wrong(&format!("FREQ=YEARLY;BYHOUR={};BYMINUTE={};BYSECOND={};COUNT=1", every(24), every(60), every(60)));
        wrong("FREQ=MINUTELY;BYDAY=MO;BYHOUR=3;BYMINUTE=0;COUNT=5");
        wrong("FREQ=YEARLY;INTERVAL=4000;COUNT=3");
        assert_eq!(expanded("FREQ=HOURLY;COUNT=5000").map(|all| all.len()), Ok(5000));
        assert!(expanded("FREQ=YEARLY;COUNT=5000").is_ok_and(|all| all.len() == 5000));
    }
}
