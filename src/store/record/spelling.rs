//! Reads and prints the values with exactly one spelling: dates and recording times.
//!
//! Dates are read by hand: chrono also accepts `2026-3-4`, a leading blank and second 60, and would print those in
//! another way.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use std::ops::RangeInclusive;

/// The years that a ledger's dates and times lie in (D35).
pub const YEARS: RangeInclusive<i32> = 1990..=2199;

/// Whether a ledger can hold the date.
pub fn is_in_range(date: &NaiveDate) -> bool {
    YEARS.contains(&date.year())
}

/// Reads a date. Printing it gives the same text.
pub(super) fn date(text: &[u8]) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else {
        return None;
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, two(m1, m2)?, two(d1, d2)?).filter(is_in_range)
}

/// Reads a time in UTC, in whole seconds.
pub(super) fn time(text: &[u8]) -> Option<DateTime<Utc>> {
    let (day, clock) = text.split_at_checked(10)?;
    let [b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = *clock else {
        return None;
    };
    let time = date(day)?.and_hms_opt(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?)?;
    Some(time.and_utc())
}

/// The ledger's spelling of a date.
pub(super) fn print_date(date: NaiveDate) -> String {
    // Debug prints ISO 8601, and is faster than a format that is parsed for every line.
    format!("{date:?}")
}

/// The ledger's spelling of a time.
pub(super) fn print_time(time: DateTime<Utc>) -> String {
    format!("{:?}T{:02}:{:02}:{:02}Z", time.date_naive(), time.hour(), time.minute(), time.second())
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests;
