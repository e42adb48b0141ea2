//! The form of values in JSON documents, in their schemas and in table cells. Most types are the domain's, which knows
//! nothing of output; this file adds a few.

use super::table::Cell;
use crate::domain::as_of::{DayStanding, Step};
use crate::domain::ceiling::{Counts, Measure, Scope};
use crate::domain::event::{Answered, Digest, EventKind};
use crate::domain::fault::FaultCode;
use crate::domain::headroom::Fullness;
use crate::domain::impact::Remedy;
use crate::domain::notice::{NoticeOf, NoticeOn};
use crate::domain::policy::{FlagRule, Status, ValueRule};
use crate::domain::policy_diff::Change;
use crate::domain::refusal::Code;
use crate::domain::specs::Portion;
use crate::domain::state::Standing;
use crate::domain::text::{CeilingName, ChipName, Country, CustomerId, LicenceNumber, Name, Reference, Serial, Text};
use crate::domain::units::{Units, grouped};
use crate::domain::words::Word;
use chrono::NaiveDate;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer, ser::Error};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// A day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day(pub NaiveDate);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A percentage held in tenths, printed with one decimal: 800 is `80.0`.
#[derive(Clone, Copy)]
pub(super) struct Tenths(pub(super) i128);

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        write!(f, "{sign}{}.{}", magnitude / 10, magnitude % 10)
    }
}

/// JSON text that is written unchanged: a number with its exact digits, which a float could not hold, or a line of a
/// ledger.
pub(super) struct Raw(pub(super) String);

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.clone()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// Pairs that are written as a JSON object, in this order.
pub(super) struct Pairs<K, V>(pub(super) Vec<(K, V)>);

/// Takes the pairs of a list or an ordered map.
pub(super) fn pairs<'p, K: 'p, V: 'p>(items: impl IntoIterator<Item = &'p (K, V)>) -> Pairs<&'p K, &'p V> {
    Pairs(items.into_iter().map(|(key, value)| (key, value)).collect())
}

impl<K: Serialize, V: Serialize> Serialize for Pairs<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<K, V: JsonSchema> JsonSchema for Pairs<K, V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Owned(format!("Pairs of {}", V::schema_name()))
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let values = generator.subschema_for::<V>();
        json_schema!({ "type": "object", "additionalProperties": values })
    }
}

/// Declares the JSON form of a type, and its schema.
macro_rules! in_json {
    ($($type:ty: $schema:tt, |$value:ident| $json:expr;)*) => {$(
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $value = self;
                serde::Serialize::serialize(&$json, serializer)
            }
        }

        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($type))
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    )*};
}

/// Declares the table cell of a type.
macro_rules! in_cells {
    ($($type:ty: |$value:ident| $cell:expr;)*) => {$(
        impl $crate::report::table::InCell for $type {
            fn cell(&self) -> $crate::report::table::Cell {
                let $value = self;
                $cell
            }
        }
    )*};
}

macro_rules! texts_in_output {
    ($($type:ty),*) => {
        in_json! { $($type: { "type": "string" }, |text| text.as_str();)* }
        in_cells! { $($type: |text| Cell::of(text);)* }
    };
}

/// Declares the JSON form and the table cell of enums that [`crate::domain::words`] declares.
macro_rules! words_in_output {
    ($($type:ty),*) => {
        $crate::report::values::in_json! {
            $($type: { "type": "string", "enum": $crate::report::values::all::<$type>() }, |word| word.as_str();)*
        }
        $crate::report::values::in_cells! { $($type: |word| $crate::report::table::Cell::of(word);)* }
    };
}

pub(super) use {in_cells, in_json, words_in_output};

pub(super) fn all<W: Word>() -> Vec<&'static str> {
    W::ALL.iter().map(|word| word.as_str()).collect()
}

texts_in_output!(CeilingName, ChipName, Country, CustomerId, LicenceNumber, Measure, Name, Reference, Serial, Text);
words_in_output!(
    Answered,
    Change,
    Code,
    Counts,
    DayStanding,
    EventKind,
    FaultCode,
    FlagRule,
    Fullness,
    NoticeOf,
    NoticeOn,
    Portion,
    Remedy,
    Scope,
    Status,
    Step,
    ValueRule
);
in_json! {
    Standing: { "type": "string", "enum": Standing::words().collect::<Vec<_>>() }, |standing| standing.as_str();
    Day: { "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }, |day| day.to_string();
    Digest: { "type": "string", "pattern": "^[0-9a-f]{64}$" }, |digest| digest.to_string();
    Tenths: { "type": "number" }, |tenths| Raw(tenths.to_string());
    Units: { "type": "number" }, |units| Raw(units.to_string());
}
/// A ceiling's scope: one word, or a list of them (R14).
pub(super) struct Scopes<'s>(pub(super) &'s [Scope]);

impl fmt::Display for Scopes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|scope| scope.as_str()).collect();
        f.write_str(&words.join(" and "))
    }
}

impl Serialize for Scopes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [scope] => scope.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

impl JsonSchema for Scopes<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Scopes")
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (one, several) = (generator.subschema_for::<Scope>(), generator.subschema_for::<Vec<Scope>>());
        json_schema!({ "anyOf": [one, several] })
    }
}

in_cells! {
    Day: |day| Cell::of(day);
    Standing: |standing| Cell::of(standing.as_str());
    Tenths: |tenths| Cell::of(tenths);
    Units: |units| Cell::units(*units);
    i64: |count| Cell::number(grouped(*count), count);
    u64: |count| Cell::of(count);
    str: |text| Cell::of(text);
    String: |text| Cell::of(text);
}
