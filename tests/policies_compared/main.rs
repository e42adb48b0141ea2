//! `whatif`, `policy diff`, and the impact that `adopt` prints before it writes. The licences are of January, approved
//! under a rule without ceilings. The ceilings are of March.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod adopting;
mod differences;
mod rejudging;
#[allow(dead_code, reason = "each test takes what it needs")]
#[path = "../support/mod.rs"]
mod support;
mod tested;

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use support::{Ran, copy_files, exquota, root, words};
use tempfile::TempDir;

const RULE: &str = r#"
name    = "january-rule"
version = "2026-01-15"
status  = "in-force"
[chips.H200]
equivalence = 1
[chips.MI325X]
equivalence = 1
"#;

const CAP: &str = "china-cap-2026-03.toml";
const TPP: &str = "china-cap-tpp-2026-03.toml";

/// A folder with the policies, and a ledger made by the command lines of `steps` on 20 January 2026.
fn ledger(steps: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_files(&root().join("policies"), folder.path());
    fs::write(folder.path().join("rule.toml"), RULE).unwrap();
    let begin = "init --policy rule.toml --date 2026-01-15
        register alibaba --name 'Alibaba Group' --country CN --date 2026-01-15
        register tencent --name 'Tencent Holdings' --country CN --date 2026-01-15";
    for line in begin.lines().chain(steps.lines()).map(str::trim).filter(|line| !line.is_empty()) {
        let ran = run(folder.path(), &format!("{line} --clock 2026-01-20T08:00:00Z"));
        assert_eq!(ran.exit, 0, "{line}\n{}{}", ran.stdout, ran.stderr);
    }
    folder
}

/// Two licences of 200,000 chips. 512 chips of the first have shipped.
fn january() -> TempDir {
    ledger(
        "approve D1100001 alibaba H200=200000 --date 2026-01-16
         approve D1100002 tencent H200=150000 MI325X=50000 --date 2026-01-17
         ship X20260119000001 --licence D1100001 H200=512 --date 2026-01-19",
    )
}

fn run(folder: &Path, line: &str) -> Ran {
    exquota(folder, &words(line))
}

fn json(folder: &Path, line: &str) -> (i32, Value) {
    let ran = run(folder, &format!("{line} --format json"));
    let document = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{line}: {error}\n{}", ran.stderr));
    (ran.exit, document)
}

fn bytes(folder: &TempDir) -> Vec<u8> {
    fs::read(folder.path().join("ledger.jsonl")).unwrap()
}

/// The `licence`, `remedy` and `amendment` of every licence, in order.
fn proposed(document: &Value) -> Value {
    let licences = document["licences"].as_array().unwrap().iter();
    licences.map(|licence| json!([licence["licence"], licence["remedy"], licence["amendment"]])).collect()
}
