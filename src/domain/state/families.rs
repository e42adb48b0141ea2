//! Customers, their families and their countries (R2).

use super::amounts::Tally;
use crate::domain::event::{Registration, Seq};
use crate::domain::policy::Policy;
use crate::domain::text::{Country, CustomerId, NameKey};
use crate::domain::units::Overflow;
use hashbrown::HashMap;
use smallvec::SmallVec;
use std::sync::Arc;

/// A customer's index in one state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CustomerIx(u32);

impl CustomerIx {
    /// The customer with this index.
    pub fn at(index: u32) -> Self {
        CustomerIx(index)
    }

    /// The index: the count of customers met before this one.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A registration and the entry that made it.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The whole record (D15).
    pub record: Arc<Registration>,
    pub entry: Seq,
}

/// A customer with its sums.
#[derive(Clone, Debug)]
pub struct Customer {
    /// The record in force. Before the customer's first registration, that one is in force (D5).
    pub registered: Registered,
    /// The sum of its own licences.
    pub own: Tally,
    root: CustomerIx,
    country: usize,
    /// The sum of the whole family, where this customer is the ultimate parent.
    family: Tally,
}

/// All customers, with the sums that ceilings need.
#[derive(Clone, Default, Debug)]
pub(super) struct Families {
    all: Vec<Customer>,
    by_id: HashMap<CustomerId, CustomerIx>,
    /// The customers that share a name, in any order.
    by_name: HashMap<NameKey, SmallVec<[CustomerIx; 1]>>,
    countries: Vec<(Country, Tally)>,
    /// Whether a customer has a parent that is not registered.
    orphaned: bool,
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

    /// The country or country group that the customer's family counts in.
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

    /// Puts a record in force. Returns the one that it replaces, and whether that regrouped anybody.
    ///
    /// The families and countries are computed again only where they may have changed, because thousands of customers
    /// are registered one by one.
    pub(super) fn put(
        &mut self,
        registered: Registered,
        policy: &Policy,
    ) -> Result<(Option<Registered>, bool), Overflow> {
        let record = Arc::clone(&registered.record);
        let before = self.hold(registered);
        let regrouped = match &before {
            Some(Registered { record: before, .. }) => {
                before.parent != record.parent || before.country != record.country
            }
            None => self.orphaned,
        };
        if regrouped {
            self.regroup(policy)?;
        } else if before.is_none() {
            self.join(self.all.len() - 1, policy);
        }
        Ok((before, regrouped))
    }

    /// Puts a record in force for a customer whose own licences sum to `own`. Family and country sums are stale until
    /// [`Families::regroup`].
    pub(super) fn put_with(&mut self, registered: Registered, own: Tally) {
        let id = registered.record.id.clone();
        self.hold(registered);
        if let Some(customer) = self.find(&id).and_then(|customer| self.all.get_mut(customer.index())) {
            customer.own = own;
        }
    }

    fn hold(&mut self, registered: Registered) -> Option<Registered> {
        let record = Arc::clone(&registered.record);
        let (customer, before) = match self.find(&record.id) {
            Some(known) => {
                let held = self.all.get_mut(known.index()).map(|customer| &mut customer.registered);
                (known, held.map(|held| std::mem::replace(held, registered)))
            }
            None => {
                let customer = CustomerIx(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
                self.by_id.insert(record.id.clone(), customer);
                self.all.push(Customer {
                    registered,
                    own: Tally::default(),
                    root: customer,
                    country: 0,
                    family: Tally::default(),
                });
                (customer, None)
            }
        };
        for name in before.iter().flat_map(|before| names(&before.record)) {
            if let Some(called) = self.by_name.get_mut(&NameKey::of(name)) {
                called.retain(|called| *called != customer);
            }
        }
        for name in names(&record) {
            let called = self.by_name.entry(NameKey::of(name)).or_default();
            if !called.contains(&customer) {
                called.push(customer);
            }
        }
        before
    }

    /// Computes families, countries and their sums again, after a registration or an adoption.
    pub(super) fn regroup(&mut self, policy: &Policy) -> Result<(), Overflow> {
        self.countries.clear();
        self.orphaned = false;
        for index in 0..self.all.len() {
            self.join(index, policy);
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

    /// Puts a customer into its family and its country, without adding its sums there.
    fn join(&mut self, index: usize, policy: &Policy) {
        let Some(customer) = self.all.get(index) else { return };
        let parent = customer.registered.record.parent.as_ref();
        self.orphaned |= parent.is_some_and(|parent| self.find(parent).is_none());
        let customer = CustomerIx(index as u32);
        let root = self.line_of_parents(customer).last().unwrap_or(customer);
        let Some(parent) = self.get(root) else { return };
        let country = policy.counted_as(&parent.registered.record.country).clone();
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

    /// The customer itself, its parent, and so on up to the ultimate parent.
    pub(super) fn line_of_parents(&self, customer: CustomerIx) -> impl Iterator<Item = CustomerIx> + '_ {
        let parent = |child: &CustomerIx| {
            self.get(*child).and_then(|held| held.registered.record.parent.as_ref()).and_then(|id| self.find(id))
        };
        // The rules refuse cycles (R2). The bound holds even in a file that has one.
        std::iter::successors(Some(customer), parent).take(self.all.len())
    }

    /// Calls `each` for every tally that a licence of this customer counts in.
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

    /// The customers that have this name as id, name or alias (R2).
    pub(super) fn called(&self, name: &str) -> impl Iterator<Item = CustomerIx> + '_ {
        self.by_name.get(&NameKey::of(name)).into_iter().flatten().copied()
    }
}

/// The customer's id, name and aliases.
pub fn names(record: &Registration) -> impl Iterator<Item = &str> {
    [record.id.as_str(), record.name.as_str()].into_iter().chain(record.aliases.iter().map(|alias| alias.as_str()))
}

#[cfg(test)]
mod tests;
