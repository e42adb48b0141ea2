//! The JSON Schema of a line, made from the same tables and types as the readers.
//!
//! JSON Schema can't express every rule. Only the readers check that a line is canonical, follows the line before, and
//! holds a valid policy.

use super::text::TextRule;
use crate::domain::words::Word;
use crate::store::policy::FORBIDDEN;
use serde_json::{Map, Value, json};

/// A JSON Schema.
pub(super) type Schema = Value;

/// The characters that even a policy's source must not hold.
const FORBIDDEN_IN_SOURCE: &str = r"[\u007f-\u009f\u202a-\u202e\u2066-\u2069]";

/// The fields of an object, in their order.
#[derive(Default)]
pub(super) struct Fields {
    properties: Map<String, Value>,
    required: Vec<&'static str>,
}

impl Fields {
    /// Adds a required field.
    pub(super) fn must(&mut self, key: &'static str, schema: Schema) {
        self.properties.insert(key.to_owned(), schema);
        self.required.push(key);
    }

    /// Adds an optional field. An empty list is left out too.
    pub(super) fn may(&mut self, key: &'static str, mut schema: Schema) {
        if schema["type"] == "array" {
            schema["minItems"] = json!(1);
        }
        self.properties.insert(key.to_owned(), schema);
    }

    /// The schema of an object with these fields and no others.
    pub(super) fn object(self) -> Schema {
        json!({
            "type": "object",
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false,
        })
    }
}

/// An object with exactly one of these keys.
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

/// Exactly this number.
pub(super) fn constant(number: u64) -> Schema {
    json!({ "type": "integer", "const": number })
}

/// A whole number from 0 to [`LARGEST`](super::LARGEST).
pub(super) fn whole_number() -> Schema {
    json!({ "type": "integer", "minimum": 0, "maximum": super::LARGEST })
}

/// A text that follows the rule.
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

/// An object that maps one or more names to values.
pub(super) fn map(keys: Schema, values: Schema) -> Schema {
    json!({ "type": "object", "minProperties": 1, "propertyNames": keys, "additionalProperties": values })
}
