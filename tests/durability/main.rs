//! The machine really fails. Processes race. The program is killed at every system call and its writes are cut at every
//! byte. It meets a full disk, a failing sync and a lock that it can't get.
//!
//! Three things hold all the same. An acknowledged entry is in the file. A refused one left no byte. The next command
//! says plainly what happened. The tests also check the lines themselves, not through the program alone.
//!
//! `EXQUOTA_ROUNDS=10` runs ten times as much as the default. `cargo test --test durability -- --nocapture` shows how
//! many kills the program survived and how many torn positions were tried.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the tests print how much they did")]

mod between;
mod born;
mod desk;
mod failures;
mod faults;
mod full_disk;
mod kills;
mod lines;
mod locks;
mod race;
mod rebased;
mod recovery;
mod sync;
#[path = "../support/tools.rs"]
mod tools;
mod torn;

/// The factor by which a run does more than the default.
fn rounds() -> usize {
    std::env::var("EXQUOTA_ROUNDS").map_or(1, |factor| factor.parse().expect("EXQUOTA_ROUNDS is a whole number"))
}
