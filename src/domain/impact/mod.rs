//! What a policy does to what is recorded: which ceilings are over and by how much, which open licences no longer
//! conform, and the amendments that would make them (D30).

mod cuts;

use super::event::Seq;
use super::group::Group;
use super::headroom::{HeadroomRow, headroom};
use super::policy::Counts;
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
    /// Which ceiling.
    pub ceiling: CeilingName,
    /// Who shares it.
    pub who: Group,
    /// What output calls them.
    pub group: Text,
    /// The group's full name.
    pub name: Text,
    /// What the ceiling counts.
    pub counts: Counts,
    /// The limit that holds; an exception may have set it (D16).
    pub limit: Units,
    /// As the ceiling counts it.
    pub used: Units,
    /// How much too much.
    pub over_by: Units,
    /// Shipping may go on up to the limit and no further (R5): so much of it is left.
    pub may_still_ship: Units,
    /// How much too much remains after all amendments proposed: what has shipped already can't be cut.
    pub still_over_by: Units,
}

/// A new total for one chip of a licence.
#[derive(Clone, PartialEq, Debug)]
pub struct NewTotal {
    /// Which chip.
    pub chip: ChipName,
    /// Authorised now.
    pub from: i64,
    /// Left already; no total lies below it (R4).
    pub shipped: i64,
    /// What the licence should authorise.
    pub to: i64,
}

words! {
    /// What would make a licence conform.
    pub enum Remedy {
        /// An amendment to the new totals.
        Amend = "amend",
        /// Its closure: nothing may still leave, and a total of 0 is no quantity (R1).
        Close = "close",
        /// An approval that replaces it, for what may still leave: it allows other chips too, and a new total of 0, which
        /// an amendment can't set (R1).
        Replace = "replace",
    }
}

/// An open licence that the policy would not let stand as it is.
#[derive(Clone, PartialEq, Debug)]
pub struct Nonconforming {
    /// Its number.
    pub licence: LicenceNumber,
    /// Its approval.
    pub entry: Seq,
    /// Who is charged.
    pub customer: CustomerId,
    /// Every rule that it no longer keeps.
    pub reasons: Vec<Refusal>,
    /// New totals of the chips to be cut; empty where no quantity would help.
    pub amendment: Vec<NewTotal>,
    /// How the new totals are brought about; none where no quantity would help.
    pub remedy: Option<Remedy>,
}

/// What a policy does to what is recorded.
#[derive(Clone, PartialEq, Debug)]
pub struct Impact {
    /// The day it was looked at.
    pub as_of: NaiveDate,
    /// What everything is counted in.
    pub unit: Text,
    /// Ceilings that are over, customers first.
    pub over: Vec<Over>,
    /// Licences that no longer conform, the newest first: in this order they were cut.
    pub licences: Vec<Nonconforming>,
    /// Chips that the ledger uses and the policy does not count: it can't be adopted as it stands (R7, D17).
    pub dropped_chips: Vec<ChipName>,
}

impl Impact {
    /// Whether everything recorded conforms.
    pub fn is_nothing(&self) -> bool {
        self.over.is_empty() && self.licences.is_empty() && self.dropped_chips.is_empty()
    }
}

/// The impact of the policy that is in force in `state`, which is left as the amendments proposed would make it.
pub fn impact(state: &mut State) -> Result<Impact, Overflow> {
    let mut over: Vec<Over> = Vec::new();
    for row in headroom(state)? {
        over.extend(exceeded(state, row)?);
    }
    let dropped_chips = state.dropped_by(state.policy()).map(|(name, _)| name.clone()).collect();
    let (as_of, unit) = (state.date(), state.policy().unit.clone());
    let ceilings: Vec<CeilingName> = state.policy().ceilings.iter().map(|ceiling| ceiling.name.clone()).collect();
    let mut cuts = Cuts::of_conditions(state)?;
    // Ceilings take their turn in the policy's order, and each cut counts for all of them (D30).
    for ceiling in ceilings {
        for row in over.iter().filter(|row| row.ceiling == ceiling) {
            cuts.fit(row)?;
        }
    }
    let licences = cuts.nonconforming();
    for row in &mut over {
        row.still_over_by = state.used(&row.who, row.counts)?.minus(row.limit)?.max(Units::ZERO);
    }
    Ok(Impact { as_of, unit, over, licences, dropped_chips })
}

/// The row as a ceiling that is over, nothing cut yet; none where it is within.
fn exceeded(state: &State, row: HeadroomRow) -> Result<Option<Over>, Overflow> {
    let Some(ceiling) = row.ceiling.filter(|ceiling| row.used > ceiling.limit) else { return Ok(None) };
    let over_by = row.used.minus(ceiling.limit)?;
    let shipped = state.used(&row.who, Counts::Shipped)?;
    Ok(Some(Over {
        ceiling: ceiling.ceiling,
        who: row.who,
        group: row.group,
        name: row.name,
        counts: ceiling.counts,
        limit: ceiling.limit,
        used: row.used,
        over_by,
        may_still_ship: ceiling.limit.minus(shipped)?.max(Units::ZERO),
        still_over_by: over_by,
    }))
}

#[cfg(test)]
mod tests;
