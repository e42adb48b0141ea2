//! A valid policy: ceilings, chips and conditions. Only the store makes one, from TOML.

use super::ceiling::Ceiling;
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

    /// The names of all attestations that it asks for.
    pub fn attestations(&self) -> impl Iterator<Item = &Name> {
        let always = self.approval_attestations.iter().chain(&self.shipment_attestations);
        always.chain(self.notices.iter().map(|notice| &notice.name))
    }

    /// The windows of its ceilings.
    pub fn windows(&self) -> impl Iterator<Item = &Window> {
        self.ceilings.iter().filter_map(|ceiling| ceiling.window.as_ref())
    }

    /// Whether a ceiling needs every shipment to be kept.
    pub fn needs_shipments(&self) -> bool {
        self.ceilings.iter().any(Ceiling::needs_shipments)
    }

    /// The place of this ceiling, or of the one with its name. It compares no names to find a ceiling of its own.
    pub fn place_of(&self, ceiling: &Ceiling) -> Option<usize> {
        let its_own = self.ceilings.iter().position(|known| std::ptr::eq(known, ceiling));
        its_own.or_else(|| self.ceilings.iter().position(|known| known.name == ceiling.name))
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
