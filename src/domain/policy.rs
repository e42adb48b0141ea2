//! A valid policy: ceilings, chips and conditions. Only the store makes one, from TOML.

use super::text::{CeilingName, ChipName, Country, NameKey, Text};
use super::units::Units;
use super::words::words;
use regex::Regex;
use std::fmt;

words! {
    /// What the authority's text is worth today.
    pub enum Status {
        /// Announced or reported, not codified.
        Proposed = "proposed",
        /// The rule as it stands.
        InForce = "in-force",
        /// Was a rule once.
        Rescinded = "rescinded",
        /// A thought experiment.
        Scenario = "scenario",
    }
}

words! {
    /// What one ceiling is shared by.
    pub enum Scope {
        /// The whole family under an ultimate parent (R2).
        Customer = "customer",
        /// All families of one country, or of one country group.
        Country = "country",
        /// All licences one licensee holds.
        Licensee = "licensee",
        /// One chip, whoever buys it.
        Chip = "chip",
        /// Everything.
        Total = "total",
    }
}

words! {
    /// Which of the four amounts a ceiling counts (R3).
    pub enum Counts {
        /// Shipped and outstanding.
        Committed = "committed",
        /// Shipped alone.
        Shipped = "shipped",
    }
}

/// One limit.
#[derive(Clone, Debug)]
pub struct Ceiling {
    /// The key under `[ceilings]`.
    pub name: CeilingName,
    /// Who shares it.
    pub scope: Scope,
    /// In the policy's unit; `after == limit` is within (R1).
    pub limit: Units,
    /// What it counts.
    pub counts: Counts,
    /// Percentages, ascending; from the lowest the status is critical (D10).
    pub warn_at: Vec<u8>,
}

/// A figure per chip that totals can be printed of; exact, as the policy wrote it.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The key under `[chips.X.specs]`, unit included: `power_watts`.
    pub name: Text,
    /// For one chip.
    pub value: Units,
}

/// A chip and what it counts.
#[derive(Clone, Debug)]
pub struct Chip {
    /// The key under `[chips]`: what the ledger's items are called.
    pub name: ChipName,
    /// Who makes it.
    pub vendor: Option<Text>,
    /// Units per chip; none only where the chip is prohibited.
    pub equivalence: Option<Units>,
    /// Other names a person may use.
    pub aliases: Vec<Text>,
    /// Why it may not be sold, if so.
    pub prohibited: Option<Text>,
    /// Figures per chip.
    pub specs: Vec<Spec>,
}

words! {
    /// What a registered flag means for a customer's approvals and shipments.
    pub enum FlagRule {
        /// Nothing is approved or shipped.
        Refuse = "refuse",
        /// It is, with a warning.
        Warn = "warn",
    }
}

/// A pattern of the policy, with its text.
#[derive(Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles `text`; the error says what is wrong with it, in one line.
    pub fn new(text: &str) -> Result<Self, String> {
        Regex::new(text).map(Pattern).map_err(|error| {
            let told = error.to_string();
            told.lines().last().unwrap_or(&told).trim_start_matches("error: ").to_owned()
        })
    }

    /// The text it was made of.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether `number` matches; anchors are the policy's to write.
    pub fn matches(&self, number: &str) -> bool {
        self.0.is_match(number)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.as_str())
    }
}

/// The whole of a policy, valid: lists keep the order of the file.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name.
    pub name: Text,
    /// Its version, by convention a date.
    pub version: Text,
    /// What it is worth.
    pub status: Status,
    /// One line about it.
    pub title: Option<Text>,
    /// Where its figures come from.
    pub sources: Vec<Text>,
    /// What everything is counted in.
    pub unit: Text,
    /// The limits.
    pub ceilings: Vec<Ceiling>,
    /// The chips.
    pub chips: Vec<Chip>,
    /// Destinations allowed; none = anywhere.
    pub destinations: Option<Vec<Country>>,
    /// Names an approval must attest.
    pub approval_attestations: Vec<Text>,
    /// Names a shipment must attest.
    pub shipment_attestations: Vec<Text>,
    /// Countries counted as another one.
    pub country_groups: Vec<(Country, Vec<Country>)>,
    /// What flags mean; other flags mean nothing.
    pub flags: Vec<(Text, FlagRule)>,
    /// What a licence number looks like.
    pub number_pattern: Option<Pattern>,
    /// What a shipment reference looks like; returns are not bound by it (D14).
    pub shipment_reference_pattern: Option<Pattern>,
    /// Whether a return restores headroom (R10).
    pub restores: bool,
}

#[cfg(test)]
impl Policy {
    /// It has no ceilings and no chips: a test adds what it is about.
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
            destinations: None,
            approval_attestations: Vec::new(),
            shipment_attestations: Vec::new(),
            country_groups: Vec::new(),
            flags: Vec::new(),
            number_pattern: None,
            shipment_reference_pattern: None,
            restores: false,
        }
    }
}

impl Policy {
    /// The chip of exactly this name.
    pub fn chip(&self, name: &ChipName) -> Option<&Chip> {
        self.chips.iter().find(|chip| chip.name == *name)
    }

    /// The chip a person means: by name or alias, any case, NFKC (D14).
    pub fn chip_called(&self, given: &str) -> Option<&Chip> {
        let key = NameKey::of(given);
        self.chips.iter().find(|chip| {
            NameKey::of(chip.name.as_str()) == key
                || chip.aliases.iter().any(|alias| NameKey::of(alias.as_str()) == key)
        })
    }

    /// Every name a chip goes by, for "did you mean".
    pub fn chip_names(&self) -> impl Iterator<Item = &str> {
        self.chips
            .iter()
            .flat_map(|chip| std::iter::once(chip.name.as_str()).chain(chip.aliases.iter().map(Text::as_str)))
    }

    /// The ceiling of this name.
    pub fn ceiling(&self, name: &CeilingName) -> Option<&Ceiling> {
        self.ceilings.iter().find(|ceiling| ceiling.name == *name)
    }

    /// The country that `country` is counted as.
    pub fn counted_as<'a>(&'a self, country: &'a Country) -> &'a Country {
        self.country_groups.iter().find(|(_, members)| members.contains(country)).map_or(country, |(head, _)| head)
    }

    /// What the policy makes of a customer's flag, and how the policy spells it; flags match as names do (R2), so
    /// that `Entity-List` does not slip past `entity-list`.
    pub fn flag(&self, flag: &Text) -> Option<(&Text, FlagRule)> {
        let key = NameKey::of(flag.as_str());
        self.flags.iter().find(|(name, _)| NameKey::of(name.as_str()) == key).map(|(name, rule)| (name, *rule))
    }
}
