//! The machine fails, for real: the program is raced, killed at every system call, cut short at every byte, and given
//! a full disk, a failing sync and a lock that can't be had.
//!
//! Whatever happens, three things hold: what was acknowledged is in the file; what was refused left no byte; and the
//! next command says plainly what happened. The lines are checked here by hand as well, not by the program alone.
//!
//! `EXQUOTA_ROUNDS=10` does ten times as much as the default. `cargo test --test durability -- --nocapture` shows how
//! many kills were survived and how many torn positions were tried.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what was done is told")]

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
mod recovery;
mod sync;
#[path = "../support/tools.rs"]
mod tools;
mod torn;

/// How much more than the default is asked for.
fn rounds() -> usize {
    std::env::var("EXQUOTA_ROUNDS").map_or(1, |factor| factor.parse().expect("EXQUOTA_ROUNDS is a whole number"))
}
