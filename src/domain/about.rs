//! Finds the subject of an entry. Every look-up uses these answers.
//!
//! A number is free again after a void (D3). An entry means the licence or shipment that had its number when the entry
//! was recorded.

use super::book::Book;
use super::entries::{Entries, Unread};
use super::event::{Entry, Event, Number};
use super::group::Group;
use super::text::{CustomerId, LicenceNumber};
use std::borrow::Cow;

/// The licence that an entry is about: its own, its shipment's, or that of the entry that it voids.
pub fn licence(entries: &Entries, entry: &Entry) -> Result<Option<LicenceNumber>, Unread> {
    if let Some(voided) = voided(entries, entry)? {
        return licence(entries, &voided);
    }
    match entry.event.shipment() {
        Some(shipment) => {
            let shipment = entries.holder_at(Number::Reference(shipment), entry.seq)?;
            Ok(shipment.and_then(|shipment| shipment.event.licence().cloned()))
        }
        None => Ok(entry.event.licence().cloned()),
    }
}

/// The customer that an entry is about: the one that it names, the one that is charged under its licence, or that of the
/// entry that it voids.
pub fn customer(entries: &Entries, entry: &Entry) -> Result<Option<CustomerId>, Unread> {
    if let Some(voided) = voided(entries, entry)? {
        return customer(entries, &voided);
    }
    if let Some(named) = entry.event.customer() {
        return Ok(Some(named.clone()));
    }
    if let Event::Check(check) = &entry.event {
        return Ok(Some(CustomerId::new(check.customer.as_str())));
    }
    let Some(number) = licence(entries, entry)? else { return Ok(None) };
    let approval = entries.holder_at(Number::Licence(&number), entry.seq)?;
    Ok(approval.and_then(|approval| approval.event.customer().cloned()))
}

/// Whether an entry is about this licence, or opens another licence in its place.
pub fn concerns_licence(entries: &Entries, entry: &Entry, number: &LicenceNumber) -> Result<bool, Unread> {
    let subject = voided(entries, entry)?;
    let event = subject.as_ref().map_or(&entry.event, |voided| &voided.event);
    Ok(event.replaces() == Some(number) || licence(entries, entry)?.as_ref() == Some(number))
}

/// Whether an entry is about one of these customers, one of their licences, or an exception for one of them.
pub fn concerns_customers(book: &Book, entry: &Entry, ids: &[CustomerId]) -> Result<bool, Unread> {
    let is_one = |id: Option<CustomerId>| id.is_some_and(|id| ids.contains(&id));
    Ok(is_one(customer(book.entries(), entry)?) || is_one(excepted(book, entry)?))
}

/// The customer for which an entry grants an exception, or voids one. Groups of other scopes are no customers.
pub fn excepted(book: &Book, entry: &Entry) -> Result<Option<CustomerId>, Unread> {
    let voided = voided(book.entries(), entry)?;
    let entry = voided.as_deref().unwrap_or(entry);
    let Event::Exception(exception) = &entry.event else { return Ok(None) };
    let ceiling = book.policy_at(entry.place()).and_then(|policy| policy.ceiling(&exception.ceiling));
    let named = ceiling.and_then(|ceiling| Group::customer_in(&ceiling.scope, exception.group.as_str()));
    Ok(named.map(CustomerId::new))
}

/// The entry that a void takes out; none where that entry is a void, because a void can't be voided (R9).
fn voided<'a>(entries: &'a Entries, entry: &Entry) -> Result<Option<Cow<'a, Entry>>, Unread> {
    let Event::Void(void) = &entry.event else { return Ok(None) };
    Ok(entries.get(void.entry)?.filter(|voided| !matches!(voided.event, Event::Void(_))))
}
