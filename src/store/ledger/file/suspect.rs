//! The marker that stops every write, and the copies that are kept beside a ledger.

use super::{LedgerError, LedgerFile, io_error, read_all};
use crate::store::ledger::Ledger;
use crate::store::put::{Access, Over, put};
use crate::store::record::sha256;
use crate::store::system::{MODE, OpenFile, Opening, with_suffix};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

impl LedgerFile {
    /// While this file exists, nothing is written.
    pub(super) fn marker_path(&self) -> PathBuf {
        with_suffix(&self.path, ".suspect")
    }

    pub(super) fn refuse_suspect(&self) -> Result<(), LedgerError> {
        match self.marker()? {
            Some(marker) => Err(LedgerError::Suspect { marker }),
            None => Ok(()),
        }
    }

    /// Makes the marker, durably. Only its existence counts: on a full disk it may stay empty.
    pub(super) fn mark(&self, note: &str) -> io::Result<()> {
        let marker = self.marker_path();
        match self.system.open(&marker, Opening::New(MODE)) {
            Ok(file) => {
                let _ = (&*file).write_all(note.as_bytes());
                file.sync()?;
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        self.system.sync_directory_of(&marker)
    }

    /// Removes the marker, durably, if it exists.
    pub(super) fn lift_marker(&self) -> Result<(), LedgerError> {
        let Some(marker) = self.marker()? else { return Ok(()) };
        let lift = || {
            self.system.remove(&marker)?;
            self.system.sync_directory_of(&marker)
        };
        lift().map_err(|source| io_error("remove", &marker, source))
    }

    /// Copies bytes of a ledger to a file `<ledger>.<what>-<number>-<hash>`, as [`LedgerFile::keep`] does.
    pub(in crate::store::ledger) fn keep_numbered(
        &self,
        locked: &dyn OpenFile,
        what: &str,
        number: u64,
        bytes: &[u8],
    ) -> Result<PathBuf, LedgerError> {
        let mut hash = sha256(bytes).to_string();
        hash.truncate(16);
        self.keep(locked, &format!("{what}-{number}-{hash}"), bytes)
    }

    /// Copies bytes of a ledger to a file `<ledger>.<name>`, durably. The copy gets the ledger's owner and permissions.
    ///
    /// If that file exists with the start of these bytes, a killed writer left it, and it is written again. If it holds
    /// anything else, that is an error.
    pub(super) fn keep(&self, locked: &dyn OpenFile, name: &str, bytes: &[u8]) -> Result<PathBuf, LedgerError> {
        let aside = with_suffix(&self.path, &format!(".{name}"));
        let keep = || {
            let like = locked.state()?;
            let put =
                || put(&*self.system, &aside, Over::Nothing, Access::Like(&like), bytes).map_err(|failed| failed.1);
            match put() {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    if !bytes.starts_with(&read_all(&*self.system.open(&aside, Opening::Append)?)?) {
                        return Err(error);
                    }
                    self.system.remove(&aside)?;
                    put()
                }
                done => done,
            }
        };
        keep().map_err(|source| io_error("copy bytes of the ledger to", &aside, source))?;
        Ok(aside)
    }
}
