//! When a ceiling counts: `window` (R14).

use super::reader::{Entry, Reader};
use super::source::quoted;
use super::values::{Value, ValueKind, table};
use crate::domain::window::{DayOfYear, Every, Period, Window};
use chrono::NaiveDate;
use serde_json::{Value as Json, json};
use toml::de::DeValue;

table! {
    /// The keys of a window: `every` and `start`, or `from` and `until`.
    WindowKeys {
        may {
            /// The length of the periods, one after the other.
            every: Every,
            /// The first day of a year, as in `07-01`; quarters and months count from it.
            start: DayOfYear = "01-01",
            /// The first day of a single period.
            from: NaiveDate,
            /// Its last day; it does not end if not given.
            until: NaiveDate,
        }
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
