//! The ledger file: opened, locked, read, appended to, created.
//!
//! # What is promised
//!
//! 1. **One writer.** An exclusive lock spans reading, judging and appending. It is held on the very file
//!    at the path (checked after locking): a regular one, with one name, reached by no symbolic link. A
//!    lock that can't be had, or that the file system does not know, stops the write.
//! 2. **Recorded means durable.** [`Locked::append`] returns the new head only after one write of all
//!    lines, an `fdatasync`, and reading them back. Before, nobody says "recorded".
//! 3. **An unknown outcome is said.** If write, sync or reading back fails, nothing is retried (after a
//!    failed sync the kernel may take the pages for clean), a marker `<ledger>.suspect` is left, and no
//!    writer goes on while it stands. If the marker fails too, the error says so, and the next writer still
//!    reads and checks every line.
//! 4. **Nothing is thrown away.** A last line without `\n` was never acknowledged. Before the next append
//!    its bytes are moved to `<ledger>.torn-<offset>-<hash>`: durable there first, then cut off here.
//! 5. **Only good lines.** What is to be written is read by the ledger's own reader first, chained to the
//!    last line of the file, so no write can make a line that the next reader refuses.
//! 6. **Whole lines are never changed.** The file only grows, except for 4.
//!
//! Readers take no lock: whatever they see up to the last `\n` was written by someone who held it.

mod disk;
mod error;

#[cfg(test)]
mod tests;

pub use error::LedgerError;

use super::read::{Chain, last_line, torn};
use crate::domain::admitted::Admitted;
use crate::domain::event::Digest;
use crate::domain::fault::{Fault, FaultCode};
use crate::store::record::{sha256, write_line};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use disk::State;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A ledger that nobody else can write to, and what it holds. The lock ends with it.
#[derive(Debug)]
pub struct Locked {
    path: PathBuf,
    file: File,
    bytes: Vec<u8>,
    /// A write failed: nothing more is written through this.
    failed: bool,
}

impl Locked {
    /// Locks the ledger at `path`, waiting for another writer up to `timeout`, and reads it.
    pub fn open(path: &Path, timeout: Duration) -> Result<Locked, LedgerError> {
        let file = lock(path, timeout)?;
        refuse_suspect(path)?;
        let bytes = disk::read_all(&file).map_err(|source| io_error("read", path, source))?;
        Ok(Locked { path: path.to_owned(), file, bytes, failed: false })
    }

    /// What the file holds, read once under the lock.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the ledger is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Records these entries after `head`, the head they were judged on; gives the new head.
    ///
    /// When it returns, they are durable. If the error is [`LedgerError::OutcomeUnknown`], nobody knows;
    /// with any other error nothing was recorded.
    pub fn append(&mut self, entries: &[Admitted], head: &Digest) -> Result<Digest, LedgerError> {
        if self.failed {
            return Err(LedgerError::Suspect { marker: suspect_path(&self.path) });
        }
        let mut chain = self.last_line()?;
        if chain.head() != *head {
            return Err(LedgerError::HeadMoved { judged: *head, found: chain.head() });
        }
        let lines = good_lines(&mut chain, entries)?;
        if lines.is_empty() {
            return Ok(*head);
        }
        self.check_untouched()?;
        self.set_torn_aside()?;
        self.write(&lines)?;
        self.bytes.extend_from_slice(&lines);
        Ok(chain.head())
    }

    fn last_line(&self) -> Result<Chain, LedgerError> {
        let chain = match last_line(&self.bytes) {
            Some(line) => Chain::after(line),
            None => Err(vec![Fault::new(FaultCode::LedgerEmpty, "the ledger has no line")]),
        };
        chain.map_err(|faults| LedgerError::Faulty { path: self.path.clone(), faults })
    }

    /// The file is as it was read, and still the one at the path.
    fn check_untouched(&self) -> Result<(), LedgerError> {
        let look = |source| io_error("look at", &self.path, source);
        let state = disk::state(&self.file).map_err(look)?;
        let at_path = disk::state_at(&self.path).map_err(look)?;
        if at_path.is_none_or(|other| other.identity != state.identity) {
            return Err(LedgerError::Replaced { path: self.path.clone() });
        }
        if state.length != length_of(&self.bytes) {
            return Err(LedgerError::Changed { path: self.path.clone() });
        }
        Ok(())
    }

    /// Moves the bytes of an unfinished last line to a file of their own.
    fn set_torn_aside(&mut self) -> Result<(), LedgerError> {
        let Some(torn) = torn(&self.bytes) else {
            return Ok(());
        };
        let tail = self.bytes.get(torn.offset..).unwrap_or_default();
        let mut hash = sha256(tail).to_string();
        hash.truncate(16);
        let aside = with_suffix(&self.path, &format!(".torn-{}-{hash}", torn.offset));
        disk::keep(&aside, tail).map_err(|source| io_error("keep the torn last line in", &aside, source))?;
        disk::truncate(&self.file, length_of(&self.bytes) - length_of(tail))
            .map_err(|source| io_error("cut the torn last line off", &self.path, source))?;
        self.bytes.truncate(torn.offset);
        Ok(())
    }

    /// One write, one sync, one look: a failure of any leaves the outcome unknown.
    fn write(&mut self, lines: &[u8]) -> Result<(), LedgerError> {
        write_synced(&self.file, length_of(&self.bytes), lines).map_err(|(step, source)| self.fail(step, source))
    }

    fn fail(&mut self, step: &'static str, source: io::Error) -> LedgerError {
        self.failed = true;
        let note = format!(
            "{step} the ledger failed: {source}\n`exquota validate` says whether the file is sound; if it is, keep a copy and remove this marker\n"
        );
        let marker = disk::mark(&suspect_path(&self.path), &note).err();
        LedgerError::OutcomeUnknown { path: self.path.clone(), step, source, marker }
    }
}

/// Says at once what [`create`] would say of a file that is in the way; it decides nothing.
pub fn must_not_exist(path: &Path) -> Result<(), LedgerError> {
    refuse_suspect(path)?;
    match disk::state_at(path) {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err(LedgerError::Exists { path: path.to_owned() }),
        Err(source) => Err(io_error("look at", path, source)),
    }
}

/// Creates a ledger of these entries, durably; gives its head. Nothing that exists is touched.
///
/// If it fails midway, what was written is removed: it was never a ledger.
pub fn create(path: &Path, entries: &[Admitted]) -> Result<Digest, LedgerError> {
    refuse_suspect(path)?;
    let mut chain = Chain::START;
    let lines = good_lines(&mut chain, entries)?;
    if lines.is_empty() {
        let fault = Fault::new(FaultCode::LedgerEmpty, "a ledger starts with its policy");
        return Err(LedgerError::Unwritable { faults: vec![fault] });
    }
    let file = disk::create(path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => LedgerError::Exists { path: path.to_owned() },
        _ => io_error("create", path, source),
    })?;
    fill(path, &file, &lines).map_err(|(step, source)| {
        let left = disk::remove(path).err();
        LedgerError::NotCreated { path: path.to_owned(), step, source, left }
    })?;
    Ok(chain.head())
}

/// The bytes of a ledger for an answer, without a lock; links are followed, and pipes read.
pub fn read_for_answer(path: &Path) -> Result<Vec<u8>, LedgerError> {
    disk::read_unlocked(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => LedgerError::Missing { path: path.to_owned() },
        io::ErrorKind::IsADirectory => LedgerError::NotAFile { path: path.to_owned(), what: "a directory" },
        _ => io_error("read", path, source),
    })
}

/// When an entry is recorded, in whole seconds: by the clock, but never before the `last` entry.
///
/// A clock behind by up to 5 minutes is put down to drift; by more, the write is refused.
pub fn recording_time(clock: DateTime<Utc>, last: DateTime<Utc>) -> Result<DateTime<Utc>, LedgerError> {
    const DRIFT: TimeDelta = TimeDelta::minutes(5);
    let (clock, last) = (clock.trunc_subsecs(0), last.trunc_subsecs(0));
    if last.signed_duration_since(clock) > DRIFT {
        return Err(LedgerError::ClockBehind { clock, last });
    }
    Ok(clock.max(last))
}

/// The ledger at `path`, opened and locked, and surely the one at that path.
fn lock(path: &Path, timeout: Duration) -> Result<File, LedgerError> {
    // A timeout too long for the clock to hold is one that never ends.
    let deadline = Instant::now().checked_add(timeout);
    let mut pause = FIRST_PAUSE;
    let mut replaced = false;
    loop {
        let file = open(path)?;
        let fail = |source| LedgerError::LockFailed { path: path.to_owned(), source };
        if !lock_until(&file, deadline, &mut pause).map_err(fail)? {
            return Err(LedgerError::LockTimeout { path: path.to_owned() });
        }
        let look = |source| io_error("look at", path, source);
        let state = disk::state(&file).map_err(look)?;
        // While we waited, somebody may have put another file in its place.
        if disk::state_at(path).map_err(look)?.is_some_and(|at| at.identity == state.identity) {
            if state.links != 1 {
                return Err(LedgerError::Linked { path: path.to_owned(), links: state.links });
            }
            return Ok(file);
        }
        if replaced && !wait(deadline, &mut pause) {
            return Err(LedgerError::Replaced { path: path.to_owned() });
        }
        replaced = true;
    }
}

/// Between two tries to lock.
const FIRST_PAUSE: Duration = Duration::from_millis(1);

/// Whether the lock was had in time; it is tried at least once.
fn lock_until(file: &File, deadline: Option<Instant>, pause: &mut Duration) -> io::Result<bool> {
    while !disk::try_lock(file)? {
        if !wait(deadline, pause) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Waits a little, and a little longer each time; false if there is no time left.
fn wait(deadline: Option<Instant>, pause: &mut Duration) -> bool {
    const LONGEST_PAUSE: Duration = Duration::from_millis(50);
    let left = deadline.map_or(LONGEST_PAUSE, |at| at.saturating_duration_since(Instant::now()));
    if left.is_zero() {
        return false;
    }
    std::thread::sleep(left.min(*pause));
    *pause = (*pause * 2).min(LONGEST_PAUSE);
    true
}

/// The regular file at `path`.
fn open(path: &Path) -> Result<File, LedgerError> {
    let irregular = |state: &State| state.irregular.map(|what| LedgerError::NotAFile { path: path.to_owned(), what });
    let file = disk::open(path).map_err(|source| {
        if source.kind() == io::ErrorKind::NotFound {
            return LedgerError::Missing { path: path.to_owned() };
        }
        // A link or a directory fails to open in ways of its own: say what it is.
        let state = disk::state_at(path).ok().flatten();
        state.as_ref().and_then(irregular).unwrap_or_else(|| io_error("open", path, source))
    })?;
    let state = disk::state(&file).map_err(|source| io_error("look at", path, source))?;
    irregular(&state).map_or(Ok(file), Err)
}

fn refuse_suspect(path: &Path) -> Result<(), LedgerError> {
    let marker = suspect_path(path);
    match disk::state_at(&marker) {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err(LedgerError::Suspect { marker }),
        Err(source) => Err(io_error("look for", &marker, source)),
    }
}

/// The lines of these entries, each with its `\n`, after `chain`; each is read as the next reader will.
fn good_lines(chain: &mut Chain, entries: &[Admitted]) -> Result<Vec<u8>, LedgerError> {
    let mut lines = Vec::new();
    for entry in entries.iter().map(Admitted::entry) {
        let line = write_line(&chain.head(), entry);
        let faults = match chain.follow(&line, entry.seq) {
            Ok(record) if record.entry == *entry => {
                lines.extend_from_slice(&line);
                lines.push(b'\n');
                continue;
            }
            Ok(_) => {
                let message = "the line does not say what the entry says";
                vec![Fault::new(FaultCode::FieldInvalid, message).line(entry.seq)]
            }
            Err(faults) => faults,
        };
        return Err(LedgerError::Unwritable { faults });
    }
    Ok(lines)
}

/// A step that failed, and what the system said.
type Failure = (&'static str, io::Error);

/// Fills a new ledger. It is locked meanwhile, so that no writer takes it for a ledger without lines.
fn fill(path: &Path, file: &File, lines: &[u8]) -> Result<(), Failure> {
    /// For a writer that came upon the new file first, and is about to find it empty.
    const PATIENCE: Duration = Duration::from_secs(5);
    match lock_until(file, Instant::now().checked_add(PATIENCE), &mut FIRST_PAUSE.clone()) {
        Ok(true) => {}
        Ok(false) => return Err(("locking", io::ErrorKind::WouldBlock.into())),
        Err(source) => return Err(("locking", source)),
    }
    write_synced(file, 0, lines)?;
    disk::sync_directory_of(path).map_err(|source| ("syncing the directory of", source))
}

/// One write of all lines at `offset`, the end of the file; durable, and read back.
fn write_synced(file: &File, offset: u64, lines: &[u8]) -> Result<(), Failure> {
    disk::append(file, lines).map_err(|source| ("writing to", source))?;
    disk::sync(file).map_err(|source| ("syncing", source))?;
    match disk::ends_with(file, offset, lines) {
        Ok(true) => Ok(()),
        Ok(false) => Err(("reading back", io::Error::other("other bytes than were written"))),
        Err(source) => Err(("reading back", source)),
    }
}

/// While this file stands, nothing is written.
fn suspect_path(path: &Path) -> PathBuf {
    with_suffix(path, ".suspect")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn length_of(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn io_error(doing: &'static str, path: &Path, source: io::Error) -> LedgerError {
    LedgerError::Io { doing, path: path.to_owned(), source }
}
