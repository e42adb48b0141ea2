//! Other programs read what `export` writes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../support/hledger.rs"]
mod hledger;
mod journal;
mod rows;
#[allow(dead_code, reason = "each test takes what it needs")]
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tools.rs"]
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use support::{copy_files, ok, ran, root};
use tempfile::TempDir;

const POLICY: &str = r#"
name = "small"
version = "1"
status = "scenario"
[ceilings.per-customer]
scope = "customer"
limit = 100
[chips.H200]
equivalence = 1
[chips.MI325X]
equivalence = 1
"#;

/// A folder with a copy of this ledger.
fn with(ledger: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(ledger, folder.path().join("ledger.jsonl")).unwrap();
    folder
}

fn fixture(name: &str) -> TempDir {
    with(&root().join("fixtures").join(name).join("ledger.jsonl"))
}

/// Every ledger of the fixtures that can be folded, with or without breaches and violations.
fn sound_ledgers() -> Vec<PathBuf> {
    let (mut found, mut waiting) = (Vec::new(), vec![root().join("fixtures")]);
    while let Some(folder) = waiting.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                waiting.push(path);
            } else if path.file_name().is_some_and(|name| name == "ledger.jsonl")
                && ran(with(&path).path(), "log").exit == 0
            {
                found.push(path);
            }
        }
    }
    // Many cases share a ledger.
    found.sort_by_key(|path| fs::read(path).unwrap());
    found.dedup_by_key(|path| fs::read(path).unwrap());
    assert!(found.len() > 40, "the fixtures hold too few ledgers");
    found
}

/// A ledger whose licences, chips and texts try to end an account, begin a comment, or look like a mark.
fn deceiving() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_files(&root().join("tests/export/deceiving"), folder.path());
    let steps = fs::read_to_string(folder.path().join("steps")).unwrap();
    for line in steps.lines() {
        ok(folder.path(), line);
    }
    folder
}

/// A ledger with the customer `a`, after these commands.
fn steps(lines: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("policy.toml"), POLICY).unwrap();
    ok(folder.path(), "init --policy policy.toml --date 2026-01-01");
    ok(folder.path(), "register a --name Alpha --country CN --date 2026-01-01");
    for line in lines {
        ok(folder.path(), line);
    }
    folder
}

#[test]
fn a_file_is_never_overwritten_and_the_document_names_it() {
    let folder = fixture("stories/takeover");
    let printed = ok(folder.path(), "export --to hledger --as-of 2026-06-30");
    let told = ok(folder.path(), "export --to hledger --as-of 2026-06-30 -o out.journal");
    assert_eq!(fs::read_to_string(folder.path().join("out.journal")).unwrap(), printed);
    assert_eq!(
        told,
        "EXPORTED 6 entries as a journal to out.journal; `hledger -f out.journal check` adds everything up anew\n"
    );
    let again = ran(folder.path(), "export --to csv -o out.journal");
    assert_eq!((again.exit, again.stdout.as_str()), (4, ""), "{}", again.stderr);
    assert_eq!(fs::read_to_string(folder.path().join("out.journal")).unwrap(), printed);
    let document = ok(folder.path(), "export --to csv --as-of 2026-03-03 -o out.csv --format json");
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["path"], "out.csv");
    assert_eq!((&document["entries"], &document["left_out"]), (&3.into(), &3.into()));
    assert!(document["content"].is_null());
    let document: serde_json::Value =
        serde_json::from_str(&ok(folder.path(), "export --to csv --format json")).unwrap();
    assert!(document["content"].as_str().unwrap().starts_with("entry,date,"));
    assert!(document["path"].is_null());
}
