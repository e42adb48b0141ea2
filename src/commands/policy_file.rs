//! A policy file, read and frozen: its text, the text's digest, and what it says (R7).

use super::error::{MachineFailed, NotValid};
use crate::domain::event::{Adoption, Digest};
use crate::domain::fault::Fault;
use crate::store::policy::read_policy;
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::Arc;

/// The file's bytes.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, MachineFailed> {
    std::fs::read(path).map_err(|error| MachineFailed {
        message: format!("the policy `{}` can't be read: {error}", path.display()),
        next: "check the path and its permissions".to_owned(),
    })
}

/// What the bytes say, or all that is wrong with them.
pub(super) fn freeze(bytes: &[u8]) -> Result<Adoption, Vec<Fault>> {
    let policy = read_policy(bytes)?;
    let source = String::from_utf8_lossy(bytes);
    Ok(Adoption {
        digest: Digest(Sha256::digest(bytes).into()),
        source: Arc::from(source.as_ref()),
        policy: Arc::new(policy),
    })
}

/// Reads a policy that must be valid.
pub(super) fn adoption(path: &Path) -> anyhow::Result<Adoption> {
    let bytes = bytes(path)?;
    freeze(&bytes).map_err(|faults| {
        NotValid {
            what: "the policy",
            path: path.display().to_string(),
            source_text: String::from_utf8_lossy(&bytes).into_owned(),
            faults,
            next: "mend the places shown and run `exquota policy check` on the file".to_owned(),
        }
        .into()
    })
}
