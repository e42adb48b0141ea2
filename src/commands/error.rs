//! Why a command could not answer: each kind has its exit code, and says what to do next.

use crate::domain::fault::Fault;
use thiserror::Error;

/// The command line asks for something that can't be asked: exit 2.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct Misuse {
    /// What is wrong.
    pub message: String,
    /// What to do instead.
    pub next: String,
}

impl Misuse {
    /// With what to do instead.
    pub fn new(message: impl Into<String>, next: impl Into<String>) -> Self {
        Misuse { message: message.into(), next: next.into() }
    }
}

/// A file's content is wrong: exit 3.
#[derive(Debug, Error)]
#[error("{what} `{path}` is not valid")]
pub struct NotValid {
    /// `the policy`, `the ledger`, `the customers' file`.
    pub what: &'static str,
    /// The file, as it was given.
    pub path: String,
    /// Its text, for underlining; empty where it is not to be shown.
    pub source_text: String,
    /// All that is wrong.
    pub faults: Vec<Fault>,
    /// What to do next.
    pub next: String,
}

/// The machine failed, outside the ledger file: exit 4.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct MachineFailed {
    /// What failed, and how.
    pub message: String,
    /// What to do next.
    pub next: String,
}
