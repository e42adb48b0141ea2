//! The answer of `diff`: two states of one ledger.

use super::Document;
use super::clean::clean;
use super::entries::{self, LoggedEntry};
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::row::object;
use super::table::{Table, escape_markdown};
use super::values::Day;
use super::wording;
use crate::domain::as_of::AsOf;
use crate::domain::event::{Digest, Seq};
use crate::domain::headroom::Change;
use schemars::JsonSchema;
use serde::Serialize;

/// One state of the ledger.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct LedgerState {
    /// The file.
    pub path: String,
    /// The number of its entries.
    pub entries: Seq,
    /// SHA-256 of its last line.
    pub head: Digest,
}

impl LedgerState {
    fn told(&self) -> String {
        format!("{}, head {}", wording::entries(self.entries), self.head)
    }
}

/// The answer of `diff`.
#[derive(Debug)]
pub struct Diff {
    pub old: LedgerState,
    pub new: LedgerState,
    pub as_of: AsOf,
    /// The unit of the amounts, now.
    pub unit: String,
    /// The policy in force on that day, now.
    pub policy: PolicyLabel,
    /// The entries that came, in the order of recording.
    pub entries: Vec<LoggedEntry>,
    /// Breaches and violations among these entries, in words.
    pub refused: Vec<String>,
    /// What they did to headroom.
    pub changes: Vec<Change>,
}

object! {
    /// What `diff` answers: the entries that came, and what they did to headroom.
    "diff" it: Diff {
        old,
        new,
        as_of: Day(it.as_of.date),
        /// Where the day lies, as seen today.
        standing: it.as_of.standing,
        unit,
        policy,
        head: it.new.head,
        entries,
        refused,
        changes,
    }
}

impl Diff {
    /// Three paragraphs: what came, what of it the rules refuse, and what it did to headroom. `show` prints a table,
    /// `say` a line of words.
    fn paragraphs(&self, show: impl Fn(Table) -> String, say: impl Fn(&str) -> String) -> String {
        let came = match self.entries.len() {
            0 => "nothing".to_owned(),
            count => wording::entries(count),
        };
        let (old, new) = (&self.old, &self.new);
        let mut text = say(&format!("Since `{}` ({}), {came} came: now {}", old.path, old.told(), new.told()));
        if self.entries.is_empty() {
            return text;
        }
        text += &format!("\n{}\n", show(entries::table(&self.entries)));
        for refused in &self.refused {
            text += &format!("{}\n", say(refused));
        }
        let day = format!("as of {}, in {}, under {}", self.as_of, self.unit, self.policy.line());
        if self.changes.is_empty() {
            return text + &say(&format!("No headroom changed {day}"));
        }
        text += &say(&format!("Headroom that changed, {day}"));
        text + &format!("\n{}", show(Table::of(&self.changes)))
    }
}

impl Document for Diff {
    fn text(&self, medium: &Medium) -> String {
        self.paragraphs(|table| table.text(medium), |words| medium.prose(&format!("{}\n", clean(words))))
    }

    fn table(&self) -> Option<Table> {
        let (as_of, unit, policy) = (self.as_of.date.to_string(), self.unit.clone(), self.policy.named());
        let context = [("as_of", as_of), ("unit", unit), ("policy", policy), ("head", self.new.head.to_string())];
        Some(Table::of(&self.changes).in_context(context))
    }

    fn markdown(&self) -> Option<String> {
        Some(self.paragraphs(|table| table.markdown(), |words| format!("{}\n", escape_markdown(&clean(words)))))
    }
}
