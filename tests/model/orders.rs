//! The rules for approvals and the entries that follow them: R4, R5, R10.

use crate::dates::Day;
use crate::judge::Says;
use crate::lines::{Approval, Event, Items, Line, Serials, Shipment};
use crate::policy::{Notice, UNIT, plain, well_formed};
use crate::state::{COUNTRIES, Licence};

/// The largest quantity of an item (R1).
const MOST: u64 = 1_000_000_000;

impl Says<'_> {
    /// Judges the quantities and chips of an order.
    pub(crate) fn items(&mut self, items: &Items) {
        for (chip, quantity) in items {
            if !(1..=MOST).contains(quantity) {
                self.refuse_chip("quantity-invalid", Some(chip));
            }
            if self.state.policy.chip(chip).is_none() {
                self.refuse_chip("chip-unknown", Some(chip));
            }
        }
    }

    /// The licence at this place, or a refusal that says why there is none. A licence that is approved later in
    /// effective order is returned as it will be when opened.
    pub(crate) fn find_licence(&mut self, number: &str) -> Option<Licence> {
        if let Some(licence) = self.state.licence(number) {
            return Some(licence.clone());
        }
        let here = (self.line.date, self.line.seq);
        let inert = |line: &&&Line| {
            let written = self.world.book.written.iter();
            written.clone().any(|written| written.line.seq == line.seq && written.inert)
        };
        let later = self.world.folded.iter();
        let later = later.filter(|line| (line.date, line.seq) > here && !inert(line));
        let mut approvals = later.filter_map(|line| match &line.event {
            Event::Approval(approval) if approval.licence == number => Some(Licence::opened(approval, line.date)),
            _ => None,
        });
        let found = approvals.next();
        self.refuse(if found.is_some() { "licence-not-yet-valid" } else { "licence-unknown" });
        found
    }

    /// Refuses a licence that is not yet valid, else closed, else expired (D11).
    pub(crate) fn must_be_open(&mut self, number: &str) -> Option<Licence> {
        let licence = self.find_licence(number)?;
        if licence.closed {
            self.refuse("licence-closed");
        } else if licence.expired(self.line.date) && self.state.licence(number).is_some() {
            self.refuse("licence-expired");
        }
        Some(licence)
    }

    /// The licence must be open. `suspended` says, for a suspension or reinstatement, whether it must be suspended.
    pub(crate) fn licence_state(&mut self, number: &str, suspended: Option<bool>) {
        let before = self.refusals.len();
        let Some(licence) = self.must_be_open(number) else {
            return;
        };
        if self.refusals.len() > before {
            return;
        }
        match suspended {
            Some(true) if !licence.suspended => self.refuse("licence-not-suspended"),
            Some(false) if licence.suspended => self.refuse("licence-suspended"),
            _ => {}
        }
    }

    /// The policy's rules about an order's chips, destination and customer (D13).
    pub(crate) fn policy_rules(&mut self, chips: &[String], destination: Option<&str>, customer: &str) {
        let (state, policy) = (self.state, &self.state.policy);
        for chip in chips {
            if policy.prohibits(chip) {
                self.refuse_chip("chip-prohibited", Some(chip));
            }
        }
        let own = state.customers.get(customer).map(|record| record.country.as_str());
        if let (Some(allowed), Some(country)) = (&policy.destinations, destination.or(own)) {
            let known = COUNTRIES.contains(&country);
            if known && !allowed.iter().any(|allowed| allowed == country) {
                self.refuse("destination-not-allowed");
            }
        }
        for member in state.lineage(customer) {
            for flag in state.customers.get(&member).map(|record| record.flags.clone()).unwrap_or_default() {
                if policy.flags.contains(&(flag, true)) {
                    self.refuse("customer-flagged");
                }
            }
        }
    }

    /// What the policy wants attested by every entry of its kind, and by entries of some size (R14). `customer` is the
    /// one to whom something ships.
    fn attestations(&mut self, wanted: &[String], items: &Items, given: &[(String, String)], customer: Option<&str>) {
        let (state, policy) = (self.state, &self.state.policy);
        let mut wanted = wanted.to_vec();
        // Nobody knows what the family of an unknown licence has had.
        let unknown = |notice: &&Notice| notice.of_family && customer == Some("");
        for notice in policy.notices.iter().filter(|notice| !unknown(notice)) {
            let amount = |items: &Items| {
                let of = |item: &(String, u64)| i128::from(item.1) * policy.measured(notice.measure, &item.0);
                items.iter().map(of).sum::<i128>()
            };
            let family = |customer: &str| {
                let shipped = |licence: &Licence| -> Items {
                    licence.chips().into_iter().map(|chip| (chip.clone(), licence.shipped(&chip))).collect()
                };
                let of = |licence: &&Licence| state.family(&licence.charge.customer) == state.family(customer);
                state.licences.iter().filter(of).map(|licence| amount(&shipped(licence))).sum()
            };
            let before = customer.filter(|_| notice.of_family).map_or(0, family);
            let (at, after) = (i128::from(notice.at) * UNIT, before + amount(items));
            if notice.on_shipment == customer.is_some() && before < at && at <= after {
                wanted.push(notice.name.clone());
            }
        }
        for name in wanted {
            if !self.line.ask.check && !given.iter().any(|pair| pair.0 == name) {
                self.refuse("attestation-missing");
            }
        }
    }

    pub(crate) fn approval(&mut self, approval: &Approval) {
        let state = self.state;
        self.items(&approval.items);
        if !state.customers.contains_key(&approval.customer) {
            self.refuse("customer-unknown");
        }
        self.country(approval.destination.as_deref());
        if approval.value.is_none() && state.policy.value_required {
            self.refuse("value-missing");
        }
        self.value(approval.value, 0, 0);
        if !self.line.ask.check && !well_formed(state.policy.number_letter, &approval.licence) {
            self.refuse("number-malformed");
        }
        if let Some(old) = &approval.replaces {
            self.must_be_open(old);
        }
        self.expires(approval.expires);
        let chips = names(&approval.items);
        self.policy_rules(&chips, approval.destination.as_deref(), &approval.customer);
        self.attestations(&state.policy.approval_attestations, &approval.items, &approval.attestations, None);
        let opened = Licence::opened(approval, self.line.date);
        self.ceilings(&opened.charge, &opened.charge, &chips, state.clone());
    }

    pub(crate) fn expires(&mut self, expires: Option<Day>) {
        if expires.is_some_and(|last| last < self.line.date) {
            self.refuse("licence-expired");
        }
    }

    /// The licence's value before and after this line (R15). Gives whether it is within the tolerance.
    fn value(&mut self, authorised: Option<u64>, shipped: u64, requested: u64) -> bool {
        let Some(authorised) = authorised else { return true };
        let (authorised, shipped, requested) = (i128::from(authorised), i128::from(shipped), i128::from(requested));
        let percent = 100 + i128::from(self.state.policy.value_tolerance_percent);
        let within = (shipped + requested) * 100 <= authorised * percent;
        let limit = authorised * percent / 100;
        self.value = Some(([authorised, shipped, requested, shipped + requested, limit], within));
        within
    }

    pub(crate) fn amendment(&mut self, number: &str, items: &Items, value: Option<u64>, expires: Option<Day>) {
        self.items(items);
        let licence = self.must_be_open(number);
        self.expires(expires);
        // A licence that is approved later has nothing to raise yet. The refusal says so, and its chips are not judged.
        let Some(licence) = licence.filter(|_| self.state.licence(number).is_some()) else {
            return;
        };
        if value.is_some_and(|value| value < licence.shipped_value) {
            self.refuse("below-shipped");
        }
        self.value(value.or(licence.value), licence.shipped_value, 0);
        if let Some((_, within)) = &mut self.value {
            // What is refused is not called within.
            *within &= value.is_none_or(|value| value >= licence.shipped_value);
        }
        let day = self.line.date;
        let mut raised = Vec::new();
        for (chip, total) in items {
            if *total < licence.shipped(chip) {
                self.refuse_chip("below-shipped", Some(chip));
            }
            if *total > licence.authorised(chip).unwrap_or(0) {
                raised.push(chip.clone());
            }
        }
        let mut chips = names(items);
        if licence.expired(day) && !licence.closed && expires.is_some_and(|last| last >= day) {
            // What was released is reserved again, so the amendment is about every chip of the licence.
            let total = |chip: &String| items.iter().find(|item| item.0 == *chip).map(|item| item.1);
            let shipped = licence.moved.keys().filter(|chip| licence.authorised(chip).is_none());
            for chip in names(&licence.authorised).into_iter().chain(shipped.cloned()) {
                let authorised = total(&chip).or(licence.authorised(&chip)).unwrap_or(0);
                if authorised > licence.shipped(&chip) && !raised.contains(&chip) {
                    raised.push(chip.clone());
                }
                if !chips.contains(&chip) {
                    chips.push(chip);
                }
            }
        }
        if !raised.is_empty() {
            self.policy_rules(&raised, licence.charge.destination.as_deref(), &licence.charge.customer);
        }
        // A new expiry alone adds nothing, but the answer has a row for every ceiling all the same (D8).
        self.ceilings(&licence.charge, &licence.charge, &chips, self.state.clone());
    }

    pub(crate) fn shipment(&mut self, shipment: &Shipment) {
        let state = self.state;
        self.items(&shipment.items);
        self.country(shipment.destination.as_deref());
        if !self.line.ask.check && !well_formed(state.policy.shipment_letter, &shipment.reference) {
            self.refuse("number-malformed");
        }
        if self.line.ask.holder.as_ref().is_some_and(|holder| !state.customers.contains_key(holder)) {
            self.refuse("customer-unknown");
        }
        let before = self.refusals.len();
        let licence = self.must_be_open(&shipment.licence);
        if licence.as_ref().is_some_and(|licence| licence.suspended) && self.refusals.len() == before {
            self.refuse("licence-suspended");
        }
        let chips = names(&shipment.items);
        let customer = licence.as_ref().map_or("", |licence| &licence.charge.customer);
        let wanted = &state.policy.shipment_attestations;
        self.attestations(wanted, &shipment.items, &shipment.attestations, Some(customer));
        self.serials(&shipment.items, &shipment.serials, None);
        let here = licence.clone().filter(|_| state.licence(&shipment.licence).is_some());
        let limited = here.as_ref().is_some_and(|licence| licence.value.is_some());
        if shipment.value.is_none() && (limited || state.policy.value_required) {
            self.refuse("value-missing");
        }
        if let Some(licence) = here {
            let requested = shipment.value.unwrap_or(0);
            if !self.value(licence.value, licence.shipped_value, requested) && requested > 0 {
                self.refuse("value-exceeded");
            }
            if let Some((_, within)) = &mut self.value {
                *within &= shipment.value.is_some();
            }
        }
        let Some(licence) = licence else {
            self.policy_rules(&chips, shipment.destination.as_deref(), "");
            return;
        };
        // A licence that is approved later has no balance yet. The refusal says so, and its balance is not judged.
        let opened = state.licence(&shipment.licence).is_some();
        for (chip, quantity) in shipment.items.iter().filter(|_| opened) {
            match licence.authorised(chip) {
                None => self.refuse_chip("chip-not-licensed", Some(chip)),
                Some(authorised) if licence.shipped(chip) + quantity > authorised => {
                    self.refuse_chip("balance-exceeded", Some(chip));
                }
                _ => {}
            }
        }
        if let (Some(there), Some(licensed)) = (&shipment.destination, &licence.charge.destination) {
            let same = state.policy.country(there) == state.policy.country(licensed);
            if !same && COUNTRIES.contains(&there.as_str()) {
                self.refuse("destination-not-licensed");
            }
        }
        let destination = shipment.destination.as_deref().or(licence.charge.destination.as_deref());
        self.policy_rules(&chips, destination, &licence.charge.customer);
        let holder = self.line.ask.holder.as_ref().filter(|id| state.customers.contains_key(*id));
        if holder.is_some_and(|id| state.family(id) != state.family(&licence.charge.customer)) {
            self.refuse("licence-not-held");
        }
        let mut open = state.clone();
        if open.licence(&licence.number).is_none() {
            open.licences.push(licence.clone());
        }
        let entry = state.shipped_on(&licence, shipment, self.line.date);
        self.ceilings(&licence.charge, &entry, &chips, open);
    }

    /// Serials must match the quantities and must not be out already. A return's serials must be out under its
    /// shipment (section 4).
    pub(crate) fn serials(&mut self, items: &Items, serials: &Serials, shipment: Option<&str>) {
        let state = self.state;
        let mut seen: Vec<String> = Vec::new();
        for (chip, list) in serials {
            let list: Vec<String> = list.iter().map(|serial| plain(serial)).collect();
            let quantity = items.iter().find(|item| item.0 == *chip).map(|item| item.1);
            let strange =
                |serial: &String| !state.out.iter().any(|out| out.0 == *serial && Some(out.1.as_str()) == shipment);
            if quantity != Some(list.len() as u64) || (shipment.is_some() && list.iter().any(strange)) {
                self.refuse_chip("serial-mismatch", Some(chip));
            }
            let mut taken = false;
            for serial in list {
                taken |= seen.contains(&serial);
                taken |= shipment.is_none() && state.out.iter().any(|out| out.0 == serial);
                seen.push(serial);
            }
            if taken {
                self.refuse_chip("serial-taken", Some(chip));
            }
        }
    }

    pub(crate) fn returned(&mut self, reference: &str, items: &Items, undelivered: Option<u64>, serials: &Serials) {
        self.items(items);
        let Some(sent) = self.state.shipment(reference) else {
            self.refuse("shipment-unknown");
            return self.serials(items, serials, Some(reference));
        };
        for (chip, quantity) in items {
            if self.state.policy.chip(chip).is_some() && *quantity > sent.left(chip) {
                self.refuse_chip("return-exceeded", Some(chip));
            }
        }
        if let Some(value) = undelivered {
            let fits = value <= sent.value;
            if !fits {
                self.refuse("return-exceeded");
            }
            // The value of what was not delivered is taken off again (R15).
            if let Some((licence, authorised)) = self.state.licence(&sent.licence).and_then(|l| Some((l, l.value?))) {
                let (authorised, used) = (i128::from(authorised), i128::from(licence.shipped_value));
                let percent = 100 + i128::from(self.state.policy.value_tolerance_percent);
                let (less, after) = (-i128::from(value), used - i128::from(value));
                let within = fits && after * 100 <= authorised * percent;
                self.value = Some(([authorised, used, less, after, authorised * percent / 100], within));
            }
        }
        self.serials(items, serials, Some(reference));
    }
}

fn names(items: &Items) -> Vec<String> {
    items.iter().map(|item| item.0.clone()).collect()
}
