//! Exact numbers: units in millionths, never as floats (R1).

use std::fmt;
use std::str::FromStr;

/// An amount in the policy's unit, exact to the millionth. It may be negative (headroom).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Units(i128);

/// The error for an amount too large to count exactly. Amounts never wrap (R1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an amount is too large to be counted exactly")]
pub struct Overflow;

/// The reason why a text is not an exact decimal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DecimalError {
    /// Anything but digits with at most one point between them.
    #[error("not a plain decimal number")]
    Malformed,
    /// More than six digits after the point.
    #[error("more than 6 decimals; units are exact to the millionth")]
    TooFine,
    /// Too many digits to count.
    #[error("too large")]
    TooLarge,
}

const MILLIONTHS: i128 = 1_000_000;
const DECIMALS: usize = 6;

impl Units {
    /// Zero units.
    pub const ZERO: Units = Units(0);

    /// `whole` units.
    pub fn from_whole(whole: u64) -> Self {
        Units(i128::from(whole) * MILLIONTHS)
    }

    /// The amount in millionths of a unit.
    pub fn millionths(self) -> i128 {
        self.0
    }

    /// `self + other`.
    pub fn plus(self, other: Units) -> Result<Units, Overflow> {
        self.0.checked_add(other.0).map(Units).ok_or(Overflow)
    }

    /// `self - other`.
    pub fn minus(self, other: Units) -> Result<Units, Overflow> {
        self.0.checked_sub(other.0).map(Units).ok_or(Overflow)
    }

    /// This percentage of them. What is below a millionth is cut off.
    pub fn percent(self, percent: Units) -> Result<Units, Overflow> {
        // Both factors are in millionths, and a percent is a hundredth.
        self.0.checked_mul(percent.0).map(|product| Units(product.div_euclid(100 * MILLIONTHS))).ok_or(Overflow)
    }

    /// The units of `count` chips of this equivalence. `count` may be negative (a net change).
    pub fn times(self, count: i64) -> Result<Units, Overflow> {
        match i64::try_from(self.0) {
            // The usual case. 64 bits times 64 bits fit into 128, in one step instead of dozens.
            Ok(each) => Ok(Units(i128::from(each) * i128::from(count))),
            Err(_) => self.0.checked_mul(i128::from(count)).map(Units).ok_or(Overflow),
        }
    }

    /// Whether `each` fits into `self` fewer times than `other_each` into `other`. Both are above zero.
    pub fn holds_fewer(self, each: Units, other: Units, other_each: Units) -> Result<bool, Overflow> {
        let crosswise = |a: Units, b: Units| a.0.checked_mul(b.0).ok_or(Overflow);
        Ok(crosswise(self, other_each)? < crosswise(other, each)?)
    }

    /// How many whole times `each` fits into this amount; none where `each` is not above zero.
    pub fn whole_times(self, each: Units) -> Option<i128> {
        (each.0 > 0).then(|| self.0.div_euclid(each.0))
    }

    /// `self` in per mille of `limit`, cut towards zero; none where `limit` is zero.
    pub fn per_mille_of(self, limit: Units) -> Result<Option<i128>, Overflow> {
        if limit.0 == 0 {
            return Ok(None);
        }
        let scaled = self.0.checked_mul(1000).ok_or(Overflow)?;
        Ok(Some(scaled / limit.0))
    }

    /// The exact digits with separators, for a person: `1,000,000.5`.
    pub fn grouped(self) -> String {
        group_digits(&self.to_string())
    }
}

/// A whole number with separators, for a person: `75,000`.
pub fn grouped(count: impl fmt::Display) -> String {
    group_digits(&count.to_string())
}

/// A number of things, for a person: `1 entry`, `3 entries`, `0 entries`.
pub fn counted(number: impl fmt::Display, one: &str, many: &str) -> String {
    let number = number.to_string();
    if number == "1" { format!("1 {one}") } else { format!("{number} {many}") }
}

/// The digits of a number, `-1234.5`, with separators: `-1,234.5`.
pub fn group_digits(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, decimals) = digits.split_once('.').map_or((digits, ""), |(whole, _)| (whole, &digits[whole.len()..]));
    let mut grouped = String::with_capacity(number.len() + number.len() / 3);
    grouped.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + decimals
}

impl FromStr for Units {
    type Err = DecimalError;

    /// Reads `75000` or `1.321311`: digits, and at most six decimals.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(decimals) {
            return Err(DecimalError::Malformed);
        }
        let decimals = decimals.trim_end_matches('0');
        if decimals.len() > DECIMALS {
            return Err(DecimalError::TooFine);
        }
        let whole: i128 = whole.parse().map_err(|_| DecimalError::TooLarge)?;
        let millionths: i128 = format!("{decimals:0<DECIMALS$}").parse().map_err(|_| DecimalError::TooLarge)?;
        whole
            .checked_mul(MILLIONTHS)
            .and_then(|scaled| scaled.checked_add(millionths))
            .map(Units)
            .ok_or(DecimalError::TooLarge)
    }
}

impl fmt::Display for Units {
    /// The exact digits, without trailing zeros or a trailing point: `-12.5`, `75000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        let whole = magnitude / MILLIONTHS.unsigned_abs();
        let millionths = magnitude % MILLIONTHS.unsigned_abs();
        if millionths == 0 {
            return write!(f, "{sign}{whole}");
        }
        let decimals = format!("{millionths:0>DECIMALS$}");
        write!(f, "{sign}{whole}.{}", decimals.trim_end_matches('0'))
    }
}

impl fmt::Debug for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
