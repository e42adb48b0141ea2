//! The records of each customer, in effective order (D5, D15).
//!
//! - A customer's first recorded registration governs from the beginning, whatever its date.
//! - Every later one counts as the change that it made to the record in force at its place when it was recorded. So a
//!   change that is found out late is carried into the records after it, except where those changed the same part.

use crate::domain::event::{Entry, Event, Place, Registration, Seq};
use crate::domain::group::Group;
use crate::domain::policy::Policy;
use crate::domain::registration::RecordChange;
use crate::domain::state::{Registered, names};
use crate::domain::text::{CustomerId, NameKey};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Registrations that count, by customer.
#[derive(Debug, Default)]
pub(super) struct Registrations {
    /// Never empty lists, in effective order: the first one recorded, then the others by place.
    records: HashMap<CustomerId, Vec<Counted>>,
    /// Every name that a record ever held, or that a ceiling of a policy limits (R14). If a new customer has none of
    /// them, no line so far names it.
    names: HashSet<NameKey>,
}

/// One registration of a customer.
#[derive(Clone, Debug)]
struct Counted {
    place: Place,
    /// The record as the line has it.
    line: Arc<Registration>,
    /// What the line changed when it was recorded.
    change: RecordChange,
    /// The record in force from the line's place on.
    in_force: Arc<Registration>,
}

impl Registrations {
    /// Whether the customer has a registration that counts.
    pub(super) fn knows(&self, id: &CustomerId) -> bool {
        self.records.contains_key(id)
    }

    /// Whether this entry is its customer's first registration.
    pub(super) fn is_first(&self, entry: &Entry) -> bool {
        let Event::Customer(record) = &entry.event else { return false };
        self.records.get(&record.id).and_then(|all| all.first()).is_some_and(|first| first.place.seq == entry.seq)
    }

    /// Notes the customers that a policy names.
    pub(super) fn note_groups(&mut self, policy: &Policy) {
        for ceiling in &policy.ceilings {
            let groups = ceiling.groups.iter().flatten();
            let customers = groups.filter_map(|group| Group::customer_in(&ceiling.scope, group.as_str()));
            self.names.extend(customers.map(NameKey::of));
        }
    }

    /// Adds the newest registration.
    pub(super) fn add(&mut self, record: &Registration, place: Place) {
        add(self.records.entry(record.id.clone()).or_default(), Arc::new(record.clone()), place);
        self.names.extend(names(record).map(NameKey::of));
    }

    /// Removes a registration, as if it had never been recorded.
    pub(super) fn remove(&mut self, id: &CustomerId, seq: Seq) {
        let kept = self.records.remove(id).unwrap_or_default().into_iter().filter(|counted| counted.place.seq != seq);
        self.count(id, kept.collect());
    }

    /// Puts a registration back that was removed.
    pub(super) fn restore(&mut self, record: &Registration, place: Place) {
        let mut all = self.records.remove(&record.id).unwrap_or_default();
        let line = Arc::new(record.clone());
        all.push(Counted { place, line: Arc::clone(&line), change: RecordChange::default(), in_force: line });
        self.count(&record.id, all);
    }

    /// Works out the changes of a customer's registrations anew, in the order of recording.
    fn count(&mut self, id: &CustomerId, mut all: Vec<Counted>) {
        all.sort_by_key(|counted| counted.place.seq);
        let mut counted = Vec::with_capacity(all.len());
        for Counted { place, line, .. } in all {
            add(&mut counted, line, place);
        }
        if !counted.is_empty() {
            self.records.insert(id.clone(), counted);
        }
    }

    /// Whether no line so far names this customer by any of its names.
    pub(super) fn is_new_in_every_name(&self, record: &Registration) -> bool {
        names(record).all(|name| !self.names.contains(&NameKey::of(name)))
    }

    /// Every customer's first registration, in the order of recording.
    pub(super) fn firsts(&self) -> Vec<Registered> {
        let firsts = self.records.values().filter_map(|all| all.first());
        let mut firsts: Vec<Registered> =
            firsts.map(|first| Registered { record: Arc::clone(&first.in_force), entry: first.place.seq }).collect();
        firsts.sort_by_key(|first| first.entry);
        firsts
    }

    /// The entry as it counts: a registration with the record that is in force from its place on.
    pub(super) fn as_counted<'a>(&self, entry: Cow<'a, Entry>) -> Cow<'a, Entry> {
        let Event::Customer(record) = &entry.event else { return entry };
        let mut all = self.records.get(&record.id).into_iter().flatten();
        match all.find(|counted| counted.place.seq == entry.seq) {
            Some(counted) if counted.in_force != counted.line => {
                let in_force = Event::Customer((*counted.in_force).clone());
                Cow::Owned(Entry { event: in_force, ..entry.into_owned() })
            }
            Some(_) | None => entry,
        }
    }
}

/// Adds the newest of a customer's registrations, and carries its change into those after its place (D5).
fn add(all: &mut Vec<Counted>, line: Arc<Registration>, place: Place) {
    // The first one recorded is at the beginning, so everything else comes after it.
    let later = all.iter().skip(1).position(|counted| counted.place > place).map_or(all.len(), |after| after + 1);
    let Some(base) = later.checked_sub(1).and_then(|before| all.get(before)) else {
        all.push(Counted { place, line: Arc::clone(&line), change: RecordChange::default(), in_force: line });
        return;
    };
    let change = RecordChange::between(&base.in_force, &line);
    all.insert(later, Counted { place, line: Arc::clone(&line), change, in_force: Arc::clone(&line) });
    let mut before = line;
    for counted in all.iter_mut().skip(later + 1) {
        let carried = counted.change.apply(Some(&before)).map_or_else(|| Arc::clone(&counted.line), Arc::new);
        if carried == counted.in_force {
            // This registration changed the same parts itself. Nothing is carried past it.
            break;
        }
        counted.in_force = carried;
        before = Arc::clone(&counted.in_force);
    }
}

#[cfg(test)]
mod tests;
