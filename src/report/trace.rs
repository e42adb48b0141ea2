//! The way of one serial number.

use super::clean::clean;
use super::paper::Paper;
use super::policies::PolicyLabel;
use super::schemas::words;
use super::table::{Cell, Column, Table};
use super::{Document, to_json};
use crate::domain::event::{Digest, Seq};
use schemars::JsonSchema;
use serde::Serialize;

/// One step of the way: a shipment or a return.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Step {
    /// `shipment` or `return`.
    #[schemars(with = "words::Moved")]
    pub event: &'static str,
    /// The entry.
    pub entry: Seq,
    /// When it happened.
    #[schemars(with = "words::Day")]
    pub date: String,
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

/// What `trace` answers: the whole way of a serial number.
#[derive(Serialize, JsonSchema)]
pub(super) struct TraceDocument<'a> {
    #[schemars(extend("const" = "exquota/trace/1"))]
    schema: &'static str,
    serial: &'a str,
    #[schemars(with = "words::Sha256")]
    head: String,
    out: bool,
    steps: &'a [Step],
}

impl Trace {
    /// Whether the chip is out, as far as the ledger knows.
    fn out(&self) -> bool {
        self.steps.last().is_some_and(|step| step.event == "shipment")
    }
}

impl Document for Trace {
    fn text(&self, paper: &Paper) -> String {
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
            self.table().map(|table| table.text(paper)).unwrap_or_default(),
            policies.join("\n")
        )
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&TraceDocument {
            schema: "exquota/trace/1",
            serial: &self.serial,
            head: self.head.to_string(),
            out: self.out(),
            steps: &self.steps,
        })
    }

    fn table(&self) -> Option<Table> {
        let mut table = Table::new(
            [
                "date",
                "event",
                "entry",
                "reference",
                "chip",
                "licence",
                "licensee",
                "customer",
                "family",
                "destination",
                "consignee",
            ]
            .map(Column::text),
        );
        let or_nothing = |text: &Option<String>| Cell::of(text.as_deref().unwrap_or(""));
        for step in &self.steps {
            table.push([
                Cell::of(&step.date),
                Cell::of(step.event),
                Cell::of(step.entry),
                Cell::of(&step.reference),
                Cell::of(&step.chip),
                Cell::of(&step.licence),
                or_nothing(&step.licensee),
                or_nothing(&step.customer),
                or_nothing(&step.family),
                or_nothing(&step.destination),
                or_nothing(&step.consignee),
            ]);
        }
        Some(table)
    }
}
