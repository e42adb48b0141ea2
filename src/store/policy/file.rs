//! Reads policy files, and freezes policies (R7).

use super::{LONGEST, read_policy};
use crate::domain::event::Adoption;
use crate::domain::fault::Fault;
use crate::store::file::{self, Unreadable};
use crate::store::record::sha256;
use std::path::Path;
use std::sync::Arc;

/// Reads the file. It reads one byte more than the longest policy has, which is enough to refuse a longer file.
///
/// # Errors
/// The file can't be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Unreadable> {
    file::read("the policy ", path, LONGEST as u64 + 1)
}

/// Freezes a policy: gives its text, its digest and its rules.
///
/// # Errors
/// Every mistake in it.
pub fn freeze(bytes: &[u8]) -> Result<Adoption, Vec<Fault>> {
    let policy = read_policy(bytes)?;
    let source = String::from_utf8_lossy(bytes);
    Ok(Adoption { digest: sha256(bytes), source: Arc::from(source.as_ref()), policy: Arc::new(policy) })
}
