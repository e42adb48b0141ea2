//! Quantities and chips: whole, known, licensed, and enough of them (R1, R4, R5, R10).

use super::Ruling;
use crate::domain::event::Items;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{Licence, State};
use crate::domain::text::{ChipName, nearest};
use crate::domain::units::grouped;

/// The largest quantity of one item (R1).
pub const MOST: u64 = 1_000_000_000;

/// Every quantity is 1 to 1,000,000,000, and every chip is one of the policy's.
pub(super) fn whole_and_known(state: &State, items: &Items, ruling: &mut Ruling) {
    for (chip, quantity) in items.iter() {
        quantity_valid(chip, *quantity, "items", ruling);
        chip_known(state, chip, "items", ruling);
    }
}

/// R1, for one quantity.
pub(super) fn quantity_valid(chip: &ChipName, quantity: u64, field: &str, ruling: &mut Ruling) {
    if !(1..=MOST).contains(&quantity) {
        ruling.refuse(
            Refusal::new(
                Code::QuantityInvalid,
                format!("{} of `{chip}`: a quantity is 1 to 1,000,000,000 whole chips", shown(quantity)),
            )
            .chip(chip)
            .field(field)
            .help("leave out what is not ordered; split what is larger"),
        );
    }
}

/// The policy in force has a chip of this name.
pub(super) fn chip_known(state: &State, chip: &ChipName, field: &str, ruling: &mut Ruling) {
    let policy = state.policy();
    if policy.chip(chip).is_none() {
        ruling.refuse(
            Refusal::new(
                Code::ChipUnknown,
                format!("policy `{} {}` has no chip `{chip}`", policy.name, policy.version),
            )
            .chip(chip)
            .field(field)
            .policy_key("chips")
            .nearest(nearest(chip.as_str(), policy.chip_names()))
            .help("`exquota policy show` lists the chips; a new one needs a policy that names it"),
        );
    }
}

/// The licence names the chip, and has enough of it left; the tolerance is zero (R4, R5; 15 CFR 750.11).
pub(super) fn balance(state: &State, licence: &Licence, items: &Items, ruling: &mut Ruling) {
    for (name, quantity) in items.iter() {
        let held = state.chip(name).and_then(|chip| licence.held(chip)).filter(|held| held.licensed);
        let Some(held) = held else {
            ruling.refuse(
                Refusal::new(Code::ChipNotLicensed, format!("licence `{}` does not name `{name}`", licence.number))
                    .chip(name)
                    .field("items")
                    .help(format!(
                        "`exquota show {}` prints what it allows; an amendment may add a chip",
                        licence.number
                    )),
            );
            continue;
        };
        let left = held.balance();
        if i64::try_from(*quantity).is_ok_and(|quantity| quantity > left) {
            ruling.refuse(
                Refusal::new(
                    Code::BalanceExceeded,
                    format!(
                        "licence `{}` has {} of {} `{name}` left to ship; {} were asked",
                        licence.number,
                        grouped(left),
                        grouped(held.authorised),
                        shown(*quantity),
                    ),
                )
                .chip(name)
                .field("items")
                .help("ship what is left, or have the licence amended first; there is no tolerance on a quantity"),
            );
        }
    }
}

/// New totals lie at or above what has left (R4).
pub(super) fn not_below_shipped(state: &State, licence: &Licence, items: &Items, ruling: &mut Ruling) {
    for (name, quantity) in items.iter() {
        let shipped = state.chip(name).map_or(0, |chip| licence.amounts(chip).shipped);
        if i64::try_from(*quantity).is_ok_and(|quantity| quantity < shipped) {
            ruling.refuse(
                Refusal::new(
                    Code::BelowShipped,
                    format!(
                        "{} of `{name}` would be below the {} that have left under `{}`",
                        shown(*quantity),
                        grouped(shipped),
                        licence.number
                    ),
                )
                .chip(name)
                .field("items")
                .help(format!("the least that it can be amended to is {}", grouped(shipped))),
            );
        }
    }
}

/// A quantity of a file or command line, for a person; it may be too large to be one (D21).
pub(super) fn shown(quantity: u64) -> String {
    i64::try_from(quantity).map_or_else(|_| quantity.to_string(), grouped)
}
