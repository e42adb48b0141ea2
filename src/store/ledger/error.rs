//! The errors of the ledger file, and what to do next in each case.

#[cfg(feature = "postgres")]
use super::shared::SharedError;
use crate::domain::event::Digest;
use crate::domain::fault::Fault;
use chrono::{DateTime, NaiveDate, Utc};
use std::io;
use std::path::PathBuf;

/// Why the ledger file could not be used: the machine failed, or it can't be trusted here. All of them exit 4, except
/// `Faulty` and `Unwritable`, which are about content and carry faults, and `Stream`.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Only `init` creates a ledger: a missing ledger is never taken for an empty one.
    #[error("there is no ledger at `{}`", path.display())]
    Missing { path: PathBuf },
    /// The ledger is standard input, and the command would write to it: a misuse.
    #[error("the ledger `-` is standard input, which can be read but not written to")]
    Stream,
    /// `init` touches no file that exists (D22).
    #[error("`{}` exists already and was not touched", path.display())]
    Exists { path: PathBuf },
    /// The path names a link, a directory or a pipe. A link could lead to another file tomorrow; a pipe can't be
    /// synced.
    #[error("`{}` is {what}", path.display())]
    NotAFile {
        path: PathBuf,
        /// `a directory`.
        what: &'static str,
    },
    /// The file has several names. It would then have a marker for each name.
    #[error("`{}` has {links} hard links, not one", path.display())]
    Linked { path: PathBuf, links: u64 },
    /// A shared ledger could not be used.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Shared(#[from] SharedError),
    /// The ledger is a URL, and this build knows no database.
    #[error("this build of exquota has no shared ledgers")]
    NoPostgres,
    /// A ledger file is not loaded into another one.
    #[cfg(feature = "postgres")]
    #[error("--from loads a ledger into a shared one, and the ledger given is a file")]
    NotShared,
    /// The URL of a shared ledger can't be read.
    #[error("the address of the ledger can't be read: {told}")]
    Address { told: String },
    /// Another writer held the lock until the timeout.
    #[error("`{}` is locked by another writer", path.display())]
    LockTimeout { path: PathBuf },
    /// The file system gave no lock. Without a lock nothing is written.
    #[error("`{}` can't be locked", path.display())]
    LockFailed { path: PathBuf, source: io::Error },
    /// Another file took the path.
    #[error("`{}` was replaced by another file meanwhile", path.display())]
    Replaced { path: PathBuf },
    /// An earlier write failed, and it is unknown how much of it is in the file.
    #[error("an earlier write failed: the marker `{}` exists", marker.display())]
    Suspect { marker: PathBuf },
    /// Another program wrote without the lock, between reading and appending.
    #[error("`{}` was changed by a program that does not lock it", path.display())]
    Changed { path: PathBuf },
    /// The ledger grew after the entries were judged.
    #[error("the ledger's head is {found}, and the entries were judged on {judged}")]
    HeadMoved { judged: Digest, found: Digest },
    /// The last line is faulty, so no line can follow it.
    #[error("`{}` does not end with a good line", path.display())]
    Faulty { path: PathBuf, faults: Vec<Fault> },
    /// The entry would be a fault in the ledger.
    #[error("an entry can't be written as a good line")]
    Unwritable { faults: Vec<Fault> },
    /// The clock is behind the last entry by more than drift explains.
    #[error("the clock says {}, more than 5 minutes before the last entry's {}", utc(*clock), utc(*last))]
    ClockBehind { clock: DateTime<Utc>, last: DateTime<Utc> },
    /// A write, a sync or a check by reading back failed midway.
    #[error(
        "{step} `{}` failed, and it is unknown whether {}{}",
        path.display(),
        recorded(batch),
        unmarked(marker)
    )]
    OutcomeUnknown {
        path: PathBuf,
        /// The step that failed: `writing to`.
        step: &'static str,
        source: io::Error,
        /// Why the marker could not be made, if it could not.
        marker: Option<io::Error>,
        /// Of a batch: how many of its lines stand whole in the file, where that can be read, and how many it has.
        batch: Option<(Option<usize>, usize)>,
        /// The date to give with the same command again, which may be on a later day (D36).
        date: Option<NaiveDate>,
    },
    /// A new ledger could not be finished. Its unfinished file was removed, or does not count as a ledger.
    #[error("{step} the new ledger `{}` failed, and it was not created{}", path.display(), left_over(left))]
    NotCreated {
        path: PathBuf,
        /// The step that failed: `writing`.
        step: &'static str,
        source: io::Error,
        /// Why the unfinished file could not be removed, if it could not.
        left: Option<io::Error>,
    },
    /// A recovery could not be finished. The ledger is either the old file or the new one, whole.
    #[error("{step} `{}` failed, and the recovery is not finished", path.display())]
    NotRecovered {
        path: PathBuf,
        /// The step that failed: `writing to`.
        step: &'static str,
        source: io::Error,
    },
    /// A ledger could not be replaced. It is either the old file or the new one, whole.
    #[error("{step} `{}` failed, and it is unknown whether it was replaced", path.display())]
    NotReplaced {
        path: PathBuf,
        /// The step that failed: `writing to`.
        step: &'static str,
        source: io::Error,
    },
    /// Any other system call that failed. Nothing was recorded.
    #[error("can't {doing} `{}`", path.display())]
    Io {
        /// The verb of the message: `open`.
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

fn utc(time: DateTime<Utc>) -> impl std::fmt::Display {
    time.format("%Y-%m-%dT%H:%M:%SZ")
}

fn recorded(batch: &Option<(Option<usize>, usize)>) -> String {
    match batch {
        None => "the entry was recorded".to_owned(),
        Some((None, all)) => format!("the {all} entries were recorded"),
        Some((Some(standing), all)) => {
            format!("the entries were recorded: of {all}, {standing} stand in the file as sound lines")
        }
    }
}

fn unmarked(marker: &Option<io::Error>) -> String {
    match marker {
        None => String::new(),
        Some(error) => format!("; the marker that stops further writes could not be made either ({error})"),
    }
}

fn left_over(left: &Option<io::Error>) -> String {
    match left {
        None => String::new(),
        Some(error) => format!("; the unfinished file could not be removed ({error})"),
    }
}

impl LedgerError {
    /// Whether others wrote first, so that the same command can be judged again at once.
    pub fn is_overtaken(&self) -> bool {
        #[cfg(feature = "postgres")]
        return matches!(self, LedgerError::Shared(SharedError::Overtaken { .. }));
        #[cfg(not(feature = "postgres"))]
        false
    }

    /// The same error, with the date of what was to be recorded; none for a check, which a retry records again (D49).
    #[must_use]
    pub fn given_on(mut self, day: Option<NaiveDate>) -> Self {
        match &mut self {
            LedgerError::OutcomeUnknown { date, .. } => *date = day,
            #[cfg(feature = "postgres")]
            LedgerError::Shared(SharedError::OutcomeUnknown { date, .. }) => *date = day,
            _ => {}
        }
        self
    }

    /// What the user can do next.
    pub fn next_step(&self) -> String {
        let next = match self {
            LedgerError::OutcomeUnknown { marker, date, .. } => {
                let first = match marker {
                    Some(_) => "stop all writers: create an empty file `LEDGER.suspect`. Then fix the cause",
                    None => "fix the cause",
                };
                let then = match date {
                    Some(date) => format!("repeat the command with --date {date}; a retry never records twice"),
                    None => "repeat the command unless `exquota log --event check` shows the check".to_owned(),
                };
                return format!("{first}, run `exquota recover`, and {then}");
            }
            #[cfg(feature = "postgres")]
            LedgerError::Shared(error) => return error.next_step(),
            LedgerError::NoPostgres => {
                "build it with `cargo install --path . --features postgres`, which needs Debian's libpq-dev and libclang-dev, or name a ledger file"
            }
            #[cfg(feature = "postgres")]
            LedgerError::NotShared => "give `--ledger postgres://HOST/DATABASE#NAME`; to copy a file, use `cp`",
            LedgerError::Address { .. } => "write `postgres://HOST/DATABASE#NAME`; nothing was recorded",
            LedgerError::Missing { .. } => {
                "name the ledger with `--ledger`, or create one with `exquota init --policy POLICY`"
            }
            LedgerError::Exists { .. } => "name another file, or keep the ledger that is there",
            LedgerError::NotAFile { .. } => "name the ledger file itself",
            LedgerError::Linked { .. } => "remove the other names, or use a copy of the file",
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
            LedgerError::Stream => "name the ledger's file to --ledger; a file named `-` is `./-`",
            LedgerError::Unwritable { .. } => "correct what was given; nothing was recorded",
            LedgerError::ClockBehind { .. } => {
                "nothing was recorded. If this clock is wrong, set it; if the last entry was recorded under a wrong clock, add `--after-last`: it records with the last entry's time"
            }
            LedgerError::NotCreated { left: None, .. } => "fix the cause, and run `exquota init` again",
            LedgerError::NotCreated { left: Some(_), .. } => {
                "fix the cause, remove the unfinished file, and run `exquota init` again"
            }
            LedgerError::NotRecovered { .. } => "fix the cause, and run `exquota recover` again",
            LedgerError::NotReplaced { .. } => {
                "the ledger is the old file or the new one, whole: fix the cause, and run the command again"
            }
            LedgerError::Io { .. } => "fix the cause, and run the command again; nothing was recorded",
        };
        next.to_owned()
    }

    /// The faults of the content, for the errors that are about content.
    pub fn faults(&self) -> &[Fault] {
        match self {
            LedgerError::Faulty { faults, .. } | LedgerError::Unwritable { faults } => faults,
            _ => &[],
        }
    }
}
