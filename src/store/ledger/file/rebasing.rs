//! Replaces a ledger by another one with entries of its own behind it. The lock spans reading, judging and replacing.
//!
//! The new ledger is filled under the name of a draft and synced, and the old one is kept beside it, before one rename
//! puts the draft in its place. So a rebase killed at any point leaves the old ledger or the new one, whole.

use super::founding::Draft;
use super::locking::look_at;
use super::{LedgerError, LedgerFile, Locked, read_locked, writing};
use crate::domain::admitted::Admitted;
use crate::domain::event::Digest;
use crate::store::ledger::Writer;
use crate::store::ledger::read::{Chain, Reader};
use crate::store::ledger::source::Source;
use std::io::Read;
use std::path::PathBuf;

/// A locked ledger that is to be replaced.
#[derive(Debug)]
pub struct Replacing(Locked);

impl LedgerFile {
    /// Locks the ledger, to replace it by what was judged on another one.
    ///
    /// Concurrency: nobody else can write until the result is dropped.
    pub fn to_replace(&self) -> Result<Replacing, LedgerError> {
        self.refuse_stream()?;
        Locked::open(self).map(Replacing)
    }
}

impl Replacing {
    /// The ledger as it was when it was locked.
    pub fn source(&self) -> Result<Source, LedgerError> {
        self.0.source()
    }

    /// Replaces the ledger by all lines of `onto`, whose head is `head`, and these entries behind them. The old file is
    /// kept as `<ledger>.before-rebase-<old>`, where `old` is its head. Gives the new head, and the path of the old file.
    ///
    /// Durability: when this returns, every line of the new ledger and of the old file is durable.
    pub fn replace(
        self,
        old: &Digest,
        onto: &Source,
        head: &Digest,
        entries: &[Admitted],
    ) -> Result<(Digest, PathBuf), LedgerError> {
        let Locked { ledger, file, .. } = &self.0;
        let path = &ledger.path;
        let mut lines = Vec::new();
        onto.from(0).read_to_end(&mut lines).map_err(|source| onto.unread(source))?;
        let mut chain = checked(&lines, head).ok_or_else(|| LedgerError::Changed { path: onto.name().into() })?;
        lines.extend(writing::good_lines(&mut chain, entries)?);
        self.0.check_untouched()?;
        let kept = ledger.keep(&**file, &format!("before-rebase-{old}"), &read_locked(&**file, path)?)?;
        let draft = Draft::begin(ledger)?;
        draft.take_place_of(&look_at(path, file.state())?, &lines).map_err(|(step, source)| {
            let path = path.clone();
            LedgerError::NotReplaced { path, step, source }
        })?;
        Ok((chain.head(), kept))
    }
}

/// The chain behind these lines, if they are the ledger with this head.
fn checked(lines: &[u8], head: &Digest) -> Option<Chain> {
    let mut reader = Reader::new(lines);
    let sound = reader.by_ref().all(|line| line.is_ok());
    let end = reader.recorded_at().filter(|_| sound && reader.head() == *head && lines.ends_with(b"\n"))?;
    Some(Chain::behind(reader.seq(), reader.head(), end))
}
