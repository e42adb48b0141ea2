//! Reads values as people write them, on a command line or in a cell. It is strict, so that no typing error becomes
//! another number.

use crate::domain::text::ChipName;
use crate::store::record::LARGEST;
use chrono::NaiveDate;

/// `CHIP=QTY`.
pub fn item(text: &str) -> Result<(ChipName, u64), String> {
    match text.rsplit_once('=') {
        Some((chip, count)) if !chip.trim().is_empty() => Ok((ChipName::new(chip.trim()), quantity(count)?)),
        _ => Err("an item is CHIP=QTY, as in H200=50000".to_owned()),
    }
}

/// A whole number: `_` between digits, `,` only before groups of three (D25).
pub fn quantity(text: &str) -> Result<u64, String> {
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

/// `YYYY-MM-DD` only; chrono alone would accept more.
pub fn date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|date| text.len() == "YYYY-MM-DD".len() && date.to_string() == text)
        .ok_or_else(|| "a date is YYYY-MM-DD, as in 2026-03-05".to_owned())
}
