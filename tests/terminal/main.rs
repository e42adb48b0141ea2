//! The program at a terminal: its tables, its questions, and the walks of its users. Every test has a terminal of its
//! own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

#[path = "../support/pty.rs"]
mod pty;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each test takes what it needs")]
mod support;

mod asking;
mod tables;
mod walks;
