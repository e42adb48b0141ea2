//! Shared ledgers on a real PostgreSQL server, which each test starts for itself on a socket in a temporary folder.
//!
//! Whatever fails: an acknowledged entry is on the server, once; no ceiling is passed; and the next command says plainly
//! what happened. `EXQUOTA_ROUNDS=10` runs ten times as much. `-- --nocapture` shows how much was done.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "the tests print how much they did")]

mod appends;
mod database;
mod desk;
mod mirrors;
mod server;
#[allow(dead_code, reason = "this target needs some of it")]
#[path = "../support/tools.rs"]
mod tools;
mod visits;

/// The factor by which a run does more than the default.
fn rounds() -> usize {
    std::env::var("EXQUOTA_ROUNDS").map_or(1, |factor| factor.parse().expect("EXQUOTA_ROUNDS is a whole number"))
}
