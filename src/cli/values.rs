//! Reads values on the command line. It is strict, so that no typing error becomes another number.

pub(super) mod day;

use crate::commands::facts::{Attest, SerialFile};
use crate::commands::session::KnownAt;
pub(super) use crate::commands::values::{item, quantity, value};
use crate::domain::event::{Digest, Seq};
use crate::domain::words::Word;
use crate::store::record::spelling;
use chrono::{DateTime, NaiveTime, TimeDelta, Timelike, Utc};
use clap::builder::{PossibleValuesParser, TypedValueParser};
pub(super) use day::date;
use std::path::PathBuf;

/// One of a closed list of words, all of which the help shows.
pub(super) fn word<W: Word + Send + Sync>() -> impl TypedValueParser<Value = W> {
    let words = PossibleValuesParser::new(W::ALL.iter().map(|word| word.as_str()));
    words.try_map(|word| W::named(&word).ok_or("no such word"))
}

/// RFC 3339, in any zone, in the years that a ledger holds (D35). It has no leap seconds.
pub(super) fn clock(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|time| time.to_utc())
        .filter(|time| spelling::is_in_range(&time.date_naive()) && time.nanosecond() < 1_000_000_000)
        .ok_or_else(|| "a clock is RFC 3339, as in 2026-03-05T08:12:44Z, from 1990 to 2199".to_owned())
}

/// A percentage of a limit.
pub(super) fn percent(text: &str) -> Result<u8, String> {
    let percent = text.parse().ok().filter(|percent| *percent <= 100);
    percent.ok_or_else(|| "a percentage is a whole number from 0 to 100".to_owned())
}

/// A number of days or seconds.
pub(super) fn whole(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| "this is a whole number, as in 90".to_owned())
}

/// A number of rows to show.
pub(super) fn rows(text: &str) -> Result<usize, String> {
    let rows = text.parse().ok().filter(|rows| *rows > 0);
    rows.ok_or_else(|| "a number of rows is a whole number from 1 on".to_owned())
}

/// The number of an entry.
pub(super) fn seq(text: &str) -> Result<Seq, String> {
    quantity(text).map_err(|_| "an entry's number is a whole number, as in 12".to_owned())
}

/// What was known: the number of the last entry that counts, a day (its end, UTC) or a time (D41).
pub(super) fn known_at(text: &str) -> Result<KnownAt, String> {
    match (seq(text), clock(text), date(text)) {
        (Ok(0), ..) => Err("entries count from 1; `exquota log` lists them".to_owned()),
        (Ok(seq), ..) => Ok(KnownAt::Entry(seq)),
        (_, Ok(time), _) => Ok(KnownAt::Time(time)),
        (.., Ok(day)) => {
            Ok(KnownAt::Time(day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::days(1) - TimeDelta::seconds(1)))
        }
        (.., Err(wrong)) => {
            Err(format!("{wrong}; or give an entry's number, as in 12, or a time, as in 2026-03-05T08:12:44Z"))
        }
    }
}

/// 64 hex digits.
pub(super) fn head(text: &str) -> Result<Digest, String> {
    Digest::from_hex(&text.to_ascii_lowercase()).ok_or_else(|| "a head is 64 hex digits".to_owned())
}

/// `NAME` or `NAME=FILE`.
pub(super) fn attest(text: &str) -> Result<Attest, String> {
    match text.split_once('=') {
        Some((_, "")) => Err("an attestation is NAME or NAME=FILE".to_owned()),
        Some((name, file)) => Ok(Attest { name: name.parse()?, file: Some(PathBuf::from(file)) }),
        None => Ok(Attest { name: text.parse()?, file: None }),
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
mod tests;
