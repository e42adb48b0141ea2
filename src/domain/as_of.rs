//! The day of an answer, and where it lies: before the ledger's policy, behind, today or ahead (D41).

use super::words::words;
use chrono::{Days, Months, NaiveDate};
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

words! {
    /// How far apart the days of a series are.
    pub enum Step {
        Week = "week",
        Month = "month",
        Quarter = "quarter",
        Year = "year",
    }
}

impl Step {
    /// The days from the first to the last, both inside. Each is counted from the first, so that a 31st does not drift.
    pub fn days(self, first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
        let nth = |count: u32| match self {
            Step::Week => first.checked_add_days(Days::new(u64::from(count) * 7)),
            Step::Month => first.checked_add_months(Months::new(count)),
            Step::Quarter => first.checked_add_months(Months::new(count * 3)),
            Step::Year => first.checked_add_months(Months::new(count * 12)),
        };
        (0..).map_while(nth).take_while(|day| *day < last).chain([last]).collect()
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
