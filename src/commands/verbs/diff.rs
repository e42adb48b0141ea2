//! `diff`: compares two states of one ledger.

use crate::commands::error::NotValid;
use crate::commands::session::{Fold, KnownAt, Opened, Session};
use crate::commands::verbs::log::read_again;
use crate::commands::verbs::show::refused;
use crate::commands::verbs::validate::{not_an_extension, older};
use crate::commands::{Answer, Exit};
use crate::domain::headroom::{compare, headroom};
use crate::report::diff::{Came, Diff, LedgerState};
use crate::report::policies::PolicyLabel;
use crate::store::ledger::source::extension;
use chrono::NaiveDate;
use std::path::PathBuf;
use std::rc::Rc;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    /// The ledger as it was.
    pub old: PathBuf,
    /// The ledger as it is; the session's where none is given.
    pub new: Option<PathBuf>,
    /// Today where none is given.
    pub as_of: Option<NaiveDate>,
}

/// Answers with what came, if the newer ledger begins with all lines of the older one.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let (old, end) = older(&*session.at(&request.old)?, session)?;
    let mut session = session.clone();
    if let Some(path) = &request.new {
        session.ledger = session.at(path)?;
    }
    let mut now = session.open(Fold::Whole)?;
    if let Some(fault) = not_an_extension(extension(&now.source, &old)?) {
        let next = "nothing was compared: give the older ledger first, then the newer one";
        return Err(NotValid::unshown("the newer ledger", now.source.name().as_ref(), vec![fault], next).into());
    }
    let as_of = now.day(request.as_of, session.today)?;
    let date = as_of.date;
    let mut then =
        Opened::until(Some(KnownAt::Entry(end.lines)), Rc::clone(&now.source), &session.progress, &mut |_, _| {})?;
    let before = headroom(then.book.as_of(date)?, None)?;
    let entries = read_again(&now, end.lines + 1..now.book.next_seq())?;
    let refused = refused(&now.book, &entries);
    let new = LedgerState { path: now.source.name(), entries: now.book.next_seq() - 1, head: now.head };
    let state = now.book.as_of(date)?;
    let came = Came {
        as_of,
        unit: state.policy().unit.to_string(),
        policy: PolicyLabel::of(&state.in_force().adoption),
        head: now.head,
        entries,
        refused,
        changes: compare(before, headroom(state, None)?)?,
    };
    let document = Diff { old: LedgerState { path: old.name(), entries: end.lines, head: end.head }, new, came };
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: now.warnings })
}
