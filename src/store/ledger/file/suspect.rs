//! The marker that stops every write, and other files that are kept beside a ledger.

use super::locking::look_at;
use super::system::{OpenFile, Opening};
use super::writing::write_all;
use super::{LedgerError, LedgerFile, io_error, with_suffix};
use crate::store::record::sha256;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

impl LedgerFile {
    /// While this file stands, nothing is written.
    pub(super) fn marker_path(&self) -> PathBuf {
        with_suffix(&self.path, ".suspect")
    }

    /// The marker, if it stands.
    pub(super) fn standing_marker(&self) -> Result<Option<PathBuf>, LedgerError> {
        let marker = self.marker_path();
        Ok(look_at(&marker, self.system.look(&marker))?.map(|_| marker))
    }

    pub(super) fn refuse_suspect(&self) -> Result<(), LedgerError> {
        match self.standing_marker()? {
            Some(marker) => Err(LedgerError::Suspect { marker }),
            None => Ok(()),
        }
    }

    /// Leaves the marker, durably. That it stands is what counts: on a full disk it may stay empty.
    pub(super) fn mark(&self, note: &str) -> io::Result<()> {
        let marker = self.marker_path();
        match self.system.open(&marker, Opening::New) {
            Ok(file) => {
                let _ = write_all(&*file, note.as_bytes());
                file.sync()?;
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        self.system.sync_directory_of(&marker)
    }

    /// Lifts the marker, durably, if it stands.
    pub(super) fn lift_marker(&self) -> Result<(), LedgerError> {
        let Some(marker) = self.standing_marker()? else { return Ok(()) };
        let lift = || {
            self.system.remove(&marker)?;
            self.system.sync_directory_of(&marker)
        };
        lift().map_err(|source| io_error("remove", &marker, source))
    }

    /// Keeps bytes of a ledger in a file of their own, durably: `<ledger>.<what>-<number>-<hash>`. Whoever may not read
    /// the ledger may not read it either.
    ///
    /// A file that a killed writer left with the start of them is written anew; one with anything else in it is an error.
    pub(super) fn keep(
        &self,
        locked: &dyn OpenFile,
        what: &str,
        number: u64,
        bytes: &[u8],
    ) -> Result<PathBuf, LedgerError> {
        let mut hash = sha256(bytes).to_string();
        hash.truncate(16);
        let aside = with_suffix(&self.path, &format!(".{what}-{number}-{hash}"));
        let keep = || {
            let file = match self.system.open(&aside, Opening::New) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    let file = self.system.open(&aside, Opening::Append)?;
                    if !bytes.starts_with(&super::read_all(&*file)?) {
                        return Err(error);
                    }
                    // Written anew: what is there may have been left by a sync that failed.
                    file.truncate(0)?;
                    file
                }
                opened => opened?,
            };
            file.be_like(&locked.state()?)?;
            write_all(&*file, bytes)?;
            file.sync()?;
            self.system.sync_directory_of(&aside)
        };
        keep().map_err(|source| io_error("keep bytes of the ledger in", &aside, source))?;
        Ok(aside)
    }
}
