//! Groups for which nothing would pass, whatever the quantity: they have no headroom, however little they use.

use crate::domain::group::Group;
use crate::domain::policy::FlagRule;
use crate::domain::refusal::Code;
use crate::domain::state::{CustomerIx, State};
use crate::domain::text::Country;

/// The codes by which every order for the group would be refused.
///
/// A flag of the ultimate parent refuses the whole family (D13). A nation's goods go to it where an order names no other
/// destination (D13), so a nation that is not allowed has no headroom either.
pub(super) fn refused(state: &State, group: &Group) -> Vec<Code> {
    let one = |refused: bool, code| if refused { vec![code] } else { Vec::new() };
    match group {
        Group::Customer(customer) | Group::Family(customer) => one(is_flagged(state, *customer), Code::CustomerFlagged),
        Group::Country(country) | Group::Destination(country) => {
            one(!is_allowed(state, country), Code::DestinationNotAllowed)
        }
        Group::Chip(chip) => {
            let is_prohibited = state.policy().chip(chip).is_some_and(|chip| chip.prohibited.is_some());
            one(is_prohibited, Code::ChipProhibited)
        }
        Group::Each(parts) => parts.iter().flat_map(|part| refused(state, part)).collect(),
        Group::Licensee(_) | Group::Total => Vec::new(),
    }
}

fn is_flagged(state: &State, customer: CustomerIx) -> bool {
    let records = state.line_of_parents(customer).filter_map(|member| state.customer_at(member));
    let mut flags = records.flat_map(|member| &member.registered.record.flags);
    flags.any(|flag| matches!(state.policy().flag(flag), Some((_, FlagRule::Refuse))))
}

/// Whether the policy allows the country, or one that counts as the same.
fn is_allowed(state: &State, country: &Country) -> bool {
    let policy = state.policy();
    policy.destinations.as_ref().is_none_or(|allowed| allowed.iter().any(|code| policy.counted_as(code) == country))
}
