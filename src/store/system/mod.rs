//! The seam to the operating system: every call that ledgers and the other files of the program need.
//!
//! [`Disk`] is the real system. With a simulated one, tests stop, interleave and fail every single step.

mod disk;

pub use disk::Disk;

use chrono::{DateTime, Utc};
use std::fmt::Debug;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How a file is opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opening {
    /// To read. Follows links. `-` is standard input.
    Read,
    /// To read an existing file and to write at its end. Does not follow a link, and does not wait for a pipe.
    Append,
    /// To write at the end of a new file with these permissions, less the umask. Fails if the file exists.
    New(u32),
    /// To write to a new file with the permissions of a ledger, or to the file that exists. Does not follow a link.
    Draft,
}

/// The file system and the clock of one machine.
///
/// A name that was made, changed or removed is durable once [`System::sync_directory_of`] has returned.
pub trait System: Debug + Send + Sync {
    /// Opens a file.
    fn open(&self, path: &Path, opening: Opening) -> io::Result<Box<dyn OpenFile>>;

    /// The state of the file at a path; none if there is no file. Does not follow a link.
    fn look(&self, path: &Path) -> io::Result<Option<FileState>>;

    /// The path with all links followed.
    fn real_path(&self, path: &Path) -> io::Result<PathBuf>;

    /// Gives a file a second name. Fails if that name is taken.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Gives a file another name, and replaces any file of that name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a name.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes a folder that only its owner can use, and those above it, where there are none.
    fn make_folder(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in the file's directory durable.
    fn sync_directory_of(&self, path: &Path) -> io::Result<()>;

    /// The time of day.
    fn now(&self) -> DateTime<Utc>;

    /// The clocks that stamp files.
    fn file_clock(&self) -> FileClock;

    /// A time that never goes back. Its start is arbitrary.
    fn elapsed(&self) -> Duration;

    /// Waits.
    fn sleep(&self, pause: Duration);
}

/// One open file. Dropping it releases its lock.
pub trait OpenFile: Debug + Send + Sync {
    /// Tries to take the exclusive lock, without waiting. False if another process has it.
    fn try_lock(&self) -> io::Result<bool>;

    /// The state of the file now.
    fn state(&self) -> io::Result<FileState>;

    /// Reads on; the first call reads from the start. Gives 0 at the end.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Reads at an offset. Gives 0 at the end.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Makes one write at the end of the file, and gives the number of bytes written.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Makes the content and the length durable.
    fn sync(&self) -> io::Result<()>;

    /// Cuts the file off at this length.
    fn truncate(&self, length: u64) -> io::Result<()>;

    /// Changes the time of the file's last change, and nothing else.
    fn stamp_anew(&self) -> io::Result<()>;

    /// Gives the file the permissions and the group of another file, and its owner where this user may do that.
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

/// The permissions of a ledger and of the files made from it: the owner reads and writes, the group reads, others do
/// neither.
pub(super) const MODE: u32 = 0o640;

/// Fills `bytes` from an offset on. It goes on after an interrupted read.
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

/// The path with a suffix added to its name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The identity of a file, whatever its name is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Identity {
    pub device: u64,
    pub inode: u64,
}

/// A time in a file system: seconds since 1970, and nanoseconds.
pub type FileTime = (i64, u32);

/// The state of a file at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileState {
    pub identity: Identity,
    /// The number of its names.
    pub links: u64,
    /// In bytes.
    pub length: u64,
    /// Its kind in words, such as `a directory`; none for a regular file.
    pub irregular: Option<&'static str>,
    /// The numbers of its user and its group.
    pub owner: (u32, u32),
    pub mode: u32,
    /// When its content last changed. A program that may write to the file can set this.
    pub modified: FileTime,
    /// When its content or its metadata last changed.
    pub changed: FileTime,
}

/// The clocks that stamp files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileClock {
    /// Advances in steps of a few milliseconds. A later change to a file gets this time or a later one.
    pub coarse: FileTime,
    /// Advances all the time.
    pub fine: FileTime,
}

impl FileState {
    /// Whether any change made after this state was read must give the file other times.
    pub fn is_settled(&self, clock: FileClock) -> bool {
        /// In seconds. File systems without nanoseconds keep whole seconds, and some keep only every second one.
        const COARSE: i64 = 2;
        let (seconds, nanos) = self.changed;
        if nanos == 0 && self.modified.1 == 0 {
            return clock.coarse.0 > seconds.saturating_add(COARSE);
        }
        // Since 6.13, Linux gives a file whose state was read since its last change a time from the fine clock. Such a
        // time lies between the two clocks.
        let of_its_own = clock.coarse < self.changed && self.changed <= clock.fine;
        self.changed < clock.coarse || of_its_own
    }
}

#[cfg(test)]
mod tests;
