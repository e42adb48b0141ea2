//! `[chips]`: what each chip counts, and the names it goes by.

use super::names::{Called, unique};
use super::reader::{Entry, Reader, Section};
use crate::domain::policy::{Chip, Spec};
use crate::domain::text::ChipName;

/// What is said of a chip.
pub(super) const KEYS: [&str; 5] = ["vendor", "equivalence", "aliases", "prohibited", "specs"];
/// In the policy's unit per chip; keeps quantity times equivalence far from overflow (R1).
pub(super) const HIGHEST_EQUIVALENCE: u64 = 1_000_000_000;
/// A figure per chip, watts or dollars; as wide as a limit.
pub(super) const HIGHEST_SPEC: u64 = 1_000_000_000_000_000;

/// All chips, in the order of the file; a name or alias is one chip's alone (D14).
pub(super) fn chips(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<Vec<Chip>> {
    let Some(entry) = root.get("chips") else {
        return Some(Vec::new());
    };
    let section = reader.table(root, entry)?;
    let mut names = Vec::new();
    let read: Vec<_> = section.entries.iter().map(|entry| chip(reader, &section, entry, &mut names)).collect();
    unique(reader, "chip", names);
    read.into_iter().collect()
}

fn chip<'t>(reader: &mut Reader<'_>, chips: &Section<'t>, entry: &Entry<'t>, names: &mut Vec<Called>) -> Option<Chip> {
    let name = reader.name(entry, "chip");
    names.extend(name.iter().map(|name| Called { name: name.clone(), span: entry.key_span.clone() }));
    let section = reader.table(chips, entry)?;
    reader.known_keys(&section, &KEYS);

    let vendor = section.get("vendor").map(|entry| reader.text(&entry.item));
    let prohibited = section.get("prohibited").map(|entry| reader.text(&entry.item));
    let equivalence = section.get("equivalence").map(|entry| reader.decimal(&entry.item, HIGHEST_EQUIVALENCE));
    if equivalence.is_none() && prohibited.is_none() {
        reader.missing(&section, "equivalence", "`equivalence = 1`, or `prohibited` with the reason");
    }
    let aliases = section.get("aliases").map_or(Some(Vec::new()), |entry| {
        let listed = reader.texts(entry);
        names.extend(listed.values.iter().cloned().map(|(name, span)| Called { name, span }));
        listed.all()
    });
    let specs = match section.get("specs") {
        Some(entry) => specs(reader, &section, entry),
        None => Some(Vec::new()),
    };
    Some(Chip {
        name: ChipName::new(name?.as_str()),
        vendor: present(vendor)?,
        equivalence: present(equivalence)?,
        aliases: aliases?,
        prohibited: present(prohibited)?,
        specs: specs?,
    })
}

/// Absent is fine; given and wrong is not.
fn present<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}

fn specs<'t>(reader: &mut Reader<'_>, chip: &Section<'t>, entry: &Entry<'t>) -> Option<Vec<Spec>> {
    let section = reader.table(chip, entry)?;
    let read: Vec<_> = section
        .entries
        .iter()
        .map(|entry| {
            let name = reader.name(entry, "spec");
            let value = reader.decimal(&entry.item, HIGHEST_SPEC);
            Some(Spec { name: name?, value: value? })
        })
        .collect();
    read.into_iter().collect()
}
