//! Creates a ledger whole: nobody ever sees half of one.
//!
//! A *founder* is a process that creates a ledger. It fills a *draft*, a file with another name, and syncs it. It gives
//! the draft the ledger's name as a second name, which fails if that name is taken, and syncs the directory. Then it
//! removes the draft's name. A founder killed before the second name leaves no ledger. A founder killed after it leaves
//! a ledger with two names; the next writer removes the draft's name before it writes.

use super::locking::{lock, look_at, stands_at};
use super::writing::{Failure, good_lines, write_synced};
use super::{LedgerError, LedgerFile, io_error};
use crate::domain::admitted::Admitted;
use crate::domain::event::Digest;
use crate::domain::fault::{Fault, FaultCode};
use crate::store::ledger::read::Chain;
use crate::store::system::{FileState, OpenFile, Opening, System, with_suffix};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Gives the error of [`create`] for a name that is taken, before any work is done. `create` still checks for itself.
pub(super) fn must_not_exist(ledger: &LedgerFile) -> Result<(), LedgerError> {
    ledger.refuse_suspect()?;
    match look_at(&ledger.path, ledger.system.look(&ledger.path))? {
        None => Ok(()),
        Some(_) => Err(LedgerError::Exists { path: ledger.path.clone() }),
    }
}

/// Creates a ledger of these entries, durably, and gives its head. It touches no file that exists.
///
/// If it fails midway, no file has the ledger's name.
pub(super) fn create(ledger: &LedgerFile, entries: &[Admitted]) -> Result<Digest, LedgerError> {
    let mut chain = Chain::START;
    let lines = good_lines(&mut chain, entries)?;
    if lines.is_empty() {
        let fault = Fault::new(FaultCode::LedgerEmpty, "a ledger starts with its policy");
        return Err(LedgerError::Unwritable { faults: vec![fault] });
    }
    must_not_exist(ledger)?;
    let draft = Draft::begin(ledger)?;
    draft.fill(&lines).and_then(|()| draft.give_name()).map_err(|(step, source)| {
        let path = ledger.path.clone();
        if source.kind() == io::ErrorKind::AlreadyExists && step == NAMING {
            draft.discard();
            return LedgerError::Exists { path };
        }
        LedgerError::NotCreated { path, step, source, left: draft.withdraw().err() }
    })?;
    // If this fails, the next writer removes the draft's name.
    draft.discard();
    Ok(chain.head())
}

/// Finishes the work of a killed founder, if the ledger still has the draft's name too. Otherwise it does nothing.
pub(super) fn finish(system: &dyn System, path: &Path, ledger: &dyn OpenFile) -> Result<(), LedgerError> {
    let draft = draft_path(path);
    if !stands_at(system, ledger, &draft)? {
        return Ok(());
    }
    let end = || {
        system.sync_directory_of(path)?;
        system.remove(&draft)
    };
    end().map_err(|source| io_error("finish creating", path, source))
}

const NAMING: &str = "naming";

/// A file that will become a ledger. It is locked, so that no writer uses it too early.
pub(super) struct Draft<'l> {
    system: &'l dyn System,
    ledger: &'l Path,
    path: PathBuf,
    file: Box<dyn OpenFile>,
}

impl<'l> Draft<'l> {
    /// Opens an empty draft beside the ledger. A draft that a killed founder left is emptied.
    pub(super) fn begin(ledger: &'l LedgerFile) -> Result<Self, LedgerError> {
        let LedgerFile { system, path: ledger, patience } = ledger;
        let system = &**system;
        let path = draft_path(ledger);
        let file = lock(system, &path, Opening::Draft, *patience)?;
        // A draft with a second name is a ledger already, or belongs to somebody: its content is not touched.
        if stands_at(system, &*file, ledger)? {
            return Err(LedgerError::Exists { path: ledger.clone() });
        }
        let links = look_at(&path, file.state())?.links;
        if links != 1 {
            return Err(LedgerError::Linked { path, links });
        }
        file.truncate(0).map_err(|source| io_error("empty", &path, source))?;
        Ok(Draft { system, ledger, path, file })
    }

    fn fill(&self, lines: &[u8]) -> Result<(), Failure> {
        write_synced(&*self.file, 0, lines)
    }

    /// Gives the draft the ledger's name, durably, if that name is free.
    fn give_name(&self) -> Result<(), Failure> {
        self.system.link(&self.path, self.ledger).map_err(|source| (NAMING, source))?;
        self.system.sync_directory_of(self.ledger).map_err(|source| ("syncing the directory of", source))
    }

    /// Fills the draft with these lines and replaces the ledger by it, durably. It gets the owner and the permissions of
    /// `like`. If this fails, the draft is removed.
    pub(super) fn take_place_of(&self, like: &FileState, lines: &[u8]) -> Result<(), Failure> {
        let owned = self.file.be_like(like).and_then(|()| self.file.state());
        owned
            .and_then(|draft| {
                // A user who shares the ledger may not take it from its owner.
                let told = "it belongs to another user: let its owner, or root, give the command";
                if draft.owner == like.owner { Ok(()) } else { Err(io::Error::new(ErrorKind::PermissionDenied, told)) }
            })
            .map_err(|source| ("giving its owner and permissions to the new file for", source))
            .and_then(|()| write_synced(&*self.file, 0, lines))
            .and_then(|()| self.system.rename(&self.path, self.ledger).map_err(|source| ("renaming", source)))
            .and_then(|()| {
                self.system.sync_directory_of(self.ledger).map_err(|source| ("syncing the directory of", source))
            })
            .inspect_err(|_| self.discard())
    }

    /// Removes the draft's own name. If that fails, the next founder or writer removes it.
    fn discard(&self) {
        let _ = self.system.remove(&self.path);
    }

    /// Removes both names of a draft that never became a ledger. The lock is still held, so no writer has appended to
    /// it.
    fn withdraw(&self) -> io::Result<()> {
        let named = self.system.look(self.ledger)?.map(|at| at.identity) == Some(self.file.state()?.identity);
        if named {
            self.system.remove(self.ledger)?;
        }
        self.system.remove(&self.path)?;
        self.system.sync_directory_of(self.ledger)
    }
}

fn draft_path(path: &Path) -> PathBuf {
    with_suffix(path, ".new")
}
