//! The rules for texts of the ledger: their length, their characters, the form of an id.

use crate::domain::text::{Unfit, unfit_number, unfit_text};
use crate::store::policy::is_bidi_control;
use std::fmt;

/// The most characters in an id, a number, a reference, a serial, or the name of a chip or ceiling.
pub const SHORT: usize = 64;
/// The most characters in a name or in free text.
pub const LONG: usize = 512;

/// The rule for one kind of text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextRule {
    /// 1 to 64 characters of `[a-z0-9][a-z0-9._-]*`.
    Id,
    /// 1 to 64 characters.
    Short,
    /// 1 to 64 characters; given by a person, one word of visible ones (D31).
    Number,
    /// 1 to 512 characters.
    Long,
}

/// Why a ledger can't hold a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextFault {
    Unfit(Unfit),
    /// It has more characters than this.
    TooLong(usize),
    /// It has a character that could control a terminal, or reorder the text on the screen.
    Forbidden(char),
    NotAnId,
}

impl TextRule {
    /// Checks whether a ledger can hold `text`.
    pub fn check(self, text: &str) -> Result<(), TextFault> {
        let limit = self.limit();
        if text.is_empty() {
            return Err(TextFault::Unfit(Unfit::Empty));
        }
        if let Some(character) = text.chars().find(|character| is_forbidden(*character)) {
            return Err(TextFault::Forbidden(character));
        }
        if text.len() > limit && text.chars().count() > limit {
            return Err(TextFault::TooLong(limit));
        }
        if self == TextRule::Id && !is_id(text) {
            return Err(TextFault::NotAnId);
        }
        Ok(())
    }

    /// Checks whether a person may give `text` for a new entry.
    pub fn check_given(self, text: &str) -> Result<(), TextFault> {
        self.check(text)?;
        let unfit = if self == TextRule::Number { unfit_number(text) } else { unfit_text(text) };
        unfit.map_or(Ok(()), |unfit| Err(TextFault::Unfit(unfit)))
    }

    pub(super) fn limit(self) -> usize {
        match self {
            TextRule::Id | TextRule::Short | TextRule::Number => SHORT,
            TextRule::Long => LONG,
        }
    }
}

impl fmt::Display for TextFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TextFault::Unfit(unfit) => unfit.fmt(f),
            TextFault::TooLong(limit) => write!(f, "is longer than {limit} characters"),
            TextFault::Forbidden(character) => write!(f, "holds {}", named(*character)),
            TextFault::NotAnId => {
                f.write_str("is not an id: lower-case letters and digits, then also `.`, `_` and `-`")
            }
        }
    }
}

/// Whether this is a control character (C0, DEL, C1) or a bidi control. A line holds none of them, escaped or not,
/// except in a policy's `source`.
pub(super) fn is_forbidden(character: char) -> bool {
    character.is_control() || is_bidi_control(character)
}

/// Whether a policy's `source` can't hold this character either. It may hold escaped C0 control characters: a TOML text
/// has line ends and tabs.
pub(super) fn is_forbidden_in_source(character: char) -> bool {
    character >= ' ' && is_forbidden(character)
}

pub(super) fn is_id(text: &str) -> bool {
    let alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.as_bytes().first().is_some_and(alphanumeric)
        && text.bytes().all(|byte| alphanumeric(&byte) || matches!(byte, b'.' | b'_' | b'-'))
}

/// The name of a character that must not be printed.
pub(super) fn named(character: char) -> String {
    let code = u32::from(character);
    match character {
        '\r' => "a carriage return".to_owned(),
        '\0' => "a NUL byte".to_owned(),
        '\t' => "a tab".to_owned(),
        _ if character.is_control() => format!("the control character U+{code:04X}"),
        _ => format!("the bidi control U+{code:04X}"),
    }
}

#[cfg(test)]
mod tests;
