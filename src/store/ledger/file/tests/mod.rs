//! The ledger file on a real file system: what a write does, and what stops it.

mod hiccups;
mod recovery;
mod settled;

use super::*;
use crate::domain::event::{Entry, Event, Void};
use crate::domain::text::Text;
use crate::store::ledger::read::Reader;
use crate::store::ledger::recording_time;
use crate::store::record::sha256;
use crate::store::record::tests::arbitrary::{POLICY, adoption};
use crate::store::system::{Disk, FileClock, MODE, with_suffix};
use chrono::{DateTime, TimeDelta, Utc};
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::LazyLock;
use tempfile::TempDir;

const NOW: Duration = Duration::ZERO;

/// The machine that the tests run on.
fn system() -> Arc<dyn System> {
    static DISK: LazyLock<Arc<Disk>> = LazyLock::new(|| Arc::new(Disk::new(None)));
    Arc::clone(&*DISK) as Arc<dyn System>
}

fn at(path: &Path, patience: Duration) -> LedgerFile {
    LedgerFile::at(system(), path, patience)
}

fn lock(path: &Path, patience: Duration) -> Result<Locked, LedgerError> {
    Locked::open(&at(path, patience))
}

fn read_for_answer(path: &Path) -> Result<Vec<u8>, LedgerError> {
    let mut bytes = Vec::new();
    let read = at(path, NOW).open()?.from(0).read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|error| cannot_read(path, error))
}

fn create(path: &Path, entries: &[Admitted]) -> Result<Digest, LedgerError> {
    at(path, NOW).create(entries)
}

fn must_not_exist(path: &Path) -> Result<(), LedgerError> {
    at(path, NOW).must_not_exist()
}

fn recover(path: &Path) -> Result<Recovered, LedgerError> {
    at(path, NOW).recover()
}

/// A folder with a ledger of one line.
struct Desk {
    folder: TempDir,
    path: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("ledger.jsonl");
        create(&path, &[policy()]).unwrap();
        Desk { folder, path }
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        with_suffix(&self.path, suffix)
    }

    fn open(&self) -> Result<Locked, LedgerError> {
        lock(&self.path, NOW)
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap()
    }

    /// Every name in the folder.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn time(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_000_000 + second, 0).unwrap()
}

fn entry(seq: u64, event: Event) -> Admitted {
    let recorded_at = time(i64::try_from(seq).unwrap());
    let (recorded_by, date) = (Text::new("a"), recorded_at.date_naive());
    Admitted::unjudged(Entry { seq, recorded_at, recorded_by, date, despite: None, event })
}

fn policy() -> Admitted {
    entry(1, Event::Policy(adoption(POLICY)))
}

fn void(seq: u64) -> Admitted {
    entry(seq, Event::Void(Void { entry: 1, reason: Text::new("x") }))
}

fn head_of(bytes: &[u8]) -> Digest {
    let mut reader = Reader::new(bytes);
    assert_eq!(reader.by_ref().flat_map(Result::err).flatten().collect::<Vec<_>>(), []);
    reader.head()
}

#[test]
fn appended_lines_are_in_the_file_and_chained() {
    let desk = Desk::new();
    let mode = fs::metadata(&desk.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o137, 0, "others nothing, the group no writing: {mode:o}");

    let mut locked = desk.open().unwrap();
    let first = head_of(&desk.bytes());
    let second = locked.append(&[void(2)], &first).unwrap();
    let third = locked.append(&[void(3), void(4)], &second).unwrap();
    assert_eq!(head_of(&desk.bytes()), third);
    assert_eq!(desk.bytes().iter().filter(|byte| **byte == b'\n').count(), 4);
    assert_eq!(locked.append(&[], &third).unwrap(), third);
    drop(locked);
    assert_eq!(head_of(&desk.bytes()), third);
    assert_eq!(read_for_answer(&desk.path).unwrap(), desk.bytes());
    assert_eq!(desk.names(), ["ledger.jsonl"], "nothing else is left");
}

#[test]
fn a_writer_appends_only_to_the_judged_head() {
    let desk = Desk::new();
    let before = desk.bytes();
    let mut locked = desk.open().unwrap();
    let error = locked.append(&[void(2)], &Digest::ZERO).unwrap_err();
    assert!(matches!(error, LedgerError::HeadMoved { judged: Digest::ZERO, .. }), "{error}");
    assert_eq!(desk.bytes(), before);
}

#[test]
fn no_line_is_written_that_the_reader_would_refuse() {
    let desk = Desk::new();
    let before = desk.bytes();
    let mut locked = desk.open().unwrap();
    let head = head_of(&before);
    let mut long = void(2).entry().clone();
    long.recorded_by = Text::new("a".repeat(513));
    let mut early = void(2).entry().clone();
    early.recorded_at = time(0);
    let mut fine = void(2).entry().clone();
    fine.recorded_at += TimeDelta::milliseconds(1);
    for (entry, code) in [
        (long, FaultCode::FieldInvalid),
        (early, FaultCode::TimeBack),
        (fine, FaultCode::FieldInvalid),
        (void(3).entry().clone(), FaultCode::SeqGap),
    ] {
        let error = locked.append(&[Admitted::unjudged(entry)], &head).unwrap_err();
        assert_eq!(error.faults()[0].code, code);
        assert_eq!(desk.bytes(), before);
    }
    assert!(locked.append(&[void(2)], &head).is_ok(), "a refused entry spoils nothing");
}

#[test]
fn a_torn_tail_is_set_aside_before_the_next_line() {
    let desk = Desk::new();
    let whole = desk.bytes();
    let torn_bytes = b"{\"v\":1,\"se";
    let aside = desk.beside(&format!(".torn-{}-{}", whole.len(), &sha256(torn_bytes).to_string()[..16]));
    // The tail alone; then a writer was killed while it copied the tail; then it was killed before it cut the tail off.
    for kept in [None, Some(&torn_bytes[..3]), Some(&torn_bytes[..])] {
        fs::write(&desk.path, [&whole, &torn_bytes[..]].concat()).unwrap();
        if let Some(kept) = kept {
            fs::write(&aside, kept).unwrap();
        }
        let mut locked = desk.open().unwrap();
        let head = head_of(&desk.bytes());
        let new_head = locked.append(&[void(2)], &head).unwrap();
        assert_eq!(head_of(&desk.bytes()), new_head);
        assert!(desk.bytes().starts_with(&whole));
        assert_eq!(fs::read(&aside).unwrap(), torn_bytes);
        fs::remove_file(&aside).unwrap();
        assert_eq!(desk.names(), ["ledger.jsonl"]);
    }
    // Another program's file has that name: it is not overwritten, and nothing is cut off.
    fs::write(&desk.path, [&whole, &torn_bytes[..]].concat()).unwrap();
    fs::write(&aside, "mine").unwrap();
    let mut locked = desk.open().unwrap();
    let error = locked.append(&[void(2)], &head_of(&whole)).unwrap_err();
    assert!(matches!(error, LedgerError::Io { .. }), "{error}");
    assert_eq!(fs::read(&aside).unwrap(), b"mine");
    assert_eq!(desk.bytes(), [&whole, &torn_bytes[..]].concat());
}

#[test]
fn a_torn_tail_stays_if_nothing_is_written() {
    let desk = Desk::new();
    let torn = [desk.bytes(), b"{".to_vec()].concat();
    fs::write(&desk.path, &torn).unwrap();
    let mut locked = desk.open().unwrap();
    let head = head_of(&desk.bytes());
    locked.append(&[], &head).unwrap();
    locked.append(&[void(9)], &head).unwrap_err();
    assert_eq!(desk.bytes(), torn);
    assert_eq!(desk.names(), ["ledger.jsonl"]);
}

#[test]
fn a_writer_reads_only_the_end_of_a_ledger() {
    let desk = Desk::new();
    for (before, end) in [("", ""), ("", "torn"), ("", "a\n"), ("a\n", "b\n"), ("a\n", "b\ntorn"), ("a\n\n", "\n")] {
        // Lines shorter than one read, as long, and longer.
        for filling in [0, 4096 - end.len() - 1, 4096 - end.len(), 4097 - end.len(), 40_000] {
            let filled = [before, &"x".repeat(filling), end].concat();
            fs::write(&desk.path, &filled).unwrap();
            let expected = match memchr::memrchr(b'\n', filled.as_bytes()) {
                Some(last) => memchr::memrchr(b'\n', &filled.as_bytes()[..last]).map_or(0, |start| start + 1),
                None => 0,
            };
            let read = desk.open().unwrap().end;
            assert!(read == filled.as_bytes()[expected..], "{before:?} {filling} {end:?}");
        }
    }
}

#[test]
fn a_writer_appends_only_after_a_good_last_line() {
    let desk = Desk::new();
    for bytes in ["", "{", "x\n", "\n"] {
        fs::write(&desk.path, bytes).unwrap();
        let error = desk.open().unwrap().append(&[void(2)], &Digest::ZERO).unwrap_err();
        assert!(matches!(error, LedgerError::Faulty { .. }), "{bytes:?}: {error}");
        assert_eq!(desk.bytes(), bytes.as_bytes());
    }
}

#[test]
fn only_a_regular_file_of_one_name_is_opened() {
    let desk = Desk::new();
    let at = |name: &str| desk.folder.path().join(name);
    let open = |name: &str| lock(&at(name), NOW).unwrap_err();

    let error = open("nothing");
    assert!(matches!(error, LedgerError::Missing { .. }), "{error}");
    assert!(error.next_step().contains("exquota init"));
    assert!(!at("nothing").exists(), "a missing ledger is never an empty one");

    symlink(&desk.path, at("link")).unwrap();
    assert!(matches!(open("link"), LedgerError::NotAFile { what: "a symbolic link", .. }));
    symlink(at("nothing"), at("dangling")).unwrap();
    assert!(matches!(open("dangling"), LedgerError::NotAFile { what: "a symbolic link", .. }));
    fs::create_dir(at("folder")).unwrap();
    assert!(matches!(open("folder"), LedgerError::NotAFile { what: "a directory", .. }));
    let pipe = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, at("pipe"), rustix::fs::FileType::Fifo, pipe, 0).unwrap();
    assert!(matches!(open("pipe"), LedgerError::NotAFile { what: "not a regular file", .. }));

    fs::hard_link(&desk.path, at("twin")).unwrap();
    assert!(matches!(open("twin"), LedgerError::Linked { links: 2, .. }));
    assert!(matches!(desk.open().unwrap_err(), LedgerError::Linked { links: 2, .. }));
}

#[test]
fn readers_follow_links_and_need_no_lock() {
    let desk = Desk::new();
    let _locked = desk.open().unwrap();
    let link = desk.folder.path().join("link");
    symlink(&desk.path, &link).unwrap();
    assert_eq!(read_for_answer(&link).unwrap(), desk.bytes());
    let error = read_for_answer(&desk.folder.path().join("nothing")).unwrap_err();
    assert!(matches!(error, LedgerError::Missing { .. }), "{error}");
    let error = read_for_answer(desk.folder.path()).unwrap_err();
    assert!(matches!(error, LedgerError::NotAFile { .. }), "{error}");
}

#[test]
fn one_writer_at_a_time() {
    let desk = Desk::new();
    let locked = desk.open().unwrap();
    let error = lock(&desk.path, Duration::from_millis(30)).unwrap_err();
    assert!(matches!(error, LedgerError::LockTimeout { .. }), "{error}");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| lock(&desk.path, Duration::from_secs(20)).is_ok());
        std::thread::sleep(Duration::from_millis(50));
        drop(locked);
        assert!(waiting.join().unwrap(), "the lock is had once it is free");
    });
}

#[test]
fn writers_side_by_side_lose_nothing() {
    const WRITERS: u64 = 8;
    let desk = Desk::new();
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                let mut locked = lock(&desk.path, Duration::from_secs(60)).unwrap();
                let bytes = desk.bytes();
                let mut reader = Reader::new(&*bytes);
                let last = reader.by_ref().last().unwrap().unwrap().number;
                let head = reader.head();
                locked.append(&[void(last + 1)], &head).unwrap();
            });
        }
    });
    head_of(&desk.bytes());
    assert_eq!(Reader::new(&*desk.bytes()).count() as u64, WRITERS + 1);
}

#[test]
fn a_writer_locks_the_file_that_replaced_the_first() {
    let desk = Desk::new();
    let mut old = desk.open().unwrap();
    let head = head_of(&desk.bytes());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| lock(&desk.path, Duration::from_secs(20)).unwrap());
        std::thread::sleep(Duration::from_millis(50));
        let new = desk.beside(".new");
        fs::write(&new, [desk.bytes(), b"{".to_vec()].concat()).unwrap();
        fs::rename(&new, &desk.path).unwrap();
        let error = old.append(&[void(2)], &head).unwrap_err();
        assert!(matches!(error, LedgerError::Replaced { .. }), "{error}");
        drop(old);
        assert!(waiting.join().unwrap().end.ends_with(b"\n{"), "not the one it waited for");
    });
}

#[test]
fn a_write_without_the_lock_is_noticed() {
    let desk = Desk::new();
    let mut locked = desk.open().unwrap();
    let head = head_of(&desk.bytes());
    fs::write(&desk.path, [desk.bytes(), b"x".to_vec()].concat()).unwrap();
    let before = desk.bytes();
    let error = locked.append(&[void(2)], &head).unwrap_err();
    assert!(matches!(error, LedgerError::Changed { .. }), "{error}");
    assert_eq!(desk.bytes(), before);
}

#[test]
fn a_failed_write_leaves_a_marker_that_stops_every_write() {
    let desk = Desk::new();
    let mut locked = desk.open().unwrap();
    let head = head_of(&desk.bytes());
    locked.file = Arc::new(File::open(&desk.path).unwrap()); // Read-only: the write fails.
    let error = locked.append(&[void(2)], &head).unwrap_err();
    assert!(matches!(error, LedgerError::OutcomeUnknown { marker: None, .. }), "{error}");
    assert!(error.to_string().contains("unknown whether the entry was recorded"));
    assert!(error.next_step().contains("exquota recover"));
    assert!(desk.beside(".suspect").exists());

    let again = locked.append(&[void(2)], &head).unwrap_err();
    assert!(matches!(again, LedgerError::Suspect { .. }), "nothing is retried: {again}");
    drop(locked);
    let error = desk.open().unwrap_err();
    assert!(matches!(error, LedgerError::Suspect { .. }), "{error}");
    assert!(error.next_step().contains("exquota recover"));
    assert!(read_for_answer(&desk.path).is_ok(), "reading goes on");
    fs::remove_file(&desk.path).unwrap();
    let error = create(&desk.path, &[policy()]).unwrap_err();
    assert!(matches!(error, LedgerError::Suspect { .. }), "{error}");
    assert!(!desk.path.exists());
}

#[test]
fn a_marker_that_fails_is_reported() {
    let desk = Desk::new();
    let mut locked = desk.open().unwrap();
    locked.ledger.path = desk.folder.path().join("no folder").join("ledger.jsonl");
    let error = locked.fail("syncing", io::ErrorKind::StorageFull.into());
    assert!(matches!(error, LedgerError::OutcomeUnknown { marker: Some(_), .. }));
    assert!(error.to_string().contains("the marker that stops further writes could not be made either"));
    assert!(locked.failed);
}

#[test]
fn create_touches_no_existing_file() {
    let desk = Desk::new();
    let before = desk.bytes();
    let target = desk.folder.path().join("target");
    symlink(&target, desk.folder.path().join("link")).unwrap();
    for name in ["ledger.jsonl", "link"] {
        let error = create(&desk.folder.path().join(name), &[policy()]).unwrap_err();
        assert!(matches!(error, LedgerError::Exists { .. }), "{error}");
        let early = must_not_exist(&desk.folder.path().join(name)).unwrap_err();
        assert!(matches!(early, LedgerError::Exists { .. }), "{early}");
    }
    assert!(must_not_exist(&target).is_ok());
    assert_eq!(desk.bytes(), before);
    assert!(!target.exists());
}

#[test]
fn a_failed_create_leaves_no_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ledger.jsonl");
    for (entries, code) in [
        (vec![], FaultCode::LedgerEmpty),
        (vec![entry(1, void(1).entry().event.clone())], FaultCode::PolicyMissing),
        (vec![policy(), void(3)], FaultCode::SeqGap),
    ] {
        let error = create(&path, &entries).unwrap_err();
        assert_eq!(error.faults()[0].code, code);
        assert!(!path.exists());
    }
    let error = create(&folder.path().join("no folder/l.jsonl"), &[policy()]).unwrap_err();
    assert!(matches!(error, LedgerError::Io { doing: "create", .. }), "{error}");

    let bad = File::open("/dev/null").unwrap();
    let (step, _) = writing::write_synced(&bad, 0, b"x\n").unwrap_err();
    assert_eq!(step, "writing to");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_write_is_read_back_and_compared() {
    let folder = TempDir::new().unwrap();
    let file = system().open(&folder.path().join("f"), Opening::New(MODE)).unwrap();
    let ends_with = |offset, expected: &[u8]| writing::ends_with(&*file, offset, expected);
    (&*file).write_all(b"one\ntwo\n").unwrap();
    assert!(ends_with(4, b"two\n").unwrap());
    assert!(!ends_with(0, b"one\n").unwrap(), "more follows");
    assert!(!ends_with(4, b"twO\n").unwrap());
    assert!(ends_with(6, b"two\n").is_err(), "the file is too short");
}

#[test]
fn a_clock_that_is_a_little_behind_takes_the_last_lines_time() {
    let last = time(0);
    let at = |seconds, milliseconds| recording_time(time(seconds) + TimeDelta::milliseconds(milliseconds), last, false);
    assert_eq!(at(7, 999).unwrap(), time(7), "whole seconds");
    assert_eq!(at(0, 1).unwrap(), last);
    assert_eq!(at(-1, 999).unwrap(), last);
    assert_eq!(at(-300, 0).unwrap(), last);
    let error = at(-301, 0).unwrap_err();
    assert!(matches!(error, LedgerError::ClockBehind { .. }), "{error}");
    assert!(at(-301, 999).is_err());
}
