//! A disk on which every sync fails.

use chrono::{DateTime, Utc};
use exquota::store::system::{Disk, FileClock, FileState, OpenFile, Opening, System};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Unsyncable(pub(crate) Disk);

#[derive(Debug)]
struct UnsyncableFile(Box<dyn OpenFile>);

impl System for Unsyncable {
    fn open(&self, path: &Path, opening: Opening) -> io::Result<Box<dyn OpenFile>> {
        Ok(Box::new(UnsyncableFile(self.0.open(path, opening)?)))
    }

    fn look(&self, path: &Path) -> io::Result<Option<FileState>> {
        self.0.look(path)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        self.0.real_path(path)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.link(from, to)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.remove(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.0.make_folder(path)
    }

    fn sync_directory_of(&self, path: &Path) -> io::Result<()> {
        self.0.sync_directory_of(path)
    }

    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    fn file_clock(&self) -> FileClock {
        self.0.file_clock()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, pause: Duration) {
        self.0.sleep(pause);
    }
}

impl OpenFile for UnsyncableFile {
    fn try_lock(&self) -> io::Result<bool> {
        self.0.try_lock()
    }

    fn state(&self) -> io::Result<FileState> {
        self.0.state()
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(buffer, offset)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn sync(&self) -> io::Result<()> {
        Err(io::Error::other("the disk is gone"))
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.0.truncate(length)
    }

    fn stamp_anew(&self) -> io::Result<()> {
        self.0.stamp_anew()
    }

    fn be_like(&self, other: &FileState) -> io::Result<()> {
        self.0.be_like(other)
    }
}
