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
//!   To create, recover and sync a ledger is to do so to its file, so [`file::LedgerFile`] does that and no other kind.
//!
//! [`file::LedgerFile`] is a ledger in a file of its own; [`memory::LedgerInMemory`] is one for the tests of a policy.

pub mod cache;
mod error;
pub mod file;
pub mod memory;
pub mod read;
pub mod source;

pub use error::LedgerError;

use crate::domain::admitted::Admitted;
use crate::domain::event::{Digest, Seq};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use file::LedgerFile;
use read::Torn;
use source::Source;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

/// A ledger, wherever its lines are stored.
pub trait Ledger: Debug + Send + Sync {
    /// The name of the ledger in messages.
    fn name(&self) -> String;

    /// The file from which its lines are read.
    fn file(&self) -> &LedgerFile;

    /// Opens the ledger to answer from it.
    ///
    /// Concurrency: this takes no lock and never waits. The source does not include lines appended later.
    /// Durability: none. The writer of the last lines may not have made them durable yet.
    fn open(&self) -> Result<Source, LedgerError>;

    /// Opens the ledger to append to it.
    ///
    /// Concurrency: either nobody else can append until the writer is dropped, or [`Writer::append`] notices that
    /// somebody did. While the outcome of an earlier write is unknown, this gives no writer.
    fn write(&self) -> Result<Box<dyn Writer>, LedgerError>;

    /// The marker of a failed write, if there is one: the ledger may then hold entries that nobody acknowledged.
    fn marker(&self) -> Result<Option<PathBuf>, LedgerError>;
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
