//! A file of its own, filled before it bears the ledger's name: nobody ever sees half of a ledger.
//!
//! A founder fills a draft, syncs it, gives it the ledger's name as a second one (which fails if that name is
//! taken), syncs the directory, and takes the draft's name away. Killed before the second name, it leaves no
//! ledger; killed after, a ledger with two names, which the next writer finishes before it writes.

use super::locking::{lock, look_at, stands_at};
use super::system::{OpenFile, Opening, System};
use super::writing::{Failure, good_lines, write_synced};
use super::{LedgerError, io_error, suspect, with_suffix};
use crate::domain::admitted::Admitted;
use crate::domain::event::Digest;
use crate::domain::fault::{Fault, FaultCode};
use crate::store::ledger::read::Chain;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Says at once what [`create`] would say of a file that is in the way; it decides nothing.
pub fn must_not_exist(system: &dyn System, path: &Path) -> Result<(), LedgerError> {
    suspect::refuse(system, path)?;
    match look_at(path, system.look(path))? {
        None => Ok(()),
        Some(_) => Err(LedgerError::Exists { path: path.to_owned() }),
    }
}

/// Creates a ledger of these entries, durably; gives its head. Nothing that exists is touched.
///
/// If it fails midway, nothing bears the ledger's name.
pub fn create(
    system: &dyn System,
    path: &Path,
    entries: &[Admitted],
    timeout: Duration,
) -> Result<Digest, LedgerError> {
    let mut chain = Chain::START;
    let lines = good_lines(&mut chain, entries)?;
    if lines.is_empty() {
        let fault = Fault::new(FaultCode::LedgerEmpty, "a ledger starts with its policy");
        return Err(LedgerError::Unwritable { faults: vec![fault] });
    }
    must_not_exist(system, path)?;
    let draft = Draft::begin(system, path, timeout)?;
    draft.fill(&lines).and_then(|()| draft.give_name(path)).map_err(|(step, source)| {
        if source.kind() == io::ErrorKind::AlreadyExists && step == NAMING {
            draft.discard();
            return LedgerError::Exists { path: path.to_owned() };
        }
        LedgerError::NotCreated { path: path.to_owned(), step, source, left: draft.withdraw(path).err() }
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
pub(super) struct Draft<'s> {
    system: &'s dyn System,
    path: PathBuf,
    pub(super) file: Box<dyn OpenFile>,
}

impl<'s> Draft<'s> {
    /// An empty draft beside the ledger at `path`; one that a killed founder left is emptied.
    pub(super) fn begin(system: &'s dyn System, path: &Path, timeout: Duration) -> Result<Self, LedgerError> {
        let ledger = path;
        let path = draft_path(ledger);
        let file = lock(system, &path, Opening::Draft, timeout)?;
        // With a second name it is a ledger already, or somebody's: nothing in it is touched.
        if stands_at(system, &*file, ledger)? {
            return Err(LedgerError::Exists { path: ledger.to_owned() });
        }
        let links = look_at(&path, file.state())?.links;
        if links != 1 {
            return Err(LedgerError::Linked { path, links });
        }
        file.truncate(0).map_err(|source| io_error("empty", &path, source))?;
        Ok(Draft { system, path, file })
    }

    pub(super) fn fill(&self, lines: &[u8]) -> Result<(), Failure> {
        write_synced(&*self.file, 0, lines)
    }

    /// Gives it the ledger's name, durably, if no other file has it.
    fn give_name(&self, path: &Path) -> Result<(), Failure> {
        self.system.link(&self.path, path).map_err(|source| (NAMING, source))?;
        self.system.sync_directory_of(path).map_err(|source| ("syncing the directory of", source))
    }

    /// Puts it in the place of the ledger, durably.
    pub(super) fn replace(&self, path: &Path) -> Result<(), Failure> {
        self.system.rename(&self.path, path).map_err(|source| ("renaming", source))?;
        self.system.sync_directory_of(path).map_err(|source| ("syncing the directory of", source))
    }

    /// Takes its own name away, as far as that can be done: the next one deals with what is left.
    pub(super) fn discard(&self) {
        let _ = self.system.remove(&self.path);
    }

    /// Takes its names away: it was never a ledger. The lock is still held, so nobody has written to it.
    fn withdraw(&self, path: &Path) -> io::Result<()> {
        let named = self.system.look(path)?.map(|at| at.identity) == Some(self.file.state()?.identity);
        if named {
            self.system.remove(path)?;
        }
        self.system.remove(&self.path)?;
        self.system.sync_directory_of(path)
    }
}

fn draft_path(path: &Path) -> PathBuf {
    with_suffix(path, ".new")
}
