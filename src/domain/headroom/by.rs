//! Rows by kinds of groups, whether or not a ceiling limits them.

use super::{HeadroomRow, row, rows_of, sort};
use crate::domain::ceiling::{Ceiling, Scope};
use crate::domain::group::{Charge, Group, Pool};
use crate::domain::state::{Amounts, ChipIx, CustomerIx, State, Tally};
use crate::domain::units::Overflow;
use crate::domain::words::words;
use hashbrown::{HashMap, HashSet};

words! {
    /// The kind of group that each row is about.
    pub enum GroupBy {
        /// Each customer without its family. No ceiling applies to such a group.
        Customer = "customer",
        Family = "family",
        Country = "country",
        Licensee = "licensee",
        Chip = "chip",
        /// Where the licences let goods go.
        Destination = "destination",
    }
}

impl GroupBy {
    /// The scope of these groups' ceilings.
    fn scope(self) -> Option<Scope> {
        match self {
            GroupBy::Customer => None,
            GroupBy::Family => Some(Scope::Customer),
            GroupBy::Country => Some(Scope::Country),
            GroupBy::Licensee => Some(Scope::Licensee),
            GroupBy::Chip => Some(Scope::Chip),
            GroupBy::Destination => Some(Scope::Destination),
        }
    }

    fn group(self, state: &State, charge: Charge<'_>) -> Option<Group> {
        match self.scope() {
            Some(scope) => Group::of(state, scope, charge, charge.licence),
            None => Some(Group::Customer(charge.customer)),
        }
    }

    /// Whether only the licences tell the amounts of these groups: the state keeps no sums of several kinds, nor of
    /// destinations.
    pub fn needs_licences(by: &[GroupBy]) -> bool {
        by.len() > 1 || by.contains(&GroupBy::Destination)
    }
}

/// A row for every group of these kinds, under each of its ceilings. A group without such a ceiling has one row. Of
/// several kinds, a row for what they have in common, where a licence is about it.
///
/// With families, only the groups that they count in, and of these the families' part alone. No ceiling limits a part
/// of a group, so only a family has one then.
pub fn headroom_by(state: &State, by: &[GroupBy], only: Option<&[CustomerIx]>) -> Result<Vec<HeadroomRow>, Overflow> {
    let is_theirs = |group: &Group| match (only, customer_of(group)) {
        (None, _) => true,
        (Some(families), Some(customer)) => families.contains(&state.root(customer)),
        (Some(_), None) => false,
    };
    let customer_kinds = [GroupBy::Customer, GroupBy::Family];
    let mut rows = Vec::new();
    for ceiling in state.policy().ceilings.iter().filter(|ceiling| is_by(ceiling, by)) {
        let mut groups = Group::under(state, ceiling);
        groups.retain(is_theirs);
        rows.extend(rows_of(state, Some(ceiling), groups)?);
    }
    let limited: HashSet<_> = rows.iter().map(|row| parts(&row.who.group)).collect();
    let sums = match by {
        [one] if !GroupBy::needs_licences(by) && (only.is_none() || customer_kinds.contains(one)) => {
            let groups = match one.scope() {
                Some(scope) => Group::all(state, scope),
                None => state.customers().map(|(customer, _)| Group::Customer(customer)).collect(),
            };
            let sum = |group| Ok((Tally::sum(state.amounts(&group))?, group));
            let sums = groups.into_iter().filter(is_theirs).map(sum);
            sums.collect::<Result<Vec<_>, Overflow>>()?
        }
        _ => from_licences(state, by, only)?,
    };
    let unlimited = sums.into_iter().filter(|(_, group)| !limited.contains(&parts(group)));
    let mut unlimited = unlimited
        .map(|(chips, group)| row(state, None, chips, Pool { group, period: None }))
        .collect::<Result<Vec<_>, _>>()?;
    sort(&mut unlimited);
    rows.extend(unlimited);
    Ok(rows)
}

/// Whether the ceiling's groups are of these kinds, in any order.
fn is_by(ceiling: &Ceiling, by: &[GroupBy]) -> bool {
    let scopes: Option<HashSet<Scope>> = by.iter().map(|by| by.scope()).collect();
    scopes.is_some_and(|scopes| scopes == ceiling.scope.iter().copied().collect())
}

/// A group's parts, in no order.
fn parts(group: &Group) -> Vec<Group> {
    let mut parts = match group {
        Group::Each(parts) => parts.clone(),
        one => vec![one.clone()],
    };
    parts.sort_by_cached_key(|part| format!("{part:?}"));
    parts
}

fn customer_of(group: &Group) -> Option<CustomerIx> {
    match group {
        Group::Customer(customer) | Group::Family(customer) => Some(*customer),
        Group::Each(parts) => parts.iter().find_map(customer_of),
        _ => None,
    }
}

/// The amounts that licences, of these families alone, add to each group.
fn from_licences(state: &State, by: &[GroupBy], only: Option<&[CustomerIx]>) -> Result<Vec<(Tally, Group)>, Overflow> {
    let mut amounts: HashMap<Group, Vec<(ChipIx, Amounts)>> = HashMap::new();
    let counts = |customer| only.is_none_or(|families| families.contains(&state.root(customer)));
    for licence in state.licences().filter(|licence| counts(licence.customer)) {
        let charge = Charge::under(state, licence);
        for held in &licence.chips {
            let Some(chip) = state.chip_name(held.chip) else { continue };
            let parts: Option<Vec<Group>> = by.iter().map(|by| by.group(state, charge.of_chip(chip))).collect();
            let Some(mut parts) = parts else { continue };
            let group = if parts.len() > 1 { Some(Group::Each(parts)) } else { parts.pop() };
            if let Some(group) = group {
                amounts.entry(group).or_default().push((held.chip, held.amounts(licence.status.unshipped())));
            }
        }
    }
    amounts.into_iter().map(|(group, amounts)| Ok((Tally::sum(amounts)?, group))).collect()
}
