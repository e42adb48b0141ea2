//! `show`: shows an entry, a licence, a customer or a reference, with running totals.

use crate::commands::error::{Misuse, did_you_mean};
use crate::commands::session::{KnownAt, Opened, Session};
use crate::commands::verbs::headroom;
use crate::commands::verbs::licences::standing;
use crate::commands::verbs::log::{Shipments, read_again};
use crate::commands::{Answer, Exit, named};
use crate::domain::about;
use crate::domain::book::Book;
use crate::domain::event::{Number, Seq};
use crate::domain::headroom::{HeadroomRow, charges, charges_under, headroom as all_rows};
use crate::domain::state::{CustomerIx, Licence, State, names};
use crate::domain::text::{CustomerId, LicenceNumber};
use crate::report::entries::{Asked, LoggedEntry, Shown};
use crate::report::licences::LicenceStanding;
use anyhow::bail;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The arguments of the verb.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// An entry's number, a licence, a customer or a reference.
    pub subject: String,
    /// Whether a customer stands for itself, without its family.
    pub alone: bool,
    /// The day of the totals of a licence or customer; today where none is given.
    pub as_of: Option<NaiveDate>,
    /// Answers from what was recorded up to here.
    pub known_at: Option<KnownAt>,
}

enum Subject {
    Entry(Seq),
    /// Every entry that has or had the reference, in the order of recording.
    Reference(Vec<Seq>),
    Licence(LicenceNumber),
    Customer {
        id: CustomerId,
        /// The customers that it stands for.
        meant: Vec<CustomerIx>,
    },
}

/// The entries that have or had the subject's name as their number, void or not, in the order of recording.
#[derive(Default)]
struct Holders {
    licences: Vec<Seq>,
    references: Vec<Seq>,
}

/// Looks the subject up: as a licence, a reference, an entry's number, then a customer.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let mut shipments = Shipments::default();
    let mut holders = Holders::default();
    let mut opened = session.open_with(request.known_at.into(), |line, _| {
        shipments.take(&line.entry);
        match line.entry.event.number().filter(|number| number.as_str() == request.subject) {
            Some(Number::Licence(_)) => holders.licences.push(line.entry.seq),
            Some(Number::Reference(_)) => holders.references.push(line.entry.seq),
            None => {}
        }
    })?;
    let date = request.as_of.unwrap_or(session.today);
    let subject = find(&mut opened, date, request, holders)?;
    if request.alone && !matches!(subject, Subject::Customer { .. }) {
        let told = format!("--alone is for a customer, and `{}` is not one", request.subject);
        return Err(Misuse::new(told, "leave --alone out").into());
    }
    let customers = match &subject {
        Subject::Customer { meant, .. } => named::ids(opened.book.state(), meant),
        _ => Vec::new(),
    };
    let lines = opened.book.entries();
    let found = match &subject {
        Subject::Entry(seq) => BTreeSet::from([*seq]),
        Subject::Reference(holders) => {
            holders.iter().flat_map(|seq| [Some(*seq), lines.voided_by(*seq)]).flatten().collect()
        }
        Subject::Licence(number) => shipments.found(&opened, |entry| about::concerns_licence(lines, entry, number))?,
        Subject::Customer { .. } => {
            shipments.found(&opened, |entry| about::concerns_customers(&opened.book, entry, &customers))?
        }
    };
    let entries = read_again(&opened, found)?;
    let refused = refused(&opened.book, &entries);
    let Totals { date, licences, rows, families } = totals(&mut opened, date, &subject)?;
    let as_of = opened.day(Some(date), session.today)?;
    let totals = headroom::table(&mut opened, as_of, rows, (!families.is_empty()).then_some(&families))?;
    let (kind, name) = match &subject {
        Subject::Entry(seq) => (Asked::Entry, seq.to_string()),
        Subject::Reference(_) => (Asked::Reference, request.subject.clone()),
        Subject::Licence(licence) => (Asked::Licence, licence.to_string()),
        Subject::Customer { id, .. } => (Asked::Customer, id.to_string()),
    };
    let document = Shown { kind, subject: name, customers, entries, refused, licences, totals };
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: opened.warnings })
}

/// The breaches and violations among these entries, in words.
pub(super) fn refused(book: &Book, entries: &[LoggedEntry]) -> Vec<String> {
    let findings = entries.iter().filter_map(|logged| book.finding(logged.entry.seq));
    let told = findings.flat_map(|finding| {
        let word = if finding.violation { "VIOLATION" } else { "BREACH" };
        finding.refusals.iter().map(move |refusal| {
            format!("{word} [{}] entry {}: {}", refusal.code.as_str(), finding.entry, refusal.message())
        })
    });
    told.collect()
}

fn find(
    opened: &mut Opened,
    date: NaiveDate,
    request: &Request,
    Holders { licences, references }: Holders,
) -> anyhow::Result<Subject> {
    let given = request.subject.as_str();
    let lines = opened.book.entries();
    if !licences.is_empty() {
        return Ok(Subject::Licence(LicenceNumber::new(given)));
    }
    if !references.is_empty() {
        return Ok(Subject::Reference(references));
    }
    if let Some(seq) = given.parse().ok().filter(|seq: &Seq| (1..=lines.len() as Seq).contains(seq)) {
        return Ok(Subject::Entry(seq));
    }
    let state = opened.book.as_of(date)?;
    if let Some(customer) = state.customer_called(given).and_then(|customer| state.customer_at(customer)) {
        let id = customer.registered.record.id.clone();
        return Ok(Subject::Customer { id, meant: named::meant(state, &[given.to_owned()], request.alone)? });
    }
    let mut known: Vec<String> = state.licences().map(|licence| licence.number.to_string()).collect();
    known.extend(state.customers().flat_map(|(_, customer)| names(&customer.registered.record)).map(str::to_owned));
    known.extend(opened.book.entries().shipment_references()?);
    let next = did_you_mean(given, known.iter().map(String::as_str), "`exquota log` lists the entries");
    Err(Misuse::new(format!("no entry, licence, reference or customer is called `{given}`"), next).into())
}

/// What stands below the entries.
struct Totals {
    date: NaiveDate,
    licences: Vec<LicenceStanding>,
    rows: Vec<HeadroomRow>,
    /// The families that the rows are about.
    families: Vec<CustomerIx>,
}

impl Totals {
    fn nothing(date: NaiveDate) -> Self {
        Totals { date, licences: Vec::new(), rows: Vec::new(), families: Vec::new() }
    }
}

/// The totals: for an entry, just after it; for a licence or customer, at the end of the day.
fn totals(opened: &mut Opened, date: NaiveDate, subject: &Subject) -> anyhow::Result<Totals> {
    match subject {
        Subject::Entry(seq) => after(opened, *seq),
        Subject::Reference(holders) => {
            let live = holders.iter().rev().find(|seq| opened.book.entries().voided_by(**seq).is_none());
            live.map_or_else(|| Ok(Totals::nothing(date)), |seq| after(opened, *seq))
        }
        Subject::Licence(number) => {
            let state = opened.book.as_of(date)?;
            state.licence(number).map_or_else(|| Ok(Totals::nothing(date)), |licence| under(state, licence, date))
        }
        Subject::Customer { meant, .. } => {
            let state = opened.book.as_of(date)?;
            let licences = state.licences().filter(|licence| meant.contains(&licence.customer));
            let licences = licences.map(|licence| standing(state, licence)).collect();
            let families: Vec<_> = meant.first().map(|customer| state.root(*customer)).into_iter().collect();
            let rows = all_rows(state, Some(&charges(state, &families)))?;
            Ok(Totals { date, licences, rows, families })
        }
    }
}

/// The totals just after an entry.
fn after(opened: &mut Opened, seq: Seq) -> anyhow::Result<Totals> {
    let lines = opened.book.entries();
    let Some(entry) = lines.get(seq)? else { bail!("entry {seq} is gone since it was read") };
    let day = entry.date;
    let licence = about::licence(lines, &entry)?;
    let Some(state) = opened.book.just_after(seq)? else { return Ok(Totals::nothing(day)) };
    let licence = licence.and_then(|number| state.licence(&number));
    licence.map_or_else(|| Ok(Totals::nothing(day)), |licence| under(state, licence, day))
}

/// A licence, and the rows of the ceilings that it counts under.
fn under(state: &State, licence: &Licence, date: NaiveDate) -> anyhow::Result<Totals> {
    let rows = all_rows(state, Some(&charges_under(state, licence).collect::<Vec<_>>()))?;
    let (licences, families) = (vec![standing(state, licence)], vec![state.root(licence.customer)]);
    Ok(Totals { date, licences, rows, families })
}
