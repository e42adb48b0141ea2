//! The fold cache, `<ledger>.cache`: what a ledger's entries came to, so that a check need not fold them all again.
//!
//! # What it is trusted for
//!
//! Only the one file that it was made from, in the [`Version`](super::Version) that it then had. Any other program that writes to the
//! ledger changes that, and the cache is stale.
//! A time so fresh that a later change could bear it too is not taken for one. The writer that appends a line knows
//! that the ledger is what the cache was made from, and stamps the cache with what the file has become; what was
//! appended since the fold is folded on top of it, by the same judge. Now and then that is kept: a new cache then takes
//! the place of the older one, and says what a cache of the whole fold would say (see `made`).
//!
//! Every page is checked when it is read, so damage is noticed. Who can write to the ledger's folder can forge a cache:
//! `validate` never looks at it.
//!
//! # How it is laid out
//!
//! Pages (see `pages`) that hold: how long the first part is, the first part (see `base`), a record for each
//! licence number, and tables (see `table`) of licence numbers, of references and of last valid days. Behind the
//! pages the stamps (see `stamp`), of which the last one counts. Among the records may be outdated ones, to which nothing
//! leads.

mod base;
mod made;
mod pages;
mod stamp;
mod table;

use super::Writer;
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

/// What the first page begins with: the name of this layout; the generation, how many pages there are, and how long
/// the first part is, in eight bytes each.
const MAGIC: &[u8; 16] = b"exquota cache 3\n";
const PREFIX: usize = 40;

/// A cache that holds for a ledger as it is.
#[derive(Debug)]
pub struct Cache {
    cached: Rc<Cached>,
    file: Rc<dyn OpenFile>,
    generation: u64,
    stamp: Stamp,
}

impl Cache {
    /// The cache beside a ledger's file, if there is one and it holds for `source`. To be stamped it must be opened to
    /// append.
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

    /// Whether it is time for a new cache: all those who replayed what was appended since took about as long as it takes
    /// to make one.
    pub fn is_due(&self) -> bool {
        /// How many lines are replayed while a page is made.
        const LINES: u64 = 2;
        let appended = self.stamp.entries - self.cached.contents.entries;
        appended.saturating_mul(appended) / 2 > self.cached.count.saturating_mul(LINES)
    }

    /// The ledger as it stands: its book, its head, and when its last line was recorded. None where that takes the whole
    /// fold.
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

    /// What was folded, and where the rest of it can be had.
    pub fn base(&self) -> (Snapshot, Rc<dyn Base>) {
        let Contents { entries, folded: (numbers, texts), .. } = &self.cached.contents;
        let plain = Plain { numbers: numbers.clone(), texts: texts.clone() };
        (Snapshot { entries: *entries, plain }, Rc::<Cached>::clone(&self.cached))
    }

    /// When the last line that was folded was recorded.
    pub fn recorded_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.cached.contents.recorded_at, 0).unwrap_or_default()
    }

    /// The head of what was folded.
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

    /// Says that the cache holds for the ledger as this writer leaves it, while nobody else can write. A cache that is
    /// not stamped is stale: nothing depends on this.
    pub fn stamp(&self, writer: &dyn Writer, entries: Seq, head: Digest) {
        if let Some(version) = writer.version() {
            let _ = (&*self.file).write_all(&Stamp { version, entries, head }.bytes(self.generation));
        }
    }
}

/// Leaves a cache of a book beside a ledger's file, whose head is `head`; the book was folded from all of `source`, or
/// resumed from an older cache. If that can't be done, there is none: nothing depends on it.
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

/// How many pages there are, and how long the first part is.
fn prefix(pages: &Pages) -> Option<(u64, u64)> {
    let mut prefix = [0; PREFIX];
    pages.read_at(0, &mut prefix).ok()?;
    let number = |at: usize| Some(u64::from_be_bytes(prefix.get(at..at + 8)?.try_into().ok()?));
    if prefix.starts_with(MAGIC) { number(24).zip(number(32)) } else { None }
}

/// What the printer makes of some texts: a program that was built otherwise may make something else of them.
fn trial(printer: Printer) -> Vec<u32> {
    let text = "of every length that a number may have, the one that is asked for";
    (0..text.len()).step_by(7).filter_map(|end| text.get(..end)).map(|text| printer.print(&Text::new(text))).collect()
}

#[cfg(test)]
mod tests;
