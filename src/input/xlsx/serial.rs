//! Numbers of a sheet as people read them: which are dates, and what they say.

/// What a number format shows of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    /// No moment: a number.
    Number,
    /// A day, perhaps with a time of day.
    Day,
    /// A time of day only.
    Clock,
}

/// From which day serials count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Epoch {
    /// The first of January 1900, as if that year had had a 29th of February.
    Of1900,
    /// The first of January 1904, as old Macs do.
    Of1904,
}

/// The last serial there is: the end of the year 9999.
const LAST: f64 = 2_958_466.0;

/// What a format of this number shows; those from 164 on say so themselves.
pub(super) fn built_in(id: u32) -> Shows {
    match id {
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => Shows::Clock,
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shows::Day,
        _ => Shows::Number,
    }
}

/// What a format code shows: `yyyy"年"m"月"d"日"`, `[$-409]h:mm AM/PM`.
pub(super) fn of_code(code: &str) -> Shows {
    // `aaaa` is the day of the week, as Chinese formats write it; one `a` is that of AM.
    let (mut day, mut clock, mut minute) = (code.to_ascii_lowercase().contains("aaa"), false, false);
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            // Only the first section is for ordinary numbers.
            ';' => break,
            '"' => drop(chars.by_ref().find(|c| *c == '"')),
            '\\' | '_' | '*' => drop(chars.next()),
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                clock |= !inside.is_empty() && inside.chars().all(|c| matches!(c.to_ascii_lowercase(), 'h' | 'm' | 's'));
            }
            'y' | 'Y' | 'd' | 'D' => day = true,
            'h' | 'H' | 's' | 'S' => clock = true,
            'm' | 'M' => minute = true,
            // `General`, and other words that are no dates.
            'G' | 'g' => return Shows::Number,
            _ => {}
        }
    }
    match (day || minute && !clock, clock) {
        (true, _) => Shows::Day,
        (false, true) => Shows::Clock,
        (false, false) => Shows::Number,
    }
}

/// A serial as a date and time on the wall, `2026-11-23 09:00`, as `shows` wants it; none where Excel shows none either.
pub(super) fn moment(serial: f64, shows: Shows, epoch: Epoch) -> Option<String> {
    if !(0.0..LAST).contains(&serial) {
        return None;
    }
    let seconds = (serial * 86_400.0).round() as i64;
    let (day, second) = (seconds / 86_400, seconds % 86_400);
    let clock = match second % 60 {
        0 => format!("{:02}:{:02}", second / 3600, second / 60 % 60),
        rest => format!("{:02}:{:02}:{rest:02}", second / 3600, second / 60 % 60),
    };
    if day == 0 && (epoch == Epoch::Of1900 || shows == Shows::Clock) {
        return Some(clock);
    }
    let date = date(day, epoch);
    Some(if second == 0 && shows == Shows::Day { date } else { format!("{date} {clock}") })
}

/// `2026-11-23` of the day of a serial.
fn date(day: i64, epoch: Epoch) -> String {
    if (day, epoch) == (60, Epoch::Of1900) {
        return "1900-02-29".to_owned();
    }
    let days = match epoch {
        Epoch::Of1904 => day - 24_107,
        Epoch::Of1900 if day < 60 => day - 25_568,
        Epoch::Of1900 => day - 25_569,
    };
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Year, month and day so many days after 1970-01-01 (Howard Hinnant's `civil_from_days`).
pub(in crate::input) fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let of_era_year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * of_era_year + of_era_year / 4 - of_era_year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (of_era_year + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// A number as a sheet shows it: fifteen digits, no exponent. What is no number stays as it is.
pub(super) fn number(raw: &str) -> String {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    if digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return raw.to_owned();
    }
    let Ok(value) = raw.parse::<f64>() else { return raw.to_owned() };
    if !value.is_finite() {
        return raw.to_owned();
    }
    // Fifteen digits first, so that 0.1 + 0.2 is 0.3 again.
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    format!("{rounded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_dates_are_known() {
        for (code, shows) in [
            ("yyyy-mm-dd hh:mm", Shows::Day),
            ("yyyy\"年\"m\"月\"d\"日\"", Shows::Day),
            ("[$-804]m\"月\"d\"日\";@", Shows::Day),
            ("mmm\\-yy", Shows::Day),
            ("[$-804]aaaa;@", Shows::Day),
            ("h:mm AM/PM", Shows::Clock),
            ("上午/下午hh\"时\"mm\"分\"", Shows::Clock),
            ("[h]:mm:ss", Shows::Clock),
            ("General", Shows::Number),
            ("0.00", Shows::Number),
            ("¥#,##0.00;[Red]-¥#,##0.00", Shows::Number),
            ("\"day\"0", Shows::Number),
            ("0;[hh]", Shows::Number),
            ("_ * #,##0.00_ ", Shows::Number),
        ] {
            assert_eq!(of_code(code), shows, "{code}");
        }
        assert_eq!([0, 14, 20, 22, 31, 57, 164].map(built_in)[..4], [Shows::Number, Shows::Day, Shows::Clock, Shows::Day]);
    }

    #[test]
    fn serials_are_moments_on_the_wall() {
        let day = |serial, epoch| moment(serial, Shows::Day, epoch);
        assert_eq!(day(46_349.0, Epoch::Of1900).as_deref(), Some("2026-11-23"));
        assert_eq!(day(46_349.375, Epoch::Of1900).as_deref(), Some("2026-11-23 09:00"));
        assert_eq!(day(46_349.833_333_3, Epoch::Of1900).as_deref(), Some("2026-11-23 20:00"), "seconds are rounded");
        assert_eq!(day(46_349.999_999_9, Epoch::Of1900).as_deref(), Some("2026-11-24"));
        assert_eq!(day(46_349.375 - 1462.0, Epoch::Of1904).as_deref(), Some("2026-11-23 09:00"));
        assert_eq!(
            [1.0, 59.0, 60.0, 61.0].map(|serial| day(serial, Epoch::Of1900).unwrap_or_default()),
            ["1900-01-01", "1900-02-28", "1900-02-29", "1900-03-01"]
        );
        assert_eq!(moment(0.375, Shows::Clock, Epoch::Of1900).as_deref(), Some("09:00"));
        assert_eq!(moment(0.0, Shows::Clock, Epoch::Of1904).as_deref(), Some("00:00"));
        assert_eq!(day(0.0, Epoch::Of1904).as_deref(), Some("1904-01-01"));
        for odd in [-1.0, f64::NAN, f64::INFINITY, 1e300, LAST] {
            assert_eq!(day(odd, Epoch::Of1900), None);
        }
        assert_eq!(day(LAST - 1.0, Epoch::Of1900).as_deref(), Some("9999-12-31"));
    }

    #[test]
    fn numbers_are_what_the_sheet_shows() {
        for (raw, shown) in [
            ("13812345678", "13812345678"),
            ("1.3812345678E10", "13812345678"),
            ("0.30000000000000004", "0.3"),
            ("-12.5", "-12.5"),
            ("1E-3", "0.001"),
            ("88.800000000000011", "88.8"),
            ("abc", "abc"),
            ("inf", "inf"),
            ("NaN", "NaN"),
        ] {
            assert_eq!(number(raw), shown);
        }
    }
}
