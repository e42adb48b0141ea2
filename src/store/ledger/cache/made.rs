//! What a cache is made of: a whole fold; or an older cache, and what was asked of it and appended since.

use super::base::{Cached, Contents};
use super::pages::{HELD, Paging};
use super::stamp::Stamp;
use super::table::{self, Printed, Table};
use super::{MAGIC, PREFIX, trial};
use crate::domain::book::Book;
use crate::domain::book::kept::{Kept, Keys, Plain, Snapshot};
use crate::domain::event::Digest;
use crate::domain::fingerprints::Printer;
use crate::store::ledger::Version;
use chrono::{DateTime, Utc};
use hashbrown::HashSet;
use std::io::{self, ErrorKind, Read, Write};

/// A ledger with more findings is folded anew each time.
const MOST_FINDINGS: usize = 1000;

/// The ledger that a book was folded from, as the cache is to say.
pub(super) struct Folded {
    pub(super) version: Version,
    pub(super) head: Digest,
    pub(super) recorded_at: DateTime<Utc>,
}

/// A cache that is to be written.
pub(super) struct Made<'a> {
    /// The first part.
    first: Vec<u8>,
    many: Many<'a>,
    stamp: Stamp,
}

/// What is many: records of licence numbers, and the rows that lead to them and to references.
struct Many<'a> {
    /// An older cache, whose records and references are the first of this one.
    older: Option<&'a Cached>,
    /// Records that come behind those.
    records: Vec<u8>,
    /// References that come among those.
    references: Vec<Printed>,
    numbers: Vec<Printed>,
    lapses: Vec<Printed>,
    /// Where records stand that newer ones have taken the place of.
    outdated: HashSet<u64>,
    /// How many bytes of records nothing leads to.
    dead: u64,
}

impl<'a> Made<'a> {
    /// Of a book that was folded from the start, or resumed from `base`. None of a book that can't be kept.
    pub(super) fn of(book: &mut Book, folded: &Folded, base: Option<&'a Cached>) -> Option<Self> {
        if book.findings().len() > MOST_FINDINGS {
            return None;
        }
        let Snapshot { entries, plain: Plain { numbers, texts } } = book.snapshot().ok()?;
        let (printer, references) = book.kept_references();
        let mut many = Many::after(base).ok()?;
        for kept in book.kept_licences() {
            let kept = kept?;
            many.put(&kept, printer, book.older_record(&kept.number))?;
        }
        many.references.reserve(references.size_hint().0);
        for row in references {
            many.references.push(row?);
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

    /// The whole file.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        // Drawn at random, so pages of two caches are never taken for one another.
        let generation = Printer::random().seed;
        let [.., last] = self.many.tables();
        let count = (PREFIX as u64 + self.first.len() as u64 + last.end()).div_ceil(HELD as u64);
        let mut pages = Paging::new(out, generation);
        pages.write_all(MAGIC)?;
        for number in [generation, count, self.first.len() as u64] {
            pages.write_all(&number.to_be_bytes())?;
        }
        pages.write_all(&self.first)?;
        self.many.write(&mut pages)?;
        pages.finish()?.write_all(&self.stamp.bytes(generation))
    }
}

impl<'a> Many<'a> {
    /// As an older cache has it, if there is one.
    fn after(older: Option<&'a Cached>) -> io::Result<Self> {
        let rows = |of| -> io::Result<Vec<Printed>> {
            older.map_or(Ok(Vec::new()), |older| older.contents.table(of).rows(&older.pages, older.count).collect())
        };
        Ok(Many {
            older,
            records: Vec::new(),
            references: Vec::new(),
            numbers: rows(Keys::Numbers)?,
            lapses: rows(Keys::Lapses)?,
            outdated: HashSet::new(),
            dead: older.map_or(0, |older| older.contents.dead),
        })
    }

    /// How many bytes the older cache's records take.
    fn older_records(&self) -> u64 {
        self.older.map_or(0, |older| older.contents.records())
    }

    /// Puts a record in, in place of an older one if there is one. None of what can't be kept.
    fn put(&mut self, kept: &Kept, printer: Printer, older: Option<u64>) -> Option<()> {
        if let Some((cache, here)) = self.older.zip(older).filter(|(_, here)| self.outdated.insert(*here)) {
            self.dead += 4 + u64::from(cache.record_length(here).ok()?);
        }
        let here = self.older_records() + self.records.len() as u64;
        self.numbers.push((printer.print(&kept.number), here));
        self.lapses.extend(kept.lapses().map(|key| (key, here)));
        let Plain { numbers, texts } = kept.plain();
        let record = serde_json::to_vec(&(numbers, texts)).ok()?;
        self.records.extend_from_slice(&u32::try_from(record.len()).ok()?.to_be_bytes());
        self.records.extend_from_slice(&record);
        Some(())
    }

    /// Nothing leads to an outdated record, and rows stand in the order of their prints.
    fn put_in_order(&mut self) {
        for rows in [&mut self.numbers, &mut self.lapses] {
            rows.retain(|(_, here)| !self.outdated.contains(here));
            rows.sort_unstable();
        }
        self.references.sort_unstable();
    }

    /// Where numbers, references and lapses stand: behind the records, in this order.
    fn tables(&self) -> [Table; 3] {
        let older_references = self.older.map_or(0, |older| older.contents.table(Keys::References).count());
        let numbers = Table::at(self.older_records() + self.records.len() as u64, self.numbers.len());
        let references = Table::at(numbers.end(), older_references + self.references.len());
        [numbers, references, Table::at(references.end(), self.lapses.len())]
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        if let Some(older) = self.older {
            let records = older.contents.records();
            let copied = io::copy(&mut older.pages.onwards(0, older.count).take(records), out)?;
            if copied < records {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        out.write_all(&self.records)?;
        table::write(out, self.numbers.iter().copied().map(Ok))?;
        let older = self.older.into_iter();
        let older = older.flat_map(|older| older.contents.table(Keys::References).rows(&older.pages, older.count));
        table::write(out, merged(older, self.references.iter().copied()))?;
        table::write(out, self.lapses.iter().copied().map(Ok))
    }
}

/// Rows of two tables, each of them in order, as one.
fn merged(
    a: impl Iterator<Item = io::Result<Printed>>,
    b: impl Iterator<Item = Printed>,
) -> impl Iterator<Item = io::Result<Printed>> {
    let (mut a, mut b) = (a.peekable(), b.peekable());
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(Ok(of_a)), Some(of_b)) if of_b < of_a => b.next().map(Ok),
        (Some(_), _) => a.next(),
        (None, _) => b.next().map(Ok),
    })
}
