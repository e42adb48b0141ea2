//! Tests the periods of windows at their first and last days (R14).

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn period(every: Every, start: &str, on: &str) -> (String, String) {
    let window = Window::Recurring { every, start: DayOfYear::named(start).unwrap() };
    let Period { from, until } = window.period(day(on)).unwrap();
    let last = until.unwrap();
    assert_eq!(window.turns_after(day(on)), last.succ_opt());
    assert_eq!(window.period(from), window.period(last), "both ends are inside");
    assert_ne!(window.period(last), window.period(last.succ_opt().unwrap()));
    (from.to_string(), last.to_string())
}

#[test]
fn r14_years_quarters_and_months_begin_where_the_window_says() {
    let cases = [
        (Every::Year, "01-01", "2026-12-31", "2026-01-01", "2026-12-31"),
        (Every::Year, "07-01", "2026-06-30", "2025-07-01", "2026-06-30"),
        (Every::Year, "07-01", "2026-07-01", "2026-07-01", "2027-06-30"),
        (Every::Quarter, "01-01", "2026-03-31", "2026-01-01", "2026-03-31"),
        (Every::Quarter, "01-01", "2026-04-01", "2026-04-01", "2026-06-30"),
        (Every::Quarter, "02-01", "2026-01-31", "2025-11-01", "2026-01-31"),
        (Every::Quarter, "01-31", "2026-04-30", "2026-04-30", "2026-07-30"),
        (Every::Quarter, "01-31", "2026-04-29", "2026-01-31", "2026-04-29"),
        (Every::Month, "01-01", "2028-02-29", "2028-02-01", "2028-02-29"),
        (Every::Month, "01-01", "2026-12-31", "2026-12-01", "2026-12-31"),
    ];
    for (every, start, on, from, until) in cases {
        assert_eq!(period(every, start, on), (from.to_owned(), until.to_owned()), "{every} from {start} on {on}");
    }
}

#[test]
fn r14_a_window_of_one_period_is_not_there_outside_it() {
    let window = Window::Once(Period { from: day("2025-01-01"), until: Some(day("2027-12-31")) });
    assert_eq!(window.period(day("2024-12-31")), None);
    assert_eq!(window.turns_after(day("2024-12-31")), Some(day("2025-01-01")));
    assert!(window.period(day("2025-01-01")).is_some() && window.period(day("2027-12-31")).is_some());
    assert_eq!(window.turns_after(day("2027-12-31")), Some(day("2028-01-01")));
    assert_eq!((window.period(day("2028-01-01")), window.turns_after(day("2028-01-01"))), (None, None));
    let endless = Window::Once(Period { from: day("2025-01-01"), until: None });
    assert_eq!((endless.period(day("2199-12-31")).is_some(), endless.turns_after(day("2026-01-01"))), (true, None));
}

#[test]
fn r14_a_year_begins_on_a_day_that_every_year_has() {
    assert!(DayOfYear::named("12-31").is_some());
    for wrong in ["02-29", "13-01", "04-31", "1-1", "2026-01-01", "", "01-001"] {
        assert_eq!(DayOfYear::named(wrong), None, "{wrong}");
    }
}
