//! What a policy may be, as a JSON Schema of its tables: from the keys and bounds that the reader goes by.
//!
//! It says what JSON Schema can say, for editors that complete and check as people write. That a name is used once, a
//! country is one of ISO 3166-1 or a pattern a valid one, only the reader knows; `exquota policy check` asks it.

use super::values::{LONGEST_KEY, LONGEST_TEXT};
use super::{KEYS, ceilings, chips, conditions, countries};
use crate::domain::policy::{Counts, FlagRule, Scope, Status};
use crate::domain::words::Word;
use serde_json::{Map, Value, json};

/// Characters that no text may hold: controls, and what turns the direction of text.
pub(in crate::store) const FORBIDDEN: &str = r"[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]";

/// What a policy's TOML may be, read as JSON.
pub fn policy_schema() -> Value {
    let mut schema = table(&KEYS, &["name", "version", "status"], |key| match key {
        "status" => words::<Status>(),
        "sources" => list(text()),
        "ceilings" => named(ceiling()),
        "chips" => named(chip()),
        "destinations" => table(&countries::DESTINATIONS, &[], |_| distinct(country())),
        "attestations" => table(&conditions::ATTESTATIONS, &[], |_| distinct(text())),
        "country_groups" => json!({
            "type": "object",
            "propertyNames": country(),
            "additionalProperties": distinct(country()),
        }),
        "flags" => named(words::<FlagRule>()),
        "licences" => table(&conditions::LICENCES, &[], |_| text()),
        "returns" => table(&conditions::RETURNS, &[], |_| json!({ "type": "boolean" })),
        _ => text(),
    });
    schema["description"] = "A policy, as its TOML reads as JSON: the ceilings, and what each chip counts.".into();
    schema
}

fn ceiling() -> Value {
    table(&ceilings::KEYS, &["scope", "limit"], |key| match key {
        "scope" => words::<Scope>(),
        "limit" => decimal(ceilings::HIGHEST_LIMIT),
        "counts" => words::<Counts>(),
        _ => distinct(json!({ "type": "integer", "minimum": 1, "maximum": 100 })),
    })
}

/// A chip counts something, or is prohibited, or both.
fn chip() -> Value {
    let mut schema = table(&chips::KEYS, &[], |key| match key {
        "equivalence" => decimal(chips::HIGHEST_EQUIVALENCE),
        "aliases" => list(text()),
        "specs" => named(decimal(chips::HIGHEST_SPEC)),
        _ => text(),
    });
    schema["anyOf"] = json!([{ "required": ["equivalence"] }, { "required": ["prohibited"] }]);
    schema
}

/// These keys and no others.
fn table(keys: &[&str], required: &[&str], value: impl Fn(&str) -> Value) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| ((*key).to_owned(), value(key))).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// A table whose keys are names of the policy's own.
fn named(value: Value) -> Value {
    let name = json!({ "minLength": 1, "maxLength": LONGEST_KEY, "pattern": r"\S", "not": { "pattern": FORBIDDEN } });
    json!({ "type": "object", "propertyNames": name, "additionalProperties": value })
}

fn text() -> Value {
    json!({ "type": "string", "maxLength": LONGEST_TEXT, "pattern": r"\S", "not": { "pattern": FORBIDDEN } })
}

/// With at most 6 decimals, which JSON Schema's `multipleOf` can't tell exactly.
fn decimal(highest: u64) -> Value {
    json!({ "type": "number", "minimum": 0, "maximum": highest })
}

fn words<W: Word>() -> Value {
    let words: Vec<&str> = W::ALL.iter().map(|word| word.as_str()).collect();
    json!({ "type": "string", "enum": words })
}

fn country() -> Value {
    json!({ "type": "string", "pattern": "^[A-Z]{2}$" })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn distinct(items: Value) -> Value {
    json!({ "type": "array", "items": items, "uniqueItems": true })
}
