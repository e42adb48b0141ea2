//! `show`: shows an entry, a licence, a customer or a reference, with running totals.

use crate::commands::error::Misuse;
use crate::commands::session::{Opened, Session};
use crate::commands::verbs::headroom;
use crate::commands::verbs::licences::standing;
use crate::commands::verbs::log::{Shipments, read_again};
use crate::commands::{Answer, Exit};
use crate::domain::about;
use crate::domain::event::Seq;
use crate::domain::group::Charge;
use crate::domain::headroom::{HeadroomRow, headroom as all_rows};
use crate::domain::state::{CustomerIx, Licence, State, names};
use crate::domain::text::{CustomerId, LicenceNumber, Reference, nearest};
use crate::report::entries::{Asked, Shown};
use crate::report::licences::LicenceStanding;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::iter;

/// The arguments of the verb.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// An entry's number, a licence, a customer or a reference.
    pub subject: String,
    /// The day of the totals of a licence or customer; today where none is given.
    pub as_of: Option<NaiveDate>,
    /// Answers from the entries up to this one.
    pub known_at: Option<Seq>,
}

enum Subject {
    Entry(Seq),
    Licence(LicenceNumber),
    Customer(CustomerId),
}

/// Looks the subject up: as a licence, a reference, an entry's number, then a customer.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let mut shipments = Shipments::default();
    let mut opened = session.open_with(request.known_at.into(), |line, _| shipments.take(&line.entry))?;
    let date = request.as_of.unwrap_or(session.today);
    let (kind, subject) = find(&mut opened, date, &request.subject)?;
    let lines = opened.book.entries();
    let found = match &subject {
        Subject::Entry(seq) => BTreeSet::from([*seq]),
        Subject::Licence(number) => {
            shipments.found(&opened, |entry| about::concerns_licence(lines, &entry.event, number))?
        }
        Subject::Customer(id) => shipments.found(&opened, |entry| about::concerns_customer(lines, &entry.event, id))?,
    };
    let entries = read_again(&opened, found)?;
    let refused = entries
        .iter()
        .filter_map(|logged| opened.book.finding(logged.entry.seq))
        .flat_map(|finding| {
            let word = if finding.violation { "VIOLATION" } else { "BREACH" };
            finding.refusals.iter().map(move |refusal| {
                format!("{word} [{}] entry {}: {}", refusal.code.as_str(), finding.entry, refusal.message())
            })
        })
        .collect();
    let (date, licences, rows) = totals(&mut opened, date, &subject)?;
    let totals = headroom::table(&mut opened, date, rows)?;
    let name = match &subject {
        Subject::Entry(_) if kind == Asked::Reference => request.subject.clone(),
        Subject::Entry(seq) => seq.to_string(),
        Subject::Licence(licence) => licence.to_string(),
        Subject::Customer(customer) => customer.to_string(),
    };
    let document = Shown { kind, subject: name, entries, refused, licences, totals };
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: opened.warnings })
}

fn find(opened: &mut Opened, date: NaiveDate, given: &str) -> anyhow::Result<(Asked, Subject)> {
    let lines = opened.book.entries();
    let licence = LicenceNumber::new(given);
    if lines.approval(&licence).is_some() {
        return Ok((Asked::Licence, Subject::Licence(licence)));
    }
    if let Some(entry) = lines.reference(&Reference::new(given))? {
        return Ok((Asked::Reference, Subject::Entry(entry.seq)));
    }
    if let Some(seq) = given.parse().ok().filter(|seq: &Seq| (1..=lines.len() as Seq).contains(seq)) {
        return Ok((Asked::Entry, Subject::Entry(seq)));
    }
    let state = opened.book.as_of(date)?;
    if let Some(customer) = state.customer_called(given).and_then(|customer| state.customer_at(customer)) {
        return Ok((Asked::Customer, Subject::Customer(customer.registered.record.id.clone())));
    }
    let mut known: Vec<String> = state.licences().map(|licence| licence.number.to_string()).collect();
    known.extend(state.customers().flat_map(|(_, customer)| names(&customer.registered.record)).map(str::to_owned));
    known.extend(opened.book.entries().shipment_references()?);
    let next = match nearest(given, known.iter().map(String::as_str)).first() {
        Some(name) => format!("did you mean `{name}`?"),
        None => "`exquota log` lists the entries".to_owned(),
    };
    Err(Misuse::new(format!("no entry, licence, reference or customer is called `{given}`"), next).into())
}

type Totals = (NaiveDate, Vec<LicenceStanding>, Vec<HeadroomRow>);

/// The totals: for an entry, just after it; for a licence or customer, at the end of the day.
fn totals(opened: &mut Opened, date: NaiveDate, subject: &Subject) -> anyhow::Result<Totals> {
    let lines = opened.book.entries();
    match subject {
        Subject::Entry(seq) => {
            let Some(entry) = lines.get(*seq)? else { return Ok((date, Vec::new(), Vec::new())) };
            let day = entry.date;
            let licence = about::licence(lines, &entry.event)?;
            let (Some(number), Some(state)) = (licence, opened.book.just_after(*seq)?) else {
                return Ok((day, Vec::new(), Vec::new()));
            };
            let Some(licence) = state.licence(&number) else { return Ok((day, Vec::new(), Vec::new())) };
            Ok((day, vec![standing(state, licence)], rows_of(state, licence.customer, Some(licence))?))
        }
        Subject::Licence(number) => {
            let state = opened.book.as_of(date)?;
            let Some(licence) = state.licence(number) else { return Ok((date, Vec::new(), Vec::new())) };
            Ok((date, vec![standing(state, licence)], rows_of(state, licence.customer, Some(licence))?))
        }
        Subject::Customer(id) => {
            let state = opened.book.as_of(date)?;
            let Some(customer) = state.customer(id) else { return Ok((date, Vec::new(), Vec::new())) };
            let licences = state.licences().filter(|licence| licence.customer == customer);
            let licences = licences.map(|licence| standing(state, licence)).collect();
            Ok((date, licences, rows_of(state, customer, None)?))
        }
    }
}

/// The rows of the ceilings that a customer, or one of its licences, counts under.
fn rows_of(state: &State, customer: CustomerIx, licence: Option<&Licence>) -> anyhow::Result<Vec<HeadroomRow>> {
    let of_customer = Charge { customer, licensee: None, destination: None, chip: None };
    let charge = licence.map_or(of_customer, |licence| Charge::under(state, licence));
    let chips = licence.iter().flat_map(|licence| &licence.chips).filter_map(|held| state.chip_name(held.chip));
    let charges: Vec<Charge<'_>> = iter::once(charge).chain(chips.map(|chip| charge.of_chip(chip))).collect();
    let mut rows = all_rows(state)?;
    rows.retain(|row| charges.iter().any(|charge| row.who.holds(state, *charge)));
    Ok(rows)
}
