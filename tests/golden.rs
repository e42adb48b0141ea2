//! Every fixture is a folder with files and commands; what the commands print lies beside them.
//!
//! - `NAME.cmd` holds one command line. It runs in a copy of the folder, once as it stands and, unless it names a
//!   format itself, once with `--format json`. `NAME.txt` holds how it ends and what it prints.
//! - The JSON must be one document, as its schema says, with the same exit code. `NAME.json` holds it in the first case
//!   that shows a kind of document with an exit code, or a code in a list, and wherever the text does not show every
//!   code and number of it. There is no other `NAME.json`.
//! - `ledger.steps` holds command lines, one a line, that make the folder's `ledger.jsonl` from nothing.
//! - A command that is refused or fails leaves every file of its folder as it was. A recorded check is not refused,
//!   whatever its answer (D49).
//!
//! A new case is a new folder, and no Rust. `BLESS=1 cargo test --test golden` writes what is printed now, and removes
//! what is not kept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

#[path = "support/schema.rs"]
mod schema;
#[allow(dead_code, reason = "each test takes what it needs")]
mod support;

use exquota::domain::{fault::FaultCode, refusal::Code, words::Word};
use regex::Regex;
use schema::Schema;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
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
    if ran.exit != 0 && !(ran.exit == 1 && records_an_answer(line)) {
        assert_eq!(before, contents(copy.path()), "{line}: exit {} must leave everything as it was", ran.exit);
    }
    ran
}

fn records_an_answer(line: &str) -> bool {
    words(line).iter().any(|word| word == "--record")
}

fn bless() -> bool {
    std::env::var_os("BLESS").is_some()
}

fn hold_against(path: &Path, printed: &str, wrong: &mut Vec<String>) {
    if bless() {
        fs::write(path, printed).unwrap();
    } else if fs::read_to_string(path).ok().as_deref() != Some(printed) {
        wrong.push(format!("{}\n--- now printed ---\n{printed}", path.display()));
    }
}

fn parsed(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The schema of each kind of document, as the document names it.
fn schemas() -> BTreeMap<String, Schema> {
    let schemas = files_in(&root().join("fixtures/schemas"), "json").into_iter().map(|path| parsed(&path));
    let kind =
        |schema: &Value| schema.pointer("/properties/schema/const").map(|kind| kind.as_str().unwrap().to_owned());
    schemas.filter_map(|schema| Some((kind(&schema)?, Schema::of(schema)))).collect()
}

/// The documents that lie beside the commands.
fn kept_documents() -> impl Iterator<Item = (PathBuf, Value)> {
    fixtures().into_iter().flat_map(|folder| files_in(&folder, "json")).map(|path| (path.clone(), parsed(&path)))
}

/// Refusals, faults, breaches and violations, by list and code.
fn found(value: &Value, places: &mut BTreeSet<(String, String)>) {
    for (key, held) in value.as_object().into_iter().flatten() {
        if ["refusals", "faults", "breaches", "violations"].contains(&key.as_str()) {
            let codes = held.as_array().into_iter().flatten().filter_map(|one| one.get("code")?.as_str());
            places.extend(codes.map(|code| (key.clone(), code.to_owned())));
        }
        found(held, places);
    }
    value.as_array().into_iter().flatten().for_each(|item| found(item, places));
}

/// The numbers in a text, as JSON writes them.
fn numbers(text: &str) -> BTreeSet<String> {
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[0-9]+(\.[0-9]+)?").unwrap());
    NUMBER.find_iter(text).map(|found| found.as_str().replace(',', "")).collect()
}

/// Whether one line shows the numbers of an object itself, and so for each object in it. A line for three numbers or more
/// shows no others. A text may say 0 by leaving it out. It need not show `headroom` and `left`, which are the limit less `used` and
/// `after`.
fn lines_show(lines: &[BTreeSet<String>], value: &Value) -> bool {
    let fields: Vec<&Value> = match value {
        Value::Array(items) => return items.iter().all(|item| lines_show(lines, item)),
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| !["headroom", "left"].contains(&key.as_str()))
            .map(|(_, field)| field)
            .collect(),
        _ => return true,
    };
    let own = fields.iter().filter(|field| field.is_number() && field.as_f64() != Some(0.0));
    let own: BTreeSet<String> = own.map(|number| number.to_string().trim_start_matches('-').to_owned()).collect();
    let all = if own.len() < 3 { None } else { Some(numbers(&format!("{value} 0"))) };
    lines.iter().any(|line| own.is_subset(line) && all.as_ref().is_none_or(|all| line.is_subset(all)))
        && fields.into_iter().all(|field| lines_show(lines, field))
}

/// Whether a command and its text show every code and number of a document, and no other code.
fn shows_all(text: &str, document: &Value) -> bool {
    let mut places = BTreeSet::new();
    found(document, &mut places);
    let codes: BTreeSet<&str> = places.iter().map(|(_, code)| code.as_str()).collect();
    let in_brackets = text.split('[').skip(1).filter_map(|rest| Some(rest.split_once(']')?.0));
    let is_code = |word: &&str| Code::named(word).is_some() || FaultCode::named(word).is_some();
    let lines: Vec<BTreeSet<String>> = text.lines().map(numbers).collect();
    in_brackets.filter(is_code).collect::<BTreeSet<&str>>() == codes && lines_show(&lines, document)
}

#[test]
fn every_command_prints_what_lies_beside_it() {
    let schemas = schemas();
    let mut shown = BTreeSet::new();
    let mut wrong = Vec::new();
    for folder in fixtures() {
        let mut kept = Vec::new();
        for file in files_in(&folder, "cmd") {
            let line = fs::read_to_string(&file).unwrap();
            let text = run(&folder, line.trim(), false);
            let printed = format!("exit {}\n{}{}", text.exit, text.stdout, text.stderr);
            hold_against(&file.with_extension("txt"), &printed, &mut wrong);
            if words(&line).iter().any(|word| word == "--format" || word == "--json") {
                continue;
            }
            let json = run(&folder, line.trim(), true);
            assert_eq!(text.exit, json.exit, "{}: the format changes no exit code", file.display());
            let document: Value = serde_json::from_str(&json.stdout)
                .unwrap_or_else(|error| panic!("{}: not one JSON document: {error}", file.display()));
            if document.get("$schema").is_some() {
                assert_eq!(text.stdout, json.stdout, "{}: a schema is JSON in any format", file.display());
                continue;
            }
            let kind = document["schema"].as_str().unwrap();
            let mistakes = schemas[kind].mistakes(&document);
            wrong.extend(mistakes.into_iter().map(|mistake| format!("{}: {mistake}", file.display())));
            let mut shows = BTreeSet::from([(kind.to_owned(), json.exit.to_string())]);
            found(&document, &mut shows);
            let before = shown.len();
            shown.extend(shows);
            let is_new = shown.len() > before;
            if is_new || !shows_all(&(line + &printed), &document) {
                let path = file.with_extension("json");
                if !path.exists() && !bless() {
                    let why = if is_new { "no case before shows this" } else { "its text does not show all of it" };
                    wrong.push(format!("{}: keep it; {why}", path.display()));
                }
                hold_against(&path, &json.stdout, &mut wrong);
                kept.push(path);
            }
        }
        for extra in files_in(&folder, "json").into_iter().filter(|path| !kept.contains(path)) {
            if bless() {
                fs::remove_file(extra).unwrap();
            } else {
                wrong.push(format!("{}: delete it; its text and other documents show the same", extra.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_document_that_is_not_as_its_schema_says_is_noticed() {
    let schemas = schemas();
    let mut seen = BTreeSet::new();
    for (path, document) in kept_documents() {
        let kind = document["schema"].as_str().unwrap();
        let wrong = |document: &Value| !schemas[kind].mistakes(document).is_empty();
        let mut spoilt = document.clone();
        spoilt["surplus"] = Value::Null;
        assert!(wrong(&spoilt), "{}: a key more", path.display());
        for key in document.as_object().unwrap().keys() {
            let mut spoilt = document.clone();
            spoilt[key] = serde_json::json!({ "of": { "another": "type" } });
            assert!(wrong(&spoilt), "{}: another type of `{key}`", path.display());
            spoilt.as_object_mut().unwrap().remove(key);
            // These are there where they were asked for.
            assert!(wrong(&spoilt) || key == "specs", "{}: no `{key}`", path.display());
        }
        seen.insert(kind.to_owned());
    }
    assert!(seen.len() > 20, "{seen:?}");
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
            let recorded = ran.exit == 0 || ran.exit == 1 && records_an_answer(line);
            assert!(recorded, "{}: {line}\n{}{}", steps.display(), ran.stdout, ran.stderr);
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
    let mut shown = BTreeSet::new();
    kept_documents().for_each(|(_, document)| found(&document, &mut shown));
    let list = |code| if code == Code::CheckDiffers { "breaches" } else { "refusals" };
    let refusals = Code::ALL.iter().map(|code| (list(*code).to_owned(), code.to_string()));
    let faults = FaultCode::ALL.iter().map(|code| ("faults".to_owned(), code.to_string()));
    // A line over 16 MiB is made by the tests of records; no such file is kept here.
    let mut missing = refusals.chain(faults).filter(|place| place.1 != "line-too-long" && !shown.contains(place));
    assert_eq!(missing.next(), None, "no fixture shows this code");
}
