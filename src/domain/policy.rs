//! A valid policy: ceilings, chips and conditions. Only the store makes one, from TOML.

use super::class::Class;
use super::notice::Notice;
use super::text::{CeilingName, ChipName, Country, Name, NameKey, Text};
use super::units::Units;
use super::window::Window;
use super::words::words;
use chrono::{Datelike, Months, NaiveDate};
use regex::Regex;
use std::fmt;

words! {
    /// The legal standing of the policy's text.
    pub enum Status {
        /// Announced or reported, but not codified.
        Proposed = "proposed",
        /// In force as a rule.
        InForce = "in-force",
        /// No rule: an authority writes it into the licences that it grants.
        LicenceCondition = "licence-condition",
        /// The text stands, and nobody applies it.
        NotEnforced = "not-enforced",
        /// A rule in the past.
        Rescinded = "rescinded",
        /// A thought experiment.
        Scenario = "scenario",
    }
}

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
#[derive(Clone, PartialEq, Eq, Debug)]
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
        let by_place = self.to.is_some() || self.scope != [self.first_scope()] || self.shares(Scope::Destination);
        by_place || self.window.is_some() || self.elsewhere
    }

    /// Whether the fold must keep every shipment to attribute it (R14).
    pub fn needs_shipments(&self) -> bool {
        self.is_pooled() && self.counts.follows_shipments()
    }

    fn first_scope(&self) -> Scope {
        self.scope.first().copied().unwrap_or(Scope::Total)
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

/// A figure per chip, for measures and printed totals. It is exact, as the policy states it.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The key under `[chips.X.specs]`, unit included: `power_watts`.
    pub name: Text,
    /// For one chip.
    pub value: Units,
}

/// Why a chip may not be sold.
#[derive(Clone, PartialEq, Debug)]
pub struct Prohibition {
    /// For a person.
    pub reason: Text,
    /// Whether the chip is outside the class that `[prohibited]` names (R14). Otherwise the policy names the chip.
    pub is_outside: bool,
}

impl Prohibition {
    /// The policy key that prohibits this chip.
    pub fn policy_key(&self, chip: &ChipName) -> String {
        if self.is_outside { "prohibited.outside".to_owned() } else { format!("chips.{chip}.prohibited") }
    }
}

/// A chip and its weight.
#[derive(Clone, Debug)]
pub struct Chip {
    /// The key under `[chips]`. The ledger's items have this name.
    pub name: ChipName,
    pub vendor: Option<Text>,
    /// Units per chip. Only a prohibited chip may have none.
    pub equivalence: Option<Units>,
    /// Other names that a person may use.
    pub aliases: Vec<Name>,
    /// The prohibition, if any.
    pub prohibited: Option<Prohibition>,
    /// The day on which it was first sold.
    pub first_sold: Option<NaiveDate>,
    pub specs: Vec<Spec>,
}

impl Chip {
    /// Whether this is its name or an alias, in any spelling (D14, D31).
    pub fn is_called(&self, given: &Name) -> bool {
        Name::new(self.name.as_str()) == *given || self.aliases.contains(given)
    }

    /// Its figure under exactly this key.
    pub fn spec(&self, key: &Text) -> Option<Units> {
        self.specs.iter().find(|spec| spec.name == *key).map(|spec| spec.value)
    }
}

words! {
    /// The effect of a registered flag on a customer's approvals and shipments.
    pub enum FlagRule {
        /// The rules refuse them.
        Refuse = "refuse",
        /// The rules allow them and warn.
        Warn = "warn",
    }
}

words! {
    /// Whether approvals and shipments must state a value (R15).
    pub enum ValueRule {
        Required = "required",
        /// Only shipments under a licence that has a value must.
        Optional = "optional",
    }
}

/// A pattern of the policy, with its text.
#[derive(Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles `text`. The error is one line.
    pub fn new(text: &str) -> Result<Self, String> {
        Regex::new(text).map(Pattern).map_err(|error| {
            let told = error.to_string();
            told.lines().last().unwrap_or(&told).trim_start_matches("error: ").to_owned()
        })
    }

    /// The pattern's text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether `number` matches. The policy must write anchors itself.
    pub fn matches(&self, number: &str) -> bool {
        self.0.is_match(number)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.as_str())
    }
}

/// A whole valid policy. Lists keep the order of the file.
#[derive(Clone, Debug)]
pub struct Policy {
    pub name: Text,
    /// By convention a date.
    pub version: Text,
    pub status: Status,
    /// One line.
    pub title: Option<Text>,
    pub sources: Vec<Text>,
    /// The unit of equivalences.
    pub unit: Text,
    pub ceilings: Vec<Ceiling>,
    pub chips: Vec<Chip>,
    /// The chips' classes by threshold.
    pub classes: Vec<Class>,
    /// Allowed destinations; none means all.
    pub destinations: Option<Vec<Country>>,
    /// The attestations that every approval needs.
    pub approval_attestations: Vec<Name>,
    /// The attestations that every shipment needs.
    pub shipment_attestations: Vec<Name>,
    /// What entries of certain amounts must attest.
    pub notices: Vec<Notice>,
    /// Countries that count as another one.
    pub country_groups: Vec<(Country, Vec<Country>)>,
    /// The effect of each flag. Other flags have no effect.
    pub flags: Vec<(Name, FlagRule)>,
    /// The form of a licence number.
    pub number_pattern: Option<Pattern>,
    /// The form of a shipment's reference. Returns need not match it (D14).
    pub shipment_reference_pattern: Option<Pattern>,
    /// The months for which an approval without an expiry is valid.
    pub valid_months: Option<u32>,
    /// The currency of all values.
    pub currency: Option<Text>,
    pub value: ValueRule,
    /// The percentage by which the shipped value may pass the licence's.
    pub value_tolerance_percent: u32,
    /// Whether a return restores headroom (R10).
    pub restores: bool,
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

#[cfg(test)]
impl Policy {
    /// A policy without ceilings and chips. Each test adds what it needs.
    pub(in crate::domain) fn bare() -> Self {
        Policy {
            name: Text::new("p"),
            version: Text::new("1"),
            status: Status::Scenario,
            title: None,
            sources: Vec::new(),
            unit: Text::new("H200e"),
            ceilings: Vec::new(),
            chips: Vec::new(),
            classes: Vec::new(),
            destinations: None,
            approval_attestations: Vec::new(),
            shipment_attestations: Vec::new(),
            notices: Vec::new(),
            country_groups: Vec::new(),
            flags: Vec::new(),
            number_pattern: None,
            shipment_reference_pattern: None,
            valid_months: None,
            currency: None,
            value: ValueRule::Optional,
            value_tolerance_percent: 0,
            restores: false,
        }
    }
}

impl Policy {
    /// The chip with exactly this name.
    pub fn chip(&self, name: &ChipName) -> Option<&Chip> {
        self.chips.iter().find(|chip| chip.name == *name)
    }

    /// The chip with this name or alias, in in any spelling (D14, D31).
    pub fn chip_called(&self, given: &str) -> Option<&Chip> {
        let given = Name::new(given);
        self.chips.iter().find(|chip| chip.is_called(&given))
    }

    /// The policy's name of the chip that `given` names. An unknown name stays as given, and the judge refuses it.
    pub fn chip_name(&self, given: &str) -> ChipName {
        self.chip_called(given).map_or_else(|| ChipName::new(given), |chip| chip.name.clone())
    }

    /// Every chip name and alias, for "did you mean".
    pub fn chip_names(&self) -> impl Iterator<Item = &str> {
        self.chips
            .iter()
            .flat_map(|chip| std::iter::once(chip.name.as_str()).chain(chip.aliases.iter().map(Name::as_str)))
    }

    /// The first days of all steps of its limits.
    pub fn step_days(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        self.ceilings.iter().filter_map(Ceiling::steps).flatten().map(|step| step.from)
    }

    /// Whether no limit changes from day to day or with volumes.
    pub fn has_constant_limits(&self) -> bool {
        self.ceilings.iter().all(|ceiling| ceiling.plain_limit().is_some())
    }

    /// The windows of its ceilings.
    pub fn windows(&self) -> impl Iterator<Item = &Window> {
        self.ceilings.iter().filter_map(|ceiling| ceiling.window.as_ref())
    }

    /// Whether a ceiling needs every shipment to be kept.
    pub fn needs_shipments(&self) -> bool {
        self.ceilings.iter().any(Ceiling::needs_shipments)
    }

    /// The place of the ceiling with exactly this name.
    pub fn place_of(&self, name: &CeilingName) -> Option<usize> {
        self.ceilings.iter().position(|ceiling| ceiling.name == *name)
    }

    /// The ceiling with exactly this name.
    pub fn ceiling(&self, name: &CeilingName) -> Option<&Ceiling> {
        self.ceilings.iter().find(|ceiling| ceiling.name == *name)
    }

    /// The ceiling with this name, else the first with another spelling of it: a policy may have two.
    pub fn ceiling_called(&self, given: &CeilingName) -> Option<&Ceiling> {
        let key = NameKey::of(given.as_str());
        let named = || self.ceilings.iter().find(|ceiling| NameKey::of(ceiling.name.as_str()) == key);
        self.ceiling(given).or_else(named)
    }

    /// The last valid day of a licence approved on `date` without an expiry: the day before the same day of a later
    /// month. Where that month lacks the day, its last day.
    pub fn valid_to(&self, date: NaiveDate) -> Option<NaiveDate> {
        let end = date.checked_add_months(Months::new(self.valid_months?))?;
        if end.day() == date.day() { end.pred_opt() } else { Some(end) }
    }

    /// The country that `country` counts as.
    pub fn counted_as<'a>(&'a self, country: &'a Country) -> &'a Country {
        self.country_groups.iter().find(|(_, members)| members.contains(country)).map_or(country, |(head, _)| head)
    }

    /// The rule for a customer's flag, and the policy's spelling of it. Flags match as names do (R2), so that
    /// `Entity-List` does not slip past `entity-list`.
    pub fn flag(&self, flag: &Name) -> Option<(&Name, FlagRule)> {
        self.flags.iter().find(|(name, _)| name == flag).map(|(name, rule)| (name, *rule))
    }
}
