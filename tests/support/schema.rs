//! Checks documents by the program's JSON Schemas. It knows only the keywords that these use, and fails on any other.

use regex::Regex;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;

/// A schema, with the patterns compiled so far.
pub(crate) struct Schema {
    root: Value,
    patterns: RefCell<HashMap<String, Regex>>,
}

impl Schema {
    pub(crate) fn of(root: Value) -> Schema {
        Schema { root, patterns: RefCell::default() }
    }

    /// The mistakes in a document, each with its place.
    pub(crate) fn mistakes(&self, document: &Value) -> Vec<String> {
        self.against(&self.root, document, "")
    }

    fn against(&self, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        let Some(rules) = schema.as_object() else {
            return if schema == &Value::Bool(true) {
                Vec::new()
            } else {
                vec![format!("{place} is not in the schema")]
            };
        };
        rules.iter().flat_map(|(keyword, rule)| self.by_rule(rules, keyword, rule, value, place)).collect()
    }

    fn by_rule(
        &self,
        rules: &serde_json::Map<String, Value>,
        keyword: &str,
        rule: &Value,
        value: &Value,
        place: &str,
    ) -> Vec<String> {
        let fits = |schema: &Value| self.against(schema, value, place).is_empty();
        let (text, list, object) = (value.as_str(), value.as_array(), value.as_object());
        let holds = match keyword {
            "$schema" | "$id" | "$defs" | "title" | "description" | "format" => true,
            "type" => {
                rule.as_array().map_or_else(|| is_a(rule, value), |types| types.iter().any(|one| is_a(one, value)))
            }
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "not" => !fits(rule),
            "anyOf" => rule.as_array().unwrap().iter().any(fits),
            "pattern" => text.is_none_or(|text| self.matches(rule.as_str().unwrap(), text)),
            "minLength" => text.is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()),
            "maxLength" => text.is_none_or(|text| text.chars().count() as u64 <= rule.as_u64().unwrap()),
            "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
            "minItems" => list.is_none_or(|list| list.len() as u64 >= rule.as_u64().unwrap()),
            "uniqueItems" => list.is_none_or(|list| (1..list.len()).all(|at| !list[..at].contains(&list[at]))),
            "minProperties" => object.is_none_or(|object| object.len() as u64 >= rule.as_u64().unwrap()),
            "maxProperties" => object.is_none_or(|object| object.len() as u64 <= rule.as_u64().unwrap()),
            "required" => {
                let mut keys = rule.as_array().unwrap().iter().map(|key| key.as_str().unwrap());
                object.is_none_or(|object| keys.all(|key| object.contains_key(key)))
            }
            "propertyNames" => object.is_none_or(|object| {
                object.keys().all(|key| self.against(rule, &Value::from(key.as_str()), place).is_empty())
            }),
            "$ref" => {
                let schema = self.root.pointer(rule.as_str().unwrap().strip_prefix('#').unwrap()).unwrap();
                return self.against(schema, value, place);
            }
            "items" => {
                let items = list.into_iter().flatten().enumerate();
                return items.flat_map(|(at, item)| self.against(rule, item, &format!("{place}/{at}"))).collect();
            }
            "properties" | "additionalProperties" => {
                let named = rules.get("properties").and_then(Value::as_object);
                let schema_of = |key: &str| match (keyword, named.and_then(|named| named.get(key))) {
                    ("properties", schema) => schema,
                    (_, Some(_)) => None,
                    (_, None) => Some(rule),
                };
                let keys = object.into_iter().flatten();
                let wrong = keys
                    .filter_map(|(key, value)| Some(self.against(schema_of(key)?, value, &format!("{place}/{key}"))));
                return wrong.flatten().collect();
            }
            unknown => panic!("the keyword `{unknown}` is not known here"),
        };
        if holds { Vec::new() } else { vec![format!("{place} is not as `{keyword}` says: {rule}")] }
    }

    fn matches(&self, pattern: &str, text: &str) -> bool {
        let mut patterns = self.patterns.borrow_mut();
        patterns.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).unwrap()).is_match(text)
    }
}

fn is_a(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        unknown => panic!("the type `{unknown}` is not known here"),
    }
}
