//! What a text of the ledger may be: its length, its characters, the form of an id.

use crate::store::policy::is_bidi_control;
use std::fmt;

/// Most characters in an id, a number, a reference, a serial, and a chip's or ceiling's name.
pub const SHORT: usize = 64;
/// Most characters in a name or in free text.
pub const LONG: usize = 512;

/// What binds one kind of text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextRule {
    /// 1 to 64 characters of `[a-z0-9][a-z0-9._-]*`.
    Id,
    /// 1 to 64 characters.
    Short,
    /// 1 to 512 characters.
    Long,
}

/// Why a text can't stand in a ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextFault {
    /// Nothing in it.
    Empty,
    /// More characters than this.
    TooLong(usize),
    /// It would reach a terminal, or reorder what a reader sees.
    Forbidden(char),
    /// Not the form of an id.
    NotAnId,
}

impl TextRule {
    /// Whether `text` may stand in a ledger; commands ask before they build an entry.
    pub fn check(self, text: &str) -> Result<(), TextFault> {
        let limit = self.limit();
        if text.is_empty() {
            return Err(TextFault::Empty);
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

    pub(super) fn limit(self) -> usize {
        match self {
            TextRule::Id | TextRule::Short => SHORT,
            TextRule::Long => LONG,
        }
    }
}

impl fmt::Display for TextFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TextFault::Empty => f.write_str("is empty"),
            TextFault::TooLong(limit) => write!(f, "is longer than {limit} characters"),
            TextFault::Forbidden(character) => write!(f, "holds {}", named(*character)),
            TextFault::NotAnId => {
                f.write_str("is not an id: lower-case letters and digits, then also `.`, `_` and `-`")
            }
        }
    }
}

/// Control characters (C0, DEL, C1) and bidi controls: nowhere in a line, escaped or not.
pub(super) fn is_forbidden(character: char) -> bool {
    character.is_control() || is_bidi_control(character)
}

/// Only a policy's `source` may hold these, escaped: a TOML text has line ends and tabs.
pub(super) fn is_forbidden_in_source(character: char) -> bool {
    character >= ' ' && is_forbidden(character)
}

pub(super) fn is_id(text: &str) -> bool {
    let alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.as_bytes().first().is_some_and(alphanumeric)
        && text.bytes().all(|byte| alphanumeric(&byte) || matches!(byte, b'.' | b'_' | b'-'))
}

/// A character that must not be printed, by name.
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
