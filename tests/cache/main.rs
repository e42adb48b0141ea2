//! The fold cache changes no answer: a ledger with a cache and a copy without one give the same answers, after random
//! appends, edits of the ledger and damage to the cache.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on has failed")]

mod appended;
mod forged;
mod kept;
mod meddled;
mod said;
mod steps;

use chrono::{NaiveTime, TimeDelta};
use exquota::commands::Answer;
use exquota::commands::progress::Progress;
use exquota::commands::session::{Session, Writing};
use exquota::commands::verbs::{import, init};
use exquota::domain::event::Seq;
use exquota::report::medium::Medium;
use exquota::store::ledger::Access;
use exquota::store::ledger::file::LedgerFile;
use exquota::store::system::{Disk, System};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use said::said;
use std::cell::RefCell;
use std::fs::{self, File, FileTimes};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use steps::{Mischief, Step, approve_one, day, steps, writing};

const CUSTOMERS: &str = "id,name,country,parent\nc0,Zero,CN,\nc1,One,CN,c0\nc2,Two,HK,\n";

fn policy(limit: u64, unit: &str) -> String {
    format!(
        "name = \"p\"\nversion = \"{limit}\"\nstatus = \"scenario\"\n\
         [ceilings.customers]\nscope = \"customer\"\nlimit = {limit}\n\
         [ceilings.nation]\nscope = \"country\"\nlimit = 150\n\
         [ceilings.licensees]\nscope = \"licensee\"\nlimit = 80\ncounts = \"shipped\"\n\
         [country_groups]\nCN = [\"HK\"]\n\
         [chips.H200]\nequivalence = 1\n[chips.MI325X]\nequivalence = {unit}\n[chips.H20]\nequivalence = 0\n"
    )
}

/// Ceilings of every shape that sums by family, country, licensee and chip can't answer (R14).
const POOLED: &str = "
[ceilings.monthly]
scope = \"customer\"
limit = 30
window = { every = \"month\" }
[ceilings.arrived]
scope = [\"customer\", \"chip\", \"destination\"]
limit = 25
counts = \"installed\"
window = { every = \"month\", start = \"01-10\" }
[ceilings.everywhere]
scope = \"customer\"
limit = 50
elsewhere = true
[ceilings.share]
scope = \"chip\"
to = [\"CN\"]
share = { percent = 50, of = \"s\" }
";

/// A ledger in a folder of its own.
struct Desk {
    folder: tempfile::TempDir,
    cached_from: u64,
    watch: Arc<Watch>,
}

/// Notices that a whole ledger is read: only then does the program report progress.
#[derive(Debug, Default)]
struct Watch {
    read: AtomicBool,
}

impl Progress for Watch {
    fn at(&self, _: &str, _: u64, _: u64) {
        self.read.store(true, Ordering::Relaxed);
    }
}

impl Desk {
    /// A desk with a cache from the first entry on, or without a cache for ever.
    fn new(cached: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("policy-0.toml"), policy(60, "1")).unwrap();
        fs::write(folder.path().join("policy-1.toml"), policy(90, "0.5")).unwrap();
        fs::write(folder.path().join("policy-2.toml"), policy(80, "1") + POOLED).unwrap();
        fs::write(folder.path().join("policy-3.toml"), policy(70, "0.25") + &POOLED.replace("month", "quarter"))
            .unwrap();
        fs::write(folder.path().join("customers.csv"), CUSTOMERS).unwrap();
        fs::write(folder.path().join("serials.txt"), "S1\nS2\n").unwrap();
        Desk { folder, cached_from: if cached { 0 } else { u64::MAX }, watch: Arc::default() }
    }

    fn found(cached: bool) -> Self {
        Desk::found_on(cached, "policy-0.toml")
    }

    fn found_on(cached: bool, policy: &str) -> Self {
        let desk = Desk::new(cached);
        let request = init::Request {
            policy: desk.path(policy),
            customers: Some(desk.path("customers.csv")),
            ignore: Vec::new(),
        };
        let writing = Writing {
            date: Some(day(0)),
            by: exquota::domain::text::Text::new("w"),
            dry_run: false,
            expect_head: None,
            after_last: false,
            despite: None,
        };
        init::run(&desk.session(), &writing, &request).unwrap();
        desk
    }

    /// The same ledger at a desk without a cache.
    fn copy(&self) -> Self {
        let copy = Desk::new(false);
        fs::copy(self.ledger(), copy.ledger()).unwrap();
        copy
    }

    /// The contents of a cache made from a fold of the first `entries` entries.
    fn said_of(&self, entries: Seq) -> String {
        let desk = Desk::new(true);
        let ledger = fs::read(self.ledger()).unwrap();
        let lines: Vec<&[u8]> = ledger.split_inclusive(|byte| *byte == b'\n').take(entries as usize).collect();
        fs::write(desk.ledger(), lines.concat()).unwrap();
        desk.ask(&Step::Headroom { day: 60, by: None, of: None }).unwrap();
        said(&desk.ledger()).unwrap().1
    }

    /// Whether the program read the whole ledger since the last call of this.
    fn has_read(&self) -> bool {
        self.watch.read.swap(false, Ordering::Relaxed)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn ledger(&self) -> PathBuf {
        self.path("ledger.jsonl")
    }

    fn cache(&self) -> PathBuf {
        self.path("ledger.jsonl.cache")
    }

    fn session(&self) -> Session {
        let clock = day(60).and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(9);
        let system: Arc<dyn System> = Arc::new(Disk::new(Some(clock)));
        Session {
            access: Access::default(),
            ledger: Arc::new(LedgerFile::at(Arc::clone(&system), &self.ledger(), Duration::from_secs(10))),
            system,
            today: day(60),
            cached_from: self.cached_from,
            progress: Arc::<Watch>::clone(&self.watch),
        }
    }

    /// Everything the program prints, and the ledger's bytes after it.
    fn ask(&self, step: &Step) -> Option<(String, Vec<u8>)> {
        self.ask_in(&self.session(), step)
    }

    fn ask_in(&self, session: &Session, step: &Step) -> Option<(String, Vec<u8>)> {
        let told = match step.ask(session)? {
            Ok(Answer { document, exit, warnings }) => {
                format!("{exit:?}\n{warnings:?}\n{}\n{}", document.text(&Medium::PLAIN), document.json().unwrap())
            }
            Err(error) => format!("{error:#}"),
        };
        let told = told.replace(self.folder.path().to_str().unwrap(), "");
        Some((told, fs::read(self.ledger()).unwrap()))
    }
}

/// Carries out mischief with a cache and its ledger.
struct Mischiefs {
    olds: Vec<Vec<u8>>,
    /// The ledger's bytes before an edit or a torn line.
    sound: Option<Vec<u8>>,
}

impl Mischiefs {
    fn happen(&mut self, desk: &Desk, mischief: &Mischief) {
        let place_in = |bytes: &[u8], place: u64| (bytes.len() as u64 * place / 1000) as usize;
        let change = |path: &Path, change: &mut dyn FnMut(&mut Vec<u8>)| {
            if let Ok(mut bytes) = fs::read(path) {
                change(&mut bytes);
                fs::write(path, bytes).unwrap();
            }
        };
        match mischief {
            Mischief::Damage { place, bits } => change(&desk.cache(), &mut |bytes| {
                let place = place_in(bytes, *place);
                bytes[place] ^= bits;
            }),
            Mischief::Cut { place } => change(&desk.cache(), &mut |bytes| bytes.truncate(place_in(bytes, *place))),
            Mischief::Append { count } => {
                change(&desk.cache(), &mut |bytes| bytes.resize(bytes.len() + usize::from(*count), 7));
            }
            Mischief::PutBack { which } => {
                if let Some(old) = self.olds.get(usize::from(*which) % self.olds.len().max(1)) {
                    fs::write(desk.cache(), old).unwrap();
                }
            }
            Mischief::Edit { place } => {
                let sound = fs::read(desk.ledger()).unwrap();
                let before = fs::metadata(desk.ledger()).unwrap().modified().unwrap();
                change(&desk.ledger(), &mut |bytes| {
                    let place = place_in(bytes, *place);
                    bytes[place] = if bytes[place] == b'1' { b'2' } else { b'1' };
                });
                let times = FileTimes::new().set_modified(before);
                File::options().append(true).open(desk.ledger()).unwrap().set_times(times).unwrap();
                self.sound = Some(sound);
            }
            Mischief::Copy => {
                let copy = desk.path("copy");
                fs::copy(desk.ledger(), &copy).unwrap();
                fs::rename(copy, desk.ledger()).unwrap();
            }
            Mischief::Write(licence) => {
                let other = desk.copy();
                if approve_one(&other.session(), *licence).is_ok() {
                    let bytes = fs::read(other.ledger()).unwrap();
                    let written = bytes.strip_prefix(&fs::read(desk.ledger()).unwrap()[..]).unwrap();
                    File::options().append(true).open(desk.ledger()).unwrap().write_all(written).unwrap();
                }
            }
            Mischief::Tear => {
                self.sound = Some(fs::read(desk.ledger()).unwrap());
                File::options().append(true).open(desk.ledger()).unwrap().write_all(b"{\"v\":1,").unwrap();
            }
        }
    }

    /// Restores the ledger after the next step, if that step wrote nothing.
    fn end(&mut self, desk: &Desk, during: &[u8]) {
        if let Some(sound) = self.sound.take()
            && fs::read(desk.ledger()).unwrap() == during
        {
            fs::write(desk.ledger(), sound).unwrap();
        }
    }
}

/// How many questions a history asks, and how many of them the cache answered.
#[derive(Default)]
struct Tally {
    asked: u32,
    answered: u32,
}

impl Tally {
    fn live(&mut self, policy: &str, steps: &[Step]) -> Result<(), TestCaseError> {
        let desk = Desk::found_on(true, policy);
        let mut mischiefs = Mischiefs { olds: Vec::new(), sound: None };
        for step in steps {
            if let Step::Mischief(mischief) = step {
                if mischiefs.sound.is_none() {
                    mischiefs.happen(&desk, mischief);
                }
                continue;
            }
            let plain = desk.copy();
            let before = fs::read(desk.ledger()).unwrap();
            desk.has_read();
            let (with, without) = (desk.ask(step).unwrap(), plain.ask(step).unwrap());
            prop_assert_eq!(&with.0, &without.0, "{:?}", step);
            prop_assert!(with.1 == without.1, "other bytes after {step:?}");
            prop_assert!(!plain.cache().exists());
            if let Some((entries, told)) = said(&desk.ledger()) {
                prop_assert_eq!(told, desk.said_of(entries), "{:?}", step);
            }
            self.asked += 1;
            self.answered += u32::from(!desk.has_read());
            mischiefs.end(&desk, &before);
            mischiefs.olds.extend(fs::read(desk.cache()));
        }
        Ok(())
    }
}

#[test]
fn the_cache_changes_no_answer() {
    lives_on("policy-0.toml");
}

#[test]
fn the_cache_changes_no_answer_about_windows_destinations_and_shares() {
    lives_on("policy-2.toml");
}

/// Random histories that begin with a policy. The cache must answer a fair part of their questions.
fn lives_on(policy: &str) {
    let tally = RefCell::new(Tally::default());
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() });
    runner.run(&steps(), |steps| tally.borrow_mut().live(policy, &steps)).unwrap_or_else(|error| panic!("{error}"));
    let Tally { asked, answered } = tally.into_inner();
    assert!(answered * 5 > asked, "{answered} of {asked}");
}

#[test]
fn a_fold_leaves_a_cache_and_the_next_answer_needs_no_fold() {
    let desk = Desk::found(true);
    let headroom = Step::Headroom { day: 60, by: None, of: None };
    desk.ask(&headroom).unwrap();
    assert!(desk.has_read());
    let (ledger, cache) = (fs::metadata(desk.ledger()).unwrap(), fs::metadata(desk.cache()).unwrap());
    assert_eq!(cache.permissions(), ledger.permissions());
    desk.ask(&headroom).unwrap();
    assert!(!desk.has_read());
    for licence in 0..3 {
        approve_one(&desk.session(), licence).unwrap();
        assert!(!desk.has_read(), "a writer must stamp the cache");
    }
    fs::write(desk.ledger(), fs::read(desk.ledger()).unwrap()).unwrap();
    desk.ask(&headroom).unwrap();
    assert!(desk.has_read(), "another program wrote the same bytes again");
    desk.ask(&headroom).unwrap();
    assert!(!desk.has_read());
}

#[test]
fn an_import_needs_a_fold_and_the_next_answer_does_not() {
    let desk = Desk::busy();
    let filings =
        "licence,customer,chip,quantity,date,reference\nL10,C0,H20,7,2026-03-02,\nL10,,H20,3,2026-03-02,X10\n";
    fs::write(desk.path("filings.csv"), filings).unwrap();
    let request = import::Request { file: desk.path("filings.csv"), ignore: Vec::new(), partial: false };
    let answer = import::run(&desk.session(), &writing(60, false, false), &request).unwrap();
    assert!(answer.document.text(&Medium::PLAIN).contains("2 entries"), "{}", answer.document.text(&Medium::PLAIN));
    assert!(desk.has_read());
    let told = desk.same(&Step::shipment_of_nothing_counted(11, 10));
    assert!(told.contains("\"recorded\""), "{told}");
    assert!(desk.same(&Step::shipment_of_nothing_counted(10, 10)).contains("reference-exists"));
}

#[test]
fn a_short_ledger_gets_no_cache() {
    let desk = Desk { cached_from: 5, ..Desk::found(true) };
    let headroom = Step::Headroom { day: 60, by: None, of: None };
    desk.ask(&headroom).unwrap();
    assert!(!desk.cache().exists(), "four entries");
    approve_one(&desk.session(), 1).unwrap();
    desk.ask(&headroom).unwrap();
    assert!(desk.cache().exists(), "five");
}

#[test]
fn appended_entries_go_into_the_cache_without_a_fold() {
    let desk = Desk::found(true);
    desk.ask(&Step::Headroom { day: 60, by: None, of: None }).unwrap();
    desk.has_read();
    let mut folded: Vec<Seq> = Vec::new();
    let mut read = Vec::new();
    for number in 0..=u8::MAX {
        for step in [Step::approval_of_nothing_counted(number), Step::shipment_of_nothing_counted(number, number / 2)] {
            let told = desk.ask(&step).unwrap().0;
            assert!(told.contains("\"recorded\""), "{step:?}: {told}");
        }
        if let Some((entries, told)) = said(&desk.ledger()).filter(|(entries, _)| folded.last() != Some(entries)) {
            assert_eq!(told, desk.said_of(entries));
            folded.push(entries);
        }
        if desk.has_read() {
            read.push(folded.len());
        }
    }
    let gaps: Vec<Seq> = folded.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(read, [52, 103], "the program folds all again after the first cache and fifty that extended it");
    assert!(gaps[..50].is_sorted() && gaps[49] > gaps[0], "a larger cache must wait for more entries: {gaps:?}");
}

#[test]
fn a_cache_of_mostly_dead_records_is_rebuilt() {
    let desk = Desk::found(true);
    desk.ask(&Step::approval_of_nothing_counted(1)).unwrap();
    desk.ask(&Step::Headroom { day: 60, by: None, of: None }).unwrap();
    desk.has_read();
    let folds = (0..100).filter(|number| {
        desk.ask(&Step::shipment_of_nothing_counted(*number, 1)).unwrap();
        desk.has_read()
    });
    let folds = folds.count();
    assert!((1..30).contains(&folds), "{folds}");
}

#[test]
fn a_cache_that_cannot_be_made_changes_no_answer() {
    let desk = Desk::found(true);
    // A folder stands where the program would put the cache together.
    fs::create_dir(desk.path("ledger.jsonl.cache.new")).unwrap();
    let headroom = Step::Headroom { day: 60, by: None, of: None };
    let told = desk.ask(&headroom).unwrap();
    assert_eq!(told, desk.copy().ask(&headroom).unwrap());
    assert!(!desk.cache().exists());
}

impl Desk {
    /// Makes a cache of all recorded entries.
    fn fold(&self) {
        fs::remove_file(self.cache()).unwrap();
        self.ask(&Step::Headroom { day: 60, by: None, of: None }).unwrap();
        assert!(self.cache().exists());
        self.has_read();
    }

    /// The answer, which must come from the cache and equal the answer of a fold.
    fn same(&self, step: &Step) -> String {
        let plain = self.copy();
        let (with, without) = (self.ask(step).unwrap(), plain.ask(step).unwrap());
        assert_eq!(with.0, without.0, "{step:?}");
        assert!(with.1 == without.1 && !self.has_read(), "{step:?}");
        with.0
    }

    /// A desk where customers 0 and 2 have used all of their ceilings, the second one until the 65th day.
    fn busy() -> Self {
        let desk = Desk::found(true);
        for step in [
            Step::approval(1, 0, 60, None, false),
            Step::approval(2, 2, 60, Some(65), false),
            Step::shipment(1, 1, 5),
            Step::approval(3, 2, 1, None, true),
            Step::approval(4, 2, 2, None, true),
            Step::Void(9),
        ] {
            let told = desk.ask(&step).unwrap().0;
            assert!(told.contains("\"recorded\""), "{step:?}: {told}");
        }
        desk.fold();
        desk
    }
}

#[test]
fn d43_the_next_window_of_a_policy_in_the_cache_is_known() {
    let desk = Desk::found(true);
    for step in [Step::Adopt(2, 60), Step::approval(1, 2, 6, None, false)] {
        let told = desk.ask(&step).unwrap().0;
        assert!(told.contains("\"recorded\""), "{step:?}: {told}");
    }
    desk.fold();
    assert!(desk.same(&Step::check(2, 25)).contains("would pass from 2026-04-01 on"));
}

#[test]
fn r11_a_reference_in_the_cache_is_known() {
    let desk = Desk::busy();
    assert!(desk.same(&Step::shipment(1, 1, 5)).contains("already-recorded"));
    assert!(desk.same(&Step::shipment(1, 1, 6)).contains("reference-exists"));
    assert!(desk.same(&Step::approval(1, 0, 60, None, false)).contains("already-recorded"));
    assert!(desk.same(&Step::approval(2, 0, 1, None, false)).contains("licence-exists"));
    assert!(desk.same(&Step::shipment(2, 1, 55)).contains("\"recorded\""));
    assert!(desk.same(&Step::shipment(3, 1, 1)).contains("balance-exceeded"));
}

#[test]
fn d9_a_later_lapse_is_known_from_the_cache() {
    let desk = Desk::busy();
    let told = desk.same(&Step::check(2, 10));
    assert!(told.contains("\"fits_from\": \"2026-03-08\""), "{told}");
}

#[test]
fn d3_a_voided_violation_is_none() {
    let desk = Desk::busy();
    let told = desk.same(&Step::Headroom { day: 60, by: None, of: None });
    assert!(told.contains("\"violations\": [\n    8\n  ]"), "{told}");
}

#[test]
fn no_damage_changes_an_answer() {
    let desk = Desk::busy();
    let step = Step::Headroom { day: 60, by: None, of: None };
    let expected = desk.copy().ask(&step).unwrap();
    let sound = fs::read(desk.cache()).unwrap();
    for place in (0..sound.len()).step_by(sound.len() / 400) {
        let mut damaged = sound.clone();
        damaged[place] ^= 1;
        fs::write(desk.cache(), damaged).unwrap();
        assert_eq!(desk.ask(&step).unwrap(), expected, "byte {place}");
    }
}

#[test]
fn a_pipe_is_no_cache() {
    let desk = Desk::found(true);
    assert!(std::process::Command::new("mkfifo").arg(desk.cache()).status().unwrap().success());
    // The program must not wait for a writer to the pipe. It then puts a cache in the pipe's place.
    let headroom = Step::Headroom { day: 60, by: None, of: None };
    let told = desk.ask(&headroom).unwrap();
    assert_eq!(told, desk.copy().ask(&headroom).unwrap());
    desk.has_read();
    desk.same(&headroom);
}

/// Every ledger among the fixtures.
fn ledgers(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            ledgers(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "jsonl") {
            found.push(path);
        }
    }
}

#[test]
fn every_fixture_has_the_same_answers_with_a_cache() {
    let mut found = Vec::new();
    ledgers(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut found);
    let mut answered = 0;
    for ledger in found {
        let desk = Desk::new(true);
        fs::write(desk.ledger(), fs::read(&ledger).unwrap()).unwrap();
        let days = [60, 100, 400, 2000];
        let headrooms = days.into_iter().flat_map(|day| [None, Some(0), Some(3)].map(|by| (day, by)));
        for (day, by) in headrooms {
            let step = Step::Headroom { day, by, of: None };
            let plain = desk.copy();
            assert_eq!(desk.ask(&step).unwrap(), plain.ask(&step).unwrap(), "{}: {step:?}", ledger.display());
            answered += u32::from(!desk.has_read());
        }
    }
    assert!(answered > 200, "a cache answered only {answered}");
}
