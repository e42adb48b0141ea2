//! Reads a file with `import`, `plan` or `init --customers`, by its first byte. The answer must account for every row.

#![no_main]

use chrono::{NaiveDate, TimeZone, Utc};
use exquota::commands::error::NotValid;
use exquota::commands::progress::Unwatched;
use exquota::commands::session::{Session, Writing};
use exquota::commands::{Answer, Exit};
use exquota::commands::verbs::{import, init, plan};
use exquota::report::diagnostic::render;
use exquota::store::ledger::file::LedgerFile;
use exquota::store::system::{Disk, System};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tempfile::TempDir;

#[path = "shared/shown.rs"]
mod shown;

const POLICY: &str = r#"
name = "small"
version = "1"
status = "scenario"
[ceilings.per-customer]
scope = "customer"
limit = 100
[ceilings.national]
scope = "country"
limit = 150
[chips.H200]
equivalence = 1
aliases = ["H200 SXM"]
[chips.MI325X]
equivalence = 1
"#;
const CUSTOMERS: &str = "id,name,country\nalibaba,Alibaba Group Holding,CN\nbaidu,Baidu,CN\ntencent,Tencent,CN\n";

/// A folder with a ledger of one policy and three customers.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = if Path::new("/dev/shm").is_dir() { tempfile::tempdir_in("/dev/shm") } else { tempfile::tempdir() };
    let folder = folder.expect("a folder");
    fs::write(folder.path().join("policy.toml"), POLICY).expect("the policy is written");
    let customers = folder.path().join("customers.csv");
    fs::write(&customers, CUSTOMERS).expect("the customers are written");
    let request =
        init::Request { policy: folder.path().join("policy.toml"), customers: Some(customers), ignore: Vec::new() };
    init::run(&session(folder.path(), "ledger.jsonl"), &writing(false), &request).expect("a ledger");
    folder
});

fn session(folder: &Path, ledger: &str) -> Session {
    let now = Utc.with_ymd_and_hms(2026, 3, 3, 8, 0, 0).single().expect("a time");
    let system: Arc<dyn System> = Arc::new(Disk::new(Some(now)));
    Session {
        ledger: Arc::new(LedgerFile::at(Arc::clone(&system), &folder.join(ledger), Duration::ZERO)),
        system,
        today: now.date_naive(),
        cached_from: u64::MAX,
        progress: Arc::new(Unwatched),
    }
}

fn writing(dry_run: bool) -> Writing {
    Writing { date: NaiveDate::from_ymd_opt(2026, 3, 3), by: "a".to_owned(), dry_run, expect_head: None, despite: None }
}

fuzz_target!(|data: &[u8]| -> Corpus {
    let folder = FOLDER.path();
    let given = folder.join("given.csv");
    let answer = |bytes: &[u8], ask: &dyn Fn(PathBuf) -> Result<Answer, _>| {
        fs::write(&given, bytes).expect("the file is written");
        ask(given.clone())
    };
    let Some((verb, bytes)) = data.split_first() else { return Corpus::Reject };
    let (session, new) = (session(folder, "ledger.jsonl"), session(folder, "new.jsonl"));
    let answer = match verb {
        b'i' => answer(bytes, &|file| {
            import::run(&session, &writing(true), &import::Request { file, ignore: Vec::new(), partial: true })
        }),
        b'p' => answer(bytes, &|orders| plan::run(&session, &plan::Request { orders, ignore: Vec::new(), date: None })),
        b'c' => answer(bytes, &|customers| {
            let request =
                init::Request { policy: folder.join("policy.toml"), customers: Some(customers), ignore: Vec::new() };
            init::run(&new, &writing(true), &request)
        }),
        _ => return Corpus::Reject,
    };
    match answer {
        Ok(answer) => {
            assert!(answer.exit <= Exit::NotValid && answer.exit != Exit::Usage);
            shown::is_safe(&answer.document.text(&exquota::report::medium::Medium::default()));
            let json = answer.document.json().expect("a document");
            shown::is_safe(&json);
            accounted(bytes, *verb, &serde_json::from_str(&json).expect("one document"));
        }
        // Any mistake in the file must be a fault of the file.
        Err(error) => {
            let told = error.downcast_ref::<NotValid>().unwrap_or_else(|| panic!("{error:#}"));
            assert!(!told.faults.is_empty(), "the file is not valid, but has no fault");
            let shown = &told.faults[..told.faults.len().min(5)];
            shown::is_safe(&render("given.csv", &told.source_text, shown, false));
        }
    }
    Corpus::Keep
});

/// Checks that every line with text is a row of the answer. The answer of `init` has no rows, and means that all are
/// good.
fn accounted(bytes: &[u8], verb: u8, document: &Value) {
    let rows = match verb {
        b'i' => "rows",
        b'p' => "orders",
        _ => {
            assert!(matches!(document["decision"].as_str(), Some("within" | "recorded")), "{document}");
            return;
        }
    };
    let rows = document[rows].as_array().expect("rows");
    let rows: Vec<u64> = rows.iter().filter_map(|row| row["line"].as_u64()).collect();
    assert!(rows.is_sorted_by(|a, b| a < b), "each row must be there once and in order: {rows:?}");
    let text = std::str::from_utf8(bytes).expect("what is read is text").replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.split('\n').collect();
    let said = |line: &str| line.chars().any(char::is_alphanumeric);
    let filled: Vec<u64> = (1..).zip(&lines).filter(|(_, line)| said(line)).map(|(at, _)| at).collect();
    let header = filled.first().copied().unwrap_or_default();
    // A cell that is open at the end of its line may hold the lines that follow.
    let open = |row: u64| lines[row as usize - 1].matches('"').count() % 2 == 1;
    let held = |at: u64| rows.iter().rev().find(|row| **row <= at).is_some_and(|row| *row == at || open(*row));
    let missing: Vec<u64> = filled.into_iter().filter(|at| *at != header && !held(*at)).collect();
    assert!(missing.is_empty(), "lines {missing:?} are lost");
}
