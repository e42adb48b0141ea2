//! What the ledger records: events of several kinds, each in an entry with its date.
//!
//! A new kind of event is a declaration in `contents!` and a row in `events!`. The compiler then names the other places
//! that must know of it, and the tests name those that list every kind.

use super::policy::Policy;
use super::text::{CeilingName, ChipName, Country, CustomerId, LicenceNumber, Reference, Serial, Text};
use super::words::words;
use chrono::{DateTime, NaiveDate, Utc};
use smallvec::{SmallVec, smallvec};
use std::borrow::Cow;
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

    /// Takes in more pairs, whose keys differ from those held.
    pub fn append(&mut self, more: Self) {
        self.0.extend(more.0);
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

impl Adoption {
    const FIELDS: &[&str] = &["policy", "version", "status", "digest"];

    fn texts(&self) -> Vec<Cow<'_, str>> {
        let Policy { name, version, status, .. } = &*self.policy;
        vec![name.text(), version.text(), status.as_str().into(), self.digest.to_string().into()]
    }

    fn differing(&self, other: &Self) -> Vec<&'static str> {
        if self == other { Vec::new() } else { vec!["digest"] }
    }
}

impl PartialEq for Adoption {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest && self.source == other.source
    }
}

/// A field of an event as one text: empty where there is nothing in it, and with `;` between several.
trait Field {
    fn text(&self) -> Cow<'_, str>;
}

macro_rules! fields {
    ($text:ident: $($type:ty),*) => {$(
        impl Field for $type {
            fn text(&self) -> Cow<'_, str> {
                self.$text().into()
            }
        }
    )*};
}

fields!(as_str: CeilingName, ChipName, Country, CustomerId, LicenceNumber, Reference, Serial, Text, ClosureReason);
fields!(to_string: u64, NaiveDate);

impl<T: Field> Field for Option<T> {
    fn text(&self) -> Cow<'_, str> {
        self.as_ref().map(T::text).unwrap_or_default()
    }
}

impl<T: Field> Field for Vec<T> {
    fn text(&self) -> Cow<'_, str> {
        self.iter().map(T::text).collect::<Vec<_>>().join(";").into()
    }
}

impl<K: Field, V: Field> Field for OrderedMap<K, V> {
    fn text(&self) -> Cow<'_, str> {
        let pairs = self.0.iter().map(|(key, value)| format!("{}={}", key.text(), value.text()));
        pairs.collect::<Vec<_>>().join(";").into()
    }
}

/// Declares what events hold. Everything that compares or lists fields is made from here, so that a new field is in it.
macro_rules! contents {
    ($($(#[$about:meta])* pub struct $name:ident { $($(#[$meaning:meta])* pub $field:ident: $type:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, PartialEq, Debug)]
        pub struct $name { $($(#[$meaning])* pub $field: $type,)* }

        impl $name {
            const FIELDS: &[&str] = &[$(stringify!($field)),*];

            fn texts(&self) -> Vec<Cow<'_, str>> {
                vec![$(self.$field.text()),*]
            }

            /// The fields in which the two differ.
            pub fn differing(&self, other: &Self) -> Vec<&'static str> {
                let same = [$(self.$field == other.$field),*];
                Self::FIELDS.iter().zip(same).filter(|(_, same)| !same).map(|(field, _)| *field).collect()
            }
        }
    )*};
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

contents! {
    /// A customer's whole record from a date on (D15).
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
    pub struct StandingChange {
        /// Which one.
        pub licence: LicenceNumber,
        /// Why.
        pub reason: Text,
    }

    /// A licence ended before its expiry.
    pub struct Closure {
        /// Which one.
        pub licence: LicenceNumber,
        /// Why.
        pub reason: ClosureReason,
        /// More about it.
        pub note: Option<Text>,
    }

    /// Goods left under a licence.
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
    pub struct Void {
        /// Which one.
        pub entry: Seq,
        /// Why.
        pub reason: Text,
    }
}

/// What a column of the table of events says.
macro_rules! column {
    ($content:ident -) => {
        None
    };
    ($content:ident $field:ident) => {
        Some(&$content.$field)
    };
}

macro_rules! number {
    ($content:ident -) => {
        None
    };
    ($content:ident licence) => {
        Some(Number::Licence(&$content.licence))
    };
    ($content:ident reference) => {
        Some(Number::Reference(&$content.reference))
    };
}

macro_rules! subject {
    ($content:ident $type:ident -) => { None };
    ($content:ident $type:ident [$($field:ident)*]) => {
        Some((stringify!($type), smallvec![$($content.$field.text()),*]))
    };
}

macro_rules! reach {
    ($content:ident -) => {
        Reach::Nothing
    };
    ($content:ident licence) => {
        Reach::Licence(&$content.licence)
    };
    ($content:ident replaces) => {
        $content.replaces.as_ref().map_or(Reach::Nothing, Reach::Licence)
    };
    ($content:ident later) => {
        Reach::Later
    };
    ($content:ident earlier) => {
        Reach::Earlier
    };
}

macro_rules! events {
    ($($kind:ident $content:ident $word:literal $number:tt $licence:tt $shipment:tt $customer:tt $items:tt $serials:tt
        $reach:tt $subject:tt;)*) => {
        words! {
            /// What kind of thing happened.
            pub enum EventKind { $($kind = $word,)* }
        }

        /// What happened.
        #[derive(Clone, PartialEq, Debug)]
        pub enum Event { $($kind($content),)* }

        impl EventKind {
            /// What its fields are called.
            pub fn fields(self) -> &'static [&'static str] {
                match self { $(EventKind::$kind => $content::FIELDS,)* }
            }
        }

        impl Event {
            /// Its kind, which is the key that it stands under in a ledger line.
            pub fn kind(&self) -> EventKind {
                match self { $(Event::$kind(_) => EventKind::$kind,)* }
            }

            /// Its fields, each as one text, in the order of [`EventKind::fields`].
            pub fn texts(&self) -> Vec<Cow<'_, str>> {
                match self { $(Event::$kind(content) => content.texts(),)* }
            }

            /// The number of its own that it has, if its kind has one (R11).
            pub fn number(&self) -> Option<Number<'_>> {
                match self { $(Event::$kind(_content) => number!(_content $number),)* }
            }

            /// The licence that it opens, changes or draws down.
            pub fn licence(&self) -> Option<&LicenceNumber> {
                match self { $(Event::$kind(_content) => column!(_content $licence),)* }
            }

            /// The shipment that it cites.
            pub fn shipment(&self) -> Option<&Reference> {
                match self { $(Event::$kind(_content) => column!(_content $shipment),)* }
            }

            /// The customer that it names.
            pub fn customer(&self) -> Option<&CustomerId> {
                match self { $(Event::$kind(_content) => column!(_content $customer),)* }
            }

            /// The quantities that it names.
            pub fn items(&self) -> Option<&Items> {
                match self { $(Event::$kind(_content) => column!(_content $items),)* }
            }

            /// The serial numbers that it names.
            pub fn serials(&self) -> Option<&Serials> {
                match self { $(Event::$kind(_content) => column!(_content $serials),)* }
            }

            /// Which other entries it may change the judgement of, other than by what has shipped.
            pub(super) fn reach(&self) -> Reach<'_> {
                match self { $(Event::$kind(_content) => reach!(_content $reach),)* }
            }

            /// What it is about, if it has no number.
            pub(super) fn subject(&self) -> Option<Subject<'_>> {
                match self { $(Event::$kind(_content) => subject!(_content $content $subject),)* }
            }

            /// The fields in which two events of one kind differ; none of two kinds.
            pub fn differing(&self, other: &Event) -> Option<Vec<&'static str>> {
                match (self, other) {
                    $((Event::$kind(content), Event::$kind(other)) => Some(content.differing(other)),)*
                    _ => None,
                }
            }
        }
    };
}

events! {
    // kind       content        word            number    licence shipment customer items serials reach    subject
    Policy        Adoption       "policy"        -         -       -        -        -     -       later    [];
    Customer      Registration   "customer"      -         -       -        id       -     -       earlier  [id];
    Approval      Approval       "approval"      licence   licence -        customer items -       replaces -;
    Amendment     Amendment      "amendment"     -         licence -        -        items -       licence  [licence];
    Suspension    StandingChange "suspension"    -         licence -        -        -     -       licence  [licence];
    Reinstatement StandingChange "reinstatement" -         licence -        -        -     -       licence  [licence];
    Closure       Closure        "closure"       -         licence -        -        -     -       licence  [licence];
    Shipment      Shipment       "shipment"      reference licence -        -        items serials -        -;
    Return        Return         "return"        reference -       shipment -        items serials later    -;
    Exception     Exception      "exception"     -         -       -        -        -     -       later    [ceiling group];
    Volume        Volume         "volume"        -         -       -        -        -     -       -        [series chip];
    Void          Void           "void"          -         -       -        -        -     -       earlier  [entry];
}

/// A number that one live entry alone may have: two namespaces (R11, D18).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Number<'a> {
    /// A licence's.
    Licence(&'a LicenceNumber),
    /// A shipment's or a return's.
    Reference(&'a Reference),
}

impl<'a> Number<'a> {
    /// As it was given.
    pub fn as_str(self) -> &'a str {
        match self {
            Number::Licence(number) => number.as_str(),
            Number::Reference(reference) => reference.as_str(),
        }
    }
}

/// Which other entries an event may change the judgement of, other than by what has shipped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach<'a> {
    /// None.
    Nothing,
    /// Later ones about this licence.
    Licence(&'a LicenceNumber),
    /// All later ones.
    Later,
    /// Earlier ones too: a void takes an entry out, a first registration governs from the beginning (D5).
    Earlier,
}

/// What an event without a number is about: the same event on the same subject is the same thing again (D19). It is what
/// the event holds, so suspensions and reinstatements share one: they undo each other, and what was said last counts.
pub(super) type Subject<'a> = (&'static str, SmallVec<[Cow<'a, str>; 2]>);

impl Event {
    /// The licence that it closes and takes the place of (R4).
    pub fn replaces(&self) -> Option<&LicenceNumber> {
        if let Event::Approval(approval) = self { approval.replaces.as_ref() } else { None }
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
