//! Shows or judges the ledger under another policy. The book stays as it was.

use super::{Book, Finding};
use crate::domain::entries::FoldError;
use crate::domain::event::{Adoption, Entry, Event};
use crate::domain::state::State;
use crate::domain::units::Overflow;

impl Book {
    /// Shows the balances at the end of `adoption`'s date as if it were in force. The book judges nothing, and takes
    /// back every change that `look` makes.
    pub fn under<T>(
        &mut self,
        adoption: &Entry,
        look: impl FnOnce(&mut State) -> Result<T, Overflow>,
    ) -> Result<T, FoldError> {
        self.as_of(adoption.date)?;
        if let Event::Policy(adopted) = &adoption.event {
            self.attribute_under(
                &adopted.policy,
                self.order.partition_point(|place| place.date <= adoption.date),
                adoption.date,
            )?;
        }
        let mark = self.state.mark();
        self.state.apply(adoption, &self.entries)?;
        let seen = look(&mut self.state);
        self.state.undo_to(mark)?;
        Ok(seen?)
    }

    /// The findings that the ledger would have if `adoption` had been the policy from the beginning. The book judges
    /// every line on the lines before it (D20), in the order of recording, and leaves out what was voided since (D3).
    pub fn rejudged(&self, adoption: &Adoption) -> Result<Vec<Finding>, FoldError> {
        let mut anew: Option<Book> = None;
        for entry in self.entries.iter() {
            let mut entry = entry?.into_owned();
            let at = self.entries.archived_at(entry.seq);
            if let Event::Policy(adopted) = &mut entry.event {
                *adopted = adoption.clone();
            }
            match &mut anew {
                Some(book) => match at {
                    Some(at) => book.record_archived(&entry, at)?,
                    None => book.record(entry)?,
                },
                // The first line of every ledger adopts a policy, so the new book can begin with it.
                None => anew = Some(Book::begin_with(entry, self.entries.archive())?),
            }
        }
        let findings = anew.map(|book| book.findings).unwrap_or_default();
        // A check was answered under the policy of its time, so another answer under this one is no breach.
        let is_check = |seq| self.entries.held(seq).is_some_and(|entry| matches!(entry.event, Event::Check(_)));
        let counts = |seq| self.entries.voided_by(seq).is_none() && !is_check(seq);
        Ok(findings.into_iter().filter(|finding| counts(finding.entry)).collect())
    }
}
