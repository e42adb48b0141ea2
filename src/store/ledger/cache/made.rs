//! What a cache is made of: a whole fold; or an older cache, and what was asked of it and appended since.

use super::base::Cached;
use super::contents::{About, Contents, Record, day_key};
use super::pages::{HELD, Paging};
use super::stamp::Stamp;
use super::table::{self, Row, Table};
use super::{MAGIC, PREFIX, trial};
use crate::domain::book::{Book, Kept};
use crate::domain::event::{Digest, Seq};
use crate::domain::fingerprints::Printer;
use crate::store::ledger::file::FileState;
use chrono::{DateTime, Utc};
use hashbrown::HashSet;
use std::io::{self, Write};

/// A ledger with more findings is folded anew each time.
const MOST_FINDINGS: usize = 1000;

/// The ledger that a book was folded from, as the cache is to say.
pub(super) struct Folded<'a> {
    pub(super) state: &'a FileState,
    pub(super) head: Digest,
    pub(super) recorded_at: DateTime<Utc>,
}

/// A cache that is to be written.
pub(super) struct Made {
    /// The first part.
    first: Vec<u8>,
    many: Many,
    stamp: Stamp,
}

/// What is many: records of licence numbers, and the rows that lead to them and to references.
#[derive(Default)]
struct Many {
    /// What an older cache has behind its first part: records, then tables.
    older: Vec<u8>,
    /// How much of that is records.
    records: usize,
    /// Records that come behind them.
    newer: Vec<u8>,
    numbers: Vec<Row>,
    lapses: Vec<Row>,
    /// The older cache's references,
    references: Option<Table>,
    /// and those that are new.
    new_references: Vec<Row>,
    /// Where records stand that newer ones have taken the place of.
    outdated: HashSet<u64>,
    /// How many bytes of records nothing leads to.
    dead: u64,
}

impl Made {
    /// Of a book that was folded from the start, or resumed from `base`. None of a book that can't be kept.
    pub(super) fn of(book: &mut Book, folded: &Folded<'_>, base: Option<&Cached>) -> Option<Self> {
        if book.findings().len() > MOST_FINDINGS {
            return None;
        }
        let snapshot = book.snapshot().ok()?;
        let (printer, prints) = book.kept_references();
        let lines = book.lines();
        let at = |seq: Seq| lines.at(seq).or_else(|| base?.at(seq));
        let mut many = base.map_or_else(|| Some(Many::default()), Many::of)?;
        for kept in book.kept_licences() {
            let older = base.and_then(|base| base.record_of(kept.entry));
            many.put(&kept, at(kept.entry)?, printer, older)?;
        }
        many.new_references = prints.map(|(print, seq)| Some((print, at(seq)?))).collect::<Option<_>>()?;
        many.put_in_order();
        let [numbers, references, lapses] = many.tables();
        let about = About {
            seed: printer.seed,
            trial: trial(printer),
            length: folded.state.length,
            head: folded.head,
            recorded_at: folded.recorded_at,
            dead: many.dead,
            numbers,
            references,
            lapses,
        };
        let first = serde_json::to_vec(&Contents::of(&snapshot, about, at)?).ok()?;
        Some(Made { first, many, stamp: Stamp::of(folded.state, snapshot.entries, folded.head) })
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

impl Many {
    /// As an older cache has it.
    fn of(base: &Cached) -> Option<Self> {
        let older = base.pages.whole(base.count).ok()?;
        let contents = &base.contents;
        let numbers = contents.numbers.rows(&older)?.collect();
        let lapses = contents.lapses.rows(&older)?.collect();
        // They are too many to be taken apart; that they are all there is seen now.
        if contents.references.rows(&older).is_none() {
            return None;
        }
        Some(Many {
            records: usize::try_from(contents.records()).ok().filter(|records| *records <= older.len())?,
            numbers,
            lapses,
            references: Some(contents.references),
            dead: contents.dead,
            older,
            ..Many::default()
        })
    }

    /// Puts a record in, in place of an older one if there is one. None of what can't be kept.
    fn put(&mut self, kept: &Kept, at: u64, printer: Printer, older: Option<u64>) -> Option<()> {
        if let Some(older) = older.filter(|older| self.outdated.insert(*older)) {
            self.dead += length_at(&self.older, older)?;
        }
        let here = (self.records + self.newer.len()) as u64;
        self.numbers.push((printer.print(&kept.number), here));
        let life = kept.licence.as_ref().map(|licence| licence.life);
        let lapses = life.filter(|life| !life.lapsed).and_then(|life| life.expires);
        self.lapses.extend(lapses.map(|day| (day_key(day), here)));
        let record = serde_json::to_vec(&Record::of(kept, at)?).ok()?;
        self.newer.extend_from_slice(&u32::try_from(record.len()).ok()?.to_be_bytes());
        self.newer.extend_from_slice(&record);
        Some(())
    }

    /// Nothing leads to an outdated record, and rows stand in the order of their prints.
    fn put_in_order(&mut self) {
        for rows in [&mut self.numbers, &mut self.lapses] {
            rows.retain(|(_, here)| !self.outdated.contains(here));
            rows.sort_unstable();
        }
        self.new_references.sort_unstable();
    }

    /// References as the older cache has them, in order.
    fn old_references(&self) -> impl Iterator<Item = Row> + '_ {
        self.references.and_then(|table| table.rows(&self.older)).into_iter().flatten()
    }

    /// Where numbers, references and lapses stand: behind the records, in this order.
    fn tables(&self) -> [Table; 3] {
        let old_references = self.references.map_or(0, |table| table.count());
        let numbers = Table::at((self.records + self.newer.len()) as u64, self.numbers.len());
        let references = Table::at(numbers.end(), old_references + self.new_references.len());
        [numbers, references, Table::at(references.end(), self.lapses.len())]
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.older[..self.records])?;
        out.write_all(&self.newer)?;
        table::write(out, self.numbers.iter().copied())?;
        table::write(out, merged(self.old_references(), self.new_references.iter().copied()))?;
        table::write(out, self.lapses.iter().copied())
    }
}

/// Rows of two tables, each of them in order, as one.
fn merged(a: impl Iterator<Item = Row>, b: impl Iterator<Item = Row>) -> impl Iterator<Item = Row> {
    let (mut a, mut b) = (a.peekable(), b.peekable());
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(of_a), Some(of_b)) if of_b < of_a => b.next(),
        (Some(_), _) => a.next(),
        (None, _) => b.next(),
    })
}

/// How many bytes the record that stands here takes.
fn length_at(bytes: &[u8], here: u64) -> Option<u64> {
    let here = usize::try_from(here).ok()?;
    let length = u32::from_be_bytes(bytes.get(here..here.checked_add(4)?)?.try_into().ok()?);
    Some(4 + u64::from(length))
}
