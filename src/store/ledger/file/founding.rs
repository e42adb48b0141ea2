//! A file of its own, filled before it bears the ledger's name: nobody ever sees half of a ledger.
//!
//! A founder fills a draft, syncs it, gives it the ledger's name as a second one (which fails if that name is
//! taken), syncs the directory, and takes the draft's name away. Killed before the second name, it leaves no
//! ledger; killed after, a ledger with two names, which the next writer finishes before it writes.

use super::locking::{lock, look_at, stands_at};
use super::writing::{Failure, good_lines, write_synced};
use super::{LedgerError, LedgerFile, io_error};
use crate::domain::admitted::Admitted;
use crate::domain::event::Digest;
use crate::domain::fault::{Fault, FaultCode};
use crate::store::ledger::read::Chain;
use crate::store::system::{OpenFile, Opening, System, with_suffix};
use std::io;
use std::path::{Path, PathBuf};

/// Says at once what [`create`] would say of a file that is in the way; it decides nothing.
pub(super) fn must_not_exist(ledger: &LedgerFile) -> Result<(), LedgerError> {
    ledger.refuse_suspect()?;
    match look_at(&ledger.path, ledger.system.look(&ledger.path))? {
        None => Ok(()),
        Some(_) => Err(LedgerError::Exists { path: ledger.path.clone() }),
    }
}

/// Creates a ledger of these entries, durably; gives its head. Nothing that exists is touched.
///
/// If it fails midway, nothing bears the ledger's name.
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
    // If this fails, the next writer does it.
    draft.discard();
    Ok(chain.head())
}

/// What a killed founder had still to do for a ledger that bears its draft's name too; nothing for any other.
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

/// A file that will be a ledger, locked, so that no writer takes it for one too early.
pub(super) struct Draft<'l> {
    system: &'l dyn System,
    ledger: &'l Path,
    path: PathBuf,
    pub(super) file: Box<dyn OpenFile>,
}

impl<'l> Draft<'l> {
    /// An empty draft beside the ledger; one that a killed founder left is emptied.
    pub(super) fn begin(ledger: &'l LedgerFile) -> Result<Self, LedgerError> {
        let LedgerFile { system, path: ledger, patience } = ledger;
        let system = &**system;
        let path = draft_path(ledger);
        let file = lock(system, &path, Opening::Draft, *patience)?;
        // With a second name it is a ledger already, or somebody's: nothing in it is touched.
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

    pub(super) fn fill(&self, lines: &[u8]) -> Result<(), Failure> {
        write_synced(&*self.file, 0, lines)
    }

    /// Gives it the ledger's name, durably, if no other file has it.
    fn give_name(&self) -> Result<(), Failure> {
        self.system.link(&self.path, self.ledger).map_err(|source| (NAMING, source))?;
        self.system.sync_directory_of(self.ledger).map_err(|source| ("syncing the directory of", source))
    }

    /// Puts it in the place of the ledger, durably.
    pub(super) fn replace(&self) -> Result<(), Failure> {
        self.system.rename(&self.path, self.ledger).map_err(|source| ("renaming", source))?;
        self.system.sync_directory_of(self.ledger).map_err(|source| ("syncing the directory of", source))
    }

    /// Takes its own name away, as far as that can be done: the next one deals with what is left.
    pub(super) fn discard(&self) {
        let _ = self.system.remove(&self.path);
    }

    /// Takes its names away: it was never a ledger. The lock is still held, so nobody has written to it.
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
