//! What is left of every ceiling, for every group it applies to (D10).

use super::policy::{Ceiling, Counts, Scope};
use super::state::{Group, State};
use super::text::{CeilingName, Country, Text};
use super::units::{Overflow, Units};

/// How full a ceiling is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fullness {
    /// Below the lowest warning level.
    Open,
    /// From the lowest warning level on.
    Critical,
    /// Used to the last unit.
    Exhausted,
    /// Beyond it.
    Over,
}

impl Fullness {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Fullness::Open => "open",
            Fullness::Critical => "critical",
            Fullness::Exhausted => "exhausted",
            Fullness::Over => "over",
        }
    }
}

/// One ceiling for one group. Amounts are gross, in units; `used` is net of returns where the policy restores them.
#[derive(Clone, Debug)]
pub struct HeadroomRow {
    /// Which ceiling.
    pub ceiling: CeilingName,
    /// What it is shared by.
    pub scope: Scope,
    /// Who shares it.
    pub group: Text,
    /// The group's full name: a family's ultimate parent's, else the group itself.
    pub name: Text,
    /// The limit that holds.
    pub limit: Units,
    /// Allowed by licences, open or not.
    pub authorised: Units,
    /// Left.
    pub shipped: Units,
    /// May still leave.
    pub outstanding: Units,
    /// Never left.
    pub released: Units,
    /// Shipped and outstanding.
    pub committed: Units,
    /// What the ceiling counts.
    pub counts: Counts,
    /// As the ceiling counts it.
    pub used: Units,
    /// What is left; may be negative.
    pub headroom: Units,
    /// `used` of `limit` in per mille, cut; none where the limit is 0.
    pub used_per_mille: Option<i128>,
    /// How full it is.
    pub status: Fullness,
}

/// Every row: customers by descending use, then the wider ceilings.
pub fn headroom(state: &State) -> Result<Vec<HeadroomRow>, Overflow> {
    let mut rows = Vec::new();
    let (customers, wider): (Vec<&Ceiling>, Vec<&Ceiling>) =
        state.policy().ceilings.iter().partition(|ceiling| ceiling.scope == Scope::Customer);
    for ceiling in customers.into_iter().chain(wider) {
        let mut of_ceiling = Vec::new();
        for group in groups(state, ceiling.scope) {
            of_ceiling.push(row(state, ceiling, &group)?);
        }
        of_ceiling.sort_by(|a, b| b.used.cmp(&a.used).then_with(|| a.group.cmp(&b.group)));
        rows.extend(of_ceiling);
    }
    Ok(rows)
}

/// Every group that the registrations, the policy or the licences know, used or not.
fn groups(state: &State, scope: Scope) -> Vec<Group> {
    match scope {
        Scope::Customer => state
            .customers()
            .filter(|(customer, _)| state.root(*customer) == *customer)
            .map(|(root, _)| Group::Family(root))
            .collect(),
        Scope::Country => {
            let policy = state.policy();
            let mut countries: Vec<&Country> = state.countries().collect();
            countries.extend(policy.country_groups.iter().map(|(head, _)| head));
            countries.extend(policy.destinations.iter().flatten().map(|country| policy.counted_as(country)));
            countries.sort();
            countries.dedup();
            countries.into_iter().cloned().map(Group::Country).collect()
        }
        Scope::Licensee => state.licensees().map(|licensee| Group::Licensee(licensee.name.clone())).collect(),
        Scope::Chip => state.policy().chips.iter().map(|chip| Group::Chip(chip.name.clone())).collect(),
        Scope::Total => vec![Group::Total],
    }
}

fn row(state: &State, ceiling: &Ceiling, group: &Group) -> Result<HeadroomRow, Overflow> {
    let limit = state.limit(ceiling, group).units;
    let used = state.used(group, ceiling.counts)?;
    let used_per_mille = used.per_mille_of(limit)?;
    let name = match group {
        Group::Family(root) => state.customer_at(*root).map(|customer| customer.registered.record.name.clone()),
        _ => None,
    };
    let group_name = state.group_name(group);
    let lowest_warning = ceiling.warn_at.iter().min().copied();
    let status = if used > limit {
        Fullness::Over
    } else if used == limit {
        Fullness::Exhausted
    } else if let (Some(percent), Some(tenths)) = (lowest_warning, used_per_mille)
        && tenths >= i128::from(percent) * 10
    {
        Fullness::Critical
    } else {
        Fullness::Open
    };
    Ok(HeadroomRow {
        ceiling: ceiling.name.clone(),
        scope: ceiling.scope,
        name: name.unwrap_or_else(|| group_name.clone()),
        group: group_name,
        limit,
        authorised: state.weigh(group, |amounts| amounts.authorised)?,
        shipped: state.weigh(group, |amounts| amounts.shipped)?,
        outstanding: state.weigh(group, |amounts| amounts.outstanding)?,
        released: state.weigh(group, |amounts| amounts.released)?,
        committed: state.weigh(group, |amounts| amounts.committed())?,
        counts: ceiling.counts,
        used,
        headroom: limit.minus(used)?,
        used_per_mille,
        status,
    })
}
