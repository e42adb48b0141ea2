//! Reads a ledger's bytes from the start or at any offset, without holding the whole ledger in memory.

use super::{LedgerError, Version, file};
use crate::domain::entries::{Archive, Unread};
use crate::domain::event::Entry;
use crate::store::record::{LONGEST, read_line};
use crate::store::system::{FileState, OpenFile};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The bytes of a ledger as it was when it was opened. Bytes appended to the file later are no part of it.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    held: Held,
}

#[derive(Debug)]
enum Held {
    /// A regular file, its state when it was opened, and how many of its bytes count.
    File(Arc<dyn OpenFile>, FileState, u64),
    /// The bytes of a pipe, which can be read only once.
    Bytes(Vec<u8>),
}

impl Source {
    /// The first `length` bytes of a file that was opened in this state.
    pub fn of_file(path: &Path, file: Arc<dyn OpenFile>, opened: FileState, length: u64) -> Self {
        Source { path: path.to_owned(), held: Held::File(file, opened, length) }
    }

    /// These bytes, read from a place of this name.
    pub fn of_bytes(path: &Path, bytes: Vec<u8>) -> Self {
        Source { path: path.to_owned(), held: Held::Bytes(bytes) }
    }

    /// The place that it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name of the ledger in messages.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The error for a failed read of this source.
    pub fn unread(&self, source: io::Error) -> LedgerError {
        file::cannot_read(&self.path, source)
    }

    /// The length in bytes.
    pub fn length(&self) -> u64 {
        match &self.held {
            Held::File(_, _, length) => *length,
            Held::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// The version that was opened, if the file has not changed since.
    pub fn version(&self) -> Option<Version> {
        self.unchanged().map(Version::of)
    }

    /// The state of the file when it was opened, if the file has not changed since.
    pub(super) fn unchanged(&self) -> Option<&FileState> {
        match &self.held {
            Held::File(file, opened, _) => file.state().is_ok_and(|now| now == *opened).then_some(opened),
            Held::Bytes(_) => None,
        }
    }

    /// Reads all bytes in order. Calls `told` after each piece with the number of bytes read so far.
    pub fn watched<T: FnMut(u64)>(&self, told: T) -> Onwards<'_, T> {
        Onwards { source: self, at: 0, told }
    }

    /// Reads from an offset on. Any number of readers can read at the same time.
    pub fn from(&self, at: u64) -> Onwards<'_, fn(u64)> {
        Onwards { source: self, at, told: |_| {} }
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        match &self.held {
            Held::File(file, _, length) => {
                let left = usize::try_from(length.saturating_sub(at)).unwrap_or(usize::MAX);
                let most = buffer.len().min(left);
                file.read_at(&mut buffer[..most], at)
            }
            Held::Bytes(bytes) => {
                let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
        }
    }

    /// The line that starts at offset `at`, without its `\n`.
    fn line_at(&self, at: u64) -> io::Result<Vec<u8>> {
        /// Most lines are shorter.
        const PIECE: usize = 1024;
        let mut line = Vec::new();
        BufReader::with_capacity(PIECE, self.from(at).take(LONGEST as u64 + 1)).read_until(b'\n', &mut line)?;
        match line.pop() {
            Some(b'\n') => Ok(line),
            _ => Err(io::Error::other("a line of the ledger is gone since it was read")),
        }
    }

    /// The entry whose line starts at offset `at`, and that line.
    pub fn entry_with_line(&self, at: u64) -> Result<(Entry, Vec<u8>), Unread> {
        let line = self.line_at(at).map_err(|error| Unread(error.to_string()))?;
        match read_line(&line, 0) {
            Ok(record) => Ok((record.entry, line)),
            Err(_) => Err(Unread("a line of the ledger has changed since it was read".to_owned())),
        }
    }
}

impl Archive for Source {
    fn entry(&self, at: u64) -> Result<Entry, Unread> {
        self.entry_with_line(at).map(|(entry, _)| entry)
    }
}

/// The reader that [`Source::from`] and [`Source::watched`] give.
#[derive(Debug)]
pub struct Onwards<'s, T> {
    source: &'s Source,
    at: u64,
    told: T,
}

impl<T: FnMut(u64)> Read for Onwards<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(buffer, self.at)?;
        self.at += count as u64;
        (self.told)(self.at);
        Ok(count)
    }
}

/// How a newer ledger compares with an older one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extension {
    /// It begins with all bytes of the older one.
    Extends,
    /// It ends before the older one does; the two are the same before this line.
    Shorter(u64),
    /// This line is the first that differs.
    Differs(u64),
}

/// Compares `newer` with `older`, without holding either in memory.
pub fn extension(newer: &Source, older: &Source) -> Result<Extension, LedgerError> {
    const PIECE: usize = 64 * 1024;
    let (mut new, mut old) = (vec![0; PIECE], vec![0; PIECE]);
    let (mut at, mut line) = (0, 1);
    while at < older.length() {
        let count = older.read_at(&mut old, at).map_err(|error| older.unread(error))?;
        let count = count.min(newer.read_at(&mut new, at).map_err(|error| newer.unread(error))?);
        let same = new[..count].iter().zip(&old[..count]).take_while(|(new, old)| new == old).count();
        line += memchr::memchr_iter(b'\n', &old[..same]).count() as u64;
        at += same as u64;
        if same < count {
            return Ok(Extension::Differs(line));
        }
        if count == 0 {
            // One of them ends here. If the older one was cut short meanwhile, only its rest counts.
            return Ok(if at >= newer.length() { Extension::Shorter(line) } else { Extension::Extends });
        }
    }
    Ok(Extension::Extends)
}

#[cfg(test)]
mod tests;
