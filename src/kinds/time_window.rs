//! `time_window`: a record outside every window of `allow`.
//!
//! A window is told by the wall clock of the zone: `times` on days that are in `weekdays`, `days_of_month` and `months`; what is
//! not written is any. `22:00-06:00` belongs to the day it starts on. An hour that clocks skip is in no window, an hour they
//! show twice is twice what it is once. Records outside are one finding each, or with `group_by` one for each run of them.

use super::evidence::{Broken, GROUP_BY, Group, ON_MISSING, hit};
use super::run::Runs;
use super::{Building, Check, Hit, Kind, Needed, OnMissing, OverSeries, Walk};
use crate::record::Slot;
use crate::schema::{Key, Problems, Shape};
use crate::time::{Day, Time, Zone};
use crate::timeline::{Series, Told};
use crate::tree::Node;
use crate::words::{Fixed, Words};

const WINDOW: &[Key] = &[
    Key::may("times", Shape::List(&Shape::Text), "几点到几点，如 08:00-22:00", "from when to when, such as 08:00-22:00"),
    Key::may("weekdays", Shape::List(&Shape::Text), "星期几，如 mon-fri、sat", "days of the week, such as mon-fri or sat"),
    Key::may("days_of_month", Shape::List(&Shape::Scalar), "几号，如 15、1-7", "days of the month, such as 15 or 1-7"),
    Key::may("months", Shape::List(&Shape::Scalar), "几月，如 11、jun-aug", "months, such as 11 or jun-aug"),
];

pub(super) const KIND: Kind = Kind {
    name: "time_window",
    about: Fixed { zh: "只允许在这些时段里", en: "only within these times" },
    shape: Shape::Table(&[
        Key::must("allow", Shape::Tables(WINDOW), "允许的时段", "the allowed times"),
        Key::may("timezone", Shape::Zone, "按哪个时区看钟", "the zone of the clock"),
        Key { required: false, ..GROUP_BY },
        ON_MISSING,
    ]),
    message: Words::fixed("{count} 条不在允许的时段内", "{count} outside the allowed times"),
    parts: &["count", "group", "rows"],
    build,
};

struct TimeWindow {
    group: Group,
    hours: Hours,
    on_missing: OnMissing,
}

/// When something is allowed.
struct Hours {
    windows: Vec<Window>,
    zone: Zone,
}

/// Times on some days. Sets of days and months are bits, from the lowest.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Window {
    /// First minute of the day, and first no longer; the next day's when it is not later.
    times: Vec<(u16, u16)>,
    weekdays: u32,
    days: u32,
    months: u32,
}

/// One, in millionths.
const ONE: i128 = 1_000_000;
/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Days to look ahead for an allowed moment.
const AHEAD: usize = 400;

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let group = Group::build(building);
    let mut windows = Vec::new();
    for node in building.get("allow")?.items() {
        windows.extend(Window::build(node, building.problems));
    }
    let zone = building.text("timezone").and_then(Zone::named).unwrap_or_else(|| building.zone.clone());
    let on_missing = building.on_missing();
    Some(Check::Series(Box::new(TimeWindow { group, hours: Hours { windows, zone }, on_missing })))
}

impl OverSeries for TimeWindow {
    fn group_by(&self) -> &[Slot] {
        &self.group.slots
    }

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn walk(&self) -> Box<dyn Walk + '_> {
        Box::new(Outside { rule: self, count: 0, runs: Runs::default() })
    }
}

/// Records of a group outside the allowed times.
struct Outside<'r> {
    rule: &'r TimeWindow,
    /// How many of the run are outside.
    count: i128,
    runs: Runs,
}

impl Walk for Outside<'_> {
    fn on(&mut self, series: &Series<'_>, hits: &mut Vec<Hit>) -> Needed {
        let TimeWindow { group, hours, .. } = self.rule;
        for (at, moment) in series.moments.iter().enumerate().skip(series.fresh) {
            let time = Time(moment.time);
            let allowed = hours.allow(time);
            if !allowed {
                self.count += i128::from(!series.is_history(*moment));
                let hit = || hit(series, group, at..=at, Broken { max: 0, allowed_at: hours.next(time), room: 0 });
                self.runs.breaks(series, (at, self.count * ONE), hit);
            }
            if allowed || group.slots.is_empty() {
                self.runs.keeps(series, hits);
            }
            series.tell(*moment, || self.told(allowed));
            if allowed || group.slots.is_empty() {
                self.count = 0;
            }
        }
        if series.is_last() {
            self.count = 0;
            self.runs.keeps(series, hits);
        }
        Needed::From(series.moments.len())
    }

    fn is_idle(&self) -> bool {
        !self.runs.is_open()
    }

    fn rests(&self) -> bool {
        !self.runs.is_open() && self.count == 0
    }

    fn runs(&mut self) -> &mut Runs {
        &mut self.runs
    }
}

impl Outside<'_> {
    fn told(&self, allowed: bool) -> Told {
        let note = match allowed {
            true => Words::fixed("在允许的时段内", "within the allowed times"),
            false => Words::fixed("不在允许的时段内", "outside the allowed times"),
        };
        Told { note, ..Told::count(if allowed { 0 } else { self.count * ONE }, None) }
    }
}

impl Hours {
    fn allow(&self, time: Time) -> bool {
        self.zone.wall(time).is_some_and(|(day, minute)| self.windows.iter().any(|window| window.holds(day, minute)))
    }

    /// The first allowed moment after one that is not.
    fn next(&self, time: Time) -> Option<Time> {
        let opening = self.next_opening(time)?;
        let mut change = self.zone.next_change(time);
        // Clocks that are set may jump into a window.
        while let Some(moment) = change.filter(|moment| *moment < opening) {
            if self.allow(moment) {
                return Some(moment);
            }
            change = self.zone.next_change(moment);
        }
        Some(opening)
    }

    /// The first moment at which a clock shows the start of a window.
    fn next_opening(&self, time: Time) -> Option<Time> {
        let mut day = self.zone.wall(time)?.0.before()?;
        for _ in 0..AHEAD {
            let next = day.after()?;
            if let Some(first) = self.first_opening(day, time) {
                // Clocks set back over midnight show the end of a day after the start of the next.
                return Some(self.first_opening(next, time).map_or(first, |other| other.min(first)));
            }
            day = next;
        }
        None
    }

    fn first_opening(&self, day: Day, after: Time) -> Option<Time> {
        let windows = self.windows.iter().filter(|window| window.is_on(day));
        let starts = windows.flat_map(|window| window.times.iter().map(|(from, _)| *from));
        starts.flat_map(|start| self.zone.readings(day, start)).flatten().filter(|moment| *moment > after).min()
    }
}

impl Window {
    /// A window as a policy writes it; mistakes are reported.
    fn build(node: &Node, problems: &mut Problems<'_>) -> Option<Window> {
        let known = problems.found.len();
        let times = node.get("times").map(|times| times.items().iter().filter_map(|item| self::times(item, problems)).collect());
        let mut set = |name: &str, cycle: &Cycle| node.get(name).map_or(cycle.all(), |items| cycle.set(items, problems));
        let (weekdays, days, months) = (set("weekdays", &WEEKDAYS), set("days_of_month", &DAYS), set("months", &MONTHS));
        let window = Window { times: times.unwrap_or_else(|| vec![(0, DAY)]), weekdays, days, months };
        let is_known = |(key, _): &(crate::tree::Key, Node)| WINDOW.iter().any(|known| known.name == key.name);
        if problems.found.len() > known || !node.entries().iter().all(is_known) {
            return None;
        }
        if window == Window::always() {
            let words = Words::fixed("这个时段什么时候都允许，这条规则永远不会生效", "this allows any time; the rule could never fire");
            problems.add("policy-never-fires", node.span, words);
        } else if !window.has_a_day() {
            let words = Words::fixed("这些月份里没有这些日子，这个时段什么也不允许", "these months have no such days; this allows nothing");
            problems.add("policy-bad-value", node.span, words);
        }
        Some(window)
    }

    fn always() -> Window {
        Window { times: vec![(0, DAY)], weekdays: WEEKDAYS.all(), days: DAYS.all(), months: MONTHS.all() }
    }

    fn has_a_day(&self) -> bool {
        const LONGEST: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        LONGEST.iter().enumerate().any(|(month, days)| self.months >> month & 1 == 1 && self.days & ((1 << days) - 1) != 0)
    }

    fn is_on(&self, day: Day) -> bool {
        let has = |set: u32, number: u8| set >> number & 1 == 1;
        has(self.weekdays, day.of_week()) && has(self.days, day.of_month() - 1) && has(self.months, day.month() - 1)
    }

    fn holds(&self, day: Day, minute: u16) -> bool {
        let on = self.is_on(day);
        let holds = |(from, until): &(u16, u16)| {
            if from < until {
                on && (*from..*until).contains(&minute)
            } else {
                on && minute >= *from || minute < *until && day.before().is_some_and(|eve| self.is_on(eve))
            }
        };
        self.times.iter().any(holds)
    }
}

/// `08:00-22:00` in minutes of the day.
fn times(node: &Node, problems: &mut Problems<'_>) -> Option<(u16, u16)> {
    let text = node.text()?;
    let minutes = |text: &str| -> Option<u16> {
        let (hour, minute) = text.trim().split_once(':')?;
        let digits = (1..=2).contains(&hour.len()) && minute.len() == 2 && hour.bytes().chain(minute.bytes()).all(|b| b.is_ascii_digit());
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (digits && minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
    };
    let ends = text.split_once('-').and_then(|(from, until)| Some((minutes(from)?, minutes(until)?)));
    let words = match ends {
        Some((from, until)) if from < DAY && from != until => return Some((from, until)),
        Some((from, until)) if from == until => Words::new(format!("`{text}` 的起止相同"), format!("`{text}` ends when it starts")),
        Some(_) => Words::new(format!("`{text}` 从 24:00 开始"), format!("`{text}` starts at 24:00")),
        None => Words::new(format!("`{text}` 不是时段"), format!("`{text}` is not a span of time")),
    };
    problems.add("policy-bad-value", node.span, words).help = Words::fixed(
        "写成 08:00-22:00；跨午夜写 22:00-06:00，全天写 00:00-24:00",
        "write 08:00-22:00, over midnight 22:00-06:00, all day 00:00-24:00",
    );
    None
}

/// Days or months by name or number, from the first to the last and, where it goes on, from the start again.
struct Cycle {
    names: &'static [&'static str],
    /// The last number; none when they are told by name alone.
    numbers: Option<u32>,
    length: u32,
    goes_on: bool,
    help: Words,
}

static WEEKDAYS: Cycle = Cycle {
    names: &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
    numbers: None,
    length: 7,
    goes_on: true,
    help: Words::fixed("写成 mon tue wed thu fri sat sun，或 mon-fri", "write mon tue wed thu fri sat sun, or mon-fri"),
};

static DAYS: Cycle = Cycle {
    names: &[],
    numbers: Some(31),
    length: 31,
    goes_on: false,
    help: Words::fixed(
        "写成 1 到 31，或 \"1-7\"；月末到月初分两段写",
        "write 1 to 31, or \"1-7\"; write two spans over the end of a month",
    ),
};

static MONTHS: Cycle = Cycle {
    names: &["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"],
    numbers: Some(12),
    length: 12,
    goes_on: true,
    help: Words::fixed("写成 1 到 12、jan 到 dec，或 \"6-8\"", "write 1 to 12, jan to dec, or \"6-8\""),
};

impl Cycle {
    fn all(&self) -> u32 {
        (1 << self.length) - 1
    }

    /// The members a list names; those it should not name are reported.
    fn set(&self, list: &Node, problems: &mut Problems<'_>) -> u32 {
        let mut set = 0;
        for node in list.items() {
            let Some(text) = node.scalar() else { continue };
            match self.span(&text) {
                Some(bits) => set |= bits,
                None => {
                    let words = Words::new(format!("不能写 `{text}`"), format!("`{text}` is not allowed here"));
                    problems.add("policy-bad-value", node.span, words).help = self.help.clone();
                }
            }
        }
        set
    }

    /// `fri`, `mon-fri`, `sat-mon` as bits.
    fn span(&self, text: &str) -> Option<u32> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let (from, to) = (self.member(from)?, self.member(to)?);
        let steps = if from <= to { to - from } else { to + self.length - from };
        (from <= to || self.goes_on).then(|| (0..=steps).fold(0, |bits, step| bits | 1 << ((from + step) % self.length)))
    }

    fn member(&self, text: &str) -> Option<u32> {
        let text = text.trim().to_ascii_lowercase();
        let named = self.names.iter().position(|name| *name == text || name[..3] == text);
        let number = text.parse::<u32>().ok().filter(|number| self.numbers.is_some_and(|last| (1..=last).contains(number)));
        named.and_then(|at| u32::try_from(at).ok()).or(number.map(|number| number - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(zone: &str, windows: Vec<Window>) -> Hours {
        Hours { windows, zone: Zone::named(zone).expect("bundled") }
    }

    fn moment(hours: &Hours, text: &str) -> Time {
        hours.zone.read(text).expect("a time")
    }

    fn next(hours: &Hours, text: &str) -> Option<String> {
        hours.next(moment(hours, text)).map(|time| hours.zone.show(time))
    }

    #[test]
    fn names_and_spans_are_read() {
        assert_eq!(WEEKDAYS.span("mon-fri"), Some(0b001_1111));
        assert_eq!(WEEKDAYS.span("Saturday - mon"), Some(0b110_0001));
        assert_eq!(DAYS.span("30-31"), Some(0b11 << 29));
        assert_eq!(MONTHS.span("nov-2"), Some(0b1100_0000_0011));
        for (cycle, bad) in [(&WEEKDAYS, "mo"), (&WEEKDAYS, "1"), (&DAYS, "0"), (&DAYS, "25-5"), (&DAYS, "-1"), (&MONTHS, "13")] {
            assert_eq!(cycle.span(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_it_starts_on() {
        let friday_night = Window { times: vec![(22 * 60, 6 * 60)], weekdays: 1 << 4, ..Window::always() };
        let hours = hours("Asia/Shanghai", vec![friday_night]);
        let allows = |text| hours.allow(moment(&hours, text));
        assert!(allows("2026-11-20 22:00") && allows("2026-11-21 05:59:59"));
        assert!(!allows("2026-11-21 06:00") && !allows("2026-11-20 05:00") && !allows("2026-11-21 22:00"));
        assert_eq!(next(&hours, "2026-11-21 06:00").as_deref(), Some("2026-11-27T22:00:00+08:00"));
    }

    #[test]
    fn a_skipped_start_opens_when_clocks_are_set() {
        let hours = hours("America/New_York", vec![Window { times: vec![(150, 240)], ..Window::always() }]);
        assert_eq!(next(&hours, "2026-03-08 01:00").as_deref(), Some("2026-03-08T03:00:00-04:00"));
        assert_eq!(next(&hours, "2026-03-08 05:00").as_deref(), Some("2026-03-09T02:30:00-04:00"));
    }

    #[test]
    fn a_repeated_hour_is_allowed_twice() {
        let hours = hours("America/New_York", vec![Window { times: vec![(60, 90)], ..Window::always() }]);
        assert_eq!(next(&hours, "2026-11-01T01:40:00-04:00").as_deref(), Some("2026-11-01T01:00:00-05:00"));
        assert_eq!(next(&hours, "2026-11-01T01:40:00-05:00").as_deref(), Some("2026-11-02T01:00:00-05:00"));
    }

    #[test]
    fn what_hardly_ever_comes_has_no_next() {
        let leap_day = Window { days: 1 << 28, months: 1 << 1, ..Window::always() };
        assert_eq!(next(&hours("Asia/Shanghai", vec![leap_day.clone()]), "2026-11-20 09:00"), None);
        assert!(leap_day.has_a_day() && !Window { days: 1 << 29, ..leap_day }.has_a_day());
    }
}
