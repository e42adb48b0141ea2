//! The real system. Each method makes one system call and decides nothing.

use super::{FileClock, FileState, Identity, MODE, OpenFile, Opening, System};
use crate::store::file;
use chrono::{DateTime, Utc};
use rustix::fs::{Gid, Mode, OFlags, Uid};
#[cfg(target_os = "linux")]
use rustix::io::Errno;
use rustix::time::ClockId;
use std::fs::{DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The file system and the clock of this machine.
#[derive(Clone, Debug)]
pub struct Disk {
    clock: Option<DateTime<Utc>>,
    started: Instant,
}

impl Disk {
    /// The machine's system. A given `clock` stands still.
    pub fn new(clock: Option<DateTime<Utc>>) -> Self {
        Disk { clock, started: Instant::now() }
    }
}

impl System for Disk {
    fn open(&self, path: &Path, opening: Opening) -> io::Result<Box<dyn OpenFile>> {
        if opening == Opening::Read {
            return Ok(Box::new(file::open(path)?));
        }
        let mut options = OpenOptions::new();
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        options.read(true).append(true).mode(MODE).custom_flags(flags.bits().cast_signed());
        match opening {
            Opening::Read | Opening::Append => {}
            Opening::New(mode) => drop(options.mode(mode).create_new(true)),
            Opening::Draft => drop(options.create(true)),
        }
        Ok(Box::new(options.open(path)?))
    }

    fn look(&self, path: &Path) -> io::Result<Option<FileState>> {
        match path.symlink_metadata() {
            Ok(metadata) => Ok(Some(state_of(&metadata))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        path.canonicalize()
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::hard_link(from, to)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    fn sync_directory_of(&self, path: &Path) -> io::Result<()> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.unwrap_or_else(Utc::now)
    }

    fn file_clock(&self) -> FileClock {
        #[cfg(target_os = "linux")]
        {
            let read = |clock| {
                let now = rustix::time::clock_gettime(clock);
                (now.tv_sec, u32::try_from(now.tv_nsec).unwrap_or_default())
            };
            FileClock { coarse: read(ClockId::RealtimeCoarse), fine: read(ClockId::Realtime) }
        }
        #[cfg(not(target_os = "linux"))]
        {
            // These systems do not say how coarse file times are: assume two seconds.
            let then = Utc::now() - chrono::TimeDelta::seconds(2);
            let then = (then.timestamp(), then.timestamp_subsec_nanos());
            FileClock { coarse: then, fine: then }
        }
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep(&self, pause: Duration) {
        std::thread::sleep(pause);
    }
}

impl OpenFile for File {
    fn try_lock(&self) -> io::Result<bool> {
        loop {
            match self.try_lock() {
                Ok(()) => return Ok(true),
                Err(TryLockError::WouldBlock) => return Ok(false),
                // std does not retry after this one.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    fn state(&self) -> io::Result<FileState> {
        self.metadata().map(|metadata| state_of(&metadata))
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self;
        Read::read(&mut file, buffer)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        FileExt::read_at(self, buffer, offset)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut file = self;
        Write::write(&mut file, bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn stamp_anew(&self) -> io::Result<()> {
        Ok(rustix::fs::fchown(self, None, None)?)
    }

    fn be_like(&self, other: &FileState) -> io::Result<()> {
        let own = self.state()?;
        if own.owner != other.owner {
            let (user, group) = other.owner;
            let group = Some(Gid::from_raw(group));
            match rustix::fs::fchown(self, Some(Uid::from_raw(user)), group) {
                // Only root may give a file away; a member of the ledger's group shares it with the group.
                Err(Errno::PERM) => rustix::fs::fchown(self, None, group)?,
                given => given?,
            }
        }
        Ok(rustix::fs::fchmod(self, Mode::from_raw_mode(other.mode))?)
    }
}

fn state_of(metadata: &Metadata) -> FileState {
    let kind = metadata.file_type();
    let irregular = match () {
        () if kind.is_file() => None,
        () if kind.is_symlink() => Some("a symbolic link"),
        () if kind.is_dir() => Some("a directory"),
        () => Some("not a regular file"),
    };
    FileState {
        identity: Identity { device: metadata.dev(), inode: metadata.ino() },
        links: metadata.nlink(),
        length: metadata.len(),
        irregular,
        owner: (metadata.uid(), metadata.gid()),
        mode: metadata.mode() & 0o7777,
        modified: (metadata.mtime(), u32::try_from(metadata.mtime_nsec()).unwrap_or_default()),
        changed: (metadata.ctime(), u32::try_from(metadata.ctime_nsec()).unwrap_or_default()),
    }
}
