//! Checks quantities and chips: valid, known, licensed, and enough left (R1, R4, R5, R10).

use super::Ruling;
use crate::domain::event::Items;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{Licence, State};
use crate::domain::text::{ChipName, nearest};
use crate::domain::units::{Overflow, grouped};

/// The largest quantity of one item (R1).
pub const MOST: u64 = 1_000_000_000;

/// Refuses quantities outside 1 to 1,000,000,000, and chips that the policy does not have.
pub(super) fn whole_and_known(state: &State, items: &Items, ruling: &mut Ruling) {
    for (chip, quantity) in items.iter() {
        quantity_valid(chip, *quantity, "items", ruling);
        chip_known(state, chip, "items", ruling);
    }
}

/// Refuses a quantity outside 1 to 1,000,000,000 (R1).
pub(super) fn quantity_valid(chip: &ChipName, quantity: u64, field: &str, ruling: &mut Ruling) {
    if !(1..=MOST).contains(&quantity) {
        let told = format!("{} of `{chip}`: a quantity is 1 to 1,000,000,000 whole chips", shown(quantity));
        let refusal = Refusal::new(Code::QuantityInvalid, told).chip(chip).field(field);
        ruling.refuse(refusal.help("leave out chips that are not ordered; split a larger quantity"));
    }
}

/// Refuses a chip that the policy in force does not have.
pub(super) fn chip_known(state: &State, chip: &ChipName, field: &str, ruling: &mut Ruling) {
    let policy = state.policy();
    if policy.chip(chip).is_none() {
        let told = format!("policy `{} {}` has no chip `{chip}`", policy.name, policy.version);
        let refusal = Refusal::new(Code::ChipUnknown, told)
            .chip(chip)
            .field(field)
            .policy_key("chips")
            .nearest(nearest(chip.as_str(), policy.chip_names()));
        ruling.refuse(refusal.help("`exquota policy show` lists the chips; a new one needs a policy that names it"));
    }
}

/// Refuses a chip that the licence does not name, or more than it has left. The tolerance is zero (R4, R5; 15 CFR
/// 750.11).
pub(super) fn balance(state: &State, licence: &Licence, items: &Items, ruling: &mut Ruling) {
    for (name, quantity) in items.iter() {
        let held = state.chip(name).and_then(|chip| licence.held(chip)).filter(|held| held.licensed);
        let Some(held) = held else {
            let told = format!("licence `{}` does not name `{name}`", licence.number);
            let refusal = Refusal::new(Code::ChipNotLicensed, told).chip(name).field("items");
            ruling.refuse(
                refusal.help(format!(
                    "`exquota show {}` prints what it allows; an amendment may add a chip",
                    licence.number
                )),
            );
            continue;
        };
        let left = held.balance();
        if i64::try_from(*quantity).is_ok_and(|quantity| quantity > left) {
            let told = format!(
                "licence `{}` has {} of {} `{name}` left to ship; {} were requested",
                licence.number,
                grouped(left),
                grouped(held.authorised),
                shown(*quantity),
            );
            let refusal = Refusal::new(Code::BalanceExceeded, told).chip(name).field("items");
            ruling.refuse(
                refusal
                    .help("ship what is left, or have the licence amended first; there is no tolerance on a quantity"),
            );
        }
    }
}

/// What a licence allows of a chip, what has shipped of it, and what is left to ship.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Balance {
    pub authorised: i64,
    pub shipped: i64,
    /// Negative where more would ship than the licence allows.
    pub left: i64,
}

/// The balances of a licence just after these items ship: of each of its chips, then of items that it does not name.
pub(super) fn after_shipping(
    state: &State,
    licence: &Licence,
    items: &Items,
) -> Result<Vec<(ChipName, Balance)>, Overflow> {
    let named =
        licence.chips.iter().filter_map(|held| Some((state.chip_name(held.chip)?, held.authorised, held.shipped)));
    let named: Vec<_> = named.collect();
    let others = items.iter().filter(|(chip, _)| named.iter().all(|(name, ..)| *name != chip));
    let others: Vec<_> = others.map(|(chip, _)| (chip, 0, 0)).collect();
    let all = named.into_iter().chain(others);
    all.map(|(chip, authorised, before)| {
        let ships = i64::try_from(items.get(chip).copied().unwrap_or(0)).map_err(|_| Overflow)?;
        let shipped = before.checked_add(ships).ok_or(Overflow)?;
        Ok((chip.clone(), Balance { authorised, shipped, left: authorised - shipped }))
    })
    .collect()
}

/// Refuses a new total below the shipped quantity (R4).
pub(super) fn not_below_shipped(state: &State, licence: &Licence, items: &Items, ruling: &mut Ruling) {
    for (name, quantity) in items.iter() {
        let shipped = state.chip(name).map_or(0, |chip| licence.amounts(chip).shipped);
        if i64::try_from(*quantity).is_ok_and(|quantity| quantity < shipped) {
            let told = format!(
                "{} of `{name}` would be below the {} already shipped under `{}`",
                shown(*quantity),
                grouped(shipped),
                licence.number
            );
            let refusal = Refusal::new(Code::BelowShipped, told).chip(name).field("items");
            ruling.refuse(refusal.help(format!("the lowest possible new total is {}", grouped(shipped))));
        }
    }
}

/// A quantity from a file or command line, for a person. It may be too large for a valid quantity (D21).
pub(super) fn shown(quantity: u64) -> String {
    i64::try_from(quantity).map_or_else(|_| quantity.to_string(), grouped)
}
