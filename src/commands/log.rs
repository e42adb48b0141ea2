//! `log`: what was recorded, in the order of recording.

use super::session::{Opened, Session};
use super::{Answer, Exit, headroom};
use crate::domain::event::{Entry, Event, Seq};
use crate::domain::text::{CustomerId, LicenceNumber};
use crate::report::entries::{Log, LoggedEntry};
use chrono::NaiveDate;

/// What is asked; each filter leaves out what it does not name.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Entries about this customer or its licences.
    pub customer: Option<String>,
    /// Entries about this licence.
    pub licence: Option<String>,
    /// Entries of this kind.
    pub event: Option<String>,
    /// Entries dated on or after this day.
    pub since: Option<NaiveDate>,
    /// Entries dated on or before this day.
    pub until: Option<NaiveDate>,
    /// The last entry that is to be known.
    pub known_at: Option<Seq>,
}

/// Lists entries as the file holds them.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let (mut opened, bytes) = session.read_known_at(request.known_at)?;
    let customer = match &request.customer {
        Some(given) => {
            let state = opened.book.as_of(session.today)?;
            let known = state.customer_called(given).and_then(|customer| state.customer_at(customer));
            let known = known.ok_or_else(|| headroom::unknown_customer(state, given))?;
            Some(known.registered.record.id.clone())
        }
        None => None,
    };
    let licence = request.licence.as_deref().map(LicenceNumber::new);
    let entries = logged(&opened, &bytes, |entry| {
        request.event.as_deref().is_none_or(|kind| entry.event.kind() == kind)
            && request.since.is_none_or(|day| entry.date >= day)
            && request.until.is_none_or(|day| entry.date <= day)
            && licence.as_ref().is_none_or(|licence| concerns_licence(&opened, entry, licence))
            && customer.as_ref().is_none_or(|customer| concerns_customer(&opened, entry, customer))
    });
    let document = Log { head: opened.head, entries };
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: opened.warnings })
}

/// The entries that `wanted` picks, with their lines.
pub(super) fn logged(opened: &Opened, bytes: &[u8], wanted: impl Fn(&Entry) -> bool) -> Vec<LoggedEntry> {
    let lines = bytes.split(|byte| *byte == b'\n');
    opened
        .book
        .lines()
        .iter()
        .zip(lines)
        .filter(|(entry, _)| wanted(entry))
        .map(|(entry, line)| LoggedEntry {
            entry: entry.clone(),
            line: String::from_utf8_lossy(line).into_owned(),
            void_by: opened.book.lines().voided_by(entry.seq),
        })
        .collect()
}

/// The licence an entry is about: its own, its shipment's, or that of the entry it voids.
fn licence_of<'a>(opened: &'a Opened, entry: &'a Entry) -> Option<&'a LicenceNumber> {
    let lines = opened.book.lines();
    match &entry.event {
        Event::Return(returned) => lines.shipment(&returned.shipment).map(|(_, shipment)| &shipment.licence),
        Event::Void(void) => lines.get(void.entry).and_then(|voided| match &voided.event {
            Event::Return(returned) => lines.shipment(&returned.shipment).map(|(_, shipment)| &shipment.licence),
            event => event.licence(),
        }),
        event => event.licence(),
    }
}

pub(super) fn concerns_licence(opened: &Opened, entry: &Entry, licence: &LicenceNumber) -> bool {
    let replaces = matches!(&entry.event, Event::Approval(approval) if approval.replaces.as_ref() == Some(licence));
    replaces || licence_of(opened, entry) == Some(licence)
}

pub(super) fn concerns_customer(opened: &Opened, entry: &Entry, customer: &CustomerId) -> bool {
    let named = match &entry.event {
        Event::Customer(record) => record.id == *customer,
        Event::Exception(exception) => exception.group.as_str() == customer.as_str(),
        Event::Approval(approval) => approval.customer == *customer,
        Event::Void(void) => match opened.book.lines().get(void.entry).map(|voided| &voided.event) {
            Some(Event::Customer(record)) => record.id == *customer,
            Some(Event::Approval(approval)) => approval.customer == *customer,
            _ => false,
        },
        _ => false,
    };
    let charged = licence_of(opened, entry)
        .and_then(|licence| opened.book.lines().approval(licence))
        .is_some_and(|(_, approval)| approval.customer == *customer);
    named || charged
}
