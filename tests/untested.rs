//! Prints which tests were skipped, and what to install for them. libtest hides the output of a test that passes, so
//! this has a target of its own. Cargo runs test targets in the order of their names, so its line is the last of `cargo
//! test`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking, and this one is read")]

#[allow(dead_code, reason = "this target only reads the notes")]
#[path = "support/tools.rs"]
mod tools;

use std::collections::BTreeSet;
use std::fs;

fn main() {
    // Test runners ask every target for the names of its tests. This one has none.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let notes = fs::read_dir(tools::SKIPPED).into_iter().flatten();
    let untested: BTreeSet<String> = notes.map(|note| fs::read_to_string(note.unwrap().path()).unwrap()).collect();
    if untested.is_empty() {
        println!("no test was skipped");
    } else {
        println!("not tested: {}", Vec::from_iter(untested).join("; "));
    }
    // The next run starts without notes.
    let _ = fs::remove_dir_all(tools::SKIPPED);
}
