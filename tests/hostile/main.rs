//! Hostile text, put in wherever the program takes text. A terminal shows it as plain text, no JSON document loses a
//! part of it, no spreadsheet runs it and no page shows it as markup.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

#[allow(dead_code, reason = "each test takes what it needs")]
#[path = "../support/desk.rs"]
mod desk;

mod command_lines;
mod environment;
mod files;
mod formats;
mod lookalikes;
mod policies;
mod texts;
