//! What every command stands on: the ledger's path, the time, and the ledger as it is read.

use super::error::{Misuse, NotValid};
use super::progress::{Progress, Watched};
use crate::domain::book::Book;
use crate::domain::event::{Digest, Entry, Seq};
use crate::domain::fault::Fault;
use crate::store::ledger::file::{self, System};
use crate::store::ledger::read::{End, Line, Stopped, Torn, each};
use crate::store::ledger::source::Source;
use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// What all verbs share; the date and the clock are passed in.
#[derive(Clone, Debug)]
pub struct Session {
    /// The ledger file.
    pub ledger: PathBuf,
    /// The file system and the clock.
    pub system: Arc<dyn System>,
    /// The day that is meant where none is given.
    pub today: NaiveDate,
    /// How long to wait for the ledger's lock.
    pub lock_timeout: Duration,
    /// A ledger of fewer entries is folded anew each time, a longer one leaves a cache of its fold.
    pub cached_from: Seq,
    /// Whether diagnostics may be coloured.
    pub colour: bool,
    /// Who is told how far a long command has come.
    pub progress: Arc<dyn Progress>,
}

/// What the verbs that write share.
#[derive(Clone, Debug)]
pub struct Writing {
    /// When it happened; today where none is given.
    pub date: Option<NaiveDate>,
    /// Who records it.
    pub by: String,
    /// Judge only.
    pub dry_run: bool,
    /// The head that the ledger must still have.
    pub expect_head: Option<Digest>,
    /// Why it is recorded even where the rules refuse it (R13).
    pub despite: Option<String>,
}

/// A ledger, read and folded.
#[derive(Debug)]
pub struct Opened {
    /// Its entries.
    pub book: Book,
    /// What it was read from.
    pub source: Rc<Source>,
    /// SHA-256 of its last line.
    pub head: Digest,
    /// When its last line was recorded.
    pub last_recorded: DateTime<Utc>,
    /// Whether its last line is unfinished.
    pub torn: bool,
    /// What a person should know.
    pub warnings: Vec<String>,
}

impl Session {
    /// After a failed write, what a file holds may not last.
    pub(super) fn warn_of_marker(&self, ledger: &Path) -> anyhow::Result<Option<String>> {
        let marker = file::suspect_marker(&*self.system, ledger)?;
        Ok(marker.map(|marker| {
            format!(
                "an earlier write failed, as `{}` tells: run `exquota recover` before you rely on this",
                marker.display()
            )
        }))
    }

    /// Reads the ledger for an answer, without a lock.
    pub fn read(&self) -> anyhow::Result<Opened> {
        self.read_known_at(None)
    }

    /// Reads the ledger as it was when `known_at` was its last entry.
    pub fn read_known_at(&self, known_at: Option<Seq>) -> anyhow::Result<Opened> {
        self.read_with(known_at, |_, _| {})
    }

    /// Reads it likewise; `look` sees each line that is folded, and its bytes.
    pub(super) fn read_with(&self, known_at: Option<Seq>, look: impl FnMut(&Line, &[u8])) -> anyhow::Result<Opened> {
        let source = Rc::new(file::open_for_answer(&*self.system, &self.ledger)?);
        let last = known_at.map(|last| last.max(1));
        let mut opened = open_with(&self.ledger, source, last, &*self.progress, look)?;
        let last = opened.book.next_seq() - 1;
        match known_at.filter(|known_at| *known_at != last) {
            Some(known_at) => {
                let next =
                    format!("its entries are numbered from 1; `exquota log` lists them, the last one read is {last}");
                Err(Misuse::new(format!("the ledger has no entry {known_at}"), next).into())
            }
            None => {
                opened.warnings.extend(self.warn_of_marker(&self.ledger)?);
                Ok(opened)
            }
        }
    }
}

/// Folds a ledger; with any fault there is no answer.
pub fn open(path: &Path, source: Rc<Source>, known_at: Option<Seq>, progress: &dyn Progress) -> anyhow::Result<Opened> {
    open_with(path, source, known_at, progress, |_, _| {})
}

fn open_with(
    path: &Path,
    source: Rc<Source>,
    known_at: Option<Seq>,
    progress: &dyn Progress,
    mut look: impl FnMut(&Line, &[u8]),
) -> anyhow::Result<Opened> {
    let not_valid = |faults: Vec<Fault>| NotValid {
        what: "the ledger",
        path: path.display().to_string(),
        source_text: String::new(),
        faults,
        next: "`exquota validate` lists all that is wrong; nothing is written to a ledger with faults".to_owned(),
    };
    let mut faults = Vec::new();
    let mut book: Option<Book> = None;
    let mut last_recorded = DateTime::<Utc>::MIN_UTC;
    let mut head = Digest::ZERO;
    let end = read_each(path, &source, progress, |line, bytes| {
        let line = match line {
            Ok(line) => line,
            Err(found) => {
                faults.extend_from_slice(found);
                return Ok(());
            }
        };
        let entry = &line.entry;
        if !faults.is_empty() || known_at.is_some_and(|last| entry.seq > last) {
            return Ok(());
        }
        last_recorded = entry.recorded_at;
        head = line.digest;
        look(line, bytes);
        fold_line(&mut book, entry, line.offset, &source)
    })?;
    let Some(book) = book.filter(|_| faults.is_empty()) else { return Err(not_valid(faults).into()) };
    let mut warnings: Vec<String> = end.torn.map(warn_of_torn).into_iter().collect();
    warnings.extend(warn_of_breaches(&book));
    Ok(Opened { book, source, head, last_recorded, torn: end.torn.is_some(), warnings })
}

/// Takes every line of a ledger in order, with its bytes.
pub(super) fn read_each(
    path: &Path,
    source: &Source,
    progress: &dyn Progress,
    take: impl FnMut(&Result<Line, Vec<Fault>>, &[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<End> {
    let step = format!("reading {}", path.display());
    let watched = Watched { source: source.from_start(), progress, step: &step, done: 0, all: source.length() };
    each(watched, take).map_err(|stopped| match stopped {
        Stopped::Unread(error) => file::cannot_read(path, error).into(),
        Stopped::By(error) => error,
    })
}

/// The next line of a ledger goes into its book.
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

/// A line without an end does not count, and nobody should wonder where it went.
pub(super) fn warn_of_torn(torn: Torn) -> String {
    format!(
        "the last line has no end ({} bytes from byte {}): it was never acknowledged and is ignored",
        torn.length, torn.offset
    )
}

/// A breach does not stop anything, but nobody should miss it (D24).
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
        format!("the ledger holds what the rules would have refused: {shown}{more}; `exquota validate` says why")
    })
}
