//! The events that the ledger records. Each is in an entry with a date.
//!
//! To add a kind of event, declare its content in `contents!` and add a row to `event_table!`. The compiler then finds the
//! other places that must handle it, and the tests find those that list every kind.

use super::policy::Policy;
use super::refusal::Code;
use super::text::{CeilingName, ChipName, Country, CustomerId, LicenceNumber, Name, NameKey, Reference, Serial, Text};
use super::words::words;
use chrono::{DateTime, NaiveDate, Utc};
use smallvec::{SmallVec, smallvec};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// An entry's number in the ledger, from 1 without gaps.
pub type Seq = u64;

/// A map that keeps the order of its pairs. Comparison ignores the order (R11).
#[derive(Clone, Debug)]
pub struct OrderedMap<K, V>(SmallVec<[(K, V); 1]>);

impl<K: PartialEq, V> OrderedMap<K, V> {
    /// Makes a map of pairs with different keys.
    pub fn new(pairs: Vec<(K, V)>) -> Self {
        OrderedMap(pairs.into())
    }

    /// The value under `key`.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.iter().find(|(held, _)| held == key).map(|(_, value)| value)
    }

    /// The pairs, in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, (K, V)> {
        self.0.iter()
    }

    /// Appends pairs. Their keys must differ from those held.
    pub fn append(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// The count of pairs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K, V> From<SmallVec<[(K, V); 1]>> for OrderedMap<K, V> {
    /// Makes a map of pairs with different keys.
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

/// Whole chips per chip name: below 2^63 each (D21), and valid from 1 to 1,000,000,000 (R1).
pub type Items = OrderedMap<ChipName, u64>;
/// Evidence per attestation: `stated` or `sha256:<hex>` (D22).
pub type Attestations = OrderedMap<Name, Text>;
/// Serial numbers per chip.
pub type Serials = OrderedMap<ChipName, Vec<Serial>>;

/// A SHA-256, written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The value of `prev` in line 1.
    pub const ZERO: Digest = Digest([0; 32]);

    /// Reads 64 lower-case hex digits.
    pub fn from_hex(text: &str) -> Option<Digest> {
        Digest::from_digits(text.as_bytes().try_into().ok()?)
    }

    /// Reads 64 lower-case hex digits, without a branch per digit: every line has a digest.
    #[inline]
    pub fn from_digits(hex: &[u8; 64]) -> Option<Digest> {
        let mut nibbles = [0u8; 64];
        let mut all_good = true;
        for (nibble, &digit) in nibbles.iter_mut().zip(hex) {
            let number = digit.wrapping_sub(b'0');
            let letter = digit.wrapping_sub(b'a');
            all_good &= (number < 10) | (letter < 6);
            *nibble = if number < 10 { number } else { letter.wrapping_add(10) };
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(nibbles.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        all_good.then_some(Digest(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Every line is written with a digest, so its bytes are not formatted one by one.
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

/// A frozen policy (R7): its text, the text's digest, and the policy read from the text.
#[derive(Clone, Debug)]
pub struct Adoption {
    /// SHA-256 of `source`.
    pub digest: Digest,
    /// The TOML text, verbatim.
    pub source: Arc<str>,
    /// The policy that `source` states. The store reads it.
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

/// A field of an event as one text: empty for no value, with `;` between several values.
trait Field {
    fn text(&self) -> Cow<'_, str>;

    /// Equal for two equal values.
    fn key(&self) -> Cow<'_, str> {
        self.text()
    }
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

fields!(as_str: CeilingName, ChipName, Country, CustomerId, LicenceNumber, Reference, Serial, Text, ClosureReason, ReturnKind, Answered, Code);
fields!(to_string: u64, NaiveDate);

impl Field for Name {
    fn text(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn key(&self) -> Cow<'_, str> {
        NameKey::of(self.as_str()).as_str().to_owned().into()
    }
}

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

/// Declares the content of events. All code that compares or lists fields comes from this declaration, so it includes
/// every new field.
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
    /// The reason for a closure. `replaced` is not among them: the replacing approval says it.
    pub enum ClosureReason {
        /// By the authority.
        Revoked = "revoked",
        /// By the licensee.
        Surrendered = "surrendered",
        /// Nothing is left to ship. A remaining balance is allowed (D11).
        Exhausted = "exhausted",
    }
}

words! {
    /// What else than coming back happened to goods that a return names (R10).
    pub enum ReturnKind {
        /// The carrier failed to deliver (15 CFR 758.4(c)): it is as if the goods had not left.
        Undelivered = "undelivered",
        /// Lost, destroyed or resold where they are.
        Retired = "retired",
    }
}

words! {
    /// The answer to a question (D49).
    pub enum Answered {
        Within = "within",
        Refused = "refused",
    }
}

contents! {
    /// A customer's whole record, from a date on (D15).
    #[derive(Default)]
    pub struct Registration {
        pub id: CustomerId,
        pub name: Text,
        /// Its headquarters.
        pub country: Country,
        pub parent: Option<CustomerId>,
        pub aliases: Vec<Name>,
        /// The lists that the customer is on.
        pub flags: Vec<Name>,
    }

    /// A licence was granted.
    #[derive(Default)]
    pub struct Approval {
        pub licence: LicenceNumber,
        /// The buyer, who is charged (R2).
        pub customer: CustomerId,
        pub items: Items,
        /// The value that it allows, in whole units of the policy's currency (R15).
        pub value: Option<u64>,
        /// Last valid day, inclusive.
        pub expires: Option<NaiveDate>,
        /// The destination of the goods, if the licence names one.
        pub destination: Option<Country>,
        /// The holder of the licence, who is never charged.
        pub licensee: Option<Name>,
        /// The licence that this approval closes.
        pub replaces: Option<LicenceNumber>,
        pub attestations: Attestations,
    }

    /// A licence was revised: new totals for the named chips, or a new expiry.
    pub struct Amendment {
        pub licence: LicenceNumber,
        /// New authorised totals. Chips that are not named keep theirs (D11).
        pub items: Items,
        /// The new value that it allows (R15).
        pub value: Option<u64>,
        /// The new last valid day, inclusive.
        pub expires: Option<NaiveDate>,
        pub authority: Option<Text>,
    }

    /// A licence was suspended or reinstated.
    pub struct StandingChange {
        pub licence: LicenceNumber,
        pub reason: Text,
    }

    /// A licence ended before its expiry.
    pub struct Closure {
        pub licence: LicenceNumber,
        pub reason: ClosureReason,
        pub note: Option<Text>,
    }

    /// Goods left under a licence.
    #[derive(Default)]
    pub struct Shipment {
        /// The export filing's number.
        pub reference: Reference,
        pub licence: LicenceNumber,
        pub items: Items,
        /// The value of the goods, in whole units of the policy's currency (R15).
        pub value: Option<u64>,
        /// The destination, if it is not the licence's (D13).
        pub destination: Option<Country>,
        pub consignee: Option<Text>,
        pub attestations: Attestations,
        pub serials: Serials,
    }

    /// Goods came back, or did not arrive, or are no longer where they were sent (R10).
    pub struct Return {
        /// Its own reference.
        pub reference: Reference,
        /// The reference of the shipment that the goods left with.
        pub shipment: Reference,
        pub items: Items,
        /// None: the goods came back.
        pub kind: Option<ReturnKind>,
        /// The value of these goods. If they were not delivered, it no longer counts as shipped (R15).
        pub value: Option<u64>,
        pub reason: Option<Text>,
        pub serials: Serials,
    }

    /// An authority set another limit for one group of one ceiling (R8). This is not a License Exception of the EAR,
    /// which is the right to ship without a licence.
    pub struct Exception {
        pub ceiling: CeilingName,
        /// A member's name stands for its family (D16).
        pub group: Name,
        /// In whole units.
        pub limit: u64,
        /// The authority that granted it, with a reference.
        pub authority: Text,
        /// The last day on which it holds, inclusive.
        pub expires: Option<NaiveDate>,
    }

    /// A cumulative figure, for the base of a ratio.
    pub struct Volume {
        /// The name of the series, as in `us-shipments`.
        pub series: Name,
        pub chip: ChipName,
        /// The total so far.
        pub quantity: u64,
        pub source: Text,
    }

    /// How many chips a customer has had from others (R14). The latest figure for a customer and chip holds.
    pub struct Elsewhere {
        pub customer: CustomerId,
        /// 0 is a figure too.
        pub items: Items,
        pub source: Text,
    }

    /// Somebody asked whether an order would pass, and got this answer (D49). It moves no balance.
    pub struct Check {
        /// The buyer's id, or the text as it was given where nobody is called so.
        pub customer: Text,
        pub items: Items,
        /// The question is about a shipment under this licence; without it, about an approval.
        pub licence: Option<LicenceNumber>,
        pub value: Option<u64>,
        pub expires: Option<NaiveDate>,
        pub destination: Option<Country>,
        pub licensee: Option<Name>,
        pub decision: Answered,
        /// The codes of the refusals, each once, in the order of R12's table.
        pub codes: Vec<Code>,
    }

    /// A recorded entry no longer counts (R9).
    pub struct Void {
        pub entry: Seq,
        pub reason: Text,
    }
}

/// The field that a column of `event_table!` names.
macro_rules! column {
    ($content:ident -) => {
        None
    };
    ($content:ident $field:ident) => {
        Some(&$content.$field)
    };
    ($content:ident [$field:ident]) => {
        $content.$field.as_ref()
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
        Some((stringify!($type), smallvec![$($content.$field.key()),*]))
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
            /// The kind of an event.
            pub enum EventKind { $($kind = $word,)* }
        }

        /// The content of an entry, by kind.
        #[derive(Clone, PartialEq, Debug)]
        pub enum Event { $($kind($content),)* }

        impl EventKind {
            /// The names of the fields.
            pub fn fields(self) -> &'static [&'static str] {
                match self { $(EventKind::$kind => $content::FIELDS,)* }
            }
        }

        impl Event {
            /// The kind, which is also the event's key in a ledger line.
            pub fn kind(&self) -> EventKind {
                match self { $(Event::$kind(_) => EventKind::$kind,)* }
            }

            /// The fields, each as one text, in the order of [`EventKind::fields`].
            pub fn texts(&self) -> Vec<Cow<'_, str>> {
                match self { $(Event::$kind(content) => content.texts(),)* }
            }

            /// The event's own number, if its kind has one (R11).
            pub fn number(&self) -> Option<Number<'_>> {
                match self { $(Event::$kind(_content) => number!(_content $number),)* }
            }

            /// The licence that the event opens, changes, draws down or asks about.
            pub fn licence(&self) -> Option<&LicenceNumber> {
                match self { $(Event::$kind(_content) => column!(_content $licence),)* }
            }

            /// The shipment that the event cites.
            pub fn shipment(&self) -> Option<&Reference> {
                match self { $(Event::$kind(_content) => column!(_content $shipment),)* }
            }

            /// The customer that the event names.
            pub fn customer(&self) -> Option<&CustomerId> {
                match self { $(Event::$kind(_content) => column!(_content $customer),)* }
            }

            /// The quantities that the event names.
            pub fn items(&self) -> Option<&Items> {
                match self { $(Event::$kind(_content) => column!(_content $items),)* }
            }

            /// The serial numbers that the event names.
            pub fn serials(&self) -> Option<&Serials> {
                match self { $(Event::$kind(_content) => column!(_content $serials),)* }
            }

            /// The other entries whose judgement the event may change, apart from the effect of shipped amounts.
            pub(super) fn reach(&self) -> Reach<'_> {
                match self { $(Event::$kind(_content) => reach!(_content $reach),)* }
            }

            /// The subject, for an event without a number.
            pub(super) fn subject(&self) -> Option<Subject<'_>> {
                match self { $(Event::$kind(_content) => subject!(_content $content $subject),)* }
            }

            /// The fields in which two events of one kind differ; none for two kinds.
            pub fn differing(&self, other: &Event) -> Option<Vec<&'static str>> {
                match (self, other) {
                    $((Event::$kind(content), Event::$kind(other)) => Some(content.differing(other)),)*
                    _ => None,
                }
            }
        }
    };
}

/// Passes the table of events to the macro `$then`.
macro_rules! event_table {
    ($then:ident) => {
        $then! {
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
            Elsewhere     Elsewhere      "elsewhere"     -         -       -        customer items -       later    [customer];
            Check         Check          "check"         -         [licence] -      -        items -       -        -;
            Void          Void           "void"          -         -       -        -        -     -       earlier  [entry];
        }
    };
}

event_table!(events);

pub(crate) use event_table;

/// A number that only one live entry may hold. Licence numbers and references are two namespaces (R11, D18).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Number<'a> {
    Licence(&'a LicenceNumber),
    /// The reference of a shipment or a return.
    Reference(&'a Reference),
}

impl<'a> Number<'a> {
    /// The number's text.
    pub fn as_str(self) -> &'a str {
        match self {
            Number::Licence(number) => number.as_str(),
            Number::Reference(reference) => reference.as_str(),
        }
    }
}

/// The other entries whose judgement an event may change, apart from the effect of shipped amounts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach<'a> {
    Nothing,
    /// Later entries about this licence.
    Licence(&'a LicenceNumber),
    /// All later entries.
    Later,
    /// Earlier entries too: a void removes an entry, and a first registration governs from the beginning (D5).
    Earlier,
}

/// The subject of an event without a number. The same event on the same subject is a repetition (D19). The subject
/// depends on the event's content, so suspensions and reinstatements share one: they undo each other, and the last one
/// counts.
pub(super) type Subject<'a> = (&'static str, SmallVec<[Cow<'a, str>; 2]>);

impl Event {
    /// Whether the event is a question: it has no number (D14).
    pub fn is_question(&self) -> bool {
        self.number().is_some_and(|number| number.as_str().is_empty())
    }

    /// The licence that the event closes and replaces (R4).
    pub fn replaces(&self) -> Option<&LicenceNumber> {
        if let Event::Approval(approval) = self { approval.replaces.as_ref() } else { None }
    }
}

/// An entry's place in effective order: by date, then by seq (R6).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    pub date: NaiveDate,
    /// Orders the entries of one day (D4).
    pub seq: Seq,
}

/// One line of the ledger, without its chain.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub seq: Seq,
    /// The time of recording, in whole seconds.
    pub recorded_at: DateTime<Utc>,
    pub recorded_by: Text,
    /// The day on which it happened.
    pub date: NaiveDate,
    /// The reason for recording it although the rules refuse it (R13).
    pub despite: Option<Text>,
    pub event: Event,
}

impl Entry {
    /// The entry's place in effective order.
    pub fn place(&self) -> Place {
        Place { date: self.date, seq: self.seq }
    }
}
