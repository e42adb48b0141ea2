//! The groups that share a ceiling. Only this file decides who shares one. A new scope is a new variant of [`Scope`]
//! and [`Group`], and the compiler then finds the lines of this file that must handle it.

use super::ceiling::{Ceiling, Counts, Scope};
use super::event::Approval;
use super::state::{CustomerIx, Licence, State};
use super::text::{ChipName, Country, CustomerId, Name, Text};
use super::window::Period;
use chrono::NaiveDate;
use std::collections::HashSet;

/// When and where an amount counts (R14).
#[derive(Clone, Copy, Debug)]
pub struct Attribution<'a> {
    pub date: NaiveDate,
    /// None for an unknown customer without a country.
    pub destination: Option<&'a Country>,
}

/// Whom and what an entry charges. This decides in which groups it counts.
#[derive(Clone, Copy, Debug)]
pub struct Charge<'a> {
    /// The buyer, never the licensee (R2).
    pub customer: CustomerIx,
    /// The holder of the licence.
    pub licensee: Option<&'a Name>,
    /// None for a charge that is not about a single chip.
    pub chip: Option<&'a ChipName>,
    /// The date of the approval, and the destination of the licence.
    pub licence: Attribution<'a>,
    /// The date and the destination of the shipment; none for a charge without one.
    pub shipment: Option<Attribution<'a>>,
}

impl<'a> Charge<'a> {
    /// The charge of a customer without a licence, on the state's day.
    pub fn of_customer(state: &'a State, customer: CustomerIx) -> Self {
        let destination = state.destination(None, None, Some(customer));
        let licence = Attribution { date: state.date(), destination };
        Charge { customer, licensee: None, chip: None, licence, shipment: None }
    }

    /// The charge of a whole licence.
    pub fn under(state: &'a State, licence: &'a Licence) -> Self {
        let destination = state.destination(None, licence.destination.as_ref(), Some(licence.customer));
        Charge {
            customer: licence.customer,
            licensee: licence.licensee.and_then(|held_by| state.licensee_at(held_by)).map(|held_by| &held_by.name),
            chip: None,
            licence: Attribution { date: licence.opened, destination },
            shipment: None,
        }
    }

    /// The charge of a licence that is not open yet.
    pub fn of_approval(state: &'a State, approval: &'a Approval, date: NaiveDate, customer: CustomerIx) -> Self {
        let destination = state.destination(None, approval.destination.as_ref(), Some(customer));
        let licence = Attribution { date, destination };
        Charge { customer, licensee: approval.licensee.as_ref(), chip: None, licence, shipment: None }
    }

    /// The same charge for one chip.
    pub fn of_chip(self, chip: &'a ChipName) -> Self {
        Charge { chip: Some(chip), ..self }
    }

    /// The same charge for a shipment. Without a destination of its own it goes where the licence says (D13).
    pub fn shipped(self, date: NaiveDate, destination: Option<&'a Country>) -> Self {
        let destination = destination.or(self.licence.destination);
        Charge { shipment: Some(Attribution { date, destination }), ..self }
    }

    /// When and where the charge counts under a ceiling that counts this amount.
    fn attributed(&self, counts: Counts) -> Attribution<'a> {
        self.shipment.filter(|_| counts.follows_shipments()).unwrap_or(self.licence)
    }
}

/// One group of a ceiling.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Group {
    /// One customer without its family. No ceiling has such groups.
    Customer(CustomerIx),
    /// A family, by its ultimate parent.
    Family(CustomerIx),
    Country(Country),
    Licensee(Name),
    Chip(ChipName),
    /// The goods for one country or country group.
    Destination(Country),
    /// The whole ledger.
    Total,
    /// What several groups have in common, under a ceiling with a list of scopes (R14).
    Each(Vec<Group>),
}

/// What one limit is for: a group, in one period of the ceiling's window (R14).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Pool {
    pub group: Group,
    /// None where the ceiling has no window.
    pub period: Option<Period>,
}

impl Pool {
    /// The pool that a charge counts in; none where the ceiling does not cover the charge, or where the charge names no
    /// licensee or chip.
    pub fn of(state: &State, ceiling: &Ceiling, charge: Charge<'_>) -> Option<Pool> {
        let at = charge.attributed(ceiling.counts);
        if !ceiling.reaches(at.destination) {
            return None;
        }
        Pool::on(ceiling, Group::among(state, &ceiling.scope, charge, at)?, at.date)
    }

    /// The pool of a group on a day; none on a day without the ceiling.
    pub fn on(ceiling: &Ceiling, group: Group, day: NaiveDate) -> Option<Pool> {
        let period = match &ceiling.window {
            Some(window) => Some(window.period(day)?),
            None => None,
        };
        Some(Pool { group, period })
    }

    /// The day whose limit holds for what is judged on `day`: of a period that has ended, its last day (R14, D46).
    pub fn limited_on(&self, day: NaiveDate) -> NaiveDate {
        self.period.and_then(|period| period.until).map_or(day, |last| last.min(day))
    }
}

/// The parts of a group's text, one for each scope of a list; none where they are too few. A licensee's name may hold
/// the `/` that stands between them.
pub fn parts<'t>(scopes: &[Scope], text: &'t str) -> Option<Vec<&'t str>> {
    if let [_] = scopes {
        return Some(vec![text]);
    }
    let licensee = scopes.iter().position(|scope| *scope == Scope::Licensee).unwrap_or(scopes.len() - 1);
    let mut parts: Vec<&str> = text.splitn(licensee + 1, '/').collect();
    let rest = parts.pop()?;
    let after: Vec<&str> = rest.rsplitn(scopes.len() - licensee, '/').collect();
    parts.extend(after.into_iter().rev());
    (parts.len() == scopes.len()).then_some(parts)
}

impl Group {
    /// The group of one scope that a charge counts in, attributed as `at` says; none where the charge names no licensee
    /// or chip.
    pub fn of(state: &State, scope: Scope, charge: Charge<'_>, at: Attribution<'_>) -> Option<Group> {
        match scope {
            Scope::Customer => Some(Group::Family(state.root(charge.customer))),
            Scope::Country => state.country_of(charge.customer).cloned().map(Group::Country),
            Scope::Licensee => charge.licensee.cloned().map(Group::Licensee),
            Scope::Chip => charge.chip.cloned().map(Group::Chip),
            Scope::Destination => at.destination.map(|to| Group::Destination(state.policy().counted_as(to).clone())),
            Scope::Total => Some(Group::Total),
        }
    }

    fn among(state: &State, scopes: &[Scope], charge: Charge<'_>, at: Attribution<'_>) -> Option<Group> {
        match scopes {
            [scope] => Group::of(state, *scope, charge, at),
            several => {
                several.iter().map(|scope| Group::of(state, *scope, charge, at)).collect::<Option<_>>().map(Group::Each)
            }
        }
    }

    /// Whether this chip may count in the group, whoever buys it.
    pub fn covers(&self, chip: &ChipName) -> bool {
        match self {
            Group::Chip(covered) => covered == chip,
            Group::Each(parts) => parts.iter().all(|part| part.covers(chip)),
            Group::Customer(_)
            | Group::Family(_)
            | Group::Country(_)
            | Group::Licensee(_)
            | Group::Destination(_)
            | Group::Total => true,
        }
    }

    /// The family that shares the group, if only one does.
    pub fn family(&self) -> Option<CustomerIx> {
        match self {
            Group::Family(root) => Some(*root),
            Group::Each(parts) => parts.iter().find_map(Group::family),
            Group::Customer(_)
            | Group::Country(_)
            | Group::Licensee(_)
            | Group::Chip(_)
            | Group::Destination(_)
            | Group::Total => None,
        }
    }

    /// Whether the ceiling limits this group (R14). A member of a family stands for its family, as in an exception
    /// (D16).
    pub fn is_under(&self, state: &State, ceiling: &Ceiling) -> bool {
        let is_named = |name: &Name| Group::called(state, &ceiling.scope, name.as_str()).as_ref() == Some(self);
        ceiling.groups.as_ref().is_none_or(|only| only.iter().any(is_named)) && self.is_covered(state, ceiling)
    }

    /// Whether the ceiling covers the group's chip and destination.
    fn is_covered(&self, state: &State, ceiling: &Ceiling) -> bool {
        match self {
            Group::Chip(chip) => ceiling.covers(chip),
            Group::Destination(to) => {
                let policy = state.policy();
                ceiling.to.as_ref().is_none_or(|covered| covered.iter().any(|code| policy.counted_as(code) == to))
            }
            Group::Each(parts) => parts.iter().all(|part| part.is_covered(state, ceiling)),
            Group::Customer(_) | Group::Family(_) | Group::Country(_) | Group::Licensee(_) | Group::Total => true,
        }
    }

    /// The group that a person's name means under a ceiling of these scopes; none for an unknown name.
    pub fn called(state: &State, scopes: &[Scope], name: &str) -> Option<Group> {
        Group::named(state, scopes, Group::written(state, scopes, name).as_str())
    }

    /// The group that a ledger's name means under a ceiling of these scopes; none for an unknown name. A member's id
    /// means its family (D16). Under a list of scopes, `/` stands between the parts (D46).
    pub fn named(state: &State, scopes: &[Scope], name: &str) -> Option<Group> {
        let parts = parts(scopes, name)?;
        let mut named: Vec<Group> =
            scopes.iter().zip(parts).map(|(scope, part)| Group::part(state, *scope, part)).collect::<Option<_>>()?;
        if named.len() > 1 { Some(Group::Each(named)) } else { named.pop() }
    }

    fn part(state: &State, scope: Scope, name: &str) -> Option<Group> {
        let counted_as = || {
            let country = Country::new(name);
            country.is_assigned().then(|| state.policy().counted_as(&country).clone())
        };
        match scope {
            Scope::Customer => {
                state.customer(&CustomerId::new(name)).map(|customer| Group::Family(state.root(customer)))
            }
            Scope::Country => counted_as().map(Group::Country),
            Scope::Destination => counted_as().map(Group::Destination),
            Scope::Licensee => Some(Group::Licensee(Name::new(name))),
            Scope::Chip => state.policy().chip(&ChipName::new(name)).map(|chip| Group::Chip(chip.name.clone())),
            Scope::Total => (name == "total").then_some(Group::Total),
        }
    }

    /// The group whose limit a recorded exception sets. An exception for a family stays with that family: it sets no
    /// limit while another company owns the family's ultimate parent (D16).
    pub fn granted(state: &State, scopes: &[Scope], recorded: &Name) -> Option<Group> {
        let group = Group::named(state, scopes, recorded.as_str())?;
        let stays = |id| group.family().is_some_and(|root| Group::Family(root).name(state).as_str() == id);
        Group::customer_in(scopes, recorded.as_str()).is_none_or(stays).then_some(group)
    }

    /// The customer in a group's text; none under scopes without customers.
    pub fn customer_in<'t>(scopes: &[Scope], text: &'t str) -> Option<&'t str> {
        let mut named = scopes.iter().zip(parts(scopes, text)?);
        named.find(|(scope, _)| **scope == Scope::Customer).map(|(_, id)| id)
    }

    /// The ledger's text for the group that a person names: the id of a family's ultimate parent, a country's code, or
    /// the policy's name of a chip. An unknown name stays as given, and the judge refuses it.
    pub fn written(state: &State, scopes: &[Scope], given: &str) -> Name {
        let part = |(scope, given): (&Scope, &str)| match scope {
            Scope::Customer => match state.customer_called(given) {
                Some(customer) => Group::Family(state.root(customer)).name(state).as_str().to_owned(),
                None => given.to_owned(),
            },
            Scope::Country | Scope::Destination => given.to_ascii_uppercase(),
            Scope::Chip => state.policy().chip_name(given).as_str().to_owned(),
            Scope::Licensee | Scope::Total => given.to_owned(),
        };
        match parts(scopes, given) {
            Some(parts) => Name::new(scopes.iter().zip(parts).map(part).collect::<Vec<_>>().join("/")),
            None => Name::new(given),
        }
    }

    /// Every group of a scope that the registrations, the policy or the licences mention, used or not (D10).
    pub fn all(state: &State, scope: Scope) -> Vec<Group> {
        let policy = state.policy();
        match scope {
            Scope::Customer => {
                let roots = state.customers().filter(|(customer, _)| state.root(*customer) == *customer);
                roots.map(|(root, _)| Group::Family(root)).collect()
            }
            Scope::Country | Scope::Destination => {
                let of = if scope == Scope::Country { Group::Country } else { Group::Destination };
                let mut countries: Vec<&Country> = state.countries().collect();
                countries.extend(policy.country_groups.iter().map(|(head, _)| head));
                countries.extend(policy.destinations.iter().flatten().map(|country| policy.counted_as(country)));
                countries.sort();
                countries.dedup();
                countries.into_iter().cloned().map(of).collect()
            }
            Scope::Licensee => state.licensees().map(|licensee| Group::Licensee(licensee.name.clone())).collect(),
            Scope::Chip => policy.chips.iter().map(|chip| Group::Chip(chip.name.clone())).collect(),
            Scope::Total => vec![Group::Total],
        }
    }

    /// Every group that a ceiling limits. Of a list of scopes, those that a customer at home, the policy or an amount
    /// has: not every combination (D10).
    pub fn under(state: &State, ceiling: &Ceiling) -> Vec<Group> {
        let mut groups = ceiling.one_scope().map_or_else(Vec::new, |scope| Group::all(state, scope));
        let mut known: HashSet<Group> = groups.iter().cloned().collect();
        let named = ceiling.groups.iter().flatten();
        let named = named.filter_map(|name| Group::called(state, &ceiling.scope, name.as_str()));
        let at_home = state.customers().filter_map(|(customer, _)| {
            let charge = Charge::of_customer(state, customer);
            Group::among(state, &ceiling.scope, charge, charge.licence)
        });
        for group in named.chain(at_home).chain(state.pools(ceiling).map(|(pool, _)| pool.group.clone())) {
            if known.insert(group.clone()) {
                groups.push(group);
            }
        }
        groups.retain(|group| group.is_under(state, ceiling));
        groups
    }

    /// The scope of the group's ceilings, if it is one; none for a customer without its family.
    pub fn scope(&self) -> Option<Scope> {
        match self {
            Group::Customer(_) => None,
            Group::Family(_) => Some(Scope::Customer),
            Group::Country(_) => Some(Scope::Country),
            Group::Licensee(_) => Some(Scope::Licensee),
            Group::Chip(_) => Some(Scope::Chip),
            Group::Destination(_) => Some(Scope::Destination),
            Group::Total => Some(Scope::Total),
            Group::Each(_) => None,
        }
    }

    /// The group's name in output. A family has its ultimate parent's id, and a licensee its first spelling.
    pub fn name(&self, state: &State) -> Text {
        match self {
            Group::Customer(customer) | Group::Family(customer) => {
                let id = state.customer_at(*customer).map(|customer| customer.registered.record.id.as_str());
                Text::new(id.unwrap_or_default())
            }
            Group::Country(country) | Group::Destination(country) => Text::new(country.as_str()),
            Group::Licensee(name) => {
                let first = state.licensee_called(name).map(|licensee| &licensee.name);
                Text::new(first.unwrap_or(name).as_str())
            }
            Group::Chip(chip) => Text::new(chip.as_str()),
            Group::Total => Text::new("total"),
            Group::Each(parts) => joined(parts, |part| part.name(state)),
        }
    }

    /// A customer's full name; for other groups, the name in output.
    pub fn full_name(&self, state: &State) -> Text {
        match self {
            Group::Customer(customer) | Group::Family(customer) => {
                state.customer_at(*customer).map_or_else(|| Text::new(""), |held| held.registered.record.name.clone())
            }
            Group::Country(_) | Group::Licensee(_) | Group::Chip(_) | Group::Destination(_) | Group::Total => {
                self.name(state)
            }
            Group::Each(parts) => joined(parts, |part| part.full_name(state)),
        }
    }
}

fn joined(parts: &[Group], told: impl Fn(&Group) -> Text) -> Text {
    let told: Vec<String> = parts.iter().map(|part| told(part).to_string()).collect();
    Text::new(told.join("/"))
}
