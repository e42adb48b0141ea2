//! What changed from one headroom to a later one.

use super::HeadroomRow;
use crate::domain::text::{CeilingName, Text};
use crate::domain::units::{Overflow, Units};
use hashbrown::HashMap;

/// A group under a ceiling whose figures changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// None where no ceiling limits the group.
    pub ceiling: Option<CeilingName>,
    /// The group's name in output.
    pub group: Text,
    /// A customer's full name, else the group's name in output.
    pub name: Text,
    /// None where the group had no row.
    pub before: Option<HeadroomRow>,
    /// None where the group has no row any more.
    pub after: Option<HeadroomRow>,
    /// How much more is used; negative where less is.
    pub used: Units,
}

/// The rows that differ, joined by ceiling and group: those of `after` in their order, then those that are gone. The
/// two may come from two books, so names are compared and not places. A row that came or went without any amount is
/// no change.
pub fn compare(before: Vec<HeadroomRow>, after: Vec<HeadroomRow>) -> Result<Vec<Change>, Overflow> {
    let mut earlier: HashMap<_, HeadroomRow> = HashMap::with_capacity(before.len());
    let order: Vec<_> = before.iter().map(key).collect();
    earlier.extend(before.into_iter().map(|row| (key(&row), row)));
    let mut changes = Vec::new();
    for row in after {
        changes.extend(changed(earlier.remove(&key(&row)), Some(row))?);
    }
    for gone in order {
        changes.extend(changed(earlier.remove(&gone), None)?);
    }
    Ok(changes)
}

fn key(row: &HeadroomRow) -> (Option<CeilingName>, Text) {
    (row.ceiling.as_ref().map(|ceiling| ceiling.ceiling.clone()), row.group.clone())
}

fn changed(before: Option<HeadroomRow>, after: Option<HeadroomRow>) -> Result<Option<Change>, Overflow> {
    let is_same = match (&before, &after) {
        (Some(before), Some(after)) => before.ceiling == after.ceiling && amounts(before) == amounts(after),
        (one, other) => one.iter().chain(other).all(|row| amounts(row).iter().all(|amount| *amount == Units::ZERO)),
    };
    let Some(row) = after.as_ref().or(before.as_ref()).filter(|_| !is_same) else { return Ok(None) };
    let ((ceiling, group), name) = (key(row), row.name.clone());
    let used = |row: &Option<HeadroomRow>| row.as_ref().map_or(Units::ZERO, |row| row.used);
    let used = used(&after).minus(used(&before))?;
    Ok(Some(Change { ceiling, group, name, before, after, used }))
}

fn amounts(row: &HeadroomRow) -> [Units; 5] {
    [row.authorised, row.shipped, row.outstanding, row.released, row.used]
}

#[cfg(test)]
mod tests;
