//! Ledgers opened to answer from, without a lock: links are followed, and pipes read.

use super::system::{OpenFile, Opening, System};
use super::{LedgerError, Locked, io_error, read_all};
use crate::store::ledger::source::Source;
use std::io;
use std::path::Path;

/// A ledger to answer from. A regular file is read no further than its length now: a writer may just be replacing a
/// torn tail, and old bytes must not run on into new ones.
pub fn open_for_answer(system: &dyn System, path: &Path) -> Result<Source, LedgerError> {
    let open = || {
        let file = system.open(path, Opening::Read)?;
        let state = file.state()?;
        Ok(match state.irregular {
            None => Source::of_file(file, state.clone(), state.length),
            Some(_) => Source::of_bytes(read_all(&*file)?),
        })
    };
    open().map_err(|source| cannot_read(path, source))
}

/// A ledger could not be read.
pub fn cannot_read(path: &Path, source: io::Error) -> LedgerError {
    match source.kind() {
        io::ErrorKind::NotFound => LedgerError::Missing { path: path.to_owned() },
        io::ErrorKind::IsADirectory => LedgerError::NotAFile { path: path.to_owned(), what: "a directory" },
        _ => io_error("read", path, source),
    }
}

impl Locked<'_> {
    /// The locked file, to read what it holds now again while more is appended.
    pub fn source(&self) -> Result<Source, LedgerError> {
        let open = || {
            let file = self.system.open(&self.path, Opening::Read)?;
            Ok((file.state()?, file))
        };
        let (state, file): (_, Box<dyn OpenFile>) = open().map_err(|source| cannot_read(&self.path, source))?;
        let locked = self.file.state().map_err(|source| cannot_read(&self.path, source))?;
        if state.identity != locked.identity {
            return Err(LedgerError::Replaced { path: self.path.clone() });
        }
        Ok(Source::of_file(file, state, self.length))
    }
}
