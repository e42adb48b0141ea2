//! `trace`: shows who had a chip, or many.

use crate::commands::error::Misuse;
use crate::commands::session::{Fold, Opened, Session};
use crate::commands::sheets::Reading;
use crate::commands::{Answer, Exit};
use crate::domain::event::{Entry, Event, Number, Serials};
use crate::domain::text::{Serial, Text, tidy};
use crate::report::policies::PolicyLabel;
use crate::report::trace::{Moved, Step, Trace, Traced};
use crate::report::values::Day;
use crate::store::csv;
use hashbrown::HashMap;
use std::path::PathBuf;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    /// Serial numbers in any spelling.
    pub serials: Vec<String>,
    /// A file with more of them.
    pub file: Option<PathBuf>,
}

/// Lists every shipment and return of the serial numbers. Exit 1 if no live entry names one of them.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let mut wanted: Vec<Serial> = request.serials.iter().map(|serial| Serial::new(tidy(serial))).collect();
    if let Some(path) = &request.file {
        let reading = Reading { path, again: "give the same command again" };
        wanted.extend(csv::serials(path).map_err(|error| reading.no_sheet(error))?);
    }
    if wanted.is_empty() || wanted.iter().any(|serial| serial.as_str().is_empty()) {
        return Err(Misuse::new(
            "a serial number is missing",
            "give one, or put one on each line of the file of `--serials`",
        )
        .into());
    }
    let mut places: HashMap<Serial, usize> = HashMap::new();
    let mut serials: Vec<Traced> = Vec::new();
    for serial in wanted {
        places.entry_ref(&serial).or_insert_with(|| {
            serials.push(Traced { serial: serial.to_string(), steps: Vec::new() });
            serials.len() - 1
        });
    }
    let mut opened = session.open(Fold::Whole)?;
    let mut moved = Vec::new();
    for entry in opened.book.effective() {
        let entry = entry?;
        let chips = entry.event.serials().into_iter().flat_map(Serials::iter);
        let named = chips.flat_map(|(chip, list)| list.iter().map(move |serial| (serial, chip)));
        let found = named.filter_map(|(serial, chip)| Some((*places.get(serial)?, chip.to_string())));
        let found: Vec<(usize, String)> = found.collect();
        if !found.is_empty() && !opened.book.is_inert(entry.seq) {
            moved.push((entry.into_owned(), found));
        }
    }
    for (entry, found) in moved {
        let Some(step) = step(&mut opened, &entry)? else { continue };
        for (place, chip) in found {
            if let Some(traced) = serials.get_mut(place) {
                traced.steps.push(Step { serial: traced.serial.clone(), chip, ..step.clone() });
            }
        }
    }
    let exit = if serials.iter().any(|traced| traced.steps.is_empty()) { Exit::No } else { Exit::Fine };
    let document = Trace { head: opened.head, serials };
    Ok(Answer { document: Box::new(document), exit, warnings: opened.warnings })
}

/// One shipment or return of no chip yet, with its licence, customer, destination and policy on its day.
fn step(opened: &mut Opened, entry: &Entry) -> anyhow::Result<Option<Step>> {
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
        serial: String::new(),
        kind: if let Event::Return(returned) = &entry.event { returned.kind } else { None },
        event: if entry.event.shipment().is_some() { Moved::Return } else { Moved::Shipment },
        entry: entry.seq,
        date: Day(entry.date),
        reference: reference.to_string(),
        chip: String::new(),
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
