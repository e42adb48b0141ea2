//! Keeps a ledger in memory and finds the impact of a policy on it.

mod boundaries;
mod whole;

use super::*;
use crate::domain::book::Book;
use crate::domain::ceiling::{Allowance, Ceiling, LimitStep, Scope};
use crate::domain::event::{
    Adoption, Amendment, Approval, Attestations, Digest, Entry, Event, Items, OrderedMap, Registration, Serials,
    Shipment, Void,
};
use crate::domain::policy::{Chip, Policy};
use crate::domain::text::{Country, Name, Reference};
use chrono::{DateTime, Utc};
use std::sync::Arc;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn policy(ceilings: &[(&str, Scope, u64, Counts)], chips: &[(&str, Option<&str>)]) -> Policy {
    Policy {
        ceilings: ceilings
            .iter()
            .map(|(name, scope, limit, counts)| Ceiling {
                name: CeilingName::new(*name),
                scope: vec![*scope],
                allowance: Allowance::Steps(vec![LimitStep::always(Units::from_whole(*limit))]),
                counts: *counts,
                ..Ceiling::bare()
            })
            .collect(),
        chips: chips
            .iter()
            .map(|(name, equivalence)| Chip {
                name: ChipName::new(*name),
                vendor: None,
                equivalence: equivalence.map(|text| text.parse().unwrap()),
                aliases: Vec::new(),
                prohibited: None,
                first_sold: None,
                specs: Vec::new(),
            })
            .collect(),
        ..Policy::bare()
    }
}

const CAP: &[(&str, Scope, u64, Counts)] = &[("cap", Scope::Customer, 75_000, Counts::Committed)];
const CHIPS: &[(&str, Option<&str>)] = &[("H200", Some("1")), ("MI325X", Some("1.321311")), ("H20", Some("0"))];

fn adoption(policy: Policy) -> Adoption {
    Adoption { digest: Digest::ZERO, source: Arc::from(""), policy: Arc::new(policy) }
}

/// A ledger without ceilings whose entries are all recorded in 2026.
struct Ledger(Book);

impl Ledger {
    fn of_customers(customers: &[&str]) -> Self {
        let first = Event::Policy(adoption(policy(&[], CHIPS)));
        let mut ledger = Ledger(Book::begin(entry(1, "2026-01-01", first)).unwrap());
        for id in customers {
            let (id, name, country) = (CustomerId::new(*id), Text::new(*id), Country::new("CN"));
            let record = Registration { id, name, country, parent: None, aliases: Vec::new(), flags: Vec::new() };
            ledger.record("2026-01-02", Event::Customer(record));
        }
        ledger
    }

    fn record(&mut self, date: &str, event: Event) {
        let entry = entry(self.0.next_seq(), date, event);
        self.0.record(entry).unwrap();
        assert_eq!(self.0.findings(), [], "the ledger is in order");
    }

    fn approve(&mut self, date: &str, licence: &str, customer: &str, given: &[(&str, u64)]) {
        self.record(date, approval(licence, customer, given));
    }

    fn ship(&mut self, date: &str, reference: &str, licence: &str, given: &[(&str, u64)]) {
        self.record(
            date,
            Event::Shipment(Shipment {
                reference: Reference::new(reference),
                licence: LicenceNumber::new(licence),
                items: items(given),
                value: None,
                destination: None,
                consignee: None,
                attestations: Attestations::default(),
                serials: Serials::default(),
            }),
        );
    }

    fn impact(&mut self, policy: Policy) -> Impact {
        let adopted = entry(self.0.next_seq(), "2026-03-05", Event::Policy(adoption(policy)));
        self.0.under(&adopted, impact).unwrap()
    }
}

fn approval(licence: &str, customer: &str, given: &[(&str, u64)]) -> Event {
    Event::Approval(Approval {
        licence: LicenceNumber::new(licence),
        customer: CustomerId::new(customer),
        items: items(given),
        value: None,
        expires: (licence == "short").then(|| day("2026-02-28")),
        destination: None,
        licensee: None,
        replaces: None,
        attestations: Attestations::default(),
    })
}

fn entry(seq: Seq, date: &str, event: Event) -> Entry {
    let recorded_at: DateTime<Utc> = "2026-12-31T00:00:00Z".parse().unwrap();
    Entry { seq, recorded_at, recorded_by: Text::new("t"), date: day(date), despite: None, event }
}

fn items(given: &[(&str, u64)]) -> Items {
    OrderedMap::new(given.iter().map(|(chip, count)| (ChipName::new(*chip), *count)).collect())
}

/// A licence to change and its new totals, in a form that is easy to compare.
type Cut = (String, Option<Remedy>, Vec<(String, i64)>);

fn totals(impact: &Impact) -> Vec<Cut> {
    let total = |total: &NewTotal| (total.chip.to_string(), total.to);
    let told = |one: &Nonconforming| (one.licence.to_string(), one.remedy, one.amendment.iter().map(total).collect());
    impact.licences.iter().map(told).collect()
}

fn cut(licence: &str, remedy: Remedy, totals: &[(&str, i64)]) -> Cut {
    (licence.to_owned(), Some(remedy), totals.iter().map(|(chip, total)| ((*chip).to_owned(), *total)).collect())
}
