//! When a writer knows the version of the file that it leaves. The tests script a file and a clock.

use super::super::settle;
use super::*;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Gives one scripted state after the other, and then repeats the last one.
#[derive(Debug)]
struct Scripted {
    states: Vec<FileState>,
    looks: AtomicUsize,
    stamps: &'static AtomicUsize,
    stampable: bool,
}

fn unasked<T>() -> io::Result<T> {
    Err(io::Error::other("nobody asks for this"))
}

impl OpenFile for Scripted {
    fn try_lock(&self) -> io::Result<bool> {
        unasked()
    }

    fn state(&self) -> io::Result<FileState> {
        let look = self.looks.fetch_add(1, Relaxed);
        Ok(self.states[look.min(self.states.len() - 1)].clone())
    }

    fn read(&self, _: &mut [u8]) -> io::Result<usize> {
        unasked()
    }

    fn read_at(&self, _: &mut [u8], _: u64) -> io::Result<usize> {
        unasked()
    }

    fn write(&self, _: &[u8]) -> io::Result<usize> {
        unasked()
    }

    fn sync(&self) -> io::Result<()> {
        unasked()
    }

    fn truncate(&self, _: u64) -> io::Result<()> {
        unasked()
    }

    fn stamp_anew(&self) -> io::Result<()> {
        self.stamps.fetch_add(1, Relaxed);
        if self.stampable { Ok(()) } else { unasked() }
    }

    fn be_like(&self, _: &FileState) -> io::Result<()> {
        unasked()
    }
}

/// A clock that advances only during a wait, and may stand still at first.
#[derive(Debug, Default)]
struct Clock {
    waits: AtomicUsize,
    step: u32,
    stands: usize,
}

impl System for Clock {
    fn open(&self, _: &Path, _: Opening) -> io::Result<Box<dyn OpenFile>> {
        unasked()
    }

    fn look(&self, _: &Path) -> io::Result<Option<FileState>> {
        unasked()
    }

    fn real_path(&self, _: &Path) -> io::Result<PathBuf> {
        unasked()
    }

    fn link(&self, _: &Path, _: &Path) -> io::Result<()> {
        unasked()
    }

    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        unasked()
    }

    fn remove(&self, _: &Path) -> io::Result<()> {
        unasked()
    }

    fn make_folder(&self, _: &Path) -> io::Result<()> {
        unasked()
    }

    fn sync_directory_of(&self, _: &Path) -> io::Result<()> {
        unasked()
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn file_clock(&self) -> FileClock {
        let coarse = (10, 400 + self.step * self.waits.load(Relaxed).saturating_sub(self.stands) as u32);
        FileClock { coarse, fine: (coarse.0, coarse.1 + 300) }
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) {
        self.waits.fetch_add(1, Relaxed);
    }
}

const LENGTH: u64 = 7;

fn changed(nanos: u32) -> FileState {
    FileState {
        identity: Identity { device: 1, inode: 1 },
        links: 1,
        length: LENGTH,
        irregular: None,
        owner: (0, 0),
        mode: 0,
        modified: (10, nanos),
        changed: (10, nanos),
    }
}

/// The version that a writer gives, how often it stamped the file, and how often it waited.
fn told(states: &[FileState], stampable: bool, step: u32) -> (Option<Version>, usize, usize) {
    let stamps: &'static AtomicUsize = Box::leak(Box::default());
    let clock = Arc::new(Clock { step, ..Clock::default() });
    let file = Scripted { states: states.to_vec(), looks: AtomicUsize::new(0), stamps, stampable };
    let locked = Locked {
        ledger: LedgerFile::at(Arc::<Clock>::clone(&clock), Path::new(""), Duration::ZERO),
        file: Arc::new(file),
        length: LENGTH,
        end: Vec::new(),
        failed: false,
        set_aside: None,
    };
    let version = locked.version();
    (version, stamps.load(Relaxed), clock.waits.load(Relaxed))
}

/// A time that is not settled: the clock shows it now.
const NOW: u32 = 400;

#[test]
fn a_settled_file_is_not_changed() {
    assert_eq!(told(&[changed(399)], true, 0), (Some(Version::of(&changed(399))), 0, 0));
    assert_eq!(told(&[changed(500)], true, 0), (Some(Version::of(&changed(500))), 0, 0));
}

#[test]
fn a_writer_stamps_the_file_before_it_waits() {
    assert_eq!(told(&[changed(NOW), changed(450)], true, 0), (Some(Version::of(&changed(450))), 1, 0));
    assert_eq!(told(&[changed(NOW), changed(NOW)], true, 1), (Some(Version::of(&changed(NOW))), 1, 1));
    assert_eq!(told(&[changed(NOW)], false, 1), (Some(Version::of(&changed(NOW))), 1, 1), "where that is not allowed");
}

#[test]
fn a_writer_does_not_wait_for_ever() {
    let (settled, _, waits) = told(&[changed(NOW)], true, 0);
    assert_eq!(settled, None);
    assert!((100..2000).contains(&waits), "{waits}");
    assert!(!settle(&Clock::default(), &changed(NOW)));
}

#[test]
fn a_writer_waits_for_a_clock_that_stands_still_for_a_while() {
    let clock = Clock { step: 1, stands: 99, ..Clock::default() };
    assert!(settle(&clock, &changed(NOW)));
    assert_eq!(clock.waits.into_inner(), 100);
}

#[test]
fn a_writer_does_not_wait_for_a_file_stamped_by_another_clock() {
    assert_eq!(told(&[changed(NOW + 500)], true, 1), (None, 1, 1));
}

#[test]
fn a_file_that_another_program_writes_to_is_not_settled() {
    let longer = |nanos| FileState { length: LENGTH + 1, ..changed(nanos) };
    assert_eq!(told(&[longer(399)], true, 0).0, None);
    assert_eq!(told(&[changed(NOW), longer(450)], true, 0).0, None);
    assert_eq!(told(&[changed(399), changed(500)], true, 0).0, None, "while it was looked at");
}

#[test]
fn every_change_to_a_file_gives_it_another_version() {
    let same = |change: fn(&mut FileState)| {
        let mut other = changed(NOW);
        change(&mut other);
        Version::of(&other) == Version::of(&changed(NOW))
    };
    assert!(same(|_| ()));
    assert!(!same(|state| state.length += 1));
    assert!(!same(|state| state.identity.inode += 1));
    assert!(!same(|state| state.identity.device += 1));
    assert!(!same(|state| state.modified.1 += 1));
    assert!(!same(|state| state.modified.0 += 1));
    assert!(!same(|state| state.changed.1 += 1));
    assert!(!same(|state| state.changed.0 += 1));
}
