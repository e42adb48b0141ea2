//! The machine's storage: the contents that programs see, and the contents that a power loss would leave.

use crate::dice::Dice;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file, whatever its names.
#[derive(Clone, Default, Debug)]
pub(crate) struct Inode {
    /// The bytes that programs see.
    pub(crate) content: Vec<u8>,
    /// The bytes that are on the disk for sure.
    durable: Vec<u8>,
    /// The changes since then, in order. They may reach the disk.
    pending: Vec<Change>,
    /// The handle that holds the lock.
    pub(crate) locked_by: Option<u64>,
    pub(crate) mode: u32,
}

#[derive(Clone, Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Cut(usize),
}

impl Inode {
    pub(crate) fn append(&mut self, bytes: &[u8]) {
        self.pending.push(Change::Write { at: self.content.len(), bytes: bytes.to_vec() });
        self.content.extend_from_slice(bytes);
    }

    pub(crate) fn cut(&mut self, length: usize) {
        self.content.truncate(length);
        self.pending.push(Change::Cut(length));
    }

    pub(crate) fn sync(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            self.reach_disk(change);
        }
    }

    /// Some changes reach the disk. The rest never will, though programs go on seeing them and a later sync succeeds.
    pub(crate) fn fail_to_sync(&mut self, dice: &mut Dice) {
        let mut pending = std::mem::take(&mut self.pending);
        let reached = dice.below(pending.len() + 1);
        let cut_short = pending.get(reached).cloned();
        for change in pending.drain(..reached) {
            self.reach_disk(change);
        }
        if let Some(Change::Write { at, mut bytes }) = cut_short {
            bytes.truncate(dice.below(bytes.len() + 1));
            self.reach_disk(Change::Write { at, bytes });
        }
    }

    fn reach_disk(&mut self, change: Change) {
        match change {
            Change::Cut(length) => self.durable.truncate(length),
            Change::Write { at, bytes } => {
                // Bytes lost before it read as zeros.
                if self.durable.len() < at + bytes.len() {
                    self.durable.resize(at + bytes.len(), 0);
                }
                self.durable[at..at + bytes.len()].copy_from_slice(&bytes);
            }
        }
    }
}

/// All files, and the names in the one directory.
#[derive(Clone, Default, Debug)]
pub(crate) struct Storage {
    pub(crate) files: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    /// Names given and removed since then, in order.
    pending_names: Vec<(PathBuf, Option<usize>)>,
}

impl Storage {
    /// A machine that holds these files, already synced.
    pub(crate) fn with(files: &BTreeMap<PathBuf, Vec<u8>>) -> Self {
        let mut storage = Storage::default();
        for (path, bytes) in files {
            let inode = storage.create(path);
            storage.files[inode].append(bytes);
            storage.files[inode].sync();
        }
        storage.sync_names();
        storage
    }

    pub(crate) fn at(&self, path: &Path) -> Option<usize> {
        self.names.get(path).copied()
    }

    pub(crate) fn create(&mut self, path: &Path) -> usize {
        self.files.push(Inode { mode: 0o640, ..Inode::default() });
        self.name(path, Some(self.files.len() - 1));
        self.files.len() - 1
    }

    /// Gives a name to a file, or removes the name.
    pub(crate) fn name(&mut self, path: &Path, inode: Option<usize>) {
        match inode {
            Some(inode) => self.names.insert(path.to_owned(), inode),
            None => self.names.remove(path),
        };
        self.pending_names.push((path.to_owned(), inode));
    }

    pub(crate) fn links(&self, inode: usize) -> u64 {
        self.names.values().filter(|held| **held == inode).count() as u64
    }

    pub(crate) fn sync_names(&mut self) {
        self.durable_names = self.names.clone();
        self.pending_names.clear();
    }

    /// The power is lost. It keeps any beginning of the changes that were not synced.
    pub(crate) fn lose_power(&mut self, dice: &mut Dice) {
        let kept = dice.below(self.pending_names.len() + 1);
        for (path, inode) in self.pending_names.drain(..).take(kept) {
            match inode {
                Some(inode) => self.durable_names.insert(path, inode),
                None => self.durable_names.remove(&path),
            };
        }
        self.names = self.durable_names.clone();
        for file in &mut self.files {
            file.fail_to_sync(dice);
            file.content = file.durable.clone();
            file.locked_by = None;
        }
    }

    /// The files that programs see, by name.
    pub(crate) fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        self.names.iter().map(|(path, inode)| (path.clone(), self.files[*inode].content.clone())).collect()
    }
}
