//! The impact of a policy on the recorded licences: which ceilings are exceeded and by how much, which open licences no
//! longer conform, and the amendments that would make them conform (D30).

mod cuts;

use super::ceiling::{Counts, Measure};
use super::event::Seq;
use super::group::Pool;
use super::headroom::{HeadroomRow, ended, headroom};
use super::refusal::Refusal;
use super::state::State;
use super::text::{CeilingName, ChipName, CustomerId, LicenceNumber, Text};
use super::units::{Overflow, Units};
use super::words::words;
use chrono::NaiveDate;
use cuts::Cuts;

/// One ceiling that one group exceeds.
#[derive(Clone, PartialEq, Debug)]
pub struct Over {
    pub ceiling: CeilingName,
    pub who: Pool,
    /// The group's name in output.
    pub group: Text,
    /// The group's full name.
    pub name: Text,
    pub counts: Counts,
    /// What the amounts add up.
    pub measure: Measure,
    /// The limit in force; an exception may have set it (D16).
    pub limit: Units,
    /// The amount that the ceiling counts.
    pub used: Units,
    /// The excess over the limit.
    pub over_by: Units,
    /// The amount that may still ship: shipping may go on up to the limit (R5).
    pub may_still_ship: Units,
    /// The excess that remains after all proposed amendments: shipped chips can't be cut.
    pub still_over_by: Units,
}

/// A new total for one chip of a licence.
#[derive(Clone, PartialEq, Debug)]
pub struct NewTotal {
    pub chip: ChipName,
    /// The authorised total now.
    pub from: i64,
    /// Already shipped; no total may be lower (R4).
    pub shipped: i64,
    /// The proposed total.
    pub to: i64,
}

words! {
    /// The step that would make a licence conform.
    pub enum Remedy {
        /// An amendment to the new totals.
        Amend = "amend",
        /// A closure: nothing may still ship, and a total of 0 is not a valid quantity (R1).
        Close = "close",
        /// A replacing approval for what may still ship. The licence allows other chips too, and an amendment can't set
        /// a total of 0 (R1).
        Replace = "replace",
    }
}

/// An open licence that does not conform to the policy.
#[derive(Clone, PartialEq, Debug)]
pub struct Nonconforming {
    pub licence: LicenceNumber,
    /// The seq of its approval.
    pub entry: Seq,
    /// The buyer, who is charged.
    pub customer: CustomerId,
    /// Every rule that it breaks.
    pub reasons: Vec<Refusal>,
    /// New totals of the chips to cut; empty where no quantity would help.
    pub amendment: Vec<NewTotal>,
    /// The step that sets the new totals; none where no quantity would help.
    pub remedy: Option<Remedy>,
}

/// The impact of a policy on everything recorded.
#[derive(Clone, PartialEq, Debug)]
pub struct Impact {
    pub as_of: NaiveDate,
    /// The unit of all amounts.
    pub unit: Text,
    /// Exceeded ceilings, customers first.
    pub over: Vec<Over>,
    /// Licences that do not conform, the newest first. They are cut in this order.
    pub licences: Vec<Nonconforming>,
    /// Chips that the ledger uses and the policy does not count. The policy can't be adopted with any (R7, D17).
    pub dropped_chips: Vec<ChipName>,
}

impl Impact {
    /// Whether everything recorded conforms.
    pub fn is_nothing(&self) -> bool {
        self.over.is_empty() && self.licences.is_empty() && self.dropped_chips.is_empty()
    }
}

/// The impact of the policy in force in `state`. The state then holds the proposed amendments.
pub fn impact(state: &mut State) -> Result<Impact, Overflow> {
    let mut over: Vec<Over> = Vec::new();
    for row in headroom(state, None)?.into_iter().chain(ended(state)?) {
        over.extend(exceeded(state, row)?);
    }
    let dropped_chips = state.dropped_by(state.policy()).map(|(name, _)| name.clone()).collect();
    let (as_of, unit) = (state.date(), state.policy().unit.clone());
    let policy = state.in_force().adoption.policy.clone();
    let mut cuts = Cuts::of_conditions(state)?;
    // Ceilings take turns in the policy's order, and each cut counts for all of them (D30).
    for ceiling in &policy.ceilings {
        for row in over.iter().filter(|row| row.ceiling == ceiling.name) {
            cuts.fit(ceiling, row)?;
        }
    }
    let licences = cuts.nonconforming();
    let still = |state: &State, row: &Over| match policy.ceiling(&row.ceiling) {
        Some(ceiling) => Ok(state.used(ceiling, &row.who, row.counts)?.minus(row.limit)?.max(Units::ZERO)),
        None => Ok(Units::ZERO),
    };
    for row in &mut over {
        row.still_over_by = still(state, row)?;
    }
    // Where a ceiling counts what was authorised, a closed licence counts in full (R3).
    for licence in licences.iter().filter(|licence| licence.remedy == Some(Remedy::Close)) {
        for total in &licence.amendment {
            if let Some(chip) = state.chip(&total.chip) {
                state.set_authorised(&licence.licence, chip, total.from)?;
            }
        }
    }
    for row in over.iter_mut().filter(|row| row.counts == Counts::Authorised) {
        row.still_over_by = still(state, row)?;
    }
    Ok(Impact { as_of, unit, over, licences, dropped_chips })
}

/// The row as an exceeded ceiling before any cut; none where the row is within its limit.
fn exceeded(state: &State, row: HeadroomRow) -> Result<Option<Over>, Overflow> {
    let Some(ceiling) = row.ceiling.filter(|ceiling| row.used > ceiling.limit) else { return Ok(None) };
    let Some(terms) = state.policy().ceiling(&ceiling.ceiling) else { return Ok(None) };
    let over_by = row.used.minus(ceiling.limit)?;
    let shipped = state.used(terms, &row.who, terms.counts.of_shipments())?;
    Ok(Some(Over {
        ceiling: ceiling.ceiling,
        who: row.who,
        group: row.group,
        name: row.name,
        counts: ceiling.counts,
        measure: ceiling.measure,
        limit: ceiling.limit,
        used: row.used,
        over_by,
        may_still_ship: ceiling.limit.minus(shipped)?.max(Units::ZERO),
        still_over_by: over_by,
    }))
}

#[cfg(test)]
mod tests;
