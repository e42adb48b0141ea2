//! The errors of shared ledgers, and what to do next in each case.

use crate::domain::event::Seq;
use chrono::NaiveDate;
use std::path::PathBuf;

/// Why a shared ledger could not be used. None of its messages holds a password.
#[derive(Debug, thiserror::Error)]
pub enum SharedError {
    /// No connection, or it broke or gave no answer in time. Nothing was sent that could have been recorded.
    #[error("the server of `{ledger}` can't be reached: {why}")]
    Unreachable { ledger: String, why: String },
    /// The database says no. Nothing was recorded.
    #[error("the database refused it for `{ledger}`: {why}")]
    Refused { ledger: String, why: String },
    /// The table, its triggers or the roles are missing.
    #[error("the database of `{ledger}` is not set up: it lacks {lacks}")]
    NotSetUp { ledger: String, lacks: String },
    /// No line of this name.
    #[error("there is no ledger `{ledger}`")]
    Missing { ledger: String },
    #[error("`{ledger}` exists already and was not touched")]
    Exists { ledger: String },
    /// Other desks appended first, each time.
    #[error("other desks wrote to `{ledger}` first")]
    Overtaken { ledger: String },
    /// The server has fewer entries than this desk has seen acknowledged.
    #[error(
        "the server has lost entries of `{ledger}`: it ends with entry {stands}, and this desk has seen entry {seen}"
    )]
    Lost { ledger: String, stands: Seq, seen: Seq },
    /// With `--offline` nothing is written.
    #[error("--offline answers from the mirror and writes nothing")]
    Offline,
    /// With `--offline`, and nothing was fetched before.
    #[error("there is no mirror of `{ledger}` on this machine")]
    NoMirror { ledger: String },
    /// No folder for mirrors.
    #[error("there is no folder for the mirror of a shared ledger")]
    NoFolder,
    /// The mirror's file could not be written.
    #[error("can't write to the mirror `{}`", path.display())]
    Mirror { path: PathBuf, source: std::io::Error },
    /// The connection broke while the lines were recorded, and the server can't be asked.
    #[error("the server of `{ledger}` gave no answer, and it is unknown whether the entry was recorded: {why}")]
    OutcomeUnknown {
        ledger: String,
        why: String,
        /// The date to give with the same command again, which may be on a later day (D36).
        date: Option<NaiveDate>,
    },
}

impl SharedError {
    /// What the user can do next.
    pub fn next_step(&self) -> String {
        let next = match self {
            SharedError::Unreachable { .. } => {
                "check the server, the address and the network, and run the command again; nothing was recorded. `--offline` \
                 answers from the mirror, and `--lock-timeout SECONDS` waits longer"
            }
            SharedError::Refused { .. } => {
                "ask the database's administrator: a desk needs the role `exquota_writer`, a reader `exquota_reader`; nothing was \
                 recorded"
            }
            SharedError::NotSetUp { .. } => {
                "let the database's owner run `exquota schema postgres | psql --set ON_ERROR_STOP=1 DATABASE`; nothing was recorded"
            }
            SharedError::Missing { .. } => {
                "check the name behind `#`, or create the ledger with `exquota init`; nothing was recorded"
            }
            SharedError::Exists { .. } => "give another name behind `#`, or keep the ledger that is there",
            SharedError::Overtaken { .. } => {
                "run the command again, or let it try longer with `--lock-timeout SECONDS`; nothing was recorded"
            }
            SharedError::Lost { .. } => {
                "nothing was written. If the server was restored from a backup, find a newer one. `exquota recover` accepts the loss: \
                 it keeps the entries that are gone in a file, and says which they are"
            }
            SharedError::Offline => "leave --offline out to write; --dry-run judges without writing",
            SharedError::NoMirror { .. } => "give a command without --offline first, which fetches the ledger",
            SharedError::NoFolder => "set HOME, or XDG_CACHE_HOME to a folder; nothing was recorded",
            SharedError::Mirror { .. } => "check the folder and its permissions; nothing was recorded",
            SharedError::OutcomeUnknown { date: Some(date), .. } => {
                return format!("give the same command again with --date {date}: nothing is recorded twice");
            }
            SharedError::OutcomeUnknown { date: None, .. } => {
                "give the same command again unless `exquota log --event check` shows the check"
            }
        };
        next.to_owned()
    }
}
