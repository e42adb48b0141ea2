//! Prints a made ledger: `cargo run --release --example make-ledger -- ENTRIES [LATE_DAYS] > ledger.jsonl`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

#[path = "../support/made.rs"]
mod made;

use std::io::Write;

fn main() -> std::io::Result<()> {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let [entries, rest @ ..] = numbers.as_slice() else {
        return Err(std::io::Error::other("how many entries?"));
    };
    std::io::stdout().lock().write_all(&made::ledger(*entries, rest.first().copied().unwrap_or(0)))
}
