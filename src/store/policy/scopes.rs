//! Who shares a ceiling: `scope`, one word or a list (R14).

use super::reader::{Entry, Reader};
use super::values::{Distinct, Value};
use crate::domain::ceiling::Scope;
use crate::domain::words::Word;
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
    match entry.as_list() {
        Some(listed) => listed.iter().map(|item| item.as_text().and_then(Scope::named)).collect(),
        None => Some(vec![entry.as_text().and_then(Scope::named)?]),
    }
}
