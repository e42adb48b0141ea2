//! Judges a command again where another desk wrote to the shared ledger first.

use super::args::Verb;
use super::dispatch::dispatch;
use crate::commands::Answer;
use crate::commands::session::Session;
use crate::store::ledger::LedgerError;
use std::path::PathBuf;

/// Runs a verb as [`dispatch`] does, until nobody overtakes it or the time of --lock-timeout is up. What reads standard
/// input can run only once.
pub(super) fn until_written(
    session: &Session,
    verb: Verb,
    out: Option<PathBuf>,
    bom: bool,
    reads_input: bool,
) -> anyhow::Result<Answer> {
    let ends = session.system.elapsed().saturating_add(session.access.patience);
    loop {
        match dispatch(session, verb.clone(), out.clone(), bom) {
            Err(error) if !reads_input && is_overtaken(&error) && session.system.elapsed() < ends => {}
            answer => return answer,
        }
    }
}

fn is_overtaken(error: &anyhow::Error) -> bool {
    error.downcast_ref().is_some_and(LedgerError::is_overtaken)
}
