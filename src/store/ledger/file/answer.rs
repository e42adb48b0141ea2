//! Opens ledgers to answer from, without a lock. This follows links and reads pipes.

use super::{LedgerError, LedgerFile, io_error, read_all};
use crate::store::file::is_stream;
use crate::store::ledger::source::Source;
use crate::store::system::Opening;
use std::io;
use std::path::Path;

impl LedgerFile {
    /// Opens the ledger to read it. A regular file is read only up to its present length: a writer may be replacing an
    /// unfinished last line, and old bytes must not run on into new ones.
    pub(super) fn open_for_answer(&self) -> Result<Source, LedgerError> {
        let open = || {
            let file = self.system.open(&self.path, Opening::Read)?;
            let state = file.state()?;
            Ok(match state.irregular {
                // Another program may have read the beginning of a file that is standard input.
                None if !is_stream(&self.path) => {
                    let length = state.length;
                    Source::of_file(&self.path, file.into(), state, length)
                }
                _ => Source::of_bytes(&self.path, read_all(&*file)?),
            })
        };
        open().map_err(|source| cannot_read(&self.path, source))
    }
}

/// The error for a ledger that could not be read.
pub(in crate::store::ledger) fn cannot_read(path: &Path, source: io::Error) -> LedgerError {
    match source.kind() {
        io::ErrorKind::NotFound => LedgerError::Missing { path: path.to_owned() },
        io::ErrorKind::IsADirectory => LedgerError::NotAFile { path: path.to_owned(), what: "a directory" },
        _ => io_error("read", path, source),
    }
}
