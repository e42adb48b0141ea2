//! The fast reader's cursor. It walks canonical bytes in one pass, and gives up on anything unexpected.
//!
//! `None` means "not canonical, or not valid". The slow reader then finds the faults.

use super::text::{self, TextRule};
use super::value::write_text;
use std::borrow::Cow;

/// A place in a line.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

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
        while PLAIN[usize::from(*bytes.get(at)?)] {
            at += 1;
        }
        let mut simple = true;
        loop {
            match bytes.get(at)? {
                b'"' => break,
                0..0x20 | 0x7f => return None,
                b'\\' => {
                    simple = false;
                    at += 2;
                }
                byte => {
                    simple &= byte.is_ascii();
                    at += 1;
                }
            }
        }
        self.at = at + 1;
        Some((self.text.get(start..at)?, simple))
    }
}

/// The bytes of printable ASCII that need no escape. Most texts hold no others, so one look-up a byte is enough.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0x20;
    while byte < 0x7f {
        plain[byte] = byte != b'"' as usize && byte != b'\\' as usize;
        byte += 1;
    }
    plain
};

/// Resolves escapes. Any other escapes than those that the writer makes are not canonical.
fn unescape(inner: &str) -> Option<Cow<'_, str>> {
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    let quoted = format!("\"{inner}\"");
    let whole: String = serde_json::from_str(&quoted).ok()?;
    let mut written = Vec::with_capacity(quoted.len());
    write_text(&whole, &mut written);
    (written == quoted.as_bytes()).then_some(Cow::Owned(whole))
}

#[cfg(test)]
mod tests;
