//! Why a command could not answer. Each kind has its exit code and says what to do next.

use crate::domain::fault::Fault;
use crate::domain::text::nearest;
use std::path::Path;
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

/// Names the known name that was probably meant; says `otherwise` if none is near.
pub(super) fn did_you_mean<'k>(given: &str, known: impl IntoIterator<Item = &'k str>, otherwise: &str) -> String {
    let near = nearest(given, known).into_iter().next();
    near.map_or_else(|| otherwise.to_owned(), |name| format!("did you mean `{name}`?"))
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

impl NotValid {
    /// The error for a file whose text must not be shown, or is not held.
    pub(super) fn unshown(what: &'static str, path: &Path, faults: Vec<Fault>, next: impl Into<String>) -> Self {
        NotValid { what, path: path.display().to_string(), source_text: String::new(), faults, next: next.into() }
    }
}

/// The machine failed, outside the ledger file: exit 4.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct MachineFailed {
    pub message: String,
    pub next: String,
}
