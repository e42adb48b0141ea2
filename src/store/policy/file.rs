//! Policy files: read, and frozen (R7).

use super::{LONGEST, read_policy};
use crate::domain::event::Adoption;
use crate::domain::fault::Fault;
use crate::store::file::{self, Unreadable};
use crate::store::record::sha256;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file's bytes; of one that is too long for a policy, no more than show that it is.
///
/// # Errors
/// The file can't be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Unreadable> {
    file::read("the policy ", path, LONGEST as u64 + 1)
}

/// The bytes' text, its digest, and what it says.
///
/// # Errors
/// Every mistake in it.
pub fn freeze(bytes: &[u8]) -> Result<Adoption, Vec<Fault>> {
    let policy = read_policy(bytes)?;
    let source = String::from_utf8_lossy(bytes);
    Ok(Adoption { digest: sha256(bytes), source: Arc::from(source.as_ref()), policy: Arc::new(policy) })
}

/// The TOML files of a folder, by name; none where it can't be read.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(|file| Some(file.ok()?.path()));
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|kind| kind == "toml")).collect();
    files.sort();
    files
}
