//! A ledger is created whole, or not at all.

use crate::desk::{Desk, Said};
use crate::faults::{at_the_ledger, calls, can_limit, can_trace, failing, limited, words};
use crate::rounds;
use std::fs;

const LINE: &str = "init --policy policy.toml --customers c.csv --date 2026-01-01";

/// A folder with a policy and customers, and the bytes of their ledger.
fn desk() -> (Desk, Vec<u8>) {
    let desk = Desk::empty();
    desk.policy(100);
    fs::write(desk.at("c.csv"), "id,name,country\na,Alpha,CN\nb,Beta,CN\nc,Gamma,CN\n").unwrap();
    let control = desk.copy();
    control.ok(LINE);
    let whole = control.bytes();
    (desk, whole)
}

/// Checks that the ledger is there whole, or is missing and the next `init` creates it.
fn whole_or_none(desk: &Desk, whole: &[u8], said: &Said) {
    if desk.ledger().exists() {
        assert_eq!(String::from_utf8(desk.bytes()).unwrap(), String::from_utf8(whole.to_vec()).unwrap(), "{said:?}");
    } else {
        assert!(!said.acknowledged(), "{said:?}");
        desk.ok(LINE);
        assert!(desk.bytes() == whole);
    }
    desk.ok("approve L1 a H200=1");
    desk.sound().have_once(&["L1"]);
    assert_eq!(desk.beside(), [""; 0], "{said:?}");
}

#[test]
fn init_survives_a_kill_at_every_system_call() {
    if !can_trace() {
        return;
    }
    let (desk, whole) = desk();
    let calls = calls(&desk, &[], LINE);
    let calls = at_the_ledger(&calls);
    let mut kills = 0;
    for call in calls {
        let desk = desk.copy();
        let said = desk.traced(&["-e", &call.kill()], LINE);
        kills += usize::from(said.killed);
        assert!(said.killed || said.exit == Some(0), "{call:?}: {said:?}");
        whole_or_none(&desk, &whole, &said);
    }
    assert!(kills >= calls.len() / 2);
    println!("{kills} kills survived at the system calls of `init`");
}

#[test]
fn an_init_cut_short_leaves_nothing() {
    if !can_limit() {
        return;
    }
    let (desk, whole) = desk();
    let names = desk.names();
    let fits: Vec<usize> = (0..whole.len()).step_by(41).chain([whole.len() - 1]).collect();
    for fit in &fits {
        let desk = desk.copy();
        let said = desk.run_under(&words(&limited(*fit)), LINE);
        said.failed(&["it was not created"], &["exquota init"]);
        assert_eq!(desk.names(), names, "{fit} bytes fit: nothing must be left");
        whole_or_none(&desk, &whole, &said);
    }
    println!("{} torn positions tried in `init`", fits.len());
}

#[test]
fn init_survives_a_failure_at_every_system_call() {
    if !can_trace() {
        return;
    }
    let (desk, whole) = desk();
    let names = desk.names();
    let calls = calls(&desk, &[], LINE);
    for call in failing(&calls) {
        let how = call.inject("error=EIO");
        let desk = desk.copy();
        let said = desk.traced(&["-e", &how], LINE);
        assert!(matches!(said.exit, Some(0 | 4)), "{how}: {said:?}");
        let told = said.acknowledged() || said.stderr.contains("the answer can't be printed");
        assert_eq!(desk.ledger().exists(), told, "{how}: {said:?}");
        if said.message().contains("it was not created") {
            assert_eq!(desk.names(), names, "{how}: {said:?}");
        }
        if !desk.ledger().exists() {
            // An `init` that fails before it knows that the draft is its own leaves it there, empty, for the next one.
            assert_eq!(fs::read(desk.at("ledger.jsonl.new")).unwrap_or_default(), b"", "{how}: {said:?}");
        }
        whole_or_none(&desk, &whole, &said);
    }
}

#[test]
fn of_many_inits_at_once_only_one_creates_the_ledger() {
    for _ in 0..3 * rounds() {
        let (desk, whole) = desk();
        let children: Vec<_> = (0..16).map(|_| desk.command(&[], LINE).spawn().unwrap()).collect();
        let said: Vec<Said> = children.into_iter().map(|child| Said::by(LINE, child)).collect();
        let (founded, others): (Vec<&Said>, Vec<&Said>) = said.iter().partition(|said| said.acknowledged());
        assert_eq!(founded.len(), 1);
        others.iter().for_each(|said| said.failed(&["exists already and was not touched"], &[]));
        whole_or_none(&desk, &whole, founded[0]);
    }
}
