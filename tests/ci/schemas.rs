//! The committed JSON Schemas are those that the program prints. Another tool checks every document and file by them.

use super::{PROGRAM, ROOT, script};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn printed(args: &[&str]) -> Vec<u8> {
    let output = Command::new(PROGRAM).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn names() -> Vec<String> {
    let list: serde_json::Value = serde_json::from_slice(&printed(&["schema", "--format", "json"])).unwrap();
    let all = list["schemas"].as_array().unwrap();
    all.iter().map(|schema| schema["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_committed_schemas_are_the_printed_ones() {
    let folder = Path::new(ROOT).join("fixtures/schemas");
    let mut wrong = Vec::new();
    for name in names() {
        let text = printed(&["schema", &name]);
        assert!(text == printed(&["schema", &name, "--format", "json"]), "{name}: a schema must be JSON in any format");
        let path = folder.join(format!("{name}.json"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &text).unwrap();
        } else if fs::read(&path).ok() != Some(text) {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "these schemas differ; `BLESS=1 cargo test --test ci` renews them: {wrong:?}");
    let committed: BTreeSet<String> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let listed: BTreeSet<String> =
        names().into_iter().map(|name| format!("{name}.json")).chain(["README.md".to_owned()]).collect();
    assert_eq!(committed, listed, "each schema must have its file, and there must be no other file");
}

#[test]
fn every_document_and_file_is_valid_by_its_schema() {
    script("schemas.py");
}
