//! Exact decimal numbers: amounts in yuan, counts, seconds.

use std::fmt;

/// A number in millionths, so that sums of amounts are exact and the same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(pub i64);

/// Millionths in one.
const ONE: i64 = 1_000_000;

impl Decimal {
    /// A whole number, if it is within ±9.2e12.
    pub fn whole(n: i64) -> Option<Decimal> {
        n.checked_mul(ONE).map(Decimal)
    }

    /// Reads `12`, `-0.5`, `+3.25`, `1e3`; at most six digits after the point, no more than ±9.2e12.
    pub fn parse(text: &str) -> Option<Decimal> {
        plain(text.as_bytes()).or_else(|| Decimal::parse_any(text))
    }

    fn parse_any(text: &str) -> Option<Decimal> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.as_bytes().first()? {
            b'-' => (true, &mantissa[1..]),
            b'+' => (false, &mantissa[1..]),
            _ => (false, mantissa),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let value = scaled(whole, fraction, exponent)?;
        Some(Decimal(if negative { -value } else { value }))
    }

    /// A float from a policy; exact for the decimals people write.
    pub fn from_float(n: f64) -> Option<Decimal> {
        let scaled = (n * ONE as f64).round();
        (scaled.is_finite() && scaled.abs() < 9.2e18).then_some(Decimal(scaled as i64))
    }

    /// From a sum that may have outgrown one number; held at the largest.
    pub fn saturated(millionths: i128) -> Decimal {
        Decimal(millionths.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
    }

    /// The nearest float, for JSON.
    pub fn to_float(self) -> f64 {
        self.0 as f64 / ONE as f64
    }

    /// Appends the number as it is shown: reports hold millions of them.
    pub fn write(self, out: &mut String) {
        let (whole, mut part) = (self.0.unsigned_abs() / ONE as u64, self.0.unsigned_abs() % ONE as u64);
        if self.0 < 0 {
            out.push('-');
        }
        write_whole(whole, out);
        if part > 0 {
            let mut unit = ONE as u64;
            out.push('.');
            while part > 0 {
                unit /= 10;
                out.push(char::from(b'0' + (part / unit) as u8));
                part %= unit;
            }
        }
    }

    /// The whole number, when it is one.
    pub fn to_whole(self) -> Option<i64> {
        (self.0 % ONE == 0).then_some(self.0 / ONE)
    }
}

/// What most numbers are: a few digits, perhaps with a point among them. None where it is written otherwise, right or wrong.
fn plain(text: &[u8]) -> Option<Decimal> {
    if text.len() > 13 {
        return None;
    }
    let (mut value, mut behind) = (0, None);
    for byte in text {
        match byte {
            b'0'..=b'9' => (value, behind) = (value * 10 + i64::from(byte - b'0'), behind.map(|digits| digits + 1)),
            b'.' if behind.is_none() => behind = Some(0),
            _ => return None,
        }
    }
    match behind {
        None if text.is_empty() => None,
        None => value.checked_mul(ONE).map(Decimal),
        Some(digits @ 1..=6) if text.len() > digits as usize + 1 => value.checked_mul(10i64.pow(6 - digits)).map(Decimal),
        Some(_) => None,
    }
}

/// `whole.fraction × 10^exponent` in millionths.
fn scaled(whole: &str, fraction: &str, exponent: i32) -> Option<i64> {
    if whole.is_empty() && fraction.is_empty() || exponent.abs() > 40 {
        return None;
    }
    let mut value: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        value = value.checked_mul(10)?.checked_add(i128::from(digit))?;
    }
    let shift = 6 + exponent - i32::try_from(fraction.len()).ok()?;
    for _ in 0..shift.max(0) {
        value = value.checked_mul(10)?;
    }
    for _ in shift.min(0)..0 {
        if value % 10 != 0 {
            return None;
        }
        value /= 10;
    }
    i64::try_from(value).ok()
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        f.write_str(&text)
    }
}

/// Appends a whole number.
pub(crate) fn write_whole(number: u64, out: &mut String) {
    out.push_str(std::str::from_utf8(digits(number, &mut [0; 20])).unwrap_or_default());
}

/// The decimal digits of a number, written at the end of `room`.
pub(crate) fn digits(mut number: u64, room: &mut [u8; 20]) -> &[u8] {
    let mut first = room.len();
    loop {
        first -= 1;
        room[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return &room[first..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_fast_way_reads_what_the_exact_one_reads(text in "[+-]?[0-9]{0,14}(\\.[0-9]{0,8})?(e-?[0-9])?|[0-9.]{0,15}") {
            if let Some(number) = plain(text.as_bytes()) {
                prop_assert_eq!(Decimal::parse_any(&text), Some(number));
            }
        }
    }

    #[test]
    fn amounts_are_exact() {
        let read = |text| Decimal::parse(text).map(|n| n.0);
        assert_eq!(read("200.01"), Some(200_010_000));
        assert_eq!(read("-0.5"), Some(-500_000));
        assert_eq!(read("1e3"), Some(1_000_000_000));
        assert_eq!(read("1.50e-2"), Some(15_000));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", ".", "-", "1.2.3", "NaN", "inf", "1,000", "12元", "1e99", "9223372036854775808", "0.0000001", "１２"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn it_prints_what_was_read() {
        for text in ["200.01", "-0.5", "3", "0", "1000000", "0.000001", "1.050005"] {
            assert_eq!(Decimal::parse(text).map(|n| n.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Decimal(i64::MIN).to_string(), "-9223372036854.775808");
    }
}
