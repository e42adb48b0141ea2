//! Values on the command line: read strictly, so that no slip of a key becomes another number.

use crate::commands::order::{Attest, SerialFile};
use crate::domain::event::Digest;
use chrono::{DateTime, NaiveDate, Utc};
use std::path::PathBuf;

/// The largest number a ledger can hold (design section 4).
const LARGEST: u64 = i64::MAX as u64;

/// `CHIP=QTY`.
#[derive(Clone, Debug)]
pub(super) struct Item(pub(super) String, pub(super) u64);

pub(super) fn item(text: &str) -> Result<Item, String> {
    match text.rsplit_once('=') {
        Some((chip, count)) if !chip.trim().is_empty() => Ok(Item(chip.trim().to_owned(), quantity(count)?)),
        _ => Err("an item is CHIP=QTY, as in H200=50000".to_owned()),
    }
}

/// A whole number: `_` between digits, `,` only before groups of three (D25).
pub(super) fn quantity(text: &str) -> Result<u64, String> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = match text.split_once(',') {
        Some((first, rest)) => {
            digits(first) && first.len() <= 3 && rest.split(',').all(|group| group.len() == 3 && digits(group))
        }
        None => text.split('_').all(digits),
    };
    if !well_formed {
        return Err("a quantity is a whole number, as in 75000, 75_000 or 75,000".to_owned());
    }
    let plain: String = text.chars().filter(char::is_ascii_digit).collect();
    plain
        .parse()
        .ok()
        .filter(|number| *number <= LARGEST)
        .ok_or_else(|| format!("a number above {LARGEST} can't be recorded"))
}

/// `YYYY-MM-DD`, and nothing that chrono would be lenient about.
pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|date| text.len() == "YYYY-MM-DD".len() && date.to_string() == text)
        .ok_or_else(|| "a date is YYYY-MM-DD, as in 2026-03-05".to_owned())
}

/// RFC 3339, in any zone.
pub(super) fn clock(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .map_err(|_| "a clock is RFC 3339, as in 2026-03-05T08:12:44Z".to_owned())
}

/// 64 hex digits.
pub(super) fn head(text: &str) -> Result<Digest, String> {
    Digest::from_hex(&text.to_ascii_lowercase()).ok_or_else(|| "a head is 64 hex digits".to_owned())
}

/// `NAME` or `NAME=FILE`.
pub(super) fn attest(text: &str) -> Result<Attest, String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => {
            Ok(Attest { name: name.to_owned(), file: Some(PathBuf::from(file)) })
        }
        None if !text.is_empty() => Ok(Attest { name: text.to_owned(), file: None }),
        _ => Err("an attestation is NAME or NAME=FILE".to_owned()),
    }
}

/// `CHIP=FILE`.
pub(super) fn serials(text: &str) -> Result<SerialFile, String> {
    match text.split_once('=') {
        Some((chip, file)) if !chip.is_empty() && !file.is_empty() => {
            Ok(SerialFile { chip: chip.to_owned(), file: PathBuf::from(file) })
        }
        _ => Err("serial numbers are CHIP=FILE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d25_quantities_are_read_strictly() {
        for (text, number) in [("75000", 75_000), ("75_000", 75_000), ("75,000", 75_000), ("1,000,000", 1_000_000), ("0", 0)] {
            assert_eq!(quantity(text), Ok(number), "{text}");
        }
        for text in ["", "+5", "-5", "1,5", "1,00", ",100", "1000,000", "1_", "_1", "1__0", "1_000,000", "5.0", "1e3", " 5", "٣", "9223372036854775808"] {
            assert!(quantity(text).is_err(), "{text}");
        }
    }

    #[test]
    fn dates_print_back_the_same() {
        assert!(date("2026-02-28").is_ok());
        for text in ["2026-2-8", " 2026-02-08", "+12026-02-08", "2026-02-30", "20260208"] {
            assert!(date(text).is_err(), "{text}");
        }
    }
}
