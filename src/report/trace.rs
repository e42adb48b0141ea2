//! The way of one serial number.

use super::Document;
use super::clean::clean;
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::row::object;
use super::table::{Table, table};
use super::values::{Day, words_in_output};
use crate::domain::event::{Digest, Seq};
use crate::domain::words::words;
use schemars::JsonSchema;
use serde::Serialize;

words! {
    /// How a chip moved.
    pub enum Moved {
        /// It left.
        Shipment = "shipment",
        /// It came back.
        Return = "return",
    }
}

words_in_output!(Moved);

/// One step of the way: a shipment or a return.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Step {
    /// `shipment` or `return`.
    pub event: Moved,
    /// The entry.
    pub entry: Seq,
    /// When it happened.
    pub date: Day,
    /// The shipment's or return's reference.
    pub reference: String,
    /// Which chip.
    pub chip: String,
    /// Under which licence.
    pub licence: String,
    /// Who holds it.
    pub licensee: Option<String>,
    /// Who bought.
    pub customer: Option<String>,
    /// The ultimate parent on that day.
    pub family: Option<String>,
    /// Where it went: as stated, by the licence, or the customer's own country.
    pub destination: Option<String>,
    /// Who received it.
    pub consignee: Option<String>,
    /// The policy it went under.
    pub policy: PolicyLabel,
}

/// `trace`: the whole way.
pub struct Trace {
    /// The serial number.
    pub serial: String,
    /// The ledger's head.
    pub head: Digest,
    /// In the order of what happened.
    pub steps: Vec<Step>,
}

object! {
    /// What `trace` answers: the whole way of a serial number.
    "trace" it: Trace { serial, head, out: it.out(), steps }
}

impl Trace {
    /// Whether the chip is out, as far as the ledger knows.
    fn out(&self) -> bool {
        self.steps.last().is_some_and(|step| step.event == Moved::Shipment)
    }
}

impl Document for Trace {
    fn text(&self, medium: &Medium) -> String {
        let serial = clean(&self.serial);
        let Some(last) = self.steps.last() else {
            return format!("NOT FOUND: no shipment names the serial number `{serial}`\n");
        };
        let holder = last.family.as_deref().or(last.customer.as_deref()).unwrap_or("");
        let verdict = if self.out() {
            format!(
                "OUT: `{serial}` went to {} (family {}) on {}",
                clean(last.customer.as_deref().unwrap_or("")),
                clean(holder),
                last.date
            )
        } else {
            format!("RETURNED: `{serial}` came back on {}", last.date)
        };
        let policies: Vec<String> =
            self.steps.iter().map(|step| format!("entry {}: {}", step.entry, step.policy.line())).collect();
        format!(
            "{verdict}\n\n{}\n{}\n",
            self.table().map(|table| table.text(medium)).unwrap_or_default(),
            policies.join("\n")
        )
    }

    fn table(&self) -> Option<Table> {
        Some(table!(&self.steps, |step| {
            text("date") = step.date,
            text("event") = step.event,
            text("entry") = step.entry,
            text("reference") = &step.reference,
            text("chip") = &step.chip,
            text("licence") = &step.licence,
            text("licensee") = &step.licensee,
            text("customer") = &step.customer,
            text("family") = &step.family,
            text("destination") = &step.destination,
            text("consignee") = &step.consignee,
        }))
    }
}
