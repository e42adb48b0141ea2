//! The groups that share a ceiling. Only this file decides who shares one. A new scope is a new variant of [`Scope`]
//! and [`Group`], and the compiler then finds the lines of this file that must handle it.

use super::policy::{Ceiling, Scope};
use super::state::{CustomerIx, Licence, State};
use super::text::{ChipName, Country, CustomerId, Name, Text};

/// Whom and what an entry charges. This decides in which groups it counts.
#[derive(Clone, Copy, Debug)]
pub struct Charge<'a> {
    /// The buyer, never the licensee (R2).
    pub customer: CustomerIx,
    /// The holder of the licence.
    pub licensee: Option<&'a Name>,
    /// The licence's destination of the goods.
    pub destination: Option<&'a Country>,
    /// None for a charge that is not about a single chip.
    pub chip: Option<&'a ChipName>,
}

impl<'a> Charge<'a> {
    /// The charge of a whole licence.
    pub fn under(state: &'a State, licence: &'a Licence) -> Self {
        Charge {
            customer: licence.customer,
            licensee: licence.licensee.and_then(|held_by| state.licensee_at(held_by)).map(|held_by| &held_by.name),
            destination: licence.destination.as_ref(),
            chip: None,
        }
    }

    /// The same charge for one chip.
    pub fn of_chip(self, chip: &'a ChipName) -> Self {
        Charge { chip: Some(chip), ..self }
    }
}

/// One group of a ceiling.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Group {
    /// One customer without its family. No ceiling has such groups.
    Customer(CustomerIx),
    /// A family, by its ultimate parent.
    Family(CustomerIx),
    Country(Country),
    Licensee(Name),
    Chip(ChipName),
    /// The whole ledger.
    Total,
}

impl Group {
    /// The group of `scope` that a charge counts in; none where the charge names no licensee or chip.
    pub fn of(state: &State, scope: Scope, charge: Charge<'_>) -> Option<Group> {
        match scope {
            Scope::Customer => Some(Group::Family(state.root(charge.customer))),
            Scope::Country => state.country_of(charge.customer).cloned().map(Group::Country),
            Scope::Licensee => charge.licensee.cloned().map(Group::Licensee),
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
            Group::Licensee(name) => charge.licensee == Some(name),
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

    /// Whether the ceiling limits this group (R14). A member of a family stands for its family, as in an exception
    /// (D16).
    pub fn is_under(&self, state: &State, ceiling: &Ceiling) -> bool {
        let is_named = |name: &Name| Group::called(state, ceiling.scope, name.as_str()).as_ref() == Some(self);
        let limited = ceiling.groups.as_ref().is_none_or(|only| only.iter().any(is_named));
        limited
            && match self {
                Group::Chip(chip) => ceiling.covers(chip),
                Group::Customer(_) | Group::Family(_) | Group::Country(_) | Group::Licensee(_) | Group::Total => true,
            }
    }

    /// The group that a person's name means under a ceiling; none for an unknown name.
    pub fn called(state: &State, scope: Scope, name: &str) -> Option<Group> {
        Group::named(state, scope, Group::written(state, scope, name).as_str())
    }

    /// The group that a ledger's name means under a ceiling; none for an unknown name. A member's id means its family
    /// (D16).
    pub fn named(state: &State, scope: Scope, name: &str) -> Option<Group> {
        match scope {
            Scope::Customer => {
                state.customer(&CustomerId::new(name)).map(|customer| Group::Family(state.root(customer)))
            }
            Scope::Country => {
                let country = Country::new(name);
                country.is_assigned().then(|| Group::Country(state.policy().counted_as(&country).clone()))
            }
            Scope::Licensee => Some(Group::Licensee(Name::new(name))),
            Scope::Chip => state.policy().chip(&ChipName::new(name)).map(|chip| Group::Chip(chip.name.clone())),
            Scope::Total => (name == "total").then_some(Group::Total),
        }
    }

    /// The group whose limit a recorded exception sets. An exception for a family stays with that family: it sets no
    /// limit while another company owns the family's ultimate parent (D16).
    pub fn granted(state: &State, scope: Scope, recorded: &Name) -> Option<Group> {
        Group::named(state, scope, recorded.as_str())
            .filter(|group| scope != Scope::Customer || group.name(state).as_str() == recorded.as_str())
    }

    /// The ledger's text for the group that a person names: the id of a family's ultimate parent, a country's code, or
    /// the policy's name of a chip. An unknown name stays as given, and the judge refuses it.
    pub fn written(state: &State, scope: Scope, given: &str) -> Name {
        match scope {
            Scope::Customer => match state.customer_called(given) {
                Some(customer) => Name::new(Group::Family(state.root(customer)).name(state).as_str()),
                None => Name::new(given),
            },
            Scope::Country => Name::new(given.to_ascii_uppercase()),
            Scope::Chip => Name::new(state.policy().chip_name(given).as_str()),
            Scope::Licensee | Scope::Total => Name::new(given),
        }
    }

    /// Every group that the registrations, the policy or the licences mention, used or not (D10).
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
            Scope::Licensee => state.licensees().map(|licensee| Group::Licensee(licensee.name.clone())).collect(),
            Scope::Chip => state.policy().chips.iter().map(|chip| Group::Chip(chip.name.clone())).collect(),
            Scope::Total => vec![Group::Total],
        }
    }

    /// The scope of the group's ceilings; none for a customer without its family.
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

    /// The group's name in output. A family has its ultimate parent's id, and a licensee its first spelling.
    pub fn name(&self, state: &State) -> Text {
        match self {
            Group::Customer(customer) | Group::Family(customer) => {
                let id = state.customer_at(*customer).map(|customer| customer.registered.record.id.as_str());
                Text::new(id.unwrap_or_default())
            }
            Group::Country(country) => Text::new(country.as_str()),
            Group::Licensee(name) => {
                let first = state.licensee_called(name).map(|licensee| &licensee.name);
                Text::new(first.unwrap_or(name).as_str())
            }
            Group::Chip(chip) => Text::new(chip.as_str()),
            Group::Total => Text::new("total"),
        }
    }

    /// A customer's full name; for other groups, the name in output.
    pub fn full_name(&self, state: &State) -> Text {
        match self {
            Group::Customer(customer) | Group::Family(customer) => {
                state.customer_at(*customer).map_or_else(|| Text::new(""), |held| held.registered.record.name.clone())
            }
            Group::Country(_) | Group::Licensee(_) | Group::Chip(_) | Group::Total => self.name(state),
        }
    }
}
