//! Checks serial numbers: one for each chip, and none out twice.

use super::{Ground, Ruling};
use crate::domain::event::{Items, Return, Seq, Serials};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::state::State;
use crate::domain::text::{ChipName, Serial};
use std::collections::HashSet;

/// Checks the serial numbers of a shipment: one for each chip if any are given, none out already, none named twice.
pub(super) fn going_out(ground: Ground<'_>, items: &Items, serials: &Serials, ruling: &mut Ruling) {
    let mut named: HashSet<&Serial> = HashSet::new();
    for (chip, list) in serials.iter() {
        one_each(items, chip, list, ruling);
        let mut taken: Vec<String> = Vec::new();
        let mut help = "name each chip once";
        for serial in list {
            if let Some(entry) = ground.state.serial_out(serial) {
                // Only a return that retired the chip holds it in place of a shipment (R10).
                let retired = ground.entries.held(entry).is_some_and(|entry| entry.event.shipment().is_some());
                let (stands, next) = if retired {
                    ("was retired by", "a retired chip can't ship again; if it was not retired, void that entry first")
                } else {
                    ("is out under", "if the chip came back, record its return first")
                };
                taken.push(format!("`{serial}` {stands} entry {entry}"));
                help = next;
            } else if !named.insert(serial) {
                taken.push(format!("`{serial}` is named twice"));
            }
        }
        if let Some(first) = taken.first() {
            let more = taken.len() - 1;
            let told = if more == 0 { first.clone() } else { format!("{first}, and {more} more are taken") };
            ruling.refuse(Refusal::new(Code::SerialTaken, told).chip(chip).field("serials").help(help));
        }
    }
}

/// Checks the serial numbers of a return: one for each chip, and out under the cited shipment. Nothing is out under
/// an unknown one.
pub(super) fn coming_back(state: &State, shipment: Option<Seq>, returned: &Return, ruling: &mut Ruling) {
    let mut named: HashSet<&Serial> = HashSet::new();
    for (chip, list) in returned.serials.iter() {
        let here = |serial: &Serial| shipment.is_some() && state.serial_out(serial) == shipment;
        let stray = list.iter().find(|serial| !here(serial) || !named.insert(serial));
        match stray {
            Some(serial) => {
                let told = format!("`{serial}` is not out under shipment `{}`, or is named twice", returned.shipment);
                let refusal = Refusal::new(Code::SerialMismatch, told).chip(chip).field("serials");
                ruling.refuse(refusal.help("compare the list with the shipment's"));
            }
            None => one_each(&returned.items, chip, list, ruling),
        }
    }
}

fn one_each(items: &Items, chip: &ChipName, list: &[Serial], ruling: &mut Ruling) {
    let quantity = items.get(chip).copied().unwrap_or(0);
    if u64::try_from(list.len()) != Ok(quantity) {
        let told = format!("{} serial numbers are given for {quantity} of `{chip}`", list.len());
        let refusal = Refusal::new(Code::SerialMismatch, told).chip(chip).field("serials");
        ruling.refuse(refusal.help("give one serial number for each chip, or none for that model"));
    }
}
