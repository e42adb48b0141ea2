//! A disk that is really full: a small one in memory. It is mounted in a name space of the test's own, so that no mount
//! stays when the test ends.

use crate::desk::Desk;
use crate::faults::works;
use crate::lines::Lines;
use crate::tools::{has, may_run};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// The variable that says where the disk is, in the process that has it.
const DISK: &str = "EXQUOTA_TEST_DISK";

/// Runs the test of this name once more, with a disk of its own, and there runs this body. Skips the test on a machine
/// that can't mount.
fn on_a_small_disk(test: &str, body: impl FnOnce(&Path)) {
    if let Some(disk) = std::env::var_os(DISK) {
        return body(Path::new(&disk));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let mount = "mount -t tmpfs -o size=24k tmpfs \"$0\" && exec \"$@\"";
    let unshared = ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, path];
    if !has("unshare") || !may_run("mounting", works(&[&unshared[..], &["true"]].concat())) {
        return;
    }
    let mut command = Command::new(unshared[0]);
    command.args(&unshared[1..]).arg(std::env::current_exe().unwrap()).args(["--exact", test, "--nocapture"]);
    let output = command.env(DISK, path).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("1 passed"), "{told}");
}

/// Fills the disk.
fn fill(disk: &Path) {
    let mut file = OpenOptions::new().create(true).append(true).open(disk.join("filler")).unwrap();
    while file.write(&[b'x'; 512]).is_ok_and(|written| written > 0) {}
}

fn make_room(disk: &Path) {
    fs::remove_file(disk.join("filler")).unwrap();
}

#[test]
fn a_full_disk_stops_the_write_and_says_so() {
    on_a_small_disk("full_disk::a_full_disk_stops_the_write_and_says_so", |disk| {
        let desk = Desk::within(disk);
        // The ledger is made elsewhere, where there is room.
        let desk = {
            let made = Desk::new();
            fs::copy(made.ledger(), desk.ledger()).unwrap();
            desk
        };
        fill(disk);
        // The ledger's last page still has room for some lines. Then a line is really cut.
        let mut acknowledged = Vec::new();
        let (line, said) = loop {
            let number = format!("L{}", acknowledged.len());
            let line = format!("approve {number} a H200=1");
            let said = desk.run(&line);
            if !said.acknowledged() {
                break (line, said);
            }
            acknowledged.push(number);
        };
        let acknowledged: Vec<&str> = acknowledged.iter().map(String::as_str).collect();
        assert!(said.message().contains("No space left on device"), "{said:?}");
        let whole_and_torn = desk.suspect(&said);
        let left = Lines::of(&whole_and_torn);
        assert!(!left.torn.is_empty(), "a part of the line must be there");
        left.have_once(&acknowledged);
        assert_eq!(fs::read(desk.marker()).unwrap(), b"", "the marker must be there without its text");
        // At first there is no room for a recovery either.
        let said = desk.run("recover");
        said.failed(&["No space left on device"], &[]);
        assert!(desk.bytes() == whole_and_torn && desk.marker().exists(), "{said:?}");
        make_room(disk);
        desk.lift();
        fill(disk);
        let said = desk.run("recover").document;
        assert_eq!(said["recovered"], false, "a sound ledger needs no room");
        make_room(disk);
        desk.again(&line, &acknowledged);
        println!("{} entries acknowledged before the disk was full", acknowledged.len());
    });
}

#[test]
fn init_on_a_full_disk_leaves_nothing() {
    on_a_small_disk("full_disk::init_on_a_full_disk_leaves_nothing", |disk| {
        let elsewhere = Desk::empty();
        elsewhere.policy(100);
        let ledger = disk.join("ledger.jsonl");
        let line = format!("init --policy policy.toml --date 2026-01-01 --ledger {}", ledger.display());
        fill(disk);
        let said = elsewhere.run(&line);
        said.failed(&["No space left on device"], &["exquota init"]);
        let left: Vec<_> = fs::read_dir(disk).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["filler"]);
        make_room(disk);
        elsewhere.ok(&line);
        assert_eq!(Lines::of(&fs::read(ledger).unwrap()).entries.len(), 1);
    });
}

#[test]
fn without_room_for_a_torn_tail_nothing_is_written() {
    on_a_small_disk("full_disk::without_room_for_a_torn_tail_nothing_is_written", |disk| {
        let made = Desk::new();
        let desk = Desk::within(disk);
        let torn = [&made.bytes()[..], b"{\"v\":1,"].concat();
        fs::write(desk.ledger(), &torn).unwrap();
        fill(disk);
        let line = "approve L1 a H200=1";
        desk.run(line).failed(&["can't copy bytes", "No space left on device"], &["nothing was recorded"]);
        desk.run("recover").failed(&["No space left on device"], &[]);
        assert!(desk.bytes() == torn);
        make_room(disk);
        desk.again(line, &[]);
    });
}
