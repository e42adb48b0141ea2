//! Recognises an entry that is given again: the command succeeds and writes nothing (R11, D19).

use super::Book;
use crate::domain::entries::Unread;
use crate::domain::event::{Entry, Event, Seq};
use crate::domain::judge::differing_fields;
use chrono::NaiveDate;

impl Book {
    /// The entry that records the same already. If the event has a number, that is the entry with this number.
    /// Otherwise it is the last entry on the same subject, on or before the same date.
    pub(super) fn already_recorded(&self, entry: &Entry) -> Result<Option<Seq>, Unread> {
        let Some(subject) = entry.event.subject() else {
            let Some(holder) = self.entries.holder(&entry.event)? else { return Ok(None) };
            // An inert line keeps its number (D6), but its content counts nowhere.
            let same = !self.refused.is_inert(holder)
                && self.entries.get(holder)?.is_some_and(|held| differing_fields(entry, &held).is_empty());
            return Ok(same.then_some(holder));
        };
        if let Event::Customer(record) = &entry.event {
            // The record in force may hold what an earlier change carried into it (D5).
            let held = self.state.customer(&record.id).and_then(|customer| self.state.customer_at(customer));
            return Ok(held.filter(|held| *held.registered.record == *record).map(|held| held.registered.entry));
        }
        // A shipment has a number, so an entry that is not held is on another subject.
        let last_said = self
            .entries
            .iter_held()
            .filter(|recorded| {
                // One subject has one licence and one customer. They are compared first, because thousands of customers
                // may be registered one by one.
                recorded.date <= entry.date
                    && recorded.event.licence() == entry.event.licence()
                    && recorded.event.customer() == entry.event.customer()
                    && recorded.event.subject().as_ref() == Some(&subject)
                    && self.entries.voided_by(recorded.seq).is_none()
                    && !self.refused.is_inert(recorded.seq)
            })
            .max_by_key(|recorded| recorded.place());
        let same = |recorded: &&Entry| recorded.event == entry.event && !self.opens_a_period(entry, recorded.date);
        Ok(last_said.filter(same).map(|recorded| recorded.seq))
    }

    /// Whether the entry says what a customer has had from others in another period than that of `before`. In each period
    /// only the figures dated in it count, so the same one must be recorded again (R14).
    fn opens_a_period(&self, entry: &Entry, before: NaiveDate) -> bool {
        let mut counting = self.state.policy().ceilings.iter().filter(|ceiling| ceiling.elsewhere);
        matches!(entry.event, Event::Elsewhere(_))
            && counting.any(|ceiling| {
                ceiling.window.as_ref().is_some_and(|window| window.period(before) != window.period(entry.date))
            })
    }
}
