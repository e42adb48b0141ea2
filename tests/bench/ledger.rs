//! `cargo bench`: the time that reading, folding and judging a ledger takes. Compare times only within one run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

#[path = "../support/made.rs"]
mod made;

use chrono::{NaiveDate, NaiveTime};
use divan::{Bencher, black_box, counter::ItemsCount};
use exquota::commands::progress::{Progress, Unwatched};
use exquota::commands::session::Opened;
use exquota::domain::book::Proposal;
use exquota::domain::event::{Approval, Entry, Event, OrderedMap};
use exquota::domain::judge::Asked;
use exquota::domain::text::{ChipName, CustomerId, LicenceNumber, Name, Text};
use exquota::store::ledger::Ledger;
use exquota::store::ledger::file::LedgerFile;
use exquota::store::ledger::read::Reader;
use exquota::store::ledger::source::Source;
use exquota::store::record::read_line;
use exquota::store::system::Disk;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

fn main() {
    divan::main();
}

const SIZES: [u64; 3] = [1_000, 10_000, 100_000];

fn opened(source: Rc<Source>) -> Opened {
    let unwatched: Arc<dyn Progress> = Arc::new(Unwatched);
    Opened::whole(source, &unwatched).unwrap()
}

/// Hashes and parses every line.
#[divan::bench(args = SIZES)]
fn read(bencher: Bencher<'_, '_>, entries: u64) {
    let bytes = made::ledger(entries, 0);
    bencher
        .counter(ItemsCount::new(entries))
        .bench(|| Reader::new(black_box(bytes.as_slice())).filter(Result::is_ok).count());
}

/// Parses every line, without its place in the chain.
#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher<'_, '_>, entries: u64) {
    let bytes = made::ledger(entries, 0);
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    bencher
        .counter(ItemsCount::new(entries))
        .bench(|| lines.iter().filter(|line| read_line(black_box(line), 1).is_ok()).count());
}

/// Hashes, parses, judges and folds every line. The time is linear in the number of entries.
#[divan::bench(args = SIZES)]
fn fold(bencher: Bencher<'_, '_>, entries: u64) {
    let bytes = made::ledger(entries, 0);
    bencher
        .counter(ItemsCount::new(entries))
        .with_inputs(|| Rc::new(Source::of_bytes(Path::new("made"), bytes.clone())))
        .bench_values(|source| opened(black_box(source)).book.next_seq());
}

/// The ceilings of a policy with a year's window, a measure and a share, or the same three without them.
fn ceilings(shaped: bool) -> String {
    let policy = include_str!("../../policies/china-cap-2026-03.toml");
    let (head, rest) = policy.split_once("[ceilings.per-customer]").unwrap();
    let (_, chips) = rest.split_once("[chips.H200]").unwrap();
    let [window, measure, share] = if shaped {
        [
            "window = { every = \"year\" }",
            "measure = \"tpp\"",
            "to = [\"CN\", \"MO\"]\nshare = { percent = 50, of = \"us-end-use\" }",
        ]
    } else {
        ["", "", "limit = 900_000_000_000"]
    };
    format!(
        "{head}[ceilings.per-customer]\nscope = \"customer\"\nlimit = 75_000\n{window}\n\
         [ceilings.national]\nscope = \"country\"\nlimit = 900_000_000_000\n{measure}\n\
         [ceilings.share]\nscope = \"chip\"\n{share}\n[chips.H200]{chips}"
    )
}

/// The same as `fold`, under three ceilings: plain ones, and ones with a window, a measure and a share (R14).
#[divan::bench(args = [false, true])]
fn fold_shaped(bencher: Bencher<'_, '_>, shaped: bool) {
    let bytes = made::under(&ceilings(shaped), 100_000, 0);
    bencher
        .with_inputs(|| Rc::new(Source::of_bytes(Path::new("made"), bytes.clone())))
        .bench_values(|source| opened(black_box(source)).book.next_seq());
}

/// The same as `fold`, with every tenth entry up to 30 days late.
#[divan::bench(args = SIZES)]
fn fold_late(bencher: Bencher<'_, '_>, entries: u64) {
    let bytes = made::ledger(entries, 30);
    bencher
        .counter(ItemsCount::new(entries))
        .with_inputs(|| Rc::new(Source::of_bytes(Path::new("made"), bytes.clone())))
        .bench_values(|source| opened(black_box(source)).book.next_seq());
}

/// Judges an approval after the last entry against every ceiling. The larger one is refused, so this also finds the
/// largest quantity that would fit (R12).
#[divan::bench(args = [600, 80_000])]
fn judge(bencher: Bencher<'_, '_>, chips: u64) {
    let mut book = opened(Rc::new(Source::of_bytes(Path::new("made"), made::ledger(10_000, 0)))).book;
    bencher.bench_local(|| book.propose(proposal(book.next_seq(), "", chips, Asked::Check { held_by: None })).unwrap());
}

/// Writes a line, syncs it and reads it back: the time that the disk takes.
#[divan::bench]
fn append(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    std::fs::write(&path, made::ledger(1_000, 0)).unwrap();
    let mut writer = LedgerFile::at(Arc::new(Disk::new(None)), &path, Duration::ZERO).write().unwrap();
    let Opened { mut book, mut head, .. } = opened(Rc::new(writer.source().unwrap()));
    bencher.bench_local(|| {
        let seq = book.next_seq();
        let (_, admitted) = book.enter(proposal(seq, &format!("Z{seq:07}"), 1, Asked::Record)).unwrap();
        head = writer.append(&[admitted.unwrap()], &head).unwrap();
    });
}

/// An approval on the day after the last entries.
fn proposal(seq: u64, licence: &str, chips: u64, asked: Asked) -> Proposal {
    let date = NaiveDate::from_ymd_opt(2030, 6, 1).unwrap();
    let stated = |name: &str| (Name::new(name), Text::new("stated"));
    let approval = Approval {
        licence: LicenceNumber::new(licence),
        customer: CustomerId::new("customer-01"),
        items: OrderedMap::new(vec![(ChipName::new("H200"), chips)]),
        value: None,
        expires: None,
        destination: None,
        licensee: None,
        replaces: None,
        attestations: OrderedMap::new(vec![stated("us-availability"), stated("customer-due-diligence")]),
    };
    let entry = Entry {
        seq,
        recorded_at: date.and_time(NaiveTime::MIN).and_utc(),
        recorded_by: Text::new("b"),
        date,
        despite: None,
        event: Event::Approval(approval),
    };
    Proposal { entry, asked, head_moved: None }
}

/// Runs a whole `check`, from the file to the answer. The larger ledgers have a cache after the first run.
#[divan::bench(args = [900, 10_000, 100_000])]
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
