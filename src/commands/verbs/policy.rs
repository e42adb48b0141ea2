//! `policy check`, `policy show` and `policy diff`.

use crate::commands::session::{Fold, Session};
use crate::commands::verbs::policy_test;
use crate::commands::{Answer, Exit, policy_file};
use crate::domain::policy_diff::policy_diff;
use crate::report::policies::{PolicyChecks, PolicyLabel, PolicyShown, ReadFile};
use crate::report::policy_diff::PoliciesCompared;
use crate::store::policy::file;
use chrono::NaiveDate;
use std::path::{Path, PathBuf};

/// Says whether files are valid policies, with every fault of each. `policies/*.toml` names files of tests too: these are
/// checked as what they are.
pub fn check(session: &Session, paths: &[PathBuf]) -> anyhow::Result<Answer> {
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let bytes = file::read(path)?;
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
    let document = PolicyChecks { files, colour: session.colour };
    let exit = if document.valid() { Exit::Fine } else { Exit::NotValid };
    Ok(Answer { document: Box::new(document), exit, warnings: Vec::new() })
}

/// Shows what a policy says: a file, or the policy in force in the ledger on a day.
pub fn show(session: &Session, file: Option<&Path>, date: Option<NaiveDate>) -> anyhow::Result<Answer> {
    let (adoption, warnings) = match file {
        Some(path) => (policy_file::adoption(path)?, Vec::new()),
        None => {
            let mut opened = session.open(Fold::Whole)?;
            let state = opened.book.as_of(date.unwrap_or(session.today))?;
            (state.in_force().adoption.as_ref().clone(), opened.warnings)
        }
    };
    Ok(Answer { document: Box::new(PolicyShown { adoption }), exit: Exit::Fine, warnings })
}

/// Shows how two policy files differ, and the smallest orders that they decide differently.
pub fn diff(a: &Path, b: &Path) -> anyhow::Result<Answer> {
    let (a, b) = (policy_file::adoption(a)?, policy_file::adoption(b)?);
    let diff = policy_diff(&a.policy, &b.policy)?;
    let exit = if diff.differs() { Exit::No } else { Exit::Fine };
    let document = PoliciesCompared { a: PolicyLabel::of(&a), b: PolicyLabel::of(&b), diff };
    Ok(Answer { document: Box::new(document), exit, warnings: Vec::new() })
}
