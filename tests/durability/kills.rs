//! Kills the program with SIGKILL, at random moments and at every system call.

use crate::desk::{Desk, Said, number_of};
use crate::faults::{Call, at_the_ledger, calls, can_limit, can_trace, limited, words};
use crate::lines::{Lines, whole};
use crate::rounds;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The number of writers that run side by side.
const WRITERS: u64 = 3;

/// The results of a stream of killed writers.
#[derive(Default)]
struct Tally {
    acknowledged: Vec<String>,
    /// Kills after which the line was in the file, though its writer had not said so.
    unheard: usize,
}

#[test]
fn a_writer_survives_kills_at_random_moments() {
    let wanted = 200 * rounds();
    let desk = Desk::new();
    let started = Instant::now();
    for n in 0..5 {
        desk.ok(&format!("approve FIRST{n} a H200=1"));
    }
    let usual = started.elapsed() / 5;
    let kills = AtomicUsize::new(0);
    let tallies: Vec<Tally> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (desk, kills) = (&desk, &kills);
                scope.spawn(move || stream(desk, writer, usual, kills, wanted))
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let lines = desk.sound();
    let acknowledged: Vec<&String> = tallies.iter().flat_map(|tally| &tally.acknowledged).collect();
    lines.have_once(&acknowledged);
    lines.have_once(&["FIRST0", "FIRST4"]);
    assert_eq!(lines.entries.len(), 2 + 5 + acknowledged.len(), "there must be no other line");
    assert_eq!(desk.beside(), [""; 0]);
    let kills = kills.into_inner();
    assert!(kills >= wanted);
    let unheard: usize = tallies.iter().map(|tally| tally.unheard).sum();
    println!("{kills} kills survived at random moments, {} entries acknowledged in between", acknowledged.len());
    println!("{unheard} kills left a whole line that was not acknowledged; the repeated command found it");
}

/// Runs one command after the other, and repeats each until one run lives to acknowledge it.
fn stream(desk: &Desk, writer: u64, usual: Duration, kills: &AtomicUsize, wanted: usize) -> Tally {
    let mut tally = Tally::default();
    let mut dice = 0x9e37_79b9_7f4a_7c15 ^ writer;
    let mut seen = Vec::new();
    for n in 0.. {
        if kills.load(Ordering::Relaxed) >= wanted {
            break;
        }
        let line = format!("approve W{writer}N{n} a H200=1 --lock-timeout 600");
        for attempt in 1.. {
            let mut child = desk.command(&[], &line).spawn().unwrap();
            // The pause gets longer, so that one run lives in the end.
            let most = usual.as_micros() as u64 * (2 + attempt) / 2;
            thread::sleep(Duration::from_micros(next(&mut dice) % most));
            child.kill().unwrap();
            let said = Said::by(&line, child);
            kills.fetch_add(usize::from(said.killed), Ordering::Relaxed);
            let stands = still_there(desk, &mut seen, &tally.acknowledged).count(number_of(&line));
            if said.acknowledged() {
                assert_eq!(stands, 1, "an acknowledged line must be there: {said:?}");
                tally.acknowledged.push(number_of(&line).to_owned());
                break;
            }
            assert!(said.killed && stands <= 1, "{stands}: {said:?}");
            tally.unheard += stands;
        }
    }
    tally
}

/// The current lines, while others write. Checks that the lines seen before are there byte for byte, and every
/// acknowledged number too.
fn still_there(desk: &Desk, seen: &mut Vec<u8>, acknowledged: &[String]) -> Lines {
    let bytes = desk.bytes();
    assert!(bytes.starts_with(seen), "whole lines must never change");
    *seen = whole(&bytes).to_vec();
    let lines = Lines::of(&bytes);
    lines.have_once(acknowledged);
    lines
}

/// A pseudo-random number.
fn next(dice: &mut u64) -> u64 {
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    *dice >> 8
}

/// Runs `line` on copies of the desk, kills it at one system call after the other, and calls `look` on each copy.
/// Returns the names of the calls at which it died.
fn killed_at(
    calls: &[Call],
    desk: &Desk,
    before: &[&str],
    line: &str,
    mut look: impl FnMut(&Desk, &Said, &Call),
) -> Vec<String> {
    let mut died = Vec::new();
    for call in calls {
        let copy = desk.copy();
        let kill = call.kill();
        let said = copy.run_under(&[before, &["strace", "-qq", "-o", "/dev/null", "-e", &kill]].concat(), line);
        if said.killed {
            died.push(call.name.clone());
        }
        look(&copy, &said, call);
    }
    died
}

#[test]
fn a_writer_survives_a_kill_at_every_system_call() {
    if !can_trace() {
        return;
    }
    let desk = Desk::new();
    desk.ok("approve OLD a H200=1");
    let before = desk.bytes();
    let line = "approve L1 a H200=1";
    let mut unheard = 0;
    let calls = calls(&desk, &[], line);
    let died = killed_at(&calls, &desk, &[], line, |desk, said, call| {
        assert!(said.killed || said.acknowledged(), "{call:?}: {said:?}");
        assert!(desk.bytes().starts_with(&before));
        let lines = Lines::of(&desk.bytes());
        assert_eq!(lines.torn, b"", "{call:?}");
        let stands = lines.count("L1");
        assert!(stands == 1 || !said.acknowledged(), "{call:?}: {said:?}");
        assert_eq!(lines.entries.len(), 3 + stands, "{call:?}");
        unheard += usize::from(stands == 1 && !said.acknowledged());
        // First another command, then the same command again.
        assert_eq!(desk.ok("approve L2 a H200=1").decision(), "recorded");
        assert_eq!(desk.run(line).decision(), if stands == 1 { "already-recorded" } else { "recorded" });
        desk.sound().have_once(&["OLD", "L1", "L2"]);
        assert_eq!(desk.beside(), [""; 0]);
    });
    for needed in ["flock", "read", "write", "fdatasync", "pread64", "close", "exit_group"] {
        assert!(died.iter().any(|name| name == needed), "not killed at {needed}: {died:?}");
    }
    assert!(unheard >= 4, "a kill at the sync, reading back, close or answer must leave the line: {unheard}");
    println!(
        "{} kills survived at the system calls of a writer; {unheard} left a line that was not acknowledged",
        died.len()
    );
}

#[test]
fn a_kill_while_keeping_a_torn_tail_loses_nothing() {
    if !can_trace() {
        return;
    }
    let desk = Desk::new();
    desk.ok("approve OLD a H200=1");
    let before = desk.bytes();
    let tail = b"{\"v\":1,\"seq\":4,\"pr";
    fs::write(desk.ledger(), [&before, &tail[..]].concat()).unwrap();
    let line = "approve L1 a H200=1";
    let calls = calls(&desk, &[], line);
    let died = killed_at(at_the_ledger(&calls), &desk, &[], line, |desk, said, call| {
        assert!(said.killed || said.acknowledged(), "{call:?}: {said:?}");
        let lines = Lines::of(&desk.bytes());
        assert!(lines.torn.is_empty() || lines.torn == tail, "{call:?}");
        assert!(lines.torn == tail || kept(desk) == tail, "{call:?}: the torn bytes are lost");
        assert!(lines.count("L1") == 1 || !said.acknowledged(), "{call:?}");
        desk.again(line, &["OLD"]);
        assert!(desk.bytes().starts_with(&before));
        assert_eq!(kept(desk), tail, "{call:?}: the torn bytes must be kept");
    });
    for needed in ["flock", "write", "fsync", "ftruncate", "fdatasync", "pread64", "exit_group"] {
        assert!(died.iter().any(|name| name == needed), "not killed at {needed}: {died:?}");
    }
    println!("{} kills survived while setting a torn tail aside", died.len());
}

/// The kept torn bytes, from one file or none.
fn kept(desk: &Desk) -> Vec<u8> {
    let names = desk.beside();
    assert!(names.len() <= 1 && names.iter().all(|name| name.starts_with("ledger.jsonl.torn-")), "{names:?}");
    names.first().map(|name| fs::read(desk.at(name)).unwrap()).unwrap_or_default()
}

#[test]
fn a_kill_while_leaving_the_marker_loses_nothing() {
    if !can_trace() || !can_limit() {
        return;
    }
    let desk = Desk::new();
    desk.ok("approve OLD a H200=1");
    let before = desk.bytes();
    let limit = limited(before.len() + 30);
    let line = "approve L1 a H200=1";
    let mut marked = 0;
    let calls = calls(&desk, &words(&limit), line);
    let died = killed_at(at_the_ledger(&calls), &desk, &words(&limit), line, |desk, said, call| {
        assert!(said.killed || said.exit == Some(4), "{call:?}: {said:?}");
        assert!(desk.bytes().starts_with(&before));
        assert_eq!(Lines::of(&desk.bytes()).entries.len(), 3, "{call:?}");
        if desk.marker().exists() {
            marked += 1;
            desk.marked();
            desk.lift();
        }
        desk.again(line, &["OLD"]);
    });
    assert!(marked >= 3, "{marked}");
    println!("{} kills survived while a write failed; in {marked} cases the marker was there already", died.len());
}
