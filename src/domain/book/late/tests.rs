use super::*;
use crate::domain::ceiling::{Allowance, Ceiling, Counts, LimitStep, Scope};
use crate::domain::event::{Adoption, Approval, Digest, OrderedMap, Registration, Seq};
use crate::domain::headroom::headroom;
use crate::domain::policy::{Chip, Policy};
use crate::domain::text::{CeilingName, ChipName, Country, CustomerId, LicenceNumber, Reference, Text};
use crate::domain::units::Units;
use chrono::{DateTime, Days, NaiveDate};
use proptest::prelude::*;
use std::borrow::Cow;
use std::sync::Arc;

fn policy() -> Policy {
    let ceiling = |name, scope, counts, limit| Ceiling {
        name: CeilingName::new(name),
        scope: vec![scope],
        allowance: Allowance::Steps(vec![LimitStep::always(Units::from_whole(limit))]),
        counts,
        ..Ceiling::bare()
    };
    Policy {
        ceilings: vec![
            ceiling("customer", Scope::Customer, Counts::Committed, 60),
            ceiling("shipped", Scope::Total, Counts::Shipped, 70),
        ],
        chips: vec![Chip {
            name: ChipName::new("H200"),
            vendor: None,
            equivalence: Some(Units::from_whole(1)),
            aliases: Vec::new(),
            prohibited: None,
            first_sold: None,
            specs: Vec::new(),
        }],
        ..Policy::bare()
    }
}

fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(offset)
}

fn entry(seq: Seq, offset: u64, event: Event) -> Entry {
    Entry {
        seq,
        recorded_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        recorded_by: Text::new("t"),
        date: day(offset),
        despite: None,
        event,
    }
}

/// Approvals and shipments of a few licences of two customers, on any day.
fn events() -> impl Strategy<Value = Vec<(bool, u64, u64, u64)>> {
    prop::collection::vec((prop::bool::weighted(0.25), 0u64..4, 0u64..40, 1u64..30), 1..40)
}

fn book(steps: &[(bool, u64, u64, u64)], commuting: bool) -> Book {
    let adoption = Adoption { digest: Digest::ZERO, source: "".into(), policy: Arc::new(policy()) };
    let mut book = Book::begin(entry(1, 0, Event::Policy(adoption))).unwrap();
    for (seq, id) in [(2, "a"), (3, "b")] {
        let record = Registration {
            id: CustomerId::new(id),
            name: Text::new(id),
            country: Country::new("CN"),
            parent: None,
            aliases: Vec::new(),
            flags: Vec::new(),
        };
        book.record(entry(seq, 0, Event::Customer(record))).unwrap();
    }
    for (index, (approval, licence, offset, quantity)) in steps.iter().enumerate() {
        let seq = index as Seq + 4;
        let items = OrderedMap::new(vec![(ChipName::new("H200"), *quantity)]);
        let number = LicenceNumber::new(format!("L{licence}"));
        let event = if *approval {
            Event::Approval(Approval {
                licence: number,
                customer: CustomerId::new(if licence % 2 == 0 { "a" } else { "b" }),
                items,
                value: (*licence > 1).then_some(20),
                expires: (licence == &3).then(|| day(25)),
                destination: None,
                licensee: None,
                replaces: None,
                attestations: OrderedMap::default(),
            })
        } else {
            Event::Shipment(Shipment {
                reference: Reference::new(format!("X{seq}")),
                licence: number,
                items,
                value: Some(*quantity),
                destination: None,
                consignee: None,
                attestations: OrderedMap::default(),
                serials: OrderedMap::default(),
            })
        };
        let entry = entry(seq, *offset, event);
        if commuting {
            book.record(entry).unwrap();
        } else {
            book.seek_place(&entry).unwrap();
            let own = judge_recorded(book.ground(), &entry).unwrap().refusals;
            book.record_judged(entry, own).unwrap();
        }
    }
    book
}

fn days_of(book: &mut Book) -> Vec<String> {
    // Goes down and up again, so that the state uses every inverse.
    (0..42)
        .rev()
        .chain(0..42)
        .map(|offset| {
            let state = book.as_of(day(offset)).unwrap();
            let values: Vec<i64> = state.licences().map(|licence| licence.shipped_value).collect();
            format!("{:?} {values:?}", headroom(state, None).unwrap())
        })
        .collect()
}

proptest! {
    #[test]
    fn r6_the_index_and_the_whole_fold_agree(steps in events()) {
        let (mut quick, mut plain) = (book(&steps, true), book(&steps, false));
        prop_assert_eq!(quick.findings(), plain.findings());
        prop_assert_eq!(days_of(&mut quick), days_of(&mut plain));
        quick.rebase().unwrap();
        prop_assert_eq!(days_of(&mut quick), days_of(&mut plain));
    }
}

#[test]
fn the_index_applies_every_shipment_that_it_may() {
    let steps = [(true, 0, 0, 29), (false, 0, 10, 5), (false, 0, 20, 5)];
    let mut book = book(&steps, true);
    let late = |reference: &str, quantity| {
        entry(
            7,
            15,
            Event::Shipment(Shipment {
                reference: Reference::new(reference),
                licence: LicenceNumber::new("L0"),
                items: OrderedMap::new(vec![(ChipName::new("H200"), quantity)]),
                value: None,
                destination: None,
                consignee: None,
                attestations: OrderedMap::default(),
                serials: OrderedMap::default(),
            }),
        )
    };
    assert!(!book.apply_commuting(&late("Y", 20)).unwrap(), "19 are left at the end");
    assert!(book.apply_commuting(&late("Y", 19)).unwrap());
    book.entries.push_admitted(Cow::Owned(late("Y", 19)), None);
    assert_eq!(book.as_of(day(14)).unwrap().licence(&LicenceNumber::new("L0")).unwrap().chips[0].shipped, 5);
    assert_eq!(book.as_of(day(15)).unwrap().licence(&LicenceNumber::new("L0")).unwrap().chips[0].shipped, 24);
}
