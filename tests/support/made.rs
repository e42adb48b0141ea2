//! Ledgers of any size, made through the library: a policy, 50 customers, a licence for every 19 shipments.

use chrono::{DateTime, Days, NaiveDate, Utc};
use exquota::domain::event::{
    Adoption, Approval, Attestations, Digest, Entry, Event, OrderedMap, Registration, Seq, Serials, Shipment, Volume,
};
use exquota::domain::text::{ChipName, Country, CustomerId, LicenceNumber, Name, Reference, Text};
use exquota::store::policy::read_policy;
use exquota::store::record::write_line;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

const POLICY: &str = include_str!("../../policies/china-cap-2026-03.toml");
const CUSTOMERS: u64 = 50;
const SHIPMENTS_A_LICENCE: u64 = 19;
const DAYS: u64 = 4 * 365;

/// The bytes of a ledger with `entries` lines over four years; every tenth entry is a shipment dated up to `late_days`
/// before the entry it follows.
pub(crate) fn ledger(entries: u64, late_days: u64) -> Vec<u8> {
    under(POLICY, entries, late_days)
}

/// The same under a policy of these chips and attestations. The volumes that its shares are of are large enough.
pub(crate) fn under(policy: &str, entries: u64, late_days: u64) -> Vec<u8> {
    let mut writer = Writer { bytes: Vec::new(), seq: 0, prev: Digest::ZERO, of: entries };
    let (source, digest) = (policy.into(), sha256(policy.as_bytes()));
    let policy = Arc::new(read_policy(policy.as_bytes()).expect("the policy is valid"));
    writer.write(0, Event::Policy(Adoption { digest, source, policy: Arc::clone(&policy) }));
    for share in policy.ceilings.iter().filter_map(|ceiling| ceiling.share()) {
        let (series, chip, source) = (share.of.clone(), ChipName::new("H200"), Text::new("made"));
        writer.write(0, Event::Volume(Volume { series, chip, quantity: 1_000_000_000, source }));
    }
    for customer in 0..CUSTOMERS {
        writer.write(
            0,
            Event::Customer(Registration {
                id: customer_id(customer),
                name: Text::new(format!("Customer number {customer} Limited")),
                country: Country::new("CN"),
                parent: None,
                aliases: Vec::new(),
                flags: Vec::new(),
            }),
        );
    }
    // A licence so many licences ago is older than the longest delay of a late entry.
    let long_ago = (late_days + 4) * entries / DAYS / (SHIPMENTS_A_LICENCE + 1) + 1;
    let mut licence = 0;
    while writer.seq < entries {
        writer.write(0, Event::Approval(approval(licence)));
        for shipment in 0..SHIPMENTS_A_LICENCE {
            if writer.seq >= entries {
                break;
            }
            // Every tenth entry is late. It ships under a licence that was approved long enough before.
            let is_late = late_days > 0 && shipment % 9 == 8;
            if is_late && licence < long_ago {
                continue;
            }
            let late = if is_late { 1 + writer.seq % late_days } else { 0 };
            let drawn = if is_late { licence - long_ago } else { licence };
            writer.write(late, Event::Shipment(self::shipment(drawn, writer.seq)));
        }
        licence += 1;
    }
    writer.bytes
}

struct Writer {
    bytes: Vec<u8>,
    seq: Seq,
    prev: Digest,
    of: u64,
}

impl Writer {
    fn write(&mut self, late: u64, event: Event) {
        self.seq += 1;
        let first = NaiveDate::from_ymd_opt(2026, 3, 3).expect("a date");
        let day = self.seq * DAYS / self.of.max(1);
        let today = first + Days::new(day);
        let entry = Entry {
            seq: self.seq,
            recorded_at: recorded_at(today),
            recorded_by: Text::new("analyst-1"),
            date: today - Days::new(late.min(day)),
            despite: None,
            event,
        };
        let line = write_line(&self.prev, &entry);
        self.prev = sha256(&line);
        self.bytes.extend_from_slice(&line);
        self.bytes.push(b'\n');
    }
}

fn recorded_at(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(12, 0, 0).expect("noon").and_utc()
}

fn customer_id(number: u64) -> CustomerId {
    CustomerId::new(format!("customer-{number:02}"))
}

fn licence_number(number: u64) -> LicenceNumber {
    LicenceNumber::new(format!("D{number:07}"))
}

/// An approval of just as many chips as ship under it, so that a million entries stay below every ceiling.
fn approval(number: u64) -> Approval {
    Approval {
        licence: licence_number(number),
        customer: customer_id(number % CUSTOMERS),
        items: OrderedMap::new(vec![(ChipName::new("H200"), SHIPMENTS_A_LICENCE)]),
        value: None,
        expires: None,
        destination: None,
        licensee: Some(Name::new("Lenovo")),
        replaces: None,
        attestations: attested(&["us-availability", "customer-due-diligence"]),
    }
}

fn shipment(licence: u64, seq: u64) -> Shipment {
    Shipment {
        reference: Reference::new(format!("X{:014}", 20_260_000_000_000 + seq)),
        licence: licence_number(licence),
        items: OrderedMap::new(vec![(ChipName::new("H200"), 1)]),
        value: None,
        destination: Some(Country::new("CN")),
        consignee: None,
        attestations: attested(&["third-party-test"]),
        serials: Serials::default(),
    }
}

fn attested(names: &[&str]) -> Attestations {
    OrderedMap::new(names.iter().map(|name| (Name::new(*name), Text::new("stated"))).collect())
}

fn sha256(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}
