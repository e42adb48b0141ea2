//! The answer of `trace`: the shipments and returns of serial numbers.

use super::Document;
use super::clean::clean;
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::row::object;
use super::table::{Table, table};
use super::values::{Day, words_in_output};
use crate::domain::event::{Digest, ReturnKind, Seq};
use crate::domain::words::words;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

words! {
    /// How a chip moved.
    pub enum Moved {
        Shipment = "shipment",
        Return = "return",
    }
}

words_in_output!(Moved, ReturnKind);

/// One step: a shipment or a return.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Step {
    /// The serial number, as it was asked.
    pub serial: String,
    /// `shipment` or `return`.
    pub event: Moved,
    /// For a return: `undelivered` or `retired`; null if the chip came back.
    pub kind: Option<ReturnKind>,
    /// The entry that records the step.
    pub entry: Seq,
    /// The day of the step.
    pub date: Day,
    /// The reference of the shipment or return.
    pub reference: String,
    /// The chip's name.
    pub chip: String,
    /// The licence of the shipment.
    pub licence: String,
    /// The company that holds the licence.
    pub licensee: Option<String>,
    /// The customer who bought the chip.
    pub customer: Option<String>,
    /// The customer's ultimate parent on that day.
    pub family: Option<String>,
    /// The destination: as the shipment states it, else the licence's, else the customer's own country.
    pub destination: Option<String>,
    /// The company that received the chip.
    pub consignee: Option<String>,
    /// The policy in force at this step.
    pub policy: PolicyLabel,
}

/// A serial number and what happened to its chip.
pub struct Traced {
    pub serial: String,
    /// In the order of what happened; empty where no shipment names it.
    pub steps: Vec<Step>,
}

object! {
    it: Traced { serial, out: it.out() }
}

/// The answer of `trace`: every step of the serial numbers.
pub struct Trace {
    pub head: Digest,
    /// In the order given, each once.
    pub serials: Vec<Traced>,
}

object! {
    /// What `trace` answers: every step of the serial numbers.
    "trace" it: Trace {
        head,
        /// The serial numbers in the order given, and whether each chip is out.
        serials,
        /// Whether all these chips are out.
        out: it.serials.iter().all(Traced::out),
        steps: it.steps().collect::<Vec<_>>(),
    }
}

impl Trace {
    /// The steps of one serial number after the other.
    fn steps(&self) -> impl Iterator<Item = &Step> {
        self.serials.iter().flat_map(|traced| &traced.steps)
    }
}

impl Traced {
    /// Whether the chip is out, as far as the ledger knows.
    fn out(&self) -> bool {
        self.steps.last().is_some_and(|step| step.event == Moved::Shipment)
    }

    /// Where the chip is, in a line.
    fn verdict(&self) -> String {
        let serial = clean(&self.serial);
        let Some(last) = self.steps.last() else {
            return format!("NOT FOUND: no shipment names the serial number `{serial}`");
        };
        let holder = last.family.as_deref().or(last.customer.as_deref()).unwrap_or("");
        if self.out() {
            format!(
                "OUT: `{serial}` went to {} (family {}) on {}",
                clean(last.customer.as_deref().unwrap_or("")),
                clean(holder),
                last.date
            )
        } else {
            match last.kind {
                None => format!("RETURNED: `{serial}` came back on {}", last.date),
                Some(ReturnKind::Undelivered) => format!("NOT DELIVERED: `{serial}` was not delivered ({})", last.date),
                Some(ReturnKind::Retired) => {
                    format!("RETIRED: `{serial}` was lost, destroyed or resold on {}", last.date)
                }
            }
        }
    }
}

impl Document for Trace {
    fn text(&self, medium: &Medium) -> String {
        let verdicts: String = self.serials.iter().map(|traced| traced.verdict() + "\n").collect();
        let mut text = medium.prose(&verdicts);
        let policies: BTreeMap<Seq, String> = self.steps().map(|step| (step.entry, step.policy.line())).collect();
        if let Some(table) = self.table().filter(|table| !table.is_empty()) {
            text += &format!("\n{}\n", table.text(medium));
        }
        let policies: String = policies.iter().map(|(entry, policy)| format!("entry {entry}: {policy}\n")).collect();
        text + &medium.prose(&policies)
    }

    fn table(&self) -> Option<Table> {
        Some(table!(self.steps(), |step| {
            text("serial") = &step.serial,
            text("date") = step.date,
            text("event") = step.event,
            text("kind").unless("") = step.kind,
            text("entry") = step.entry,
            text("reference") = &step.reference,
            text("chip").goes(4) = &step.chip,
            text("licence") = &step.licence,
            text("licensee").goes(1) = &step.licensee,
            text("customer") = &step.customer,
            text("family").goes(3) = &step.family,
            text("destination").goes(5) = &step.destination,
            text("consignee").goes(2) = &step.consignee,
        }))
    }
}
