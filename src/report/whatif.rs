//! The answer of `whatif`: what would not conform to another policy, and what that policy would have refused.

use super::Document;
use super::impact;
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::problems::reasons;
use super::row::object;
use super::table::{Table, table};
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

impl WhatIf {
    fn verdict(&self) -> &'static str {
        if self.conforms() { "CONFORMS" } else { "DOES NOT CONFORM" }
    }

    /// What the policy would have refused, in a line.
    fn refused_told(&self) -> Option<String> {
        let FirstRefused { entry, .. } = self.first_refused.as_ref()?;
        Some(format!(
            "{} would have been refused; the first is entry {} of {}: {} {}",
            count(self.refused_entries, "entry", "entries"),
            entry.seq,
            entry.date,
            entry.event.kind(),
            summary(&entry.event)
        ))
    }
}

impl Document for WhatIf {
    fn text(&self, medium: &Medium) -> String {
        let head = format!("{}: the ledger under {}, as of {}", self.verdict(), self.policy.line(), self.impact.as_of);
        let mut text = medium.line(&head);
        text += &medium.line(&impact::conforming(&self.impact));
        text += &impact::tables(&self.impact, medium);
        if let Some(told) = self.refused_told() {
            text += &format!("\n{}", medium.line(&told));
        }
        for refusal in self.first_refused.iter().flat_map(|first| &first.refusals) {
            text += &medium.line(&format!("  [{}] {}", refusal.code, refusal.message()));
        }
        text
    }

    /// A row for each thing that does not conform, and for each refusal of the first entry that has one.
    fn table(&self) -> Option<Table> {
        let refusals =
            self.first_refused.iter().flat_map(|first| first.refusals.iter().map(move |it| (&first.entry, it)));
        let refusals = table!(refusals, |(entry, refusal)| {
            number("entry") = entry.seq,
            text("date") = Day(entry.date),
            text("event") = entry.event.kind(),
            text("code") = refusal.code,
            text("message") = refusal.message().as_ref(),
        });
        let chips = table!(&self.impact.dropped_chips, |chip| { text("chip") = chip });
        let mut table = Table::stacked([
            ("ceiling", Table::of(&self.impact.over)),
            ("licence", impact::licences(&self.impact, "licence")),
            ("dropped chip", chips),
            ("first entry refused", refusals),
        ]);
        if table.is_empty() {
            table.push_empty();
        }
        let verdict = if self.conforms() { "yes" } else { "no" };
        let mut context = vec![("conforms", verdict.to_owned()), ("refused_entries", self.refused_entries.to_string())];
        context.extend(self.policy.context(self.impact.as_of, self.impact.unit.as_str(), self.head));
        Some(table.in_context(context))
    }
}
