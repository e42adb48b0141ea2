//! The same thing again: success, and nothing is written (R11, D19).

use super::Book;
use crate::domain::entries::Unread;
use crate::domain::event::{Entry, Seq};
use crate::domain::judge::differing_fields;

impl Book {
    /// The entry that records this already: by its number, where it has one, else as the last thing said on its
    /// subject on or before its date.
    pub(super) fn already_recorded(&self, entry: &Entry) -> Result<Option<Seq>, Unread> {
        let Some(subject) = entry.event.subject() else {
            let Some(holder) = self.entries.holder(&entry.event)? else { return Ok(None) };
            // A line that changes nothing has its number (D6), but what it tells counts nowhere.
            let same = !self.refused.is_inert(holder)
                && self.entries.get(holder)?.is_some_and(|held| differing_fields(entry, &held).is_empty());
            return Ok(same.then_some(holder));
        };
        // A shipment has a number, so what is not held is about something else.
        let last_said = self
            .entries
            .iter_held()
            .filter(|recorded| {
                recorded.date <= entry.date
                    && recorded.event.subject().as_ref() == Some(&subject)
                    && self.entries.voided_by(recorded.seq).is_none()
                    && !self.refused.is_inert(recorded.seq)
            })
            .max_by_key(|recorded| recorded.place());
        Ok(last_said.filter(|recorded| recorded.event == entry.event).map(|recorded| recorded.seq))
    }
}
