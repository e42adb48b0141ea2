//! What has exactly one spelling: dates, recording times, digests, the reasons of a closure.
//!
//! Dates are read by hand: chrono also takes `2026-3-4`, a leading blank and second 60, which would
//! print back as something else.

use crate::domain::event::Digest;
use chrono::{DateTime, NaiveDate, Timelike, Utc};

/// A date; printing it gives the same text.
pub(super) fn date(text: &[u8]) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else {
        return None;
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, two(m1, m2)?, two(d1, d2)?)
}

/// A time in UTC, in whole seconds.
pub(super) fn time(text: &[u8]) -> Option<DateTime<Utc>> {
    let (day, clock) = text.split_at_checked(10)?;
    let [b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = *clock else {
        return None;
    };
    let time = date(day)?.and_hms_opt(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?)?;
    Some(time.and_utc())
}

/// A date as the ledger spells it.
pub(super) fn print_date(date: NaiveDate) -> String {
    // Debug is ISO 8601, and faster than a format that is read anew for every line.
    format!("{date:?}")
}

/// A time as the ledger spells it.
pub(super) fn print_time(time: DateTime<Utc>) -> String {
    format!("{:?}T{:02}:{:02}:{:02}Z", time.date_naive(), time.hour(), time.minute(), time.second())
}

/// As [`Digest::from_hex`], without a branch per digit: every line has one.
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_one_spelling_is_a_date() {
        for text in ["2026-03-04", "2024-02-29", "0000-01-01", "9999-12-31"] {
            assert_eq!(print_date(date(text.as_bytes()).unwrap()), text);
        }
        for text in [
            "2026-3-4",
            " 2026-03-04",
            "2026-03-04 ",
            "+2026-03-04",
            "12026-03-04",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "2026/03/04",
            "٢026-03-04",
            "20260304",
            "",
        ] {
            assert_eq!(date(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn only_one_spelling_is_a_time() {
        let text = "2026-03-05T08:12:44Z";
        assert_eq!(print_time(time(text.as_bytes()).unwrap()), text);
        for text in [
            "2026-03-05T08:12:60Z",
            "2026-03-05T24:00:00Z",
            "2026-03-05t08:12:44z",
            "2026-03-05 08:12:44Z",
            "2026-03-05T08:12:44",
            "2026-03-05T08:12:44.0Z",
            "2026-03-05T08:12:44+00:00",
            "2026-03-05",
            "",
        ] {
            assert_eq!(time(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn both_readers_of_digests_agree(
            bytes in any::<[u8; 32]>(),
            at in 0..64usize,
            byte in proptest::option::of(any::<u8>()),
        ) {
            let mut hex: [u8; 64] = Digest(bytes).to_string().into_bytes().try_into().unwrap();
            hex[at] = byte.unwrap_or(hex[at]);
            let slow = std::str::from_utf8(&hex).ok().and_then(Digest::from_hex);
            prop_assert_eq!(digest(&hex), slow);
        }

        #[test]
        fn what_is_read_prints_back_the_same(text in "[0-9+ ]{1,5}-[0-9]{1,2}-[0-9]{1,2}") {
            if let Some(read) = date(text.as_bytes()) {
                prop_assert_eq!(print_date(read), text);
            }
        }
    }
}
