#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use super::*;
use crate::store::system::Disk;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

const PAGE: &str = "<!DOCTYPE html><p>new</p>";

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_page_is_replaced_whole_and_keeps_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    PagePlace::at(&Disk::new(None), &path).unwrap().put(&Disk::new(None), PAGE).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777 & !HANDED_ON, 0);
    fs::write(&path, "<!doctype html><p>a much longer one that was there before</p>").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o604)).unwrap();
    PagePlace::at(&Disk::new(None), &path).unwrap().put(&Disk::new(None), PAGE).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), PAGE);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o604);
    assert_eq!(names(folder.path()), ["report.html"]);
}

#[test]
fn a_file_that_is_not_a_page_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("ledger.jsonl");
    fs::write(&ledger, "{\"v\":1}\n").unwrap();
    assert!(matches!(PagePlace::at(&Disk::new(None), &ledger), Err(FileError::NotAPage { .. })));
    let link = folder.path().join("report.html");
    symlink(&ledger, &link).unwrap();
    assert!(matches!(PagePlace::at(&Disk::new(None), &link), Err(FileError::NotAPage { .. })));
    assert!(matches!(PagePlace::at(&Disk::new(None), folder.path()), Err(FileError::NotAFile { .. })));
    assert!(matches!(PagePlace::at(&Disk::new(None), Path::new("/dev/null")), Err(FileError::NotAFile { .. })));
    assert!(matches!(PagePlace::at(&Disk::new(None), &ledger.join("report.html")), Err(FileError::System { .. })));
    assert_eq!(fs::read_to_string(&ledger).unwrap(), "{\"v\":1}\n");
}

#[test]
fn a_link_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (page, link) = (folder.path().join("2026-03.html"), folder.path().join("latest.html"));
    fs::write(&page, "").unwrap();
    symlink("2026-03.html", &link).unwrap();
    PagePlace::at(&Disk::new(None), &link).unwrap().put(&Disk::new(None), PAGE).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&page).unwrap(), PAGE);
}

#[test]
fn a_failed_write_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let place = PagePlace::at(&Disk::new(None), &folder.path().join("missing/report.html")).unwrap();
    assert!(matches!(place.put(&Disk::new(None), PAGE), Err(FileError::System { .. })));
    let taken = PagePlace::at(&Disk::new(None), &folder.path().join("report.html")).unwrap();
    fs::create_dir(folder.path().join("report.html")).unwrap();
    assert!(matches!(taken.put(&Disk::new(None), PAGE), Err(FileError::System { .. })));
    assert_eq!(names(folder.path()), ["report.html"]);
}
