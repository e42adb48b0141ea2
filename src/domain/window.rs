//! The periods in which a ceiling counts (R14).

use super::words::words;
use chrono::{Datelike, Days, Months, NaiveDate};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::successors;

words! {
    /// The length of a recurring period.
    pub enum Every {
        Year = "year",
        Quarter = "quarter",
        Month = "month",
    }
}

impl Every {
    fn months(self) -> u32 {
        match self {
            Every::Year => 12,
            Every::Quarter => 3,
            Every::Month => 1,
        }
    }
}

/// A day of every year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DayOfYear {
    month: u32,
    day: u32,
}

impl fmt::Display for DayOfYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl DayOfYear {
    /// 1 January.
    pub const NEW_YEAR: Self = DayOfYear { month: 1, day: 1 };

    /// The day of `MM-DD`, if every year has it.
    pub fn named(given: &str) -> Option<Self> {
        let (month, day) = given.split_once('-').filter(|(month, day)| month.len() == 2 && day.len() == 2)?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        // 2001 has no 29 February.
        NaiveDate::from_ymd_opt(2001, month, day).map(|_| DayOfYear { month, day })
    }

    fn in_year(self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, self.month, self.day)
    }
}

/// When a ceiling counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Window {
    /// One period after another. `start` is a year's first day, and quarters and months count from it.
    Recurring { every: Every, start: DayOfYear },
    /// One period. Outside it the ceiling is not there.
    Once(Period),
}

/// A span of days, with both ends inside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Period {
    pub from: NaiveDate,
    /// None where it never ends.
    pub until: Option<NaiveDate>,
}

impl Period {
    /// Whether the day lies inside.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|last| day <= last)
    }
}

/// Of one window, no two periods begin on the same day.
impl Hash for Period {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.from.hash(hasher);
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.until {
            Some(until) => write!(f, "{} to {until}", self.from),
            None => write!(f, "from {} on", self.from),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Window::Recurring { every, start: DayOfYear::NEW_YEAR } => write!(f, "every {every}"),
            Window::Recurring { every, start } => write!(f, "every {every} from {start}"),
            Window::Once(period) => period.fmt(f),
        }
    }
}

impl Window {
    /// The period that holds a day.
    pub fn period(&self, day: NaiveDate) -> Option<Period> {
        match self {
            Window::Once(period) => period.holds(day).then_some(*period),
            Window::Recurring { every, start } => {
                let this_year = start.in_year(day.year())?;
                let year = if this_year <= day { this_year } else { start.in_year(day.year() - 1)? };
                // Years are the most usual, and the next one's first day needs no months.
                let nth = |count: u32| match count * every.months() {
                    0 => Some(year),
                    12 => start.in_year(year.year() + 1),
                    months => year.checked_add_months(Months::new(months)),
                };
                // Each start is counted from the year's, so that a 31st does not drift.
                let passed = (1..12 / every.months()).take_while(|count| nth(*count).is_some_and(|first| first <= day));
                let count = passed.last().unwrap_or(0);
                Some(Period { from: nth(count)?, until: nth(count + 1)?.pred_opt() })
            }
        }
    }

    /// The first day after `day` on which another period begins, or the only one begins or has ended.
    pub fn turns_after(&self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Window::Once(period) if day < period.from => Some(period.from),
            _ => self.period(day)?.until?.checked_add_days(Days::new(1)),
        }
    }

    /// Those days after `day`, up to the first one after `last` of a recurring period: nothing fills a later one (D43).
    pub fn turns(&self, day: NaiveDate, last: NaiveDate) -> impl Iterator<Item = NaiveDate> + '_ {
        let is_filled = move |day: &NaiveDate| *day <= last || matches!(self, Window::Once(_));
        successors(self.turns_after(day), move |turn| {
            Some(*turn).filter(is_filled).and_then(|turn| self.turns_after(turn))
        })
    }
}

#[cfg(test)]
mod tests;
