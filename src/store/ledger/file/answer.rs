//! Ledgers opened to answer from, without a lock: links are followed, and pipes read.

use super::{LedgerError, LedgerFile, Locked, io_error, read_all};
use crate::store::ledger::source::Source;
use crate::store::system::Opening;
use std::io;
use std::path::Path;

impl LedgerFile {
    /// A regular file is read no further than its length now: a writer may just be replacing a torn tail, and old bytes
    /// must not run on into new ones.
    pub(super) fn open_for_answer(&self) -> Result<Source, LedgerError> {
        let open = || {
            let file = self.system.open(&self.path, Opening::Read)?;
            let state = file.state()?;
            Ok(match state.irregular {
                None => {
                    let length = state.length;
                    Source::of_file(&self.path, file, state, length)
                }
                Some(_) => Source::of_bytes(&self.path, read_all(&*file)?),
            })
        };
        open().map_err(|source| cannot_read(&self.path, source))
    }
}

/// A ledger could not be read.
pub(in crate::store::ledger) fn cannot_read(path: &Path, source: io::Error) -> LedgerError {
    match source.kind() {
        io::ErrorKind::NotFound => LedgerError::Missing { path: path.to_owned() },
        io::ErrorKind::IsADirectory => LedgerError::NotAFile { path: path.to_owned(), what: "a directory" },
        _ => io_error("read", path, source),
    }
}

impl Locked {
    /// The locked file, to read what it holds now again while more is appended.
    pub(super) fn opened_again(&self) -> Result<Source, LedgerError> {
        let LedgerFile { system, path, .. } = &self.ledger;
        let open = || {
            let file = system.open(path, Opening::Read)?;
            Ok((file.state()?, file))
        };
        let (state, file) = open().map_err(|source| cannot_read(path, source))?;
        let locked = self.file.state().map_err(|source| cannot_read(path, source))?;
        if state.identity != locked.identity {
            return Err(LedgerError::Replaced { path: path.clone() });
        }
        Ok(Source::of_file(path, file, state, self.length))
    }
}
