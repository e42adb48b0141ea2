//! `rebase` leaves the old ledger or the new one, whole, wherever it is cut off, and keeps the old one.

use crate::desk::{Desk, Said};
use crate::faults::{at_the_ledger, calls, can_trace, failing};
use std::fs;

const LINE: &str = "rebase --onto theirs.jsonl";

/// A ledger with an entry of its own, and another branch of it with another one.
fn desk() -> Desk {
    let desk = Desk::new();
    fs::copy(desk.ledger(), desk.at("theirs.jsonl")).unwrap();
    desk.ok("approve THEIRS a H200=1 --ledger theirs.jsonl");
    desk.ok("approve OURS a H200=1");
    desk
}

/// The ledger after a rebase that nothing cuts off.
fn rebased(desk: &Desk) -> Vec<u8> {
    let copy = desk.copy();
    copy.ok(LINE);
    copy.sound().have_once(&["THEIRS", "OURS"]);
    copy.bytes()
}

/// Checks that another rebase ends it, however far an earlier one came.
fn goes_on(desk: &Desk, before: &[u8], after: &[u8], earlier: &Said) {
    let found = desk.bytes();
    assert!(found == before || found == after, "neither the old ledger nor the new one: {earlier:?}");
    desk.ok(LINE);
    assert!(desk.bytes() == after, "{earlier:?}");
    let beside = desk.beside();
    assert_eq!(beside.len(), 1, "a draft or a marker is left: {beside:?}, {earlier:?}");
    assert!(beside[0].starts_with("ledger.jsonl.before-rebase-"), "{beside:?}");
    assert_eq!(fs::read(desk.at(&beside[0])).unwrap(), before, "{earlier:?}");
}

#[test]
fn a_rebase_survives_a_kill_at_every_system_call() {
    if !can_trace() {
        return;
    }
    let desk = desk();
    let (before, after) = (desk.bytes(), rebased(&desk));
    let calls = calls(&desk, &[], LINE);
    let mut kills = 0;
    for call in at_the_ledger(&calls) {
        let desk = desk.copy();
        let said = desk.traced(&["-e", &call.kill()], LINE);
        kills += usize::from(said.killed);
        assert!(said.killed || said.exit == Some(0), "{call:?}: {said:?}");
        goes_on(&desk, &before, &after, &said);
    }
    for needed in ["rename", "fsync", "fdatasync", "flock"] {
        assert!(calls.iter().any(|call| call.name == needed), "{needed}: {calls:?}");
    }
    println!("{kills} kills survived at the system calls of `rebase`");
}

#[test]
fn a_rebase_survives_a_failure_at_every_system_call() {
    if !can_trace() {
        return;
    }
    let desk = desk();
    let (before, after) = (desk.bytes(), rebased(&desk));
    let mut failed = 0;
    for call in failing(&calls(&desk, &[], LINE)) {
        let desk = desk.copy();
        let said = desk.traced(&["-e", &call.inject("error=EIO")], LINE);
        assert!(matches!(said.exit, Some(0 | 4)), "{call:?}: {said:?}");
        failed += usize::from(said.exit == Some(4));
        goes_on(&desk, &before, &after, &said);
    }
    assert!(failed >= 12, "{failed}");
    println!("{failed} failures of system calls survived by `rebase`");
}
