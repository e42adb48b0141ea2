//! `merge-driver`: merges two branches of a ledger for git (design, section 4, "Branches"). It keeps the lines of what is
//! checked out, and puts the entries of the other branch behind them.

use crate::commands::branches::{Branch, Rebased, rebase};
use crate::commands::session::{Session, Writing, not_written};
use crate::commands::{Answer, Exit};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::text::Text;
use crate::report::rebase::{Joining, Rebase};
use crate::store::ledger::file::LedgerFile;
use crate::store::ledger::{Ledger, LedgerError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The files that git names to a driver.
#[derive(Clone, Debug)]
pub struct Request {
    /// `%O`: the ledger as both branches had it last.
    pub base: PathBuf,
    /// `%A`: the ledger as it is checked out. It becomes the result.
    pub ours: PathBuf,
    /// `%B`: the ledger of the other branch.
    pub theirs: PathBuf,
    /// `%P`: the ledger's place in the repository.
    pub path: PathBuf,
    /// Record with the last entry's time, however far the clock is behind it (D38).
    pub after_last: bool,
}

/// Appends the other branch's entries to what is checked out, or changes nothing. Any exit but 0 is a conflict for git.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let at = |path: &Path| LedgerFile::at(Arc::clone(&session.system), path, Duration::ZERO);
    let place = at(&request.path);
    if let Some(marker) = place.marker()? {
        return Err(LedgerError::Suspect { marker }.into());
    }
    let mut writer = at(&request.ours).write()?;
    let ours = Branch::read(session, "the ledger that is checked out", writer.source()?)?;
    let theirs = Branch::read(session, "the ledger of the other branch", at(&request.theirs).open()?)?;
    let common = theirs.common(&ours);
    let name = place.name();
    let mut document = Rebase {
        joining: Joining::Merge,
        ledger: format!("{name} of the other branch"),
        onto: format!("{name} as checked out"),
        common,
        came: ours.entries() - common,
        head: ours.head(),
        ..Rebase::default()
    };
    // A ledger that two branches began for themselves has no base.
    let base = at(&request.base).open().map_err(anyhow::Error::from);
    let base = base.and_then(|source| Branch::read(session, "the base", source)).ok();
    if let Some(base) = base
        && theirs.entries() < base.entries()
        && theirs.common(&base) == theirs.entries()
    {
        let (first, last) = (theirs.entries() + 1, base.entries());
        let gone = if first == last { format!("entry {first}") } else { format!("entries {first} to {last}") };
        let told = format!("the other side takes {gone} out of the file, and a ledger only grows");
        document.refusals.push(Refusal::new(Code::VoidNotAllowed, told));
        let next = "`git revert --abort` gives up; `exquota void` takes entries out, and they stay in the file";
        document.next = Some(next.to_owned());
        return Ok(Answer { document: Box::new(document), exit: Exit::No, warnings: Vec::new() });
    }
    let options = Writing {
        date: None,
        by: Text::default(),
        dry_run: false,
        expect_head: None,
        after_last: request.after_last,
        despite: None,
    };
    let rebased = rebase(session, &options, &theirs, &ours)?;
    let is_refused = rebased.is_refused();
    let Rebased { onto, admitted, rows } = rebased;
    document.rows = rows;
    document.warnings.clone_from(&onto.warnings);
    if is_refused {
        document.next = Some(next(&name));
    } else if !admitted.is_empty() {
        document.head = writer.append(&admitted, &onto.head).map_err(not_written)?;
        document.written = true;
    }
    let exit = if is_refused { Exit::No } else { Exit::Fine };
    Ok(Answer { document: Box::new(document), exit, warnings: onto.warnings })
}

/// What to do about refusals. Git leaves the file as it was checked out, so that adding it would lose the other branch's
/// entries.
fn next(name: &str) -> String {
    format!(
        "`{name}` stays as it was checked out, so do not `git add` it: the other branch's entries are not in it. Either \
         give up (`git merge --abort`, `git rebase --abort`), take out on the other branch what is refused \
         (`exquota void`), commit, and merge again. Or record what did happen in spite of the rules: \
         `git show :3:{name} > other.jsonl`, `exquota --ledger other.jsonl rebase --onto {name} --despite REASON`, \
         `mv other.jsonl {name}`, and then `git add {name}`"
    )
}
