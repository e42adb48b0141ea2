//! `whatif`: judges the ledger under another policy; writes nothing.

use crate::commands::policy_file::{self, PolicyRead};
use crate::commands::session::{Fold, Session};
use crate::commands::{Answer, Exit, writing};
use crate::domain::event::Event;
use crate::domain::impact::impact;
use crate::report::policies::PolicyLabel;
use crate::report::whatif::{FirstRefused, WhatIf};
use chrono::NaiveDate;
use std::path::Path;

/// Finds what no longer conforms on the day on which the policy would be in force (today where none is given), and which entries the policy would have refused from the start.
pub fn run(session: &Session, policy: &Path, date: Option<NaiveDate>) -> anyhow::Result<Answer> {
    let PolicyRead { policy: adoption, mut warnings, .. } = policy_file::adoption(policy)?;
    let mut opened = session.open(Fold::Whole)?;
    let date = date.unwrap_or(session.today);
    let entry =
        writing::entry(&opened, Event::Policy(adoption.clone()), date, session.system.now(), &Default::default(), None);
    let impact = opened.book.under(&entry, impact)?;
    let refused = opened.book.rejudged(&adoption)?;
    let refused_entries = refused.len();
    let first_refused = match refused.into_iter().next() {
        Some(finding) => opened
            .book
            .entries()
            .get(finding.entry)?
            .map(|entry| FirstRefused { entry: entry.into_owned(), refusals: finding.refusals }),
        None => None,
    };
    let document =
        WhatIf { policy: PolicyLabel::of(&adoption), head: opened.head, impact, first_refused, refused_entries };
    warnings.extend(opened.warnings);
    let exit = if document.conforms() { Exit::Fine } else { Exit::No };
    Ok(Answer { document: Box::new(document), exit, warnings })
}
