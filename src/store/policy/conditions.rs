//! The conditions besides ceilings: attestations, flags, patterns, returns.

use super::names::{Called, unique};
use super::reader::{Entry, Reader, Section};
use crate::domain::policy::{FlagRule, Pattern};
use crate::domain::text::Text;

/// What `[attestations]` has.
pub(super) const ATTESTATIONS: [&str; 2] = ["approval", "shipment"];
/// What `[licences]` has.
pub(super) const LICENCES: [&str; 2] = ["number_pattern", "shipment_reference_pattern"];
/// What `[returns]` has.
pub(super) const RETURNS: [&str; 1] = ["restores"];

/// What an entry must carry, by kind.
pub(super) struct Attestations {
    pub(super) approval: Vec<Text>,
    pub(super) shipment: Vec<Text>,
}

/// `[attestations]`.
pub(super) fn attestations(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<Attestations> {
    let Some(entry) = root.get("attestations") else {
        return Some(Attestations { approval: Vec::new(), shipment: Vec::new() });
    };
    let section = reader.table(root, entry)?;
    reader.known_keys(&section, &ATTESTATIONS);
    let approval = section.get("approval").map_or(Some(Vec::new()), |entry| names(reader, entry));
    let shipment = section.get("shipment").map_or(Some(Vec::new()), |entry| names(reader, entry));
    Some(Attestations { approval: approval?, shipment: shipment? })
}

fn names(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Vec<Text>> {
    let listed = reader.texts(entry);
    reader.distinct(entry, listed)
}

/// `[flags]`: what a customer's flag means.
pub(super) fn flags(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<Vec<(Text, FlagRule)>> {
    let Some(entry) = root.get("flags") else {
        return Some(Vec::new());
    };
    let section = reader.table(root, entry)?;
    let mut names = Vec::new();
    let read: Vec<_> = section
        .entries
        .iter()
        .map(|entry| {
            let name = reader.name(entry, "flag");
            names.extend(name.iter().map(|name| Called { name: name.clone(), span: entry.key_span.clone() }));
            let rule = reader.choice(&entry.item);
            Some((name?, rule?))
        })
        .collect();
    // Flags match as names do: two spellings of one would be two rules for it.
    unique(reader, "flag", names);
    read.into_iter().collect()
}

/// What numbers and references look like.
pub(super) struct Patterns {
    pub(super) number: Option<Pattern>,
    pub(super) shipment_reference: Option<Pattern>,
}

/// `[licences]`.
pub(super) fn licences(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<Patterns> {
    let Some(entry) = root.get("licences") else {
        return Some(Patterns { number: None, shipment_reference: None });
    };
    let section = reader.table(root, entry)?;
    reader.known_keys(&section, &LICENCES);
    let number = pattern(reader, section.get("number_pattern"));
    let shipment_reference = pattern(reader, section.get("shipment_reference_pattern"));
    Some(Patterns { number: number?, shipment_reference: shipment_reference? })
}

fn pattern(reader: &mut Reader<'_>, entry: Option<&Entry<'_>>) -> Option<Option<Pattern>> {
    let Some(entry) = entry else {
        return Some(None);
    };
    let text = reader.text(&entry.item)?;
    match Pattern::new(text.as_str()) {
        Ok(pattern) => Some(Some(pattern)),
        Err(reason) => {
            let message = format!("`{}` is not a valid pattern: {reason}", entry.key);
            reader.fault(&entry.item.span, message, "give a regular expression, as in `^[A-Z][0-9]{6,8}$`");
            None
        }
    }
}

/// `[returns]`: whether a return restores headroom (R10).
pub(super) fn restores(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<bool> {
    let Some(entry) = root.get("returns") else {
        return Some(false);
    };
    let section = reader.table(root, entry)?;
    reader.known_keys(&section, &RETURNS);
    section.get("restores").map_or(Some(false), |entry| reader.boolean(&entry.item))
}
