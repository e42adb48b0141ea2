//! The answer of `whatif`: what another policy would not let stand, and what it would have refused.

use super::Document;
use super::clean::clean;
use super::impact;
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::problems::reasons;
use super::row::object;
use super::values::Day;
use super::wording::{count, summary};
use crate::domain::event::{Digest, Entry};
use crate::domain::impact::Impact;
use crate::domain::refusal::Refusal;

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

object! {
    /// What `whatif` answers.
    "whatif" it: WhatIf {
        conforms: it.conforms(),
        policy,
        as_of: Day(it.impact.as_of),
        unit: &it.impact.unit,
        head,
        over: &it.impact.over,
        licences: &it.impact.licences,
        dropped_chips: &it.impact.dropped_chips,
        first_refused,
        refused_entries,
    }
}

object! {
    it: FirstRefused {
        entry: it.entry.seq,
        date: Day(it.entry.date),
        event: it.entry.event.kind(),
        refusals: reasons(&it.refusals),
    }
}

impl WhatIf {
    /// Whether the policy would let everything stand and would have refused nothing.
    pub fn conforms(&self) -> bool {
        self.impact.is_nothing() && self.refused_entries == 0
    }
}

impl Document for WhatIf {
    fn text(&self, medium: &Medium) -> String {
        let verdict = if self.conforms() { "CONFORMS" } else { "DOES NOT CONFORM" };
        let mut text = format!(
            "{verdict}: the ledger under {}, as of {}\n{}\n{}",
            self.policy.line(),
            self.impact.as_of,
            impact::conforming(&self.impact),
            impact::tables(&self.impact, medium)
        );
        if let Some(first) = &self.first_refused {
            text += &format!(
                "\n{} would have been refused, the first entry {} of {}: {} {}\n",
                count(self.refused_entries, "entry", "entries"),
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
}
