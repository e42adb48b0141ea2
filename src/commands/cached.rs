//! Answers that a cache of the fold can give, and the cache that a whole fold leaves.

use super::session::{Opened, Session, open, warn_of_breaches};
use crate::domain::book::Book;
use crate::domain::lines::{FoldError, Unread};
use crate::store::ledger::cache::{self, Cache};
use crate::store::ledger::file::{self, Opening};
use crate::store::ledger::source::Source;
use std::rc::Rc;

impl Session {
    /// Answers from the cache where it can tell, else from a fold of the whole ledger.
    pub(super) fn answer<T>(&self, answer: impl Fn(Opened) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let source = Rc::new(file::open_for_answer(&*self.system, &self.ledger)?);
        self.answer_from(source, Opening::Read, |mut opened, _| {
            opened.warnings.extend(self.warn_of_marker(&self.ledger)?);
            answer(opened)
        })
    }

    /// Likewise from an open ledger; `answer` is given the cache, if there is one that holds, and may be asked again.
    pub(super) fn answer_from<T>(
        &self,
        source: Rc<Source>,
        opening: Opening,
        mut answer: impl FnMut(Opened, Option<&Cache>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let mut cache = Cache::open(&*self.system, &self.ledger, &source, opening);
        if let Some(held) = &cache {
            match resume(held, &source) {
                Some(mut opened) => {
                    if held.is_due() {
                        cache = self.renew(&mut opened, opening, Some(held));
                    }
                    match answer(opened, cache.as_ref()) {
                        Err(error) if takes_the_whole_fold(&error) => {}
                        answered => return answered,
                    }
                }
                None => cache = None,
            }
        }
        let mut opened = open(&self.ledger, source, None, &*self.progress)?;
        if cache.is_none() && opened.book.next_seq() > self.cached_from && !opened.torn {
            cache = self.renew(&mut opened, opening, None);
        }
        answer(opened, cache.as_ref())
    }

    /// Leaves a cache of what was opened.
    fn renew(&self, opened: &mut Opened, opening: Opening, older: Option<&Cache>) -> Option<Cache> {
        let Opened { book, source, head, last_recorded, .. } = opened;
        cache::renew(&*self.system, &self.ledger, source, book, *head, *last_recorded, older);
        Cache::open(&*self.system, &self.ledger, source, opening)
    }
}

/// The ledger as a cache has it, with what was appended since; none where that takes the whole fold.
fn resume(cache: &Cache, source: &Rc<Source>) -> Option<Opened> {
    let (snapshot, base) = cache.base()?;
    let mut book = Book::resume(snapshot, base).ok()?;
    let (mut head, mut last_recorded) = (cache.folded_head(), cache.recorded_at());
    for line in cache.tail() {
        let line = line.ok()?;
        book.record_archived(&line.entry, line.offset as u64).ok()?;
        (head, last_recorded) = (line.digest, line.entry.recorded_at);
    }
    let warnings = warn_of_breaches(&book).into_iter().collect();
    (head == cache.head()).then(|| Opened {
        book,
        source: Rc::clone(source),
        head,
        last_recorded,
        torn: false,
        warnings,
    })
}

/// Whether the cache could not tell: the question is beyond it, or it is damaged.
fn takes_the_whole_fold(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.is::<Unread>() || matches!(cause.downcast_ref(), Some(FoldError::NotInBase | FoldError::Unread(_)))
    })
}
