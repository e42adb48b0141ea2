//! Why the ledger file could not be used, and what to do next in each case.

use crate::domain::event::Digest;
use crate::domain::fault::Fault;
use chrono::{DateTime, Utc};
use std::io;
use std::path::PathBuf;

/// The machine failed, or would have to be trusted where it can't be. All of them exit 4, except that
/// what is wrong with a content (`Faulty`, `Unwritable`) has faults to show.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Only `init` creates a ledger: a missing one is never an empty one.
    #[error("there is no ledger at `{}`", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// `init` touches nothing that exists (D22).
    #[error("`{}` exists already, and was not touched", path.display())]
    Exists {
        /// What is in the way.
        path: PathBuf,
    },
    /// A link, a directory, a pipe: it could be another file tomorrow, or can't be synced.
    #[error("`{}` is {what}", path.display())]
    NotAFile {
        /// The ledger's path.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The same file under two names would have two sets of markers.
    #[error("`{}` has {links} hard links, not one", path.display())]
    Linked {
        /// The ledger's path.
        path: PathBuf,
        /// How many names it has.
        links: u64,
    },
    /// Somebody else is writing.
    #[error("`{}` is locked by another writer", path.display())]
    LockTimeout {
        /// The ledger's path.
        path: PathBuf,
    },
    /// No lock, no write.
    #[error("`{}` can't be locked", path.display())]
    LockFailed {
        /// The ledger's path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another file came to stand at the path.
    #[error("`{}` was replaced by another file meanwhile", path.display())]
    Replaced {
        /// The ledger's path.
        path: PathBuf,
    },
    /// A write failed before, and nobody knows yet what of it is in the file.
    #[error("an earlier write failed: `{}` stands", marker.display())]
    Suspect {
        /// The marker.
        marker: PathBuf,
    },
    /// Somebody wrote without the lock, between reading and appending.
    #[error("`{}` was changed by a program that does not lock it", path.display())]
    Changed {
        /// The ledger's path.
        path: PathBuf,
    },
    /// What was judged is not what stands.
    #[error("the ledger's head is {found}, and the entries were judged on {judged}")]
    HeadMoved {
        /// The head that the entries were judged on.
        judged: Digest,
        /// The head that stands.
        found: Digest,
    },
    /// The last line can't be followed by another one.
    #[error("`{}` does not end with a good line", path.display())]
    Faulty {
        /// The ledger's path.
        path: PathBuf,
        /// What is wrong with the line.
        faults: Vec<Fault>,
    },
    /// The entry can't stand in a ledger: written, it would be a fault.
    #[error("an entry can't be written as a good line")]
    Unwritable {
        /// What would be wrong with it.
        faults: Vec<Fault>,
    },
    /// The clock is behind by more than is put down to drift.
    #[error("the clock says {clock}, more than 5 minutes before the last entry's {last}")]
    ClockBehind {
        /// What the clock says.
        clock: DateTime<Utc>,
        /// When the last line was recorded.
        last: DateTime<Utc>,
    },
    /// A write or sync failed midway.
    #[error(
        "{step} `{}` failed, and it is unknown whether the entry was recorded{}",
        path.display(),
        unmarked(marker)
    )]
    OutcomeUnknown {
        /// The ledger's path.
        path: PathBuf,
        /// What failed: `writing to`.
        step: &'static str,
        /// What the system said.
        source: io::Error,
        /// Why the marker could not be left, if so.
        marker: Option<io::Error>,
    },
    /// A new ledger could not be finished; what there was of it is gone, or was never a ledger.
    #[error("{step} the new ledger `{}` failed, and it was not created{}", path.display(), left_over(left))]
    NotCreated {
        /// Where it was to be.
        path: PathBuf,
        /// What failed: `writing`.
        step: &'static str,
        /// What the system said.
        source: io::Error,
        /// Why the unfinished file could not be removed, if so.
        left: Option<io::Error>,
    },
    /// A recovery could not be finished; the old file, or the new one, stands whole.
    #[error("{step} `{}` failed, and the recovery is not finished", path.display())]
    NotRecovered {
        /// The ledger's path.
        path: PathBuf,
        /// What failed: `writing to`.
        step: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Anything else that the system refused; nothing was recorded.
    #[error("can't {doing} `{}`", path.display())]
    Io {
        /// What was tried: `open`.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn unmarked(marker: &Option<io::Error>) -> String {
    match marker {
        None => String::new(),
        Some(error) => format!("; the marker that would stop further writes failed too ({error})"),
    }
}

fn left_over(left: &Option<io::Error>) -> String {
    match left {
        None => String::new(),
        Some(error) => format!("; the unfinished file could not be removed ({error})"),
    }
}

impl LedgerError {
    /// What to do next, for a person.
    pub fn next_step(&self) -> &'static str {
        match self {
            LedgerError::Missing { .. } => {
                "name the ledger with `--ledger`, or create one with `exquota init --policy POLICY`"
            }
            LedgerError::Exists { .. } => "name another file, or keep the ledger that is there",
            LedgerError::NotAFile { .. } => "name the ledger file itself",
            LedgerError::Linked { .. } => "remove the other names, or go on with a copy of the file",
            LedgerError::LockTimeout { .. } => {
                "try again, or wait longer with `--lock-timeout SECONDS`; nothing was recorded"
            }
            LedgerError::LockFailed { .. } => "keep the ledger on a file system with locks; nothing was recorded",
            LedgerError::Replaced { .. } => "run the command again; nothing was recorded",
            LedgerError::Suspect { .. } => {
                "nothing was recorded; `exquota recover` checks the file, keeps a copy of it, and lifts the marker"
            }
            LedgerError::Changed { .. } => "run `exquota validate`, and find the other program; nothing was recorded",
            LedgerError::HeadMoved { .. } => "run the command again; nothing was recorded",
            LedgerError::Faulty { .. } => "run `exquota validate` for every fault; nothing was recorded",
            LedgerError::Unwritable { .. } => "correct what was given; nothing was recorded",
            LedgerError::ClockBehind { .. } => "set the clock right; nothing was recorded",
            LedgerError::OutcomeUnknown { marker: Some(_), .. } => {
                "let nobody write: make an empty file of the ledger's name with `.suspect` after it, remove the cause, run `exquota recover`, and give the same command again: nothing is recorded twice"
            }
            LedgerError::OutcomeUnknown { marker: None, .. } => {
                "remove the cause, run `exquota recover`, and give the same command again: nothing is recorded twice"
            }
            LedgerError::NotCreated { left: None, .. } => "remove the cause, and run `exquota init` again",
            LedgerError::NotCreated { left: Some(_), .. } => {
                "remove the cause and the unfinished file, and run `exquota init` again"
            }
            LedgerError::NotRecovered { .. } => "remove the cause, and run `exquota recover` again",
            LedgerError::Io { .. } => "remove the cause, and run the command again; nothing was recorded",
        }
    }

    /// What is wrong with a content, where it is that.
    pub fn faults(&self) -> &[Fault] {
        match self {
            LedgerError::Faulty { faults, .. } | LedgerError::Unwritable { faults } => faults,
            _ => &[],
        }
    }
}
