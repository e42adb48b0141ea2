//! What the ledger records: twelve kinds of event, each in an entry with its date.

use super::policy::Policy;
use super::text::{CeilingName, ChipName, Country, CustomerId, LicenceNumber, Reference, Serial, Text};
use super::words::words;
use chrono::{DateTime, NaiveDate, Utc};
use smallvec::SmallVec;
use std::fmt;
use std::sync::Arc;

/// An entry's number in the ledger, from 1 without gaps.
pub type Seq = u64;

/// A map that keeps the order it was given in and is compared without it (R11).
#[derive(Clone, Debug)]
pub struct OrderedMap<K, V>(SmallVec<[(K, V); 1]>);

impl<K: PartialEq, V> OrderedMap<K, V> {
    /// From pairs whose keys differ.
    pub fn new(pairs: Vec<(K, V)>) -> Self {
        OrderedMap(pairs.into())
    }

    /// The value under `key`.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.iter().find(|(held, _)| held == key).map(|(_, value)| value)
    }

    /// The pairs, in the order given.
    pub fn iter(&self) -> std::slice::Iter<'_, (K, V)> {
        self.0.iter()
    }

    /// How many pairs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K, V> From<SmallVec<[(K, V); 1]>> for OrderedMap<K, V> {
    /// From pairs whose keys differ.
    fn from(pairs: SmallVec<[(K, V); 1]>) -> Self {
        OrderedMap(pairs)
    }
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        OrderedMap(SmallVec::new())
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for OrderedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.0.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

/// Whole chips per chip name; below 2^63 each (D21), 1 to 1,000,000,000 where valid (R1).
pub type Items = OrderedMap<ChipName, u64>;
/// Evidence per attestation: `stated` or `sha256:<hex>` (D22).
pub type Attestations = OrderedMap<Text, Text>;
/// Serial numbers per chip.
pub type Serials = OrderedMap<ChipName, Vec<Serial>>;

/// A SHA-256, written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// What line 1 has for `prev`.
    pub const ZERO: Digest = Digest([0; 32]);

    /// Reads 64 lower-case hex digits.
    pub fn from_hex(text: &str) -> Option<Digest> {
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Some(Digest(bytes))
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Every line is written with one: no formatting of bytes one by one.
        const DIGITS: [u8; 16] = *b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A policy, frozen (R7): its text, the text's digest, and what the text says.
#[derive(Clone, Debug)]
pub struct Adoption {
    /// SHA-256 of `source`.
    pub digest: Digest,
    /// The TOML text, verbatim.
    pub source: Arc<str>,
    /// What `source` says; the store reads it.
    pub policy: Arc<Policy>,
}

impl PartialEq for Adoption {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest && self.source == other.source
    }
}

/// A customer's whole record from a date on (D15).
#[derive(Clone, PartialEq, Debug)]
pub struct Registration {
    /// What the ledger calls it.
    pub id: CustomerId,
    /// Its full name.
    pub name: Text,
    /// Where it is headquartered.
    pub country: Country,
    /// The company it belongs to.
    pub parent: Option<CustomerId>,
    /// Other names.
    pub aliases: Vec<Text>,
    /// Lists it is on.
    pub flags: Vec<Text>,
}

/// A licence was granted.
#[derive(Clone, PartialEq, Debug)]
pub struct Approval {
    /// Its number.
    pub licence: LicenceNumber,
    /// Who buys, and is charged (R2).
    pub customer: CustomerId,
    /// Authorised quantities.
    pub items: Items,
    /// Last valid day, inclusive.
    pub expires: Option<NaiveDate>,
    /// Where the goods go, if the licence says so.
    pub destination: Option<Country>,
    /// Who holds it; never charged.
    pub licensee: Option<Text>,
    /// The licence that this one closes.
    pub replaces: Option<LicenceNumber>,
    /// What the exporter asserted.
    pub attestations: Attestations,
}

/// A licence was revised: new totals for the chips named, or a new expiry.
#[derive(Clone, PartialEq, Debug)]
pub struct Amendment {
    /// Which one.
    pub licence: LicenceNumber,
    /// New authorised totals; chips not named stay (D11).
    pub items: Items,
    /// A new last valid day.
    pub expires: Option<NaiveDate>,
    /// Who revised it.
    pub authority: Option<Text>,
}

/// A licence was suspended or reinstated.
#[derive(Clone, PartialEq, Debug)]
pub struct StandingChange {
    /// Which one.
    pub licence: LicenceNumber,
    /// Why.
    pub reason: Text,
}

words! {
    /// Why a licence was closed; `replaced` has no word here, as an approval says it.
    pub enum ClosureReason {
        /// By the authority.
        Revoked = "revoked",
        /// By the licensee.
        Surrendered = "surrendered",
        /// Nothing left to ship; a balance left is allowed (D11).
        Exhausted = "exhausted",
    }
}

/// A licence ended before its expiry.
#[derive(Clone, PartialEq, Debug)]
pub struct Closure {
    /// Which one.
    pub licence: LicenceNumber,
    /// Why.
    pub reason: ClosureReason,
    /// More about it.
    pub note: Option<Text>,
}

/// Goods left under a licence.
#[derive(Clone, PartialEq, Debug)]
pub struct Shipment {
    /// Its reference, an export filing's number.
    pub reference: Reference,
    /// The licence it draws down.
    pub licence: LicenceNumber,
    /// What left.
    pub items: Items,
    /// Where to, if not as the licence says (D13).
    pub destination: Option<Country>,
    /// Who receives it.
    pub consignee: Option<Text>,
    /// What the exporter asserted.
    pub attestations: Attestations,
    /// Which chips left.
    pub serials: Serials,
}

/// Goods came back.
#[derive(Clone, PartialEq, Debug)]
pub struct Return {
    /// Its own reference.
    pub reference: Reference,
    /// The shipment it belongs to.
    pub shipment: Reference,
    /// What came back.
    pub items: Items,
    /// Why.
    pub reason: Option<Text>,
    /// Which chips came back.
    pub serials: Serials,
}

/// An authority set another limit for one group of one ceiling (R8).
#[derive(Clone, PartialEq, Debug)]
pub struct Exception {
    /// Which ceiling.
    pub ceiling: CeilingName,
    /// Which group; a member's name stands for its family (D16).
    pub group: Text,
    /// Whole units.
    pub limit: u64,
    /// Who granted it, with a reference.
    pub authority: Text,
    /// Last day it holds, inclusive.
    pub expires: Option<NaiveDate>,
}

/// A cumulative figure that a ratio is taken of.
#[derive(Clone, PartialEq, Debug)]
pub struct Volume {
    /// Its name: `us-shipments`.
    pub series: Text,
    /// Of which chip.
    pub chip: ChipName,
    /// So far, in all.
    pub quantity: u64,
    /// Where the figure comes from.
    pub source: Text,
}

/// An entry never happened (R9).
#[derive(Clone, PartialEq, Debug)]
pub struct Void {
    /// Which one.
    pub entry: Seq,
    /// Why.
    pub reason: Text,
}

/// What happened.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// A policy was adopted.
    Policy(Adoption),
    /// A customer was registered, or its record changed.
    Customer(Registration),
    /// A licence was granted.
    Approval(Approval),
    /// A licence was revised.
    Amendment(Amendment),
    /// A licence was suspended.
    Suspension(StandingChange),
    /// A suspension was lifted.
    Reinstatement(StandingChange),
    /// A licence was closed.
    Closure(Closure),
    /// Goods left.
    Shipment(Shipment),
    /// Goods came back.
    Return(Return),
    /// Another limit was set.
    Exception(Exception),
    /// A cumulative volume was reported.
    Volume(Volume),
    /// An entry was taken out.
    Void(Void),
}

impl Event {
    /// The key it stands under in a ledger line.
    pub fn kind(&self) -> &'static str {
        match self {
            Event::Policy(_) => "policy",
            Event::Customer(_) => "customer",
            Event::Approval(_) => "approval",
            Event::Amendment(_) => "amendment",
            Event::Suspension(_) => "suspension",
            Event::Reinstatement(_) => "reinstatement",
            Event::Closure(_) => "closure",
            Event::Shipment(_) => "shipment",
            Event::Return(_) => "return",
            Event::Exception(_) => "exception",
            Event::Volume(_) => "volume",
            Event::Void(_) => "void",
        }
    }

    /// The quantities it names, if it is of a kind that names any.
    pub fn items(&self) -> Option<&Items> {
        match self {
            Event::Approval(approval) => Some(&approval.items),
            Event::Amendment(amendment) => Some(&amendment.items),
            Event::Shipment(shipment) => Some(&shipment.items),
            Event::Return(returned) => Some(&returned.items),
            _ => None,
        }
    }

    /// The licence it is about: opened, changed or drawn down by it.
    pub fn licence(&self) -> Option<&LicenceNumber> {
        match self {
            Event::Approval(approval) => Some(&approval.licence),
            Event::Amendment(amendment) => Some(&amendment.licence),
            Event::Suspension(change) | Event::Reinstatement(change) => Some(&change.licence),
            Event::Closure(closure) => Some(&closure.licence),
            Event::Shipment(shipment) => Some(&shipment.licence),
            _ => None,
        }
    }
}

/// Where an entry stands in the order of what happened: date, then seq (R6).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// When it happened.
    pub date: NaiveDate,
    /// Among those of one day, the order of recording (D4).
    pub seq: Seq,
}

/// One line of the ledger, without its chain.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Its number.
    pub seq: Seq,
    /// When it was written; whole seconds.
    pub recorded_at: DateTime<Utc>,
    /// Who wrote it.
    pub recorded_by: Text,
    /// When it happened.
    pub date: NaiveDate,
    /// Why it was recorded though the rules refuse it (R13).
    pub despite: Option<Text>,
    /// What happened.
    pub event: Event,
}

impl Entry {
    /// Its place in effective order.
    pub fn place(&self) -> Place {
        Place { date: self.date, seq: self.seq }
    }
}
