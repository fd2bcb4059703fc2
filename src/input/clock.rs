//! The times of records, read quickly while they fall on the day of the record before.

use crate::problem::Problem;
use crate::source::SourceId;
use crate::span::Span;
use crate::time::{DAY, Time, Zone};
use crate::words::Words;
use std::ops::Range;

/// Reads times; remembers the last day.
pub(super) struct Clock<'a> {
    zone: &'a Zone,
    /// `2026-11-20T`.
    day: [u8; 11],
    /// `+08:00`, or nothing before the first time that names its offset.
    offset: Vec<u8>,
    /// When that day begins at that offset.
    midnight: i64,
    /// A time of that day as logs write it, if it can be: `2026-11-20T00:00:00.000+08:00`.
    like: [u8; TIME],
}

/// Bytes of a time as logs write it.
pub(super) const TIME: usize = 29;

/// What no text is.
const NO_TIME: [u8; TIME] = [0xFF; TIME];

/// What takes hours from 24, minutes and seconds from 60 on to the high bits of their bytes.
const TOO_LATE: u64 = u64::from_le_bytes([0x80 - 24, 0, 0, 0x80 - 60, 0, 0, 0x80 - 60, 0]);
const TOO_LATE_MARKS: u64 = u64::from_le_bytes([0x80, 0, 0, 0x80, 0, 0, 0x80, 0]);

/// Moments that may be meant, in microseconds: the years 2000 to 2099.
const SENSIBLE: Range<i64> = 946_684_800_000_000..4_102_444_800_000_000;

/// Whether a moment may be meant.
#[inline]
pub(super) fn is_sensible(time: Time) -> bool {
    SENSIBLE.contains(&time.0)
}

/// What is to be said of a cell that gave this time, or none.
#[cold]
pub(super) fn doubt(text: &str, time: Option<Time>, source: SourceId, span: Span) -> Option<Problem> {
    if time.is_some_and(is_sensible) || time.is_none() && text.trim().is_empty() {
        return None;
    }
    if time.is_some() {
        let words = Words::fixed("年份像是写错了：不在 2000 到 2099 年之间", "the year looks like a slip: it is not between 2000 and 2099");
        return Some(Problem::warning("input-odd-time", source, span, words));
    }
    let words = Words::new(format!("看不懂的时间 `{text}`"), format!("cannot read the time `{text}`"));
    let help = Words::fixed(
        "写成 2026-11-20T09:00:00+08:00，或运行时区的 2026-11-20 09:00",
        "write 2026-11-20T09:00:00+08:00, or 2026-11-20 09:00 in the run's time zone",
    );
    Some(Problem::error("input-bad-time", source, span, words).with_help(help))
}

/// A time taken apart: its day, its time of day in microseconds, its offset.
struct Parts<'t> {
    day: &'t [u8; 11],
    micros: i64,
    offset: &'t [u8],
}

impl<'a> Clock<'a> {
    /// A clock of a zone.
    pub(super) fn new(zone: &'a Zone) -> Clock<'a> {
        Clock { zone, day: [0; 11], offset: Vec::new(), midnight: 0, like: NO_TIME }
    }

    /// Whose times it reads.
    pub(super) fn zone(&self) -> &'a Zone {
        self.zone
    }

    /// What [`Zone::read`] gives.
    #[inline]
    pub(super) fn read(&mut self, text: &str) -> Option<Time> {
        let alike = text.as_bytes().try_into().ok().and_then(|text| self.alike(text));
        alike.or_else(|| self.read_other(text))
    }

    /// A time that is written as logs write it, in a sensible year: day and offset are the last ones, to the byte.
    #[inline]
    pub(super) fn alike(&self, text: &[u8; TIME]) -> Option<Time> {
        let differs = |at: usize| word(text, at) ^ word(&self.like, at);
        let (clock, thousandths) = (differs(11), differs(19));
        // Each pair of digits becomes a number at the first of them: of hours, minutes, seconds at the bytes 0, 3 and 6.
        let pairs = clock.wrapping_mul(10).wrapping_add(clock >> 8);
        let other_day = differs(0) | differs(3) | differs(21) & !0xFFFF;
        let no_clock = over(clock, *b"00:00:00") | over(thousandths, *b":000::::") | pairs.wrapping_add(TOO_LATE) & TOO_LATE_MARKS;
        let [hours, _, _, minutes, _, _, seconds, _] = pairs.to_le_bytes().map(i64::from);
        let last_pair = thousandths.wrapping_mul(10).wrapping_add(thousandths >> 8).to_le_bytes()[2];
        let millis = i64::from(thousandths.to_le_bytes()[1]) * 100 + i64::from(last_pair);
        let time = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + millis * 1000;
        (other_day | no_clock == 0).then_some(Time(self.midnight + time))
    }

    #[inline(never)]
    fn read_other(&mut self, text: &str) -> Option<Time> {
        let parts = parts(text.as_bytes());
        match &parts {
            Some(parts) if *parts.day == self.day && parts.offset == self.offset => Some(Time(self.midnight + parts.micros)),
            _ => self.turn(text, parts),
        }
    }

    /// Reads a time of another day.
    fn turn(&mut self, text: &str, parts: Option<Parts<'_>>) -> Option<Time> {
        let time = self.zone.read(text)?;
        // Without an offset the time of day is the zone's, which may skip an hour: such a day is not remembered.
        if let Some(parts) = parts.filter(|parts| !parts.offset.is_empty()) {
            self.day = *parts.day;
            self.offset = parts.offset.to_owned();
            self.midnight = time.0 - parts.micros;
            self.like = NO_TIME;
            if parts.offset.len() == 6 && [0, DAY - 1].iter().all(|micros| is_sensible(Time(self.midnight + micros))) {
                self.like[..11].copy_from_slice(parts.day);
                self.like[11..23].copy_from_slice(b"00:00:00.000");
                self.like[23..].copy_from_slice(parts.offset);
            }
        }
        Some(time)
    }
}

/// Takes apart `2026-11-20T09:00:00+08:00` or `2026-11-20T09:00:00.250+08:00`.
#[inline]
fn parts(bytes: &[u8]) -> Option<Parts<'_>> {
    let (day, rest) = bytes.split_first_chunk::<11>()?;
    let (clock, rest) = rest.split_first_chunk::<8>()?;
    let clock = digits(*clock, *b"00:00:00")?;
    let two = |at: usize| i64::from(clock[at]) * 10 + i64::from(clock[at + 1]);
    let (hours, minutes, seconds) = (two(0), two(3), two(6));
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let mut micros = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000;
    let mut offset = rest;
    if let Some(([b'.', tenths, hundredths, thousandths], rest)) = rest.split_first_chunk::<4>() {
        let [.., a, b, c] = digits([b':', b':', b':', b':', b':', *tenths, *hundredths, *thousandths], *b":::::000")?;
        micros += i64::from(a) * 100_000 + i64::from(b) * 10_000 + i64::from(c) * 1000;
        offset = rest;
    }
    (!offset.first().is_some_and(u8::is_ascii_digit)).then_some(Parts { day, micros, offset })
}

/// The values of the digits of `bytes`, which must stand where `shape` has noughts and colons where it has colons.
#[inline(always)]
fn digits(bytes: [u8; 8], shape: [u8; 8]) -> Option<[u8; 8]> {
    let values = u64::from_le_bytes(bytes) ^ u64::from_le_bytes(shape);
    (over(values, shape) == 0).then_some(values.to_le_bytes())
}

/// Marks the bytes that are no digit where `shape` has a nought, and not nothing where it has anything else.
#[inline(always)]
fn over(values: u64, shape: [u8; 8]) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // What takes a byte to 0x80.
    let over = shape.map(|byte| if byte == b'0' { 0x80 - 10 } else { 0x80 - 1 });
    (values | values.wrapping_add(u64::from_le_bytes(over))) & HIGH
}

/// Eight bytes of a time.
#[inline(always)]
fn word(text: &[u8; TIME], at: usize) -> u64 {
    text[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_reads_what_the_zone_reads(texts in proptest::collection::vec("2026-1[01]-0[129][T ][0129][0-9]:[0-6]0:[0-6][0-9](|\\.|\\.2|\\.25|\\.[0-9]{3}|\\.[0-9]{3}|\\.2504|.250)(|Z|\\+08:00|-05:00|\\+08:0| \\+08:00)", 1..6)) {
            for zone in [Zone::default(), Zone::named("America/New_York").expect("bundled")] {
                let mut clock = Clock::new(&zone);
                for text in &texts {
                    prop_assert_eq!(clock.read(text), zone.read(text), "{}", text);
                }
            }
        }
    }

    #[test]
    fn a_day_without_an_offset_is_not_remembered() {
        let zone = Zone::named("America/New_York").expect("bundled");
        let mut clock = Clock::new(&zone);
        for text in
            ["2026-11-01 00:30:00", "2026-11-01 03:30:00", "2026-11-01 00:30:00-04:00", "2026-11-01 03:30:00", "2026-11-01 03:30:00-04:00"]
        {
            assert_eq!(clock.read(text), zone.read(text), "{text}");
        }
    }
}
