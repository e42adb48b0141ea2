//! Arbitrary valid entries, of every kind.

use crate::domain::event::{
    Adoption, Amendment, Approval, Attestations, Closure, ClosureReason, Digest, Entry, Event, Exception, Items,
    OrderedMap, Registration, Return, Serials, Shipment, StandingChange, Void, Volume,
};
use crate::domain::text::{CeilingName, ChipName, Country, CustomerId, LicenceNumber, Reference, Serial, Text};
use crate::store::policy::read_policy;
use chrono::{DateTime, Days, NaiveDate, Utc};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use std::sync::Arc;

/// The smallest policy that is valid.
pub(crate) const POLICY: &str = r#"name = "cap"
version = "1"
status = "scenario"
unit = "H200e"

[ceilings.national]
scope = "country"
limit = 1_000_000

[chips.H200]
equivalence = 1
"#;

/// An adoption of this text, which must be a valid policy.
pub(crate) fn adoption(source: &str) -> Adoption {
    Adoption {
        digest: super::sha256(source.as_bytes()),
        source: Arc::from(source),
        policy: Arc::new(read_policy(source.as_bytes()).unwrap()),
    }
}

fn short() -> impl Strategy<Value = String> {
    prop_oneof![6 => "[ -~]{1,12}", 2 => "[ -~é阿😀\u{a0}]{1,64}", 1 => "[A-Z]{64}"]
}

fn long() -> impl Strategy<Value = Text> {
    prop_oneof![6 => "[ -~]{1,30}", 2 => "[ -~é阿😀\u{a0}]{1,100}", 1 => "[a-z\"\\\\]{512}"].prop_map(Text::new)
}

fn id() -> impl Strategy<Value = CustomerId> {
    "[a-z0-9][a-z0-9._-]{0,63}".prop_map(CustomerId::new)
}

fn licence() -> impl Strategy<Value = LicenceNumber> {
    short().prop_map(LicenceNumber::new)
}

fn reference() -> impl Strategy<Value = Reference> {
    short().prop_map(Reference::new)
}

fn chip() -> impl Strategy<Value = ChipName> {
    short().prop_map(ChipName::new)
}

fn country() -> impl Strategy<Value = Country> {
    short().prop_map(Country::new)
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..100u64, 0..=super::LARGEST, Just(super::LARGEST)]
}

fn date() -> impl Strategy<Value = NaiveDate> {
    (0..3_652_000u64).prop_map(|day| NaiveDate::from_ymd_opt(0, 1, 1).unwrap() + Days::new(day))
}

fn map<V: std::fmt::Debug>(value: impl Strategy<Value = V>, least: usize) -> impl Strategy<Value = Vec<(String, V)>> {
    // A few long ones, so that the scanner's other way of finding duplicates runs too.
    let sizes = prop_oneof![9 => Just(3), 1 => Just(40)];
    let map = btree_map(short(), value, least..41);
    (sizes, map).prop_map(|(most, map)| map.into_iter().take(most).collect())
}

fn items() -> impl Strategy<Value = Items> {
    map(number(), 1).prop_map(named)
}

fn named<V>(pairs: Vec<(String, V)>) -> OrderedMap<ChipName, V> {
    OrderedMap::new(pairs.into_iter().map(|(key, value)| (ChipName::new(key), value)).collect())
}

fn attestations() -> impl Strategy<Value = Attestations> {
    map(long(), 0)
        .prop_map(|pairs| OrderedMap::new(pairs.into_iter().map(|(key, value)| (Text::new(key), value)).collect()))
}

fn serials() -> impl Strategy<Value = Serials> {
    map(vec(short().prop_map(Serial::new), 0..3), 0).prop_map(named)
}

fn policy() -> impl Strategy<Value = Event> {
    "(# [\t -~é阿]{0,20}\r?\n){0,3}".prop_map(|notes| Event::Policy(adoption(&format!("{POLICY}{notes}"))))
}

fn customer() -> impl Strategy<Value = Event> {
    (id(), long(), country(), of(id()), vec(long(), 0..3), vec(long(), 0..3)).prop_map(
        |(id, name, country, parent, aliases, flags)| {
            Event::Customer(Registration { id, name, country, parent, aliases, flags })
        },
    )
}

fn approval() -> impl Strategy<Value = Event> {
    let optional = (of(date()), of(country()), of(long()), of(licence()), attestations());
    (licence(), id(), items(), optional).prop_map(
        |(licence, customer, items, (expires, destination, licensee, replaces, attestations))| {
            Event::Approval(Approval {
                licence,
                customer,
                items,
                expires,
                destination,
                licensee,
                replaces,
                attestations,
            })
        },
    )
}

fn amendment() -> impl Strategy<Value = Event> {
    (licence(), map(number(), 0).prop_map(named), of(date()), of(long())).prop_map(
        |(licence, items, expires, authority)| Event::Amendment(Amendment { licence, items, expires, authority }),
    )
}

fn standing() -> impl Strategy<Value = StandingChange> {
    (licence(), long()).prop_map(|(licence, reason)| StandingChange { licence, reason })
}

fn closure() -> impl Strategy<Value = Event> {
    (licence(), proptest::sample::select(ClosureReason::ALL), of(long()))
        .prop_map(|(licence, reason, note)| Event::Closure(Closure { licence, reason, note }))
}

fn shipment() -> impl Strategy<Value = Event> {
    let optional = (of(country()), of(long()), attestations(), serials());
    (reference(), licence(), items(), optional).prop_map(
        |(reference, licence, items, (destination, consignee, attestations, serials))| {
            Event::Shipment(Shipment { reference, licence, items, destination, consignee, attestations, serials })
        },
    )
}

fn returned() -> impl Strategy<Value = Event> {
    (reference(), reference(), items(), of(long()), serials()).prop_map(
        |(reference, shipment, items, reason, serials)| {
            Event::Return(Return { reference, shipment, items, reason, serials })
        },
    )
}

fn exception() -> impl Strategy<Value = Event> {
    (short(), long(), number(), long(), of(date())).prop_map(|(ceiling, group, limit, authority, expires)| {
        let ceiling = CeilingName::new(ceiling);
        Event::Exception(Exception { ceiling, group, limit, authority, expires })
    })
}

fn volume() -> impl Strategy<Value = Event> {
    (long(), chip(), number(), long())
        .prop_map(|(series, chip, quantity, source)| Event::Volume(Volume { series, chip, quantity, source }))
}

fn void() -> impl Strategy<Value = Event> {
    (number(), long()).prop_map(|(entry, reason)| Event::Void(Void { entry, reason }))
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        policy(),
        customer(),
        approval(),
        amendment(),
        standing().prop_map(Event::Suspension),
        standing().prop_map(Event::Reinstatement),
        closure(),
        shipment(),
        returned(),
        exception(),
        volume(),
        void(),
    ]
}

/// Any time the ledger can spell.
pub(crate) fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (date(), 0..86_400u32).prop_map(|(date, second)| {
        let clock = chrono::NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap();
        date.and_time(clock).and_utc()
    })
}

/// Any valid entry.
pub(crate) fn entry() -> impl Strategy<Value = Entry> {
    (number(), time(), long(), date(), of(long()), event()).prop_map(
        |(seq, recorded_at, recorded_by, date, despite, event)| Entry {
            seq,
            recorded_at,
            recorded_by,
            date,
            despite,
            event,
        },
    )
}

/// Any digest.
pub(crate) fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}
