//! Appends that race, and appends whose desk, connection or server dies.

use crate::desk::{Desk, Said};
use crate::rounds;
use crate::server::Server;
use crate::tools::{has, may_run};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const DATE: &str = "--date 2026-02-01 --lock-timeout 60";

/// How often each licence stands in a ledger, after a fresh desk has found it valid.
fn licences(server: &Server, ledger: &str) -> BTreeMap<String, usize> {
    Desk::at(server, ledger).run("validate").ends(0);
    let mut found = BTreeMap::new();
    for line in server.lines(ledger) {
        if let Some((_, rest)) = line.split_once("\"approval\":{\"licence\":\"") {
            *found.entry(rest.split('"').next().unwrap().to_owned()).or_default() += 1;
        }
    }
    found
}

#[test]
fn sixteen_desks_race_for_the_last_fifty_chips() {
    let Some(server) = Server::start() else { return };
    let wanted = 12 * rounds();
    let (mut recorded, mut refused) = (0, 0);
    for round in 0..wanted {
        let ledger = format!("race{round}");
        let desks: Vec<_> = (0..16).map(|_| Desk::at(&server, &ledger)).collect();
        desks[0].found(1000);
        desks[0].run(&format!("approve FIRST a H200=950 {DATE}")).ends(0);
        let running: Vec<_> = (0..16)
            .map(|n| desks[n].command(&format!("approve L{n} a H200={} {DATE}", 5 + n % 2 * 5)).spawn().unwrap())
            .collect();
        let mut chips = 950;
        for (n, child) in running.into_iter().enumerate() {
            let said = Said::of(child.wait_with_output().unwrap());
            match said.exit {
                Some(0) => (recorded, chips) = (recorded + 1, chips + 5 + n % 2 * 5),
                Some(1) => refused += 1,
                _ => panic!("{said:?}"),
            }
        }
        assert_eq!(chips, 1000, "all of the last 50, and no more");
        let headroom = desks[3].run("headroom --json").json();
        assert_eq!(headroom["rows"][0]["used"], 1000);
        let found = licences(&server, &ledger);
        assert!(found.values().all(|times| *times == 1));
    }
    println!(
        "race: {wanted} rounds of 16 desks, {recorded} recorded, {refused} refused, ceilings passed: 0, entries lost: 0"
    );
}

#[test]
fn a_desk_is_killed_at_every_step_of_an_append() {
    let Some(server) = Server::start() else { return };
    let traces = || Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).status().unwrap().success();
    if !has("strace") || !may_run("tracing", traces()) {
        return;
    }
    let desk = Desk::at(&server, "killed");
    desk.found(1_000_000);
    let (mut kills, mut recorded) = (0, 0);
    for call in
        ["openat", "flock", "pread64", "write", "clone3", "sendto", "poll", "recvfrom", "futex", "close", "munmap"]
    {
        // Each thread counts its own calls.
        for step in 1.. {
            let line = format!("approve {call}{step} a H200=1 {DATE}");
            let mut strace = Command::new("strace");
            let inject = format!("inject={call}:signal=SIGKILL:when={step}");
            strace.args(["-f", "-qq", "-o", "/dev/null", "-e", &inject, env!("CARGO_BIN_EXE_exquota")]);
            let said = Said::of(desk.dress(strace.args(shlex::split(&line).unwrap())).output().unwrap());
            recorded += 1;
            if said.exit == Some(0) {
                break;
            }
            kills += 1;
            desk.run(&line).ends(0);
        }
    }
    let found = licences(&server, "killed");
    assert_eq!(found.len(), recorded);
    assert!(found.values().all(|times| *times == 1), "{found:?}");
    println!("kills: {kills} at the calls of each thread, entries lost: 0, recorded twice: 0");
}

#[test]
fn a_desk_is_killed_while_the_server_commits() {
    let Some(server) = Server::start() else { return };
    let kills = 8 * rounds();
    let desk = Desk::at(&server, "killed");
    desk.found(1_000_000);
    server.sql(
        "quotas",
        "create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(0.4); return null; end'; \
         create constraint trigger slow after insert on exquota_line deferrable initially deferred for each row execute function slow()",
    );
    let under_way = "select count(*) from pg_stat_activity where state = 'active' and query like 'insert into public.exquota_line%'";
    for kill in 0..kills {
        let line = format!("approve K{kill} a H200=1 {DATE}");
        let mut child = desk.command(&line).spawn().unwrap();
        while server.sql("quotas", under_way) == "0" {
            thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // The same command at once meets the first one, which the server has not finished.
        let again = desk.run(&line).ends(0);
        assert!(again.contains("ALREADY RECORDED"), "{again}");
    }
    let found = licences(&server, "killed");
    assert_eq!(found.len(), kills);
    assert!(found.values().all(|times| *times == 1), "{found:?}");
    println!("kills: {kills} while the server commits, {kills} found by the same command, recorded twice: 0");
}

/// Lets three desks append until `trouble` has been made, and checks that what they were told is so.
fn under(server: &Server, ledger: &str, trouble: impl FnOnce() + Send) -> (usize, usize) {
    Desk::at(server, ledger).found(1_000_000);
    let (done, unknown) = (AtomicBool::new(false), AtomicUsize::new(0));
    let acknowledged: Vec<String> = thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let (done, unknown) = (&done, &unknown);
                scope.spawn(move || {
                    let desk = Desk::at(server, ledger);
                    let mut heard = Vec::new();
                    for n in 0.. {
                        if done.load(Ordering::Relaxed) {
                            return heard;
                        }
                        let licence = format!("W{writer}N{n}");
                        let line = format!("approve {licence} a H200=1 --date 2026-02-01 --lock-timeout 3");
                        let mut said = desk.run(&line);
                        while said.exit != Some(0) {
                            assert_eq!(said.exit, Some(4), "{said:?}");
                            unknown.fetch_add(usize::from(said.stderr.contains("unknown whether")), Ordering::Relaxed);
                            assert!(!done.load(Ordering::Relaxed) || heard.len() < 100_000);
                            thread::sleep(Duration::from_millis(50));
                            said = desk.run(&line);
                        }
                        heard.push(licence);
                    }
                    heard
                })
            })
            .collect();
        trouble();
        done.store(true, Ordering::Relaxed);
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    let found = licences(server, ledger);
    assert!(acknowledged.iter().all(|licence| found.get(licence) == Some(&1)), "an acknowledged entry is lost");
    assert_eq!(found.len(), acknowledged.len());
    (acknowledged.len(), unknown.into_inner())
}

#[test]
fn the_server_stops_in_the_middle_of_commits() {
    let Some(server) = Server::start() else { return };
    let stops = 6 * rounds();
    // A server that does not wait for its disk by default must not change what is promised.
    server.sql("quotas", "alter database quotas set synchronous_commit = off");
    let (entries, unknown) = under(&server, "stopped", || {
        for stop in 0..stops {
            thread::sleep(Duration::from_millis(300 + 37 * stop as u64));
            server.stop();
            server.go_on();
        }
        thread::sleep(Duration::from_millis(300));
    });
    println!(
        "stops: {stops} immediate, {entries} acknowledged, {unknown} times unknown, entries lost: 0, recorded twice: 0"
    );
}

#[test]
fn backends_are_terminated_at_their_commit() {
    let Some(server) = Server::start() else { return };
    let wanted = 40 * rounds();
    let mut terminated = 0;
    let (entries, unknown) = under(&server, "terminated", || {
        let sql = "select count(pg_terminate_backend(pid)) from pg_stat_activity where query like 'insert into public.exquota_line%' \
                   and pid <> pg_backend_pid()";
        // One session asks many times, so that it meets statements under way.
        let many = vec![sql; 50].join("; select pg_sleep(0.002); ");
        for _ in 0..600 {
            let told = server.sql("quotas", &many);
            terminated += told.lines().filter_map(|count| count.parse::<usize>().ok()).sum::<usize>();
            if terminated >= wanted {
                return;
            }
        }
    });
    assert!(terminated > 0);
    println!(
        "backends: {terminated} terminated, {entries} acknowledged, {unknown} times unknown, entries lost: 0, recorded twice: 0"
    );
}
