//! Makes a cache from a whole fold, or from an older cache and the lines appended since.

use super::base::{Cached, Contents};
use super::pages::{self, HELD};
use super::stamp::Stamp;
use super::table::{self, Row, Table, row};
use super::{MAGIC, PREFIX, trial};
use crate::domain::book::Book;
use crate::domain::book::kept::{Kept, Keys, Plain, Snapshot};
use crate::domain::event::Digest;
use crate::domain::fingerprints::Printer;
use crate::store::ledger::Version;
use chrono::{DateTime, Utc};
use hashbrown::HashSet;
use std::io::{self, Write};

/// A ledger with more findings gets no cache: each command folds it anew.
const MOST_FINDINGS: usize = 1000;

/// The state of the ledger from which a book was folded.
pub(super) struct Folded {
    pub(super) version: Version,
    pub(super) head: Digest,
    pub(super) recorded_at: DateTime<Utc>,
}

/// A new cache, ready to be written.
pub(super) struct Made {
    /// [`Contents`], as JSON.
    first: Vec<u8>,
    many: Many,
    stamp: Stamp,
}

/// The records of licence numbers, and the rows of the tables that lead to them and to references.
#[derive(Default)]
struct Many {
    records: Vec<u8>,
    /// The rows of the table of each of [`Keys`].
    rows: [Vec<Row>; 3],
    /// The offsets of records that newer ones replace.
    outdated: HashSet<u64>,
    /// How many bytes the dead records take.
    dead: u64,
}

impl Made {
    /// Makes a cache of a book that was folded from the start, or resumed from `base`. None if the book can't be kept.
    pub(super) fn of(book: &mut Book, folded: &Folded, base: Option<&Cached>) -> Option<Self> {
        if book.findings().len() > MOST_FINDINGS {
            return None;
        }
        let Snapshot { entries, plain: Plain { numbers, texts } } = book.snapshot().ok()?;
        let (printer, references) = book.kept_references();
        let mut many = match base {
            Some(base) => Many::of(base)?,
            None => Many::default(),
        };
        for kept in book.kept_licences() {
            let kept = kept?;
            many.put(&kept, printer, book.older_record(&kept.number))?;
        }
        for found in references {
            let (print, at) = found?;
            many.rows[Keys::References as usize].push(row(print, at));
        }
        many.put_in_order();
        let contents = Contents {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: printer.seed,
            trial: trial(printer),
            length: folded.version.length,
            head: folded.head.0,
            recorded_at: folded.recorded_at.timestamp(),
            entries,
            folded: (numbers, texts),
            dead: many.dead,
            age: base.map_or(0, |base| base.contents.age + 1),
            tables: many.tables(),
        };
        let first = serde_json::to_vec(&contents).ok()?;
        let stamp = Stamp { version: folded.version, entries, head: folded.head };
        Some(Made { first, many, stamp })
    }

    /// Writes the whole file.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        // A random generation tells the pages of two caches apart.
        let generation = Printer::random().seed;
        let first = self.first.len() as u64;
        let [.., last] = self.many.tables();
        let count = (PREFIX as u64 + first + last.end()).div_ceil(HELD as u64);
        let prefix = [generation, count, first].map(u64::to_be_bytes);
        let [numbers, references, lapses] = self.many.rows.each_ref().map(|rows| rows.as_flattened());
        let parts = [MAGIC, prefix.as_flattened(), &self.first, &self.many.records, numbers, references, lapses];
        pages::write(out, generation, &parts)?;
        out.write_all(&self.stamp.bytes(generation))
    }
}

impl Many {
    /// Starts from the content of an older cache.
    fn of(older: &Cached) -> Option<Self> {
        let Contents { tables, dead, .. } = &older.contents;
        let mut bytes = older.pages.all(older.count).ok()?;
        let [numbers, references, lapses] = tables.map(|table| table.rows(&bytes));
        bytes.truncate(usize::try_from(older.contents.records()).ok()?);
        Some(Many { records: bytes, rows: [numbers?, references?, lapses?], outdated: HashSet::new(), dead: *dead })
    }

    /// Adds a record, which replaces the older one at `older`, if there is one. None if it can't be kept.
    fn put(&mut self, kept: &Kept, printer: Printer, older: Option<u64>) -> Option<()> {
        if let Some(here) = older.filter(|here| self.outdated.insert(*here)) {
            let length = self.records.get(usize::try_from(here).ok()?..)?.first_chunk()?;
            self.dead += 4 + u64::from(u32::from_be_bytes(*length));
        }
        let here = self.records.len() as u64;
        let [numbers, _, lapses] = &mut self.rows;
        numbers.push(row(printer.print(&kept.number), here));
        lapses.extend(kept.lapses().map(|key| row(key, here)));
        let Plain { numbers, texts } = kept.plain();
        let record = serde_json::to_vec(&(numbers, texts)).ok()?;
        self.records.extend_from_slice(&u32::try_from(record.len()).ok()?.to_be_bytes());
        self.records.extend_from_slice(&record);
        Some(())
    }

    /// Removes the rows of outdated records, and sorts the rows by print.
    fn put_in_order(&mut self) {
        let [numbers, _, lapses] = &mut self.rows;
        for rows in [numbers, lapses] {
            rows.retain(|row| !self.outdated.contains(&table::read(*row).1));
        }
        self.rows.iter_mut().for_each(|rows| rows.sort());
    }

    /// The places of the tables: after the records, in the order numbers, references, lapses.
    fn tables(&self) -> [Table; 3] {
        let mut end = self.records.len() as u64;
        self.rows.each_ref().map(|rows| {
            let table = Table::at(end, rows.len());
            end = table.end();
            table
        })
    }
}
