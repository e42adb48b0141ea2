//! The ledger: its contract, how lines hang together, the file they stand in, and what was folded of it before.
//!
//! # The contract
//!
//! A ledger is a list of lines that only grows at its end. Whatever holds it, the lines are the same, byte for byte
//! ([`crate::store::record`]), and they hang together in the same way ([`read`]).
//!
//! - **Read**: [`Ledger::open`] gives a [`Source`]: its bytes from any place on, all of them for a fold.
//! - **Append**: [`Ledger::write`] gives a [`Writer`]. A writer appends what was judged on a head if that is still the
//!   head, and else nothing.
//! - **Stand in a file**: what is read stands in a file of this machine, the ledger itself or a copy of it. What was
//!   folded is kept beside that file ([`cache`]), for one [`Version`] of it.
//!
//! [`file::LedgerFile`] is the ledger in a file of its own.

pub mod cache;
mod error;
pub mod file;
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
use std::io;
use std::path::{Path, PathBuf};

/// A ledger, wherever its lines are held.
pub trait Ledger: Debug + Send + Sync {
    /// What messages call it.
    fn name(&self) -> String;

    /// The file that its lines are read from.
    fn file(&self) -> &LedgerFile;

    /// Opens it to answer from.
    ///
    /// Concurrency: takes no lock and waits for nobody. What is appended later is no part of the source.
    /// Durability: none is promised. The last lines may be such as their writer has not made durable yet.
    fn open(&self) -> Result<Source, LedgerError>;

    /// Opens it to append to.
    ///
    /// Concurrency: either nobody else can append until the writer is dropped, or [`Writer::append`] notices that
    /// somebody did. While the outcome of an earlier write is unknown, nobody gets a writer.
    fn write(&self) -> Result<Box<dyn Writer>, LedgerError>;

    /// Creates it with these entries; gives its head.
    ///
    /// Concurrency: of several founders one creates it. What exists is not touched.
    /// Durability: when it returns, all entries are durable. If it fails, there is no ledger of this name.
    fn create(&self, entries: &[Admitted]) -> Result<Digest, LedgerError>;

    /// Says at once what [`Ledger::create`] would say of a ledger that is in the way; it decides nothing.
    fn must_not_exist(&self) -> Result<(), LedgerError>;

    /// Lifts what a failed write left, after all lines were read and found good; else nothing is changed.
    ///
    /// Concurrency: nobody writes meanwhile. It can be killed at any point and run again.
    /// Durability: when it returns, every line that is left is durable, and all bytes that were there are kept.
    fn recover(&self) -> Result<Recovered, LedgerError>;

    /// The marker of a failed write, where one stands: what is read then may hold entries that nobody acknowledged.
    fn marker(&self) -> Result<Option<PathBuf>, LedgerError>;

    /// Makes durable what can be read.
    fn sync(&self) -> io::Result<()>;
}

/// One who appends. Dropping it ends its turn.
pub trait Writer: Debug {
    /// The ledger as this writer found it; what is appended later is no part of it.
    fn source(&self) -> Result<Source, LedgerError>;

    /// Records these entries after `head`, the head they were judged on; gives the new head. With none, what is there
    /// already is made durable.
    ///
    /// Concurrency: where `head` is no longer the head, nothing is written and the error is [`LedgerError::HeadMoved`].
    /// Durability: when it returns, the entries are durable. If the error is [`LedgerError::OutcomeUnknown`], nobody
    /// knows; with any other error nothing was recorded.
    fn append(&mut self, entries: &[Admitted], head: &Digest) -> Result<Digest, LedgerError>;

    /// Where the bytes of an unfinished last line were moved, if there was one and something was appended.
    fn set_aside(&self) -> Option<&Path>;

    /// The version that this writer leaves; none if somebody else wrote, or may yet and not be noticed.
    fn version(&self) -> Option<Version>;
}

/// The state of a ledger's file at one moment: whatever changes the file, changes this.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Version {
    /// Of the file, in bytes.
    pub length: u64,
    /// Only compared.
    pub mark: [u8; Version::MARK],
}

impl Version {
    /// How long a mark is.
    pub const MARK: usize = 48;
}

/// What a recovery found and did.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// How many entries the ledger holds.
    pub entries: Seq,
    /// Its head.
    pub head: Digest,
    /// The marker that was lifted.
    pub marker: Option<PathBuf>,
    /// The unfinished last line that was left out.
    pub torn: Option<Torn>,
    /// The copy of all bytes as they were before; none if there was nothing to recover.
    pub kept: Option<PathBuf>,
}

/// When an entry is recorded, in whole seconds: by the clock, but never before the `last` entry.
///
/// A clock behind by up to 5 minutes is put down to drift; by more, the write is refused.
pub fn recording_time(clock: DateTime<Utc>, last: DateTime<Utc>) -> Result<DateTime<Utc>, LedgerError> {
    const DRIFT: TimeDelta = TimeDelta::minutes(5);
    let (clock, last) = (clock.trunc_subsecs(0), last.trunc_subsecs(0));
    if last.signed_duration_since(clock) > DRIFT {
        return Err(LedgerError::ClockBehind { clock, last });
    }
    Ok(clock.max(last))
}
