//! A cache as what a book goes on from.

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

/// The part of a cache that is read each time, as JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Contents {
    /// The program's version.
    pub(super) version: String,
    /// What prints are taken with, and what it makes of known texts.
    pub(super) seed: u64,
    pub(super) trial: Vec<u32>,
    /// How much of the ledger was folded, and how its last line left the chain.
    pub(super) length: u64,
    pub(super) head: [u8; 32],
    pub(super) recorded_at: i64,
    pub(super) entries: Seq,
    /// What the fold came to.
    pub(super) folded: Told,
    /// How many bytes of records nothing leads to.
    pub(super) dead: u64,
    /// How many caches came before this one since the whole ledger was folded.
    pub(super) age: u32,
    /// Licence numbers, references, last valid days.
    pub(super) tables: [Table; 3],
}

/// [`Plain`], as JSON.
pub(super) type Told = (VecDeque<i64>, VecDeque<String>);

impl Contents {
    pub(super) fn table(&self, of: Keys) -> Table {
        self.tables[of as usize]
    }

    /// How many bytes the records take: they stand before the tables.
    pub(super) fn records(&self) -> u64 {
        self.table(Keys::Numbers).offset()
    }

    /// Whether it is time to fold the whole ledger again: nothing leads to most of the records, or they were handed on
    /// so often that what a failing memory may have done to them has lived long enough.
    pub(super) fn is_worn(&self) -> bool {
        const OLDEST: u32 = 50;
        self.dead > self.records() / 2 || self.age > OLDEST
    }
}

/// What a cache holds, and the ledger that it holds it of.
#[derive(Debug)]
pub(super) struct Cached {
    /// What stands behind the first part.
    pub(super) pages: Pages,
    /// How many pages there are in all.
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
        /// A record has a number, and a few figures for each of its chips.
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
