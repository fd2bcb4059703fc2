//! Moments as milliseconds since 1970, days and months as a calendar counts them; written apart from the program's own.

/// Milliseconds of a day.
pub(crate) const DAY: i64 = 86_400_000;

/// Milliseconds Asia/Shanghai is ahead.
pub(crate) const SHANGHAI: i64 = 8 * 3_600_000;

/// A calendar period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    Day,
    Week,
    Month,
}

impl Period {
    /// What policies call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Period::Day => "day",
            Period::Week => "week",
            Period::Month => "month",
        }
    }

    /// A number that all moments of one period share, where the clock is `ahead` of UTC.
    pub(crate) fn of(self, moment: i64, ahead: i64) -> i64 {
        let day = (moment + ahead).div_euclid(DAY);
        match self {
            Period::Day => day,
            // 1970-01-05 was a Monday.
            Period::Week => (day - 4).div_euclid(7),
            Period::Month => {
                let (year, month, _) = date(day);
                year * 12 + month
            }
        }
    }
}

/// The day number of a date, found by counting.
pub(crate) fn day(year: i64, month: i64, of_month: i64) -> i64 {
    let years: i64 = (1970..year).map(|year| 365 + i64::from(leap(year))).sum();
    let months: i64 = (1..month).map(|month| length(year, month)).sum();
    years + months + of_month - 1
}

/// Year, month and day of a day number from 1970 on, found by counting.
pub(crate) fn date(mut day: i64) -> (i64, i64, i64) {
    let (mut year, mut month) = (1970, 1);
    while day >= length(year, month) {
        day -= length(year, month);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    (year, month, day + 1)
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A way to write a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Written {
    /// `2026-03-30T01:00:00.250Z`
    Utc,
    /// `2026-03-30T09:00:00.250+08:00`
    Offset,
    /// The same moment, as a place five and a half hours behind writes it.
    Behind,
    /// `2026-03-30 09:00:00.250`, in the zone of the run.
    Local,
    /// `2026/3/30 9:00:00.250`, as Excel writes it.
    Excel,
}

/// A moment as text; it is in Asia/Shanghai where it says no zone.
pub(crate) fn show(moment: i64, written: Written) -> String {
    let local = |ahead: i64| {
        let (day, rest) = ((moment + ahead).div_euclid(DAY), (moment + ahead).rem_euclid(DAY));
        (date(day), rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000)
    };
    let (ahead, between, after) = match written {
        Written::Utc => (0, "T", "Z"),
        Written::Offset => (SHANGHAI, "T", "+08:00"),
        Written::Behind => (-19_800_000, "T", "-05:30"),
        Written::Local => (SHANGHAI, " ", ""),
        Written::Excel => {
            let ((year, month, day), hour, minute, second, milli) = local(SHANGHAI);
            return format!("{year}/{month}/{day} {hour}:{minute:02}:{second:02}.{milli:03}");
        }
    };
    let ((year, month, day), hour, minute, second, milli) = local(ahead);
    format!("{year}-{month:02}-{day:02}{between}{hour:02}:{minute:02}:{second:02}.{milli:03}{after}")
}

#[test]
fn the_calendar_counts_right() {
    assert_eq!(date(day(2026, 3, 31)), (2026, 3, 31));
    assert_eq!(day(2000, 3, 1) - day(2000, 2, 28), 2);
    let monday = day(2026, 3, 30) * DAY - SHANGHAI;
    assert_ne!(Period::Week.of(monday, SHANGHAI), Period::Week.of(monday - 1, SHANGHAI));
    assert_eq!(Period::Week.of(monday, SHANGHAI), Period::Week.of(monday + 7 * DAY - 1, SHANGHAI));
    assert_eq!(show(monday, Written::Local), "2026-03-30 00:00:00.000");
    assert_eq!(show(monday, Written::Utc), "2026-03-29T16:00:00.000Z");
}
