//! The reference of all keys of a policy: `explain policy`, and the manual page. It is made from the policy's schema.

use super::Document;
use super::medium::Medium;
use super::row::object;
use serde_json::Value as Json;

/// A key of a policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyKey {
    /// The key and those above it. `NAME` stands for a name of the policy's own, and `CC` for a country.
    pub key: String,
    /// The values that it takes, in words.
    pub value: String,
    pub required: bool,
    /// The value that holds if the policy does not give one, as TOML.
    pub default: Option<String>,
    /// Its meaning.
    pub about: String,
}

impl PolicyKey {
    /// The values, and whether one must be given.
    pub fn values(&self) -> String {
        match &self.default {
            _ if self.required => format!("{}; required", self.value),
            Some(default) => format!("{}; default {default}", self.value),
            None => self.value.clone(),
        }
    }
}

/// The answer of `explain policy`: every key of a policy.
#[derive(Clone, Debug)]
pub struct PolicyKeys {
    pub keys: Vec<PolicyKey>,
}

object! {
    /// What `explain policy` answers: every key of a policy.
    "policy-keys" it: PolicyKeys { keys }
}

object! {
    it: PolicyKey { key, value, required, default, about }
}

impl PolicyKeys {
    /// Reads the keys from the policy's schema.
    pub fn of(schema: &Json) -> Self {
        let mut keys = Vec::new();
        add(schema, "", &mut keys);
        PolicyKeys { keys }
    }

    /// The keys at this path and below it, such as `ceilings`.
    pub fn below(mut self, path: &str) -> Self {
        let is_below = |key: &str| key.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.keys.retain(|key| is_below(&key.key));
        self
    }
}

impl Document for PolicyKeys {
    fn text(&self, medium: &Medium) -> String {
        let told = |key: &PolicyKey| format!("{}: {}\n    {}\n", key.key, key.values(), key.about);
        let keys: String = self.keys.iter().map(told).collect();
        let next =
            "`exquota policy new` prints a policy to begin with; `exquota policy check FILE` finds every mistake.\n";
        medium.prose(&format!("{keys}\n{next}"))
    }
}

/// Adds the keys of a table, which `path` leads to, and of the tables in it.
fn add(table: &Json, path: &str, keys: &mut Vec<PolicyKey>) {
    let under = if path.is_empty() { String::new() } else { format!("{path}.") };
    let required = table["required"].as_array();
    for (name, values) in table["properties"].as_object().into_iter().flatten() {
        let key = format!("{under}{name}");
        keys.push(PolicyKey {
            key: key.clone(),
            value: in_words(values),
            required: required.is_some_and(|required| required.iter().any(|held| held == name)),
            default: values.get("default").map(Json::to_string),
            about: values["description"].as_str().unwrap_or_default().to_owned(),
        });
        add(values, &key, keys);
        add(&values["items"], &key, keys);
        add(&values["additionalProperties"], &format!("{key}.{}", name_of(values)), keys);
    }
}

/// The pattern of a country's code, in the schema.
const COUNTRY: &str = "^[A-Z]{2}$";

/// What stands for the names that are the keys of a table.
fn name_of(values: &Json) -> &'static str {
    if values["propertyNames"]["pattern"] == COUNTRY { "CC" } else { "NAME" }
}

/// The values that a schema allows, in words.
fn in_words(values: &Json) -> String {
    if let Some(any) = values["anyOf"].as_array() {
        let told = any.iter().map(in_words).collect::<Vec<_>>();
        return told.join(", or a ");
    }
    if let Some(words) = values["enum"].as_array() {
        return words.iter().map(Json::to_string).collect::<Vec<_>>().join(", ");
    }
    match values["type"].as_str().unwrap_or_default() {
        "string" if values["format"] == "date" => "day, without quotes".to_owned(),
        "string" if values["pattern"] == COUNTRY => "country code".to_owned(),
        "integer" => format!("whole number from {} to {}", values["minimum"], values["maximum"]),
        "boolean" => "true, false".to_owned(),
        "array" => format!("list: {}", in_words(&values["items"])),
        "object" if values.get("propertyNames").is_none() => "table".to_owned(),
        "object" => format!("{} = {}", name_of(values), in_words(&values["additionalProperties"])),
        "string" => "text".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests;
