//! What a shell and a reader of manuals get: completion in real shells, manual pages, and the package they come in.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod completion;
mod manual;
mod package;
#[allow(dead_code, reason = "each test takes what it needs")]
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tools.rs"]
mod tools;
