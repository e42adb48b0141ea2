//! The answer of `diff`: two states of one ledger.

use super::Document;
use super::entries::{self, LoggedEntry};
use super::medium::Medium;
use super::policies::PolicyLabel;
use super::row::object;
use super::table::Table;
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

/// What came between two states of a ledger, and what it did to headroom.
#[derive(Debug)]
pub struct Came {
    /// The day of the headroom, as it is now.
    pub as_of: AsOf,
    /// The unit of the amounts, now.
    pub unit: String,
    /// The policy in force on that day, now.
    pub policy: PolicyLabel,
    /// The ledger's head, now.
    pub head: Digest,
    pub entries: Vec<LoggedEntry>,
    /// Breaches and violations among these entries, in words.
    pub refused: Vec<String>,
    pub changes: Vec<Change>,
}

impl Came {
    /// The entries that came, what the rules refuse of them, and what changed.
    pub(super) fn text(&self, opening: &str, medium: &Medium) -> String {
        let mut text = medium.line(opening);
        if !self.entries.is_empty() {
            text += &format!("\n{}\n", entries::table(&self.entries).text(medium));
        }
        for refused in &self.refused {
            text += &format!("{}\n", medium.line(refused));
        }
        let day = format!("as of {}, in {}, under {}", self.as_of, self.unit, self.policy.line());
        if self.changes.is_empty() {
            return text + &medium.line(&format!("No headroom changed {day}"));
        }
        text += &medium.line(&format!("Headroom that changed, {day}"));
        text + &format!("\n{}", Table::of(&self.changes).text(medium))
    }

    /// What changed, as a table for programs.
    pub(super) fn table(&self) -> Table {
        let context = self.policy.context(self.as_of.date, &self.unit, self.head);
        Table::of(&self.changes).in_context(context)
    }
}

/// The answer of `diff`.
#[derive(Debug)]
pub struct Diff {
    pub old: LedgerState,
    pub new: LedgerState,
    /// The entries in the order of recording.
    pub came: Came,
}

object! {
    /// What `diff` answers: the entries that came, and what they did to headroom.
    "diff" it: Diff {
        old,
        new,
        as_of: Day(it.came.as_of.date),
        /// Where the day lies, as seen today.
        standing: it.came.as_of.standing,
        unit: &it.came.unit,
        policy: &it.came.policy,
        head: it.came.head,
        entries: &it.came.entries,
        refused: &it.came.refused,
        changes: &it.came.changes,
    }
}

impl Diff {
    fn opening(&self) -> String {
        let came = match self.came.entries.len() {
            0 => "nothing".to_owned(),
            count => wording::entries(count),
        };
        let (old, new) = (&self.old, &self.new);
        format!("Since {} ({}), {came} came: now {}", old.path, old.told(), new.told())
    }
}

impl Document for Diff {
    fn text(&self, medium: &Medium) -> String {
        self.came.text(&self.opening(), medium)
    }

    fn table(&self) -> Option<Table> {
        Some(self.came.table())
    }
}
