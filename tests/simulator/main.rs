//! Runs whole commands on a simulated machine. Writers interleave at every step. Any step may fail, be done in part, or
//! kill its writer. A power loss keeps any beginning of the changes that were not synced.
//!
//! After all that, every acknowledged line is in the file. The file holds only whole lines that were judged, and no
//! race exceeds a ceiling.
//!
//! A failure names its seed, and `EXQUOTA_SEED=N` runs that history again. `EXQUOTA_HISTORIES=N` sets their number.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]
#![allow(clippy::print_stdout, reason = "the test prints how much it did")]

mod dice;
mod files;
mod history;
mod machine;
mod storage;

use history::Setting;
use machine::Tally;
use std::sync::atomic::{AtomicU64, Ordering};

const HISTORIES: u64 = 100_000;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

#[test]
fn no_acknowledged_line_is_lost_and_no_race_exceeds_a_ceiling() {
    let setting = Setting::new();
    if let Some(seed) = number("EXQUOTA_SEED") {
        println!("{:?}", history::run(&setting, seed));
        return;
    }
    let histories = number("EXQUOTA_HISTORIES").unwrap_or(HISTORIES);
    let next = AtomicU64::new(0);
    let side_by_side = std::thread::available_parallelism().map_or(2, usize::from);
    let mut sum = Tally::default();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..side_by_side)
            .map(|_| {
                scope.spawn(|| {
                    let mut sum = Tally::default();
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= histories {
                            return sum;
                        }
                        sum.add(&history::run(&setting, seed));
                    }
                })
            })
            .collect();
        for thread in threads {
            sum.add(&thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
    println!(
        "{histories} histories: {} steps, {} switches, {} faults, {} kills, {} power losses",
        sum.steps, sum.switches, sum.faults, sum.kills, sum.power_losses
    );
    // The test proves nothing if nothing happens on its machine.
    for happened in [sum.switches, sum.faults, sum.kills, sum.power_losses] {
        assert!(happened * 10 > histories, "{sum:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let setting = Setting::new();
    let traces: Vec<Tally> = (0..300).map(|seed| history::run(&setting, seed)).collect();
    for (seed, before) in (0..).zip(&traces) {
        assert_eq!(history::run(&setting, seed), *before, "seed {seed}");
    }
    assert!(traces.iter().any(|tally| tally.trace != traces[0].trace));
}
