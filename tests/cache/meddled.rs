//! Another program changes a ledger while this one makes or stamps its cache.

use crate::Desk;
use crate::steps::{Order, Step};
use chrono::{DateTime, Utc};
use exquota::commands::session::Session;
use exquota::store::ledger::file::LedgerFile;
use exquota::store::system::{Disk, FileClock, FileState, OpenFile, Opening, System};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A disk where something may happen whenever the program reads a clock.
struct Meddled {
    disk: Disk,
    at_time: Box<dyn Fn() + Send + Sync>,
    file_clock: Box<dyn Fn(FileClock) -> FileClock + Send + Sync>,
}

impl fmt::Debug for Meddled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a meddled {:?}", self.disk)
    }
}

impl System for Meddled {
    fn open(&self, path: &Path, opening: Opening) -> io::Result<Box<dyn OpenFile>> {
        self.disk.open(path, opening)
    }

    fn look(&self, path: &Path) -> io::Result<Option<FileState>> {
        self.disk.look(path)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        self.disk.real_path(path)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.link(from, to)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.disk.remove(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.disk.make_folder(path)
    }

    fn sync_directory_of(&self, path: &Path) -> io::Result<()> {
        self.disk.sync_directory_of(path)
    }

    fn now(&self) -> DateTime<Utc> {
        (self.at_time)();
        self.disk.now()
    }

    fn file_clock(&self) -> FileClock {
        (self.file_clock)(self.disk.file_clock())
    }

    fn elapsed(&self) -> Duration {
        self.disk.elapsed()
    }

    fn sleep(&self, pause: Duration) {
        self.disk.sleep(pause);
    }
}

const HEADROOM: Step = Step::Headroom { day: 60, by: None, of: None };

impl Desk {
    fn meddled(
        &self,
        at_time: impl Fn() + Send + Sync + 'static,
        file_clock: impl Fn(FileClock) -> FileClock + Send + Sync + 'static,
    ) -> Session {
        let session = self.session();
        let disk = Disk::new(Some(session.system.now()));
        let meddled = Meddled { disk, at_time: Box::new(at_time), file_clock: Box::new(file_clock) };
        let system: Arc<dyn System> = Arc::new(meddled);
        let ledger = Arc::new(LedgerFile::at(Arc::clone(&system), &self.ledger(), Duration::ZERO));
        Session { ledger, system, ..session }
    }
}

/// Another program changes the text of a line and keeps its length.
fn edit(ledger: &Path) {
    let text = fs::read_to_string(ledger).unwrap();
    fs::write(ledger, text.replacen("\"L9\"", "\"L8\"", 1)).unwrap();
}

#[test]
fn a_ledger_whose_next_change_may_go_unnoticed_gets_no_cache() {
    let desk = Desk::found(true);
    let of_another_time = |(_, nanos)| (3, nanos);
    let session = desk.meddled(
        || (),
        move |clock| FileClock { coarse: of_another_time(clock.coarse), fine: of_another_time(clock.fine) },
    );
    let told = desk.ask_in(&session, &HEADROOM).unwrap();
    assert_eq!(told, desk.copy().ask(&HEADROOM).unwrap());
    assert!(!desk.cache().exists());
    desk.ask(&HEADROOM).unwrap();
    assert!(desk.cache().exists());
    desk.has_read();
    desk.ask_in(&session, &Step::Approve(Order::small(1), false, false)).unwrap();
    assert!(!desk.has_read(), "the cache must be valid for the writer");
    desk.ask(&HEADROOM).unwrap();
    assert!(desk.has_read(), "the writer must not stamp it");
}

#[test]
fn a_ledger_changed_while_its_cache_waits_gets_none() {
    let desk = Desk::found(true);
    desk.record(&[Step::Approve(Order::small(9), false, false)]);
    fs::remove_file(desk.cache()).unwrap();
    let ledger = desk.ledger();
    let session = desk.meddled(
        || (),
        move |clock| {
            edit(&ledger);
            clock
        },
    );
    desk.ask_in(&session, &HEADROOM).unwrap();
    assert!(!desk.cache().exists());
}

#[test]
fn a_writer_stamps_no_cache_if_another_program_changed_the_ledger() {
    let desk = Desk::found(true);
    desk.record(&[Step::Approve(Order::small(9), false, false), Step::Approve(Order::small(7), false, false)]);
    desk.fold();
    let ledger = desk.ledger();
    let session = desk.meddled(move || edit(&ledger), |clock| clock);
    let told = desk.ask_in(&session, &Step::Approve(Order::small(1), false, false)).unwrap().0;
    assert!(told.contains("\"recorded\"") && !desk.has_read(), "{told}");
    let told = desk.ask(&HEADROOM).unwrap();
    assert_eq!(told, desk.copy().ask(&HEADROOM).unwrap());
    assert!(told.0.contains("not valid"), "{}", told.0);
}
