//! Customers, their families and their countries (R2).

use super::amounts::Tally;
use crate::domain::event::{Registration, Seq};
use crate::domain::policy::Policy;
use crate::domain::text::{Country, CustomerId, NameKey};
use crate::domain::units::Overflow;
use hashbrown::HashMap;
use std::sync::Arc;

/// A customer's number in one state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CustomerIx(u32);

impl CustomerIx {
    /// The customer that was met after this many others.
    pub fn at(index: u32) -> Self {
        CustomerIx(index)
    }

    /// How many were met before it.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A registration together with the entry that made it.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The whole record (D15).
    pub record: Arc<Registration>,
    /// The entry.
    pub entry: Seq,
}

/// A customer as it stands.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Its record in force; before its first registration, that one (D5).
    pub registered: Registered,
    /// What its own licences come to.
    pub own: Tally,
    root: CustomerIx,
    country: usize,
    /// Of the whole family, where this is its ultimate parent.
    family: Tally,
}

/// All customers, with the sums that ceilings ask for.
#[derive(Clone, Default, Debug)]
pub(super) struct Families {
    all: Vec<Customer>,
    by_id: HashMap<CustomerId, CustomerIx>,
    countries: Vec<(Country, Tally)>,
}

impl Families {
    pub(super) fn find(&self, id: &CustomerId) -> Option<CustomerIx> {
        self.by_id.get(id).copied()
    }

    pub(super) fn get(&self, customer: CustomerIx) -> Option<&Customer> {
        self.all.get(customer.index())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (CustomerIx, &Customer)> {
        (0u32..).map(CustomerIx).zip(&self.all)
    }

    pub(super) fn root(&self, customer: CustomerIx) -> CustomerIx {
        self.get(customer).map_or(customer, |customer| customer.root)
    }

    /// The country, or country group, that the customer's family counts for.
    pub(super) fn country(&self, customer: CustomerIx) -> Option<&Country> {
        self.get(customer).and_then(|customer| self.countries.get(customer.country)).map(|(country, _)| country)
    }

    pub(super) fn family_tally(&self, root: CustomerIx) -> Option<&Tally> {
        self.get(root).map(|customer| &customer.family)
    }

    pub(super) fn country_tally(&self, country: &Country) -> Option<&Tally> {
        self.countries.iter().find(|(known, _)| known == country).map(|(_, tally)| tally)
    }

    pub(super) fn countries(&self) -> impl Iterator<Item = &Country> {
        self.countries.iter().map(|(country, _)| country)
    }

    /// Puts a record in force; answers the one it replaces. Sums are stale until [`Families::regroup`].
    pub(super) fn put(&mut self, registered: Registered) -> Option<Registered> {
        let id = &registered.record.id;
        let known = self.find(id).and_then(|customer| self.all.get_mut(customer.index()));
        if let Some(customer) = known {
            return Some(std::mem::replace(&mut customer.registered, registered));
        }
        let customer = CustomerIx(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.by_id.insert(id.clone(), customer);
        self.all.push(Customer {
            registered,
            own: Tally::default(),
            root: customer,
            country: 0,
            family: Tally::default(),
        });
        None
    }

    /// Likewise, of a customer whose own licences are known to come to this.
    pub(super) fn put_with(&mut self, registered: Registered, own: Tally) {
        let id = registered.record.id.clone();
        self.put(registered);
        if let Some(customer) = self.find(&id).and_then(|customer| self.all.get_mut(customer.index())) {
            customer.own = own;
        }
    }

    /// Works out families, countries and their sums anew, after a registration or an adoption.
    pub(super) fn regroup(&mut self, policy: &Policy) -> Result<(), Overflow> {
        self.countries.clear();
        let roots: Vec<CustomerIx> =
            self.iter().map(|(customer, _)| self.line_of_parents(customer).last().unwrap_or(customer)).collect();
        for (index, root) in roots.into_iter().enumerate() {
            let country = match self.get(root) {
                Some(parent) => policy.counted_as(&parent.registered.record.country).clone(),
                None => continue,
            };
            let position = self.countries.iter().position(|(known, _)| *known == country).unwrap_or_else(|| {
                self.countries.push((country, Tally::default()));
                self.countries.len() - 1
            });
            if let Some(customer) = self.all.get_mut(index) {
                customer.root = root;
                customer.country = position;
                customer.family = Tally::default();
            }
        }
        for index in 0..self.all.len() {
            let Some(customer) = self.all.get(index) else { continue };
            let (own, root, country) = (customer.own.clone(), customer.root, customer.country);
            if let Some(parent) = self.all.get_mut(root.index()) {
                parent.family.absorb(&own)?;
            }
            if let Some((_, tally)) = self.countries.get_mut(country) {
                tally.absorb(&own)?;
            }
        }
        Ok(())
    }

    /// The customer itself, its parent, and so on up to the ultimate parent.
    pub(super) fn line_of_parents(&self, customer: CustomerIx) -> impl Iterator<Item = CustomerIx> + '_ {
        let parent = |child: &CustomerIx| {
            self.get(*child).and_then(|held| held.registered.record.parent.as_ref()).and_then(|id| self.find(id))
        };
        // Cycles are refused (R2); the bound holds even in a file that has one.
        std::iter::successors(Some(customer), parent).take(self.all.len())
    }

    /// The tallies that a licence of this customer counts in.
    pub(super) fn tallies_mut(
        &mut self,
        customer: CustomerIx,
        mut each: impl FnMut(&mut Tally) -> Result<(), Overflow>,
    ) -> Result<(), Overflow> {
        let Some(held) = self.all.get_mut(customer.index()) else { return Ok(()) };
        each(&mut held.own)?;
        let (root, country) = (held.root, held.country);
        if let Some(parent) = self.all.get_mut(root.index()) {
            each(&mut parent.family)?;
        }
        if let Some((_, tally)) = self.countries.get_mut(country) {
            each(tally)?;
        }
        Ok(())
    }

    /// The customer a person means: by id, name or alias (R2).
    pub(super) fn called(&self, given: &str) -> Option<CustomerIx> {
        let key = NameKey::of(given);
        self.iter()
            .find(|(_, customer)| names(&customer.registered.record).any(|name| NameKey::of(name) == key))
            .map(|(customer, _)| customer)
    }
}

/// Everything a customer goes by.
pub fn names(record: &Registration) -> impl Iterator<Item = &str> {
    [record.id.as_str(), record.name.as_str()].into_iter().chain(record.aliases.iter().map(|alias| alias.as_str()))
}
