//! Checks lines, writes them at once, syncs them, and reads them back.

use super::LedgerError;
use crate::domain::admitted::Admitted;
use crate::domain::fault::{Fault, FaultCode};
use crate::store::ledger::read::Chain;
use crate::store::record::write_line;
use crate::store::system::{OpenFile, read_exactly};
use std::io::{self, Write};

/// The step that failed, and the system's error.
pub(super) type Failure = (&'static str, io::Error);

/// The lines of these entries after `chain`, each with its `\n`. Each line is read back here as the next reader will
/// read it.
pub(in crate::store::ledger) fn good_lines(chain: &mut Chain, entries: &[Admitted]) -> Result<Vec<u8>, LedgerError> {
    let mut lines = Vec::new();
    for entry in entries.iter().map(Admitted::entry) {
        let line = write_line(&chain.head(), entry);
        let faults = match chain.follow(&line, entry.seq) {
            Ok(record) if record.entry == *entry => {
                lines.extend_from_slice(&line);
                lines.push(b'\n');
                continue;
            }
            Ok(_) => {
                let message = "the written line reads back as another entry";
                vec![Fault::new(FaultCode::FieldInvalid, message).line(entry.seq)]
            }
            Err(faults) => faults,
        };
        return Err(LedgerError::Unwritable { faults });
    }
    Ok(lines)
}

/// Writes all lines in one write at `offset`, the end of the file, then syncs and reads them back.
pub(super) fn write_synced(file: &dyn OpenFile, offset: u64, lines: &[u8]) -> Result<(), Failure> {
    let mut end = file;
    end.write_all(lines).map_err(|source| ("writing to", source))?;
    file.sync().map_err(|source| ("syncing", source))?;
    match ends_with(file, offset, lines) {
        Ok(true) => Ok(()),
        Ok(false) => Err(("reading back", io::Error::other("the file holds other bytes than were written"))),
        Err(source) => Err(("reading back", source)),
    }
}

/// How many of these lines stand whole in the file from this offset on, after a write that failed.
pub(super) fn standing(file: &dyn OpenFile, offset: u64, lines: &[u8]) -> io::Result<usize> {
    let left = file.state()?.length.saturating_sub(offset);
    let mut found = vec![0; lines.len().min(usize::try_from(left).unwrap_or(usize::MAX))];
    read_exactly(file, &mut found, offset)?;
    let same = found.iter().zip(lines).take_while(|(found, line)| found == line).count();
    Ok(memchr::memchr_iter(b'\n', &found[..same]).count())
}

/// Whether the file ends with these bytes at this offset.
pub(super) fn ends_with(file: &dyn OpenFile, offset: u64, expected: &[u8]) -> io::Result<bool> {
    let mut found = vec![0; expected.len()];
    read_exactly(file, &mut found, offset)?;
    let length = file.state()?.length;
    Ok(found == expected && length.checked_sub(offset) == u64::try_from(found.len()).ok())
}
