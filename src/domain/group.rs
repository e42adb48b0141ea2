//! Who shares a ceiling. This is the only place that answers it: a new scope is a variant of [`Scope`] and [`Group`], and
//! the compiler names the lines of this file that must say what it means.

use super::policy::Scope;
use super::state::{CustomerIx, Licence, State};
use super::text::{ChipName, Country, CustomerId, NameKey, Text};

/// Who and what an entry is charged to: everything that decides which groups it counts in.
#[derive(Clone, Copy, Debug)]
pub struct Charge<'a> {
    /// The buyer; never the licensee (R2).
    pub customer: CustomerIx,
    /// Who holds the licence.
    pub licensee: Option<&'a Text>,
    /// Where the goods go, as the licence says.
    pub destination: Option<&'a Country>,
    /// None for a charge that is not about one chip.
    pub chip: Option<&'a ChipName>,
}

impl<'a> Charge<'a> {
    /// Everything under this licence.
    pub fn under(state: &'a State, licence: &'a Licence) -> Self {
        Charge {
            customer: licence.customer,
            licensee: licence.licensee.and_then(|held_by| state.licensee_at(held_by)).map(|held_by| &held_by.name),
            destination: licence.destination.as_ref(),
            chip: None,
        }
    }

    /// The part that is about one chip.
    pub fn of_chip(self, chip: &'a ChipName) -> Self {
        Charge { chip: Some(chip), ..self }
    }
}

/// A licensee's name. Two spellings of one name are one licensee (R2).
#[derive(Clone, Debug)]
pub struct LicenseeName(Text);

impl LicenseeName {
    /// As it was given.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for LicenseeName {
    fn eq(&self, other: &Self) -> bool {
        NameKey::of(self.0.as_str()) == NameKey::of(other.0.as_str())
    }
}

impl Eq for LicenseeName {}

/// One part of a ceiling: those who share it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Group {
    /// One customer without its family; no ceiling is shared so.
    Customer(CustomerIx),
    /// A family, by its ultimate parent.
    Family(CustomerIx),
    /// A country or country group.
    Country(Country),
    /// A licensee.
    Licensee(LicenseeName),
    /// One chip.
    Chip(ChipName),
    /// Everything.
    Total,
}

impl Group {
    /// The group of `scope` that a charge counts in; none where the charge names no licensee or chip.
    pub fn of(state: &State, scope: Scope, charge: Charge<'_>) -> Option<Group> {
        match scope {
            Scope::Customer => Some(Group::Family(state.root(charge.customer))),
            Scope::Country => state.country_of(charge.customer).cloned().map(Group::Country),
            Scope::Licensee => charge.licensee.cloned().map(LicenseeName).map(Group::Licensee),
            Scope::Chip => charge.chip.cloned().map(Group::Chip),
            Scope::Total => Some(Group::Total),
        }
    }

    /// Whether a charge counts in this group.
    pub fn holds(&self, state: &State, charge: Charge<'_>) -> bool {
        match self {
            Group::Customer(customer) => charge.customer == *customer,
            Group::Family(root) => state.root(charge.customer) == *root,
            Group::Country(country) => state.country_of(charge.customer) == Some(country),
            Group::Licensee(name) => charge.licensee.is_some_and(|held_by| LicenseeName(held_by.clone()) == *name),
            Group::Chip(_) => charge.chip.is_some_and(|chip| self.covers(chip)),
            Group::Total => true,
        }
    }

    /// Whether this chip may count in the group, whoever buys it.
    pub fn covers(&self, chip: &ChipName) -> bool {
        match self {
            Group::Chip(covered) => covered == chip,
            Group::Customer(_) | Group::Family(_) | Group::Country(_) | Group::Licensee(_) | Group::Total => true,
        }
    }

    /// The group that a name stands for under a ceiling, as a ledger writes it: a member's id stands for its family
    /// (D16). None where it names nothing known.
    pub fn named(state: &State, scope: Scope, name: &str) -> Option<Group> {
        match scope {
            Scope::Customer => {
                state.customer(&CustomerId::new(name)).map(|customer| Group::Family(state.root(customer)))
            }
            Scope::Country => {
                let country = Country::new(name);
                country.is_assigned().then(|| Group::Country(state.policy().counted_as(&country).clone()))
            }
            Scope::Licensee => Some(Group::Licensee(LicenseeName(Text::new(name)))),
            Scope::Chip => state.policy().chip(&ChipName::new(name)).map(|chip| Group::Chip(chip.name.clone())),
            Scope::Total => (name == "total").then_some(Group::Total),
        }
    }

    /// Every group that the registrations, the policy or the licences know, used or not (D10).
    pub fn all(state: &State, scope: Scope) -> Vec<Group> {
        match scope {
            Scope::Customer => {
                let roots = state.customers().filter(|(customer, _)| state.root(*customer) == *customer);
                roots.map(|(root, _)| Group::Family(root)).collect()
            }
            Scope::Country => {
                let policy = state.policy();
                let mut countries: Vec<&Country> = state.countries().collect();
                countries.extend(policy.country_groups.iter().map(|(head, _)| head));
                countries.extend(policy.destinations.iter().flatten().map(|country| policy.counted_as(country)));
                countries.sort();
                countries.dedup();
                countries.into_iter().cloned().map(Group::Country).collect()
            }
            Scope::Licensee => {
                state.licensees().map(|licensee| Group::Licensee(LicenseeName(licensee.name.clone()))).collect()
            }
            Scope::Chip => state.policy().chips.iter().map(|chip| Group::Chip(chip.name.clone())).collect(),
            Scope::Total => vec![Group::Total],
        }
    }

    /// The scope of the ceilings that this group shares; none for a customer without its family.
    pub fn scope(&self) -> Option<Scope> {
        match self {
            Group::Customer(_) => None,
            Group::Family(_) => Some(Scope::Customer),
            Group::Country(_) => Some(Scope::Country),
            Group::Licensee(_) => Some(Scope::Licensee),
            Group::Chip(_) => Some(Scope::Chip),
            Group::Total => Some(Scope::Total),
        }
    }

    /// What output calls the group: a family by its ultimate parent's id, a licensee as it was first written.
    pub fn name(&self, state: &State) -> Text {
        match self {
            Group::Customer(customer) | Group::Family(customer) => {
                let id = state.customer_at(*customer).map(|customer| customer.registered.record.id.as_str());
                Text::new(id.unwrap_or_default())
            }
            Group::Country(country) => Text::new(country.as_str()),
            Group::Licensee(LicenseeName(name)) => {
                state.licensee_called(name.as_str()).map_or_else(|| name.clone(), |licensee| licensee.name.clone())
            }
            Group::Chip(chip) => Text::new(chip.as_str()),
            Group::Total => Text::new("total"),
        }
    }

    /// A customer's full name; of any other group, what output calls it.
    pub fn full_name(&self, state: &State) -> Text {
        match self {
            Group::Customer(customer) | Group::Family(customer) => {
                state.customer_at(*customer).map_or_else(|| Text::new(""), |held| held.registered.record.name.clone())
            }
            Group::Country(_) | Group::Licensee(_) | Group::Chip(_) | Group::Total => self.name(state),
        }
    }
}
