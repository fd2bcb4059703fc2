//! Moments, time zones, lengths of time, calendar periods.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// A length of time, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(pub i64);

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

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
pub struct Zone(TimeZone);

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
        Zone::named("Asia/Shanghai").unwrap_or(Zone(TimeZone::UTC))
    }
}

impl Zone {
    /// The zone of an IANA name, from the tables inside the program.
    pub fn named(name: &str) -> Option<Zone> {
        TimeZone::get(name).ok().map(Zone)
    }

    /// Reads RFC 3339, or a local date and time of this zone: `2026-11-20 09:00`, `2026/11/20 9:00:30`, `2026年11月20日 9:00`.
    pub fn read(&self, text: &str) -> Option<Time> {
        if let Some(time) = rfc3339(text.as_bytes()) {
            return Some(time);
        }
        let (civil, rest) = civil(text.trim())?;
        match rest.trim() {
            "" => self.local(civil),
            "Z" | "z" => Some(Time(TimeZone::UTC.to_timestamp(civil).ok()?.as_microsecond())),
            offset => {
                let zone = offset.parse::<Timestamp>().ok().map(|_| TimeZone::UTC).or_else(|| fixed(offset))?;
                Some(Time(zone.to_timestamp(civil).ok()?.as_microsecond()))
            }
        }
    }

    /// Midnight at the start of `date`, written `2026-11-20`.
    pub fn midnight(&self, date: &str) -> Option<Time> {
        self.local(date.trim().parse::<Date>().ok()?.at(0, 0, 0, 0))
    }

    fn local(&self, civil: DateTime) -> Option<Time> {
        Some(Time(self.0.to_timestamp(civil).ok()?.as_microsecond()))
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
        let offset = self.0.to_offset(stamp);
        let local = offset.to_datetime(stamp);
        if local.year() < 0 {
            out.push_str(&local.to_string());
        } else {
            write_local(local, out);
        }
        let minutes = offset.seconds().unsigned_abs() / 60;
        let digit = |number: u32| b'0' + (number % 10) as u8;
        let sign = if offset.seconds() < 0 { b'-' } else { b'+' };
        push_ascii(&[sign, digit(minutes / 600), digit(minutes / 60), b':', digit(minutes % 60 / 10), digit(minutes)], out);
    }

    /// Start and end of the calendar period that holds `time`: `start <= time < end`.
    pub fn period(&self, period: Period, time: Time) -> (Time, Time) {
        self.try_period(period, time).unwrap_or((Time(i64::MIN), Time(i64::MAX)))
    }

    fn try_period(&self, period: Period, time: Time) -> Option<(Time, Time)> {
        let stamp = Timestamp::from_microsecond(time.0).ok()?;
        let today = self.0.to_datetime(stamp).date();
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
        let shown = self.0.to_datetime(Timestamp::from_microsecond(time.0).ok()?);
        Some((Day(shown.date()), u16::from(shown.hour().unsigned_abs()) * 60 + u16::from(shown.minute().unsigned_abs())))
    }

    /// The moments at which a clock on the wall shows a day and a minute: none when it is set forward over it, two when back.
    pub fn readings(&self, day: Day, minute: u16) -> [Option<Time>; 2] {
        let (hour, minute) = (i8::try_from(minute / 60), i8::try_from(minute % 60));
        let (Ok(hour @ 0..24), Ok(minute)) = (hour, minute) else { return [None; 2] };
        let shown = day.0.at(hour, minute, 0, 0);
        let moment = |offset: Offset| offset.to_timestamp(shown).ok().map(|stamp| Time(stamp.as_microsecond()));
        match self.0.to_ambiguous_timestamp(shown).offset() {
            AmbiguousOffset::Unambiguous { offset } => [moment(offset), None],
            AmbiguousOffset::Gap { .. } => [None; 2],
            AmbiguousOffset::Fold { before, after } => [moment(before), moment(after)],
        }
    }

    /// When the clocks are set next after a moment.
    pub fn next_change(&self, time: Time) -> Option<Time> {
        let next = self.0.following(Timestamp::from_microsecond(time.0).ok()?).next()?;
        Some(Time(next.timestamp().as_microsecond()))
    }
}

/// `2026-11-20T09:00:30.25`, for years of the common era.
fn write_local(local: DateTime, out: &mut String) {
    let mut text = *b"0000-00-00T00:00:00";
    let year = local.year().unsigned_abs();
    let pairs = [(year / 100) as u8, (year % 100) as u8].into_iter();
    let small = [local.month(), local.day(), local.hour(), local.minute(), local.second()].map(i8::unsigned_abs);
    for (at, number) in [0, 2, 5, 8, 11, 14, 17].into_iter().zip(pairs.chain(small)) {
        text[at] += number / 10;
        text[at + 1] += number % 10;
    }
    push_ascii(&text, out);
    if local.subsec_nanosecond() != 0 {
        let mut text = *b".000000000";
        let mut rest = local.subsec_nanosecond().unsigned_abs();
        for digit in text[1..].iter_mut().rev() {
            *digit += (rest % 10) as u8;
            rest /= 10;
        }
        let length = text.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
        push_ascii(&text[..length], out);
    }
}

fn push_ascii(text: &[u8], out: &mut String) {
    out.push_str(std::str::from_utf8(text).unwrap_or_default());
}

/// `+08:00` and the like.
fn fixed(offset: &str) -> Option<TimeZone> {
    let bytes = offset.as_bytes();
    let seconds = offset_seconds(bytes)?;
    Offset::from_seconds(i32::try_from(seconds).ok()?).ok().map(TimeZone::fixed)
}

fn offset_seconds(bytes: &[u8]) -> Option<i64> {
    let sign = match bytes.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    if bytes.len() != 6 || bytes[3] != b':' {
        return None;
    }
    let (hours, minutes) = (two(bytes, 1)?, two(bytes, 4)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn two(bytes: &[u8], at: usize) -> Option<i64> {
    let (a, b) = (bytes.get(at)?.wrapping_sub(b'0'), bytes.get(at + 1)?.wrapping_sub(b'0'));
    (a < 10 && b < 10).then_some(i64::from(a) * 10 + i64::from(b))
}

/// The one shape logs are written in, read without any allocation; anything else goes the slow way.
fn rfc3339(bytes: &[u8]) -> Option<Time> {
    if bytes.len() < 20
        || bytes[4] != b'-'
        || bytes[7] != b'-'
        || !matches!(bytes[10], b'T' | b't' | b' ')
        || bytes[13] != b':'
        || bytes[16] != b':'
    {
        return None;
    }
    let year = two(bytes, 0)? * 100 + two(bytes, 2)?;
    let (month, day, hour) = (two(bytes, 5)?, two(bytes, 8)?, two(bytes, 11)?);
    let (minute, second) = (two(bytes, 14)?, two(bytes, 17)?);
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (micros, rest) = fraction(&bytes[19..])?;
    let offset = if matches!(rest, b"Z" | b"z") { 0 } else { offset_seconds(rest)? };
    let seconds = days_since_epoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    Some(Time(seconds * SECOND + micros))
}

/// Microseconds of `.123…`, and what follows; finer digits are cut.
fn fraction(bytes: &[u8]) -> Option<(i64, &[u8])> {
    if bytes.first() != Some(&b'.') {
        return Some((0, bytes));
    }
    let (mut micros, mut weight, mut at) = (0, 100_000, 1);
    while at < bytes.len() && bytes[at].is_ascii_digit() {
        micros += i64::from(bytes[at] - b'0') * weight;
        weight /= 10;
        at += 1;
    }
    (at > 1).then_some((micros, &bytes[at..]))
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant's `days_from_civil`).
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// A date and time as people type them, and what follows.
fn civil(text: &str) -> Option<(DateTime, &str)> {
    let mut rest = text;
    let year = number(&mut rest, 4)?;
    let month = after(&mut rest, &['-', '/', '.', '年']).and_then(|()| number(&mut rest, 2))?;
    let day = after(&mut rest, &['-', '/', '.', '月']).and_then(|()| number(&mut rest, 2))?;
    rest = rest.strip_prefix(['日', 'T', 't']).unwrap_or(rest).trim_start();
    let hour = number(&mut rest, 2)?;
    let minute = after(&mut rest, &[':', '：', '时', '点']).and_then(|()| number(&mut rest, 2))?;
    rest = rest.strip_prefix('分').unwrap_or(rest);
    let mut second = 0;
    if after(&mut rest, &[':', '：']).is_some() {
        second = number(&mut rest, 2)?;
    }
    let (micros, rest) = fraction(rest.as_bytes()).map(|(micros, tail)| (micros, &rest[rest.len() - tail.len()..]))?;
    let small = |n: i64| i8::try_from(n).ok();
    let nanos = i32::try_from(micros * 1000).ok()?;
    let civil = DateTime::new(i16::try_from(year).ok()?, small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?, nanos);
    Some((civil.ok()?, rest))
}

fn number(rest: &mut &str, most: usize) -> Option<i64> {
    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let value = rest[..digits].parse().ok()?;
    *rest = &rest[digits..];
    Some(value)
}

fn after(rest: &mut &str, signs: &[char]) -> Option<()> {
    *rest = rest.strip_prefix(signs)?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
                let local = zone.0.to_datetime(stamp).to_string();
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
