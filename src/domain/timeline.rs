//! The use of a ceiling over time: the amounts after each day that changed one of them.

use super::book::Book;
use super::ceiling::{Ceiling, Counts, Scope};
use super::entries::FoldError;
use super::event::{Adoption, Exception, Seq};
use super::group::{Group, Pool};
use super::headroom::HeadroomRow;
use super::state::{Granted, State, Tally};
use super::text::{CeilingName, Text};
use super::units::Units;
use chrono::{Days, NaiveDate};
use std::collections::BTreeSet;

/// The group and ceiling of a timeline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Followed {
    pub scope: Scope,
    /// The group's name in its headroom row.
    pub group: Text,
    /// None where no ceiling of the policy is wide enough.
    pub ceiling: Option<CeilingName>,
}

impl Followed {
    /// The group to follow: the most used one of a country ceiling, else of a total ceiling, else the whole ledger
    /// without a ceiling.
    pub fn widest(rows: &[HeadroomRow]) -> Followed {
        let of = |scope| rows.iter().find(|row| row.who.group.scope() == Some(scope) && row.ceiling.is_some());
        match of(Scope::Country).or_else(|| of(Scope::Total)) {
            Some(row) => Followed {
                scope: row.who.group.scope().unwrap_or(Scope::Total),
                group: row.group.clone(),
                ceiling: row.ceiling.as_ref().map(|ceiling| ceiling.ceiling.clone()),
            },
            None => Followed { scope: Scope::Total, group: Text::new("total"), ceiling: None },
        }
    }

    /// Every family with licences under a ceiling per customer, each under its first one.
    pub fn families(rows: &[HeadroomRow]) -> Vec<Followed> {
        let mut followed: Vec<Followed> = Vec::new();
        for row in rows.iter().filter(|row| row.who.group.scope() == Some(Scope::Customer)) {
            let known = followed.iter().any(|known| known.group == row.group);
            if let Some(ceiling) = row.ceiling.as_ref().filter(|_| !known && row.authorised != Units::ZERO) {
                let (group, ceiling) = (row.group.clone(), Some(ceiling.ceiling.clone()));
                followed.push(Followed { scope: Scope::Customer, group, ceiling });
            }
        }
        followed
    }

    /// Whether an exception may have changed this limit. The widest one shows all exceptions.
    fn is_moved_by(&self, mark: &Mark) -> bool {
        match &mark.moved {
            Moved::Exception(exception) if self.scope == Scope::Customer => {
                self.ceiling.as_ref() == Some(&exception.ceiling) && exception.group.as_str() == self.group.as_str()
            }
            Moved::Policy(_) | Moved::Exception(_) => true,
        }
    }

    /// The ceiling under the policy in force: the one with the same name, else the first one of the same scope.
    fn ceiling_in<'a>(&self, state: &'a State, group: &Group) -> Option<&'a Ceiling> {
        let name = self.ceiling.as_ref()?;
        let policy = state.policy();
        let limits = |ceiling: &&Ceiling| ceiling.one_scope() == Some(self.scope) && group.is_under(state, ceiling);
        let named = policy.ceiling(name).filter(limits);
        named.or_else(|| policy.ceilings.iter().find(limits))
    }
}

/// The amounts from a day until the next step, in the ceiling's measure by the policy in force on that day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    pub date: NaiveDate,
    /// Allowed by licences, open or not.
    pub authorised: Units,
    pub shipped: Units,
    /// The amount that the ceiling counts; committed where there is no ceiling.
    pub used: Units,
    /// None where the policy in force has no such ceiling.
    pub limit: Option<Units>,
}

impl Step {
    fn same_as(self, other: Step) -> bool {
        Step { date: other.date, ..self } == other
    }
}

/// The cause of a changed limit.
#[derive(Clone, PartialEq, Debug)]
pub enum Moved {
    Policy(Adoption),
    Exception(Exception),
}

/// An entry that may have changed a limit.
#[derive(Clone, PartialEq, Debug)]
pub struct Mark {
    /// The first day of the new limit.
    pub date: NaiveDate,
    pub entry: Seq,
    pub moved: Moved,
}

/// The steps of a ceiling up to a day, and the marks up to that day.
#[derive(Clone, PartialEq, Debug)]
pub struct Timeline {
    pub followed: Followed,
    /// Ascending. The first step is on the first day with an entry, and each later step differs from the one before it.
    pub steps: Vec<Step>,
    /// By date, then by entry.
    pub marks: Vec<Mark>,
}

/// Makes the timelines in one pass over every day up to `until` on which something happened or lapsed.
pub fn timelines(book: &mut Book, followed: Vec<Followed>, until: NaiveDate) -> Result<Vec<Timeline>, FoldError> {
    let days = days(book, until)?;
    let marks = marks(book, until)?;
    let begin = |followed: Followed| {
        let marks = marks.iter().filter(|mark| followed.is_moved_by(mark)).cloned().collect();
        Timeline { followed, steps: Vec::new(), marks }
    };
    let mut timelines: Vec<Timeline> = followed.into_iter().map(begin).collect();
    for date in days {
        let state = book.as_of(date)?;
        for Timeline { followed, steps, .. } in &mut timelines {
            let step = step(state, followed, date)?;
            if steps.last().is_none_or(|last| !last.same_as(step)) {
                steps.push(step);
            }
        }
    }
    Ok(timelines)
}

/// Days with entries that count, and the days after a last valid day (D4).
fn days(book: &mut Book, until: NaiveDate) -> Result<BTreeSet<NaiveDate>, FoldError> {
    let mut days = BTreeSet::new();
    for entry in book.effective() {
        let date = entry?.date;
        if date > until {
            break;
        }
        days.insert(date);
    }
    let state = book.as_of(until)?;
    let last_days = state.exceptions().filter_map(|granted| granted.exception.expires).chain(state.expiries());
    let lapses = last_days.filter_map(|last_day| last_day.checked_add_days(Days::new(1)));
    days.extend(lapses.filter(|day| *day <= until));
    let steps: Vec<NaiveDate> = book.adoptions().flat_map(|(_, adoption)| adoption.policy.step_days()).collect();
    let first = days.first().copied().unwrap_or(until);
    days.extend(steps.into_iter().filter(|day| (first..=until).contains(day)));
    Ok(days)
}

fn step(state: &State, followed: &Followed, date: NaiveDate) -> Result<Step, FoldError> {
    // A group that is unknown on this day has no amounts, but its ceiling has a limit.
    let group = Group::named(state, &[followed.scope], followed.group.as_str()).unwrap_or(Group::Total);
    let ceiling = followed.ceiling_in(state, &group);
    let pool = ceiling.and_then(|ceiling| Some((ceiling, Pool::on(ceiling, group.clone(), date)?)));
    let counts = ceiling.map_or(Counts::Committed, |ceiling| ceiling.counts);
    let amounts = match &pool {
        Some((ceiling, pool)) => Tally::sum(state.amounts_in(ceiling, pool))?,
        // Outside its window the ceiling is not there.
        None => Tally::sum(state.amounts(&group))?,
    };
    let restores = state.policy().restores;
    Ok(Step {
        date,
        authorised: state.weigh(ceiling, amounts.iter(), |amounts| amounts.authorised)?,
        shipped: state.weigh(ceiling, amounts.iter(), |amounts| amounts.shipped)?,
        used: state.weigh(ceiling, amounts.iter(), |amounts| amounts.counted(counts, restores))?,
        limit: pool.map(|(ceiling, pool)| state.limit(ceiling, &pool)).transpose()?.map(|limit| limit.units),
    })
}

fn marks(book: &mut Book, until: NaiveDate) -> Result<Vec<Mark>, FoldError> {
    let exceptions: Vec<Granted> = book.as_of(until)?.exceptions().cloned().collect();
    let adopted = book.adoptions().map(|(place, adoption)| (place.seq, Moved::Policy(adoption.clone())));
    let granted = exceptions.into_iter().map(|Granted { entry, exception, .. }| (entry, Moved::Exception(exception)));
    let mut marks = Vec::new();
    for (entry, moved) in adopted.chain(granted) {
        if let Some(date) = book.entries().get(entry)?.map(|line| line.date).filter(|date| *date <= until) {
            marks.push(Mark { date, entry, moved });
        }
    }
    marks.sort_by_key(|mark| (mark.date, mark.entry));
    Ok(marks)
}
