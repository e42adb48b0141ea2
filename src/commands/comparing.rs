//! Compares the book without and with facts that no ceiling judges.

use crate::commands::session::Opened;
use crate::domain::effects::{Snapshot, effects, snapshot};
use crate::domain::event::{Entry, Event};
use crate::report::decision::Effects;
use chrono::NaiveDate;

/// The book without the facts.
pub(super) struct Comparing {
    day: NaiveDate,
    before: Snapshot,
}

impl Comparing {
    /// Looks at the book before these entries are in it. An order has its own rows, so none is made for it (D8).
    ///
    /// The day is the entries' own. A void moves nothing on its own date but on that of the entry that it takes out (D3),
    /// so the later one counts.
    pub(super) fn begin<'e>(
        opened: &mut Opened,
        entries: impl IntoIterator<Item = &'e Entry>,
    ) -> anyhow::Result<Option<Self>> {
        let mut days = Vec::new();
        for entry in entries {
            match &entry.event {
                Event::Approval(_) | Event::Amendment(_) | Event::Shipment(_) | Event::Check(_) => return Ok(None),
                Event::Void(void) => days.extend(opened.book.entries().get(void.entry)?.map(|target| target.date)),
                _ => {}
            }
            days.push(entry.date);
        }
        let Some(day) = days.into_iter().max() else { return Ok(None) };
        Ok(Some(Comparing { day, before: snapshot(opened.as_of(day)?)? }))
    }

    /// Looks at the book with the entries in it.
    pub(super) fn finish(self, opened: &mut Opened) -> anyhow::Result<Effects> {
        let Comparing { day, before } = self;
        let after = snapshot(opened.as_of(day)?)?;
        Ok(Effects { day, changes: effects(before, after)? })
    }
}
