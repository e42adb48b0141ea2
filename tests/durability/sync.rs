//! After a failed sync or a failed reading back, the program retries nothing and does not say "recorded".

use crate::desk::{Desk, Said};
use crate::faults::{at_the_ledger, calls, can_trace};
use std::fs;

const LINE: &str = "approve L1 a H200=1";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.ok("approve OLD a H200=1");
    desk
}

/// Runs the line while this call on the ledger fails. Returns how often the program made the call.
fn failing(desk: &Desk, call: &str, how: &str) -> (Said, usize) {
    let (inject, only) = (format!("inject={call}:{how}"), format!("trace={call}"));
    let strace = ["strace", "-qq", "-o", "trace", "-P", "ledger.jsonl", "-e", &only, "-e", &inject];
    let said = desk.run_under(&strace, LINE);
    let trace = fs::read_to_string(desk.at("trace")).unwrap();
    (said, trace.lines().filter(|line| line.starts_with(&format!("{call}("))).count())
}

#[test]
fn a_failed_sync_leaves_the_outcome_unknown() {
    if !can_trace() {
        return;
    }
    for error in ["EIO", "ENOSPC", "EDQUOT"] {
        let desk = desk();
        let (said, times) = failing(&desk, "fdatasync", &format!("error={error}:when=1"));
        assert!(said.message().contains("syncing `ledger.jsonl` failed"), "{said:?}");
        assert_eq!(times, 1, "a sync after a failed one would wrongly succeed");
        desk.suspect(&said);
        desk.lift();
        desk.again(LINE, &["OLD"]);
    }
}

#[test]
fn a_failed_write_is_not_retried() {
    if !can_trace() {
        return;
    }
    for error in ["EIO", "ENOSPC", "EDQUOT", "EFBIG"] {
        let desk = desk();
        let before = desk.bytes();
        let (said, times) = failing(&desk, "write", &format!("error={error}:when=1"));
        assert_eq!(times, 1);
        assert_eq!(desk.suspect(&said), before);
        desk.lift();
        desk.again(LINE, &["OLD"]);
    }
}

#[test]
fn a_write_that_is_interrupted_goes_on() {
    if !can_trace() {
        return;
    }
    let desk = desk();
    let (said, times) = failing(&desk, "write", "error=EINTR:when=1");
    assert_eq!((said.decision(), times), ("recorded", 2));
    desk.again(LINE, &["OLD"]);
}

#[test]
fn a_line_that_cannot_be_read_back_is_not_recorded() {
    if !can_trace() {
        return;
    }
    // The last read is the one that reads the written line back.
    let (_, last) = failing(&desk(), "pread64", "delay_exit=1:when=1");
    // The read gives an error, the end of the file, or other bytes than were written.
    for how in ["error=EIO", "retval=0", "poke_exit=@arg2=ff"] {
        let desk = desk();
        let (said, _) = failing(&desk, "pread64", &format!("{how}:when={last}"));
        assert!(said.message().contains("reading back `ledger.jsonl` failed"), "{how}: {said:?}");
        desk.suspect(&said);
        desk.lift();
        desk.again(LINE, &["OLD"]);
    }
}

#[test]
fn a_ledger_that_cannot_be_read_is_not_judged() {
    if !can_trace() {
        return;
    }
    let desk = desk();
    let before = desk.bytes();
    let (said, _) = failing(&desk, "pread64", "error=EIO:when=1");
    said.failed(&["can't read `ledger.jsonl`"], &["nothing was recorded"]);
    assert_eq!((desk.bytes(), desk.beside()), (before, Vec::new()));
    desk.again(LINE, &["OLD"]);
}

/// A kill loses no written bytes; only a power cut would. So this test checks the order of the calls.
#[test]
fn everything_is_synced_before_the_next_step_relies_on_it() {
    if !can_trace() {
        return;
    }
    let well = desk();
    let torn = well.copy();
    fs::write(torn.ledger(), [&torn.bytes()[..], b"{"].concat()).unwrap();
    let marked = well.copy();
    fs::write(marked.marker(), "").unwrap();
    let none = Desk::empty();
    none.policy(100);
    for (desk, line, order) in [
        (&well, LINE, "write fdatasync pread64 write"),
        (&torn, LINE, "write fdatasync fsync ftruncate write fdatasync pread64 write"),
        (&marked, "recover", "write fdatasync fsync write fdatasync pread64 rename fsync unlink fsync write"),
        (&none, "init --policy policy.toml", "write fdatasync pread64 linkat fsync unlink write"),
    ] {
        let calls = calls(desk, &[], line);
        let mut made = at_the_ledger(&calls).iter().map(|call| &call.name);
        for wanted in order.split(' ') {
            assert!(made.any(|name| name == wanted), "`{line}` lacks `{wanted}` in the order {order}: {calls:?}");
        }
    }
}
