//! What every command needs: the ledger, the time, and the ledger opened and folded.

use crate::commands::error::{Misuse, NotValid};
use crate::commands::progress::Progress;
use crate::domain::admitted::Admitted;
use crate::domain::as_of::AsOf;
use crate::domain::book::{Book, Judgement, Proposal};
use crate::domain::entries::FoldError;
use crate::domain::event::{Digest, Entry, Event, Seq};
use crate::domain::fault::{Fault, FaultList};
use crate::domain::judge::Asked;
use crate::domain::state::State;
use crate::domain::text::Text;
use crate::domain::units::counted;
use crate::store::ledger::cache::{self, Cache};
use crate::store::ledger::read::{End, Line, Stopped, Torn, each};
use crate::store::ledger::source::Source;
use crate::store::ledger::{self, Access, Ledger, LedgerError, Writer};
use crate::store::system::System;
use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

/// The surroundings that all verbs share. The caller passes the date and the clock in.
#[derive(Clone, Debug)]
pub struct Session {
    pub ledger: Arc<dyn Ledger>,
    /// How other ledgers than this one are reached.
    pub access: Access,
    /// The clock, and the file system for everything but the ledger.
    pub system: Arc<dyn System>,
    /// The day to use where none is given.
    pub today: NaiveDate,
    /// A ledger with more entries than this leaves a cache of its fold. A shorter one is folded anew each time.
    pub cached_from: Seq,
    /// Shows how far a long command has come.
    pub progress: Arc<dyn Progress>,
}

/// The options that the verbs that write share.
#[derive(Clone, Debug)]
pub struct Writing {
    /// The day it happened; today where none is given.
    pub date: Option<NaiveDate>,
    pub by: Text,
    /// Judge only; write nothing.
    pub dry_run: bool,
    /// The head that the ledger must still have.
    pub expect_head: Option<Digest>,
    /// Record with the last entry's time, however far the clock is behind it (D38).
    pub after_last: bool,
    /// The reason to record it even where the rules refuse it (R13).
    pub despite: Option<Text>,
}

/// How much of a ledger is folded when a command opens it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fold {
    Whole,
    /// The ledger as it was known then.
    Until(KnownAt),
    /// What was appended since an earlier fold, where a valid cache holds that fold. A question that needs all entries
    /// folds them all.
    Cached,
}

/// How much of a ledger was known (D41).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KnownAt {
    /// When this entry was its last one.
    Entry(Seq),
    /// What was recorded up to this time.
    Time(DateTime<Utc>),
}

impl KnownAt {
    fn knows(self, entry: &Entry) -> bool {
        match self {
            KnownAt::Entry(last) => entry.seq <= last,
            KnownAt::Time(time) => entry.recorded_at <= time,
        }
    }
}

impl From<Option<KnownAt>> for Fold {
    fn from(known_at: Option<KnownAt>) -> Self {
        known_at.map_or(Fold::Whole, Fold::Until)
    }
}

/// An opened and folded ledger.
#[derive(Debug)]
pub struct Opened {
    pub book: Book,
    pub source: Rc<Source>,
    /// SHA-256 of its last line.
    pub head: Digest,
    /// When its last line was recorded.
    pub last_recorded: DateTime<Utc>,
    pub warnings: Vec<String>,
    /// Its last line, if that is unfinished.
    torn: Option<Torn>,
    progress: Arc<dyn Progress>,
    /// The cache that the book was resumed from, or another one that is valid for this ledger.
    cache: Option<Cache>,
    writer: Option<Box<dyn Writer>>,
}

/// Sees each line that is folded, and its bytes.
type Look<'l> = &'l mut dyn FnMut(&Line, &[u8]);

impl Session {
    /// Another ledger than the session's.
    pub(super) fn at(&self, given: &Path) -> anyhow::Result<Arc<dyn Ledger>> {
        Ok(ledger::at(&self.system, given, &self.access)?)
    }

    /// Opens the ledger for an answer, without a lock.
    pub fn open(&self, fold: Fold) -> anyhow::Result<Opened> {
        self.open_with(fold, |_, _| {})
    }

    /// Opens the ledger for an answer, without a lock. `look` sees each folded line and its bytes.
    pub(super) fn open_with(&self, fold: Fold, mut look: impl FnMut(&Line, &[u8])) -> anyhow::Result<Opened> {
        let mut opened = self.opened(self.ledger.open()?, fold, None, &mut look)?;
        let last = opened.book.next_seq() - 1;
        if let Fold::Until(KnownAt::Entry(known_at)) = fold
            && known_at != last
        {
            let next =
                format!("its entries are numbered from 1; `exquota log` lists them, the last one read is {last}");
            return Err(Misuse::new(format!("the ledger has no entry {known_at}"), next).into());
        }
        opened.warnings.extend(warn_of_marker(&*self.ledger)?);
        Ok(opened)
    }

    /// Opens the ledger to append to it; with `--dry-run`, for an answer only.
    pub(super) fn open_to_write(&self, writing: &Writing, fold: Fold) -> anyhow::Result<Opened> {
        if writing.dry_run {
            return self.open(fold);
        }
        let writer = self.ledger.write()?;
        self.opened(writer.source()?, fold, Some(writer), &mut |_, _| {})
    }

    fn opened(
        &self,
        source: Source,
        fold: Fold,
        writer: Option<Box<dyn Writer>>,
        look: Look<'_>,
    ) -> anyhow::Result<Opened> {
        let (source, notes) = (Rc::new(source), self.ledger.notes());
        let (file, is_cached, writes) = (self.ledger.file(), fold == Fold::Cached, writer.is_some());
        let mut cache = if is_cached || writes { Cache::open(file, &source, writes) } else { None };
        let resumed = cache.as_ref().filter(|_| is_cached).and_then(Cache::resumed);
        let is_resumed = resumed.is_some();
        let mut opened = match (resumed, fold) {
            (Some((book, head, last_recorded)), _) => Opened::of(book, source, head, last_recorded, &self.progress),
            (None, Fold::Until(known_at)) => Opened::until(Some(known_at), source, &self.progress, look)?,
            (None, _) => Opened::until(None, source, &self.progress, look)?,
        };
        opened.warnings.splice(..0, notes);
        if is_cached {
            cache.take_if(|_| !is_resumed);
            let is_due = match &cache {
                Some(cache) => cache.is_due(),
                None => opened.book.next_seq() > self.cached_from && opened.torn.is_none(),
            };
            if is_due {
                let Opened { book, source, head, last_recorded, .. } = &mut opened;
                cache::renew(file, source, book, *head, *last_recorded, cache.as_ref());
                cache = Cache::open(file, source, writes);
            }
        }
        Ok(Opened { cache, writer, ..opened })
    }
}

impl Opened {
    /// A ledger that ends with a whole line, opened without a writer.
    pub(super) fn of(
        book: Book,
        source: Rc<Source>,
        head: Digest,
        last_recorded: DateTime<Utc>,
        progress: &Arc<dyn Progress>,
    ) -> Self {
        let (warnings, progress) = (warn_of_breaches(&book).into_iter().collect(), Arc::clone(progress));
        Opened { book, source, head, last_recorded, torn: None, warnings, progress, cache: None, writer: None }
    }

    /// Folds all entries of a ledger. Fails on any fault.
    pub fn whole(source: Rc<Source>, progress: &Arc<dyn Progress>) -> anyhow::Result<Self> {
        Self::until(None, source, progress, &mut |_, _| {})
    }

    /// Folds the entries of a ledger that were known then, or all. Fails on any fault.
    pub(super) fn until(
        known_at: Option<KnownAt>,
        source: Rc<Source>,
        progress: &Arc<dyn Progress>,
        look: Look<'_>,
    ) -> anyhow::Result<Self> {
        let mut faults = FaultList::keeping(FaultList::MOST);
        let mut book: Option<Book> = None;
        let mut last_recorded = DateTime::<Utc>::MIN_UTC;
        let mut head = Digest::ZERO;
        let mut begun = None;
        let end = read_each(&source, &**progress, |line, bytes| {
            let line = match line {
                Ok(line) => line,
                Err(found) => {
                    faults.add(found);
                    return Ok(());
                }
            };
            let entry = &line.entry;
            if !faults.is_empty() || known_at.is_some_and(|known_at| !known_at.knows(entry)) {
                begun.get_or_insert(entry.recorded_at);
                return Ok(());
            }
            last_recorded = entry.recorded_at;
            head = line.digest;
            look(line, bytes);
            fold_line(&mut book, entry, line.offset, &source)
        })?;
        if let (None, Some(begun), true) = (&book, begun, faults.is_empty()) {
            let begun = begun.format("%Y-%m-%dT%H:%M:%SZ");
            let next =
                format!("give --known-at a later time, or an entry's number; `--known-at {begun}` knows entry 1");
            return Err(Misuse::new(format!("nothing was recorded then: the ledger begins at {begun}"), next).into());
        }
        let Some(book) = book.filter(|_| faults.is_empty()) else {
            let next = "`exquota validate` lists all that is wrong; nothing is written to a ledger with faults";
            return Err(not_valid(&source, faults, next).into());
        };
        let mut opened = Opened::of(book, source, head, last_recorded, progress);
        opened.torn = end.torn;
        opened.warnings.splice(..0, end.torn.map(warn_of_torn));
        Ok(opened)
    }

    /// Asks the book. If a resumed book can't answer, folds all entries and asks again.
    fn ask<T>(&mut self, question: impl Fn(&mut Book) -> Result<T, FoldError>) -> anyhow::Result<T> {
        match question(&mut self.book) {
            Err(FoldError::NotInBase | FoldError::Unread(_)) if self.book.is_resumed() => {
                self.book = Opened::whole(Rc::clone(&self.source), &self.progress)?.book;
                Ok(question(&mut self.book)?)
            }
            answer => Ok(answer?),
        }
    }

    /// The day of an answer, today where none is given, and where it lies (D41).
    pub(super) fn day(&self, given: Option<NaiveDate>, today: NaiveDate) -> anyhow::Result<AsOf> {
        // A book resumed from the cache does not hold line 1.
        let begun = match self.book.entries().held(1) {
            Some(first) => first.date,
            None => self.source.entry_with_line(0)?.0.date,
        };
        Ok(AsOf::seen(given.unwrap_or(today), today, begun))
    }

    /// The state at the end of a day.
    pub(super) fn as_of(&mut self, date: NaiveDate) -> anyhow::Result<&State> {
        self.ask(|book| book.as_of(date).map(drop))?;
        Ok(self.book.as_of(date)?)
    }

    /// The day of an event: the one that was given, else that of the recorded entry with its number, so that a command
    /// given again finds what it recorded on an earlier day (D36).
    pub(super) fn date(
        &mut self,
        given: Option<NaiveDate>,
        event: Option<&Event>,
    ) -> anyhow::Result<Option<NaiveDate>> {
        let Some(event) = event.filter(|_| given.is_none()) else { return Ok(given) };
        self.ask(|book| Ok(book.entries().recorded_on(event)?))
    }

    /// Judges a proposal by everything recorded.
    pub(super) fn propose(&mut self, proposal: Proposal) -> anyhow::Result<Judgement> {
        self.ask(|book| book.propose(proposal.clone()))
    }

    /// Adds the entry to the book if the judgement admits it.
    pub(super) fn admit(&mut self, judgement: &Judgement) -> anyhow::Result<Option<Admitted>> {
        self.ask(|book| book.admit(judgement))
    }

    /// Records the answer to a question in the book (D49).
    pub(super) fn record_answer(&mut self, judgement: &Judgement, asked: &Asked) -> anyhow::Result<Option<Admitted>> {
        self.ask(|book| book.record_answer(judgement, asked))
    }

    /// Appends the admitted entries to a ledger that was opened to write. If the outcome is unknown, the command must be
    /// given again with the same date (D36); a check has none, because a retry would record it again (D49).
    pub(super) fn append(&mut self, admitted: &[Admitted], date: Option<NaiveDate>) -> anyhow::Result<()> {
        let writer = self.writer.as_deref_mut().context("the ledger was not opened to be written to")?;
        // A cache stays valid only for what this writer appends to the file that the cache was valid for.
        let cache = self.cache.as_ref().filter(|_| self.source.version().is_some());
        self.head = writer.append(admitted, &self.head).map_err(|error| not_written(error.given_on(date)))?;
        if let Some((cache, last)) = cache.zip(admitted.last()) {
            cache.stamp(writer.version(), last.entry().seq, self.head);
        }
        // The bytes of an unfinished last line are kept: say where.
        let entry = self.torn.and_then(|torn| torn.entry);
        let told = |path: &Path| {
            let whole = "; they are a whole entry: if it had been recorded, record it again";
            let told = format!("the bytes of the unfinished last line are kept in `{}`", path.display());
            told + if entry.is_some() { whole } else { "" }
        };
        self.warnings.extend(writer.set_aside().map(told));
        Ok(())
    }
}

/// The error for a ledger with faults.
pub(super) fn not_valid(source: &Source, faults: FaultList, next: &str) -> NotValid {
    NotValid::unshown("the ledger", source.name().as_ref(), faults.finish().0, next)
}

/// A text that a ledger can't hold came from the command line: it is too long or has control characters.
pub(super) fn not_written(error: LedgerError) -> anyhow::Error {
    let LedgerError::Unwritable { faults } = error else { return error.into() };
    let told: Vec<String> = faults.into_iter().map(|fault| fault.message).collect();
    let next = "ids, numbers and references have 1 to 64 characters, names and free text 1 to 512, none of them control \
                characters";
    Misuse::new(format!("a ledger can't hold this: {}", told.join("; ")), next).into()
}

/// Gives every line of a ledger in order, with its bytes, to `take`.
pub(super) fn read_each(
    source: &Source,
    progress: &dyn Progress,
    take: impl FnMut(&Result<Line, Vec<Fault>>, &[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<End> {
    let step = format!("reading {}", source.name());
    let watched = source.watched(|done| progress.at(&step, done, source.length()));
    each(watched, take).map_err(|stopped| match stopped {
        Stopped::Unread(error) => source.unread(error).into(),
        Stopped::By(error) => error,
    })
}

/// Warns after a failed write: lines that can be read now may be gone later.
pub(super) fn warn_of_marker(ledger: &dyn Ledger) -> anyhow::Result<Option<String>> {
    Ok(ledger.marker()?.map(|marker| {
        let marker = marker.display();
        format!("an earlier write failed (see `{marker}`): run `exquota recover` before you rely on this answer")
    }))
}

/// Adds the next line of a ledger to its book.
pub(super) fn fold_line(
    book: &mut Option<Book>,
    entry: &Entry,
    offset: usize,
    source: &Rc<Source>,
) -> anyhow::Result<()> {
    match book {
        Some(book) => book.record_archived(entry, offset as u64).context("the ledger can't be folded")?,
        None => *book = Some(Book::begin_with(entry.clone(), Some(Rc::<Source>::clone(source)))?),
    }
    Ok(())
}

/// Warns of a last line without an end, which does not count.
pub(super) fn warn_of_torn(torn: Torn) -> String {
    let why = match torn.entry {
        None => "it was never acknowledged and is ignored".to_owned(),
        Some(seq) => {
            format!(
                "it is ignored, but it is a whole entry {seq}: `exquota validate` says what to do if that was recorded"
            )
        }
    };
    format!("the last line has no end ({} from byte {}): {why}", counted(torn.length, "byte", "bytes"), torn.offset)
}

/// Warns of breaches (D24). They stop nothing.
pub(super) fn warn_of_breaches(book: &Book) -> Option<String> {
    let listed: Vec<String> = book
        .findings()
        .iter()
        .filter(|finding| !finding.violation)
        .map(|finding| {
            let code = finding.refusals.first().map_or("", |refusal| refusal.code.as_str());
            format!("entry {} ({code})", finding.entry)
        })
        .collect();
    (!listed.is_empty()).then(|| {
        let shown = listed.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let more = if listed.len() > 3 { format!(" and {} more", listed.len() - 3) } else { String::new() };
        format!(
            "the ledger holds entries that the rules would have refused: {shown}{more}; `exquota validate` says why"
        )
    })
}
