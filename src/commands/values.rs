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
    match meant.as_slice() {
        [date] if date.to_string() == text => Ok(*date),
        [date] => Err(format!("a date is YYYY-MM-DD; did you mean {date}?")),
        [one, other] => Err(format!("this can be {one} or {other}; write the one that you mean")),
        _ => {
            let (first, last) = (spelling::YEARS.start(), spelling::YEARS.end());
            let is_numbers = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
            let told = if is_numbers { "that is no day" } else { "a date is YYYY-MM-DD, as in 2026-03-05," };
            Err(format!("{told} from {first} to {last}"))
        }
    }
}

/// The days that a text can mean. Where the year comes last, dots follow the day; otherwise the month may come first.
fn meant(text: &str) -> Vec<NaiveDate> {
    let parts: Option<Vec<u32>> = text.split(['-', '/', '.']).map(|part| part.trim().parse().ok()).collect();
    let day = |year: u32, month, day| {
        let year = i32::try_from(year).ok().map(|year| if year < 100 { year + 2000 } else { year })?;
        NaiveDate::from_ymd_opt(year, month, day)
    };
    let mut days = match parts.as_deref() {
        Some([year, month, date]) if *year > 31 || (text.contains('-') && *date <= 31) => {
            vec![day(*year, *month, *date)]
        }
        Some([date, month, year]) if text.contains('.') => vec![day(*year, *month, *date)],
        Some([one, other, year]) => vec![day(*year, *other, *one), day(*year, *one, *other)],
        _ => {
            let named = ["%d %B %Y", "%d. %B %Y", "%B %d %Y", "%B %d, %Y", "%Y%m%d", "%Y-%m-%dT%H:%M:%SZ"];
            named.iter().map(|format| NaiveDate::parse_from_str(text.trim(), format).ok()).collect()
        }
    };
    days.dedup();
    days.into_iter().flatten().filter(spelling::is_in_range).collect()
}
