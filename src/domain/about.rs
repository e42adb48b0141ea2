//! Finds the subject of an entry. Every look-up uses these answers.

use super::entries::{Entries, Unread};
use super::event::{Entry, Event};
use super::text::{CustomerId, LicenceNumber};
use std::borrow::Cow;

/// The licence that an event is about: its own, its shipment's, or that of the entry that it voids.
pub fn licence(entries: &Entries, event: &Event) -> Result<Option<LicenceNumber>, Unread> {
    if let Some(voided) = voided(entries, event)? {
        return licence(entries, &voided.event);
    }
    match event.shipment() {
        Some(reference) => Ok(entries.shipment(reference)?.map(|(_, shipment)| shipment.licence)),
        None => Ok(event.licence().cloned()),
    }
}

/// The customer that is charged under the event's licence.
pub fn charged(entries: &Entries, event: &Event) -> Result<Option<CustomerId>, Unread> {
    let Some(number) = licence(entries, event)? else { return Ok(None) };
    Ok(entries.approval(&number).map(|(_, approval)| approval.customer.clone()))
}

/// Whether an event is about this licence, or opens another licence in its place.
pub fn concerns_licence(entries: &Entries, event: &Event, number: &LicenceNumber) -> Result<bool, Unread> {
    Ok(event.replaces() == Some(number) || licence(entries, event)?.as_ref() == Some(number))
}

/// Whether an event is about this customer or one of its licences.
pub fn concerns_customer(entries: &Entries, event: &Event, id: &CustomerId) -> Result<bool, Unread> {
    let names = |event: &Event| event.customer() == Some(id);
    let granted = matches!(event, Event::Exception(exception) if exception.group.as_str() == id.as_str());
    Ok(granted
        || names(event)
        || voided(entries, event)?.is_some_and(|voided| names(&voided.event))
        || charged(entries, event)?.as_ref() == Some(id))
}

/// The entry that an event voids; none where that entry is a void, because a void can't be voided (R9).
fn voided<'a>(entries: &'a Entries, event: &Event) -> Result<Option<Cow<'a, Entry>>, Unread> {
    let Event::Void(void) = event else { return Ok(None) };
    Ok(entries.get(void.entry)?.filter(|voided| !matches!(voided.event, Event::Void(_))))
}
