//! The seam to the system: everything that is asked of it for ledgers and for the files that the program makes.
//!
//! [`Disk`] is the real one. A simulated one lets tests stop, interleave and fail every single step.

mod disk;

pub use disk::Disk;

use chrono::{DateTime, Utc};
use std::fmt::Debug;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a file is opened for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opening {
    /// To read it only. Links are followed.
    Read,
    /// An existing file, to read it and to write at its end. A link is not followed, a pipe not waited for.
    Append,
    /// A file that does not exist yet, to write at its end; with these permissions, less what the umask takes.
    New(u32),
    /// A new file with the permissions of a ledger, or the one that is there already. A link is not followed.
    Draft,
}

/// The file system, the clock and the patience of one machine.
///
/// A name that was made, changed or removed is durable once [`System::sync_directory_of`] has returned.
pub trait System: Debug + Send + Sync {
    /// Opens a file.
    fn open(&self, path: &Path, opening: Opening) -> io::Result<Box<dyn OpenFile>>;

    /// What stands at a path, a link itself and not where it leads; none if nothing does.
    fn look(&self, path: &Path) -> io::Result<Option<FileState>>;

    /// Where a path leads once all links are followed.
    fn real_path(&self, path: &Path) -> io::Result<PathBuf>;

    /// Gives a file a second name; an error if that name is taken.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Gives a file another name, in place of whatever bears it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Takes a name away.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in the file's directory durable.
    fn sync_directory_of(&self, path: &Path) -> io::Result<()>;

    /// The time of day.
    fn now(&self) -> DateTime<Utc>;

    /// The clocks that files are stamped by.
    fn file_clock(&self) -> FileClock;

    /// A time that never goes back, from any start.
    fn elapsed(&self) -> Duration;

    /// Waits.
    fn sleep(&self, pause: Duration);
}

/// One open file. Its lock, if it was had, ends with it.
pub trait OpenFile: Debug + Send + Sync {
    /// Whether the exclusive lock was had; never waits.
    fn try_lock(&self) -> io::Result<bool>;

    /// What it is at this moment.
    fn state(&self) -> io::Result<FileState>;

    /// Reads on, from the start at first; 0 at the end.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Reads at an offset; 0 at the end.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// One write at the end of the file; how many bytes went in.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Makes the content and the length durable.
    fn sync(&self) -> io::Result<()>;

    /// Cuts it off.
    fn truncate(&self, length: u64) -> io::Result<()>;

    /// Changes nothing about it but the time of its last change.
    fn stamp_anew(&self) -> io::Result<()>;

    /// Gives it the owner and the permissions of another file.
    fn be_like(&self, other: &FileState) -> io::Result<()>;
}

impl Read for &dyn OpenFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        OpenFile::read(*self, buffer)
    }
}

impl Write for &dyn OpenFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        OpenFile::write(*self, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The owner reads and writes, the group reads, others nothing: permissions of a ledger, and of what is made of one.
pub(super) const MODE: u32 = 0o640;

/// Fills `bytes` from an offset on; what is interrupted goes on.
pub(super) fn read_exactly(file: &dyn OpenFile, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.read_at(bytes, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                bytes = bytes.get_mut(read..).unwrap_or_default();
                offset += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The path with something behind its name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Which file it is, whatever it is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Identity {
    /// The device it is on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
}

/// A time as a file system has it: seconds since 1970, and nanoseconds.
pub type FileTime = (i64, u32);

/// What a file is at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileState {
    /// Which file it is.
    pub identity: Identity,
    /// How many names it has.
    pub links: u64,
    /// In bytes.
    pub length: u64,
    /// In words, if it is not a regular file.
    pub irregular: Option<&'static str>,
    /// The user and the group that it belongs to.
    pub owner: (u32, u32),
    /// Its permission bits.
    pub mode: u32,
    /// When its content last changed; whoever may write to it may say otherwise.
    pub modified: FileTime,
    /// When anything about it last changed.
    pub changed: FileTime,
}

/// The clocks that files are stamped by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileClock {
    /// It goes on in steps of some milliseconds, and stamps a file that is changed from now on with this at least.
    pub coarse: FileTime,
    /// It goes on all the time.
    pub fine: FileTime,
}

impl FileState {
    /// Whether any change that is made after this state was looked at gives the file other times.
    pub fn is_settled(&self, clock: FileClock) -> bool {
        /// File systems without nanoseconds keep seconds, some only every other one.
        const COARSE: i64 = 2;
        let (seconds, nanos) = self.changed;
        if nanos == 0 && self.modified.1 == 0 {
            return clock.coarse.0 > seconds.saturating_add(COARSE);
        }
        // Linux from 6.13 on gives a file that was looked at since its last change a time of its own, from the fine
        // clock. Such a time lies between the two.
        let of_its_own = clock.coarse < self.changed && self.changed <= clock.fine;
        self.changed < clock.coarse || of_its_own
    }
}

#[cfg(test)]
mod tests;
