//! What clocks show in two zones, counted in seconds since 1970 and written apart from the program's own.

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// A zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    Shanghai,
    NewYork,
}

/// The first moment of summer time in New York in 2026, 2026-03-08T07:00:00Z, and the first after it, 2026-11-01T06:00:00Z.
pub(crate) const SUMMER: [i64; 2] = [1_772_953_200, 1_793_512_800];

impl Zone {
    /// What policies call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Zone::Shanghai => "Asia/Shanghai",
            Zone::NewYork => "America/New_York",
        }
    }

    /// Seconds since 1970-01-01 00:00 as a clock there counts them; right for 2026.
    pub(crate) fn local(self, moment: i64) -> i64 {
        let summer = (SUMMER[0]..SUMMER[1]).contains(&moment);
        moment
            + match self {
                Zone::Shanghai => 8 * 3600,
                Zone::NewYork if summer => -4 * 3600,
                Zone::NewYork => -5 * 3600,
            }
    }

    /// The day a clock there shows, counted from 1970-01-01.
    pub(crate) fn day(self, moment: i64) -> i64 {
        self.local(moment).div_euclid(DAY)
    }
}

/// Monday is 0.
pub(crate) fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

/// Year, month and day of a day from 2026 on, found by counting.
pub(crate) fn date(mut day: i64) -> (i64, i64, i64) {
    let (mut year, mut month) = (2026, 1);
    day -= 20_454;
    while day >= length(year, month) {
        day -= length(year, month);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    (year, month, day + 1)
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A moment as files write it.
pub(crate) fn show(moment: i64) -> String {
    let (year, month, day) = date(moment.div_euclid(DAY));
    let rest = moment.rem_euclid(DAY);
    format!("{year}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

#[test]
fn clocks_show_what_they_should() {
    assert_eq!(show(SUMMER[0]), "2026-03-08T07:00:00Z");
    assert_eq!(show(SUMMER[1]), "2026-11-01T06:00:00Z");
    assert_eq!(Zone::NewYork.local(SUMMER[0]).rem_euclid(DAY), 3 * 3600);
    assert_eq!(weekday(Zone::NewYork.day(SUMMER[0])), 6);
}
