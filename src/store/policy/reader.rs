//! Reads tables and keys from the TOML tree, and collects the faults.

use super::names::Named;
use super::source::{Lines, alternatives, clamped, fault_at, quoted};
use super::syntax::Hidden;
use super::values::{Value, ValueKind};
use crate::domain::fault::Fault;
use crate::domain::text::nearest;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A table, with its entries in the order of the file.
pub(super) struct Section<'t> {
    /// The keys from the root, joined by dots. Empty for the root.
    path: String,
    /// The place at which a missing key is reported.
    place: Range<usize>,
    pub(super) entries: Vec<Entry<'t>>,
}

impl<'t> Section<'t> {
    /// Makes a section of `table`. The tree sorts keys by name, so this sorts them by place again.
    pub(super) fn new(path: String, place: Range<usize>, table: &'t DeTable<'t>) -> Self {
        let under = if path.is_empty() { String::new() } else { format!("{path}.") };
        let mut entries: Vec<Entry<'t>> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref(),
                key_span: key.span(),
                path: format!("{under}{}", key.get_ref()),
                listed: false,
                value: value.get_ref(),
                span: value.span(),
            })
            .collect();
        entries.sort_by_key(|entry| entry.key_span.start);
        Section { path, place, entries }
    }

    /// The table under this key, if there is one.
    pub(super) fn table(&self, key: &str) -> Option<Section<'t>> {
        self.get(key)?.as_table()
    }

    /// The entry with this key.
    pub(super) fn get(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// A key and its value, or one value of the key's list.
pub(super) struct Entry<'t> {
    pub(super) key: &'t str,
    pub(super) key_span: Range<usize>,
    path: String,
    listed: bool,
    pub(super) value: &'t DeValue<'t>,
    pub(super) span: Range<usize>,
}

impl Entry<'_> {
    /// Its name in messages.
    pub(super) fn called(&self) -> String {
        let key = quoted(self.key);
        if self.listed { format!("an entry of {key}") } else { key }
    }
}

impl<'t> Entry<'t> {
    /// Its table, if it is one.
    pub(super) fn as_table(&self) -> Option<Section<'t>> {
        let DeValue::Table(table) = self.value else { return None };
        // Each table of a list has a place of its own.
        let place = if self.listed { &self.span } else { &self.key_span };
        Some(Section::new(self.path.clone(), place.clone(), table))
    }

    /// Its text, if it is one.
    pub(super) fn as_text(&self) -> Option<&'t str> {
        if let DeValue::String(text) = self.value { Some(text) } else { None }
    }

    /// The values of its list, if it is one.
    pub(super) fn as_list(&self) -> Option<Vec<Entry<'t>>> {
        let DeValue::Array(array) = self.value else { return None };
        let listed = |value: &'t toml::Spanned<DeValue<'t>>| Entry {
            key: self.key,
            key_span: self.key_span.clone(),
            path: self.path.clone(),
            listed: true,
            value: value.get_ref(),
            span: value.span(),
        };
        Some(array.iter().map(listed).collect())
    }
}

/// Reads values and collects their faults.
pub(super) struct Reader<'s> {
    source: &'s str,
    /// What messages call the file: `the policy`.
    whole: &'static str,
    lines: &'s Lines,
    spoilt_lines: BTreeSet<u64>,
    hidden: Hidden,
    pub(super) faults: Vec<Fault>,
    /// The names so far that must not be used twice.
    pub(super) names: Vec<Named>,
}

impl<'s> Reader<'s> {
    /// A reader of the tree of `source`. It reports no fault on spoilt lines, nor in `hidden` ranges.
    pub(super) fn new(
        source: &'s str,
        whole: &'static str,
        lines: &'s Lines,
        spoilt_lines: BTreeSet<u64>,
        hidden: Hidden,
    ) -> Self {
        Reader { source, whole, lines, spoilt_lines, hidden, faults: Vec::new(), names: Vec::new() }
    }

    /// Adds a fault at `span`, unless the text there is spoilt or hidden anyway.
    pub(super) fn fault(&mut self, span: &Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let is_hidden = self.hidden.covers(span.start) || self.hidden.covers(span.end);
        if is_hidden || self.spoilt_lines.contains(&self.line(span)) {
            return;
        }
        let span = clamped(self.source, span.clone());
        self.faults.push(fault_at(self.lines, span, message).help(help));
    }

    /// The line in which `span` starts, for messages about an earlier place.
    pub(super) fn line(&self, span: &Range<usize>) -> u64 {
        self.lines.at(span.start).0
    }

    /// The source text at `span`.
    pub(super) fn raw(&self, span: &Range<usize>) -> &'s str {
        self.source.get(span.clone()).unwrap_or_default()
    }

    /// Refuses every key that is not in `known`.
    pub(super) fn known_keys(&mut self, section: &Section<'_>, known: &[&str]) {
        for entry in section.entries.iter().filter(|entry| !known.contains(&entry.key)) {
            let message = match section.path.as_str() {
                "" => format!("unknown key {}", quoted(entry.key)),
                path => format!("unknown key {} in {}", quoted(entry.key), quoted(path)),
            };
            let help = meant(entry.key, known);
            self.fault(&entry.key_span, message, help);
        }
    }

    /// The value of a required key. If it is missing, the help shows `example`.
    pub(super) fn required<T: Value>(&mut self, section: &Section<'_>, key: &str, example: &str) -> Option<T> {
        let entry = section.get(key);
        if entry.is_none() {
            self.missing(section, key, example);
        }
        T::read(self, entry?)
    }

    /// The value of an optional key. None only if the value is wrong.
    pub(super) fn optional<T: Value>(&mut self, section: &Section<'_>, key: &str) -> Option<Option<T>> {
        section.get(key).map_or(Some(None), |entry| T::read(self, entry).map(Some))
    }

    /// Adds the fault that `key` is missing, unless it may be in a hidden range.
    pub(super) fn missing(&mut self, section: &Section<'_>, key: &str, example: &str) {
        if self.hidden.may_hold_keys_of(self.source, section.place.start) {
            return;
        }
        let who = if section.path.is_empty() { self.whole.to_owned() } else { quoted(&section.path) };
        self.fault(&section.place, format!("{who} has no `{key}`"), format!("add {example}"));
    }

    /// The table in `entry`.
    pub(super) fn table<'t>(&mut self, entry: &Entry<'t>) -> Option<Section<'t>> {
        let table = entry.as_table();
        if table.is_none() {
            self.wrong_type(entry, ValueKind::Table);
        }
        table
    }

    /// The values of the list in `entry`.
    pub(super) fn list<'t>(&mut self, entry: &Entry<'t>) -> Option<Vec<Entry<'t>>> {
        let list = entry.as_list();
        if list.is_none() {
            self.wrong_type(entry, ValueKind::List);
        }
        list
    }
}

/// A help text: "did you mean", or all words allowed.
pub(super) fn meant(given: &str, known: &[&str]) -> String {
    match nearest(given, known.iter().copied()).first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("expected {}", alternatives(known)),
    }
}
