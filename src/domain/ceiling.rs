//! A ceiling: who shares it, what it covers, how it is measured, what it counts, when, and how much it allows (R14).

use super::policy::Chip;
use super::text::{CeilingName, ChipName, Country, Name, Text};
use super::units::Units;
use super::window::Window;
use super::words::words;
use chrono::NaiveDate;
use std::fmt;

words! {
    /// The groups that share one ceiling.
    pub enum Scope {
        /// A whole family under an ultimate parent (R2).
        Customer = "customer",
        /// All families of one country or country group.
        Country = "country",
        /// All licences of one licensee.
        Licensee = "licensee",
        /// One chip, for all buyers.
        Chip = "chip",
        /// All goods for one country or country group.
        Destination = "destination",
        /// The whole ledger.
        Total = "total",
    }
}

words! {
    /// The amount that a ceiling counts (R3).
    pub enum Counts {
        /// Shipped plus outstanding.
        Committed = "committed",
        /// Shipped only.
        Shipped = "shipped",
        /// Every licence in full, whatever became of it; of a replaced one only what shipped.
        Authorised = "authorised",
        /// Shipped, less everything that came back or was retired.
        Installed = "installed",
    }
}

impl Counts {
    /// The amount by which a shipment is judged under a ceiling that counts this one (R5, D45).
    pub fn of_shipments(self) -> Counts {
        match self {
            Counts::Installed => Counts::Installed,
            Counts::Committed | Counts::Shipped | Counts::Authorised => Counts::Shipped,
        }
    }

    /// Whether amounts are attributed to the shipment's date and destination, and not to the licence's (R14).
    pub fn follows_shipments(self) -> bool {
        match self {
            Counts::Shipped | Counts::Installed => true,
            Counts::Committed | Counts::Authorised => false,
        }
    }
}

/// What a ceiling adds up (R14).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Measure {
    /// The policy's unit: each chip counts its equivalence.
    Units,
    /// Each chip counts 1.
    Chips,
    /// Each chip counts its figure under this key of its specs.
    Spec(Text),
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Measure {
    /// The word in files and output.
    pub fn as_str(&self) -> &str {
        match self {
            Measure::Units => "units",
            Measure::Chips => "chips",
            Measure::Spec(key) => key.as_str(),
        }
    }

    /// What amounts are called for a person, in a policy with this unit: `H200e`, `chips`, `tpp`.
    pub fn unit<'a>(&'a self, of_policy: &'a str) -> &'a str {
        match self {
            Measure::Units => of_policy,
            Measure::Chips | Measure::Spec(_) => self.as_str(),
        }
    }

    /// The weight of one chip; none where the policy does not say it.
    pub fn of(&self, chip: &Chip) -> Option<Units> {
        match self {
            Measure::Units => chip.equivalence,
            Measure::Chips => Some(Units::from_whole(1)),
            Measure::Spec(key) => chip.spec(key),
        }
    }
}

/// A limit from a day on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LimitStep {
    /// [`NaiveDate::MIN`] for a limit without steps.
    pub from: NaiveDate,
    /// In the ceiling's measure; `after == limit` is within (R1).
    pub limit: Units,
}

impl LimitStep {
    /// A limit for ever.
    pub fn always(limit: Units) -> Self {
        LimitStep { from: NaiveDate::MIN, limit }
    }
}

/// A percentage of what a series of volumes reports (R14).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Share {
    pub percent: Units,
    /// The series.
    pub of: Name,
}

/// How much a ceiling allows (R14).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Allowance {
    /// Ascending by day; the last step begun holds, and before the first the limit is 0. A plain limit is one step from
    /// the beginning.
    Steps(Vec<LimitStep>),
    /// A share of the volumes recorded so far, of the covered chips of each group.
    Share(Share),
}

/// One limit, for every group of its scope or for some of them.
#[derive(Clone, PartialEq, Debug)]
pub struct Ceiling {
    /// The key under `[ceilings]`.
    pub name: CeilingName,
    /// One scope; or several, where each combination of their groups has its own limit (R14).
    pub scope: Vec<Scope>,
    pub allowance: Allowance,
    pub counts: Counts,
    pub measure: Measure,
    /// The only destinations that it covers, by exact codes; none means all (R14).
    pub to: Option<Vec<Country>>,
    /// The periods that each have their own limit; none means one for ever (R14).
    pub window: Option<Window>,
    /// Whether it adds what a customer has had from others (R14).
    pub elsewhere: bool,
    /// The chips that it covers, by the policy's names and in its order; none means all (R14).
    pub chips: Option<Vec<ChipName>>,
    /// The class that names these chips, if one does.
    pub class: Option<Name>,
    /// The only groups that it limits, as the policy writes them; none means all (R14).
    pub groups: Option<Vec<Name>>,
    /// Percentages, ascending. From the lowest one on, the status is critical (D10).
    pub warn_at: Vec<u8>,
}

impl Ceiling {
    /// Whether it counts the units of every chip.
    pub fn is_plain(&self) -> bool {
        self.measure == Measure::Units && self.chips.is_none()
    }

    /// Whether no sum by family, country, licensee or chip answers what it counts, so that the fold keeps its sums by
    /// pool (see `state::pools`).
    pub fn is_pooled(&self) -> bool {
        let by_place = self.to.is_some() || self.scope.len() != 1 || self.shares(Scope::Destination);
        by_place || self.window.is_some() || self.elsewhere
    }

    /// Whether the fold must keep every shipment to attribute it (R14).
    pub fn needs_shipments(&self) -> bool {
        self.is_pooled() && self.counts.follows_shipments()
    }

    /// Whether groups of this scope share it, alone or with others.
    pub fn shares(&self, scope: Scope) -> bool {
        self.scope.contains(&scope)
    }

    /// The scope, if it is one and not a list.
    pub fn one_scope(&self) -> Option<Scope> {
        if let [scope] = self.scope.as_slice() { Some(*scope) } else { None }
    }

    /// The limit on a day; 0 for a share, which is no matter of the day.
    pub fn limit_on(&self, day: NaiveDate) -> Units {
        let Allowance::Steps(steps) = &self.allowance else { return Units::ZERO };
        steps.iter().rev().find(|step| step.from <= day).map_or(Units::ZERO, |step| step.limit)
    }

    /// The limit, if it is one for ever.
    pub fn plain_limit(&self) -> Option<Units> {
        (self.steps().is_none() && self.share().is_none()).then(|| self.limit_on(NaiveDate::MIN))
    }

    /// The steps, if it has any.
    pub fn steps(&self) -> Option<&[LimitStep]> {
        let Allowance::Steps(steps) = &self.allowance else { return None };
        let plain = steps.iter().all(|step| step.from == NaiveDate::MIN);
        (!plain).then_some(steps)
    }

    /// The share, if the limit is one.
    pub fn share(&self) -> Option<&Share> {
        if let Allowance::Share(share) = &self.allowance { Some(share) } else { None }
    }

    /// The policy key of the limit.
    pub fn limit_key(&self) -> String {
        let key = match &self.allowance {
            Allowance::Share(_) => "share",
            Allowance::Steps(_) if self.steps().is_some() => "limits",
            Allowance::Steps(_) => "limit",
        };
        format!("ceilings.{}.{key}", self.name)
    }

    /// Whether goods for this destination count under the ceiling.
    pub fn reaches(&self, destination: Option<&Country>) -> bool {
        self.to.as_ref().is_none_or(|to| destination.is_some_and(|destination| to.contains(destination)))
    }

    /// Whether chips of this name count under the ceiling.
    pub fn covers(&self, chip: &ChipName) -> bool {
        self.chips.as_ref().is_none_or(|covered| covered.contains(chip))
    }

    /// The weight of one chip in the ceiling's measure; 0 where the ceiling does not cover it. A prohibited chip
    /// without an equivalence counts as 0 units (D14).
    pub fn weight(&self, chip: &Chip) -> Units {
        if self.covers(&chip.name) { self.measure.of(chip).unwrap_or(Units::ZERO) } else { Units::ZERO }
    }
}

#[cfg(test)]
impl Ceiling {
    /// A ceiling of 0 units in all, for every chip. Each test adds what it needs.
    pub(in crate::domain) fn bare() -> Self {
        Ceiling {
            name: CeilingName::new("c"),
            scope: vec![Scope::Total],
            allowance: Allowance::Steps(vec![LimitStep::always(Units::ZERO)]),
            counts: Counts::Committed,
            measure: Measure::Units,
            to: None,
            window: None,
            elsewhere: false,
            chips: None,
            class: None,
            groups: None,
            warn_at: Vec::new(),
        }
    }
}
