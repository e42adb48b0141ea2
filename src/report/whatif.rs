//! The answer of `whatif`: what would not conform to another policy, and what that policy would have refused.

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
    pub entry: Entry,
    pub refusals: Vec<Refusal>,
}

/// The answer of `whatif`: a ledger judged anew under another policy.
pub struct WhatIf {
    pub policy: PolicyLabel,
    pub head: Digest,
    /// What would not conform on the day.
    pub impact: Impact,
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
    /// Whether everything recorded conforms, and the policy would have refused nothing.
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
