//! Something happens to the file after a writer reads it and before it writes. The writer waits there, because it reads
//! its evidence from a pipe.

use crate::desk::{Desk, Said};
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};
use rustix::io::Errno;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Child;
use std::thread;
use std::time::Duration;

const LINE: &str = "approve L1 a H200=1 --attest test=pipe --lock-timeout 600";

/// A writer that has the lock, has read the ledger, and waits.
struct Held(Child, File);

impl Held {
    fn of(desk: &Desk) -> Held {
        let (pipe, mode) = (desk.at("pipe"), Mode::from_raw_mode(0o600));
        mknodat(CWD, &pipe, FileType::Fifo, mode, 0).unwrap();
        let mut child = desk.command(&[], LINE).spawn().unwrap();
        loop {
            // The pipe opens for writing once the writer reads from it.
            let nonblock = OFlags::NONBLOCK.bits().cast_signed();
            match OpenOptions::new().write(true).custom_flags(nonblock).open(&pipe) {
                Ok(file) => return Held(child, file),
                Err(error) => assert_eq!(error.raw_os_error(), Some(Errno::NXIO.raw_os_error())),
            }
            assert!(child.try_wait().unwrap().is_none(), "{:?}", Said::by(LINE, child));
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn go_on(self) -> Said {
        let Held(child, mut pipe) = self;
        pipe.write_all(b"evidence").unwrap();
        drop(pipe);
        Said::by(LINE, child)
    }
}

#[test]
fn a_writer_holds_the_lock_while_it_reads_and_writes() {
    let desk = Desk::new();
    let held = Held::of(&desk);
    let before = desk.bytes();
    desk.run("approve L2 a H200=1 --lock-timeout 0").failed(&["locked by another writer"], &["nothing was recorded"]);
    desk.ok("headroom");
    assert_eq!(desk.bytes(), before);
    assert_eq!(held.go_on().decision(), "recorded");
    desk.ok("approve L2 a H200=1 --lock-timeout 0");
    desk.sound().have_once(&["L1", "L2"]);
}

#[test]
fn a_killed_writer_leaves_no_lock() {
    let desk = Desk::new();
    let before = desk.bytes();
    let Held(mut child, pipe) = Held::of(&desk);
    child.kill().unwrap();
    assert!(Said::by(LINE, child).killed);
    drop(pipe);
    assert_eq!((desk.bytes(), desk.beside()), (before, Vec::new()));
    desk.ok("approve L2 a H200=1 --lock-timeout 0");
    desk.sound().have_once(&["L2"]);
}

#[test]
fn a_file_that_another_program_changed_is_left_alone() {
    let desk = Desk::new();
    let held = Held::of(&desk);
    OpenOptions::new().append(true).open(desk.ledger()).unwrap().write_all(b"a note\n").unwrap();
    let edited = desk.bytes();
    held.go_on().failed(&["changed by a program that does not lock it"], &["validate", "nothing was recorded"]);
    assert_eq!((desk.bytes(), desk.beside()), (edited.clone(), Vec::new()));
    // The program does not take that text for a line.
    let said = desk.run("approve L2 a H200=1");
    assert_eq!(said.exit, Some(3), "{said:?}");
    assert_eq!(desk.bytes(), edited);
}

#[test]
fn a_file_that_replaced_the_ledger_is_left_alone() {
    let desk = Desk::new();
    let held = Held::of(&desk);
    let old = desk.bytes();
    fs::write(desk.at("other"), &old).unwrap();
    fs::rename(desk.at("other"), desk.ledger()).unwrap();
    held.go_on().failed(&["replaced by another file"], &["nothing was recorded"]);
    assert_eq!((desk.bytes(), desk.beside()), (old, Vec::new()));
    desk.ok("approve L2 a H200=1");
    desk.sound().have_once(&["L2"]);
}

#[test]
fn a_ledger_that_was_moved_away_is_not_created_again() {
    let desk = Desk::new();
    let held = Held::of(&desk);
    fs::rename(desk.ledger(), desk.at("elsewhere")).unwrap();
    let old = fs::read(desk.at("elsewhere")).unwrap();
    held.go_on().failed(&["ledger.jsonl"], &["nothing was recorded"]);
    assert!(!desk.ledger().exists());
    assert_eq!(fs::read(desk.at("elsewhere")).unwrap(), old, "the moved file must stay as it was");
    assert_eq!(desk.run("approve L2 a H200=1").exit, Some(4));
    assert!(!desk.ledger().exists());
}
