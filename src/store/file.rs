//! Reads whole files that other programs made.

use super::record::sha256;
use crate::domain::event::Digest;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use thiserror::Error;

/// A file that could not be read.
#[derive(Debug, Error)]
#[error("{what}`{path}` can't be read: {error}")]
pub struct Unreadable {
    /// `the policy `, or empty.
    what: String,
    path: String,
    error: io::Error,
}

/// Reads at most `most` bytes of the file. The error says `what` before the path.
pub(super) fn read(what: &str, path: &Path, most: u64) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Unreadable { what: what.to_owned(), path: path.display().to_string(), error }),
    }
}

/// The SHA-256 of the file's bytes.
pub fn digest(path: &Path) -> Result<Digest, Unreadable> {
    Ok(sha256(&read("", path, u64::MAX)?))
}
