//! Reads values as people write them, on a command line or in a cell. It is strict, so that no typing error becomes
//! another number.

use crate::domain::text::{ChipName, tidy};
use crate::store::record::{LARGEST, spelling};
use chrono::NaiveDate;

/// `CHIP=QTY`.
pub fn item(text: &str) -> Result<(ChipName, u64), String> {
    if let Some((chip, count)) = text.split_once('=')
        && !chip.trim().is_empty()
        && !count.contains('=')
    {
        return Ok((ChipName::new(tidy(chip)), quantity(count)?));
    }
    let parts: Vec<&str> = text.split(['=', ':']).map(str::trim).filter(|part| !part.is_empty()).collect();
    Err(match parts.as_slice() {
        [chip, count] if quantity(count).is_ok() => format!("an item is CHIP=QTY; did you mean `{chip}={count}`?"),
        _ => "an item is CHIP=QTY, as in H200=50000".to_owned(),
    })
}

/// A whole number: `_` between digits, `,` only before groups of three behind one to three digits, the first not 0
/// (D25, D34).
pub fn quantity(text: &str) -> Result<u64, String> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = match text.split_once(',') {
        Some((first, rest)) => {
            let leads = digits(first) && first.len() <= 3 && !first.starts_with('0');
            leads && rest.split(',').all(|group| group.len() == 3 && digits(group))
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

/// A value in whole units of the policy's currency (R15).
pub fn value(text: &str) -> Result<u64, String> {
    quantity(text).map_err(|_| "a value is in whole units of the policy's currency, as in 2_250_000_000".to_owned())
}

/// `YYYY-MM-DD` only, in the years that a ledger holds (D35).
pub fn date(text: &str) -> Result<NaiveDate, String> {
    let meant = meant(text);
    meant.filter(|date| date.to_string() == text).ok_or_else(|| match meant {
        Some(date) => format!("a date is YYYY-MM-DD; did you mean {date}?"),
        None => format!(
            "a date is YYYY-MM-DD, as in 2026-03-05, from {} to {}",
            spelling::YEARS.start(),
            spelling::YEARS.end()
        ),
    })
}

/// The day that a text probably means, where it can mean only one: the year comes first, or dots stand between.
fn meant(text: &str) -> Option<NaiveDate> {
    let parts: Vec<u32> = text.split(['-', '/', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [year, month, day] = match *parts.as_slice() {
        [day, month, year] if day <= 31 && text.contains('.') => [year, month, day],
        [year, month, day] => [year, month, day],
        _ => return None,
    };
    let year = i32::try_from(year).ok().map(|year| if year < 100 { year + 2000 } else { year })?;
    NaiveDate::from_ymd_opt(year, month, day).filter(spelling::is_in_range)
}
