//! The file that `report` writes a page to, and the files that it never overwrites.

use crate::page::Page;
use crate::support::{copy_files, exquota, ok, ran, root};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn desk() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_files(&root().join("fixtures/reports/half-year"), folder.path());
    let _ = fs::remove_file(folder.path().join("report.html"));
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_page_is_written_and_overwritten() {
    let desk = desk();
    let at = desk.path();
    let before = names(at);
    let told = ok(at, "report --as-of 2026-03-20 -o report.html");
    assert!(told.starts_with("REPORT in report.html: within ceilings as of 2026-03-20\n"), "{told}");
    let first = Page::new(fs::read_to_string(at.join("report.html")).unwrap());
    ok(at, "report --as-of 2026-09-30 --out report.html");
    let second = Page::new(fs::read_to_string(at.join("report.html")).unwrap());
    assert!(first.text().contains("Within ceilings") && second.text().contains("Over one ceiling"));
    assert_eq!(second.source, ok(at, "report --as-of 2026-09-30"), "the file must hold the page that is printed");
    assert_eq!(names(at).len(), before.len() + 1, "no other file may be left");
}

#[test]
fn only_a_page_is_overwritten() {
    let desk = desk();
    let at = desk.path();
    let ledger = fs::read(at.join("ledger.jsonl")).unwrap();
    let customers = fs::read(at.join("customers.csv")).unwrap();
    std::os::unix::fs::symlink("ledger.jsonl", at.join("linked.html")).unwrap();
    fs::hard_link(at.join("ledger.jsonl"), at.join("same.html")).unwrap();
    let before = names(at);
    for path in [
        "ledger.jsonl",
        "./ledger.jsonl",
        "linked.html",
        "same.html",
        "customers.csv",
        ".",
        "/dev/null",
        "missing/report.html",
        "ledger.jsonl/report.html",
    ] {
        let ran = exquota(at, &["report", "--as-of", "2026-03-20", "-o", path]);
        assert_eq!(ran.exit, 4, "{path}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.is_empty() && ran.stderr.contains("help: "), "{path}: {}", ran.stderr);
    }
    assert_eq!(fs::read(at.join("ledger.jsonl")).unwrap(), ledger);
    assert_eq!(fs::read(at.join("customers.csv")).unwrap(), customers);
    assert_eq!(names(at), before);
}

#[test]
fn the_document_says_what_was_written() {
    let desk = desk();
    let at = desk.path();
    let document = |line: &str| -> Value { serde_json::from_str(&ok(at, &format!("{line} --format json"))).unwrap() };
    let headroom = document("headroom --as-of 2026-09-30");
    let written = document("report --as-of 2026-09-30 -o report.html");
    let printed = document("report --as-of 2026-09-30");
    for key in ["as_of", "policy", "head", "violations", "breaches"] {
        assert_eq!(written[key], headroom[key], "{key}");
        assert_eq!(printed[key], headroom[key], "{key}");
    }
    assert_eq!(written["schema"], "exquota/report/1");
    assert_eq!((&written["path"], &written["page"]), (&Value::from("report.html"), &Value::Null));
    assert_eq!(
        (&printed["path"], printed["page"].as_str()),
        (&Value::Null, Some(ok(at, "report --as-of 2026-09-30").as_str()))
    );
    let count =
        |status: &str| headroom["rows"].as_array().unwrap().iter().filter(|row| row["status"] == status).count();
    for status in ["open", "critical", "exhausted", "over"] {
        assert_eq!(written["ceilings"][status], count(status), "{status}");
    }
    assert_eq!((&written["within"], &written["entries"]), (&Value::from(false), &Value::from(35)));
}

#[test]
fn without_a_ledger_there_is_no_page() {
    let folder = tempfile::tempdir().unwrap();
    let missing = ran(folder.path(), "report -o report.html");
    assert_eq!(missing.exit, 4, "{}", missing.stderr);
    fs::write(folder.path().join("ledger.jsonl"), "{}\n").unwrap();
    let faulty = ran(folder.path(), "report -o report.html");
    assert_eq!(faulty.exit, 3, "{}", faulty.stderr);
    assert_eq!(names(folder.path()), ["ledger.jsonl"]);
}
