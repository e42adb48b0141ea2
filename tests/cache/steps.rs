//! The steps of a random history, as requests to the commands.

use chrono::{Days, NaiveDate};
use exquota::commands::Answer;
use exquota::commands::facts::{Fact, SerialFile};
use exquota::commands::session::{Session, Writing};
use exquota::commands::verbs::{adopt, check, headroom, record, register};
use exquota::domain::event::{
    Amendment, Approval, Attestations, Closure, ClosureReason, Elsewhere, Event, Exception, Items, Return, ReturnKind,
    Serials, Shipment, StandingChange, Void, Volume,
};
use exquota::domain::headroom::GroupBy;
use exquota::domain::registration::RecordChange;
use exquota::domain::text::{CeilingName, Country, CustomerId, LicenceNumber, Reference, Text};
use proptest::prelude::*;
use std::path::Path;

/// A day, counted from 2026-01-01. A desk's clock shows day 60.
pub(crate) fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(offset)
}

/// Names are small numbers. A larger number stands for an unknown name.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) customer: u8,
    pub(crate) licence: u8,
    pub(crate) chip: u8,
    pub(crate) quantity: u64,
    pub(crate) day: u64,
    pub(crate) expires: Option<u64>,
    pub(crate) licensee: Option<u8>,
    pub(crate) replaces: Option<u8>,
}

#[derive(Clone, Debug)]
pub(crate) struct Consigned {
    pub(crate) reference: u8,
    pub(crate) licence: u8,
    pub(crate) chip: u8,
    pub(crate) quantity: u64,
    pub(crate) day: u64,
    pub(crate) serials: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Approve(Order, Despite, DryRun),
    Ship(Consigned, Despite, DryRun),
    /// A check for so many days ahead.
    CheckApproval(Order, u64),
    CheckShipment(u8, Consigned),
    Headroom {
        day: u64,
        by: Option<u8>,
        of: Option<u8>,
    },
    Amend {
        licence: u8,
        chip: u8,
        quantity: Option<u64>,
        expires: Option<u64>,
        day: u64,
    },
    Suspend(u8, u64),
    Reinstate(u8, u64),
    Close(u8, u64),
    Return {
        reference: u8,
        shipment: u8,
        chip: u8,
        quantity: u64,
        day: u64,
    },
    Grant {
        ceiling: u8,
        group: u8,
        limit: u64,
        day: u64,
        expires: Option<u64>,
    },
    Register {
        customer: u8,
        parent: Option<u8>,
        day: u64,
    },
    Volume(u64, u64),
    Elsewhere {
        customer: u8,
        chip: u8,
        quantity: u64,
        day: u64,
    },
    Adopt(u8, u64),
    Void(u64),
    /// Not a command: something else happens to the files.
    Mischief(Mischief),
}

type Despite = bool;
type DryRun = bool;

/// A change of a cache or its ledger by somebody else. Places are thousandths of a file.
#[derive(Clone, Debug)]
pub(crate) enum Mischief {
    /// Bits of the cache change.
    Damage { place: u64, bits: u8 },
    /// The cache is cut.
    Cut { place: u64 },
    /// Bytes are appended to the cache.
    Append { count: u8 },
    /// An older cache is put back.
    PutBack { which: u8 },
    /// A byte of the ledger changes, and the file's modification time is set back.
    Edit { place: u64 },
    /// The ledger is written again, with the same bytes.
    Copy,
    /// Another program appends a valid line, an approval.
    Write(u8),
    /// The beginning of a line is appended to the ledger, and removed after the next step.
    Tear,
}

/// Steps whose days mostly go on, so that caches are useful. A step's day is first drawn as a distance from the last
/// one.
pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..40).prop_map(|mut steps| {
        let mut now = 40;
        for day in steps.iter_mut().filter_map(Step::day) {
            *day = match *day {
                ahead @ 0..LATE => {
                    now = (now + ahead).min(LAST);
                    now
                }
                late => now - (late - LATE).min(now),
            };
        }
        steps
    })
}

/// A distance below this counts days ahead, and one above it days back.
const LATE: u64 = 10;
/// The last day that a desk can record.
const LAST: u64 = 60;

fn days() -> impl Strategy<Value = u64> {
    prop_oneof![16 => Just(0u64), 3 => 1u64..4, 1 => LATE + 1..LATE + 45]
}

fn order() -> impl Strategy<Value = Order> {
    let names = (0u8..4, 0u8..12, 0u8..3);
    let rest = (1u64..40, days(), prop::option::of(40u64..80), prop::option::of(0u8..3));
    (names, rest, prop::option::weighted(0.2, 0u8..12)).prop_map(
        |((customer, licence, chip), (quantity, day, expires, licensee), replaces)| Order {
            customer,
            licence,
            chip,
            quantity,
            day,
            expires,
            licensee,
            replaces,
        },
    )
}

fn consigned() -> impl Strategy<Value = Consigned> {
    (0u8..20, 0u8..12, 0u8..3, 1u64..12, days(), prop::bool::weighted(0.05)).prop_map(
        |(reference, licence, chip, quantity, day, serials)| Consigned {
            reference,
            licence,
            chip,
            quantity,
            day,
            serials,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let despite = || prop::bool::weighted(0.1);
    let dry_run = || prop::bool::weighted(0.1);
    let expires = || prop::option::of(45u64..90);
    prop_oneof![
        8 => (order(), despite(), dry_run()).prop_map(|(order, a, b)| Step::Approve(order, a, b)),
        8 => (consigned(), despite(), dry_run()).prop_map(|(consigned, a, b)| Step::Ship(consigned, a, b)),
        8 => (order(), 0u64..60).prop_map(|(order, ahead)| Step::CheckApproval(order, ahead)),
        4 => (0u8..4, consigned()).prop_map(|(customer, consigned)| Step::CheckShipment(customer, consigned)),
        6 => (30u64..120, prop::option::of(0u8..5), prop::option::weighted(0.2, 0u8..4))
            .prop_map(|(day, by, of)| Step::Headroom { day, by, of }),
        2 => (0u8..12, 0u8..3, prop::option::of(0u64..50), expires(), days())
            .prop_map(|(licence, chip, quantity, expires, day)| Step::Amend { licence, chip, quantity, expires, day }),
        1 => (0u8..12, days()).prop_map(|(licence, day)| Step::Suspend(licence, day)),
        1 => (0u8..12, days()).prop_map(|(licence, day)| Step::Reinstate(licence, day)),
        1 => (0u8..12, days()).prop_map(|(licence, day)| Step::Close(licence, day)),
        1 => (20u8..30, 0u8..20, 0u8..3, 1u64..6, days()).prop_map(
            |(reference, shipment, chip, quantity, day)| Step::Return { reference, shipment, chip, quantity, day }),
        1 => (0u8..3, 0u8..4, 0u64..90, days(), expires()).prop_map(
            |(ceiling, group, limit, day, expires)| Step::Grant { ceiling, group, limit, day, expires }),
        1 => (0u8..5, prop::option::of(0u8..4), days())
            .prop_map(|(customer, parent, day)| Step::Register { customer, parent, day }),
        1 => (0u64..90, days()).prop_map(|(quantity, day)| Step::Volume(quantity, day)),
        1 => (0u8..4, 0u8..3, 0u64..60, days()).prop_map(
            |(customer, chip, quantity, day)| Step::Elsewhere { customer, chip, quantity, day }),
        1 => (0u8..4, days()).prop_map(|(policy, day)| Step::Adopt(policy, day)),
        1 => (1u64..30).prop_map(Step::Void),
        4 => mischief().prop_map(Step::Mischief),
    ]
}

fn mischief() -> impl Strategy<Value = Mischief> {
    prop_oneof![
        4 => (0u64..1000, 1u8..).prop_map(|(place, bits)| Mischief::Damage { place, bits }),
        1 => (0u64..1000).prop_map(|place| Mischief::Cut { place }),
        1 => (1u8..).prop_map(|count| Mischief::Append { count }),
        2 => (0u8..).prop_map(|which| Mischief::PutBack { which }),
        2 => (0u64..1000).prop_map(|place| Mischief::Edit { place }),
        1 => Just(Mischief::Copy),
        2 => (0u8..12).prop_map(Mischief::Write),
        1 => Just(Mischief::Tear),
    ]
}

impl Order {
    pub(crate) fn small(licence: u8) -> Self {
        Order { customer: 0, licence, chip: 0, quantity: 1, day: LAST, expires: None, licensee: None, replaces: None }
    }

    /// As an approval of this number.
    pub(crate) fn approval(&self, licence: String) -> Approval {
        Approval {
            licence: LicenceNumber::new(licence),
            customer: name("C", self.customer).parse().unwrap(),
            items: items(self.chip, self.quantity),
            value: self.quantity.is_multiple_of(3).then_some(self.quantity * 2),
            expires: self.expires.map(day),
            destination: None,
            licensee: self.licensee.map(|licensee| name("Licensee", licensee).parse().unwrap()),
            replaces: self.replaces.map(|licence| name("L", licence).parse().unwrap()),
            attestations: Attestations::default(),
        }
    }
}

impl Consigned {
    /// As a shipment of this reference.
    fn fact(&self, session: &Session, reference: String) -> Fact {
        let shipment = Shipment {
            reference: Reference::new(reference),
            licence: name("L", self.licence).parse().unwrap(),
            items: items(self.chip, self.quantity),
            value: (!self.quantity.is_multiple_of(7)).then_some(self.quantity * 2),
            destination: None,
            consignee: None,
            attestations: Attestations::default(),
            serials: Serials::default(),
        };
        let file = Path::new(&session.ledger.name()).with_file_name("serials.txt");
        let serials = if self.serials { vec![SerialFile { chip: chip(self.chip), file }] } else { Vec::new() };
        Fact { serials, ..Event::Shipment(shipment).into() }
    }
}

/// A check. A number, which a check does not need, of 2 more than a multiple of 4 has it recorded.
fn question(fact: Fact, held_by: Option<CustomerId>, offset: u64, record: bool) -> check::Request {
    let record = record.then(|| writing(offset, false, false));
    check::Request { fact, held_by, date: Some(day(offset)), known_at: None, record }
}

impl Step {
    /// The step's date, if it was drawn from [`days`].
    fn day(&mut self) -> Option<&mut u64> {
        match self {
            Step::Approve(order, ..) | Step::CheckApproval(order, _) => Some(&mut order.day),
            Step::Ship(consigned, ..) | Step::CheckShipment(_, consigned) => Some(&mut consigned.day),
            Step::Suspend(_, day) | Step::Reinstate(_, day) | Step::Close(_, day) => Some(day),
            Step::Volume(_, day) | Step::Adopt(_, day) => Some(day),
            Step::Amend { day, .. } | Step::Return { day, .. } | Step::Grant { day, .. } => Some(day),
            Step::Register { day, .. } | Step::Elsewhere { day, .. } => Some(day),
            Step::Headroom { .. } | Step::Void(_) | Step::Mischief(_) => None,
        }
    }

    /// An approval of many chips with equivalence 0.
    pub(crate) fn approval_of_nothing_counted(licence: u8) -> Step {
        let order = Order { chip: 2, quantity: 500, ..Order::small(licence) };
        Step::Approve(order, false, false)
    }

    /// A shipment of one of these chips.
    pub(crate) fn shipment_of_nothing_counted(reference: u8, licence: u8) -> Step {
        let consigned = Consigned { reference, licence, chip: 2, quantity: 1, day: LAST, serials: false };
        Step::Ship(consigned, false, false)
    }

    /// An approval of H200 on the last day.
    pub(crate) fn approval(licence: u8, customer: u8, quantity: u64, expires: Option<u64>, despite: bool) -> Step {
        let order = Order { customer, quantity, expires, ..Order::small(licence) };
        Step::Approve(order, despite, false)
    }

    /// A check whether `quantity` H200 would fit on the last day.
    pub(crate) fn check(customer: u8, quantity: u64) -> Step {
        Step::CheckApproval(Order { customer, quantity, ..Order::small(0) }, 0)
    }

    /// A shipment of H200 on the last day.
    pub(crate) fn shipment(reference: u8, licence: u8, quantity: u64) -> Step {
        Step::Ship(Consigned { reference, licence, chip: 0, quantity, day: LAST, serials: false }, false, false)
    }

    /// Runs the command; `None` for mischief.
    pub(crate) fn ask(&self, session: &Session) -> Option<anyhow::Result<Answer>> {
        let on = |offset| writing(offset, false, false);
        Some(match self {
            Step::Approve(order, despite, dry_run) => {
                let event = Event::Approval(order.approval(name("L", order.licence)));
                record::run(session, &writing(order.day, *despite, *dry_run), &event.into())
            }
            Step::Ship(consigned, despite, dry_run) => {
                let fact = consigned.fact(session, name("X", consigned.reference));
                record::run(session, &writing(consigned.day, *despite, *dry_run), &fact)
            }
            Step::CheckApproval(order, ahead) => {
                let fact = Event::Approval(order.approval(String::new())).into();
                let record = order.replaces.is_none() && order.licence % 4 == 2;
                check::run(session, &question(fact, None, order.day + ahead, record))
            }
            Step::CheckShipment(customer, consigned) => {
                let fact = consigned.fact(session, String::new());
                let held_by = Some(name("C", *customer).parse().unwrap());
                let record = !consigned.serials && consigned.reference % 4 == 2;
                check::run(session, &question(fact, held_by, consigned.day, record))
            }
            Step::Headroom { day: offset, by, of } => {
                let by = by.map(|by| match by {
                    0 => GroupBy::Customer,
                    1 => GroupBy::Family,
                    2 => GroupBy::Country,
                    3 => GroupBy::Licensee,
                    _ => GroupBy::Chip,
                });
                let request = headroom::Request {
                    customers: of.iter().map(|customer| name("C", *customer)).collect(),
                    as_of: Some(day(*offset)),
                    group_by: by.into_iter().collect(),
                    ..headroom::Request::default()
                };
                headroom::run(session, &request)
            }
            Step::Amend { licence, chip, quantity, expires, day: offset } => {
                let amendment = Amendment {
                    licence: name("L", *licence).parse().unwrap(),
                    items: quantity.map_or_else(Items::default, |quantity| items(*chip, quantity)),
                    value: quantity.filter(|quantity| quantity.is_multiple_of(4)),
                    expires: expires.map(day),
                    authority: None,
                };
                record::run(session, &on(*offset), &Event::Amendment(amendment).into())
            }
            Step::Suspend(licence, offset) => {
                let change = StandingChange { licence: name("L", *licence).parse().unwrap(), reason: Text::new("r") };
                record::run(session, &on(*offset), &Event::Suspension(change).into())
            }
            Step::Reinstate(licence, offset) => {
                let change = StandingChange { licence: name("L", *licence).parse().unwrap(), reason: Text::new("r") };
                record::run(session, &on(*offset), &Event::Reinstatement(change).into())
            }
            Step::Close(licence, offset) => {
                let licence = name("L", *licence).parse().unwrap();
                let closure = Closure { licence, reason: ClosureReason::Revoked, note: None };
                record::run(session, &on(*offset), &Event::Closure(closure).into())
            }
            Step::Return { reference, shipment, chip, quantity, day } => {
                let returned = Return {
                    reference: name("X", *reference).parse().unwrap(),
                    shipment: name("X", *shipment).parse().unwrap(),
                    items: items(*chip, *quantity),
                    value: quantity.is_multiple_of(2).then_some(*quantity * 2),
                    kind: [None, Some(ReturnKind::Undelivered), Some(ReturnKind::Retired)][*quantity as usize % 3],
                    reason: None,
                    serials: Serials::default(),
                };
                record::run(session, &on(*day), &Event::Return(returned).into())
            }
            Step::Grant { ceiling, group, limit, day: offset, expires } => {
                let (ceiling, group) = match ceiling {
                    0 => ("customers", name("C", *group)),
                    1 => ("nation", "CN".to_owned()),
                    _ => ("licensees", name("Licensee", *group)),
                };
                let exception = Exception {
                    ceiling: CeilingName::new(ceiling),
                    group: group.parse().unwrap(),
                    limit: *limit,
                    authority: Text::new("A"),
                    expires: expires.map(day),
                };
                record::run(session, &on(*offset), &Event::Exception(exception).into())
            }
            Step::Register { customer, parent, day } => {
                let change = RecordChange {
                    id: name("C", *customer).to_lowercase().parse().unwrap(),
                    name: Some(name("Company", *customer).parse().unwrap()),
                    country: Some(Country::new("CN")),
                    parent: parent.map(|parent| Some(name("C", parent).parse().unwrap())),
                    ..RecordChange::default()
                };
                register::run(session, &on(*day), &change)
            }
            Step::Volume(quantity, offset) => {
                let (series, chip) = ("s".parse().unwrap(), chip(0).parse().unwrap());
                let volume = Volume { series, chip, quantity: *quantity, source: Text::new("s") };
                record::run(session, &on(*offset), &Event::Volume(volume).into())
            }
            Step::Elsewhere { customer, chip, quantity, day } => {
                let customer = name("C", *customer).parse().unwrap();
                let elsewhere = Elsewhere { customer, items: items(*chip, *quantity), source: Text::new("s") };
                record::run(session, &on(*day), &Event::Elsewhere(elsewhere).into())
            }
            Step::Adopt(policy, offset) => {
                let policy = Path::new(&session.ledger.name()).with_file_name(format!("policy-{policy}.toml"));
                adopt::run(session, &on(*offset), &adopt::Request { policy })
            }
            Step::Void(entry) => {
                let void = Void { entry: *entry, reason: Text::new("r") };
                record::run(session, &on(LAST), &Event::Void(void).into())
            }
            Step::Mischief(_) => return None,
        })
    }
}

/// A small approval on the last day.
pub(crate) fn approve_one(session: &Session, licence: u8) -> anyhow::Result<Answer> {
    Step::Approve(Order::small(licence), false, false).ask(session).unwrap()
}

pub(crate) fn writing(offset: u64, despite: bool, dry_run: bool) -> Writing {
    Writing {
        date: Some(day(offset)),
        by: Text::new("w"),
        dry_run,
        expect_head: None,
        after_last: false,
        despite: despite.then(|| Text::new("it happened")),
    }
}

pub(crate) fn name(kind: &str, number: u8) -> String {
    format!("{kind}{number}")
}

fn chip(number: u8) -> String {
    ["H200", "MI325X", "H20"][usize::from(number)].to_owned()
}

fn items(number: u8, quantity: u64) -> Items {
    Items::new(vec![(chip(number).parse().unwrap(), quantity)])
}
