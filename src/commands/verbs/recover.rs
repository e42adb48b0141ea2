//! `recover`: repairs the ledger after a failed write (D23).

use crate::commands::error::NotValid;
use crate::commands::session::Session;
use crate::commands::{Answer, Exit};
use crate::report::recovery::{Gone, Recovery, Torn};
use crate::store::ledger::LedgerError;

/// Recovers the ledger if it needs to be.
pub fn run(session: &Session) -> anyhow::Result<Answer> {
    let recovered = session.ledger.recover().map_err(tampered)?;
    let document = Recovery {
        ledger: session.ledger.name(),
        entries: recovered.entries,
        head: recovered.head,
        marker: recovered.marker.map(|path| path.display().to_string()),
        torn: recovered.torn.map(|torn| Torn { offset: torn.offset, length: torn.length, entry: torn.entry }),
        kept: recovered.kept.map(|path| path.display().to_string()),
        gone: recovered.gone.map(|(first, last)| Gone { first, last }),
    };
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: Vec::new() })
}

/// The error for faults in whole lines: a failed write does not cause them.
fn tampered(error: LedgerError) -> anyhow::Error {
    match error {
        LedgerError::Faulty { path, faults } => {
            let next = "a failed write can't cause this, so nothing was changed: find out who edited the file, and use \
                        a sound copy";
            NotValid::unshown("the ledger", &path, faults, next).into()
        }
        error => error.into(),
    }
}
