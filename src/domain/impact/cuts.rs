//! What open licences would have to give up, the newest first (D30), and never below what has shipped (R4).

use super::{NewTotal, Nonconforming, Over, Remedy};
use crate::domain::group::{Charge, Group};
use crate::domain::judge::conditions_against;
use crate::domain::policy::Counts;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{Held, Licence, State};
use crate::domain::text::ChipName;
use crate::domain::units::{Overflow, Units};

/// One chip of an open licence.
struct Part<'a> {
    chip: &'a ChipName,
    charge: Charge<'a>,
    held: Held,
    /// Units per chip under the policy in force.
    each: Units,
    /// What may still leave now.
    outstanding: i64,
    /// What might still leave after the cuts.
    kept: i64,
}

struct OpenLicence<'a> {
    licence: &'a Licence,
    parts: Vec<Part<'a>>,
    reasons: Vec<Refusal>,
}

/// Every open licence with what it may keep, the newest first.
pub(super) struct Cuts<'a> {
    state: &'a State,
    licences: Vec<OpenLicence<'a>>,
}

impl<'a> Cuts<'a> {
    /// Begins with what ceilings have no say in: a chip that is prohibited or no longer known keeps nothing.
    pub(super) fn of_conditions(state: &'a State) -> Result<Self, Overflow> {
        let mut licences = Vec::new();
        for licence in state.licences().filter(|licence| licence.life.is_open()) {
            let reasons = conditions_against(state, licence);
            let mut parts = Vec::with_capacity(licence.chips.len());
            for held in &licence.chips {
                let Some(chip) = state.chip_name(held.chip) else {
                    continue;
                };
                let outstanding = held.amounts(true).outstanding;
                let barred = reasons.iter().any(|reason| {
                    matches!(reason.code, Code::ChipProhibited | Code::ChipUnknown)
                        && reason.chip.as_ref() == Some(chip)
                });
                let kept = if barred { 0 } else { outstanding };
                let charge = Charge::under(state, licence).of_chip(chip);
                parts.push(Part { chip, charge, held: *held, each: state.units(chip, 1)?, outstanding, kept });
            }
            licences.push(OpenLicence { licence, parts, reasons });
        }
        // The state has them in the effective order of their approvals.
        licences.reverse();
        Ok(Cuts { state, licences })
    }

    /// Cuts licences of the group until it fits. Under a ceiling that counts what has shipped no cut would help.
    pub(super) fn fit(&mut self, row: &Over) -> Result<(), Overflow> {
        if row.counts == Counts::Shipped {
            return Ok(());
        }
        let mut used = self.used_after(row)?;
        let state = self.state;
        for open in &mut self.licences {
            if used <= row.limit {
                break;
            }
            let before = open.kept_units(state, &row.who)?;
            if before == Units::ZERO {
                continue;
            }
            let others = used.minus(before)?;
            open.keep_at_most(row.limit.minus(others)?, state, &row.who)?;
            used = others.plus(open.kept_units(state, &row.who)?)?;
            open.reasons.push(exceeded(state, row));
        }
        Ok(())
    }

    /// The group's usage after the cuts made so far.
    pub(super) fn used_after(&self, row: &Over) -> Result<Units, Overflow> {
        let mut used = row.used;
        if row.counts == Counts::Committed {
            let parts = self.licences.iter().flat_map(|open| &open.parts);
            for part in parts.filter(|part| row.who.holds(self.state, part.charge)) {
                used = used.minus(part.each.times(part.outstanding - part.kept)?)?;
            }
        }
        Ok(used)
    }

    /// The licences that something stands against.
    pub(super) fn nonconforming(self) -> Vec<Nonconforming> {
        let state = self.state;
        let against = self.licences.into_iter().filter(|open| !open.reasons.is_empty());
        against.filter_map(|open| open.nonconforming(state)).collect()
    }
}

impl OpenLicence<'_> {
    fn kept_units(&self, state: &State, group: &Group) -> Result<Units, Overflow> {
        let mut units = Units::ZERO;
        for part in self.parts.iter().filter(|part| group.holds(state, part.charge)) {
            units = units.plus(part.each.times(part.kept)?)?;
        }
        Ok(units)
    }

    /// Fills `room` in the order of the items, each with the most whole chips that fit (as in D9).
    fn keep_at_most(&mut self, room: Units, state: &State, group: &Group) -> Result<(), Overflow> {
        let mut room = room;
        for part in self.parts.iter_mut().filter(|part| group.holds(state, part.charge)) {
            // What counts as nothing fits into anything.
            let Some(fits) = room.whole_times(part.each) else {
                continue;
            };
            part.kept = i64::try_from(fits.max(0)).unwrap_or(i64::MAX).min(part.kept);
            room = room.minus(part.each.times(part.kept)?)?;
        }
        Ok(())
    }

    fn nonconforming(self, state: &State) -> Option<Nonconforming> {
        let cut = self.parts.iter().filter(|part| part.kept < part.outstanding);
        let amendment: Vec<NewTotal> = cut
            .map(|part| NewTotal {
                chip: part.chip.clone(),
                from: part.held.authorised,
                shipped: part.held.shipped,
                to: part.held.shipped + part.kept,
            })
            .collect();
        let remedy = if amendment.is_empty() {
            None
        } else if amendment.iter().all(|total| total.to > 0) {
            Some(Remedy::Amend)
        } else if self.parts.iter().all(|part| part.kept == 0) {
            Some(Remedy::Close)
        } else {
            Some(Remedy::Replace)
        };
        Some(Nonconforming {
            licence: self.licence.number.clone(),
            entry: self.licence.entry,
            customer: state.customer_at(self.licence.customer)?.registered.record.id.clone(),
            reasons: self.reasons,
            amendment,
            remedy,
        })
    }
}

fn exceeded(state: &State, row: &Over) -> Refusal {
    let mut reason = Refusal::new(
        Code::CeilingExceeded,
        format!(
            "`{}` for `{}`: {} {} used, {} over the limit of {}",
            row.ceiling,
            row.group,
            row.used.grouped(),
            state.policy().unit,
            row.over_by.grouped(),
            row.limit.grouped(),
        ),
    );
    reason.ceiling = Some(row.ceiling.clone());
    reason.group = Some(row.group.clone());
    reason.policy_key(format!("ceilings.{}.limit", row.ceiling))
}
