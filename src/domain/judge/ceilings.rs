//! Checks every ceiling against the amounts that an entry adds (R1, R2, R3, R8, D7, D8).

use super::Ruling;
use crate::domain::event::{Items, Place, Seq};
use crate::domain::group::{Charge, Group};
use crate::domain::policy::{Ceiling, Counts, Measure};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{Amounts, Limit, State};
use crate::domain::text::{CeilingName, Text};
use crate::domain::units::{Overflow, Units};
use smallvec::{SmallVec, smallvec};

/// The figures of one ceiling before and after an entry.
#[derive(Clone, PartialEq, Debug)]
pub struct CeilingRow {
    pub ceiling: CeilingName,
    /// The group's name in output.
    pub group: Text,
    /// What its amounts add up.
    pub measure: Measure,
    /// The amount counted. A shipment is judged by shipped amounts, or by installed ones under a ceiling that counts
    /// those (D8, D45).
    pub counts: Counts,
    /// The limit in force.
    pub limit: Units,
    /// The exception that set the limit.
    pub exception: Option<Seq>,
    /// Used just before the entry.
    pub used: Units,
    /// The net change; negative where the entry releases more than it asks for.
    pub requested: Units,
    /// Used just after the entry.
    pub after: Units,
    /// The room just before the entry; negative where the ceiling is already exceeded.
    pub headroom: Units,
    /// The room just after the entry; negative where the ceiling is then exceeded.
    pub left: Units,
    /// The excess over the limit; 0 when within.
    pub exceeded_by: Units,
    /// The recorded entry at which these figures hold: an order breaks it (D44). None for the order's own figures.
    pub at: Option<Place>,
}

impl CeilingRow {
    /// Whether the ceiling holds after the entry. `after == limit` is within (R1).
    pub fn within(&self) -> bool {
        self.after <= self.limit
    }

    /// Whether both are about the same ceiling and group.
    pub fn is_of(&self, other: &CeilingRow) -> bool {
        (&self.ceiling, &self.group) == (&other.ceiling, &other.group)
    }

    /// Whether the refusal is about this ceiling and group.
    pub fn is_refused_by(&self, refusal: &Refusal) -> bool {
        (refusal.ceiling.as_ref(), refusal.group.as_ref()) == (Some(&self.ceiling), Some(&self.group))
    }
}

/// The change that an entry makes to the amounts of one chip, under one charge.
pub(super) struct Move<'a> {
    pub(super) charge: Charge<'a>,
    pub(super) change: Amounts,
}

/// The whole change that an entry makes. Rows are for the groups of `charge`. The amounts that a replaced licence
/// releases count in the groups that share them.
pub(super) struct Change<'a> {
    pub(super) charge: Charge<'a>,
    pub(super) items: &'a Items,
    pub(super) moves: SmallVec<[Move<'a>; 2]>,
}

/// Computes a row for every ceiling, in the policy's order, and refuses an entry that exceeds one. `lens` gives the
/// amount that judges the entry in place of the one that the ceiling counts.
pub(super) fn ceilings(
    state: &State,
    change: &Change<'_>,
    lens: fn(Counts) -> Counts,
    ruling: &mut Ruling,
) -> Result<(), Overflow> {
    for ceiling in &state.policy().ceilings {
        let counts = lens(ceiling.counts);
        for group in groups(state, ceiling, change) {
            let reckoned = reckon(state, ceiling, &group, change, counts)?;
            // A ceiling refuses nothing that adds nothing (D7).
            let refused = reckoned.requested > Units::ZERO && reckoned.after > reckoned.limit.units;
            if !refused && !ruling.shown {
                continue;
            }
            let row = reckoned.row(state, ceiling, &group, counts)?;
            if refused {
                ruling.refuse(exceeded(state, ceiling, &row));
            }
            ruling.rows.push(row);
        }
    }
    Ok(())
}

/// The groups of a ceiling that share the change: one group, or one for each item under a ceiling per chip.
fn groups(state: &State, ceiling: &Ceiling, change: &Change<'_>) -> SmallVec<[Group; 1]> {
    let mut groups: SmallVec<[Group; 1]> = match Group::of(state, ceiling.scope, change.charge) {
        Some(group) => smallvec![group],
        None => {
            let charges = change.items.iter().map(|(chip, _)| change.charge.of_chip(chip));
            charges.filter_map(|charge| Group::of(state, ceiling.scope, charge)).collect()
        }
    };
    groups.retain(|group| group.is_under(state, ceiling));
    groups
}

/// The figures of a row, without names.
struct Reckoned {
    limit: Limit,
    used: Units,
    requested: Units,
    after: Units,
}

impl Reckoned {
    fn row(self, state: &State, ceiling: &Ceiling, group: &Group, counts: Counts) -> Result<CeilingRow, Overflow> {
        let Reckoned { limit, used, requested, after } = self;
        let left = limit.units.minus(after)?;
        Ok(CeilingRow {
            ceiling: ceiling.name.clone(),
            group: group.name(state),
            measure: ceiling.measure.clone(),
            counts,
            limit: limit.units,
            exception: limit.exception,
            used,
            requested,
            after,
            headroom: limit.units.minus(used)?,
            left,
            exceeded_by: Units::ZERO.minus(left)?.max(Units::ZERO),
            at: None,
        })
    }
}

fn reckon(
    state: &State,
    ceiling: &Ceiling,
    group: &Group,
    change: &Change<'_>,
    counts: Counts,
) -> Result<Reckoned, Overflow> {
    let used = state.used(ceiling, group, counts)?;
    let mut requested = Units::ZERO;
    for part in change.moves.iter().filter(|part| group.holds(state, part.charge)) {
        let count = part.change.counted(counts, state.policy().restores);
        requested = requested.plus(state.weight(ceiling, part.charge.chip).times(count)?)?;
    }
    Ok(Reckoned { limit: state.limit(ceiling, group), used, requested, after: used.plus(requested)? })
}

fn exceeded(state: &State, ceiling: &Ceiling, row: &CeilingRow) -> Refusal {
    let policy = state.policy();
    let set_by = match row.exception {
        Some(entry) => format!(" (exception, entry {entry})"),
        None => String::new(),
    };
    let mut refusal = Refusal::new(
        Code::CeilingExceeded,
        format!(
            "`{}` for `{}`: {} used and {} requested come to {} {unit}, {} over the limit of {}{set_by}",
            row.ceiling,
            row.group,
            row.used.grouped(),
            row.requested.grouped(),
            row.after.grouped(),
            row.exceeded_by.grouped(),
            row.limit.grouped(),
            unit = row.measure.unit(policy.unit.as_str()),
        ),
    );
    refusal.ceiling = Some(row.ceiling.clone());
    refusal.group = Some(row.group.clone());
    refusal.exception = row.exception;
    refusal.policy_key(ceiling.limit_key())
}
