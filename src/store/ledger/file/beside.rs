//! Files beside a ledger that can be made anew at any time: nobody waits for them, and nothing depends on them.

use super::LedgerError;
use super::io_error;
use super::locking::lock;
use super::system::{FileState, OpenFile, Opening, System};
use super::with_suffix;
use super::writing::write_all;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Duration;

/// Puts a file with what `fill` writes at `path`, whole or not at all, with the owner and the permissions of `like`. If
/// somebody else is at it, it is left to them.
pub(in crate::store::ledger) fn put_beside(
    system: &dyn System,
    path: &Path,
    like: &FileState,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), LedgerError> {
    const PIECE: usize = 128 * 1024;
    let draft = with_suffix(path, ".new");
    let file = lock(system, &draft, Opening::Draft, Duration::ZERO)?;
    let put = || {
        file.truncate(0)?;
        file.be_like(like)?;
        let mut end = BufWriter::with_capacity(PIECE, End(&*file));
        fill(&mut end)?;
        end.flush()?;
        system.rename(&draft, path)
    };
    put().map_err(|source| {
        let _ = system.remove(&draft);
        io_error("leave", path, source)
    })
}

/// The end of a file, to write at.
struct End<'a>(&'a dyn OpenFile);

impl Write for End<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        write_all(self.0, bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
