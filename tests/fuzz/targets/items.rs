//! Reads text that a person types: quantities, items, dates, and whole command lines, one word a line.

#![no_main]

use exquota::commands::values::{date, item, quantity};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use tempfile::TempDir;

#[path = "shared/shown.rs"]
mod shown;

/// The folder in which command lines run, so that their files stay in it.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    assert_eq!(quantity(text).ok(), plainly(text), "{text:?}");
    if let Ok((chip, count)) = item(text) {
        let (name, number) = text.rsplit_once('=').expect("an item has an equals sign");
        assert_eq!((chip.as_str(), Some(count)), (name.trim(), plainly(number)));
    }
    if let Ok(day) = date(text) {
        assert_eq!(day.to_string(), text);
    }
    // A `/` could lead out of the folder, and `--color always` prints escape sequences.
    if !text.contains(['/', '\0']) && !text.contains("always") {
        command_line(text);
    }
});

/// A second parser of D25: digits, with `_` between digits or `,` before groups of three, up to 2^63 - 1.
fn plainly(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let commas = bytes.contains(&b',');
    let mut number: u64 = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => number = number.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?,
            b'_' if !commas && at > 0 && digit(at - 1) && digit(at + 1) => {}
            b',' if at > 0 && digit(at - 1) && (1..=3).all(|next| digit(at + next)) && !digit(at + 4) => {}
            _ => return None,
        }
    }
    let lead = bytes.iter().position(|byte| *byte == b',').unwrap_or(0);
    (!bytes.is_empty() && lead <= 3 && number <= i64::MAX.unsigned_abs()).then_some(number)
}

fn command_line(text: &str) {
    // The fuzzer's own paths are relative to the folder in which it was started.
    let home = std::env::current_dir().expect("a folder");
    std::env::set_current_dir(FOLDER.path()).expect("the folder can be entered");
    let args = std::iter::once("exquota").chain(text.split('\n')).chain(["--lock-timeout=0"]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = exquota::run(args, &mut out, &mut err);
    std::env::set_current_dir(home).expect("the way back is open");
    assert!(exit <= 4);
    shown::is_safe(std::str::from_utf8(&out).expect("UTF-8 on stdout"));
    shown::is_safe(std::str::from_utf8(&err).expect("UTF-8 on stderr"));
}
