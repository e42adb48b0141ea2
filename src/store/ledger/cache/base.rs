//! A cache as what a book goes on from.

use super::contents::{Contents, Record, day_key, key_day, not_said};
use super::pages::Pages;
use crate::domain::book::{Base, Kept};
use crate::domain::event::{Entry, Seq};
use crate::domain::fingerprints::Printer;
use crate::domain::lines::{Archive, Unread};
use crate::domain::text::{LicenceNumber, Reference};
use crate::store::ledger::source::Source;
use chrono::NaiveDate;
use hashbrown::HashMap;
use std::cell::RefCell;
use std::io;
use std::ops::Range;
use std::rc::Rc;

/// What a cache holds, and the ledger that it holds it of.
#[derive(Debug)]
pub(super) struct Cached {
    /// What stands behind the first part.
    pub(super) pages: Pages,
    /// How many pages there are in all.
    pub(super) count: u64,
    pub(super) contents: Contents,
    printer: Printer,
    pub(super) ledger: Rc<Source>,
    /// Where entries that were asked for stand in the ledger.
    places: RefCell<HashMap<Seq, u64>>,
    /// Where the records of approvals that were asked for stand in the cache.
    records: RefCell<HashMap<Seq, u64>>,
}

impl Cached {
    pub(super) fn new(pages: Pages, count: u64, contents: Contents, printer: Printer, ledger: Rc<Source>) -> Self {
        let (places, records) = (RefCell::default(), RefCell::default());
        Cached { pages, count, contents, printer, ledger, places, records }
    }

    /// Where this entry stands in the ledger, if it was asked for.
    pub(super) fn at(&self, seq: Seq) -> Option<u64> {
        self.places.borrow().get(&seq).copied()
    }

    /// How many bytes of the cache the record that stands here takes.
    pub(super) fn record_length(&self, here: u64) -> io::Result<u64> {
        let mut length = [0; 4];
        self.pages.read_at(here, &mut length)?;
        Ok(4 + u64::from(u32::from_be_bytes(length)))
    }

    /// Where the record of this approval stands in the cache, if it was asked for.
    pub(super) fn record_of(&self, seq: Seq) -> Option<u64> {
        self.records.borrow().get(&seq).copied()
    }
}

impl Archive for Cached {
    fn entry(&self, at: u64) -> Result<Entry, Unread> {
        let entry = self.ledger.entry(at)?;
        self.places.borrow_mut().insert(entry.seq, at);
        Ok(entry)
    }
}

impl Base for Cached {
    fn printer(&self) -> Printer {
        self.printer
    }

    fn licence(&self, number: &LicenceNumber) -> Result<Option<(u64, Kept)>, Unread> {
        let print = self.printer.print(number);
        for here in self.contents.numbers.find(&self.pages, print).map_err(unread)? {
            let found = self.kept(here)?;
            if found.1.number == *number {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn references(&self, reference: &Reference) -> Result<Vec<u64>, Unread> {
        self.contents.references.find(&self.pages, self.printer.print(reference)).map_err(unread)
    }

    fn lapsing(&self, days: Range<NaiveDate>) -> Result<Vec<(NaiveDate, u64)>, Unread> {
        let rows = self.contents.lapses.range(&self.pages, day_key(days.start), Some(day_key(days.end)));
        rows.map_err(unread)?.into_iter().map(|(key, here)| Ok((key_day(key)?, here))).collect()
    }

    fn kept(&self, here: u64) -> Result<(u64, Kept), Unread> {
        /// A record has a number, and a few figures for each of its chips.
        const LONGEST: usize = 1 << 20;
        let mut length = [0; 4];
        self.pages.read_at(here, &mut length).map_err(unread)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > LONGEST {
            return Err(not_said());
        }
        let mut bytes = vec![0; length];
        self.pages.read_at(here.saturating_add(4), &mut bytes).map_err(unread)?;
        let (at, kept) = serde_json::from_slice::<Record>(&bytes).map_err(|_| not_said())?.kept()?;
        self.places.borrow_mut().insert(kept.entry, at);
        self.records.borrow_mut().insert(kept.entry, here);
        Ok((at, kept))
    }
}

fn unread(error: io::Error) -> Unread {
    Unread(error.to_string())
}
