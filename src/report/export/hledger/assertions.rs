//! The fold's amounts as assertions. hledger fails if its own sums differ.

use super::accounts::{Account, commodity, family_path, path_of};
use crate::domain::group::Group;
use crate::domain::state::{Amounts, Licence, State, Unshipped};
use crate::domain::text::ChipName;

/// Asserts the fold's amounts of a licence. `open` says whether to take the licence as open.
pub(super) fn checks_of(state: &State, licence: &Licence, open: bool) -> Vec<String> {
    let path = path_of(state, licence);
    let mut checks = Vec::new();
    for held in &licence.chips {
        let Some(chip) = state.chip_name(held.chip) else { continue };
        checks.extend(asserted(
            &path,
            chip,
            held.amounts(if open { Unshipped::Reserved } else { Unshipped::Released }),
            "=",
        ));
        if held.balance() < 0 {
            checks.push(assertion(Account::Excess, &path, chip, held.balance(), "="));
        }
    }
    checks
}

/// Asserts the fold's amounts of the licence's family, for the licence's chips.
pub(super) fn checks_of_family(state: &State, licence: &Licence) -> Vec<String> {
    let root = state.root(licence.customer);
    let concerned = |chip: &ChipName| state.chip(chip).is_some_and(|chip| licence.held(chip).is_some());
    checks_of_group(state, &family_path(state, root), &Group::Family(root), concerned)
}

pub(super) fn checks_of_group(
    state: &State,
    path: &str,
    group: &Group,
    concerned: impl Fn(&ChipName) -> bool,
) -> Vec<String> {
    let named = state.amounts(group).filter_map(|(chip, amounts)| Some((state.chip_name(chip)?, amounts)));
    let concerned = named.filter(|(chip, amounts)| *amounts != Amounts::default() && concerned(chip));
    concerned.flat_map(|(chip, amounts)| asserted(path, chip, amounts, "=*")).collect()
}

/// Asserts the amounts of R3, and the returned and retired chips.
fn asserted(path: &str, chip: &ChipName, amounts: Amounts, sign: &str) -> Vec<String> {
    let all = [
        (Account::Authorised, -amounts.authorised),
        (Account::Outstanding, amounts.outstanding),
        (Account::Shipped, amounts.shipped),
        (Account::Released, amounts.released),
        (Account::Returned, amounts.returned),
        (Account::Retired, amounts.retired),
    ];
    all.into_iter().map(|(account, count)| assertion(account, path, chip, count, sign)).collect()
}

/// Moves nothing and asserts that the account holds `count`. With `=*` the count includes all accounts below it.
fn assertion(account: Account, path: &str, chip: &ChipName, count: i64, sign: &str) -> String {
    let chip = commodity(chip.as_str());
    format!("{}  0 {chip} {sign} {count} {chip}", account.at(path))
}
