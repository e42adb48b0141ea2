//! Tables and keys out of the TOML tree, and the faults found on the way.

use super::names::Named;
use super::source::{Lines, alternatives, clamped, fault_at, quoted};
use super::syntax::Hidden;
use super::values::{Value, ValueKind};
use crate::domain::fault::Fault;
use crate::domain::text::nearest;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A table, its entries in the order of the file.
pub(super) struct Section<'t> {
    /// Joined keys from the root; empty for the root.
    path: String,
    /// Where a missing key is reported.
    place: Range<usize>,
    pub(super) entries: Vec<Entry<'t>>,
}

impl<'t> Section<'t> {
    /// `table` as a section; the tree is sorted by name, so the file's order is found by place.
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

    /// The entry of this key.
    pub(super) fn get(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// A key and its value; or one value of the key's list.
pub(super) struct Entry<'t> {
    pub(super) key: &'t str,
    pub(super) key_span: Range<usize>,
    path: String,
    listed: bool,
    pub(super) value: &'t DeValue<'t>,
    pub(super) span: Range<usize>,
}

impl Entry<'_> {
    /// As it is called in a message.
    pub(super) fn called(&self) -> String {
        let key = quoted(self.key);
        if self.listed { format!("an entry of {key}") } else { key }
    }
}

/// Reads values and collects what is wrong with them.
pub(super) struct Reader<'s> {
    source: &'s str,
    lines: &'s Lines,
    spoilt_lines: BTreeSet<u64>,
    hidden: Hidden,
    pub(super) faults: Vec<Fault>,
    /// Names that may not be used twice, so far.
    pub(super) names: Vec<Named>,
}

impl<'s> Reader<'s> {
    /// A reader of the tree of `source`, of which some may be spoilt or `hidden`.
    pub(super) fn new(source: &'s str, lines: &'s Lines, spoilt_lines: BTreeSet<u64>, hidden: Hidden) -> Self {
        Reader { source, lines, spoilt_lines, hidden, faults: Vec::new(), names: Vec::new() }
    }

    /// Notes a mistake at `span`, unless what stands there can't be believed anyway.
    pub(super) fn fault(&mut self, span: &Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let is_hidden = self.hidden.covers(span.start) || self.hidden.covers(span.end);
        if is_hidden || self.spoilt_lines.contains(&self.line(span)) {
            return;
        }
        let span = clamped(self.source, span.clone());
        self.faults.push(fault_at(self.lines, span, message).help(help));
    }

    /// The line `span` starts in, to point at an earlier place.
    pub(super) fn line(&self, span: &Range<usize>) -> u64 {
        self.lines.at(span.start).0
    }

    /// What stands at `span`, as it was written.
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

    /// The value of a key that must be there; `example` says what to add.
    pub(super) fn required<T: Value>(&mut self, section: &Section<'_>, key: &str, example: &str) -> Option<T> {
        let entry = section.get(key);
        if entry.is_none() {
            self.missing(section, key, example);
        }
        T::read(self, entry?)
    }

    /// The value of a key that may be left out: absent is fine, given and wrong is not.
    pub(super) fn optional<T: Value>(&mut self, section: &Section<'_>, key: &str) -> Option<Option<T>> {
        section.get(key).map_or(Some(None), |entry| T::read(self, entry).map(Some))
    }

    /// Notes that `key` is missing; not where it may be among what is hidden.
    pub(super) fn missing(&mut self, section: &Section<'_>, key: &str, example: &str) {
        if self.hidden.may_hold_keys_of(self.source, section.place.start) {
            return;
        }
        let who = if section.path.is_empty() { "the policy".to_owned() } else { quoted(&section.path) };
        self.fault(&section.place, format!("{who} has no `{key}`"), format!("add {example}"));
    }

    /// The table that `entry` holds.
    pub(super) fn table<'t>(&mut self, entry: &Entry<'t>) -> Option<Section<'t>> {
        let DeValue::Table(table) = entry.value else {
            self.wrong_type(entry, ValueKind::Table);
            return None;
        };
        Some(Section::new(entry.path.clone(), entry.key_span.clone(), table))
    }

    /// The values of the list that `entry` holds.
    pub(super) fn list<'t>(&mut self, entry: &Entry<'t>) -> Option<Vec<Entry<'t>>> {
        let DeValue::Array(array) = entry.value else {
            self.wrong_type(entry, ValueKind::List);
            return None;
        };
        let listed = |value: &'t toml::Spanned<DeValue<'t>>| Entry {
            key: entry.key,
            key_span: entry.key_span.clone(),
            path: entry.path.clone(),
            listed: true,
            value: value.get_ref(),
            span: value.span(),
        };
        Some(array.iter().map(listed).collect())
    }
}

/// "did you mean", or everything that may stand there.
pub(super) fn meant(given: &str, known: &[&str]) -> String {
    match nearest(given, known.iter().copied()).first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("expected {}", alternatives(known)),
    }
}
