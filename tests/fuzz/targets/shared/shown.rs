//! The check that a terminal may show a text.

/// Checks that no character of `text` moves the cursor, is invisible, or reorders the text around it.
pub fn is_safe(text: &str) {
    let harmful = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            || matches!(c, '\u{ad}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
    };
    if let Some(found) = text.chars().find(|c| harmful(*c)) {
        panic!("U+{:04X} is printed: {text:?}", u32::from(found));
    }
}
