//! `[ceilings]`: the limits.

use super::reader::{Entry, Reader, Section};
use crate::domain::policy::{Ceiling, Counts};
use crate::domain::text::CeilingName;

/// `window`, `share` and `chips` are kinds of ceiling not built yet: unknown, never ignored.
pub(super) const KEYS: [&str; 4] = ["scope", "limit", "counts", "warn_at"];
/// In the policy's unit; far from where sums would overflow (R1).
pub(super) const HIGHEST_LIMIT: u64 = 1_000_000_000_000_000;

/// All ceilings, in the order of the file: rows are given in it (D8).
pub(super) fn ceilings(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<Vec<Ceiling>> {
    let Some(entry) = root.get("ceilings") else {
        return Some(Vec::new());
    };
    let section = reader.table(root, entry)?;
    let read: Vec<_> = section.entries.iter().map(|entry| ceiling(reader, &section, entry)).collect();
    read.into_iter().collect()
}

fn ceiling<'t>(reader: &mut Reader<'_>, ceilings: &Section<'t>, entry: &Entry<'t>) -> Option<Ceiling> {
    let name = reader.name(entry, "ceiling");
    let section = reader.table(ceilings, entry)?;
    reader.known_keys(&section, &KEYS);

    let scope = reader
        .required(&section, "scope", "`scope = \"customer\"`, for example")
        .and_then(|entry| reader.choice(&entry.item));
    let limit = reader
        .required(&section, "limit", "`limit = 75_000`, for example")
        .and_then(|entry| reader.decimal(&entry.item, HIGHEST_LIMIT));
    let counts = match section.get("counts") {
        Some(entry) => reader.choice(&entry.item),
        None => Some(Counts::Committed),
    };
    let warn_at = match section.get("warn_at") {
        Some(entry) => percentages(reader, entry),
        None => Some(Vec::new()),
    };
    Some(Ceiling {
        name: CeilingName::new(name?.as_str()),
        scope: scope?,
        limit: limit?,
        counts: counts?,
        warn_at: warn_at?,
    })
}

/// Percentages, ascending however they were written; the same one twice is a slip.
fn percentages(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Vec<u8>> {
    let listed = reader.listed(entry, |reader, item| reader.percent(item));
    let mut percentages = reader.distinct(entry, listed)?;
    percentages.sort_unstable();
    Some(percentages)
}
