//! Other differences of two policies, besides ceilings' terms and chips' weights, in words.

use super::in_either;
use crate::domain::ceiling::Measure;
use crate::domain::policy::{Pattern, Policy};
use crate::domain::text::{Country, Name, NameKey, Text};
use crate::domain::units::Units;

/// One other difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Other {
    /// The key of the policy.
    pub key: String,
    /// The first policy's value, in words.
    pub a: String,
    /// The second policy's value, in words.
    pub b: String,
}

/// Every other difference that changes a judgement or a warning. The order of lists changes neither.
pub fn others(a: &Policy, b: &Policy) -> Vec<Other> {
    let mut found = Vec::new();
    let mut compare = |key: String, a: String, b: String| {
        if a != b {
            found.push(Other { key, a, b });
        }
    };
    let mut of_both = |key: &str, told: &dyn Fn(&Policy) -> String| compare(key.to_owned(), told(a), told(b));
    of_both("unit", &|policy| policy.unit.to_string());
    of_both("destinations.allowed", &|policy| policy.destinations.as_deref().map_or("anywhere".to_owned(), codes));
    of_both("attestations.approval", &|policy| names(&policy.approval_attestations));
    of_both("attestations.shipment", &|policy| names(&policy.shipment_attestations));
    of_both("country_groups", &country_groups);
    of_both("flags", &flags);
    of_both("licences.number_pattern", &|policy| pattern(policy.number_pattern.as_ref()));
    of_both("licences.shipment_reference_pattern", &|policy| pattern(policy.shipment_reference_pattern.as_ref()));
    let months = |policy: &Policy| policy.valid_months.map_or("any".to_owned(), |months| months.to_string());
    of_both("licences.valid_months", &months);
    of_both("licences.currency", &|policy| policy.currency.as_ref().map_or("none".to_owned(), Text::to_string));
    of_both("licences.value", &|policy| policy.value.to_string());
    of_both("licences.value_tolerance_percent", &|policy| policy.value_tolerance_percent.to_string());
    of_both("returns.restores", &|policy| if policy.restores { "yes" } else { "no" }.to_owned());
    for ceiling in &a.ceilings {
        if let Some(other) = b.ceiling(&ceiling.name) {
            compare(format!("ceilings.{}.warn_at", ceiling.name), percents(&ceiling.warn_at), percents(&other.warn_at));
        }
    }
    // Notices match as attestations do, in any spelling.
    for name in in_either(&a.notices, &b.notices, |notice| &notice.name) {
        let told = |policy: &Policy| {
            let notice = policy.notices.iter().find(|notice| notice.name == *name);
            notice.map_or_else(|| "none".to_owned(), |notice| notice.entries(policy.unit.as_str()))
        };
        compare(format!("notices.{name}"), told(a), told(b));
    }
    let mut measured: Vec<&Text> = Vec::new();
    let of_ceilings = a.ceilings.iter().chain(&b.ceilings).map(|ceiling| &ceiling.measure);
    for measure in of_ceilings.chain(a.notices.iter().chain(&b.notices).map(|notice| &notice.measure)) {
        if let Measure::Spec(key) = measure
            && !measured.contains(&key)
        {
            measured.push(key);
        }
    }
    for chip in &a.chips {
        if let Some(other) = b.chip(&chip.name) {
            compare(format!("chips.{}.aliases", chip.name), names(&chip.aliases), names(&other.aliases));
            for key in &measured {
                let [held, others] =
                    [chip, other].map(|chip| chip.spec(key).map_or_else(|| "none".to_owned(), Units::grouped));
                compare(format!("chips.{}.specs.{key}", chip.name), held, others);
            }
        }
    }
    found
}

fn listed(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    words.sort();
    words.dedup();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn codes(countries: &[Country]) -> String {
    listed(countries.iter().map(Country::to_string))
}

/// Aliases and attestations match as names do (D14, D31), so two spellings of one name are no difference.
fn names(names: &[Name]) -> String {
    listed(names.iter().map(|name| NameKey::of(name.as_str()).as_str().to_owned()))
}

fn percents(percents: &[u8]) -> String {
    let shown: Vec<String> = percents.iter().map(|percent| format!("{percent} %")).collect();
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}

fn pattern(pattern: Option<&Pattern>) -> String {
    pattern.map_or_else(|| "any".to_owned(), |pattern| pattern.as_str().to_owned())
}

fn country_groups(policy: &Policy) -> String {
    listed(policy.country_groups.iter().map(|(head, members)| format!("{head} with {}", codes(members))))
}

/// Flags match as names do (R2).
fn flags(policy: &Policy) -> String {
    let told =
        policy.flags.iter().map(|(flag, rule)| format!("{}: {}", NameKey::of(flag.as_str()).as_str(), rule.as_str()));
    listed(told)
}
