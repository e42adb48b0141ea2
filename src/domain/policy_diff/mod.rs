//! Compares two policies: each ceiling and chip, stricter or looser, and the smallest order that they decide
//! differently (D30). A policy's name, version, status, title, sources and vendors decide nothing, so they are not
//! compared, nor are specs that no ceiling measures.

mod others;
mod smallest;

pub use others::{Other, others};
pub use smallest::Smallest;

use super::ceiling::{Allowance, Ceiling, Counts, Measure, Scope};
use super::entries::FoldError;
use super::policy::{Chip, Policy};
use super::text::{CeilingName, ChipName, Text};
use super::units::Units;
use super::window::Window;
use super::words::words;
use chrono::NaiveDate;
use smallest::{Desk, smallest};
use std::cmp::Ordering;

words! {
    /// How the second policy differs from the first.
    pub enum Change {
        /// The second refuses more.
        Stricter = "stricter",
        /// The second allows more.
        Looser = "looser",
        Same = "same",
        Added = "added",
        Removed = "removed",
        /// Different, but neither stricter nor looser for everyone.
        Changed = "changed",
    }
}

impl Change {
    /// The common direction of several aspects, if they agree.
    fn of(aspects: impl IntoIterator<Item = Change>) -> Change {
        aspects.into_iter().fold(Change::Same, |so_far, aspect| match (so_far, aspect) {
            (held, Change::Same) => held,
            (Change::Same, found) => found,
            (held, found) if held == found => held,
            _ => Change::Changed,
        })
    }

    /// The change where a higher value is stricter.
    fn where_more_is_stricter<T: Ord>(a: T, b: T) -> Change {
        match b.cmp(&a) {
            Ordering::Greater => Change::Stricter,
            Ordering::Less => Change::Looser,
            Ordering::Equal => Change::Same,
        }
    }

    /// The change where covering more is stricter. None covers everything.
    fn where_wider_is_stricter<T: PartialEq>(a: Option<&[T]>, b: Option<&[T]>) -> Change {
        let holds = |whole: Option<&[T]>, part: Option<&[T]>| {
            whole.is_none_or(|whole| part.is_some_and(|part| part.iter().all(|one| whole.contains(one))))
        };
        match (holds(a, b), holds(b, a)) {
            (true, true) => Change::Same,
            (true, false) => Change::Looser,
            (false, true) => Change::Stricter,
            (false, false) => Change::Changed,
        }
    }
}

/// One ceiling in both policies.
#[derive(Clone, PartialEq, Debug)]
pub struct CeilingDiff {
    pub ceiling: CeilingName,
    /// The ceiling in the first policy; none if it has no such ceiling.
    pub a: Option<Ceiling>,
    /// The ceiling in the second policy.
    pub b: Option<Ceiling>,
    pub change: Change,
}

/// The terms of a chip.
#[derive(Clone, PartialEq, Debug)]
pub struct ChipTerms {
    /// Units per chip.
    pub equivalence: Option<Units>,
    /// The reason for the prohibition, if any.
    pub prohibited: Option<Text>,
}

/// One chip in both policies.
#[derive(Clone, PartialEq, Debug)]
pub struct ChipDiff {
    pub chip: ChipName,
    /// The terms in the first policy; none if it has no such chip.
    pub a: Option<ChipTerms>,
    /// The terms in the second policy.
    pub b: Option<ChipTerms>,
    pub change: Change,
    /// The smallest order that the policies decide differently, if any.
    pub smallest: Option<Smallest>,
}

/// Every difference that decides something.
#[derive(Clone, PartialEq, Debug)]
pub struct PolicyDiff {
    /// The first policy's ceilings in its order, then those only in the second.
    pub ceilings: Vec<CeilingDiff>,
    /// The first policy's chips in its order, then those only in the second.
    pub chips: Vec<ChipDiff>,
    /// The day of the smallest orders, where limits have steps or windows: no step follows it.
    pub day: Option<NaiveDate>,
    /// All other differences.
    pub others: Vec<Other>,
}

impl PolicyDiff {
    /// Whether any difference exists.
    pub fn differs(&self) -> bool {
        !self.others.is_empty()
            || self.ceilings.iter().any(|ceiling| ceiling.change != Change::Same)
            || self.chips.iter().any(|chip| chip.change != Change::Same || chip.smallest.is_some())
    }
}

/// Compares two policies.
pub fn policy_diff(a: &Policy, b: &Policy) -> Result<PolicyDiff, FoldError> {
    let one_unit = a.unit == b.unit;
    let names = in_either(&a.ceilings, &b.ceilings, |ceiling| &ceiling.name);
    let ceilings = names.into_iter().map(|name| ceiling(name, a.ceiling(name), b.ceiling(name), one_unit)).collect();
    let names = in_either(&a.chips, &b.chips, |chip| &chip.name);
    // Under limits with steps, the orders are of the day from which no step follows and every window has begun.
    let begun = |window: &Window| if let Window::Once(period) = window { Some(period.from) } else { None };
    let windows = a.windows().chain(b.windows()).filter_map(begun);
    let day = a.step_days().chain(b.step_days()).chain(windows).max();
    let (mut desk_a, mut desk_b) = (Desk::under(a, day)?, Desk::under(b, day)?);
    let mut chips = Vec::with_capacity(names.len());
    for name in names {
        let smallest = smallest(&mut desk_a, &mut desk_b, name)?;
        chips.push(ChipDiff { smallest, ..chip(name, a.chip(name), b.chip(name), one_unit) });
    }
    Ok(PolicyDiff { ceilings, chips, day, others: others(a, b) })
}

fn in_either<'a, T, N: PartialEq>(a: &'a [T], b: &'a [T], name: impl Fn(&'a T) -> &'a N) -> Vec<&'a N> {
    let mut names: Vec<&N> = a.iter().map(&name).collect();
    for other in b.iter().map(name) {
        if !names.contains(&other) {
            names.push(other);
        }
    }
    names
}

/// The change where one of the policies lacks it.
fn presence<T, U>(a: Option<T>, b: Option<U>) -> Change {
    match (a, b) {
        (None, Some(_)) => Change::Added,
        (Some(_), None) => Change::Removed,
        _ => Change::Same,
    }
}

fn ceiling(name: &CeilingName, a: Option<&Ceiling>, b: Option<&Ceiling>, one_unit: bool) -> CeilingDiff {
    let change = match (a, b) {
        // Amounts in two units can't be compared.
        (Some(a), Some(b)) if a.measure != b.measure || (a.measure == Measure::Units && !one_unit) => Change::Changed,
        // Neither can groups of two scopes.
        (Some(a), Some(b)) if a.scope != b.scope && (a.groups.is_some() || b.groups.is_some()) => Change::Changed,
        (Some(a), Some(b)) => Change::of([
            limits(a, b),
            Change::where_more_is_stricter(strictness(a.counts), strictness(b.counts)),
            scopes(&a.scope, &b.scope),
            Change::where_wider_is_stricter(a.to.as_deref(), b.to.as_deref()),
            windows(a.window.as_ref(), b.window.as_ref()),
            Change::where_more_is_stricter(a.elsewhere, b.elsewhere),
            Change::where_wider_is_stricter(a.chips.as_deref(), b.chips.as_deref()),
            Change::where_wider_is_stricter(a.groups.as_deref(), b.groups.as_deref()),
        ]),
        _ => presence(a, b),
    };
    CeilingDiff { ceiling: name.clone(), a: a.cloned(), b: b.cloned(), change }
}

/// Each amount is at least as large as those before it (R3).
fn strictness(counts: Counts) -> u8 {
    match counts {
        Counts::Installed => 0,
        Counts::Shipped => 1,
        Counts::Committed => 2,
        Counts::Authorised => 3,
    }
}

/// A lower limit is stricter, on every day on which one of the two begins a step.
fn limits(a: &Ceiling, b: &Ceiling) -> Change {
    match (&a.allowance, &b.allowance) {
        (Allowance::Steps(_), Allowance::Steps(_)) => {
            let steps = a.steps().into_iter().chain(b.steps()).flatten();
            let days = steps.map(|step| step.from).chain([NaiveDate::MIN]);
            Change::of(days.map(|day| Change::where_more_is_stricter(b.limit_on(day), a.limit_on(day))))
        }
        (Allowance::Share(a), Allowance::Share(b)) if a.of == b.of => {
            Change::where_more_is_stricter(b.percent, a.percent)
        }
        _ => Change::Changed,
    }
}

/// What counts for ever is never less than what counts in a period.
fn windows(a: Option<&Window>, b: Option<&Window>) -> Change {
    match (a, b) {
        _ if a == b => Change::Same,
        (None, Some(_)) => Change::Looser,
        (Some(_), None) => Change::Stricter,
        _ => Change::Changed,
    }
}

fn scopes(a: &[Scope], b: &[Scope]) -> Change {
    match (a, b) {
        _ if a == b => Change::Same,
        ([a], [b]) => scope(*a, *b),
        _ => Change::Changed,
    }
}

/// A limit for more usage is stricter: a family's usage is part of its country's, and every usage is part of the total.
fn scope(a: Scope, b: Scope) -> Change {
    match (a, b) {
        (_, Scope::Total) | (Scope::Customer, Scope::Country) => Change::Stricter,
        (Scope::Total, _) | (Scope::Country, Scope::Customer) => Change::Looser,
        _ => Change::Changed,
    }
}

fn chip(name: &ChipName, a: Option<&Chip>, b: Option<&Chip>, one_unit: bool) -> ChipDiff {
    let terms = |chip: &Chip| ChipTerms {
        equivalence: chip.equivalence,
        prohibited: chip.prohibited.as_ref().map(|held| held.reason.clone()),
    };
    let change = match (a, b) {
        (Some(a), Some(b)) if a.prohibited.is_some() != b.prohibited.is_some() => {
            Change::where_more_is_stricter(a.prohibited.is_some(), b.prohibited.is_some())
        }
        (Some(a), Some(b)) if a.equivalence == b.equivalence => Change::Same,
        (Some(_), Some(_)) if !one_unit => Change::Changed,
        // A chip without an equivalence counts as 0 (D14). A ledger that uses it can't adopt the policy (D17).
        (Some(a), Some(b)) => match (a.equivalence, b.equivalence) {
            (Some(a), Some(b)) => Change::where_more_is_stricter(a, b),
            _ => Change::Changed,
        },
        _ => presence(a, b),
    };
    ChipDiff { chip: name.clone(), a: a.map(terms), b: b.map(terms), change, smallest: None }
}

#[cfg(test)]
mod tests;
