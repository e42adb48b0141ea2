//! The file beside a ledger that holds what was folded of it. It can be made anew at any time: nobody waits for it, and
//! nothing depends on it.

use super::locking::lock;
use super::{LedgerFile, settle};
use crate::store::ledger::Version;
use crate::store::ledger::source::Source;
use crate::store::system::{OpenFile, Opening, with_suffix};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

impl LedgerFile {
    fn cache_path(&self) -> PathBuf {
        with_suffix(&self.path, ".cache")
    }

    /// The cache, if there is one.
    pub(in crate::store::ledger) fn open_cache(&self, to_append: bool) -> Option<Rc<dyn OpenFile>> {
        let path = self.cache_path();
        // A pipe that nobody writes to would never open.
        if self.system.look(&path).ok()??.irregular.is_some() {
            return None;
        }
        let opening = if to_append { Opening::Append } else { Opening::Read };
        Some(self.system.open(&path, opening).ok()?.into())
    }

    /// The version that `source` was opened in, once every later change gives another one; none if there was a change,
    /// or if no such moment comes.
    pub(in crate::store::ledger) fn settled(&self, source: &Source) -> Option<Version> {
        let settled = settle(&*self.system, source.unchanged()?);
        source.version().filter(|_| settled)
    }

    /// Puts a cache with what `fill` writes in its place, whole or not at all, with the owner and the permissions of
    /// the ledger. If somebody else is at it, it is left to them.
    pub(in crate::store::ledger) fn put_cache(
        &self,
        source: &Source,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Option<()> {
        const PIECE: usize = 128 * 1024;
        let (path, like) = (self.cache_path(), source.unchanged()?);
        let draft = with_suffix(&path, ".new");
        let file = lock(&*self.system, &draft, Opening::Draft, Duration::ZERO).ok()?;
        let put = || {
            file.truncate(0)?;
            file.be_like(like)?;
            let mut end = BufWriter::with_capacity(PIECE, &*file);
            fill(&mut end)?;
            end.flush()?;
            self.system.rename(&draft, &path)
        };
        put().inspect_err(|_| drop(self.system.remove(&draft))).ok()
    }
}
