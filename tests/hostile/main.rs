//! Text that is made to deceive, pushed in wherever text can enter: nothing of it reaches a terminal as anything but
//! text, no JSON document loses it, no spreadsheet runs it and no page shows it as markup.

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
