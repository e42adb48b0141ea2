//! Writes, scans and explains each type of the domain as a JSON value.
//!
//! The type decides the form: a `LicenceNumber` has at most 64 characters in every field. So the writer and both
//! readers can't disagree on a field.

use super::explain::{Faults, kind_of};
use super::json::{Node, NodeKind, Quoted};
use super::scan::Cursor;
use super::schema::{self, Schema};
use super::spelling;
use super::text::{self, TextFault, TextRule};
use crate::domain::event::{Answered, ClosureReason, Digest, OrderedMap, ReturnKind};
use crate::domain::fault::FaultCode;
use crate::domain::refusal::Code;
use crate::domain::text::{CeilingName, ChipName, Country, CustomerId, LicenceNumber, Name, Reference, Serial, Text};
use crate::domain::words::Word;
use chrono::{DateTime, NaiveDate, Utc};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// A type with one canonical form in a line.
pub(super) trait Value: Sized {
    /// Appends the canonical form.
    fn write(&self, out: &mut Vec<u8>);
    /// Reads the canonical form, and nothing else.
    fn scan(cursor: &mut Cursor<'_>) -> Option<Self>;
    /// Reads any form, or adds a fault and gives none. `called` is its name in messages.
    fn explain(node: &Node<'_>, called: &str, faults: &mut Faults) -> Option<Self>;
    /// The JSON Schema of the type.
    fn schema() -> Schema;
}

/// A type whose value may be absent from a line. An absent value is never written as null or as empty.
pub(super) trait Optional: Value + Default {
    /// Whether the value is absent. An absent value equals its default.
    fn is_absent(&self) -> bool;
}

/// A text type: the name of something, or free text.
pub(super) trait Textual: Sized {
    const RULE: TextRule;
    fn make(text: &str) -> Self;
    fn text(&self) -> &str;
}

macro_rules! names {
    ($($type:ident $rule:ident,)*) => {$(
        impl Textual for $type {
            const RULE: TextRule = TextRule::$rule;
            fn make(text: &str) -> Self {
                $type::new(text)
            }
            fn text(&self) -> &str {
                self.as_str()
            }
        }
    )*};
}

names! {
    CustomerId Id,
    LicenceNumber Short,
    Reference Short,
    Serial Short,
    ChipName Short,
    CeilingName Short,
    Country Short, // The judge checks it against ISO 3166-1 (`country-unknown`).
    Name Long,
    Text Long,
}

impl<T: Textual> Value for T {
    fn write(&self, out: &mut Vec<u8>) {
        write_text(self.text(), out);
    }

    #[inline(always)]
    fn scan(cursor: &mut Cursor<'_>) -> Option<Self> {
        cursor.name(T::RULE).map(|text| T::make(&text))
    }

    fn explain(node: &Node<'_>, called: &str, faults: &mut Faults) -> Option<Self> {
        explain_name(quoted(node, called, faults)?, &node.place, called, faults)
    }

    fn schema() -> Schema {
        schema::text(T::RULE)
    }
}

fn explain_name<T: Textual>(quoted: &Quoted<'_>, place: &Range<usize>, called: &str, faults: &mut Faults) -> Option<T> {
    if let Some((escape, character)) = quoted.forbidden.first() {
        let message = format!("{called} holds {}", text::named(*character));
        faults.add(FaultCode::ControlCharacter, escape, message);
        return None;
    }
    match T::RULE.check(&quoted.text) {
        Ok(()) => Some(T::make(&quoted.text)),
        Err(fault) => {
            let code = match fault {
                TextFault::Forbidden(_) => FaultCode::ControlCharacter,
                _ => FaultCode::FieldInvalid,
            };
            faults.add(code, place, format!("{called} {fault}"));
            None
        }
    }
}

/// The text of a node. Adds a fault if the node is no text.
pub(super) fn quoted<'n, 'a>(node: &'n Node<'a>, called: &str, faults: &mut Faults) -> Option<&'n Quoted<'a>> {
    match &node.kind {
        NodeKind::Text(quoted) => Some(quoted),
        other => wrong_kind(other, node, called, "a text", faults),
    }
}

fn wrong_kind<T>(kind: &NodeKind<'_>, node: &Node<'_>, called: &str, due: &str, faults: &mut Faults) -> Option<T> {
    let message = format!("{called} is {}, not {due}", kind_of(kind));
    faults.add(FaultCode::FieldInvalid, &node.place, message);
    None
}

/// Appends a quoted text, escaped as serde_json escapes it.
pub(super) fn write_text(text: &str, out: &mut Vec<u8>) {
    let needs_escape = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    if text.bytes().any(needs_escape) {
        out.extend_from_slice(serde_json::Value::from(text).to_string().as_bytes());
    } else {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    }
}

impl Value for u64 {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.to_string().as_bytes());
    }

    #[inline]
    fn scan(cursor: &mut Cursor<'_>) -> Option<Self> {
        cursor.integer()
    }

    fn explain(node: &Node<'_>, called: &str, faults: &mut Faults) -> Option<Self> {
        let NodeKind::Number(digits) = node.kind else {
            return wrong_kind(&node.kind, node, called, "a whole number", faults);
        };
        let wrong = if digits.contains(['.', 'e', 'E']) {
            "is not written as a whole number"
        } else if digits.starts_with('-') {
            "is negative"
        } else {
            match digits.parse::<u64>() {
                Ok(value) if value <= super::LARGEST => return Some(value),
                _ => "is 2^63 or more",
            }
        };
        faults.add(FaultCode::FieldInvalid, &node.place, format!("{called} {wrong}"));
        None
    }

    fn schema() -> Schema {
        schema::whole_number()
    }
}

/// Makes a type a [`Value`] that is a text with one exact spelling.
macro_rules! spelled {
    ($type:ty, $what:literal, $scan:expr, $read:expr, $print:expr, $schema:expr) => {
        impl Value for $type {
            fn write(&self, out: &mut Vec<u8>) {
                write_text(&$print(*self), out);
            }

            #[inline]
            fn scan(cursor: &mut Cursor<'_>) -> Option<Self> {
                $scan(cursor)
            }

            fn explain(node: &Node<'_>, called: &str, faults: &mut Faults) -> Option<Self> {
                let read = $read(&quoted(node, called, faults)?.text);
                if read.is_none() {
                    let message = format!(concat!("{} is not ", $what), called);
                    faults.add(FaultCode::FieldInvalid, &node.place, message);
                }
                read
            }

            fn schema() -> Schema {
                $schema
            }
        }
    };
}

spelled!(
    NaiveDate,
    "a date like 2026-03-04, from 1990 to 2199",
    |cursor: &mut Cursor<'_>| spelling::date(cursor.fixed::<10>()?),
    |text: &str| spelling::date(text.as_bytes()),
    spelling::print_date,
    schema::spelled("^(199[0-9]|2[01][0-9]{2})-[0-9]{2}-[0-9]{2}$", Some("date"))
);
spelled!(
    DateTime<Utc>,
    "a time in UTC like 2026-03-05T08:12:44Z, from 1990 to 2199",
    |cursor: &mut Cursor<'_>| spelling::time(cursor.fixed::<20>()?),
    |text: &str| spelling::time(text.as_bytes()),
    spelling::print_time,
    schema::spelled("^(199[0-9]|2[01][0-9]{2})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", Some("date-time"))
);
spelled!(
    Digest,
    "a SHA-256 of 64 lower-case hex digits",
    |cursor: &mut Cursor<'_>| Digest::from_digits(cursor.fixed::<64>()?),
    Digest::from_hex,
    |digest: Digest| digest.to_string(),
    schema::spelled("^[0-9a-f]{64}$", None)
);
spelled!(
    ClosureReason,
    "`revoked`, `surrendered` or `exhausted`",
    |cursor: &mut Cursor<'_>| ClosureReason::named(cursor.word()?),
    ClosureReason::named,
    ClosureReason::as_str,
    schema::words::<ClosureReason>()
);
spelled!(
    ReturnKind,
    "`undelivered` or `retired` (goods that came back have no `kind`)",
    |cursor: &mut Cursor<'_>| ReturnKind::named(cursor.word()?),
    ReturnKind::named,
    ReturnKind::as_str,
    schema::words::<ReturnKind>()
);

spelled!(
    Answered,
    "`within` or `refused`",
    |cursor: &mut Cursor<'_>| Answered::named(cursor.word()?),
    Answered::named,
    Answered::as_str,
    schema::words::<Answered>()
);
spelled!(
    Code,
    "the code of a refusal (`exquota explain` lists them)",
    |cursor: &mut Cursor<'_>| Code::named(cursor.word()?),
    Code::named,
    Code::as_str,
    schema::words::<Code>()
);

impl<T: Value> Value for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.write(out);
        }
    }

    #[inline]
    fn scan(cursor: &mut Cursor<'_>) -> Option<Self> {
        T::scan(cursor).map(Some)
    }

    fn explain(node: &Node<'_>, called: &str, faults: &mut Faults) -> Option<Self> {
        T::explain(node, called, faults).map(Some)
    }

    fn schema() -> Schema {
        T::schema()
    }
}

impl<T: Value> Optional for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Value> Value for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (index, item) in self.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            item.write(out);
        }
        out.push(b']');
    }

    fn scan(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut items = Vec::new();
        cursor.literal("[")?;
        if cursor.literal("]").is_some() {
            return Some(items);
        }
        loop {
            items.push(T::scan(cursor)?);
            match cursor.byte()? {
                b',' => {}
                b']' => return Some(items),
                _ => return None,
            }
        }
    }

    fn explain(node: &Node<'_>, called: &str, faults: &mut Faults) -> Option<Self> {
        let NodeKind::List(nodes) = &node.kind else {
            return wrong_kind(&node.kind, node, called, "a list", faults);
        };
        let called = format!("an element of {called}");
        let items: Vec<Option<T>> = nodes.iter().map(|node| T::explain(node, &called, faults)).collect();
        items.into_iter().collect()
    }

    fn schema() -> Schema {
        schema::list(T::schema())
    }
}

impl<T: Value> Optional for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Maps up to this size are checked for equal keys pair by pair. Most maps have one or two keys.
const FEW: usize = 16;

/// A map in a line is never empty: an event needs items, and an empty optional map is left out.
impl<K: Textual + PartialEq, V: Value> Value for OrderedMap<K, V> {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (index, (key, value)) in self.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            key.write(out);
            out.push(b':');
            value.write(out);
        }
        out.push(b'}');
    }

    #[inline]
    fn scan(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut pairs: SmallVec<[(K, V); 1]> = SmallVec::new();
        cursor.literal("{")?;
        loop {
            let key = K::scan(cursor)?;
            // Longer maps are checked once at the end: a million keys, checked pair by pair, would take a million
            // million steps.
            if pairs.len() <= FEW && pairs.iter().any(|(held, _)| held.text() == key.text()) {
                return None;
            }
            cursor.literal(":")?;
            pairs.push((key, V::scan(cursor)?));
            match cursor.byte()? {
                b',' => {}
                b'}' => break,
                _ => return None,
            }
        }
        if pairs.len() > FEW {
            let mut seen = HashSet::with_capacity(pairs.len());
            if !pairs.iter().all(|(key, _)| seen.insert(key.text())) {
                return None;
            }
        }
        Some(pairs.into())
    }

    fn explain(node: &Node<'_>, called: &str, faults: &mut Faults) -> Option<Self> {
        let NodeKind::Object(members) = &node.kind else {
            return wrong_kind(&node.kind, node, called, "an object", faults);
        };
        if members.is_empty() {
            faults.add(FaultCode::FieldInvalid, &node.place, format!("{called} is empty"));
            return None;
        }
        let key_called = format!("a name in {called}");
        let mut pairs = Vec::with_capacity(members.len());
        for member in members {
            let key = quoted(&member.key, &key_called, faults)
                .and_then(|quoted| explain_name(quoted, &member.key.place, &key_called, faults));
            let value_called = format!("`{}` in {called}", shown(member.name()));
            let value = V::explain(&member.value, &value_called, faults);
            pairs.push(key.zip(value));
        }
        let pairs: Option<Vec<(K, V)>> = pairs.into_iter().collect();
        pairs.map(OrderedMap::new)
    }

    fn schema() -> Schema {
        schema::map(K::schema(), V::schema())
    }
}

impl<K: Textual + PartialEq, V: Value> Optional for OrderedMap<K, V> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// A key of the file as a message shows it: cut after 64 characters, with forbidden characters as escapes.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    const MOST: usize = 64;
    if text.len() <= MOST && !text.contains(text::is_forbidden) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars().take(MOST) {
        if text::is_forbidden(character) {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    safe.extend((text.chars().count() > MOST).then_some('…'));
    Cow::Owned(safe)
}
