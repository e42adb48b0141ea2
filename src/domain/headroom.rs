//! What is left of every ceiling, for every group it applies to (D10).

use super::group::Group;
use super::policy::{Ceiling, Counts, Scope};
use super::state::State;
use super::text::{CeilingName, Text};
use super::units::{Overflow, Units};
use super::words::words;

words! {
    /// How full a ceiling is.
    pub enum Fullness {
        /// Below the lowest warning level.
        Open = "open",
        /// From the lowest warning level on.
        Critical = "critical",
        /// Used to the last unit.
        Exhausted = "exhausted",
        /// Beyond it.
        Over = "over",
    }
}

words! {
    /// What rows are about.
    pub enum GroupBy {
        /// Each customer by itself; no ceiling applies to it alone.
        Customer = "customer",
        /// Each family.
        Family = "family",
        /// Each country or country group.
        Country = "country",
        /// Each licensee.
        Licensee = "licensee",
        /// Each chip.
        Chip = "chip",
    }
}

impl GroupBy {
    /// The scope of the ceilings that these groups share.
    fn scope(self) -> Option<Scope> {
        match self {
            GroupBy::Customer => None,
            GroupBy::Family => Some(Scope::Customer),
            GroupBy::Country => Some(Scope::Country),
            GroupBy::Licensee => Some(Scope::Licensee),
            GroupBy::Chip => Some(Scope::Chip),
        }
    }
}

/// A ceiling as it applies to a group.
#[derive(Clone, Debug)]
pub struct CeilingUse {
    /// Which ceiling.
    pub ceiling: CeilingName,
    /// The limit that holds.
    pub limit: Units,
    /// What the ceiling counts.
    pub counts: Counts,
    /// What is left; may be negative.
    pub headroom: Units,
    /// `used` of `limit` in per mille, cut; none where the limit is 0.
    pub used_per_mille: Option<i128>,
    /// Percent of the limit from which the group is critical; none where the policy names no such level.
    pub warn_from: Option<u8>,
    /// How full it is.
    pub status: Fullness,
}

/// One ceiling for one group. Amounts are gross, in units; `used` is net of returns where the policy restores them.
#[derive(Clone, Debug)]
pub struct HeadroomRow {
    /// The ceiling; none where a grouping is asked for that no ceiling limits.
    pub ceiling: Option<CeilingUse>,
    /// Who shares it.
    pub who: Group,
    /// What output calls them.
    pub group: Text,
    /// The group's full name: a customer's, else the group itself.
    pub name: Text,
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
    /// As the ceiling counts it; committed where there is none.
    pub used: Units,
}

impl HeadroomRow {
    /// Whether less than `percent` of the limit is left.
    pub fn is_below(&self, percent: u8) -> bool {
        self.ceiling.as_ref().is_some_and(|ceiling| {
            let left = ceiling.headroom.millionths().saturating_mul(100);
            left < ceiling.limit.millionths().saturating_mul(i128::from(percent))
        })
    }
}

/// Every row: customers by descending use, then the wider ceilings.
pub fn headroom(state: &State) -> Result<Vec<HeadroomRow>, Overflow> {
    let mut rows = Vec::new();
    let (customers, wider): (Vec<&Ceiling>, Vec<&Ceiling>) =
        state.policy().ceilings.iter().partition(|ceiling| ceiling.scope == Scope::Customer);
    for ceiling in customers.into_iter().chain(wider) {
        rows.extend(rows_of(state, Some(ceiling), Some(ceiling.scope))?);
    }
    Ok(rows)
}

/// A row for every group of a kind, under each ceiling that limits such groups, or under none.
pub fn headroom_by(state: &State, by: GroupBy) -> Result<Vec<HeadroomRow>, Overflow> {
    let limiting = state.policy().ceilings.iter().filter(|ceiling| by.scope() == Some(ceiling.scope));
    let mut rows = Vec::new();
    for ceiling in limiting {
        rows.extend(rows_of(state, Some(ceiling), by.scope())?);
    }
    if rows.is_empty() { rows_of(state, None, by.scope()) } else { Ok(rows) }
}

fn rows_of(state: &State, ceiling: Option<&Ceiling>, scope: Option<Scope>) -> Result<Vec<HeadroomRow>, Overflow> {
    let groups = match scope {
        Some(scope) => Group::all(state, scope),
        None => state.customers().map(|(customer, _)| Group::Customer(customer)).collect(),
    };
    let mut rows = groups.into_iter().map(|group| row(state, ceiling, group)).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by(|a, b| b.used.cmp(&a.used).then_with(|| a.group.cmp(&b.group)));
    Ok(rows)
}

fn row(state: &State, ceiling: Option<&Ceiling>, who: Group) -> Result<HeadroomRow, Overflow> {
    let used = state.used(&who, ceiling.map_or(Counts::Committed, |ceiling| ceiling.counts))?;
    Ok(HeadroomRow {
        ceiling: ceiling.map(|ceiling| ceiling_use(state, ceiling, &who, used)).transpose()?,
        group: who.name(state),
        name: who.full_name(state),
        authorised: state.weigh(&who, |amounts| amounts.authorised)?,
        shipped: state.weigh(&who, |amounts| amounts.shipped)?,
        outstanding: state.weigh(&who, |amounts| amounts.outstanding)?,
        released: state.weigh(&who, |amounts| amounts.released)?,
        committed: state.weigh(&who, |amounts| amounts.committed())?,
        used,
        who,
    })
}

fn ceiling_use(state: &State, ceiling: &Ceiling, group: &Group, used: Units) -> Result<CeilingUse, Overflow> {
    let limit = state.limit(ceiling, group).units;
    let used_per_mille = used.per_mille_of(limit)?;
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
    Ok(CeilingUse {
        ceiling: ceiling.name.clone(),
        limit,
        counts: ceiling.counts,
        headroom: limit.minus(used)?,
        used_per_mille,
        warn_from: lowest_warning,
        status,
    })
}
