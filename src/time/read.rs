//! Times as files write them.

use super::{SECOND, Time, Zone};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

impl Zone {
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
    // Of the last day of the year 9999 some hours are beyond what calendars of all zones can show.
    let time = seconds * SECOND + micros;
    (time <= Timestamp::MAX.as_microsecond() && time >= Timestamp::MIN.as_microsecond()).then_some(Time(time))
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
