//! `trace`: shows who had a chip.

use crate::commands::session::{Fold, Opened, Session};
use crate::commands::{Answer, Exit};
use crate::domain::event::{Entry, Event, Number, Serials};
use crate::domain::text::{ChipName, Serial, Text, tidy};
use crate::report::policies::PolicyLabel;
use crate::report::trace::{Moved, Step, Trace};
use crate::report::values::Day;

/// Lists every shipment and return of the serial number. Exit 1 if no live entry names it.
pub fn run(session: &Session, serial: &str) -> anyhow::Result<Answer> {
    let mut opened = session.open(Fold::Whole)?;
    let wanted = Serial::new(tidy(serial));
    let mut named: Vec<(Entry, ChipName)> = Vec::new();
    for entry in opened.book.effective() {
        let entry = entry?;
        let mut chips = entry.event.serials().into_iter().flat_map(Serials::iter);
        let chip = chips.find(|(_, list)| list.contains(&wanted)).map(|(chip, _)| chip.clone());
        if let Some(chip) = chip.filter(|_| !opened.book.is_inert(entry.seq)) {
            named.push((entry.into_owned(), chip));
        }
    }
    let mut steps = Vec::with_capacity(named.len());
    for (entry, chip) in &named {
        steps.extend(step(&mut opened, entry, chip)?);
    }
    let exit = if steps.is_empty() { Exit::No } else { Exit::Fine };
    let document = Trace { serial: wanted.to_string(), head: opened.head, steps };
    Ok(Answer { document: Box::new(document), exit, warnings: opened.warnings })
}

/// One shipment or return, with its licence, customer, destination and policy on its day.
fn step(opened: &mut Opened, entry: &Entry, chip: &ChipName) -> anyhow::Result<Option<Step>> {
    let Some(Number::Reference(reference)) = entry.event.number() else { return Ok(None) };
    // A return is shown with the shipment that it cites.
    let cited = entry.event.shipment().unwrap_or(reference);
    let Some((_, shipment)) = opened.book.entries().shipment(cited)? else { return Ok(None) };
    let Some(state) = opened.book.just_after(entry.seq)? else { return Ok(None) };
    let licence = state.licence(&shipment.licence);
    let customer = licence.and_then(|licence| state.customer_at(licence.customer)).map(|held| &held.registered.record);
    let family = licence.and_then(|licence| state.customer_at(state.root(licence.customer)));
    let licensed_for = licence.and_then(|licence| licence.destination.as_ref());
    let destination =
        state.destination(shipment.destination.as_ref(), licensed_for, licence.map(|licence| licence.customer));
    Ok(Some(Step {
        kind: if let Event::Return(returned) = &entry.event { returned.kind } else { None },
        event: if entry.event.shipment().is_some() { Moved::Return } else { Moved::Shipment },
        entry: entry.seq,
        date: Day(entry.date),
        reference: reference.to_string(),
        chip: chip.to_string(),
        licence: shipment.licence.to_string(),
        licensee: licence
            .and_then(|licence| licence.licensee)
            .and_then(|licensee| state.licensee_at(licensee))
            .map(|licensee| licensee.name.to_string()),
        customer: customer.map(|record| record.id.to_string()),
        family: family.map(|root| root.registered.record.id.to_string()),
        destination: destination.map(ToString::to_string),
        consignee: shipment.consignee.as_ref().map(Text::to_string),
        policy: PolicyLabel::of(&state.in_force().adoption),
    }))
}
