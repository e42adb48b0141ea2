//! The ledger in a file: open, lock, read, append, create, recover.
//!
//! # Promises
//!
//! 1. **One writer.** An exclusive lock spans reading, judging and appending. The writer locks the very file at the
//!    path and checks that after locking: a regular file, with one name, not reached by a symbolic link. If the lock
//!    fails, or the file system knows no locks, nothing is written.
//! 2. **Recorded means durable.** [`Writer::append`] returns the new head only after one write of all lines, an
//!    `fdatasync`, and reading them back. Before that, the program says neither "recorded" nor "already recorded". A
//!    killed writer may have left a line that it had not synced, so appending nothing syncs too.
//! 3. **An unknown outcome is reported.** If a write, a sync or reading back fails, the writer does not retry: after a
//!    failed sync the kernel may take the pages for clean. It leaves a marker, `<ledger>.suspect`, and no writer
//!    appends while the marker exists. If the marker can't be made, the error says so, and the next writer still reads
//!    and checks every line.
//! 4. **Nothing is thrown away.** A last line without `\n` was never acknowledged. Before the next append, the writer
//!    copies its bytes to `<ledger>.torn-<offset>-<hash>`, makes them durable there, and only then cuts them off the
//!    ledger.
//! 5. **Only good lines.** Before a write, the ledger's own reader reads the new lines, chained to the last line of the
//!    file. So no write can make a line that the next reader refuses.
//! 6. **Whole lines are never changed.** The file only grows, except for 4.
//! 7. **A ledger appears whole, and is recovered whole.** A founder fills a draft, `<ledger>.new`, before the draft
//!    gets the ledger's name. [`LedgerFile::recover`] copies all good lines to such a draft, keeps all old bytes in another
//!    file, and replaces the ledger by the draft. [`LedgerFile::to_replace`] does the same for a rebase.
//!
//! Readers take no lock. A writer that held the lock wrote every byte up to the last `\n`.

mod answer;
mod beside;
mod founding;
mod locking;
mod rebasing;
mod recovering;
mod suspect;
mod writing;

#[cfg(test)]
mod tests;

pub(super) use answer::cannot_read;
#[cfg(feature = "postgres")]
pub(super) use locking::lock;
pub use rebasing::Replacing;
pub(super) use writing::good_lines;

use super::read::{Chain, last_line};
use super::source::Source;
use super::{Ledger, LedgerError, Recovered, Version, Writer};
use crate::domain::admitted::Admitted;
use crate::domain::event::Digest;
use crate::domain::fault::{Fault, FaultCode};
use crate::store::file::is_stream;
use crate::store::system::{FileState, Identity, OpenFile, Opening, System, read_exactly};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A ledger in a file of its own.
#[derive(Clone, Debug)]
pub struct LedgerFile {
    system: Arc<dyn System>,
    path: PathBuf,
    /// How long to wait for the lock.
    patience: Duration,
}

impl LedgerFile {
    /// The ledger at a path. It need not exist yet.
    pub fn at(system: Arc<dyn System>, path: &Path, patience: Duration) -> Self {
        LedgerFile { system, path: path.to_owned(), patience }
    }

    /// Creates the ledger with these entries and gives its head.
    ///
    /// Concurrency: if several processes create it at once, one succeeds. A file that exists is not touched.
    /// Durability: when this returns, all entries are durable. If it fails, there is no ledger of this name.
    pub fn create(&self, entries: &[Admitted]) -> Result<Digest, LedgerError> {
        self.refuse_stream()?;
        founding::create(self, entries)
    }

    /// Gives the error of [`LedgerFile::create`] for a name that is taken, before any work is done. `create` still
    /// checks for itself.
    pub fn must_not_exist(&self) -> Result<(), LedgerError> {
        self.refuse_stream()?;
        founding::must_not_exist(self)
    }

    /// Repairs the ledger after a failed write, if every whole line is good; otherwise it changes nothing.
    ///
    /// Concurrency: nobody can write meanwhile. A recovery killed at any point can be run again.
    /// Durability: when this returns, every line of the ledger is durable, and a copy holds all bytes from before.
    pub fn recover(&self) -> Result<Recovered, LedgerError> {
        self.refuse_stream()?;
        recovering::recover(self)
    }

    /// Makes every line that can be read durable.
    pub fn sync(&self) -> io::Result<()> {
        let file = self.system.open(&self.path, Opening::Read)?;
        // A pipe has nothing to make durable.
        if file.state()?.irregular.is_none() { file.sync() } else { Ok(()) }
    }

    fn refuse_stream(&self) -> Result<(), LedgerError> {
        if is_stream(&self.path) { Err(LedgerError::Stream) } else { Ok(()) }
    }
}

impl Ledger for LedgerFile {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn file(&self) -> &LedgerFile {
        self
    }

    fn open(&self) -> Result<Source, LedgerError> {
        self.open_for_answer()
    }

    fn write(&self) -> Result<Box<dyn Writer>, LedgerError> {
        self.refuse_stream()?;
        Ok(Box::new(Locked::open(self)?))
    }

    fn marker(&self) -> Result<Option<PathBuf>, LedgerError> {
        let marker = self.marker_path();
        Ok(locking::look_at(&marker, self.system.look(&marker))?.map(|_| marker))
    }
}

/// A locked ledger: nobody else can write to it. Dropping this releases the lock.
#[derive(Debug)]
struct Locked {
    ledger: LedgerFile,
    file: Arc<dyn OpenFile>,
    length: u64,
    /// The last whole line, and any bytes after it.
    end: Vec<u8>,
    /// A write failed. This writer then writes nothing more.
    failed: bool,
    set_aside: Option<PathBuf>,
}

impl Writer for Locked {
    fn source(&self) -> Result<Source, LedgerError> {
        let path = &self.ledger.path;
        let state = self.file.state().map_err(|source| cannot_read(path, source))?;
        Ok(Source::of_file(path, Arc::clone(&self.file), state, self.length))
    }

    fn append(&mut self, entries: &[Admitted], head: &Digest) -> Result<Digest, LedgerError> {
        if self.failed {
            return Err(LedgerError::Suspect { marker: self.ledger.marker_path() });
        }
        let mut chain = self.last_line()?;
        if chain.head() != *head {
            return Err(LedgerError::HeadMoved { judged: *head, found: chain.head() });
        }
        let lines = writing::good_lines(&mut chain, entries)?;
        self.check_untouched()?;
        if lines.is_empty() {
            return self.file.sync().map(|()| *head).map_err(|source| self.fail("syncing", source));
        }
        self.set_torn_aside()?;
        self.write(&lines)?;
        self.length += length_of(&lines);
        self.end = lines;
        Ok(chain.head())
    }

    fn set_aside(&self) -> Option<&Path> {
        self.set_aside.as_deref()
    }

    fn version(&self) -> Option<Version> {
        settled(&*self.ledger.system, &*self.file, self.length)
    }
}

impl Locked {
    /// Waits for the lock, and reads the end of the ledger.
    fn open(ledger: &LedgerFile) -> Result<Self, LedgerError> {
        let path = &ledger.path;
        let file: Arc<dyn OpenFile> = ledger.lock()?.into();
        ledger.refuse_suspect()?;
        let length = locking::look_at(path, file.state())?.length;
        let end = read_end(&*file, length).map_err(|source| io_error("read", path, source))?;
        Ok(Locked { ledger: ledger.clone(), file, length, end, failed: false, set_aside: None })
    }

    fn last_line(&self) -> Result<Chain, LedgerError> {
        let chain = match last_line(&self.end) {
            Some(line) => Chain::after(line),
            None => Err(vec![Fault::new(FaultCode::LedgerEmpty, "the ledger has no line")]),
        };
        chain.map_err(|faults| LedgerError::Faulty { path: self.ledger.path.clone(), faults })
    }

    /// Checks that the file has the length that was read and is still the file at the path.
    fn check_untouched(&self) -> Result<(), LedgerError> {
        let LedgerFile { system, path, .. } = &self.ledger;
        if !locking::stands_at(&**system, &*self.file, path)? {
            return Err(LedgerError::Replaced { path: path.clone() });
        }
        if locking::look_at(path, self.file.state())?.length != self.length {
            return Err(LedgerError::Changed { path: path.clone() });
        }
        Ok(())
    }

    /// Moves the bytes of an unfinished last line to another file.
    fn set_torn_aside(&mut self) -> Result<(), LedgerError> {
        let (whole, tail) = self.end.split_at(memchr::memrchr(b'\n', &self.end).map_or(0, |end| end + 1));
        if tail.is_empty() {
            return Ok(());
        }
        let offset = self.length - length_of(tail);
        self.set_aside = Some(self.ledger.keep_numbered(&*self.file, "torn", offset, tail)?);
        self.file
            .truncate(offset)
            .map_err(|source| io_error("cut the torn last line off", &self.ledger.path, source))?;
        (self.length, self.end) = (offset, whole.to_vec());
        Ok(())
    }

    /// Writes once, syncs once, reads back once. If any of them fails, the outcome is unknown.
    fn write(&mut self, lines: &[u8]) -> Result<(), LedgerError> {
        writing::write_synced(&*self.file, self.length, lines).map_err(|(step, source)| {
            let mut error = self.fail(step, source);
            let all = memchr::memchr_iter(b'\n', lines).count();
            if let LedgerError::OutcomeUnknown { batch, .. } = &mut error
                && all > 1
            {
                *batch = Some((writing::standing(&*self.file, self.length, lines).ok(), all));
            }
            error
        })
    }

    fn fail(&mut self, step: &'static str, source: io::Error) -> LedgerError {
        self.failed = true;
        let note =
            format!("{step} the ledger failed: {source}\n`exquota recover` checks the file and lifts this marker\n");
        let marker = self.ledger.mark(&note).err();
        LedgerError::OutcomeUnknown { path: self.ledger.path.clone(), step, source, marker, batch: None, date: None }
    }
}

impl Version {
    /// Holds the file's identity, length and times. Another program that writes to the file changes at least one of
    /// them.
    pub(super) fn of(state: &FileState) -> Self {
        let Identity { device, inode } = state.identity;
        let times = [state.modified, state.changed].map(|(seconds, nanos)| [seconds.cast_unsigned(), u64::from(nanos)]);
        let mut mark = [0; Version::MARK];
        let numbers = [device, inode].into_iter().chain(times.into_iter().flatten());
        for (place, number) in mark.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_be_bytes());
        }
        Version { length: state.length, mark }
    }
}

/// The version of a file that only the caller changes, once any later change must give it another one. None if it has
/// another length, or if the wait takes too long.
pub(super) fn settled(system: &dyn System, file: &dyn OpenFile, length: u64) -> Option<Version> {
    let state = || file.state().ok().filter(|state| state.length == length);
    let mut found = state()?;
    if !found.is_settled(system.file_clock()) && file.stamp_anew().is_ok() {
        // Its state was just read. Linux from 6.13 on now gives it a precise time, and the wait below ends at once.
        found = state()?;
    }
    (settle(system, &found) && state()? == found).then(|| Version::of(&found))
}

/// Waits until any later change must give the file other times than `state` has. False if that moment does not come
/// (another machine's clock may stamp the files), or takes too long.
fn settle(system: &dyn System, state: &FileState) -> bool {
    /// The coarse clock that stamps files advances every 1 to 10 ms. On a machine with shared processors it once stood
    /// still for over 20 ms, so this waits longer than a few steps.
    const PAUSE: Duration = Duration::from_micros(500);
    const TRIES: u32 = 1000;
    let before = system.file_clock().coarse;
    for _ in 0..TRIES {
        let clock = system.file_clock();
        let settled = state.is_settled(clock);
        if settled || clock.coarse != before {
            return settled;
        }
        system.sleep(PAUSE);
    }
    false
}

/// All bytes of a locked file.
fn read_locked(file: &dyn OpenFile, path: &Path) -> Result<Vec<u8>, LedgerError> {
    read_all(file).map_err(|source| io_error("read", path, source))
}

pub(super) fn read_all(file: &dyn OpenFile) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.reserve_exact(usize::try_from(file.state()?.length).unwrap_or_default());
    let mut file = file;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The last whole line of a file of this length, and any bytes after it. If there is no whole line, all bytes.
pub(super) fn read_end(file: &dyn OpenFile, length: u64) -> io::Result<Vec<u8>> {
    /// Most lines are shorter than this.
    const PIECE: u64 = 4096;
    let mut count = PIECE.min(length);
    loop {
        let mut bytes = vec![0; usize::try_from(count).map_err(io::Error::other)?];
        read_exactly(file, &mut bytes, length - count)?;
        let whole = memchr::memrchr(b'\n', &bytes).unwrap_or_default();
        if let Some(before) = memchr::memrchr(b'\n', &bytes[..whole]) {
            return Ok(bytes.split_off(before + 1));
        }
        if count == length {
            return Ok(bytes);
        }
        count = count.saturating_mul(8).min(length);
    }
}

fn length_of(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

pub(super) fn io_error(doing: &'static str, path: &Path, source: io::Error) -> LedgerError {
    LedgerError::Io { doing, path: path.to_owned(), source }
}
