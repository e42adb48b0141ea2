//! Every ceiling against what an entry adds (R1, R2, R3, R8, D7, D8).

use super::Ruling;
use crate::domain::event::{Items, Seq};
use crate::domain::group::{Charge, Group};
use crate::domain::policy::{Ceiling, Counts, Scope};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{Limit, State};
use crate::domain::text::{CeilingName, Text};
use crate::domain::units::{Overflow, Units};
use smallvec::{SmallVec, smallvec};

/// One ceiling as an entry meets it.
#[derive(Clone, PartialEq, Debug)]
pub struct CeilingRow {
    /// Which ceiling.
    pub ceiling: CeilingName,
    /// Who shares it, as in output.
    pub group: Text,
    /// What is counted: a shipment is judged in shipped usage under every ceiling (D8).
    pub counts: Counts,
    /// The limit that holds.
    pub limit: Units,
    /// The exception that set it.
    pub exception: Option<Seq>,
    /// Just before the entry.
    pub used: Units,
    /// The net change; negative where more is released than asked.
    pub requested: Units,
    /// Just after.
    pub after: Units,
    /// What could still be added before the entry; negative where the ceiling is exceeded already.
    pub headroom: Units,
    /// How much too much; nothing when within.
    pub exceeded_by: Units,
}

impl CeilingRow {
    /// `after == limit` is within (R1).
    pub fn within(&self) -> bool {
        self.after <= self.limit
    }
}

/// What an entry adds to, or takes from, what a charge of one chip has used so far.
pub(super) struct Move<'a> {
    pub(super) charge: Charge<'a>,
    pub(super) committed: i64,
    pub(super) shipped: i64,
}

/// What an entry changes: rows are about whom it charges; what a replaced licence gives back counts where it is shared.
pub(super) struct Change<'a> {
    pub(super) charge: Charge<'a>,
    pub(super) items: &'a Items,
    pub(super) moves: SmallVec<[Move<'a>; 2]>,
}

/// Reckons a row for every ceiling, in the policy's order, and refuses what exceeds one. `lens` is what is counted
/// whatever the ceiling says.
pub(super) fn ceilings(
    state: &State,
    change: &Change<'_>,
    lens: Option<Counts>,
    ruling: &mut Ruling,
) -> Result<(), Overflow> {
    for ceiling in &state.policy().ceilings {
        let counts = lens.unwrap_or(ceiling.counts);
        for group in groups(state, ceiling.scope, change) {
            let reckoned = reckon(state, ceiling, &group, change, counts)?;
            // Nothing that adds nothing is refused by a ceiling (D7).
            let refused = reckoned.requested > Units::ZERO && reckoned.after > reckoned.limit.units;
            if !refused && !ruling.shown {
                continue;
            }
            let row = reckoned.row(state, ceiling, &group, counts)?;
            if refused {
                ruling.refuse(exceeded(state, &row)?);
            }
            ruling.rows.push(row);
        }
    }
    Ok(())
}

/// The groups of a ceiling that share the change: one, or for a ceiling per chip one for each item.
fn groups(state: &State, scope: Scope, change: &Change<'_>) -> SmallVec<[Group; 1]> {
    match Group::of(state, scope, change.charge) {
        Some(group) => smallvec![group],
        None => {
            let charges = change.items.iter().map(|(chip, _)| change.charge.of_chip(chip));
            charges.filter_map(|charge| Group::of(state, scope, charge)).collect()
        }
    }
}

/// The figures of a row, without its names.
struct Reckoned {
    limit: Limit,
    used: Units,
    requested: Units,
    after: Units,
}

impl Reckoned {
    fn row(self, state: &State, ceiling: &Ceiling, group: &Group, counts: Counts) -> Result<CeilingRow, Overflow> {
        let Reckoned { limit, used, requested, after } = self;
        Ok(CeilingRow {
            ceiling: ceiling.name.clone(),
            group: group.name(state),
            counts,
            limit: limit.units,
            exception: limit.exception,
            used,
            requested,
            after,
            headroom: limit.units.minus(used)?,
            exceeded_by: after.minus(limit.units)?.max(Units::ZERO),
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
    let used = state.used(group, counts)?;
    let mut requested = Units::ZERO;
    for part in change.moves.iter().filter(|part| group.holds(state, part.charge)) {
        let count = match counts {
            Counts::Committed => part.committed,
            Counts::Shipped => part.shipped,
        };
        requested = requested.plus(part.charge.chip.map_or(Ok(Units::ZERO), |chip| state.units(chip, count))?)?;
    }
    Ok(Reckoned { limit: state.limit(ceiling, group), used, requested, after: used.plus(requested)? })
}

fn exceeded(state: &State, row: &CeilingRow) -> Result<Refusal, Overflow> {
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
            unit = policy.unit,
        ),
    );
    refusal.ceiling = Some(row.ceiling.clone());
    refusal.group = Some(row.group.clone());
    refusal.exception = row.exception;
    Ok(refusal.policy_key(format!("ceilings.{}.limit", row.ceiling)))
}
