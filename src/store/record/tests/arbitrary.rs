//! Arbitrary valid entries, of every kind and with every field that the layout has.

use crate::domain::event::{Adoption, Answered, ClosureReason, Digest, Entry, OrderedMap, ReturnKind};
use crate::domain::refusal::Code;
use crate::domain::text::{CeilingName, ChipName, Country, CustomerId, LicenceNumber, Name, Reference, Serial, Text};
use crate::store::policy::read_policy;
use crate::store::record::LARGEST;
use crate::store::record::layout::any_event;
use crate::store::record::value::Textual;
use chrono::{DateTime, Days, NaiveDate, Utc};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt::Debug;
use std::sync::Arc;

/// The smallest valid policy.
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
        digest: crate::store::record::sha256(source.as_bytes()),
        source: Arc::from(source),
        policy: Arc::new(read_policy(source.as_bytes()).unwrap()),
    }
}

/// A type of a field, with a strategy for its valid values.
pub(in crate::store::record) trait Sample: Debug + Sized + 'static {
    fn any() -> BoxedStrategy<Self>;
}

fn short() -> impl Strategy<Value = String> {
    prop_oneof![6 => "[ -~]{1,12}", 2 => "[ -~é阿😀\u{a0}]{1,64}", 1 => "[A-Z]{64}"]
}

fn long() -> impl Strategy<Value = String> {
    prop_oneof![6 => "[ -~]{1,30}", 2 => "[ -~é阿😀\u{a0}]{1,100}", 1 => "[a-z\"\\\\]{512}"]
}

macro_rules! texts {
    ($($type:ident $text:expr,)*) => {$(
        impl Sample for $type {
            fn any() -> BoxedStrategy<Self> {
                $text.prop_map($type::new).boxed()
            }
        }
    )*};
}

texts! {
    CustomerId "[a-z0-9][a-z0-9._-]{0,63}",
    LicenceNumber short(),
    Reference short(),
    Serial short(),
    ChipName short(),
    CeilingName short(),
    Country short(),
    Name long(),
    Text long(),
}

impl Sample for u64 {
    fn any() -> BoxedStrategy<Self> {
        prop_oneof![0..100u64, 0..=LARGEST, Just(LARGEST)].boxed()
    }
}

impl Sample for NaiveDate {
    fn any() -> BoxedStrategy<Self> {
        (0..76_700u64).prop_map(|day| NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + Days::new(day)).boxed()
    }
}

impl Sample for ReturnKind {
    fn any() -> BoxedStrategy<Self> {
        select(ReturnKind::ALL).boxed()
    }
}

impl Sample for ClosureReason {
    fn any() -> BoxedStrategy<Self> {
        select(ClosureReason::ALL).boxed()
    }
}

impl Sample for Answered {
    fn any() -> BoxedStrategy<Self> {
        select(Answered::ALL).boxed()
    }
}

impl Sample for Code {
    fn any() -> BoxedStrategy<Self> {
        select(Code::ALL).boxed()
    }
}

impl<T: Sample> Sample for Option<T> {
    fn any() -> BoxedStrategy<Self> {
        T::any().prop_map(Some).boxed()
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn any() -> BoxedStrategy<Self> {
        vec(T::any(), 0..3).boxed()
    }
}

impl<K: Textual + Clone + PartialEq + Debug + 'static, V: Sample> Sample for OrderedMap<K, V> {
    fn any() -> BoxedStrategy<Self> {
        // A few long maps, for the scanner's second way of finding duplicates.
        let sizes = prop_oneof![9 => Just(3), 1 => Just(40)];
        (sizes, btree_map(short(), V::any(), 1..41))
            .prop_map(|(most, map)| {
                // Two spellings of one name are equal keys, and no map with both equals its copy.
                let mut pairs: Vec<(K, V)> = Vec::new();
                for (key, value) in map.into_iter().take(most) {
                    let key = K::make(&key);
                    if pairs.iter().all(|(known, _)| *known != key) {
                        pairs.push((key, value));
                    }
                }
                OrderedMap::new(pairs)
            })
            .boxed()
    }
}

impl Sample for Adoption {
    fn any() -> BoxedStrategy<Self> {
        "(# [\t -~é阿]{0,20}\r?\n){0,3}".prop_map(|notes| adoption(&format!("{POLICY}{notes}"))).boxed()
    }
}

/// Any time the ledger can spell.
pub(crate) fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (NaiveDate::any(), 0..86_400u32).prop_map(|(date, second)| {
        let clock = chrono::NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap();
        date.and_time(clock).and_utc()
    })
}

/// Any valid entry.
pub(crate) fn entry() -> impl Strategy<Value = Entry> {
    (u64::any(), time(), Text::any(), NaiveDate::any(), of(Text::any()), any_event()).prop_map(
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
