//! Cuts open licences to fit a policy, the newest first (D30), and never below the shipped quantity (R4).

use super::{NewTotal, Nonconforming, Over, Remedy};
use crate::domain::ceiling::{Ceiling, Counts};
use crate::domain::group::{Charge, Pool};
use crate::domain::judge::conditions_against;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{Licence, LineItem, State};
use crate::domain::text::LicenceNumber;
use crate::domain::units::{Overflow, Units};

struct OpenLicence {
    before: Licence,
    reasons: Vec<Refusal>,
}

/// Every open licence, the newest first. The cuts are made in the state itself, which then gives the new usage.
pub(super) struct Cuts<'a> {
    state: &'a mut State,
    licences: Vec<OpenLicence>,
}

impl<'a> Cuts<'a> {
    /// Cuts for conditions first, before ceilings: a prohibited or unknown chip keeps only the shipped quantity.
    pub(super) fn of_conditions(state: &'a mut State) -> Result<Self, Overflow> {
        let open = state.licences().filter(|licence| licence.status.is_open());
        let mut licences: Vec<OpenLicence> = open
            .map(|licence| OpenLicence { before: licence.clone(), reasons: conditions_against(state, licence) })
            .collect();
        // The state lists licences in the effective order of their approvals.
        licences.reverse();
        for OpenLicence { before, reasons } in &licences {
            for held in before.chips.iter().filter(|held| held.balance() > 0) {
                let barred = reasons.iter().any(|reason| {
                    matches!(reason.code, Code::ChipProhibited | Code::ChipUnknown)
                        && reason.chip.as_ref() == state.chip_name(held.chip)
                });
                if barred {
                    state.set_authorised(&before.number, held.chip, held.shipped)?;
                }
            }
        }
        Ok(Cuts { state, licences })
    }

    /// Cuts the group's licences until the ceiling fits.
    pub(super) fn fit(&mut self, ceiling: &Ceiling, row: &Over) -> Result<(), Overflow> {
        let state = &mut *self.state;
        let mut used = state.used(ceiling, &row.who, row.counts)?;
        for OpenLicence { before, reasons } in &mut self.licences {
            if used <= row.limit {
                break;
            }
            let parts = outstanding_in(state, &before.number, ceiling, row);
            let mark = state.mark();
            // A total of 0 is a closure (R1), and a closed licence still counts where the ceiling counts what was authorised.
            let least = |held: &LineItem| match row.counts {
                Counts::Authorised => held.shipped.max(1),
                Counts::Committed | Counts::Shipped | Counts::Installed => held.shipped,
            };
            for held in &parts {
                state.set_authorised(&before.number, held.chip, least(held))?;
            }
            let without = state.used(ceiling, &row.who, row.counts)?;
            if without == used {
                // The licence counts as 0 here, or the ceiling counts only chips that have shipped. No cut would help.
                state.undo_to(mark)?;
                continue;
            }
            used = without;
            // Fills the remaining room in the order of the items, each with the most whole chips that fit (as in D9).
            for held in parts {
                let each = state.chip_name(held.chip).map_or(Units::ZERO, |chip| state.weight(ceiling, chip));
                let outstanding = held.authorised - least(&held);
                // A chip that counts as 0 always fits.
                let fits = row
                    .limit
                    .minus(used)?
                    .whole_times(each)
                    .map_or(outstanding, |fits| i64::try_from(fits.max(0)).unwrap_or(i64::MAX).min(outstanding));
                state.set_authorised(&before.number, held.chip, least(&held) + fits)?;
                used = state.used(ceiling, &row.who, row.counts)?;
            }
            reasons.push(exceeded(state, ceiling, row));
        }
        Ok(())
    }

    /// The licences that do not conform.
    pub(super) fn nonconforming(self) -> Vec<Nonconforming> {
        let against = self.licences.into_iter().filter(|open| !open.reasons.is_empty());
        against.filter_map(|open| open.nonconforming(self.state)).collect()
    }
}

/// The chips of a licence that the ceiling covers, that count in the group, and that may still ship.
fn outstanding_in(state: &State, number: &LicenceNumber, ceiling: &Ceiling, row: &Over) -> Vec<LineItem> {
    let Some(licence) = state.licence(number) else { return Vec::new() };
    let charge = Charge::under(state, licence);
    let counts = |held: &LineItem| {
        let chip = state.chip_name(held.chip);
        held.balance() > 0
            && chip.is_some_and(|chip| {
                ceiling.covers(chip) && Pool::of(state, ceiling, charge.of_chip(chip)).as_ref() == Some(&row.who)
            })
    };
    licence.chips.iter().copied().filter(counts).collect()
}

impl OpenLicence {
    fn nonconforming(self, state: &State) -> Option<Nonconforming> {
        let after = state.licence(&self.before.number)?;
        let cut = self.before.chips.iter().zip(&after.chips).filter(|(before, after)| before != after);
        let total = |(before, after): (&LineItem, &LineItem)| {
            let (from, shipped, to) = (before.authorised, before.shipped, after.authorised);
            Some(NewTotal { chip: state.chip_name(before.chip)?.clone(), from, shipped, to })
        };
        let amendment: Vec<NewTotal> = cut.filter_map(total).collect();
        let remedy = if amendment.is_empty() {
            None
        } else if amendment.iter().all(|total| total.to > 0) {
            Some(Remedy::Amend)
        } else if after.chips.iter().all(|held| held.balance() <= 0) {
            Some(Remedy::Close)
        } else {
            Some(Remedy::Replace)
        };
        Some(Nonconforming {
            licence: after.number.clone(),
            entry: after.entry,
            customer: state.customer_at(after.customer)?.registered.record.id.clone(),
            reasons: self.reasons,
            amendment,
            remedy,
        })
    }
}

fn exceeded(state: &State, ceiling: &Ceiling, row: &Over) -> Refusal {
    let mut reason = Refusal::new(
        Code::CeilingExceeded,
        format!(
            "`{}` for `{}`: {} {} used, {} over the limit of {}",
            row.ceiling,
            row.group,
            row.used.grouped(),
            row.measure.unit(state.policy().unit.as_str()),
            row.over_by.grouped(),
            row.limit.grouped(),
        ),
    );
    reason.ceiling = Some(row.ceiling.clone());
    reason.group = Some(row.group.clone());
    reason.policy_key(ceiling.limit_key())
}
