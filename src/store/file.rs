//! Reads whole files that other programs made. `-` is standard input, for every kind of file.

use super::record::sha256;
use crate::domain::event::Digest;
use glob::MatchOptions;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::{Component, Path, PathBuf};
use thiserror::Error;

/// A file that could not be read.
#[derive(Debug, Error)]
#[error("{what}`{path}` can't be read: {error}")]
pub struct Unreadable {
    /// `the policy `, or empty.
    what: String,
    path: String,
    error: io::Error,
    /// What to do about it.
    pub next: String,
}

impl Unreadable {
    fn of(what: &str, path: &Path, error: io::Error) -> Self {
        let (what, path) = (what.to_owned(), path.display().to_string());
        Unreadable { what, path, error, next: "check the path and its permissions".to_owned() }
    }

    /// Whether there is no file at the path, or a folder.
    pub fn is_missing(&self) -> bool {
        matches!(self.error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory)
    }
}

/// Whether the path is `-`: standard input where a file is read, standard output where one is written. A file of that
/// name is `./-`.
pub fn is_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// A pattern of names, split at its first folder with a wildcard.
pub(super) struct Pattern {
    /// The folder without wildcards that it begins with.
    pub(super) folder: PathBuf,
    /// The names below that folder.
    pub(super) names: glob::Pattern,
}

/// The pattern that a path is. A path that exists is none, and neither is one with nothing to match.
pub(super) fn pattern(path: &Path) -> Option<Pattern> {
    let wild = |part: &Component<'_>| part.as_os_str().to_str().is_some_and(|text| text.contains(['*', '?', '[']));
    if path.symlink_metadata().is_ok() {
        return None;
    }
    let folder: PathBuf = path.components().take_while(|part| !wild(part)).collect();
    let names = path.strip_prefix(&folder).ok()?.to_str().filter(|names| !names.is_empty())?;
    Some(Pattern { names: glob::Pattern::new(names).ok()?, folder })
}

impl Pattern {
    /// Whether this name below the folder matches. A wildcard matches no `/` and no dot at a name's beginning.
    pub(super) fn matches(&self, name: &Path) -> bool {
        const OPTIONS: MatchOptions =
            MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };
        self.names.matches_with(&name.to_string_lossy(), OPTIONS)
    }

    /// Adds what matches in `below`, a folder so many levels above the deepest name. The names may be any bytes.
    fn find(&self, below: &Path, levels: usize, found: &mut Vec<PathBuf>) -> Result<(), Unreadable> {
        let here = self.folder.join(below);
        // A folder that can't be read may hold a ledger.
        let unreadable = |error| Unreadable::of("the folder ", &here, error);
        let listed = match fs::read_dir(if here.as_os_str().is_empty() { Path::new(".") } else { &here }) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            listed => listed.map_err(unreadable)?,
        };
        for entry in listed {
            let entry = entry.map_err(unreadable)?;
            let name = below.join(entry.file_name());
            let path = self.folder.join(&name);
            // Only a `**` goes down without end, and it follows no link.
            let is_link = || levels == usize::MAX && path.is_symlink();
            let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            if levels > 1 && path.is_dir() && !is_hidden && !is_link() {
                self.find(&name, levels.saturating_sub(usize::from(levels < usize::MAX)), found)?;
            }
            if self.matches(&name) {
                found.push(path);
            }
        }
        Ok(())
    }
}

/// The files that a path or a pattern names, in the order of their names. A path that is no pattern stands for itself.
/// Empty where nothing matches.
pub fn matching(path: &Path) -> Result<Vec<PathBuf>, Unreadable> {
    let Some(pattern) = pattern(path) else { return Ok(vec![path.to_owned()]) };
    let names = pattern.names.as_str();
    let levels = if names.contains("**") { usize::MAX } else { names.split('/').count() };
    let mut found = Vec::new();
    pattern.find(Path::new(""), levels, &mut found)?;
    found.sort();
    Ok(found)
}

/// Opens a file, or standard input, to read.
pub(super) fn open(path: &Path) -> io::Result<File> {
    if is_stream(path) { Ok(io::stdin().as_fd().try_clone_to_owned()?.into()) } else { File::open(path) }
}

/// Reads at most `most` bytes of the file. The error says `what` before the path.
pub(super) fn read(what: &str, path: &Path, most: u64) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    match open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Unreadable::of(what, path, error)),
    }
}

/// The SHA-256 of the file's bytes.
pub fn digest(path: &Path) -> Result<Digest, Unreadable> {
    Ok(sha256(&read("", path, u64::MAX)?))
}
