//! `log`: what was recorded, in the order of recording.

use super::session::{Opened, Session};
use super::{Answer, Exit, headroom};
use crate::domain::event::{Entry, Event, Seq};
use crate::domain::lines::Unread;
use crate::domain::text::{CustomerId, LicenceNumber};
use crate::report::entries::{Log, LoggedEntry};
use crate::store::record::{Record, read_line};
use chrono::NaiveDate;
use std::io::{BufRead, BufReader};

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
    let mut opened = session.read_known_at(request.known_at)?;
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
    let entries = logged(&opened, |entry| {
        Ok(request.event.as_deref().is_none_or(|kind| entry.event.kind() == kind)
            && request.since.is_none_or(|day| entry.date >= day)
            && request.until.is_none_or(|day| entry.date <= day)
            && licence.as_ref().map_or(Ok(true), |licence| concerns_licence(&opened, entry, licence))?
            && customer.as_ref().map_or(Ok(true), |customer| concerns_customer(&opened, entry, customer))?)
    })?;
    let document = Log { head: opened.head, entries };
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: opened.warnings })
}

/// The entries that `wanted` picks, with their lines: the ledger is read once more for them.
pub(super) fn logged(
    opened: &Opened,
    wanted: impl Fn(&Entry) -> anyhow::Result<bool>,
) -> anyhow::Result<Vec<LoggedEntry>> {
    let lines = opened.book.lines();
    let mut logged = Vec::new();
    for (number, line) in (1..=lines.len() as Seq).zip(BufReader::new(opened.source.from_start()).split(b'\n')) {
        let line = line.map_err(|error| Unread(error.to_string()))?;
        let Ok(Record { entry, .. }) = read_line(&line, number) else {
            return Err(Unread(format!("line {number} is no longer what it was")).into());
        };
        if wanted(&entry)? {
            let void_by = lines.voided_by(entry.seq);
            logged.push(LoggedEntry { entry, line: String::from_utf8_lossy(&line).into_owned(), void_by });
        }
    }
    Ok(logged)
}

/// The licence an entry is about: its own, its shipment's, or that of the entry it voids.
pub(super) fn licence_of(opened: &Opened, event: &Event) -> Result<Option<LicenceNumber>, Unread> {
    let lines = opened.book.lines();
    Ok(match event {
        Event::Return(returned) => lines.shipment(&returned.shipment)?.map(|(_, shipment)| shipment.licence),
        Event::Void(void) => match lines.get(void.entry)? {
            // A void can't be voided (R9), so this goes no deeper.
            Some(voided) if !matches!(voided.event, Event::Void(_)) => licence_of(opened, &voided.event)?,
            _ => None,
        },
        event => event.licence().cloned(),
    })
}

pub(super) fn concerns_licence(opened: &Opened, entry: &Entry, licence: &LicenceNumber) -> Result<bool, Unread> {
    let replaces = matches!(&entry.event, Event::Approval(approval) if approval.replaces.as_ref() == Some(licence));
    Ok(replaces || licence_of(opened, &entry.event)?.as_ref() == Some(licence))
}

pub(super) fn concerns_customer(opened: &Opened, entry: &Entry, customer: &CustomerId) -> Result<bool, Unread> {
    let lines = opened.book.lines();
    let named = match &entry.event {
        Event::Customer(record) => record.id == *customer,
        Event::Exception(exception) => exception.group.as_str() == customer.as_str(),
        Event::Approval(approval) => approval.customer == *customer,
        Event::Void(void) => match lines.held(void.entry).map(|voided| &voided.event) {
            Some(Event::Customer(record)) => record.id == *customer,
            Some(Event::Approval(approval)) => approval.customer == *customer,
            _ => false,
        },
        _ => false,
    };
    let licence = licence_of(opened, &entry.event)?;
    let charged = licence
        .and_then(|licence| lines.approval(&licence))
        .is_some_and(|(_, approval)| approval.customer == *customer);
    Ok(named || charged)
}
