//! Writes that are really cut, because the file can't grow beyond a limit.

use crate::desk::{Desk, Said};
use crate::faults::{can_limit, can_trace, limited, words};
use crate::lines::Lines;
use std::fs;

/// A ledger with an acknowledged licence, and the bytes that `line` would add.
fn desk(line: &str) -> (Desk, Vec<u8>, Vec<u8>) {
    let desk = Desk::new();
    desk.ok("approve OLD a H200=7");
    fs::write(desk.at("f.csv"), "licence,customer,chip,quantity\nC1,a,H200,1\nC2,a,H200,2\nC3,a,H200,3\n").unwrap();
    let before = desk.bytes();
    let control = desk.copy();
    control.ok(line);
    let added = control.bytes().split_off(before.len());
    (desk, before, added)
}

/// Runs `line` where only `fit` bytes of its output fit.
fn cut(desk: &Desk, before: &[u8], fit: usize, line: &str) -> Said {
    desk.run_under(&words(&limited(before.len() + fit)), line)
}

#[test]
fn a_line_cut_at_any_byte_is_recovered() {
    if !can_limit() {
        return;
    }
    let line = "approve L1 a H200=1";
    let (desk, before, added) = desk(line);
    Lines::of(&[&before[..], &added].concat()).have_once(&["OLD", "L1"]);
    for fit in 0..added.len() {
        let desk = desk.copy();
        let said = cut(&desk, &before, fit, line);
        let left = desk.suspect(&said);
        assert!(said.message().contains("writing to `ledger.jsonl` failed"), "{said:?}");
        assert!(left == [&before, &added[..fit]].concat(), "{fit} bytes fit");
        desk.lift();
        assert_eq!(desk.run(line).decision(), "recorded");
        assert!(desk.bytes() == [&before[..], &added].concat(), "the ledger must be as without the failure");
    }
    let desk = desk.copy();
    assert_eq!(cut(&desk, &before, added.len(), line).decision(), "recorded", "a line that fits must not be torn");
    assert_eq!(desk.bytes(), [before, added.clone()].concat());
    println!("{} torn positions tried: every byte of a line", added.len());
}

#[test]
fn an_import_cut_anywhere_is_recovered() {
    if !can_limit() {
        return;
    }
    let line = "import f.csv";
    let (desk, before, added) = desk(line);
    let ends: Vec<usize> = (0..added.len()).filter(|at| added[*at] == b'\n').collect();
    assert_eq!(ends.len(), 3);
    // Cut around every line's end, and here and there within the lines.
    let near = |at: &usize| ends.iter().any(|end| end.abs_diff(*at) <= 2) || at.is_multiple_of(23);
    let mut tried = 0;
    for fit in (0..added.len()).filter(near) {
        let desk = desk.copy();
        let said = cut(&desk, &before, fit, line);
        assert_eq!(desk.suspect(&said).len(), before.len() + fit);
        let stand = ends.iter().filter(|end| **end < fit).count();
        assert!(said.message().contains(&format!("of 3, {stand} stand in the file as sound lines")), "{said:?}");
        let validation = desk.run("validate ledger.jsonl");
        assert_eq!((validation.exit, &validation.document["valid"]), (Some(4), &false.into()), "{validation:?}");
        desk.lift();
        assert_eq!(desk.run(line).exit, Some(0), "the import must skip recorded lines and record the others");
        assert!(desk.bytes() == [&before[..], &added].concat(), "each line must be there once and in order");
        desk.sound().have_once(&["OLD", "C1", "C2", "C3"]);
        tried += 1;
    }
    println!("{tried} torn positions tried within an import of three lines");
}

#[test]
fn an_empty_marker_stops_writers_too() {
    if !can_trace() {
        return;
    }
    let line = "approve L1 a H200=1";
    for fails in ["write:error=ENOSPC:when=1+", "write:error=EIO:when=1+"] {
        let (desk, before, _) = desk(line);
        let (ledger, marker) = (desk.ledger(), desk.marker());
        let paths = ["-P", ledger.to_str().unwrap(), "-P", marker.to_str().unwrap()];
        let said = desk.traced(&[&paths[..], &["-e", &format!("inject={fails}")]].concat(), line);
        assert_eq!(desk.suspect(&said), before);
        assert_eq!(fs::read(desk.marker()).unwrap(), b"", "the marker must have no text");
        desk.lift();
        desk.again(line, &["OLD"]);
    }
}

#[test]
fn a_marker_that_fails_is_reported_and_the_next_writer_repairs() {
    if !can_trace() || !can_limit() {
        return;
    }
    let line = "approve L1 a H200=1";
    let (desk, before, added) = desk(line);
    // First there is no marker at all. Then there is one whose contents, or whose name, may not be on the disk.
    for (fails, stands) in [("openat:error=ENOSPC", false), ("fdatasync:error=EIO", true), ("fsync:error=EIO", true)] {
        for fit in [0, 1, added.len() - 1] {
            let desk = desk.copy();
            let limit = limited(before.len() + fit);
            let inject = format!("inject={fails}");
            let marker = desk.marker();
            let paths = ["-P", "ledger.jsonl.suspect", "-P", marker.to_str().unwrap()];
            // The program syncs the folder for its names, so no path is given.
            let paths = if fails.starts_with("fsync") { &[][..] } else { &paths };
            let strace = [&["strace", "-qq", "-o", "/dev/null", "-e", &inject], paths].concat();
            let said = desk.run_under(&[&words(&limit)[..], &strace].concat(), line);
            said.failed(
                &["it is unknown whether the entry was recorded", "the marker", "could not be made either"],
                &["exquota recover"],
            );
            assert_eq!(desk.bytes(), [&before, &added[..fit]].concat());
            assert_eq!(desk.marker().exists(), stands);
            if stands {
                desk.marked();
                desk.lift();
            }
            assert_eq!(Lines::of(&desk.bytes()).torn, added[..if stands { 0 } else { fit }]);
            desk.again(line, &["OLD"]);
            let kept = desk.beside().iter().any(|name| fs::read(desk.at(name)).unwrap().ends_with(&added[..fit]));
            assert!(kept || fit == 0, "the torn bytes must be kept");
            assert_eq!(desk.bytes(), [&before[..], &added].concat());
        }
    }
}
