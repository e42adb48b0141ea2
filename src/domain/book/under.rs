//! The ledger under another policy: a look at it, and the whole of it judged anew. The book stays as it was.

use super::{Book, Finding};
use crate::domain::entries::FoldError;
use crate::domain::event::{Adoption, Entry, Event};
use crate::domain::state::State;
use crate::domain::units::Overflow;

impl Book {
    /// Shows what would hold at the end of `adoption`'s date once it is in force. Nothing is judged, and whatever `look`
    /// tries out is taken back.
    pub fn under<T>(
        &mut self,
        adoption: &Entry,
        look: impl FnOnce(&mut State) -> Result<T, Overflow>,
    ) -> Result<T, FoldError> {
        self.as_of(adoption.date)?;
        let mark = self.state.mark();
        self.state.apply(adoption, &self.entries)?;
        let seen = look(&mut self.state);
        self.state.undo_to(mark)?;
        Ok(seen?)
    }

    /// What the rules would have refused had `adoption` been the policy all along: every line judged on the lines
    /// before it (D20), in the order of recording. What was voided since never happened (D3).
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
                // A book begins with a policy, so this one does too.
                None => anew = Some(Book::begin_with(entry, self.entries.archive())?),
            }
        }
        let findings = anew.map(|book| book.findings).unwrap_or_default();
        Ok(findings.into_iter().filter(|finding| self.entries.voided_by(finding.entry).is_none()).collect())
    }
}
