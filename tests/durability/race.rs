//! Many processes write at once.

use crate::desk::{Desk, Said};
use crate::faults::can_trace;
use crate::rounds;
use std::fs::File;

const PROCESSES: usize = 64;
const LAST: usize = 50;

/// Starts all processes while the ledger is locked, then lets them go at once.
fn race(desk: &Desk, wrapper: &[&str], lines: &[String]) -> Vec<Said> {
    let gate = File::open(desk.ledger()).unwrap();
    gate.lock().unwrap();
    let children: Vec<_> = lines
        .iter()
        .map(|line| desk.command(wrapper, &format!("{line} --lock-timeout 600")).spawn().unwrap())
        .collect();
    drop(gate);
    lines.iter().zip(children).map(|(line, child)| Said::by(line, child)).collect()
}

/// Checks that exactly `fit` were recorded, each as an entry of its own, and that the others were refused with `code`
/// and left no byte.
fn granted(desk: &Desk, before: &[u8], said: &[Said], numbers: &[String], fit: usize, code: &str) {
    let mut granted = Vec::new();
    let mut seqs = Vec::new();
    for (said, number) in said.iter().zip(numbers) {
        if said.acknowledged() {
            assert_eq!(said.decision(), "recorded", "{said:?}");
            granted.push(number);
            seqs.push(said.document["entry"].as_u64().unwrap());
        } else {
            said.refused(code);
        }
    }
    assert_eq!(granted.len(), fit, "{} processes raced", said.len());
    assert!(desk.bytes().starts_with(before));
    let lines = desk.sound();
    let old = before.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines.entries.len(), old + fit, "each must have one line");
    lines.have_once(&granted);
    seqs.sort_unstable();
    assert!(seqs.into_iter().eq(old as u64 + 1..=(old + fit) as u64), "no two may have the same entry");
    assert_eq!(desk.beside(), [""; 0]);
}

#[test]
fn of_64_processes_50_get_the_last_50_chips() {
    let numbers: Vec<String> = (0..PROCESSES).map(|n| format!("R{n}")).collect();
    let many = 10 * rounds();
    for _ in 0..many {
        let desk = Desk::with_limit(100);
        desk.ok("approve OLD a H200=50");
        let before = desk.bytes();
        let lines: Vec<String> = numbers.iter().map(|number| format!("approve {number} a H200=1")).collect();
        let said = race(&desk, &[], &lines);
        granted(&desk, &before, &said, &numbers, LAST, "ceiling-exceeded");
        desk.run("approve LATE a H200=1").refused("ceiling-exceeded");
    }
    println!("approvals: {many} rounds of {PROCESSES} processes, {LAST} granted in each");
}

#[test]
fn of_64_processes_50_get_the_last_50_of_a_licence() {
    let numbers: Vec<String> = (0..PROCESSES).map(|n| format!("R{n}")).collect();
    let many = 10 * rounds();
    for _ in 0..many {
        let desk = Desk::new();
        desk.ok("approve OLD a H200=100");
        desk.ok("ship SHIPPED --licence OLD H200=50");
        let before = desk.bytes();
        let lines: Vec<String> = numbers.iter().map(|number| format!("ship {number} --licence OLD H200=1")).collect();
        let said = race(&desk, &[], &lines);
        granted(&desk, &before, &said, &numbers, LAST, "balance-exceeded");
    }
    println!("shipments: {many} rounds of {PROCESSES} processes, {LAST} granted in each");
}

#[test]
fn one_number_from_64_processes_is_recorded_once() {
    let many = 5 * rounds();
    for _ in 0..many {
        let desk = Desk::with_limit(100);
        let old = desk.sound().entries.len();
        let said = race(&desk, &[], &vec!["approve SAME a H200=1".to_owned(); PROCESSES]);
        let recorded = said.iter().filter(|said| said.decision() == "recorded").count();
        let already = said.iter().filter(|said| said.decision() == "already-recorded").count();
        assert_eq!((recorded, already), (1, PROCESSES - 1));
        assert!(said.iter().all(|said| said.exit == Some(0) && said.document["entry"] == old + 1));
        let lines = desk.sound();
        assert_eq!(lines.entries.len(), old + 1);
        lines.have_once(&["SAME"]);
    }
    println!("the same number: {many} rounds of {PROCESSES} processes, one recorded in each");
}

#[test]
fn no_race_exceeds_a_ceiling_on_a_slow_disk() {
    if !can_trace() {
        return;
    }
    let numbers: Vec<String> = (0..6).map(|n| format!("R{n}")).collect();
    let lines: Vec<String> = numbers.iter().map(|number| format!("approve {number} a H200=1")).collect();
    // A delay between judgement and write, then between write and sync, then between sync and reading back.
    for slow in ["write:delay_enter=30000", "fdatasync:delay_enter=30000", "fdatasync:delay_exit=30000"] {
        for _ in 0..rounds() {
            let desk = Desk::with_limit(3);
            let before = desk.bytes();
            let slow = format!("inject={slow}");
            let strace = ["strace", "-qq", "-o", "/dev/null", "-P", "ledger.jsonl", "-e", &slow];
            let said = race(&desk, &strace, &lines);
            granted(&desk, &before, &said, &numbers, 3, "ceiling-exceeded");
        }
    }
}
