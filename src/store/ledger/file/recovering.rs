//! After a failed write: what is good is copied to a new file, put in the ledger's place (D23).
//!
//! The old file is not written to, and not trusted to be durable: after a failed sync its pages may never reach the
//! disk, whatever a later sync says. Killed at any point, the whole is done again: the marker goes last.

use super::founding::Draft;
use super::locking::look_at;
use super::{LedgerError, LedgerFile, length_of, read_locked};
use crate::domain::fault::Fault;
use crate::store::ledger::read::{Reader, torn};
use crate::store::ledger::{Ledger, Recovered};

/// Recovers the ledger, if a marker stands or its last line is torn; else nothing is changed.
///
/// With any fault in a whole line it is [`LedgerError::Faulty`], and nothing is changed either: a failed write leaves
/// no such thing.
pub(super) fn recover(ledger: &LedgerFile) -> Result<Recovered, LedgerError> {
    let path = &ledger.path;
    let file = ledger.lock()?;
    let bytes = read_locked(&*file, path)?;
    let mut reader = Reader::new(&bytes);
    let faults: Vec<Fault> = reader.by_ref().filter_map(Result::err).flatten().collect();
    if !faults.is_empty() {
        return Err(LedgerError::Faulty { path: path.clone(), faults });
    }
    let marker = ledger.marker()?;
    let torn = torn(&bytes);
    let mut recovered = Recovered { entries: reader.seq(), head: reader.head(), marker, torn, kept: None };
    if recovered.marker.is_none() && torn.is_none() {
        return Ok(recovered);
    }
    recovered.kept = Some(ledger.keep(&*file, "before-recovery", length_of(&bytes), &bytes)?);
    let good = bytes.get(..torn.map_or(bytes.len(), |torn| torn.offset)).unwrap_or_default();
    let draft = Draft::begin(ledger)?;
    let like = look_at(path, file.state())?;
    draft
        .file
        .be_like(&like)
        .map_err(|source| ("giving its owner and permissions to the new file for", source))
        .and_then(|()| draft.fill(good))
        .and_then(|()| draft.replace())
        .map_err(|(step, source)| {
            draft.discard();
            LedgerError::NotRecovered { path: path.clone(), step, source }
        })?;
    ledger.lift_marker()?;
    Ok(recovered)
}
