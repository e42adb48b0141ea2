//! Dates as day numbers since 1970-01-01, and times as seconds.

/// Days since 1970-01-01.
pub(crate) type Day = i64;

pub(crate) const DAY: i64 = 86_400;

/// 2026-03-02, the day most ledgers of these tests begin.
pub(crate) const START: Day = 20_514;

/// The days of a month, counted from January 1970.
fn length(month: Day) -> Day {
    let (year, month) = (1970 + month / 12, month % 12);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    [31, 28 + Day::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize]
}

/// The month of a day, counted from January 1970, and how many days of the month are before it.
fn month(day: Day) -> (Day, Day) {
    let (mut month, mut left) = (0, day);
    while left >= length(month) {
        left -= length(month);
        month += 1;
    }
    (month, left)
}

/// The first day of a month.
fn first(of: Day) -> Day {
    (0..of).map(length).sum()
}

/// `YYYY-MM-DD`.
pub(crate) fn text(day: Day) -> String {
    let (month, before) = month(day);
    format!("{:04}-{:02}-{:02}", 1970 + month / 12, month % 12 + 1, before + 1)
}

/// The last day of a licence that is approved on `day` and valid for some months (section 3): one day less than the
/// months. A month that ends too early ends it.
pub(crate) fn months_on(day: Day, months: u32) -> Day {
    let (month, before) = month(day);
    let last = month + Day::from(months);
    first(last) - 1 + if before < length(last) { before } else { length(last) }
}

/// The first days of the period of some months that holds a day, and of the next one. The year begins on this day of
/// this month, and periods count from it (R14).
pub(crate) fn period(day: Day, months: Day, (of_month, of_day): (Day, Day)) -> (Day, Day) {
    let (month, before) = month(day);
    // The last month up to this day in which a period begins.
    let month = if before + 1 < of_day.min(length(month)) { month - 1 } else { month };
    let begins = month - (month - (of_month - 1)).rem_euclid(months);
    let begins_on = |month: Day| first(month) + of_day.min(length(month)) - 1;
    (begins_on(begins), begins_on(begins + months))
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
    assert_eq!(period(START, 1, (1, 1)), (START - 1, START + 30));
    assert_eq!(period(START, 12, (3, 3)), (START + 1 - 365, START + 1));
    assert_eq!(period(START, 3, (6, 2)), (START, START + 92));
    assert_eq!(clock(START * DAY + 8 * 3600 + 61), "2026-03-02T08:01:01Z");
}
