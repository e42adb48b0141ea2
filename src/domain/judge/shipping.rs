//! Judges shipments, which draw a licence down, and returns (R5, R10).

use super::ceilings::{Change, Moves, ceilings};
use super::notices::notices;
use super::{Asked, Ground, Ruling, conditions, licence_life, licensing, quantities, serials, value};
use crate::domain::ceiling::Counts;
use crate::domain::entries::FoldError;
use crate::domain::event::{Entry, Event, Return, Shipment};
use crate::domain::group::Charge;
use crate::domain::notice::NoticeOn;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::{Amounts, State};
use crate::domain::text::nearest;
use crate::domain::units::{Overflow, grouped};

/// Judges a shipment: the licence is open, names the chips and has enough left; the conditions hold; and shipped
/// amounts stay within every ceiling (R5).
pub(super) fn shipment(
    ground: Ground<'_>,
    entry: &Entry,
    shipment: &Shipment,
    asked: &Asked,
    ruling: &mut Ruling,
) -> Result<(), Overflow> {
    let state = ground.state;
    quantities::whole_and_known(state, &shipment.items, ruling);
    if let Some(destination) = &shipment.destination {
        conditions::country_known(destination, "destination", ruling);
    }
    let asked_for = match asked {
        Asked::Check { held_by: Some(customer) } => licensing::customer(state, customer, ruling),
        Asked::Check { held_by: None } | Asked::Record => None,
    };
    let licence = licence_life::find(ground, entry, &shipment.licence, "licence", ruling);
    if let Some(licence) = licence {
        licence_life::must_allow_shipping(licence, ruling);
        quantities::balance(state, licence, &shipment.items, ruling);
        if ruling.shown {
            ruling.balance = Some(quantities::after_shipping(state, licence, &shipment.items)?);
        }
    }
    let (charge, licensed_for) = match licence {
        Some(licence) => (Some(Charge::under(state, licence)), licence.destination.as_ref()),
        // The licence is not yet valid, but its approval says who would be charged.
        None => match licence_life::approved_later(ground, entry, &shipment.licence) {
            Some((approved, approval)) => {
                let customer = state.customer(&approval.customer);
                let charge = customer.map(|customer| Charge::of_approval(state, approval, approved.date, customer));
                (charge, approval.destination.as_ref())
            }
            None => (None, None),
        },
    };
    value::shipped(state.policy(), licence, shipment, ruling)?;
    conditions::prohibited(state, conditions::chips_of(&shipment.items), ruling);
    let (items, given) = (&shipment.items, &shipment.attestations);
    let customer = charge.map(|charge| charge.customer);
    conditions::attestations(state.policy(), &state.policy().shipment_attestations, "shipment", given, asked, ruling);
    notices(state, NoticeOn::Shipment, customer, items, given, asked, ruling)?;
    serials::going_out(ground, &shipment.items, &shipment.serials, ruling);
    let destination = state.destination(shipment.destination.as_ref(), licensed_for, customer);
    conditions::destination(state, destination, ruling);
    let shipped_to = shipment.destination.as_ref();
    conditions::licensed_destination(state, &shipment.licence, licensed_for, shipped_to, ruling);
    let Some(charge) = charge.map(|charge| charge.shipped(entry.date, shipped_to)) else { return Ok(()) };
    if let Some(asked_for) = asked_for {
        licensing::held_by(state, &shipment.licence, charge.customer, asked_for, ruling);
    }
    conditions::flags(state, charge.customer, ruling);
    if ruling.cannot_be_reckoned() {
        return Ok(());
    }
    shipped_within_ceilings(state, charge, shipment, ruling)
}

fn shipped_within_ceilings(
    state: &State,
    charge: Charge<'_>,
    shipment: &Shipment,
    ruling: &mut Ruling,
) -> Result<(), Overflow> {
    let mut own = Moves::under(charge);
    for (chip, quantity) in shipment.items.iter() {
        // A shipment is judged by shipped amounts only (R5). Its approval was judged for the commitment.
        let shipped = i64::try_from(*quantity).map_err(|_| Overflow)?;
        own.chips.push((chip, Amounts { shipped, ..Amounts::default() }));
    }
    ceilings(state, &Change { own, released: None }, Counts::of_shipments, ruling)
}

/// Judges a return. It must cite an earlier shipment. All returns of a shipment, of any kind, name no more than left
/// (R10).
pub(super) fn returned(
    ground: Ground<'_>,
    entry: &Entry,
    returned: &Return,
    ruling: &mut Ruling,
) -> Result<(), FoldError> {
    let state = ground.state;
    quantities::whole_and_known(state, &returned.items, ruling);
    let recorded =
        ground.entries.reference(&returned.shipment)?.filter(|left| !ground.refused.changes_nothing(left.seq));
    let recorded = recorded.as_deref().and_then(shipment_of);
    let left_on = recorded.map(|(left, _)| left).filter(|left| left.place() > entry.place());
    let (Some((Entry { seq, .. }, shipment)), None) = (recorded, left_on) else {
        let cited = &returned.shipment;
        let refusal = if let Some(Entry { seq, date, .. }) = left_on {
            let told = format!("shipment `{cited}` left on {date} (entry {seq}), after {}", entry.date);
            Refusal::new(Code::ShipmentUnknown, told).help("check the date of the return against the documents")
        } else {
            let known = ground.entries.shipment_references()?;
            let others = known.iter().map(String::as_str).filter(|reference| *reference != cited.as_str());
            Refusal::new(Code::ShipmentUnknown, format!("no shipment `{cited}` is recorded"))
                .nearest(nearest(cited.as_str(), others))
                .help("a return cites the reference of the shipment it belongs to")
        };
        ruling.refuse(refusal.field("shipment"));
        serials::coming_back(state, None, returned, ruling);
        return Ok(());
    };
    for (chip, quantity) in returned.items.iter() {
        let shipped = shipment.items.get(chip).copied().unwrap_or(0);
        let before = state.chip(chip).map_or(0, |chip| state.returned(*seq, Some(chip)));
        let left = i64::try_from(shipped).map_err(|_| Overflow)? - before;
        if i64::try_from(*quantity).map_err(|_| Overflow)? > left {
            let told = format!(
                "shipment `{}` sent {} of `{chip}`, and returns name {} of them; {} more can't be returned",
                returned.shipment,
                quantities::shown(shipped),
                grouped(before),
                quantities::shown(*quantity),
            );
            let refusal = Refusal::new(Code::ReturnExceeded, told).chip(chip).field("items");
            ruling.refuse(refusal.help(format!("at most {} can still be returned", grouped(left))));
        }
    }
    value::undelivered(state, *seq, shipment, returned, ruling)?;
    serials::coming_back(state, Some(*seq), returned, ruling);
    Ok(())
}

fn shipment_of(entry: &Entry) -> Option<(&Entry, &Shipment)> {
    let Event::Shipment(shipment) = &entry.event else { return None };
    Some((entry, shipment))
}
