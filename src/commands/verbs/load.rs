//! `init --from`: loads a ledger file into a new shared ledger.

use crate::commands::error::NotValid;
use crate::commands::session::{Session, Writing, warn_of_breaches};
use crate::commands::verbs::validate::validate;
use crate::commands::{Answer, Exit};
use crate::domain::event::Digest;
use crate::report::founding::Loaded;
use std::path::Path;
use std::rc::Rc;

/// Reads every line of the file, and loads all of them or none.
pub fn run(session: &Session, options: &Writing, from: &Path) -> anyhow::Result<Answer> {
    let source = Rc::new(session.at(from)?.open()?);
    let (found, book) = validate(&source, session, false)?;
    if !found.faults.is_empty() {
        let next = "nothing was created: give a sound ledger; `exquota validate` lists all that is wrong";
        return Err(NotValid::unshown("the ledger", from, found.faults, next).into());
    }
    if options.dry_run {
        session.ledger.must_not_exist()?;
    } else {
        session.ledger.load(&source)?;
    }
    let document = Loaded {
        ledger: session.ledger.name(),
        from: source.name(),
        loaded: !options.dry_run,
        entries: found.entries,
        head: found.head.unwrap_or(Digest::ZERO),
    };
    let warnings = found.warnings.into_iter().chain(book.as_ref().and_then(warn_of_breaches)).collect();
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings })
}
