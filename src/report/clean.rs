//! Makes text of a file or a user safe to show: nothing in it moves the cursor, hides, or reorders.

use crate::domain::text::is_invisible;
use std::borrow::Cow;
use std::fmt::Write;

/// Writes every character of `text` that does not show as itself as `\u{..}`.
pub fn clean(text: &str) -> Cow<'_, str> {
    let shows = |byte: u8| matches!(byte, b' '..=b'~');
    if text.bytes().all(shows) || !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        push_clean(&mut shown, character);
    }
    Cow::Owned(shown)
}

/// Adds `character` to `shown`. Escapes it if needed.
pub(super) fn push_clean(shown: &mut String, character: char) {
    if is_unsafe(character) {
        // Writing to a string does not fail.
        let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
    } else {
        shown.push(character);
    }
}

/// Whether `character` does not show as itself: a control character (C0, DEL, C1), a bidirectional control, or one
/// that has no width or breaks a line unseen.
pub fn is_unsafe(character: char) -> bool {
    character.is_control() || is_invisible(character) || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests;
