//! The cache file beside a ledger. It can be made anew at any time: no command waits for it, and no answer depends on
//! it.

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

    /// Opens the cache, if there is one.
    pub(in crate::store::ledger) fn open_cache(&self, to_append: bool) -> Option<Rc<dyn OpenFile>> {
        let path = self.cache_path();
        // Opening a pipe without a writer would wait for ever.
        if self.system.look(&path).ok()??.irregular.is_some() {
            return None;
        }
        let opening = if to_append { Opening::Append } else { Opening::Read };
        Some(self.system.open(&path, opening).ok()?.into())
    }

    /// Waits until every later change to the file must change its version, and gives the version that `source` was
    /// opened in. None if the file changed, or if the wait takes too long.
    pub(in crate::store::ledger) fn settled(&self, source: &Source) -> Option<Version> {
        let settled = settle(&*self.system, source.unchanged()?);
        source.version().filter(|_| settled)
    }

    /// Replaces the cache by what `fill` writes, whole or not at all, with the ledger's owner and permissions. If
    /// another process is writing a cache, this one gives up.
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
