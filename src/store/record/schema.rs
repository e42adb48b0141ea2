//! What a line may be, as a JSON Schema: made from the tables and types that the readers are made of.
//!
//! It says what JSON Schema can say. That a line is canonical, hangs together with the line before and holds a valid
//! policy, only the readers know.

use super::text::TextRule;
use crate::domain::words::Word;
use crate::store::policy::FORBIDDEN;
use serde_json::{Map, Value, json};

/// A JSON Schema.
pub(super) type Schema = Value;

/// What must not even be in a policy's source.
const FORBIDDEN_IN_SOURCE: &str = r"[\u007f-\u009f\u202a-\u202e\u2066-\u2069]";

/// The fields of an object, in their order.
#[derive(Default)]
pub(super) struct Fields {
    properties: Map<String, Value>,
    required: Vec<&'static str>,
}

impl Fields {
    /// A field that always stands.
    pub(super) fn must(&mut self, key: &'static str, schema: Schema) {
        self.properties.insert(key.to_owned(), schema);
        self.required.push(key);
    }

    /// A field that may be left out, and is where there is nothing in it.
    pub(super) fn may(&mut self, key: &'static str, mut schema: Schema) {
        if schema["type"] == "array" {
            schema["minItems"] = json!(1);
        }
        self.properties.insert(key.to_owned(), schema);
    }

    /// All of them, and no others.
    pub(super) fn object(self) -> Schema {
        json!({
            "type": "object",
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false,
        })
    }
}

/// An object that holds exactly one of these.
pub(super) fn one_of(kinds: Vec<(&'static str, Schema)>) -> Schema {
    let properties: Map<String, Value> = kinds.into_iter().map(|(kind, schema)| (kind.to_owned(), schema)).collect();
    json!({
        "type": "object",
        "properties": properties,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": false,
    })
}

/// This number and no other.
pub(super) fn constant(number: u64) -> Schema {
    json!({ "type": "integer", "const": number })
}

/// From 0 to the largest that a line may hold.
pub(super) fn whole_number() -> Schema {
    json!({ "type": "integer", "minimum": 0, "maximum": super::LARGEST })
}

/// A text by its rule.
pub(super) fn text(rule: TextRule) -> Schema {
    let mut schema = json!({
        "type": "string",
        "minLength": 1,
        "maxLength": rule.limit(),
        "not": { "pattern": FORBIDDEN },
    });
    if rule == TextRule::Id {
        schema["pattern"] = json!("^[a-z0-9][a-z0-9._-]*$");
    }
    schema
}

/// A policy's text.
pub(super) fn source() -> Schema {
    json!({ "type": "string", "not": { "pattern": FORBIDDEN_IN_SOURCE } })
}

/// A text of one exact spelling.
pub(super) fn spelled(pattern: &str, format: Option<&str>) -> Schema {
    let mut schema = json!({ "type": "string", "pattern": pattern });
    if let Some(format) = format {
        schema["format"] = json!(format);
    }
    schema
}

/// One of these words.
pub(super) fn words<W: Word>() -> Schema {
    let words: Vec<&str> = W::ALL.iter().map(|word| word.as_str()).collect();
    json!({ "type": "string", "enum": words })
}

/// A list of any length.
pub(super) fn list(items: Schema) -> Schema {
    json!({ "type": "array", "items": items })
}

/// An object that maps names to values; there is at least one.
pub(super) fn map(keys: Schema, values: Schema) -> Schema {
    json!({ "type": "object", "minProperties": 1, "propertyNames": keys, "additionalProperties": values })
}
