//! The answer of `whatif`: what would not conform to another policy, and what that policy would have refused.

use super::Document;
use super::form::Form;
use super::impact;
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::problems::reasons;
use super::row::object;
use super::table::{Cell, Table, table};
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
            "{} would have been refused, the first entry {} of {}: {} {}",
            count(self.refused_entries, "entry", "entries"),
            entry.seq,
            entry.date,
            entry.event.kind(),
            summary(&entry.event)
        ))
    }

    fn page(&self, form: Form<'_>) -> String {
        let head = format!("{}: the ledger under {}, as of {}", self.verdict(), self.policy.line(), self.impact.as_of);
        let mut text = form.line(&head);
        text += &form.line(&impact::conforming(&self.impact));
        text += &impact::tables(&self.impact, form);
        if let Some(told) = self.refused_told() {
            text += &format!("\n{}", form.line(&told));
        }
        for refusal in self.first_refused.iter().flat_map(|first| &first.refusals) {
            text += &form.item(&format!("  [{}] {}", refusal.code, refusal.message()));
        }
        text
    }
}

impl Document for WhatIf {
    fn text(&self, medium: &Medium) -> String {
        self.page(Form::Text(medium))
    }

    /// A row for the verdict, and one for each thing that does not conform.
    fn table(&self) -> Option<Table> {
        let verdict = (self.verdict().to_lowercase(), impact::conforming(&self.impact));
        let findings = impact::lines(&self.impact).into_iter().map(|line| ("impact".to_owned(), line));
        let refused = self.refused_told().map(|told| ("refused".to_owned(), told));
        let rows = std::iter::once(verdict).chain(findings).chain(refused);
        let table = table!(rows, |(finding, message)| { text("finding") = Cell::of(finding), text("message") = Cell::of(message) });
        Some(table.in_context(self.policy.context(self.impact.as_of, self.impact.unit.as_str(), self.head)))
    }

    fn markdown(&self) -> Option<String> {
        Some(self.page(Form::Markdown))
    }
}
