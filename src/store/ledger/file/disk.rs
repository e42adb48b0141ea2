//! Every call to the system that the ledger file makes, and nothing else: no rule is decided here.

use rustix::fs::OFlags;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

/// The owner reads and writes, the group reads, others nothing.
const MODE: u32 = 0o640;

/// Which file it is, whatever it is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        Identity { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// What a file is at this moment.
pub(super) struct State {
    pub(super) identity: Identity,
    pub(super) links: u64,
    pub(super) length: u64,
    /// In words, if it is not a regular file.
    pub(super) irregular: Option<&'static str>,
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        let kind = metadata.file_type();
        let irregular = match () {
            () if kind.is_file() => None,
            () if kind.is_symlink() => Some("a symbolic link"),
            () if kind.is_dir() => Some("a directory"),
            () => Some("not a regular file"),
        };
        State { identity: Identity::of(metadata), links: metadata.nlink(), length: metadata.len(), irregular }
    }
}

/// Opens an existing file to read it and to write at its end. A link is not followed, a pipe not waited for.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    OpenOptions::new().read(true).append(true).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Makes a new file; an existing one, or a link, is an error.
pub(super) fn create(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW.bits().cast_signed();
    let mut options = OpenOptions::new();
    options.read(true).append(true).create_new(true).mode(MODE).custom_flags(flags).open(path)
}

/// Whether the exclusive lock was had; never waits.
pub(super) fn try_lock(file: &File) -> io::Result<bool> {
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => return Ok(false),
            // std does not retry this one itself.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// What an open file is.
pub(super) fn state(file: &File) -> io::Result<State> {
    file.metadata().map(|metadata| State::of(&metadata))
}

/// What stands at a path, a link itself and not where it leads; none if nothing does.
pub(super) fn state_at(path: &Path) -> io::Result<Option<State>> {
    match path.symlink_metadata() {
        Ok(metadata) => Ok(Some(State::of(&metadata))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Everything in a locked file.
pub(super) fn read_all(mut file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Everything that a file holds now, without a lock. Links are followed, and a pipe is read to its end.
pub(super) fn read_unlocked(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    // No further than the length at the start: a writer may just now be replacing a torn tail, and old
    // bytes must not run on into new ones.
    let most = if metadata.is_file() { metadata.len() } else { u64::MAX };
    let mut bytes = Vec::new();
    if metadata.is_file() {
        bytes.reserve_exact(usize::try_from(most).unwrap_or_default());
    }
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// One write of everything, at the end of the file.
pub(super) fn append(mut file: &File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)
}

/// Makes the content and the length durable.
pub(super) fn sync(file: &File) -> io::Result<()> {
    file.sync_data()
}

/// Makes the names in the file's directory durable.
pub(super) fn sync_directory_of(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// Cuts the file off.
pub(super) fn truncate(file: &File, length: u64) -> io::Result<()> {
    file.set_len(length)
}

/// Whether the file ends with these bytes at this offset.
pub(super) fn ends_with(file: &File, offset: u64, expected: &[u8]) -> io::Result<bool> {
    let mut found = vec![0; expected.len()];
    file.read_exact_at(&mut found, offset)?;
    let length = file.metadata()?.len();
    Ok(found == expected && length.checked_sub(offset) == u64::try_from(found.len()).ok())
}

/// Keeps bytes in a file of their own, durably. A file that a killed writer left with the start of them is
/// completed; one with anything else in it is an error.
pub(super) fn keep(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (file, held) = match create(path) {
        Ok(file) => (file, 0),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let file = open(path)?;
            let held = read_all(&file)?;
            if !bytes.starts_with(&held) {
                return Err(error);
            }
            (file, held.len())
        }
        Err(error) => return Err(error),
    };
    append(&file, bytes.get(held..).unwrap_or_default())?;
    file.sync_all()?;
    sync_directory_of(path)
}

/// Leaves a marker, durably. That it stands is what counts: on a full disk it may stay empty.
pub(super) fn mark(path: &Path, note: &str) -> io::Result<()> {
    let file = match create(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return sync_directory_of(path),
        Err(error) => return Err(error),
    };
    let _ = append(&file, note.as_bytes());
    file.sync_all()?;
    sync_directory_of(path)
}

/// Removes a file that was never a ledger.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)?;
    sync_directory_of(path)
}
