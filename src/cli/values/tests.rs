use super::day::Today;
use super::*;
use chrono::NaiveDate;

#[test]
fn d25_quantities_are_read_strictly() {
    for (text, number) in
        [("75000", 75_000), ("75_000", 75_000), ("75,000", 75_000), ("1,000,000", 1_000_000), ("0", 0)]
    {
        assert_eq!(quantity(text), Ok(number), "{text}");
    }
    for text in [
        "",
        "+5",
        "-5",
        "1,5",
        "1,00",
        ",100",
        "1000,000",
        "0,500",
        "00,500",
        "000,000",
        "1,,000",
        "1,000,",
        "1,000_000",
        "1_",
        "_1",
        "1__0",
        "1_000,000",
        "5.0",
        "1e3",
        " 5",
        "٣",
        "9223372036854775808",
    ] {
        assert!(quantity(text).is_err(), "{text}");
    }
}

#[test]
fn d35_dates_print_back_the_same_and_others_are_named() {
    assert!(date("2026-02-28").is_ok());
    assert!(date("1990-01-01").is_ok() && date("2199-12-31").is_ok());
    for text in ["1989-12-31", "2200-01-01", "9999-12-31"] {
        assert!(date(text).is_err_and(|told| told.contains("from 1990 to 2199")), "{text}");
    }
    for text in [
        "0026-03-04",
        "26-03-04",
        "2026-3-4",
        "2026/03/04",
        "04.03.2026",
        "4.3.26",
        "2026.03.04",
        "20260304",
        "4 March 2026",
        "4 mar 2026",
        "March 4, 2026",
        "4. March 2026",
        "2026-03-04T08:00:00Z",
    ] {
        assert!(date(text).is_err_and(|told| told.ends_with("did you mean 2026-03-04?")), "{text}");
    }
    assert!(date("13/05/2026").is_err_and(|told| told.ends_with("did you mean 2026-05-13?")));
    for text in ["03/05/2026", "3-5-2026", "03/05/26"] {
        assert!(date(text).is_err_and(|told| told.starts_with("this can be 2026-05-03 or 2026-03-05")), "{text}");
    }
    for text in ["2026-2-8", " 2026-02-08", "+12026-02-08", "2026-02-30", "2026-03", "monday", "", "-"] {
        assert!(date(text).is_err_and(|told| !told.contains("mean 2026-03")), "{text}");
    }
}

#[test]
fn steps_count_from_today() {
    let today = NaiveDate::from_ymd_opt(2028, 1, 31).expect("a day");
    let read = |text: &str| day::on(Today::Is(today), || date(text)).map(|day| day.to_string());
    for (text, expected) in [
        ("today", "2028-01-31"),
        ("yesterday", "2028-01-30"),
        ("tomorrow", "2028-02-01"),
        ("+0d", "2028-01-31"),
        ("+90d", "2028-04-30"),
        ("-2w", "2028-01-17"),
        ("+1m", "2028-02-29"),
        ("-1m", "2027-12-31"),
        ("+6m", "2028-07-31"),
        ("+1y", "2029-01-31"),
    ] {
        assert_eq!(read(text), Ok(expected.to_owned()), "{text}");
    }
    for (text, word) in [
        ("90d", "+90d"),
        ("+90 days", "+90d"),
        ("in 3 weeks", "+3w"),
        ("next week", "+1w"),
        ("last month", "-1m"),
        ("2 days ago", "-2d"),
        ("-1 year", "-1y"),
        ("Today", "today"),
        ("now", "today"),
        ("+6M", "+6m"),
        ("++5d", "+5d"),
    ] {
        assert!(read(text).is_err_and(|told| told.ends_with(&format!("did you mean {word}?"))), "{text}");
    }
    for text in ["+d", "+5q", "+1000y", "+99999999999d", "-39y", "+4294967295m", "+1.5d", "+5", "next", "+٣d"] {
        assert!(read(text).is_err_and(|told| !told.contains("did you mean")), "{text}");
    }
    assert!(day::on(Today::Unknown, || date("today")).is_err());
    assert!(day::on(Today::Unknown, || date("2026-03-05")).is_ok());
}
