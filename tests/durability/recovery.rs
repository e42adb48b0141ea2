//! `recover` (D23) repairs a failed write, leaves other ledgers alone, and may be cut off at any point.

use crate::desk::{Desk, Said};
use crate::faults::{at_the_ledger, calls, can_trace, failing};
use crate::lines::{Lines, whole};
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

const LINE: &str = "approve L1 a H200=1";
const TAIL: &[u8] = b"{\"v\":1,\"seq\":4,\"prev\":\"ab";

/// A ledger of three lines, as a failed write leaves it: with a marker, a torn tail, or both.
fn desk(marker: bool, tail: &[u8]) -> Desk {
    let desk = Desk::new();
    desk.ok("approve OLD a H200=1");
    fs::write(desk.ledger(), [&desk.bytes()[..], tail].concat()).unwrap();
    if marker {
        fs::write(desk.marker(), "writing to the ledger failed\n").unwrap();
    }
    desk
}

/// Everything in the folder.
fn everything(desk: &Desk) -> Vec<(String, Vec<u8>)> {
    desk.names().into_iter().map(|name| (name.clone(), fs::read(desk.at(&name)).unwrap())).collect()
}

#[test]
fn recover_changes_nothing_if_nothing_failed() {
    let desk = desk(false, b"");
    let before = everything(&desk);
    let file = fs::metadata(desk.ledger()).unwrap().ino();
    let said = desk.ok("recover").document;
    assert_eq!((&said["recovered"], said["kept"].is_null()), (&false.into(), true), "{said:#}");
    assert!(everything(&desk) == before);
    assert_eq!(fs::metadata(desk.ledger()).unwrap().ino(), file, "it must be the same file");
    fs::remove_file(desk.ledger()).unwrap();
    desk.run("recover").failed(&["there is no ledger"], &["exquota init"]);
    assert!(!desk.ledger().exists());
}

#[test]
fn a_failed_write_is_recovered_once() {
    for (marker, tail) in [(true, &b""[..]), (false, TAIL), (true, TAIL), (false, b"\xff"), (true, b"\0\0\0\0\0\0")] {
        let desk = desk(marker, tail);
        fs::set_permissions(desk.ledger(), PermissionsExt::from_mode(0o600)).unwrap();
        desk.lift();
        for name in ["ledger.jsonl".to_owned()].into_iter().chain(desk.beside()) {
            assert_eq!(fs::metadata(desk.at(&name)).unwrap().mode() & 0o777, 0o600, "{name}");
        }
        let after = everything(&desk);
        assert_eq!(desk.ok("recover").document["recovered"], false);
        assert!(everything(&desk) == after, "a second recovery must change nothing");
        desk.again(LINE, &["OLD"]);
    }
}

#[test]
fn recover_leaves_a_tampered_ledger_alone() {
    for (marker, tail) in [(true, &b""[..]), (false, TAIL), (true, TAIL), (false, b"")] {
        let desk = desk(marker, tail);
        let text = String::from_utf8(desk.bytes()).unwrap();
        // One line is edited, one is lost, one is blank, and then no line is left.
        let second = text.split_inclusive('\n').nth(1).unwrap();
        let hands = ["Alpha", second, second, &text];
        for (hand, put) in hands.into_iter().zip(["Omega", "", "\n", std::str::from_utf8(tail).unwrap()]) {
            let desk = desk.copy();
            fs::write(desk.ledger(), text.replace(hand, put)).unwrap();
            let before = everything(&desk);
            let said = desk.run("recover");
            assert_eq!(said.exit, Some(3), "{said:?}");
            assert!(!said.document["faults"].as_array().unwrap().is_empty(), "{said:?}");
            assert!(everything(&desk) == before, "{:?}", desk.names());
        }
    }
}

#[test]
fn recover_survives_a_kill_at_every_system_call() {
    if !can_trace() {
        return;
    }
    let mut kills = 0;
    for (marker, tail) in [(true, TAIL), (false, TAIL), (true, b"")] {
        let desk = desk(marker, tail);
        let before = desk.bytes();
        let calls = calls(&desk, &[], "recover");
        for call in at_the_ledger(&calls) {
            let desk = desk.copy();
            let old = fs::metadata(desk.ledger()).unwrap().ino();
            let said = desk.traced(&["-e", &call.kill()], "recover");
            kills += usize::from(said.killed);
            assert!(said.killed || said.exit == Some(0), "{call:?}: {said:?}");
            assert!(desk.bytes() == before || desk.bytes() == whole(&before), "{call:?}: neither old file nor new one");
            let new = fs::metadata(desk.ledger()).unwrap().ino();
            assert!(desk.marker().exists() || !marker || new != old, "{call:?}: the marker went before the recovery");
            if new == old || marker == desk.marker().exists() {
                recovers(&desk, &before, &said);
            }
        }
        for needed in ["rename", "fsync", "fdatasync", "flock"] {
            assert!(calls.iter().any(|call| call.name == needed), "{needed}: {calls:?}");
        }
    }
    println!("{kills} kills survived at the system calls of `recover`");
}

#[test]
fn recover_survives_a_failure_at_every_system_call() {
    if !can_trace() {
        return;
    }
    let desk = desk(true, TAIL);
    let before = desk.bytes();
    let calls = calls(&desk, &[], "recover");
    let mut failed = 0;
    for call in failing(&calls) {
        let desk = desk.copy();
        let said = desk.traced(&["-e", &call.inject("error=EIO")], "recover");
        assert!(matches!(said.exit, Some(0 | 4)), "{call:?}: {said:?}");
        assert!(desk.bytes() == before || desk.bytes() == whole(&before), "{call:?}: neither old file nor new one");
        if said.exit == Some(4) {
            failed += 1;
            assert!(said.stderr.contains("the answer can't be printed") || !said.message().is_empty(), "{said:?}");
        } else {
            assert!(!desk.marker().exists(), "{call:?}: {said:?}");
        }
        recovers(&desk, &before, &said);
    }
    assert!(failed >= 12, "{failed}");
    println!("{failed} failures of system calls survived by `recover`");
}

/// Checks that a recovery succeeds and loses nothing, however far an earlier one came.
fn recovers(desk: &Desk, before: &[u8], earlier: &Said) {
    if desk.marker().exists() {
        desk.marked();
    }
    desk.ok("recover");
    assert!(desk.bytes() == whole(before), "{earlier:?}");
    let beside = desk.beside();
    let kept = beside.iter().filter(|name| name.contains(".before-recovery-"));
    assert!(kept.clone().any(|name| fs::read(desk.at(name)).unwrap() == before), "{earlier:?}: {beside:?}");
    assert_eq!(kept.count(), beside.len(), "{earlier:?}: a marker or a draft is left: {beside:?}");
    desk.again(LINE, &["OLD"]);
}

#[test]
fn recoveries_and_writers_at_once_lose_nothing() {
    for _ in 0..5 * crate::rounds() {
        let desk = desk(true, TAIL);
        let before = desk.bytes();
        let gate = File::open(desk.ledger()).unwrap();
        gate.lock().unwrap();
        let mut lines: Vec<String> = (0..16).map(|n| format!("approve R{n} a H200=1 --lock-timeout 600")).collect();
        for at in [1, 6, 11] {
            lines.insert(at, "recover --lock-timeout 600".to_owned());
        }
        let children: Vec<_> = lines.iter().map(|line| desk.command(&[], line).spawn().unwrap()).collect();
        drop(gate);
        let mut recovered = 0;
        for (line, child) in lines.iter().zip(children) {
            let said = Said::by(line, child);
            if line.starts_with("recover") {
                assert_eq!(said.exit, Some(0), "{said:?}");
                recovered += usize::from(said.document["recovered"] == true);
            } else if !said.acknowledged() {
                said.failed(&["ledger.jsonl.suspect"], &["nothing was recorded"]);
                assert_eq!(Lines::of(&desk.bytes()).count(line.split(' ').nth(1).unwrap()), 0);
            } else {
                Lines::of(&desk.bytes()).have_once(&[line.split(' ').nth(1).unwrap()]);
            }
        }
        assert_eq!(recovered, 1);
        for line in lines.iter().filter(|line| line.starts_with("approve")) {
            desk.ok(line);
        }
        let numbers: Vec<String> = (0..16).map(|n| format!("R{n}")).collect();
        desk.sound().have_once(&numbers);
        assert!(desk.bytes().starts_with(whole(&before)));
        assert_eq!(desk.sound().entries.len(), 3 + 16);
    }
}
