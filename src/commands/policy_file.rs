//! Reads a policy file that must be valid.

use crate::commands::error::NotValid;
use crate::domain::event::Adoption;
use crate::store::policy::file::{freeze, read};
use std::path::Path;

/// Reads the file and freezes its text into an adoption (R7).
pub(super) fn adoption(path: &Path) -> anyhow::Result<Adoption> {
    let bytes = read(path)?;
    freeze(&bytes).map_err(|faults| {
        NotValid {
            what: "the policy",
            path: path.display().to_string(),
            source_text: String::from_utf8_lossy(&bytes).into_owned(),
            faults,
            next: "correct the places shown and run `exquota policy check` on the file".to_owned(),
        }
        .into()
    })
}
