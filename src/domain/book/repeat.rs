//! The same thing again: success, and nothing is written (R11, D19).

use super::Book;
use crate::domain::event::{Entry, Event, Seq};
use crate::domain::judge::differing_fields;
use crate::domain::lines::Unread;
use crate::domain::text::{CeilingName, ChipName, CustomerId, LicenceNumber, Text};

/// What an event without a number is about: the same event on the same subject is the same thing again (D19).
#[derive(PartialEq)]
enum Subject<'a> {
    Policy,
    Customer(&'a CustomerId),
    Amendment(&'a LicenceNumber),
    /// Suspension and reinstatement undo each other: what was said last counts, so that a second suspension after a
    /// reinstatement is not taken for the first one.
    Suspension(&'a LicenceNumber),
    Closure(&'a LicenceNumber),
    Exception(&'a CeilingName, &'a Text),
    Volume(&'a Text, &'a ChipName),
    Void(Seq),
}

impl<'a> Subject<'a> {
    fn of(event: &'a Event) -> Option<Self> {
        Some(match event {
            Event::Policy(_) => Subject::Policy,
            Event::Customer(record) => Subject::Customer(&record.id),
            Event::Amendment(amendment) => Subject::Amendment(&amendment.licence),
            Event::Suspension(change) | Event::Reinstatement(change) => Subject::Suspension(&change.licence),
            Event::Closure(closure) => Subject::Closure(&closure.licence),
            Event::Exception(exception) => Subject::Exception(&exception.ceiling, &exception.group),
            Event::Volume(volume) => Subject::Volume(&volume.series, &volume.chip),
            Event::Void(void) => Subject::Void(void.entry),
            Event::Approval(_) | Event::Shipment(_) | Event::Return(_) => return None,
        })
    }
}

impl Book {
    /// The entry that records this already: by its number, where it has one, else as the last thing said on its
    /// subject on or before its date.
    pub(super) fn already_recorded(&self, entry: &Entry) -> Result<Option<Seq>, Unread> {
        let Some(subject) = Subject::of(&entry.event) else {
            let Some(holder) = self.lines.holder(&entry.event)? else { return Ok(None) };
            // A line that changes nothing has its number (D6), but what it tells counts nowhere.
            let same = !self.refused.is_inert(holder)
                && self.lines.get(holder)?.is_some_and(|held| differing_fields(entry, &held).is_empty());
            return Ok(same.then_some(holder));
        };
        // A shipment has a number, so what is not held is about something else.
        let last_said = self
            .lines
            .iter_held()
            .filter(|recorded| {
                recorded.date <= entry.date
                    && Subject::of(&recorded.event).as_ref() == Some(&subject)
                    && self.lines.voided_by(recorded.seq).is_none()
                    && !self.refused.is_inert(recorded.seq)
            })
            .max_by_key(|recorded| recorded.place());
        Ok(last_said.filter(|recorded| recorded.event == entry.event).map(|recorded| recorded.seq))
    }
}
