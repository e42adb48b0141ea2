//! After a failed write: what is good is copied to a new file, put in the ledger's place (D23).
//!
//! The old file is not written to, and not trusted to be durable: after a failed sync its pages may never reach the
//! disk, whatever a later sync says. Killed at any point, the whole is done again: the marker goes last.

use super::founding::Draft;
use super::locking::{lock_ledger, look_at};
use super::system::System;
use super::{LedgerError, length_of, read_locked, suspect, suspect_marker};
use crate::domain::event::{Digest, Seq};
use crate::domain::fault::Fault;
use crate::store::ledger::read::{Reader, Torn, torn};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What was found and done.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// How many entries the ledger holds.
    pub entries: Seq,
    /// Its head.
    pub head: Digest,
    /// The marker that was lifted.
    pub marker: Option<PathBuf>,
    /// The unfinished last line that was left out.
    pub torn: Option<Torn>,
    /// The copy of all bytes as they were before; none if there was nothing to recover.
    pub kept: Option<PathBuf>,
}

/// Recovers the ledger at `path`, if a marker stands or its last line is torn; else nothing is changed.
///
/// With any fault in a whole line it is [`LedgerError::Faulty`], and nothing is changed either: a failed write leaves
/// no such thing.
pub fn recover(system: &dyn System, path: &Path, timeout: Duration) -> Result<Recovered, LedgerError> {
    let file = lock_ledger(system, path, timeout)?;
    let bytes = read_locked(&*file, path)?;
    let mut reader = Reader::new(&bytes);
    let faults: Vec<Fault> = reader.by_ref().filter_map(Result::err).flatten().collect();
    if !faults.is_empty() {
        return Err(LedgerError::Faulty { path: path.to_owned(), faults });
    }
    let marker = suspect_marker(system, path)?;
    let torn = torn(&bytes);
    let mut recovered = Recovered { entries: reader.seq(), head: reader.head(), marker, torn, kept: None };
    if recovered.marker.is_none() && torn.is_none() {
        return Ok(recovered);
    }
    recovered.kept = Some(suspect::keep(system, path, &*file, "before-recovery", length_of(&bytes), &bytes)?);
    let good = bytes.get(..torn.map_or(bytes.len(), |torn| torn.offset)).unwrap_or_default();
    let draft = Draft::begin(system, path, timeout)?;
    let like = look_at(path, file.state())?;
    draft
        .file
        .be_like(&like)
        .map_err(|source| ("giving its owner and permissions to the new file for", source))
        .and_then(|()| draft.fill(good))
        .and_then(|()| draft.replace(path))
        .map_err(|(step, source)| {
            draft.discard();
            LedgerError::NotRecovered { path: path.to_owned(), step, source }
        })?;
    suspect::lift(system, path)?;
    Ok(recovered)
}
