//! The JSON text of an event's fields, written by hand (section 4), and SHA-256.

use sha2::{Digest as _, Sha256};

use crate::dates::{self, Day};
use crate::lines::{Items, Pairs, Serials};
use crate::policy::plain;

/// Collects an event's fields. An absent field is left out, never null.
pub(crate) struct Out {
    pub(crate) sorted: bool,
    pub(crate) fields: Vec<(&'static str, String)>,
}

impl Out {
    pub(crate) fn raw(&mut self, key: &'static str, value: String) -> &mut Self {
        self.fields.push((key, value));
        self
    }

    pub(crate) fn text(&mut self, key: &'static str, value: &str) -> &mut Self {
        self.raw(key, quoted(value))
    }

    pub(crate) fn maybe(&mut self, key: &'static str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.text(key, value),
            None => self,
        }
    }

    /// A name, compared in any spelling (D31).
    pub(crate) fn name(&mut self, key: &'static str, value: &str) -> &mut Self {
        if self.sorted { self.text(key, &plain(value)) } else { self.text(key, value) }
    }

    pub(crate) fn day(&mut self, key: &'static str, value: Option<Day>) -> &mut Self {
        self.maybe(key, value.map(dates::text).as_deref())
    }

    pub(crate) fn number(&mut self, key: &'static str, value: Option<u64>) -> &mut Self {
        match value {
            Some(value) => self.raw(key, value.to_string()),
            None => self,
        }
    }

    pub(crate) fn list(&mut self, key: &'static str, values: &[String]) -> &mut Self {
        if values.is_empty() { self } else { self.raw(key, array(values)) }
    }

    pub(crate) fn map(&mut self, key: &'static str, mut entries: Pairs) -> &mut Self {
        if self.sorted {
            entries.sort();
        }
        if entries.is_empty() { self } else { self.raw(key, object(&entries)) }
    }

    pub(crate) fn items(&mut self, items: &Items) -> &mut Self {
        self.map("items", items.iter().map(|(chip, n)| (chip.clone(), n.to_string())).collect())
    }

    pub(crate) fn pairs(&mut self, pairs: &Pairs) -> &mut Self {
        self.map("attestations", pairs.iter().map(|(name, value)| (name.clone(), quoted(value))).collect())
    }

    pub(crate) fn serials(&mut self, serials: &Serials) -> &mut Self {
        let spelt = |serial: &String| if self.sorted { plain(serial) } else { serial.clone() };
        let listed = |list: &[String]| array(&list.iter().map(spelt).collect::<Vec<_>>());
        self.map("serials", serials.iter().map(|(chip, list)| (chip.clone(), listed(list))).collect())
    }

    pub(crate) fn done(&self, kind: &'static str) -> &'static str {
        kind
    }
}

pub(crate) fn object(entries: &[(String, String)]) -> String {
    let parts: Vec<String> = entries.iter().map(|(key, value)| format!("{}:{value}", quoted(key))).collect();
    format!("{{{}}}", parts.join(","))
}

fn array(values: &[String]) -> String {
    format!("[{}]", values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(","))
}

/// A JSON string with no more escapes than it needs.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            '\n' => out += "\\n",
            '\r' => out += "\\r",
            '\t' => out += "\\t",
            '\u{8}' => out += "\\b",
            '\u{c}' => out += "\\f",
            c if u32::from(c) < 32 => out += &format!("\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out + "\""
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
