//! A writer that can't get the lock writes nothing.

use crate::desk::Desk;
use crate::faults::can_trace;
use std::fs::File;

const LINE: &str = "approve L1 a H200=1";

#[test]
fn a_lock_that_fails_stops_the_write() {
    if !can_trace() {
        return;
    }
    let desk = Desk::new();
    let before = desk.bytes();
    for error in ["ENOLCK", "EOPNOTSUPP", "ENOSYS", "EIO", "EBADF"] {
        let said = desk.traced(&["-e", &format!("inject=flock:error={error}")], LINE);
        said.failed(&["`ledger.jsonl` can't be locked"], &["file system with locks", "nothing was recorded"]);
        assert_eq!((desk.bytes(), desk.beside()), (before.clone(), Vec::new()), "{error}");
    }
    desk.again(LINE, &[]);
}

#[test]
fn an_interrupted_lock_is_tried_again() {
    if !can_trace() {
        return;
    }
    let desk = Desk::new();
    let said = desk.traced(&["-e", "inject=flock:error=EINTR:when=1..3"], LINE);
    assert_eq!(said.decision(), "recorded", "{said:?}");
    desk.again(LINE, &[]);
}

#[test]
fn a_writer_gives_up_a_lock_that_stays_taken() {
    let desk = Desk::new();
    let before = desk.bytes();
    let held = File::open(desk.ledger()).unwrap();
    held.lock().unwrap();
    for seconds in [0, 1] {
        let said = desk.run(&format!("{LINE} --lock-timeout {seconds}"));
        said.failed(&["`ledger.jsonl` is locked by another writer"], &["--lock-timeout", "nothing was recorded"]);
        assert_eq!((desk.bytes(), desk.beside()), (before.clone(), Vec::new()));
    }
    desk.ok("headroom");
    desk.ok("check a H200=1");
    desk.ok(&format!("{LINE} --dry-run"));
    drop(held);
    desk.again(LINE, &[]);
}

#[test]
fn a_writer_waits_for_a_taken_lock() {
    if !can_trace() {
        return;
    }
    let desk = Desk::new();
    let before = desk.bytes();
    let said = desk.traced(&["-e", "inject=flock:error=EAGAIN"], &format!("{LINE} --lock-timeout 1"));
    said.failed(&["`ledger.jsonl` is locked by another writer"], &["--lock-timeout"]);
    assert_eq!(desk.bytes(), before);
    let said = desk.traced(&["-e", "inject=flock:error=EAGAIN:when=1..3"], LINE);
    assert_eq!(said.decision(), "recorded", "{said:?}");
    desk.again(LINE, &[]);
}
