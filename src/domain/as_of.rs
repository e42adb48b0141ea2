//! The day of an answer, and where it lies: before the ledger's policy, behind, today or ahead (D41).

use super::words::words;
use chrono::NaiveDate;
use std::fmt;

words! {
    /// Where a day lies.
    pub enum DayStanding {
        /// Before line 1's policy was adopted. That policy governs all the same (D5).
        BeforePolicy = "before-policy",
        Past = "past",
        Today = "today",
        /// After today: more may be recorded by then.
        Ahead = "ahead",
    }
}

/// The day of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AsOf {
    pub date: NaiveDate,
    pub standing: DayStanding,
}

impl AsOf {
    /// A day as seen today, of a ledger whose first policy was adopted on `begun`.
    pub fn seen(date: NaiveDate, today: NaiveDate, begun: NaiveDate) -> Self {
        let standing = if date < begun {
            DayStanding::BeforePolicy
        } else if date > today {
            DayStanding::Ahead
        } else if date == today {
            DayStanding::Today
        } else {
            DayStanding::Past
        };
        AsOf { date, standing }
    }

    /// What a reader must know of the day; empty for today and a day since the policy.
    pub fn note(self) -> &'static str {
        match self.standing {
            DayStanding::BeforePolicy => " (before the ledger's policy)",
            DayStanding::Ahead => " (ahead: what is recorded so far)",
            DayStanding::Past | DayStanding::Today => "",
        }
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.date, self.note())
    }
}
