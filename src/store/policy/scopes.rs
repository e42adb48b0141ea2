//! Who shares a ceiling, and when it counts: `scope`, `window` and `share` (R14).

use super::reader::{Entry, Reader};
use super::source::quoted;
use super::values::{Decimal, Distinct, Value, ValueKind, table};
use crate::domain::policy::{Scope, Share};
use crate::domain::text::Name;
use crate::domain::window::{DayOfYear, Every, Period, Window};
use chrono::NaiveDate;
use serde_json::{Value as Json, json};
use toml::de::DeValue;

/// One scope, or a list of several.
pub(super) struct Scopes(pub(super) Vec<Scope>);

impl Value for Scopes {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        if !matches!(entry.value, DeValue::Array(_)) {
            return Scope::read(reader, entry).map(|scope| Scopes(vec![scope]));
        }
        let Distinct(scopes) = Distinct::<Scope>::read(reader, entry)?;
        let (message, help) = if scopes.contains(&Scope::Total) {
            ("a list of scopes can't hold `total`, which every amount shares", "take it out of the list")
        } else if scopes.is_empty() {
            ("`scope` is empty", "name who shares the limit, as in `scope = \"customer\"`")
        } else {
            return Some(Scopes(scopes));
        };
        reader.fault(&entry.span, message, help);
        None
    }

    fn schema() -> Json {
        let mut several = Distinct::<Scope>::schema();
        several["minItems"] = json!(1);
        several["items"]["not"] = json!({ "const": "total" });
        json!({ "anyOf": [Scope::schema(), several] })
    }
}

/// The scopes of an entry, as far as they can be read.
pub(super) fn scopes_of(entry: &Entry<'_>) -> Option<Vec<Scope>> {
    use crate::domain::words::Word;
    match entry.as_list() {
        Some(listed) => listed.iter().map(|item| item.as_text().and_then(Scope::named)).collect(),
        None => Some(vec![entry.as_text().and_then(Scope::named)?]),
    }
}

table! {
    /// The keys of a window: `every` and `start`, or `from` and `until`.
    WindowKeys {
        may every: Every,
        may start: DayOfYear,
        may from: NaiveDate,
        may until: NaiveDate,
    }
}

impl Value for Window {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let section = reader.table(entry)?;
        let keys = WindowKeys::of(reader, &section);
        let has = |key| section.get(key);
        let (message, help) = match (has("every"), has("start"), has("from"), has("until")) {
            (Some(_), _, None, None) | (None, None, Some(_), _) => ("", ""),
            (None, None, None, None) => {
                ("the window is empty", "write `{ every = \"year\" }`, or `{ from = 2025-01-01, until = 2027-12-31 }`")
            }
            (None, Some(_), None, None) => {
                ("a window with `start` needs `every`", "add `every = \"year\"`, for example")
            }
            (None, None, None, Some(_)) => {
                ("a window with `until` needs `from`", "add `from = 2025-01-01`, for example")
            }
            _ => (
                "a window is either one period after another or one period alone",
                "keep `every` and `start`, or keep `from` and `until`",
            ),
        };
        if !message.is_empty() {
            reader.fault(&entry.span, message, help);
            return None;
        }
        let WindowKeys { every, start, from, until } = keys?;
        if let (Some(first), Some(last)) = (from, until.filter(|last| from.is_some_and(|first| *last < first))) {
            let message = format!("the window ends on {last}, before it begins on {first}");
            reader.fault(&entry.span, message, "both days are inside; correct one of them");
            return None;
        }
        match (every, from) {
            (Some(every), _) => Some(Window::Recurring { every, start: start.unwrap_or(DayOfYear::NEW_YEAR) }),
            (None, Some(from)) => Some(Window::Once(Period { from, until })),
            (None, None) => None,
        }
    }

    fn schema() -> Json {
        let mut schema = WindowKeys::schema();
        let only = |key: &str, others: [&str; 2]| {
            let others = others.map(|other| json!({ "required": [other] }));
            json!({ "required": [key], "not": { "anyOf": others } })
        };
        schema["oneOf"] = json!([only("every", ["from", "until"]), only("from", ["every", "start"])]);
        schema
    }
}

impl Value for DayOfYear {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let DeValue::String(given) = entry.value else {
            reader.wrong_type(entry, ValueKind::Text);
            return None;
        };
        let day = DayOfYear::named(given);
        if day.is_none() {
            let message = format!("{} is not a day that every year has", quoted(given));
            reader.fault(&entry.span, message, "give month and day, as in `start = \"07-01\"`");
        }
        day
    }

    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$" })
    }
}

/// Shares above this are no caps. Amounts stay far below an overflow (R1).
const HIGHEST_PERCENT: u64 = 1_000;

table! {
    /// The keys of a share.
    ShareKeys {
        must percent: Decimal<HIGHEST_PERCENT> = "`percent = 50`, for example",
        must of: Name = "`of = \"us-end-use\"`, for example",
    }
}

impl Value for Share {
    fn read(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Self> {
        let ShareKeys { percent, of } = ShareKeys::read(reader, entry)?;
        Some(Share { percent: percent.0, of })
    }

    fn schema() -> Json {
        ShareKeys::schema()
    }
}
