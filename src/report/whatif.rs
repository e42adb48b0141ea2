//! The answer of `whatif`: what another policy would not let stand, and what it would have refused.

use super::clean::clean;
use super::entries::summary;
use super::impact::{self, LicenceDocument, OverDocument, ReasonDocument};
use super::paper::Paper;
use super::policies::PolicyLabel;
use super::schemas::words;
use super::{Document, faults, to_json};
use crate::domain::event::{Digest, Entry};
use crate::domain::impact::Impact;
use crate::domain::refusal::Refusal;
use schemars::JsonSchema;
use serde::Serialize;

/// The first entry, in the order of recording, that the policy would have refused.
pub struct FirstRefused {
    /// The entry.
    pub entry: Entry,
    /// Why.
    pub refusals: Vec<Refusal>,
}

/// A ledger judged anew under another policy.
pub struct WhatIf {
    /// The other policy.
    pub policy: PolicyLabel,
    /// The ledger's head.
    pub head: Digest,
    /// What would not conform on the day.
    pub impact: Impact,
    /// The first entry that would have been refused.
    pub first_refused: Option<FirstRefused>,
    /// How many entries would have been refused.
    pub refused_entries: usize,
}

/// What `whatif` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct WhatIfDocument<'a> {
    #[schemars(extend("const" = "exquota/whatif/1"))]
    schema: &'static str,
    conforms: bool,
    policy: &'a PolicyLabel,
    #[schemars(with = "words::Day")]
    as_of: String,
    unit: &'a str,
    #[schemars(with = "words::Sha256")]
    head: String,
    over: Vec<OverDocument<'a>>,
    licences: Vec<LicenceDocument<'a>>,
    dropped_chips: Vec<&'a str>,
    first_refused: Option<FirstRefusedDocument<'a>>,
    refused_entries: usize,
}

#[derive(Serialize, JsonSchema)]
struct FirstRefusedDocument<'a> {
    entry: u64,
    #[schemars(with = "words::Day")]
    date: String,
    #[schemars(with = "words::EventKind")]
    event: &'static str,
    refusals: Vec<ReasonDocument<'a>>,
}

impl WhatIf {
    /// Whether the policy would let everything stand and would have refused nothing.
    pub fn conforms(&self) -> bool {
        self.impact.is_nothing() && self.refused_entries == 0
    }
}

impl Document for WhatIf {
    fn text(&self, paper: &Paper) -> String {
        let verdict = if self.conforms() { "CONFORMS" } else { "DOES NOT CONFORM" };
        let mut text = format!(
            "{verdict}: the ledger under {}, as of {}\n{}\n{}",
            self.policy.line(),
            self.impact.as_of,
            impact::count(&self.impact),
            impact::tables(&self.impact, paper)
        );
        if let Some(first) = &self.first_refused {
            text += &format!(
                "\n{} would have been refused, the first entry {} of {}: {} {}\n",
                faults::count(self.refused_entries, "entry", "entries"),
                first.entry.seq,
                first.entry.date,
                first.entry.event.kind(),
                clean(&summary(&first.entry.event))
            );
            for refusal in &first.refusals {
                text += &format!("  [{}] {}\n", refusal.code.as_str(), clean(&refusal.message()));
            }
        }
        text
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&WhatIfDocument {
            schema: "exquota/whatif/1",
            conforms: self.conforms(),
            policy: &self.policy,
            as_of: self.impact.as_of.to_string(),
            unit: self.impact.unit.as_str(),
            head: self.head.to_string(),
            over: impact::over_documents(&self.impact),
            licences: impact::licence_documents(&self.impact),
            dropped_chips: self.impact.dropped_chips.iter().map(|chip| chip.as_str()).collect(),
            first_refused: self.first_refused.as_ref().map(|first| FirstRefusedDocument {
                entry: first.entry.seq,
                date: first.entry.date.to_string(),
                event: first.entry.event.kind().as_str(),
                refusals: impact::reason_documents(&first.refusals),
            }),
            refused_entries: self.refused_entries,
        })
    }
}
