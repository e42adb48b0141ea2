//! Reads the policy that a command line names: a file, or a policy that the program carries.

use crate::commands::error::{NotValid, did_you_mean};
use crate::domain::event::Adoption;
use crate::report::carried::CarriedPolicy;
use crate::store::policy::carried::{self, CARRIED};
use crate::store::policy::file::{freeze, read};
use std::path::Path;

/// A policy as it was read.
pub(super) struct PolicyRead<T> {
    pub(super) policy: T,
    /// Whether it is the program's, and not a file.
    pub(super) is_carried: bool,
    /// Says that a file was taken, if the program carries a policy of the same name.
    pub(super) warnings: Vec<String>,
}

/// Reads the bytes of the file. If there is no such file, takes the carried policy of this name.
pub(super) fn bytes(path: &Path) -> anyhow::Result<PolicyRead<Vec<u8>>> {
    let held = path.to_str().and_then(carried::named);
    match read(path) {
        Ok(policy) => {
            let warning = held.map(|carried::Carried { name, .. }| {
                format!(
                    "`{name}` is a file here, and this file is taken; the program carries a policy of this name too: \
                     write `./{name}` if you mean the file, or rename the file if you do not"
                )
            });
            Ok(PolicyRead { policy, is_carried: false, warnings: warning.into_iter().collect() })
        }
        Err(mut error) if error.is_missing() => match held {
            Some(held) => Ok(PolicyRead { policy: held.source.into(), is_carried: true, warnings: Vec::new() }),
            None => {
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                let near = did_you_mean(&name, CARRIED.iter().map(|policy| policy.name), "");
                let next = "check the path; `exquota policy list` lists the policies that need no file";
                error.next = format!("{near} {next}").trim_start().to_owned();
                Err(error.into())
            }
        },
        Err(error) => Err(error.into()),
    }
}

/// Every policy that the program carries.
pub(super) fn carried() -> Vec<CarriedPolicy> {
    // A test checks that each is valid.
    let listed = CARRIED
        .iter()
        .filter_map(|held| Some(CarriedPolicy { name: held.name, adoption: freeze(held.source.as_bytes()).ok()? }));
    listed.collect()
}

/// Reads the policy, which must be valid, and freezes its text into an adoption (R7).
pub(super) fn adoption(path: &Path) -> anyhow::Result<PolicyRead<Adoption>> {
    let PolicyRead { policy: bytes, is_carried, warnings } = bytes(path)?;
    let policy = freeze(&bytes).map_err(|faults| NotValid {
        what: "the policy",
        path: path.display().to_string(),
        source_text: String::from_utf8_lossy(&bytes).into_owned(),
        faults,
        next: "correct the places shown and run `exquota policy check` on the file".to_owned(),
    })?;
    Ok(PolicyRead { policy, is_carried, warnings })
}
