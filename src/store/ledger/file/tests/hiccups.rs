//! A system that reads and writes a few bytes at a time, is interrupted, and fails on demand.

use super::super::writing::{ends_with, write_synced};
use super::*;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file that moves three bytes a call and is interrupted at every second call. It fails after `works` calls.
#[derive(Debug)]
struct Hiccups {
    file: File,
    calls: AtomicU64,
    works: u64,
}

impl Hiccups {
    fn new(path: &Path, works: u64) -> Self {
        let file = File::options().read(true).append(true).open(path).unwrap();
        Hiccups { file, calls: AtomicU64::new(0), works }
    }

    fn call(&self, wanted: usize) -> io::Result<usize> {
        match self.calls.fetch_add(1, Ordering::Relaxed) {
            call if call >= self.works => Err(io::Error::other("the cable")),
            call if call % 2 == 0 => Err(ErrorKind::Interrupted.into()),
            _ => Ok(wanted.min(3)),
        }
    }
}

impl OpenFile for Hiccups {
    fn try_lock(&self) -> io::Result<bool> {
        OpenFile::try_lock(&self.file)
    }

    fn state(&self) -> io::Result<FileState> {
        self.file.state()
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.call(buffer.len())?;
        OpenFile::read(&self.file, &mut buffer[..most])
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let most = self.call(buffer.len())?;
        OpenFile::read_at(&self.file, &mut buffer[..most], offset)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let most = self.call(bytes.len())?;
        OpenFile::write(&self.file, &bytes[..most])
    }

    fn sync(&self) -> io::Result<()> {
        OpenFile::sync(&self.file)
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.file.truncate(length)
    }

    fn stamp_anew(&self) -> io::Result<()> {
        self.file.stamp_anew()
    }

    fn be_like(&self, other: &FileState) -> io::Result<()> {
        self.file.be_like(other)
    }
}

#[test]
fn interrupted_calls_go_on_and_failed_calls_do_not() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "before").unwrap();
    let whole = Hiccups::new(&path, u64::MAX);
    assert!(write_synced(&whole, 6, b"a line\n").is_ok());
    assert_eq!(fs::read(&path).unwrap(), b"beforea line\n");
    assert!(ends_with(&whole, 6, b"a line\n").unwrap());
    assert!(!ends_with(&whole, 6, b"a lime\n").unwrap());
    assert!(!ends_with(&whole, 5, b"ea line").unwrap(), "more stands there");

    // Six calls write seven bytes, six read them back.
    let calls = whole.calls.load(Ordering::Relaxed);
    assert!(calls > 12);
    for (works, step) in [(0, "writing to"), (3, "writing to"), (6, "reading back"), (11, "reading back")] {
        fs::write(&path, "before").unwrap();
        let (failed, error) = write_synced(&Hiccups::new(&path, works), 6, b"a line\n").unwrap_err();
        assert_eq!((failed, error.to_string().as_str()), (step, "the cable"), "{works}");
    }
    fs::write(&path, "before").unwrap();
    assert!(write_synced(&Hiccups::new(&path, 12), 6, b"a line\n").is_ok());
}

#[test]
fn an_unreadable_path_is_not_taken_for_a_missing_file() {
    let desk = Desk::new();
    assert!(system().look(&desk.beside(".nothing")).unwrap().is_none());
    assert!(system().look(&desk.path.join("below-a-file")).is_err());
    assert!(system().look(&desk.folder.path().join("x".repeat(256))).is_err(), "no name is so long");
}

#[test]
fn a_left_over_file_is_reported() {
    let told = |left: Option<io::Error>| {
        let source = io::Error::other("full");
        LedgerError::NotCreated { path: "l".into(), step: "writing", source, left }.to_string()
    };
    assert!(told(None).ends_with("it was not created"));
    let left = told(Some(io::Error::other("read-only")));
    assert!(left.ends_with("; the unfinished file could not be removed (read-only)"), "{left}");
}

#[test]
#[allow(clippy::print_stdout, reason = "a test that is skipped says so")]
fn kept_copies_have_the_ledgers_owner_and_permissions() {
    let desk = Desk::new();
    if std::os::unix::fs::chown(&desk.path, Some(12_345), Some(54_321)).is_err() {
        println!("skipped: only root gives files away");
        return;
    }
    let ledger = File::open(&desk.path).unwrap().state().unwrap();
    let kept = system().open(&desk.beside(".kept"), Opening::New(MODE)).unwrap();
    assert_ne!(kept.state().unwrap().owner, ledger.owner);
    kept.be_like(&ledger).unwrap();
    let kept = kept.state().unwrap();
    assert_eq!((kept.owner, kept.mode), ((12_345, 54_321), ledger.mode));
}
