//! `policy check`, `policy show`, `policy diff`, `policy list` and `policy new`.

use crate::commands::policy_file::{self, PolicyRead};
use crate::commands::session::{Fold, Session};
use crate::commands::verbs::policy_test;
use crate::commands::{Answer, Exit};
use crate::domain::policy_diff::policy_diff;
use crate::report::Document;
use crate::report::carried::{PolicyList, PolicySource};
use crate::report::policies::{PolicyChecks, PolicyLabel, PolicyShown, ReadFile};
use crate::report::policy_diff::PoliciesCompared;
use crate::store::policy::carried::TEMPLATE;
use crate::store::policy::file;
use chrono::NaiveDate;
use std::path::{Path, PathBuf};

/// Says whether files are valid policies, with every fault of each. `policies/*.toml` names files of tests too: these are
/// checked as what they are.
pub fn check(paths: &[PathBuf]) -> anyhow::Result<Answer> {
    let (mut files, mut warned) = (Vec::with_capacity(paths.len()), Vec::new());
    for path in paths {
        let PolicyRead { policy: bytes, warnings, .. } = policy_file::bytes(path)?;
        warned.extend(warnings);
        files.push(ReadFile {
            path: path.display().to_string(),
            source: String::from_utf8_lossy(&bytes).into_owned(),
            read: if policy_test::is_named_so(path) {
                policy_test::tested_policy(path, &bytes)
            } else {
                file::freeze(&bytes)
            },
        });
    }
    let document = PolicyChecks { files };
    let exit = if document.valid() { Exit::Fine } else { Exit::NotValid };
    Ok(Answer { document: Box::new(document), exit, warnings: warned })
}

/// Shows what a policy says, or its TOML: a file, a carried policy, or the policy in force in the ledger on a day.
pub fn show(session: &Session, policy: Option<&Path>, date: Option<NaiveDate>, source: bool) -> anyhow::Result<Answer> {
    let (adoption, warnings) = match policy {
        Some(path) => {
            let read = policy_file::adoption(path)?;
            (read.policy, read.warnings)
        }
        None => {
            let mut opened = session.open(Fold::Whole)?;
            let state = opened.book.as_of(date.unwrap_or(session.today))?;
            (state.in_force().adoption.as_ref().clone(), opened.warnings)
        }
    };
    let document: Box<dyn Document> =
        if source { Box::new(PolicySource { source: adoption.source }) } else { Box::new(PolicyShown { adoption }) };
    Ok(Answer { document, exit: Exit::Fine, warnings })
}

/// Lists the policies that the program carries.
pub fn list() -> Answer {
    Answer {
        document: Box::new(PolicyList { policies: policy_file::carried() }),
        exit: Exit::Fine,
        warnings: Vec::new(),
    }
}

/// Prints a commented policy to begin with.
pub fn template() -> Answer {
    let document = PolicySource { source: TEMPLATE.into() };
    Answer { document: Box::new(document), exit: Exit::Fine, warnings: Vec::new() }
}

/// Shows how two policies differ, and the smallest orders that they decide differently.
pub fn diff(a: &Path, b: &Path) -> anyhow::Result<Answer> {
    let PolicyRead { policy: a, mut warnings, .. } = policy_file::adoption(a)?;
    let b = policy_file::adoption(b)?;
    warnings.extend(b.warnings);
    let diff = policy_diff(&a.policy, &b.policy.policy)?;
    let exit = if diff.differs() { Exit::No } else { Exit::Fine };
    let document = PoliciesCompared { a: PolicyLabel::of(&a), b: PolicyLabel::of(&b.policy), diff };
    Ok(Answer { document: Box::new(document), exit, warnings })
}
