//! The fast reader's cursor. It walks canonical bytes in one pass, and gives up on anything unexpected.
//!
//! `None` means "not canonical, or not valid". The slow reader then finds the faults.

use super::text::{self, TextRule};
use std::borrow::Cow;

/// A place in a line.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

/// The class of a byte inside a string.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    /// Printable ASCII that needs no escape.
    Plain,
    /// A part of a character that is not ASCII.
    Wide,
    /// The end of the string.
    Quote,
    /// The start of an escape.
    Escape,
    /// A control character.
    Control,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte {
            0x22 => Class::Quote,
            0x5c => Class::Escape,
            0..0x20 | 0x7f => Class::Control,
            0x80.. => Class::Wide,
            _ => Class::Plain,
        };
        byte += 1;
    }
    classes
};

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Cursor { text, at: 0 }
    }

    /// Takes exactly these bytes.
    #[inline(always)]
    pub(super) fn literal(&mut self, expected: &str) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        if !rest.starts_with(expected.as_bytes()) {
            return None;
        }
        self.at += expected.len();
        Some(())
    }

    /// Takes the next byte, whatever it is.
    #[inline(always)]
    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = *self.text.as_bytes().get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// Takes a whole number from 0 to 2^63 - 1, without a leading zero.
    #[inline]
    pub(super) fn integer(&mut self) -> Option<u64> {
        /// How many digits 2^63 - 1 has.
        const MOST_DIGITS: usize = 19;
        let rest = self.text.as_bytes().get(self.at..)?;
        let mut value: u64 = 0;
        let mut digits = 0;
        while let Some(byte @ b'0'..=b'9') = rest.get(digits) {
            if digits == MOST_DIGITS {
                return None;
            }
            value = value * 10 + u64::from(byte - b'0'); // 19 nines are below 2^64.
            digits += 1;
        }
        if digits == 0 || (digits > 1 && rest[0] == b'0') || value > super::LARGEST {
            return None;
        }
        self.at += digits;
        Some(value)
    }

    /// Takes a quoted text that `rule` allows.
    #[inline]
    pub(super) fn name(&mut self, rule: TextRule) -> Option<Cow<'a, str>> {
        let (inner, simple) = self.quoted()?;
        if simple {
            let fits = !inner.is_empty() && inner.len() <= rule.limit();
            let formed = rule != TextRule::Id || text::is_id(inner);
            return (fits && formed).then_some(Cow::Borrowed(inner));
        }
        let whole = unescape(inner)?;
        rule.check(&whole).ok()?;
        Some(whole)
    }

    /// Takes a quoted text of exactly `N` bytes. The caller checks the bytes.
    #[inline(always)]
    pub(super) fn fixed<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        self.literal("\"")?;
        let inner = self.text.as_bytes().get(self.at..)?.first_chunk()?;
        self.at += N;
        self.literal("\"")?;
        Some(inner)
    }

    /// Takes a quoted word of plain ASCII.
    #[inline]
    pub(super) fn word(&mut self) -> Option<&'a str> {
        self.quoted().and_then(|(inner, simple)| simple.then_some(inner))
    }

    /// Takes a policy's text. Only this text may hold escaped control characters.
    pub(super) fn source(&mut self) -> Option<Cow<'a, str>> {
        let (inner, _) = self.quoted()?;
        let whole = unescape(inner)?;
        (!whole.contains(text::is_forbidden_in_source)).then_some(whole)
    }

    /// Checks that the line ends here.
    pub(super) fn end(&self) -> Option<()> {
        (self.at == self.text.len()).then_some(())
    }

    /// Takes a quoted text. Gives the bytes between the quotes, and whether they are all plain ASCII.
    #[inline]
    fn quoted(&mut self) -> Option<(&'a str, bool)> {
        self.literal("\"")?;
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut at = start;
        let mut simple = true;
        loop {
            if let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
                let plain = plain_bytes(*eight);
                at += plain;
                if plain == eight.len() {
                    continue;
                }
            }
            match CLASSES[usize::from(*bytes.get(at)?)] {
                Class::Plain => at += 1,
                Class::Quote => break,
                Class::Wide => {
                    simple = false;
                    at += 1;
                }
                Class::Escape => {
                    simple = false;
                    at += 2;
                }
                Class::Control => return None,
            }
        }
        self.at = at + 1;
        Some((self.text.get(start..at)?, simple))
    }
}

/// How many bytes are plain before the first that is not. It checks all eight at once.
#[inline(always)]
fn plain_bytes(eight: [u8; 8]) -> usize {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    const TOP: u64 = EACH << 7;
    let bytes = u64::from_le_bytes(eight);
    // A byte below 128 gets its top bit set if and only if the number subtracted from it is larger than the byte. It
    // then borrows from the bytes after it, so only the first such bit counts.
    let below = |limit: u64| bytes.wrapping_sub(EACH * limit);
    let is = |byte: u8| (bytes ^ (EACH * u64::from(byte))).wrapping_sub(EACH);
    let not_plain = (bytes | below(0x20) | is(b'"') | is(b'\\') | is(0x7f)) & TOP;
    not_plain.trailing_zeros() as usize / 8
}

/// Resolves the escapes that serde_json writes. Any other escape is not canonical.
fn unescape(inner: &str) -> Option<Cow<'_, str>> {
    let Some(first) = inner.find('\\') else {
        return Some(Cow::Borrowed(inner));
    };
    let mut whole = String::with_capacity(inner.len());
    whole.push_str(&inner[..first]);
    let mut rest = &inner[first..];
    while let Some(escaped) = rest.strip_prefix('\\') {
        let (character, length) = match escaped.as_bytes().first()? {
            b'"' => ('"', 1),
            b'\\' => ('\\', 1),
            b'b' => ('\u{8}', 1),
            b'f' => ('\u{c}', 1),
            b'n' => ('\n', 1),
            b'r' => ('\r', 1),
            b't' => ('\t', 1),
            b'u' => (unicode(escaped)?, 5),
            _ => return None,
        };
        whole.push(character);
        rest = &escaped[length..];
        let next = rest.find('\\').unwrap_or(rest.len());
        whole.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Some(Cow::Owned(whole))
}

/// Reads `u00` and two lower-case digits: the escape of a control character that has no shorter escape.
fn unicode(escaped: &str) -> Option<char> {
    let digits = escaped.get(..5)?.strip_prefix("u00")?;
    if digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
        return None;
    }
    let code = u8::from_str_radix(digits, 16).ok()?;
    let short = matches!(code, 0x8 | 0x9 | 0xa | 0xc | 0xd);
    (code < 0x20 && !short).then_some(char::from(code))
}

#[cfg(test)]
mod tests;
