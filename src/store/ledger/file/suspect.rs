//! The marker that stops every write, and other files that are kept beside a ledger.

use super::locking::look_at;
use super::system::{OpenFile, Opening, System};
use super::writing::write_all;
use super::{LedgerError, io_error, with_suffix};
use crate::store::record::sha256;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// While this file stands, nothing is written.
pub(super) fn marker_of(path: &Path) -> PathBuf {
    with_suffix(path, ".suspect")
}

/// Whether the marker stands.
pub(super) fn stands(system: &dyn System, path: &Path) -> Result<bool, LedgerError> {
    let marker = marker_of(path);
    Ok(look_at(&marker, system.look(&marker))?.is_some())
}

pub(super) fn refuse(system: &dyn System, path: &Path) -> Result<(), LedgerError> {
    match stands(system, path)? {
        true => Err(LedgerError::Suspect { marker: marker_of(path) }),
        false => Ok(()),
    }
}

/// Leaves the marker, durably. That it stands is what counts: on a full disk it may stay empty.
pub(super) fn mark(system: &dyn System, path: &Path, note: &str) -> io::Result<()> {
    let marker = marker_of(path);
    match system.open(&marker, Opening::New) {
        Ok(file) => {
            let _ = write_all(&*file, note.as_bytes());
            file.sync()?;
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    system.sync_directory_of(&marker)
}

/// Lifts the marker, durably, if it stands.
pub(super) fn lift(system: &dyn System, path: &Path) -> Result<(), LedgerError> {
    if !stands(system, path)? {
        return Ok(());
    }
    let marker = marker_of(path);
    let end = || {
        system.remove(&marker)?;
        system.sync_directory_of(&marker)
    };
    end().map_err(|source| io_error("remove", &marker, source))
}

/// Keeps bytes of a ledger in a file of their own, durably: `<ledger>.<what>-<number>-<hash>`. Whoever may not read the
/// ledger may not read it either.
///
/// A file that a killed writer left with the start of them is written anew; one with anything else in it is an error.
pub(super) fn keep(
    system: &dyn System,
    path: &Path,
    ledger: &dyn OpenFile,
    what: &str,
    number: u64,
    bytes: &[u8],
) -> Result<PathBuf, LedgerError> {
    let mut hash = sha256(bytes).to_string();
    hash.truncate(16);
    let aside = with_suffix(path, &format!(".{what}-{number}-{hash}"));
    let keep = || {
        let file = match system.open(&aside, Opening::New) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let file = system.open(&aside, Opening::Append)?;
                if !bytes.starts_with(&super::read_all(&*file)?) {
                    return Err(error);
                }
                // Written anew: what is there may have been left by a sync that failed.
                file.truncate(0)?;
                file
            }
            opened => opened?,
        };
        file.be_like(&ledger.state()?)?;
        write_all(&*file, bytes)?;
        file.sync()?;
        system.sync_directory_of(&aside)
    };
    keep().map_err(|source| io_error("keep bytes of the ledger in", &aside, source))?;
    Ok(aside)
}
