//! Turns an error into its exit code and what to do next (D26).

use crate::commands::Exit;
use crate::commands::error::{MachineFailed, Misuse, NotValid};
use crate::domain::entries::FoldError;
use crate::domain::fault::Fault;
use crate::report::failure::{Failure, FaultyFile};
use crate::store::file::Unreadable;
use crate::store::git::GitError;
use crate::store::ledger::LedgerError;
#[cfg(feature = "postgres")]
use crate::store::ledger::shared::SharedError;
use crate::store::put::FileError;

/// The failure to print for an error, with its exit code.
pub(super) fn failure(error: anyhow::Error) -> Failure {
    let error = match error.downcast::<NotValid>() {
        Ok(not_valid) => {
            return Failure {
                exit: Exit::NotValid as u8,
                message: not_valid.to_string(),
                next: not_valid.next,
                file: Some(FaultyFile {
                    // Without the source text nothing can be underlined.
                    faults: if not_valid.source_text.is_empty() {
                        not_valid.faults.into_iter().map(|fault| Fault { span: None, ..fault }).collect()
                    } else {
                        not_valid.faults
                    },
                    path: not_valid.path,
                    source: not_valid.source_text,
                }),
            };
        }
        Err(error) => error,
    };
    let (exit, next) = if let Some(misuse) = error.downcast_ref::<Misuse>() {
        (Exit::Usage, misuse.next.clone())
    } else if let Some(failed) = error.downcast_ref::<MachineFailed>() {
        (Exit::Failed, failed.next.clone())
    } else if let Some(unreadable) = error.downcast_ref::<Unreadable>() {
        (Exit::Failed, unreadable.next.clone())
    } else if let Some(git) = error.downcast_ref::<GitError>() {
        (Exit::Failed, git.next.clone())
    } else if let Some(file) = error.downcast_ref::<FileError>() {
        (Exit::Failed, file.next_step().to_owned())
    } else if let Some(ledger) = error.downcast_ref::<LedgerError>() {
        // Wrong content is not a failure of the machine.
        let exit = match ledger {
            LedgerError::Stream | LedgerError::NoPostgres | LedgerError::Address { .. } => Exit::Usage,
            #[cfg(feature = "postgres")]
            LedgerError::NotShared | LedgerError::Shared(SharedError::Offline) => Exit::Usage,
            other if other.faults().is_empty() => Exit::Failed,
            _ => Exit::NotValid,
        };
        (exit, ledger.next_step())
    } else if matches!(error.downcast_ref(), Some(FoldError::NoPolicy)) {
        (Exit::NotValid, "`exquota validate` lists all that is wrong".to_owned())
    } else {
        (Exit::Failed, "nothing was written; `exquota validate` says whether the ledger is sound".to_owned())
    };
    Failure { exit: exit as u8, message: format!("{error:#}"), file: None, next }
}
