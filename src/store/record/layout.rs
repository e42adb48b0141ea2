//! The layout of a line: its keys, their order, and which keys are optional (design, section 4).
//!
//! One table per event makes the writer, the fast reader and the slow reader, so they can't disagree on a key. A new
//! event needs a new table. The type of a field gives the form of its value (see `value`).

use super::explain::{Faults, Fields};
use super::json::Node;
use super::scan::Cursor;
use super::schema::{self, Schema};
#[cfg(test)]
use super::tests::arbitrary::Sample;
use super::value::{self, Value};
use super::{Record, VERSION};
use crate::domain::event::{
    Adoption, Amendment, Approval, Check, Closure, Digest, Elsewhere, Entry, Event, Exception, Registration, Return,
    Shipment, StandingChange, Void, Volume, event_table,
};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::text::Text;
use crate::store::policy::read_policy;
use chrono::{DateTime, NaiveDate, Utc};
#[cfg(test)]
use proptest::{prelude::*, strategy::Union};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Required fields.
mod must {
    use super::*;

    pub(super) fn write<T: Value>(value: &T, key: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(key.as_bytes());
        value.write(out);
    }

    #[inline(always)]
    pub(super) fn scan<T: Value>(cursor: &mut Cursor<'_>, key: &str) -> Option<T> {
        cursor.literal(key)?;
        T::scan(cursor)
    }

    #[cfg(test)]
    pub(super) fn sample<T: Sample>() -> BoxedStrategy<T> {
        T::any()
    }
}

/// Optional fields.
mod may {
    use super::*;
    use value::Optional;

    pub(super) fn write<T: Optional>(value: &T, key: &str, out: &mut Vec<u8>) {
        if !value.is_absent() {
            must::write(value, key, out);
        }
    }

    #[inline(always)]
    pub(super) fn scan<T: Optional>(cursor: &mut Cursor<'_>, key: &str) -> Option<T> {
        if cursor.literal(key).is_none() {
            return Some(T::default());
        }
        let value = T::scan(cursor)?;
        (!value.is_absent()).then_some(value)
    }

    #[cfg(test)]
    pub(super) fn sample<T: Optional + Sample>() -> BoxedStrategy<T> {
        (any::<bool>(), T::any()).prop_map(|(stands, value)| if stands { value } else { T::default() }).boxed()
    }
}

macro_rules! layout {
    ($type:ident: $first:ident $(, $presence:ident $field:ident)*) => {
        impl Value for $type {
            fn write(&self, out: &mut Vec<u8>) {
                must::write(&self.$first, concat!("{\"", stringify!($first), "\":"), out);
                $($presence::write(&self.$field, concat!(",\"", stringify!($field), "\":"), out);)*
                out.push(b'}');
            }

            #[inline(always)]
            fn scan(cursor: &mut Cursor<'_>) -> Option<Self> {
                let $first = must::scan(cursor, concat!("{\"", stringify!($first), "\":"))?;
                $(let $field = $presence::scan(cursor, concat!(",\"", stringify!($field), "\":"))?;)*
                cursor.literal("}")?;
                Some($type { $first, $($field),* })
            }

            fn explain(node: &Node<'_>, called: &str, faults: &mut Faults) -> Option<Self> {
                const KEYS: &[&str] = &[stringify!($first), $(stringify!($field)),*];
                let fields = Fields::of(node, called, KEYS, faults)?;
                let $first = fields.must(stringify!($first), faults);
                $(let $field = fields.$presence(stringify!($field), faults);)*
                Some($type { $first: $first?, $($field: $field?),* })
            }

            fn schema() -> Schema {
                fn of<T: Value, U>(_: fn(&U) -> &T) -> Schema {
                    T::schema()
                }
                let mut fields = schema::Fields::default();
                fields.must(stringify!($first), of(|held: &$type| &held.$first));
                $(fields.$presence(stringify!($field), of(|held: &$type| &held.$field));)*
                fields.object()
            }
        }

        #[cfg(test)]
        impl Sample for $type {
            fn any() -> BoxedStrategy<Self> {
                (must::sample(), $($presence::sample()),*)
                    .prop_map(|($first, $($field),*)| $type { $first, $($field),* })
                    .boxed()
            }
        }
    };
}

layout!(Registration: id, must name, must country, may parent, may aliases, may flags);
layout!(Approval: licence, must customer, must items, may value, may expires, may destination, may licensee,
    may replaces, may attestations);
layout!(Amendment: licence, may items, may value, may expires, may authority);
layout!(StandingChange: licence, must reason);
layout!(Closure: licence, must reason, may note);
layout!(Shipment: reference, must licence, must items, may value, may destination, may consignee,
    may attestations, may serials);
layout!(Return: reference, must shipment, must items, may kind, may value, may reason, may serials);
layout!(Exception: ceiling, must group, must limit, must authority, may expires);
layout!(Volume: series, must chip, must quantity, must source);
layout!(Elsewhere: customer, must items, must source);
layout!(Check: customer, must items, may licence, may value, may expires, may destination, may licensee,
    must decision, may codes);
layout!(Void: entry, must reason);

macro_rules! events {
    ($($variant:ident $content:ident $kind:literal $number:tt $licence:tt $shipment:tt $customer:tt $items:tt $serials:tt
        $reach:tt $subject:tt;)*) => {
        const KINDS: &[&str] = &[$($kind),*];

        fn write_event(event: &Event, out: &mut Vec<u8>) {
            match event {
                $(Event::$variant(content) => must::write(content, concat!("{\"", $kind, "\":"), out),)*
            }
            out.push(b'}');
        }

        #[inline(always)]
        fn scan_event(cursor: &mut Cursor<'_>) -> Option<Event> {
            cursor.literal("{")?;
            let kind = cursor.word()?;
            cursor.literal(":")?;
            let event = match kind {
                $($kind => Event::$variant(Value::scan(cursor)?),)*
                _ => return None,
            };
            cursor.literal("}")?;
            Some(event)
        }

        fn event_schema() -> Schema {
            fn of<T: Value>(_: fn(T) -> Event) -> Schema {
                T::schema()
            }
            schema::one_of(vec![$(($kind, of(Event::$variant))),*])
        }

        #[cfg(test)]
        pub(super) fn any_event() -> impl Strategy<Value = Event> {
            fn of<T: Sample>(make: fn(T) -> Event) -> BoxedStrategy<Event> {
                T::any().prop_map(make).boxed()
            }
            Union::new([$(of(Event::$variant)),*])
        }

        fn explain_kind(kind: &str, node: &Node<'_>, faults: &mut Faults) -> Option<Event> {
            match kind {
                $($kind => Value::explain(node, concat!("`", $kind, "`"), faults).map(Event::$variant),)*
                _ => None,
            }
        }
    };
}

event_table!(events);

fn explain_event(node: &Node<'_>, faults: &mut Faults) -> Option<Event> {
    let members = super::explain::members(node, "`event`", faults)?;
    match members {
        [] => {
            faults.add(FaultCode::FieldMissing, &node.place, "`event` is empty; it must hold one event");
            None
        }
        [only] if KINDS.contains(&only.name()) => explain_kind(only.name(), &only.value, faults),
        [only] => {
            faults.add_unknown_key(only, "an event", KINDS);
            None
        }
        [_, second, ..] => {
            let message = "`event` holds more than one event";
            faults.add(FaultCode::FieldInvalid, &second.key.place, message);
            None
        }
    }
}

/// Appends the canonical bytes of a line, without `\n`.
pub(super) fn write_record(prev: &Digest, entry: &Entry, out: &mut Vec<u8>) {
    must::write(&VERSION, "{\"v\":", out);
    must::write(&entry.seq, ",\"seq\":", out);
    must::write(prev, ",\"prev\":", out);
    must::write(&entry.recorded_at, ",\"recorded_at\":", out);
    must::write(&entry.recorded_by, ",\"recorded_by\":", out);
    must::write(&entry.date, ",\"date\":", out);
    may::write(&entry.despite, ",\"despite\":", out);
    out.extend_from_slice(b",\"event\":");
    write_event(&entry.event, out);
    out.push(b'}');
}

/// The fast reader. None if the line is not canonical or not valid.
#[inline(always)]
pub(super) fn scan_record(text: &str) -> Option<Record> {
    let mut cursor = Cursor::new(text);
    cursor.literal("{\"v\":1,\"seq\":")?;
    let seq = u64::scan(&mut cursor)?;
    let prev = must::scan(&mut cursor, ",\"prev\":")?;
    let recorded_at = must::scan(&mut cursor, ",\"recorded_at\":")?;
    let recorded_by = must::scan(&mut cursor, ",\"recorded_by\":")?;
    let date = must::scan(&mut cursor, ",\"date\":")?;
    let despite = may::scan(&mut cursor, ",\"despite\":")?;
    cursor.literal(",\"event\":")?;
    let event = scan_event(&mut cursor)?;
    cursor.literal("}")?;
    cursor.end()?;
    Some(Record { prev, entry: Entry { seq, recorded_at, recorded_by, date, despite, event } })
}

/// The JSON Schema of a line.
pub(super) fn record_schema() -> Schema {
    let mut fields = schema::Fields::default();
    fields.must("v", schema::constant(VERSION));
    fields.must("seq", u64::schema());
    fields.must("prev", Digest::schema());
    fields.must("recorded_at", DateTime::<Utc>::schema());
    fields.must("recorded_by", Text::schema());
    fields.must("date", NaiveDate::schema());
    fields.may("despite", Text::schema());
    fields.must("event", event_schema());
    fields.object()
}

/// The slow reader of a whole line. If it gives none, it has added a fault.
pub(super) fn explain_record(root: &Node<'_>, faults: &mut Faults) -> Option<Record> {
    const KEYS: &[&str] = &["v", "seq", "prev", "recorded_at", "recorded_by", "date", "despite", "event"];
    let fields = Fields::of(root, "the line", KEYS, faults)?;
    let version: Option<u64> = fields.must("v", faults);
    if version.is_some_and(|version| version != VERSION) {
        // Another version may have other keys, so other faults would mean nothing.
        faults.clear();
        fields.version_unknown(faults);
        return None;
    }
    let seq = fields.must("seq", faults);
    let prev = fields.must("prev", faults);
    let recorded_at = fields.must("recorded_at", faults);
    let recorded_by = fields.must("recorded_by", faults);
    let date = fields.must("date", faults);
    let despite = fields.may("despite", faults);
    let event = fields.node("event", faults).and_then(|node| explain_event(node, faults));
    version?;
    let entry = Entry {
        seq: seq?,
        recorded_at: recorded_at?,
        recorded_by: recorded_by?,
        date: date?,
        despite: despite?,
        event: event?,
    };
    Some(Record { prev: prev?, entry })
}

/// A line holds a policy as its digest and its text. The rules are read from the text (R7).
impl Value for Adoption {
    fn write(&self, out: &mut Vec<u8>) {
        must::write(&self.digest, "{\"digest\":", out);
        out.extend_from_slice(b",\"source\":");
        value::write_text(&self.source, out);
        out.push(b'}');
    }

    #[inline(never)]
    fn scan(cursor: &mut Cursor<'_>) -> Option<Self> {
        let digest: Digest = must::scan(cursor, "{\"digest\":")?;
        cursor.literal(",\"source\":")?;
        let source = cursor.source()?;
        cursor.literal("}")?;
        if sha256(source.as_bytes()) != digest {
            return None;
        }
        let policy = read_policy(source.as_bytes()).ok()?;
        Some(Adoption { digest, source: Arc::from(source), policy: Arc::new(policy) })
    }

    fn explain(node: &Node<'_>, called: &str, faults: &mut Faults) -> Option<Self> {
        let fields = Fields::of(node, called, &["digest", "source"], faults)?;
        let digest: Option<Digest> = fields.must("digest", faults);
        let source = fields.node("source", faults)?;
        let quoted = value::quoted(source, "`source`", faults)?;
        let bidi = |(_, character): &&(_, char)| super::text::is_forbidden_in_source(*character);
        if let Some((escape, character)) = quoted.forbidden.iter().find(bidi) {
            let message = format!("`source` holds {}", super::text::named(*character));
            faults.add(FaultCode::ControlCharacter, escape, message);
            return None;
        }
        let digest = digest?;
        // The digest is checked before the content: an edited text is one mistake, not two.
        if sha256(quoted.text.as_bytes()) != digest {
            let place = fields.node("digest", faults)?.place.clone();
            let message = "`digest` is not the SHA-256 of `source`";
            faults.add(FaultCode::PolicyDigest, &place, message);
            return None;
        }
        match read_policy(quoted.text.as_bytes()) {
            Ok(policy) => Some(Adoption { digest, source: Arc::from(quoted.text.as_ref()), policy: Arc::new(policy) }),
            Err(mistakes) => {
                faults.add(FaultCode::PolicyInvalid, &source.place, policy_message(&mistakes));
                None
            }
        }
    }

    fn schema() -> Schema {
        let mut fields = schema::Fields::default();
        fields.must("digest", Digest::schema());
        fields.must("source", schema::source());
        fields.object()
    }
}

/// A message of one line with the first mistakes of an embedded policy.
pub(super) fn policy_message(mistakes: &[Fault]) -> String {
    const TOLD: usize = 3;
    let told: Vec<String> = mistakes
        .iter()
        .take(TOLD)
        .map(|mistake| match mistake.line {
            Some(line) => format!("its line {line}: {}", mistake.message),
            None => mistake.message.clone(),
        })
        .collect();
    let mut message = format!("the embedded policy is not valid: {}", told.join("; "));
    if mistakes.len() > TOLD {
        message.push_str(&format!("; and {} more", mistakes.len() - TOLD));
    }
    message
}

/// The SHA-256 of the bytes.
#[inline]
pub(in crate::store) fn sha256(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}
