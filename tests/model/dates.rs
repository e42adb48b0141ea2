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

/// The last day of a licence that is approved on `day` and valid for some months (section 3): one day less than the
/// months. A month that ends too early ends it.
pub(crate) fn months_on(day: Day, months: u32) -> Day {
    let of_month = |day: Day| text(day)[8..].to_owned();
    // The first day of the month that many months on.
    let mut first = day;
    for _ in 0..months {
        first += 1;
        while of_month(first) != "01" {
            first += 1;
        }
    }
    let wanted: Day = of_month(day).parse().unwrap();
    let mut length = 1;
    while of_month(first + length) != "01" {
        length += 1;
    }
    first - 1 + if wanted <= length { wanted - 1 } else { length }
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
    assert_eq!(text(months_on(START + 3, 12)), "2027-03-04");
    assert_eq!(text(months_on(START - 1, 12)), "2027-02-28");
    // 31 January 2026: February has no 31st.
    assert_eq!(text(months_on(START - 30, 1)), "2026-02-28");
    assert_eq!(clock(START * DAY + 8 * 3600 + 61), "2026-03-02T08:01:01Z");
}
