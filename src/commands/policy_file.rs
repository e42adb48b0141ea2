//! A policy file, read and frozen: its text, the text's digest, and what it says (R7).

use super::error::{MachineFailed, NotValid};
use crate::domain::event::{Adoption, Digest};
use crate::domain::fault::Fault;
use crate::store::policy::{LONGEST, read_policy};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// The file's bytes; of one that is too long for a policy, no more than show that it is.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, MachineFailed> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?.take(LONGEST as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error: io::Error| MachineFailed {
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
