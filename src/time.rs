//! Moments, time zones, lengths of time, calendar periods.

mod read;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use std::sync::OnceLock;

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// A length of time, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(pub i64);

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;
/// Microseconds in a day.
pub(crate) const DAY: i64 = 86_400 * SECOND;

/// A calendar period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// From midnight to midnight.
    Day,
    /// From Monday.
    Week,
    /// From the first of the month.
    Month,
}

/// A day of the calendar, in no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(Date);

/// A time zone, by its IANA name.
#[derive(Clone, Debug)]
pub struct Zone {
    rules: TimeZone,
    /// Around the first moment whose day was asked for.
    steady: OnceLock<Steady>,
}

/// A stretch of time in which the clocks of a zone are not set.
#[derive(Clone, Copy, Debug)]
struct Steady {
    from: i64,
    until: i64,
    /// What local time is ahead of UTC, in microseconds.
    offset: i64,
}

impl Length {
    /// Reads `30s`, `5m`, `24h`, `7d`, or several together: `1h30m`.
    pub fn parse(text: &str) -> Option<Length> {
        let mut total: i64 = 0;
        let mut digits = String::new();
        for c in text.chars().filter(|c| *c != ' ') {
            if c.is_ascii_digit() {
                digits.push(c);
                continue;
            }
            let unit = match c {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                'd' => 86_400,
                'w' => 604_800,
                _ => return None,
            };
            let seconds = digits.parse::<i64>().ok()?.checked_mul(unit)?;
            total = total.checked_add(seconds.checked_mul(SECOND)?)?;
            digits.clear();
        }
        (digits.is_empty() && total > 0).then_some(Length(total))
    }

    /// The length in the largest units that fit: `1h30m`.
    pub fn show(self) -> String {
        let mut rest = self.0 / SECOND;
        let mut out = String::new();
        for (unit, seconds) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] {
            // 24 hours is said as such: people think of windows in hours up to a day.
            let units = if unit == "d" && self.0 / SECOND <= 86_400 { 0 } else { rest / seconds };
            if units > 0 {
                out.push_str(&format!("{units}{unit}"));
                rest -= units * seconds;
            }
        }
        if out.is_empty() { "0s".to_owned() } else { out }
    }
}

impl Period {
    /// The period called `day`, `week` or `month`.
    pub fn named(name: &str) -> Option<Period> {
        match name {
            "day" => Some(Period::Day),
            "week" => Some(Period::Week),
            "month" => Some(Period::Month),
            _ => None,
        }
    }
}

impl Day {
    /// The month, from 1.
    pub fn month(self) -> u8 {
        self.0.month().unsigned_abs()
    }

    /// The day of the month, from 1.
    pub fn of_month(self) -> u8 {
        self.0.day().unsigned_abs()
    }

    /// The day of the week; Monday is 0.
    pub fn of_week(self) -> u8 {
        self.0.weekday().to_monday_zero_offset().unsigned_abs()
    }

    /// The day before, if the calendar has one.
    pub fn before(self) -> Option<Day> {
        self.0.yesterday().ok().map(Day)
    }

    /// The day after, if the calendar has one.
    pub fn after(self) -> Option<Day> {
        self.0.tomorrow().ok().map(Day)
    }
}

impl Default for Zone {
    /// `Asia/Shanghai`, where the platforms count their days.
    fn default() -> Zone {
        Zone::named("Asia/Shanghai").unwrap_or(Zone::of(TimeZone::UTC))
    }
}

impl Zone {
    /// The zone of an IANA name, from the tables inside the program.
    pub fn named(name: &str) -> Option<Zone> {
        TimeZone::get(name).ok().map(Zone::of)
    }

    fn of(rules: TimeZone) -> Zone {
        Zone { rules, steady: OnceLock::new() }
    }

    /// Midnight at the start of `date`, written `2026-11-20`.
    pub fn midnight(&self, date: &str) -> Option<Time> {
        self.local(date.trim().parse::<Date>().ok()?.at(0, 0, 0, 0))
    }

    fn local(&self, civil: DateTime) -> Option<Time> {
        Some(Time(self.rules.to_timestamp(civil).ok()?.as_microsecond()))
    }

    /// The moment in RFC 3339 with this zone's offset.
    pub fn show(&self, time: Time) -> String {
        let mut out = String::new();
        self.write(time, &mut out);
        out
    }

    /// Appends the moment as [`Zone::show`] gives it: reports hold millions of them.
    pub fn write(&self, time: Time, out: &mut String) {
        let Ok(stamp) = Timestamp::from_microsecond(time.0) else {
            return out.push_str(&format!("{}us", time.0));
        };
        let steady = self.steady(time).and_then(|steady| steady.offset(time));
        let offset = steady.unwrap_or_else(|| self.rules.to_offset(stamp));
        let local = offset.to_datetime(stamp);
        if local.year() < 0 {
            out.push_str(&local.to_string());
            return push_ascii(&written(offset), out);
        }
        write_local(local, offset, out);
    }

    /// Start and end of the calendar period that holds `time`: `start <= time < end`.
    pub fn period(&self, period: Period, time: Time) -> (Time, Time) {
        let steady = if period == Period::Day { self.steady(time) } else { None };
        let day = steady.and_then(|steady| steady.day(time));
        day.or_else(|| self.try_period(period, time)).unwrap_or((Time(i64::MIN), Time(i64::MAX)))
    }

    /// The stretch around the first moment that was asked for.
    fn steady(&self, time: Time) -> Option<Steady> {
        if let Some(steady) = self.steady.get() {
            return Some(*steady);
        }
        let stamp = Timestamp::from_microsecond(time.0).ok()?;
        // Clocks may be set at this very moment: what precedes the next one.
        let next = Timestamp::from_microsecond(time.0.checked_add(1)?).ok()?;
        let from = self.rules.preceding(next).next().map_or(i64::MIN, |set| set.timestamp().as_microsecond());
        let until = self.next_change(time).map_or(i64::MAX, |set| set.0);
        let offset = i64::from(self.rules.to_offset(stamp).seconds()) * SECOND;
        Some(*self.steady.get_or_init(|| Steady { from, until, offset }))
    }

    fn try_period(&self, period: Period, time: Time) -> Option<(Time, Time)> {
        let stamp = Timestamp::from_microsecond(time.0).ok()?;
        let today = self.rules.to_datetime(stamp).date();
        let (start, end) = self.period_of(period, today)?;
        // Where clocks are set back over midnight they show the old day again, which is over.
        if end <= time { self.period_of(period, today.tomorrow().ok()?) } else { Some((start, end)) }
    }

    fn period_of(&self, period: Period, today: Date) -> Option<(Time, Time)> {
        let (first, next) = match period {
            Period::Day => (today, today.tomorrow().ok()?),
            Period::Week => {
                let days = i64::from(today.weekday().to_monday_zero_offset());
                let monday = today.checked_sub(days.days()).ok()?;
                (monday, monday.checked_add(7.days()).ok()?)
            }
            Period::Month => (today.first_of_month(), today.last_of_month().tomorrow().ok()?),
        };
        let start = |date: Date| self.local(date.at(0, 0, 0, 0));
        Some((start(first)?, start(next)?))
    }

    /// What a clock on the wall shows: the day, and the minutes since its midnight.
    pub fn wall(&self, time: Time) -> Option<(Day, u16)> {
        let shown = self.rules.to_datetime(Timestamp::from_microsecond(time.0).ok()?);
        Some((Day(shown.date()), u16::from(shown.hour().unsigned_abs()) * 60 + u16::from(shown.minute().unsigned_abs())))
    }

    /// The moments at which a clock on the wall shows a day and a minute: none when it is set forward over it, two when back.
    pub fn readings(&self, day: Day, minute: u16) -> [Option<Time>; 2] {
        let (hour, minute) = (i8::try_from(minute / 60), i8::try_from(minute % 60));
        let (Ok(hour @ 0..24), Ok(minute)) = (hour, minute) else { return [None; 2] };
        let shown = day.0.at(hour, minute, 0, 0);
        let moment = |offset: Offset| offset.to_timestamp(shown).ok().map(|stamp| Time(stamp.as_microsecond()));
        match self.rules.to_ambiguous_timestamp(shown).offset() {
            AmbiguousOffset::Unambiguous { offset } => [moment(offset), None],
            AmbiguousOffset::Gap { .. } => [None; 2],
            AmbiguousOffset::Fold { before, after } => [moment(before), moment(after)],
        }
    }

    /// What a clock on the wall shows, in seconds since it showed 1970-01-01 00:00.
    pub fn wall_seconds(&self, time: Time) -> Option<i64> {
        let stamp = Timestamp::from_microsecond(time.0).ok()?;
        Some(stamp.as_second() + i64::from(self.rules.to_offset(stamp).seconds()))
    }

    /// The moment at which a clock on the wall shows so many seconds: the first, where it shows them twice, and as much later as it
    /// is set forward, where it never does.
    pub fn at_wall(&self, seconds: i64) -> Option<Time> {
        self.local(TimeZone::UTC.to_datetime(Timestamp::from_second(seconds).ok()?))
    }

    /// When the clocks are set next after a moment.
    pub fn next_change(&self, time: Time) -> Option<Time> {
        let next = self.rules.following(Timestamp::from_microsecond(time.0).ok()?).next()?;
        Some(Time(next.timestamp().as_microsecond()))
    }
}

impl Steady {
    /// What local time is ahead of UTC at a moment.
    fn offset(self, time: Time) -> Option<Offset> {
        let is_inside = (self.from..self.until).contains(&time.0);
        Offset::from_seconds(i32::try_from(self.offset / SECOND).ok()?).ok().filter(|_| is_inside)
    }

    /// The day of a moment, if it keeps so far from where clocks are set that they show none of it twice.
    fn day(self, time: Time) -> Option<(Time, Time)> {
        let local = time.0.checked_add(self.offset)?;
        let start = time.0.checked_sub(local.rem_euclid(DAY))?;
        let end = start.checked_add(DAY)?;
        (start.checked_sub(DAY)? >= self.from && end.checked_add(DAY)? <= self.until).then_some((Time(start), Time(end)))
    }
}

/// Appends a local time of the common era and what it is ahead of UTC: `2026-11-20T09:00:30.25+08:00`.
fn write_local(local: DateTime, offset: Offset, out: &mut String) {
    let mut text = *b"0000-00-00T00:00:00.000000      ";
    let year = local.year().unsigned_abs();
    let pairs = [(year / 100) as u8, (year % 100) as u8].into_iter();
    let small = [local.month(), local.day(), local.hour(), local.minute(), local.second()].map(i8::unsigned_abs);
    for (at, number) in [0, 2, 5, 8, 11, 14, 17].into_iter().zip(pairs.chain(small)) {
        put_pair(&mut text[at..], number);
    }
    let micros = local.subsec_nanosecond().unsigned_abs() / 1000;
    for (at, unit) in [(20, 10_000), (22, 100), (24, 1)] {
        put_pair(&mut text[at..], (micros / unit % 100) as u8);
    }
    let length = if micros == 0 { 19 } else { text[..26].iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1) };
    text[length..length + 6].copy_from_slice(&written(offset));
    push_ascii(&text[..length + 6], out);
}

/// `+08:00`
fn written(offset: Offset) -> [u8; 6] {
    let mut text = *b"+00:00";
    if offset.seconds() < 0 {
        text[0] = b'-';
    }
    let minutes = offset.seconds().unsigned_abs() / 60;
    put_pair(&mut text[1..], (minutes / 60) as u8);
    put_pair(&mut text[4..], (minutes % 60) as u8);
    text
}

/// Puts the two digits of a number in place of those that are there.
fn put_pair(text: &mut [u8], number: u8) {
    text[..2].copy_from_slice(&[b'0' + number / 10, b'0' + number % 10]);
}

fn push_ascii(text: &[u8], out: &mut String) {
    out.push_str(std::str::from_utf8(text).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shanghai() -> Zone {
        Zone::default()
    }

    #[test]
    fn the_fast_shape_and_the_slow_one_agree() {
        let zone = shanghai();
        let fast = zone.read("2026-11-20T09:00:30.250+08:00");
        assert_eq!(fast, zone.read("2026-11-20 09:00:30.25"));
        assert_eq!(fast, zone.read("2026-11-20T01:00:30.25Z"));
        assert_eq!(zone.read("2026/11/20 9:00"), zone.read("2026年11月20日 9时00分"));
        assert_eq!(zone.read("2026-11-20 9:00 +08:00"), zone.read("2026-11-20 09:00"));
        assert_eq!(fast.map(|time| zone.show(time)).as_deref(), Some("2026-11-20T09:00:30.25+08:00"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let zone = shanghai();
        for text in [
            "",
            "now",
            "2026-11-20",
            "2026-02-30 09:00",
            "2026-02-30T09:00:00Z",
            "20:00",
            "2026-11-20 25:00",
            "2026-11-20T09:00:00+0800x",
            "1763600000",
        ] {
            assert_eq!(zone.read(text), None, "{text}");
        }
    }

    #[test]
    fn far_years_do_not_panic() {
        let zone = shanghai();
        for text in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31 23:59", "0000-01-01 00:00"] {
            if let Some(time) = zone.read(text) {
                zone.show(time);
                zone.period(Period::Month, time);
            }
        }
    }

    #[test]
    fn moments_are_written_as_jiff_writes_them() {
        for zone in ["Asia/Shanghai", "America/St_Johns", "UTC"].map(|name| Zone::named(name).expect("bundled")) {
            for step in -2000..2000_i64 {
                let time = Time(step.wrapping_mul(step.abs()).wrapping_mul(63_115_200_123_000 / 997) + step % 7 * 250_000);
                let Ok(stamp) = Timestamp::from_microsecond(time.0) else { continue };
                let local = zone.rules.to_datetime(stamp).to_string();
                let shown = zone.show(time);
                assert_eq!(shown.split_at(shown.len() - 6).0, local);
                assert!(shown.contains('T') && Zone::default().read(&shown).is_none_or(|read| (read.0 - time.0).abs() < 60 * SECOND));
            }
        }
    }

    #[test]
    fn days_and_months_follow_the_zone() {
        let zone = shanghai();
        let time = zone.read("2026-03-01T00:30:00+08:00").expect("a time");
        assert_eq!(zone.show(zone.period(Period::Day, time).0), "2026-03-01T00:00:00+08:00");
        assert_eq!(zone.show(zone.period(Period::Month, time).1), "2026-04-01T00:00:00+08:00");
        assert_eq!(zone.show(zone.period(Period::Week, time).0), "2026-02-23T00:00:00+08:00");
        let new_york = Zone::named("America/New_York").expect("bundled");
        let (start, end) = new_york.period(Period::Day, new_york.read("2026-03-08 12:00").expect("a time"));
        assert_eq!(end.0 - start.0, 23 * 3600 * SECOND);
    }

    #[test]
    fn a_day_that_clocks_show_again_is_over() {
        // Until 2011 clocks in St. John's went from 00:01 back to 23:01 of the day before.
        let zone = Zone::named("America/St_Johns").expect("bundled");
        let [first, again] = zone.readings(Day(jiff::civil::date(2010, 11, 6)), 23 * 60 + 30).map(|time| time.expect("shown twice"));
        let midnight = zone.midnight("2010-11-07").expect("a day");
        assert!(first < midnight && midnight < again);
        assert_eq!(zone.period(Period::Day, first).1, midnight);
        assert_eq!(zone.period(Period::Day, again).0, midnight);
    }

    proptest! {
        /// Whichever moment is asked for first.
        #[test]
        fn a_day_is_what_the_rules_of_the_zone_say(
            zone in prop_oneof![Just("Asia/Shanghai"), Just("America/New_York"), Just("America/St_Johns"), Just("Pacific/Apia"), Just("UTC")],
            first in any::<i64>(),
            near in -4_000_000_000_000_000_i64..4_000_000_000_000_000,
            hours in proptest::collection::vec(-9000_i64..9000, 1..20),
        ) {
            let zone = Zone::named(zone).expect("bundled");
            zone.period(Period::Day, Time(first));
            for hours in hours {
                let time = Time(near + hours * 3600 * SECOND);
                prop_assert_eq!(zone.period(Period::Day, time), zone.try_period(Period::Day, time).expect("in range"));
            }
        }
    }

    /// Asked first for the moment at which clocks are set, it does not take the hours before for hours after.
    #[test]
    fn a_day_before_clocks_are_set_is_not_reckoned_by_what_they_are_set_to() {
        let zone = Zone::named("America/New_York").expect("bundled");
        let period = |text: &str| zone.period(Period::Day, zone.read(text).expect("a time"));
        assert_ne!(period("2026-03-08T07:00:00Z"), period("2026-03-08T04:45:00Z"));
        assert_eq!(zone.show(period("2026-03-08T04:45:00Z").0), "2026-03-07T00:00:00-05:00");
    }

    #[test]
    fn clocks_skip_and_repeat() {
        let zone = Zone::named("America/New_York").expect("bundled");
        let day = |month, day| Day(jiff::civil::date(2026, month, day));
        assert_eq!(zone.readings(day(3, 8), 150), [None; 2]);
        assert_eq!(zone.readings(day(11, 1), 90).iter().flatten().count(), 2);
        let change = zone.next_change(zone.read("2026-03-08 00:00").expect("a time")).expect("summer time");
        assert_eq!(zone.wall(change), Some((day(3, 8), 180)));
        assert_eq!((day(3, 8).of_week(), day(3, 8).of_month(), day(3, 8).month()), (6, 8, 3));
    }

    #[test]
    fn lengths_read_and_print() {
        assert_eq!(Length::parse("1h30m"), Some(Length(5400 * SECOND)));
        for bad in ["", "24", "h", "1y", "-1h", "1.5h", "99999999999999999999d"] {
            assert_eq!(Length::parse(bad), None, "{bad}");
        }
        assert_eq!(Length(86_400 * SECOND).show(), "24h");
        assert_eq!(Length(90 * SECOND).show(), "1m30s");
        assert_eq!(Length(7 * 86_400 * SECOND).show(), "7d");
    }
}
