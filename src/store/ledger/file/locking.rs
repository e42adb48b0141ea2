//! The one writer: the lock on the very file that stands at the path.

use super::{LedgerError, LedgerFile, founding, io_error};
use crate::store::system::{FileState, OpenFile, Opening, System};
use std::io;
use std::path::Path;
use std::time::Duration;

/// Between two tries to lock.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// The regular file at `path`, locked, and surely the one at that path.
pub(super) fn lock(
    system: &dyn System,
    path: &Path,
    opening: Opening,
    timeout: Duration,
) -> Result<Box<dyn OpenFile>, LedgerError> {
    // None for a time too long to be told.
    let ends = system.elapsed().checked_add(timeout);
    let mut pause = FIRST_PAUSE;
    // Waits a little, and a little longer each time; false if there is no time left.
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
        // While we waited, somebody may have put another file in its place, or finished with a draft.
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
    /// The ledger, locked. It has one name: under two, it would have two sets of markers.
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

/// What a look gave, or why there was none.
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
        // A link or a directory fails to open in ways of its own: say what it is.
        let state = system.look(path).ok().flatten();
        state
            .as_ref()
            .and_then(irregular)
            .unwrap_or_else(|| io_error(if opening == Opening::Draft { "create" } else { "open" }, path, source))
    })?;
    let state = look_at(path, file.state())?;
    irregular(&state).map_or(Ok(file), Err)
}
