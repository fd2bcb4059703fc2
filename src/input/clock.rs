//! The times of records, read quickly while they fall on the day of the record before.

use crate::problem::Problem;
use crate::source::SourceId;
use crate::span::Span;
use crate::time::{Time, Zone};
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
}

/// Moments that may be meant, in microseconds: the years 2000 to 2099.
const SENSIBLE: Range<i64> = 946_684_800_000_000..4_102_444_800_000_000;

/// What is to be said of a cell that gave this time, or none.
pub(super) fn doubt(text: &str, time: Option<Time>, source: SourceId, span: Span) -> Option<Problem> {
    if time.is_some_and(|time| SENSIBLE.contains(&time.0)) || time.is_none() && text.trim().is_empty() {
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
        Clock { zone, day: [0; 11], offset: Vec::new(), midnight: 0 }
    }

    /// Whose times it reads.
    pub(super) fn zone(&self) -> &'a Zone {
        self.zone
    }

    /// What [`Zone::read`] gives.
    pub(super) fn read(&mut self, text: &str) -> Option<Time> {
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
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let values = u64::from_le_bytes(bytes) ^ u64::from_le_bytes(shape);
    // What takes a byte to 0x80: ten in place of a digit, anything but nothing in place of a colon.
    let over = shape.map(|byte| if byte == b'0' { 0x80 - 10 } else { 0x80 - 1 });
    let bad = (values | values.wrapping_add(u64::from_le_bytes(over))) & HIGH;
    (bad == 0).then_some(values.to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_reads_what_the_zone_reads(texts in proptest::collection::vec("2026-1[01]-0[129][T ][0129][0-9]:[0-6]0:[0-6][0-9](|\\.|\\.2|\\.25|\\.250|\\.2504|.250)(|Z|\\+08:00|-05:00|\\+08:0| \\+08:00)", 1..6)) {
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
