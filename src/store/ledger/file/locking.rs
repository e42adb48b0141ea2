//! The lock that makes sure of one writer. It is on the very file at the path.

use super::{LedgerError, LedgerFile, founding, io_error};
use crate::store::system::{FileState, OpenFile, Opening, System};
use std::io;
use std::path::Path;
use std::time::Duration;

/// The first pause between two tries to lock. Each pause is twice as long as the one before, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Opens and locks the regular file at `path`, and checks that it is still the file at that path.
pub(in crate::store::ledger) fn lock(
    system: &dyn System,
    path: &Path,
    opening: Opening,
    timeout: Duration,
) -> Result<Box<dyn OpenFile>, LedgerError> {
    // None if the time is too long to be represented.
    let ends = system.elapsed().checked_add(timeout);
    let mut pause = FIRST_PAUSE;
    // Waits, longer each time. False if no time is left.
    let mut wait = || {
        let left = ends.map_or(LONGEST_PAUSE, |at| at.saturating_sub(system.elapsed()));
        if !left.is_zero() {
            system.sleep(left.min(pause));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        !left.is_zero()
    };
    let mut replaced = false;
    loop {
        let file = open_regular(system, path, opening)?;
        let fail = |source| LedgerError::LockFailed { path: path.to_owned(), source };
        while !file.try_lock().map_err(fail)? {
            if !wait() {
                return Err(LedgerError::LockTimeout { path: path.to_owned() });
            }
        }
        // During the wait another process may have replaced the file, or removed the draft.
        if stands_at(system, &*file, path)? {
            return Ok(file);
        }
        if replaced && !wait() {
            return Err(LedgerError::Replaced { path: path.to_owned() });
        }
        replaced = true;
    }
}

impl LedgerFile {
    /// Opens and locks the ledger. A file with several names is refused: it would have a marker for each name.
    pub(super) fn lock(&self) -> Result<Box<dyn OpenFile>, LedgerError> {
        let LedgerFile { system, path, patience } = self;
        let file = lock(&**system, path, Opening::Append, *patience)?;
        founding::finish(&**system, path, &*file)?;
        let links = look_at(path, file.state())?.links;
        if links != 1 {
            return Err(LedgerError::Linked { path: path.clone(), links });
        }
        Ok(file)
    }
}

/// Whether this file is the one at `path`.
pub(super) fn stands_at(system: &dyn System, file: &dyn OpenFile, path: &Path) -> Result<bool, LedgerError> {
    let identity = look_at(path, file.state())?.identity;
    Ok(look_at(path, system.look(path))?.is_some_and(|at| at.identity == identity))
}

/// Turns a failure to look at a file into an error.
pub(super) fn look_at<T>(path: &Path, looked: io::Result<T>) -> Result<T, LedgerError> {
    looked.map_err(|source| io_error("look at", path, source))
}

fn open_regular(system: &dyn System, path: &Path, opening: Opening) -> Result<Box<dyn OpenFile>, LedgerError> {
    let irregular =
        |state: &FileState| state.irregular.map(|what| LedgerError::NotAFile { path: path.to_owned(), what });
    let file = system.open(path, opening).map_err(|source| {
        if source.kind() == io::ErrorKind::NotFound && opening == Opening::Append {
            return LedgerError::Missing { path: path.to_owned() };
        }
        // Opening a link or a directory fails with many errors. Say what kind of file it is instead.
        let state = system.look(path).ok().flatten();
        state
            .as_ref()
            .and_then(irregular)
            .unwrap_or_else(|| io_error(if opening == Opening::Draft { "create" } else { "open" }, path, source))
    })?;
    let state = look_at(path, file.state())?;
    irregular(&state).map_or(Ok(file), Err)
}
