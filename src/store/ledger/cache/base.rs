//! A cache as the base from which a book resumes.

use super::pages::Pages;
use super::table::Table;
use crate::domain::book::kept::{Base, Keys, Plain};
use crate::domain::entries::{Archive, Unread};
use crate::domain::event::{Entry, Seq};
use crate::domain::fingerprints::Printer;
use crate::store::ledger::source::Source;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::io;
use std::ops::RangeInclusive;
use std::rc::Rc;

/// The first part of a cache, as JSON. Every reader reads all of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Contents {
    /// The version of the program that made the cache.
    pub(super) version: String,
    /// The seed of the prints, and the prints of known texts ([`super::trial`]).
    pub(super) seed: u64,
    pub(super) trial: Vec<u32>,
    /// How many bytes of the ledger were folded. The next three fields describe the last of those lines.
    pub(super) length: u64,
    pub(super) head: [u8; 32],
    pub(super) recorded_at: i64,
    pub(super) entries: Seq,
    /// The result of the fold.
    pub(super) folded: Told,
    /// How many bytes the dead records take: no table leads to a dead record.
    pub(super) dead: u64,
    /// How many times the cache has been extended since the whole ledger was folded.
    pub(super) age: u32,
    /// The tables of licence numbers, references and last valid days.
    pub(super) tables: [Table; 3],
}

/// [`Plain`], as JSON.
pub(super) type Told = (VecDeque<i64>, VecDeque<String>);

impl Contents {
    pub(super) fn table(&self, of: Keys) -> Table {
        self.tables[of as usize]
    }

    /// How many bytes the records take. They come before the tables.
    pub(super) fn records(&self) -> u64 {
        self.table(Keys::Numbers).offset()
    }

    /// Whether to rebuild the cache from the whole ledger: more than half of its records' bytes are dead, or it has
    /// been extended more than 50 times, so that a memory error does not live for ever.
    pub(super) fn is_worn(&self) -> bool {
        const OLDEST: u32 = 50;
        self.dead > self.records() / 2 || self.age > OLDEST
    }
}

/// A cache that is open, and its ledger.
#[derive(Debug)]
pub(super) struct Cached {
    /// The pages, read from the end of the first part on.
    pub(super) pages: Pages,
    /// How many pages the cache has in all.
    pub(super) count: u64,
    pub(super) contents: Contents,
    pub(super) ledger: Rc<Source>,
}

impl Archive for Cached {
    fn entry(&self, at: u64) -> Result<Entry, Unread> {
        self.ledger.entry(at)
    }
}

impl Base for Cached {
    fn printer(&self) -> Printer {
        Printer { seed: self.contents.seed }
    }

    fn rows(&self, of: Keys, keys: RangeInclusive<u32>) -> Result<Vec<(u32, u64)>, Unread> {
        self.contents.table(of).range(&self.pages, keys).map_err(unread)
    }

    fn record(&self, here: u64) -> Result<Plain, Unread> {
        /// The longest record in bytes. A record has a number, and a few figures for each of its chips.
        const LONGEST: u32 = 1 << 20;
        let mut length = [0; 4];
        self.pages.read_at(here, &mut length).map_err(unread)?;
        let mut bytes = vec![0; u32::from_be_bytes(length).min(LONGEST) as usize];
        self.pages.read_at(here.saturating_add(4), &mut bytes).map_err(unread)?;
        let (numbers, texts) = serde_json::from_slice::<Told>(&bytes).map_err(|error| unread(error.into()))?;
        Ok(Plain { numbers, texts })
    }
}

fn unread(error: io::Error) -> Unread {
    Unread(error.to_string())
}
