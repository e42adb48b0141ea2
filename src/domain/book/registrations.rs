//! Finds each customer's first registration in effective order, which governs from the beginning (D5).

use crate::domain::entries::Entries;
use crate::domain::event::{Event, Place, Registration};
use crate::domain::state::{Registered, names};
use crate::domain::text::{CustomerId, NameKey};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Registrations that count, by customer.
#[derive(Debug, Default)]
pub(super) struct Registrations {
    places: HashMap<CustomerId, BTreeSet<Place>>,
    /// Every name that any record ever held. If a new customer has none of them, no line so far names it.
    names: HashSet<NameKey>,
}

impl Registrations {
    pub(super) fn first(&self, id: &CustomerId) -> Option<Place> {
        self.places.get(id).and_then(|places| places.first()).copied()
    }

    pub(super) fn add(&mut self, record: &Registration, place: Place) {
        self.places.entry(record.id.clone()).or_default().insert(place);
        self.names.extend(names(record).map(NameKey::of));
    }

    pub(super) fn remove(&mut self, record: &Registration, place: Place) {
        if let Some(places) = self.places.get_mut(&record.id) {
            places.remove(&place);
        }
    }

    /// Whether no line so far names this customer by any of its names.
    pub(super) fn is_new_in_every_name(&self, record: &Registration) -> bool {
        names(record).all(|name| !self.names.contains(&NameKey::of(name)))
    }

    /// Every customer's first registration.
    pub(super) fn firsts<'a>(&'a self, entries: &'a Entries) -> impl Iterator<Item = Registered> + 'a {
        let mut places: Vec<Place> = self.places.values().filter_map(|places| places.first()).copied().collect();
        places.sort_by_key(|place| place.seq);
        places.into_iter().filter_map(|place| {
            let entry = entries.held(place.seq)?;
            let Event::Customer(record) = &entry.event else { return None };
            Some(Registered { record: Arc::new(record.clone()), entry: entry.seq })
        })
    }
}
