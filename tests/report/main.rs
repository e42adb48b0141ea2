//! The page of `report`: its contents, its HTML, its file, and how a browser shows it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

mod browser;
mod files;
mod hostile;
mod page;
mod pages;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each test takes what it needs")]
mod support;
#[path = "../support/tools.rs"]
mod tools;

use page::Page;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use support::{ok, root};

/// The days on which the tests look at the fixtures' ledgers: in the midst of them, and after all of them.
const DAYS: [&str; 3] = ["2026-03-20", "2026-09-30", "2031-01-01"];

/// Every ledger of the fixtures that can be read.
fn ledgers() -> Vec<PathBuf> {
    let mut waiting = vec![root().join("fixtures")];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.file_name().is_some_and(|name| name == "ledger.jsonl") {
                let readable = support::exquota(&root(), &["--ledger", &path.display().to_string(), "headroom"]);
                found.extend((readable.exit == 0).then_some(path));
            }
        }
    }
    found.sort();
    assert!(found.len() > 30, "the fixtures hold too few ledgers");
    found
}

/// The page of a ledger on a day, and the table that `headroom` makes of it.
fn reported(ledger: &Path, as_of: &str) -> (Page, Value) {
    let ledger = ledger.display();
    let page = ok(&root(), &format!("report --ledger '{ledger}' --as-of {as_of}"));
    let headroom = ok(&root(), &format!("headroom --ledger '{ledger}' --as-of {as_of} --format json"));
    (Page::new(page), serde_json::from_str(&headroom).unwrap())
}

/// The cells that the page must show of a headroom row, with their labels.
fn cells_of(row: &Value) -> Vec<(&'static str, String)> {
    let number = |key: &str| grouped(&row[key].to_string());
    let percent =
        row["used_percent"].as_number().map_or("-".to_owned(), |number| format!("{:.1}", number.as_f64().unwrap()));
    let headroom = if row["status"] == "refused" { "-".to_owned() } else { number("headroom") };
    vec![
        ("used %", percent),
        ("used", number("used")),
        ("limit", number("limit")),
        ("headroom", headroom),
        ("authorised", number("authorised")),
        ("shipped", number("shipped")),
        ("outstanding", number("outstanding")),
        ("released", number("released")),
        ("status", row["status"].as_str().unwrap().to_owned()),
    ]
}

/// A number's own digits, with separators.
fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let (whole, decimals) =
        digits.split_once('.').map_or((digits, String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{decimals}")
}

/// The rows in the order of the page: wider ceilings first, then families, each as `headroom` orders them.
fn in_page_order(ledger: &Path, as_of: &str, headroom: &Value) -> Vec<Value> {
    let policy = ok(&root(), &format!("policy show --ledger '{}' --date {as_of} --format json", ledger.display()));
    let policy: Value = serde_json::from_str(&policy).unwrap();
    let scope_of = |row: &Value| {
        let of_row = policy["ceilings"].as_array().unwrap().iter().find(|ceiling| ceiling["ceiling"] == row["ceiling"]);
        of_row.unwrap()["scope"].clone()
    };
    let rows = headroom["rows"].as_array().unwrap();
    let (families, wider): (Vec<&Value>, Vec<&Value>) =
        rows.iter().partition(|row| scope_of(row).to_string().contains("customer"));
    wider.into_iter().chain(families).cloned().collect()
}

#[test]
fn the_readmes_pictures_show_what_is_printed_now() {
    if !tools::has("python3") {
        return;
    }
    let script = root().join("tests/pictures/make.py");
    let output = std::process::Command::new("python3")
        .arg(script)
        .args([env!("CARGO_BIN_EXE_exquota"), "--check"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
