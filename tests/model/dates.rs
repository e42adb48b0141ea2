//! Dates as day numbers since 1970-01-01, and times as seconds.

/// Days since 1970-01-01.
pub(crate) type Day = i64;

pub(crate) const DAY: i64 = 86_400;

/// 2026-03-02, the day most ledgers of these tests begin.
pub(crate) const START: Day = 20_514;

/// `YYYY-MM-DD`. Counts whole years and months from 1970 on.
pub(crate) fn text(day: Day) -> String {
    let leap = |y: i64| (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    let (mut left, mut year) = (day, 1970);
    while left >= 365 + i64::from(leap(year)) {
        left -= 365 + i64::from(leap(year));
        year += 1;
    }
    let february = 28 + i64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", left + 1)
}

/// `YYYY-MM-DDTHH:MM:SSZ`.
pub(crate) fn clock(seconds: i64) -> String {
    let (day, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", text(day))
}

#[test]
fn days_print_as_dates() {
    assert_eq!(text(0), "1970-01-01");
    assert_eq!(text(START), "2026-03-02");
    assert_eq!(text(START - 2), "2026-02-28");
    assert_eq!(clock(START * DAY + 8 * 3600 + 61), "2026-03-02T08:01:01Z");
}
