//! The fold cache, `<ledger>.cache`: it holds the result of folding the ledger, so that a check need not fold every
//! entry again.
//!
//! # When it is trusted
//!
//! A cache is valid for one file, in one [`Version`]. Any other program that writes to the ledger
//! changes the version, and the cache is stale. A file time so recent that a later change could get the same one never
//! makes a version.
//!
//! The writer that appends a line knows that the cache was valid until then. It adds a *stamp* to the cache, with the
//! new version of the ledger. A reader folds the lines appended since on top of the cache, with the same judge. Now and
//! then a command extends the cache: a new one, which includes those lines, replaces the older one. It holds what a
//! cache of the whole fold would hold (see `made`).
//!
//! The program checks every page that it reads, so it notices damage. It can't notice a forged cache. Anyone who can
//! write to the ledger's folder can forge one, so `validate` reads no cache.
//!
//! # Layout
//!
//! The cache starts with pages (see `pages`). They hold the length of the first part, the first part (see `base`), a
//! record for each licence number, and tables (see `table`) of licence numbers, of references and of last valid days. A
//! record that a newer one replaced is *dead*: no table leads to it. The stamps (see `stamp`) follow the pages; the
//! last stamp counts.

mod base;
mod made;
mod pages;
mod stamp;
mod table;

use super::Version;
use super::file::LedgerFile;
use super::read::{Chain, Line, Reader};
use super::source::Source;
use crate::domain::book::Book;
use crate::domain::book::kept::{Base, Plain, Snapshot};
use crate::domain::event::{Digest, Seq};
use crate::domain::fault::Fault;
use crate::domain::fingerprints::Printer;
use crate::domain::text::Text;
use crate::store::system::{OpenFile, read_exactly};
use base::{Cached, Contents};
use chrono::{DateTime, Utc};
use made::{Folded, Made};
use pages::{HELD, PAGE, Pages};
use stamp::Stamp;
use std::io::Write;
use std::rc::Rc;

/// The first bytes of the first page: the name of this layout. Then come the generation, the number of pages, and the
/// length of the first part, in eight bytes each: [`PREFIX`] bytes in all.
const MAGIC: &[u8; 16] = b"exquota cache 8\n";
const PREFIX: usize = 40;

/// A cache that is valid for a ledger as it is now.
#[derive(Debug)]
pub struct Cache {
    cached: Rc<Cached>,
    file: Rc<dyn OpenFile>,
    generation: u64,
    stamp: Stamp,
}

impl Cache {
    /// Opens the cache beside a ledger's file, if there is one and it is valid for `source`. Only a cache opened with
    /// `to_append` can be stamped.
    pub fn open(ledger: &LedgerFile, source: &Rc<Source>, to_append: bool) -> Option<Self> {
        let version = source.version()?;
        let file = ledger.open_cache(to_append)?;
        let mut generation = [0; 8];
        read_exactly(&*file, &mut generation, MAGIC.len() as u64).ok()?;
        let generation = u64::from_be_bytes(generation);
        let mut pages = Pages::of(Rc::clone(&file), generation);
        let (count, first) = prefix(&pages)?;
        let stamp = Stamp::last(&*file, generation, count.checked_mul(PAGE as u64)?)?;
        if stamp.version != version || first > count * HELD as u64 {
            return None;
        }
        let mut bytes = vec![0; usize::try_from(first).ok()?];
        pages.read_at(PREFIX as u64, &mut bytes).ok()?;
        pages.begin_at(PREFIX as u64 + first);
        let contents: Contents = serde_json::from_slice(&bytes).ok()?;
        let printer = Printer { seed: contents.seed };
        let holds = contents.version == env!("CARGO_PKG_VERSION")
            && contents.trial == trial(printer)
            && contents.length <= stamp.version.length
            && contents.entries <= stamp.entries
            && !contents.is_worn();
        let cached = Cached { pages, count, contents, ledger: Rc::clone(source) };
        holds.then(|| Cache { cached: Rc::new(cached), file, generation, stamp })
    }

    /// Whether to extend the cache: all commands since the last fold have replayed appended lines for about as long as
    /// a new cache takes to make.
    pub fn is_due(&self) -> bool {
        /// How many lines can be replayed in the time that one page takes to make.
        const LINES: u64 = 2;
        let appended = self.stamp.entries - self.cached.contents.entries;
        appended.saturating_mul(appended) / 2 > self.cached.count.saturating_mul(LINES)
    }

    /// The book of the ledger as it is now, its head, and the time of its last line. None if that needs the whole fold.
    pub fn resumed(&self) -> Option<(Book, Digest, DateTime<Utc>)> {
        let (snapshot, base) = self.base();
        let mut book = Book::resume(snapshot, base).ok()?;
        let (mut head, mut recorded_at) = (self.folded_head(), self.recorded_at());
        for line in self.tail() {
            let line = line.ok()?;
            book.record_archived(&line.entry, line.offset as u64).ok()?;
            (head, recorded_at) = (line.digest, line.entry.recorded_at);
        }
        (head == self.stamp.head).then_some((book, head, recorded_at))
    }

    /// The result of the fold, and the base that gives the rest of it on demand.
    pub fn base(&self) -> (Snapshot, Rc<dyn Base>) {
        let Contents { entries, folded: (numbers, texts), .. } = &self.cached.contents;
        let plain = Plain { numbers: numbers.clone(), texts: texts.clone() };
        (Snapshot { entries: *entries, plain }, Rc::<Cached>::clone(&self.cached))
    }

    /// The recording time of the last folded line.
    pub fn recorded_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.cached.contents.recorded_at, 0).unwrap_or_default()
    }

    /// The hash of the last folded line.
    pub fn folded_head(&self) -> Digest {
        Digest(self.cached.contents.head)
    }

    /// The lines that were appended since the fold.
    fn tail(&self) -> impl Iterator<Item = Result<Line, Vec<Fault>>> + '_ {
        let contents = &self.cached.contents;
        let appended = (contents.length < self.stamp.version.length).then(|| {
            let chain = Chain::behind(contents.entries, self.folded_head(), self.recorded_at());
            Reader::behind(self.cached.ledger.from(contents.length), chain, contents.length as usize)
        });
        appended.into_iter().flatten()
    }

    /// Adds a stamp: the cache is valid for the ledger as its writer leaves it, in this version. The writer still holds the
    /// lock. If this fails, the cache is stale, and no answer changes.
    pub fn stamp(&self, version: Option<Version>, entries: Seq, head: Digest) {
        if let Some(version) = version {
            let _ = (&*self.file).write_all(&Stamp { version, entries, head }.bytes(self.generation));
        }
    }
}

/// Writes a cache of a book beside the ledger's file. The ledger's head is `head`; the book was folded from all of
/// `source`, or resumed from the `older` cache. If this fails, no new cache is made, and no answer changes.
pub fn renew(
    ledger: &LedgerFile,
    source: &Source,
    book: &mut Book,
    head: Digest,
    recorded_at: DateTime<Utc>,
    older: Option<&Cache>,
) {
    if let Some(version) = ledger.settled(source)
        && let Some(made) = Made::of(book, &Folded { version, head, recorded_at }, older.map(|older| &*older.cached))
    {
        let _ = ledger.put_cache(source, |out| made.write(out));
    }
}

/// The number of pages, and the length of the first part.
fn prefix(pages: &Pages) -> Option<(u64, u64)> {
    let mut prefix = [0; PREFIX];
    pages.read_at(0, &mut prefix).ok()?;
    let number = |at: usize| Some(u64::from_be_bytes(prefix.get(at..at + 8)?.try_into().ok()?));
    if prefix.starts_with(MAGIC) { number(24).zip(number(32)) } else { None }
}

/// The prints of some known texts. Another build of the program may print them differently, and then this cache is of
/// no use to it.
fn trial(printer: Printer) -> Vec<u32> {
    let text = "of every length that a number may have, the one that is asked for";
    (0..text.len()).step_by(7).filter_map(|end| text.get(..end)).map(|text| printer.print(&Text::new(text))).collect()
}

#[cfg(test)]
mod tests;
