//! Recovers a ledger after a failed write: copies every whole line to a new file that replaces the ledger (D23).
//!
//! The recovery does not write to the old file, and does not trust it to be durable: after a failed sync its pages may
//! never reach the disk, even if a later sync succeeds. The marker is removed last, so a recovery killed at any point
//! starts again from the beginning.

use super::founding::Draft;
use super::locking::look_at;
use super::{LedgerError, LedgerFile, io_error, length_of, read_locked};
use crate::domain::fault::FaultList;
use crate::store::ledger::read::{End, Reader};
use crate::store::ledger::{Ledger, Recovered};

/// Recovers the ledger, if there is a marker or an unfinished last line. Otherwise it changes nothing.
///
/// If a whole line has a fault, the error is [`LedgerError::Faulty`] and nothing is changed: a failed write does not
/// cause such a fault.
pub(super) fn recover(ledger: &LedgerFile) -> Result<Recovered, LedgerError> {
    let path = &ledger.path;
    let file = ledger.lock()?;
    let bytes = read_locked(&*file, path)?;
    let mut reader = Reader::new(&*bytes);
    let mut faults = FaultList::keeping(FaultList::MOST);
    reader.by_ref().filter_map(Result::err).for_each(|found| faults.add(&found));
    if !faults.is_empty() {
        return Err(LedgerError::Faulty { path: path.clone(), faults: faults.finish().0 });
    }
    let marker = ledger.marker()?;
    let entries = reader.seq();
    let End { head, torn, .. } = reader.end().map_err(|source| io_error("read", path, source))?;
    let mut recovered = Recovered { entries, head, marker, torn, kept: None, gone: None };
    if recovered.marker.is_none() && torn.is_none() {
        return Ok(recovered);
    }
    recovered.kept = Some(ledger.keep_numbered(&*file, "before-recovery", length_of(&bytes), &bytes)?);
    let good = bytes.get(..torn.map_or(bytes.len(), |torn| torn.offset)).unwrap_or_default();
    let draft = Draft::begin(ledger)?;
    let replaced = draft.take_place_of(&look_at(path, file.state())?, good);
    replaced.map_err(|(step, source)| LedgerError::NotRecovered { path: path.clone(), step, source })?;
    ledger.lift_marker()?;
    Ok(recovered)
}
