//! Each rule of the design, tested at the exact boundary and one past it. A test's name begins with its rule.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

#[path = "../support/desk.rs"]
mod desk;

mod amounts;
mod families;
mod policies;
mod recording;
mod time;
mod unasked;
