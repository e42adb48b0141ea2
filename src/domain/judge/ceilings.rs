//! Checks every ceiling against the amounts that an entry adds (R1, R2, R3, R8, D7, D8).

use super::Ruling;
use crate::domain::ceiling::{Ceiling, Counts, Measure, Scope};
use crate::domain::event::{Place, Seq};
use crate::domain::group::{Charge, Pool};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{Amounts, Limit, State};
use crate::domain::text::{CeilingName, ChipName, Text};
use crate::domain::units::{Overflow, Units};
use crate::domain::window::Period;
use smallvec::SmallVec;

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
    /// The period that the entry is attributed to, if the ceiling has a window (R14).
    pub window: Option<Period>,
    /// The limit in force.
    pub limit: Units,
    /// The exception that set the limit.
    pub exception: Option<Seq>,
    /// Used just before the entry, with what others sold where the ceiling counts it.
    pub used: Units,
    /// The part of `used` that others sold (R14).
    pub elsewhere: Units,
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

    /// Whether both are about the same ceiling, group and period.
    pub fn is_of(&self, other: &CeilingRow) -> bool {
        (&self.ceiling, &self.group, self.window) == (&other.ceiling, &other.group, other.window)
    }

    /// Whether the refusal is about this ceiling and group.
    pub fn is_refused_by(&self, refusal: &Refusal) -> bool {
        (refusal.ceiling.as_ref(), refusal.group.as_ref()) == (Some(&self.ceiling), Some(&self.group))
    }
}

/// The amounts of each chip that an entry moves under one charge.
pub(super) struct Moves<'a> {
    pub(super) charge: Charge<'a>,
    pub(super) chips: SmallVec<[(&'a ChipName, Amounts); 2]>,
}

impl<'a> Moves<'a> {
    pub(super) fn under(charge: Charge<'a>) -> Self {
        Moves { charge, chips: SmallVec::new() }
    }
}

/// The whole change that an entry makes. Rows are for the groups of its own charge. The amounts that a replaced licence
/// releases count in the groups that share them.
pub(super) struct Change<'a> {
    pub(super) own: Moves<'a>,
    pub(super) released: Option<Moves<'a>>,
}

/// Computes a row for every ceiling, in the policy's order, and refuses an entry that exceeds one. `lens` gives the
/// amount that judges the entry in place of the one that the ceiling counts.
pub(super) fn ceilings(
    state: &State,
    change: &Change<'_>,
    lens: fn(Counts) -> Counts,
    ruling: &mut Ruling,
) -> Result<(), Overflow> {
    let Moves { charge, chips } = &change.own;
    for ceiling in &state.policy().ceilings {
        let counts = lens(ceiling.counts);
        let per_chip = ceiling.shares(Scope::Chip);
        // The change counts in one pool, or in one for each item under a ceiling per chip.
        for at in 0..if per_chip { chips.len() } else { 1 } {
            let charge = if per_chip { charge.of_chip(chips[at].0) } else { *charge };
            let pool = Pool::of(state, ceiling, charge).filter(|pool| pool.group.is_under(state, ceiling));
            let Some(pool) = pool else { continue };
            let reckoned = reckon(state, ceiling, &pool, change, counts)?;
            // A ceiling refuses nothing that adds nothing (D7).
            let refused = reckoned.requested > Units::ZERO && reckoned.after > reckoned.limit.units;
            if !refused && !ruling.shown {
                continue;
            }
            let row = reckoned.row(state, ceiling, &pool, counts)?;
            if refused {
                ruling.refuse(exceeded(state, ceiling, &pool, &row));
            }
            ruling.rows.push(row);
        }
    }
    Ok(())
}

/// The figures of a row, without names.
struct Reckoned {
    limit: Limit,
    used: Units,
    requested: Units,
    after: Units,
}

impl Reckoned {
    fn row(self, state: &State, ceiling: &Ceiling, pool: &Pool, counts: Counts) -> Result<CeilingRow, Overflow> {
        let Reckoned { limit, used, requested, after } = self;
        let left = limit.units.minus(after)?;
        Ok(CeilingRow {
            ceiling: ceiling.name.clone(),
            group: pool.group.name(state),
            measure: ceiling.measure.clone(),
            counts,
            window: pool.period,
            limit: limit.units,
            exception: limit.exception,
            used,
            elsewhere: state.used_elsewhere(ceiling, pool)?,
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
    pool: &Pool,
    change: &Change<'_>,
    counts: Counts,
) -> Result<Reckoned, Overflow> {
    let used = state.used(ceiling, pool, counts)?;
    let mut requested = Units::ZERO;
    let mut request = |chip: &ChipName, change: Amounts| {
        let count = change.counted(counts, state.policy().restores);
        requested = requested.plus(state.weight(ceiling, chip).times(count)?)?;
        Ok(())
    };
    // The pool is one of the entry's own charge, and at most the chip tells them apart.
    for (chip, change) in change.own.chips.iter().filter(|(chip, _)| pool.group.covers(chip)) {
        request(chip, *change)?;
    }
    if let Some(Moves { charge, chips }) = &change.released {
        for (chip, change) in chips {
            if Pool::of(state, ceiling, charge.of_chip(chip)).as_ref() == Some(pool) {
                request(chip, *change)?;
            }
        }
    }
    Ok(Reckoned { limit: state.limit(ceiling, pool)?, used, requested, after: used.plus(requested)? })
}

fn exceeded(state: &State, ceiling: &Ceiling, pool: &Pool, row: &CeilingRow) -> Refusal {
    let policy = state.policy();
    let unreported = ceiling.share().filter(|share| state.volumes_of(ceiling, share, &pool.group).next().is_none());
    let set_by = match (row.exception, ceiling.share()) {
        (Some(entry), _) => format!(" (exception, entry {entry})"),
        (None, Some(share)) if unreported.is_some() => format!(" (no volume of `{}` is recorded for it)", share.of),
        (None, Some(share)) => format!(" ({} % of the volume of `{}`)", share.percent, share.of),
        (None, None) => String::new(),
    };
    let mut refusal = Refusal::new(
        Code::CeilingExceeded,
        format!(
            "`{}` for `{}`{}: {} used and {} requested come to {} {unit}, {} over the limit of {}{set_by}",
            row.ceiling,
            row.group,
            row.window.map_or_else(String::new, |period| format!(", {period}")),
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
    if let Some(share) = unreported.filter(|_| row.exception.is_none()) {
        refusal.help =
            Some(format!("`exquota volume {} CHIP=QTY --source S` records the volume, cumulative", share.of));
    }
    refusal.policy_key(ceiling.limit_key())
}
