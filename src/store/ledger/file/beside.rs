//! Files beside a ledger that can be made anew at any time: nobody waits for them, and nothing depends on them.

use super::LedgerError;
use super::io_error;
use super::locking::lock;
use super::system::{FileState, Opening, System};
use super::with_suffix;
use super::writing::write_all;
use std::path::Path;
use std::time::Duration;

/// Puts a file with these bytes at `path`, whole or not at all, with the owner and the permissions of `like`. If
/// somebody else is at it, it is left to them.
pub(in crate::store::ledger) fn put_beside(
    system: &dyn System,
    path: &Path,
    like: &FileState,
    bytes: &[u8],
) -> Result<(), LedgerError> {
    let draft = with_suffix(path, ".new");
    let file = lock(system, &draft, Opening::Draft, Duration::ZERO)?;
    let put = || {
        file.truncate(0)?;
        file.be_like(like)?;
        write_all(&*file, bytes)?;
        system.rename(&draft, path)
    };
    put().map_err(|source| {
        let _ = system.remove(&draft);
        io_error("leave", path, source)
    })
}
