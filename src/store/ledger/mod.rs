//! The ledger: its contract, the chain of its lines, its file, and the cache of its fold.
//!
//! # The contract
//!
//! A ledger is a list of lines that only grows at its end. Every kind of ledger holds the same lines, byte for byte
//! ([`crate::store::record`]), in the same chain ([`read`]). The *head* of a ledger is the SHA-256 of its last line. To
//! *fold* a ledger is to record its entries one after the other in a [`Book`](crate::domain::book::Book).
//!
//! - **Read**: [`Ledger::open`] gives a [`Source`]: the ledger's bytes, from any offset on. A fold reads all of them.
//! - **Append**: [`Ledger::write`] gives a [`Writer`]. It appends entries that were judged on a head only if that is
//!   still the head; otherwise it appends nothing.
//! - **File**: the lines are read from a file on this machine: the ledger itself or a copy of it. The result of a fold
//!   is kept beside that file ([`cache`]), for one [`Version`] of it.
//!
//! [`file::LedgerFile`] is a ledger in a file of its own; [`shared::SharedLedger`](shared) is one in a database, which
//! several desks share; [`memory::LedgerInMemory`] is one for the tests of a policy.

pub mod cache;
mod error;
pub mod file;
pub mod memory;
pub mod read;
pub mod shared;
pub mod source;

pub use error::LedgerError;

use crate::domain::admitted::Admitted;
use crate::domain::event::{Digest, Seq};
use crate::store::system::System;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use file::LedgerFile;
use read::Torn;
use source::Source;
use std::fmt::Debug;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How ledgers are reached.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// How long to wait for other writers and for a server.
    pub patience: Duration,
    /// The folder for the mirrors of shared ledgers.
    pub mirrors: Option<PathBuf>,
    /// The variables that tell libpq which server an address means.
    pub variables: String,
    /// Whether to answer from a mirror without asking the server.
    pub offline: bool,
}

/// The ledger at a path, or at the address of a shared ledger. It need not exist yet.
pub fn at(system: &Arc<dyn System>, given: &Path, access: &Access) -> Result<Arc<dyn Ledger>, LedgerError> {
    if !shared::is_address(given) {
        return Ok(Arc::new(LedgerFile::at(Arc::clone(system), given, access.patience)));
    }
    #[cfg(feature = "postgres")]
    {
        let address = shared::Address::parse(given).map_err(|told| LedgerError::Address { told })?;
        Ok(Arc::new(shared::SharedLedger::at(system, address, access)?))
    }
    #[cfg(not(feature = "postgres"))]
    Err(LedgerError::NoPostgres)
}

/// A ledger, wherever its lines are stored.
pub trait Ledger: Debug + Send + Sync {
    /// The name of the ledger in messages.
    fn name(&self) -> String;

    /// The file from which its lines are read.
    fn file(&self) -> &LedgerFile;

    /// Opens the ledger to answer from it.
    ///
    /// Concurrency: this waits for no writer. The source does not include lines appended later.
    /// Durability: none. The writer of the last lines may not have made them durable yet.
    fn open(&self) -> Result<Source, LedgerError>;

    /// Opens the ledger to find every fault: reads each line from where it is stored, and not from a copy.
    fn open_anew(&self) -> Result<Source, LedgerError> {
        self.open()
    }

    /// Opens the ledger to append to it.
    ///
    /// Concurrency: either nobody else can append until the writer is dropped, or [`Writer::append`] notices that
    /// somebody did. While the outcome of an earlier write is unknown, this gives no writer.
    fn write(&self) -> Result<Box<dyn Writer>, LedgerError>;

    /// The marker of a failed write, if there is one: the ledger may then hold entries that nobody acknowledged.
    fn marker(&self) -> Result<Option<PathBuf>, LedgerError>;

    /// What opening it found that the user must know.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// Gives the error of [`Ledger::create`] for a ledger that exists, before any work is done. `create` still checks for
    /// itself.
    fn must_not_exist(&self) -> Result<(), LedgerError> {
        self.file().must_not_exist()
    }

    /// Creates the ledger with these entries and gives its head.
    ///
    /// Concurrency: if several processes create it at once, one succeeds. A ledger that exists is not touched.
    /// Durability: when this returns, all entries are durable. If it fails, there is no ledger of this name.
    fn create(&self, entries: &[Admitted]) -> Result<Digest, LedgerError> {
        self.file().create(entries)
    }

    /// Creates the ledger with all lines of another one, which has no fault. It promises what [`Ledger::create`] does.
    #[cfg(feature = "postgres")]
    fn load(&self, _: &Source) -> Result<(), LedgerError> {
        Err(LedgerError::NotShared)
    }

    /// Repairs the ledger after a failed write, or a mirror after the server lost entries.
    fn recover(&self) -> Result<Recovered, LedgerError> {
        self.file().recover()
    }

    /// Makes every line that can be read durable.
    fn sync(&self) -> io::Result<()> {
        self.file().sync()
    }
}

/// Appends to a ledger. Dropping the writer lets another one write.
pub trait Writer: Debug {
    /// The ledger as this writer found it, without lines appended later.
    fn source(&self) -> Result<Source, LedgerError>;

    /// Records these entries after `head`, the head they were judged on, and gives the new head. With no entries it
    /// makes the existing lines durable.
    ///
    /// Concurrency: if `head` is no longer the head, nothing is written and the error is [`LedgerError::HeadMoved`].
    /// Durability: when this returns, the entries are durable. After the error [`LedgerError::OutcomeUnknown`] it is
    /// unknown whether they were recorded; after any other error nothing was recorded.
    fn append(&mut self, entries: &[Admitted], head: &Digest) -> Result<Digest, LedgerError>;

    /// The file to which an append moved the bytes of an unfinished last line, if it found one.
    fn set_aside(&self) -> Option<&Path>;

    /// The version that this writer leaves. None if another program wrote, or could still write unnoticed.
    fn version(&self) -> Option<Version>;
}

/// The state of a ledger's file at one moment. Every change to the file changes its version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Version {
    /// The length of the file in bytes.
    pub length: u64,
    /// An opaque value, only compared.
    pub mark: [u8; Version::MARK],
}

impl Version {
    /// The length of a mark in bytes.
    pub const MARK: usize = 48;
}

/// The result of a recovery.
#[derive(Clone, Debug)]
pub struct Recovered {
    pub entries: Seq,
    pub head: Digest,
    /// The marker that was removed.
    pub marker: Option<PathBuf>,
    pub torn: Option<Torn>,
    /// The copy of all bytes from before; none if there was nothing to recover.
    pub kept: Option<PathBuf>,
    /// The first and the last entry that the server of a shared ledger lost.
    pub gone: Option<(Seq, Seq)>,
}

/// The recording time of an entry, in whole seconds: the clock's time, but never before the `last` entry's.
///
/// A clock up to 5 minutes behind counts as drift. If it is further behind, the write is refused, unless the user asks to
/// record `after_last`: a clock that was wrong once must not close the ledger (D38).
pub fn recording_time(
    clock: DateTime<Utc>,
    last: DateTime<Utc>,
    after_last: bool,
) -> Result<DateTime<Utc>, LedgerError> {
    const DRIFT: TimeDelta = TimeDelta::minutes(5);
    let (clock, last) = (clock.trunc_subsecs(0), last.trunc_subsecs(0));
    if last.signed_duration_since(clock) > DRIFT && !after_last {
        return Err(LedgerError::ClockBehind { clock, last });
    }
    Ok(clock.max(last))
}
