//! `rebase`: puts the entries of this ledger behind those of another branch of it (design, section 4, "Branches").

use crate::commands::branches::{Branch, Rebased, rebase};
use crate::commands::error::Misuse;
use crate::commands::session::{Session, Writing};
use crate::commands::{Answer, Exit, writing};
use crate::report::rebase::Rebase;
use crate::store::ledger::LedgerError;
use crate::store::ledger::shared::is_address;
use std::path::{Path, PathBuf};

/// What to do about refusals.
const NEXT: &str = "take out what is refused with `exquota void ENTRY --reason REASON`, newest first, and rebase again: an \
                    entry that is taken out is left out if it is refused. What did happen is recorded with `--despite REASON`";

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    /// The other branch.
    pub onto: PathBuf,
}

/// Judges the entries behind the common part anew, then replaces the ledger, or changes nothing.
pub fn run(session: &Session, options: &Writing, request: &Request) -> anyhow::Result<Answer> {
    if is_address(Path::new(&session.ledger.name())) {
        let next = "judge on it as it is: what comes second is judged on what came first already";
        return Err(Misuse::new("a shared ledger has no branches, and nothing replaces it", next).into());
    }
    let ledger = session.ledger.file();
    let held = if options.dry_run { None } else { Some(ledger.to_replace()?) };
    let source = held.as_ref().map_or_else(|| session.ledger.open(), |held| held.source())?;
    let branch = Branch::read(session, "the ledger", source)?;
    let other = session.at(&request.onto)?;
    if let Some(marker) = other.marker()? {
        return Err(LedgerError::Suspect { marker }.into());
    }
    let onto = Branch::read(session, "the other branch", other.open()?)?;
    let common = branch.common(&onto);
    let mut document = Rebase {
        ledger: session.ledger.name(),
        onto: other.name(),
        common,
        came: onto.entries() - common,
        head: branch.head(),
        dry_run: options.dry_run,
        ..Rebase::default()
    };
    if let Some(moved) = writing::head_moved(options, branch.head()) {
        document.next.clone_from(&moved.help);
        document.refusals.push(moved);
        return Ok(Answer { document: Box::new(document), exit: Exit::No, warnings: Vec::new() });
    }
    if common > 0 && document.came == 0 {
        // What this ledger has behind the other one was judged there.
        return Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: Vec::new() });
    }
    let rebased = rebase(session, options, &branch, &onto)?;
    let is_refused = rebased.is_refused();
    let Rebased { onto: theirs, admitted, rows } = rebased;
    document.rows = rows;
    document.next = is_refused.then(|| NEXT.to_owned());
    document.warnings.clone_from(&theirs.warnings);
    if let Some(held) = held.filter(|_| !is_refused) {
        let (head, kept) = held.replace(&branch.head(), onto.source(), &theirs.head, &admitted)?;
        document.head = head;
        document.written = true;
        document.kept = Some(kept.display().to_string());
    }
    let exit = if is_refused { Exit::No } else { Exit::Fine };
    Ok(Answer { document: Box::new(document), exit, warnings: theirs.warnings })
}
