//! Why a command could not answer. Each kind has its exit code and says what to do next.

use crate::domain::fault::Fault;
use thiserror::Error;

/// The command line is not valid: exit 2.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct Misuse {
    pub message: String,
    pub next: String,
}

impl Misuse {
    /// A message, and what to do instead.
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
    /// Its text, for underlining; empty where it must not be shown.
    pub source_text: String,
    pub faults: Vec<Fault>,
    pub next: String,
}

/// The machine failed, outside the ledger file: exit 4.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct MachineFailed {
    pub message: String,
    pub next: String,
}
