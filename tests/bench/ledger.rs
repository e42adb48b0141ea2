//! `cargo bench`: what a ledger costs to read, fold and judge. Figures are for comparing within one run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

#[path = "../support/made.rs"]
mod made;

use divan::{Bencher, black_box, counter::ItemsCount};
use exquota::commands::progress::Unwatched;
use exquota::commands::session::open;
use exquota::store::ledger::read::Reader;
use exquota::store::ledger::source::Source;
use std::path::Path;

fn main() {
    divan::main();
}

const SIZES: [u64; 3] = [1_000, 10_000, 100_000];

/// Hash and parse every line.
#[divan::bench(args = SIZES)]
fn read(bencher: Bencher<'_, '_>, entries: u64) {
    let bytes = made::ledger(entries, 0);
    bencher.counter(ItemsCount::new(entries)).bench(|| Reader::new(black_box(&bytes)).filter(Result::is_ok).count());
}

/// Hash, parse, judge and fold every line: linear in the number of entries.
#[divan::bench(args = SIZES)]
fn fold(bencher: Bencher<'_, '_>, entries: u64) {
    let bytes = made::ledger(entries, 0);
    bencher
        .counter(ItemsCount::new(entries))
        .with_inputs(|| Source::of_bytes(bytes.clone()))
        .bench_values(|source| open(Path::new("made"), black_box(source), None, &Unwatched).is_ok());
}

/// The same with every tenth shipment up to 30 days late.
#[divan::bench(args = SIZES)]
fn fold_late(bencher: Bencher<'_, '_>, entries: u64) {
    let bytes = made::ledger(entries, 30);
    bencher
        .counter(ItemsCount::new(entries))
        .with_inputs(|| Source::of_bytes(bytes.clone()))
        .bench_values(|source| open(Path::new("made"), black_box(source), None, &Unwatched).is_ok());
}

/// One whole `check`, from the file to the answer.
#[divan::bench(args = [1_000, 10_000])]
fn check(bencher: Bencher<'_, '_>, entries: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = folder.path().join("ledger.jsonl");
    std::fs::write(&ledger, made::ledger(entries, 0)).expect("a ledger");
    let args = ["exquota", "check", "customer-01", "H200=60000", "MI325X=20000", "--date", "2030-06-01", "--ledger"];
    let args: Vec<String> = args.into_iter().map(str::to_owned).chain([ledger.display().to_string()]).collect();
    bencher.bench(|| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        exquota::run(black_box(&args), &mut out, &mut err)
    });
}
