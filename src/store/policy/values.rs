//! Reads and checks the values of the TOML tree, and makes their JSON Schema.

use super::names::Named;
use super::reader::{Entry, Reader, meant};
use super::source::{alternatives, is_bidi_control, quoted};
use crate::domain::text::{Name, Text, tidy, unfit_text};
use crate::domain::units::{DecimalError, Units};
use crate::domain::words::Word;
use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;
use std::fmt::Display;
use std::hash::Hash;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;
use toml::de::DeValue;

/// The characters that no text may hold: control characters and bidi controls.
pub(in crate::store) const FORBIDDEN: &str = r"[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]";

/// The longest name or free text, in characters.
pub(super) const LONGEST_TEXT: usize = 512;
/// The longest name that is a key, in characters: of a ceiling, chip, flag or spec.
pub(super) const LONGEST_KEY: usize = 64;

pub(super) const PLAIN_DIGITS: &str = "write plain decimal digits without quotes, at most 6 of them after the point";

/// The kinds of values that keys take.
#[derive(Clone, Copy)]
pub(super) enum ValueKind {
    Text,
    Number,
    Boolean,
    List,
    Table,
}

impl ValueKind {
    fn as_str(self) -> &'static str {
        match self {
            ValueKind::Text => "text",
            ValueKind::Number => "a number",
            ValueKind::Boolean => "`true` or `false`",
            ValueKind::List => "a list",
            ValueKind::Table => "a table",
        }
    }
}

/// A type of value in a policy, with its reader and its JSON Schema.
pub(super) trait Value: Sized {
    /// Reads the value, or adds a fault and gives none.
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self>;
    /// The JSON Schema of the type.
    fn schema() -> Json;
}

/// A text that is not blank.
impl Value for Text {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        reader.verbatim(entry).map(|text| Text::new(tidy(text.as_str())))
    }

    fn schema() -> Json {
        json!({ "type": "string", "maxLength": LONGEST_TEXT, "pattern": r"\S", "not": { "pattern": FORBIDDEN } })
    }
}

impl Value for Name {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        Text::read(reader, entry).map(|text| Name::new(text.as_str()))
    }

    fn schema() -> Json {
        Text::schema()
    }
}

impl Value for bool {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        if let DeValue::Boolean(value) = entry.value {
            return Some(*value);
        }
        reader.wrong_type(entry, ValueKind::Boolean);
        None
    }

    fn schema() -> Json {
        json!({ "type": "boolean" })
    }
}

/// Whether a policy may name this day (D35).
pub(super) fn is_policy_day(day: &NaiveDate) -> bool {
    (1990..=2199).contains(&day.year())
}

/// One of a closed list of words.
impl<W: Word> Value for W {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let words = words::<W>();
        let DeValue::String(given) = entry.value else {
            let message = format!("{} must be one of {}", entry.called(), alternatives(&words));
            reader.fault(&entry.span, message, "write it in quotes");
            return None;
        };
        let chosen = W::named(given);
        if chosen.is_none() {
            let message = format!("{} can't be {}", entry.called(), quoted(given));
            reader.fault(&entry.span, message, meant(given, &words));
        }
        chosen
    }

    fn schema() -> Json {
        json!({ "type": "string", "enum": words::<W>() })
    }
}

fn words<W: Word>() -> Vec<&'static str> {
    W::ALL.iter().map(|word| word.as_str()).collect()
}

/// An exact decimal from 0 to `HIGHEST`, read from its digits (R1).
pub(super) struct Decimal<const HIGHEST: u64>(pub(super) Units);

impl<const HIGHEST: u64> Value for Decimal<HIGHEST> {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        if !matches!(entry.value, DeValue::Integer(_) | DeValue::Float(_)) {
            reader.wrong_type(entry, ValueKind::Number);
            return None;
        }
        let written = reader.raw(&entry.span);
        let called = entry.called();
        // The TOML parser has checked that each `_` is between digits.
        let digits = written.replace('_', "");
        let (negative, magnitude) = digits.strip_prefix('-').map_or((false, digits.as_str()), |rest| (true, rest));
        let (message, help) = match (negative, magnitude.parse::<Units>()) {
            (_, Err(DecimalError::Malformed)) | (true, Ok(Units::ZERO)) => {
                let message = format!("{} is not a plain decimal number", quoted(written));
                (message, PLAIN_DIGITS.to_owned())
            }
            (true, _) => (format!("{called} is below zero"), "the lowest is 0".to_owned()),
            (false, Err(DecimalError::TooFine)) => {
                (format!("{called} has more than 6 decimals"), PLAIN_DIGITS.to_owned())
            }
            (false, Ok(amount)) if amount <= Units::from_whole(HIGHEST) => return Some(Decimal(amount)),
            (false, Ok(_) | Err(DecimalError::TooLarge)) => {
                (format!("{called} is too large"), format!("the highest is {HIGHEST}"))
            }
        };
        reader.fault(&entry.span, message, help);
        None
    }

    /// It has at most 6 decimals. JSON Schema's `multipleOf` can't express that exactly.
    fn schema() -> Json {
        json!({ "type": "number", "minimum": 0, "maximum": HIGHEST })
    }
}

/// A list. All its values are checked, even after a wrong one.
impl<T: Value> Value for Vec<T> {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let read: Vec<_> = reader.list(entry)?.iter().map(|item| T::read(reader, item)).collect();
        read.into_iter().collect()
    }

    fn schema() -> Json {
        json!({ "type": "array", "items": T::schema() })
    }
}

/// A list without duplicates.
pub(super) struct Distinct<T>(pub(super) Vec<T>);

impl<T: Value + Clone + Eq + Hash + Display> Value for Distinct<T> {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let mut met = HashSet::new();
        let mut read = Vec::new();
        for item in reader.list(entry)? {
            let value = T::read(reader, &item);
            let is_repeated = value.as_ref().is_some_and(|value| !met.insert(value.clone()));
            if let Some(value) = value.as_ref().filter(|_| is_repeated) {
                let message = format!("{} is in `{}` twice", quoted(&value.to_string()), entry.key);
                reader.fault(&item.span, message, "remove one of them");
            }
            read.push(value.filter(|_| !is_repeated));
        }
        read.into_iter().collect::<Option<_>>().map(Distinct)
    }

    fn schema() -> Json {
        json!({ "type": "array", "items": T::schema(), "uniqueItems": true })
    }
}

/// A value under a name that the policy chooses, such as a ceiling or a chip.
pub(super) trait Called: Value {
    /// The kind of thing named: `ceiling`.
    const WHAT: &'static str;
    /// Whether all spellings of a name are the same name.
    const IN_ANY_SPELLING: bool = false;
}

/// A table whose keys are names, in the order of the file.
impl<T: Called> Value for Vec<(Text, T)> {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let section = reader.table(entry)?;
        let mut read = Vec::with_capacity(section.entries.len());
        for entry in &section.entries {
            let name = reader.sound(entry.key, format!("the name of a {}", T::WHAT), &entry.key_span, LONGEST_KEY);
            let named = name.iter().filter(|_| T::IN_ANY_SPELLING);
            reader.names.extend(named.map(|name| Named {
                what: T::WHAT,
                name: Name::new(name.as_str()),
                span: entry.key_span.clone(),
            }));
            let value = T::read(reader, entry);
            read.push(name.zip(value));
        }
        read.into_iter().collect()
    }

    fn schema() -> Json {
        let name =
            json!({ "minLength": 1, "maxLength": LONGEST_KEY, "pattern": r"\S", "not": { "pattern": FORBIDDEN } });
        json!({ "type": "object", "propertyNames": name, "additionalProperties": T::schema() })
    }
}

/// Declares a table of known keys, each with its meaning: the required keys, each with an example, and the optional ones,
/// with the default if there is one. Makes its reader and its schema, from which the reference of all keys is made.
macro_rules! table {
    ($(#[$about:meta])* $table:ident {
        $(must { $($(#[doc = $must_about:literal])+ $must:ident: $must_type:ty = $example:literal,)* })?
        $(may { $($(#[doc = $may_about:literal])+ $may:ident: $may_type:ty $(= $default:literal)?,)* })?
    }) => {
        $(#[$about])*
        pub(in crate::store::policy) struct $table {
            $($(pub(in crate::store::policy) $must: $must_type,)*)?
            $($(pub(in crate::store::policy) $may: Option<$may_type>,)*)?
        }

        impl $table {
            const REQUIRED: &[&str] = &[$($(stringify!($must),)*)?];

            pub(in crate::store::policy) fn of(
                reader: &mut $crate::store::policy::reader::Reader<'_>,
                section: &$crate::store::policy::reader::Section<'_>,
            ) -> Option<Self> {
                reader.known_keys(section, &[$($(stringify!($must),)*)? $($(stringify!($may),)*)?]);
                // Read every key even if one before it failed, to report all mistakes at once.
                $($(let $must = reader.required(section, stringify!($must), $example);)*)?
                $($(let $may = reader.optional(section, stringify!($may));)*)?
                Some($table { $($($must: $must?,)*)? $($($may: $may?,)*)? })
            }
        }

        impl $crate::store::policy::values::Value for $table {
            fn read(
                reader: &mut $crate::store::policy::reader::Reader<'_>,
                entry: &$crate::store::policy::reader::Entry<'_>,
            ) -> Option<Self> {
                let section = reader.table(entry)?;
                $table::of(reader, &section)
            }

            fn schema() -> serde_json::Value {
                use $crate::store::policy::values::{described, table_schema};
                let keys = [
                    $($((stringify!($must), described::<$must_type>(concat!($($must_about),+), None)),)*)?
                    $($((
                        stringify!($may),
                        described::<$may_type>(concat!($($may_about),+), [$($default.into())?].into_iter().next()),
                    ),)*)?
                ];
                table_schema(keys, Self::REQUIRED)
            }
        }
    };
}

pub(super) use table;

/// The schema of a key: that of its values, with its meaning and its default.
pub(super) fn described<T: Value>(about: &str, default: Option<Json>) -> Json {
    let mut values = T::schema();
    values["description"] = about.trim().into();
    if let Some(default) = default {
        values["default"] = default;
    }
    values
}

/// The schema of a table with these keys and no others.
pub(super) fn table_schema<const N: usize>(keys: [(&str, Json); N], required: &[&str]) -> Json {
    let properties: Map<String, Json> = keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

impl Reader<'_> {
    /// Adds the fault that a value has the wrong type for its key.
    pub(super) fn wrong_type(&mut self, entry: &Entry<'_>, wanted: ValueKind) {
        let raw = self.raw(&entry.span);
        let (found, is_scalar) = match entry.value {
            DeValue::String(_) => ("text", true),
            DeValue::Integer(_) | DeValue::Float(_) => ("a number", true),
            DeValue::Boolean(_) => ("a truth value", true),
            DeValue::Datetime(_) => ("a date", true),
            DeValue::Array(_) => ("a list", false),
            DeValue::Table(_) => ("a table", false),
        };
        let help = match wanted {
            ValueKind::Text if is_scalar => {
                format!("put it in quotes: {}", quoted(&format!("\"{raw}\"")))
            }
            ValueKind::Text => "give a text in quotes".to_owned(),
            ValueKind::List if is_scalar => {
                format!("put it in brackets: {}", quoted(&format!("[{raw}]")))
            }
            ValueKind::List => "give a list in brackets".to_owned(),
            ValueKind::Number => PLAIN_DIGITS.to_owned(),
            ValueKind::Boolean => "write it without quotes".to_owned(),
            ValueKind::Table => "give its keys under a heading, as in `[ceilings.national]`".to_owned(),
        };
        self.fault(&entry.span, format!("{} must be {}, not {found}", entry.called(), wanted.as_str()), help);
    }

    /// The whole number in `entry`, if it lies in `range`.
    pub(super) fn whole<T>(&mut self, entry: &Entry<'_>, range: RangeInclusive<T>, help: &str) -> Option<T>
    where
        T: FromStr + PartialOrd + Display,
    {
        let number = match entry.value {
            // Decimal digits only: nobody writes a percentage as 0x50.
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let (low, high) = (range.start(), range.end());
            let message = format!("{} must be a whole number from {low} to {high}", entry.called());
            self.fault(&entry.span, message, help);
        }
        number
    }

    /// The text in `entry`, with its white space.
    pub(super) fn verbatim(&mut self, entry: &Entry<'_>) -> Option<Text> {
        let DeValue::String(text) = entry.value else {
            self.wrong_type(entry, ValueKind::Text);
            return None;
        };
        self.sound(text, entry.called(), &entry.span, LONGEST_TEXT)
    }

    /// `text`, if it is not blank, not too long, and without control characters and bidi controls.
    fn sound(&mut self, text: &str, called: String, span: &Range<usize>, longest: usize) -> Option<Text> {
        let raw = self.raw(span);
        let (message, help) = if unfit_text(text).is_some() {
            (format!("{called} is empty"), "fill it in, or leave it out".to_owned())
        } else if let Some(control) = text.chars().find(|c| c.is_control()) {
            let code = u32::from(control);
            (format!("{called} holds the control character U+{code:04X}"), "keep it to one line of plain text".into())
        } else if let Some(bidi) = text.chars().find(|c| is_bidi_control(*c) && !raw.contains(*c)) {
            // Only a bidi control written as an escape: a raw one was reported before.
            let code = u32::from(bidi);
            let message = format!("{called} holds the bidirectional control character U+{code:04X}");
            (message, "remove it: it makes text look different on the screen".into())
        } else if text.chars().count() > longest {
            (format!("{called} is longer than {longest} characters"), "shorten it".into())
        } else {
            return Some(Text::new(text));
        };
        self.fault(span, message, help);
        None
    }
}
