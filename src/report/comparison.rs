//! The answer of `headroom --compare`: what changed from one day to another.

use super::Document;
use super::diff::Came;
use super::medium::Medium;
use super::row::object;
use super::table::Table;
use super::values::Day;
use super::wording;
use chrono::NaiveDate;

/// The answer of `headroom --compare`.
#[derive(Debug)]
pub struct Comparison {
    /// The earlier day.
    pub since: NaiveDate,
    /// What lapsed in between, in words: licences and exceptions end without an entry.
    pub lapsed: Vec<String>,
    /// The entries dated after the earlier day, in effective order.
    pub came: Came,
}

object! {
    /// What `headroom --compare` answers: what changed since an earlier day, and by which entries.
    "comparison" it: Comparison {
        since: Day(it.since),
        as_of: Day(it.came.as_of.date),
        /// Where the later day lies, as seen today.
        standing: it.came.as_of.standing,
        unit: &it.came.unit,
        policy: &it.came.policy,
        head: it.came.head,
        /// Entries dated after the earlier day and on or before the later one, in effective order.
        entries: &it.came.entries,
        /// What lapsed in between, in words.
        lapsed,
        refused: &it.came.refused,
        changes: &it.came.changes,
    }
}

impl Comparison {
    fn opening(&self) -> String {
        let (since, until) = (self.since, self.came.as_of);
        let came = match self.came.entries.len() {
            0 => "no entry is".to_owned(),
            1 => "1 entry is".to_owned(),
            count => format!("{} are", wording::entries(count)),
        };
        let lapsed: String = self.lapsed.iter().map(|lapsed| format!("; {lapsed}")).collect();
        format!("After {since}, up to {until}, {came} dated{lapsed}")
    }
}

impl Document for Comparison {
    fn text(&self, medium: &Medium) -> String {
        self.came.text(&self.opening(), medium)
    }

    fn table(&self) -> Option<Table> {
        Some(self.came.table())
    }
}
