//! A ledger in memory, on which the tests of a policy run. It touches no file.

use super::file::{LedgerFile, good_lines};
use super::read::Chain;
use super::source::Source;
use super::{Ledger, LedgerError, Version, Writer};
use crate::domain::admitted::Admitted;
use crate::domain::event::Digest;
use crate::store::system::System;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const NAME: &str = "the ledger in memory";

/// The lines, and the chain behind the last one.
type Lines = (Vec<u8>, Chain);

/// A ledger in memory. Clones share their lines.
#[derive(Clone, Debug)]
pub struct LedgerInMemory {
    lines: Arc<Mutex<Lines>>,
    /// No cache stands beside it: a source in memory has no version.
    file: LedgerFile,
}

impl LedgerInMemory {
    /// A ledger without lines.
    pub fn empty(system: Arc<dyn System>) -> Self {
        let file = LedgerFile::at(system, Path::new(NAME), Duration::ZERO);
        LedgerInMemory { lines: Arc::new(Mutex::new((Vec::new(), Chain::START))), file }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger for LedgerInMemory {
    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn file(&self) -> &LedgerFile {
        &self.file
    }

    fn open(&self) -> Result<Source, LedgerError> {
        Ok(Source::of_bytes(Path::new(NAME), self.lines().0.clone()))
    }

    fn write(&self) -> Result<Box<dyn Writer>, LedgerError> {
        Ok(Box::new(self.clone()))
    }

    fn marker(&self) -> Result<Option<PathBuf>, LedgerError> {
        Ok(None)
    }
}

impl Writer for LedgerInMemory {
    fn source(&self) -> Result<Source, LedgerError> {
        self.open()
    }

    fn append(&mut self, entries: &[Admitted], head: &Digest) -> Result<Digest, LedgerError> {
        let mut held = self.lines();
        let (lines, chain) = &mut *held;
        let found = chain.head();
        if found != *head {
            return Err(LedgerError::HeadMoved { judged: *head, found });
        }
        let mut longer = *chain;
        lines.extend(good_lines(&mut longer, entries)?);
        *chain = longer;
        Ok(chain.head())
    }

    fn set_aside(&self) -> Option<&Path> {
        None
    }

    fn version(&self) -> Option<Version> {
        None
    }
}
