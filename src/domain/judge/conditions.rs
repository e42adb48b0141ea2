//! Checks the policy's conditions other than quantities: destination, attestations, flags, prohibited chips.

use super::{Asked, Ruling};
use crate::domain::country;
use crate::domain::coverage::Point;
use crate::domain::event::{Attestations, Items};
use crate::domain::policy::{FlagRule, Policy};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{CustomerIx, State};
use crate::domain::text::{ChipName, Country, LicenceNumber, Name, nearest};

/// Refuses a code that is not one of ISO 3166-1.
pub(super) fn country_known(given: &Country, field: &str, ruling: &mut Ruling) {
    if !given.is_assigned() {
        let told = format!("`{given}` is not a country code of ISO 3166-1");
        let refusal =
            Refusal::new(Code::CountryUnknown, told).field(field).nearest(nearest(given.as_str(), country::codes()));
        ruling.refuse(refusal.help("use the two letters, as in CN, HK, MO"));
    }
}

/// Refuses a destination that the policy does not allow.
pub(super) fn destination(state: &State, destination: Option<&Country>, ruling: &mut Ruling) {
    let (Some(allowed), Some(destination)) = (&state.policy().destinations, destination) else { return };
    if destination.is_assigned() && !allowed.contains(destination) {
        let listed: Vec<&str> = allowed.iter().map(Country::as_str).collect();
        let told = format!("`{destination}` is not among the allowed destinations: {}", listed.join(", "));
        let refusal =
            Refusal::new(Code::DestinationNotAllowed, told).field("destination").policy_key("destinations.allowed");
        ruling.refuse(refusal.help("`exquota policy show` lists the allowed destinations"));
    }
}

/// Refuses a shipment to another country than the licence names, unless the policy counts both as one (R16).
pub(super) fn licensed_destination(
    state: &State,
    licence: &LicenceNumber,
    licensed: Option<&Country>,
    shipped_to: Option<&Country>,
    ruling: &mut Ruling,
) {
    let (Some(licensed), Some(shipped_to)) = (licensed, shipped_to) else { return };
    let policy = state.policy();
    if shipped_to.is_assigned() && policy.counted_as(licensed) != policy.counted_as(shipped_to) {
        let told = format!("licence `{licence}` is for `{licensed}`, and the shipment goes to `{shipped_to}`");
        let refusal =
            Refusal::new(Code::DestinationNotLicensed, told).field("destination").policy_key("country_groups");
        ruling.refuse(
            refusal.help("check the destination on the licence; goods for another country need a licence for it"),
        );
    }
}

/// Refuses an entry that lacks an attestation the policy requires. A question need not attest, and gets a warning
/// (D14), unless a wrong name makes it another question.
pub(super) fn attestations(
    policy: &Policy,
    wanted: &[Name],
    kind: &'static str,
    given: &Attestations,
    asked: &Asked,
    ruling: &mut Ruling,
) {
    // To fold names costs a replay more than all else of this rule.
    let watched = if ruling.shown { given } else { &Attestations::default() };
    for name in unknown(policy, watched) {
        let told = format!("the policy asks for no attestation `{name}`");
        ruling.warnings.push(match nearest(name.as_str(), policy.attestations().map(Name::as_str)).first() {
            Some(near) => format!("{told}; did you mean `{near}`?"),
            None => told,
        });
    }
    for name in wanted.iter().filter(|name| given.get(name).is_none()) {
        if *asked == Asked::Record {
            let reason = format!("every {kind} must attest `{name}`");
            ruling.refuse(missing(policy, name, given, reason, format!("attestations.{kind}")));
        } else if !ruling.cannot_be_reckoned() {
            ruling.warnings.push(format!("the {kind} itself will have to attest `{name}`"));
        }
    }
}

/// The given names that the policy does not know.
fn unknown<'a>(policy: &'a Policy, given: &'a Attestations) -> impl Iterator<Item = &'a Name> {
    given.iter().map(|(name, _)| name).filter(|name| policy.attestations().all(|known| known != *name))
}

/// The refusal of an entry without an attestation. Its help names a given attestation that may be the misspelt one.
pub(super) fn missing(
    policy: &Policy,
    name: &Name,
    given: &Attestations,
    reason: String,
    policy_key: String,
) -> Refusal {
    let near = nearest(name.as_str(), unknown(policy, given).map(Name::as_str));
    let help = match near.first() {
        Some(near) => format!("you gave `--attest {near}`; did you mean `--attest {name}`?"),
        None => format!("add `--attest {name}`, or `--attest {name}=FILE` to keep the evidence's SHA-256"),
    };
    Refusal::new(Code::AttestationMissing, reason).field(name.as_str()).policy_key(policy_key).help(help)
}

/// Refuses if the customer or one of its parents carries a flag that refuses (D13).
pub(super) fn flags(state: &State, customer: CustomerIx, ruling: &mut Ruling) {
    for member in state.line_of_parents(customer) {
        let Some(record) = state.customer_at(member).map(|member| &member.registered.record) else { continue };
        for flag in &record.flags {
            let told = format!("`{}` carries the flag `{flag}`", record.id);
            match state.policy().flag(flag) {
                Some((name, FlagRule::Refuse)) => ruling.refuse(
                    Refusal::new(Code::CustomerFlagged, told)
                        .field("customer")
                        .policy_key(format!("flags.{name}"))
                        .help("the rules refuse its approvals and shipments while it carries the flag"),
                ),
                Some((name, FlagRule::Warn)) => {
                    ruling.warnings.push(format!("{told}; the policy asks for care"));
                    ruling.met.push(Point::met(format!("flags.{name}")));
                }
                None => {}
            }
        }
    }
}

/// Refuses prohibited chips.
pub(super) fn prohibited<'a>(state: &State, chips: impl Iterator<Item = &'a ChipName>, ruling: &mut Ruling) {
    for name in chips {
        let prohibited = state.policy().chip(name).and_then(|chip| chip.prohibited.as_ref());
        let Some(prohibited) = prohibited else { continue };
        let told = format!("`{name}` is prohibited: {}", prohibited.reason);
        let key = prohibited.policy_key(name);
        let refusal = Refusal::new(Code::ChipProhibited, told).chip(name).field("items").policy_key(key);
        ruling.refuse(refusal.help("no quantity of it would pass"));
    }
}

/// The names of an order's chips.
pub(super) fn chips_of(items: &Items) -> impl Iterator<Item = &ChipName> {
    items.iter().map(|(name, _)| name)
}
