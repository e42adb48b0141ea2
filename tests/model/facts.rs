//! The rules for events that only state facts: policies, customers, exceptions, volumes, what others sold, voids.

use crate::judge::Says;
use crate::lines::{Event, Items, Record};
use crate::policy::{Scope, plain};
use crate::state::{COUNTRIES, Licence};

impl Says<'_> {
    /// R7 and D17: a policy must weigh every chip in use.
    pub(crate) fn policy(&mut self, digest: &str) {
        let policy = self.world.book.policy(digest);
        // A chip that shipped without permission and was not delivered is not in use: it is as if it had not left (R10).
        let used = |licence: &Licence| {
            let used = |chip: &String| licence.authorised(chip).is_some() || licence.shipped(chip) > 0;
            licence.chips().into_iter().filter(used).collect::<Vec<String>>()
        };
        let mut chips: Vec<String> = self.state.licences.iter().flat_map(used).collect();
        let had = self.state.reports.iter().filter(|report| report.3 > 0);
        chips.extend(had.map(|report| report.2.clone()));
        chips.sort();
        chips.dedup();
        for chip in chips {
            if policy.chip(&chip).is_none_or(|chip| chip.equivalence.is_none()) {
                self.refuse_chip("policy-drops-chip", Some(&chip));
            }
        }
    }

    pub(crate) fn customer(&mut self, record: &Record) {
        let state = self.state;
        self.country(Some(&record.country));
        let names = |r: &Record| -> Vec<String> {
            let given = [&r.id, &r.name].into_iter().chain(&r.aliases);
            given.map(|name| plain(name)).collect()
        };
        let mine = names(record);
        let others = state.customers.values().filter(|other| other.id != record.id);
        if others.flat_map(names).any(|name| mine.contains(&name)) {
            self.refuse("name-taken");
        }
        let Some(parent) = &record.parent else { return };
        if !state.customers.contains_key(parent) {
            self.refuse("customer-unknown");
        } else if state.lineage(parent).contains(&record.id) {
            self.refuse("family-cycle");
        }
    }

    pub(crate) fn country(&mut self, country: Option<&str>) {
        if country.is_some_and(|country| !COUNTRIES.contains(&country)) {
            self.refuse("country-unknown");
        }
    }

    pub(crate) fn exception(&mut self, name: &str, group: &str) {
        let state = self.state;
        let Some(ceiling) = state.policy.ceiling(name) else {
            return self.refuse("ceiling-unknown");
        };
        let parts: Vec<&str> = group.split('/').collect();
        if parts.len() != ceiling.scopes.len() {
            return self.refuse("ceiling-unknown");
        }
        let before = self.refusals.len();
        for (scope, part) in ceiling.scopes.iter().zip(parts) {
            match scope {
                Scope::Customer if !state.customers.contains_key(part) => self.refuse("customer-unknown"),
                Scope::Country | Scope::Destination => self.country(Some(part)),
                Scope::Chip if state.policy.chip(part).is_none() => self.refuse_chip("chip-unknown", Some(part)),
                Scope::Total if part != "total" => self.refuse("ceiling-unknown"),
                _ => {}
            }
        }
        if self.refusals.len() == before && !state.limits(ceiling, &state.named_group(ceiling, group)) {
            self.refuse("ceiling-unknown");
        }
    }

    pub(crate) fn volume(&mut self, series: &str, chip: &str, quantity: u64) {
        self.items(&vec![(chip.to_owned(), quantity)]);
        let last = self.state.volumes.iter().rfind(|volume| plain(&volume.0) == plain(series) && volume.1 == chip);
        if last.is_some_and(|last| last.2 > quantity) {
            self.refuse_chip("volume-decreased", Some(chip));
        }
    }

    /// R14: 0 is a figure too, and a figure may go down.
    pub(crate) fn elsewhere(&mut self, customer: &str, items: &Items) {
        if !self.state.customers.contains_key(customer) {
            self.refuse("customer-unknown");
        }
        let ordered: Items = items.iter().filter(|item| item.1 > 0).cloned().collect();
        self.items(&ordered);
        for (chip, _) in items.iter().filter(|item| item.1 == 0) {
            if self.state.policy.chip(chip).is_none() {
                self.refuse_chip("chip-unknown", Some(chip));
            }
        }
    }

    /// Judges a void by the lines recorded before it (R9, D3).
    pub(crate) fn void(&mut self, entry: u64) {
        let mut earlier = self.world.book.written.iter().filter(|written| written.line.seq < self.line.seq);
        let voids = earlier.clone().filter(|written| !written.inert);
        let mut targets = voids.filter_map(|written| match written.line.event {
            Event::Void { entry, .. } => Some(entry),
            _ => None,
        });
        match earlier.find(|written| written.line.seq == entry) {
            None => self.refuse("entry-unknown"),
            Some(found) => {
                let void = matches!(found.line.event, Event::Void { .. });
                if entry == 1 || void || targets.any(|target| target == entry) {
                    self.refuse("void-not-allowed");
                }
            }
        }
    }
}
