//! Checks an open licence against the policy in force, without its amounts. An adoption may have made it nonconforming.

use super::{Ruling, conditions, quantities};
use crate::domain::refusal::Refusal;
use crate::domain::state::{Licence, State};
use crate::domain::text::ChipName;

/// Every condition against shipping the outstanding part: the chip, the destination, the customer's flags. A licence
/// with nothing outstanding has none, because shipped goods are gone.
pub fn conditions_against(state: &State, licence: &Licence) -> Vec<Refusal> {
    let unshipped = licence.status.unshipped();
    let chips: Vec<&ChipName> = licence
        .chips
        .iter()
        .filter(|held| held.amounts(unshipped).outstanding > 0)
        .filter_map(|held| state.chip_name(held.chip))
        .collect();
    let mut ruling = Ruling::new(false);
    if !chips.is_empty() {
        chips.iter().for_each(|chip| quantities::chip_known(state, chip, "items", &mut ruling));
        conditions::prohibited(state, chips.into_iter(), &mut ruling);
        let destination = state.destination(None, licence.destination.as_ref(), Some(licence.customer));
        conditions::destination(state, destination, &mut ruling);
        conditions::flags(state, licence.customer, &mut ruling);
    }
    ruling.refusals.sort_by_key(|refusal| refusal.code);
    ruling.refusals
}
