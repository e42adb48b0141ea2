//! The mirror: a ledger file in the user's cache folder that holds the lines fetched so far.
//!
//! Whoever changes it holds the lock on a file beside it. It is only a copy, so nothing syncs it: its last line is
//! compared with the server's before each use, and the fold checks the chain of all others.

use super::url::Address;
use crate::domain::event::Seq;
use crate::store::ledger::LedgerError;
use crate::store::ledger::cache::Cache;
use crate::store::ledger::file::{LedgerFile, io_error, lock, read_all, read_end, settled};
use crate::store::ledger::read::{Chain, last_line};
use crate::store::ledger::source::{Extension, Source, extension};
use crate::store::record::sha256;
use crate::store::system::{OpenFile, Opening, System, with_suffix};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// The mirror of one ledger.
#[derive(Clone, Debug)]
pub(super) struct Mirror {
    system: Arc<dyn System>,
    pub(super) path: PathBuf,
    /// The address, as the name of what is read from here.
    name: PathBuf,
    /// The cache of the fold lies beside it.
    pub(super) file: LedgerFile,
}

impl Mirror {
    /// The mirror of a ledger in this folder. libpq's variables say which server the same address means.
    pub(super) fn of(system: &Arc<dyn System>, folder: &Path, address: &Address, variables: &str) -> Self {
        let mut hash = sha256(format!("{}\n{variables}", address.shown).as_bytes()).to_string();
        hash.truncate(16);
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let path = folder.join(format!("{}-{hash}.jsonl", address.name.chars().map(plain).collect::<String>()));
        let file = LedgerFile::at(Arc::clone(system), &path, Duration::ZERO);
        Mirror { system: Arc::clone(system), path, name: PathBuf::from(&address.shown), file }
    }

    /// Waits until nobody else changes the mirror. Dropping what this gives lets others do so.
    pub(super) fn lock(&self, patience: Duration) -> Result<Box<dyn OpenFile>, LedgerError> {
        let made = self.path.parent().map_or(Ok(()), |folder| self.system.make_folder(folder));
        made.map_err(|source| io_error("make the folder of the mirror", &self.path, source))?;
        lock(&*self.system, &with_suffix(&self.path, ".lock"), Opening::Draft, patience)
    }

    /// Opens the mirror, empty where there was none. Cuts off what a killed command left of a line.
    pub(super) fn held(&self) -> Result<Held, LedgerError> {
        self.opened(&self.path, None)
    }

    /// Opens an empty file that can replace the mirror.
    pub(super) fn draft(&self) -> Result<Held, LedgerError> {
        self.opened(&with_suffix(&self.path, ".new"), Some(0))
    }

    fn opened(&self, path: &Path, length: Option<u64>) -> Result<Held, LedgerError> {
        let open = || {
            let file: Arc<dyn OpenFile> = self.system.open(path, Opening::Draft)?.into();
            let found = file.state()?.length;
            let end = read_end(&*file, found)?;
            let whole = memchr::memrchr(b'\n', &end).map_or(0, |at| at + 1);
            let length = length.unwrap_or(found - (end.len() - whole) as u64);
            if length < found {
                file.truncate(length)?;
            }
            let last = last_line(&end).filter(|_| length > 0).unwrap_or_default().to_vec();
            Ok(Held { mirror: self.clone(), file, length, last, waiting: Vec::new(), grown: None })
        };
        open().map_err(|source| io_error("open the mirror", path, source))
    }

    /// Puts the draft in the mirror's place. If it does not begin with all lines of the old mirror, keeps them in a file,
    /// and gives that file and the first and last line that are gone.
    pub(super) fn replace(&self, old: &Held, draft: &Held) -> Result<Option<Kept>, LedgerError> {
        let first = match extension(&draft.source()?, &old.source()?)? {
            Extension::Extends => None,
            Extension::Shorter(line) | Extension::Differs(line) => Some(line),
        };
        let unread = |source| io_error("read the mirror", &self.path, source);
        let kept = match first {
            None => None,
            Some(first) => {
                let bytes = read_all(&*old.file).map_err(unread)?;
                let last = memchr::memchr_iter(b'\n', &bytes).count() as Seq;
                Some(Kept { path: self.file.keep_numbered(&*old.file, "set-aside", old.length, &bytes)?, first, last })
            }
        };
        let (from, to) = (with_suffix(&self.path, ".new"), &self.path);
        self.system.rename(&from, to).map_err(|source| io_error("replace the mirror", to, source))?;
        Ok(kept)
    }
}

/// Lines of a mirror that the server does not have, and the file that keeps them.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) path: PathBuf,
    pub(super) first: Seq,
    pub(super) last: Seq,
}

/// An open mirror that grows.
#[derive(Debug)]
pub(super) struct Held {
    mirror: Mirror,
    file: Arc<dyn OpenFile>,
    length: u64,
    /// The last line, without its `\n`; empty where there is none.
    pub(super) last: Vec<u8>,
    /// Lines that are not written yet.
    waiting: Vec<u8>,
    /// Since it grows: the cache that was valid before, if there was one.
    grown: Option<Option<Cache>>,
}

impl Held {
    /// The number of the last line; 0 where there is none. None if the last line is damaged.
    pub(super) fn seq(&self) -> Option<Seq> {
        if self.last.is_empty() { Some(0) } else { Chain::after(&self.last).ok().map(|chain| chain.seq()) }
    }

    /// Adds a line.
    pub(super) fn add(&mut self, line: Vec<u8>) -> io::Result<()> {
        /// In bytes.
        const PIECE: usize = 1 << 20;
        if self.grown.is_none() {
            let before = self.source().ok().map(Rc::new);
            self.grown = Some(before.and_then(|before| Cache::open(&self.mirror.file, &before, true)));
        }
        self.waiting.extend_from_slice(&line);
        self.waiting.push(b'\n');
        self.last = line;
        if self.waiting.len() > PIECE { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> io::Result<()> {
        (&*self.file).write_all(&self.waiting)?;
        self.length += self.waiting.len() as u64;
        self.waiting.clear();
        Ok(())
    }

    /// Writes what waits. A cache of the fold that was valid before stays valid: the lines behind it were only added.
    pub(super) fn finish(&mut self) -> Result<(), LedgerError> {
        self.write().map_err(|source| io_error("write to the mirror", &self.mirror.path, source))?;
        let cache = self.grown.take().flatten();
        if let (Some(cache), Ok(end)) = (cache, Chain::after(&self.last)) {
            cache.stamp(settled(&*self.mirror.system, &*self.file, self.length), end.seq(), end.head());
        }
        Ok(())
    }

    /// The lines that are written.
    pub(super) fn source(&self) -> Result<Source, LedgerError> {
        let state = self.file.state().map_err(|source| io_error("read the mirror", &self.mirror.path, source))?;
        Ok(Source::of_file(&self.mirror.name, Arc::clone(&self.file), state, self.length))
    }
}
