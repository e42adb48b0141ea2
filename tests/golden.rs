//! Every fixture is a folder with files and commands; what the commands print lies beside them.
//!
//! - `NAME.cmd` holds one command line. It runs in a copy of the folder, once as it stands and, unless it names a
//!   format itself, once with `--format json`; `NAME.txt` and `NAME.json` hold what it prints, `NAME.txt` also how it
//!   ends.
//! - `ledger.steps` holds command lines, one a line, that make the folder's `ledger.jsonl` from nothing.
//! - A command that is refused or fails leaves every file of its folder as it was.
//!
//! A new case is a new folder, and no Rust. `BLESS=1 cargo test --test golden` writes what is printed now.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

#[allow(dead_code, reason = "each test takes what it needs")]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use support::{Ran, copy_files, exquota, root, words};

fn fixtures() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join("fixtures")];
    while let Some(folder) = waiting.pop() {
        let paths: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        if paths.iter().any(|path| path.extension().is_some_and(|kind| kind == "cmd" || kind == "steps")) {
            found.push(folder);
        }
        waiting.extend(paths.into_iter().filter(|path| path.is_dir()));
    }
    found.sort();
    assert!(found.len() > 60, "the fixtures are here");
    found
}

fn files_in(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|held| held == kind))
        .collect();
    files.sort();
    files
}

/// A fresh copy of the folder, with the policies of the repository beside it.
fn copy_of(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_files(folder, copy.path());
    // A checkout knows no such modes, and the program warns of private keys that others can read.
    for key in files_in(copy.path(), "key") {
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
    }
    fs::create_dir(copy.path().join("policies")).unwrap();
    copy_files(&root().join("policies"), &copy.path().join("policies"));
    copy
}

fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn run(folder: &Path, line: &str, json: bool) -> Ran {
    let copy = copy_of(folder);
    let mut args = words(line);
    if json {
        args.extend(["--format".to_owned(), "json".to_owned()]);
    }
    let before = contents(copy.path());
    let ran = exquota(copy.path(), &args);
    if ran.exit != 0 {
        assert_eq!(before, contents(copy.path()), "{line}: exit {} must leave everything as it was", ran.exit);
    }
    ran
}

fn hold_against(path: &Path, printed: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, printed).unwrap();
    } else if fs::read_to_string(path).ok().as_deref() != Some(printed) {
        wrong.push(format!("{}\n--- now printed ---\n{printed}", path.display()));
    }
}

#[test]
fn every_command_prints_what_lies_beside_it() {
    let mut wrong = Vec::new();
    for folder in fixtures() {
        for file in files_in(&folder, "cmd") {
            let line = fs::read_to_string(&file).unwrap();
            let text = run(&folder, line.trim(), false);
            let printed = format!("exit {}\n{}{}", text.exit, text.stdout, text.stderr);
            hold_against(&file.with_extension("txt"), &printed, &mut wrong);
            if words(&line).iter().any(|word| word == "--format") {
                continue;
            }
            let json = run(&folder, line.trim(), true);
            assert_eq!(text.exit, json.exit, "{}: the format changes no exit code", file.display());
            serde_json::from_str::<serde_json::Value>(&json.stdout)
                .unwrap_or_else(|error| panic!("{}: not one JSON document: {error}", file.display()));
            hold_against(&file.with_extension("json"), &json.stdout, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_story_makes_its_ledger() {
    let mut wrong = Vec::new();
    for folder in fixtures() {
        let steps = folder.join("ledger.steps");
        if !steps.exists() {
            continue;
        }
        let copy = copy_of(&folder);
        let ledger = copy.path().join("ledger.jsonl");
        let _ = fs::remove_file(&ledger);
        for line in
            fs::read_to_string(&steps).unwrap().lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let ran = exquota(copy.path(), &words(line));
            assert_eq!(ran.exit, 0, "{}: {line}\n{}{}", steps.display(), ran.stdout, ran.stderr);
        }
        let made = fs::read_to_string(&ledger).unwrap();
        hold_against(&folder.join("ledger.jsonl"), &made, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_story_has_its_line() {
    for folder in fixtures() {
        let line = fs::read_to_string(folder.join("README.md")).unwrap_or_default();
        assert!(line.trim().len() > 20, "{} wants a README.md that says what it shows", folder.display());
    }
}

#[test]
fn every_code_has_a_fixture() {
    use exquota::domain::{fault::FaultCode, refusal::Code};
    let mut shown = BTreeSet::new();
    for folder in fixtures() {
        for file in files_in(&folder, "json") {
            let document: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
            collect_codes(&document, &mut shown);
        }
    }
    let codes = Code::ALL.iter().map(|code| code.as_str()).chain(FaultCode::ALL.iter().map(|code| code.as_str()));
    // A line over 16 MiB is made by the tests of records; no such file is kept here.
    let missing: Vec<&str> = codes.filter(|code| *code != "line-too-long" && !shown.contains(*code)).collect();
    assert!(missing.is_empty(), "no fixture shows {missing:?}");
}

/// Codes in `refusals`, `faults` and `breaches`, not those that a list of codes explains.
fn collect_codes(value: &serde_json::Value, shown: &mut BTreeSet<String>) {
    for list in ["refusals", "faults", "breaches"] {
        let found = value.get(list).and_then(|list| list.as_array()).into_iter().flatten();
        shown.extend(found.filter_map(|one| one.get("code")?.as_str()).map(str::to_owned));
    }
    for ledger in value.get("ledgers").and_then(|list| list.as_array()).into_iter().flatten() {
        collect_codes(ledger, shown);
    }
}
