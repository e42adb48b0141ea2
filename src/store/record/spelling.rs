//! Reads and prints the values with exactly one spelling: dates, recording times and digests.
//!
//! Dates are read by hand: chrono also accepts `2026-3-4`, a leading blank and second 60, and would print those in
//! another way.

use crate::domain::event::Digest;
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

/// Like [`Digest::from_hex`], but without a branch per digit: the fast reader reads a digest in every line.
#[inline]
pub(super) fn digest(hex: &[u8; 64]) -> Option<Digest> {
    let mut nibbles = [0u8; 64];
    let mut all_good = true;
    for (nibble, &digit) in nibbles.iter_mut().zip(hex) {
        let number = digit.wrapping_sub(b'0');
        let letter = digit.wrapping_sub(b'a');
        all_good &= (number < 10) | (letter < 6);
        *nibble = if number < 10 { number } else { letter.wrapping_add(10) };
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(nibbles.chunks_exact(2)) {
        *byte = pair[0] << 4 | pair[1];
    }
    all_good.then_some(Digest(bytes))
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests;
