//! The headroom of every ceiling, for every group of it (D10).

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
        /// Used in full.
        Exhausted = "exhausted",
        /// Exceeded.
        Over = "over",
    }
}

words! {
    /// The kind of group that each row is about.
    pub enum GroupBy {
        /// Each customer without its family. No ceiling applies to such a group.
        Customer = "customer",
        Family = "family",
        Country = "country",
        Licensee = "licensee",
        Chip = "chip",
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
        }
    }
}

/// A ceiling's figures for one group.
#[derive(Clone, Debug)]
pub struct CeilingUse {
    pub ceiling: CeilingName,
    /// The limit in force.
    pub limit: Units,
    pub counts: Counts,
    /// The room left; negative where the ceiling is exceeded.
    pub headroom: Units,
    /// `used` in per mille of `limit`, cut off; none where the limit is 0.
    pub used_per_mille: Option<i128>,
    /// The percentage of the limit from which the group is critical; none where the policy names none.
    pub warn_from: Option<u8>,
    pub status: Fullness,
}

/// The figures of one group under one ceiling. Amounts are gross, in units. `used` is net of returns where the policy
/// lets them restore headroom.
#[derive(Clone, Debug)]
pub struct HeadroomRow {
    /// None where no ceiling limits the requested groups.
    pub ceiling: Option<CeilingUse>,
    pub who: Group,
    /// The group's name in output.
    pub group: Text,
    /// A customer's full name, else the group's name in output.
    pub name: Text,
    /// Allowed by licences, open or not.
    pub authorised: Units,
    pub shipped: Units,
    /// The part that may still ship.
    pub outstanding: Units,
    /// The part that never shipped.
    pub released: Units,
    /// Shipped plus outstanding.
    pub committed: Units,
    /// The amount that the ceiling counts; committed where there is no ceiling.
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

/// A row for every ceiling and group: customer ceilings first, each by descending use, then the wider ceilings.
pub fn headroom(state: &State) -> Result<Vec<HeadroomRow>, Overflow> {
    let mut rows = Vec::new();
    let (customers, wider): (Vec<&Ceiling>, Vec<&Ceiling>) =
        state.policy().ceilings.iter().partition(|ceiling| ceiling.scope == Scope::Customer);
    for ceiling in customers.into_iter().chain(wider) {
        rows.extend(rows_of(state, Some(ceiling), Some(ceiling.scope))?);
    }
    Ok(rows)
}

/// A row for every group of a kind, under each of its ceilings. Without such a ceiling, one row for each group.
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
