//! Judges approvals and amendments, which add to the commitments (R3, R4).

use super::ceilings::{Change, Moves, ceilings};
use super::notices::notices;
use super::{Asked, Ground, Ruling, conditions, licence_life, quantities, value};
use crate::domain::event::{Amendment, Approval, Entry, Items};
use crate::domain::group::Charge;
use crate::domain::notice::NoticeOn;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{ClosedBy, CustomerIx, Licence, LineItem, State, Unshipped};
use crate::domain::text::{ChipName, CustomerId, LicenceNumber, Name, nearest};
use crate::domain::units::Overflow;

/// Judges an approval, and the licence that it replaces.
pub(super) fn approval(
    ground: Ground<'_>,
    entry: &Entry,
    approval: &Approval,
    asked: &Asked,
    ruling: &mut Ruling,
) -> Result<(), Overflow> {
    let state = ground.state;
    quantities::whole_and_known(state, &approval.items, ruling);
    let customer = customer(state, &approval.customer, ruling);
    if let Some(destination) = &approval.destination {
        conditions::country_known(destination, "destination", ruling);
    }
    licence_life::expiry_not_past(entry, approval.expires, ruling);
    value::approved(state.policy(), approval, ruling)?;
    if ruling.shown {
        licence_life::warn_of_long_life(state.policy(), entry.date, approval.expires, asked, ruling);
    }
    let replaced =
        approval.replaces.as_ref().and_then(|number| licence_life::find(ground, entry, number, "replaces", ruling));
    if let Some(replaced) = replaced {
        licence_life::must_be_open(replaced, "replaces", ruling);
    }
    conditions::prohibited(state, conditions::chips_of(&approval.items), ruling);
    let (items, given) = (&approval.items, &approval.attestations);
    conditions::attestations(state.policy(), &state.policy().approval_attestations, "approval", given, asked, ruling);
    notices(state, NoticeOn::Approval, customer, items, given, asked, ruling)?;
    conditions::destination(state, state.destination(None, approval.destination.as_ref(), customer), ruling);
    let Some(customer) = customer else { return Ok(()) };
    conditions::flags(state, customer, ruling);
    if let Some(licensee) = &approval.licensee {
        warn_of_new_licensee(state, licensee, ruling);
    }
    if ruling.cannot_be_reckoned() {
        return Ok(());
    }
    let mut own = Moves::under(Charge::of_approval(state, approval, entry.date, customer));
    for (chip, quantity) in approval.items.iter() {
        let authorised = i64::try_from(*quantity).map_err(|_| Overflow)?;
        own.chips.push((chip, Unshipped::Reserved.amounts(authorised, 0)));
    }
    if let Some(replaced) = replaced.filter(|replaced| state.root(replaced.customer) != state.root(customer)) {
        let held_by = state.customer_at(replaced.customer).map_or("", |held_by| held_by.registered.record.id.as_str());
        let told =
            format!("licence `{}`, which this one replaces, is for another family: `{held_by}`", replaced.number);
        ruling.warnings.push(told);
    }
    let released = replaced.map(|replaced| released_by(state, entry, replaced)).transpose()?;
    ceilings(state, &Change { own, released }, |counts| counts, ruling)
}

/// What moves where an approval replaces the licence.
fn released_by<'a>(state: &'a State, entry: &Entry, licence: &'a Licence) -> Result<Moves<'a>, Overflow> {
    let mut moves = Moves::under(Charge::under(state, licence));
    let after = licence.status.closed(ClosedBy::Replaced, entry.seq, entry.date).unshipped();
    for held in &licence.chips {
        let Some(chip) = state.chip_name(held.chip) else { continue };
        let released = held.amounts(after).since(held.amounts(licence.status.unshipped()))?;
        moves.chips.push((chip, released));
    }
    Ok(moves)
}

/// Judges an amendment. What it raises must pass like an approval, except for attestations: an amendment has no field
/// for them (D11).
pub(super) fn amendment(
    ground: Ground<'_>,
    entry: &Entry,
    amendment: &Amendment,
    ruling: &mut Ruling,
) -> Result<(), Overflow> {
    let state = ground.state;
    quantities::whole_and_known(state, &amendment.items, ruling);
    licence_life::expiry_not_past(entry, amendment.expires, ruling);
    let Some(licence) = licence_life::find(ground, entry, &amendment.licence, "licence", ruling) else { return Ok(()) };
    licence_life::must_be_open(licence, "licence", ruling);
    quantities::not_below_shipped(state, licence, &amendment.items, ruling);
    value::amended(state.policy(), licence, amendment, ruling)?;
    let open = licence.status.is_open();
    let expires = amendment.expires.filter(|expires| *expires >= entry.date);
    let status = expires.map_or(licence.status, |expires| licence.status.amended(expires, entry.date));
    let mut items = amendment.items.clone();
    if status.is_open() && !open {
        // The amendment opens an expired licence again, and so commits every chip of it anew (R13).
        items.append(unnamed(state, licence, &amendment.items)?);
    }
    let mut own = Moves::under(Charge::under(state, licence));
    let mut raised: Vec<&ChipName> = Vec::new();
    for (name, quantity) in items.iter() {
        let authorised = i64::try_from(*quantity).map_err(|_| Overflow)?;
        let held = state.chip(name).and_then(|chip| licence.held(chip));
        let before = held.map(|held| held.amounts(licence.status.unshipped())).unwrap_or_default();
        let after = held.map_or_else(
            || status.unshipped().amounts(authorised, 0),
            |held| LineItem { authorised, ..held }.amounts(status.unshipped()),
        );
        let moved = after.since(before)?;
        if moved.committed() > 0 || moved.authorised > 0 {
            raised.push(name);
        }
        own.chips.push((name, moved));
    }
    if !raised.is_empty() {
        conditions::prohibited(state, raised.into_iter(), ruling);
        let destination = state.destination(None, licence.destination.as_ref(), Some(licence.customer));
        conditions::destination(state, destination, ruling);
        conditions::flags(state, licence.customer, ruling);
    }
    if ruling.cannot_be_reckoned() {
        return Ok(());
    }
    ceilings(state, &Change { own, released: None }, |counts| counts, ruling)
}

/// The licence's totals of the chips that an amendment does not name.
fn unnamed(state: &State, licence: &Licence, named: &Items) -> Result<Items, Overflow> {
    let others = licence.chips.iter().filter_map(|held| Some((state.chip_name(held.chip)?, held.authorised)));
    let others = others.filter(|(name, _)| named.get(name).is_none());
    let totals: Result<Vec<_>, Overflow> =
        others.map(|(name, total)| Ok((name.clone(), u64::try_from(total).map_err(|_| Overflow)?))).collect();
    totals.map(Items::new)
}

/// Refuses an unregistered customer (R2). A misspelt one would get a fresh ceiling.
pub(super) fn customer(state: &State, id: &CustomerId, ruling: &mut Ruling) -> Option<CustomerIx> {
    let found = state.customer(id);
    if found.is_none() {
        ruling.refuse(super::registration::unknown(state, id, "customer"));
    }
    found
}

/// Warns of a licensee without a licence so far: the name may be misspelt (D10).
fn warn_of_new_licensee(state: &State, name: &Name, ruling: &mut Ruling) {
    if state.licensee_called(name).is_some_and(|known| known.licences > 0) {
        return;
    }
    let near = nearest(name.as_str(), state.licensees().map(|licensee| licensee.name.as_str()));
    ruling.warnings.push(match near.first() {
        Some(known) => format!("licensee `{name}` holds no licence so far; did you mean `{known}`?"),
        None => format!("licensee `{name}` holds no licence so far"),
    });
}

/// For `check CUSTOMER --licence L`: refuses a licence that another family holds.
pub(super) fn held_by(
    state: &State,
    licence: &LicenceNumber,
    customer: CustomerIx,
    asked_for: CustomerIx,
    ruling: &mut Ruling,
) {
    let (Some(owner), Some(asked_for_record)) = (state.customer_at(customer), state.customer_at(asked_for)) else {
        return;
    };
    if state.root(customer) != state.root(asked_for) {
        let (owner, asked_for) = (&owner.registered.record.id, &asked_for_record.registered.record.id);
        let told = format!("licence `{licence}` is for `{owner}`, which is not in `{asked_for}`'s family");
        let refusal = Refusal::new(Code::LicenceNotHeld, told).field("licence");
        ruling.refuse(refusal.help(format!("`exquota show {asked_for}` lists that customer's licences")));
    }
}
